#include "fleet/finding.hpp"

#include "fleet/tags.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace flame::fleet {
namespace {

using aws::InstanceState;
using std::chrono::seconds;

constexpr std::size_t k_filter_values = 200; // EC2 takes so many in one call
constexpr Millis k_pause = seconds(2);
constexpr Millis k_call_limit = seconds(15);

std::string escaped(std::string_view text) // filters read * and ? as wildcards
{
  std::string value;
  for (const char c : text) {
    if (c == '*' || c == '?' || c == '\\') {
      value += '\\';
    }
    value += c;
  }
  return value;
}

aws::DescribeQuery query_of(const Selector& selector)
{
  aws::DescribeQuery query;
  if (!selector.run_id.empty()) {
    query.filters.push_back({"tag:" + std::string(k_tag_run_id), {escaped(selector.run_id)}});
  } else {
    query.filters.push_back({"tag-key", {std::string(k_tag_run_id)}});
  }
  if (!selector.app.empty()) {
    query.filters.push_back({"tag:" + std::string(k_tag_app), {escaped(selector.app)}});
  }
  query.filters.push_back({"instance-state-name", {"pending", "running", "stopping", "stopped"}});
  return query;
}

aws::Outcome<std::vector<aws::Instance>> look(const Selector& selector, const FleetParts& parts)
{
  const aws::CallLimit limit{.deadline = parts.clock.now() + k_call_limit};
  if (selector.ids.empty()) {
    return parts.ec2.describe_instances(query_of(selector), limit);
  }
  auto found = describe_machines(selector.ids, limit, parts);
  if (found) {
    std::erase_if(*found, [](const aws::Instance& machine) {
      return machine.state == InstanceState::terminated
             || machine.state == InstanceState::shutting_down;
    });
  }
  return found;
}

bool is_instance_id(std::string_view id)
{
  const std::string_view digits = id.substr(std::min<std::size_t>(2, id.size()));
  return id.starts_with("i-") && (digits.size() == 8 || digits.size() == 17)
         && digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

} // namespace

Result<void> check_instance_ids(const std::vector<std::string>& ids)
{
  Mistakes mistakes(ErrorKind::usage);
  for (const std::string& id : ids) {
    if (!is_instance_id(id)) {
      mistakes.add(fmt::format("\"{}\" is no instance id", id),
                   "it is i- and 8 or 17 of the digits 0-9 a-f");
    }
  }
  if (!mistakes.empty()) {
    return tl::unexpected(mistakes.error());
  }
  return {};
}

Result<std::vector<aws::Instance>> find_live(const Selector& selector, Millis settle,
                                             FleetParts parts)
{
  const TimePoint end = parts.clock.now() + settle;
  for (;;) {
    auto found = look(selector, parts);
    const bool may_appear = found && found->empty() && !selector.run_id.empty();
    if (const int signal = parts.cancel.state().signal; signal != 0) {
      return tl::unexpected(interrupted_by(signal));
    }
    if (!may_appear || parts.clock.now() >= end) {
      return found.map_error([](const aws::ApiError& error) { return error.error; });
    }
    const Millis left = std::chrono::ceil<Millis>(end - parts.clock.now());
    parts.clock.sleep(std::min(k_pause, left), parts.cancel, {});
  }
}

Error interrupted_by(int signal)
{
  return {.kind = ErrorKind::interrupted, .message = "interrupted by a signal", .signal = signal};
}

aws::Outcome<std::vector<aws::Instance>>
describe_machines(std::span<const std::string> ids, aws::CallLimit limit, const FleetParts& parts)
{
  std::vector<aws::Instance> all;
  for (std::size_t at = 0; at < ids.size(); at += k_filter_values) {
    const auto some = ids.subspan(at, std::min(k_filter_values, ids.size() - at));
    auto found = parts.ec2.describe_instances(
      {.filters = {{"instance-id", {some.begin(), some.end()}}}}, limit);
    if (!found) {
      return found;
    }
    all.insert(all.end(), found->begin(), found->end());
  }
  return all;
}

bool is_ours(const aws::Instance& machine)
{
  return machine.tags.contains(std::string(k_tag_run_id));
}

} // namespace flame::fleet
