#pragma once

#include "boot/run.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_ec2.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace flame::test {

class NotedProgress : public boot::Progress {
public:
  std::vector<std::string> done = {};
  std::vector<std::string> notes = {};
  void doing(std::string_view sentence) override { done.emplace_back(sentence); }
  void note(std::string_view sentence) override { notes.emplace_back(sentence); }
};

// Two types in one subnet; nothing in it has been looked up.
inline boot::Plan two_candidates()
{
  return {.run_id = "ci-7",
          .region = "eu-west-1",
          .app = "app",
          .candidates = {{"m7g.large", "subnet-1"}, {"m6g.large", "subnet-1"}},
          .runner = {.nonce = "n0nce"}};
}

// Everything that one boot touches, recorded.
struct BootWorld {
  boot::Plan plan = two_candidates();
  FakeEc2 ec2 = {};
  FakeClock clock = {};
  FakeCancel cancel = {};
  FakeRandom random{};
  NotedProgress progress = {};
  std::vector<std::size_t> renders = {}; // the places that user data was rendered for
  boot::LastWords heard = {};
  int reports = 0;
  Result<void> report = {};
  std::function<void()> on_report = [] {};

  Result<boot::BootResult> run()
  {
    return boot::run(plan, {.ec2 = ec2,
                            .clock = clock,
                            .cancel = cancel,
                            .random = random,
                            .progress = progress,
                            .render = [this](std::size_t first) -> Result<std::string> {
                              renders.push_back(first);
                              return fmt::format("#!/bin/sh\n# {}\n", renders.size());
                            },
                            .hear = [this](const boot::LastWords& words) { heard = words; },
                            .report =
                              [this](const boot::BootResult&) {
                                ++reports;
                                on_report();
                                return report;
                              }});
  }
};

} // namespace flame::test
