#include "base/text.hpp"
#include "base/url.hpp"
#include "client/credentials/key_answer.hpp"
#include "client/credentials/web.hpp"

#include <fmt/format.h>

#include <algorithm>

// The role of an ECS task or an EKS pod.
//
// Source: AWS SDKs and Tools Reference Guide, "Container credential provider".
namespace flame::client {
namespace {

constexpr const char* k_relative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
constexpr const char* k_full = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
constexpr const char* k_token = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
constexpr const char* k_token_file = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
constexpr const char* k_whom = "the container's credential service";

// Who may be asked over plain http: ECS, and EKS by both protocols; beside those of this machine.
constexpr std::string_view k_hosts[] = {"169.254.170.2", "169.254.170.23", "[fd00:ec2::23]",
                                        "localhost", "[::1]"};

bool may_be_asked(const Url& url)
{
  const bool loopback = url.host.starts_with("127.") && aws::is_address_or_loopback(url.host);
  return url.scheme == "https"
         || (url.scheme == "http"
             && (loopback || std::ranges::find(k_hosts, url.host) != std::end(k_hosts)));
}

Result<std::string> url_of(const Sources& sources)
{
  if (const std::string path = variable(sources, k_relative); !path.empty()) {
    return path.starts_with('/')
             ? Result<std::string>("http://169.254.170.2" + path)
             : fail(ErrorKind::credentials, fmt::format("{} does not begin with /", k_relative));
  }
  const std::string full = variable(sources, k_full);
  const auto parts = split_url(full);
  if (!parts || parts->has_user_info || !may_be_asked(*parts)) {
    return fail(ErrorKind::credentials,
                fmt::format("{} is no URL that may be asked for credentials", k_full),
                fmt::format("it begins with https://, or leads to this machine, {} or {}",
                            k_hosts[0], k_hosts[1]));
  }
  return full;
}

// "" when there is none. The file is read each time, since its token is renewed.
Result<std::string> authorization(const Sources& sources)
{
  const std::string path = variable(sources, k_token_file);
  std::string token = variable(sources, k_token);
  if (!path.empty()) {
    const auto text = sources.read_file(path);
    if (!text) {
      return tl::unexpected(text.error());
    }
    if (!*text) {
      return fail(ErrorKind::credentials, fmt::format("the token file \"{}\" is not there", path),
                  fmt::format("{} names it", k_token_file));
    }
    token = **text;
  }
  if (token.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
    return fail(ErrorKind::credentials,
                fmt::format("{} holds a line end", path.empty() ? std::string(k_token) : path));
  }
  return token;
}

Result<io::HttpResponse> fetch(const Sources& sources)
{
  auto url = url_of(sources);
  if (!url) {
    return tl::unexpected(std::move(url.error()));
  }
  auto token = authorization(sources);
  if (!token) {
    return tl::unexpected(std::move(token.error()));
  }
  io::HttpRequest request{
    .url = *std::move(url), .headers = {{"accept", "application/json"}}, .direct = true};
  if (!token->empty()) {
    request.headers.emplace_back("authorization", *std::move(token));
  }
  return ask(sources,
             {.whom = k_whom, .http = std::move(request), .limit = std::chrono::seconds(2)});
}

} // namespace

Found from_container(const Sources& sources)
{
  const bool set_up = !variable(sources, k_relative).empty() || !variable(sources, k_full).empty();
  if (!set_up || sources.http == nullptr) {
    return std::nullopt;
  }
  auto answer = fetch(sources);
  if (!answer) {
    if (answer.error().kind == ErrorKind::network) { // it is here or nowhere
      answer.error().kind = ErrorKind::credentials;
    }
    return tl::unexpected(std::move(answer.error()));
  }
  if (answer->status != 200) {
    return tl::unexpected(unexpected_answer(k_whom, *answer));
  }
  const auto fields = json_fields(answer->body);
  if (!fields) {
    return fail(ErrorKind::credentials, fmt::format("{} answers with no JSON object", k_whom));
  }
  return keys_of(*fields, {}, k_whom).map([](aws::Credentials keys) {
    keys.provider = "container";
    return std::optional(std::move(keys));
  });
}

} // namespace flame::client
