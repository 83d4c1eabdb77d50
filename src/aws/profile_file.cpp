#include "aws/profile_file.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace flame::aws {
namespace {

constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";

bool is_blank(char c)
{
  return c == ' ' || c == '\t';
}

bool is_comment(char c)
{
  return c == '#' || c == ';';
}

bool is_name(std::string_view text)
{
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
           || std::string_view("-_/.%@:+").find(c) != std::string_view::npos;
  };
  return !text.empty() && std::ranges::all_of(text, fits);
}

// A profile's name may also stand in quotes, with blanks in it, as AWS's command line takes it.
std::optional<std::string> name_of(std::string_view text)
{
  const bool quoted = text.size() > 2 && (text[0] == '"' || text[0] == '\'')
                      && text.find(text[0], 1) == text.size() - 1;
  if (quoted) {
    return std::string(text.substr(1, text.size() - 2));
  }
  return is_name(text) ? std::optional(std::string(text)) : std::nullopt;
}

// A comment after a section needs no blank before it, one after a value does: "a#b" is a value.
std::string_view without_comment(std::string_view line, bool needs_blank)
{
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (is_comment(line[at]) && (!needs_blank || (at > 0 && is_blank(line[at - 1])))) {
      return trim(line.substr(0, at));
    }
  }
  return trim(line);
}

struct Property {
  std::string key = {}; // lower case; not a name when the property is to be ignored
  std::string value = {};
};

std::optional<Property> property_of(std::string_view line)
{
  const std::size_t equals = line.find('=');
  const std::string_view key = trim(line.substr(0, equals));
  if (equals == std::string_view::npos || key.empty()) {
    return std::nullopt;
  }
  return Property{to_lower(key), std::string(trim(line.substr(equals + 1)))};
}

class Parser {
public:
  Parser(ProfileFileKind kind, std::string_view name) : kind_(kind), name_(name) {}

  Result<void> read(std::string_view line)
  {
    ++line_;
    const std::string_view text = trim(line);
    if (text.empty() || is_comment(line[0])) {
      return {};
    }
    if (is_blank(line[0])) {
      return read_continuation(text);
    }
    return line[0] == '[' ? read_section(line) : read_property(line);
  }

  ProfileFile finish()
  {
    if (prefixed_default_) { // the plain one is ignored whole
      file_.profiles["default"] = std::move(*prefixed_default_);
    }
    return std::move(file_);
  }

private:
  tl::unexpected<Error> wrong(std::string_view why) const
  {
    return fail(ErrorKind::config, fmt::format("{}, line {}, {}", name_, line_, why),
                "a profile is a line [profile NAME] and lines name = value");
  }

  Result<void> read_section(std::string_view line)
  {
    const std::string_view text = without_comment(line, false);
    if (!text.ends_with(']')) {
      return wrong("opens a section with [ and does not close it");
    }
    in_section_ = true;
    key_.clear();
    section_ = find_section(trim(text.substr(1, text.size() - 2)));
    return {};
  }

  // nullptr for a section that is not for us.
  Properties* find_section(std::string_view title)
  {
    const std::size_t blank = std::min(title.find_first_of(" \t"), title.size());
    const std::string_view word = title.substr(0, blank);
    const auto second = name_of(trim(title.substr(blank)));
    if (kind_ == ProfileFileKind::credentials) {
      const auto whole = name_of(title);
      return whole ? &file_.profiles[*whole] : nullptr;
    }
    if (title == "default") {
      return &file_.profiles["default"];
    }
    if (!second) {
      return nullptr;
    }
    if (word == "profile" && second == "default") {
      return prefixed_default_ ? &*prefixed_default_ : &prefixed_default_.emplace();
    }
    if (word == "profile") {
      return &file_.profiles[*second];
    }
    if (word == "sso-session") {
      return &file_.sso_sessions[*second];
    }
    return word == "services" ? &file_.services[*second] : nullptr;
  }

  Result<void> read_property(std::string_view line)
  {
    const auto property = property_of(without_comment(line, true));
    if (!in_section_) {
      return wrong("stands before the first section");
    }
    if (!property) {
      return wrong("is not of the form name = value");
    }
    key_ = property->key;
    holds_more_ = property->value.empty();
    set(key_, property->value);
    return {};
  }

  // More of the last value, or, when that is empty, a property within it.
  Result<void> read_continuation(std::string_view text)
  {
    if (key_.empty()) {
      return wrong("is indented, and no property is above it");
    }
    if (!holds_more_) {
      if (section_ != nullptr && is_name(key_)) {
        section_->at(key_).append("\n").append(text);
      }
      return {};
    }
    const auto property = property_of(text);
    if (!property) {
      return wrong("is not of the form name = value");
    }
    if (is_name(property->key)) {
      set(key_ + '.' + property->key, property->value);
    }
    return {};
  }

  void set(const std::string& key, const std::string& value)
  {
    if (section_ != nullptr && is_name(key)) {
      section_->insert_or_assign(key, value);
    }
  }

  ProfileFileKind kind_;
  std::string_view name_;
  ProfileFile file_ = {};
  std::optional<Properties> prefixed_default_ = {}; // of [profile default]
  Properties* section_ = nullptr; // where properties go; nullptr: they are read and ignored
  std::string key_ = {};          // the last property of the section, "" for none
  std::size_t line_ = 0;
  bool in_section_ = false;
  bool holds_more_ = false; // the last property is empty: indented lines are properties within it
};

} // namespace

Result<ProfileFile> parse_profile_file(std::string_view text, ProfileFileKind kind,
                                       std::string_view name)
{
  if (text.starts_with(k_byte_order_mark)) {
    text.remove_prefix(k_byte_order_mark.size());
  }
  Parser parser(kind, name);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (auto read = parser.read(text.substr(0, end)); !read) {
      return tl::unexpected(std::move(read.error()));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parser.finish();
}

ProfileFile merge(ProfileFile config, const ProfileFile& credentials)
{
  for (const auto& [name, properties] : credentials.profiles) {
    for (const auto& [key, value] : properties) {
      config.profiles[name].insert_or_assign(key, value);
    }
  }
  return config;
}

} // namespace flame::aws
