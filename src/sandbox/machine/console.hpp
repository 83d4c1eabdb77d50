#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

namespace flame::sandbox::machine {

// The last `k_kept` bytes of what a machine wrote to its console. Thread-safe.
class Console {
public:
  static constexpr std::size_t k_kept = 1 << 20;

  void append(std::string_view bytes);
  std::string text() const;

private:
  mutable std::mutex mutex_ = {};
  std::string kept_ = {};
};

} // namespace flame::sandbox::machine
