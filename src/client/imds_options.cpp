#include "aws/endpoints.hpp"
#include "base/text.hpp"
#include "client/imds.hpp"

#include <fmt/format.h>

#include <algorithm>

// Where instance metadata is.
namespace flame::client {
namespace {

std::string value_of(const std::map<std::string, std::string>& env, const char* name)
{
  const auto found = env.find(name);
  return found == env.end() ? std::string() : found->second;
}

std::string without_end(std::string text, std::string_view end)
{
  if (text.ends_with(end)) {
    text.resize(text.size() - end.size());
  }
  return text;
}

// A URL of our own settings.
Result<std::string> own_url(std::string_view key, const std::string& url, bool allow_http)
{
  const auto endpoint = aws::parse_endpoint(url, allow_http);
  if (!endpoint) {
    return fail(ErrorKind::config, fmt::format("{}: {}", key, endpoint.error().message),
                endpoint.error().hint);
  }
  return aws::url_of(*endpoint);
}

// As AWS writes it, as the reference does (".../latest/meta-data/"), or the host alone.
Result<std::string> own_latest_url(const ImdsPlace& place)
{
  return own_url("instance_metadata_url", place.url, place.allow_http)
    .and_then([](std::string url) -> Result<std::string> {
      const std::string latest = without_end(url, "/meta-data");
      const bool host_alone = std::ranges::count(url, '/') == 2;
      if (latest == url && !host_alone && !url.ends_with("/latest")) {
        return fail(ErrorKind::config,
                    fmt::format("instance_metadata_url \"{}\" is not where metadata is", url),
                    "it ends in /latest/meta-data/");
      }
      return latest + (host_alone ? "/latest/" : "/");
    });
}

} // namespace

Result<ImdsOptions> imds_options(const std::map<std::string, std::string>& env)
{
  const std::string mode = to_lower(value_of(env, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"));
  if (!mode.empty() && mode != "ipv4" && mode != "ipv6") {
    return fail(ErrorKind::config,
                fmt::format("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE is \"{}\"", mode),
                "it may be IPv4 or IPv6");
  }
  std::string base = mode == "ipv6" ? "http://[fd00:ec2::254]" : "http://169.254.169.254";
  const std::string given = value_of(env, "AWS_EC2_METADATA_SERVICE_ENDPOINT");
  if (!given.empty()) {
    if (!given.starts_with("http://") && !given.starts_with("https://")) {
      return fail(ErrorKind::config,
                  fmt::format("AWS_EC2_METADATA_SERVICE_ENDPOINT is \"{}\"", given),
                  "it must be a URL like http://169.254.169.254");
    }
    base = given;
  }
  while (base.ends_with('/')) {
    base.pop_back();
  }
  return ImdsOptions{.latest_url = base + "/latest/",
                     .token_url = base + "/latest/api/token",
                     .disabled = to_lower(value_of(env, "AWS_EC2_METADATA_DISABLED")) == "true"};
}

Result<ImdsOptions> imds_options(const std::map<std::string, std::string>& env,
                                 const ImdsPlace& place)
{
  auto options = imds_options(env);
  if (!options) {
    return options;
  }
  options->v1 = place.v1;
  Mistakes mistakes(ErrorKind::config);
  if (!place.url.empty()) {
    const auto latest = own_latest_url(place);
    options->latest_url = latest.value_or("");
    options->token_url = options->latest_url + "api/token";
    if (!latest) {
      mistakes.add(latest.error());
    }
  }
  if (!place.token_url.empty()) {
    const auto token = own_url("instance_metadata_token_url", place.token_url, place.allow_http);
    options->token_url = token.value_or("");
    if (!token) {
      mistakes.add(token.error());
    }
  }
  return mistakes.empty() ? options : tl::unexpected(mistakes.error());
}

} // namespace flame::client
