#include "boot/like.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace flame;
using namespace flame::boot;
using config::Configured;
using config::Group;
using List = std::vector<std::string>;

namespace {

constexpr Group k_boot[] = {Group::release, Group::machine, Group::limits, Group::where};
constexpr Group k_look[] = {Group::where};

Model model()
{
  Model it{.region = "eu-west-1", .origin = "instance metadata of i-1"};
  it.instance.id = "i-1";
  it.instance.image_id = "ami-1";
  it.instance.instance_type = "m7i.large";
  it.instance.private_ip = "10.20.3.40";
  it.instance.subnet_id = "subnet-1";
  it.instance.security_group_ids = {"sg-1", "sg-2", "sg-3"};
  it.instance.instance_profile_arn = "arn:aws:iam::123456789012:instance-profile/web";
  it.instance.key_name = "ops, all of them";
  return it;
}

Configured said(std::vector<config::Flag> flags)
{
  return config::merge({config::flags_layer(flags)}, k_boot, {});
}

Configured with(const Likeness& likeness, std::vector<config::Flag> flags)
{
  return config::merge({config::flags_layer(flags), likeness.layer}, k_boot, {});
}

List keys(const Likeness& likeness)
{
  List found;
  for (const config::Row& row : likeness.layer.rows) {
    found.emplace_back(row.option->key);
  }
  return found;
}

} // namespace

TEST_CASE("boot: settings like those of a machine")
{
  const auto likeness = settings_like(model(), said({}), k_boot);
  REQUIRE(likeness);
  const Configured got = with(*likeness, {});
  CHECK(got.mistakes.empty());
  CHECK(got.settings.region == "eu-west-1");
  CHECK(got.settings.image_id == "ami-1");
  CHECK(got.settings.instance_types == List{"m7i.large"});
  CHECK(got.settings.subnet_ids == List{"subnet-1"});
  CHECK(got.settings.security_group_ids == List{"sg-1", "sg-2", "sg-3"});
  CHECK(got.settings.iam_instance_profile == "arn:aws:iam::123456789012:instance-profile/web");
  CHECK(got.settings.key_name == "ops, all of them"); // as it is, not split
  CHECK(got.origins.at("image_id").text == "instance metadata of i-1");
  CHECK(got.origins.at("image_id").rank == config::Rank::metadata);
  REQUIRE(likeness->notices.size() == 2);
  CHECK(likeness->notices[0]
        == "image_id is that of i-1: each machine starts all services that are enabled in it");
  CHECK(
    likeness->notices[1]
    == "iam_instance_profile is that of i-1: each release gets all its rights; a profile of its "
       "own can do with fewer");
  CHECK(likeness->left_open.empty());
}

