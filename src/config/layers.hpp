#pragma once

#include "config/options.hpp"
#include "config/settings.hpp"

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// From what was said to what is meant: rows of all layers, merged with their origins. Pure.
namespace flame::config {

// How the text of a row is written.
enum class Form {
  flag,     // a list splits at its separator; an entry of a map is KEY=VALUE, or KEY to copy
  variable, // a list splits at its separator; a map is a JSON object
  exact,    // an element or an entry: nothing is split
  none      // a list that is empty, which is a value too
};

struct Row {
  const Option* option = nullptr; // of the table
  std::string text = {};
  std::string origin = {}; // "flag --region"
  Form form = Form::flag;
  std::string name = {}; // of the entry of a map, when exact
};

struct Layer {
  Rank rank = Rank::flag;
  std::vector<Row> rows = {};
};

// The caller's world, as far as settings may look at it.
struct Caller {
  std::map<std::string, std::string> env = {};
  std::function<Result<std::string>(const std::string& path)> read_file = {};
  bool copies = true; // false: the variables that env_from names are not looked up
};

// A flag as it was typed, and its value ("true" for a switch).
struct Flag {
  std::string name = {}; // "--region"; must be one that find_flag() knows
  std::string value = {};
};

Layer flags_layer(std::span<const Flag> flags);
// FLAME_EC2_*. An empty variable counts as not set: CI systems set variables that way.
Layer variables_layer(const std::map<std::string, std::string>& env);
// What the surroundings set for everyone: AWS_REGION, RELEASE_NAME, FLAME_PARENT.
Layer surroundings_layer(const std::map<std::string, std::string>& env);

// A sentence for each FLAME_EC2_* variable that nothing reads, with the nearest name.
std::vector<std::string> unknown_variables(const std::map<std::string, std::string>& env);

// Options of other groups are left out with all that is wrong with them. The order of `layers`
// does not matter, their ranks do; two layers of a rank come in their order.
Configured merge(std::vector<Layer> layers, std::span<const Group> groups, const Caller& caller);

// Adds a layer below all that `configured` is made of: rows for what is set already are left out. A
// map that is set is not merged.
void add_below(Configured& configured, const Layer& layer);

// What the AWS profile says: "region", "ca_bundle", "endpoint_url", "ec2.endpoint_url". "":
// nothing.
using ProfileLookup = std::function<std::string(std::string_view key)>;

// Fills what no layer has set from the profile and resolves Settings::endpoints.
void add_profile(Configured& configured, const ProfileLookup& profile,
                 const std::map<std::string, std::string>& env);

} // namespace flame::config
