#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Text that fits a terminal: broken at its blanks. Pure.
namespace flame::cli {

// At most `width` columns; `indent` blanks before every line but the first, which begins at
// `first_column`.
std::string wrapped(std::string_view text, std::size_t first_column, std::size_t indent,
                    std::size_t width = 80);

std::string paragraphs(std::string_view text, std::size_t width); // each line by itself

// A command line that can be copied: where it is too long it goes on behind a backslash.
std::string typed(std::string_view line, std::size_t indent, std::size_t width);

// Names on the left, what they mean on the right; below each other where that is too narrow, and
// where the name is long.
class Rows {
public:
  Rows(std::size_t width, std::size_t column); // `column`: where what they mean begins
  std::string operator()(std::size_t indent, std::string_view name, std::string_view help) const;
  bool fits(std::string_view help) const; // whether it needs no second line

private:
  std::size_t width_;
  std::size_t column_;
};

} // namespace flame::cli
