#include "cli/version_output.hpp"
#include "io/libraries.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace flame;
using cli::Output;

TEST_CASE("version: the first line is name and version, then come commit and libraries")
{
  const cli::Build build{.version = "1.2.3",
                         .commit = "0123abc-dirty",
                         .libraries = {{"libcurl", "8.0.1"}, {"zlib", "1.3"}}};
  CHECK(cli::version_output(build, Output::text)
        == "flame-ec2 1.2.3\ncommit 0123abc-dirty\nwith libcurl 8.0.1, zlib 1.3\n");
  CHECK(cli::version_output(build, Output::json)
        == "{\"version\":\"1.2.3\",\"commit\":\"0123abc-dirty\","
           "\"libraries\":{\"libcurl\":\"8.0.1\",\"zlib\":\"1.3\"}}\n");
}

TEST_CASE("version: a commit that nobody knows is unknown, and null in JSON")
{
  const cli::Build build{.version = "1.2.3"};
  CHECK(cli::version_output(build, Output::text).find("\ncommit unknown\n") != std::string::npos);
  CHECK(cli::version_output(build, Output::json).find("\"commit\":null") != std::string::npos);
}

TEST_CASE("version: each library says a version of numbers and dots")
{
  auto libraries = io::libraries_of_io();
  std::ranges::move(libraries_of_base(), std::back_inserter(libraries));
  CHECK(libraries.size() == 5);
  for (const Library& library : libraries) {
    CAPTURE(library.name);
    CHECK(library.version.find_first_not_of("0123456789.") == std::string::npos);
    CHECK(std::ranges::count(library.version, '.') >= 1);
  }
}
