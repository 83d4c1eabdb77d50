#pragma once

#include "aws/ec2_api.hpp"
#include "aws/ssm_api.hpp"
#include "boot/plan.hpp"

#include <string>
#include <vector>

// What AWS has to be asked before a plan can be made. Only what the settings need: image id and
// type by themselves need nothing.
namespace flame::boot {

struct LookedUp {
  Facts facts = {};
  // What the caller has no right to look at, and what is done without; sentences.
  std::vector<std::string> warnings = {};
};

// Adds to `facts`. Asks EC2 and SSM at most once each for a thing. An Error of what AWS refused, or
// of kind config when it knows no such image.
Result<LookedUp> look_up(Facts facts, const config::Settings& settings, aws::Ec2Api& ec2,
                         aws::SsmApi& ssm, aws::CallLimit limit);

// Its first step alone, the launch template, for who has settings that depend on it: what it finds
// goes on to look_up(), which does not ask again.
Result<LookedUp> look_into_template(Facts facts, const config::Settings& settings, aws::Ec2Api& ec2,
                                    aws::CallLimit limit);

// What look_up() would ask for, as far as that is known beforehand. Pure.
struct Lookups {
  std::string launch_template = {}; // id or name
  std::string parameter = {};       // of Systems Manager
  bool image = false;
  std::string image_id = {}; // "": not known before the rest is
};
Lookups lookups_in(const config::Settings& settings);
std::vector<std::string> lookups_of(const config::Settings& settings); // "launch template web"

} // namespace flame::boot
