#include "cli/console.hpp"
#include "cli/output.hpp"
#include "cli/ticking_clock.hpp"
#include "support/fake_world.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::cli;

namespace {

boot::BootResult result()
{
  aws::Instance instance{.id = "i-1",
                         .state = aws::InstanceState::running,
                         .instance_type = "t3.nano",
                         .subnet_id = "subnet-1",
                         .availability_zone = "eu-west-1a",
                         .private_ip = "10.0.0.9",
                         .launch_time = "2026-01-15T08:15:30.000Z"};
  return {.run_id = "ci-7",
          .region = "eu-west-1",
          .account = "123456789012",
          .machines = {{.instance = instance}},
          .timings = {.launch = Millis(812), .running = Millis(9120)}};
}

} // namespace

TEST_CASE("cli: a boot as JSON, text and variables")
{
  CHECK(boot_output(result(), Output::json)
        == R"({"run_id":"ci-7","region":"eu-west-1","account":"123456789012","instances":[)"
           R"({"instance_id":"i-1","private_ip":"10.0.0.9","public_ip":null,)"
           R"("instance_type":"t3.nano","subnet_id":"subnet-1","availability_zone":"eu-west-1a",)"
           R"("market":"on-demand","state":"running","stage":null,)"
           R"("launched_at":"2026-01-15T08:15:30.000Z","expires_at":null}],)"
           R"("timings_ms":{"launch":812,"running":9120,"ready":null},"refused":[]})"
           "\n");
  CHECK(boot_output(result(), Output::text) == "i-1\t10.0.0.9\n");
  CHECK(boot_output(result(), Output::env)
        == "FLAME_EC2_RUN_ID=ci-7\nFLAME_EC2_INSTANCE_ID=i-1\nFLAME_EC2_INSTANCE_IDS=i-1\n"
           "FLAME_EC2_PRIVATE_IP=10.0.0.9\n");
}

TEST_CASE("cli: several ids are one word for eval")
{
  CHECK(ended_output({"eu-west-1", "", {"i-1", "i-2"}}, Output::env)
        == "FLAME_EC2_INSTANCE_IDS='i-1 i-2'\n");
  CHECK(ended_output({"eu-west-1", "", {"i-1", "i-2"}}, Output::text) == "i-1\ni-2\n");
  CHECK(ended_output({"eu-west-1", "ci-7", {"i-1"}}, Output::json)
        == "{\"region\":\"eu-west-1\",\"run_id\":\"ci-7\",\"terminated\":[\"i-1\"]}\n");
}

TEST_CASE("cli: an error as JSON has all that a script can branch on")
{
  const Error error{.kind = ErrorKind::throttled,
                    .message = "EC2 throttled \"RunInstances\"",
                    .hint = "later",
                    .aws_code = "RequestLimitExceeded",
                    .request_id = "r-1",
                    .run_id = "ci-7",
                    .retry_after = Millis(1500),
                    .instances = {"i-1"},
                    .also = {{"and this", ""}}};
  CHECK(error_json(error)
        == R"({"error":{"kind":"throttled","message":"EC2 throttled \"RunInstances\"",)"
           R"("hint":"later","aws_code":"RequestLimitExceeded","request_id":"r-1",)"
           R"("run_id":"ci-7","stage":null,"retryable":true,"retry_after_ms":1500,)"
           R"("instances":["i-1"],"also":[{"message":"and this","hint":null}]}})"
           "\n");
  CHECK(error_json({.message = "\xFF\n"}).find("\"message\":\"?\\n\"") != std::string::npos);
}

TEST_CASE("cli: an error as text: a sentence, a hint, every mistake, every machine")
{
  CHECK(error_text({.message = "a is wrong",
                    .hint = "mend a",
                    .instances = {"i-1", "i-2"},
                    .also = {{"b is wrong", ""}}},
                   false)
        == "flame-ec2: error: a is wrong\nhint: mend a\nflame-ec2: error: b is wrong\n"
           "flame-ec2: may still run: i-1 i-2\n");
  CHECK(error_text({.message = "x"}, true) == "flame-ec2: \033[1;31merror:\033[0m x\n");
}

TEST_CASE("cli: what comes from outside cannot steer the terminal")
{
  CHECK(printable("a\033[2Jb\r\n") == "a?[2Jb??");
  CHECK(printable("ü\t") == "ü\t");
  CHECK(printable("\xFFü") == "???");
}

TEST_CASE("cli: elsewhere than on a terminal, each thing that is done is one line")
{
  test::FakeWorld fake;
  Console console({}, fake.world);
  console.doing("launching");
  console.doing("launching");
  console.doing("waiting");
  console.note("a note");
  console.detail("only with -v");
  CHECK(fake.err == "flame-ec2: launching\nflame-ec2: waiting\nflame-ec2: a note\n");
}

