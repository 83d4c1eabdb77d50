#include "config/aws_settings.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

// Source: AWS SDKs and Tools Reference Guide, "Settings reference".
namespace flame::config {
namespace {

// To read another one: a row here, and a field.
struct AwsSetting {
  std::string_view variable; // "" for none
  std::string_view key;      // of the profile
  std::string_view values;   // in any case; "" for a number
  void (*set)(AwsSettings& aws, const std::string& value);
};

constexpr std::string_view k_truth = "true false";
constexpr int k_most_attempts = 100;

int number(const std::string& text)
{
  int count = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), count);
  const bool whole = failed == std::errc() && end == text.data() + text.size();
  return whole && count <= k_most_attempts ? count : 0;
}

// clang-format off
constexpr AwsSetting k_settings[] = {
  {"AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint", k_truth,
   [](AwsSettings& aws, const std::string& value) { aws.fips = value == "true"; }},
  {"AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint", k_truth,
   [](AwsSettings& aws, const std::string& value) { aws.dual_stack = value == "true"; }},
  {"", "s3.use_dualstack_endpoint", k_truth,
   [](AwsSettings& aws, const std::string& value) { aws.s3_dual_stack = value == "true"; }},
  {"", "s3.addressing_style", "auto path virtual",
   [](AwsSettings& aws, const std::string& value) { aws.s3_addressing = value; }},
  {"AWS_STS_REGIONAL_ENDPOINTS", "sts_regional_endpoints", "regional legacy",
   [](AwsSettings& aws, const std::string& value) { aws.sts_endpoints = value; }},
  // All modes are taken, and all are the standard one: `adaptive` is that with a limit of its own,
  // which RunInstances has here in any mode.
  {"AWS_RETRY_MODE", "retry_mode", "standard adaptive legacy",
   [](AwsSettings&, const std::string&) {}},
  {"AWS_MAX_ATTEMPTS", "max_attempts", "",
   [](AwsSettings& aws, const std::string& value) { aws.max_attempts = number(value); }},
};
// clang-format on

struct Said {
  std::string value = {};
  std::string where = {};
};

Said find(const AwsSetting& setting, const ProfileLookup& profile,
          const std::map<std::string, std::string>& env)
{
  const auto entry = env.find(std::string(setting.variable));
  if (entry != env.end() && !trim(entry->second).empty()) {
    return {to_lower(trim(entry->second)), fmt::format("variable {}", setting.variable)};
  }
  return {to_lower(profile(setting.key)), fmt::format("{} of the AWS profile", setting.key)};
}

bool is_possible(const AwsSetting& setting, const std::string& value)
{
  const auto values = split(setting.values, ' ');
  return setting.values.empty() ? number(value) > 0
                                : std::ranges::find(values, value) != values.end();
}

std::string possible_values(const AwsSetting& setting)
{
  const auto values = split(setting.values, ' ');
  return setting.values.empty() ? fmt::format("it is a number from 1 to {}", k_most_attempts)
                                : fmt::format("it may be {}", fmt::join(values, ", "));
}

} // namespace

void add_aws_settings(Configured& configured, const ProfileLookup& profile,
                      const std::map<std::string, std::string>& env)
{
  for (const AwsSetting& setting : k_settings) {
    const auto [value, where] = find(setting, profile, env);
    if (value.empty()) {
      continue;
    }
    if (!is_possible(setting, value)) {
      configured.mistakes.push_back(
        {fmt::format("{}: \"{:.40}\" is no value for it", where, value), possible_values(setting)});
      continue;
    }
    setting.set(configured.settings.aws, value);
  }
}

} // namespace flame::config
