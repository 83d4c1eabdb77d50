#pragma once

#include "aws/ec2_types.hpp"
#include "base/error.hpp"
#include "config/layers.hpp"

#include <optional>
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

// What a launch template says that somebody has looked into; nullopt: nobody has, or there is none.
using Seen = std::optional<aws::LaunchTemplate>;

// Keys that settings_like() could still fill from the metadata service. Beside a launch template
// only what that leaves open, and never the image; while it is unseen, and where `groups` has no
// Group::machine, the region alone.
std::vector<std::string> open_keys(const config::Configured& said,
                                   std::span<const config::Group> groups, const Seen& seen = {});

// Rows for those keys. Left out are what exists in one region only when another is set, and what a
// template that is unseen may say itself. Kind config: the machine has no IPv4 address, so that
// machines beside it would not be reached.
Result<Likeness> settings_like(const Model& model, const config::Configured& said,
                               std::span<const config::Group> groups, const Seen& seen = {});

// Whether a launch template is set that may leave open what settings_like() could fill: it is worth
// a look.
bool depends_on_template(const config::Configured& said, std::span<const config::Group> groups);

} // namespace flame::boot
