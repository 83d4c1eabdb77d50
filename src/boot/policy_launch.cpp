#include "aws/public_images.hpp"
#include "base/text.hpp"
#include "boot/image.hpp"
#include "boot/look_up.hpp"
#include "boot/policy_parts.hpp"
#include "fleet/tags.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

// What a launch needs: the plan's own request says which resources it names.
namespace flame::boot {
namespace {

using Values = std::vector<std::string>;

constexpr std::string_view k_run = "ec2:RunInstances";

// "NetworkInterface.1.SubnetId" is "NetworkInterface.N.SubnetId" here.
std::string without_numbers(std::string_view name)
{
  Values pieces = split(name, '.');
  for (std::string& piece : pieces) {
    if (!piece.empty() && piece.find_first_not_of("0123456789") == std::string::npos) {
      piece = "N";
    }
  }
  return join(pieces, ".");
}

// Values of a parameter in the order of the request, each once.
Values values_of(const Plan& plan, std::string_view pattern)
{
  Values values;
  for (const auto& [name, value] : plan.common) {
    if (without_numbers(name) == pattern && std::ranges::count(values, value) == 0) {
      values.push_back(value);
    }
  }
  return values;
}

// What a request may name beside image, subnet and groups, by the parameter that names it.
struct Named {
  std::string_view parameter;
  std::string_view type; // of the resource
};
// clang-format off
constexpr Named k_named[] = {
  {"KeyName",                                 "key-pair"},
  {"LaunchTemplate.LaunchTemplateId",         "launch-template"},
  {"Placement.GroupName",                     "placement-group"},
  {"BlockDeviceMapping.N.Ebs.SnapshotId",     "snapshot"},
  {"NetworkInterface.N.NetworkInterfaceId",   "network-interface"},
  {"CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationId",
                                              "capacity-reservation"},
};
// clang-format on

// Images and snapshots have no account in their names: they may be another's.
std::string arn_of(PolicyPlace place, std::string_view type, std::string_view id)
{
  if (type == "image" || type == "snapshot") {
    place.account.clear();
  }
  // Subnets and groups may be shared by another account; their ids are unique.
  if (id != "*" && (type == "subnet" || type == "security-group")) {
    place.account = "*";
  }
  return ec2_arn(place, type, id == "*" ? std::string(id) : literal(id));
}

void add_arns(Values& into, const PolicyPlace& place, std::string_view type, const Values& ids)
{
  for (const std::string& id : ids) {
    into.push_back(arn_of(place, type, id));
  }
}

Values subnets_of(const Plan& plan)
{
  Values ids = values_of(plan, "NetworkInterface.N.SubnetId");
  for (const Candidate& candidate : plan.candidates) {
    if (!candidate.subnet_id.empty() && std::ranges::count(ids, candidate.subnet_id) == 0) {
      ids.push_back(candidate.subnet_id);
    }
  }
  return ids;
}

Values groups_of(const Plan& plan)
{
  Values ids = values_of(plan, "SecurityGroupId.N");
  const Values of_interfaces = values_of(plan, "NetworkInterface.N.SecurityGroupId.N");
  ids.insert(ids.end(), of_interfaces.begin(), of_interfaces.end());
  return ids;
}

// The default follows the image, which may be of either architecture while nobody has looked.
Values types_of(const Plan& plan, const config::Settings& settings)
{
  if (settings.instance_types.empty() && settings.image.empty()
      && settings.launch_template_id.empty()) {
    return {"t3.nano", "t4g.nano"};
  }
  Values types;
  for (const Candidate& candidate : plan.candidates) {
    if (!candidate.instance_type.empty()
        && std::ranges::count(types, candidate.instance_type) == 0) {
      types.push_back(candidate.instance_type);
    }
  }
  return types;
}

bool has_template(const config::Settings& settings)
{
  return !settings.launch_template_id.empty();
}

// "ami-…" of the settings, whether or not a template may have another.
std::string image_id_in(const config::Settings& settings)
{
  return settings.image.empty() && settings.image_id.starts_with("ami-") ? settings.image_id : "";
}

PolicyCondition of_template(const config::Settings& settings, const PolicyPlace& place)
{
  const std::string& id = settings.launch_template_id;
  return {"ArnLike",
          "ec2:LaunchTemplate",
          {ec2_arn(place, "launch-template", id.starts_with("lt-") ? id : "*")}};
}

// The tags of every launch, by which a machine is told from any other from its first moment.
std::vector<PolicyCondition> our_tags(const config::Settings& settings)
{
  return {{"StringEquals", fmt::format("aws:RequestTag/{}", fleet::k_tag_app), {settings.app}},
          {"StringLike", fmt::format("aws:RequestTag/{}", fleet::k_tag_run_id), {"?*"}}};
}

void add_existing(Policy& policy, const PolicyScope& scope, const PolicyPlace& place)
{
  PolicyStatement statement{.id = "LaunchFrom",
                            .why = "what the launch names: nothing else of the account can be used",
                            .actions = {std::string(k_run)}};
  Values& arns = statement.resources;
  if (const std::string image = image_id_in(scope.settings); !image.empty()) {
    arns.push_back(arn_of(place, "image", image));
  }
  add_arns(arns, place, "subnet", subnets_of(*scope.plan));
  add_arns(arns, place, "security-group", groups_of(*scope.plan));
  for (const Named& row : k_named) {
    add_arns(arns, place, row.type, values_of(*scope.plan, row.parameter));
  }
  if (!arns.empty()) {
    policy.statements.push_back(std::move(statement));
  }
}

void add_public_image(Policy& policy, const PolicyScope& scope, const PolicyPlace& place)
{
  const config::Settings& settings = scope.settings;
  if (!image_id_in(settings).empty() || (settings.image.empty() && settings.image_id.empty())) {
    return;
  }
  PolicyStatement statement{.id = "LaunchImage",
                            .actions = {std::string(k_run)},
                            .resources = {arn_of(place, "image", "*")}};
  if (!settings.image.empty()) {
    statement.why = fmt::format("the newest image of {} has another id every few weeks; any public "
                                "one can be used",
                                settings.image);
    statement.conditions = {{"Bool", "ec2:Public", {"true"}}};
  } else {
    statement.why = "the image is what a parameter says at the time";
    policy.notices.emplace_back(
      "any image can be used, since image_id names a parameter; with ami-… it is that one alone");
  }
  policy.statements.push_back(std::move(statement));
}

// What nobody named: the template has it, or the default VPC.
void add_left_open(Policy& policy, const PolicyScope& scope, const PolicyPlace& place)
{
  const config::Settings& settings = scope.settings;
  PolicyStatement statement{.id = "LaunchIntoOpen", .actions = {std::string(k_run)}};
  Values& arns = statement.resources;
  if (subnets_of(*scope.plan).empty()) {
    arns.push_back(arn_of(place, "subnet", "*"));
  }
  if (groups_of(*scope.plan).empty()) {
    arns.push_back(arn_of(place, "security-group", "*"));
  }
  if (has_template(settings)) {
    arns.insert(arns.begin(), arn_of(place, "image", "*"));
    if (settings.key_name.empty()) {
      arns.push_back(arn_of(place, "key-pair", "*"));
    }
    statement.conditions = {of_template(settings, place)};
    statement.why = "what the launch template says, or the default VPC: with that template alone";
    if (!settings.launch_template_id.starts_with("lt-")) {
      arns.push_back(ec2_arn(place, "launch-template", "*"));
      policy.notices.emplace_back("any launch template can be used, since IAM knows them by id; "
                                  "with --launch-template-id lt-… it is that one alone");
    }
  } else {
    statement.why = "no subnet or group is set, so that it is the default VPC's";
    if (!arns.empty()) {
      policy.notices.emplace_back("any subnet and group that is not set can be used; "
                                  "--subnet-id and --security-group-id bind them");
    }
  }
  if (!arns.empty()) {
    policy.statements.push_back(std::move(statement));
  }
}

void add_new(Policy& policy, const PolicyScope& scope, const PolicyPlace& place)
{
  PolicyStatement machine{
    .id = "LaunchMachine",
    .why = "only machines with our tags, of these types, whose metadata service wants tokens",
    .actions = {std::string(k_run)},
    .resources = {ec2_arn(place, "instance", "*")},
    .conditions = our_tags(scope.settings)};
  machine.conditions.push_back({"StringEquals", "ec2:MetadataHttpTokens", {"required"}});
  if (const Values types = types_of(*scope.plan, scope.settings); !types.empty()) {
    machine.conditions.push_back({"StringEquals", "ec2:InstanceType", types});
  }
  policy.statements.push_back(std::move(machine));
  policy.statements.push_back(
    {.id = "LaunchParts",
     .why = "the machine's own disks and interfaces, with the same tags",
     .actions = {std::string(k_run)},
     .resources = {ec2_arn(place, "volume", "*"), ec2_arn(place, "network-interface", "*")},
     .conditions = our_tags(scope.settings)});
}

void add_tagging(Policy& policy, const PolicyScope& scope, const PolicyPlace& place)
{
  const Values keys = values_of(*scope.plan, "TagSpecification.N.Tag.N.Key");
  std::set<std::string> sorted(keys.begin(), keys.end());
  sorted.insert(std::string(fleet::k_tag_parent_ip)); // when a boot knows one
  policy.statements.push_back(
    {.id = "TagAtLaunch",
     .why = "tags can be given by a launch alone, so that no other machine can be made ours",
     .actions = {"ec2:CreateTags"},
     .resources = {ec2_arn(place, "instance", "*"), ec2_arn(place, "volume", "*"),
                   ec2_arn(place, "network-interface", "*")},
     .conditions = {
       {"StringEquals", "ec2:CreateAction", {"RunInstances"}},
       {"ForAllValues:StringEquals", "aws:TagKeys", Values(sorted.begin(), sorted.end())}}});
}

} // namespace

void add_launch(Policy& policy, const PolicyScope& scope, const PolicyPlace& place)
{
  add_existing(policy, scope, place);
  add_public_image(policy, scope, place);
  add_left_open(policy, scope, place);
  add_new(policy, scope, place);
  add_tagging(policy, scope, place);
}

} // namespace flame::boot
