#include "base/version.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <zlib.h>

namespace flame {

std::string_view version()
{
  return FLAME_EC2_VERSION;
}

std::vector<Library> libraries_of_base()
{
  return {{"OpenSSL", OpenSSL_version(OPENSSL_VERSION_STRING)},
          {"zlib", ::zlibVersion()},
          {"fmt", fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100,
                              FMT_VERSION % 100)}};
}

} // namespace flame
