#include "aws/public_images.hpp"
#include "base/text.hpp"
#include "boot/look_up.hpp"
#include "boot/policy_parts.hpp"

#include <fmt/format.h>

#include <algorithm>

// What a launch uses of other services: a role, a parameter, a key.
namespace flame::boot {
namespace {

// "NAME", "NAME:VERSION" or "NAME:LABEL", to the parameter's ARN.
std::string parameter_arn(const PolicyPlace& place, std::string_view parameter)
{
  const std::string_view name = parameter.substr(0, parameter.find(':'));
  const std::string_view account = name.starts_with("/aws/") ? "" : std::string_view(place.account);
  return fmt::format("arn:{}:ssm:{}:{}:parameter{}{}", place.partition, place.region, account,
                     name.starts_with('/') ? "" : "/", name);
}

std::string role_arn(const PolicyPlace& place, std::string_view role)
{
  return role.starts_with("arn:")
           ? std::string(role)
           : fmt::format("arn:{}:iam::{}:role/{}", place.partition, place.account, role);
}

// "arn:aws:iam::1:instance-profile/path/NAME" and "NAME" to "path/NAME" and "NAME".
std::string_view name_of_profile(std::string_view profile)
{
  constexpr std::string_view k_type = ":instance-profile/";
  const std::size_t at = profile.find(k_type);
  return at == std::string_view::npos ? profile : profile.substr(at + k_type.size());
}

// A key's ARN, or an alias as a condition: IAM has no right on the ARN of an alias.
void bind_key(PolicyStatement& statement, const PolicyPlace& place, const std::string& key)
{
  const std::size_t alias = key.find("alias/");
  if (alias != std::string::npos) {
    statement.resources = {
      fmt::format("arn:{}:kms:{}:{}:key/*", place.partition, place.region, place.account)};
    statement.conditions.push_back(
      {"ForAnyValue:StringEquals", "kms:ResourceAliases", {key.substr(alias)}});
    return;
  }
  statement.resources = {
    key.starts_with("arn:")
      ? key
      : fmt::format("arn:{}:kms:{}:{}:key/{}", place.partition, place.region, place.account, key)};
}

std::string parameter_in(const config::Settings& settings)
{
  config::Settings alone = settings; // a template may turn out to have no image
  alone.launch_template_id.clear();
  if (settings.image_id.starts_with(aws::k_resolve) && settings.image.empty()) {
    return settings.image_id.substr(aws::k_resolve.size());
  }
  return lookups_in(alone).parameter;
}

} // namespace

void add_role(Policy& policy, const PolicyScope& scope, const PolicyPlace& place)
{
  const std::string& profile = scope.settings.iam_instance_profile;
  if (profile.empty() && scope.role.empty()) {
    if (!scope.settings.launch_template_id.empty()) {
      policy.notices.emplace_back("when the launch template has an instance profile, give its role "
                                  "with --role NAME");
    }
    return;
  }
  const std::string role(scope.role.empty() ? name_of_profile(profile) : scope.role);
  policy.statements.push_back(
    {.id = "GiveRole",
     .why = "the machine may get this role and no other, and no other service may",
     .actions = {"iam:PassRole"},
     .resources = {role_arn(place, role)},
     .conditions = {{"StringEquals", "iam:PassedToService", service_names(place, "ec2")}}});
  if (scope.role.empty()) {
    policy.notices.push_back(fmt::format("the role of instance profile {} is taken to be called as "
                                         "the profile is; when it is not, give --role NAME",
                                         profile));
  }
}

void add_image_parameter(Policy& policy, const PolicyScope& scope, const PolicyPlace& place)
{
  const std::string parameter = parameter_in(scope.settings);
  if (parameter.empty()) {
    return;
  }
  PolicyStatement statement{.id = "FindImage", .resources = {parameter_arn(place, parameter)}};
  // EC2 reads it with the caller's right where flame-ec2 does not; what a template leaves open is
  // not known here.
  const bool by_us = !lookups_in(scope.settings).parameter.empty();
  const bool unknown = !scope.settings.launch_template_id.empty();
  if (by_us || unknown) {
    statement.why = "the parameter that holds the image's id";
    statement.actions.emplace_back("ssm:GetParameter");
  }
  if (!by_us && scope.settings.image.empty()) {
    statement.why = "the parameter that holds the image's id, which EC2 reads for the caller";
    statement.actions.emplace_back("ssm:GetParameters");
  }
  policy.statements.push_back(std::move(statement));
}

void add_disk_key(Policy& policy, const PolicyScope& scope, const PolicyPlace& place)
{
  const std::string& key = scope.settings.root_volume_kms_key;
  if (key.empty()) {
    return;
  }
  const PolicyCondition by_ec2{"StringEquals", "kms:ViaService",
                               service_names(place, fmt::format("ec2.{}", place.region))};
  PolicyStatement use{.id = "EncryptDisk",
                      .why = "EC2 encrypts the root volume with this key for the caller",
                      .actions = {"kms:DescribeKey", "kms:Decrypt", "kms:ReEncrypt*",
                                  "kms:GenerateDataKeyWithoutPlaintext"},
                      .conditions = {by_ec2}};
  bind_key(use, place, key);
  PolicyStatement grant{.id = "LendDiskKey",
                        .why = "the machine's disk needs the key for as long as it lives",
                        .actions = {"kms:CreateGrant"},
                        .conditions = {by_ec2, {"Bool", "kms:GrantIsForAWSResource", {"true"}}}};
  bind_key(grant, place, key);
  policy.statements.push_back(std::move(use));
  policy.statements.push_back(std::move(grant));
}

} // namespace flame::boot
