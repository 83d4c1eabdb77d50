#pragma once

#include "base/error.hpp"

#include <unistd.h>

#include <string>
#include <utility>

namespace flame::sandbox::machine {

// A file descriptor that closes itself; -1: none.
class Descriptor {
public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept
  {
    std::swap(fd_, other.fd_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor()
  {
    if (fd_ >= 0) {
      ::close(fd_);
    }
  }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

private:
  int fd_ = -1;
};

// `what` and why the last system call of this thread failed.
tl::unexpected<Error> system_failure(const std::string& what);

} // namespace flame::sandbox::machine
