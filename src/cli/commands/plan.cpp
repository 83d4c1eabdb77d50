#include "boot/max_running.hpp"
#include "boot/request.hpp"
#include "boot/user_data.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/plan_output.hpp"
#include "cli/planning.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::cli {
namespace {

// Every candidate with what is known of it.
std::vector<PlannedCandidate> candidates_in(const boot::Plan& plan, const boot::Survey& survey)
{
  std::vector<PlannedCandidate> all;
  for (const boot::Candidate& candidate : plan.candidates) {
    all.push_back({.candidate = candidate,
                   .zone = boot::zone_of(candidate, survey),
                   .against = boot::known_against(candidate, survey)});
  }
  return all;
}

// The first of a boot, for its first candidate.
aws::Params request_of(const boot::Plan& plan, std::size_t user_data)
{
  aws::Params request = boot::launch_parameters(plan, plan.candidates.front(), "", "");
  // The token is random, one for each try.
  std::erase_if(request, [](const auto& pair) { return pair.first == "ClientToken"; });
  for (auto& [name, value] : request) {
    if (name == "UserData") {
      value = fmt::format("*** ({} bytes before base64)", user_data);
    }
  }
  return request;
}

// What keeps a boot from launching anything, as far as it is known. A boot with one candidate hears
// the same from EC2.
std::optional<Error> refusal_of(const Planning& it, const Result<boot::Plan>& possible,
                                std::optional<std::size_t> live)
{
  if (live) {
    if (const auto room = boot::check_max_running(it.plan, it.settings(), *live); !room) {
      return room.error();
    }
  }
  return possible ? std::nullopt : std::optional(possible.error());
}

// `possible`: the plan that a boot would launch; when nothing is possible, all of it is shown.
PlanReport report_of(const Planning& it, const boot::Survey& survey, const boot::Plan& possible,
                     const std::string& user_data)
{
  PlanReport report{.run_id = it.plan.run_id,
                    .region = it.plan.region,
                    .app = it.plan.app,
                    .count = it.plan.count,
                    .min_count = it.plan.min_count,
                    .candidates = candidates_in(it.plan, survey),
                    .calls = boot::calls_of(it.plan, it.settings(), it.facts),
                    .user_data = user_data.size(),
                    .user_data_limit = boot::k_user_data_limit,
                    .packed = !user_data.starts_with("#!"),
                    .expires_at = it.plan.expires_at,
                    .max_running = it.settings().max_running};
  report.request = request_of(possible, user_data.size());
  const auto asked = std::ranges::count_if(
    report.candidates, [](const PlannedCandidate& one) { return !one.against; });
  report.least = boot::least_time(report.calls, 0);
  report.least_all = boot::least_time(
    report.calls, static_cast<std::size_t>(std::max<std::ptrdiff_t>(asked, 1) - 1));
  return report;
}

// AWS is looked at, and nothing is written or launched.
Result<void> plan(const Planning& before)
{
  const auto cloud = connect_for(before);
  if (!cloud) {
    return tl::unexpected(cloud.error());
  }
  const auto looked = looked_up(before, **cloud);
  if (!looked) {
    return tl::unexpected(looked.error());
  }
  const Planning& it = *looked;
  const auto survey = surveyed(it, boot::whole_survey(it.plan.candidates), **cloud);
  const auto user_data = longest_user_data(it);
  if (!survey || !user_data) {
    return tl::unexpected(survey ? user_data.error() : survey.error());
  }
  const auto possible = boot::without_impossible(it.plan, *survey);
  PlanReport report = report_of(it, *survey, possible ? *possible : it.plan, *user_data);
  if (it.settings().max_running) {
    const auto live = living(it, **cloud);
    if (!live) {
      return tl::unexpected(live.error());
    }
    report.live = *live;
  }
  const auto refusal = refusal_of(it, possible, report.live);
  report.error = refusal ? &*refusal : nullptr;
  const Look look{.now = it.world.clock->wall(),
                  .local_time = it.world.local_time,
                  .width = it.world.terminal.out_width};
  it.console.clear();
  auto written = it.world.write_out(plan_output(report, it.invocation.output, look));
  if (!written || !refusal) {
    return written;
  }
  Result<void> refused = tl::unexpected(*refusal);
  return it.invocation.output == Output::json ? as_in_result(std::move(refused)) : refused;
}

} // namespace

Result<void> run_plan(const Invocation& invocation, World& world, Console& console)
{
  return plan_from_settings(invocation, world, console, std::nullopt, {}, plan);
}

} // namespace flame::cli
