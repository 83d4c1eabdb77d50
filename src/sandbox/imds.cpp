#include "sandbox/imds.hpp"

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "sandbox/gate.hpp"
#include "sandbox/random.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace flame::sandbox {
namespace {

constexpr int k_longest_token = 21'600; // seconds

// That cloud-init asks for, new and old. What is here was there in all of them.
constexpr std::string_view k_versions[] = {"/2009-04-04/", "/2016-09-02/", "/2018-09-24/",
                                           "/2021-03-23/"};

Reply page(int status, std::string_view title)
{
  return {.status = status,
          .content_type = "text/html",
          .body = fmt::format(
            "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\n"
            "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\"\n"
            "\t\"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n"
            "<html xmlns=\"http://www.w3.org/1999/xhtml\" xml:lang=\"en\" lang=\"en\">\n"
            " <head>\n  <title>{0} - {1}</title>\n </head>\n <body>\n  <h1>{0} - {1}</h1>\n"
            " </body>\n</html>\n",
            status, title)};
}

// What stands in `folder` ("" or "placement/"), one name a line, folders with "/".
std::optional<std::string> listing(const Params& leaves, const std::string& folder)
{
  std::vector<std::string> names;
  for (auto at = leaves.lower_bound(folder); at != leaves.end(); ++at) {
    if (!at->first.starts_with(folder)) {
      break;
    }
    const std::string rest = at->first.substr(folder.size());
    const std::size_t slash = rest.find('/');
    const std::string name = rest.substr(0, slash == std::string::npos ? slash : slash + 1);
    if (names.empty() || names.back() != name) {
      names.push_back(name);
    }
  }
  return names.empty() ? std::nullopt : std::optional(join(names, "\n"));
}

} // namespace

Imds::Imds(Metadata metadata, const Clock& clock, Keyring& keys, std::function<Params()> news)
  : metadata_(std::move(metadata)), news_(std::move(news)), clock_(clock), keys_(keys)
{
}

Reply Imds::put_token(const Request& request)
{
  if (request.has_header("x-forwarded-for")) {
    return page(403, "Forbidden");
  }
  const std::string_view text = request.header("x-aws-ec2-metadata-token-ttl-seconds");
  int seconds = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (failed != std::errc() || end != text.data() + text.size() || seconds < 1
      || seconds > k_longest_token) {
    return page(400, "Bad Request");
  }
  const std::string token = "AQAEA" + random_upper(51);
  const std::lock_guard lock(mutex_);
  std::erase_if(tokens_, [&](const auto& known) { return known.second <= clock_.now(); });
  tokens_[token] = clock_.now() + std::chrono::seconds(seconds);
  Reply reply = text_reply(200, token);
  reply.headers.emplace_back("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", fmt::format("{}", seconds));
  return reply;
}

bool Imds::has_token(const Request& request)
{
  const std::lock_guard lock(mutex_);
  const auto found = tokens_.find(std::string(request.header("x-aws-ec2-metadata-token")));
  return found != tokens_.end() && clock_.now() < found->second;
}

// "iam/info", "iam/security-credentials/", "iam/security-credentials/ROLE"
std::optional<std::string> Imds::credentials(const std::string& path)
{
  const std::string folder = "iam/security-credentials/";
  if (metadata_.role.empty()) {
    return std::nullopt;
  }
  if (path == folder || path + "/" == folder) {
    return metadata_.role;
  }
  if (path == "iam/info") {
    return fmt::format("{{\n  \"Code\" : \"Success\",\n  \"LastUpdated\" : \"{}\",\n"
                       "  \"InstanceProfileArn\" : \"{}\",\n"
                       "  \"InstanceProfileId\" : \"AIPASANDBOXRUNNER0001\"\n}}",
                       iso8601(clock_.wall()), metadata_.leaves["iam/info"]);
  }
  if (path != folder + metadata_.role) {
    return std::nullopt;
  }
  const Key key = keys_.role(metadata_.role, metadata_.session, clock_.wall());
  return fmt::format("{{\n  \"Code\" : \"Success\",\n  \"LastUpdated\" : \"{}\",\n"
                     "  \"Type\" : \"AWS-HMAC\",\n  \"AccessKeyId\" : \"{}\",\n"
                     "  \"SecretAccessKey\" : \"{}\",\n  \"Token\" : \"{}\",\n"
                     "  \"Expiration\" : \"{}\"\n}}",
                     iso8601(clock_.wall()), key.id, key.secret, key.token, iso8601(*key.expires));
}

std::optional<std::string> Imds::item(const std::string& path)
{
  constexpr std::string_view data = "/latest/meta-data";
  if (path == "/latest/user-data") {
    return metadata_.user_data.empty() ? std::nullopt : std::optional(metadata_.user_data);
  }
  constexpr std::string_view identity = "/latest/dynamic/instance-identity";
  if (path == std::string(identity) + "/document") {
    return metadata_.document;
  }
  if (path == identity || path == std::string(identity) + "/") {
    return "document";
  }
  if (path != data && !path.starts_with(std::string(data) + "/")) {
    return std::nullopt;
  }
  const std::string name = path.substr(std::min(path.size(), data.size() + 1));
  if (name.starts_with("iam/") && name.size() > 4) {
    return credentials(name);
  }
  if (name == "public-keys" || name == "public-keys/") { // an index, no folder
    return metadata_.leaves.contains("public-keys/0/openssh-key")
             ? std::optional("0=" + metadata_.leaves["public-keys/0/name"])
             : std::nullopt;
  }
  if (name == "public-keys/0" || name == "public-keys/0/") {
    return metadata_.leaves.contains("public-keys/0/openssh-key") ? std::optional("openssh-key")
                                                                  : std::nullopt;
  }
  Params leaves = news_ ? news_() : Params();
  leaves.insert(metadata_.leaves.begin(), metadata_.leaves.end());
  if (const auto leaf = leaves.find(name); leaf != leaves.end()) {
    return leaf->second;
  }
  return listing(leaves, name.empty() || name.ends_with('/') ? name : name + "/");
}

Reply Imds::handle(const Request& request)
{
  if (auto refused = refuse_stranger(request, "169.254.169.254")) {
    return *refused;
  }
  std::string path = uri_decode(request.path());
  path.erase(0, std::min(path.find_first_not_of('/'), path.size()));
  path.insert(0, "/"); // of clients that join "http://…/" and "/latest"
  for (const std::string_view version : k_versions) {
    if (path.starts_with(version)) {
      path.replace(0, version.size(), "/latest/");
    }
  }
  if (request.method == "PUT") {
    return path == "/latest/api/token" ? put_token(request) : page(403, "Forbidden");
  }
  if (request.method != "GET" && request.method != "HEAD") {
    return page(405, "Method Not Allowed");
  }
  if (!has_token(request)) {
    return page(401, "Unauthorized");
  }
  const std::optional<std::string> found = item(path);
  if (!found) {
    return page(404, "Not Found");
  }
  Reply reply = text_reply(200, *found);
  if (path == "/latest/user-data") {
    reply.content_type = "application/octet-stream";
  }
  return reply;
}

} // namespace flame::sandbox
