#include "base/encoding.hpp"
#include "base/gzip.hpp"
#include "base/text.hpp"
#include "boot/plan.hpp"
#include "boot/plan_bundle.hpp"
#include "cli/carried.hpp"
#include "cli/cloud.hpp"
#include "cli/commands.hpp"
#include "cli/find_bundle.hpp"
#include "cli/inspect.hpp"
#include "cli/json.hpp"
#include "cli/read_settings.hpp"
#include "cli/signed_urls.hpp"
#include "cli/user_data.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::cli {
namespace {

// Whether a boot would sign URLs of it as it is: nothing has to be written anywhere before.
bool can_be_signed(const boot::Bundle& bundle, const config::Settings& settings)
{
  return settings.store.empty()
         && (bundle.kind == boot::BundleKind::object || boot::comes_by_files(bundle, settings));
}

// The runner with URLs that are signed now, as a boot signs them.
Result<boot::Runner> signed_runner(boot::Runner runner, const boot::Bundle& bundle,
                                   const config::Settings& settings, World& world, Console& console)
{
  if (!can_be_signed(bundle, settings)) {
    return fail(ErrorKind::usage,
                "--presign is for a bundle that is an object or a folder of S3, without store",
                "leave --presign out, or give --bundle s3://BUCKET/KEY.tar.gz and no store");
  }
  if (settings.region.empty()) {
    return fail(ErrorKind::config, "region is not set",
                "give --region REGION or set AWS_REGION; a URL is signed for a region");
  }
  const auto cloud = connect(settings, world, console);
  if (!cloud) {
    return tl::unexpected(cloud.error());
  }
  const auto reached = find_bundle(
    {.bundle = bundle,
     .runner = runner,
     .settings = settings,
     .s3 = (*cloud)->s3(),
     .world = world,
     .console = console,
     .inspect = inspect_for(runner.app, settings,
                            {.root_volume_size = settings.root_volume_size.value_or(0)})});
  if (!reached) {
    return tl::unexpected(reached.error());
  }
  for (const std::string& warning : reached->warnings) {
    console.warn(warning);
  }
  const Seconds now = world.clock->wall() + (*cloud)->ec2().clock_offset();
  const auto lifetime =
    boot::k_until_script + std::chrono::ceil<std::chrono::seconds>(runner.bootstrap_timeout);
  auto fetch = SignedUrls(**cloud, console).fetch(*reached, now, lifetime);
  if (!fetch) {
    return tl::unexpected(std::move(fetch.error()));
  }
  runner.fetch = std::move(*fetch);
  return runner;
}

// The runner with addresses, signed when that is asked for.
Result<boot::Runner> with_addresses(const Invocation& invocation, boot::Runner runner,
                                    const config::Settings& settings, World& world,
                                    Console& console)
{
  const boot::Bundle bundle = *boot::parse_bundle(settings.bundle);
  return invocation.has("--presign")
           ? signed_runner(std::move(runner), bundle, settings, world, console)
           : unsent_runner(std::move(runner), bundle, settings, console);
}

std::string names_of(const boot::Runner& runner)
{
  std::vector<std::string> names;
  std::ranges::transform(runner.variables, std::back_inserter(names), &child::Variable::name);
  return join(names, ", ");
}

bool is_gzip(std::string_view user_data)
{
  return !user_data.starts_with("#!");
}

// `packed`: a boot sends it in gzip.
std::string in_format(const std::string& format, const boot::Runner& runner, bool packed)
{
  const std::string script = boot::render_user_data(runner);
  if (format == "base64") {
    return to_base64(packed ? gzip(script) : script) + "\n";
  }
  return format == "gzip" ? gzip(script) : script;
}

} // namespace

Result<void> run_template_user_data(const Invocation& invocation, World& world, Console& console)
{
  const bool presign = invocation.has("--presign");
  const config::Configured configured =
    read_settings(invocation, world, console, presign ? Profile::read : Profile::ignored);
  auto runner = boot::make_runner(configured.settings, facts_for_print(world));
  const auto more = runner ? std::optional<Error>() : runner.error();
  if (auto valid = no_mistakes(configured, more); !valid) {
    return valid;
  }
  runner = with_addresses(invocation, std::move(*runner), configured.settings, world, console);
  if (!runner) {
    return tl::unexpected(runner.error());
  }
  const auto exact = boot::make_user_data(*runner);
  if (!exact) {
    return tl::unexpected(exact.error());
  }
  const bool exactly = presign || !runner->fetch.carried.empty();
  console.note(fmt::format("{} of {} bytes{}{}", exact->size(), boot::k_user_data_limit,
                           is_gzip(*exact) ? ", in gzip" : "",
                           exactly ? "" : ", with the longest URL that the bundle can get"));
  const bool show = invocation.has("--show-secrets");
  if (!show) {
    console.note(
      fmt::format("values and URL are shown as ***; --show-secrets shows them; variables: {}",
                  names_of(*runner)));
  }
  const boot::Runner shown = show ? *runner : boot::without_secrets(*runner);
  const std::string format = invocation.value("--format").value_or("script");
  const std::string user_data = in_format(format, shown, is_gzip(*exact));
  if (invocation.output != Output::json) {
    return world.write_out(user_data);
  }
  if (format == "gzip") {
    return fail(ErrorKind::usage, "JSON holds no bytes of gzip", "give --format base64");
  }
  Json json;
  json.begin()
    .key("format")
    .text(format)
    .key("user_data")
    .text(format == "base64" ? trim(user_data) : std::string_view(user_data));
  json.key("bytes").number(static_cast<std::int64_t>(exact->size()));
  json.key("limit").number(static_cast<std::int64_t>(boot::k_user_data_limit));
  return world.write_out(json.end().line());
}

} // namespace flame::cli
