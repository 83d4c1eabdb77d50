#include "boot/plan.hpp"

#include "aws/endpoints.hpp"
#include "boot/names.hpp"
#include "boot/network.hpp"
#include "boot/plan_bundle.hpp"
#include "boot/plan_machine.hpp"
#include "boot/plan_times.hpp"
#include "boot/raw_parameters.hpp"
#include "boot/request.hpp"
#include "flame/node.hpp"
#include "flame/parent.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::boot {
namespace {

using config::Settings;

constexpr Millis k_default_bootstrap_timeout = std::chrono::minutes(15);
// A machine that is past its lifetime gets so long to be off before others may end it.
constexpr std::chrono::minutes k_expiry_margin(5);
constexpr std::string_view k_default_user = "flame";

// What a missing setting is called by the one who has to give it.
void need(Mistakes& mistakes, const std::string& value, std::string_view key, std::string hint)
{
  if (value.empty()) {
    mistakes.add(fmt::format("{} is not set", key), std::move(hint));
  }
}

template <typename T> std::optional<T> take(Mistakes& mistakes, Result<T> result)
{
  if (!result) {
    mistakes.add(result.error());
    return std::nullopt;
  }
  return std::move(*result);
}

void check(Mistakes& mistakes, const Result<void>& result)
{
  if (!result) {
    mistakes.add(result.error());
  }
}

// Names the setting, so that the mistake can be told with its place.
Result<void> check_region(std::string_view region)
{
  return aws::check_region(region).map_error([](Error why) {
    why.message = fmt::format("region is not valid: {}", why.message);
    return why;
  });
}

child::RunnerEnvironment environment_of(const Settings& settings, const Facts& facts,
                                        Mistakes& mistakes)
{
  child::RunnerEnvironment environment{.flame_parent = settings.flame_parent,
                                       .release_node = settings.release_node,
                                       .release_cookie = settings.release_cookie,
                                       .erl_aflags = facts.erl_aflags,
                                       .erl_zflags = facts.erl_zflags,
                                       .env = settings.env,
                                       .unset_env = settings.unset_env};
  if (has_parent(settings)) {
    if (const auto parent = take(mistakes, child::decode_parent(settings.flame_parent))) {
      environment.node_base = parent->node_base;
    }
  }
  return environment;
}

std::string user_of(const Settings& settings)
{
  if (settings.run_as.empty()) { // FLAME releases are made to run as the image's root
    return has_parent(settings) ? "" : std::string(k_default_user);
  }
  return settings.run_as == "root" ? "" : settings.run_as;
}

void check_running(Mistakes& mistakes, const Settings& settings)
{
  const int count = settings.count.value_or(1);
  if (settings.max_running && count > *settings.max_running) {
    mistakes.add(fmt::format("count is {}, and max_running {}", count, *settings.max_running),
                 "give a count that fits, or raise max_running");
  }
}

std::optional<Job> job_of(const Settings& settings)
{
  return settings.command.empty()
           ? std::nullopt
           : std::optional(Job{.command = settings.command,
                               .artifacts = settings.artifacts,
                               .keep = settings.keep,
                               .is_one_of_many = settings.count.value_or(1) > 1});
}

std::string run_id_of(const Settings& settings, const Facts& facts)
{
  return settings.run_id.empty() ? facts.random_run_id : settings.run_id;
}

void check_parent(Mistakes& mistakes, const Settings& settings)
{
  if (const auto parent = parent_of(settings)) {
    check(mistakes, child::check_reachable(*parent));
  }
}

std::vector<std::string> all_warnings(const Settings& settings, const Facts& facts)
{
  std::vector<std::string> warnings = warnings_of(settings, facts);
  if (const auto parent = parent_of(settings)) {
    if (const auto fit = child::check_backend(*parent); !fit) {
      warnings.push_back(fit.error().message);
    }
  }
  if (std::string warning = interruption_warning(settings, facts); !warning.empty()) {
    warnings.push_back(std::move(warning));
  }
  if (std::string warning = unseen_market_warning(settings, facts); !warning.empty()) {
    warnings.push_back(std::move(warning));
  }
  for (std::string& warning : delivery_warnings(settings)) {
    warnings.push_back(std::move(warning));
  }
  return warnings;
}

std::string parent_ip_of(const Settings& settings, const Facts& facts)
{
  if (const auto parent = parent_of(settings)) {
    if (const auto host = child::host_of_node(parent->node); !host.empty()) {
      return std::string(host);
    }
  }
  return facts.local_address;
}

} // namespace

