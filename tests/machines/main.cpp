#include "own_a_machine.hpp"
#include "sandbox/machine_host.hpp"

#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string_view>

// Boots real machines, which needs root: elsewhere it says so and ends with 77, "skipped".
int main(int count, char** arguments)
{
  if (count == 3 && std::string_view(arguments[1]) == "--own-a-machine") {
    return flame::tests::own_a_machine(arguments[2]);
  }
  if (const auto possible = flame::sandbox::can_run_machines(); !possible) {
    fmt::print("SKIPPED: {}; {}\n", possible.error().message, possible.error().hint);
    return 77;
  }
  return doctest::Context(count, arguments).run();
}
