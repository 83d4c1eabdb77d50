#include "config/layers.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace flame;
using namespace flame::config;

namespace {

constexpr Group k_all[] = {Group::where, Group::release, Group::machine, Group::limits};

Row row(std::string_view key, std::string text, std::string name = {})
{
  return {find_key(key), std::move(text), "test", Form::exact, std::move(name)};
}

// What is left of `flags` and `env`.
Configured configured(std::vector<Flag> flags, std::map<std::string, std::string> env = {},
                      std::map<std::string, std::string> files = {})
{
  const Caller caller{env, [files](const std::string& path) -> Result<std::string> {
                        const auto found = files.find(path);
                        if (found == files.end()) {
                          return fail(ErrorKind::config, "cannot read " + path);
                        }
                        return found->second;
                      }};
  return merge({flags_layer(flags), variables_layer(env), surroundings_layer(env)}, k_all, caller);
}

using Map = std::map<std::string, std::string>;
using List = std::vector<std::string>;

constexpr Rank k_ranks[] = {Rank::metadata, Rank::profile,  Rank::surroundings, Rank::file,
                            Rank::pool,     Rank::variable, Rank::attached,     Rank::flag};

} // namespace

TEST_CASE("config: each layer against each: scalars and lists are replaced, maps are merged")
{
  const Caller caller;
  for (const Rank low : k_ranks) {
    for (const Rank high : k_ranks) {
      if (low >= high) {
        continue;
      }
      const auto layer = [](Rank rank, const std::string& mark) {
        return Layer{rank,
                     {row("region", mark), row("subnet_id", mark + "1"),
                      row("subnet_id", mark + "2"), row("tags", mark, "both"),
                      row("tags", "x", mark)}};
      };
      // The order of the layers must not matter.
      const Configured got = merge({layer(high, "high"), layer(low, "low")}, k_all, caller);
      CHECK(got.mistakes.empty());
      CHECK(got.settings.region == "high");
      CHECK(got.settings.subnet_ids == List{"high1", "high2"});
      CHECK(got.settings.tags == Map{{"both", "high"}, {"high", "x"}, {"low", "x"}});
      CHECK(got.origins.at("region").rank == high);
      // What the higher layer does not say, the lower one does.
      const Configured some = merge({{high, {row("app", "a")}}, layer(low, "low")}, k_all, caller);
      CHECK(some.settings.region == "low");
      CHECK(some.settings.subnet_ids == List{"low1", "low2"});
    }
  }
}

TEST_CASE("config: a layer below fills what nothing has set")
{
  Configured got = configured({{"--region", "us-east-1"}, {"--subnet-id", "subnet-9"}});
  add_below(got, {Rank::metadata,
                  {row("region", "low"), row("subnet_id", "subnet-1"), row("key_name", "ops"),
                   row("security_group_id", "sg-1"), row("security_group_id", "sg-2")}});
  CHECK(got.mistakes.empty());
  CHECK(got.settings.region == "us-east-1");
  CHECK(got.settings.subnet_ids == List{"subnet-9"});
  CHECK(got.settings.key_name == "ops");
  CHECK(got.settings.security_group_ids == List{"sg-1", "sg-2"});
  CHECK(got.origins.at("region").rank == Rank::flag);
  CHECK(got.origins.at("key_name").rank == Rank::metadata);
  CHECK(got.origins.at("key_name").text == "test");
  // What is wrong with it is told as of any layer.
  add_below(got, {Rank::metadata, {row("key_name", "other"), row("boot_timeout", "soon")}});
  CHECK(got.settings.key_name == "ops");
  REQUIRE(got.mistakes.size() == 1);
  CHECK(got.mistakes[0].message.starts_with("test: "));
}

TEST_CASE("config: flag over variable over the surroundings, with origins")
{
  const Map env = {{"AWS_REGION", "eu-north-1"},
                   {"AWS_DEFAULT_REGION", "eu-south-1"},
                   {"RELEASE_NAME", "demo"},
                   {"FLAME_EC2_REGION", "eu-west-1"}};
  CHECK(configured({{"--region", "us-east-1"}}, env).settings.region == "us-east-1");
  CHECK(configured({{"--region", "us-east-1"}}, env).origins.at("region").text == "flag --region");
  CHECK(configured({}, env).settings.region == "eu-west-1");
  CHECK(configured({}, env).origins.at("region").text == "variable FLAME_EC2_REGION");
  CHECK(configured({}, {{"AWS_REGION", "a"}, {"AWS_DEFAULT_REGION", "b"}}).settings.region == "a");
  CHECK(configured({}, {{"AWS_DEFAULT_REGION", "b"}}).settings.region == "b");
  CHECK(configured({}, env).settings.app == "demo");
}

