#pragma once

#include "base/error.hpp"
#include "base/ports.hpp"

#include <cstddef>
#include <memory>
#include <string>

// A program that holds our standard input open while it wants what we do.
namespace flame::io {

inline constexpr std::size_t k_first_line_limit = 1024UL * 1024;

// As a Cancel: the caller is satisfied once it has sent the line `up`. The end of its input before
// that is as if SIGHUP had come, and after it means nothing. Other lines are read and left. Signals
// count as ever; whichever comes first is kept.
class Caller : public Cancel {
public:
  // The first line, without its end; waits for it until `by`. Kind config when the input ends
  // before it does, when it is too long or too late; kind interrupted after a signal.
  virtual Result<std::string> first_line(TimePoint by) = 0;
};

// Reads `fd` whenever state() is asked, and never waits in it. `signals` must outlive it.
std::unique_ptr<Caller> attach(int fd, const Cancel& signals);

} // namespace flame::io
