#include "sandbox/ec2.hpp"

#include <fmt/format.h>

#include <algorithm>

// What RunInstances makes of a launch template and its own parameters: each parameter of the top
// level replaces the template's whole one; disks, interfaces and tags are matched one by one.
namespace flame::sandbox {
namespace {

// Lists whose items are matched, and by what.
struct Matched {
  std::string list;
  std::string by;
};

const Matched k_matched[] = {{"BlockDeviceMapping", "DeviceName"},
                             {"NetworkInterface", "DeviceIndex"},
                             {"TagSpecification", "ResourceType"}};

using Items = std::vector<Params>;

Items take_items(Params& params, const std::string& list)
{
  Items items;
  for (const std::string& index : indices(params, list)) {
    const std::string prefix = fmt::format("{}.{}.", list, index);
    Params& item = items.emplace_back();
    for (const auto& [name, value] : params) {
      if (name.starts_with(prefix)) {
        item[name.substr(prefix.size())] = value;
      }
    }
  }
  std::erase_if(params, [&](const auto& param) { return param.first.starts_with(list + "."); });
  return items;
}

void put_items(Params& params, const std::string& list, const Items& items)
{
  for (std::size_t i = 0; i < items.size(); ++i) {
    for (const auto& [name, value] : items[i]) {
      params[fmt::format("{}.{}.{}", list, i + 1, name)] = value;
    }
  }
}

// The template's items that the request has nothing of the same name for.
void add_unmatched(Items& items, const Items& of_template, const std::string& by)
{
  for (const Params& item : of_template) {
    const auto same =
      std::ranges::find_if(items, [&](const Params& own) { return get(own, by) == get(item, by); });
    if (same == items.end()) {
      items.push_back(item);
    }
  }
}

// Tags of a resource are merged by key.
void add_tags(Items& items, const Items& of_template)
{
  for (Params of_one : of_template) {
    const auto same = std::ranges::find_if(items, [&](const Params& own) {
      return get(own, "ResourceType") == get(of_one, "ResourceType");
    });
    if (same != items.end()) {
      Items tags = take_items(*same, "Tag");
      add_unmatched(tags, take_items(of_one, "Tag"), "Key");
      put_items(*same, "Tag", tags);
    }
  }
}

Params merged(Params params, Params data)
{
  for (const Matched& row : k_matched) {
    Items items = take_items(params, row.list);
    const Items of_template = take_items(data, row.list);
    if (row.list == "TagSpecification") {
      add_tags(items, of_template);
    }
    add_unmatched(items, of_template, row.by);
    put_items(params, row.list, items);
  }
  const Params given = params;
  for (const auto& [name, value] : data) {
    const std::string top = name.substr(0, name.find('.'));
    if (!given.contains(top) && !has_any(given, top + ".")) {
      params[name] = value;
    }
  }
  return params;
}

} // namespace

Ec2Result<Params> with_template(const Params& params, const TemplateBook& templates)
{
  const std::string id = get(params, "LaunchTemplate.LaunchTemplateId");
  const std::string name = get(params, "LaunchTemplate.LaunchTemplateName");
  if (id.empty() && name.empty()) {
    return params;
  }
  const auto chosen = templates.find(id, name, get(params, "LaunchTemplate.Version"));
  if (!chosen) {
    return tl::unexpected(chosen.error());
  }
  return merged(params, chosen->data());
}

} // namespace flame::sandbox
