#include "client/imds.hpp"

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "client/credentials/key_answer.hpp"
#include "client/credentials/provider.hpp"

#include <fmt/format.h>

#include <algorithm>

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

// Source: IAM API Reference, RoleName; of these the service says the name alone.
bool is_role_name(std::string_view text)
{
  return text.size() <= 64
         && std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
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
  auto keys = keys_of(*fields, {}, "instance metadata");
  if (!keys) {
    return not_understood(role);
  }
  keys->provider = "imds";
  keys->survives_expiry = true;
  return *std::move(keys);
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
  if (!is_role_name(role)) {
    return fail(ErrorKind::credentials, "instance metadata names a role that is none",
                "something else may answer in its place");
  }
  const Item keys = item(imds, sources, std::string(k_roles) + uri_encode(role));
  if (!keys) {
    return tl::unexpected(keys.error());
  }
  return *keys ? read_keys(role, **keys, sources) : Found(std::nullopt);
}

} // namespace flame::client
