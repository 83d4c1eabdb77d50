#include "client/sts.hpp"

#include "aws/ec2_xml.hpp"
#include "base/version.hpp"
#include "client/exchange.hpp"

#include <fmt/format.h>

namespace flame::client {
namespace {

constexpr std::string_view k_action = "GetCallerIdentity";
constexpr std::string_view k_result = "GetCallerIdentityResponse/GetCallerIdentityResult/";
constexpr std::chrono::seconds k_limit(10);

} // namespace

aws::Outcome<CallerIdentity> caller_identity(io::Http& http, const Clock& clock,
                                             const aws::Endpoint& endpoint,
                                             const std::string& region,
                                             const aws::Credentials& credentials)
{
  const std::string user_agent = fmt::format("flame-ec2/{}", version());
  const QueryCall call{.action = k_action,
                       .service = "sts",
                       .region = endpoint.signing_region.empty() ? region : endpoint.signing_region,
                       .user_agent = user_agent,
                       .endpoint = endpoint,
                       .body = "Action=GetCallerIdentity&Version=2011-06-15"};
  const Exchange exchanged = exchange(call, {.http = http,
                                             .credentials = credentials,
                                             .time = clock.wall(),
                                             .limit = {.deadline = clock.now() + k_limit}});
  if (!exchanged.body) {
    return tl::unexpected(exchanged.body.error());
  }
  CallerIdentity identity;
  for (const auto& [name, field] :
       {std::pair("Account", &identity.account), std::pair("Arn", &identity.arn)}) {
    auto text = aws::parse_text(*exchanged.body, fmt::format("{}{}", k_result, name));
    if (!text) {
      return tl::unexpected(
        name_source(std::move(text.error()), call, exchanged.status, *exchanged.body));
    }
    *field = *std::move(text);
  }
  return identity;
}

} // namespace flame::client
