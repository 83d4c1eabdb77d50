#include "unit/sandbox/ec2_fixture.hpp"

#include <functional>

using namespace flame;
using namespace flame::sandbox;
using namespace std::chrono_literals;

TEST_CASE("sandbox: a machine is pending, running, shutting down, terminated, forgotten")
{
  Ec2Fixture ec2;
  const std::string id = ec2.run_one();
  CHECK(ec2.find(id).state == State::pending);
  ec2.clock.pass(500ms);
  CHECK(ec2.find(id).state == State::running);
  const auto answer = ec2.call("TerminateInstances", {{"InstanceId.1", id}});
  REQUIRE(answer);
  CHECK(answer->find("<currentState><code>32</code><name>shutting-down</name>")
        != std::string::npos);
  CHECK(answer->find("<previousState><code>16</code><name>running</name>") != std::string::npos);
  CHECK(ec2.find(id).state == State::shutting_down);
  ec2.clock.pass(300ms);
  const Instance gone = ec2.find(id);
  CHECK(gone.state == State::terminated);
  CHECK(gone.reason_code == "Client.UserInitiatedShutdown");
  CHECK(gone.reason == "User initiated (2026-01-15 08:15:30 GMT)");
  ec2.clock.pass(1h);
  CHECK(ec2.find(id).state == State::terminated);
  ec2.clock.pass(1s);
  CHECK(code_of(ec2.call("DescribeInstances", {{"InstanceId.1", id}}))
        == "InvalidInstanceID.NotFound");
}

TEST_CASE("sandbox: a machine that switches itself off is stopped or terminated, as was asked")
{
  for (const char* behaviour : {"stop", "terminate"}) {
    CAPTURE(behaviour);
    Ec2Fixture ec2;
    const std::string id = ec2.run_one({{"InstanceInitiatedShutdownBehavior", behaviour}});
    ec2.clock.pass(1s);
    CHECK(ec2.state.power_off(id));
    CHECK(!ec2.state.power_off(id));
    const bool stops = std::string(behaviour) == "stop";
    CHECK(ec2.find(id).state == (stops ? State::stopping : State::shutting_down));
    ec2.clock.pass(1s);
    CHECK(ec2.find(id).state == (stops ? State::stopped : State::terminated));
    CHECK(ec2.find(id).reason_code == "Client.InstanceInitiatedShutdown");
  }
}

TEST_CASE("sandbox: EC2 takes a spot machine back when its notice says so, and tells it before")
{
  Ec2Fixture ec2;
  const std::string id = ec2.run_one({{"InstanceMarketOptions.MarketType", "spot"}});
  ec2.clock.pass(1s);
  CHECK(ec2.state.spot_news(id).empty());
  CHECK(ec2.state.hint(id));
  CHECK(
    ec2.state.spot_news(id)
    == Params{{"events/recommendations/rebalance", R"({"noticeTime":"2026-01-15T08:15:31Z"})"}});
  CHECK(ec2.state.interrupt(id, 120s));
  Params news = ec2.state.spot_news(id);
  CHECK(news["spot/instance-action"] == R"({"action":"terminate","time":"2026-01-15T08:17:31Z"})");
  CHECK(news["spot/termination-time"] == "2026-01-15T08:17:31Z");
  ec2.clock.pass(119s);
  ec2.state.tick();
  CHECK(ec2.find(id).state == State::running);
  ec2.clock.pass(1s);
  ec2.state.tick();
  CHECK(ec2.find(id).state == State::shutting_down);
  ec2.clock.pass(1s);
  CHECK(ec2.find(id).state == State::terminated);
  CHECK(ec2.find(id).reason_code == "Server.SpotInstanceTermination");
  CHECK(!ec2.state.interrupt(id, 120s));
}

TEST_CASE("sandbox: a spot machine may end before EC2 takes it back, and others are not told")
{
  Ec2Fixture ec2;
  const std::string id = ec2.run_one({{"InstanceMarketOptions.MarketType", "spot"}});
  ec2.clock.pass(1s);
  CHECK(ec2.state.interrupt(id, 120s));
  ec2.state.power_off(id);
  ec2.clock.pass(121s);
  ec2.state.tick();
  CHECK(ec2.find(id).reason_code == "Client.InstanceInitiatedShutdown");

  const std::string ordinary = ec2.run_one();
  CHECK(!ec2.state.hint(ordinary));
  CHECK(!ec2.state.interrupt(ordinary, 120s));
  CHECK(ec2.state.spot_news(ordinary).empty());
}

TEST_CASE("sandbox: a stopped machine can be terminated, a terminated one again")
{
  Ec2Fixture ec2;
  const std::string id = ec2.run_one();
  ec2.state.power_off(id);
  ec2.clock.pass(1s);
  for (int again = 0; again < 2; ++again) {
    CHECK(ec2.call("TerminateInstances", {{"InstanceId.1", id}}).has_value());
    ec2.clock.pass(1s);
    CHECK(ec2.find(id).state == State::terminated);
  }
}

TEST_CASE("sandbox: one unknown id keeps all others alive")
{
  Ec2Fixture ec2;
  const std::string id = ec2.run_one();
  CHECK(code_of(ec2.call("TerminateInstances",
                         {{"InstanceId.1", id}, {"InstanceId.2", "i-0123456789abcdef0"}}))
        == "InvalidInstanceID.NotFound");
  CHECK(code_of(ec2.call("TerminateInstances", {{"InstanceId.1", id}, {"InstanceId.2", "i-x"}}))
        == "InvalidInstanceID.Malformed");
  CHECK(code_of(ec2.call("TerminateInstances", {})) == "MissingParameter");
  CHECK(code_of(ec2.call("TerminateInstances", {{"InstanceId.1", id}, {"DryRun", "true"}}))
        == "DryRunOperation");
  CHECK(ec2.find(id).state == State::pending);
}

