#pragma once

#include "client/this_machine.hpp"
#include "support/fake_ec2.hpp"

namespace flame::test {

// A machine that has all that settings can be taken from.
inline client::ThisMachine on_ec2()
{
  client::ThisMachine machine{.region = "eu-west-1"};
  machine.instance = test::machine("i-0123456789abcdef0", aws::InstanceState::running);
  machine.instance.image_id = "ami-1";
  machine.instance.instance_type = "m7i.large";
  machine.instance.private_ip = "10.20.3.40";
  machine.instance.subnet_id = "subnet-1";
  machine.instance.security_group_ids = {"sg-1", "sg-2"};
  machine.instance.instance_profile_arn = "arn:aws:iam::123456789012:instance-profile/web";
  machine.instance.key_name = "ops";
  return machine;
}

} // namespace flame::test
