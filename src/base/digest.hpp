#pragma once

#include <memory>
#include <string>
#include <string_view>

// Digests by OpenSSL, which stays behind this header. The results are raw bytes, not hex.
namespace flame {

std::string sha256(std::string_view bytes); // 32 bytes
// The same of bytes that come piece by piece.
class Sha256 {
public:
  Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  ~Sha256();
  void add(std::string_view bytes);
  std::string digest(); // of all so far; to be called once, at the end

private:
  struct State;
  std::unique_ptr<State> state_;
};

// For names of files that AWS's tools have named so, never for what needs to be safe.
std::string sha1(std::string_view bytes);                              // 20 bytes
std::string hmac_sha256(std::string_view key, std::string_view bytes); // 32 bytes, RFC 2104

} // namespace flame
