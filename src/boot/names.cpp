#include "boot/names.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::boot {
namespace {

constexpr std::size_t k_longest = 64;
constexpr std::size_t k_longest_user = 32; // LOGIN_NAME_MAX of older useradd

bool is_alphanumeric(char c)
{
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_plain(std::string_view name)
{
  return !name.empty() && name.size() <= k_longest && std::ranges::all_of(name, [](char c) {
    return is_alphanumeric(c) || c == '.' || c == '_' || c == '-';
  });
}

} // namespace

Result<void> check_run_id(std::string_view run_id)
{
  if (is_plain(run_id)) {
    return {};
  }
  return fail(ErrorKind::config, fmt::format("run_id \"{}\" is not one", run_id),
              "1 to 64 of the characters A-Z a-z 0-9 . _ -");
}

Result<void> check_app_name(std::string_view app)
{
  if (is_plain(app) && is_alphanumeric(app.front())) {
    return {};
  }
  return fail(ErrorKind::config,
              fmt::format("app \"{}\" cannot name a systemd unit and a folder", app),
              "1 to 64 of the characters A-Z a-z 0-9 . _ -, the first a letter or digit");
}

Result<void> check_run_as(std::string_view user)
{
  const auto is_lower = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  const auto may_follow = [&](char c) { return is_lower(c) || (c >= '0' && c <= '9') || c == '-'; };
  if (user.empty()
      || (user.size() <= k_longest_user && is_lower(user.front())
          && std::ranges::all_of(user, may_follow))) {
    return {};
  }
  return fail(ErrorKind::config, fmt::format("run_as \"{}\" is no name of a Linux user", user),
              "1 to 32 of the characters a-z 0-9 _ -, the first a letter or '_'");
}

} // namespace flame::boot
