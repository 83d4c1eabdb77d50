#include "boot/like.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::boot {
namespace {

using aws::LaunchTemplate;
using config::Configured;

struct Taken {
  std::string_view key;
  std::vector<std::string> (*values)(const Model&);
  bool of_machine;                            // else of every command
  bool regional;                              // means nothing in other regions
  bool (*in_template)(const LaunchTemplate&); // whether that says it, so that we must not
  std::string_view notice = {};               // {0}: key, {1}: the machine's id
  bool by_ec2_alone = false;                  // the metadata service does not tell it
};

bool never(const LaunchTemplate& /*unused*/)
{
  return false;
}

// The image is the template's to say, and a template without one is a mistake to be told.
bool always(const LaunchTemplate& /*unused*/)
{
  return true;
}

bool has_type(const LaunchTemplate& found)
{
  return !found.instance_type.empty();
}

// Subnet and groups must be of one VPC, and a subnet of the zone: who says a part of that says all.
bool has_network(const LaunchTemplate& found)
{
  return !found.interfaces.empty() || !found.security_groups.empty()
         || !found.availability_zone.empty();
}

bool has_profile(const LaunchTemplate& found)
{
  return !found.instance_profile.empty();
}

bool has_key(const LaunchTemplate& found)
{
  return !found.key_name.empty();
}

std::vector<std::string> one(const std::string& value)
{
  return value.empty() ? std::vector<std::string>() : std::vector{value};
}

// What EC2 tells of where and how it runs; nothing for `otherwise`, which is what a machine gets
// that is asked for without.
std::vector<std::string> placed(const Model& model, std::string_view parameter,
                                std::string_view otherwise)
{
  for (const auto& [name, value] : model.instance.placed) {
    if (name == parameter && value != otherwise) {
      return {value};
    }
  }
  return {};
}

std::vector<std::string> group_of(const Model& model)
{
  return placed(model, "Placement.GroupName", "");
}

std::vector<std::string> tenancy_of(const Model& model)
{
  return placed(model, "Placement.Tenancy", "default");
}

std::vector<std::string> hop_limit_of(const Model& model)
{
  return placed(model, "MetadataOptions.HttpPutResponseHopLimit", ""); // images differ in it
}

std::vector<std::string> metadata_tags_of(const Model& model)
{
  const auto said = placed(model, "MetadataOptions.InstanceMetadataTags", "disabled");
  return said.empty() ? said : std::vector<std::string>{"true"};
}

std::vector<std::string> hostname_of(const Model& model)
{
  return placed(model, "PrivateDnsNameOptions.HostnameType", "ip-name");
}

std::vector<std::string> dns_a_of(const Model& model)
{
  return placed(model, "PrivateDnsNameOptions.EnableResourceNameDnsARecord", "false");
}

std::vector<std::string> dns_aaaa_of(const Model& model)
{
  return placed(model, "PrivateDnsNameOptions.EnableResourceNameDnsAAAARecord", "false");
}

std::vector<std::string> reservation_of(const Model& model)
{
  constexpr std::string_view k_prefix = "CapacityReservationSpecification.CapacityReservation";
  for (const std::string_view target :
       {"Target.CapacityReservationId", "Target.CapacityReservationResourceGroupArn"}) {
    auto said = placed(model, fmt::format("{}{}", k_prefix, target), "");
    if (!said.empty()) {
      return said;
    }
  }
  auto said = placed(model, fmt::format("{}Preference", k_prefix), "open");
  const bool only = !said.empty() && said.front() == "capacity-reservations-only";
  return only ? std::vector<std::string>{"only"} : said;
}

std::vector<std::string> market_of(const Model& model)
{
  return one(model.instance.lifecycle == "spot" ? "spot" : "");
}

// clang-format off
constexpr Taken k_taken[] = {
  {"region",               [](const Model& model) { return one(model.region); }, false, false, never},
  {"image_id",             [](const Model& model) { return one(model.instance.image_id); }, true, true, always,
   "{0} is that of {1}: each machine starts all services that are enabled in it"},
  {"instance_type",        [](const Model& model) { return one(model.instance.instance_type); }, true, false, has_type},
  {"subnet_id",            [](const Model& model) { return one(model.instance.subnet_id); }, true, true, has_network},
  {"security_group_id",    [](const Model& model) { return model.instance.security_group_ids; }, true, true, has_network},
  {"iam_instance_profile", [](const Model& model) { return one(model.instance.instance_profile_arn); }, true, false, has_profile,
   "{0} is that of {1}: each release gets all its rights; a profile of its own can do with fewer"},
  {"key_name",             [](const Model& model) { return one(model.instance.key_name); }, true, true, has_key},
  // Beside a template these are the template's to say.
  {"market",               market_of,        true, false, always, "", true},
  {"placement_group",      group_of,         true, true,  always, "", true},
  {"tenancy",              tenancy_of,       true, false, always, "", true},
  {"capacity_reservation", reservation_of,   true, true,  always,
   "{0} is that of {1}: its room may be used up", true},
  {"metadata_hop_limit",   hop_limit_of,     true, false, always, "", true},
  {"metadata_tags",        metadata_tags_of, true, false, always, "", true},
  {"private_dns_hostname", hostname_of,      true, false, always, "", true},
  {"private_dns_a",        dns_a_of,         true, false, always, "", true},
  {"private_dns_aaaa",     dns_aaaa_of,      true, false, always, "", true},
};
// clang-format on

bool has_template(const Configured& said)
{
  return !said.settings.launch_template_id.empty();
}

bool is_unseen(const Taken& row, const Configured& said, const Seen& seen)
{
  return row.of_machine && has_template(said) && !seen;
}

// Of a template that is unseen it is supposed that it says nothing.
bool is_open(const Taken& row, const Configured& said, std::span<const config::Group> groups,
             const Seen& seen)
{
  const bool taken = !row.of_machine || std::ranges::count(groups, config::Group::machine) > 0;
  const bool named = row.key == "image_id" && said.origins.contains("image");
  const bool in_template = has_template(said) && row.in_template(seen.value_or(LaunchTemplate()));
  return taken && !said.origins.contains(row.key) && !named && !in_template;
}

// What is taken, and what is not; by key.
struct Sorted {
  std::vector<const Taken*> taken = {};
  std::vector<std::string> elsewhere = {};
  std::vector<std::string> unseen = {};
};

Sorted sort(const Model& model, const Configured& said, std::span<const config::Group> groups,
            const Seen& seen)
{
  const std::string& region = said.settings.region;
  const bool elsewhere = !region.empty() && region != model.region;
  Sorted sorted;
  for (const Taken& row : k_taken) {
    if (row.values(model).empty() || !is_open(row, said, groups, seen)) {
      continue;
    }
    if (is_unseen(row, said, seen)) {
      sorted.unseen.emplace_back(row.key);
    } else if (row.regional && elsewhere) {
      sorted.elsewhere.emplace_back(row.key);
    } else {
      sorted.taken.push_back(&row);
    }
  }
  return sorted;
}

std::string left_open(const Sorted& sorted, const Model& model, const Configured& said)
{
  const config::Settings& settings = said.settings;
  if (!sorted.unseen.empty()) {
    return fmt::format("not taken from {}, since launch template {} may say it and was not looked "
                       "into: {}",
                       model.instance.id, settings.launch_template_id,
                       fmt::join(sorted.unseen, ", "));
  }
  if (!sorted.elsewhere.empty()) {
    return fmt::format("not taken from {}, since they exist in {} and the region is {}: {}",
                       model.instance.id, model.region, settings.region,
                       fmt::join(sorted.elsewhere, ", "));
  }
  return {};
}

} // namespace

