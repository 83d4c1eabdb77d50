// Any bytes as a bundle: a verdict, and no archive whose entries lead out of its folder is let
// through.

#include "boot/inspect.hpp"
#include "boot/reach.hpp"
#include "fuzz_check.hpp"
#include "io/archive.hpp"

#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  flame::boot::Inspection inspection(
    {.app = "hello", .backend = "Elixir.FlameEC2", .architecture = "arm64", .packed_size = size});
  bool leads_out = false;
  const auto read = flame::io::ArchiveReader::read_bytes(
    bytes, "fuzz", [&](const flame::ArchiveEntry& entry, const auto& content) {
      leads_out = leads_out || entry.path.starts_with("/") || entry.path.starts_with("../");
      return inspection.add(entry, content);
    });
  const auto result = inspection.result();
  FUZZ_CHECK(!leads_out || !result);
  FUZZ_CHECK(read || !read.error().message.empty());
  return 0;
}
