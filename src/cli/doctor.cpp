#include "cli/doctor.hpp"

#include "aws/public_images.hpp"
#include "base/time.hpp"
#include "boot/image.hpp"
#include "boot/look_up.hpp"
#include "boot/plan_bundle.hpp"
#include "boot/reach.hpp"
#include "boot/request.hpp"
#include "cli/carried.hpp"
#include "cli/inspect.hpp"
#include "cli/user_data.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::cli {
namespace {

using boot::Finding;

constexpr Millis k_call_limit = std::chrono::seconds(15);
constexpr std::chrono::seconds k_clock_tolerance(60); // AWS takes five minutes

Finding of_candidate(const boot::Candidate& candidate, const aws::ApiError& error)
{
  Finding finding = boot::bad("launch", error.error);
  finding.message = fmt::format("{}: {}", boot::describe(candidate), finding.message);
  finding.hint = finding.hint.empty() ? "boot --dry-run shows the request" : finding.hint;
  return finding;
}

std::string size_text(std::string_view user_data)
{
  return fmt::format("{} of {} bytes", user_data.size(), boot::k_user_data_limit);
}

Finding judge_image(const aws::Image& image, const boot::Plan& plan)
{
  if (image.state != "available") {
    return boot::bad("image", fmt::format("{} is {}", image.id, image.state),
                     "wait until it is available, or take another");
  }
  for (const boot::Candidate& candidate : plan.candidates) {
    const std::string& type = candidate.instance_type;
    if (!type.empty() && aws::architecture_of(type) != image.architecture) {
      return boot::bad("image",
                       fmt::format("{} is for {}, and {} is of {}", image.id, image.architecture,
                                   type, aws::architecture_of(type)),
                       "take a type or an image of the other architecture");
    }
  }
  return boot::good("image", fmt::format("{}, {}, root device {}", image.id, image.architecture,
                                         image.root_device));
}

std::string_view name_of_profile(std::string_view profile)
{
  return profile.substr(profile.find_last_of('/') + 1); // npos + 1 is 0
}

Findings look_at_object(Patient& patient)
{
  constexpr std::string_view check = "bundle";
  const auto reached =
    boot::reach_object(patient.plan.bundle, patient.settings, patient.cloud.s3(), patient.limit());
  if (!reached) {
    return {boot::bad(check, reached.error())};
  }
  Findings findings;
  for (const std::string& warning : reached->warnings) {
    findings.push_back(boot::doubtful(
      check, warning,
      "allow s3:GetObject on it; without s3:ListBucket S3 says the same of what is not there"));
  }
  for (const std::string& notice : reached->notices) {
    findings.push_back(boot::good(check, notice));
  }
  return findings;
}

Findings look_at_folder(Patient& patient)
{
  constexpr std::string_view check = "bundle";
  const aws::S3Object& folder = patient.plan.bundle.object;
  const auto entries = patient.cloud.s3().list(folder, patient.limit());
  if (!entries) {
    return {boot::refused(check, entries.error(), "s3:ListBucket")};
  }
  const auto files = boot::folder_entries(folder, *entries);
  return {files
            ? boot::good(check, fmt::format("{} files in {}", files->size(), aws::describe(folder)))
            : boot::bad(check, files.error())};
}

} // namespace

aws::CallLimit Patient::limit() const
{
  return {.deadline = world.clock->now() + k_call_limit};
}

Finding finding_of(const client::ProviderAnswer& answer)
{
  constexpr std::string_view check = "credentials";
  const std::string& name = answer.provider;
  switch (answer.outcome) {
  case client::Asking::found:
    return boot::good(check, answer.detail == name ? fmt::format("{}: found", name)
                                                   : fmt::format("{}: {}", name, answer.detail));
  case client::Asking::broken:
    return boot::bad(check, fmt::format("{}: {}", name, answer.detail), answer.hint,
                     ErrorKind::credentials);
  case client::Asking::absent:
    return boot::skipped(
      check, fmt::format("{}: {}", name, answer.detail.empty() ? "not set up" : answer.detail));
  case client::Asking::not_asked:
    break;
  }
  return boot::skipped(check, fmt::format("{}: not asked", name));
}

