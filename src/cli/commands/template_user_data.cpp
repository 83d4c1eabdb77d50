#include "base/encoding.hpp"
#include "base/text.hpp"
#include "boot/plan.hpp"
#include "cli/cloud.hpp"
#include "cli/commands.hpp"
#include "cli/read_settings.hpp"
#include "cli/user_data.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::cli {
namespace {

Result<std::string> bundle_url(const Invocation& invocation, const boot::Runner& runner,
                               const config::Settings& settings, World& world, Console& console)
{
  if (!invocation.has("--presign")) {
    return boot::placeholder_url();
  }
  if (settings.region.empty()) {
    return fail(ErrorKind::config, "region is not set",
                "give --region REGION or set AWS_REGION; a URL is signed for a region");
  }
  const auto cloud = connect(settings, world, console);
  if (!cloud) {
    return tl::unexpected(cloud.error());
  }
  return presigned_url(runner, settings, (*cloud)->ec2(), world, console);
}

std::string names_of(const boot::Runner& runner)
{
  std::vector<std::string> names;
  std::ranges::transform(runner.variables, std::back_inserter(names), &child::Variable::name);
  return join(names, ", ");
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
  auto url = bundle_url(invocation, *runner, configured.settings, world, console);
  if (!url) {
    return tl::unexpected(url.error());
  }
  runner->fetch.url = std::move(*url);
  const std::string exact = boot::render_user_data(*runner);
  console.note(fmt::format("{} of {} bytes{}", exact.size(), boot::k_user_data_limit,
                           presign ? "" : ", with the longest URL that the bundle can get"));
  if (auto fits = boot::check_user_data_size(exact); !fits) {
    return fits;
  }
  const bool show = invocation.has("--show-secrets");
  if (!show) {
    console.note(
      fmt::format("values and URL are shown as ***; --show-secrets shows them; variables: {}",
                  names_of(*runner)));
  }
  const std::string shown = show ? exact : boot::render_user_data(boot::without_secrets(*runner));
  const bool base64 = invocation.value("--format") == "base64";
  return world.write_out(base64 ? to_base64(shown) + "\n" : shown);
}

} // namespace flame::cli
