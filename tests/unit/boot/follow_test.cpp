#include "boot/follow.hpp"
#include "support/boot_world.hpp"
#include "support/fake_s3.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

using namespace flame;
using aws::InstanceState;

namespace {

const std::string k_began =
  "flame-ec2 n0nce stage=boot t=0.00 .\nflame-ec2 n0nce stage=start t=1.00 .\n";
const std::string k_hello = "flame-ec2 n0nce out=stdout at=0 b64=aGVsbG8= .\n";
const std::string k_three =
  "flame-ec2 n0nce stage=stopped t=2.00 rc=3 stdout=5 stderr=0 packed=0 msg=exit-code .\n";

struct Following {
  test::FakeEc2 ec2 = {};
  test::FakeS3 s3 = {};
  test::FakeClock clock = {};
  test::FakeCancel cancel = {};
  test::NotedProgress progress = {};
  std::string out = {};
  std::string err = {};
  std::string packed = {};
  Result<void> shown = {};
  bool store = false;
  std::size_t count = 1; // i-1, i-2, …

  std::vector<aws::Instance> machines(InstanceState state) const
  {
    std::vector<aws::Instance> all;
    for (std::size_t i = 1; i <= count; ++i) {
      all.push_back({.id = "i-" + std::to_string(i), .state = state});
    }
    return all;
  }
  boot::Followed run()
  {
    return boot::follow(machines(InstanceState::running),
                        {.ec2 = ec2,
                         .clock = clock,
                         .cancel = cancel,
                         .progress = progress,
                         .nonce = "n0nce",
                         .s3 = store ? &s3 : nullptr,
                         .folder = {.bucket = "keep", .key = "runs/r/b/"},
                         .deadline = clock.now() + std::chrono::hours(2),
                         .show = [this](std::size_t, fleet::Stream stream, std::string_view bytes) {
                           (stream == fleet::Stream::out   ? out
                            : stream == fleet::Stream::err ? err
                                                           : packed) += bytes;
                           return shown;
                         }});
  }
  void looks(InstanceState state, int times, const std::string& code = {})
  {
    for (int i = 0; i < times; ++i) {
      ec2.looks.emplace_back(
        test::FakeEc2::Machines{{.id = "i-1", .state = state, .state_reason_code = code}});
    }
  }
  void says(const std::string& console) { ec2.consoles.emplace_back(console); }
};

} // namespace

TEST_CASE("boot::follow shows output as it comes by the console, and ends with the status")
{
  Following it;
  it.looks(InstanceState::running, 9);
  it.says("");
  it.says(k_began);
  it.says(k_began + k_hello);
  it.says(k_began + k_hello + k_three);
  const boot::Followed followed = it.run();
  CHECK_FALSE(followed.error.has_value());
  REQUIRE(followed.jobs.at(0).end.has_value());
  CHECK(followed.jobs[0].end->status == 3);
  CHECK(it.out == "hello");
  CHECK(followed.jobs[0].output.left_out(fleet::Stream::out) == 0);
}

TEST_CASE("boot::follow counts what the console has lost")
{
  Following it;
  it.looks(InstanceState::running, 9);
  it.says(k_began + k_three); // and no piece of it
  const boot::Followed followed = it.run();
  REQUIRE(followed.jobs.at(0).end.has_value());
  CHECK(followed.jobs[0].end->status == 3);
  CHECK(followed.jobs[0].output.left_out(fleet::Stream::out) == 5);
}

TEST_CASE(
  "boot::follow waits for the last words of a machine that has left, and then says what is so")
{
  Following it;
  it.looks(InstanceState::running, 2);
  it.looks(InstanceState::terminated, 99, "Server.SpotInstanceTermination");
  SUBCASE("it says them late")
  {
    for (const std::string& text : {k_began, k_began, std::string(), std::string()}) {
      it.says(text);
    }
    it.says(k_began + k_hello + k_three);
    const boot::Followed followed = it.run();
    REQUIRE(followed.jobs.at(0).end.has_value());
    CHECK(followed.jobs[0].end->status == 3);
  }
  SUBCASE("it never does")
  {
    const boot::Followed followed = it.run();
    REQUIRE(followed.jobs.at(0).end.has_value());
    CHECK_FALSE(followed.jobs[0].end->status.has_value());
    CHECK(followed.jobs[0].end->error->kind == ErrorKind::capacity);
    CHECK(followed.jobs[0].has_left);
  }
}

