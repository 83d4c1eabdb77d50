#include "client/json_fields.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace flame::client {
namespace {

constexpr int k_most_levels = 3;

// Iterative: a hostile text cannot exhaust the stack.
constexpr unsigned k_how = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag
                           | rapidjson::kParseNumbersAsStringsFlag;

std::string text_of(const rapidjson::Value& value)
{
  return {value.GetString(), value.GetStringLength()};
}

bool add(const rapidjson::Value& object, const std::string& prefix, int level, JsonFields& fields)
{
  if (level > k_most_levels) {
    return false;
  }
  for (const auto& [name, value] : object.GetObject()) {
    const std::string path = prefix + text_of(name);
    if (value.IsString()) {
      fields.insert_or_assign(path, text_of(value));
    } else if (value.IsObject() && !add(value, path + '.', level + 1, fields)) {
      return false;
    }
  }
  return true;
}

} // namespace

std::optional<JsonFields> json_fields(std::string_view text)
{
  rapidjson::Document document;
  document.Parse<k_how>(text.data(), text.size());
  JsonFields fields;
  if (document.HasParseError() || !document.IsObject() || !add(document, "", 1, fields)) {
    return std::nullopt;
  }
  return fields;
}

std::string json_object(const JsonFields& members)
{
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  writer.StartObject();
  for (const auto& [name, text] : members) {
    writer.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
    writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  }
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

} // namespace flame::client
