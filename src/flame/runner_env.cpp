#include "flame/runner_env.hpp"

#include <algorithm>

namespace flame::child {
namespace {

// Replaces a variable of the same name where it stands.
void set(std::vector<Variable>& variables, Variable variable)
{
  const auto known = std::ranges::find(variables, variable.name, &Variable::name);
  if (known == variables.end()) {
    variables.push_back(std::move(variable));
  } else {
    *known = std::move(variable);
  }
}

void set_unless_empty(std::vector<Variable>& variables, const char* name, const std::string& value)
{
  if (!value.empty()) {
    set(variables, {name, value});
  }
}

// A long name, since the machines know each other by address.
void set_node(std::vector<Variable>& variables, const RunnerEnvironment& environment)
{
  const std::string& node =
    environment.release_node.empty() ? environment.node_base : environment.release_node;
  if (node.empty()) {
    return;
  }
  set(variables, {"RELEASE_DISTRIBUTION", "name"});
  if (node.find('@') == std::string::npos) {
    set(variables, {"RELEASE_NODE", node + '@', true});
  } else {
    set(variables, {"RELEASE_NODE", node});
  }
}

} // namespace

std::vector<Variable> runner_variables(const RunnerEnvironment& environment)
{
  std::vector<Variable> variables;
  if (!environment.flame_parent.empty()) {
    // "false" is true to stock Phoenix, which asks only whether it is set; FLAME's backends send
    // it.
    set(variables, {"PHX_SERVER", "false"});
    set(variables, {"FLAME_PARENT", environment.flame_parent});
    set_unless_empty(variables, "ERL_AFLAGS", environment.erl_aflags);
    set_unless_empty(variables, "ERL_ZFLAGS", environment.erl_zflags);
  }
  if (!environment.flame_parent.empty() || !environment.release_node.empty()) {
    set_node(variables, environment);
  }
  set(variables, {"INSTANCE_IP", "", true});
  set_unless_empty(variables, "RELEASE_COOKIE", environment.release_cookie);
  for (const auto& [name, value] : environment.env) {
    set(variables, {name, value});
  }
  std::erase_if(variables, [&](const Variable& variable) {
    return std::ranges::find(environment.unset_env, variable.name) != environment.unset_env.end();
  });
  return variables;
}

} // namespace flame::child