Result<Runner> make_runner(const Settings& settings, const Facts& facts)
{
  Mistakes mistakes(ErrorKind::config);
  need(mistakes, settings.app, "app", "give --app NAME; it defaults to $RELEASE_NAME");
  if (!settings.app.empty()) {
    check(mistakes, check_app_name(settings.app));
  }
  const std::optional<Bundle> bundle = check_bundle(mistakes, settings);
  check_store(mistakes, settings);
  check(mistakes, check_run_id(run_id_of(settings, facts)));
  Runner runner{
    .app = settings.app,
    .run_id = run_id_of(settings, facts),
    .nonce = facts.nonce,
    .fetch = bundle ? fetch_of(*bundle, settings) : Fetch(),
    .variables = child::runner_variables(environment_of(settings, facts, mistakes)),
    .run_as = user_of(settings),
    .start_command = settings.start_command,
    .stop_command = settings.stop_command,
    .setup_commands = settings.setup_commands,
    .max_lifetime = lifetime_of(settings),
    .bootstrap_timeout = settings.bootstrap_timeout.value_or(k_default_bootstrap_timeout),
    .keep_on_failure = settings.keep_on_failure,
    .job = job_of(settings),
    .ready_command = settings.ready_command,
    .other_user_data =
      settings.merge_user_data && facts.launch_template ? facts.launch_template->user_data : "",
    .deny_metadata = settings.iam_instance_profile.empty() && settings.launch_template_id.empty(),
    .on_interruption = interruption_of(settings, facts),
  };
  check_interruption(mistakes, settings);
  check(mistakes, check_run_as(runner.run_as));
  check(mistakes, check_variables(runner.variables));
  if (!mistakes.empty()) {
    return tl::unexpected(mistakes.error());
  }
  return runner;
}

namespace {

std::vector<std::string> all_notices(const Settings& settings, const Facts& facts)
{
  std::vector<std::string> notices = notices_of(settings, facts);
  if (std::string notice = slow_listening_notice(settings); !notice.empty()) {
    notices.push_back(std::move(notice));
  }
  return notices;
}

} // namespace

Result<Plan> make_plan(const Settings& settings, const Facts& facts)
{
  Mistakes mistakes(ErrorKind::config);
  auto runner = take(mistakes, make_runner(settings, facts));
  need(mistakes, settings.region, "region", "give --region REGION or set AWS_REGION");
  if (!settings.region.empty()) {
    check(mistakes, check_region(settings.region));
  }
  check_image(mistakes, settings, facts);
  check_ids(mistakes, settings);
  check_market(mistakes, settings, facts);
  check_candidates(mistakes, settings);
  check_running(mistakes, settings);
  check_merging(mistakes, settings, facts);
  check_network(mistakes, settings, facts);
  check_parent(mistakes, settings);
  check_count(mistakes, settings);
  check_lifetime(mistakes, settings);
  check_ready(mistakes, settings, facts);
  check_placement(mistakes, settings);
  check_root_volume(mistakes, settings, facts);
  check_tags(mistakes, settings);
  check_raw_parameters(mistakes, settings);
  if (!mistakes.empty()) {
    return tl::unexpected(mistakes.error());
  }
  Plan plan{.run_id = runner->run_id,
            .region = settings.region,
            .app = settings.app,
            .candidates = candidates_of(settings, facts),
            .spot_options = spot_options_of(settings, facts),
            .parent_ip = parent_ip_of(settings, facts),
            .bundle = *parse_bundle(settings.bundle),
            .runner = std::move(*runner),
            .count = static_cast<std::size_t>(settings.count.value_or(1)),
            .min_count =
              static_cast<std::size_t>(settings.min_count.value_or(settings.count.value_or(1))),
            .wait_for = wait_for_of(settings),
            .boot_timeout = boot_timeout_of(settings),
            .keep_on_failure = settings.keep_on_failure,
            .notices = all_notices(settings, facts),
            .warnings = all_warnings(settings, facts)};
  if (const auto lifetime = lifetime_of(settings)) {
    plan.expires_at =
      facts.now + std::chrono::ceil<std::chrono::seconds>(*lifetime) + k_expiry_margin;
  }
  Network network = network_of(settings, facts);
  plan.common = common_parameters(settings, facts, plan);
  plan.common.insert(plan.common.end(), network.params.begin(), network.params.end());
  plan.subnet_parameter = std::move(network.subnet_parameter);
  return plan;
}

} // namespace flame::boot
