#include "moody_ec2.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

namespace flame::test {
namespace {

using aws::ErrorClass;
using enum aws::InstanceState;

} // namespace

MoodyEc2::MoodyEc2(FakeClock& clock, FakeCancel& cancel, unsigned seed, std::size_t count)
  : clock_(clock), cancel_(cancel), dice_(seed), mood_(static_cast<int>(seed % 7)), count_(count)
{
  clock_.on_sleep = [this] { maybe_signal(); };
}

std::vector<std::string> MoodyEc2::alive()
{
  std::vector<std::string> ids;
  for (Made& made : made_) {
    settle(made);
    if (made.instance.state != terminated) {
      ids.push_back(made.instance.id);
    }
  }
  return ids;
}

aws::Outcome<std::vector<aws::Instance>> MoodyEc2::run_instances(const aws::Params& params,
                                                                 aws::CallLimit limit)
{
  const std::string token = value_of(params, "ClientToken");
  const auto [sent, is_new] = sent_.emplace(token, params);
  REQUIRE((is_new || sent->second == params));
  if (auto fault = call(limit)) {
    if (fault->may_have_happened && chance(50)) {
      launch(params);
    }
    return tl::unexpected(*fault);
  }
  if (find(token).empty() && chance(10)) {
    return tl::unexpected(api_failure(chance(50) ? ErrorClass::capacity : ErrorClass::quota));
  }
  bool any_ended = false;
  std::vector<aws::Instance> launched;
  for (Made* made : launch(params)) {
    settle(*made);
    any_ended = any_ended || made->instance.state == terminated;
    launched.push_back(made->instance);
  }
  if (any_ended && chance(50)) {
    return tl::unexpected(api_failure(ErrorClass::idempotency, "IdempotentInstanceTerminated"));
  }
  if (chance(5)) {
    return tl::unexpected(api_failure(ErrorClass::answer, "", true));
  }
  return launched;
}

aws::Outcome<std::vector<aws::Instance>>
MoodyEc2::describe_instances(const aws::DescribeQuery& query, aws::CallLimit limit)
{
  REQUIRE((!query.ids.empty() || !query.filters.empty())); // else it means all machines
  if (auto fault = call(limit)) {
    return tl::unexpected(*fault);
  }
  REQUIRE(query.ids.size() <= 1000);
  const std::set<std::string> ids(query.ids.begin(), query.ids.end());
  std::vector<aws::Instance> found;
  for (Made& made : made_) {
    settle(made);
    const bool asked = ids.empty() ? query.filters.front().second.front() == made.token
                                   : ids.contains(made.instance.id);
    if (asked && clock_.now() >= made.visible) {
      found.push_back(made.instance);
    }
  }
  if (found.size() < query.ids.size()) {
    return tl::unexpected(api_failure(ErrorClass::consistency, "InvalidInstanceID.NotFound"));
  }
  return found;
}

aws::Outcome<std::vector<aws::StateChange>>
MoodyEc2::terminate_instances(const std::vector<std::string>& ids, aws::CallLimit limit)
{
  if (auto fault = call(limit)) {
    return tl::unexpected(*fault);
  }
  REQUIRE(ids.size() <= 1000);
  const std::set<std::string> wanted(ids.begin(), ids.end());
  std::vector<aws::StateChange> changes;
  for (Made& made : made_) {
    if (!wanted.contains(made.instance.id)) {
      continue;
    }
    if (clock_.now() < made.visible) {
      return tl::unexpected(api_failure(ErrorClass::consistency, "InvalidInstanceID.NotFound"));
    }
    made.then = terminated;
    made.settled = clock_.now();
    settle(made);
    changes.push_back({.id = made.instance.id, .current = terminated});
  }
  return changes;
}

aws::Outcome<aws::ConsoleOutput> MoodyEc2::console_output(const std::string& /*id*/, bool latest,
                                                          aws::CallLimit limit)
{
  if (auto fault = call(limit)) {
    return tl::unexpected(*fault);
  }
  if (latest && chance(20)) {
    return tl::unexpected(api_failure(ErrorClass::unsupported, "UnsupportedOperation"));
  }
  static const char* const words[] = {"", "words", "flame-ec2 n0nce stage=start t=1.00 .\n",
                                      "flame-ec2 n0nce stage=ready t=3.00 .\n",
                                      "flame-ec2 n0nce stage=failed t=1.00 at=fetch rc=22 .\n"};
  return aws::ConsoleOutput{.text = words[dice_() % 5]};
}

Result<void> MoodyEc2::renew(ErrorClass /*reason*/)
{
  return chance(50) ? Result<void>() : fail(ErrorKind::credentials, "no new keys");
}

std::vector<MoodyEc2::Made*> MoodyEc2::find(const std::string& token)
{
  std::vector<Made*> found;
  for (Made& made : made_) {
    if (made.token == token) {
      found.push_back(&made);
    }
  }
  return found;
}

std::vector<MoodyEc2::Made*> MoodyEc2::launch(const aws::Params& params)
{
  const std::string token = value_of(params, "ClientToken");
  if (auto made = find(token); !made.empty()) {
    return made;
  }
  const std::size_t least = std::stoul(value_of(params, "MinCount"));
  const std::size_t most = std::stoul(value_of(params, "MaxCount"));
  REQUIRE(least >= 1);
  REQUIRE(least <= most);
  REQUIRE(alive().size() + most <= count_); // never more than were asked for
  const std::size_t gives = chance(60) ? most : least + dice_() % (most - least + 1);
  for (std::size_t i = 0; i < gives; ++i) {
    made_.push_back(make(token, i));
  }
  return find(token);
}

MoodyEc2::Made MoodyEc2::make(const std::string& token, std::size_t index)
{
  Made made{.instance = machine("i-" + std::to_string(made_.size()), pending),
            .token = token,
            .visible = clock_.now() + Millis(chance(30) ? dice_() % 20'000 : 0),
            .settled = clock_.now() + Millis(dice_() % 30'000)};
  made.instance.launch_index = std::to_string(index);
  if (count_ > 4 ? dice_() % 1000 < 2 : chance(20)) {
    static const char* const reasons[] = {
      "Server.InsufficientInstanceCapacity", "Server.InternalError",
      "Client.UserInitiatedShutdown",        "Client.InstanceInitiatedShutdown",
      "Client.VolumeLimitExceeded",          ""};
    made.then = chance(20) ? stopped : terminated;
    made.reason = reasons[dice_() % std::size(reasons)];
  }
  return made;
}

void MoodyEc2::settle(Made& made)
{
  if (made.instance.state != terminated && clock_.now() >= made.settled) {
    made.instance.state = made.then;
    made.instance.state_reason_code = made.reason;
  }
}

void MoodyEc2::maybe_signal()
{
  CancelState& state = cancel_.now;
  if (!state.satisfied && chance(10)) {
    state.satisfied = true;
  } else if (state.signal == 0 && chance(mood_)) {
    static const int signals[] = {1, 2, 15};
    state.signal = signals[dice_() % 3];
    state.left = !state.satisfied && state.signal == 1;
    signalled_ = clock_.now();
  } else if (state.signal != 0 && chance(1)) {
    state.at_once = true;
  }
}

// A call takes its time; some never end, and a signal may come meanwhile, which cuts them short.
std::optional<aws::ApiError> MoodyEc2::call(aws::CallLimit limit)
{
  ++calls_;
  const Millis left = std::max(Millis(0), std::chrono::ceil<Millis>(limit.deadline - clock_.now()));
  const bool hangs = chance(3 * mood_);
  const Millis needs = hangs ? left : std::min(left, Millis(dice_() % 400));
  const bool signalled = cancel_.now.signal != 0;
  const Millis patience = signalled ? std::min(needs, limit.cancel_grace) : needs;
  const Millis first(dice_() % static_cast<unsigned>(patience.count() + 1));
  clock_.pass(first);
  maybe_signal();
  Millis rest = needs - first;
  const bool cut = (cancel_.now.signal != 0 && rest > limit.cancel_grace) || cancel_.now.at_once;
  if (cut) {
    rest = cancel_.now.at_once ? Millis(0) : limit.cancel_grace;
  }
  clock_.pass(rest);
  if (cut) {
    return api_failure(ErrorClass::cancelled, "", true);
  }
  if (hangs) {
    return api_failure(ErrorClass::transient, "", true);
  }
  if (!chance(5 * mood_)) {
    return std::nullopt;
  }
  static const ErrorClass faults[] = {ErrorClass::throttle, ErrorClass::transient,
                                      ErrorClass::endpoint, ErrorClass::answer,
                                      ErrorClass::credentials};
  const ErrorClass fault = faults[dice_() % std::size(faults)];
  const bool unsure = fault == ErrorClass::transient || fault == ErrorClass::answer;
  return api_failure(fault, "", unsure);
}

} // namespace flame::test
