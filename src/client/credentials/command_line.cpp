#include "client/credentials/command_line.hpp"

namespace flame::client {
namespace {

constexpr std::string_view k_blanks = " \t\r\n";

class Splitter {
public:
  explicit Splitter(std::string_view line) : left_(line) {}

  std::optional<std::vector<std::string>> split()
  {
    while (!left_.empty()) {
      const char c = take();
      if (k_blanks.find(c) != std::string_view::npos) {
        end_word();
      } else if (!add(c)) {
        return std::nullopt;
      }
    }
    end_word();
    return std::move(words_);
  }

private:
  char take()
  {
    const char c = left_.front();
    left_.remove_prefix(1);
    return c;
  }

  bool add(char c)
  {
    in_word_ = true; // also for '', which is a word
    if (c == '\'' || c == '"') {
      return add_quoted(c);
    }
    if (c == '\\' && left_.empty()) {
      return false;
    }
    word_ += c == '\\' ? take() : c;
    return true;
  }

  // Within "…" a backslash hides a quote or itself, and is a letter before any other.
  bool add_quoted(char quote)
  {
    while (!left_.empty()) {
      const char c = take();
      if (c == quote) {
        return true;
      }
      const bool hides = quote == '"' && c == '\\' && !left_.empty()
                         && (left_.front() == '"' || left_.front() == '\\');
      word_ += hides ? take() : c;
    }
    return false;
  }

  void end_word()
  {
    if (in_word_) {
      words_.push_back(std::move(word_));
      word_.clear();
      in_word_ = false;
    }
  }

  std::string_view left_;
  std::vector<std::string> words_ = {};
  std::string word_ = {};
  bool in_word_ = false;
};

} // namespace

std::optional<std::vector<std::string>> split_command(std::string_view line)
{
  return Splitter(line).split();
}

} // namespace flame::client
