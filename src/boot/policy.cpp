#include "boot/policy.hpp"

#include "aws/endpoints.hpp"
#include "base/text.hpp"
#include "boot/look_up.hpp"
#include "boot/policy_parts.hpp"
#include "boot/survey.hpp"
#include "fleet/tags.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace flame::boot {
namespace {

constexpr std::string_view k_commands[] = {"boot", "run", "wait",   "terminate", "list",
                                           "logs", "gc",  "doctor", "configure", "plan"};
constexpr std::string_view k_booting[] = {"boot", "run", "doctor", "plan"};

// What only looks: EC2 takes no resource for these but *. To let another command look: here.
struct Look {
  std::string_view action;
  std::string_view commands; // blank separated
  bool (*when)(const PolicyScope& scope) = nullptr;
};

bool everywhere(const PolicyScope& scope)
{
  return scope.everywhere;
}

bool has_template(const PolicyScope& scope)
{
  return !scope.settings.launch_template_id.empty();
}

// Of doctor's looks only that at a FLAME parent is for some settings.
bool meets_parent(const PolicyScope& scope)
{
  return wants(scope, {"gc"}) || !scope.settings.flame_parent.empty();
}

// A boot that has a choice looks first at what cannot be had, and without the right it tries; plan
// looks at all.
SurveyWanted survey_of(const PolicyScope& scope)
{
  if (scope.plan == nullptr) {
    return {};
  }
  return wants(scope, {"plan", "doctor"}) ? whole_survey(scope.plan->candidates)
                                          : survey_wanted(scope.plan->candidates);
}

// Or may: a template can turn out to leave the type open.
bool looks_at_image(const PolicyScope& scope)
{
  const config::Settings& settings = scope.settings;
  return wants(scope, {"doctor"}) || lookups_in(settings).image || survey_of(scope).image
         || (has_template(scope) && settings.instance_types.empty() && settings.image.empty());
}

bool chooses_subnet(const PolicyScope& scope)
{
  return wants(scope, {"doctor"}) || !survey_of(scope).subnets.empty();
}

bool chooses_type(const PolicyScope& scope)
{
  return wants(scope, {"doctor"}) || !survey_of(scope).types.empty();
}

// A plan only counts what lives, and only for that setting.
bool looks_at_machines(const PolicyScope& scope)
{
  return scope.settings.max_running
         || wants(scope, {"boot", "run", "wait", "terminate", "list", "logs", "gc", "configure"});
}

constexpr Look k_looks[] = {
  {"ec2:DescribeInstances", "boot run wait terminate list logs gc configure plan",
   looks_at_machines},
  {"ec2:DescribeRegions", "list gc", everywhere},
  {"ec2:DescribeVolumes", "gc"},
  {"ec2:DescribeNetworkInterfaces", "gc doctor", meets_parent},
  {"ec2:DescribeImages", "boot run doctor plan", looks_at_image},
  {"ec2:DescribeLaunchTemplateVersions", "boot run doctor plan", has_template},
  {"ec2:DescribeSubnets", "boot run doctor plan", chooses_subnet},
  {"ec2:DescribeRouteTables", "doctor"},
  {"ec2:DescribeVpcEndpoints", "doctor"},
  {"ec2:DescribeSecurityGroups", "doctor"},
  {"ec2:DescribeInstanceTypeOfferings", "boot run doctor plan", chooses_type},
};

bool asked_by(const Look& look, const PolicyScope& scope)
{
  const std::vector<std::string> commands = split(look.commands, ' ');
  const bool asked = std::ranges::any_of(commands, [&](const std::string& name) {
    return std::ranges::count(scope.commands, name) > 0;
  });
  return asked && (look.when == nullptr || look.when(scope));
}

void add_looks(Policy& policy, const PolicyScope& scope, const PolicyPlace& place)
{
  PolicyStatement statement{.id = "LookUp",
                            .why = "what only looks; EC2 has no narrower resource for it than *",
                            .resources = {"*"}};
  for (const Look& look : k_looks) {
    if (asked_by(look, scope)) {
      statement.actions.emplace_back(look.action);
    }
  }
  if (place.region != "*") {
    statement.conditions = {{"StringEquals", "aws:RequestedRegion", {place.region}}};
    statement.why += ", so it is bound to the Region";
  }
  if (!statement.actions.empty()) {
    policy.statements.push_back(std::move(statement));
  }
}

// Machines are ours by the tags that they were launched with: those of the app, where one is set.
PolicyCondition ours(const config::Settings& settings)
{
  if (!settings.app.empty()) {
    return {"StringEquals", fmt::format("aws:ResourceTag/{}", fleet::k_tag_app), {settings.app}};
  }
  return {"StringLike", fmt::format("aws:ResourceTag/{}", fleet::k_tag_run_id), {"?*"}};
}

void add_ending(Policy& policy, const PolicyScope& scope, const PolicyPlace& place)
{
  const std::string whose = scope.settings.app.empty()
                              ? std::string("of flame-ec2")
                              : fmt::format("of the app {}", scope.settings.app);
  if (wants(scope, {"boot", "run", "terminate", "gc"})) {
    policy.statements.push_back(
      {.id = "EndMachines",
       .why = fmt::format("machines {} alone can be ended, by the tag of their launch", whose),
       .actions = {"ec2:TerminateInstances"},
       .resources = {ec2_arn(place, "instance", "*")},
       .conditions = {ours(scope.settings)}});
  }
  if (wants(scope, {"boot", "run", "wait", "list", "logs"})) {
    policy.statements.push_back(
      {.id = "ReadConsole",
       .why = fmt::format("the stages and last words of machines {}", whose),
       .actions = {"ec2:GetConsoleOutput"},
       .resources = {ec2_arn(place, "instance", "*")},
       .conditions = {ours(scope.settings)}});
  }
}

void add_doctor(Policy& policy, const PolicyScope& scope, const PolicyPlace& place)
{
  const std::string& profile = scope.settings.iam_instance_profile;
  if (profile.empty()) {
    return;
  }
  policy.statements.push_back(
    {.id = "LookAtProfile",
     .why = "doctor says whether the instance profile is there and has a role",
     .actions = {"iam:GetInstanceProfile"},
     .resources = {profile.starts_with("arn:")
                     ? profile
                     : fmt::format("arn:{}:iam::{}:instance-profile/*{}", place.partition,
                                   place.account, profile)}});
}

// The account of an ARN among the settings, which is that of all the rest.
std::string account_in(const config::Settings& settings)
{
  const std::vector<std::string> pieces = split(settings.iam_instance_profile, ':');
  return pieces.size() > 5 && pieces[0] == "arn" ? pieces[4] : "";
}

} // namespace

