#include "base/gzip.hpp"

#include <zlib.h>

#include <stdexcept>

namespace flame {

std::string gzip(std::string_view bytes)
{
  constexpr int k_gzip_window = 15 + 16; // the largest, and gzip's head and end around the stream
  constexpr int k_usual_memory = 8;      // 9 packs a script no better, and holds 128 KiB more
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

} // namespace flame
