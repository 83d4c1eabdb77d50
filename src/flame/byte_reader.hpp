#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace flame::child {

// Throws nothing: the first failure is kept, and each read after it gives zeros.
class Reader {
public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  bool ok() const { return problem_.empty(); }
  const std::string& problem() const { return problem_; }

  void fail(std::string problem)
  {
    if (ok()) {
      problem_ = std::move(problem);
    }
    rest_ = {};
  }

  std::string_view take(std::uint64_t count)
  {
    if (count > rest_.size()) {
      fail("was cut: it ends in the middle of a term");
      return {};
    }
    const std::string_view piece = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return piece;
  }

  // Big endian, 1 to 4 bytes.
  std::uint32_t number(std::size_t size)
  {
    std::uint32_t value = 0;
    for (const char byte : take(size)) {
      value = value << 8U | static_cast<std::uint8_t>(byte);
    }
    return value;
  }

private:
  std::string_view rest_;
  std::string problem_ = {};
};

} // namespace flame::child
