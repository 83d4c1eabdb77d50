#include "base/digest.hpp"
#include "base/encoding.hpp"

#include <doctest/doctest.h>

#include <string>
#include <thread>

using namespace flame;

// FIPS 180-2, appendix B, and the empty message.
TEST_CASE("base: the published values of SHA-256")
{
  CHECK(to_hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(to_hex(sha256("abc"))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(to_hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))
        == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(to_hex(sha256(std::string(1'000'000, 'a')))
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

// RFC 4231, test cases 1, 2, 3, 6 and 7.
TEST_CASE("base: the published values of HMAC-SHA-256")
{
  struct Row {
    std::string key;
    std::string bytes;
    std::string_view mac;
  };
  const Row rows[] = {
    {std::string(20, '\x0b'), "Hi There",
     "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
    {"Jefe", "what do ya want for nothing?",
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {std::string(20, '\xaa'), std::string(50, '\xdd'),
     "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
    {std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    {std::string(131, '\xaa'),
     "This is a test using a larger than block-size key and a larger than block-size data. The key "
     "needs to be hashed before being used by the HMAC algorithm.",
     "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
  };
  for (const Row& row : rows) {
    CHECK(to_hex(hmac_sha256(row.key, row.bytes)) == row.mac);
  }
}

TEST_CASE("base::hmac_sha256 takes keys of a block's size and one more, and none")
{
  // Longer keys stand for their digest, so these two are the same key.
  const std::string long_key(65, 'k');
  CHECK(hmac_sha256(long_key, "m") == hmac_sha256(sha256(long_key), "m"));
  CHECK(hmac_sha256(std::string(64, 'k'), "m") != hmac_sha256(sha256(std::string(64, 'k')), "m"));
  CHECK(to_hex(hmac_sha256("", ""))
        == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST_CASE("base::sha256 may be used by several threads")
{
  std::string other;
  std::thread([&] { other = sha256("abc"); }).join();
  CHECK(other == sha256("abc"));
}
