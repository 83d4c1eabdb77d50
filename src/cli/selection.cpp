#include "cli/selection.hpp"

#include "base/text.hpp"
#include "base/time.hpp"
#include "boot/names.hpp"

#include <fmt/format.h>

namespace flame::cli {
namespace {

Error as_usage(Error error)
{
  error.kind = ErrorKind::usage;
  return error;
}

Result<std::string> not_empty(std::string_view flag, std::string_view value)
{
  if (trim(value).empty()) {
    return fail(ErrorKind::usage, fmt::format("the value of {} is empty", flag),
                "is the variable that it comes from set?");
  }
  return std::string(trim(value));
}

using Check = Result<void> (*)(std::string_view);

// The value of a flag, "" when it was not given.
Result<std::string> checked(const Invocation& invocation, std::string_view flag, Check check)
{
  const auto value = invocation.value(flag);
  if (!value) {
    return "";
  }
  return not_empty(flag, *value).and_then([&](std::string text) {
    return check(text).map([&] { return text; }).map_error(as_usage);
  });
}

Result<std::string> run_id(const Invocation& invocation, const World& world)
{
  const auto file = invocation.value("--run-id-file");
  if (!file) {
    return checked(invocation, "--run-id", boot::check_run_id);
  }
  if (invocation.has("--run-id")) {
    return fail(ErrorKind::usage, "--run-id and --run-id-file cannot be combined",
                "give one of them");
  }
  return not_empty("--run-id-file", *file)
    .and_then([&](const std::string& path) { return world.read_file(path); })
    .and_then([&](const std::string& text) { return not_empty("--run-id-file", text); })
    .and_then([&](std::string text) {
      return boot::check_run_id(text).map([&] { return text; }).map_error(as_usage);
    });
}

} // namespace

Result<fleet::Selector> read_selector(const Invocation& invocation, const World& world)
{
  const auto run = run_id(invocation, world);
  const auto app = checked(invocation, "--app", boot::check_app_name);
  const auto ids = fleet::check_instance_ids(invocation.operands);
  if (!run || !app || !ids) {
    return tl::unexpected(!run ? run.error() : !app ? app.error() : ids.error());
  }
  return fleet::Selector{
    .ids = invocation.operands, .run_id = *run, .app = *app, .all = invocation.has("--all")};
}

Result<fleet::Selector> read_one_selector(const Invocation& invocation, const World& world,
                                          std::span<const std::string_view> flags)
{
  std::vector<std::string> given;
  for (const std::string_view flag : flags) {
    if (invocation.has(flag)) {
      given.emplace_back(flag);
    }
  }
  const bool ids = !invocation.operands.empty();
  if (given.size() + (ids ? 1 : 0) != 1) {
    std::vector<std::string> names(flags.begin(), flags.end());
    const std::string last = names.back();
    names.pop_back();
    return fail(ErrorKind::usage,
                given.empty() ? "nothing is selected"
                              : fmt::format("{}{} cannot be combined", join(given, " and "),
                                            ids ? " and ids" : ""),
                fmt::format("give ids, or exactly one of {} and {}", join(names, ", "), last));
  }
  return read_selector(invocation, world);
}

std::string about(const fleet::Selector& selector)
{
  return !selector.run_id.empty() ? "run " + selector.run_id
         : !selector.app.empty()  ? "app " + selector.app
                                  : "flame-ec2";
}

Result<Millis> time_of(const Invocation& invocation, std::string_view flag, Millis standard)
{
  const auto text = invocation.value(flag);
  auto time = text ? parse_duration(*text) : Result<Millis>(standard);
  if (!time) {
    return fail(ErrorKind::usage, fmt::format("{}: {}", flag, time.error().message),
                time.error().hint);
  }
  return time;
}

} // namespace flame::cli
