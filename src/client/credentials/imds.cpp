#include "client/imds.hpp"

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "client/credentials/provider.hpp"
#include "client/json_fields.hpp"

#include <fmt/format.h>

// The role of the machine we run on.
namespace flame::client {
namespace {

constexpr std::string_view k_roles = "meta-data/iam/security-credentials/";

using Item = Result<std::optional<std::string>>;

// nullopt with a note when nobody is there to ask.
Item item(Imds& imds, const Sources& sources, const std::string& path)
{
  auto text = imds.get(path);
  if (text) {
    return *std::move(text);
  }
  ImdsFailure& failure = text.error();
  if (failure.reason == ImdsFailure::Reason::absent) {
    note(sources, std::move(failure.error.message), std::move(failure.error.hint));
    return std::nullopt;
  }
  if (failure.reason != ImdsFailure::Reason::cancelled) {
    failure.error.kind = ErrorKind::credentials;
  }
  return tl::unexpected(std::move(failure.error));
}

tl::unexpected<Error> not_understood(std::string_view role)
{
  return fail(ErrorKind::credentials,
              fmt::format("instance metadata gives no usable keys for role \"{}\"", role));
}

Found read_keys(std::string_view role, const std::string& json, const Sources& sources)
{
  auto fields = json_fields(json);
  if (!fields) {
    return not_understood(role);
  }
  const std::string code = (*fields)["Code"];
  if (!code.empty() && code != "Success") {
    note(sources, fmt::format("the machine's role \"{}\" has no keys: {:.60}", role, code));
    return std::nullopt;
  }
  aws::Credentials credentials{.access_key_id = (*fields)["AccessKeyId"],
                               .secret_access_key = (*fields)["SecretAccessKey"],
                               .session_token = (*fields)["Token"],
                               .expiration = parse_iso8601((*fields)["Expiration"]),
                               .account_id = (*fields)["AccountId"],
                               .provider = "imds",
                               .survives_expiry = true};
  const bool whole = !credentials.access_key_id.empty() && !credentials.secret_access_key.empty()
                     && !credentials.session_token.empty() && credentials.expiration;
  return whole ? Found(std::move(credentials)) : not_understood(role);
}

} // namespace

Found from_imds(const Sources& sources)
{
  if (sources.http == nullptr || sources.clock == nullptr) {
    return std::nullopt;
  }
  auto options = imds_options(sources.env, sources.imds);
  if (!options) {
    return tl::unexpected(std::move(options.error()));
  }
  // It takes so little time that fresh keys are worth it also to one who wants to leave.
  const Cancel* cancel = sources.cancel_grace > Millis(0) ? nullptr : sources.cancel;
  Imds imds(*std::move(options), *sources.http, *sources.clock, cancel);
  const Item roles = item(imds, sources, std::string(k_roles));
  if (!roles) {
    return tl::unexpected(roles.error());
  }
  if (!*roles) {
    return std::nullopt;
  }
  const std::string role(trim(split(trim(**roles), '\n').front()));
  if (role.empty()) {
    note(sources, "the machine has no role");
    return std::nullopt;
  }
  const Item keys = item(imds, sources, std::string(k_roles) + uri_encode(role));
  if (!keys) {
    return tl::unexpected(keys.error());
  }
  return *keys ? read_keys(role, **keys, sources) : Found(std::nullopt);
}

} // namespace flame::client
