#include "sandbox/machine_host.hpp"

#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <fmt/format.h>

// Boots real machines, which needs root: elsewhere it says so and ends with 77, "skipped".
int main(int count, char** arguments)
{
  if (const auto possible = flame::sandbox::can_run_machines(); !possible) {
    fmt::print("SKIPPED: {}; {}\n", possible.error().message, possible.error().hint);
    return 77;
  }
  return doctest::Context(count, arguments).run();
}
