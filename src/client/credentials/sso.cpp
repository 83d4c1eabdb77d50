#include "base/encoding.hpp"
#include "client/credentials/key_answer.hpp"
#include "client/credentials/profile_kinds.hpp"
#include "client/credentials/sso_token.hpp"
#include "client/credentials/web.hpp"

#include <fmt/format.h>

#include <vector>

// IAM Identity Center: a person's login, and a role of it.
namespace flame::client {
namespace {

constexpr const char* k_whom = "IAM Identity Center";
constexpr const char* k_account = "sso_account_id";
constexpr const char* k_role = "sso_role_name";
constexpr const char* k_session = "sso_session";

tl::unexpected<Error> wrong(const ProfileQuery& query, std::string_view why, std::string hint = {})
{
  return fail(ErrorKind::config, fmt::format("AWS profile \"{}\" {}", query.name, why),
              std::move(hint));
}

// The profile with what its session says; what both say has to be the same.
Result<aws::Properties> whole_profile(const ProfileQuery& query)
{
  aws::Properties all = query.properties();
  const std::string name = query.value(k_session);
  if (name.empty()) {
    return all;
  }
  const auto session = query.files.config.sso_sessions.find(name);
  if (session == query.files.config.sso_sessions.end()) {
    return wrong(
      query, fmt::format("has {} = {}, which is not there", k_session, name),
      fmt::format("add a section [sso-session {}] to {}", name, query.files.config_place.shown));
  }
  for (const auto& [key, value] : session->second) {
    const auto [entry, added] = all.insert({key, value});
    if (!added && entry->second != value) {
      return wrong(query,
                   fmt::format("and its session \"{}\" say different things of {}", name, key),
                   "take the line out of one of them");
    }
  }
  return all;
}

Result<void> check_whole(const ProfileQuery& query, const aws::Properties& all)
{
  std::vector<std::string> missing;
  for (const char* key : {k_account, k_role, "sso_start_url", "sso_region"}) {
    const auto entry = all.find(key);
    if (entry == all.end() || entry->second.empty()) {
      missing.emplace_back(key);
    }
  }
  if (missing.empty()) {
    return {};
  }
  return wrong(query, fmt::format("is one of SSO and has no {}", fmt::join(missing, ", ")),
               fmt::format("run: aws configure sso --profile {}", query.name));
}

Result<aws::Credentials> role_keys(const ProfileQuery& query, const aws::Properties& all,
                                   const SsoLogin& login)
{
  const Sources& sources = query.sources;
  const auto endpoint = sso_endpoint(sources, "sso", login.region);
  if (!endpoint) {
    return tl::unexpected(endpoint.error());
  }
  const auto token = sso_token(sources, login);
  if (!token) {
    return tl::unexpected(token.error());
  }
  const auto answer = ask(
    sources,
    {.whom = k_whom,
     .http = {.url = fmt::format("{}/federation/credentials?role_name={}&account_id={}",
                                 aws::url_of(*endpoint), uri_encode(all.at(k_role)),
                                 uri_encode(all.at(k_account))),
              .headers = {{"x-amz-sso_bearer_token", *token}, {"accept", "application/json"}}}});
  if (!answer) {
    return tl::unexpected(answer.error());
  }
  const std::string whom = fmt::format("{} (profile {})", k_whom, query.name);
  if (answer->status != 200) {
    Error error = unexpected_answer(whom, *answer);
    error.hint =
      answer->status == 401 ? login.command
      : answer->status == 403 || answer->status == 404
        ? fmt::format("see {} and {}: you may not have this role there", k_account, k_role)
        : "";
    return tl::unexpected(std::move(error));
  }
  const auto fields = json_fields(answer->body);
  if (!fields) {
    return fail(ErrorKind::credentials, fmt::format("{} answers with no JSON object", whom));
  }
  return keys_of(*fields,
                 {.id = "roleCredentials.accessKeyId",
                  .secret = "roleCredentials.secretAccessKey",
                  .token = "roleCredentials.sessionToken",
                  .expiration = "roleCredentials.expiration"},
                 whom);
}

} // namespace

Found from_sso(const ProfileQuery& query)
{
  const bool set_up = query.has(k_account) || query.has(k_role);
  if (!set_up) {
    return std::nullopt;
  }
  const auto all = whole_profile(query);
  if (!all) {
    return tl::unexpected(all.error());
  }
  if (const auto whole = check_whole(query, *all); !whole) {
    return tl::unexpected(whole.error());
  }
  const std::string session = query.value(k_session);
  auto keys = role_keys(query, *all,
                        {.session = session,
                         .start_url = all->at("sso_start_url"),
                         .region = all->at("sso_region"),
                         .command = fmt::format("run: aws sso login --profile {}", query.name)});
  if (!keys) {
    return tl::unexpected(std::move(keys.error()));
  }
  keys->account_id = all->at(k_account);
  keys->provider = fmt::format("profile {} (SSO)", query.name);
  return *std::move(keys);
}

} // namespace flame::client
