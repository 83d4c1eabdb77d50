// Any bytes as an answer of S3: objects with names, or an error with a message that a terminal
// would not act upon.

#include "aws/ec2_xml.hpp"
#include "aws/s3_xml.hpp"
#include "base/text.hpp"
#include "boot/reach.hpp"
#include "fuzz_check.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

namespace {

using namespace flame::aws;

template <typename T> void check(const Outcome<T>& outcome)
{
  if (!outcome) {
    const std::string& message = outcome.error().error.message;
    FUZZ_CHECK(!message.empty() && flame::is_valid_utf8(message));
    FUZZ_CHECK(std::ranges::none_of(message, [](char c) { return c >= 0 && c < 0x20; }));
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  const std::string_view xml(reinterpret_cast<const char*>(data), size);
  const auto page = parse_s3_page(xml);
  check(page);
  if (page) {
    for (const S3Entry& entry : page->entries) {
      FUZZ_CHECK(!entry.key.empty());
    }
    const auto files = flame::boot::folder_entries({.bucket = "b", .key = ""}, page->entries);
    for (const flame::boot::FolderEntry& file :
         files.value_or(std::vector<flame::boot::FolderEntry>())) {
      FUZZ_CHECK(flame::boot::wrong_with_path(file.path).empty());
    }
  }
  const auto id = parse_upload_id(xml);
  check(id);
  FUZZ_CHECK(!id || !id->empty());
  check(parse_completed(xml));
  return 0;
}
