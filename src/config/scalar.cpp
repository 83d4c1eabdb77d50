#include "config/scalar.hpp"

#include "base/text.hpp"
#include "base/time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace flame::config {
namespace {

using S = Settings;

Result<bool> parse_bool(std::string_view text)
{
  const bool yes = text == "true" || text == "1";
  if (!yes && text != "false" && text != "0") {
    return fail(ErrorKind::config, fmt::format("\"{}\" is neither true nor false", text),
                "write true or false");
  }
  return yes;
}

// "none" is for lifetimes alone.
Result<Millis> positive_duration(std::string_view text)
{
  auto duration = parse_duration(text);
  if (duration && *duration <= Millis(0)) {
    return fail(ErrorKind::config, fmt::format("\"{}\" is no time to wait for", text),
                "give a time above zero, as in 90s");
  }
  return duration;
}

Result<std::string> one_of(std::string_view value, std::string_view values)
{
  const std::vector<std::string> all = split(values, ' ');
  if (std::ranges::count(all, value) > 0) {
    return std::string(value);
  }
  const std::string_view meant =
    nearest(value, std::vector<std::string_view>(all.begin(), all.end()));
  return fail(ErrorKind::config, fmt::format("\"{}\" is not one of its values", value),
              fmt::format("{}the values are {}",
                          meant.empty() ? "" : fmt::format("did you mean {}? ", meant),
                          join(all, ", ")));
}

template <typename Field, typename Value>
Result<void> keep(Settings& settings, Field field, const Result<Value>& value)
{
  if (!value) {
    return tl::unexpected(value.error());
  }
  settings.*field = *value;
  return {};
}

struct Set {
  Settings& settings;
  const Option& option;
  std::string text;

  Result<void> operator()(std::string S::*field) const
  {
    settings.*field = text;
    return keep(settings, field, cleaned(option, {}, text));
  }
  Result<void> operator()(bool S::*field) const { return keep(settings, field, parse_bool(text)); }
  Result<void> operator()(std::optional<bool> S::*field) const
  {
    return keep(settings, field, parse_bool(text));
  }
  Result<void> operator()(std::optional<int> S::*field) const
  {
    return keep(settings, field, parse_number(text, option.rules.least, option.rules.most));
  }
  Result<void> operator()(std::optional<Millis> S::*field) const
  {
    return keep(settings, field, positive_duration(text));
  }
  Result<void> operator()(std::optional<Lifetime> S::*field) const
  {
    settings.*field = Lifetime{};
    if (text == "none") {
      return {};
    }
    return keep(settings, field,
                positive_duration(text).map([](Millis limit) { return Lifetime{limit}; }));
  }
  Result<void> operator()(std::optional<WaitFor> S::*field) const
  {
    return keep(settings, field, one_of(text, option.rules.values).map([](const std::string& word) {
      using enum WaitFor;
      return word == name(launched) ? launched : word == name(running) ? running : ready;
    }));
  }
  // Lists, maps and files are not scalars.
  template <typename Other> Result<void> operator()(Other /*field*/) const { return {}; }
};

} // namespace

Result<std::string> cleaned(const Option& option, std::string_view name, std::string_view value)
{
  if (value.empty() && name.empty()) {
    return fail(ErrorKind::config, "the value is empty", "give a value, or leave it out");
  }
  if (option.rules.clean != nullptr) {
    return option.rules.clean(name, value);
  }
  return option.rules.values.empty() ? std::string(value) : one_of(value, option.rules.values);
}

Result<void> set_scalar(Settings& settings, const Option& option, std::string_view text)
{
  return std::visit(Set{settings, option, std::string(text)}, option.field);
}

Result<int> parse_number(std::string_view text, int least, int most)
{
  int number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, wrong] = std::from_chars(text.data(), end, number);
  const std::string hint = fmt::format("write a number from {} to {}", least, most);
  if (stop != end || wrong == std::errc::invalid_argument) {
    return fail(ErrorKind::config, fmt::format("\"{}\" is no whole number", text), hint);
  }
  if (wrong != std::errc() || number < least || number > most) {
    return fail(ErrorKind::config, fmt::format("{} is out of range", text), hint);
  }
  return number;
}

} // namespace flame::config
