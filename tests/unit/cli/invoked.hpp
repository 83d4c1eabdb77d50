#pragma once

#include "cli/app.hpp"
#include "support/fake_world.hpp"

#include <random>
#include <string>
#include <string_view>
#include <vector>

// Command lines for tests: run in a fake world, with what a boot needs at least.
namespace flame::test {

using List = std::vector<std::string>;

inline const List k_release = {"--app",          "demo", "--bundle", "s3://bundles/demo.tar.gz",
                               "--max-lifetime", "1h",   "--env",    "TOKEN=hunter2"};
inline const List k_boot = {"--region",        "eu-west-1", "--image-id",          "ami-1",
                            "--subnet-id",     "subnet-1",  "--security-group-id", "sg-1",
                            "--instance-type", "t3.nano",   "--wait-for",          "running"};

inline int run(FakeWorld& fake, List arguments, const List& more = {}, const List& yet_more = {})
{
  arguments.insert(arguments.end(), more.begin(), more.end());
  arguments.insert(arguments.end(), yet_more.begin(), yet_more.end());
  return cli::run(arguments, fake.world);
}

inline bool has(const std::string& text, std::string_view part)
{
  return text.find(part) != std::string::npos;
}

inline aws::Instance ours(const std::string& id)
{
  aws::Instance instance = machine(id, aws::InstanceState::running);
  instance.tags = {{"flame-ec2:run-id", "ci-7"}};
  return instance;
}

inline const std::string k_id = "i-0123456789abcdef0";
inline const std::string k_other = "i-0123456789abcdef1";

// That no gzip makes short.
inline std::string noise(std::size_t size)
{
  std::minstd_rand random(1);
  std::string text(size, ' ');
  for (char& c : text) {
    c = static_cast<char>('0' + random() / 8 % 64);
  }
  return text;
}

} // namespace flame::test
