#include "config/json_object.hpp"

#include <fmt/format.h>
#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include <set>

namespace flame::config {
namespace {

using Entries = std::vector<std::pair<std::string, std::string>>;

// Takes one object of strings, and notes what else stands in it.
class Handler : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Handler> {
public:
  explicit Handler(bool scalars) : scalars_(scalars) {}

  bool Key(const char* text, rapidjson::SizeType size, bool)
  {
    if (depth_ != 1) {
      return true;
    }
    entries_.emplace_back(std::string(text, size), "");
    const std::string& key = entries_.back().first;
    if (!keys_.insert(key).second) {
      mistakes_.add(fmt::format("\"{}\" is there twice", key), "keep one of the two");
    }
    return true;
  }
  bool String(const char* text, rapidjson::SizeType size, bool)
  {
    return value(std::string(text, size), true);
  }
  bool RawNumber(const char* text, rapidjson::SizeType size, bool)
  {
    return value(std::string(text, size), scalars_);
  }
  bool Bool(bool yes) { return value(yes ? "true" : "false", scalars_); }
  bool Null() { return value("", false); }
  bool StartObject() { return begin(true); }
  bool EndObject(rapidjson::SizeType) { return end(); }
  bool StartArray() { return begin(false); }
  bool EndArray(rapidjson::SizeType) { return end(); }

  Result<Entries> result() const
  {
    return mistakes_.empty() ? Result<Entries>(entries_) : tl::unexpected(mistakes_.error());
  }

private:
  bool value(std::string text, bool right)
  {
    if (depth_ == 0) {
      return false; // the whole text is this value
    }
    if (depth_ > 1) {
      return true; // said when it began
    }
    if (!right) {
      mistakes_.add(fmt::format("the value of \"{}\" is not a string", entries_.back().first),
                    scalars_
                      ? "write a string, a number, true or false; names of more parts have dots"
                      : "put it into quotes");
    }
    entries_.back().second = std::move(text);
    return true;
  }
  bool begin(bool object)
  {
    const bool taken = depth_ > 0 ? value("", false) : object;
    ++depth_;
    return taken;
  }
  bool end() { return depth_-- > 0; }

  bool scalars_;
  std::size_t depth_ = 0;
  Entries entries_ = {};
  std::set<std::string> keys_ = {};
  Mistakes mistakes_{ErrorKind::config};
};

} // namespace

Result<Entries> parse_json_object(std::string_view text, bool scalars)
{
  const std::string hint = R"(write a JSON object of strings: {"KEY": "value"})";
  Handler handler(scalars);
  rapidjson::MemoryStream bytes(text.data(), text.size());
  rapidjson::Reader reader;
  constexpr unsigned k_flags = rapidjson::kParseIterativeFlag
                               | rapidjson::kParseValidateEncodingFlag
                               | rapidjson::kParseNumbersAsStringsFlag;
  const rapidjson::ParseResult parsed = reader.Parse<k_flags>(bytes, handler);
  if (parsed) {
    return handler.result();
  }
  if (parsed.Code() == rapidjson::kParseErrorTermination) {
    return fail(ErrorKind::config, "this is JSON, but no object", hint);
  }
  return fail(ErrorKind::config,
              fmt::format("this is no JSON, at byte {}: {}", parsed.Offset() + 1,
                          rapidjson::GetParseError_En(parsed.Code())),
              hint);
}

} // namespace flame::config
