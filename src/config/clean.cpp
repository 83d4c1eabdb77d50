#include "config/clean.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::config {
namespace {

constexpr std::string_view k_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view k_digits = "0123456789";

bool is_one_of(char c, std::string_view more)
{
  return k_letters.find(c) != std::string_view::npos || k_digits.find(c) != std::string_view::npos
         || more.find(c) != std::string_view::npos;
}

bool consists_of(std::string_view text, std::string_view more)
{
  return !text.empty() && std::ranges::all_of(text, [&](char c) { return is_one_of(c, more); });
}

} // namespace

bool is_variable_name(std::string_view name)
{
  return consists_of(name, "_") && k_digits.find(name.front()) == std::string_view::npos;
}

Result<std::string> clean_profile(std::string_view, std::string_view value)
{
  for (const std::string_view key : {"Name=", "Arn="}) {
    if (value.starts_with(key)) {
      value.remove_prefix(key.size());
    }
  }
  if (!value.starts_with("arn:") && !consists_of(value, "+=,.@_-")) {
    return fail(ErrorKind::config, fmt::format("\"{}\" is no instance profile", value),
                "give its name, or its ARN: arn:aws:iam::123456789012:instance-profile/NAME");
  }
  return std::string(value);
}

Result<std::string> clean_variable_name(std::string_view, std::string_view value)
{
  if (!is_variable_name(value)) {
    return fail(ErrorKind::config, fmt::format("\"{}\" cannot be the name of a variable", value),
                "use letters, digits and '_', no digit in front");
  }
  return std::string(value);
}

Result<std::string> clean_env(std::string_view name, std::string_view value)
{
  const auto named = clean_variable_name({}, name);
  if (!named) {
    return named;
  }
  return std::string(value);
}

} // namespace flame::config
