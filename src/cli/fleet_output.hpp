#pragma once

#include "aws/ec2_types.hpp"
#include "base/error.hpp"
#include "base/time.hpp"
#include "cli/command.hpp"
#include "cli/json.hpp"
#include "cli/world.hpp"

#include <optional>
#include <string>
#include <vector>

// What list, gc and logs print, and how they and plan show times. Pure.
namespace flame::cli {

struct Listed { // a machine
  aws::Instance instance = {};
  std::string region = {};
  std::string stage = {};  // what its console tells, see fleet::most_telling; "": nobody looked
  std::string detail = {}; // what failed there
};

// How times and widths are shown.
struct Look {
  Seconds now = {}; // EC2's
  std::function<std::string(Seconds)> local_time = {};
  std::optional<int> width = {}; // of the terminal
  bool everywhere = false;       // regions are told
};

// "08:15 (in 1h5m)"; "" for none.
std::string shown_time(std::optional<Seconds> time, const Look& look);

std::string list_output(const std::vector<Listed>& machines, Output output, const Look& look,
                        const Error* error);

enum class Finding { ended, expired, not_ended, unclear, orphan, leftover };

struct Found { // by gc
  Finding what = Finding::expired;
  std::string region = {};
  std::string id = {};
  std::string kind = {}; // "instance", "volume", "network-interface"
  std::string app = {};
  std::string run_id = {};
  std::string expires_at = {}; // as the tag has it
  std::string detail = {};     // for people
};

struct Swept {
  std::vector<std::string> regions = {}; // that were looked at
  bool dry_run = false;
  std::vector<Found> found = {};
};

std::string gc_output(const Swept& swept, Output output, const Look& look, const Error* error);

// {"instance_id":…,"region":…,"run_id":…, …}
void write_machine(Json& json, const Listed& it);

} // namespace flame::cli
