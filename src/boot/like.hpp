#pragma once

#include "aws/ec2_types.hpp"
#include "base/error.hpp"
#include "config/layers.hpp"

#include <span>
#include <string>
#include <vector>

// Settings taken from a machine that runs: the one we are on, or another that the user names. Pure.
namespace flame::boot {

struct Model {
  std::string region = {};
  aws::Instance instance = {};
  std::string origin = {}; // "instance metadata of i-1"
};

struct Likeness {
  config::Layer layer = {.rank = config::Rank::metadata};
  std::vector<std::string> notices = {}; // what comes with that, as sentences for people
  std::string left_open = {};            // what is not taken and why, for a warning; else ""
};

// Keys that settings_like() could still fill. Beside a launch template the region alone: the rest
// is the template's to say. Where `groups` has no Group::machine, it is the same.
std::vector<std::string> open_keys(const config::Configured& said,
                                   std::span<const config::Group> groups);

// Rows for those keys. What exists in one region only is left out when another is set. Kind config:
// the machine has no IPv4 address, so that machines beside it would not be reached.
Result<Likeness> settings_like(const Model& model, const config::Configured& said,
                               std::span<const config::Group> groups);

} // namespace flame::boot
