#pragma once

#include "base/encoding.hpp"
#include "sandbox/ec2.hpp"
#include "support/fake_clock.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>

namespace flame::sandbox {

// EC2 whose machines only exist and whose time is told.
struct Ec2Fixture {
  explicit Ec2Fixture(Ec2Rules rules = {})
    : state(clock, *host, faults, rules,
            [](const Instance& instance) { return MachineSpec{.id = instance.id}; })
  {
  }
  ~Ec2Fixture() { host.reset(); } // before the state, which it tells of machines that go off
  Ec2Fixture(const Ec2Fixture&) = delete;
  Ec2Fixture& operator=(const Ec2Fixture&) = delete;

  test::FakeClock clock = {};
  FaultBook faults = {};
  std::unique_ptr<MachineHost> host = make_paper_host();
  Ec2State state;

  Ec2Result<std::string> call(const std::string& action, const Params& params,
                              const std::string& region = "us-east-1")
  {
    return serve_ec2(action, {.params = params,
                              .region = region,
                              .request_id = "request-1",
                              .state = state,
                              .no_capacity = no_capacity,
                              .regions = regions});
  }
  std::vector<std::string> regions = {"us-east-1"};
  std::optional<Ec2Error> no_capacity = {};

  static Params ordinary(Params more = {})
  {
    more.insert({{"ImageId", "ami-0123456789abcdef0"},
                 {"InstanceType", "t3.nano"},
                 {"MinCount", "1"},
                 {"MaxCount", "1"}});
    return more;
  }
  Ec2Result<std::string> run(const Params& more = {})
  {
    return call("RunInstances", ordinary(more));
  }
  std::string run_one(const Params& more = {}) // its id
  {
    const auto answer = run(more);
    REQUIRE_MESSAGE(answer.has_value(), (answer ? "" : answer.error().message));
    return text_in(*answer, "instanceId");
  }
  Instance find(const std::string& id)
  {
    const auto found = state.find("us-east-1", {id});
    REQUIRE(found.has_value());
    return found->front();
  }

  static std::string text_in(const std::string& xml, const std::string& element) // the first
  {
    const std::size_t from = xml.find("<" + element + ">");
    REQUIRE(from != std::string::npos);
    const std::size_t start = from + element.size() + 2;
    return xml.substr(start, xml.find("</" + element + ">") - start);
  }
  static std::vector<std::string> ids_in(const std::string& xml)
  {
    std::vector<std::string> ids;
    constexpr std::string_view open = "<instanceId>";
    for (auto at = xml.find(open); at != std::string::npos; at = xml.find(open, at + 1)) {
      ids.push_back(xml.substr(at + open.size(), 19));
    }
    return ids;
  }
};

inline std::string code_of(const Ec2Result<std::string>& result)
{
  return result ? "" : result.error().code;
}

} // namespace flame::sandbox
