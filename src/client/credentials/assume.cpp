#include "client/credentials/assume.hpp"

#include "aws/ec2_xml.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "client/credentials/key_answer.hpp"
#include "client/exchange.hpp"
#include "client/keys.hpp"
#include "client/retry.hpp"

#include <fmt/format.h>

namespace flame::client {
namespace {

using aws::ApiError;
using aws::ErrorClass;
using aws::Outcome;

constexpr std::chrono::seconds k_try(10);

class NeverCancel : public Cancel {
public:
  CancelState state() const override { return {}; }
};

// Where, and what is sent.
struct StsQuery {
  std::string action = {};
  aws::Endpoint endpoint = {};
  std::string region = {};
  std::string body = {};
};

Outcome<aws::Credentials> parse(const StsQuery& query, std::string_view xml)
{
  const std::string result = fmt::format("{0}Response/{0}Result/", query.action);
  JsonFields fields;
  for (const char* name : {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"}) {
    auto text = aws::parse_text(xml, fmt::format("{}Credentials/{}", result, name));
    if (!text) {
      return tl::unexpected(std::move(text.error()));
    }
    fields[name] = *std::move(text);
  }
  const auto arn = aws::parse_text(xml, result + "AssumedRoleUser/Arn");
  const auto parts = split(arn.value_or(""), ':'); // arn:aws:sts::123456789012:assumed-role/...
  fields["AccountId"] = parts.size() > 4 ? parts[4] : "";
  return keys_of(fields, {.token = "SessionToken"}, "STS").map_error([](const Error& error) {
    return ApiError{.error = error, .error_class = ErrorClass::answer};
  });
}

Outcome<aws::Credentials> try_once(const Sources& sources, const StsQuery& query, Keys& keys)
{
  const std::string user_agent = fmt::format("flame-ec2/{}", version());
  const QueryCall call{.action = query.action,
                       .service = "sts",
                       .region = query.region,
                       .user_agent = user_agent,
                       .endpoint = query.endpoint,
                       .body = query.body};
  const auto signer = keys.credentials();
  if (!signer) {
    return tl::unexpected(
      ApiError{.error = signer.error(), .error_class = ErrorClass::credentials});
  }
  const Exchange exchanged = exchange(call, {.http = *sources.http,
                                             .credentials = *signer,
                                             .time = keys.time(),
                                             .limit = {.deadline = sources.clock->now() + k_try,
                                                       .cancel_grace = sources.cancel_grace},
                                             .cancel = sources.cancel});
  if (exchanged.body) {
    auto found = parse(query, *exchanged.body);
    return found ? found
                 : tl::unexpected(
                   name_source(std::move(found.error()), call, exchanged.status, *exchanged.body));
  }
  ApiError error = exchanged.body.error();
  if (!error.error.aws_code.empty()) {
    keys.learn(exchanged);
  }
  keys.refine(error);
  return tl::unexpected(std::move(error));
}

Outcome<aws::Credentials> call_sts(const Sources& sources, const StsQuery& query,
                                   const aws::Credentials& signer)
{
  const NeverCancel never;
  const Cancel& cancel = sources.cancel == nullptr ? never : *sources.cancel;
  Keys keys(*sources.clock, [&signer] { return Result<aws::Credentials>(signer); });
  for (int retry = 0;; ++retry) {
    auto found = try_once(sources, query, keys);
    if (found || retry + 1 >= sources.tries) {
      return found;
    }
    const ApiError& error = found.error();
    if (keys.repair(error)) {
      continue;
    }
    if (!is_retryable(error.error_class)) {
      return found;
    }
    sources.clock->sleep(retry_pause(error.error_class, retry, 1.0, error.error.retry_after),
                         cancel, cancel.state());
  }
}

// Whatever is wrong with a role is wrong with our credentials; only what may pass stays as it is.
Error for_caller(const RoleCall& call, const ApiError& failed)
{
  Error error = failed.error;
  const bool own_kind = is_retryable(failed.error_class)
                        || failed.error_class == ErrorClass::cancelled
                        || failed.error_class == ErrorClass::clock;
  error.kind = own_kind ? error.kind : ErrorKind::credentials;
  error.message = fmt::format("{} cannot have the role {}: {}", call.whom, call.arn, error.message);
  if (failed.error_class == ErrorClass::credentials && !call.by.provider.empty()) {
    error.hint = fmt::format("STS does not take the keys of {}", call.by.provider);
  } else if (failed.error_class == ErrorClass::permission) {
    error.hint = "see the role's trust policy, and whether the caller may use sts:AssumeRole";
  }
  return error;
}

Result<aws::Credentials> assume(const Sources& sources, std::string action, const RoleCall& call,
                                const aws::Credentials& signer)
{
  if (sources.region.empty()) {
    return fail(ErrorKind::config, fmt::format("{} needs a region for STS", call.whom),
                "give --region REGION or set AWS_REGION");
  }
  auto endpoint = sources.endpoint ? sources.endpoint("sts", sources.region)
                                   : aws::service_endpoint("sts", sources.region);
  if (!endpoint) {
    return tl::unexpected(std::move(endpoint.error()));
  }
  const std::string region =
    endpoint->signing_region.empty() ? sources.region : endpoint->signing_region;
  const auto epoch = sources.clock->wall().time_since_epoch().count();
  aws::Params params = {
    {"Action", action},
    {"Version", "2011-06-15"},
    {"RoleArn", call.arn},
    {"RoleSessionName", call.session.empty() ? fmt::format("flame-ec2-{}", epoch) : call.session}};
  params.insert(params.end(), call.more.begin(), call.more.end());
  return call_sts(sources,
                  {.action = std::move(action),
                   .endpoint = *std::move(endpoint),
                   .region = region,
                   .body = aws::form(params)},
                  signer)
    .map_error([&](const ApiError& error) { return for_caller(call, error); });
}

} // namespace

Result<aws::Credentials> assume_role(const Sources& sources, const RoleCall& call)
{
  return assume(sources, "AssumeRole", call, call.by);
}

Result<aws::Credentials> assume_role_with_web_identity(const Sources& sources, const RoleCall& call)
{
  return assume(sources, "AssumeRoleWithWebIdentity", call, {});
}

} // namespace flame::client
