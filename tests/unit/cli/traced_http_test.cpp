#include "cli/traced_http.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_http.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::cli;

TEST_CASE("cli: requests are named by AWS's actions, and else by their method alone")
{
  CHECK(action_of({.method = "POST", .body = "Action=RunInstances&UserData=x"}) == "RunInstances");
  CHECK(action_of({.method = "POST", .body = "A=1&Action=DescribeImages"}) == "DescribeImages");
  CHECK(action_of({.method = "POST", .headers = {{"X-Amz-Target", "AmazonSSM.GetParameter"}}})
        == "GetParameter");
  CHECK(action_of({.method = "GET", .url = "https://x/?Action=Secret"}) == "GET");
  CHECK(action_of({.method = "PUT", .body = "Action=one two"}) == "PUT");
  CHECK(host_of("https://ec2.eu-west-1.amazonaws.com/?X-Amz-Signature=abc")
        == "ec2.eu-west-1.amazonaws.com");
  CHECK(host_of("http://user:hunter2@127.0.0.1:4000/path") == "127.0.0.1:4000");
  CHECK(host_of("nothing") == "nothing");
}

TEST_CASE("cli: of a request are said action, host, status, time and AWS's id, and nothing else")
{
  test::FakeHttp http;
  test::FakeClock clock;
  std::vector<std::string> said;
  TracedHttp traced(http, clock, [&](std::string_view line) { said.emplace_back(line); });
  const io::HttpRequest request{.method = "POST",
                                .url = "https://ec2.eu-west-1.amazonaws.com/secret?secret=1",
                                .headers = {{"Authorization", "secret"}},
                                .body = "Action=RunInstances&UserData=secret"};
  http.answers.push_back(
    io::HttpResponse{.status = 200, .headers = {{"x-amzn-requestid", "7a62"}}});
  http.answers.push_back(tl::unexpected(io::HttpFailure{.message = "secret"}));
  CHECK(traced.send(request)->status == 200);
  CHECK(!traced.send(request));
  REQUIRE(said.size() == 2);
  CHECK(said[0] == "RunInstances at ec2.eu-west-1.amazonaws.com: 200 after 0 ms, request 7a62");
  CHECK(said[1] == "RunInstances at ec2.eu-west-1.amazonaws.com: no answer after 0 ms");
}
