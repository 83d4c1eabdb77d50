#include "io/caller.hpp"

#include "base/text.hpp"
#include "io/descriptor.hpp"

#include <fmt/format.h>

#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

namespace flame::io {
namespace {

constexpr std::string_view k_hint =
  "write one line of JSON with the settings to standard input, and keep it open; {} will do";
constexpr std::size_t k_longest_word = 16; // more than "up" and its line end
constexpr int k_reads = 16;                // at once, so that who sends without end holds nothing

tl::unexpected<Error> no_line(std::string_view what)
{
  return fail(ErrorKind::config, fmt::format("standard input {}", what), std::string(k_hint));
}

class AttachedInput : public Caller {
public:
  AttachedInput(int fd, const Cancel& signals)
    : fd_(fd), signals_(signals), either_(::epoll_create1(EPOLL_CLOEXEC))
  {
    watch(signals_.wake_fd());
    watch(fd_); // not possible for a file, which needs no waiting either
  }

  Result<std::string> first_line(TimePoint by) override
  {
    for (;;) {
      take();
      if (has_first_) {
        return first_;
      }
      if (const int signal = signals_.state().signal; signal != 0) {
        return tl::unexpected(Error{.kind = ErrorKind::interrupted,
                                    .message = "interrupted before the settings came",
                                    .signal = signal});
      }
      if (first_.size() > k_first_line_limit) {
        return no_line(fmt::format("has more than {} bytes in its first line", k_first_line_limit));
      }
      if (ended_) {
        return no_line("has ended before the line of settings");
      }
      const auto left = std::chrono::ceil<Millis>(by - std::chrono::steady_clock::now());
      if (left <= Millis(0)) {
        return no_line("gave no line of settings in time");
      }
      pollfd ready{.fd = either_.get(), .events = POLLIN, .revents = 0};
      ::poll(&ready, 1, static_cast<int>(std::min<Millis::rep>(left.count(), 1000)));
    }
  }

  CancelState state() const override
  {
    take();
    CancelState state = signals_.state();
    state.satisfied = up_;
    left_ = left_ || (ended_ && !up_ && state.signal == 0);
    if (left_) {
      state.at_once = state.at_once || state.signal == SIGINT;
      state.signal = SIGHUP;
      state.left = true;
    }
    return state;
  }

  int wake_fd() const override { return either_.get(); }

private:
  void watch(int fd) const
  {
    epoll_event event = {};
    event.events = EPOLLIN;
    if (fd >= 0) {
      ::epoll_ctl(either_.get(), EPOLL_CTL_ADD, fd, &event);
    }
  }

  bool has_more() const
  {
    pollfd ready{.fd = fd_, .events = POLLIN, .revents = 0};
    const bool wanted = has_first_ || first_.size() <= k_first_line_limit;
    return !ended_ && wanted && ::poll(&ready, 1, 0) == 1;
  }

  // What has come.
  void take() const
  {
    for (int reads = 0; reads < k_reads && has_more(); ++reads) {
      std::array<char, 65536> bytes;
      const ssize_t got = ::read(fd_, bytes.data(), bytes.size());
      if (got < 0 && (errno == EINTR || errno == EAGAIN)) {
        continue;
      }
      if (got <= 0) {
        ended_ = true;
        ::epoll_ctl(either_.get(), EPOLL_CTL_DEL, fd_, nullptr);
        return;
      }
      std::for_each_n(bytes.data(), got, [this](char byte) { take(byte); });
    }
  }

  void take(char byte) const
  {
    if (!has_first_) {
      has_first_ = byte == '\n';
      if (!has_first_) {
        first_ += byte;
      }
    } else if (byte == '\n') {
      up_ = up_ || trim(word_) == "up";
      word_.clear();
    } else if (word_.size() < k_longest_word) {
      word_ += byte;
    }
  }

  int fd_;
  const Cancel& signals_;
  Descriptor either_; // readable when a signal or the caller has something to say
  // What was read, which asking for the state adds to.
  mutable std::string first_ = {};
  mutable bool has_first_ = false;
  mutable std::string word_ = {}; // of the line that is not ended
  mutable bool ended_ = false;
  mutable bool up_ = false;
  mutable bool left_ = false;
};

} // namespace

std::unique_ptr<Caller> attach(int fd, const Cancel& signals)
{
  return std::make_unique<AttachedInput>(fd, signals);
}

} // namespace flame::io
