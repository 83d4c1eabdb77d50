#pragma once

#include "cli/command.hpp"
#include "cli/world.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>

// What machines have written into a store, and what of a store commands besides boot need.
namespace flame::cli {

// The store that --store, a variable or the file of settings names; nullopt: none. Kind config.
Result<std::optional<aws::S3Object>> find_store(const Invocation& invocation, const World& world);

struct StoredLogs {
  std::string instance_id = {};
  std::string status = {}; // stage lines, as on a console
  std::string log = {};
  std::string journal = {};
};

// Of the machine, or of the latest one of the run when `instance_id` is ""; without `run_id` all
// runs are looked through. nullopt: the store knows of no such.
Result<std::optional<StoredLogs>> read_stored(const aws::S3Object& store, const std::string& run_id,
                                              const std::string& instance_id, aws::S3Api& s3,
                                              aws::CallLimit limit);

// What machines of a run, or of any without `run_id`, have written of their stages, by id; a
// machine that has written nothing is left out.
Result<std::map<std::string, std::string>>
read_stored_statuses(const aws::S3Object& store, const std::string& run_id,
                     std::span<const std::string> ids, aws::S3Api& s3, aws::CallLimit limit);

// Removes environments whose time has passed, or counts them only. The bytes of none are read.
Result<std::size_t> sweep_environments(const aws::S3Object& store, Seconds now, bool dry_run,
                                       aws::S3Api& s3, aws::CallLimit limit);

} // namespace flame::cli
