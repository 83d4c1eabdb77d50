#include "fleet/stages.hpp"

#include <doctest/doctest.h>

using namespace flame::fleet;

TEST_CASE("fleet::parse_stages reads every word of a line")
{
  const auto lines = parse_stages("flame-ec2 n0nce stage=boot t=0.03 .\n"
                                  "flame-ec2 n0nce stage=failed t=12.50 at=fetch rc=22 msg=HTTP "
                                  "403 AccessDenied: at=x rc=1 .\n"
                                  "flame-ec2 n0nce stage=stopped t=13.00 rc=0 msg=success .\n",
                                  "n0nce");
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].stage == "boot");
  CHECK(lines[0].seconds == 0.03);
  CHECK(!lines[0].exit_status);
  CHECK(lines[0].at.empty());
  CHECK(lines[1].stage == "failed");
  CHECK(lines[1].at == "fetch");
  CHECK(lines[1].exit_status == 22);
  CHECK(lines[1].detail == "HTTP 403 AccessDenied: at=x rc=1");
  CHECK(lines[2].exit_status == 0);
  CHECK(lines[2].detail == "success");
}

TEST_CASE("fleet::parse_stages finds lines among those of others")
{
  const auto lines = parse_stages("\x1B[0;32m  OK  \x1B[0m] flame-ec2 n0nce stage=boot t=1.00 .\r\n"
                                  "[   12.3] kernel: hello\r\r\n"
                                  "flame-ec2 n0nce stage=fetch t=2.00 .\r\r\n",
                                  "n0nce");
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].stage == "boot");
  CHECK(lines[1].stage == "fetch");
  const auto behind_a_cut_one = parse_stages(
    "flame-ec2 n0nce stage=fe[ 12.3] flame-ec2 n0nce stage=unpack t=3.00 .\n", "n0nce");
  REQUIRE(behind_a_cut_one.size() == 1);
  CHECK(behind_a_cut_one[0].stage == "unpack");
}

TEST_CASE("fleet::parse_stages leaves forged and cut lines out")
{
  for (const char* line : {
         "flame-ec2 0ther stage=stopped t=1.00 rc=0 .", // another nonce
         "flame-ec2  stage=stopped t=1.00 rc=0 .",
         "flame-ec2 n0nce2 stage=stopped t=1.00 rc=0 .",
         "flame-ec2 n0nce stage=stopped t=1.00 rc=0", // no end
         "flame-ec2 n0nce stage=stopped t=1.0[ 12.3] kernel: oops",
         "flame-ec2 n0nce stage=stop",
         "flame-ec2 n0nce .", // no stage
         "flame-ec2 n0nce stage= t=1.00 .",
         "flame-ec2 n0nce stage=st\x1B[31m t=1.00 .",
         "flame-ec2 n0nce stage=stopped rc=0 .", // no time
         "flame-ec2 n0nce stage=stopped t=x rc=0 .",
         "flame-ec2 n0nce stage=stopped t=nan rc=0 .",
         "flame-ec2 n0nce stage=stopped t=inf rc=0 .",
         "flame-ec2 n0nce ",
         "",
       }) {
    CAPTURE(line);
    CHECK(parse_stages(line, "n0nce").empty());
  }
  CHECK(parse_stages("flame-ec2  stage=boot t=1.00 .", "").empty());
}

TEST_CASE("fleet::nonce_in takes the word of the first boot line that is whole")
{
  CHECK(nonce_in("").empty());
  CHECK(nonce_in("kernel\nlogin:").empty());
  CHECK(nonce_in("flame-ec2 n0nce stage=fetch t=1.00 .").empty());
  CHECK(nonce_in("flame-ec2 n0nce stage=boot t=1.0").empty());
  CHECK(nonce_in("flame-ec2  stage=boot t=1.00 .").empty());
  CHECK(nonce_in("[ 1.0] flame-ec2 n0nce stage=boot t=0.01 .\r\n"
                 "flame-ec2 n0nce stage=start t=2.00 .\r\n"
                 "flame-ec2 f0rged stage=boot t=0.01 .\r\n"
                 "flame-ec2 f0rged stage=stopped t=2.00 rc=0 .\r\n")
        == "n0nce");
  CHECK(nonce_in("flame-ec2 cut stage=boot t=1[ 12.3] kernel: oops\n"
                 "flame-ec2 n0nce stage=boot t=0.01 .\n")
        == "n0nce");
}

TEST_CASE("fleet::nonce_in knows a machine that failed with its first breath, on a full disk")
{
  CHECK(nonce_in("flame-ec2 n0nce stage=failed t=0.0 at=boot rc=1 msg=cannot write to /opt .\n")
        == "n0nce");
  CHECK(nonce_in("flame-ec2 n0nce stage=failed t=0.0 at=fetch rc=1 .\n").empty());
}

TEST_CASE("fleet::most_telling is the first failure, also before a stop; else the last line")
{
  CHECK(most_telling({}) == nullptr);
  const std::vector<StageLine> lost{
    {.stage = "start"}, {.stage = "failed", .at = "parent"}, {.stage = "stopped"}};
  CHECK(most_telling(lost) == &lost[1]);
  const std::vector<StageLine> done{{.stage = "start"}, {.stage = "stopped"}};
  CHECK(most_telling(done) == &done[1]);
}

TEST_CASE("fleet::most_telling is a notice of EC2's before the stop that it brings, and no hint")
{
  const auto taken =
    parse_stages("flame-ec2 n stage=start t=1.00 .\nflame-ec2 n stage=rebalance t=2.00 msg=soon .\n"
                 "flame-ec2 n stage=interrupted t=3.00 at=2026-01-15T08:22:00Z msg=EC2 takes it .\n"
                 "flame-ec2 n stage=stopped t=4.00 rc=143 msg=success .\n",
                 "n");
  REQUIRE(taken.size() == 4);
  CHECK(most_telling(taken) == &taken[2]);
  CHECK(interruption_in(taken) == &taken[2]);
  CHECK(taken[2].at == "2026-01-15T08:22:00Z");
  CHECK(story_of(taken[2])
        == "was interrupted: EC2 takes the machine back at 2026-01-15T08:22:00Z");
  const std::vector<StageLine> hinted(taken.begin(), taken.begin() + 2);
  CHECK(most_telling(hinted) == hinted.data());
  CHECK(interruption_in(hinted) == nullptr);
  CHECK(most_telling({{.stage = "rebalance"}}) == nullptr);
  const std::vector<StageLine> failed_before = {{.stage = "failed"}, {.stage = "interrupted"}};
  CHECK(most_telling(failed_before) == failed_before.data());
}

TEST_CASE("fleet::story_of tells a failure, an end or how far a machine came")
{
  CHECK(story_of({.stage = "failed", .at = "fetch", .detail = "HTTP 403"})
        == "failed in stage fetch: HTTP 403");
  CHECK(story_of({.stage = "stopped", .exit_status = 3})
        == "came to its end: the release stopped with status 3");
  CHECK(story_of({.stage = "unpack"}) == "last reached stage unpack");
}

TEST_CASE("fleet::parse_stages leaves a status out that is no number")
{
  const auto lines = parse_stages("flame-ec2 n stage=stopped t=1.00 rc=9x .", "n");
  REQUIRE(lines.size() == 1);
  CHECK(!lines[0].exit_status);
}
