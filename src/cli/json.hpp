#pragma once

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace flame::cli {

// One line of JSON. Text that is no UTF-8 is written with '?' in its place, so that the result is
// always JSON.
class Json {
public:
  Json& begin() { return writer_.StartObject(), *this; }
  Json& end() { return writer_.EndObject(), *this; }
  Json& begin_list() { return writer_.StartArray(), *this; }
  Json& end_list() { return writer_.EndArray(), *this; }
  Json& key(std::string_view name);
  Json& text(std::string_view value);
  Json& text_or_null(std::string_view value); // null for ""
  Json& number(std::optional<std::int64_t> value);
  Json& boolean(bool value) { return writer_.Bool(value), *this; }
  std::string line() const; // with its newline

private:
  rapidjson::StringBuffer buffer_ = {};
  rapidjson::Writer<rapidjson::StringBuffer> writer_{buffer_};
};

} // namespace flame::cli
