#include "machine_fixture.hpp"

#include <doctest/doctest.h>

using namespace flame::tests;
using namespace std::chrono_literals;

// Generous: the computer may be busy with other machines. Quiet, a machine boots in half a second.
constexpr auto k_soon = 60s;

TEST_CASE_FIXTURE(HostFixture, "a machine runs its script, reaches its services and powers off")
{
  start("i-1", "#!/bin/sh\n"
               "echo \"id: $(curl -s http://169.254.169.254/latest/meta-data/instance-id)\"\n"
               "echo \"endpoint: $(curl -s http://127.0.0.1:4566/hello)\"\n"
               "echo \"in $(pwd) as $(id -un) on $(hostname)\"\n"
               "systemctl poweroff\n");
  CHECK(off_within("i-1", k_soon));
  const std::string console = host->console("i-1");
  CAPTURE(console);
  CHECK(console.find("id: i-1") != std::string::npos);
  CHECK(console.find("endpoint: hello i-1") != std::string::npos);
  CHECK(console.find("in / as root on ip-10-0-0-9") != std::string::npos);
}