Findings look_at_launch(Patient& patient)
{
  const boot::Plan& plan = patient.plan;
  client::Ec2Client& ec2 = patient.cloud.ec2();
  const auto user_data = unlaunched_user_data(patient.plan, patient.settings, patient.cloud,
                                              patient.world, patient.console);
  if (!user_data) {
    return {boot::bad("user-data", user_data.error())};
  }
  Findings findings = {boot::good("user-data", size_text(*user_data))};
  bool one_works = false;
  for (const boot::Candidate& candidate : plan.candidates) {
    aws::Params params = boot::launch_parameters(plan, candidate, *user_data, plan.run_id);
    params.emplace_back("DryRun", "true");
    const auto answer = ec2.run_instances(params, patient.limit());
    if (answer || answer.error().error_class == aws::ErrorClass::dry_run) {
      one_works = true;
      findings.push_back(
        boot::good("launch", fmt::format("EC2 would launch {}", boot::describe(candidate))));
    } else {
      findings.push_back(of_candidate(candidate, answer.error()));
    }
  }
  for (Finding& finding : findings) { // what another candidate makes up for
    if (one_works && finding.verdict == boot::Verdict::fail) {
      finding.verdict = boot::Verdict::warn;
    }
  }
  return findings;
}

Findings look_at_clock(Patient& patient)
{
  client::Ec2Client& ec2 = patient.cloud.ec2();
  if (!ec2.server_time()) {
    return {boot::skipped("clock", "AWS's answers do not say the time")};
  }
  const std::chrono::seconds off = ec2.clock_offset();
  if (std::chrono::abs(off) <= k_clock_tolerance) {
    return {boot::good("clock", "this computer's clock is AWS's")};
  }
  return {boot::doubtful("clock",
                         fmt::format("this computer's clock is {} {} AWS's",
                                     format_duration(std::chrono::abs(off)),
                                     off > std::chrono::seconds(0) ? "behind" : "ahead of"),
                         "set it: beyond five minutes AWS refuses signatures")};
}

Findings look_at_template(Patient& patient)
{
  const std::string& id = patient.settings.launch_template_id;
  if (id.empty()) {
    return {};
  }
  const auto& found = patient.facts.launch_template;
  if (!found) { // any other error has ended the look-up
    Finding finding = boot::skipped("template", fmt::format("{} is not looked into, without the "
                                                            "permission "
                                                            "ec2:DescribeLaunchTemplateVersions",
                                                            id));
    finding.permission = "ec2:DescribeLaunchTemplateVersions";
    return {finding};
  }
  return {boot::good("template", fmt::format("{}, version {}", id, found->version))};
}

Findings look_at_image(Patient& patient)
{
  Findings findings;
  const std::string parameter = boot::lookups_in(patient.settings).parameter;
  if (!parameter.empty()) {
    if (patient.facts.image_id.empty()) {
      Finding finding = boot::skipped(
        "image", fmt::format("{} is not read, without the permission ssm:GetParameter", parameter));
      finding.permission = "ssm:GetParameter";
      return {finding};
    }
    findings.push_back(
      boot::good("image", fmt::format("{} says {}", parameter, patient.facts.image_id)));
  }
  const std::string id = boot::root_image_id_of(patient.settings, patient.facts);
  if (!id.starts_with("ami-")) {
    return findings; // EC2 resolves it, or a template that nobody may look into has it
  }
  const auto images = patient.cloud.ec2().describe_images({id}, patient.limit());
  if (!images) {
    findings.push_back(boot::refused("image", images.error(), "ec2:DescribeImages"));
  } else if (images->empty()) {
    findings.push_back(
      boot::bad("image", fmt::format("{} is not there", id),
                "check the id, that it is of this Region, and that it is shared with the account"));
  } else {
    findings.push_back(judge_image(images->front(), patient.plan));
  }
  return findings;
}

Findings look_at_profile(Patient& patient)
{
  const std::string& profile = patient.settings.iam_instance_profile;
  if (profile.empty()) {
    return {};
  }
  const std::string name(name_of_profile(profile));
  const auto found = patient.cloud.instance_profile(name, patient.limit());
  if (!found) {
    return {boot::refused("profile", found.error(), "iam:GetInstanceProfile")};
  }
  if (found->role.empty()) {
    return {boot::bad("profile", fmt::format("the instance profile {} has no role", name),
                      "put a role into it")};
  }
  return {boot::good("profile", fmt::format("{} with the role {}", name, found->role))};
}

Findings look_at_bundle(Patient& patient)
{
  constexpr std::string_view check = "bundle";
  const boot::Bundle& bundle = patient.plan.bundle;
  if (bundle.kind == boot::BundleKind::nothing) {
    return {};
  }
  if (boot::is_local(bundle)) {
    const auto there = check_local_bundle(bundle);
    return {there ? boot::good(check, fmt::format("{} is there", bundle.place))
                  : boot::bad(check, there.error())};
  }
  if (bundle.kind == boot::BundleKind::web) {
    return {boot::skipped(check, "the machine fetches it from the web; nobody looks before")};
  }
  return bundle.kind == boot::BundleKind::object ? look_at_object(patient)
                                                 : look_at_folder(patient);
}

} // namespace flame::cli
