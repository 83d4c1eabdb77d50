#pragma once

#include "base/ports.hpp"

namespace flame::io {

// The kernel's generator. Throws std::system_error when there is none, which no Linux since 3.17
// lets happen.
class SystemRandom : public Random {
public:
  std::string bytes(std::size_t count) override;
  double fraction() override;
};

} // namespace flame::io
