#include "client/json_fields.hpp"

#include <rapidjson/document.h>

namespace flame::client {

std::optional<std::map<std::string, std::string>> json_fields(std::string_view text)
{
  rapidjson::Document document;
  // Iterative: a hostile text cannot exhaust the stack.
  document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(
    text.data(), text.size());
  if (document.HasParseError() || !document.IsObject()) {
    return std::nullopt;
  }
  std::map<std::string, std::string> fields;
  for (const auto& [name, value] : document.GetObject()) {
    if (value.IsString()) {
      fields.insert_or_assign(std::string(name.GetString(), name.GetStringLength()),
                              std::string(value.GetString(), value.GetStringLength()));
    }
  }
  return fields;
}

} // namespace flame::client