TEST_CASE("cli: on a terminal a live line is taken away before anything else is said")
{
  test::FakeWorld fake;
  fake.world.terminal = {.errors = true, .width = [] { return 24; }};
  Console console({}, fake.world);
  console.doing("waiting for something that takes long");
  CHECK(fake.err == "\rwaiting for… takes long\033[K");
  fake.err.clear();
  console.warn("mind");
  CHECK(fake.err == "\r\033[Kflame-ec2: \033[1;33mwarning:\033[0m mind\n");
}

TEST_CASE("cli: the live line goes on with the time, and comes back after a note")
{
  test::FakeWorld fake;
  int columns = 80;
  fake.world.terminal = {.errors = true, .width = [&] { return columns; }};
  Console console({}, fake.world);
  TickingClock clock(fake.clock, console);
  console.until(fake.clock.now() + std::chrono::minutes(5));
  console.doing("launching");
  fake.err.clear();
  clock.sleep(std::chrono::milliseconds(2500), fake.cancel, {});
  CHECK(fake.clock.slept.size() == 3);
  CHECK(fake.err == "\rlaunching  1s, 4m59s left\033[K\rlaunching  2s, 4m58s left\033[K");
  console.note("a note");
  fake.err.clear();
  columns = 18; // the window was made smaller
  clock.sleep(std::chrono::seconds(1), fake.cancel, {});
  CHECK(fake.err == "\rlaunching  3s\033[K");
  console.clear();
  fake.err.clear();
  clock.sleep(std::chrono::seconds(1), fake.cancel, {}); // nothing is being done any more
  CHECK(fake.err.empty());
}

TEST_CASE("cli: the live line keeps off a line that somebody else has begun")
{
  test::FakeWorld fake;
  fake.world.terminal.errors = true;
  Console console({}, fake.world);
  console.passed("50 %");
  console.doing("waiting");
  CHECK(fake.err.empty());
  console.note("a note");
  CHECK(fake.err == "\nflame-ec2: a note\n");
  console.doing("waiting");
  CHECK(fake.err.ends_with("\rwaiting\033[K"));
}

TEST_CASE("cli: the live line is cut to the columns that there are")
{
  CHECK(live_line("launching t3.nano", "5s, 4m55s left", 80)
        == "launching t3.nano  5s, 4m55s left");
  CHECK(
    live_line("waiting for i-0123456789abcdef0 to be ready, it is at: fetch", "5s, 4m55s left", 39)
    == "waiting for…s at: fetch  5s, 4m55s left");
  CHECK(live_line("waiting for i-0123456789abcdef0", "5s, 4m55s left", 30)
        == "waiting for i…56789abcdef0  5s");
  CHECK(live_line("waiting for i-0123456789abcdef0", "5s", 9) == "wait…def0");
  CHECK(live_line("wärme läuft", "", 7) == "wär…uft");
  CHECK(live_line("x", "", 0).empty());
}

TEST_CASE("cli: colors: --color, then NO_COLOR, then whether it is a terminal")
{
  test::FakeWorld fake;
  fake.world.terminal.errors = true;
  const auto colored = [&](Color color) {
    Console console({.color = color}, fake.world);
    fake.err.clear();
    console.warn("x");
    return fake.err.find("\033[1") != std::string::npos;
  };
  CHECK(colored(Color::automatic));
  CHECK(!colored(Color::never));
  fake.world.env["NO_COLOR"] = "1";
  CHECK(!colored(Color::automatic));
  CHECK(colored(Color::always));
  fake.world.env["CLICOLOR_FORCE"] = "1";
  CHECK(!colored(Color::automatic));
  fake.world.env = {{"NO_COLOR", ""}};
  CHECK(colored(Color::automatic));
  fake.world.env = {{"CLICOLOR", "0"}};
  CHECK(!colored(Color::automatic));
  fake.world.env = {{"TERM", "dumb"}};
  CHECK(!colored(Color::automatic));
  fake.world.env = {};
  fake.world.terminal.errors = false;
  CHECK(!colored(Color::automatic));
  fake.world.env = {{"CLICOLOR_FORCE", "1"}};
  CHECK(colored(Color::automatic));
}

TEST_CASE("cli: --quiet leaves errors only")
{
  test::FakeWorld fake;
  Console console({.quiet = true}, fake.world);
  console.doing("a");
  console.note("b");
  console.warn("c");
  CHECK(fake.err.empty());
  console.error({.message = "d"});
  CHECK(fake.err == "flame-ec2: error: d\n");
}
