#include "aws/sigv4.hpp"
#include "base/encoding.hpp"
#include "base/time.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace flame;
using namespace flame::aws;
using namespace std::chrono_literals;

namespace {

const Credentials k_keys = {.access_key_id = "AKIDEXAMPLE",
                            .secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"};
const Credentials k_s3_keys = {.access_key_id = "AKIAIOSFODNN7EXAMPLE",
                               .secret_access_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"};

SigningScope scope(std::string_view service, const char* time = "2026-01-15T08:15:30Z")
{
  return {"us-east-1", service, *parse_iso8601(time)};
}

std::string header(const Request& request, std::string_view name)
{
  std::string values;
  for (const auto& [key, value] : request.headers) {
    if (key == name) {
      values += value;
    }
  }
  return values;
}

// "host;x-amz-date" of the authorization header.
std::string signed_names(const Request& request)
{
  const std::string text = header(request, "authorization");
  const std::size_t start = text.find("SignedHeaders=") + 14;
  return text.substr(start, text.find(',', start) - start);
}

std::string signature_of(const Request& request)
{
  const std::string text = header(request, "authorization");
  return text.substr(text.find("Signature=") + 10);
}

Request get(std::string path, std::string query = {})
{
  return {.method = "GET",
          .scheme = "https",
          .host = "example.amazonaws.com",
          .path = std::move(path),
          .query = std::move(query)};
}

std::string canonical_headers(Headers headers)
{
  Request request = get("/");
  request.headers = std::move(headers);
  const std::string canonical =
    canonical_request(request, scope("ec2"), {.headers = SignedHeaders::all});
  const std::size_t start = std::string_view("GET\n/\n\n").size();
  return canonical.substr(start, canonical.find("\n\n", start) - start);
}

} // namespace

TEST_CASE("aws: the published example comes out at every stage")
{
  const SigningScope iam = scope("iam", "2015-08-30T12:36:00Z");
  Request request = get("/", "Action=ListUsers&Version=2010-05-08");
  request.host = "iam.amazonaws.com";
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};

  const std::string canonical = canonical_request(prepare(request, iam, k_keys), iam);
  CHECK(canonical
        == "GET\n/\nAction=ListUsers&Version=2010-05-08\n"
           "content-type:application/x-www-form-urlencoded; charset=utf-8\n"
           "host:iam.amazonaws.com\nx-amz-date:20150830T123600Z\n\n"
           "content-type;host;x-amz-date\n"
           "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  const std::string text = string_to_sign(canonical, iam);
  CHECK(text
        == "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/iam/aws4_request\n"
           "f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59");
  CHECK(to_hex(signing_key(k_keys.secret_access_key, iam))
        == "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
  const std::string published = "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7";
  CHECK(signature(text, iam, k_keys.secret_access_key) == published);
  CHECK(header(sign(request, iam, k_keys), "authorization")
        == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
           "SignedHeaders=content-type;host;x-amz-date, Signature="
             + published);
}

TEST_CASE("aws: the remembered signing key is only used for what it was made for")
{
  const std::string secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
  const SigningScope iam = scope("iam", "2012-02-15T00:00:00Z");
  const std::string published = "f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d";
  const SigningScope others[] = {scope("iam", "2012-02-16T00:00:00Z"),
                                 scope("ec2", "2012-02-15T00:00:00Z"),
                                 {"eu-west-1", "iam", iam.time}};
  for (const SigningScope& other : others) {
    CHECK(to_hex(signing_key(secret, iam)) == published);
    CHECK(signing_key(secret, other) == derive_keys(secret, other).signing);
    CHECK(to_hex(signing_key(secret, other)) != published);
  }
  CHECK(to_hex(signing_key(secret, iam)) == published);
  CHECK(to_hex(signing_key(secret + "x", iam)) != published);
  CHECK(to_hex(signing_key(secret, iam)) == published);
}

TEST_CASE("aws: paths are normalised and escaped once more, but for S3")
{
  CHECK(canonical_path("", "ec2") == "/");
  CHECK(canonical_path("", "s3") == "/");
  CHECK(canonical_path("/a%20b", "ec2") == "/a%2520b");
  CHECK(canonical_path("/a%20b", "s3") == "/a%20b");
  CHECK(canonical_path("//a//b/../c/./d", "ec2") == "/a/c/d");
  CHECK(canonical_path("//a//b/../c/./d", "s3") == "//a//b/../c/./d");
  CHECK(canonical_path("/a/b/", "ec2") == "/a/b/");
  CHECK(canonical_path("/a/..", "ec2") == "/");
  CHECK(canonical_path("/../..", "ec2") == "/");
  CHECK(canonical_path("/a*b~c", "ec2") == "/a%2Ab~c");
  CHECK(canonical_path("/\u00fc x", "s3") == "/%C3%BC%20x");
  CHECK(canonical_path("/\u1234", "ec2") == "/%E1%88%B4");
}

TEST_CASE("aws: queries are sorted as pairs")
{
  CHECK(canonical_query("") == "");
  CHECK(canonical_query("b=2&a=3&a=1&a=10&a=2&B=1&a-b=x&a=&c&A=0&a%2Fb=y&aa=z")
        == "A=0&B=1&a=&a=1&a=10&a=2&a=3&a%2Fb=y&a-b=x&aa=z&b=2&c=");
  CHECK(canonical_query("lifecycle") == "lifecycle=");
  CHECK(canonical_query("a=b=c") == "a=b=c");
  CHECK(canonical_query("\u1234=bar") == "%E1%88%B4=bar");
  CHECK(canonical_query("a=b%2fc+d") == "a=b%2fc+d"); // what is signed is what is sent
}

TEST_CASE("aws: headers are sorted, trimmed, squeezed and joined")
{
  CHECK(canonical_headers({{"B", "  x   y\t z "}, {"a", "\"q   q\""}}) == "a:\"q q\"\nb:x y z");
  CHECK(canonical_headers({{"My", "2"}, {"my", "2"}, {"MY", "1"}}) == "my:2,2,1");
  CHECK(canonical_headers({{"empty", ""}, {"blank", "  "}}) == "blank:\nempty:");
  CHECK(canonical_headers({{"lines", "one\n  two\r\n three"}}) == "lines:one two three");
}

TEST_CASE("aws: only what stays the same on its way is signed")
{
  Request request = get("/");
  request.headers = {{"User-Agent", "flame"}, {"Accept", "*/*"},       {"Content-Length", "0"},
                     {"Range", "bytes=0-9"},  {"If-Match", "\"e\""},   {"X-Amz-Meta-A", "1"},
                     {"Expect", ""},          {"X-Amzn-Trace-Id", "1"}};
  CHECK(signed_names(sign(request, scope("ec2"), k_keys))
        == "host;if-match;range;x-amz-date;x-amz-meta-a");
  CHECK(signed_names(sign(request, scope("ec2"), k_keys, {.headers = SignedHeaders::all}))
        == "accept;content-length;host;if-match;range;x-amz-date;x-amz-meta-a");
}

TEST_CASE("aws: a token is signed, and old signatures are replaced")
{
  Credentials keys = k_keys;
  keys.session_token = "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267";
  const SigningScope suite = scope("service", "2015-08-30T12:36:00Z");
  Request request = get("/");
  const std::string published = "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8";
  CHECK(signature_of(sign(request, suite, keys)) == published);
  // A second time, as for a retry with a new clock.
  const Request again = sign(sign(request, scope("service"), keys), suite, keys);
  CHECK(signature_of(again) == published);
  CHECK(again.headers.size() == 4);
}

TEST_CASE("aws: S3 wants the hash of the payload as a header")
{
  const SigningScope s3 = scope("s3", "2013-05-24T00:00:00Z");
  Request request{.method = "PUT",
                  .scheme = "https",
                  .host = "examplebucket.s3.amazonaws.com",
                  .path = "/test%24file.text",
                  .headers = {{"Date", "Fri, 24 May 2013 00:00:00 GMT"},
                              {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
                  .body = "Welcome to Amazon S3."};
  const Request put = sign(request, s3, k_s3_keys, {.headers = SignedHeaders::all});
  CHECK(header(put, "x-amz-content-sha256")
        == "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072");
  CHECK(signature_of(put) == "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
  CHECK(put.body == request.body);

  const Request get_lifecycle{.method = "GET",
                              .scheme = "https",
                              .host = "examplebucket.s3.amazonaws.com",
                              .query = "lifecycle"};
  CHECK(signature_of(sign(get_lifecycle, s3, k_s3_keys))
        == "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
  CHECK(header(sign(get("/"), scope("ec2"), k_keys), "x-amz-content-sha256").empty());
}

TEST_CASE("aws: a payload is left unsigned over https only")
{
  const SigningOptions options{.payload = Payload::unsigned_payload};
  Request request = get("/x");
  CHECK(header(sign(request, scope("s3"), k_keys, options), "x-amz-content-sha256")
        == "UNSIGNED-PAYLOAD");
  request.scheme = "http";
  CHECK(header(sign(request, scope("s3"), k_keys, options), "x-amz-content-sha256")
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("aws: the published presigned URL comes out")
{
  const SigningScope s3 = scope("s3", "2013-05-24T00:00:00Z");
  Request request = get("/test.txt");
  request.host = "examplebucket.s3.amazonaws.com";
  CHECK(presign(request, s3, k_s3_keys, 86400s)
        == "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
           "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
           "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
           "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

TEST_CASE("aws: presigning escapes the caller's parameters and signs a URL anew")
{
  const std::string first = presign(get("/k", "versionId=a+b/c&x"), scope("s3"), k_keys, 60s);
  CHECK(first.find("/k?versionId=a%20b%2Fc&x=&X-Amz-Algorithm=") != std::string::npos);
  const std::string query = first.substr(first.find('?') + 1);
  CHECK(presign(get("/k", query), scope("s3"), k_keys, 60s) == first);
}

TEST_CASE("aws: a presigned payload is open for S3 and empty for others")
{
  for (const char* scheme : {"https", "http"}) {
    Request request = get("/");
    request.scheme = scheme;
    request.body = "not part of a URL";
    const auto last_line = [&](std::string_view service) {
      const Request prepared = prepare_presigned(request, scope(service), k_keys, 60s);
      const std::string canonical = canonical_request(prepared, scope(service));
      return canonical.substr(canonical.rfind('\n') + 1);
    };
    CHECK(last_line("s3") == "UNSIGNED-PAYLOAD");
    CHECK(last_line("sts") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  }
}

TEST_CASE("aws: a presigned URL lives no longer than its credentials or seven days")
{
  const Seconds now = *parse_iso8601("2026-01-15T08:15:30Z");
  Credentials keys = k_keys;
  CHECK(presign_lifetime(1h, now, keys) == 1h);
  CHECK(presign_lifetime(24h * 30, now, keys) == 24h * 7);
  keys.expiration = now + 15min;
  CHECK(presign_lifetime(1h, now, keys) == 15min);
  keys.expiration = now - 1min;
  CHECK(presign_lifetime(1h, now, keys) == -1min);
}

TEST_CASE("aws: no result holds the secret key")
{
  const Request done = sign(get("/"), scope("s3"), k_keys);
  CHECK(std::ranges::none_of(done.headers, [](const auto& entry) {
    return entry.second.find(k_keys.secret_access_key) != std::string::npos;
  }));
  const std::string url = presign(get("/"), scope("s3"), k_keys, 60s);
  CHECK(url.find("wJalr") == std::string::npos);
}
