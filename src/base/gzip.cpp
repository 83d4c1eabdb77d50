#include "base/gzip.hpp"

#include <zlib.h>

#include <new>
#include <stdexcept>
#include <utility>

namespace flame {
namespace {

constexpr int k_gzip_window = 15 + 16; // the largest, and gzip's head and end around the stream

} // namespace

std::string gzip(std::string_view bytes)
{
  constexpr int k_usual_memory = 8; // 9 packs a script no better, and holds 128 KiB more
  z_stream stream = {};
  if (::deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, k_gzip_window, k_usual_memory,
                     Z_DEFAULT_STRATEGY)
      != Z_OK) {
    throw std::bad_alloc();
  }
  std::string packed(::deflateBound(&stream, bytes.size()), '\0');
  // zlib only reads the input, whatever its type says.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int status = ::deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  ::deflateEnd(&stream);
  if (status != Z_STREAM_END) {
    throw std::logic_error("deflateBound gave too little room");
  }
  return packed;
}

std::optional<std::string> gunzip(std::string_view packed, std::size_t most)
{
  std::string bytes;
  z_stream stream = {};
  if (::inflateInit2(&stream, k_gzip_window) != Z_OK) {
    throw std::bad_alloc();
  }
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  int status = Z_OK;
  while ((status == Z_OK || (status == Z_STREAM_END && stream.avail_in > 0))
         && bytes.size() <= most) {
    if (status == Z_STREAM_END && ::inflateReset(&stream) != Z_OK) {
      break;
    }
    char piece[4096];
    stream.next_out = reinterpret_cast<Bytef*>(piece);
    stream.avail_out = sizeof(piece);
    status = ::inflate(&stream, Z_NO_FLUSH);
    bytes.append(piece, sizeof(piece) - stream.avail_out);
  }
  ::inflateEnd(&stream);
  return status == Z_STREAM_END && bytes.size() <= most ? std::optional(std::move(bytes))
                                                        : std::nullopt;
}

} // namespace flame
