#pragma once

#include "fleet/stages.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What a command of `run` prints, as its machine sends it (job.sh of boot/templates). Pure.
//
// A console carries pieces: lines "flame-ec2 NONCE out=STREAM at=OFFSET b64=TEXT .", which may be
// cut by what else is printed there, and of which EC2 keeps the last 64 KiB. A store carries parts,
// objects with a line of three lengths and so many bytes of each stream, one after the other.
namespace flame::fleet {

struct Piece {
  Stream stream = Stream::out;
  std::uint64_t at = 0; // of all that the stream has given
  std::string bytes = {};
};

// The whole pieces on a console, in their order; others are left out.
std::vector<Piece> parse_pieces(std::string_view console, std::string_view nonce);

// Of a part's three streams the bytes. nullopt: it is none, or not whole.
std::optional<std::array<std::string, k_streams>> parse_part(std::string_view part);

// Puts pieces together that may come twice, or not at all.
class Gathered {
public:
  // What of the piece is new. Bytes before it that have not come by now are left out.
  std::string take(const Piece& piece);
  // Once no more comes: what is missing at the end of `total` bytes.
  void end(Stream stream, std::uint64_t total);

  std::uint64_t next(Stream stream) const { return of(stream).next; }
  std::uint64_t left_out(Stream stream) const { return of(stream).left_out; }

private:
  struct Reel {
    std::uint64_t next = 0;
    std::uint64_t left_out = 0;
  };
  const Reel& of(Stream stream) const { return reels_.at(static_cast<std::size_t>(stream)); }
  Reel& of(Stream stream) { return reels_.at(static_cast<std::size_t>(stream)); }

  std::array<Reel, k_streams> reels_ = {};
};

} // namespace flame::fleet
