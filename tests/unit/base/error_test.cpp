#include "base/error.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace flame;

TEST_CASE("base: the table of exit statuses holds together")
{
  std::set<std::string_view> names;
  for (const ErrorKindInfo& row : error_kinds()) {
    CAPTURE(row.name);
    CHECK(names.insert(row.name).second);
    CHECK(&info(row.kind) != nullptr);
    CHECK(info(row.kind).name == row.name);
    CHECK(row.exit_status > 0);
    CHECK(!row.meaning.empty());
    CHECK(!row.meaning.ends_with('.'));
  }
}

TEST_CASE("base: a machine that may still run beats every other status")
{
  CHECK(exit_status({.kind = ErrorKind::config}) == 3);
  CHECK(exit_status({.kind = ErrorKind::interrupted, .signal = 15}) == 143);
  CHECK(exit_status({.kind = ErrorKind::interrupted, .instances = {"i-1"}, .signal = 15}) == 10);
}

TEST_CASE("base: all mistakes come in one error")
{
  Mistakes mistakes(ErrorKind::config);
  CHECK(mistakes.empty());
  mistakes.add("a is missing", "give --a");
  mistakes.add(Error{.message = "b is missing", .also = {{"c is missing", ""}}});
  const Error error = mistakes.error();
  CHECK(error.kind == ErrorKind::config);
  CHECK(error.message == "a is missing");
  CHECK(error.hint == "give --a");
  REQUIRE(error.also.size() == 2);
  CHECK(error.also[1].message == "c is missing");
}
