#include "base/encoding.hpp"
#include "base/text.hpp"
#include "boot/user_data.hpp"
#include "support/random_value.hpp"
#include "support/reference_values.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <vector>

using namespace flame;
using namespace flame::tests;

namespace fs = std::filesystem;

namespace {

std::string read_file(const fs::path& path)
{
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> values()
{
  std::vector<std::string> all(std::begin(k_values), std::end(k_values));
  std::mt19937_64 random(std::random_device{}());
  for (int i = 0; i < 2000; ++i) {
    all.push_back(random_value(random));
  }
  return all;
}

} // namespace

// The same lines are double-quoted words of sh. So each shell carries them in base64, as the script
// does, and then is a second reader of what systemd will read.
TEST_CASE("boot::environment_line gives each value back in every shell")
{
  std::string folder = "/tmp/flame-ec2-shells-XXXXXX";
  REQUIRE(::mkdtemp(folder.data()) != nullptr);
  const std::vector<std::string> all = values();
  std::string lines;
  for (std::size_t i = 0; i < all.size(); ++i) {
    lines += boot::environment_line(fmt::format("V{}", i), all[i]);
  }
  std::ofstream(folder + "/script")
    << "vars='" << to_base64(lines) << "'\nprintf %s \"$vars\" | base64 -d >env\n"
    << "set -a\n. ./env\nset +a\nexec env -0 >values\n";
  for (const std::string_view shell : {"dash", "bash --posix", "busybox sh"}) {
    CAPTURE(shell);
    REQUIRE(std::system(fmt::format("cd {} && {} ./script", folder, shell).c_str()) == 0);
    CHECK(read_file(folder + "/env") == lines);
    std::map<std::string, std::string> found;
    for (const std::string& entry : split(read_file(folder + "/values"), '\0')) {
      found.emplace(entry.substr(0, entry.find('=')), entry.substr(entry.find('=') + 1));
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
      REQUIRE(found.at(fmt::format("V{}", i)) == all[i]);
    }
  }
  fs::remove_all(folder);
}
