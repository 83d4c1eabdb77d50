#include "sandbox/machine/console.hpp"

namespace flame::sandbox::machine {

void Console::append(std::string_view bytes)
{
  const std::lock_guard lock(mutex_);
  kept_ += bytes;
  if (kept_.size() > 2 * k_kept) { // cut seldom, not at every line
    kept_.erase(0, kept_.size() - k_kept);
  }
}

std::string Console::text() const
{
  const std::lock_guard lock(mutex_);
  return kept_.size() > k_kept ? kept_.substr(kept_.size() - k_kept) : kept_;
}

} // namespace flame::sandbox::machine
