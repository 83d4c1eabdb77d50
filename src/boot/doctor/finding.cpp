#include "boot/doctor/finding.hpp"

#include <fmt/format.h>

namespace flame::boot {

std::string_view name(Verdict verdict)
{
  constexpr std::string_view k_names[] = {"ok", "warn", "fail", "skip"};
  return k_names[static_cast<std::size_t>(verdict)];
}

Finding good(std::string_view check, std::string message)
{
  return {.check = std::string(check), .message = std::move(message)};
}

Finding doubtful(std::string_view check, std::string message, std::string hint)
{
  return {.check = std::string(check),
          .verdict = Verdict::warn,
          .message = std::move(message),
          .hint = std::move(hint)};
}

Finding bad(std::string_view check, std::string message, std::string hint, ErrorKind kind)
{
  return {.check = std::string(check),
          .verdict = Verdict::fail,
          .message = std::move(message),
          .hint = std::move(hint),
          .kind = kind};
}

Finding bad(std::string_view check, const Error& error)
{
  return bad(check, error.message, error.hint, error.kind);
}

Finding skipped(std::string_view check, std::string message)
{
  return {.check = std::string(check), .verdict = Verdict::skip, .message = std::move(message)};
}

Finding refused(std::string_view check, const aws::ApiError& error, std::string_view permission)
{
  if (error.error_class != aws::ErrorClass::permission) {
    Finding finding = bad(check, error.error);
    finding.hint =
      finding.hint.empty() ? "see the name or id, the Region and the account" : finding.hint;
    return finding;
  }
  Finding finding =
    skipped(check, fmt::format("not looked at, without the permission {}", permission));
  finding.permission = permission;
  return finding;
}

} // namespace flame::boot
