#include "boot/names.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace flame;
using namespace flame::boot;

TEST_CASE("boot::check_app_name takes what can name a unit and a folder")
{
  for (const std::string& app :
       {std::string("a"), std::string("My_app-2.0"), std::string(64, 'x')}) {
    CAPTURE(app);
    CHECK(check_app_name(app));
  }
  for (const std::string& app :
       {std::string(), std::string(".a"), std::string("-a"), std::string("a b"), std::string("a/b"),
        std::string("a@b"), std::string("a%n"), std::string("\xC3\xA9"), std::string(65, 'x')}) {
    CAPTURE(app);
    const auto checked = check_app_name(app);
    REQUIRE(!checked);
    CHECK(checked.error().kind == ErrorKind::config);
  }
}

TEST_CASE("boot::check_run_id takes what tags and shells carry as it is")
{
  CHECK(check_run_id("ci.4711_a-b"));
  CHECK(check_run_id(std::string(64, 'x')));
  for (const std::string& id : {std::string(), std::string("a b"), std::string(65, 'x')}) {
    CAPTURE(id);
    const auto checked = check_run_id(id);
    REQUIRE(!checked);
    CHECK(checked.error().kind == ErrorKind::config);
  }
}

TEST_CASE("boot::check_run_as takes no user and what useradd takes")
{
  for (const std::string& user : {std::string(), std::string("flame"), std::string("_apt"),
                                  std::string("www-data2"), std::string(32, 'x')}) {
    CAPTURE(user);
    CHECK(check_run_as(user));
  }
  for (const std::string& user : {std::string("1000"), std::string("-x"), std::string("Ann"),
                                  std::string("a b"), std::string("a%u"), std::string(33, 'x')}) {
    CAPTURE(user);
    const auto checked = check_run_as(user);
    REQUIRE(!checked);
    CHECK(checked.error().kind == ErrorKind::config);
  }
}
