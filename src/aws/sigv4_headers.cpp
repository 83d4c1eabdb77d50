#include "aws/sigv4_headers.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace flame::aws {
namespace {

struct Header {
  std::string name = {}; // lower case
  std::string_view value = {};
};

constexpr std::array<std::string_view, 4> k_stable = {"host", "content-type", "range", "if-match"};

// Between two hops: whoever forwards the request may change them.
constexpr std::array<std::string_view, 12> k_never = {"authorization",
                                                      "connection",
                                                      "expect",
                                                      "keep-alive",
                                                      "proxy-authenticate",
                                                      "proxy-authorization",
                                                      "te",
                                                      "trailer",
                                                      "transfer-encoding",
                                                      "upgrade",
                                                      "user-agent",
                                                      "x-amzn-trace-id"};

bool is_signed(std::string_view name, SignedHeaders which)
{
  if (which == SignedHeaders::all) {
    return std::ranges::find(k_never, name) == k_never.end();
  }
  return name.starts_with("x-amz-") || std::ranges::find(k_stable, name) != k_stable.end();
}

// By name; headers of one name stay in the order sent.
std::vector<Header> signed_headers(const Headers& headers, SignedHeaders which)
{
  std::vector<Header> chosen;
  chosen.reserve(headers.size());
  for (const auto& [name, value] : headers) {
    std::string lower = to_lower(trim(name));
    if (is_signed(lower, which)) {
      chosen.push_back({std::move(lower), value});
    }
  }
  std::ranges::stable_sort(chosen, {}, &Header::name);
  return chosen;
}

void append_names(std::string& text, const std::vector<Header>& headers)
{
  const std::string* last = nullptr;
  for (const Header& header : headers) {
    if (last == nullptr || *last != header.name) {
      text.append(last == nullptr ? "" : ";").append(header.name);
    }
    last = &header.name;
  }
}

bool is_blank(char c)
{
  return c == ' ' || (c >= '\t' && c <= '\r');
}

// Without blanks at its ends, each other run of blanks as one space.
void append_value(std::string& text, std::string_view value)
{
  const auto* const end = value.end();
  const auto* word = std::find_if_not(value.begin(), end, is_blank);
  while (word != end) {
    const auto* const word_end = std::find_if(word, end, is_blank);
    text.append(word, word_end);
    word = std::find_if_not(word_end, end, is_blank);
    text.append(word == end ? "" : " ");
  }
}

bool same_name(std::string_view name, std::string_view lower)
{
  return std::ranges::equal(
    name, lower, {}, [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
}

} // namespace

const std::string* find_header(const Headers& headers, std::string_view name)
{
  const auto found = std::ranges::find_if(
    headers, [&](const auto& header) { return same_name(header.first, name); });
  return found == headers.end() ? nullptr : &found->second;
}

void remove_header(Headers& headers, std::string_view name)
{
  std::erase_if(headers, [&](const auto& header) { return same_name(header.first, name); });
}

std::string signed_header_names(const Headers& headers, SignedHeaders which)
{
  std::string names;
  append_names(names, signed_headers(headers, which));
  return names;
}

void append_canonical_headers(std::string& canonical, const Headers& headers, SignedHeaders which)
{
  const std::vector<Header> chosen = signed_headers(headers, which);
  const std::string* last = nullptr;
  for (const Header& header : chosen) {
    if (last != nullptr && *last == header.name) {
      canonical.back() = ','; // the next value of the same header, in place of the line's end
    } else {
      canonical.append(header.name).append(":");
    }
    append_value(canonical, header.value);
    canonical += '\n';
    last = &header.name;
  }
  canonical += '\n';
  append_names(canonical, chosen);
}

} // namespace flame::aws
