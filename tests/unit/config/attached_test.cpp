#include "config/attached.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::config;

namespace {

constexpr Group k_groups[] = {Group::release, Group::machine, Group::limits};

struct Read {
  Configured configured = {};
  std::vector<std::string> mistakes = {};
  bool incomplete = false;
};

Read read(std::string_view line)
{
  AttachedLine attached = attached_line(line, k_groups);
  Read done{.incomplete = attached.incomplete};
  for (const Mistake& mistake : attached.mistakes) {
    done.mistakes.push_back(mistake.message);
  }
  done.configured = merge({std::move(attached.layer)}, k_groups, {});
  for (const Mistake& mistake : done.configured.mistakes) {
    done.mistakes.push_back(mistake.message);
  }
  return done;
}

} // namespace

TEST_CASE("config: an attached line sets what its keys name, by their types")
{
  const Read done = read(R"({"app":"demo","subnet_id":["subnet-1","subnet-2"],"env":{"A":"b, c"},)"
                         R"("keep_on_failure":true,"max_lifetime":"1h"})");
  CHECK(done.mistakes.empty());
  const Settings& settings = done.configured.settings;
  CHECK(settings.app == "demo");
  CHECK(settings.subnet_ids == std::vector<std::string>{"subnet-1", "subnet-2"});
  CHECK(settings.env == std::map<std::string, std::string>{{"A", "b, c"}});
  CHECK(settings.keep_on_failure);
  REQUIRE(settings.max_lifetime);
  CHECK(settings.max_lifetime->limit == std::chrono::hours(1));
  CHECK(done.configured.origins.at("app").rank == Rank::attached);
  CHECK(done.configured.origins.at("app").text == "attached app");
}

TEST_CASE("config: an attached line wins over variables, and flags over it")
{
  const Flag flag{"--app", "flag"};
  const auto settings = [&](std::vector<Layer> layers) {
    layers.push_back(attached_line(R"({"app":"line"})", k_groups).layer);
    return merge(std::move(layers), k_groups, {}).settings.app;
  };
  CHECK(settings({variables_layer({{"FLAME_EC2_APP", "variable"}})}) == "line");
  CHECK(settings({flags_layer({&flag, 1})}) == "flag");
}

TEST_CASE("config: all mistakes of an attached line are told, and none of its values")
{
  const Read done =
    read(R"({"app":7,"imageid":"x","boot_timeout":90,"env":{"TOKEN":1},"bundle":null,)"
         R"("subnet_id":["a",2],"app":"twice","max_lifetime":"long"})");
  CHECK(done.mistakes
        == std::vector<std::string>{"attached line: app is a number, not a text",
                                    "attached line: \"imageid\" is no setting",
                                    "attached line: boot_timeout is a number without a unit",
                                    "attached line: env.TOKEN is a number, not a text",
                                    "attached line: \"bundle\" holds null, or is nested too deeply",
                                    "attached line: subnet_id holds a number, not only texts",
                                    "attached line: \"app\" is there twice", done.mistakes.back()});
  CHECK(done.mistakes.back().starts_with("attached max_lifetime: "));
  CHECK(!done.incomplete);
}

TEST_CASE("config: an attached line that is no object says so, and nothing else is missing")
{
  for (const char* line : {"", "{", "{}{}", "[1]", "7", "\"text\"", "null", "{'a':1}", "\xff"}) {
    CAPTURE(line);
    const Read done = read(line);
    REQUIRE(done.mistakes.size() == 1);
    CHECK(done.mistakes.front().starts_with("attached line: this is"));
    CHECK(done.incomplete);
  }
  const std::string deep =
    "{\"env\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  CHECK(read(deep).mistakes.size() == 1);
}