TEST_CASE("config: an empty variable counts as not set, an empty flag is a mistake")
{
  CHECK(configured({}, {{"FLAME_EC2_REGION", ""}, {"AWS_REGION", "eu-west-1"}}).settings.region
        == "eu-west-1");
  const Configured empty = configured({{"--security-group-id", ""}});
  REQUIRE(empty.mistakes.size() == 1);
  CHECK(empty.mistakes[0].message == "flag --security-group-id: the value is empty");
}

TEST_CASE("config: lists come by repeated flags and by commas")
{
  const Configured got =
    configured({{"--subnet-id", "a, b"}, {"--subnet-id", "c"}, {"--setup-command", "echo a, b"}},
               {{"FLAME_EC2_SUBNET_ID", "z"}, {"FLAME_EC2_INSTANCE_TYPE", "t3.nano,t3.micro"}});
  CHECK(got.settings.subnet_ids == List{"a", "b", "c"});
  CHECK(got.settings.instance_types == List{"t3.nano", "t3.micro"});
  CHECK(got.settings.setup_commands == List{"echo a, b"});
  CHECK(configured({{"--subnet-id", "a,,b"}}).mistakes.size() == 1);
}

TEST_CASE("config: env by flags, JSON, file and name, merged by key")
{
  const Configured got = configured(
    {{"--env", "A=flag=1"}, {"-e", "COPIED"}, {"--env-file", "vars"}, {"--env-from", "HOME,B"}},
    {{"FLAME_EC2_ENV", R"({"A": "json", "J": "j\n\"ü"})"},
     {"COPIED", "from here"},
     {"HOME", "/home/me"},
     {"B", "caller's"}},
    {{"vars", "\xEF\xBB\xBF# comment\n\n  A=file\r\nB= as it \"stands\"#x\nCOPIED\n"}});
  CHECK(got.mistakes.empty());
  CHECK(got.settings.env
        == Map{{"A", "flag=1"},
               {"B", " as it \"stands\"#x"},
               {"COPIED", "from here"},
               {"HOME", "/home/me"},
               {"J", "j\n\"ü"}});
}

TEST_CASE("config: a variable to copy that is not there")
{
  SUBCASE("by --env it is left out, as docker does, and said")
  {
    const Configured got = configured({{"--env", "NOT_HERE"}});
    CHECK(got.mistakes.empty());
    CHECK(got.settings.env.empty());
    REQUIRE(got.warnings.size() == 1);
    CHECK(got.warnings[0] == "flag --env: NOT_HERE is not set here, so it is not copied");
  }
  SUBCASE("by env_from it is a mistake: the release needs it")
  {
    const Configured got = configured({{"--env-from", "NOT_HERE"}});
    REQUIRE(got.mistakes.size() == 1);
    CHECK(got.mistakes[0].message == "flag --env-from: variable NOT_HERE is not set here");
  }
}

TEST_CASE("config: the cookie from a file, without the editor's line break")
{
  const auto got = configured({{"--release-cookie-file", "c"}},
                              {{"FLAME_EC2_RELEASE_COOKIE", "low"}}, {{"c", "monster\n"}});
  CHECK(got.settings.release_cookie == "monster");
  CHECK(got.origins.at("release_cookie").text == "file c");
  const auto missing = configured({{"--release-cookie-file", "nowhere"}});
  REQUIRE(missing.mistakes.size() == 1);
  CHECK(missing.mistakes[0].message == "flag --release-cookie-file: cannot read nowhere");
}

TEST_CASE("config: every mistake of every layer is reported, with its origin")
{
  const Configured got = configured({{"--wait-for", "runing"},
                                     {"--iam-instance-profile", "a b"},
                                     {"--tag", "x"},
                                     {"--env", "1A=v"}},
                                    {{"FLAME_EC2_BOOT_TIMEOUT", "120"},
                                     {"FLAME_EC2_MAX_LIFETIME", "soon"},
                                     {"FLAME_EC2_TAGS", "[]"},
                                     {"FLAME_EC2_ALLOW_HTTP", "maybe"}});
  List messages;
  for (const Mistake& mistake : got.mistakes) {
    messages.push_back(mistake.message);
    CHECK(!mistake.hint.empty());
  }
  CHECK(messages
        == List{"variable FLAME_EC2_ALLOW_HTTP: \"maybe\" is neither true nor false",
                "variable FLAME_EC2_TAGS: this is JSON, but no object",
                "variable FLAME_EC2_BOOT_TIMEOUT: \"120\" has no unit",
                "variable FLAME_EC2_MAX_LIFETIME: \"soon\" is not a time",
                "flag --wait-for: \"runing\" is not one of its values",
                "flag --iam-instance-profile: \"a b\" is no instance profile",
                "flag --tag: \"x\" has no '='",
                "flag --env: \"1A\" cannot be the name of a variable"});
  CHECK(got.settings.max_lifetime); // bad, and so not missing as well
}

