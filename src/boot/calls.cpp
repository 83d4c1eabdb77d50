#include "boot/calls.hpp"

#include "aws/ec2_limits.hpp"
#include "boot/look_up.hpp"
#include "boot/plan_bundle.hpp"
#include "boot/request.hpp"
#include "boot/survey.hpp"

#include <fmt/format.h>

namespace flame::boot {
namespace {

using config::Settings;
using Calls = std::vector<PlannedCall>;

void add_lookups(Calls& calls, const Settings& settings, const Facts& facts)
{
  const Lookups wanted = lookups_in(settings);
  if (!wanted.launch_template.empty()) {
    calls.push_back({"ec2", "DescribeLaunchTemplateVersions", 1,
                     fmt::format("launch template {}", wanted.launch_template)});
  }
  if (!wanted.parameter.empty() || !facts.image_id.empty()) {
    calls.push_back({"ssm", "GetParameter", 1, "the image's id"});
  }
  if (wanted.image || facts.image) {
    calls.push_back({"ec2", "DescribeImages", 1, "the image"});
  }
}

void add_survey(Calls& calls, const Plan& plan, const Settings& settings, const Facts& facts)
{
  if (settings.max_running) {
    calls.push_back({"ec2", "DescribeInstances", 1, "machines of the app that live"});
  }
  std::vector<Candidate> all = plan.candidates;
  for (const Dropped& dropped : plan.dropped) {
    all.push_back(dropped.candidate);
  }
  const SurveyWanted wanted = survey_wanted(all);
  const auto parts_of = [](const std::vector<std::string>& values) {
    return (values.size() + k_filter_values - 1) / k_filter_values;
  };
  if (!wanted.subnets.empty()) {
    calls.push_back(
      {"ec2", "DescribeSubnets", parts_of(wanted.subnets), "zones and free addresses"});
  }
  if (!wanted.types.empty()) {
    calls.push_back({"ec2", "DescribeInstanceTypeOfferings", parts_of(wanted.types),
                     "which zone has which type"});
  }
  if (wanted.image && !facts.image) {
    calls.push_back({"ec2", "DescribeImages", 1, "the architecture of the image"});
  }
}

// A bundle of this computer or a folder on S3, which becomes an object of the store.
void add_upload(Calls& calls, const Plan& plan)
{
  if (plan.bundle.kind == BundleKind::s3_folder) {
    calls.push_back({"s3", "ListObjectsV2", 1, "the files of the bundle"});
    calls.push_back({"s3", "GetObject", std::nullopt, "each, unless the store has them"});
  }
  calls.push_back({"s3", "HeadObject", 1, "whether the store has the bundle"});
  calls.push_back({"s3", "PutObject", std::nullopt, "the bundle, unless it has it"});
  calls.push_back({"s3", "HeadObject", 1, "the bundle"});
}

void add_bundle(Calls& calls, const Plan& plan, const Settings& settings)
{
  if (is_carried(plan.bundle, settings)) {
    return;
  }
  switch (plan.bundle.kind) {
  case BundleKind::nothing:
  case BundleKind::web: // which the machine alone asks for
    return;
  case BundleKind::object:
    calls.push_back({"s3", "HeadObject", 1, "the bundle"});
    if (settings.inspect.value_or(true)) {
      calls.push_back({"s3", "GetObject", std::nullopt, "a look into it, if it is small"});
    }
    return;
  case BundleKind::file:
  case BundleKind::folder:
    return add_upload(calls, plan);
  case BundleKind::s3_folder:
    break;
  }
  if (comes_by_files(plan.bundle, settings)) {
    calls.push_back({"s3", "ListObjectsV2", 1, "the files of the bundle"});
    return;
  }
  add_upload(calls, plan);
}

void add_environment(Calls& calls, const Plan& plan, const Settings& settings)
{
  for (const Secret& secret : secrets_of(settings)) {
    const bool parameter = secret.kind == "ssm";
    calls.push_back({parameter ? "ssm" : "secretsmanager",
                     parameter ? "GetParameter" : "GetSecretValue", 1,
                     fmt::format("the value of {}", secret.name)});
  }
  if (settings.store.empty()) {
    return;
  }
  calls.push_back({"s3", "PutObject", 1, "proves the right to write"});
  if (!with_placeholders(plan.runner, plan.bundle, settings).env_url.empty()) {
    calls.push_back({"s3", "PutObject", 1, "the environment"});
  }
}

void add_launch(Calls& calls, const Plan& plan, const Settings& settings)
{
  calls.push_back({"ec2", "DescribeInstances", 1, "whether EC2 answers"});
  const std::size_t groups = (plan.count + k_group_limit - 1) / k_group_limit;
  calls.push_back({"ec2", "RunInstances", groups,
                   plan.count == 1 ? "the machine" : fmt::format("{} machines", plan.count),
                   plan.count});
  if (plan.wait_for != config::WaitFor::launched) {
    calls.push_back({"ec2", "DescribeInstances", std::nullopt, "until all run"});
  }
  if (plan.wait_for == config::WaitFor::ready) {
    const bool by_store = !settings.store.empty();
    calls.push_back({.service = by_store ? "s3" : "ec2",
                     .action = by_store ? "GetObject" : "GetConsoleOutput",
                     .what = "until all are ready",
                     .least = plan.count}); // each tells by itself
  }
}

} // namespace

Calls calls_of(const Plan& plan, const Settings& settings, const Facts& facts)
{
  Calls calls;
  add_lookups(calls, settings, facts);
  add_survey(calls, plan, settings, facts);
  add_bundle(calls, plan, settings);
  add_environment(calls, plan, settings);
  add_launch(calls, plan, settings);
  return calls;
}

Millis least_time(const Calls& calls, std::size_t refused)
{
  std::vector<aws::CallCount> counts;
  for (const PlannedCall& call : calls) {
    if (call.service == "ec2") {
      counts.push_back(
        {.action = call.action,
         .requests = call.count.value_or(call.least) + (call.machines > 0 ? refused : 0),
         .instances = call.machines});
    }
  }
  return aws::least_time(counts);
}

} // namespace flame::boot
