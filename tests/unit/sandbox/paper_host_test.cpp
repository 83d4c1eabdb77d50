#include "sandbox/machine_host.hpp"

#include <doctest/doctest.h>

using namespace flame::sandbox;

namespace {

MachineSpec counted(const std::string& id, int& offs)
{
  MachineSpec spec;
  spec.id = id;
  spec.on_off = [&offs] { offs++; };
  return spec;
}

} // namespace

TEST_CASE("sandbox: a machine on paper is on until its power button is pressed")
{
  int offs = 0;
  const auto host = make_paper_host();
  REQUIRE(host->start(counted("i-1", offs)));
  CHECK(offs == 0);
  host->press_power_button("i-1");
  CHECK(offs == 1);
  host->press_power_button("i-1");
  host->press_power_button("i-unknown");
  CHECK(offs == 1);
  CHECK(host->console("i-1").starts_with("i-1 only exists"));
  CHECK(host->console("i-2").empty());
}

TEST_CASE("sandbox: the end of the host is the end of its machines on paper")
{
  int offs = 0;
  {
    const auto host = make_paper_host();
    REQUIRE(host->start(counted("i-1", offs)));
    REQUIRE(host->start(counted("i-2", offs)));
    CHECK(!host->start(counted("i-2", offs)));
  }
  CHECK(offs == 2);
}
