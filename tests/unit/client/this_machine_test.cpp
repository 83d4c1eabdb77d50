#include "client/this_machine.hpp"
#include "support/fake_clock.hpp"
#include "support/metadata_tree.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::test;
using client::Asked;
using List = std::vector<std::string>;

namespace {

const std::string k_document = "latest/dynamic/instance-identity/document";
const std::string k_mac = "latest/meta-data/mac";
const std::string k_interface = "latest/meta-data/network/interfaces/macs/0a:ff:ee:dd:cc:02/";

struct Machine {
  explicit Machine(const std::string& name = "two_interfaces.txt") : tree(name) {}
  MetadataTree tree;
  FakeClock clock = {};

  Result<client::ThisMachine> ask(client::ImdsOptions options = {}, Asked asked = Asked::all)
  {
    client::Imds imds(std::move(options), tree, clock, nullptr);
    return client::this_machine(imds, asked);
  }
};

} // namespace

TEST_CASE("client::this_machine: what the machine is made of, by seven requests")
{
  Machine machine;
  const auto found = machine.ask();
  REQUIRE(found);
  CHECK(found->region == "eu-west-1");
  const aws::Instance& instance = found->instance;
  CHECK(instance.id == "i-0123456789abcdef0");
  CHECK(instance.image_id == "ami-0aa11bb22cc33dd44");
  CHECK(instance.instance_type == "m7i-flex.large");
  CHECK(instance.private_ip == "10.20.3.40");
  CHECK(instance.subnet_id == "subnet-0a1b2c3d4e5f60718");
  CHECK(instance.security_group_ids
        == List{"sg-0000000000000000a", "sg-0000000000000000b", "sg-0000000000000000c"});
  CHECK(instance.instance_profile_arn == "arn:aws:iam::123456789012:instance-profile/team/web-app");
  CHECK(instance.key_name == "ops key=2026");
  CHECK(machine.tree.asked
        == List{"PUT latest/api/token", "GET " + k_document, "GET " + k_mac,
                "GET " + k_interface + "subnet-id", "GET " + k_interface + "security-group-ids",
                "GET latest/meta-data/iam/info", "GET latest/meta-data/public-keys/"});
  CHECK(machine.tree.direct);
}

TEST_CASE("client::this_machine: the identity alone takes two requests")
{
  Machine machine;
  const auto found = machine.ask({}, Asked::identity);
  REQUIRE(found);
  CHECK(found->region == "eu-west-1");
  CHECK(found->instance.private_ip == "10.20.3.40");
  CHECK(found->instance.subnet_id.empty());
  CHECK(machine.tree.asked == List{"PUT latest/api/token", "GET " + k_document});
}

TEST_CASE("client::this_machine: what a machine does not have is not there")
{
  Machine machine("ipv6_only.txt");
  const auto found = machine.ask();
  REQUIRE(found);
  CHECK(found->instance.instance_type == "t4g.small");
  CHECK(found->instance.private_ip.empty());
  CHECK(found->instance.key_name.empty());
  CHECK(found->instance.instance_profile_arn.empty());
}

TEST_CASE("client::this_machine: a profile that was taken away is none")
{
  Machine machine;
  machine.tree.items["latest/meta-data/iam/info"] =
    R"({"Code":"InstanceProfileNotFound","InstanceProfileArn":"arn:aws:iam::1:instance-profile/x"})";
  CHECK(machine.ask().value().instance.instance_profile_arn.empty());
}

TEST_CASE("client::this_machine: a token that ends on the way is renewed")
{
  Machine machine;
  machine.tree.token_life = 4;
  CHECK(machine.ask().value().instance.key_name == "ops key=2026");
  CHECK(machine.tree.asked.size() == 9);
}

TEST_CASE("client::this_machine: version 1 is spoken only when that is allowed")
{
  Machine machine;
  machine.tree.v1_alone = true;
  const auto refused = machine.ask();
  REQUIRE(!refused);
  CHECK(refused.error().kind == ErrorKind::config);
  CHECK(refused.error().message == "instance metadata gives no token (HTTP 404)");
  CHECK(refused.error().hint.find("--imds-v1") != std::string::npos);
  CHECK(machine.tree.asked == List{"PUT latest/api/token"});

  machine.tree.asked.clear();
  CHECK(machine.ask({.v1 = true}).value().region == "eu-west-1");
  CHECK(machine.tree.asked.size() == 7); // a token is asked for once
}

TEST_CASE("client::this_machine: values that cannot be are told from those that are not there")
{
  struct Case {
    std::string path;
    std::string text;
    std::string message;
  };
  const Case cases[] = {
    {k_document, "", "instance metadata's dynamic/instance-identity/document is no JSON object"},
    {k_document, R"({"instanceId":"i-1"})",
     "instance metadata's dynamic/instance-identity/document names no region"},
    {k_document, R"({"region":"eu-west-1.evil.example/","instanceId":"i-1"})",
     "instance metadata's dynamic/instance-identity/document names no region"},
    {k_document, R"({"region":"eu-west-1"})",
     "instance metadata's dynamic/instance-identity/document names no instance"},
    {k_document, R"({"region":"eu-west-1","instanceId":"i-1","imageId":"ami-1\nx = 2"})",
     "instance metadata's dynamic/instance-identity/document has a imageId that is none"},
    {k_document, R"({"region":"eu-west-1","instanceId":"i-1","privateIp":"fe80::1"})",
     "instance metadata's dynamic/instance-identity/document has a privateIp that is none"},
    {k_mac, "../../user-data", "instance metadata's meta-data/mac is none"},
    {k_interface + "subnet-id", "not here",
     "instance metadata's meta-data/network/interfaces/macs/0a:ff:ee:dd:cc:02/subnet-id is none"},
    {k_interface + "security-group-ids", "sg-1\nsg 2",
     "instance metadata's meta-data/network/interfaces/macs/0a:ff:ee:dd:cc:02/security-group-ids "
     "holds one that is none"},
    {"latest/meta-data/iam/info", "[]", "instance metadata's meta-data/iam/info is no JSON object"},
    {"latest/meta-data/iam/info", R"({"Code":"Success","InstanceProfileArn":"web"})",
     "instance metadata's meta-data/iam/info has an ARN that is none"},
    {"latest/meta-data/public-keys/", "openssh-key",
     "instance metadata's meta-data/public-keys/ names no key"},
  };
  for (const Case& row : cases) {
    Machine machine;
    machine.tree.items[row.path] = row.text;
    const auto found = machine.ask();
    REQUIRE(!found);
    CHECK(found.error().message == row.message);
    CHECK(found.error().kind == ErrorKind::network);
  }
  Machine machine;
  machine.tree.items.erase(k_document);
  CHECK(machine.ask().error().message
        == "instance metadata's dynamic/instance-identity/document is not there");
}