TEST_CASE("boot: where and how a machine runs is taken, unless all machines do")
{
  Model placed = model();
  placed.instance.lifecycle = "spot";
  placed.instance.placed = {
    {"Placement.GroupName", "close"},
    {"Placement.Tenancy", "dedicated"},
    {"MetadataOptions.HttpPutResponseHopLimit", "2"},
    {"MetadataOptions.InstanceMetadataTags", "enabled"},
    {"PrivateDnsNameOptions.HostnameType", "resource-name"},
    {"PrivateDnsNameOptions.EnableResourceNameDnsARecord", "true"},
    {"PrivateDnsNameOptions.EnableResourceNameDnsAAAARecord", "true"},
    {"CapacityReservationSpecification.CapacityReservationPreference", "open"},
    {"CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationId", "cr-1"}};
  const auto likeness = settings_like(placed, said({}), k_boot);
  REQUIRE(likeness);
  const Configured got = with(*likeness, {});
  CHECK(got.mistakes.empty());
  const config::Settings& settings = got.settings;
  CHECK(settings.markets == List{"spot"});
  CHECK(settings.placement_group == "close");
  CHECK(settings.tenancy == "dedicated");
  CHECK(settings.metadata_hop_limit == 2);
  CHECK(settings.metadata_tags == true);
  CHECK(settings.private_dns_hostname == "resource-name");
  CHECK(settings.private_dns_a == true);
  CHECK(settings.private_dns_aaaa == true);
  CHECK(settings.capacity_reservation == "cr-1");
  CHECK(likeness->notices.back() == "capacity_reservation is that of i-1: its room may be used up");
  // Elsewhere there is neither that group nor that reservation; a template says all of it itself.
  const std::vector<config::Flag> elsewhere = {{"--region", "eu-north-1"}};
  const Configured there = with(settings_like(placed, said(elsewhere), k_boot).value(), elsewhere);
  CHECK(there.settings.placement_group.empty());
  CHECK(there.settings.capacity_reservation.empty());
  CHECK(there.settings.tenancy == "dedicated");
  const std::vector<config::Flag> beside = {{"--launch-template-id", "lt-1"}};
  CHECK(with(settings_like(placed, said(beside), k_boot, aws::LaunchTemplate()).value(), beside)
          .settings.markets.empty());

  placed.instance.placed = {{"Placement.Tenancy", "default"},
                            {"MetadataOptions.InstanceMetadataTags", "disabled"},
                            {"PrivateDnsNameOptions.HostnameType", "ip-name"},
                            {"PrivateDnsNameOptions.EnableResourceNameDnsARecord", "false"},
                            {"CapacityReservationSpecification.CapacityReservationPreference",
                             "capacity-reservations-only"}};
  placed.instance.lifecycle.clear();
  const auto plain = settings_like(placed, said({}), k_boot);
  CHECK(keys(*plain)
        == List{"region", "image_id", "instance_type", "subnet_id", "security_group_id",
                "security_group_id", "security_group_id", "iam_instance_profile", "key_name",
                "capacity_reservation"});
  CHECK(with(*plain, {}).settings.capacity_reservation == "only");
  placed.instance.placed = {
    {"CapacityReservationSpecification.CapacityReservationPreference", "none"}};
  CHECK(with(settings_like(placed, said({}), k_boot).value(), {}).settings.capacity_reservation
        == "none");
}

TEST_CASE("boot: only what is open is taken")
{
  const std::vector<config::Flag> flags = {
    {"--image-id", "ami-9"}, {"--security-group-id", "sg-9"}, {"--iam-instance-profile", "narrow"}};
  const auto likeness = settings_like(model(), said(flags), k_boot);
  REQUIRE(likeness);
  CHECK(keys(*likeness) == List{"region", "instance_type", "subnet_id", "key_name"});
  CHECK(likeness->notices.empty());
  CHECK(open_keys(said(flags), k_boot) == List{"region", "instance_type", "subnet_id", "key_name"});
  CHECK(with(*likeness, flags).settings.security_group_ids == List{"sg-9"});
}

TEST_CASE("boot: an image that is set by its name is set")
{
  const auto likeness = settings_like(model(), said({{"--image", "al2023"}}), k_boot);
  CHECK(with(likeness.value(), {}).settings.image_id.empty());
}

TEST_CASE("boot: what the machine does not have stays open")
{
  Model bare = model();
  bare.instance.key_name.clear();
  bare.instance.instance_profile_arn.clear();
  const auto likeness = settings_like(bare, said({}), k_boot);
  REQUIRE(likeness);
  CHECK(likeness->notices.size() == 1);
  CHECK(!with(*likeness, {}).origins.contains("key_name"));
  CHECK(!with(*likeness, {}).origins.contains("iam_instance_profile"));
}

TEST_CASE("boot: beside a launch template, and for commands without machines, the region alone")
{
  const std::vector<config::Flag> flags = {{"--launch-template-id", "lt-1"}};
  CHECK(open_keys(said(flags), k_boot) == List{"region"});
  CHECK(keys(settings_like(model(), said(flags), k_boot).value()) == List{"region"});
  CHECK(open_keys(said({}), k_look) == List{"region"});
  CHECK(open_keys(said({{"--region", "eu-west-1"}}), k_look).empty());
}

