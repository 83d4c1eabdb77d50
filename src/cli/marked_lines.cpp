#include "cli/marked_lines.hpp"

#include <fmt/format.h>

#include <utility>

namespace flame::cli {
namespace {

constexpr std::size_t k_longest_line = 65'536; // of a longer one the rest is the next

}

std::string MarkedLines::add(std::size_t job, std::string_view bytes)
{
  std::string& rest = rests_[job];
  rest += bytes;
  std::string shown;
  std::size_t from = 0;
  for (auto end = rest.find('\n'); end != std::string::npos; end = rest.find('\n', from)) {
    shown += fmt::format("{}: {}", job, std::string_view(rest).substr(from, end + 1 - from));
    from = end + 1;
  }
  rest.erase(0, from);
  if (rest.size() > k_longest_line) {
    shown += fmt::format("{}: {}\n", job, std::exchange(rest, {}));
  }
  return shown;
}

std::string MarkedLines::end()
{
  std::string shown;
  for (auto& [job, rest] : rests_) {
    shown += rest.empty() ? "" : fmt::format("{}: {}\n", job, std::exchange(rest, {}));
  }
  return shown;
}

} // namespace flame::cli
