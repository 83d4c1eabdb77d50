#pragma once

#include "aws/ec2_query.hpp"
#include "aws/ec2_types.hpp"
#include "base/error.hpp"
#include "base/time.hpp"
#include "boot/bundle.hpp"
#include "boot/candidates.hpp"
#include "boot/user_data.hpp"
#include "config/settings.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

// What a boot will do, decided before anything is done. Immutable once made. Pure.
namespace flame::boot {

// What had to be looked up.
struct Facts {
  Seconds now = {};               // wall clock
  std::string random_run_id = {}; // used when the user named none
  std::string nonce = {};         // random, for the stage lines
  std::string erl_aflags = {};    // of the caller; passed on with a FLAME parent
  std::string erl_zflags = {};
  std::string local_address = {}; // of the machine we run on, "" when nobody has asked
  // From here on: what AWS said to boot/look_up. Without it the plan shows what would be asked for
  // in its place.
  bool looked_up = false;
  bool looked_into_template = false;                       // or tried to, which is not done twice
  std::optional<aws::LaunchTemplate> launch_template = {}; // nullopt: none, or no right to look
  std::string image_id = {};            // what a name or a parameter stands for; "": not resolved
  std::optional<aws::Image> image = {}; // the one that is booted; nullopt: not looked at
};

struct Plan {
  std::string run_id = {};
  std::string region = {};
  std::string app = {};
  std::vector<Candidate> candidates = {};    // never empty, in order of preference
  std::vector<Dropped> dropped = {};         // of which none is asked for; see survey.hpp
  aws::Params common = {};                   // of every launch; see request.hpp for the rest
  std::string subnet_parameter = "SubnetId"; // that carries a candidate's subnet
  aws::Params spot_options = {};             // of candidates on the spot market: {"MaxPrice", …}
  std::string parent_ip = {}; // host of the FLAME parent's node, else our own address, else ""
  Bundle bundle = {};
  Runner runner = {};        // the URL is filled in when it is rendered
  std::size_t count = 1;     // machines
  std::size_t min_count = 1; // with so many the boot goes on when no candidate has more
  config::WaitFor wait_for = config::WaitFor::running;
  Millis boot_timeout = std::chrono::seconds(120);
  std::optional<Seconds> expires_at = {}; // nullopt: no lifetime
  bool keep_on_failure = false;           // a machine whose boot failed lives until it expires
  std::vector<std::string> notices = {};  // sentences worth a line on stderr
  std::vector<std::string> warnings = {}; // of what the user set and does not get
};

// Every mistake in one error, kind config. Without `facts.looked_up` the plan can be shown, and its
// mistakes told, but it must not be launched.
Result<Plan> make_plan(const config::Settings& settings, const Facts& facts);

// The part that `template-user-data` needs: no image, region or network settings are looked at.
Result<Runner> make_runner(const config::Settings& settings, const Facts& facts);

} // namespace flame::boot
