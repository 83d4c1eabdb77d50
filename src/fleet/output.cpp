#include "fleet/output.hpp"

#include "base/encoding.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

namespace flame::fleet {
namespace {

std::optional<std::uint64_t> number(std::string_view text)
{
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value)
                                                                  : std::nullopt;
}

// "NAME=VALUE" to VALUE; nullopt for another name.
std::optional<std::string_view> value_of(std::string_view word, std::string_view name)
{
  if (!word.starts_with(name) || word.substr(name.size()).substr(0, 1) != "=") {
    return std::nullopt;
  }
  return word.substr(name.size() + 1);
}

// What stands between the nonce and the end of the line.
std::optional<Piece> parse_piece(std::string_view text)
{
  const std::vector<std::string> words = split(text, ' ');
  if (words.size() != 4 || words[3] != ".") {
    return std::nullopt;
  }
  const auto name = value_of(words[0], "out");
  const auto at = value_of(words[1], "at");
  const auto base64 = value_of(words[2], "b64");
  const auto* const stream =
    name ? std::ranges::find(k_stream_names, *name) : std::end(k_stream_names);
  const auto offset = at ? number(*at) : std::nullopt;
  auto bytes = base64 ? from_base64(*base64) : std::nullopt;
  if (stream == std::end(k_stream_names) || !offset || !bytes) {
    return std::nullopt;
  }
  return Piece{.stream = static_cast<Stream>(stream - std::begin(k_stream_names)),
               .at = *offset,
               .bytes = std::move(*bytes)};
}

} // namespace

std::vector<Piece> parse_pieces(std::string_view console, std::string_view nonce)
{
  std::vector<Piece> pieces;
  if (nonce.empty()) {
    return pieces;
  }
  const std::string mark = fmt::format("flame-ec2 {} out=", nonce);
  for (auto at = console.find(mark); at != std::string_view::npos;
       at = console.find(mark, at + mark.size())) {
    const std::string_view line = console.substr(at, console.find('\n', at) - at);
    const std::string_view text = line.substr(mark.size() - 4);
    if (auto piece = parse_piece(text.substr(0, text.find('\r')))) {
      pieces.push_back(std::move(*piece));
    }
  }
  return pieces;
}

std::optional<std::array<std::string, k_streams>> parse_part(std::string_view part)
{
  const std::size_t end = part.find('\n');
  if (end == std::string_view::npos) {
    return std::nullopt;
  }
  const std::vector<std::string> lengths = split(part.substr(0, end), ' ');
  part.remove_prefix(end + 1);
  if (lengths.size() != k_streams) {
    return std::nullopt;
  }
  std::array<std::string, k_streams> streams;
  for (std::size_t i = 0; i < k_streams; ++i) {
    const auto length = number(lengths.at(i));
    if (!length || *length > part.size()) {
      return std::nullopt;
    }
    streams.at(i) = part.substr(0, *length);
    part.remove_prefix(*length);
  }
  return part.empty() ? std::optional(std::move(streams)) : std::nullopt;
}

std::string Gathered::take(const Piece& piece)
{
  Reel& reel = of(piece.stream);
  const std::uint64_t end = piece.at + piece.bytes.size();
  if (end <= reel.next) {
    return {};
  }
  reel.left_out += piece.at > reel.next ? piece.at - reel.next : 0;
  const std::uint64_t known = reel.next > piece.at ? reel.next - piece.at : 0;
  reel.next = end;
  return piece.bytes.substr(known);
}

void Gathered::end(Stream stream, std::uint64_t total)
{
  Reel& reel = of(stream);
  if (total > reel.next) {
    reel.left_out += total - reel.next;
    reel.next = total;
  }
}

} // namespace flame::fleet
