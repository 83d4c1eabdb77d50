#include "boot/env_script.hpp"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace flame::boot {
namespace {

constexpr std::string_view k_name = "RELEASE_NODE";

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words)
{
  return std::ranges::find(words, word) != words.end();
}

bool is_of_name(char c)
{
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Whether its value goes into the word: $RELEASE_NODE, ${RELEASE_NODE:-x}.
bool reads_name(std::string_view word)
{
  for (std::size_t at = word.find(k_name); at != std::string_view::npos;
       at = word.find(k_name, at + 1)) {
    const std::string_view before = word.substr(0, at);
    const std::string_view behind = word.substr(at + k_name.size());
    if ((before.ends_with('$') || before.ends_with("${"))
        && (behind.empty() || !is_of_name(behind.front()))) {
      return true;
    }
  }
  return false;
}

bool is_assignment(std::string_view word)
{
  const std::string_view name = word.substr(0, word.find('='));
  return name.size() < word.size() && std::ranges::all_of(name, is_of_name);
}

// Of quotes and substitutions: what closes the one that begins here, "" when none does.
std::string_view closer_at(std::string_view script, std::size_t at)
{
  const std::string_view rest = script.substr(at);
  return rest.starts_with("$(")   ? ")"
         : rest.starts_with("${") ? "}"
         : rest.starts_with('"')  ? "\""
         : rest.starts_with('`')  ? "`"
         : rest.starts_with('\'') ? "'"
                                  : "";
}

// Behind the quoted text or substitution at `at`, with all that is in it.
std::size_t behind_quoted(std::string_view script, std::size_t at)
{
  std::string open; // what closes them, the innermost last
  do {
    const char c = script[at];
    const char inner = open.empty() ? '\0' : open.back();
    const std::string_view closer = inner == '\'' ? "" : closer_at(script, at);
    if (c == inner) {
      open.pop_back();
      ++at;
    } else if (c == '\\' && inner != '\'') {
      at += 2;
    } else if (!closer.empty() && !(c == '\'' && inner == '"')) {
      open += closer;
      at += c == '$' ? 2 : 1;
    } else {
      open += c == '(' && inner == ')' ? ")" : "";
      ++at;
    }
  } while (!open.empty() && at < script.size());
  return std::min(at, script.size());
}

// Goes through the script command by command.
class Reader {
public:
  bool sets_regardless(std::string_view script)
  {
    for (std::size_t at = 0; at < script.size();) {
      at = step(script, at);
    }
    take("\n");
    return sets_;
  }

private:
  // Takes what is at `at`; where the next is.
  std::size_t step(std::string_view script, std::size_t at)
  {
    const std::string_view rest = script.substr(at);
    if (!closer_at(script, at).empty()) {
      const std::size_t end = behind_quoted(script, at);
      word_ += script.substr(at, end - at);
      return end;
    }
    if (rest.starts_with('\\')) {
      word_ += rest.starts_with("\\\n") ? "" : rest.substr(0, 2);
      return at + 2;
    }
    if (rest.starts_with('#') && word_.empty()) {
      return std::min(script.find('\n', at), script.size());
    }
    const bool pair = rest.starts_with("&&") || rest.starts_with("||");
    take(rest.substr(0, pair ? 2 : 1));
    return at + (pair ? 2 : 1);
  }

  // A letter, a blank, or what is between commands.
  void take(std::string_view token)
  {
    constexpr std::string_view k_between = "\n;&|()";
    const char c = token.front();
    if (c != ' ' && c != '\t' && k_between.find(c) == std::string_view::npos) {
      word_ += c;
      return;
    }
    if (!word_.empty()) {
      read_ = read_ || reads_name(word_);
      words_.push_back(std::exchange(word_, ""));
    }
    if (c == ' ' || c == '\t') {
      return;
    }
    const bool goes_on =
      c == '\n' && words_.empty(); // behind && the command may be in another line
    end_command();
    chained_ = token.size() == 2 || c == '|' || (chained_ && goes_on);
    // The ')' of a case has no '('.
    parentheses_ = c == '(' ? parentheses_ + 1 : std::max(parentheses_ - (c == ')' ? 1 : 0), 0);
  }

  void end_command()
  {
    drop_keywords();
    const auto command = std::ranges::find_if_not(words_, is_assignment);
    const bool lasts = command == words_.end() || is_one_of(*command, {"export", "readonly"});
    if (lasts && blocks_ == 0 && parentheses_ == 0 && !chained_ && !read_) {
      sets_ = sets_ || std::ranges::any_of(words_, is_setting);
    }
    words_.clear();
  }

  static bool is_setting(std::string_view word)
  {
    word.remove_prefix(word.starts_with('"') || word.starts_with('\'') ? 1 : 0);
    return word.starts_with(k_name) && word.substr(k_name.size()).starts_with('=');
  }

  void drop_keywords()
  {
    while (!words_.empty()) {
      const std::string word = words_.front();
      const bool clause = is_one_of(word, {"case", "for", "select"}); // with words behind it
      if (clause || is_one_of(word, {"if", "while", "until", "{"})) {
        ++blocks_;
      } else if (is_one_of(word, {"fi", "done", "esac", "}"})) {
        blocks_ = std::max(blocks_ - 1, 0);
      } else if (!is_one_of(word, {"then", "else", "elif", "do", "!"})) {
        return;
      }
      words_.erase(words_.begin(), clause ? words_.end() : words_.begin() + 1);
    }
  }

  std::string word_ = {};
  std::vector<std::string> words_ = {}; // of the command
  int blocks_ = 0;                      // conditions, loops and groups around it
  int parentheses_ = 0;
  bool chained_ = false; // behind && or ||, or in a pipe
  bool read_ = false;    // the name's value has been read
  bool sets_ = false;
};

} // namespace

bool sets_node_regardless(std::string_view script)
{
  return Reader().sets_regardless(script);
}

} // namespace flame::boot
