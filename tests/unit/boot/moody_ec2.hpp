#pragma once

#include "support/fake_clock.hpp"
#include "support/fake_ec2.hpp"

#include <deque>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace flame::test {

// An EC2 that loses, delays, refuses, hides, stops and takes back at random, while the user sends
// signals at any instant. It checks the rules of launches itself: never are more machines asked for
// than are missing, and a token always comes with the same bytes.
class MoodyEc2 : public FakeEc2 {
public:
  MoodyEc2(FakeClock& clock, FakeCancel& cancel, unsigned seed, std::size_t count);

  std::vector<std::string> alive();                                 // ids, of all that is not ended
  std::optional<TimePoint> signalled() const { return signalled_; } // when the first came
  int calls() const { return calls_; }

  aws::Outcome<std::vector<aws::Instance>> run_instances(const aws::Params& params,
                                                         aws::CallLimit limit) override;
  aws::Outcome<std::vector<aws::Instance>> describe_instances(const aws::DescribeQuery& query,
                                                              aws::CallLimit limit) override;
  aws::Outcome<std::vector<aws::StateChange>>
  terminate_instances(const std::vector<std::string>& ids, aws::CallLimit limit) override;
  aws::Outcome<aws::ConsoleOutput> console_output(const std::string& id, bool latest,
                                                  aws::CallLimit limit) override;
  Result<void> renew(aws::ErrorClass reason) override;

  bool chance(int percent) { return static_cast<int>(dice_() % 100) < percent; }

private:
  struct Made {
    aws::Instance instance = {};
    std::string token = {};
    TimePoint visible = {};
    TimePoint settled = {}; // when it leaves pending
    aws::InstanceState then = aws::InstanceState::running;
    std::string reason = {};
  };

  std::vector<Made*> find(const std::string& token);
  std::vector<Made*> launch(const aws::Params& params);
  Made make(const std::string& token, std::size_t index);
  void settle(Made& made);
  void maybe_signal();
  std::optional<aws::ApiError> call(aws::CallLimit limit);

  FakeClock& clock_;
  FakeCancel& cancel_;
  std::mt19937 dice_;
  int mood_;          // 0: a good day
  std::size_t count_; // machines that are wanted in all
  int calls_ = 0;
  std::optional<TimePoint> signalled_ = {};
  std::deque<Made> made_ = {};
  std::map<std::string, aws::Params> sent_ = {}; // by token
};

} // namespace flame::test
