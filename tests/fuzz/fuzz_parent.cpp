#include "base/encoding.hpp"
#include "base/text.hpp"
#include "flame/node.hpp"
#include "flame/parent.hpp"
#include "fuzz_check.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

using namespace flame;

namespace {

// Whatever the value is, it is refused with our own words, or all that is read is text.
void check(std::string_view base64)
{
  const auto parent = child::decode_parent(base64);
  if (!parent) {
    FUZZ_CHECK(parent.error().kind == ErrorKind::config);
    FUZZ_CHECK(parent.error().message.starts_with("FLAME_PARENT "));
    FUZZ_CHECK(parent.error().message.size() < 100);
    return;
  }
  FUZZ_CHECK(!parent->node_base.empty());
  for (const std::string* text :
       {&parent->node, &parent->node_base, &parent->host_env, &parent->backend,
        &parent->backend_app, &parent->backend_vsn, &parent->flame_vsn}) {
    FUZZ_CHECK(is_valid_utf8(*text));
    FUZZ_CHECK(text->find('\0') == std::string::npos);
  }
  FUZZ_CHECK(child::host_of_node(parent->node).size() < parent->node.size() + 1);
  for (const auto& result : {child::check_reachable(*parent), child::check_backend(*parent)}) {
    FUZZ_CHECK(result || result.error().message.starts_with("FLAME_PARENT "));
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check(bytes);
  check(to_base64(bytes)); // else the fuzzer would have to learn base64 before it meets the terms
  return 0;
}
