#include "cli/config_file.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace flame::cli {
namespace {

std::string variable(const World& world, const std::string& name)
{
  const auto found = world.env.find(name);
  return found == world.env.end() ? "" : found->second;
}

// The one that was named, if any.
std::optional<std::string> named(const ConfigChoice& choice, const World& world)
{
  if (choice.file) {
    return choice.file;
  }
  const std::string path = variable(world, "FLAME_EC2_CONFIG");
  return path.empty() ? std::nullopt : std::optional(path);
}

// Where a file may be that nobody named, the nearest first.
std::vector<ConfigPlace> places(const World& world)
{
  std::vector<ConfigPlace> found{{k_here, false}};
  // As XDG has it, a relative path there counts for nothing.
  std::string folder = variable(world, "XDG_CONFIG_HOME");
  if (!folder.starts_with('/')) {
    folder = world.home.empty() ? "" : world.home + "/.config";
  }
  if (!folder.empty()) {
    found.push_back({folder + "/flame-ec2/config.toml", true});
  }
  found.push_back({"/etc/flame-ec2/config.toml", true});
  return found;
}

struct Text {
  ConfigPlace place = {};
  std::string text = {};
};

Result<std::optional<Text>> find(const ConfigChoice& choice, const World& world)
{
  if (const auto path = named(choice, world)) {
    if (path->empty()) {
      return fail(ErrorKind::config, "flag --config: the value is empty",
                  "give the name of a file");
    }
    return world.read_file(*path)
      .map([&](std::string text) {
        return std::optional(Text{{*path, true}, std::move(text)});
      })
      .map_error([&](Error error) {
        error.hint = fmt::format("it is the file of settings that {} names; flame-ec2 configure "
                                 "writes one",
                                 choice.file ? "--config" : "FLAME_EC2_CONFIG");
        return error;
      });
  }
  for (const ConfigPlace& place : places(world)) {
    auto text = world.find_file(place.path);
    if (!text) {
      return tl::unexpected(text.error());
    }
    if (*text) {
      return Text{place, std::move(**text)};
    }
  }
  return std::nullopt;
}

} // namespace

ConfigPlace place_to_write(const ConfigChoice& choice, const World& world)
{
  const auto path = named(choice, world);
  return path ? ConfigPlace{*path, true} : ConfigPlace{k_here, false};
}

ConfigFile read_config_file(const ConfigChoice& choice, const World& world,
                            std::span<const config::Group> groups)
{
  ConfigFile file{.pool = choice.pool.value_or(variable(world, "FLAME_EC2_POOL"))};
  if (choice.pool && choice.pool->empty()) {
    file.layers.mistakes.push_back(
      {"flag --pool: the value is empty", "give the name of a pool, or leave it out"});
  }
  const auto found = find(choice, world);
  if (!found) {
    file.layers.mistakes.push_back({found.error().message, found.error().hint});
    file.layers.incomplete = true;
    return file;
  }
  if (!*found) {
    if (!file.pool.empty()) {
      file.layers.mistakes.push_back(
        {fmt::format("there is no pool \"{}\", since there is no file of settings", file.pool),
         fmt::format("pools stand in {}, or in the file that --config names", k_here)});
    }
    return file;
  }
  const Text& text = **found;
  auto mistakes = std::move(file.layers.mistakes);
  file.place = text.place;
  file.layers =
    config::file_layers(text.text, {text.place.path, text.place.named, file.pool}, groups);
  file.layers.mistakes.insert(file.layers.mistakes.begin(), mistakes.begin(), mistakes.end());
  return file;
}

} // namespace flame::cli
