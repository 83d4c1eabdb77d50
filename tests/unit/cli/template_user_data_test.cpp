#include "base/encoding.hpp"
#include "base/gzip.hpp"
#include "base/text.hpp"
#include "boot/user_data.hpp"
#include "unit/cli/invoked.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::test;

TEST_CASE("cli template-user-data: needs neither AWS nor the settings of a machine")
{
  FakeWorld fake;
  CHECK(run(fake, {"template-user-data"}, k_release) == 0);
  CHECK(fake.out.starts_with("#!/bin/sh\n"));
  CHECK(fake.connected.empty());
  CHECK(has(fake.err, " of 16384 bytes"));
  CHECK(has(fake.err, "***"));
  CHECK(has(fake.out, "'***'"));
  CHECK(!has(fake.out, to_base64(boot::environment_line("TOKEN", "hunter2"))));
  CHECK(has(fake.err, "variables: INSTANCE_IP, TOKEN"));
  SUBCASE("the same bytes each time")
  {
    const std::string first = fake.out;
    fake.out.clear();
    CHECK(run(fake, {"template-user-data"}, k_release) == 0);
    CHECK(fake.out == first);
  }
  SUBCASE("secrets when asked for")
  {
    fake.out.clear();
    fake.err.clear();
    CHECK(run(fake, {"template-user-data", "--show-secrets"}, k_release) == 0);
    CHECK(has(fake.out, to_base64(boot::environment_line("TOKEN", "hunter2"))));
    CHECK(!has(fake.out, "***"));
    CHECK(!has(fake.err, "***"));
    const std::string script = fake.out;
    fake.out.clear();
    CHECK(run(fake, {"template-user-data", "--show-secrets", "--format", "base64"}, k_release)
          == 0);
    const auto sent = from_base64(trim(fake.out)); // in gzip when it is too long for user data
    REQUIRE(sent);
    CHECK(*sent == (script.size() <= boot::k_user_data_limit ? script : gzip(script)));
  }
  SUBCASE("--presign signs the URL, and still hides it")
  {
    fake.out.clear();
    CHECK(run(fake, {"template-user-data", "--presign", "--region", "eu-west-1"}, k_release) == 0);
    CHECK(fake.connected == List{"eu-west-1"});
    CHECK(!has(fake.out, "X-Amz-Signature"));
    CHECK(run(fake, {"template-user-data", "--presign"}, k_release) == 3);
  }
}

TEST_CASE("cli template-user-data: what EC2 would refuse is refused, and not printed")
{
  FakeWorld fake;
  CHECK(run(fake, {"template-user-data", "--env", "BIG=" + noise(20'000)}, k_release) == 3);
  CHECK(has(fake.err, "16384"));
  CHECK(fake.out.empty());
}
