#include "fleet/masking.hpp"

#include "base/encoding.hpp"

#include <algorithm>

namespace flame::fleet {
namespace {

constexpr std::size_t k_shortest = 4;
// Fewer letters of base64 stand for anything.
constexpr std::size_t k_shortest_base64 = 6;

// The letters of base64 that `secret` alone decides when it stands `shift` bytes behind a group's
// start: those that it shares with its neighbours are left out.
std::string base64_core(std::string_view secret, std::size_t shift)
{
  const std::string encoded = to_base64(std::string(shift, '\0').append(secret));
  const std::size_t first = (shift * 8 + 5) / 6;
  const std::size_t last = (shift + secret.size()) * 8 / 6;
  return encoded.substr(first, last - first);
}

// Longest first, so that a secret within another does not leave the rest of it.
std::vector<std::string> forms(const std::vector<std::string>& secrets)
{
  std::vector<std::string> all;
  for (const std::string& secret : secrets) {
    if (secret.size() < k_shortest) {
      continue;
    }
    all.push_back(secret);
    for (std::size_t shift = 0; shift < 3; ++shift) {
      std::string core = base64_core(secret, shift);
      if (core.size() >= k_shortest_base64) {
        all.push_back(std::move(core));
      }
    }
  }
  std::ranges::sort(all, std::ranges::greater(), &std::string::size);
  return all;
}

// The parts of presigned URLs that give access or name who gave it, each with its value.
void mask_presigned(std::string& text)
{
  for (const std::string_view name :
       {"X-Amz-Signature=", "X-Amz-Security-Token=", "X-Amz-Credential="}) {
    for (std::size_t at = 0; (at = text.find(name, at)) != std::string::npos; at += 3) {
      const std::size_t end = text.find_first_of("& \t\r\n\"'<>", at);
      text.replace(at, std::min(end, text.size()) - at, "***");
    }
  }
}

} // namespace

std::string masked(std::string_view text, const std::vector<std::string>& secrets)
{
  std::string result(text);
  for (const std::string& form : forms(secrets)) {
    for (std::size_t at = 0; (at = result.find(form, at)) != std::string::npos; at += 3) {
      result.replace(at, form.size(), "***");
    }
  }
  mask_presigned(result);
  return result;
}

} // namespace flame::fleet
