#include "unit/cli/invoked.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace flame;
using namespace flame::test;

TEST_CASE("cli boot --dry-run: shows the request and asks nobody")
{
  FakeWorld fake;
  CHECK(run(fake, {"boot", "--dry-run", "--instance-type", "t3.micro"}, k_release, k_boot) == 0);
  CHECK(fake.connected.empty());
  CHECK(has(fake.out, "candidate: t3.micro in subnet-1\n"));
  CHECK(has(fake.out, "ImageId = ami-1\n"));
  CHECK(has(fake.out, "UserData = *** ("));
  CHECK(has(fake.err, "--show-secrets"));
  CHECK(!has(fake.out, "hunter2"));
}

TEST_CASE("cli boot --dry-run: a request is no list of variables")
{
  FakeWorld fake;
  CHECK(run(fake, {"boot", "--dry-run", "--output", "env"}, k_release, k_boot) == 2);
  CHECK(has(fake.err, "boot --dry-run has no --output env"));
  CHECK(fake.out.empty());
  CHECK(run(fake, {"run", "--dry-run=ec2", "-o", "env", "--", "true"}, k_boot) == 125);
  CHECK(has(fake.err, "run has no --output env"));
}

TEST_CASE("cli boot --dry-run: refuses user data that no boot could send, and warns before that")
{
  std::string outcomes; // one letter for each size: fine, warned, refused
  for (std::size_t size = 1000; size <= 16'000; size += 500) {
    FakeWorld fake;
    const std::string value = "A=" + noise(size);
    const int status = run(fake, {"boot", "--dry-run", "--env", value}, k_release, k_boot);
    const bool warned = has(fake.err, "warning: with the longest URL that the bundle can get, the "
                                      "user data is ");
    CHECK(fake.out.empty() == (status == 3));
    CHECK(has(fake.err, "over EC2's limit of 16384 bytes") == (warned || status == 3));
    const char outcome = status == 3 ? 'r' : warned ? 'w' : 'f';
    if (outcomes.empty() || outcomes.back() != outcome) {
      outcomes += outcome;
    }
  }
  CHECK(outcomes == "fwr");
}

TEST_CASE("cli boot --dry-run=ec2: what EC2 refuses is in the one object of JSON")
{
  FakeWorld fake;
  fake.ec2.launches = {api_failure(aws::ErrorClass::permission, "UnauthorizedOperation")};
  CHECK(run(fake, {"boot", "--dry-run=ec2", "--json"}, k_release, k_boot) != 0);
  CHECK(std::ranges::count(fake.out, '\n') == 1);
  CHECK(has(fake.out, "\"request\":{"));
  CHECK(has(fake.out, "\"error\":{\"kind\":"));
}

TEST_CASE("cli boot --dry-run=ec2: EC2 checks every candidate, and nothing is launched")
{
  FakeWorld fake;
  const auto fine = api_failure(aws::ErrorClass::dry_run, "DryRunOperation");
  SUBCASE("all would be launched")
  {
    fake.ec2.launches = {fine, fine};
    CHECK(run(fake, {"boot", "--dry-run=ec2"}, k_release, k_boot) == 0);
    CHECK(run(fake, {"boot", "--dry-run=ec2"}, k_release, k_boot) == 0);
    REQUIRE(fake.ec2.launched_with.size() == 2);
    CHECK(value_of(fake.ec2.launched_with[0], "DryRun") == "true");
    CHECK(!has(fake.out, "X-Amz-Signature"));
  }
  SUBCASE("one would not")
  {
    fake.ec2.launches = {fine, api_failure(aws::ErrorClass::permission, "UnauthorizedOperation")};
    CHECK(run(fake, {"boot", "--dry-run=ec2", "--subnet-id", "subnet-2"}, k_release, k_boot) != 0);
  }
}
