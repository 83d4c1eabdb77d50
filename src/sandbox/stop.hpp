#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace flame::sandbox {

// Wakes what sleeps when the sandbox ends. Thread-safe.
class Stop {
public:
  void request()
  {
    {
      const std::lock_guard lock(mutex_);
      requested_ = true;
    }
    changed_.notify_all();
  }
  // True when the sandbox ends, at once or before `time` is over.
  bool wait_for(std::chrono::milliseconds time)
  {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, time, [this] { return requested_; });
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool requested_ = false;
};

} // namespace flame::sandbox
