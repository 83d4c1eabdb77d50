#pragma once

#include "aws/ec2_types.hpp"
#include "base/error.hpp"
#include "fleet/stages.hpp"

#include <optional>
#include <string>
#include <vector>

// A command that runs on a machine of its own: how it is written for the machine's shell, and what
// its end was. Pure.
namespace flame::boot {

// For sh: the program in place of the shell, with exactly these arguments. An unknown one is status
// 127, one that cannot be executed 126, as the shell says it.
std::string exec_line(const std::vector<std::string>& argv);

// How it came to an end. Either status or error is set.
struct JobEnd {
  std::optional<int> status = {};  // the command's own; 128 + n when signal n ended it
  std::string reason = {};         // "exit-code", "signal", "oom-kill", "shutdown"
  std::optional<Error> error = {}; // why nobody knows a status
};

// What the machine says of its end. nullopt: it has said nothing of it yet.
std::optional<JobEnd> end_said(const std::vector<fleet::StageLine>& lines, const std::string& id);

// The machine was being shut down when the command ended: who did that is for EC2 to say.
inline constexpr std::string_view k_by_shutdown = "shutdown";

// Whether EC2, or somebody by EC2, has ended the machine, and not the machine itself.
bool was_taken(const aws::Instance& machine);

// Of a machine that has left, or is leaving, without a word, or that was taken from its command.
JobEnd end_unsaid(const aws::Instance& machine, const std::vector<fleet::StageLine>& lines);

// The line with the sums of all output, which is the last; nullptr: not said.
const fleet::StageLine* sums_of(const std::vector<fleet::StageLine>& lines);

// "was ended by SIGKILL", for people; "" for an end that its status says.
std::string story_of(const JobEnd& end);

} // namespace flame::boot
