#include "cli/table.hpp"

#include "cli/console.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace flame::cli {
namespace {

constexpr std::size_t k_gap = 2;

std::string fitted(const std::string& text, std::size_t width)
{
  const std::size_t size = character_count(text);
  return size <= width ? text + std::string(width - size, ' ')
                       : std::string(first_characters(text, width - 1)) + "…";
}

struct Shown { // a column
  const Column* column;
  std::size_t index;
  std::size_t width;
};

std::size_t least(const Shown& it)
{
  return it.column->least == 0 ? it.width : std::min(it.width, it.column->least);
}

template <typename Width> std::size_t total(const std::vector<Shown>& shown, Width width)
{
  const std::size_t gaps = shown.empty() ? 0 : (shown.size() - 1) * k_gap;
  return std::accumulate(shown.begin(), shown.end(), gaps,
                         [&](std::size_t sum, const Shown& it) { return sum + width(it); });
}

// Leaves the least worthy columns out until the rest can fit, then cuts the widest.
void squeeze(std::vector<Shown>& shown, std::size_t width)
{
  while (total(shown, least) > width && shown.size() > 1) {
    shown.erase(
      std::ranges::min_element(shown, {}, [](const Shown& it) { return it.column->worth; }));
  }
  const auto room = [](const Shown& it) { return it.width > least(it) ? it.width : 0; };
  while (total(shown, [](const Shown& it) { return it.width; }) > width) {
    const auto widest = std::ranges::max_element(shown, {}, room);
    if (room(*widest) == 0) {
      return; // a single value that is longer than the terminal is wide
    }
    --widest->width;
  }
}

std::string line(const std::vector<Shown>& shown, const std::vector<std::string>& cells)
{
  std::string text;
  for (const Shown& it : shown) {
    text += (text.empty() ? "" : "  ") + fitted(cells[it.index], it.width);
  }
  text.erase(text.find_last_not_of(' ') + 1);
  return text + "\n";
}

} // namespace

std::string table(std::span<const Column> columns, std::vector<std::vector<std::string>> rows,
                  std::optional<int> width)
{
  if (rows.empty()) {
    return "";
  }
  std::vector<std::string> titles;
  std::vector<Shown> shown;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    std::size_t longest = 0;
    for (std::vector<std::string>& row : rows) {
      row[i] = printable(row[i]);
      longest = std::max(longest, character_count(row[i]));
    }
    titles.emplace_back(columns[i].title);
    if (longest > 0) {
      shown.push_back({&columns[i], i, std::max(longest, columns[i].title.size())});
    }
  }
  if (width) {
    squeeze(shown, static_cast<std::size_t>(std::max(*width, 20)));
  }
  std::string text = line(shown, titles);
  for (const std::vector<std::string>& row : rows) {
    text += line(shown, row);
  }
  return text;
}

std::string relative(Seconds time, Seconds now)
{
  using namespace std::chrono;
  const seconds distance = abs(time - now);
  const seconds unit = distance < minutes(1) ? seconds(1)
                       : distance < days(1)  ? minutes(1)
                                             : seconds(hours(1));
  const std::string text = format_duration(distance / unit * unit);
  if (distance == seconds(0)) {
    return "now";
  }
  return time > now ? "in " + text : text + " ago";
}

std::string short_time(std::string_view time, std::string_view now)
{
  const bool today = time.substr(0, 10) == now.substr(0, 10);
  return std::string(time.substr(std::min<std::size_t>(today ? 11 : 5, time.size())));
}

} // namespace flame::cli
