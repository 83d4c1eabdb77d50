#include "cli/wrapping.hpp"

#include "base/text.hpp"
#include "cli/console.hpp"

#include <fmt/format.h>

namespace flame::cli {
namespace {

constexpr std::size_t k_two_columns = 60; // with less, what a name means stands below it
constexpr std::size_t k_below = 8;

} // namespace

std::string wrapped(std::string_view text, std::size_t first_column, std::size_t indent,
                    std::size_t width)
{
  std::string result;
  std::size_t column = first_column;
  for (const std::string& word : split(text, ' ')) {
    const std::size_t size = character_count(word);
    const bool first = result.empty();
    if (!first && column + 1 + size > width) {
      result += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (!first) {
      result += ' ';
      ++column;
    }
    result += word;
    column += size;
  }
  return result;
}

std::string paragraphs(std::string_view text, std::size_t width)
{
  std::string result;
  for (const std::string& line : split(text, '\n')) {
    result += wrapped(line, 0, 0, width) + "\n";
  }
  return result;
}

std::string typed(std::string_view line, std::size_t indent, std::size_t width)
{
  std::string text(indent, ' ');
  std::size_t column = indent;
  bool first = true;
  for (const std::string& word : split(line, ' ')) {
    const std::size_t size = character_count(word);
    if (!first && !word.empty() && column + 1 + size + 2 > width) {
      text += fmt::format(" \\\n{:{}}{}", "", 2 * indent, word);
      column = 2 * indent + size;
    } else {
      text += (first ? "" : " ") + word;
      column += (first ? 0 : 1) + size;
    }
    first = false;
  }
  return text + "\n";
}

Rows::Rows(std::size_t width, std::size_t column)
  : width_(width), column_(width < k_two_columns ? k_below : column)
{
}

std::string Rows::operator()(std::size_t indent, std::string_view name, std::string_view help) const
{
  std::string text(indent, ' ');
  text += wrapped(name, indent, k_below + 4, width_);
  if (character_count(text) + 2 > column_) {
    text += "\n" + std::string(column_, ' ');
  } else {
    text.resize(column_, ' ');
  }
  return text + wrapped(help, column_, column_, width_) + "\n";
}

bool Rows::fits(std::string_view help) const
{
  return column_ == k_below || column_ + character_count(help) <= width_;
}

} // namespace flame::cli
