#include "cli/user_data.hpp"

#include "aws/s3.hpp"
#include "base/encoding.hpp"
#include "boot/plan_bundle.hpp"
#include "cli/endpoints.hpp"

#include <fmt/format.h>

namespace flame::cli {
namespace {

using std::chrono::seconds;

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

Result<std::string> presigned_url(const boot::Runner& runner, const config::Settings& settings,
                                  client::Ec2Client& ec2, World& world, Console& console)
{
  const auto bundle = boot::parse_bundle(settings.bundle);
  const aws::S3Place place = s3_place(settings);
  const auto request =
    bundle.and_then([&](const boot::Bundle& it) { return s3_request("GET", it.object, place); });
  if (!request) {
    return tl::unexpected(request.error());
  }
  const auto credentials = ec2.credentials();
  if (!credentials) {
    return tl::unexpected(credentials.error());
  }
  const Seconds now = world.clock->wall() + ec2.clock_offset();
  const seconds wanted =
    boot::k_until_script + std::chrono::ceil<seconds>(runner.bootstrap_timeout);
  const seconds lifetime = aws::presign_lifetime(wanted, now, *credentials);
  if (lifetime <= seconds(0)) {
    return fail(ErrorKind::credentials, "the AWS credentials have expired", "get new ones");
  }
  if (lifetime < wanted) {
    console.warn(fmt::format("the URL of the bundle ends in {}, and the bootstrap may take {}",
                             format_duration(lifetime), format_duration(wanted)));
  }
  return aws::presign(*request, {s3_region(bundle->object, place), "s3", now}, *credentials,
                      lifetime);
}

Result<std::string> render(boot::Runner runner, const config::Settings& settings,
                           client::Ec2Client& ec2, World& world, Console& console)
{
  return presigned_url(runner, settings, ec2, world, console).and_then([&](std::string url) {
    runner.fetch.url = std::move(url);
    return boot::make_user_data(runner);
  });
}

} // namespace flame::cli
