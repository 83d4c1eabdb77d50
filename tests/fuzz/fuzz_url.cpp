#include "aws/endpoints.hpp"
#include "aws/s3.hpp"
#include "base/encoding.hpp"
#include "base/url.hpp"
#include "fuzz_check.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using namespace flame;
using namespace flame::aws;

namespace {

// What an endpoint is read from, it is written to.
void check_endpoint(std::string_view text)
{
  const auto endpoint = parse_endpoint(text, true);
  if (!endpoint) {
    FUZZ_CHECK(endpoint.error().kind == ErrorKind::config);
    FUZZ_CHECK(!parse_endpoint(text, false));
    return;
  }
  const std::string written = url_of(*endpoint);
  const auto again = parse_endpoint(written, true);
  FUZZ_CHECK(again);
  FUZZ_CHECK(url_of(*again) == written);
  FUZZ_CHECK(written.find_first_of("?#@\\ ") == std::string::npos
             || written.find_first_of("?#@\\ ") >= written.size() - endpoint->path.size());
}

// The object's address leads back to its bucket and key.
void check_s3(std::string_view text)
{
  const auto object = parse_s3_url(text);
  if (!object) {
    FUZZ_CHECK(object.error().kind == ErrorKind::config);
    return;
  }
  const Request request = s3_request("GET", *object, "us-east-1", std::nullopt);
  const auto url = split_url(url_of(request));
  FUZZ_CHECK(url);
  FUZZ_CHECK(url->host == request.host && url->path == request.path);
  const bool in_path = request.host == "s3.us-east-1.amazonaws.com";
  const std::string bucket = in_path ? '/' + object->bucket : std::string();
  FUZZ_CHECK(uri_decode(url->path) == bucket + '/' + object->key);
  FUZZ_CHECK(in_path || request.host == object->bucket + ".s3.us-east-1.amazonaws.com");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_endpoint(text);
  check_s3(text);
  if (const auto checked = check_region(text); checked) {
    FUZZ_CHECK(split_url(url_of(service_endpoint("ec2", text))));
  }
  return 0;
}
