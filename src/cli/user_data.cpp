#include "cli/user_data.hpp"

#include "base/encoding.hpp"
#include "boot/plan_bundle.hpp"
#include "cli/carried.hpp"
#include "cli/signed_urls.hpp"

namespace flame::cli {
namespace {

constexpr std::size_t k_run_id_bytes = 8;
constexpr std::size_t k_nonce_bytes = 16;

std::string variable(const World& world, const std::string& name)
{
  const auto found = world.env.find(name);
  return found == world.env.end() ? "" : found->second;
}

} // namespace

boot::Facts look_up_facts(World& world)
{
  boot::Facts facts = facts_for_print(world);
  facts.random_run_id = to_hex(world.random->bytes(k_run_id_bytes));
  facts.nonce = to_hex(world.random->bytes(k_nonce_bytes));
  return facts;
}

boot::Facts facts_for_print(const World& world)
{
  return {.now = world.clock->wall(),
          .random_run_id = std::string(2 * k_run_id_bytes, '0'),
          .nonce = std::string(2 * k_nonce_bytes, '0'),
          .erl_aflags = variable(world, "ERL_AFLAGS"),
          .erl_zflags = variable(world, "ERL_ZFLAGS")};
}

Result<std::string> unlaunched_user_data(const boot::Plan& plan, const config::Settings& settings,
                                         Cloud& cloud, World& world, Console& console)
{
  const bool plain = plan.bundle.kind == boot::BundleKind::object && settings.store.empty()
                     && settings.bundle_access != "instance-role";
  if (!plain) {
    return unsent_runner(plan.runner, plan.bundle, settings, console)
      .and_then([](const boot::Runner& runner) { return boot::make_user_data(runner); });
  }
  boot::Runner runner = plan.runner;
  const Seconds now = world.clock->wall() + cloud.ec2().clock_offset();
  return SignedUrls(cloud, console)
    .get(plan.bundle.object, now,
         boot::k_until_script + std::chrono::ceil<std::chrono::seconds>(runner.bootstrap_timeout))
    .and_then([&](std::string url) {
      runner.fetch.url = std::move(url);
      return boot::make_user_data(runner);
    });
}

} // namespace flame::cli
