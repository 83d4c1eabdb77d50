#include "client/sts.hpp"

#include "aws/ec2_query.hpp"
#include "aws/ec2_xml.hpp"
#include "base/version.hpp"
#include "client/exchange.hpp"

#include <fmt/format.h>

#include <initializer_list>
#include <vector>

namespace flame::client {
namespace {

constexpr std::chrono::seconds k_limit(10);
constexpr std::string_view k_version = "2011-06-15";

// The texts at `paths`, below the result of the action.
aws::Outcome<std::vector<std::string>> ask(const StsCaller& caller, const aws::Params& params,
                                           std::initializer_list<const char*> paths)
{
  const std::string& action = params.front().second;
  const std::string user_agent = fmt::format("flame-ec2/{}", version());
  const std::string body = aws::form(params);
  const std::string& own = caller.endpoint.signing_region;
  const QueryCall call{.action = action,
                       .service = "sts",
                       .region = own.empty() ? caller.region : own,
                       .user_agent = user_agent,
                       .endpoint = caller.endpoint,
                       .body = body};
  const Exchange exchanged = exchange(call, {.http = caller.http,
                                             .credentials = caller.credentials,
                                             .time = caller.time,
                                             .limit = {.deadline = caller.clock.now() + k_limit}});
  if (!exchanged.body) {
    return tl::unexpected(exchanged.body.error());
  }
  std::vector<std::string> texts;
  for (const char* path : paths) {
    auto text =
      aws::parse_text(*exchanged.body, fmt::format("{0}Response/{0}Result/{1}", action, path));
    if (!text) {
      return tl::unexpected(
        name_source(std::move(text.error()), call, exchanged.status, *exchanged.body));
    }
    texts.push_back(*std::move(text));
  }
  return texts;
}

} // namespace

aws::Outcome<CallerIdentity> caller_identity(const StsCaller& caller)
{
  return ask(caller, {{"Action", "GetCallerIdentity"}, {"Version", std::string(k_version)}},
             {"Account", "Arn"})
    .map([](const std::vector<std::string>& texts) {
      return CallerIdentity{.account = texts[0], .arn = texts[1]};
    });
}

aws::Outcome<std::string> decode_authorization_message(const StsCaller& caller,
                                                       const std::string& encoded)
{
  return ask(caller,
             {{"Action", "DecodeAuthorizationMessage"},
              {"Version", std::string(k_version)},
              {"EncodedMessage", encoded}},
             {"DecodedMessage"})
    .map([](const std::vector<std::string>& texts) { return texts[0]; });
}

} // namespace flame::client
