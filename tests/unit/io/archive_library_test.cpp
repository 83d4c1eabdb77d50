#include "io/archive_library.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

using namespace flame;

#ifndef FLAME_STATIC_ARCHIVE
TEST_CASE("archive library: nothing loads it before a bundle is packed or looked into")
{
  std::ifstream maps("/proc/self/maps");
  std::ostringstream loaded;
  loaded << maps.rdbuf();
  CHECK(loaded.str().find("libcurl") != std::string::npos);
  CHECK(loaded.str().find("libarchive") == std::string::npos);
  CHECK(loaded.str().find("libxml2") == std::string::npos);
}
#endif

TEST_CASE("archive library: it has every function that is used")
{
  const auto library = io::load_archive_library();
  REQUIRE(library);
  CHECK((*library)->missing() == "");
  CHECK(((*library)->entry_set_size != nullptr));
}

TEST_CASE("shared library: one that is not there, and a function that is not in it, are named")
{
  io::SharedLibrary nowhere("libflame-nowhere.so.1");
  CHECK(nowhere.missing().find("libflame-nowhere.so.1") != std::string::npos);
  CHECK(nowhere["open"].address == nullptr);

  io::SharedLibrary library("libc.so.6");
  CHECK(library["getpid"].address != nullptr);
  CHECK(library.missing() == "");
  CHECK(library["flame_no_such_function"].address == nullptr);
  CHECK(library.missing().find("flame_no_such_function") != std::string::npos);
}
