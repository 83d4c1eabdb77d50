#include "flame/node.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace flame::child;

TEST_CASE("flame: the host of a node is what stands after its @")
{
  CHECK(host_of_node("app@10.0.0.7") == "10.0.0.7");
  CHECK(host_of_node("app") == "");
  CHECK(host_of_node("app@") == "");
  CHECK(host_of_node("nonode@nohost") == "");
}

TEST_CASE("flame: a long name is told from a short one as Erlang does")
{
  for (const char* node :
       {"app@10.0.0.7", "app@ip-10-0-0-7.ec2.internal", "app@fd00::7", "a@::1"}) {
    CAPTURE(node);
    CHECK(has_long_name(node));
  }
  for (const char* node :
       {"app@ip-10-0-0-7", "app@localhost", "app.b@host", "app", "nonode@nohost"}) {
    CAPTURE(node);
    CHECK(!has_long_name(node));
  }
}

TEST_CASE("flame: a node on the loopback interface is seen in all its forms")
{
  for (const char* node :
       {"a@127.0.0.1", "a@127.8.0.1", "a@localhost", "a@x.localhost", "a@localhost.localdomain",
        "a@::1", "a@::ffff:127.0.0.1", "a@0.0.0.0", "a@::"}) {
    CAPTURE(node);
    CHECK(is_on_loopback(node));
  }
  for (const char* node : {"a@10.0.0.7", "127.0.0.1@10.0.0.7", "a@127.example.com", "a@fd00::1",
                           "a@::ffff:10.0.0.7", "a@host", "nonode@nohost", "a"}) {
    CAPTURE(node);
    CHECK(!is_on_loopback(node));
  }
}

TEST_CASE("flame: names that a node may have")
{
  CHECK(is_node_name("my_app-1@ip-10-0-0-7.ec2.internal"));
  CHECK(is_node_name("a@fd00::7"));
  CHECK(is_node_name("a@" + std::string(253, 'h')));
  for (const std::string& node :
       {std::string(), std::string("app"), std::string("@h"), std::string("a@"),
        std::string("a@b@c"), std::string("a b@h"), std::string("a@h\n"), std::string("é@h"),
        "a@" + std::string(254, 'h')}) {
    CAPTURE(node);
    CHECK(!is_node_name(node));
  }
}
