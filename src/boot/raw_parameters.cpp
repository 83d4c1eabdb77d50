#include "boot/raw_parameters.hpp"

#include "aws/ec2_names.hpp"
#include "aws/ec2_query.hpp"
#include "base/text.hpp"
#include "config/options.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::boot {
namespace {

constexpr std::string_view k_action = "RunInstances";

// What may not be sent raw. A name that ends in '.' stands for all that begin with it.
struct Taken {
  std::string_view name;
  std::string_view setting;  // that sends it; "": none
  std::string_view why = {}; // without a setting: the end of a sentence
};

// clang-format off
constexpr Taken k_taken[] = {
  {"ImageId",                               "image_id"},
  {"InstanceType",                          "instance_type"},
  {"SubnetId",                              "subnet_id"},
  {"SecurityGroup.",                        "security_group_id"},
  {"SecurityGroupId.",                      "security_group_id"},
  {"IamInstanceProfile.",                   "iam_instance_profile"},
  {"LaunchTemplate.",                       "launch_template_id"},
  {"TagSpecification.",                     "tags"},
  {"NetworkInterface.1.SubnetId",           "subnet_id"},
  {"NetworkInterface.1.SecurityGroupId.",   "security_group_id"},
  {"NetworkInterface.1.AssociatePublicIpAddress", "public_ip"},
  {"MetadataOptions.InstanceMetadataTags",  "metadata_tags"},
  {"InstanceMarketOptions.MarketType",      "market"},
  {"InstanceMarketOptions.SpotOptions.MaxPrice", "spot_max_price"},
  {"InstanceMarketOptions.",                "", "is what market and spot_max_price stand for; a spot machine is asked for once, and ends when EC2 takes it back"},
  {"CapacityReservationSpecification.",     "capacity_reservation"},
  {"NetworkInterface.1.DeviceIndex",        "", "is 0 always"},
  {"MinCount",                              "", "is what flame-ec2 counts by"},
  {"MaxCount",                              "", "is what flame-ec2 counts by"},
  {"UserData",                              "", "is the script that runs the release"},
  {"ClientToken",                           "", "keeps a repeated request from launching twice"},
  {"DryRun",                                "", "is what boot --dry-run=ec2 sends"},
  {"InstanceInitiatedShutdownBehavior",     "", "is terminate, so that a machine that powers itself off is gone"},
  {"DisableApiTermination",                 "", "is false, so that the machine can be ended"},
  {"MetadataOptions.HttpTokens",            "", "is required on every machine"},
  {"MetadataOptions.HttpEndpoint",          "", "is enabled, since the machine reads its script there"},
};
// clang-format on

bool stands_for(const Taken& row, std::string_view name)
{
  return row.name.ends_with('.') ? name.starts_with(row.name) : name == row.name;
}

// The first that stands for the name.
const Taken* find_taken(std::string_view name)
{
  const auto row =
    std::ranges::find_if(k_taken, [&](const Taken& taken) { return stands_for(taken, name); });
  return row == std::end(k_taken) ? nullptr : &*row;
}

std::string_view setting_of(std::string_view name)
{
  const auto row =
    std::ranges::find(config::options(), name, [](const config::Option& o) { return o.rules.ec2; });
  return row == config::options().end() ? "" : row->key;
}

bool is_number(std::string_view text)
{
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// The name with N for its numbers, and the numbers.
struct Pattern {
  std::string text = {};
  std::vector<std::string> numbers = {};
};

Pattern pattern_of(std::string_view name)
{
  Pattern pattern;
  std::vector<std::string> segments = split(name, '.');
  for (std::string& segment : segments) {
    if (is_number(segment)) {
      pattern.numbers.push_back(std::exchange(segment, "N"));
    }
  }
  pattern.text = join(segments, ".");
  return pattern;
}

// Of what may be sent raw, what contradicts a setting or another part of the request.
struct Conflict {
  std::string_view name; // or its pattern
  bool (*holds)(const config::Settings&);
  std::string_view what; // the end of a sentence
  std::string_view hint = "keep one of the two";
};

bool names_subnet(const config::Settings& settings)
{
  return !settings.subnet_ids.empty();
}

bool has_own_interface(const config::Settings& settings)
{
  return names_subnet(settings) || !settings.security_group_ids.empty() || settings.public_ip;
}

bool shares_hosts(const config::Settings& settings)
{
  return !settings.tenancy.empty() && settings.tenancy != "host";
}

bool wants_many(const config::Settings& settings)
{
  return settings.count.value_or(1) > 1;
}

bool has_subnets(const config::Settings& settings)
{
  return settings.subnet_ids.size() > 1;
}

constexpr std::string_view k_one_hint = "leave it out, or boot one machine at a time";
constexpr std::string_view k_subnet_hint = "leave it out, or give the subnet that it is of alone";

// clang-format off
constexpr Conflict k_conflicts[] = {
  {"Placement.AvailabilityZoneId", [](const config::Settings& s) { return !s.availability_zone.empty(); }, "is the zone that availability_zone names"},
  {"Placement.AvailabilityZoneId", names_subnet, "is set beside subnet_id, and a subnet is in one zone", "leave it out"},
  {"Placement.GroupId",            [](const config::Settings& s) { return !s.placement_group.empty(); }, "is the group that placement_group names"},
  {"Placement.HostId",             shares_hosts, "needs tenancy host", "set tenancy to host, or leave it out"},
  {"Placement.HostResourceGroupArn", shares_hosts, "needs tenancy host", "set tenancy to host, or leave it out"},
  {"NetworkInterface.1.NetworkInterfaceId", has_own_interface, "has its own subnet, groups and addresses, and subnet_id, security_group_id or public_ip is set"},
  {"NetworkInterface.N.NetworkInterfaceId", wants_many, "is of one machine, and count is more", k_one_hint},
  {"PrivateIpAddress",                      wants_many, "is of one machine, and count is more", k_one_hint},
  {"Ipv6Address.N.Ipv6Address",             wants_many, "is of one machine, and count is more", k_one_hint},
  {"NetworkInterface.N.PrivateIpAddress",   wants_many, "is of one machine, and count is more", k_one_hint},
  {"NetworkInterface.N.PrivateIpAddresses.N.PrivateIpAddress", wants_many, "is of one machine, and count is more", k_one_hint},
  {"NetworkInterface.N.Ipv6Addresses.N.Ipv6Address",           wants_many, "is of one machine, and count is more", k_one_hint},
  {"PrivateIpAddress",                      has_subnets, "is of one subnet, and subnet_id names several", k_subnet_hint},
  {"NetworkInterface.1.PrivateIpAddress",   has_subnets, "is of one subnet, and subnet_id names several", k_subnet_hint},
};
// clang-format on

void check_conflicts(Mistakes& mistakes, const config::Settings& settings, std::string_view name)
{
  const std::string pattern = pattern_of(name).text;
  for (const Conflict& row : k_conflicts) {
    if ((row.name == name || row.name == pattern) && row.holds(settings)) {
      mistakes.add(fmt::format("ec2 \"{}\" {}", name, row.what), std::string(row.hint));
    }
  }
}

// A place in a list as EC2 takes it: 1 to 99999.
bool is_place(std::string_view number)
{
  return number.front() != '0' && number.size() <= 5;
}

// The nearest name, with the user's own numbers; "" when none is near.
std::string nearest_name(std::string_view name)
{
  const Pattern pattern = pattern_of(name);
  const auto names = aws::parameter_names(k_action);
  std::vector<std::string> segments = split(nearest(pattern.text, names), '.');
  auto number = pattern.numbers.begin();
  for (std::string& segment : segments) {
    if (segment == "N") {
      const bool given = number != pattern.numbers.end() && is_place(*number);
      segment = given ? *number : "1";
      number += number == pattern.numbers.end() ? 0 : 1;
    }
  }
  return join(segments, ".");
}

// What to write in place of a name that EC2 does not know.
std::string hint_for_unknown(std::string_view name)
{
  const Pattern pattern = pattern_of(name);
  const auto names = aws::parameter_names(k_action);
  if (!std::ranges::all_of(pattern.numbers, is_place)
      && std::ranges::count(names, std::string_view(pattern.text)) > 0) {
    return "its numbers begin at 1, have no leading zero, and five digits at most";
  }
  const std::string meant = nearest_name(name);
  return meant.empty() ? "write its name as the EC2 API has it: Placement.GroupName"
                       : fmt::format("did you mean {}?", meant);
}

std::string_view type_mistake(std::string_view name, std::string_view value)
{
  const auto actions = aws::action_names();
  const auto action = std::ranges::find(actions, k_action, &aws::ActionNames::action);
  const auto row =
    std::ranges::find(action->parameters, pattern_of(name).text, &aws::ParameterName::wire);
  switch (row->type) {
  case aws::ParameterType::boolean:
    return value == "true" || value == "false" ? "" : "is true or false";
  case aws::ParameterType::integer:
    return is_number(value) ? "" : "is a whole number";
  default:
    return "";
  }
}

} // namespace

void check_raw_parameters(Mistakes& mistakes, const config::Settings& settings)
{
  for (const auto& [name, value] : settings.ec2) {
    if (!aws::is_known_parameter(k_action, name)) {
      mistakes.add(fmt::format("ec2 \"{}\" is no parameter of RunInstances", name),
                   hint_for_unknown(name));
      continue;
    }
    const Taken* taken = find_taken(name);
    const std::string_view setting = taken != nullptr ? taken->setting : setting_of(name);
    if (!setting.empty()) {
      mistakes.add(fmt::format("ec2 \"{}\" is what the setting {} sends", name, setting),
                   fmt::format("set {} instead", setting));
    } else if (taken != nullptr) {
      mistakes.add(fmt::format("ec2 \"{}\" {}", name, taken->why), "leave it out");
    } else if (const std::string_view type = type_mistake(name, value); !type.empty()) {
      mistakes.add(fmt::format(R"(ec2 "{}" {}, not "{}")", name, type, value));
    } else {
      check_conflicts(mistakes, settings, name);
    }
  }
}

bool has_raw_parameter(const config::Settings& settings, std::string_view prefix)
{
  const auto first = settings.ec2.lower_bound(std::string(prefix));
  return first != settings.ec2.end() && first->first.starts_with(prefix);
}

} // namespace flame::boot