PolicyPlace place_of(const PolicyScope& scope)
{
  const std::string& region = scope.settings.region;
  const aws::Partition& partition = aws::partition_of(region);
  const std::string found = scope.account.empty() ? account_in(scope.settings) : scope.account;
  return {.partition = std::string(partition.name),
          .suffix = std::string(partition.dns_suffix),
          .region = scope.everywhere ? "*" : region,
          .account = found.empty() ? "*" : found};
}

std::string ec2_arn(const PolicyPlace& place, std::string_view type, std::string_view id)
{
  return fmt::format("arn:{}:ec2:{}:{}:{}/{}", place.partition, place.region, place.account, type,
                     id);
}

std::string literal(std::string_view text)
{
  std::string out;
  for (const char c : text) {
    out += c == '*' || c == '?' || c == '$' ? fmt::format("${{{}}}", c) : std::string(1, c);
  }
  return out;
}

std::vector<std::string> service_names(const PolicyPlace& place, std::string_view service)
{
  std::vector<std::string> names = {fmt::format("{}.amazonaws.com", service)};
  if (place.suffix != "amazonaws.com") { // either name is EC2's own there
    names.push_back(fmt::format("{}.{}", service, place.suffix));
  }
  return names;
}

bool wants(const PolicyScope& scope, std::initializer_list<std::string_view> commands)
{
  return std::ranges::any_of(scope.commands, [&](const std::string& name) {
    return std::ranges::count(commands, name) > 0;
  });
}

std::span<const std::string_view> policy_commands()
{
  return k_commands;
}

bool boots(std::string_view command)
{
  return std::ranges::count(k_booting, command) > 0;
}

Policy caller_policy(const PolicyScope& scope)
{
  Policy policy;
  const PolicyPlace place = place_of(scope);
  const bool launches = scope.plan != nullptr && wants(scope, {"boot", "run", "doctor"});
  if (launches) {
    add_launch(policy, scope, place);
    add_role(policy, scope, place);
  }
  if (scope.plan != nullptr) {
    add_image_parameter(policy, scope, place);
  }
  if (launches) {
    add_disk_key(policy, scope, place);
    add_bundle(policy, scope, place);
    add_secrets(policy, scope, place);
  }
  PolicyScope writes = scope; // who only plans has nothing to do with the store
  writes.plan = launches ? scope.plan : nullptr;
  add_store(policy, writes, place);
  add_ending(policy, scope, place);
  add_looks(policy, scope, place);
  if (wants(scope, {"doctor"})) {
    add_doctor(policy, scope, place);
  }
  if (!scope.settings.app.empty() && wants(scope, {"terminate", "list", "logs", "gc"})) {
    policy.notices.push_back(fmt::format("app is set, so that machines of the app {} alone can be "
                                         "ended and have their consoles read",
                                         scope.settings.app));
  }
  if (place.account == "*") {
    policy.notices.emplace_back("the account is left open, which gives no right in any other one; "
                                "--account ID fills it in");
  }
  return policy;
}

} // namespace flame::boot
