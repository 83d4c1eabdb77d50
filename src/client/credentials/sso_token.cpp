#include "client/credentials/sso_token.hpp"

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "client/credentials/web.hpp"
#include "client/json_fields.hpp"

#include <fmt/format.h>

#include <charconv>

namespace flame::client {
namespace {

constexpr std::chrono::minutes k_soon(15); // before its end a token is renewed
constexpr const char* k_whom = "IAM Identity Center";

std::string value(const JsonFields& fields, const std::string& name)
{
  const auto found = fields.find(name);
  return found == fields.end() ? std::string() : found->second;
}

// Old versions of AWS's command line wrote "2026-01-15T08:15:30UTC".
std::optional<Seconds> time_of(std::string text)
{
  if (text.ends_with("UTC")) {
    text.replace(text.size() - 3, 3, "Z");
  }
  return parse_iso8601(text);
}

bool is_after(const Sources& sources, const std::string& time, std::chrono::seconds from_now)
{
  const auto when = time_of(time);
  return when && *when - sources.clock->wall() > from_now;
}

std::string path_of(const Sources& sources, const SsoLogin& login)
{
  const std::string& key = login.session.empty() ? login.start_url : login.session;
  return fmt::format("{}/.aws/sso/cache/{}.json", sources.home, to_hex(sha1(key)));
}

Error log_in(const SsoLogin& login, std::string_view why)
{
  return {.kind = ErrorKind::credentials,
          .message = fmt::format("the SSO session of {} {}",
                                 login.session.empty() ? login.start_url : login.session, why),
          .hint = login.command};
}

std::optional<std::chrono::seconds> seconds_of(const std::string& text)
{
  int count = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), count);
  const bool whole = !text.empty() && failed == std::errc() && end == text.data() + text.size();
  return whole && count > 0 ? std::optional(std::chrono::seconds(count)) : std::nullopt;
}

// nullopt when that was not to be.
std::optional<JsonFields> renewed(const Sources& sources, const SsoLogin& login, JsonFields held)
{
  for (const char* needed : {"refreshToken", "clientId", "clientSecret"}) {
    if (value(held, needed).empty()) {
      return std::nullopt;
    }
  }
  const auto endpoint = sso_endpoint(sources, "sso_oidc", login.region);
  if (!endpoint || !is_after(sources, value(held, "registrationExpiresAt"), {})) {
    return std::nullopt;
  }
  const auto answer =
    ask(sources,
        {.whom = k_whom,
         .http = {.method = "POST",
                  .url = aws::url_of(*endpoint) + "/token",
                  .headers = {{"content-type", "application/json"}, {"accept", "application/json"}},
                  .body = json_object({{"clientId", value(held, "clientId")},
                                       {"clientSecret", value(held, "clientSecret")},
                                       {"grantType", "refresh_token"},
                                       {"refreshToken", value(held, "refreshToken")}})}});
  const auto fields = answer && answer->status == 200 ? json_fields(answer->body) : std::nullopt;
  const auto life = fields ? seconds_of(value(*fields, "expiresIn")) : std::nullopt;
  if (!life || value(*fields, "accessToken").empty()) {
    return std::nullopt;
  }
  held["accessToken"] = value(*fields, "accessToken");
  held["expiresAt"] = iso8601(sources.clock->wall() + *life);
  held["startUrl"] = login.start_url;
  held["region"] = login.region;
  if (const std::string next = value(*fields, "refreshToken"); !next.empty()) {
    held["refreshToken"] = next;
  }
  return held;
}

} // namespace

Result<aws::Endpoint> sso_endpoint(const Sources& sources, std::string_view service,
                                   const std::string& region)
{
  if (const auto formed = aws::check_region(region); !formed) {
    return fail(ErrorKind::config, "sso_region: " + formed.error().message, formed.error().hint);
  }
  return sources.endpoint ? sources.endpoint(service, region)
                          : aws::service_endpoint(service, region);
}

Result<std::string> sso_token(const Sources& sources, const SsoLogin& login)
{
  const std::string path = path_of(sources, login);
  const auto text = sources.read_file(path);
  if (!text) {
    return tl::unexpected(text.error());
  }
  if (!*text) {
    return tl::unexpected(log_in(login, "is not logged in"));
  }
  auto fields = json_fields(**text);
  if (!fields || value(*fields, "accessToken").empty() || !time_of(value(*fields, "expiresAt"))) {
    return tl::unexpected(log_in(login, "has a token that cannot be read"));
  }
  const bool lasts = is_after(sources, value(*fields, "expiresAt"), k_soon);
  if (!lasts && !login.session.empty()) {
    if (auto next = renewed(sources, login, *fields)) {
      fields = std::move(next);
      // AWS has taken the old refresh token back: keep the new one, or say that it is lost.
      const auto written = sources.write_file(path, json_object(*fields));
      if (!written && sources.warn) {
        sources.warn(
          fmt::format("the renewed SSO token cannot be kept: {}", written.error().message));
      }
    }
  }
  if (!is_after(sources, value(*fields, "expiresAt"), {})) {
    return tl::unexpected(log_in(login, "has expired"));
  }
  return value(*fields, "accessToken");
}

} // namespace flame::client
