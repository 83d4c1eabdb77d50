#include "boot/max_running.hpp"

#include <fmt/format.h>

namespace flame::boot {

Result<void> check_max_running(const Plan& plan, const config::Settings& settings, std::size_t live)
{
  const auto most = static_cast<std::size_t>(settings.max_running.value_or(0));
  if (!settings.max_running || live + plan.count <= most) {
    return {};
  }
  return fail(ErrorKind::capacity,
              fmt::format("{} of app {} live, {} more would be over max_running, which is {}",
                          live == 1 ? "1 machine" : fmt::format("{} machines", live), plan.app,
                          plan.count, most),
              fmt::format("to see them: flame-ec2 list --region {} --app {}; wait until some have "
                          "ended, or raise max_running",
                          plan.region, plan.app));
}

} // namespace flame::boot
