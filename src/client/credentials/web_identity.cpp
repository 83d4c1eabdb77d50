#include "base/text.hpp"
#include "client/credentials/assume.hpp"
#include "client/credentials/profile_kinds.hpp"

#include <fmt/format.h>

// A token that somebody has put into a file: Kubernetes, GitLab, and the like.
namespace flame::client {
namespace {

constexpr const char* k_file = "web_identity_token_file";
constexpr const char* k_role = "role_arn";

struct Item {
  const char* key;
  const char* variable;
};
constexpr Item k_token_file = {k_file, "AWS_WEB_IDENTITY_TOKEN_FILE"};
constexpr Item k_role_arn = {k_role, "AWS_ROLE_ARN"};
constexpr Item k_session = {"role_session_name", "AWS_ROLE_SESSION_NAME"};

// Each from where it is, variables first, as AWS's command line does.
std::string value(const ProfileQuery& query, const Item& item)
{
  const std::string set = query.with_env ? variable(query.sources, item.variable) : std::string();
  return set.empty() ? query.value(item.key) : set;
}

// Read each time: who writes it renews it.
Result<std::string> read_token(const Sources& sources, const std::string& path)
{
  const auto text = sources.read_file(path);
  if (!text) {
    return tl::unexpected(text.error());
  }
  if (!*text) {
    return fail(ErrorKind::credentials, fmt::format("the token file \"{}\" is not there", path),
                "see what should write it, and AWS_WEB_IDENTITY_TOKEN_FILE or "
                "web_identity_token_file");
  }
  std::string token(trim(**text));
  if (token.empty()) {
    return fail(ErrorKind::credentials, fmt::format("the token file \"{}\" is empty", path));
  }
  return token;
}

} // namespace

Found from_web_identity(const ProfileQuery& query)
{
  const std::string path = value(query, k_token_file);
  if (path.empty()) {
    return std::nullopt;
  }
  const bool in_profile = !query.with_env || variable(query.sources, k_token_file.variable).empty();
  RoleCall call{.whom = in_profile ? fmt::format("profile {}", query.name) : "the web identity",
                .arn = value(query, k_role_arn),
                .session = value(query, k_session)};
  if (call.arn.empty()) {
    return fail(ErrorKind::config,
                fmt::format("{} has a token file and no role",
                            in_profile ? call.whom : std::string(k_token_file.variable)),
                fmt::format("set {}, or {} in the profile", k_role_arn.variable, k_role));
  }
  auto token = read_token(query.sources, path);
  if (!token) {
    return tl::unexpected(std::move(token.error()));
  }
  call.more.emplace_back("WebIdentityToken", *std::move(token));
  return assume_role_with_web_identity(query.sources, call).map([&](aws::Credentials role) {
    role.provider = fmt::format("{} ({})", call.whom, call.arn);
    return std::optional(std::move(role));
  });
}

} // namespace flame::client
