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

Result<std::string> clean_profile(std::string_view /*name*/, std::string_view value)
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

Result<std::string> clean_reservation(std::string_view /*name*/, std::string_view value)
{
  const bool preference = value == "open" || value == "only" || value == "none";
  if (!preference && !value.starts_with("cr-") && !value.starts_with("arn:")) {
    return fail(ErrorKind::config, fmt::format("\"{}\" is no capacity reservation", value),
                "give its id (cr-…), the ARN of a resource group, open, only or none");
  }
  return std::string(value);
}

Result<std::string> clean_variable_name(std::string_view /*name*/, std::string_view value)
{
  if (!is_variable_name(value)) {
    return fail(ErrorKind::config, fmt::format("\"{}\" cannot be the name of a variable", value),
                "use letters, digits and '_', no digit in front");
  }
  return std::string(value);
}

Result<std::string> clean_sha256(std::string_view /*name*/, std::string_view value)
{
  constexpr std::size_t digits = 64;
  std::string digest = to_lower(value);
  if (digest.size() != digits
      || digest.find_first_not_of("0123456789abcdef") != std::string::npos) {
    return fail(ErrorKind::config, fmt::format("\"{}\" is no SHA-256", value),
                "give 64 hexadecimal digits, as sha256sum prints them");
  }
  return digest;
}

Result<std::string> clean_secret(std::string_view /*name*/, std::string_view value)
{
  const std::size_t equals = std::min(value.find('='), value.size());
  const std::string_view place = value.substr(std::min(equals + 1, value.size()));
  const std::size_t colon = std::min(place.find(':'), place.size());
  const std::string_view kind = place.substr(0, colon);
  const bool named = (kind == "ssm" || kind == "secretsmanager") && colon + 1 < place.size();
  if (!is_variable_name(value.substr(0, equals)) || !named) {
    // What stands there may be the secret itself, by mistake.
    return fail(
      ErrorKind::config,
      fmt::format("the secret \"{}\" does not say where it is kept",
                  is_variable_name(value.substr(0, equals)) ? value.substr(0, equals) : "***"),
      "write NAME=ssm:/PARAMETER or NAME=secretsmanager:ID");
  }
  return std::string(value);
}

Result<std::string> clean_market(std::string_view /*name*/, std::string_view value)
{
  if (value != "on-demand" && value != "spot") {
    return fail(ErrorKind::config, fmt::format("\"{}\" is no market", value),
                "the markets are on-demand and spot");
  }
  return std::string(value);
}

Result<std::string> clean_price(std::string_view /*name*/, std::string_view value)
{
  const std::size_t dot = std::min(value.find('.'), value.size());
  const std::string_view whole = value.substr(0, dot);
  const std::string_view part = value.substr(std::min(dot + 1, value.size()));
  const bool digits =
    (std::string(whole) + std::string(part)).find_first_not_of(k_digits) == std::string::npos;
  const bool above_zero = value.find_first_of("123456789") != std::string_view::npos;
  if (whole.empty() || (dot < value.size() && part.empty()) || !digits || !above_zero) {
    return fail(ErrorKind::config, fmt::format("\"{}\" is no price", value),
                "give dollars an hour above zero, as in 0.05");
  }
  return std::string(value);
}

Result<std::string> clean_env(std::string_view name, std::string_view value)
{
  auto named = clean_variable_name({}, name);
  if (!named) {
    return named;
  }
  return std::string(value);
}

} // namespace flame::config
