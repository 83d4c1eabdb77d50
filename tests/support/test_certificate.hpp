#pragma once

#include <string>

namespace flame::test {

// A self-signed certificate for localhost and 127.0.0.1, made now. PEM.
struct TestCertificate {
  std::string certificate = {};
  std::string key = {};
  std::string hashed_name = {}; // "0123abcd.0": its name in a hashed CA folder
};

TestCertificate make_test_certificate();

} // namespace flame::test
