#include "aws/ec2_limits.hpp"

#include <doctest/doctest.h>

#include <initializer_list>

using namespace flame;
using namespace std::chrono_literals;
using aws::Bucket;

namespace {

Millis least(std::initializer_list<aws::CallCount> calls)
{
  return aws::least_time({calls.begin(), calls.size()});
}

} // namespace

TEST_CASE("aws::limits_of gives what EC2's guide says of an action")
{
  CHECK(aws::limits_of("RunInstances").requests == Bucket{5, 2});
  CHECK(aws::limits_of("RunInstances").instances == Bucket{1000, 2});
  CHECK(aws::limits_of("TerminateInstances").requests == Bucket{100, 5});
  CHECK(aws::limits_of("TerminateInstances").instances == Bucket{1000, 20});
  CHECK(aws::limits_of("DescribeInstances").requests == Bucket{50, 10});
  CHECK(aws::limits_of("GetConsoleOutput").requests == Bucket{100, 20});
  CHECK(aws::limits_of("DescribeSubnets").requests == Bucket{100, 20});
  CHECK(aws::limits_of("ModifyHosts").requests == Bucket{50, 5});
  CHECK(!aws::limits_of("DescribeSubnets").instances);
}

TEST_CASE("aws::least_time is that of the slowest bucket")
{
  CHECK(least({}) == 0ms);
  CHECK(least({{"RunInstances", 1, 1000}}) == 0ms);
  CHECK(least({{"RunInstances", 5, 5}}) == 0ms);
  CHECK(least({{"RunInstances", 6, 6}}) == 500ms);
  CHECK(least({{"RunInstances", 100, 100}}) == 47'500ms);
  CHECK(least({{"RunInstances", 2, 2000}}) == 500s);
  CHECK(least({{"TerminateInstances", 2, 2000}}) == 50s);
  CHECK(least({{"DescribeInstances", 51, 0}}) == 100ms);
}

TEST_CASE("aws::least_time adds what is of one action, and lets others go on beside it")
{
  CHECK(least({{"RunInstances", 3, 3}, {"RunInstances", 3, 3}}) == 500ms);
  CHECK(least({{"RunInstances", 6, 6}, {"DescribeImages", 100, 0}}) == 500ms);
}
