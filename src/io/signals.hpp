#pragma once

#include "base/ports.hpp"

// SIGINT, SIGTERM, SIGHUP and SIGQUIT as a Cancel. Handlers are the one mutable global of the
// program.
namespace flame::io {

// Installed from construction to destruction; one at a time. The first signal is kept. A later
// SIGINT or SIGQUIT, which somebody has typed, asks to leave at once; a later SIGTERM or SIGHUP
// changes nothing, so that a cleanup which one of them has started is not cut short. A signal that
// was ignored when we were started (nohup) stays ignored. SIGPIPE is ignored: a closed pipe is an
// error of the write.
class Signals : public Cancel {
public:
  Signals();
  ~Signals() override;
  CancelState state() const override;
  int wake_fd() const override; // stays readable after the first signal

private:
  int wake_fd_ = -1;
};

} // namespace flame::io
