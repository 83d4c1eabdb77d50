#pragma once

#include "base/error.hpp"
#include "base/ports.hpp"

#include <termios.h>

#include <optional>
#include <string_view>

// The standard streams. A result that cannot be written ends the machine, so writing is checked to
// the end.
namespace flame::io {

// To be called first of all: a stream that is closed gets /dev/null, opened the wrong way round, so
// that no later file or socket takes its number and results are not sent into it.
void hold_standard_streams();

bool is_terminal(int fd);
std::optional<int> terminal_width(int fd); // columns; nullopt when it is none or does not say

// While it lives the terminal does not show what is typed. Does nothing where there is none.
class HiddenInput {
public:
  explicit HiddenInput(int fd);
  HiddenInput(const HiddenInput&) = delete;
  HiddenInput& operator=(const HiddenInput&) = delete;
  ~HiddenInput();

private:
  int fd_;
  std::optional<termios> before_ = {};
};

// Writes everything, and asks the system for errors that it reports late (full disk, quota). Kind
// output, naming `what` ("standard output"). With `cancel`, a reader that does not read is waited
// for only until the user asks to stop: kind interrupted.
Result<void> write_result(int fd, std::string_view text, std::string_view what,
                          const Cancel* cancel = nullptr);

} // namespace flame::io
