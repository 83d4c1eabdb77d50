#include "base/text.hpp"
#include "support/random_value.hpp"
#include "support/reference_values.hpp"
#include "table.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <random>

using namespace flame;
using namespace flame::tests;

namespace {

constexpr int k_random_values = 1500; // in one process; Linux has room for 2 MiB

std::vector<child::Variable> many_variables(std::uint64_t seed)
{
  std::vector<child::Variable> variables;
  for (const std::string_view value : k_values) {
    variables.push_back({fmt::format("V{}", variables.size()), std::string(value)});
  }
  std::mt19937_64 random(seed);
  for (int i = 0; i < k_random_values; ++i) {
    variables.push_back({fmt::format("V{}", variables.size()), random_value(random), i % 100 == 0});
  }
  return variables;
}

// systemd 247 and older cannot load the others.
void drop_control_characters(std::vector<child::Variable>& variables)
{
  for (child::Variable& variable : variables) {
    std::erase_if(variable.value, [](char c) {
      return (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n') || c == 0x7F;
    });
  }
}

std::map<std::string, std::string> read_environ(const std::string& bytes)
{
  std::map<std::string, std::string> environment;
  for (const std::string& entry : split(bytes, '\0')) {
    if (const auto at = entry.find('='); at != std::string::npos) {
      environment[entry.substr(0, at)] = entry.substr(at + 1);
    }
  }
  return environment;
}

} // namespace

TEST_CASE_FIXTURE(RunnerMachines, "every value arrives in /proc/self/environ byte for byte")
{
  const char* const given = std::getenv("FLAME_TEST_SEED");
  const std::uint64_t seed = given != nullptr ? std::stoull(given) : std::random_device()();
  CAPTURE(seed);
  boot::Runner runner = least_runner();
  runner.variables = many_variables(seed);
  if (systemd_version() < 248) {
    drop_control_characters(runner.variables);
  }
  REQUIRE(boot::check_variables(runner.variables));
  const std::vector<Outcome> outcomes =
    run_all(in_every_shell(scene(runner, "curl -sS -H 'Content-Type: application/octet-stream' "
                                         "--data-binary @/proc/$$/environ "
                                         "http://127.0.0.1:4566/report/environ")));
  for (const Outcome& outcome : outcomes) {
    CAPTURE(outcome.console);
    REQUIRE(outcome.reports.contains("environ"));
    const auto environment = read_environ(outcome.reports.at("environ"));
    for (const child::Variable& variable : runner.variables) {
      const std::string wanted = variable.value + (variable.append_private_ip ? "10.1.2.3" : "");
      REQUIRE(environment.contains(variable.name));
      REQUIRE(environment.at(variable.name) == wanted);
    }
    CHECK(!environment.contains("T_INJECTED"));
    CHECK(environment.at("LANG") == "C.UTF-8");
    CHECK(environment.at("HOME") == "/root");
  }
}

TEST_CASE_FIXTURE(RunnerMachines, "a systemd that would drop a value in silence is refused")
{
  boot::Runner runner = least_runner();
  runner.variables = {{"BELL", "\a"}};
  Row row = {.name = "a bell", .scene = scene(runner, "[ -n \"$BELL\" ] && exit 3")};
  if (systemd_version() < 248) {
    row.at = "boot";
    row.reason = "of the image cannot load values with control characters, 248 can";
  } else {
    row.stage = "stopped";
    row.status = 3;
  }
  check_table(*this, {row});
}
