#include "fleet/expiry.hpp"
#include "fleet/tags.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::fleet;

namespace {

const Seconds k_now = *parse_iso8601("2026-01-15T08:15:30Z");

aws::Instance expiring(std::string text)
{
  aws::Instance machine{.id = "i-" + text};
  machine.tags[std::string(k_tag_expires_at)] = std::move(text);
  return machine;
}

} // namespace

TEST_CASE("fleet::expiry_of tells passed from later, never and unclear")
{
  const auto due = [](const std::string& text) { return expiry_of(expiring(text), k_now).due; };
  CHECK(due("2026-01-15T08:15:30Z") == Due::passed); // to the second
  CHECK(due("2026-01-15T08:15:31Z") == Due::later);
  CHECK(due("2026-01-15T09:15:29+01:00") == Due::passed);
  CHECK(due("none") == Due::never);
  for (const char* text : {"", "None", "soon", "0", "1768464930", "2026-01-15", "15.01.2026 08:00",
                           "2026-13-01T00:00:00Z", "2026-01-15T08:15:30Z; none"}) {
    CAPTURE(text);
    CHECK(due(text) == Due::unclear);
  }
  CHECK(expiry_of({.id = "i-1"}, k_now).due == Due::unclear); // somebody took the tag away
}

TEST_CASE("fleet::sort_by_expiry leaves what never ends to the others")
{
  const auto sorted = sort_by_expiry({expiring("2026-01-15T08:00:00Z"), expiring("none"),
                                      expiring("soon"), expiring("2026-01-15T09:00:00Z")},
                                     k_now);
  REQUIRE(sorted.passed.size() == 1);
  CHECK(sorted.passed[0].id == "i-2026-01-15T08:00:00Z");
  REQUIRE(sorted.unclear.size() == 1);
  CHECK(sorted.unclear[0].id == "i-soon");
  CHECK(sorted.others.size() == 2);
}
