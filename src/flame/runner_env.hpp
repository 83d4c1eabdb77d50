#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

// The environment that a release finds on its machine. Pure.
namespace flame::child {

// A variable whose value may end in the machine's private address, which only the machine knows.
struct Variable {
  std::string name = {};
  std::string value = {};
  bool append_private_ip = false;
};

struct RunnerEnvironment {
  std::string flame_parent = {}; // byte for byte; "" when there is no FLAME parent
  std::string node_base = {};    // of the parent
  std::string release_node = {}; // the user's own, "@<private ip>" is added when it has no host;
                                 // "" to derive it from node_base
  std::string release_cookie = {};
  std::string erl_aflags = {}; // the caller's, passed on with a FLAME parent
  std::string erl_zflags = {};
  std::map<std::string, std::string> env = {};
  std::vector<std::string> unset_env = {};
};

// Each name once, in the order of the contract, the later one wins: PHX_SERVER, FLAME_PARENT,
// ERL_AFLAGS, ERL_ZFLAGS, RELEASE_DISTRIBUTION and RELEASE_NODE with a FLAME parent (the last two
// also with a release_node); INSTANCE_IP, RELEASE_COOKIE, the user's own; less `unset_env`.
std::vector<Variable> runner_variables(const RunnerEnvironment& environment);

} // namespace flame::child
