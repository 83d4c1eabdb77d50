#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "io/files.hpp"
#include "sandbox/signature.hpp"

#include <doctest/doctest.h>
#include <rapidjson/document.h>

#include <algorithm>

using namespace flame;
using namespace flame::sandbox;

namespace {

const std::string k_region = "us-east-1";
const Seconds k_now = Seconds(std::chrono::seconds(1'768'464'930)); // 2026-01-15T08:15:30Z

std::string without_origin(const std::string& url, std::string* host = nullptr)
{
  const std::size_t from = url.find("://") + 3;
  const std::size_t to = std::min(url.find_first_of("/?", from), url.size());
  if (host != nullptr) {
    *host = url.substr(from, to - from);
  }
  const std::string target = url.substr(to, url.find('#', to) - to); // a fragment is never sent
  return target.starts_with('/') ? target : "/" + target;
}

// The request of a vector as it comes over the wire.
Request request_of(const rapidjson::Value& vector)
{
  const auto& input = vector["input"];
  const auto& output = vector["output"];
  const bool presigned = std::string(vector["kind"].GetString()) == "query";
  const std::string url = presigned ? output["url"].GetString() : input["url"].GetString();
  std::string host;
  Request request{.method = input["method"].GetString(), .target = without_origin(url, &host)};
  const std::string default_port = url.starts_with("https") ? ":443" : ":80";
  if (host.ends_with(default_port)) {
    host.resize(host.size() - default_port.size()); // clients leave it out
  }
  request.body = input.HasMember("body") ? input["body"].GetString() : "";
  request.headers.emplace_back("host", host);
  for (const auto& header : input["headers"].GetArray()) {
    request.headers.emplace_back(to_lower(header[0].GetString()), header[1].GetString());
  }
  if (!presigned) {
    for (const auto& header : output["added_headers"].GetObject()) {
      request.headers.emplace_back(to_lower(header.name.GetString()), header.value.GetString());
    }
    request.headers.emplace_back("authorization", output["authorization"].GetString());
  }
  return request;
}

Request ec2_request(std::string body = "Action=DescribeInstances")
{
  return {.method = "POST",
          .headers = {{"host", "127.0.0.1:4566"}, {"x-amz-date", "20260115T081530Z"}},
          .body = std::move(body)};
}

// Signs as a client does, with the stages that the vectors have proved.
Request signed_with(Request request, const Key& key, const std::string& service = "ec2",
                    const std::string& region = k_region)
{
  Claim claim{.key_id = key.id, .date = "20260115", .region = region, .service = service};
  claim.timestamp = request.header("x-amz-date");
  claim.date = claim.timestamp.substr(0, 8);
  for (const auto& [name, value] : request.headers) {
    claim.signed_headers.push_back(name);
  }
  std::ranges::sort(claim.signed_headers);
  const std::string value =
    signature(string_to_sign(canonical_request(request, claim), claim), claim, key.secret);
  request.headers.emplace_back("authorization",
                               "AWS4-HMAC-SHA256 Credential=" + key.id + "/" + claim.date + "/"
                                 + region + "/" + service + "/aws4_request, SignedHeaders="
                                 + join(claim.signed_headers, ";") + ", Signature=" + value);
  return request;
}

Flaw flaw_of(const Request& request, const Keyring& keys, Seconds now = k_now)
{
  const std::string regions[] = {k_region, "eu-west-1"};
  return verify(request, keys, regions, now).flaw;
}

void drop_header(Request& request, std::string_view name)
{
  std::erase_if(request.headers, [&](const auto& header) { return header.first == name; });
}

} // namespace

TEST_CASE("sandbox: published signatures are computed alike, stage by stage")
{
  const auto text = io::read_named_file(std::string(FLAME_FIXTURES) + "/sigv4/published.json");
  REQUIRE(text);
  rapidjson::Document document;
  REQUIRE(!document.Parse(text->c_str()).HasParseError());
  REQUIRE(document["vectors"].Size() > 5);
  for (const auto& vector : document["vectors"].GetArray()) {
    CAPTURE(std::string(vector["name"].GetString()));
    const auto& output = vector["output"];
    const Request request = request_of(vector);
    const Verdict read = read_claim(request);
    REQUIRE(read.flaw == Flaw::none);
    const std::string canonical = canonical_request(request, read.claim);
    CHECK(canonical == std::string(output["canonical_request"].GetString()));
    const std::string to_sign = string_to_sign(canonical, read.claim);
    CHECK(to_sign == std::string(output["string_to_sign"].GetString()));
    const std::string secret = vector["input"]["credentials"]["secret_key"].GetString();
    CHECK(signature(to_sign, read.claim, secret) == std::string(output["signature"].GetString()));
    CHECK(read.claim.signature == std::string(output["signature"].GetString()));
  }
}

TEST_CASE("sandbox: a request signed with a key of ours is believed")
{
  Keyring keys;
  const Key key = keys.add_user("somebody");
  const Request request = signed_with(ec2_request(), key);
  const std::string regions[] = {k_region};
  const Verdict verdict = verify(request, keys, regions, k_now);
  CHECK(verdict.flaw == Flaw::none);
  CHECK(verdict.key.arn == "arn:aws:iam::123456789012:user/somebody");
  CHECK(verdict.claim.region == k_region);
}

TEST_CASE("sandbox: whatever is changed after signing is a mismatch")
{
  Keyring keys;
  const Key key = keys.add_user("somebody");
  Request request = signed_with(ec2_request(), key);
  SUBCASE("the body")
  {
    request.body += "&DryRun=true";
  }
  SUBCASE("the query")
  {
    request.target = "/?a=b";
  }
  SUBCASE("the path")
  {
    request.target = "/x";
  }
  SUBCASE("the method")
  {
    request.method = "GET";
  }
  SUBCASE("the host")
  {
    request.headers[0].second = "127.0.0.1:4567";
  }
  SUBCASE("the secret")
  {
    Key wrong = key;
    wrong.secret[3] = wrong.secret[3] == 'x' ? 'y' : 'x';
    request = signed_with(ec2_request(), wrong);
  }
  CHECK(flaw_of(request, keys) == Flaw::mismatch);
}

TEST_CASE("sandbox: each other flaw has its own name")
{
  Keyring keys;
  const Key key = keys.add_user("somebody");
  SUBCASE("no signature")
  {
    CHECK(flaw_of(ec2_request(), keys) == Flaw::missing);
  }
  SUBCASE("an Authorization of another kind")
  {
    Request request = ec2_request();
    request.headers.emplace_back("authorization", "Bearer x");
    CHECK(flaw_of(request, keys) == Flaw::incomplete);
  }
  SUBCASE("a region that is not ours")
  {
    CHECK(flaw_of(signed_with(ec2_request(), key, "ec2", "eu-west-1"), keys) == Flaw::none);
    CHECK(flaw_of(signed_with(ec2_request(), key, "ec2", "us-west-2"), keys) == Flaw::wrong_region);
  }
  SUBCASE("a key that is not ours")
  {
    CHECK(flaw_of(signed_with(ec2_request(), {.id = "AKIAOTHER", .secret = "x"}), keys)
          == Flaw::unknown_key);
  }
  SUBCASE("a clock that is more than 15 minutes off")
  {
    const Request request = signed_with(ec2_request(), key);
    CHECK(flaw_of(request, keys, k_now + std::chrono::minutes(15)) == Flaw::none);
    CHECK(flaw_of(request, keys, k_now + std::chrono::seconds(901)) == Flaw::skewed);
    CHECK(flaw_of(request, keys, k_now - std::chrono::seconds(901)) == Flaw::skewed);
  }
  SUBCASE("an x-amz header that is not signed")
  {
    Request request = signed_with(ec2_request(), key);
    request.headers.emplace_back("x-amz-other", "1");
    CHECK(flaw_of(request, keys) == Flaw::header_left_out);
  }
  SUBCASE("a host that is not signed")
  {
    Request request = ec2_request();
    drop_header(request, "host");
    request = signed_with(request, key);
    request.headers.emplace_back("host", "127.0.0.1");
    CHECK(flaw_of(request, keys) == Flaw::header_left_out);
  }
}

TEST_CASE("sandbox: a role's credentials need their token and have an end")
{
  Keyring keys;
  const Key key = keys.role("some-role", "i-1", k_now);
  Request request = ec2_request();
  CHECK(flaw_of(signed_with(request, key), keys) == Flaw::bad_token);
  request.headers.emplace_back("x-amz-security-token", key.token);
  CHECK(flaw_of(signed_with(request, key), keys) == Flaw::none);

  drop_header(request, "x-amz-date");
  request.headers.emplace_back("x-amz-date", "20260115T141531Z"); // six hours and a second later
  CHECK(flaw_of(signed_with(request, key), keys, k_now + std::chrono::seconds(21'601))
        == Flaw::key_expired);
  CHECK(keys.role("some-role", "i-1", k_now + std::chrono::hours(4)).id == key.id);
  CHECK(keys.role("some-role", "i-1", k_now + std::chrono::minutes(301)).id != key.id);
  CHECK(keys.role("some-role", "i-2", k_now).id != key.id);
}

TEST_CASE("sandbox: S3 wants the body's hash, and the right one")
{
  Keyring keys;
  const Key key = keys.add_user("somebody");
  Request request = ec2_request("");
  request.target = "/bucket/key";
  CHECK(flaw_of(signed_with(request, key, "s3"), keys) == Flaw::no_body_hash);
  request.headers.emplace_back("x-amz-content-sha256", to_hex(sha256("")));
  CHECK(flaw_of(signed_with(request, key, "s3"), keys) == Flaw::none);
  request.headers.back().second = to_hex(sha256("other"));
  CHECK(flaw_of(signed_with(request, key, "s3"), keys) == Flaw::body_hash);
  request.headers.back().second = "UNSIGNED-PAYLOAD";
  CHECK(flaw_of(signed_with(request, key, "s3"), keys) == Flaw::none);
}

TEST_CASE("sandbox: a presigned URL is good for its time, and for its method")
{
  Keyring keys;
  const Key key = keys.add_user("somebody");
  const auto url = [&](const std::string& expires) {
    Request request{.target =
                      "/bucket/key?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=" + key.id
                      + "%2F20260115%2Fus-east-1%2Fs3%2Faws4_request"
                        "&X-Amz-Date=20260115T081530Z&X-Amz-Expires="
                      + expires + "&X-Amz-SignedHeaders=host",
                    .headers = {{"host", "localhost"}}};
    request.target += "&X-Amz-Signature=";
    const Claim claim = read_claim(request).claim;
    request.target +=
      signature(string_to_sign(canonical_request(request, claim), claim), claim, key.secret);
    return request;
  };
  CHECK(flaw_of(url("60"), keys) == Flaw::none);
  CHECK(flaw_of(url("60"), keys, k_now + std::chrono::seconds(60)) == Flaw::none);
  CHECK(flaw_of(url("60"), keys, k_now + std::chrono::seconds(61)) == Flaw::url_expired);
  CHECK(flaw_of(url("604800"), keys, k_now + std::chrono::hours(24 * 6)) == Flaw::none);
  CHECK(flaw_of(url("604801"), keys) == Flaw::too_long);
  CHECK(flaw_of(url("0"), keys) == Flaw::too_long);
  CHECK(flaw_of(url("soon"), keys) == Flaw::incomplete);
  Request head = url("60");
  head.method = "HEAD";
  CHECK(flaw_of(head, keys) == Flaw::mismatch);
  Request longer = url("60");
  longer.target.replace(longer.target.find("Expires=60"), 10, "Expires=61");
  CHECK(flaw_of(longer, keys) == Flaw::mismatch);
}
