#include "cli/auto_configure.hpp"

#include "base/text.hpp"
#include "cli/cloud.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::cli {
namespace {

constexpr std::chrono::seconds k_patience(30);
constexpr config::Group k_where[] = {config::Group::where};

Error in_auto_configure(Error error)
{
  error.message = fmt::format("auto_configure: {}", error.message);
  if (error.kind == ErrorKind::config) {
    error.hint +=
      fmt::format("{}without auto_configure nothing is asked", error.hint.empty() ? "" : "; ");
  }
  return error;
}

tl::unexpected<Error> not_there(const std::string& id, const std::string& region)
{
  return fail(ErrorKind::config,
              fmt::format("there is no machine {} of this account in {}", id, region),
              "check the id, --region and --profile");
}

void say(const boot::Likeness& likeness, const boot::Model& model, Console& console)
{
  std::vector<std::string> keys;
  for (const config::Row& row : likeness.layer.rows) {
    if (std::ranges::count(keys, row.option->key) == 0) {
      keys.emplace_back(row.option->key);
    }
  }
  if (!keys.empty()) {
    console.note(fmt::format("auto_configure: {} from {}", join(keys, ", "), model.origin));
  }
  for (const std::string& notice : likeness.notices) {
    console.note(notice);
  }
  if (!likeness.left_open.empty()) {
    console.warn(likeness.left_open);
  }
}

} // namespace

Result<boot::Model> this_model(const config::Settings& settings, client::Asked asked, World& world)
{
  return world.this_machine(settings, asked, world).map([](client::ThisMachine machine) {
    std::string origin = fmt::format("instance metadata of {}", machine.instance.id);
    return boot::Model{std::move(machine.region), std::move(machine.instance), std::move(origin)};
  });
}

Result<boot::Model> model_of(const std::string& id, const config::Settings& settings, World& world,
                             Console& console)
{
  if (settings.region.empty()) {
    return fail(ErrorKind::config, "region is not set", "give --region REGION or set AWS_REGION");
  }
  const auto cloud = connect(settings, world, console);
  if (!cloud) {
    return tl::unexpected(cloud.error());
  }
  const auto found = (*cloud)->ec2().describe_instances(
    {.ids = {id}}, {.deadline = world.clock->now() + k_patience});
  if (!found) {
    const aws::ApiError& error = found.error();
    return error.error.aws_code.starts_with("InvalidInstanceID") ? not_there(id, settings.region)
                                                                 : tl::unexpected(error.error);
  }
  const auto machine = std::ranges::find(*found, id, &aws::Instance::id);
  if (machine == found->end()) {
    return not_there(id, settings.region);
  }
  using State = aws::InstanceState;
  if (machine->state == State::terminated || machine->state == State::shutting_down) {
    return fail(
      ErrorKind::config,
      fmt::format("{} is {}: where it was is no longer known", id, aws::name(machine->state)),
      "name a machine that lives; it may be stopped");
  }
  return boot::Model{settings.region, *machine, fmt::format("machine {}", id)};
}

Result<config::Layer> region_of_this_machine(const config::Settings& settings, World& world)
{
  return this_model(settings, client::Asked::identity, world).map([](const boot::Model& model) {
    return config::Layer{config::Rank::metadata,
                         {{.option = config::find_key("region"),
                           .text = model.region,
                           .origin = model.origin,
                           .form = config::Form::exact}}};
  });
}

std::optional<boot::Model> auto_configure(config::Configured& configured,
                                          std::span<const config::Group> groups, World& world,
                                          Console& console)
{
  const bool beside = boot::depends_on_template(configured, groups);
  const auto open = boot::open_keys(configured, groups);
  const bool wants_address = std::ranges::count(groups, config::Group::machine) > 0
                             && configured.settings.flame_parent.empty();
  if (!configured.mistakes.empty()) {
    configured.incomplete = true;
    return {};
  }
  if (open.empty() && !beside && !wants_address) {
    return {};
  }
  const bool region_alone =
    !beside && std::ranges::all_of(open, [](const std::string& key) { return key == "region"; });
  const auto model = this_model(configured.settings,
                                region_alone ? client::Asked::identity : client::Asked::all, world);
  const auto likeness = model.and_then([&](const boot::Model& it) {
    return boot::settings_like(it, configured, beside ? std::span(k_where) : groups);
  });
  if (!likeness) {
    configured.failure = in_auto_configure(likeness.error());
    configured.incomplete = true;
    return {};
  }
  say(*likeness, *model, console);
  config::add_below(configured, likeness->layer);
  configured.local_address = model->instance.private_ip;
  return beside ? std::optional(*model) : std::nullopt;
}

Result<void> fill_beside_template(config::Configured& configured,
                                  std::span<const config::Group> groups, const boot::Model& model,
                                  const boot::Seen& seen, Console& console)
{
  const auto likeness = boot::settings_like(model, configured, groups, seen);
  if (!likeness) {
    return tl::unexpected(in_auto_configure(likeness.error()));
  }
  say(*likeness, model, console);
  config::add_below(configured, likeness->layer);
  return {};
}

} // namespace flame::cli
