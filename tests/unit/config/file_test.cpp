#include "config/file.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace flame;
using namespace flame::config;

namespace {

constexpr Group k_all[] = {Group::where, Group::release, Group::machine, Group::limits};
using Map = std::map<std::string, std::string>;
using List = std::vector<std::string>;

// What a file says by itself, its own mistakes in front.
Configured configured(std::string_view text, FileSource source = {.name = "f.toml"})
{
  FileLayers layers = file_layers(text, source, k_all);
  Configured got = merge({layers.file, layers.pool}, k_all, Caller{});
  got.mistakes.insert(got.mistakes.begin(), layers.mistakes.begin(), layers.mistakes.end());
  return got;
}

// The only mistake, and its hint.
std::pair<std::string, std::string> mistake(std::string_view text,
                                            FileSource source = {.name = "f.toml"})
{
  const Configured got = configured(text, std::move(source));
  REQUIRE(got.mistakes.size() == 1);
  return {got.mistakes[0].message, got.mistakes[0].hint};
}

using Said = std::pair<std::string, std::string>;

} // namespace

TEST_CASE("config: a file sets every kind of setting, with file and line as origin")
{
  const Configured got = configured("\xEF\xBB\xBF# a comment\r\n"
                                    "region = 'eu-west-1'\r\n"
                                    "subnet_id = [\"a\", 'b,c']\n"
                                    "instance_type = \"t3.nano, t3.micro\"\n"
                                    "setup_commands = \"\"\"\necho 1, 2\necho 3\n\"\"\"\n"
                                    "boot_timeout = \"90s\"\nmax_lifetime = \"none\"\n"
                                    "wait_for = \"launched\"\nallow_http = true\n"
                                    "tags.\"a.b\" = \"c\"\nenv = { A = \"1\", B = \"x\\ny\" }\n");
  CHECK(got.mistakes.empty());
  const Settings& settings = got.settings;
  CHECK(settings.region == "eu-west-1");
  CHECK(settings.subnet_ids == List{"a", "b,c"});
  CHECK(settings.instance_types == List{"t3.nano", "t3.micro"});
  CHECK(settings.setup_commands == List{"echo 1, 2", "echo 3"});
  CHECK(settings.boot_timeout == Millis(90'000));
  CHECK(settings.max_lifetime == Lifetime{});
  CHECK(settings.wait_for == WaitFor::launched);
  CHECK(settings.allow_http);
  CHECK(settings.tags == Map{{"a.b", "c"}});
  CHECK(settings.env == Map{{"A", "1"}, {"B", "x\ny"}});
  CHECK(got.origins.at("region").text == "f.toml:2");
  CHECK(got.origins.at("region").rank == Rank::file);
  CHECK(got.origins.at("boot_timeout").text == "f.toml:9");
}

TEST_CASE("config: the names of the reference and of aws are keys of the file too")
{
  const Configured got = configured("s3_bundle_url = 's3://b/k.tar.gz'\naws_region = 'eu-west-1'\n"
                                    "security_group_ids = ['sg-1', 'sg-2']\n"
                                    "iam_instance_profile = 'Name=web'\nlog = 'debug'\n");
  CHECK(got.mistakes.empty());
  CHECK(got.settings.bundle == "s3://b/k.tar.gz");
  CHECK(got.settings.region == "eu-west-1");
  CHECK(got.settings.security_group_ids == List{"sg-1", "sg-2"});
  CHECK(got.settings.iam_instance_profile == "web");
  CHECK(got.warnings == List{"f.toml:5: log does nothing here; -v and -vv say more"});
  CHECK(mistake("bundle = 's3://b/k.tar.gz'\ns3_bundle_url = 's3://b/k.tar.gz'\n")
        == Said{"f.toml:2: s3_bundle_url is the same setting as bundle in line 1",
                "keep one of the two"});
}

TEST_CASE("config: a pool wins over the top of the file, and an empty list is a value")
{
  const std::string text =
    "region = 'top'\nsubnet_id = ['a', 'b']\ntags.who = 'top'\ntags.top = '1'\n"
    "[pool.ci]\nregion = 'ci'\nsubnet_id = []\n[pool.ci.tags]\nwho = 'ci'\n"
    "[pool.'other one']\nregion = 'other'\n";
  const Configured ci = configured(text, {.name = "f", .pool = "ci"});
  CHECK(ci.mistakes.empty());
  CHECK(ci.settings.region == "ci");
  CHECK(ci.origins.at("region").text == "f:6");
  CHECK(ci.origins.at("region").rank == Rank::pool);
  CHECK(ci.settings.subnet_ids.empty());
  CHECK(ci.settings.tags == Map{{"top", "1"}, {"who", "ci"}});
  CHECK(configured(text).settings.region == "top");
  CHECK(configured(text, {.pool = "other one"}).settings.region == "other");
  CHECK(file_layers(text, {}, k_all).pools == List{"ci", "other one"});
}

TEST_CASE("config: a pool that is not there is named with the nearest and with all")
{
  const std::string text = "[pool.ci]\n[pool.nightly]\n";
  CHECK(mistake(text, {.name = "f", .pool = "cii"})
        == Said{"f has no pool \"cii\"", "did you mean ci? its pools: ci, nightly"});
  CHECK(mistake(text, {.name = "f", .pool = "zzzzzzzz"}).second == "its pools: ci, nightly");
  CHECK(mistake("", {.name = "f", .pool = "ci"}).second
        == "it has none; write one below [pool.NAME]");
}

TEST_CASE("config: an unknown key is named with the nearest")
{
  CHECK(mistake("\nregoin = 'x'")
        == Said{"f.toml:2: regoin is no setting", "did you mean region?"});
  CHECK(mistake("key-name = 'x'").second == "did you mean key_name?");
  CHECK(mistake("[pol.x]\n").second == "did you mean pool?");
  CHECK(mistake("\"\" = 1").first == "f.toml:1: \"\" is no setting");
  CHECK(mistake("run = 1").second != "");
  CHECK(mistake("[pool.ci]\nregoin = 'x'").first == "f.toml:2: regoin is no setting");
}

TEST_CASE("config: a value of the wrong type says how to write it")
{
  const auto check = [](const std::string& line, const std::string& message,
                        const std::string& hint) {
    CAPTURE(line);
    CHECK(mistake(line) == Said{"f.toml:1: " + message, hint});
  };
  check("boot_timeout = 120", "boot_timeout is a number without a unit",
        "write a text with a unit: boot_timeout = \"120s\"");
  check("max_lifetime = 1.5", "max_lifetime is a number without a unit",
        "write a text with a unit: max_lifetime = \"90s\"");
  check("boot_timeout = 00:02:00", "boot_timeout is a date or time, not a text",
        "write a text with a unit: boot_timeout = \"90s\"");
  check("launch_template_version = 3", "launch_template_version is a number, not a text",
        "write launch_template_version = \"3\"");
  check("key_name = 2020-01-01", "key_name is a date or time, not a text",
        "write key_name = \"…\"");
  check("app = nan", "app is a number, not a text", "write app = \"…\"");
  check("app = -inf", "app is a number, not a text", "write app = \"…\"");
  check("app = ['a']", "app is a list, not a text", "write app = \"…\"");
  check("app.x = 'a'", "app is a table, not a text", "write app = \"…\"");
  check("release_cookie = 0x1234", "release_cookie is a number, not a text",
        "write release_cookie = \"…\"");
  check("allow_http = 'true'", "allow_http is a text, not true or false",
        "write allow_http = true or false, without quotes");
  check("subnet_id = 5", "subnet_id is a number, not a list of texts", "write subnet_id = [\"5\"]");
  check("subnet_id = ['a', ['b']]", "subnet_id holds a list, not only texts",
        "write subnet_id = [\"…\"]");
  check("env = ['A=b']", "env is a list, not a table",
        "write env.KEY = \"value\", or a table [env]");
  check("env.PORT = 4000", "env.PORT is a number, not a text", "write env.PORT = \"…\"");
  check("tags.n = 5", "tags.n is a number, not a text", "write tags.n = \"5\"");
  check("tags.a.b = 'x'", "tags.a is a table, not a text",
        "a name with a dot stands in quotes: tags.\"A.B\" = \"value\"");
  check("[[env]]", "env is a list, not a table", "write env.KEY = \"value\", or a table [env]");
  check("pool = 'ci'", "pool is a text, not a table",
        "write the settings of a pool below [pool.NAME], and choose it with --pool NAME");
  check("pool.ci = 'x'", "pool.ci is a text, not a table",
        "write the settings of a pool below [pool.NAME]");
}

TEST_CASE("config: bad values are named with file, line and key")
{
  CHECK(mistake("\nboot_timeout = '120'").first == "f.toml:2: boot_timeout: \"120\" has no unit");
  CHECK(mistake("wait_for = 'runing'").first
        == "f.toml:1: wait_for: \"runing\" is not one of its values");
  CHECK(mistake("app = ''").first == "f.toml:1: app: the value is empty");
  CHECK(mistake("subnet_id = ['a', '']").first == "f.toml:1: subnet_id: the value is empty");
  CHECK(mistake("env.1A = 'x'").first == "f.toml:1: env: \"1A\" cannot be the name of a variable");
}

TEST_CASE("config: every mistake of a file is reported at once")
{
  const Configured got =
    configured("regio = 1\nboot_timeout = 5\nwait_for = 'x'\n[pool.a]\nq = 1\n[pool.b]\napp = 1\n",
               {.name = "f", .pool = "c"});
  CHECK(got.mistakes.size() == 6);
  for (const Mistake& mistake : got.mistakes) {
    CHECK(!mistake.hint.empty());
  }
}

TEST_CASE("config: a file that nobody named must not say where credentials go")
{
  constexpr const char* k_refused[] = {"profile = 'x'", "endpoint_url = 'http://localhost'",
                                       "ec2_service_endpoint = 'https://x'", "ca_bundle = '/x'",
                                       "allow_http = true"};
  for (const char* line : k_refused) {
    CAPTURE(line);
    const auto [message, hint] = mistake(line, {.name = "flame-ec2.toml", .named = false});
    CHECK(message.starts_with("flame-ec2.toml:1: "));
    CHECK(message.ends_with(
      " is not taken from a file that nobody named, since that could send credentials elsewhere"));
    CHECK(hint.starts_with("name the file: --config flame-ec2.toml"));
    CHECK(mistake("[pool.p]\n" + std::string(line), {.named = false, .pool = "p"})
            .first.starts_with(":2: "));
    CHECK(configured(line).mistakes.empty());
  }
  CHECK(configured("region = 'x'\napp = 'y'", {.named = false}).mistakes.empty());
}

TEST_CASE("config: where requests and credentials go is guarded, all of it but the region")
{
  for (const Option& option : options()) {
    CAPTURE(option.key);
    const bool harmless = option.key == "region" || option.key == "auto_configure";
    CHECK(option.rules.guarded == (option.group == Group::where && !harmless));
  }
}

TEST_CASE("config: a file does not stop commands by settings that they do not take")
{
  constexpr Group k_where[] = {Group::where};
  const FileLayers layers = file_layers("boot_timeout = 5\nregion = 'x'\n", {.name = "f"}, k_where);
  CHECK(layers.mistakes.empty());
  REQUIRE(layers.file.rows.size() == 1);
  CHECK(layers.file.rows[0].option == find_key("region"));
}

TEST_CASE("config: what is no TOML is named with its line, and never with its values")
{
  const auto check = [](std::string_view text, std::string_view start) {
    CAPTURE(text);
    const FileLayers layers = file_layers(text, {.name = "f"}, k_all);
    CHECK(layers.incomplete);
    REQUIRE(layers.mistakes.size() == 1);
    CAPTURE(layers.mistakes[0].message);
    CHECK(layers.mistakes[0].message.starts_with(start));
    CHECK(layers.mistakes[0].message.find("hunter2") == std::string::npos);
  };
  check("region = 'x'\nrelease_cookie = hunter2", "f:2: this is no TOML: ");
  check("release_cookie = 12hunter2", "f:1: this is no TOML: ");
  check("release_cookie = 'hunter2", "f:1: this is no TOML: ");
  check("release_cookie = \"\\hunter2\"", "f:1: this is no TOML: ");
  check("release_cookie = 99999999999999999999999999", "f:1: this is no TOML: ");
  check("app = 'a'\napp = 'hunter2'", "f:2: this is no TOML: ");
  check("[env]\nA = '1'\n[env]\nB = '2'", "f:3: this is no TOML: ");
  check("env = {A = '1'}\n[env]\nB = '2'", "f:2: this is no TOML: ");
  check("= 1", "f:1: this is no TOML: ");
  check("[\x10"
        "a",
        "f:1: this is no TOML: ");
  check("nio \xC7\x87 = 1", "f:1: this is no TOML: "); // U+01C7, for toml++'s tables
  check("app", "f:1: this is no TOML: ");
  check(std::string_view("app = 'x\0y'", 11), "f:1: this is no TOML: ");
  check("\xFF\xFE"
        "a",
        "f:1: this is no TOML: ");
  check("\x7F"
        "ELF\x02\x01",
        "f:1: this is no TOML: ");
}

TEST_CASE("config: nesting without end is refused, dots in texts are not nesting")
{
  const auto nested = [](const std::string& piece, int times, const std::string& before = "") {
    std::string text = before;
    for (int i = 0; i < times; ++i) {
      text += piece;
    }
    return file_layers(text, {.name = "f"}, k_all);
  };
  for (const char* piece : {"a.", "[", "{a=", "\"a\".", "{a.", "[["}) {
    CAPTURE(piece);
    CHECK(nested(piece, 500'000, "\n").incomplete);
    CHECK(nested(piece, 500'000, "x = ").incomplete);
  }
  CHECK(nested("a.", 500'000, "\n").mistakes[0].message
        == "f:2: this is no TOML: it is nested too deeply");
  CHECK(file_layers("app = \"ü\" # ü\n\xEF\xBA\xBF = 1\n", {.name = "f"}, k_all).mistakes[0].message
        == "f:2: this is no TOML: a letter that is not ASCII stands outside of quotes");
  const std::string dots(1000, '.');
  for (const std::string& quote : List{"'", "\"", "'''", "\"\"\""}) {
    CHECK(configured("env.A = " + quote + dots + quote + " # " + dots).settings.env.at("A")
          == dots);
  }
  CHECK(configured("env.A = \"\\\"" + dots + "\"").settings.env.at("A").size() == 1001);
}

TEST_CASE("config: a file has numbers with or without quotes, and both kinds of no")
{
  const Configured got =
    configured("root_volume_size = 30\nmetadata_hop_limit = \"2\"\n"
               "public_ip = false\n"
               "ec2 = { \"Placement.PartitionNumber\" = 3, EbsOptimized = true,"
               " KernelId = \"aki-1\" }\n");
  CHECK(got.mistakes.empty());
  CHECK(got.settings.root_volume_size == 30);
  CHECK(got.settings.metadata_hop_limit == 2);
  CHECK(got.settings.public_ip == false);
  CHECK(
    got.settings.ec2
    == Map{{"EbsOptimized", "true"}, {"KernelId", "aki-1"}, {"Placement.PartitionNumber", "3"}});
  CHECK(mistake("root_volume_size = 1.5").first
        == "f.toml:1: root_volume_size is a number, not a whole number");
  CHECK(mistake("root_volume_size = true").second == "write root_volume_size = 1, from 1 to 65536");
  CHECK(mistake("public_ip = \"no\"").second == "write public_ip = true or false, without quotes");
  CHECK(mistake("ec2.A = 1.5")
        == Said{"f.toml:1: ec2.A is no whole number", "write it as a text: ec2.A = \"…\""});
  CHECK(configured("ec2.Placement.GroupName = 'x'").settings.ec2
        == Map{{"Placement.GroupName", "x"}});
}
