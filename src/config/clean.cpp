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

Result<std::string> clean_app(std::string_view, std::string_view value)
{
  // It becomes part of a folder and of a systemd unit's name.
  if (!consists_of(value, "_-.") || value.size() > 64 || !is_one_of(value.front(), "_")) {
    return fail(ErrorKind::config, fmt::format("\"{}\" cannot be the name of an app", value),
                "use at most 64 letters, digits, '_', '-' and '.', as in the release's name");
  }
  return std::string(value);
}

Result<std::string> clean_run_id(std::string_view, std::string_view value)
{
  if (!consists_of(value, "._-") || value.size() > 64) {
    return fail(ErrorKind::config, fmt::format("\"{}\" cannot be a run id", value),
                "use 1 to 64 letters, digits, '.', '_' and '-'");
  }
  return std::string(value);
}

Result<std::string> clean_region(std::string_view, std::string_view value)
{
  // It becomes part of a host name, so this is a matter of safety too.
  constexpr std::string_view k_label = "abcdefghijklmnopqrstuvwxyz0123456789-";
  if (value.find_first_not_of(k_label) != std::string_view::npos || value.size() > 63
      || value.starts_with('-') || value.ends_with('-')) {
    return fail(ErrorKind::config, fmt::format("\"{}\" is not a region", value),
                "regions look like eu-west-1");
  }
  return std::string(value);
}

Result<std::string> clean_profile(std::string_view, std::string_view value)
{
  for (const std::string_view key : {"Name=", "Arn="}) {
    if (value.starts_with(key)) {
      value.remove_prefix(key.size());
    }
  }
  const bool arn = value.starts_with("arn:") && value.find(":instance-profile/") != value.npos;
  if (!arn && !consists_of(value, "+=,.@_-")) {
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

Result<std::string> clean_tag(std::string_view name, std::string_view value)
{
  // Source: EC2 User Guide, "Tag restrictions". Lengths are in characters; bytes are never fewer.
  constexpr std::size_t k_name_limit = 128;
  constexpr std::size_t k_value_limit = 256;
  if (to_lower(name).starts_with("aws:") || name.starts_with("flame-ec2:")) {
    return fail(ErrorKind::config, fmt::format("the tag \"{}\" is reserved", name),
                "choose a name that begins with neither aws: nor flame-ec2:");
  }
  const auto characters = [](std::string_view text) {
    return std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; });
  };
  if (name.empty() || characters(name) > static_cast<long>(k_name_limit)
      || characters(value) > static_cast<long>(k_value_limit) || !is_valid_utf8(name)
      || !is_valid_utf8(value)) {
    return fail(ErrorKind::config, fmt::format("the tag \"{}\" is too long or no text", name),
                "EC2 takes 1 to 128 characters as its name and up to 256 as its value");
  }
  return std::string(value);
}

} // namespace flame::config
