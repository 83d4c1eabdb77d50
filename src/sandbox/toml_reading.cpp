#include "sandbox/toml_reading.hpp"

#include "base/text.hpp"
#include "base/time.hpp"

#include <fmt/format.h>

#include <charconv>

namespace flame::sandbox {

void TomlReading::wrong(const TomlValue& at, const std::string& message, std::string hint)
{
  mistakes_.add(fmt::format("{}:{}: {}", name_, at.line, message), std::move(hint));
}

void TomlReading::unknown(const TomlValue& entry, std::string_view where,
                          const std::vector<std::string_view>& known)
{
  const std::string_view meant = nearest(entry.key, known);
  wrong(entry, fmt::format("{} is no key of {}", toml_key(entry.key), where),
        meant.empty() ? fmt::format("the keys are {}", fmt::join(known, ", "))
                      : fmt::format("did you mean {}?", meant));
}

std::optional<int> TomlReading::number(const TomlValue& value)
{
  int found = -1;
  const char* const end = value.text.data() + value.text.size();
  const auto [stop, error] = std::from_chars(value.text.data(), end, found);
  if (value.kind == TomlKind::number && error == std::errc() && stop == end && found >= 0) {
    return found;
  }
  wrong(value, fmt::format("{} is no whole number from 0 on", toml_key(value.key)));
  return std::nullopt;
}

std::optional<Millis> TomlReading::time(const TomlValue& value)
{
  const Result<Millis> found =
    parse_duration(value.kind == TomlKind::text ? value.text : std::string());
  if (!found) {
    wrong(value, fmt::format("{} is no time, as \"3s\" is one", value.key), found.error().hint);
  }
  return found ? std::optional(*found) : std::nullopt;
}

} // namespace flame::sandbox
