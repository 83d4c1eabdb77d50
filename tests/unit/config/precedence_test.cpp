#include "config/file.hpp"
#include "config/layers.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

// Every layer as its source makes it, in all combinations: which one wins, and whose name it bears.

using namespace flame;
using namespace flame::config;

namespace {

constexpr Group k_all[] = {Group::where, Group::release, Group::machine, Group::limits};
using Map = std::map<std::string, std::string>;
using List = std::vector<std::string>;

// What stands in for a layer that is made elsewhere (the metadata service, the attached line).
Layer rows(Rank rank, const std::string& mark)
{
  const auto row = [&](std::string_view key, std::string text, std::string name = {}) {
    return Row{find_key(key), std::move(text), mark, Form::exact, std::move(name)};
  };
  return {rank,
          {row("app", mark), row("subnet_id", mark + "-1"), row("subnet_id", mark + "-2"),
           row("tags", mark, "all"), row("tags", "yes", mark)}};
}

std::string toml(const std::string& mark)
{
  return fmt::format("app = '{0}'\nsubnet_id = ['{0}-1', '{0}-2']\ntags = {{ all = '{0}', {0} = "
                     "'yes' }}\n",
                     mark);
}

Layer variables(const std::string& mark)
{
  return variables_layer(
    {{"FLAME_EC2_APP", mark},
     {"FLAME_EC2_SUBNET_ID", fmt::format("{0}-1,{0}-2", mark)},
     {"FLAME_EC2_TAGS", fmt::format(R"({{"all": "{0}", "{0}": "yes"}})", mark)}});
}

Layer flags(const std::string& mark)
{
  const std::vector<Flag> typed = {{"--app", mark},
                                   {"--subnet-id", mark + "-1"},
                                   {"--subnet-id", mark + "-2"},
                                   {"--tag", "all=" + mark},
                                   {"--tag", mark + "=yes"}};
  return flags_layer(typed);
}

Layer file(const std::string& mark)
{
  return file_layers(toml(mark), {.name = "f.toml"}, k_all).file;
}

Layer pool(const std::string& mark)
{
  return file_layers("[pool.p]\n" + toml(mark), {.name = "f.toml", .pool = "p"}, k_all).pool;
}

struct Source {
  std::string mark = {};
  Layer (*make)(const std::string& mark) = nullptr;
  std::string origin = {}; // of app
};

// The lowest first, as the documents have it.
const Source k_sources[] = {
  {"auto", [](const std::string& mark) { return rows(Rank::metadata, mark); }, "auto"},
  {"surroundings",
   [](const std::string& mark) {
     Layer layer = rows(Rank::surroundings, mark); // only some settings have such a variable
     layer.rows.front() = surroundings_layer({{"RELEASE_NAME", mark}}).rows.at(0);
     return layer;
   },
   "variable RELEASE_NAME"},
  {"file", file, "f.toml:1"},
  {"pool", pool, "f.toml:2"},
  {"variable", variables, "variable FLAME_EC2_APP"},
  {"attached", [](const std::string& mark) { return rows(Rank::attached, mark); }, "attached"},
  {"flag", flags, "flag --app"},
};

} // namespace

TEST_CASE("config: of every combination of layers the highest wins, and maps hold them all")
{
  for (unsigned chosen = 1; chosen < 1U << std::size(k_sources); ++chosen) {
    CAPTURE(chosen);
    std::vector<Layer> layers;
    Map tags;
    const Source* highest = nullptr;
    for (std::size_t i = 0; i < std::size(k_sources); ++i) {
      if ((chosen >> i & 1U) != 0) {
        highest = &k_sources[i];
        layers.insert(layers.begin(), highest->make(highest->mark)); // their order must not matter
        tags[highest->mark] = "yes";
        tags["all"] = highest->mark;
      }
    }
    const Configured got = merge(layers, k_all, Caller{});
    CHECK(got.mistakes.empty());
    CHECK(got.settings.app == highest->mark);
    CHECK(got.settings.subnet_ids == List{highest->mark + "-1", highest->mark + "-2"});
    CHECK(got.settings.tags == tags);
    CHECK(got.origins.at("app").text == highest->origin);
  }
}

TEST_CASE("config: an empty list of a higher layer replaces, an empty map adds nothing")
{
  Layer low = file("low");
  Layer high =
    file_layers("[pool.p]\nsubnet_id = []\ntags = {}\n", {.name = "f", .pool = "p"}, k_all).pool;
  const Configured got = merge({low, high}, k_all, Caller{});
  CHECK(got.mistakes.empty());
  CHECK(got.settings.subnet_ids.empty());
  CHECK(got.settings.tags == Map{{"all", "low"}, {"low", "yes"}});
}

TEST_CASE("config: a bad value of a lower layer is a mistake, though a higher one wins")
{
  const Configured got = merge({variables_layer({{"FLAME_EC2_BOOT_TIMEOUT", "120"}}),
                                flags_layer(std::vector<Flag>{{"--boot-timeout", "90s"}})},
                               k_all, Caller{});
  CHECK(got.mistakes.size() == 1);
  CHECK(got.settings.boot_timeout == Millis(90'000));
}

TEST_CASE("an image by its name and one by its id are one thing, and the nearer layer says it")
{
  const std::vector<Flag> typed = {{"--image", "al2023"}};
  const auto in_file = file_layers("image_id = 'ami-1'\n", {.name = "f.toml"}, k_all).file;
  const auto by_flag = merge({flags_layer(typed), in_file}, k_all, {});
  CHECK(by_flag.settings.image == "al2023");
  CHECK(by_flag.settings.image_id.empty());
  CHECK(by_flag.origins.count("image_id") == 0);

  const Layer variable = variables_layer({{"FLAME_EC2_IMAGE_ID", "ami-2"}});
  const auto by_variable =
    merge({variable, file_layers("image = 'al2023'\n", {.name = "f.toml"}, k_all).file}, k_all, {});
  CHECK(by_variable.settings.image.empty());
  CHECK(by_variable.settings.image_id == "ami-2");

  const auto both =
    file_layers("image = 'al2023'\nimage_id = 'ami-1'\n", {.name = "f.toml"}, k_all).file;
  const auto one_layer = merge({both}, k_all, {}); // a mistake, which the plan reports
  CHECK(one_layer.settings.image == "al2023");
  CHECK(one_layer.settings.image_id == "ami-1");
}
