#include "sandbox/ec2.hpp"
#include "sandbox/faults.hpp"
#include "sandbox/world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace flame::sandbox {
namespace {

using Values = std::vector<std::string>;

struct Row {
  std::string_view name;
  Values (*of)(const Instance& instance);
};

std::string up(const Instance& instance, const std::string& value) // "" once the machine is gone
{
  return instance.state == State::terminated ? "" : value;
}

// clang-format off
// To add a filter: a row.
constexpr Row k_rows[] = {
  {"availability-zone",    [](const Instance& i) -> Values { return {i.launch.zone}; }},
  {"client-token",         [](const Instance& i) -> Values { return {i.launch.client_token}; }},
  {"image-id",             [](const Instance& i) -> Values { return {i.launch.image_id}; }},
  {"instance-id",          [](const Instance& i) -> Values { return {i.id}; }},
  {"instance-state-code",  [](const Instance& i) -> Values { return {fmt::format("{}", info(i.state).code)}; }},
  {"instance-state-name",  [](const Instance& i) -> Values { return {std::string(info(i.state).name)}; }},
  {"instance-type",        [](const Instance& i) -> Values { return {i.launch.type}; }},
  {"instance-lifecycle",   [](const Instance& i) -> Values { return {i.launch.spot ? "spot" : ""}; }},
  {"instance.group-id",    [](const Instance& i) -> Values { return i.launch.group_ids; }},
  {"key-name",             [](const Instance& i) -> Values { return {i.launch.key_name}; }},
  {"private-ip-address",   [](const Instance& i) -> Values { return {up(i, i.private_ip)}; }},
  {"reservation-id",       [](const Instance& i) -> Values { return {i.reservation_id}; }},
  {"state-reason-code",    [](const Instance& i) -> Values { return {i.reason_code}; }},
  {"subnet-id",            [](const Instance& i) -> Values { return {up(i, i.launch.subnet_id)}; }},
  {"vpc-id",               [](const Instance& i) -> Values { return {up(i, std::string(k_vpc))}; }},
};
// clang-format on

Values values_of(const Instance& instance, const std::string& filter)
{
  const auto tags = tag_values(instance.launch.tags, filter);
  return tags ? *tags : std::ranges::find(k_rows, filter, &Row::name)->of(instance);
}

} // namespace

std::optional<Values> tag_values(const Params& tags, const std::string& filter)
{
  if (filter.starts_with("tag:") && filter.size() > 4) {
    const auto tag = tags.find(filter.substr(4));
    return tag == tags.end() ? Values() : Values{tag->second};
  }
  if (filter != "tag-key") {
    return std::nullopt;
  }
  Values keys;
  std::ranges::transform(tags, std::back_inserter(keys), [](const auto& tag) { return tag.first; });
  return keys;
}

bool is_instance_filter(const std::string& name)
{
  return tag_values({}, name) || std::ranges::find(k_rows, name, &Row::name) != std::end(k_rows);
}

Ec2Result<std::vector<Filter>> parse_filters(const Params& params,
                                             const std::function<bool(const std::string&)>& known)
{
  std::vector<Filter> filters;
  std::size_t values = 0;
  for (const std::string& index : indices(params, "Filter")) {
    Filter filter{.name = get(params, fmt::format("Filter.{}.Name", index)),
                  .values = get_list(params, fmt::format("Filter.{}.Value", index))};
    if (!known(filter.name)) {
      return refuse("InvalidParameterValue",
                    fmt::format("The filter '{}' is invalid", filter.name));
    }
    if (filter.values.empty()) {
      return refuse("InvalidParameterValue", "The filter value list must not be empty");
    }
    values += filter.values.size();
    filters.push_back(std::move(filter));
  }
  if (values > 200) {
    return refuse("FilterLimitExceeded",
                  "The maximum number of filter values specified on a single call is 200");
  }
  return filters;
}

bool passes(const std::vector<Filter>& filters,
            const std::function<Values(const std::string&)>& values)
{
  return std::ranges::all_of(filters, [&](const Filter& filter) {
    return std::ranges::any_of(values(filter.name), [&](const std::string& value) {
      return std::ranges::any_of(filter.values, [&](const std::string& pattern) {
        return matches_wildcard(pattern, value);
      });
    });
  });
}

bool passes(const Instance& instance, const std::vector<Filter>& filters)
{
  return passes(filters, [&](const std::string& name) { return values_of(instance, name); });
}

} // namespace flame::sandbox
