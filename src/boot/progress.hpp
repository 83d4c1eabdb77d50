#pragma once

#include "base/ports.hpp"

#include <optional>
#include <string_view>

namespace flame::boot {

// What a waiting person sees. Sentences without a final period; nothing in them is secret.
class Progress {
public:
  Progress() = default;
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  virtual ~Progress() = default;
  virtual void doing(std::string_view sentence) = 0; // "launching t3.nano in subnet-1"
  // When what is being done is given up; nullopt: never. Of what is said from now on.
  virtual void until(std::optional<TimePoint> /*deadline*/) {}
  virtual void note(std::string_view sentence) = 0; // stays on the screen: a warning, a retry
};

} // namespace flame::boot
