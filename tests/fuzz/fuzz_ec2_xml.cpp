// Any bytes as an answer of EC2: each parser gives values or an error with a message, never a
// machine that could not be named, and never a message that a terminal would act upon.

#include "aws/ec2_xml.hpp"
#include "aws/network_xml.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using namespace flame::aws;

void require(bool holds)
{
  if (!holds) {
    std::abort();
  }
}

void check_error(const ApiError& failed)
{
  const std::string& message = failed.error.message;
  require(!message.empty() && flame::is_valid_utf8(message));
  require(std::ranges::none_of(message, [](char c) { return c >= 0 && c < 0x20; }));
}

template <typename T> void check(const Outcome<T>& outcome)
{
  if (!outcome) {
    check_error(outcome.error());
  }
}

void check_named(const std::vector<Instance>& instances)
{
  for (const Instance& instance : instances) {
    require(instance.id.starts_with("i-"));
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  const std::string_view xml(reinterpret_cast<const char*>(data), size);
  const auto launched = parse_run_instances(xml);
  check(launched);
  if (launched) {
    require(!launched->empty());
    check_named(*launched);
  }
  const auto page = parse_describe_instances(xml);
  check(page);
  if (page) {
    check_named(page->items);
  }
  check(parse_describe_volumes(xml));
  check(parse_describe_network_interfaces(xml));
  check(parse_describe_regions(xml));
  check(parse_terminate_instances(xml));
  check(parse_console_output(xml));
  check(parse_describe_images(xml));
  check(parse_launch_template_versions(xml));
  check(parse_describe_subnets(xml));
  check(parse_describe_route_tables(xml));
  check(parse_describe_vpc_endpoints(xml));
  check(parse_describe_security_groups(xml));
  check(parse_interfaces(xml));
  check(parse_type_offerings(xml));
  check(parse_text(xml, "GetCallerIdentityResponse/GetCallerIdentityResult/Account"));
  for (const int status : {200, 301, 400, 403, 429, 503}) {
    check_error(parse_error("RunInstances", xml, status));
  }
  return 0;
}
