#include "aws/endpoints.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

// Regions and partitions. Source: botocore/data/partitions.json, botocore/data/ec2 (rule set).
namespace flame::aws {
namespace {

struct PartitionRow {
  std::string_view prefix; // of its regions
  Partition partition;
};

// clang-format off
// First match wins, so longer prefixes come first; the last row takes the rest.
constexpr PartitionRow k_partitions[] = {
  {"us-gov-",  {"aws-us-gov", "amazonaws.com",    "api.aws"}},
  {"us-isob-", {"aws-iso-b",  "sc2s.sgov.gov",    "api.aws.scloud"}},
  {"us-isof-", {"aws-iso-f",  "csp.hci.ic.gov",   "api.aws.hci.ic.gov"}},
  {"us-iso-",  {"aws-iso",    "c2s.ic.gov",       "api.aws.ic.gov"}},
  {"eu-isoe-", {"aws-iso-e",  "cloud.adc-e.uk",   "api.cloud-aws.adc-e.uk"}},
  {"eusc-de-", {"aws-eusc",   "amazonaws.eu",     "api.amazonwebservices.eu"}},
  {"cn-",      {"aws-cn",     "amazonaws.com.cn", "api.amazonwebservices.com.cn"}},
  {"",         {"aws",        "amazonaws.com",    "api.aws"}},
};

// For "did you mean" and completions only: a region that is not here is not wrong.
constexpr std::string_view k_known[] = {
  "us-east-1",      "us-east-2",      "us-west-1",      "us-west-2",      "ca-central-1",
  "ca-west-1",      "mx-central-1",   "sa-east-1",      "eu-central-1",   "eu-central-2",
  "eu-north-1",     "eu-south-1",     "eu-south-2",     "eu-west-1",      "eu-west-2",
  "eu-west-3",      "af-south-1",     "il-central-1",   "me-central-1",   "me-south-1",
  "ap-east-1",      "ap-east-2",      "ap-northeast-1", "ap-northeast-2", "ap-northeast-3",
  "ap-south-1",     "ap-south-2",     "ap-southeast-1", "ap-southeast-2", "ap-southeast-3",
  "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "us-gov-east-1",
  "us-gov-west-1",  "cn-north-1",     "cn-northwest-1", "eusc-de-east-1", "us-iso-east-1",
  "us-iso-west-1",  "us-isob-east-1", "us-isob-west-1", "us-isof-east-1", "us-isof-south-1",
  "eu-isoe-west-1",
};
// clang-format on

bool is_word(std::string_view text)
{
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= 'a' && c <= 'z'; });
}

bool is_number(std::string_view text)
{
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool looks_like_region(std::string_view region)
{
  const std::vector<std::string> pieces = split(region, '-');
  return region.size() <= 63 && pieces.size() >= 3 && is_number(pieces.back())
         && std::all_of(pieces.begin(), pieces.end() - 1, is_word);
}

} // namespace

Result<void> check_region(std::string_view region)
{
  if (looks_like_region(region)) {
    return {};
  }
  if (region.empty()) {
    return fail(ErrorKind::config, "the region is empty", "say, for example, --region eu-west-1");
  }
  if (std::ranges::any_of(region, [](char c) { return c < ' '; }) || region.size() > 63) {
    return fail(ErrorKind::config, "the region is not a region",
                "regions have names like us-east-1 or eu-central-1");
  }
  const std::string_view meant = nearest(to_lower(region), k_known);
  return fail(ErrorKind::config, fmt::format("\"{}\" is not a region", region),
              meant.empty() ? "regions have names like us-east-1 or eu-central-1"
                            : fmt::format("did you mean {}?", meant));
}

std::span<const std::string_view> known_regions()
{
  return k_known;
}

const Partition& partition_of(std::string_view region)
{
  return std::ranges::find_if(
           k_partitions, [&](const PartitionRow& row) { return region.starts_with(row.prefix); })
    ->partition;
}

} // namespace flame::aws
