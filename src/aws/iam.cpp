#include "aws/iam.hpp"

#include "aws/ec2_answer.hpp"
#include "aws/ec2_query.hpp"
#include "aws/xml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace flame::aws {
namespace {

struct Row {
  std::string_view partition;
  std::string_view host;
  std::string_view region;
};

// clang-format off
constexpr Row k_rows[] = {
  {"aws",        "iam.amazonaws.com",               "us-east-1"},
  {"aws-cn",     "iam.cn-north-1.amazonaws.com.cn", "cn-north-1"},
  {"aws-us-gov", "iam.us-gov.amazonaws.com",        "us-gov-west-1"},
  {"aws-eusc",   "iam.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"},
  {"aws-iso",    "iam.us-iso-east-1.c2s.ic.gov",    "us-iso-east-1"},
  {"aws-iso-b",  "iam.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1"},
  {"aws-iso-e",  "iam.eu-isoe-west-1.cloud.adc-e.uk", "eu-isoe-west-1"},
  {"aws-iso-f",  "iam.us-isof-south-1.csp.hci.ic.gov", "us-isof-south-1"},
};
// clang-format on

} // namespace

IamPlace iam_place(std::string_view region)
{
  const auto* const row = std::ranges::find(k_rows, partition_of(region).name, &Row::partition);
  return {.endpoint = {.scheme = "https", .host = std::string(row->host)},
          .region = std::string(row->region)};
}

std::string get_instance_profile_form(std::string_view name)
{
  return form({{"Action", "GetInstanceProfile"},
               {"Version", "2010-05-08"},
               {"InstanceProfileName", std::string(name)}});
}

Outcome<InstanceProfile> parse_instance_profile(std::string_view xml)
{
  constexpr std::string_view action = "GetInstanceProfile";
  const auto document = load_answer(action, xml);
  if (!document) {
    return tl::unexpected(document.error());
  }
  const pugi::xml_node profile =
    document->document_element().first_element_by_path("GetInstanceProfileResult/InstanceProfile");
  InstanceProfile found{.arn = text_at(profile, "Arn"),
                        .role = text_at(profile, "Roles/member/RoleName")};
  if (found.arn.empty()) {
    return not_understood(action, "has no instance profile");
  }
  return found;
}

} // namespace flame::aws