TEST_CASE("boot: beside a launch template that is seen, what that leaves open")
{
  struct Case {
    const char* says = "";
    aws::LaunchTemplate found = {};
    std::vector<config::Flag> flags = {};
    List not_filled = {};
  };
  const List network = {"subnet_id", "security_group_id"};
  const Case cases[] = {
    {"nothing", {}, {}, {}},
    {"an image", {.image_id = "ami-7"}, {}, {}},
    {"a type", {.instance_type = "t3.micro"}, {}, {"instance_type"}},
    {"a key", {.key_name = "theirs"}, {}, {"key_name"}},
    {"a profile", {.instance_profile = "theirs"}, {}, {"iam_instance_profile"}},
    {"groups", {.security_groups = {"sg-7"}}, {}, network},
    {"a subnet", {.interfaces = {{{"SubnetId", "subnet-7"}}}}, {}, network},
    {"an interface", {.interfaces = {{{"DeviceIndex", "0"}}}}, {}, network},
    {"a zone", {.availability_zone = "eu-west-1b"}, {}, network},
    {"two things",
     {.instance_type = "t3.micro", .key_name = "theirs"},
     {},
     {"instance_type", "key_name"}},
    {"nothing, and flags do", {}, {{"--key-name", "mine"}}, {"key_name"}},
    {"a type, and a flag the group",
     {.instance_type = "t3.micro"},
     {{"--security-group-id", "sg-9"}},
     {"instance_type", "security_group_id"}},
  };
  for (const Case& it : cases) {
    CAPTURE(it.says);
    std::vector<config::Flag> flags = it.flags;
    flags.push_back({"--launch-template-id", "lt-1"});
    List wanted = {
      "region",  "instance_type", "subnet_id", "security_group_id", "iam_instance_profile",
      "key_name"}; // never the image
    std::erase_if(
      wanted, [&](const std::string& key) { return std::ranges::count(it.not_filled, key) > 0; });
    CHECK(open_keys(said(flags), k_boot, it.found) == wanted);
    const auto likeness = settings_like(model(), said(flags), k_boot, it.found);
    REQUIRE(likeness);
    CHECK(likeness->left_open.empty());
    List filled = keys(*likeness); // a row for each group
    filled.erase(std::unique(filled.begin(), filled.end()), filled.end());
    CHECK(filled == wanted);
  }
}

TEST_CASE("boot: a launch template is worth a look when something depends on it")
{
  const config::Flag of_template{"--launch-template-id", "lt-1"};
  CHECK(depends_on_template(said({of_template}), k_boot));
  CHECK(!depends_on_template(said({of_template}), k_look));
  CHECK(!depends_on_template(said({}), k_boot));
  CHECK(!depends_on_template(said({of_template,
                                   {"--instance-type", "t3.nano"},
                                   {"--subnet-id", "subnet-9"},
                                   {"--security-group-id", "sg-9"},
                                   {"--iam-instance-profile", "narrow"},
                                   {"--key-name", "mine"}}),
                             k_boot));
}

TEST_CASE("boot: what a launch template that nobody may see could say is not taken")
{
  const std::vector<config::Flag> flags = {{"--launch-template-id", "lt-1"},
                                           {"--key-name", "mine"}};
  const auto likeness = settings_like(model(), said(flags), k_boot);
  REQUIRE(likeness);
  CHECK(keys(*likeness) == List{"region"});
  CHECK(likeness->notices.empty());
  CHECK(likeness->left_open
        == "not taken from i-1, since launch template lt-1 may say it and was not looked into: "
           "instance_type, subnet_id, security_group_id, iam_instance_profile");
}

TEST_CASE("boot: what exists in one region is not taken to another")
{
  const auto likeness = settings_like(model(), said({{"--region", "us-east-1"}}), k_boot);
  REQUIRE(likeness);
  CHECK(keys(*likeness) == List{"instance_type", "iam_instance_profile"});
  CHECK(likeness->left_open
        == "not taken from i-1, since they exist in eu-west-1 and the region is us-east-1: "
           "image_id, subnet_id, security_group_id, key_name");
}

TEST_CASE("boot: a machine without IPv4 is no model for now")
{
  Model ipv6_only = model();
  ipv6_only.instance.private_ip.clear();
  const auto refused = settings_like(ipv6_only, said({}), k_boot);
  REQUIRE(!refused);
  CHECK(refused.error().kind == ErrorKind::config);
  CHECK(refused.error().message == "i-1 has no IPv4 address, and flame-ec2 needs one");
  // Its region is as good as any.
  CHECK(settings_like(ipv6_only, said({}), k_look));
  CHECK(settings_like(ipv6_only, said({{"--launch-template-id", "lt-1"}}), k_boot));
}
