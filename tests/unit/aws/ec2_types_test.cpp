#include "aws/ec2_types.hpp"

#include <doctest/doctest.h>

using namespace flame::aws;

TEST_CASE("aws: a state's name and the state are the same thing")
{
  for (const InstanceState state :
       {InstanceState::pending, InstanceState::running, InstanceState::shutting_down,
        InstanceState::terminated, InstanceState::stopping, InstanceState::stopped,
        InstanceState::unknown}) {
    CHECK(instance_state(name(state)) == state);
  }
  CHECK(name(InstanceState::shutting_down) == "shutting-down");
}

TEST_CASE("aws: a state that EC2 may add one day is unknown")
{
  CHECK(instance_state("hibernating") == InstanceState::unknown);
  CHECK(instance_state("") == InstanceState::unknown);
  CHECK(instance_state("Running") == InstanceState::unknown);
}