TEST_CASE("boot::follow reads a store's parts in their order, to the last")
{
  Following it;
  it.store = true;
  it.looks(InstanceState::running, 99);
  it.s3.objects["keep/runs/r/b/i-1/out.00000000"] = "3 1 0\nhelE";
  it.s3.objects["keep/runs/r/b/i-1/status"] = k_began + k_three;
  it.clock.on_sleep = [&] { it.s3.objects["keep/runs/r/b/i-1/out.00000001"] = "2 0 4\nlozzzz"; };
  const boot::Followed followed = it.run();
  CHECK_FALSE(followed.error.has_value());
  CHECK(it.out == "hello");
  CHECK(it.err == "E");
  CHECK(it.packed == "zzzz");
  CHECK(followed.jobs.at(0).end->status == 3);
}

TEST_CASE("boot::follow reads the store of many, each to its own end")
{
  Following it;
  it.store = true;
  it.count = 40;
  for (int i = 0; i < 99; ++i) {
    it.ec2.looks.emplace_back(it.machines(InstanceState::running));
  }
  for (std::size_t i = 1; i <= it.count; ++i) {
    const std::string at = "keep/runs/r/b/i-" + std::to_string(i);
    it.s3.objects[at + "/out.00000000"] = "3 0 0\nhel";
    it.s3.objects[at + "/out.00000001"] = "2 0 0\nlo";
    it.s3.objects[at + "/status"] = i == 7 ? k_began : k_began + k_three;
  }
  it.clock.on_sleep = [&] { it.s3.objects["keep/runs/r/b/i-7/status"] = k_began + k_three; };
  const boot::Followed followed = it.run();
  CHECK_FALSE(followed.error.has_value());
  CHECK(followed.jobs.size() == 40);
  for (const boot::RunningJob& job : followed.jobs) {
    CAPTURE(job.machine.id);
    REQUIRE(job.end.has_value());
    CHECK(job.end->status == 3);
    CHECK(job.output.left_out(fleet::Stream::out) == 0);
  }
  CHECK(it.out.size() == 40 * 5);
}

TEST_CASE("boot::follow asks few consoles of many that are silent in the store, and all in turn")
{
  Following it;
  it.store = true;
  it.count = 35;
  for (int i = 0; i < 99; ++i) {
    it.ec2.looks.emplace_back(it.machines(InstanceState::running));
  }
  int sleeps = 0;
  it.clock.on_sleep = [&] { it.cancel.now.signal = ++sleeps == 5 ? 2 : 0; };
  CHECK(it.run().error->kind == ErrorKind::interrupted);
  std::map<std::string, int> asked;
  for (const std::string& call : it.ec2.calls) {
    asked[call] += call.starts_with("console ") ? 1 : 0;
  }
  std::erase_if(asked, [](const auto& one) { return one.second == 0; });
  CHECK(asked.size() == 35); // ten in each look; the first is no later than the beginning
}

TEST_CASE("boot::follow takes the console when a store's machine says nothing by it")
{
  Following it;
  it.store = true;
  it.looks(InstanceState::running, 99);
  it.says(k_began + k_hello + k_three);
  const boot::Followed followed = it.run();
  CHECK(followed.jobs.at(0).end->status == 3);
  CHECK(it.out == "hello");
}

