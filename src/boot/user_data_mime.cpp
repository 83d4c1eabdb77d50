#include "boot/user_data_mime.hpp"

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/gzip.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace flame::boot {
namespace {

constexpr std::size_t k_width = 76; // of a line, by RFC 2045

bool is_ascii(std::string_view text)
{
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string base64_lines(std::string_view bytes)
{
  const std::string text = to_base64(bytes);
  std::string lines;
  for (std::size_t at = 0; at < text.size(); at += k_width) {
    lines += text.substr(at, k_width) + "\n";
  }
  return lines;
}

// As quoted-printable, which gzip makes as short as the text itself; of base64 it does not find
// what repeats.
std::string quoted_lines(std::string_view text)
{
  std::string lines;
  std::size_t column = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\n') {
      lines += c;
      column = 0;
      continue;
    }
    const bool last = at + 1 == text.size() || text[at + 1] == '\n';
    const bool plain = c > ' ' ? c <= '~' && c != '=' : (c == ' ' || c == '\t') && !last;
    const std::string shown =
      plain ? std::string(1, c) : fmt::format("={:02X}", static_cast<unsigned char>(c));
    if (column + shown.size() >= k_width) {
      lines += "=\n";
      column = 0;
    }
    lines += shown;
    column += shown.size();
  }
  return lines;
}

// cloud-init looks for these words in the first 4096 bytes.
bool is_message(std::string_view user_data)
{
  constexpr std::size_t k_looked_at = 4096;
  return to_lower(user_data.substr(0, k_looked_at)).find("mime-version:") != std::string::npos;
}

bool is_packed(std::string_view user_data)
{
  return user_data.starts_with("\x1F\x8B");
}

// As cloud-init sees it first. What unpacks to more than this is no user data.
std::string unpacked(std::string_view user_data)
{
  constexpr std::size_t k_most = 16UL * 1024 * 1024;
  return (is_packed(user_data) ? gunzip(user_data, k_most) : std::nullopt)
    .value_or(std::string(user_data));
}

// A message is a part as it stands: its head is the part's. Of the others cloud-init sees by the
// first bytes what they are, but unpacks only what is called gzip.
std::string part_of(std::string_view user_data)
{
  if (std::string plain = unpacked(user_data); is_message(plain)) {
    return plain;
  }
  return fmt::format("Content-Type: {}\nMIME-Version: 1.0\nContent-Transfer-Encoding: base64\n\n{}",
                     is_packed(user_data) ? "application/gzip" : "text/plain",
                     base64_lines(user_data));
}

// Python takes a byte beyond ASCII of a part that names no encoding for another one ("é"), or for
// its name ("€"), and cloud-init then leaves the script out, or runs another.
std::string encoding_and(std::string_view script)
{
  return is_ascii(script)
           ? fmt::format("\n{}", script)
           : fmt::format("Content-Transfer-Encoding: quoted-printable\n\n{}", quoted_lines(script));
}

} // namespace

bool can_be_merged(std::string_view other)
{
  const std::string plain = unpacked(other);
  return !is_message(plain) || is_valid_utf8(plain);
}

std::string merge_user_data(std::string_view script, std::string_view other)
{
  const std::string boundary =
    "flame-ec2-" + to_hex(sha256(std::string(script) + std::string(other))).substr(0, 32);
  // cloud-init runs the scripts in the order of their names, and calls them "part-001".
  return fmt::format("Content-Type: multipart/mixed; boundary=\"{0}\"\nMIME-Version: 1.0\n\n"
                     "--{0}\nContent-Type: text/x-shellscript\nMIME-Version: 1.0\n"
                     "Content-Disposition: attachment; filename=\"00-flame-ec2\"\n{1}\n"
                     "--{0}\n{2}\n--{0}--\n",
                     boundary, encoding_and(script), part_of(other));
}

} // namespace flame::boot