TEST_CASE("sandbox: a machine that is protected stays")
{
  Ec2Fixture ec2;
  const std::string id = ec2.run_one({{"DisableApiTermination", "true"}});
  CHECK(code_of(ec2.call("TerminateInstances", {{"InstanceId.1", id}})) == "OperationNotPermitted");
  CHECK(ec2.find(id).state == State::pending);
}

TEST_CASE("sandbox: a fault ends a pending machine with its reason")
{
  Ec2Fixture ec2;
  ec2.faults.add(
    *parse_fault("machine[InstanceType=t3.nano]:Server.InsufficientInstanceCapacity=1"));
  const std::string id = ec2.run_one();
  CHECK(ec2.find(id).state == State::pending);
  ec2.clock.pass(500ms);
  CHECK(ec2.find(id).state == State::terminated);
  CHECK(ec2.find(id).reason_code == "Server.InsufficientInstanceCapacity");
  const std::string next = ec2.run_one();
  ec2.clock.pass(500ms);
  CHECK(ec2.find(next).state == State::running);
}

TEST_CASE("sandbox: a fault switches a machine off after a while")
{
  Ec2Fixture ec2;
  ec2.faults.add(*parse_fault("machine:power-off=2s"));
  const std::string id = ec2.run_one({{"InstanceInitiatedShutdownBehavior", "terminate"}});
  ec2.clock.pass(1s);
  ec2.state.tick();
  CHECK(ec2.find(id).state == State::running);
  ec2.clock.pass(1s);
  ec2.state.tick();
  ec2.clock.pass(1s);
  CHECK(ec2.find(id).state == State::terminated);
}

TEST_CASE("sandbox: a machine that does not start is an internal error of EC2")
{
  struct Broken : MachineHost {
    Result<void> start(MachineSpec) override { return fail(ErrorKind::internal, "no power"); }
    void press_power_button(const std::string&) override {}
    std::string console(const std::string&) const override { return {}; }
  };
  test::FakeClock clock;
  FaultBook faults;
  Broken host;
  Ec2State state(clock, host, faults, {},
                 [](const Instance& i) { return MachineSpec{.id = i.id}; });
  const auto launch = parse_launch(Ec2Fixture::ordinary(), "us-east-1", TemplateBook());
  REQUIRE(launch);
  REQUIRE(state.launch(*launch, std::nullopt).has_value());
  clock.pass(1s);
  const auto all = state.instances("us-east-1");
  REQUIRE(all.size() == 1);
  CHECK(all[0].state == State::terminated);
  CHECK(all[0].reason_code == "Server.InternalError");
}

TEST_CASE("sandbox: a machine that is off before its start is told stays off")
{
  struct Hasty : MachineHost {
    Result<void> start(MachineSpec spec) override
    {
      spec.on_off();
      return {};
    }
    void press_power_button(const std::string&) override {}
    std::string console(const std::string&) const override { return {}; }
  };
  test::FakeClock clock;
  FaultBook faults;
  Hasty host;
  Ec2State state(clock, host, faults, {},
                 [](const Instance& i) { return MachineSpec{.id = i.id}; });
  const auto launch =
    parse_launch(Ec2Fixture::ordinary({{"InstanceInitiatedShutdownBehavior", "terminate"}}),
                 "us-east-1", TemplateBook());
  REQUIRE(state.launch(*launch, std::nullopt).has_value());
  clock.pass(1s);
  CHECK(state.instances("us-east-1")[0].state == State::terminated);
}

TEST_CASE("sandbox: a young machine may not be found yet")
{
  Ec2Fixture ec2({.scenario = {{.supply = {.visible_after = 2s}}}});
  const std::string id = ec2.run_one();
  CHECK(code_of(ec2.call("DescribeInstances", {{"InstanceId.1", id}}))
        == "InvalidInstanceID.NotFound");
  CHECK(code_of(ec2.call("TerminateInstances", {{"InstanceId.1", id}}))
        == "InvalidInstanceID.NotFound");
  CHECK(ec2.state.instances("us-east-1").empty());
  CHECK(ec2.state.instances("us-east-1", true).size() == 1);
  ec2.clock.pass(2s);
  CHECK(ec2.call("DescribeInstances", {{"InstanceId.1", id}}).has_value());
}

TEST_CASE("sandbox: the console is the last 64 KiB, and of a running machine the latest alone")
{
  struct Talking : MachineHost {
    std::function<void()> off;
    Result<void> start(MachineSpec spec) override
    {
      off = spec.on_off;
      return {};
    }
    void press_power_button(const std::string&) override { off(); }
    std::string console(const std::string&) const override
    {
      return "first" + std::string(65'536, 'x');
    }
  };
  Talking host;
  test::FakeClock clock;
  FaultBook faults;
  Ec2State state(clock, host, faults, {},
                 [](const Instance& i) { return MachineSpec{.id = i.id}; });
  const auto launched =
    state.launch(*parse_launch(Ec2Fixture::ordinary(), "us-east-1", TemplateBook()), std::nullopt);
  const auto console = [&](Params params) {
    params["InstanceId"] = launched->front().id;
    const auto answer =
      serve_ec2("GetConsoleOutput",
                {.params = params, .region = "us-east-1", .request_id = "", .state = state});
    REQUIRE(answer);
    return from_base64(Ec2Fixture::text_in(*answer, "output")).value();
  };
  CHECK(console({{"Latest", "true"}}) == std::string(65'536, 'x'));
  CHECK(console({}).empty());
  state.power_off(launched->front().id);
  clock.pass(1s);
  CHECK(console({}).size() == 65'536);
}
