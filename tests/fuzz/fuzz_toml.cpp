#include "base/text.hpp"
#include "base/toml.hpp"
#include "config/file.hpp"
#include "config/file_text.hpp"
#include "fuzz_check.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using namespace flame;
using namespace flame::config;

namespace {

// What is set is written and read back as it was.
void check_round_trip(const FileLayers& layers)
{
  const Caller caller{.env = {},
                      .read_file = [](const std::string&) { return Result<std::string>(""); },
                      .copies = false};
  const ToWrite first = prepare_to_write({layers.file, layers.pool}, all_groups(), caller);
  const auto text = file_text(first, "");
  if (!first.configured.mistakes.empty() || !text) {
    return;
  }
  const FileLayers again = file_layers(*text, {.name = "FILE"}, all_groups());
  FUZZ_CHECK(again.mistakes.empty());
  const ToWrite second = prepare_to_write({again.file}, all_groups(), caller);
  FUZZ_CHECK(second.configured.mistakes.empty());
  FUZZ_CHECK(second.configured.settings == first.configured.settings);
  const auto written = file_text(second, "");
  FUZZ_CHECK(written && *written == *text);
}

void check(std::string_view text, bool named)
{
  const FileSource source{.name = "FILE", .named = named, .pool = "p"};
  const FileLayers layers = file_layers(text, source, all_groups());
  for (const Mistake& mistake : layers.mistakes) {
    FUZZ_CHECK(mistake.message.starts_with("FILE"));
    FUZZ_CHECK(!mistake.hint.empty());
  }
  FUZZ_CHECK(!layers.incomplete || !layers.mistakes.empty());
  for (const Layer& layer : {layers.file, layers.pool}) {
    for (const Row& row : layer.rows) {
      FUZZ_CHECK(row.option != nullptr && row.origin.starts_with("FILE:"));
      FUZZ_CHECK(named || !row.option->rules.guarded);
    }
  }
  if (named) {
    check_round_trip(layers);
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed = parse_toml(text);
  FUZZ_CHECK(parsed || parsed.error().line > 0);
  FUZZ_CHECK(!parsed || is_valid_utf8(text)); // as TOML has it
  check(text, true);
  check(text, false);
  return 0;
}
