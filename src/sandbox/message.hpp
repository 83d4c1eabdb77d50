#pragma once

#include "base/time.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// One HTTP exchange as the services see it. They are functions from Request to Reply, so that
// tests need no socket; server.cpp carries both over cpp-httplib.
namespace flame::sandbox {

using HeaderList = std::vector<std::pair<std::string, std::string>>;
using Params = std::map<std::string, std::string>; // decoded

struct Request {
  std::string method = "GET";
  std::string target = "/"; // path and query exactly as sent
  HeaderList headers = {};  // names in lower case
  std::string body = {};
  HeaderList form = {}; // fields of a multipart/form-data body in order; the body is "" then

  std::string_view path() const;                        // still encoded
  std::string_view query() const;                       // without "?", still encoded
  std::string_view header(std::string_view name) const; // first of that name, "" when absent
  bool has_header(std::string_view name) const;
};

// How a reply goes over the wire. All but `whole` are faults.
enum class Manner {
  whole,
  cut,      // the connection is closed before the first byte
  reset,    // it is reset instead
  cut_half, // and here in the middle of the body
  dribble,  // a byte, a pause, a byte …
  hang,     // nothing comes, the connection stays
  huge      // `huge_size` bytes of padding follow the body
};

struct FileSlice {
  std::string path = {};
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

struct Reply {
  int status = 200;
  std::string content_type = "text/xml;charset=UTF-8";
  HeaderList headers = {};
  std::string body = {};
  std::optional<FileSlice> file = {}; // instead of the body
  Manner manner = Manner::whole;
  std::uint64_t huge_size = 0;
  std::chrono::milliseconds delay = {}; // before the first byte
  // How far its Date is from the true one; nullopt: it has none.
  std::optional<std::chrono::seconds> date_offset = std::chrono::seconds(0);
  std::function<Reply()> later = {}; // after the delay: what is done only then, and its reply
};

using Handler = std::function<Reply(const Request&)>;

// "a=1&b=%20+" to {a: "1", b: "  "}. nullopt when a name comes twice or an escape is broken.
std::optional<Params> parse_form(std::string_view text);

std::string http_date(Seconds time); // "Thu, 15 Jan 2026 08:15:30 GMT"

Reply text_reply(int status, std::string body); // text/plain

} // namespace flame::sandbox