TEST_CASE("config: a command is not stopped by settings that it does not take")
{
  const Map env = {{"FLAME_EC2_BOOT_TIMEOUT", "120"}, {"FLAME_EC2_REGION", "eu-west-1"}};
  constexpr Group k_where[] = {Group::where};
  const Configured got = merge({variables_layer(env)}, k_where, Caller{});
  CHECK(got.mistakes.empty());
  CHECK(got.settings.region == "eu-west-1");
}

TEST_CASE("config: messages never hold the value of a variable")
{
  const Configured got = configured({{"--env", "1BAD=hunter2"}, {"--env-file", "vars"}},
                                    {{"FLAME_EC2_ENV", R"({"A": "hunter2", "B": hunter2})"}},
                                    {{"vars", "hunter2 = hunter2\n"}});
  CHECK(got.mistakes.size() == 3);
  for (const Mistake& mistake : got.mistakes) {
    CHECK(mistake.message.find("hunter2") == std::string::npos);
    CHECK(mistake.hint.find("hunter2") == std::string::npos);
  }
}

TEST_CASE("config: times")
{
  const auto lifetime = [](const std::string& text) {
    return configured({{"--max-lifetime", text}}).settings.max_lifetime;
  };
  CHECK(lifetime("90s")->limit == Millis(90'000));
  CHECK(!lifetime("none")->limit);
  CHECK(configured({{"--boot-timeout", "0s"}}).mistakes.size() == 1);
  CHECK(configured({{"--boot-timeout", "none"}}).mistakes.size() == 1);
}

TEST_CASE("config: an unknown FLAME_EC2_ variable is named with the nearest")
{
  const auto warnings = unknown_variables({{"FLAME_EC2_REGIO", "x"},
                                           {"FLAME_EC2_QQQQQQQQQQQQQQQQQQQQQQQQ", "x"},
                                           {"FLAME_EC2_INSTANCE_IDS", "i-1"},
                                           {"FLAME_EC2_REGION", "x"},
                                           {"OTHER", "x"}});
  REQUIRE(warnings.size() == 2);
  CHECK(warnings[0] == "variable FLAME_EC2_QQQQQQQQQQQQQQQQQQQQQQQQ is no setting");
  CHECK(warnings[1] == "variable FLAME_EC2_REGIO is no setting; did you mean FLAME_EC2_REGION?");
}

TEST_CASE("config: yes, no or not said")
{
  CHECK(!configured({}).settings.public_ip);
  for (const char* flag : {"--public-ip", "--associate-public-ip-address"}) {
    CHECK(configured({{flag, "true"}}).settings.public_ip == true);
  }
  for (const char* flag : {"--no-public-ip", "--no-associate-public-ip-address"}) {
    CHECK(configured({{flag, "true"}}).settings.public_ip == false);
  }
  CHECK(configured({{"--no-public-ip", "false"}}).settings.public_ip == true);
  CHECK(configured({{"--public-ip", "true"}, {"--no-public-ip", "true"}}).settings.public_ip
        == false);
  CHECK(configured({}, {{"FLAME_EC2_PUBLIC_IP", "0"}}).settings.public_ip == false);
  CHECK(configured({{"--no-public-ip", "x"}}).mistakes.at(0).message
        == "flag --no-public-ip: \"x\" is neither true nor false");
}

TEST_CASE("config: numbers have a range, and some texts are one of a few")
{
  CHECK(configured({{"--root-volume-size", "30"}}).settings.root_volume_size == 30);
  const auto mistake = [](const char* flag, const char* value) {
    const Configured got = configured({{flag, value}});
    REQUIRE(got.mistakes.size() == 1);
    return got.mistakes[0];
  };
  for (const char* bad : {"", "x", "3x", " 3"}) {
    CAPTURE(bad);
    CHECK(mistake("--root-volume-size", bad).message
          == fmt::format("flag --root-volume-size: \"{}\" is no whole number", bad));
  }
  CHECK(mistake("--root-volume-size", "0").message == "flag --root-volume-size: 0 is out of range");
  CHECK(mistake("--metadata-hop-limit", "65").hint == "write a number from 1 to 64");
  CHECK(mistake("--root-volume-type", "gp4").hint
        == "did you mean gp3? the values are gp3, gp2, io2, io1, standard");
}

TEST_CASE("config: raw parameters keep numbers and booleans as they are written")
{
  const Map wanted = {{"Placement.PartitionNumber", "3"}, {"EbsOptimized", "true"}};
  CHECK(configured({{"--ec2", "Placement.PartitionNumber=3"}, {"--ec2", "EbsOptimized=true"}})
          .settings.ec2
        == wanted);
  CHECK(
    configured({}, {{"FLAME_EC2_EC2", R"({"Placement.PartitionNumber": 3, "EbsOptimized": true})"}})
      .settings.ec2
    == wanted);
  CHECK(configured({{"--ec2", "EbsOptimized"}}).mistakes.at(0).message
        == "flag --ec2: \"EbsOptimized\" has no '='");
}
