#include "io/libraries.hpp"

#include "io/archive_library.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

namespace flame::io {
namespace {

// From 3006002.
std::string archive_version(int number)
{
  return fmt::format("{}.{}.{}", number / 1000000, number / 1000 % 1000, number % 1000);
}

} // namespace

std::vector<Library> libraries_of_io()
{
  std::vector<Library> found = {{"libcurl", ::curl_version_info(CURLVERSION_NOW)->version}};
  if (const auto archive = load_archive_library()) {
    found.push_back({"libarchive", archive_version((*archive)->version_number())});
  }
  return found;
}

} // namespace flame::io
