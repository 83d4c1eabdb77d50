#include "cli/version_output.hpp"

#include "cli/json.hpp"

#include <fmt/format.h>

namespace flame::cli {
namespace {

std::string as_json(const Build& build)
{
  Json json;
  json.begin().key("version").text(build.version);
  json.key("commit").text_or_null(build.commit);
  json.key("libraries").begin();
  for (const Library& library : build.libraries) {
    json.key(library.name).text(library.version);
  }
  return json.end().end().line();
}

} // namespace

std::string version_output(const Build& build, Output output)
{
  if (output == Output::json) {
    return as_json(build);
  }
  std::string libraries;
  for (const Library& library : build.libraries) {
    libraries +=
      fmt::format("{}{} {}", libraries.empty() ? "" : ", ", library.name, library.version);
  }
  return fmt::format("flame-ec2 {}\ncommit {}\nwith {}\n", build.version,
                     build.commit.empty() ? "unknown" : build.commit, libraries);
}

} // namespace flame::cli
