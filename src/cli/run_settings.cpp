#include "cli/run_settings.hpp"

namespace flame::cli {
namespace {

constexpr Millis k_default_lifetime = std::chrono::hours(1);
constexpr const char* k_default_app = "run";

} // namespace

void fill_run_settings(config::Settings& settings, const std::string& command)
{
  settings.command = command;
  if (settings.app.empty()) {
    settings.app = k_default_app;
  }
  if (!settings.max_lifetime) {
    settings.max_lifetime = config::Lifetime{.limit = k_default_lifetime};
  }
}

} // namespace flame::cli
