#pragma once

#include "base/error.hpp"
#include "sandbox/buckets.hpp"
#include "sandbox/capacity.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What EC2 has to give, and how it changes: a file in TOML, which docs/sandbox.md describes. Pure.
namespace flame::sandbox {

// Of the machines of a pool, that many end while they are pending.
struct TakenBack {
  Pool pool = {};
  int skip = 0; // after so many that stay
  int count = 0;
  std::string reason = "Server.InsufficientInstanceCapacity";
};

// At one time. What is not said is there in plenty.
struct Supply {
  std::map<std::string, Pool> pools = {};                     // by name
  std::map<std::string, int> addresses = {};                  // by subnet: free without machines
  std::map<std::string, int> quotas = {};                     // "standard/spot": vCPUs at a time
  std::map<std::string, std::vector<std::string>> lacks = {}; // by zone: types, with * for any text
  std::map<std::string, TakenBack> taken_back = {};           // by name of the pool
  std::map<std::string, ActionLimit> limits = {};             // by action, with * for any text
  bool ec2_limits = false;          // where `limits` says nothing, EC2's own
  Millis visible_after = Millis(0); // a younger machine is found by no id and no filter
  Millis states_after = Millis(0);  // states are told so late
  bool spot_role = true;            // the account has the role that spot machines need
};

struct Stage {
  Millis after = Millis(0); // the first RunInstances
  Supply supply = {};       // all of it
};

// In order of time; never empty, and the first is there from the beginning.
using Scenario = std::vector<Stage>;

// `name` is the file's, for messages: all mistakes at once, each with its line. Kind usage.
Result<Scenario> parse_scenario(std::string_view text, std::string_view name);

// "standard/spot" of what shares a quota with the type; "" for a type that is not known.
std::string quota_name(std::string_view type, bool spot);

// The limit of an action: the one of its name, of a pattern that fits, EC2's own, or none.
ActionLimit limit_of(const Supply& supply, std::string_view action, bool plain);

} // namespace flame::sandbox
