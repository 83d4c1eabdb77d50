#include "config/toml.hpp"

#include "base/text.hpp"

#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#include <fmt/format.h>

#include <toml++/toml.h>

#include <algorithm>
#include <optional>

// Slow to compile, so that nothing else stands here.
namespace flame::config {
namespace {

constexpr std::size_t k_deepest = 100;

// What toml++ 3.3 cannot be trusted with. It follows dotted keys to any depth, and its destructors
// then run out of stack; and it looks a letter of a bare key up in tables that do not have all of
// Unicode. So this counts, outside of strings and comments, dots since the last thing that ends a
// key, and open brackets; and TOML 1.0 has ASCII alone there.
class TrustCheck {
public:
  explicit TrustCheck(std::string_view text) : text_(text)
  {
    constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";
    at_ = text_.starts_with(k_byte_order_mark) ? k_byte_order_mark.size() : 0;
  }

  std::optional<TomlError> error()
  {
    while (at_ < text_.size()) {
      if (static_cast<unsigned char>(text_[at_]) >= 0x80) {
        return TomlError{"a letter that is not ASCII stands outside of quotes", line_, 1};
      }
      step();
      if (dots_ + open_ > k_deepest) {
        return TomlError{"it is nested too deeply", line_, 1};
      }
    }
    return std::nullopt;
  }

private:
  void step()
  {
    const char c = text_[at_];
    if (c == '"' || c == '\'') {
      return skip_string(c);
    }
    if (c == '#') {
      at_ = std::min(text_.find('\n', at_), text_.size());
      return;
    }
    ++at_;
    dots_ = c == '.'                                                         ? dots_ + 1
            : std::string_view("=,[]{}\n").find(c) != std::string_view::npos ? 0
                                                                             : dots_;
    open_ += c == '[' || c == '{' ? 1 : 0;
    open_ -= (c == ']' || c == '}') && open_ > 0 ? 1 : 0;
    line_ += c == '\n' ? 1 : 0;
  }

  void skip_string(char quote)
  {
    const std::string three(3, quote);
    const bool many_lines = text_.substr(at_).starts_with(three);
    const std::string_view end =
      many_lines ? std::string_view(three) : std::string_view(three).substr(0, 1);
    at_ += end.size();
    while (at_ < text_.size() && !text_.substr(at_).starts_with(end)) {
      if (text_[at_] == '\n') {
        if (!many_lines) {
          return; // broken; the parser will say so
        }
        ++line_;
      }
      at_ += text_[at_] == '\\' && quote == '"' && at_ + 1 < text_.size() && text_[at_ + 1] != '\n'
               ? 2
               : 1;
    }
    at_ = std::min(at_ + end.size(), text_.size());
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t dots_ = 0;
  std::size_t open_ = 0;
};

TomlValue convert(const toml::node& node);

void convert(const toml::table& table, TomlValue& value)
{
  value.kind = TomlKind::table;
  for (const auto& [key, node] : table) {
    TomlValue entry = convert(node);
    entry.key = std::string(key.str());
    entry.line = static_cast<std::size_t>(key.source().begin.line);
    value.items.push_back(std::move(entry));
  }
  std::ranges::stable_sort(value.items, {}, &TomlValue::line);
}

TomlValue convert(const toml::node& node)
{
  TomlValue value{.kind = TomlKind::time,
                  .line = static_cast<std::size_t>(node.source().begin.line)};
  if (const auto* text = node.as_string()) {
    value.kind = TomlKind::text;
    value.text = text->get();
  } else if (const auto* boolean = node.as_boolean()) {
    value.kind = TomlKind::boolean;
    value.text = boolean->get() ? "true" : "false";
  } else if (const auto* number = node.as_integer()) {
    value.kind = TomlKind::number;
    value.text = std::to_string(number->get());
  } else if (node.is_floating_point()) {
    value.kind = TomlKind::number;
  } else if (const auto* list = node.as_array()) {
    value.kind = TomlKind::list;
    for (const toml::node& item : *list) {
      value.items.push_back(convert(item));
    }
  } else if (const auto* table = node.as_table()) {
    convert(*table, value);
  }
  return value;
}

// toml++ quotes what it has seen. Single signs are harmless, and so are the keys of "redefine".
std::string without_values(std::string_view description)
{
  if (description.find("redefine") != std::string_view::npos) {
    return std::string(description);
  }
  std::vector<std::string> pieces = split(description, '\'');
  for (std::size_t i = 1; i < pieces.size(); i += 2) {
    pieces[i] = pieces[i].size() > 1 ? "…" : pieces[i];
  }
  return join(pieces, "'");
}

TomlError error_of(const toml::parse_error& error)
{
  std::string message = without_values(error.description());
  constexpr std::string_view k_start = "Error while parsing ";
  if (message.starts_with(k_start)) {
    message = "in a " + message.substr(k_start.size());
  } else if (!message.empty()) {
    message.front() = to_lower(message.substr(0, 1)).front();
  }
  return {message, static_cast<std::size_t>(error.source().begin.line),
          static_cast<std::size_t>(error.source().begin.column)};
}

} // namespace

tl::expected<TomlValue, TomlError> parse_toml(std::string_view text)
{
  if (const auto error = TrustCheck(text).error()) {
    return tl::unexpected(*error);
  }
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    return tl::unexpected(error_of(parsed.error()));
  }
  TomlValue value{.line = 1};
  convert(parsed.table(), value);
  return value;
}

} // namespace flame::config
