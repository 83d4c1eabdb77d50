#include "unit/cli/invoked.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::test;

TEST_CASE("cli completion --values: what this computer knows, and never a message")
{
  FakeWorld fake;
  fake.files = {{"flame-ec2.toml", "[pool.ci]\n[pool.'a b']\n[pool.\"x\\ny\"]\nbroken = 1\n"},
                {"/home/me/.aws/config", "[default]\n[profile dev]\n"},
                {"/home/me/.aws/credentials", "[other]\naws_access_key_id = x\n"}};
  const auto values = [&](const std::string& kind) {
    fake.out.clear();
    CHECK(run(fake, {"completion", "--values", kind}) == 0);
    return fake.out;
  };
  CHECK(values("pools") == "a b\nci\n");
  CHECK(values("profiles") == "default\ndev\nother\n");
  CHECK(has(values("regions"), "\neu-west-1\n"));
  fake.files = {{"flame-ec2.toml", "["}, {"/home/me/.aws/config", "="}};
  CHECK(values("pools").empty());
  CHECK(values("profiles").empty());
  CHECK(fake.err.empty());
  CHECK(run(fake, {"completion", "--values", "nonsense"}) == 2);
  CHECK(run(fake, {"completion", "bash", "--values", "pools"}) == 2);
}
