#include "client/credentials/role_cache.hpp"

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "client/credentials/key_answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

// Source: botocore/credentials.py, AssumeRoleCredentialFetcher and JSONFileCache.
namespace flame::client {
namespace {

constexpr std::chrono::minutes k_soon(15);
constexpr const char* k_folder = "/.aws/cli/cache";

// A name and what it is called in the hash; in its order.
constexpr std::string_view k_hashed[] = {"DurationSeconds", "ExternalId", "RoleArn",
                                         "RoleSessionName", "SerialNumber"};

// Python writes other letters in another way, which is not worth the trouble.
bool is_plain(std::string_view text)
{
  return std::ranges::all_of(
    text, [](char c) { return c >= ' ' && c < '\x7f' && c != '"' && c != '\\'; });
}

// As Python's json.dumps(…, sort_keys=True) writes it. "" when there is no such file.
std::string path_of(const Sources& sources, const RoleCall& call)
{
  std::map<std::string, std::string> all(call.more.begin(), call.more.end());
  all["RoleArn"] = call.arn;
  if (!call.session.empty()) { // a random one is no part of it
    all["RoleSessionName"] = call.session;
  }
  std::string text;
  for (const std::string_view name : k_hashed) {
    const auto entry = all.find(std::string(name));
    if (entry == all.end()) {
      continue;
    }
    if (!is_plain(entry->second)) {
      return {};
    }
    const bool number = name == "DurationSeconds";
    text += fmt::format(R"({}"{}": {}{}{})", text.empty() ? "" : ", ", name, number ? "" : "\"",
                        entry->second, number ? "" : "\"");
  }
  return sources.home.empty()
           ? std::string()
           : fmt::format("{}{}/{}.json", sources.home, k_folder, to_hex(sha1('{' + text + '}')));
}

} // namespace

std::optional<aws::Credentials> kept_role(const Sources& sources, const RoleCall& call)
{
  const std::string path = path_of(sources, call);
  if (path.empty() || !sources.kept_roles) {
    return std::nullopt;
  }
  const auto text = sources.read_file(path);
  const auto fields = text && *text ? json_fields(**text) : std::nullopt;
  if (!fields) {
    return std::nullopt;
  }
  const auto keys = keys_of(*fields,
                            {.id = "Credentials.AccessKeyId",
                             .secret = "Credentials.SecretAccessKey",
                             .token = "Credentials.SessionToken",
                             .expiration = "Credentials.Expiration",
                             .account = "Credentials.AccountId"},
                            "the cache");
  const bool lasts = keys && *keys->expiration - sources.clock->wall() >= k_soon;
  return lasts ? std::optional(*keys) : std::nullopt;
}

void keep_role(const Sources& sources, const RoleCall& call, const aws::Credentials& role)
{
  const std::string path = path_of(sources, call);
  if (path.empty() || !sources.write_file || !role.expiration
      || (sources.make_folder && !sources.make_folder(sources.home + k_folder))) {
    return;
  }
  JsonFields fields = {{"AccessKeyId", role.access_key_id},
                       {"SecretAccessKey", role.secret_access_key},
                       {"SessionToken", role.session_token},
                       {"Expiration", iso8601(*role.expiration)}};
  if (!role.account_id.empty()) {
    fields["AccountId"] = role.account_id;
  }
  const auto written =
    sources.write_file(path, fmt::format(R"({{"Credentials": {}}})", json_object(fields)));
  if (!written) {
    note(sources, fmt::format("the keys of the role are not kept: {}", written.error().message));
  }
}

} // namespace flame::client
