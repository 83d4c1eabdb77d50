#include "boot/policy.hpp"
#include "cli/commands.hpp"
#include "cli/policy_output.hpp"
#include "cli/read_settings.hpp"
#include "cli/regions.hpp"
#include "cli/run_settings.hpp"
#include "cli/user_data.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::cli {
namespace {

constexpr std::size_t k_managed_limit = 6144; // of a customer managed policy, without white space
constexpr std::size_t k_account_digits = 12;

// What the settings say, for commands that boot and for those that do not.
struct Understood {
  config::Settings settings = {};
  std::optional<boot::Plan> plan = {};
  bool everywhere = false;
};

std::vector<std::string> commands_of(const Invocation& invocation)
{
  std::vector<std::string> commands;
  for (const config::Flag& flag : invocation.own) {
    if (flag.name == "--for") {
      commands.push_back(flag.value);
    }
  }
  return commands.empty() ? std::vector<std::string>{"boot"} : commands;
}

// A lifetime makes no difference here, so that none is asked for.
Result<Understood> understand_boot(const Invocation& invocation, World& world, Console& console)
{
  const config::Configured configured =
    read_boot_settings(invocation, world, console, std::nullopt).configured;
  Understood found{.settings = configured.settings};
  const std::vector<std::string> commands = commands_of(invocation);
  if (std::ranges::count(commands, "run") > 0 && std::ranges::count(commands, "boot") == 0) {
    fill_run_settings(found.settings, "true");
  }
  found.settings.max_lifetime = found.settings.max_lifetime.value_or(config::Lifetime{});
  found.settings.keep_on_failure = false;
  auto plan = boot::make_plan(found.settings, facts_for_print(world));
  const auto more = plan ? std::optional<Error>() : plan.error();
  if (const auto valid = no_mistakes(configured, more); !valid) {
    return tl::unexpected(valid.error());
  }
  for (const std::string& warning : plan->warnings) {
    console.warn(warning);
  }
  found.plan = std::move(*plan);
  return found;
}

Result<Understood> understand(const Invocation& invocation, World& world, Console& console,
                              bool with_plan)
{
  if (with_plan) {
    return understand_boot(invocation, world, console);
  }
  return read_place(invocation, world, console).map([](Place place) {
    return Understood{.settings = std::move(place.settings), .everywhere = place.everywhere};
  });
}

Result<void> check_flags(const Invocation& invocation)
{
  const std::string account = invocation.value("--account").value_or("000000000000");
  if (account.size() != k_account_digits
      || account.find_first_not_of("0123456789") != std::string::npos) {
    return fail(ErrorKind::usage, fmt::format("--account \"{}\" is no account", account),
                "an account's id has 12 digits");
  }
  const auto role = invocation.value("--role");
  if (role
      && (role->empty() || (role->starts_with("arn:") && role->find(":role/") == role->npos))) {
    return fail(ErrorKind::usage, fmt::format("--role \"{}\" is no role", *role),
                "give its name, or an ARN like arn:aws:iam::123456789012:role/NAME");
  }
  if (invocation.has("--runner") && invocation.has("--for")) {
    return fail(ErrorKind::usage, "--runner and --for are about different callers",
                "leave one of them out");
  }
  return {};
}

void say(const boot::Policy& policy, const Invocation& invocation, Console& console)
{
  for (const std::string& notice : policy.notices) {
    console.note(notice);
  }
  if (invocation.has("--explain")) {
    for (const boot::PolicyStatement& statement : policy.statements) {
      console.note(fmt::format("{}: {}", statement.id, statement.why));
    }
  }
}

} // namespace

Result<void> run_iam_policy(const Invocation& invocation, World& world, Console& console)
{
  if (auto valid = check_flags(invocation); !valid) {
    return valid;
  }
  const bool runner = invocation.has("--runner");
  const std::vector<std::string> commands = commands_of(invocation);
  const bool with_plan = runner || std::ranges::any_of(commands, boot::boots);
  const auto found = understand(invocation, world, console, with_plan);
  if (!found) {
    return tl::unexpected(found.error());
  }
  const boot::PolicyScope scope{.commands = commands,
                                .settings = found->settings,
                                .everywhere = found->everywhere,
                                .plan = found->plan ? &*found->plan : nullptr,
                                .account = invocation.value("--account").value_or(""),
                                .role = invocation.value("--role").value_or("")};
  const boot::Policy policy = runner ? boot::runner_policy(scope) : boot::caller_policy(scope);
  say(policy, invocation, console);
  if (policy.statements.empty()) {
    console.note("the machine needs no permission with these settings, and no instance profile");
  }
  const std::string text = policy_output(policy);
  if (const std::size_t size = policy_size(text); size > k_managed_limit) {
    console.warn(fmt::format("the policy has {} letters, and a managed policy takes {}", size,
                             k_managed_limit));
  }
  return world.write_out(text);
}

} // namespace flame::cli
