#include "base/text.hpp"
#include "config/options.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace flame;
using namespace flame::config;

namespace {

bool is_switch(const Option& option)
{
  return kind(option) == Kind::toggle;
}

} // namespace

TEST_CASE("config: the option table holds together")
{
  std::set<std::string> names;
  Group group = Group::where;
  for (const Option& option : options()) {
    CAPTURE(option.key);
    CHECK(names.insert(std::string(option.key)).second);
    CHECK(!option.help.empty());
    CHECK(!option.help.ends_with('.'));
    CHECK(is_switch(option) == option.metavar.empty());
    CHECK(option.group >= group); // rows of a group stand together
    group = option.group;
    for (const std::string& flag : flag_names(option)) {
      CHECK(names.insert(flag).second);
      CHECK(find_flag(flag) == &option);
    }
    for (const std::string& variable : variable_names(option)) {
      CHECK(variable.starts_with("FLAME_EC2_"));
      CHECK(names.insert(variable).second);
      CHECK(find_variable(variable) == &option);
    }
    CHECK(is_number(option) == (option.rules.least < option.rules.most));
    CHECK((!option.rules.scalars || is_map(option)));
    CHECK(find_key(option.key) == &option);
    if (!option.rules.file_of.empty()) {
      REQUIRE(find_key(option.rules.file_of) != nullptr);
      CHECK(std::holds_alternative<std::monostate>(option.field));
    }
  }
}

TEST_CASE("config: secrets of one value have no flag, since command lines are public")
{
  for (const Option& option : options()) {
    CAPTURE(option.key);
    if (option.rules.secret && !is_map(option)) {
      CHECK(flag_names(option).empty());
    }
  }
}

TEST_CASE("config: the names that users of the reference and of aws type")
{
  CHECK(find_key("s3_bundle_url") == find_key("bundle"));
  CHECK(find_key("aws_region") == find_key("region"));
  CHECK(find_flag("--security-group-ids") == find_key("security_group_id"));
  CHECK(find_flag("-e") == find_key("env"));
  CHECK(find_flag("--associate-public-ip-address") == find_key("public_ip"));
  CHECK(find_flag("--no-associate-public-ip-address") == find_key("public_ip"));
  CHECK(is_denial(*find_key("public_ip"), "--no-public-ip"));
  CHECK(!is_denial(*find_key("public_ip"), "--public-ip"));
  CHECK(find_flag("--no-allow-http") == nullptr);
  CHECK(find_variable("FLAME_EC2_SERVICE_ENDPOINT") == find_key("ec2_service_endpoint"));
  CHECK(find_variable("FLAME_EC2_FLAME_PARENT") == find_key("flame_parent"));
  CHECK(find_flag("--flame-parent") == nullptr);
  CHECK(find_key("no_such_key") == nullptr);
}

TEST_CASE("config: shown() hides secrets and keeps the rest readable")
{
  Settings settings;
  settings.region = "eu-west-1";
  settings.env = {{"TOKEN", "hunter2"}, {"URL", "x"}};
  settings.release_cookie = "monster";
  settings.instance_types = {"t3.nano", "t3.micro"};
  settings.tags = {{"team", "red"}};
  settings.boot_timeout = std::chrono::seconds(90);
  settings.max_lifetime = Lifetime{};
  const auto show = [&](std::string_view key) { return shown(*find_key(key), settings); };
  CHECK(show("region") == "eu-west-1");
  CHECK(show("env") == "TOKEN=***, URL=***");
  CHECK(show("release_cookie") == "***");
  CHECK(show("flame_parent").empty());
  CHECK(show("instance_type") == "t3.nano, t3.micro");
  CHECK(show("tags") == "team=red");
  CHECK(show("boot_timeout") == "1m30s");
  CHECK(show("max_lifetime") == "none");
  CHECK(show("wait_for").empty());
  CHECK(show("allow_http") == "false");
}