std::vector<std::string> open_keys(const Configured& said, std::span<const config::Group> groups,
                                   const Seen& seen)
{
  std::vector<std::string> keys;
  for (const Taken& row : k_taken) {
    if (!row.by_ec2_alone && is_open(row, said, groups, seen) && !is_unseen(row, said, seen)) {
      keys.emplace_back(row.key);
    }
  }
  return keys;
}

Result<Likeness> settings_like(const Model& model, const Configured& said,
                               std::span<const config::Group> groups, const Seen& seen)
{
  const Sorted sorted = sort(model, said, groups, seen);
  Likeness likeness{.left_open = left_open(sorted, model, said)};
  bool machines = !sorted.elsewhere.empty();
  for (const Taken* row : sorted.taken) {
    machines = machines || row->of_machine;
    for (const std::string& value : row->values(model)) {
      likeness.layer.rows.push_back(
        {config::find_key(row->key), value, model.origin, config::Form::exact});
    }
    if (!row->notice.empty()) {
      likeness.notices.push_back(
        fmt::format(fmt::runtime(row->notice), row->key, model.instance.id));
    }
  }
  if (machines && model.instance.private_ip.empty()) {
    return fail(ErrorKind::config,
                fmt::format("{} has no IPv4 address, and flame-ec2 needs one", model.instance.id),
                "give image, subnet and groups as settings, in a subnet that has IPv4");
  }
  return likeness;
}

bool depends_on_template(const Configured& said, std::span<const config::Group> groups)
{
  return std::ranges::any_of(k_taken, [&](const Taken& row) {
    return is_open(row, said, groups, {}) && is_unseen(row, said, {});
  });
}

} // namespace flame::boot
