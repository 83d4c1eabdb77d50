#include "boot/job.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace flame;

TEST_CASE("boot::exec_line keeps every argument as it is")
{
  CHECK(boot::exec_line({"ls", "-l"}) == "exec 'ls' '-l'\n");
  CHECK(boot::exec_line({"it's", "", "$HOME `id`\n"}) == "exec 'it'\\''s' '' '$HOME `id`\n'\n");
  CHECK(boot::exec_line({"-x"}) == "exec -- '-x'\n");
}

namespace {

std::vector<fleet::StageLine> lines(std::string_view text)
{
  return fleet::parse_stages(text, "n0nce");
}

} // namespace

TEST_CASE("boot::end_said takes the first end that the machine has said")
{
  const std::string begun =
    "flame-ec2 n0nce stage=boot t=0.0 .\nflame-ec2 n0nce stage=start t=1.0 .\n";
  CHECK_FALSE(boot::end_said(lines(begun), "i-1").has_value());

  const auto stopped = boot::end_said(
    lines(begun
          + "flame-ec2 n0nce stage=stopped t=2.0 rc=42 stdout=7 stderr=0 packed=0 msg=exit-code .\n"
            "flame-ec2 n0nce stage=failed t=3.0 at=lifetime msg=over .\n"),
    "i-1");
  REQUIRE(stopped.has_value());
  CHECK(stopped->status == 42);
  CHECK(stopped->reason == "exit-code");
  CHECK_FALSE(stopped->error.has_value());

  struct Row {
    std::string at;
    ErrorKind kind;
    std::string says;
  };
  for (const Row& row : {Row{"lifetime", ErrorKind::timeout, "the lifetime of i-1 was over"},
                         Row{"fetch", ErrorKind::bootstrap, "failed in stage fetch: why"},
                         Row{"command", ErrorKind::bootstrap, "i-1 said that why"}}) {
    CAPTURE(row.at);
    const auto failed = boot::end_said(
      lines(
        begun + "flame-ec2 n0nce stage=failed t=2.0 at=" + row.at + " msg=why .\n"
        + "flame-ec2 n0nce stage=stopped t=2.5 rc=143 stdout=0 stderr=0 packed=0 msg=signal .\n"),
      "i-1");
    REQUIRE(failed.has_value());
    CHECK_FALSE(failed->status.has_value());
    REQUIRE(failed->error.has_value());
    CHECK(failed->error->kind == row.kind);
    CHECK(failed->error->message.find(row.says) != std::string::npos);
  }
}

TEST_CASE("boot::end_unsaid says why nobody knows the status")
{
  struct Row {
    std::string code;
    ErrorKind kind;
  };
  for (const Row& row : {Row{"Server.SpotInstanceTermination", ErrorKind::capacity},
                         Row{"Client.UserInitiatedShutdown", ErrorKind::refused},
                         Row{"Client.InstanceInitiatedShutdown", ErrorKind::bootstrap},
                         Row{"", ErrorKind::bootstrap}}) {
    CAPTURE(row.code);
    const boot::JobEnd end = boot::end_unsaid({.id = "i-1",
                                               .state = aws::InstanceState::terminated,
                                               .state_reason_code = row.code,
                                               .state_reason = "so it is"},
                                              lines("flame-ec2 n0nce stage=start t=1.0 .\n"));
    CHECK_FALSE(end.status.has_value());
    REQUIRE(end.error.has_value());
    CHECK(end.error->kind == row.kind);
    CHECK(end.error->stage == "start");
    CHECK(end.error->message.find("i-1 is terminated (so it is)") != std::string::npos);
  }
}

TEST_CASE("boot: after EC2's notice the status counts, and without one EC2 is the reason")
{
  const std::string notice = "flame-ec2 n0nce stage=start t=1.0 .\n"
                             "flame-ec2 n0nce stage=interrupted t=9.0 at=2026-01-15T08:22:00Z .\n";
  const auto stopped = boot::end_said(
    lines(notice + "flame-ec2 n0nce stage=stopped t=10.0 rc=143 msg=success .\n"), "i-1");
  REQUIRE(stopped.has_value());
  CHECK(stopped->status == 143);

  CHECK_FALSE(boot::end_said(lines(notice), "i-1").has_value());
  const auto failed = boot::end_said(
    lines(notice + "flame-ec2 n0nce stage=failed t=10.0 at=command msg=it was shut down .\n"),
    "i-1");
  for (const std::string code :
       {"Server.SpotInstanceTermination", "Client.InstanceInitiatedShutdown"}) {
    const boot::JobEnd unsaid = boot::end_unsaid(
      {.id = "i-1", .state = aws::InstanceState::terminated, .state_reason_code = code},
      lines(notice));
    for (const boot::JobEnd& end : {failed.value_or(boot::JobEnd()), unsaid}) {
      CHECK_FALSE(end.status.has_value());
      REQUIRE(end.error.has_value());
      CHECK(end.error->kind == ErrorKind::capacity);
      CHECK(end.error->stage == "interrupted");
      CHECK(end.error->message.find("EC2 takes the machine back at 2026-01-15T08:22:00Z")
            != std::string::npos);
      CHECK(end.error->hint.find("took the machine back") != std::string::npos);
    }
  }
  CHECK(boot::end_unsaid({.id = "i-1",
                          .state = aws::InstanceState::terminated,
                          .state_reason_code = "Client.UserInitiatedShutdown"},
                         lines(notice))
          .error->kind
        == ErrorKind::refused);
}

TEST_CASE("boot::was_taken tells who ended a machine")
{
  struct Row {
    std::string code;
    bool taken;
  };
  for (const Row& row :
       {Row{"Server.SpotInstanceTermination", true}, Row{"Client.UserInitiatedShutdown", true},
        Row{"Client.InstanceInitiatedShutdown", false}, Row{"", false}}) {
    CAPTURE(row.code);
    CHECK(boot::was_taken({.id = "i-1", .state_reason_code = row.code}) == row.taken);
  }
}

TEST_CASE("boot::sums_of finds the line with all sums")
{
  const auto said =
    lines("flame-ec2 n0nce stage=start t=1.0 .\n"
          "flame-ec2 n0nce stage=stopped t=2.0 rc=0 stdout=7 stderr=1 packed=0 msg=success .\n");
  CHECK(boot::sums_of({}) == nullptr);
  REQUIRE(boot::sums_of(said) != nullptr);
  CHECK(boot::sums_of(said)->totals[0] == 7);
  CHECK(boot::sums_of(said)->totals[1] == 1);
}

TEST_CASE("boot::story_of tells what a status alone does not")
{
  CHECK(boot::story_of({.status = 137, .reason = "signal"}) == "was ended by SIGKILL");
  CHECK(boot::story_of({.status = 137, .reason = "exit-code"}).empty()); // its own word
  CHECK(boot::story_of({.status = 137, .reason = "oom-kill"}).find("out of memory")
        != std::string::npos);
  CHECK(boot::story_of({.status = 0, .reason = "success"}).empty());
}
