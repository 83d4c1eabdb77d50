#include "config/attached.hpp"

#include "base/text.hpp"
#include "config/file_value.hpp"

#include <fmt/format.h>
#include <rapidjson/document.h>
#include <rapidjson/error/en.h>

#include <algorithm>
#include <iterator>
#include <set>

namespace flame::config {
namespace {

constexpr std::string_view k_form =
  R"(write one line of JSON, keys as in the file of settings: {"app": "demo", "max_lifetime": "1h"})";
constexpr int k_deepest = 16; // nobody nests settings so deeply

std::string_view text_of(const rapidjson::Value& value)
{
  return {value.GetString(), value.GetStringLength()};
}

// How it should have been written.
std::string right_form(const Option& option)
{
  switch (kind(option)) {
  case Kind::toggle:
    return "true or false";
  case Kind::number:
    return fmt::format("a whole number from {} to {}", option.rules.least, option.rules.most);
  case Kind::map:
    return R"({"KEY": "value"})";
  case Kind::time:
    return R"(a text with a unit: "90s")";
  case Kind::list:
  case Kind::file:
    return R"(["…"])";
  case Kind::text:
    break;
  }
  return R"("…")";
}

// The same tree as that of the file. False: something in it has no counterpart there.
bool convert(const rapidjson::Value& from, TomlValue& into, int depth)
{
  if (depth > k_deepest || from.IsNull()) {
    return false;
  }
  if (from.IsBool()) {
    into.kind = TomlKind::boolean;
    into.text = from.GetBool() ? "true" : "false";
  } else if (from.IsNumber()) {
    into.kind = TomlKind::number;
    into.text = from.IsInt64() ? std::to_string(from.GetInt64()) : "";
  } else if (from.IsString()) {
    into.text = text_of(from);
  }
  bool all = true;
  if (from.IsArray()) {
    into.kind = TomlKind::list;
    for (const auto& item : from.GetArray()) {
      all = convert(item, into.items.emplace_back(), depth + 1) && all;
    }
  } else if (from.IsObject()) {
    into.kind = TomlKind::table;
    for (const auto& member : from.GetObject()) {
      into.items.emplace_back().key = text_of(member.name);
      all = convert(member.value, into.items.back(), depth + 1) && all;
    }
  }
  return all;
}

class Reader {
public:
  explicit Reader(std::span<const Group> groups) : groups_(groups) {}

  AttachedLine read(const rapidjson::Document& object)
  {
    for (const auto& member : object.GetObject()) {
      entry(std::string(text_of(member.name)), member.value);
    }
    return std::move(done_);
  }

private:
  void entry(const std::string& key, const rapidjson::Value& value)
  {
    const Option* option = find_key(key);
    if (option == nullptr || (option->rules.sources & k_attached) == 0) {
      return unknown(key);
    }
    if (std::ranges::count(groups_, option->group) == 0) {
      return;
    }
    if (!seen_.insert(option->key).second) {
      return mistake(key, "is there twice", "keep one of the two");
    }
    TomlValue same{.key = key};
    if (!convert(value, same, 0)) {
      return mistake(key, "holds null, or is nested too deeply", "leave out what is not set");
    }
    for (FileValue::Line& line : file_value(*option, same).rows) {
      line.row.origin = fmt::format("attached {}", key);
      done_.layer.rows.push_back(std::move(line.row));
    }
    for (const FileValue::Wrong& wrong : file_value(*option, same).wrong) {
      done_.mistakes.push_back({"attached line: " + wrong.mistake.message,
                                fmt::format(R"(write "{}": {})", key, right_form(*option))});
    }
  }

  void unknown(const std::string& key)
  {
    std::vector<std::string> keys;
    for (const Option& option : options()) {
      std::ranges::move(key_names(option), std::back_inserter(keys));
    }
    const std::vector<std::string_view> candidates(keys.begin(), keys.end());
    const std::string_view meant = nearest(key, candidates);
    mistake(key, "is no setting",
            meant.empty() ? "see: flame-ec2 help settings"
                          : fmt::format("did you mean {}?", meant));
  }

  void mistake(const std::string& key, std::string_view what, std::string hint)
  {
    done_.mistakes.push_back({fmt::format("attached line: \"{}\" {}", key, what), std::move(hint)});
  }

  std::span<const Group> groups_;
  std::set<std::string_view> seen_ = {};
  AttachedLine done_ = {};
};

AttachedLine broken(std::string what)
{
  AttachedLine line;
  line.incomplete = true;
  line.mistakes.push_back({"attached line: " + std::move(what), std::string(k_form)});
  return line;
}

} // namespace

AttachedLine attached_line(std::string_view line, std::span<const Group> groups)
{
  rapidjson::Document document;
  constexpr unsigned k_flags =
    rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
  document.Parse<k_flags>(line.data(), line.size());
  if (document.HasParseError()) {
    return broken(fmt::format("this is no JSON, at byte {}: {}", document.GetErrorOffset() + 1,
                              rapidjson::GetParseError_En(document.GetParseError())));
  }
  if (!document.IsObject()) {
    return broken("this is JSON, but no object");
  }
  return Reader(groups).read(document);
}

} // namespace flame::config
