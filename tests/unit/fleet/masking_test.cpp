#include "base/encoding.hpp"
#include "fleet/masking.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace flame;
using namespace flame::fleet;

TEST_CASE("fleet::masked takes secrets out, the longest first")
{
  CHECK(masked("a hunter22 b", {"hunter22"}) == "a *** b");
  CHECK(masked("hunter22hunter22", {"hunter22"}) == "******");
  CHECK(masked("x-hunter22-y hunter22", {"hunter22", "hunter22-y"}) == "x-*** ***");
  CHECK(masked("the cat", {"cat", ""}) == "the cat"); // too short to be one
  CHECK(masked("", {"hunter22"}).empty());
}

TEST_CASE("fleet::masked finds a secret inside base64 of anything")
{
  std::mt19937 dice(1);
  for (int i = 0; i < 2000; ++i) {
    const auto random_text = [&](std::size_t size) {
      std::string text;
      for (std::size_t at = 0; at < size; ++at) {
        text += static_cast<char>(dice() & 0xFFU);
      }
      return text;
    };
    const std::string secret = random_text(8 + dice() % 40);
    const std::string around = random_text(dice() % 9);
    const std::string encoded = to_base64(around + secret + random_text(dice() % 9));
    const std::string shown = masked(encoded, {secret});
    // What is left is the neighbours and a letter or two that they share with it.
    const std::size_t neighbours = encoded.size() - secret.size() * 4 / 3;
    CHECK(shown.find("***") != std::string::npos);
    CHECK(shown.size() <= neighbours + 8);
  }
}

TEST_CASE("fleet::masked takes the keys out of every presigned URL")
{
  CHECK(
    masked("curl 'https://b.s3/k?X-Amz-Credential=AKIA%2F1&X-Amz-Date=1&X-Amz-Signature=abc'\n", {})
    == "curl 'https://b.s3/k?***&X-Amz-Date=1&***'\n");
  CHECK(masked("X-Amz-Security-Token=t/1+2=", {}) == "***");
}
