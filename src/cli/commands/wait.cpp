#include "cli/cloud.hpp"
#include "cli/commands.hpp"
#include "cli/regions.hpp"
#include "cli/selection.hpp"
#include "cli/stored_logs.hpp"
#include "cli/waiting.hpp"

namespace flame::cli {
namespace {

constexpr std::string_view k_selectors[] = {"--run-id", "--run-id-file"};

} // namespace

Result<void> run_wait(const Invocation& invocation, World& world, Console& console)
{
  const auto selector = read_one_selector(invocation, world, k_selectors);
  const auto limit = time_of(invocation, "--timeout", Millis(0));
  if (!selector || !limit) {
    return tl::unexpected(!selector ? selector.error() : limit.error());
  }
  auto settings = read_region(invocation, world, console);
  if (!settings) {
    return tl::unexpected(settings.error());
  }
  settings->run_id = selector->run_id;
  const auto store = find_store(invocation, world);
  const auto cloud = connect(*settings, world, console);
  if (!cloud || !store) {
    return tl::unexpected(!cloud ? cloud.error() : store.error());
  }
  return wait_for({.selector = *selector,
                   .store = *store,
                   .ready = invocation.value("--for") != "stopped",
                   .limit = *limit,
                   .output = invocation.output},
                  world, console, **cloud);
}

// `--for stopped` exits as what it waits for; its own failures are not to be taken for that.
int status_of_wait(const Invocation& invocation, World& /*world*/, const Error& error)
{
  return invocation.value("--for") == "stopped" ? exit_status_beside_command(error)
                                                : exit_status(error);
}

} // namespace flame::cli
