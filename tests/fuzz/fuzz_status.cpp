// Any bytes as a machine's status object or console: whoever does not know the nonce finds one only
// with lines of it, and what they tell can be shown and counted with.

#include "fleet/stages.hpp"
#include "fuzz_check.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>

using namespace flame::fleet;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string nonce = nonce_in(text);
  const auto lines = parse_stages(text, nonce);
  FUZZ_CHECK(nonce.empty() == lines.empty());
  const StageLine* telling = most_telling(lines);
  FUZZ_CHECK((telling == nullptr) == lines.empty());
  FUZZ_CHECK(telling == nullptr || !story_of(*telling).empty());
  const bool failed = std::ranges::find(lines, "failed", &StageLine::stage) != lines.end();
  FUZZ_CHECK(!failed || telling->stage == "failed");
  for (const StageLine& line : lines) {
    FUZZ_CHECK(!line.stage.empty());
    FUZZ_CHECK(std::ranges::all_of(line.stage, [](char c) { return c >= 'a' && c <= 'z'; }));
    FUZZ_CHECK(line.seconds && std::isfinite(*line.seconds));
    FUZZ_CHECK(line.detail.find('\n') == std::string::npos);
  }
  return 0;
}
