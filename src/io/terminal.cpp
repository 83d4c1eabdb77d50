#include "io/terminal.hpp"

#include "io/descriptor.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <system_error>

namespace flame::io {
namespace {

tl::unexpected<Error> cannot_write(std::string_view what, int number)
{
  return fail(ErrorKind::output,
              fmt::format("cannot write to {}: {}", what, std::generic_category().message(number)));
}

// True once `fd` takes bytes (or would say why not), false when the user asks to stop before that.
bool wait_writable(int fd, const Cancel* cancel, int known)
{
  for (;;) {
    const bool stop =
      cancel != nullptr && (cancel->state().signal != known || cancel->state().at_once);
    pollfd stream{.fd = fd, .events = POLLOUT, .revents = 0};
    const int ready = ::poll(&stream, 1, stop ? 0 : cancel == nullptr ? -1 : 50);
    if (ready > 0 || (ready < 0 && errno != EINTR)) {
      return true;
    }
    if (stop) {
      return false;
    }
  }
}

} // namespace

void hold_standard_streams()
{
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) < 0 && errno == EBADF) {
      // open() takes the lowest free number, which is `fd`.
      ::open("/dev/null", fd == STDOUT_FILENO ? O_RDONLY : O_WRONLY);
    }
  }
}

bool is_terminal(int fd)
{
  return ::isatty(fd) == 1;
}

std::optional<int> terminal_width(int fd)
{
  winsize size = {};
  if (::ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
    return std::nullopt;
  }
  return size.ws_col;
}

HiddenInput::HiddenInput(int fd) : fd_(fd)
{
  termios now = {};
  if (::tcgetattr(fd_, &now) != 0) {
    return;
  }
  before_ = now;
  now.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  ::tcsetattr(fd_, TCSAFLUSH, &now);
}

HiddenInput::~HiddenInput()
{
  if (before_) {
    ::tcsetattr(fd_, TCSAFLUSH, &*before_);
  }
}

Result<void> write_result(int fd, std::string_view text, std::string_view what,
                          const Cancel* cancel)
{
  const int known = cancel == nullptr ? 0 : cancel->state().signal;
  while (!text.empty()) {
    if (!wait_writable(fd, cancel, known)) {
      Error error{.kind = ErrorKind::interrupted,
                  .message = fmt::format("interrupted while writing to {}", what)};
      error.signal = cancel->state().signal;
      return tl::unexpected(std::move(error));
    }
    // A pipe that polls as writable takes PIPE_BUF bytes without blocking.
    const ssize_t done = ::write(fd, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
    if (done < 0 && errno != EINTR && errno != EAGAIN) {
      return cannot_write(what, errno);
    }
    text.remove_prefix(done > 0 ? static_cast<std::size_t>(done) : 0);
  }
  // Network file systems report a full disk when a descriptor is closed; any copy will do.
  Descriptor copy(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
  if (!copy || !copy.close()) {
    return cannot_write(what, errno);
  }
  return {};
}

} // namespace flame::io
