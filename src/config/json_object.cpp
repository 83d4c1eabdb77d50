#include "config/json_object.hpp"

#include <fmt/format.h>
#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

namespace flame::config {
namespace {

constexpr std::string_view k_hint = R"(write a JSON object of strings: {"KEY": "value"})";

// Takes one object of strings and stops at anything else.
struct Handler : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Handler> {
  std::vector<std::pair<std::string, std::string>> entries = {};
  bool scalars = false;
  bool open = false;
  bool key_seen = false;

  bool Default() { return false; }
  bool StartObject() { return !std::exchange(open, true); }
  bool EndObject(rapidjson::SizeType) { return true; }
  bool Key(const char* text, rapidjson::SizeType size, bool)
  {
    entries.emplace_back(std::string(text, size), "");
    return key_seen = true;
  }
  bool Bool(bool value)
  {
    const std::string_view text = value ? "true" : "false";
    return scalars && String(text.data(), static_cast<rapidjson::SizeType>(text.size()), true);
  }
  bool RawNumber(const char* text, rapidjson::SizeType size, bool)
  {
    return scalars && String(text, size, true);
  }
  bool String(const char* text, rapidjson::SizeType size, bool)
  {
    if (!std::exchange(key_seen, false)) {
      return false; // the whole text is a string
    }
    entries.back().second.assign(text, size);
    return true;
  }
};

} // namespace

Result<std::vector<std::pair<std::string, std::string>>> parse_json_object(std::string_view text,
                                                                           bool scalars)
{
  Handler handler;
  handler.scalars = scalars;
  rapidjson::MemoryStream bytes(text.data(), text.size());
  rapidjson::Reader reader;
  constexpr unsigned k_flags = rapidjson::kParseIterativeFlag
                               | rapidjson::kParseValidateEncodingFlag
                               | rapidjson::kParseNumbersAsStringsFlag;
  const rapidjson::ParseResult parsed = reader.Parse<k_flags>(bytes, handler);
  if (parsed) {
    return handler.entries;
  }
  if (parsed.Code() == rapidjson::kParseErrorTermination && handler.key_seen) {
    return fail(ErrorKind::config,
                fmt::format("the value of \"{}\" is not a string{}", handler.entries.back().first,
                            scalars ? ", a number or a boolean" : ""),
                std::string(k_hint));
  }
  if (parsed.Code() == rapidjson::kParseErrorTermination) {
    return fail(ErrorKind::config, "this is JSON, but no object", std::string(k_hint));
  }
  return fail(ErrorKind::config,
              fmt::format("this is no JSON, at byte {}: {}", parsed.Offset() + 1,
                          rapidjson::GetParseError_En(parsed.Code())),
              std::string(k_hint));
}

} // namespace flame::config
