#include "boot/like.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::boot {
namespace {

using config::Configured;

struct Taken {
  std::string_view key;
  std::vector<std::string> (*values)(const Model&);
  bool of_machine;              // else of every command
  bool regional;                // means nothing in other regions
  std::string_view notice = {}; // {0}: key, {1}: the machine's id
};

std::vector<std::string> one(const std::string& value)
{
  return value.empty() ? std::vector<std::string>() : std::vector{value};
}

// clang-format off
constexpr Taken k_taken[] = {
  {"region",               [](const Model& model) { return one(model.region); }, false, false},
  {"image_id",             [](const Model& model) { return one(model.instance.image_id); }, true, true,
   "{0} is that of {1}: each machine starts all services that are enabled in it"},
  {"instance_type",        [](const Model& model) { return one(model.instance.instance_type); }, true, false},
  {"subnet_id",            [](const Model& model) { return one(model.instance.subnet_id); }, true, true},
  {"security_group_id",    [](const Model& model) { return model.instance.security_group_ids; }, true, true},
  {"iam_instance_profile", [](const Model& model) { return one(model.instance.instance_profile_arn); }, true, false,
   "{0} is that of {1}: each release gets all its rights; a profile of its own can do with fewer"},
  {"key_name",             [](const Model& model) { return one(model.instance.key_name); }, true, true},
};
// clang-format on

bool is_open(const Taken& row, const Configured& said, std::span<const config::Group> groups)
{
  const bool machines = std::ranges::count(groups, config::Group::machine) > 0
                        && said.settings.launch_template_id.empty();
  const bool named = row.key == "image_id" && said.origins.contains("image");
  return !said.origins.contains(row.key) && !named && (machines || !row.of_machine);
}

} // namespace

std::vector<std::string> open_keys(const Configured& said, std::span<const config::Group> groups)
{
  std::vector<std::string> keys;
  for (const Taken& row : k_taken) {
    if (is_open(row, said, groups)) {
      keys.emplace_back(row.key);
    }
  }
  return keys;
}

Result<Likeness> settings_like(const Model& model, const Configured& said,
                               std::span<const config::Group> groups)
{
  const std::string& region = said.settings.region;
  const bool elsewhere = !region.empty() && region != model.region;
  Likeness likeness;
  std::vector<std::string> left_out;
  bool machines = false;
  for (const Taken& row : k_taken) {
    const auto values = row.values(model);
    if (values.empty() || !is_open(row, said, groups)) {
      continue;
    }
    machines = machines || row.of_machine;
    if (row.regional && elsewhere) {
      left_out.emplace_back(row.key);
      continue;
    }
    for (const std::string& value : values) {
      likeness.layer.rows.push_back(
        {config::find_key(row.key), value, model.origin, config::Form::exact});
    }
    if (!row.notice.empty()) {
      likeness.notices.push_back(fmt::format(fmt::runtime(row.notice), row.key, model.instance.id));
    }
  }
  if (machines && model.instance.private_ip.empty()) {
    return fail(ErrorKind::config,
                fmt::format("{} has no IPv4 address, and flame-ec2 needs one", model.instance.id),
                "give image, subnet and groups as settings, in a subnet that has IPv4");
  }
  if (!left_out.empty()) {
    likeness.left_open =
      fmt::format("not taken from {}, since they exist in {} and the region is {}: {}",
                  model.instance.id, model.region, region, fmt::join(left_out, ", "));
  }
  return likeness;
}

} // namespace flame::boot
