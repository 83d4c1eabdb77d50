#include "sandbox/world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

namespace flame::sandbox {
namespace {

// clang-format off
constexpr Image k_images[] = {
  {"ami-0123456789abcdef0", "x86_64", "/dev/xvda", "Debian 12"},
  {"ami-0fedcba9876543210", "arm64",  "/dev/xvda", "Debian 12"},
  {"ami-00112233445566778", "x86_64", "/dev/sda1", "Ubuntu 24.04"},
  {"ami-0aaaaaaaaaaaaaaa1", "arm64",  "/dev/sda1", "Ubuntu 24.04"},
  {"ami-0aaaaaaaaaaaaaaa2", "x86_64", "/dev/xvda", "Amazon Linux 2023"},
  {"ami-0aaaaaaaaaaaaaaa3", "arm64",  "/dev/xvda", "Amazon Linux 2023"},
  {"ami-0aaaaaaaaaaaaaaa4", "x86_64", "/dev/xvda", "an image that is being made", 8, "pending"},
  {"ami-0aaaaaaaaaaaaaab1", "x86_64", "/dev/xvda", "Amazon Linux 2023, minimal", 2},
  {"ami-0aaaaaaaaaaaaaab2", "arm64",  "/dev/xvda", "Amazon Linux 2023, minimal", 2},
  {"ami-0aaaaaaaaaaaaaab3", "x86_64", "/dev/xvda", "Debian 11"},
  {"ami-0aaaaaaaaaaaaaab4", "arm64",  "/dev/xvda", "Debian 11"},
  {"ami-0aaaaaaaaaaaaaab5", "x86_64", "/dev/xvda", "Debian 13"},
  {"ami-0aaaaaaaaaaaaaab6", "arm64",  "/dev/xvda", "Debian 13"},
  {"ami-0aaaaaaaaaaaaaab7", "x86_64", "/dev/sda1", "Ubuntu 22.04"},
  {"ami-0aaaaaaaaaaaaaab8", "arm64",  "/dev/sda1", "Ubuntu 22.04"},
  {"ami-0aaaaaaaaaaaaaab9", "x86_64", "/dev/sda1", "Ubuntu 26.04"},
  {"ami-0aaaaaaaaaaaaaaba", "arm64",  "/dev/sda1", "Ubuntu 26.04"},
};
constexpr Parameter k_parameters[] = {
  {"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",               "ami-0aaaaaaaaaaaaaaa3"},
  {"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",              "ami-0aaaaaaaaaaaaaaa2"},
  {"/aws/service/ami-amazon-linux-latest/al2023-ami-minimal-kernel-default-arm64",       "ami-0aaaaaaaaaaaaaab2"},
  {"/aws/service/ami-amazon-linux-latest/al2023-ami-minimal-kernel-default-x86_64",      "ami-0aaaaaaaaaaaaaab1"},
  {"/aws/service/canonical/ubuntu/server/22.04/stable/current/amd64/hvm/ebs-gp2/ami-id", "ami-0aaaaaaaaaaaaaab7"},
  {"/aws/service/canonical/ubuntu/server/22.04/stable/current/arm64/hvm/ebs-gp2/ami-id", "ami-0aaaaaaaaaaaaaab8"},
  {"/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id", "ami-00112233445566778"},
  {"/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id", "ami-0aaaaaaaaaaaaaaa1"},
  {"/aws/service/canonical/ubuntu/server/26.04/stable/current/amd64/hvm/ebs-gp3/ami-id", "ami-0aaaaaaaaaaaaaab9"},
  {"/aws/service/canonical/ubuntu/server/26.04/stable/current/arm64/hvm/ebs-gp3/ami-id", "ami-0aaaaaaaaaaaaaaba"},
  {"/aws/service/debian/release/11/latest/amd64",                                        "ami-0aaaaaaaaaaaaaab3"},
  {"/aws/service/debian/release/11/latest/arm64",                                        "ami-0aaaaaaaaaaaaaab4"},
  {"/aws/service/debian/release/12/latest/amd64",                                        "ami-0123456789abcdef0"},
  {"/aws/service/debian/release/12/latest/arm64",                                        "ami-0fedcba9876543210"},
  {"/aws/service/debian/release/13/latest/amd64",                                        "ami-0aaaaaaaaaaaaaab5"},
  {"/aws/service/debian/release/13/latest/arm64",                                        "ami-0aaaaaaaaaaaaaab6"},
  {"/sandbox/no-image",                                                                  "hello"},
  {"/sandbox/pending-image",                                                             "ami-0aaaaaaaaaaaaaaa4"},
};
constexpr KeptSecret k_secrets[] = {
  {"ssm",            "/sandbox/database-url", "ecto://app:opensesame@db.example/app"},
  {"secretsmanager", "sandbox/api-key",       R"({"key": "sandbox-api-key"})"},
};
constexpr Subnet k_subnets[] = {
  {"subnet-0123456789abcdef0", 'a', "az1", "10.0.1", "10.0.1.0/24", 20, 231},
  {"subnet-0fedcba9876543210", 'b', "az2", "10.0.2", "10.0.2.0/24", 20, 231},
  {"subnet-00112233445566778", 'c', "az3", "10.0.3", "10.0.3.0/28", 4,  11},
  {"subnet-0aaaaaaaaaaaaaaa1", 'a', "az1", "10.0.11", "10.0.11.0/24", 20, 231, "internet"},
  {"subnet-0aaaaaaaaaaaaaaa2", 'a', "az1", "10.0.12", "10.0.12.0/24", 20, 231, "endpoint"},
  {"subnet-0aaaaaaaaaaaaaaa3", 'a', "az1", "10.0.13", "10.0.13.0/24", 20, 231, "nowhere"},
  {"subnet-0aaaaaaaaaaaaaaa4", 'a', "az1", "10.0.14", "10.0.14.0/24", 20, 231, "gone"},
  {"subnet-0aaaaaaaaaaaaaaa5", 'a', "az1", "10.0.15", "10.0.15.0/28", 4,  0},
  {"subnet-0aaaaaaaaaaaaaaa6", 'b', "az2", "10.0.16", "10.0.16.0/20", 4,  4091},
};
constexpr Group k_groups[] = {
  {"sg-0123456789abcdef0", "default", true},
  {"sg-0fedcba9876543210", "runners", true},
  {"sg-0aaaaaaaaaaaaaaa1", "closed"},
  {"sg-0aaaaaaaaaaaaaaa2", "parents"},
  {"sg-0aaaaaaaaaaaaaaa3", "https"},
};
constexpr Template k_templates[] = {
  {1, "ami-0123456789abcdef0", "t3.micro",  "", "sg-0fedcba9876543210", "#!/bin/sh\necho template\n"},
  {2, "ami-0123456789abcdef0", "m7i.large", "subnet-0fedcba9876543210", "", ""},
};
// clang-format on

} // namespace

std::span<const Image> images()
{
  return k_images;
}

std::span<const Parameter> parameters()
{
  return k_parameters;
}

const KeptSecret* find_secret(std::string_view service, std::string_view name)
{
  const auto* const found = std::ranges::find_if(k_secrets, [&](const KeptSecret& secret) {
    return secret.service == service && secret.name == name;
  });
  return found == std::end(k_secrets) ? nullptr : found;
}

std::span<const Subnet> subnets()
{
  return k_subnets;
}

std::span<const Group> groups()
{
  return k_groups;
}

std::span<const Template> template_versions()
{
  return k_templates;
}

const Image* find_image(std::string_view id)
{
  const auto found = std::ranges::find(k_images, id, &Image::id);
  return found == std::end(k_images) ? nullptr : &*found;
}

const Parameter* find_parameter(std::string_view name)
{
  const auto found = std::ranges::find(k_parameters, name, &Parameter::name);
  return found == std::end(k_parameters) ? nullptr : &*found;
}

const Subnet* find_subnet(std::string_view id)
{
  const auto found = std::ranges::find(k_subnets, id, &Subnet::id);
  return found == std::end(k_subnets) ? nullptr : &*found;
}

const Group* find_group(std::string_view id_or_name)
{
  const auto found = std::ranges::find_if(k_groups, [&](const Group& group) {
    return group.id == id_or_name || group.name == id_or_name;
  });
  return found == std::end(k_groups) ? nullptr : &*found;
}

int most_hosts(const Subnet& subnet)
{
  const std::string_view bits = subnet.cidr.substr(subnet.cidr.find('/') + 1);
  int prefix = 0;
  std::from_chars(bits.data(), bits.data() + bits.size(), prefix);
  return (1 << (32 - prefix)) - 1 - subnet.first_host;
}

std::string address_of(const Subnet& subnet, int host)
{
  const std::size_t dot = subnet.network.rfind('.') + 1;
  int third = 0;
  std::from_chars(subnet.network.data() + dot, subnet.network.data() + subnet.network.size(),
                  third);
  return fmt::format("{}{}.{}", subnet.network.substr(0, dot), third + host / 256, host % 256);
}

std::string zone_name(std::string_view region, const Subnet& subnet)
{
  return fmt::format("{}{}", region, subnet.zone);
}

std::string world_text()
{
  std::string text = fmt::format("account   {}\n", k_account);
  for (const Image& image : k_images) {
    text += fmt::format("image     {}  {} {}{}\n", image.id, image.about, image.architecture,
                        image.state == "available" ? "" : ", not available");
  }
  for (const Parameter& parameter : k_parameters) {
    text += fmt::format("parameter {}  {}\n", parameter.value, parameter.name);
  }
  for (const KeptSecret& secret : k_secrets) {
    text += fmt::format("secret    {}:{}\n", secret.service, secret.name);
  }
  text += fmt::format("network   {}\n", k_vpc);
  for (const Subnet& subnet : k_subnets) {
    text += fmt::format("subnet    {}  zone {}, {}, {} free addresses, out by: {}{}\n", subnet.id,
                        subnet.zone, subnet.cidr, subnet.hosts, subnet.way,
                        subnet.zone == 'c' ? "; no 7th generation types" : "");
  }
  for (const Group& group : k_groups) {
    text += fmt::format("group     {}  {}\n", group.id, group.name);
  }
  for (const Template& row : k_templates) {
    text +=
      fmt::format("template  {}  {} version {}{}: {} {} {} {}\n", k_template_id, k_template_name,
                  row.version, row.version == k_template_default ? " (default)" : "", row.image,
                  row.type, row.subnet, row.group);
  }
  text += fmt::format("key pair  {}\n", k_key_pair);
  text += fmt::format("placement {}, capacity reservation {}\n", k_placement_group, k_reservation);
  text += fmt::format("profile   {}  with the role {}\n", k_profile, k_role);
  text += fmt::format("parent    {}  {}, profile {}\n", k_parent_id, k_parent_ip, k_parent_profile);
  text += types_text();
  return text;
}

} // namespace flame::sandbox
