#include "flame/runner_env.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace flame::child;

namespace {

// One line a variable; <ip> is what only the machine knows.
std::string lines(const RunnerEnvironment& environment)
{
  std::string text;
  for (const Variable& variable : runner_variables(environment)) {
    text += variable.name + '=' + variable.value + (variable.append_private_ip ? "<ip>\n" : "\n");
  }
  return text;
}

RunnerEnvironment child()
{
  return {.flame_parent = "g3QAAA==", .node_base = "app-flame-00"};
}

} // namespace

TEST_CASE("flame: a child finds all that the contract names, in its order")
{
  RunnerEnvironment environment = child();
  environment.release_cookie = "c";
  environment.erl_aflags = "-proto_dist inet6_tcp";
  environment.erl_zflags = "-z";
  environment.env = {{"B", "2"}, {"A", "1"}};
  CHECK(lines(environment)
        == "PHX_SERVER=false\nFLAME_PARENT=g3QAAA==\nERL_AFLAGS=-proto_dist inet6_tcp\n"
           "ERL_ZFLAGS=-z\nRELEASE_DISTRIBUTION=name\nRELEASE_NODE=app-flame-00@<ip>\n"
           "INSTANCE_IP=<ip>\nRELEASE_COOKIE=c\nA=1\nB=2\n");
}

TEST_CASE("flame: without a parent nothing of FLAME is set")
{
  CHECK(lines({.release_cookie = "c", .erl_aflags = "-a", .erl_zflags = "-z", .env = {{"A", "1"}}})
        == "INSTANCE_IP=<ip>\nRELEASE_COOKIE=c\nA=1\n");
}

TEST_CASE("flame: a node name of the user's own is taken")
{
  RunnerEnvironment environment = child();
  environment.release_node = "me@10.0.0.9";
  CHECK(lines(environment).find("RELEASE_NODE=me@10.0.0.9\n") != std::string::npos);
  environment.release_node = "me";
  CHECK(lines(environment).find("RELEASE_NODE=me@<ip>\n") != std::string::npos);
  CHECK(lines({.release_node = "me@host"})
        == "RELEASE_DISTRIBUTION=name\nRELEASE_NODE=me@host\nINSTANCE_IP=<ip>\n");
}

TEST_CASE("flame: the user's variables win, each name once")
{
  RunnerEnvironment environment = child();
  environment.release_cookie = "c";
  environment.env = {{"PHX_SERVER", "true"},
                     {"INSTANCE_IP", "1.2.3.4"},
                     {"RELEASE_NODE", "x@y"},
                     {"RELEASE_COOKIE", ""}};
  CHECK(lines(environment)
        == "PHX_SERVER=true\nFLAME_PARENT=g3QAAA==\nRELEASE_DISTRIBUTION=name\n"
           "RELEASE_NODE=x@y\nINSTANCE_IP=1.2.3.4\nRELEASE_COOKIE=\n");
}

TEST_CASE("flame: what is unset stays away, whoever set it")
{
  RunnerEnvironment environment = child();
  environment.env = {{"A", "1"}};
  environment.unset_env = {"PHX_SERVER", "A", "RELEASE_NODE", "NEVER_SET"};
  CHECK(lines(environment)
        == "FLAME_PARENT=g3QAAA==\nRELEASE_DISTRIBUTION=name\nINSTANCE_IP=<ip>\n");
}
