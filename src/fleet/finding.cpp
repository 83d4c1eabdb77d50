#include "fleet/finding.hpp"

#include "base/signal_name.hpp"
#include "fleet/tags.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <span>

namespace flame::fleet {
namespace {

using aws::InstanceState;
using std::chrono::seconds;

constexpr std::size_t k_filter_values = 200; // EC2 takes so many in one call
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

std::pair<std::string, std::vector<std::string>> tag_filter(std::string_view key,
                                                            std::string_view value)
{
  if (value.empty()) {
    return {"tag-key", {std::string(key)}};
  }
  return {fmt::format("tag:{}", key), {escaped(value)}};
}

void live_only(aws::DescribeQuery& query)
{
  query.filters.push_back({"instance-state-name", {"pending", "running", "stopping", "stopped"}});
}

aws::CallLimit limit(const FleetParts& parts)
{
  return {.deadline = parts.clock.now() + k_call_limit};
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

aws::Outcome<Looked> look_for(const Selector& selector, const FleetParts& parts)
{
  if (selector.ids.empty()) {
    return find_ours(selector, false, parts).map([](std::vector<aws::Instance> found) {
      return Looked{.live = std::move(found)};
    });
  }
  auto found = describe_machines(selector.ids, limit(parts), parts);
  if (!found) {
    return tl::unexpected(std::move(found.error()));
  }
  Looked looked;
  std::ranges::copy_if(selector.ids, std::back_inserter(looked.unknown), [&](const auto& id) {
    return std::ranges::find(*found, id, &aws::Instance::id) == found->end();
  });
  std::erase_if(*found, [](const aws::Instance& machine) { return is_ended(machine.state); });
  looked.live = std::move(*found);
  return looked;
}

aws::Outcome<std::vector<aws::Instance>> find_ours(const Selector& selector, bool ended,
                                                   const FleetParts& parts)
{
  aws::DescribeQuery query;
  query.filters.push_back(tag_filter(k_tag_run_id, selector.run_id));
  if (!selector.app.empty()) {
    query.filters.push_back(tag_filter(k_tag_app, selector.app));
  }
  if (!ended) {
    live_only(query);
  }
  return parts.ec2.describe_instances(query, limit(parts));
}

aws::Outcome<std::vector<aws::Instance>> find_orphans(const std::string& app,
                                                      const FleetParts& parts)
{
  aws::DescribeQuery query;
  query.filters.push_back(tag_filter(k_tag_parent_app, app));
  live_only(query);
  auto found = parts.ec2.describe_instances(query, limit(parts));
  if (found) {
    std::erase_if(*found, is_ours); // ours have that tag too
  }
  return found;
}

aws::Outcome<std::vector<aws::Resource>>
find_leftovers(aws::ResourceKind kind, const std::string& app, const FleetParts& parts)
{
  aws::DescribeQuery query;
  query.filters.push_back(tag_filter(k_tag_run_id, ""));
  if (!app.empty()) {
    query.filters.push_back(tag_filter(k_tag_app, app));
  }
  query.filters.push_back({"status", {"available"}});
  return parts.ec2.describe_resources(kind, query, limit(parts));
}

Error interrupted_by(int signal)
{
  return {.kind = ErrorKind::interrupted,
          .message = fmt::format("interrupted by {}", signal_name(signal)),
          .signal = signal};
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

bool is_ended(InstanceState state)
{
  return state == InstanceState::terminated || state == InstanceState::shutting_down;
}

std::string_view tag(const std::map<std::string, std::string>& tags, std::string_view key)
{
  const auto found = tags.find(std::string(key));
  return found == tags.end() ? std::string_view() : std::string_view(found->second);
}

bool is_ours(const aws::Instance& machine)
{
  return machine.tags.contains(std::string(k_tag_run_id));
}

} // namespace flame::fleet
