#pragma once

#include "aws/ec2_query.hpp"
#include "base/error.hpp"
#include "boot/run.hpp"
#include "cli/command.hpp"
#include "cli/json.hpp"

#include <string>
#include <string_view>
#include <vector>

// Results as the user asked for them. Pure.
namespace flame::cli {

// text: one machine a line: id, a tab, address (the public one, where there is one).
std::string boot_output(const boot::BootResult& result, Output output);

struct Ended {
  std::string region = {};
  std::string run_id = {}; // "" when the machines were not selected by it
  std::vector<std::string> ids = {};
  const Error* error = nullptr; // what kept others from being ended; not owned
};
std::string ended_output(const Ended& ended, Output output);   // text: one id a line
std::string instance_ids(const std::vector<std::string>& ids); // for --output env

struct DryRun {
  std::string run_id = {};
  std::string region = {};
  std::vector<std::string> candidates = {}; // in order of preference
  aws::Params request = {};                 // of the first candidate; user data as text
  const Error* error = nullptr;             // what EC2 has refused; not owned
};
std::string dry_run_output(const DryRun& dry_run, Output output);

// "NAME=value\n" for `eval`: a value is quoted unless it is plain.
std::string assignment(std::string_view name, std::string_view value);

// What is printed for people, as JSON too: {"text": "…"}.
std::string text_output(std::string_view text, Output output);

// {"error": {…}} on one line, for stdout.
std::string error_json(const Error& error);

// An outcome whose error the written result holds.
Result<void> as_in_result(Result<void> outcome);

// The same as a member of an object that is being written; nothing for a null one.
void write_error(Json& json, const Error* error);

} // namespace flame::cli
