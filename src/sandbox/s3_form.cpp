#include "base/encoding.hpp"
#include "base/text.hpp"
#include "sandbox/s3_actions.hpp"

#include <fmt/format.h>
#include <rapidjson/document.h>

#include <algorithm>

// Forms: what anybody may write who holds a policy that somebody with keys has signed.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
namespace flame::sandbox {
namespace {

using Json = rapidjson::Value;

constexpr std::uint64_t k_form_limit = 5UL * 1024 * 1024 * 1024;
constexpr std::string_view k_start = "Invalid according to Policy: ";

std::string field(const Request& request, std::string_view name)
{
  const auto found = std::ranges::find_if(
    request.form, [&](const auto& pair) { return to_lower(pair.first) == to_lower(name); });
  return found == request.form.end() ? "" : found->second;
}

Reply denied(std::string_view why)
{
  return refused("AccessDenied", fmt::format("{}{}", k_start, why), 403);
}

Reply malformed(std::string_view why)
{
  return refused("InvalidPolicyDocument", fmt::format("Invalid Policy: {}", why), 400);
}

// A policy as JSON, which has no "\$".
std::string plain_json(const std::string& policy)
{
  std::string json;
  for (std::size_t i = 0; i < policy.size(); ++i) {
    const bool escape = policy[i] == '\\' && i + 1 < policy.size();
    if (!escape || policy[i + 1] != '$') {
      json += policy[i];
    }
    if (escape) {
      json += policy[++i];
    }
  }
  return json;
}

// A condition as it is kept: "eq" with its field and value, "starts-with", "content-length-range".
struct Condition {
  std::string rule = {};
  std::string name = {}; // lower case, without '$'
  std::string value = {};
  std::uint64_t least = 0;
  std::uint64_t most = 0;
};

std::optional<Condition> read_condition(const Json& json)
{
  if (json.IsObject() && json.MemberCount() == 1 && json.MemberBegin()->value.IsString()) {
    const auto& only = *json.MemberBegin();
    return Condition{
      .rule = "eq", .name = to_lower(only.name.GetString()), .value = only.value.GetString()};
  }
  if (!json.IsArray() || json.Size() != 3 || !json[0].IsString()) {
    return std::nullopt;
  }
  const std::string rule = to_lower(json[0].GetString());
  if (rule == "content-length-range" && json[1].IsUint64() && json[2].IsUint64()) {
    return Condition{.rule = rule, .least = json[1].GetUint64(), .most = json[2].GetUint64()};
  }
  const bool known = rule == "eq" || rule == "starts-with";
  if (!known || !json[1].IsString() || !json[2].IsString() || json[1].GetString()[0] != '$') {
    return std::nullopt;
  }
  return Condition{
    .rule = rule, .name = to_lower(json[1].GetString() + 1), .value = json[2].GetString()};
}

std::optional<Reply> judge(const Condition& condition, const Request& request, const S3Name& name)
{
  const std::size_t size = field(request, "file").size();
  if (condition.rule == "content-length-range") {
    return size > condition.most    ? std::optional(refused(
                "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", 400))
           : size < condition.least ? std::optional(
               refused("EntityTooSmall",
                       "Your proposed upload is smaller than the minimum allowed size", 400))
                                    : std::nullopt;
  }
  const std::string given =
    condition.name == "bucket" ? name.bucket : field(request, condition.name);
  const bool meets =
    condition.rule == "eq" ? given == condition.value : given.starts_with(condition.value);
  return meets
           ? std::nullopt
           : std::optional(denied(fmt::format(R"(Policy Condition failed: ["{}", "${}", "{}"])",
                                              condition.rule, condition.name, condition.value)));
}

// Each field must be spoken of.
std::optional<Reply> extra_fields(const Request& request, const std::vector<Condition>& conditions)
{
  constexpr std::string_view free[] = {"policy", "x-amz-signature", "file", "awsaccesskeyid"};
  for (const auto& [given, value] : request.form) {
    const std::string name = to_lower(given);
    if (std::ranges::find(free, name) == std::end(free) && !name.starts_with("x-ignore-")
        && std::ranges::find(conditions, name, &Condition::name) == conditions.end()) {
      return denied(fmt::format("Extra input fields: {}", name));
    }
  }
  return std::nullopt;
}

std::optional<Reply> against_policy(const S3Call& call)
{
  const std::string text = plain_json(from_base64(field(call.request, "policy")).value_or(""));
  rapidjson::Document policy;
  policy.Parse<rapidjson::kParseIterativeFlag>(text.data(), text.size());
  if (policy.HasParseError() || !policy.IsObject() || !policy.HasMember("expiration")
      || !policy["expiration"].IsString() || !policy.HasMember("conditions")
      || !policy["conditions"].IsArray()) {
    return malformed("Invalid JSON.");
  }
  const auto expires = parse_iso8601(policy["expiration"].GetString());
  if (!expires) {
    return malformed("Invalid 'expiration' value");
  }
  if (call.now > *expires) {
    return denied("Policy expired.");
  }
  std::vector<Condition> conditions;
  for (const Json& json : policy["conditions"].GetArray()) {
    const auto condition = read_condition(json);
    if (!condition) {
      return malformed("Invalid Condition");
    }
    if (auto failed = judge(*condition, call.request, call.name)) {
      return failed;
    }
    conditions.push_back(*condition);
  }
  return extra_fields(call.request, conditions);
}

} // namespace

bool is_form(const Request& request)
{
  return request.method == "POST" && !request.form.empty();
}

Verdict verify_form(const Request& request, const Keyring& keys,
                    std::span<const std::string> regions, Seconds now)
{
  // The fields are named as the parameters of a presigned URL; what is signed is the policy alone.
  Request as_url{.method = "POST", .target = "/?X-Amz-Expires=604800&X-Amz-SignedHeaders=host"};
  for (const char* name : {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Signature",
                           "X-Amz-Security-Token"}) {
    const std::string value = field(request, name);
    as_url.target += value.empty() ? "" : fmt::format("&{}={}", name, uri_encode(value));
  }
  if (field(request, "policy").empty()) {
    return {.flaw = Flaw::missing};
  }
  Verdict verdict = read_claim(as_url);
  const auto key = keys.find(verdict.claim.key_id);
  const auto set = [&](bool bad, Flaw flaw) {
    verdict.flaw = verdict.flaw == Flaw::none && bad ? flaw : verdict.flaw;
  };
  set(!key, Flaw::unknown_key);
  set(std::ranges::find(regions, verdict.claim.region) == regions.end(), Flaw::wrong_region);
  if (verdict.flaw != Flaw::none) {
    return verdict;
  }
  set(verdict.claim.token != key->token, Flaw::bad_token);
  set(key->expires && now > *key->expires, Flaw::key_expired);
  set(signature(field(request, "policy"), verdict.claim, key->secret) != verdict.claim.signature,
      Flaw::mismatch);
  verdict.key = *key;
  return verdict;
}

Reply post_object(const S3Call& call)
{
  if (call.name.key.empty() || field(call.request, "file").size() > k_form_limit) {
    return refused("InvalidArgument", "Bucket POST must contain a field named 'key'.", 400);
  }
  if (const auto against = against_policy(call)) {
    return *against;
  }
  HeaderList fields;
  for (const auto& [name, value] : call.request.form) {
    fields.emplace_back(to_lower(name), value);
  }
  const std::string file = field(call.request, "file");
  if (const auto wrong = wrong_checksum(fields, file)) {
    return *wrong;
  }
  const auto object = write_object(call.store, call.name, file, kept_headers(fields), false);
  if (!object) {
    return refused(object.error());
  }
  return {.status = 204, .headers = {{"ETag", object->etag}}};
}

} // namespace flame::sandbox
