#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "client/credentials/key_answer.hpp"
#include "client/credentials/profile_kinds.hpp"
#include "client/credentials/program.hpp"

#include <fmt/format.h>

// What `aws login` has left. It lasts for minutes, and AWS's command line is the one to renew it.
//
// Source: AWS SDKs and Tools Reference Guide, "Login credentials".
namespace flame::client {
namespace {

constexpr std::chrono::minutes k_soon(5);

std::string path_of(const Sources& sources, const std::string& session)
{
  std::string folder = variable(sources, "AWS_LOGIN_CACHE_DIRECTORY");
  if (folder.empty()) {
    folder = sources.home + "/.aws/login/cache";
  } else if (folder.starts_with("~/")) {
    folder = sources.home + folder.substr(1);
  }
  return fmt::format("{}/{}.json", folder, to_hex(sha256(session)));
}

Error log_in(const ProfileQuery& query, std::string_view why)
{
  return {.kind = ErrorKind::credentials,
          .message = fmt::format("the login of AWS profile \"{}\" {}", query.name, why),
          .hint = fmt::format("run: aws login --profile {}", query.name)};
}

Result<aws::Credentials> cached(const ProfileQuery& query, const std::string& session)
{
  const auto text = query.sources.read_file(path_of(query.sources, session));
  if (!text) {
    return tl::unexpected(text.error());
  }
  if (!*text) {
    return tl::unexpected(log_in(query, "is not there"));
  }
  const auto fields = json_fields(**text);
  if (!fields) {
    return tl::unexpected(log_in(query, "cannot be read"));
  }
  return keys_of(*fields,
                 {.id = "accessToken.accessKeyId",
                  .secret = "accessToken.secretAccessKey",
                  .token = "accessToken.sessionToken",
                  .expiration = "accessToken.expiresAt",
                  .account = "accessToken.accountId"},
                 fmt::format("the login of AWS profile \"{}\"", query.name));
}

} // namespace

Found from_login(const ProfileQuery& query)
{
  const std::string session = query.value("login_session");
  if (session.empty()) {
    return std::nullopt;
  }
  auto keys = cached(query, session);
  if (!keys) {
    return tl::unexpected(std::move(keys.error()));
  }
  const auto left = *keys->expiration - query.sources.clock->wall();
  if (left < k_soon) {
    auto renewed = keys_of_program(
      query.sources,
      {"aws", "configure", "export-credentials", "--profile", query.name, "--format", "process"},
      "AWS's command line");
    if (renewed) {
      keys = std::move(renewed);
    } else if (renewed.error().kind == ErrorKind::interrupted) {
      return tl::unexpected(std::move(renewed.error()));
    } else if (left <= std::chrono::seconds(0)) {
      return tl::unexpected(
        log_in(query, fmt::format("has expired, and is not renewed: {}", renewed.error().message)));
    }
  }
  keys->provider = fmt::format("profile {} (aws login)", query.name);
  return *std::move(keys);
}

} // namespace flame::client
