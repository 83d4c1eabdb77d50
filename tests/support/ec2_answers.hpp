#pragma once

#include "support/fake_http.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>

// EC2's and STS's answers as they come over the wire.
namespace flame::test {

inline std::string run_instances_xml(std::string_view id)
{
  return fmt::format(R"(<?xml version="1.0" encoding="UTF-8"?>
<RunInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r-1</requestId>
<instancesSet><item><instanceId>{}</instanceId><instanceState><code>0</code><name>pending</name>
</instanceState></item></instancesSet></RunInstancesResponse>)",
                     id);
}

// One machine, or an empty page for ""; `next` is the token of the page after it.
inline std::string describe_xml(std::string_view id, std::string_view next = "")
{
  const std::string item =
    id.empty() ? ""
               : fmt::format("<item><reservationId>r</reservationId><instancesSet><item>"
                             "<instanceId>{}</instanceId><instanceState><code>16</code>"
                             "<name>running</name></instanceState></item></instancesSet></item>",
                             id);
  const std::string token = next.empty() ? "" : fmt::format("<nextToken>{}</nextToken>", next);
  return fmt::format("<DescribeInstancesResponse><requestId>r-2</requestId><reservationSet>{}"
                     "</reservationSet>{}</DescribeInstancesResponse>",
                     item, token);
}

inline std::string ec2_error_xml(std::string_view code, std::string_view message = "no")
{
  return fmt::format("<Response><Errors><Error><Code>{}</Code><Message>{}</Message></Error>"
                     "</Errors><RequestID>r-3</RequestID></Response>",
                     code, message);
}

inline FakeHttp::Answer ec2_error(int status, std::string_view code,
                                  std::vector<std::pair<std::string, std::string>> headers = {})
{
  return FakeHttp::response(status, ec2_error_xml(code), std::move(headers));
}

} // namespace flame::test
