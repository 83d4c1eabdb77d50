#include "client/refusal.hpp"

#include "client/json_fields.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::client {
namespace {

constexpr std::size_t k_longest = 300; // ARNs have at most so many letters that matter

// One that a terminal may see: STS says it, but whoever answers there wrote it.
std::string value(const JsonFields& fields, const std::string& name)
{
  const auto found = fields.find(name);
  std::string text = found == fields.end() ? std::string() : found->second.substr(0, k_longest);
  std::ranges::replace_if(
    text, [](char c) { return c < ' ' || c == '\x7f'; }, '?');
  return text;
}

// json_fields() leaves out what is true or false.
bool is_denied(std::string_view decoded)
{
  std::string packed(decoded);
  std::erase(packed, ' ');
  return packed.find(R"("explicitDeny":true)") != std::string::npos;
}

} // namespace

std::string hint_of_refusal(std::string_view decoded)
{
  const auto fields = json_fields(decoded);
  const std::string action = fields ? value(*fields, "context.action") : std::string();
  if (action.empty()) {
    return {};
  }
  const std::string resource = value(*fields, "context.resource");
  const std::string who = value(*fields, "context.principal.arn");
  return fmt::format("{} may not do {}{}; {}", who.empty() ? "the caller" : who, action,
                     resource.empty() ? "" : " on " + resource,
                     is_denied(decoded) ? "a policy denies it" : "a policy must allow it");
}

} // namespace flame::client
