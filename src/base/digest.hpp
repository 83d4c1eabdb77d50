#pragma once

#include <string>
#include <string_view>

// Digests by OpenSSL, which stays behind this header. The results are raw bytes, not hex.
namespace flame {

std::string sha256(std::string_view bytes); // 32 bytes
// For names of files that AWS's tools have named so, never for what needs to be safe.
std::string sha1(std::string_view bytes);                              // 20 bytes
std::string hmac_sha256(std::string_view key, std::string_view bytes); // 32 bytes, RFC 2104

} // namespace flame
