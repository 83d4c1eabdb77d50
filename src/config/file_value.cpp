#include "config/file_value.hpp"

#include <fmt/format.h>

namespace flame::config {
namespace {

// Also of those that name a file: several may be named.
bool takes_list(const Option& option)
{
  return is_list(option) || kind(option) == Kind::file;
}

struct Type {
  TomlKind toml = TomlKind::text;
  std::string_view name = {};
};

Type type_of(const Option& option)
{
  switch (kind(option)) {
  case Kind::toggle:
    return {TomlKind::boolean, "true or false"};
  case Kind::number:
    return {TomlKind::number, "a whole number"};
  case Kind::map:
    return {TomlKind::table, "a table"};
  case Kind::list:
  case Kind::file:
    return {TomlKind::text, "a list of texts"};
  case Kind::text:
  case Kind::time:
    break;
  }
  return {TomlKind::text, "a text"};
}

// How it should have been written.
std::string right_form(const Option& option, std::string_view key, const TomlValue& value)
{
  const bool plain = !value.text.empty() && !option.rules.secret;
  const std::string text = plain ? toml_text(value.text) : "\"…\"";
  switch (kind(option)) {
  case Kind::toggle:
    return fmt::format("write {} = true or false, without quotes", key);
  case Kind::number:
    return fmt::format("write {} = {}, from {} to {}", key, option.rules.least, option.rules.least,
                       option.rules.most);
  case Kind::map:
    return fmt::format("write {}.KEY = \"value\", or a table [{}]", key, key);
  case Kind::time:
    return fmt::format("write a text with a unit: {} = \"{}s\"", key,
                       value.text.empty() ? "90" : value.text);
  case Kind::list:
  case Kind::file:
    return fmt::format("write {} = [{}]", key, text);
  case Kind::text:
    break;
  }
  return fmt::format("write {} = {}", key, text);
}

class Reading {
public:
  Reading(const Option& option, const TomlValue& entry) : option_(option), key_(entry.key) {}

  FileValue read(const TomlValue& entry)
  {
    if (is_map(option_) && entry.kind == TomlKind::table) {
      map(entry);
    } else if (takes_list(option_) && entry.kind == TomlKind::list) {
      list(entry);
    } else {
      scalar(entry);
    }
    return std::move(done_);
  }

private:
  void scalar(const TomlValue& entry)
  {
    const Type type = type_of(option_);
    const bool no_unit = kind(option_) == Kind::time && entry.kind == TomlKind::number;
    const bool fraction = kind(option_) == Kind::number && entry.text.empty();
    if (no_unit) {
      return wrong(entry, fmt::format("{} is a number without a unit", key_));
    }
    // A number may stand in quotes too.
    const bool quoted = is_number(option_) && entry.kind == TomlKind::text;
    if (!quoted && (entry.kind != type.toml || fraction)) {
      return wrong(entry, fmt::format("{} is {}, not {}", key_, name(entry.kind), type.name));
    }
    // Lines of a text with several: the last line break is the writer's, not an element.
    std::string text = entry.text;
    if (is_list(option_) && option_.rules.separator == '\n' && text.ends_with('\n')) {
      text.pop_back();
    }
    done_.rows.push_back({entry.line, {&option_, text, {}, Form::variable, {}}});
  }

  void list(const TomlValue& entry)
  {
    if (entry.items.empty() && is_list(option_)) {
      done_.rows.push_back({entry.line, {&option_, {}, {}, Form::none, {}}});
    }
    for (const TomlValue& item : entry.items) {
      if (item.kind == TomlKind::text) {
        done_.rows.push_back({item.line, {&option_, item.text, {}, Form::exact, {}}});
      } else {
        wrong(item, fmt::format("{} holds {}, not only texts", key_, name(item.kind)));
      }
    }
  }

  void map(const TomlValue& entry)
  {
    for (const TomlValue& pair : entry.items) {
      option_.rules.scalars ? raw(pair, pair.key) : text_entry(pair);
    }
  }

  void text_entry(const TomlValue& pair)
  {
    const std::string whole = fmt::format("{}.{}", key_, toml_key(pair.key));
    if (pair.kind == TomlKind::text) {
      done_.rows.push_back({pair.line, {&option_, pair.text, {}, Form::exact, pair.key}});
    } else if (pair.kind == TomlKind::table) {
      wrong(pair, fmt::format("{} is a table, not a text", whole),
            fmt::format("a name with a dot stands in quotes: {}.\"A.B\" = \"value\"", key_));
    } else {
      const bool plain = !option_.rules.secret && !pair.text.empty();
      wrong(pair, fmt::format("{} is {}, not a text", whole, name(pair.kind)),
            fmt::format("write {} = {}", whole, plain ? toml_text(pair.text) : "\"…\""));
    }
  }

  // Placement = { Tenancy = "host" } is Placement.Tenancy, and the elements of a list are counted
  // from 1. TOML itself limits the depth.
  void raw(const TomlValue& value, const std::string& path)
  {
    if (value.kind == TomlKind::table || value.kind == TomlKind::list) {
      std::size_t index = 0;
      for (const TomlValue& item : value.items) {
        ++index;
        raw(item, fmt::format("{}.{}", path,
                              value.kind == TomlKind::table ? item.key : std::to_string(index)));
      }
    } else if (value.kind == TomlKind::time
               || (value.kind == TomlKind::number && value.text.empty())) {
      const std::string whole = fmt::format("{}.{}", key_, toml_key(path));
      wrong(value,
            fmt::format("{} is {}", whole,
                        value.kind == TomlKind::time ? name(value.kind) : "no whole number"),
            fmt::format("write it as a text: {} = \"…\"", whole));
    } else {
      done_.rows.push_back({value.line, {&option_, value.text, {}, Form::exact, path}});
    }
  }

  void wrong(const TomlValue& value, std::string message)
  {
    wrong(value, std::move(message), right_form(option_, key_, value));
  }
  void wrong(const TomlValue& value, std::string message, std::string hint)
  {
    done_.wrong.push_back({value.line, {std::move(message), std::move(hint)}});
  }

  const Option& option_;
  const std::string& key_;
  FileValue done_ = {};
};

} // namespace

FileValue file_value(const Option& option, const TomlValue& entry)
{
  return Reading(option, entry).read(entry);
}

} // namespace flame::config
