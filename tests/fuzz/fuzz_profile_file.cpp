#include "aws/profile_file.hpp"
#include "fuzz_check.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using namespace flame;
using namespace flame::aws;

namespace {

void check(std::string_view text, ProfileFileKind kind)
{
  const auto file = parse_profile_file(text, kind, "FILE");
  if (!file) {
    FUZZ_CHECK(file.error().kind == ErrorKind::config);
    FUZZ_CHECK(file.error().message.starts_with("FILE, line "));
    FUZZ_CHECK(file.error().message.size() < 100); // so that no value is in it
    return;
  }
  for (const auto& [name, properties] : file->profiles) {
    FUZZ_CHECK(!name.empty());
    for (const auto& [key, value] : properties) {
      FUZZ_CHECK(!key.empty());
      FUZZ_CHECK(std::ranges::none_of(key, [](char c) { return c >= 'A' && c <= 'Z'; }));
    }
  }
  FUZZ_CHECK(merge(*file, *file).profiles == file->profiles);
  if (kind == ProfileFileKind::credentials) {
    FUZZ_CHECK(file->sso_sessions.empty() && file->services.empty());
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check(text, ProfileFileKind::config);
  check(text, ProfileFileKind::credentials);
  return 0;
}
