#pragma once

#include "base/error.hpp"
#include "flame/runner_env.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The runner's script: what EC2 gets as user data and cloud-init runs as root. Pure.
namespace flame::boot {

// EC2's limit on user data before base64. Source: EC2 User Guide, "Run commands at launch".
inline constexpr std::size_t k_user_data_limit = 16'384;

struct Runner {
  std::string app = {}; // part of unit and folder names
  std::string run_id = {};
  std::string nonce = {};      // in every stage line, so that a release cannot forge one
  std::string fetch = {};      // template name of the bundle's type
  std::string bundle_url = {}; // presigned, or the placeholder
  std::vector<child::Variable> variables = {};
  std::string run_as = {};        // "" is root
  std::string start_command = {}; // "" is bin/<app> start
  std::string stop_command = {};  // "" is bin/<app> stop, for a mix release
  std::vector<std::string> setup_commands = {};
  std::optional<Millis> max_lifetime = {}; // nullopt: none
  Millis bootstrap_timeout = std::chrono::minutes(15);
};

// Stands where a presigned URL will be, and is as long as one can get.
std::string placeholder_url();

// Names [A-Za-z_][A-Za-z0-9_]*; values without NUL, invalid UTF-8, U+FEFF and noncharacters, which
// systemd cannot load; each within Linux's 128 KiB a string. All mistakes at once, naming the
// variable and never the value. Kind config.
Result<void> check_variables(const std::vector<child::Variable>& variables);

// The same bytes for the same runner. Values are carried so that no shell and no parser of systemd
// can change them.
std::string render_user_data(const Runner& runner);

// The line of systemd's EnvironmentFile that gives exactly `value`, with its newline.
std::string environment_line(std::string_view name, std::string_view value);

// Kind config, says by how many bytes it is over.
Result<void> check_user_data_size(std::string_view user_data);

} // namespace flame::boot
