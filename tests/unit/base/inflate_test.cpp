#include "base/encoding.hpp"
#include "base/inflate.hpp"

#include <doctest/doctest.h>

using namespace flame;

namespace {

// zlib.compress(b"flame" * 20) of Python.
const std::string k_flames = *from_base64("eJxLy0nMTU2jLQEA+JsoZQ==");

} // namespace

TEST_CASE("base: what zlib compressed comes back, whatever follows it")
{
  std::string flames;
  for (int i = 0; i < 20; ++i) {
    flames += "flame";
  }
  CHECK(inflate(k_flames, 100) == flames);
  CHECK(inflate(k_flames + "more", 100) == flames);
}

TEST_CASE("base: a stream that is cut, damaged or of another size is none")
{
  for (std::size_t size = 0; size < k_flames.size(); ++size) {
    CHECK(!inflate(k_flames.substr(0, size), 100));
  }
  CHECK(!inflate(k_flames, 99));
  CHECK(!inflate(k_flames, 101));
  CHECK(!inflate(k_flames, 0));
  std::string damaged = k_flames;
  damaged.back() = static_cast<char>(damaged.back() ^ 1); // of the checksum
  CHECK(!inflate(damaged, 100));
  CHECK(!inflate("no stream", 100));
}
