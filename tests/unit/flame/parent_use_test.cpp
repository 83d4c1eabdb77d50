#include "flame/parent.hpp"
#include "support/fake_clock.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::child;

TEST_CASE("flame: a parent that no machine could reach is told")
{
  const auto messages = [](const std::string& node) {
    std::vector<std::string> found;
    if (const auto reachable = check_reachable({.node = node}); !reachable) {
      CHECK(reachable.error().kind == ErrorKind::config);
      found.push_back(reachable.error().message);
      for (const Mistake& mistake : reachable.error().also) {
        found.push_back(mistake.message);
      }
    }
    return found;
  };
  using List = std::vector<std::string>;
  CHECK(messages("app@10.0.0.7").empty());
  CHECK(messages("app@ip-10-0-0-7.ec2.internal").empty());
  CHECK(messages("nonode@nohost")
        == List{"FLAME_PARENT is of the node nonode@nohost, which is not distributed"});
  CHECK(messages("app@web")
        == List{"FLAME_PARENT is of the node app@web, a short name, which no machine can reach"});
  CHECK(messages("app@127.0.0.1")
        == List{"FLAME_PARENT is of the node app@127.0.0.1, on the loopback interface, where each "
                "machine finds only itself"});
  CHECK(messages("app@localhost").size() == 2);
}

TEST_CASE("flame: a backend that ends no machine is told")
{
  CHECK(check_backend({.backend = "Elixir.FlameEC2"}));
  CHECK(check_backend({.backend = "Elixir.FLAME.FlyBackend"}));
  const auto fit = check_backend({.backend = "Elixir.FLAME.LocalBackend"});
  REQUIRE(!fit);
  CHECK(fit.error().message
        == "FLAME_PARENT names the backend FLAME.LocalBackend, which ends no machine");
}

TEST_CASE("flame: an example decodes, is fit for a boot, and is another one each time")
{
  test::FakeRandom random;
  const std::string first = example_parent("my_app@10.0.0.7", random);
  const auto parent = decode_parent(first);
  REQUIRE(parent);
  CHECK(parent->node == "my_app@10.0.0.7");
  CHECK(parent->node_base.size() == std::string_view("my_app-flame-0123456789abcdef0123").size());
  CHECK(parent->node_base.starts_with("my_app-flame-"));
  CHECK(parent->backend == "Elixir.FLAME.FlyBackend");
  CHECK(parent->host_env == "INSTANCE_IP");
  CHECK(check_reachable(*parent));
  CHECK(check_backend(*parent));
  CHECK(example_parent("my_app@10.0.0.7", random) != first);
  const std::string longest = std::string(200, 'n') + "@" + std::string(54, 'h');
  CHECK(decode_parent(example_parent(longest, random))->node == longest);
}
