#include "aws/s3_form.hpp"

#include "base/encoding.hpp"

#include <fmt/format.h>

namespace flame::aws {
namespace {

// Prefixes may hold what JSON does not take as it is; '$', which JSON does take, begins a variable
// in a policy.
// Source: Amazon S3 API Reference, "Creating a POST policy", "Character escaping".
std::string json(std::string_view text)
{
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    quoted += c == '"' || c == '\\' || c == '$' ? std::string{'\\', c}
              : byte < 0x20                     ? fmt::format("\\u{:04x}", byte)
                                                : std::string(1, c);
  }
  return quoted + "\"";
}

} // namespace

S3Form sign_s3_form(const S3FormRules& rules, std::string url, const SigningScope& scope,
                    const Credentials& credentials)
{
  S3Form form{.url = std::move(url)};
  auto& fields = form.fields;
  std::string conditions = fmt::format(R"(["content-length-range", 0, {}])", rules.longest);
  const auto promise = [&](const char* name, const std::string& value) {
    fields.emplace_back(name, value);
    conditions += fmt::format(", {{{}: {}}}", json(name), json(value));
  };
  if (rules.encrypted) {
    promise("x-amz-server-side-encryption", "AES256");
  }
  conditions += fmt::format(R"(, {{"bucket": {}}}, ["starts-with", "$key", {}])",
                            json(rules.bucket), json(rules.prefix));
  promise("x-amz-algorithm", "AWS4-HMAC-SHA256");
  promise("x-amz-credential", fmt::format("{}/{}/{}/s3/aws4_request", credentials.access_key_id,
                                          iso_date_basic(scope.time), scope.region));
  promise("x-amz-date", iso8601_basic(scope.time));
  if (!credentials.session_token.empty()) {
    promise("x-amz-security-token", credentials.session_token);
  }
  const std::string policy = to_base64(fmt::format(R"({{"expiration": "{}", "conditions": [{}]}})",
                                                   iso8601(rules.expires), conditions));
  fields.emplace_back("policy", policy);
  fields.emplace_back("x-amz-signature", signature(policy, scope, credentials.secret_access_key));
  return form;
}

} // namespace flame::aws
