#include "client/pace.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace flame::client {
namespace {

using Fraction = std::chrono::duration<double>;

constexpr double k_slowest = 1.0 / 16; // of what the guide says
// Seconds. Of instances few may be missing, and another ask costs little; of a request all of it
// is.
constexpr double k_guess_requests = 8;
constexpr double k_guess_instances = 2;
constexpr std::chrono::minutes k_calm(1);
// The request that empties a full bucket may come to EC2 so late, with a connection to open first,
// and EC2 fills the bucket from then on: who counts from when it was sent is refused once it is
// empty.
constexpr std::chrono::milliseconds k_way(200);
constexpr double k_rounding = 1e-9; // of a token, which no sum of fractions may miss

} // namespace

Pace::Pace(aws::Bucket bucket) : full_(bucket), tokens_(bucket.capacity), rate_(bucket.refill) {}

Millis Pace::wait(TimePoint now, double tokens)
{
  refill(now);
  // More than there can ever be is as good as all.
  const double missing = std::min(tokens, full_.capacity) - tokens_ - k_rounding;
  if (missing <= 0) {
    return Millis(0);
  }
  return std::chrono::ceil<Millis>(Fraction(missing / rate_) + (*filled_ - now));
}

void Pace::take(TimePoint now, double tokens)
{
  refill(now);
  filled_ = tokens_ >= full_.capacity ? now + k_way : *filled_;
  tokens_ -= tokens;
}

void Pace::give_back(double tokens)
{
  tokens_ = std::min(full_.capacity, tokens_ + tokens);
}

void Pace::throttled(TimePoint now, double tokens, double guess)
{
  refill(now);
  rate_ = std::max(rate_ / 2, full_.refill * k_slowest);
  tokens_ = std::min(tokens_, tokens - std::min(tokens, rate_ * guess));
  filled_ = calm_since_ = now; // EC2 has just looked
}

void Pace::refill(TimePoint now)
{
  if (!filled_) {
    filled_ = calm_since_ = now;
  }
  while (rate_ < full_.refill && now - calm_since_ >= k_calm) {
    rate_ = std::min(rate_ * 2, full_.refill);
    calm_since_ += k_calm;
  }
  if (now > *filled_) {
    tokens_ = std::min(full_.capacity, tokens_ + Fraction(now - *filled_).count() * rate_);
    filled_ = now;
  }
}

ActionPace::ActionPace(const aws::ActionLimits& limits) : requests_(limits.requests)
{
  if (limits.instances) {
    instances_.emplace(*limits.instances);
  }
}

Millis ActionPace::wait(TimePoint now, std::size_t instances)
{
  const Millis request = requests_.wait(now, 1);
  return instances_ ? std::max(request, instances_->wait(now, static_cast<double>(instances)))
                    : request;
}

void ActionPace::take(TimePoint now, std::size_t instances)
{
  requests_.take(now, 1);
  if (instances_) {
    instances_->take(now, static_cast<double>(instances));
  }
}

void ActionPace::give_back(std::size_t instances)
{
  if (instances_) {
    instances_->give_back(static_cast<double>(instances));
  }
}

// "… has been throttled on ec2:RunInstances because it exceeded its request rate limit."
void ActionPace::throttled(TimePoint now, std::size_t instances, std::string_view message)
{
  const std::string said = to_lower(message);
  const bool of_resources = instances_ && said.find("resource") != std::string::npos;
  const bool of_requests = !of_resources && said.find("request rate") != std::string::npos;
  if (!of_resources) {
    requests_.throttled(now, 1, k_guess_requests);
  }
  if (instances_ && !of_requests) {
    instances_->throttled(now, static_cast<double>(instances), k_guess_instances);
  }
}

ActionPace& Paces::of(std::string_view action)
{
  return paces_.try_emplace(action, aws::limits_of(action)).first->second;
}

} // namespace flame::client
