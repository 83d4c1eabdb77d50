#pragma once

#include "cli/world.hpp"
#include "config/file.hpp"

#include <optional>
#include <span>
#include <string>

// Which file of settings is read, and which pool of it.
namespace flame::cli {

inline constexpr const char* k_here = "flame-ec2.toml"; // in the current folder

struct ConfigPlace {
  std::string path = {};
  bool named = false; // by --config or $FLAME_EC2_CONFIG, or a place that only the user writes to
};

// What the command line says of it; nullopt: nothing.
struct ConfigChoice {
  std::optional<std::string> file = {};
  std::optional<std::string> pool = {};
};

struct ConfigFile {
  std::optional<ConfigPlace> place = {}; // nullopt: there is no file
  std::string pool = {};                 // "" for none
  config::FileLayers layers = {};        // with all mistakes, also those of finding it
};

// --config, else $FLAME_EC2_CONFIG, else where `configure` writes: ./flame-ec2.toml.
ConfigPlace place_to_write(const ConfigChoice& choice, const World& world);

// --config, else $FLAME_EC2_CONFIG, else the first of ./flame-ec2.toml,
// $XDG_CONFIG_HOME/flame-ec2/config.toml (~/.config) and /etc/flame-ec2/config.toml that is there;
// --pool, else $FLAME_EC2_POOL.
ConfigFile read_config_file(const ConfigChoice& choice, const World& world,
                            std::span<const config::Group> groups);

} // namespace flame::cli
