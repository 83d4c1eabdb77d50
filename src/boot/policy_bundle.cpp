#include "boot/plan_bundle.hpp"
#include "boot/policy_parts.hpp"

#include <fmt/format.h>

#include <functional>

// The bundle, the store and the secrets of a boot.
namespace flame::boot {
namespace {

std::string object_arn(const PolicyPlace& place, const aws::S3Object& object)
{
  return fmt::format("arn:{}:s3:::{}/{}", place.partition, object.bucket, literal(object.key));
}

PolicyStatement list_below(std::string id, const PolicyPlace& place, const aws::S3Object& folder)
{
  return {.id = std::move(id),
          .actions = {"s3:ListBucket"},
          .resources = {fmt::format("arn:{}:s3:::{}", place.partition, folder.bucket)},
          .conditions = {{"StringLike", "s3:prefix", {literal(folder.key) + "*"}}}};
}

PolicyStatement read_bundle(const Bundle& bundle, const PolicyPlace& place)
{
  const bool folder = bundle.kind == BundleKind::s3_folder;
  return {.id = "ReadBundle",
          .actions = {bundle.object.version_id.empty() ? "s3:GetObject" : "s3:GetObjectVersion"},
          .resources = {object_arn(place, bundle.object) + (folder ? "*" : "")}};
}

void add_s3_bundle(Policy& policy, const Bundle& bundle, const PolicyPlace& place)
{
  PolicyStatement read = read_bundle(bundle, place);
  read.why =
    bundle.kind == BundleKind::s3_folder
      ? "the files of the bundle are fetched, to be packed or by URLs that the caller signs"
      : "the machine fetches the bundle by a URL that the caller signs, with the caller's "
        "right to read it";
  policy.statements.push_back(std::move(read));
  if (bundle.kind == BundleKind::s3_folder) {
    PolicyStatement list = list_below("ListBundle", place, bundle.object);
    list.why = "which files the bundle has";
    policy.statements.push_back(std::move(list));
  }
  policy.notices.emplace_back(
    "an object that is encrypted with a KMS key needs kms:Decrypt on that key too");
}

std::string secret_arn(const Secret& secret, const PolicyPlace& place)
{
  if (secret.id.starts_with("arn:")) {
    return secret.id;
  }
  if (secret.kind == "ssm") {
    const std::string name = secret.id.substr(0, secret.id.find(':'));
    return fmt::format("arn:{}:ssm:{}:{}:parameter{}{}", place.partition, place.region,
                       place.account, name.starts_with('/') ? "" : "/", name);
  }
  // Secrets Manager adds six letters of its own.
  return fmt::format("arn:{}:secretsmanager:{}:{}:secret:{}-??????", place.partition, place.region,
                     place.account, literal(secret.id));
}

} // namespace

void add_bundle(Policy& policy, const PolicyScope& scope, const PolicyPlace& place)
{
  const Bundle& bundle = scope.plan->bundle;
  if (bundle.kind == BundleKind::object || bundle.kind == BundleKind::s3_folder) {
    add_s3_bundle(policy, bundle, place);
  }
}

void add_store(Policy& policy, const PolicyScope& scope, const PolicyPlace& place)
{
  const auto store = store_of(scope.settings);
  if (!store) {
    return;
  }
  PolicyStatement use{
    .id = "UseStore",
    .why = "bundles, status and logs are written there and read, also by what the caller signs "
           "for the machine",
    .resources = {object_arn(place, *store) + "*"}};
  if (scope.plan != nullptr || wants(scope, {"logs", "wait"})) {
    use.actions.emplace_back("s3:GetObject");
  }
  if (scope.plan != nullptr) {
    use.actions.emplace_back("s3:PutObject");
  }
  if (scope.plan != nullptr && goes_to_store(scope.plan->bundle)) {
    use.actions.emplace_back("s3:AbortMultipartUpload");
  }
  if (!use.actions.empty()) {
    policy.statements.push_back(std::move(use));
  }
  if (scope.plan != nullptr || wants(scope, {"gc"})) {
    policy.statements.push_back({.id = "ForgetEnvironments",
                                 .why = "an environment is removed once nobody reads it any more",
                                 .actions = {"s3:DeleteObject"},
                                 .resources = {object_arn(place, *store) + "runs/*/env.*"}});
  }
  if (wants(scope, {"logs", "gc", "wait"})) {
    PolicyStatement list = list_below("ListStore", place, *store);
    list.why = "logs, wait and gc look for what machines have written";
    policy.statements.push_back(std::move(list));
  }
}

void add_secrets(Policy& policy, const PolicyScope& scope, const PolicyPlace& place)
{
  PolicyStatement parameters{.id = "ReadSecretParameters",
                             .why = "values of the settings in secret",
                             .actions = {"ssm:GetParameter"}};
  PolicyStatement secrets{.id = "ReadSecrets",
                          .why = "values of the settings in secret",
                          .actions = {"secretsmanager:GetSecretValue"}};
  for (const Secret& secret : secrets_of(scope.settings)) {
    (secret.kind == "ssm" ? parameters : secrets).resources.push_back(secret_arn(secret, place));
  }
  for (PolicyStatement& statement :
       std::initializer_list<std::reference_wrapper<PolicyStatement>>{parameters, secrets}) {
    if (!statement.resources.empty()) {
      policy.statements.push_back(std::move(statement));
    }
  }
}

// Bundles come by a URL that the caller has signed, unless the machine's own role reads them.
Policy runner_policy(const PolicyScope& scope)
{
  Policy policy;
  if (scope.plan == nullptr || scope.settings.bundle_access != "instance-role") {
    return policy;
  }
  const PolicyPlace place = place_of(scope);
  const Bundle& bundle = scope.plan->bundle;
  const auto store = store_of(scope.settings);
  PolicyStatement read{.id = "ReadBundle", .actions = {"s3:GetObject"}};
  if (goes_to_store(bundle) && store) {
    read.resources = {object_arn(place, *store) + "bundles/*"};
  } else {
    read = read_bundle(bundle, place);
  }
  read.why = "the machine fetches the bundle with its own role";
  policy.statements.push_back(std::move(read));
  return policy;
}

} // namespace flame::boot
