#include "sandbox/ec2_state.hpp"

#include <fmt/format.h>

#include <algorithm>

// How spot machines are told that EC2 wants them back. Source of the words: EC2 User Guide, "Spot
// Instance interruption notices" and "EC2 instance rebalance recommendations".
namespace flame::sandbox {

Instance* Ec2State::find_spot(const std::string& id)
{
  const auto found = std::ranges::find(instances_, id, &Instance::id);
  const bool on = found != instances_.end() && found->launch.spot && found->on_host
                  && found->state != State::shutting_down;
  return on ? &*found : nullptr;
}

bool Ec2State::hint(const std::string& id)
{
  const std::lock_guard lock(mutex_);
  Instance* const instance = find_spot(id);
  if (instance == nullptr) {
    return false;
  }
  instance->hinted_at = clock_.wall();
  return true;
}

bool Ec2State::interrupt(const std::string& id, Millis time)
{
  const std::lock_guard lock(mutex_);
  Instance* const instance = find_spot(id);
  if (instance == nullptr) {
    return false;
  }
  instance->taken_at = clock_.wall() + std::chrono::floor<std::chrono::seconds>(time);
  instance->taken_after = clock_.now() + time;
  return true;
}

Params Ec2State::spot_news(const std::string& id)
{
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(instances_, id, &Instance::id);
  Params news;
  if (found == instances_.end()) {
    return news;
  }
  if (found->hinted_at) {
    news["events/recommendations/rebalance"] =
      fmt::format(R"({{"noticeTime":"{}"}})", iso8601(*found->hinted_at));
  }
  if (found->taken_at) {
    const std::string time = iso8601(*found->taken_at);
    news["spot/instance-action"] = fmt::format(R"({{"action":"terminate","time":"{}"}})", time);
    news["spot/termination-time"] = time;
  }
  return news;
}

} // namespace flame::sandbox