TEST_CASE("boot::follow ends with the reason when it cannot go on")
{
  Following it;
  it.looks(InstanceState::running, 99);
  SUBCASE("a signal")
  {
    it.clock.on_sleep = [&] { it.cancel.now.signal = 2; };
    const boot::Followed followed = it.run();
    REQUIRE(followed.error.has_value());
    CHECK(followed.error->kind == ErrorKind::interrupted);
    CHECK(followed.error->signal == 2);
  }
  SUBCASE("nobody may read the console")
  {
    it.ec2.consoles.emplace_back(
      aws::api_error("GetConsoleOutput", "UnauthorizedOperation", "no", 403, "r"));
    const boot::Followed followed = it.run();
    REQUIRE(followed.error.has_value());
    CHECK(followed.error->kind == ErrorKind::denied);
  }
  SUBCASE("the output cannot be written")
  {
    it.says(k_began + k_hello);
    it.shown = fail(ErrorKind::output, "standard output is closed");
    const boot::Followed followed = it.run();
    REQUIRE(followed.error.has_value());
    CHECK(followed.error->kind == ErrorKind::output);
  }
  SUBCASE("the machine's time is over, and EC2 still shows it")
  {
    it.looks(InstanceState::running, 9999);
    it.says(k_began);
    const boot::Followed followed = it.run();
    REQUIRE(followed.error.has_value());
    CHECK(followed.error->kind == ErrorKind::timeout);
    CHECK(followed.error->hint.find("--max-lifetime") != std::string::npos);
  }
  SUBCASE("the machine never says a word, as one without cloud-init")
  {
    it.looks(InstanceState::running, 999);
    const TimePoint began = it.clock.now();
    const boot::Followed followed = it.run();
    REQUIRE(followed.error.has_value());
    CHECK(followed.error->kind == ErrorKind::timeout);
    CHECK(followed.error->message == "i-1 has run for 5m and said nothing");
    CHECK(it.clock.now() - began < std::chrono::minutes(6));
  }
}

TEST_CASE("boot::follow asks EC2 who ended a machine that was shut down under its command")
{
  const std::string by_shutdown =
    "flame-ec2 n0nce stage=stopped t=2.00 rc=143 stdout=0 stderr=0 packed=0 msg=shutdown .\n";
  Following it;
  it.looks(InstanceState::running, 2);
  it.says(k_began);
  SUBCASE("EC2 took it")
  {
    it.looks(InstanceState::shutting_down, 9, "Server.SpotInstanceTermination");
    it.says(k_began + by_shutdown);
    const boot::Followed followed = it.run();
    CHECK_FALSE(followed.jobs.at(0).end->status.has_value());
    CHECK(followed.jobs[0].end->error->kind == ErrorKind::capacity);
    CHECK(followed.jobs[0].end->error->message.find("with status 143") != std::string::npos);
  }
  SUBCASE("it switched itself off")
  {
    it.looks(InstanceState::shutting_down, 9, "Client.InstanceInitiatedShutdown");
    it.says(k_began + by_shutdown);
    const boot::Followed followed = it.run();
    CHECK(followed.jobs.at(0).end->status == 143);
  }
}

TEST_CASE("boot::follow says once what EC2 has told a spot machine")
{
  const std::string hint = "flame-ec2 n0nce stage=rebalance t=1.50 msg=soon .\n";
  const std::string notice = "flame-ec2 n0nce stage=interrupted t=1.70 at=2026-01-15T08:22:00Z .\n";
  Following it;
  it.looks(InstanceState::running, 9);
  it.says(k_began);
  it.says(k_began + hint);
  it.says(k_began + hint + notice);
  it.says(k_began + hint + notice + k_hello);
  it.says(k_began + hint + notice + k_hello + k_three);
  const boot::Followed followed = it.run();
  CHECK(followed.jobs.at(0).end->status == 3);
  CHECK(std::ranges::count(it.progress.notes, "EC2 may take i-1 back soon; the command goes on")
        == 1);
  CHECK(std::ranges::count(it.progress.notes, "i-1 was interrupted: EC2 takes the machine back at "
                                              "2026-01-15T08:22:00Z")
        == 1);
}

TEST_CASE("boot::follow bears failures that pass, and asks more rarely while nothing is new")
{
  Following it;
  for (int i = 0; i < 5; ++i) {
    it.ec2.looks.emplace_back(
      aws::api_error("DescribeInstances", "RequestLimitExceeded", "slow", 503, "r"));
  }
  it.looks(InstanceState::running, 99);
  for (int i = 0; i < 20; ++i) {
    it.says(k_began);
  }
  it.says(k_began + k_hello + k_three);
  const boot::Followed followed = it.run();
  CHECK(followed.jobs.at(0).end->status == 3);
  CHECK(it.clock.slept.front() < std::chrono::seconds(1));
  CHECK(it.clock.slept.back() == std::chrono::seconds(5));
}
