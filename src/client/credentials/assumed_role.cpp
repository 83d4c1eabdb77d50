#include "client/credentials/assume.hpp"
#include "client/credentials/profile_kinds.hpp"
#include "client/credentials/role_cache.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

// A profile with role_arn and where the keys for it come from.
namespace flame::client {
namespace {

constexpr const char* k_role = "role_arn";
constexpr const char* k_source = "source_profile";
constexpr const char* k_named = "credential_source";
constexpr const char* k_serial = "mfa_serial";
constexpr int k_shortest = 900; // seconds
constexpr int k_longest = 43'200;

// Values of credential_source, exactly so.
constexpr Provider k_sources[] = {
  {"Environment", from_environment},
  {"EcsContainer", from_container},
  {"Ec2InstanceMetadata", from_imds},
};

tl::unexpected<Error> wrong(const ProfileQuery& query, std::string_view why, std::string hint)
{
  return fail(ErrorKind::config, fmt::format("AWS profile \"{}\" {}", query.name, why),
              std::move(hint));
}

Result<aws::Credentials> from_named_source(const ProfileQuery& query, const std::string& name)
{
  const auto* const source = std::ranges::find(k_sources, name, &Provider::name);
  if (source == std::end(k_sources)) {
    return wrong(query, fmt::format("has {} = {}, which is none", k_named, name),
                 "it may be Environment, EcsContainer or Ec2InstanceMetadata");
  }
  auto found = source->find(query.sources);
  if (!found) {
    return tl::unexpected(std::move(found.error()));
  }
  if (!*found) {
    return fail(ErrorKind::credentials,
                fmt::format("AWS profile \"{}\" takes its keys from {}, where there are none",
                            query.name, name));
  }
  return **std::move(found);
}

Result<aws::Credentials> from_source_profile(const ProfileQuery& query, const std::string& name)
{
  ProfileQuery next{
    .sources = query.sources, .files = query.files, .name = name, .behind = query.behind};
  next.behind.push_back(query.name);
  if (!query.files.all.profiles.contains(name)) {
    return wrong(query, fmt::format("has {} = {}, which is not there", k_source, name),
                 other_profiles(name, query.files));
  }
  const bool seen = std::ranges::find(next.behind, name) != next.behind.end();
  // A profile that names itself means its own keys.
  if (seen && (name != query.name || !has_static_keys(next))) {
    return wrong(
      query,
      fmt::format("is in a loop of {}: {} > {}", k_source, fmt::join(next.behind, " > "), name),
      "let the last one have keys");
  }
  // Its own keys stand before its own role.
  auto found = is_role(next) && !has_static_keys(next)
                 ? from_assumed_role(next)
                 : from_kinds(next, profile_kinds().subspan(1));
  if (!found) {
    return tl::unexpected(std::move(found.error()));
  }
  if (!*found) {
    return fail(ErrorKind::credentials,
                fmt::format(R"(AWS profile "{}" takes its keys from "{}", which has none)",
                            query.name, name));
  }
  return **std::move(found);
}

Result<aws::Credentials> source_keys(const ProfileQuery& query)
{
  const std::string profile = query.value(k_source);
  const std::string named = query.value(k_named);
  if (profile.empty() == named.empty()) {
    return wrong(query,
                 fmt::format("has {} and {} {} nor {}", k_role,
                             profile.empty() ? "neither" : "both", k_source, k_named),
                 "one of them says where the keys for the role come from");
  }
  return named.empty() ? from_source_profile(query, profile) : from_named_source(query, named);
}

Result<void> add_duration(const ProfileQuery& query, aws::Params& params)
{
  const std::string text = query.value("duration_seconds");
  if (text.empty()) {
    return {};
  }
  int seconds = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const bool whole = failed == std::errc() && end == text.data() + text.size();
  if (!whole || seconds < k_shortest || seconds > k_longest) {
    return wrong(query, fmt::format("has duration_seconds = {:.20}", text),
                 fmt::format("it may be {} to {}", k_shortest, k_longest));
  }
  params.emplace_back("DurationSeconds", text);
  return {};
}

// The one-time code, when the profile wants one.
Result<void> add_mfa_code(const ProfileQuery& query, aws::Params& params)
{
  const std::string serial = query.value(k_serial);
  if (serial.empty()) {
    return {};
  }
  if (!query.sources.ask) {
    return fail(ErrorKind::credentials,
                fmt::format("AWS profile \"{}\" wants an MFA code, and nobody can be asked for it",
                            query.name),
                fmt::format("run it in a terminal, or get keys that last: eval \"$(aws configure "
                            "export-credentials --profile {} --format env)\"",
                            query.name));
  }
  const auto code = query.sources.ask(fmt::format("Enter MFA code for {}: ", serial));
  if (!code || code->empty()) {
    return fail(
      ErrorKind::credentials,
      fmt::format("AWS profile \"{}\" wants an MFA code, and none was given", query.name));
  }
  params.emplace_back("TokenCode", *code);
  return {};
}

// All but its keys and its code.
Result<RoleCall> call_of(const ProfileQuery& query)
{
  RoleCall call{.whom = fmt::format("profile {}", query.name),
                .arn = query.value(k_role),
                .session = query.value("role_session_name")};
  if (const std::string id = query.value("external_id"); !id.empty()) {
    call.more.emplace_back("ExternalId", id);
  }
  if (const auto added = add_duration(query, call.more); !added) {
    return tl::unexpected(added.error());
  }
  if (const std::string serial = query.value(k_serial); !serial.empty()) {
    call.more.emplace_back("SerialNumber", serial);
  }
  return call;
}

} // namespace

bool is_role(const ProfileQuery& query)
{
  return query.has(k_role) && !query.has("web_identity_token_file");
}

Found from_assumed_role(const ProfileQuery& query)
{
  if (!is_role(query)) {
    return std::nullopt;
  }
  const auto call = call_of(query);
  if (!call) {
    return tl::unexpected(call.error());
  }
  if (auto kept = kept_role(query.sources, *call)) {
    kept->provider = fmt::format("{} ({}, kept in ~/.aws/cli/cache)", call->whom, call->arn);
    return kept;
  }
  auto keys = source_keys(query);
  if (!keys) {
    return tl::unexpected(std::move(keys.error()));
  }
  RoleCall whole = *call;
  whole.by = *std::move(keys);
  if (const auto added = add_mfa_code(query, whole.more); !added) {
    return tl::unexpected(added.error());
  }
  auto role = assume_role(query.sources, whole);
  if (!role) {
    return tl::unexpected(std::move(role.error()));
  }
  if (query.has(k_serial)) { // a role without a code is there again as fast
    keep_role(query.sources, *call, *role);
  }
  role->provider = fmt::format("{} ({})", call->whom, call->arn);
  return *std::move(role);
}

} // namespace flame::client
