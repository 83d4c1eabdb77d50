#include "aws/sigv4.hpp"
#include "base/url.hpp"
#include "fuzz_check.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using namespace flame;
using namespace flame::aws;

namespace {

const Credentials k_keys = {.access_key_id = "AKIDEXAMPLE",
                            .secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                            .session_token = "to/ken+="};

SigningScope scope(std::string_view service)
{
  return {"us-east-1", service, Seconds(std::chrono::seconds(1'768'464'930))};
}

bool is_clean(std::string_view text)
{
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

void check_query(std::string_view query)
{
  const std::string canonical = canonical_query(query);
  FUZZ_CHECK(is_clean(canonical));
  FUZZ_CHECK(canonical_query(canonical) == canonical);
}

void check_path(std::string_view path)
{
  FUZZ_CHECK(is_clean(canonical_path(path, "s3")));
  const std::string canonical = canonical_path(path, "ec2");
  FUZZ_CHECK(is_clean(canonical));
  FUZZ_CHECK(canonical.starts_with('/'));
  FUZZ_CHECK(canonical.find("//") == std::string::npos);
  FUZZ_CHECK((canonical + '/').find("/../") == std::string::npos);
}

// Signing a URL that was signed changes nothing, and its parameters survive.
void check_presigned(std::string_view query)
{
  Request request{
    .method = "GET", .scheme = "https", .host = "h", .path = "/k", .query = std::string(query)};
  const std::string first = presign(request, scope("s3"), k_keys, std::chrono::minutes(1));
  FUZZ_CHECK(is_clean(first));
  request.query = split_url(first)->query;
  FUZZ_CHECK(presign(request, scope("s3"), k_keys, std::chrono::minutes(1)) == first);
}

void check_headers(std::string_view value)
{
  Request request{.method = "GET", .scheme = "https", .host = "h"};
  request.headers = {{"X-Amz-A", std::string(value)}, {"x-amz-a", "b"}};
  const std::string canonical =
    canonical_request(prepare(request, scope("ec2"), k_keys), scope("ec2"));
  // Method, path, query, five header lines less one that is joined, blank, names, hash.
  FUZZ_CHECK(std::ranges::count(canonical, '\n') == 9);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_query(text);
  check_path(text);
  check_presigned(text);
  check_headers(text);
  return 0;
}
