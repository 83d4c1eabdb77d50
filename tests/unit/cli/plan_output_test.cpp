#include "base/text.hpp"
#include "cli/plan_output.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace flame;
using namespace flame::cli;

namespace {

PlanReport report()
{
  const boot::Candidate spot{"u-24tb1.112xlarge", "subnet-0123456789abcdef0", "spot"};
  const boot::Candidate demand{"m7i.large", "subnet-0fedcba9876543210", "on-demand"};
  return {.run_id = "r-1",
          .region = "ap-southeast-1",
          .app = "shop",
          .count = 3,
          .min_count = 3,
          .candidates = {{.candidate = spot, .zone = "ap-southeast-1a"},
                         {.candidate = demand,
                          .zone = "ap-southeast-1b",
                          .against = boot::Dropped{demand, "not-offered", "there is none"}}},
          .request = {{"InstanceType", "u-24tb1.112xlarge"}},
          .calls = {{"secretsmanager", "GetSecretValue", 1, "the value of A"},
                    {"ec2", "DescribeLaunchTemplateVersions", 1,
                     "a launch template with a name of a length that nobody can read"},
                    {"ec2", "GetConsoleOutput", std::nullopt, "until all are ready"}},
          .least_all = Millis(17'500),
          .user_data = 3000,
          .user_data_limit = 16'384,
          .packed = true,
          .live = 2,
          .max_running = 9};
}

const Seconds k_now{std::chrono::seconds(1'768'464'900)};

Look look(std::optional<int> width)
{
  return {.now = k_now,
          .local_time =
            [](Seconds time) { return time == k_now ? "2026-01-15 09:15" : "2026-01-15 10:20"; },
          .width = width};
}

} // namespace

TEST_CASE("cli: a plan as text fits the terminal, but for names that are longer")
{
  PlanReport it = report();
  for (const int width : {40, 80, 200}) {
    for (const std::string& line : split(plan_output(it, Output::text, look(width)), '\n')) {
      const auto length = std::ranges::count_if(
        line, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
      CHECK_MESSAGE(length <= width, line);
    }
  }
}

TEST_CASE("cli: a plan as text is whole where there is no terminal, and its time is local")
{
  PlanReport it = report();
  it.expires_at = k_now + std::chrono::minutes(65);
  const std::string text = plan_output(it, Output::text, look({}));
  for (const char* part :
       {"1   spot       u-24tb1.112xlarge  subnet-0123456789abcdef0", "subnet-0fedcba9876543210",
        "that nobody can read\n", "expires at: 10:20 (in 1h5m)\n"}) {
    CHECK_MESSAGE(text.find(part) != std::string::npos, part, " in:\n", text);
  }
}

TEST_CASE("cli: a plan as text names what cannot be had")
{
  const std::string text = plan_output(report(), Output::text, look(80));
  for (const char* part :
       {"machines: 3\n", "live: 2 of the app, max_running 9\n", "expires at: never\n",
        "user data: at most 3000 of 16384 bytes, in gzip\n",
        "wait for EC2's limits: none; when each candidate is asked for: 17s500ms\n",
        "not asked for: there is none\n", "not-offered\n", "InstanceType = u-24tb1.112xlarge\n",
        "*      ec2 "}) {
    CHECK_MESSAGE(text.find(part) != std::string::npos, part, " in:\n", text);
  }
}

TEST_CASE("cli: a plan as text says with how many a boot is content, and what is often called")
{
  PlanReport it = report();
  it.min_count = 2;
  it.calls.back().least = 3;
  const std::string text = plan_output(it, Output::text, look(std::nullopt));
  for (const char* part : {"machines: 3, at least 2\n", "3+     ec2 "}) {
    CHECK_MESSAGE(text.find(part) != std::string::npos, part, " in:\n", text);
  }
}

TEST_CASE("cli: a plan as JSON holds its error")
{
  PlanReport it = report();
  const Error error{.kind = ErrorKind::capacity, .message = "full"};
  it.error = &error;
  const std::string json = plan_output(it, Output::json, look({}));
  for (const char* part :
       {R"("least_ms":{"first_candidate":0,"all_candidates":17500})", R"("expires_at":null)",
        R"("against":"not-offered","message":"there is none")", R"("against":null,"message":null)",
        R"("count":null,"what":"until all are ready")", R"("error":{"kind":"capacity")"}) {
    CHECK_MESSAGE(json.find(part) != std::string::npos, part, " in: ", json);
  }
}
