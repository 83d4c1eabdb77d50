#include "base/encoding.hpp"
#include "base/gzip.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>

using namespace flame;

namespace {

std::string by_gzip(const std::string& packed)
{
  const std::string command = "echo " + to_base64(packed) + " | base64 -d | gzip -dc";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  REQUIRE(pipe);
  std::string bytes(100'000, '\0');
  bytes.resize(std::fread(bytes.data(), 1, bytes.size(), pipe.get()));
  return bytes;
}

} // namespace

TEST_CASE("gzip gives what gzip reads, the same bytes each time, and no time nor name")
{
  std::mt19937 random(7);
  std::string noise(50'000, '\0');
  for (char& c : noise) {
    c = static_cast<char>(random());
  }
  for (const std::string& bytes :
       {std::string(), std::string("a"), std::string(40'000, 'x'), noise}) {
    CAPTURE(bytes.size());
    const std::string packed = gzip(bytes);
    CHECK(by_gzip(packed) == bytes);
    CHECK(gunzip(packed, bytes.size()) == bytes);
    CHECK(gunzip(packed + packed, 2 * bytes.size()) == bytes + bytes);
    CHECK(!gunzip(packed.substr(0, packed.size() - 1), bytes.size()));
    CHECK(packed == gzip(bytes));
    CHECK(packed.substr(0, 8) == std::string("\x1F\x8B\x08\0\0\0\0\0", 8));
  }
  CHECK(gzip(std::string(40'000, 'x')).size() < 200);
}

TEST_CASE("gunzip gives nothing of what is too long, or is none")
{
  CHECK(!gunzip(gzip(std::string(40'000, 'x')), 39'999));
  CHECK(!gunzip("", 100));
  CHECK(!gunzip("\x1F\x8B", 100));
  CHECK(!gunzip("plain text", 100));
  CHECK(!gunzip(gzip("x") + "plain text", 100));
}
