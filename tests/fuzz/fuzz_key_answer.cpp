#include "client/credentials/command_line.hpp"
#include "client/credentials/key_answer.hpp"
#include "client/refusal.hpp"
#include "fuzz_check.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using namespace flame;
using namespace flame::client;

// Keys in JSON, from programs and services that may say anything.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto words = split_command(text)) {
    FUZZ_CHECK(std::ranges::none_of(*words, [&](const auto& word) { return word.size() > size; }));
  }
  const std::string hint = hint_of_refusal(text);
  FUZZ_CHECK(std::ranges::none_of(hint, [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }));
  const auto fields = json_fields(text);
  if (!fields) {
    FUZZ_CHECK(hint.empty());
    return 0;
  }
  JsonFields flat = *fields;
  std::erase_if(flat, [](const auto& field) { return field.first.find('.') != std::string::npos; });
  FUZZ_CHECK(json_fields(json_object(flat)) == flat);
  const auto keys = keys_of(*fields, {}, "it");
  if (!keys) {
    FUZZ_CHECK(keys.error().kind == ErrorKind::credentials);
    FUZZ_CHECK(keys.error().message.size() < 80); // so that no value is in it
    return 0;
  }
  FUZZ_CHECK(!keys->access_key_id.empty() && keys->expiration);
  FUZZ_CHECK(keys->session_token.find_first_of("\r\n") == std::string::npos);
  return 0;
}
