#pragma once

#include "base/ports.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

// EC2's token buckets: one of requests and one of machines for each action.
// Source: EC2 Developer Guide, "Request throttling for the Amazon EC2 API".
namespace flame::sandbox {

struct Bucket {
  int size = 0;       // tokens when it is full
  int per_second = 0; // tokens that come back
};

struct ActionLimit {
  std::optional<Bucket> requests = {}; // one token a call
  std::optional<Bucket> machines = {}; // one token a machine
};

// Those of EC2 itself. `plain`: the call has no filters and no pages; EC2's guide does
// not count ids for either.
ActionLimit ec2_limit(std::string_view action, bool plain);

// How full they are. A bucket begins full, and is one of its name whatever its size is now.
class Buckets {
public:
  // Whether so many tokens are there; then they are taken.
  bool take(const std::string& name, const Bucket& bucket, int tokens, TimePoint now);
  bool has(const std::string& name, const Bucket& bucket, int tokens, TimePoint now);

private:
  struct Level {
    double tokens = 0;
    TimePoint at = {};
  };
  Level& level(const std::string& name, const Bucket& bucket, TimePoint now);

  std::map<std::string, Level> levels_ = {};
};

} // namespace flame::sandbox
