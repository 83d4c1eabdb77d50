#include "support/client_world.hpp"
#include "support/ec2_answers.hpp"
#include "support/fixture.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace flame;
using namespace flame::test;
using namespace std::chrono_literals;

TEST_CASE("client::Ec2Client posts a signed form to the region's endpoint")
{
  ClientWorld world;
  world.http.answers = {FakeHttp::response(200, run_instances_xml("i-1"))};
  const auto machines =
    world.ec2->run_instances({{"MaxCount", "1"}, {"MinCount", "1"}, {"ImageId", "ami 1"}},
                             {.deadline = world.clock.now() + 30s, .cancel_grace = 5s});
  REQUIRE(machines);
  REQUIRE(machines->size() == 1);
  CHECK(machines->front().id == "i-1");

  REQUIRE(world.http.requests.size() == 1);
  const io::HttpRequest& request = world.http.requests[0];
  CHECK(request.method == "POST");
  CHECK(request.url == "https://ec2.eu-west-1.amazonaws.com/");
  CHECK(request.body
        == "Action=RunInstances&Version=2016-11-15&MaxCount=1&MinCount=1&ImageId=ami%201");
  CHECK(header(request, "content-type") == "application/x-www-form-urlencoded; charset=utf-8");
  CHECK(header(request, "user-agent") == "flame-ec2/0.1.0 run/ci-7");
  CHECK(header(request, "x-amz-date") == "20260115T081530Z");
  CHECK(header(request, "authorization")
          .starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260115/eu-west-1/ec2/"));
  CHECK(request.deadline == world.clock.now() + 30s);
  CHECK(request.cancel == &world.cancel);
  CHECK(request.cancel_grace == 5s);
  CHECK(!request.direct);
}

TEST_CASE("client::Ec2Client keeps the path of a custom endpoint")
{
  ClientWorld world;
  const auto ec2 = client::make_ec2_client(
    {.endpoint = {.scheme = "http", .host = "127.0.0.1:4566", .path = "/prefix"},
     .region = "eu-west-1"},
    {world.http, world.clock, world.cancel, world.random,
     [&]() -> Result<aws::Credentials> { return world.keys[0]; }});
  world.http.answers = {FakeHttp::response(200, describe_xml("i-1"))};
  CHECK(ec2->describe_instances({.ids = {"i-1"}}, {}));
  CHECK(world.http.requests[0].url == "http://127.0.0.1:4566/prefix/");
}

TEST_CASE("client::Ec2Client sends no parameter that EC2 does not know")
{
  ClientWorld world;
  const auto machines = world.ec2->run_instances({{"ImageID", "ami-1"}}, {});
  REQUIRE(!machines);
  CHECK(machines.error().error.kind == ErrorKind::internal);
  CHECK(machines.error().error.message == "RunInstances has no parameter \"ImageID\"");
  CHECK(!machines.error().may_have_happened);
  CHECK(world.http.requests.empty());
}

TEST_CASE("client::Ec2Client sends no parameter twice")
{
  ClientWorld world;
  const auto machines = world.ec2->run_instances(
    {{"ImageId", "ami-1"}, {"InstanceType", "t3.nano"}, {"ImageId", "ami-2"}}, {});
  REQUIRE(!machines);
  CHECK(machines.error().error.kind == ErrorKind::internal);
  CHECK(machines.error().error.message == "RunInstances was to be sent \"ImageId\" twice");
  CHECK(!machines.error().may_have_happened);
  CHECK(world.http.requests.empty());
}

TEST_CASE("client::Ec2Client describes regions, volumes and interfaces")
{
  ClientWorld world;
  CHECK(!world.ec2->server_time());
  world.http.answers = {
    FakeHttp::response(200, test::fixture("xml/describe_regions.xml")),
    FakeHttp::response(200, test::fixture("xml/describe_volumes.xml"),
                       {{"date", "Thu, 15 Jan 2026 10:15:30 GMT"}}),
    FakeHttp::response(200, "<DescribeVolumesResponse/>"),
    FakeHttp::response(200, test::fixture("xml/describe_network_interfaces.xml"))};
  const auto regions = world.ec2->describe_regions({});
  REQUIRE(regions);
  CHECK(regions->size() == 2);
  CHECK(world.body(0) == "Action=DescribeRegions&Version=2016-11-15");
  const aws::DescribeQuery query{.filters = {{"status", {"available"}}}};
  const auto volumes = world.ec2->describe_resources(aws::ResourceKind::volume, query, {});
  REQUIRE(volumes);
  CHECK(volumes->size() == 2);
  CHECK(world.body(1)
        == "Action=DescribeVolumes&Version=2016-11-15&Filter.1.Name=status&Filter.1.Value.1="
           "available&MaxResults=1000");
  CHECK(world.body(2) == world.body(1) + "&NextToken=eyJ2IjoiMyJ9");
  const auto interfaces =
    world.ec2->describe_resources(aws::ResourceKind::network_interface, query, {});
  REQUIRE(interfaces);
  CHECK(interfaces->front().id == "eni-0f62d866");
  CHECK(world.ec2->server_time() == world.clock.wall() + 2h);
}

TEST_CASE("client::Ec2Client describes by id or by filter, in pages")
{
  ClientWorld world;
  SUBCASE("ids without MaxResults, which EC2 refuses beside them")
  {
    world.http.answers = {FakeHttp::response(200, describe_xml("i-1"))};
    REQUIRE(world.ec2->describe_instances({.ids = {"i-1", "i-2"}}, {}));
    CHECK(world.body(0)
          == "Action=DescribeInstances&Version=2016-11-15&InstanceId.1=i-1&InstanceId.2=i-2");
  }
  SUBCASE("filters, all pages, empty ones too")
  {
    world.http.answers = {FakeHttp::response(200, describe_xml("i-1", "t/1")),
                          FakeHttp::response(200, describe_xml("", "t/2")),
                          FakeHttp::response(200, describe_xml("i-2"))};
    const auto machines = world.ec2->describe_instances(
      {.filters = {{"tag:flame-ec2:run-id", {"a", "b"}}, {"instance-state-name", {"running"}}}},
      {});
    REQUIRE(machines);
    REQUIRE(machines->size() == 2);
    CHECK(machines->at(1).id == "i-2");
    const std::string first =
      "Action=DescribeInstances&Version=2016-11-15&Filter.1.Name=tag%3Aflame-ec2%3Arun-id"
      "&Filter.1.Value.1=a&Filter.1.Value.2=b&Filter.2.Name=instance-state-name"
      "&Filter.2.Value.1=running&MaxResults=1000";
    CHECK(world.body(0) == first);
    CHECK(world.body(1) == first + "&NextToken=t%2F1");
    CHECK(world.body(2) == first + "&NextToken=t%2F2");
  }
  SUBCASE("pages that go round in a circle end in an error")
  {
    world.http.answers = {FakeHttp::response(200, describe_xml("i-1", "a")),
                          FakeHttp::response(200, describe_xml("i-1", "b")),
                          FakeHttp::response(200, describe_xml("i-1", "a"))};
    const auto machines = world.ec2->describe_instances({}, {});
    REQUIRE(!machines);
    CHECK(machines.error().error_class == aws::ErrorClass::answer);
    CHECK(machines.error().error.message.find("has no last page") != std::string::npos);
  }
}

TEST_CASE("client::Ec2Client ends machines and reads consoles")
{
  ClientWorld world;
  world.http.answers = {
    FakeHttp::response(
      200, "<TerminateInstancesResponse><instancesSet><item><instanceId>i-1</instanceId>"
           "<currentState><name>shutting-down</name></currentState><previousState>"
           "<name>running</name></previousState></item></instancesSet>"
           "</TerminateInstancesResponse>"),
    FakeHttp::response(200, "<GetConsoleOutputResponse><timestamp>2026-01-15T08:15:30.000Z"
                            "</timestamp><output>aGVsbG8=</output></GetConsoleOutputResponse>")};
  const auto changes = world.ec2->terminate_instances({"i-1"}, {});
  REQUIRE(changes);
  CHECK(changes->at(0).current == aws::InstanceState::shutting_down);
  CHECK(world.body(0) == "Action=TerminateInstances&Version=2016-11-15&InstanceId.1=i-1");

  const auto console = world.ec2->console_output("i-1", true, {});
  REQUIRE(console);
  CHECK(console->text == "hello");
  CHECK(world.body(1) == "Action=GetConsoleOutput&Version=2016-11-15&InstanceId=i-1&Latest=true");
}

TEST_CASE("client::Ec2Client tries a launch once, whatever comes")
{
  const FakeHttp::Answer answers[] = {
    ec2_error(503, "RequestLimitExceeded"), ec2_error(500, "InternalError"),
    ec2_error(400, "RequestExpired"), FakeHttp::failure(io::HttpFailure::Reason::broken, true),
    FakeHttp::failure(io::HttpFailure::Reason::connect, false)};
  for (const FakeHttp::Answer& answer : answers) {
    ClientWorld world;
    world.http.answers = {answer, FakeHttp::response(200, run_instances_xml("i-1"))};
    CHECK(!world.ec2->run_instances({}, {}));
    CHECK(world.http.requests.size() == 1);
    CHECK(world.clock.slept.empty());
  }
}

TEST_CASE("client::Ec2Client retries what only looks, signed anew, with the same body")
{
  ClientWorld world;
  world.http.answers = {ec2_error(503, "RequestLimitExceeded"), ec2_error(500, "InternalError"),
                        FakeHttp::response(200, describe_xml("i-1"))};
  CHECK(world.ec2->describe_instances({.ids = {"i-1"}}, {}));
  CHECK(world.clock.slept == std::vector<Millis>{1s, 100ms});
  REQUIRE(world.http.requests.size() == 3);
  std::set<std::string> bodies;
  std::set<std::string> dates;
  for (const io::HttpRequest& request : world.http.requests) {
    bodies.insert(request.body);
    dates.insert(header(request, "x-amz-date"));
  }
  CHECK(bodies.size() == 1);
  CHECK(dates.size() == 2); // the second pause was too short for another second
}

TEST_CASE("client::Ec2Client gives up after three tries")
{
  ClientWorld world;
  for (int i = 0; i < 5; ++i) {
    world.http.answers.push_back(FakeHttp::failure(io::HttpFailure::Reason::connect, false));
  }
  const auto machines = world.ec2->describe_instances({.ids = {"i-1"}}, {});
  REQUIRE(!machines);
  CHECK(machines.error().error_class == aws::ErrorClass::endpoint);
  CHECK(machines.error().error.kind == ErrorKind::network);
  CHECK(world.http.requests.size() == 3);
}

TEST_CASE("client::Ec2Client waits as long as the server wishes")
{
  ClientWorld world;
  world.http.answers = {ec2_error(503, "RequestLimitExceeded", {{"x-amz-retry-after", "3500"}}),
                        FakeHttp::response(200, describe_xml("i-1"))};
  CHECK(world.ec2->describe_instances({.ids = {"i-1"}}, {}));
  CHECK(world.clock.slept == std::vector<Millis>{3500ms});
}

TEST_CASE("client::Ec2Client does not wait beyond the deadline")
{
  ClientWorld world;
  world.http.answers = {ec2_error(503, "RequestLimitExceeded")};
  const auto machines =
    world.ec2->describe_instances({.ids = {"i-1"}}, {.deadline = world.clock.now() + 900ms});
  REQUIRE(!machines);
  CHECK(machines.error().error_class == aws::ErrorClass::throttle);
  CHECK(world.clock.slept.empty());
}

TEST_CASE("client::Ec2Client stops retrying when its budget is spent")
{
  ClientWorld world;
  for (int i = 0; i < 200; ++i) {
    world.http.answers.push_back(ec2_error(500, "InternalError"));
  }
  for (int i = 0; i < 18; ++i) {
    CHECK(!world.ec2->describe_instances({.ids = {"i-1"}}, {}));
  }
  CHECK(world.clock.slept.size() == 35); // 500 / 14
}

TEST_CASE("client::Ec2Client and the user's cancel")
{
  ClientWorld world;
  SUBCASE("between two tries ends the call")
  {
    world.http.answers = {ec2_error(500, "InternalError"),
                          FakeHttp::response(200, describe_xml("i-1"))};
    world.clock.on_sleep = [&] { world.cancel.now = {.signal = 15}; };
    const auto machines = world.ec2->describe_instances({.ids = {"i-1"}}, {});
    REQUIRE(!machines);
    CHECK(machines.error().error_class == aws::ErrorClass::cancelled);
    CHECK(machines.error().error.kind == ErrorKind::interrupted);
    CHECK(machines.error().error.signal == 15);
    CHECK(world.http.requests.size() == 1);
  }
  SUBCASE("before the call does not keep a clean-up from retrying")
  {
    world.cancel.now = {.signal = 15};
    world.http.answers = {ec2_error(500, "InternalError"),
                          FakeHttp::response(200, describe_xml("i-1"))};
    CHECK(world.ec2->describe_instances({.ids = {"i-1"}}, {.cancel_grace = 30s}));
  }
  SUBCASE("while sending is told with what may have happened")
  {
    world.cancel.now = {.signal = 2};
    world.http.answers = {FakeHttp::failure(io::HttpFailure::Reason::cancelled, true)};
    const auto machines = world.ec2->run_instances({}, {});
    REQUIRE(!machines);
    CHECK(machines.error().error_class == aws::ErrorClass::cancelled);
    CHECK(machines.error().may_have_happened);
    CHECK(machines.error().error.signal == 2);
  }
}

TEST_CASE("client::Ec2Client looks at images and launch templates")
{
  ClientWorld world;
  world.http.answers = {
    FakeHttp::response(200, "<DescribeImagesResponse><imagesSet><item><imageId>ami-1</imageId>"
                            "</item></imagesSet></DescribeImagesResponse>"),
    FakeHttp::response(200, "<DescribeLaunchTemplateVersionsResponse><launchTemplateVersionSet>"
                            "<item><versionNumber>3</versionNumber></item>"
                            "</launchTemplateVersionSet></DescribeLaunchTemplateVersionsResponse>"),
    FakeHttp::response(200, "<DescribeLaunchTemplateVersionsResponse><launchTemplateVersionSet/>"
                            "</DescribeLaunchTemplateVersionsResponse>")};
  const auto images = world.ec2->describe_images({"ami-1"}, {});
  REQUIRE(images);
  CHECK(images->front().id == "ami-1");
  CHECK(world.body(0) == "Action=DescribeImages&Version=2016-11-15&ImageId.1=ami-1");
  const auto found = world.ec2->launch_template("web", "$Default", {});
  REQUIRE(found);
  CHECK(found->version == "3");
  CHECK(world.body(1)
        == "Action=DescribeLaunchTemplateVersions&Version=2016-11-15&LaunchTemplateName=web"
           "&LaunchTemplateVersion.1=%24Default");
  const auto none = world.ec2->launch_template("lt-1", "3", {});
  REQUIRE(!none);
  CHECK(none.error().error_class == aws::ErrorClass::answer);
  CHECK(world.body(2)
        == "Action=DescribeLaunchTemplateVersions&Version=2016-11-15&LaunchTemplateId=lt-1"
           "&LaunchTemplateVersion.1=3");
}
