#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// URLs in pieces, after RFC 3986. Pure; nothing is unescaped.
namespace flame {

struct Url {
  std::string scheme = {};                // lower case
  std::string host = {};                  // lower case; an IPv6 address keeps its brackets
  std::optional<std::uint16_t> port = {}; // nullopt when none is written
  std::string path = {};                  // as written; may be empty
  std::string query = {};                 // as written, without '?'
  std::string fragment = {};              // as written, without '#'
  bool has_user_info = false;             // "user:password@" was there; it is not kept
};

// nullopt when there is no scheme, no host, a port that is none, or a blank in the authority.
std::optional<Url> split_url(std::string_view text);

// "host" or "host:port", as the Host header has it: without the scheme's own port.
std::string authority_of(const Url& url);

} // namespace flame
