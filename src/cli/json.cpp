#include "cli/json.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace flame::cli {

Json& Json::key(std::string_view name)
{
  writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
  return *this;
}

Json& Json::text(std::string_view value)
{
  std::string clean(value);
  if (!is_valid_utf8(clean)) {
    std::ranges::replace_if(
      clean, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
  }
  writer_.String(clean.data(), static_cast<rapidjson::SizeType>(clean.size()));
  return *this;
}

Json& Json::text_or_null(std::string_view value)
{
  return value.empty() ? (writer_.Null(), *this) : text(value);
}

Json& Json::number(std::optional<std::int64_t> value)
{
  value ? writer_.Int64(*value) : writer_.Null();
  return *this;
}

std::string Json::line() const
{
  return std::string(buffer_.GetString(), buffer_.GetSize()) + "\n";
}

} // namespace flame::cli
