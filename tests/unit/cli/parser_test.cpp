#include "cli/parser.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::cli;

namespace {

using List = std::vector<std::string>;

Parsed parsed(const List& arguments)
{
  return parse(arguments);
}

std::string message(const List& arguments)
{
  const Parsed result = parsed(arguments);
  return result.error ? result.error->message + " | " + result.error->hint : "";
}

} // namespace

TEST_CASE("cli: flags and operands in any order, values by blank or '='")
{
  const Parsed result = parsed({"--region", "eu-west-1", "terminate", "i-1", "--settle=5s", "-y",
                                "-ojson", "-vv", "--", "--i-2"});
  REQUIRE(!result.error);
  const Invocation& got = result.invocation;
  CHECK(got.command->name == "terminate");
  REQUIRE(got.settings.size() == 1);
  CHECK(got.settings[0].name == "--region");
  CHECK(got.settings[0].value == "eu-west-1");
  CHECK(got.operands == List{"i-1", "--i-2"});
  CHECK(got.value("--settle") == "5s");
  CHECK(got.has("--yes"));
  CHECK(got.output == Output::json);
  CHECK(got.verbosity == 2);
}

TEST_CASE("cli: values arrive exactly as they were typed")
{
  const Parsed result = parsed({"boot", "-e", "A=[b,c]", "--env=B= x=y", "--start-command", "--odd",
                                "--key-name=", "--allow-http"});
  REQUIRE(!result.error);
  const auto& settings = result.invocation.settings;
  REQUIRE(settings.size() == 5);
  CHECK(settings[0].value == "A=[b,c]");
  CHECK(settings[1].value == "B= x=y");
  CHECK(settings[2].value == "--odd");
  CHECK(settings[3].value.empty());
  CHECK(settings[4].value == "true");
}

TEST_CASE("cli: an empty value is empty, and never the next argument")
{
  const Parsed result = parsed({"terminate", "--run-id=", "--yes"});
  REQUIRE(!result.error);
  CHECK(result.invocation.value("--run-id") == "");
  CHECK(result.invocation.has("--yes"));
}

TEST_CASE("cli: a command's own flags hide settings of the same name")
{
  const Parsed result = parsed({"terminate", "--app", "demo"});
  REQUIRE(!result.error);
  CHECK(result.invocation.settings.empty());
  CHECK(result.invocation.value("--app") == "demo");
}

TEST_CASE("cli: --dry-run takes a value only by '='")
{
  CHECK(parsed({"boot", "--dry-run"}).invocation.value("--dry-run") == "");
  CHECK(parsed({"boot", "--dry-run=ec2"}).invocation.value("--dry-run") == "ec2");
  CHECK(message({"boot", "--dry-run", "ec2"})
        == "flame-ec2 boot takes no operand \"ec2\" | see: "
           "flame-ec2 boot --help");
}

TEST_CASE("cli: what is unknown is named with the nearest")
{
  CHECK(message({"bot"}) == "there is no command \"bot\" | did you mean: flame-ec2 boot");
  CHECK(message({"bot", "--region", "x", "--what"})
        == "there is no command \"bot\" | did you mean: flame-ec2 boot");
  CHECK(message({"boot", "--imageid", "x"})
          .starts_with("flame-ec2 boot has no flag --imageid | did you mean --image-id?"));
  CHECK(message({"boot", "--xxxxxxxxxxxxxxxx"})
        == "flame-ec2 boot has no flag --xxxxxxxxxxxxxxxx | see: flame-ec2 boot --help");
  CHECK(message({"boot", "-Z"}).starts_with("flame-ec2 boot has no flag -Z"));
  CHECK(message({"boot", "-o", "jsn"})
        == "\"jsn\" is no value of -o | did you mean json? the values are text, json, env");
  CHECK(message({"completion", "bsh"})
        == "flame-ec2 completion does not know \"bsh\" | did you mean bash? the values are bash, "
           "zsh, fish");
}

TEST_CASE("cli: what stands behind a misspelt flag is its value")
{
  CHECK(message({"list", "--regoin", "x"})
        == "flame-ec2 list has no flag --regoin | did you mean --region?");
  CHECK(!parsed({"list", "--regoin", "x"}).error->also.size());
  CHECK(parsed({"list", "x", "--regoin", "y"}).error->also.size() == 1);
  CHECK(parsed({"list", "--jsn", "x"}).error->also.size() == 1); // --json takes none
}

TEST_CASE("cli: flags of the command that run runs, and words that are flags here")
{
  CHECK(message({"run", "ls", "-l"})
        == "flame-ec2 run has no flag -l | flags of the command itself stand behind --: "
           "flame-ec2 run [flags] -- ls -l");
  CHECK(message({"version"})
        == "there is no command \"version\" | did you mean: flame-ec2 --version");
}

TEST_CASE("cli: words of other programs, and of help, lead to what does that here")
{
  const auto meant = [](const std::string& word) {
    const std::string text = message({word});
    return text.substr(text.find("| ") + 2);
  };
  for (const char* word : {"rm", "delete", "stop", "kill", "destroy"}) {
    CHECK(meant(word) == "did you mean: flame-ec2 terminate");
  }
  CHECK(meant("ps") == "did you mean: flame-ec2 list");
  CHECK(meant("init") == "did you mean: flame-ec2 configure");
  CHECK(meant("settings") == "did you mean: flame-ec2 help settings");
  CHECK(meant("statuses") == "did you mean: flame-ec2 help statuses");
  CHECK(meant("login") == "see: flame-ec2 --help"); // two of five letters are too many
}

TEST_CASE("cli: a command has the outputs that its row names")
{
  CHECK(message({"logs", "i-1", "-o", "env"})
        == "logs has no --output env | choose one of text, json");
  CHECK(message({"list", "-o", "env"}).empty());
  CHECK(message({"--help", "-o", "env"}).empty());
}

TEST_CASE("cli: what is missing or too much")
{
  CHECK(message({}) == "no command is given | see: flame-ec2 --help");
  CHECK(message({"boot", "--image-id"}) == "--image-id needs a value | write --image-id AMI");
  CHECK(message({"boot", "--json=yes"}) == "--json takes no value | write --json alone");
  CHECK(message({"man", "boot"})
        == "flame-ec2 man takes no operand \"boot\" | see: flame-ec2 man --help");
  CHECK(message({"--bundle", "x", "terminate", "i-1"})
        == "flame-ec2 terminate has no flag --bundle | see: flame-ec2 terminate --help");
}

TEST_CASE("cli: all mistakes of a line are one error of kind usage")
{
  const Parsed result = parsed({"boot", "--bad-one-xxxxxx", "surplus", "--json"});
  REQUIRE(result.error);
  CHECK(result.error->kind == ErrorKind::usage);
  CHECK(result.error->also.size() == 1);
  CHECK(result.invocation.output == Output::json); // so that the error itself is JSON
}

TEST_CASE("cli: the value of an unknown flag is not repeated, since it may be a secret")
{
  CHECK(message({"boot", "--relaese-cookie=hunter2"}).find("hunter2") == std::string::npos);
}
