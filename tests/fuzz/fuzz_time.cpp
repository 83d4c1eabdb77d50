#include "base/time.hpp"
#include "fuzz_check.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

using namespace flame;

// Dates of credentials, of SSO tokens and of AWS's answers: what is read is written, and read to
// the same again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto time = parse_iso8601(text)) {
    const std::string written = iso8601(*time);
    FUZZ_CHECK(written.size() == 20 && written.ends_with('Z'));
    FUZZ_CHECK(parse_iso8601(written) == time);
    FUZZ_CHECK(iso8601_basic(*time).starts_with(iso_date_basic(*time)));
  }
  if (const auto time = parse_http_date(text)) {
    FUZZ_CHECK(parse_iso8601(iso8601(*time)) == time);
  }
  return 0;
}
