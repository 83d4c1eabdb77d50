#include "sandbox/world.hpp"
#include "unit/sandbox/ec2_fixture.hpp"

using namespace flame;
using namespace flame::sandbox;
using namespace std::chrono_literals;

TEST_CASE("sandbox: the same token and parameters give the original machine")
{
  Ec2Fixture ec2;
  const std::string first = ec2.run_one({{"ClientToken", "t"}});
  CHECK(ec2.run_one({{"ClientToken", "t"}}) == first);
  ec2.clock.pass(1h);
  const auto later = ec2.run({{"ClientToken", "t"}});
  REQUIRE(later);
  CHECK(Ec2Fixture::text_in(*later, "name") == "running"); // the state of now
  CHECK(ec2.state.instances("us-east-1").size() == 1);
}

TEST_CASE("sandbox: without a token, or with another one, each request launches")
{
  Ec2Fixture ec2;
  CHECK(ec2.run_one() != ec2.run_one());
  CHECK(ec2.run_one({{"ClientToken", "t"}}) != ec2.run_one({{"ClientToken", "u"}}));
}

TEST_CASE("sandbox: the same token with other parameters is a mismatch")
{
  Ec2Fixture ec2;
  ec2.run_one({{"ClientToken", "t"}});
  for (const Params& other : {Params{{"InstanceType", "t3.micro"}}, Params{{"UserData", "eA=="}},
                              Params{{"MaxCount", "2"}}}) {
    CAPTURE(other.begin()->first);
    Params params = other;
    params["ClientToken"] = "t";
    CHECK(code_of(ec2.run(params)) == "IdempotentParameterMismatch");
  }
  CHECK(ec2.state.instances("us-east-1").size() == 1);
}

TEST_CASE("sandbox: a token of a named zone is one of that zone")
{
  Ec2Fixture ec2;
  const auto in = [&](std::size_t subnet) {
    return Params{{"ClientToken", "t"}, {"SubnetId", std::string(subnets()[subnet].id)}};
  };
  const std::string first = ec2.run_one(in(0));
  CHECK(ec2.run_one(in(1)) != first); // a second machine, as at EC2
  CHECK(ec2.run_one(in(0)) == first);
  const Params zone = {{"ClientToken", "t"}, {"Placement.AvailabilityZone", "us-east-1c"}};
  const std::string third = ec2.run_one(zone);
  CHECK(third != first);
  CHECK(ec2.run_one(zone) == third);
  CHECK(ec2.run_one({{"ClientToken", "t"}}) != first); // the region's token is a fourth one
}

TEST_CASE("sandbox: tokens are of their region")
{
  Ec2Fixture ec2;
  const Params params = Ec2Fixture::ordinary({{"ClientToken", "t"}});
  const auto here = ec2.call("RunInstances", params, "us-east-1");
  const auto there = ec2.call("RunInstances", params, "eu-west-1");
  REQUIRE(here);
  REQUIRE(there);
  CHECK(Ec2Fixture::ids_in(*here) != Ec2Fixture::ids_in(*there));
  CHECK(ec2.state.instances("eu-west-1").size() == 1);
}

TEST_CASE("sandbox: a request that failed for capacity has bound its token")
{
  Ec2Fixture ec2;
  ec2.no_capacity = Ec2Error{.status = 500, .code = "InsufficientInstanceCapacity"};
  CHECK(code_of(ec2.run({{"ClientToken", "t"}})) == "InsufficientInstanceCapacity");
  ec2.no_capacity.reset();
  CHECK(code_of(ec2.run({{"ClientToken", "t"}, {"InstanceType", "t3.micro"}}))
        == "IdempotentParameterMismatch");
  ec2.run_one({{"ClientToken", "t"}}); // the same request is tried again
}

TEST_CASE("sandbox: a request that was wrong has bound nothing")
{
  Ec2Fixture ec2;
  CHECK(code_of(ec2.run({{"ClientToken", "t"}, {"KeyName", "mine"}})) == "InvalidKeyPair.NotFound");
  ec2.run_one({{"ClientToken", "t"}});
}

TEST_CASE("sandbox: a token of ended machines is an error, or gives the ended one")
{
  for (const bool is_error : {true, false}) {
    Ec2Fixture ec2({.reused_token_is_error = is_error});
    const std::string id = ec2.run_one({{"ClientToken", "t"}});
    REQUIRE(ec2.call("TerminateInstances", {{"InstanceId.1", id}}).has_value());
    ec2.clock.pass(1s);
    const auto again = ec2.run({{"ClientToken", "t"}});
    if (is_error) {
      CHECK(code_of(again) == "IdempotentInstanceTerminated");
    } else {
      REQUIRE(again);
      CHECK(Ec2Fixture::ids_in(*again) == std::vector<std::string>{id});
      CHECK(Ec2Fixture::text_in(*again, "name") == "terminated");
    }
    CHECK(ec2.state.instances("us-east-1").size() == 1);
  }
}
