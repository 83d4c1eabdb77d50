#pragma once

#include "base/error.hpp"
#include "sandbox/faults.hpp"
#include "sandbox/machine_host.hpp"
#include "sandbox/scenario.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace flame::sandbox {

struct Options {
  std::uint16_t port = 0;          // 0: a free one
  std::uint16_t metadata_port = 0; // of the parent's metadata service
  std::string host = {};           // answered to beside those of this computer
  std::vector<std::string> regions = {"us-east-1"};
  std::string s3_folder = {}; // "": one in the state folder
  std::map<std::string, std::string> bucket_regions = {};
  bool real_machines = false;
  System system = {}; // of real machines
  std::vector<Fault> faults = {};
  std::string state = {}; // "": a temporary folder
  std::string env_file = {};
  bool print_env = false;
  bool console = false;
  std::string console_folder = {};
  bool tls = false;
  bool quiet = false;
  Millis pending_time = Millis(500);
  Millis shutdown_time = Millis(300);
  bool reused_token_is_error = true;
  bool no_default_vpc = false;
  Scenario scenario = {Stage()};
};

struct Parsed {
  std::optional<Options> options = {}; // when the sandbox is to run
  std::string output = {};             // else what to print on stdout: help, version, world
};

Result<Parsed> parse_options(int argc, const char* const* argv); // kinds usage and config

} // namespace flame::sandbox
