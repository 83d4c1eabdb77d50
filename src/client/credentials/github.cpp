#include "base/encoding.hpp"
#include "base/url.hpp"
#include "client/credentials/assume.hpp"
#include "client/credentials/web.hpp"
#include "client/json_fields.hpp"

#include <fmt/format.h>

// A job of GitHub Actions asks GitHub for a token, as often as it likes: keys from it never run out
// while the job lives. No other tool of AWS does this, so it stands behind all that they know.
//
// Source: GitHub Docs, "OpenID Connect reference", "Methods for requesting the OIDC token".
namespace flame::client {
namespace {

constexpr const char* k_url = "ACTIONS_ID_TOKEN_REQUEST_URL";
constexpr const char* k_token = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";
constexpr const char* k_whom = "GitHub's token service";
constexpr std::string_view k_audience = "sts.amazonaws.com";

// The bearer token must not go over a wire in the clear.
bool is_safe(const std::string& url)
{
  const auto parts = split_url(url);
  return parts
         && (parts->scheme == "https"
             || (parts->scheme == "http" && aws::is_address_or_loopback(parts->host)
                 && aws::parse_endpoint(fmt::format("http://{}", authority_of(*parts)), false)));
}

Result<std::string> ask_token(const Sources& sources)
{
  const std::string url = variable(sources, k_url);
  if (!is_safe(url)) {
    return fail(ErrorKind::credentials, fmt::format("{} is no https URL", k_url),
                "GitHub sets it; leave it as it is");
  }
  const char joint = url.find('?') == std::string::npos ? '?' : '&';
  const auto answer =
    ask(sources, {.whom = k_whom,
                  .http = {.url = fmt::format("{}{}audience={}", url, joint, k_audience),
                           .headers = {{"authorization", "bearer " + variable(sources, k_token)},
                                       {"accept", "application/json"}}}});
  if (!answer) {
    return tl::unexpected(answer.error());
  }
  if (answer->status != 200) {
    Error error = unexpected_answer(k_whom, *answer);
    error.hint = "see the job's permissions: id-token: write";
    return tl::unexpected(std::move(error));
  }
  const auto fields = json_fields(answer->body);
  const auto value = fields ? fields->find("value") : JsonFields::const_iterator();
  if (!fields || value == fields->end() || value->second.empty()) {
    return fail(ErrorKind::credentials, fmt::format("{} gives no token", k_whom));
  }
  return value->second;
}

} // namespace

Found from_github(const Sources& sources)
{
  RoleCall call{.whom = "GitHub's job",
                .arn = variable(sources, "AWS_ROLE_ARN"),
                .session = variable(sources, "AWS_ROLE_SESSION_NAME")};
  const bool may_ask = !variable(sources, k_url).empty() && !variable(sources, k_token).empty();
  if (call.arn.empty() || !may_ask || sources.http == nullptr) {
    if (may_ask) {
      note(sources, "GitHub would give a token, and AWS_ROLE_ARN names no role for it");
    } else if (!call.arn.empty() && variable(sources, "GITHUB_ACTIONS") == "true") {
      note(sources, "the job may not ask GitHub for a token",
           "give it the permission id-token: write");
    }
    return std::nullopt;
  }
  auto token = ask_token(sources);
  if (!token) {
    return tl::unexpected(std::move(token.error()));
  }
  call.more.emplace_back("WebIdentityToken", *std::move(token));
  return assume_role_with_web_identity(sources, call).map([&](aws::Credentials role) {
    role.provider = fmt::format("{} ({})", call.whom, call.arn);
    return std::optional(std::move(role));
  });
}

} // namespace flame::client
