#include "base/encoding.hpp"
#include "unit/cli/invoked.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::test;

TEST_CASE("cli boot: all that is missing and bad is reported at once, with origins")
{
  FakeWorld fake;
  fake.world.env = {{"FLAME_EC2_BOOT_TIMEOUT", "120"}, {"FLAME_EC2_REGIO", "x"}};
  CHECK(run(fake, {"boot", "--run-id", "a b", "--tag", "aws:x=y"}) == 3);
  for (const char* part : {"variable FLAME_EC2_BOOT_TIMEOUT: \"120\" has no unit", "120s",
                           "flag --run-id: run_id \"a b\"", "aws:x", "app is not set",
                           "bundle is not set", "image_id is not set", "max_lifetime is not",
                           "region is not set", "did you mean FLAME_EC2_REGION?"}) {
    CAPTURE(part);
    CHECK(has(fake.err, part));
  }
  CHECK(fake.connected.empty());
}

TEST_CASE("cli boot: a look-up that fails names the run that was announced")
{
  FakeWorld fake;
  CHECK(run(fake, {"boot", "--run-id", "ci-7", "--image-id", "ami-9", "--region", "eu-west-1"},
            k_release, {"--json"})
        == 3);
  CHECK(has(fake.out, "image ami-9 is not there"));
  CHECK(has(fake.out, "\"run_id\":\"ci-7\""));
  CHECK(fake.ec2.launched_with.empty());
}

TEST_CASE("cli boot: what the plan refuses is told with its place")
{
  FakeWorld fake;
  fake.world.env = {{"AWS_REGION", "mars"}, {"FLAME_EC2_BUNDLE", "ftp://host/app.tgz"}};
  CHECK(run(fake, {"boot", "--app", "demo", "--tag", "aws:x=y"}) == 3);
  for (const char* part :
       {"variable AWS_REGION: region is not valid: \"mars\" is not a region",
        "variable FLAME_EC2_BUNDLE: bundle \"ftp://host/app.tgz\" is of no known kind",
        "flag --tag: tags \"aws:x\" has a name"}) {
    CAPTURE(part);
    CHECK(has(fake.err, part));
  }
}

TEST_CASE("cli boot: what could not be read is not called missing too")
{
  FakeWorld fake;
  fake.files["flame-ec2.toml"] = "max_lifetime = 5\nimage_id = true\n";
  CHECK(run(fake, {"boot", "--config", "flame-ec2.toml"}) == 3);
  CHECK(has(fake.err, "flame-ec2.toml:1: max_lifetime is a number without a unit"));
  CHECK(!has(fake.err, "max_lifetime is not set"));
  CHECK(has(fake.err, "flame-ec2.toml:2: image_id is true or false"));
  CHECK(!has(fake.err, "image_id is not set"));
  CHECK(has(fake.err, "bundle is not set"));
}

TEST_CASE("cli boot: a mistake in an entry of a table names the entry's line, or who set it")
{
  FakeWorld fake;
  fake.files["flame-ec2.toml"] = "[tags]\n\"aws:x\" = \"1\"\nteam = \"web\"\n[ec2]\n"
                                 "Placment.GroupName = \"a\"\nMinCount = 1\nEbsOptimized = true\n";
  CHECK(
    run(fake, {"boot", "--config", "flame-ec2.toml", "--tag", "flame-ec2:y=1"}, k_release, k_boot)
    == 3);
  CHECK(has(fake.err, "flame-ec2.toml:2: tags \"aws:x\""));
  CHECK(has(fake.err, "flag --tag: tags \"flame-ec2:y\""));
  CHECK(has(fake.err, "flame-ec2.toml:5: ec2 \"Placment.GroupName\""));
  CHECK(has(fake.err, "flame-ec2.toml:6: ec2 \"MinCount\""));
}

TEST_CASE("cli boot: prints the machine, after it has said how to end it")
{
  FakeWorld fake;
  fake.ec2.launches = {FakeEc2::Machines{machine(k_id, aws::InstanceState::running)}};
  fake.ec2.looks = {FakeEc2::Machines{}};
  CHECK(run(fake, {"boot", "--run-id", "ci-7", "--run-id-file", "run"}, k_release, k_boot) == 0);
  CHECK(fake.out.starts_with(k_id + "\t"));
  CHECK(has(fake.err, "flame-ec2 terminate --region eu-west-1 --run-id ci-7\n"));
  CHECK(fake.files["run"] == "ci-7\n");
  CHECK(fake.connected == List{"eu-west-1"});
  CHECK(fake.ec2.alive == std::set<std::string>{k_id});
  REQUIRE(fake.ec2.launched_with.size() == 1);
  const auto script = from_base64(value_of(fake.ec2.launched_with[0], "UserData"));
  REQUIRE(script);
  CHECK(has(*script, "X-Amz-Signature="));
  CHECK(!has(fake.err + fake.out, "hunter2"));
}

TEST_CASE("cli boot: the last words of a machine whose boot failed are shown and kept, masked")
{
  FakeWorld fake;
  fake.ec2.launches = {FakeEc2::Machines{machine(k_id, aws::InstanceState::pending)}};
  fake.ec2.looks = {FakeEc2::Machines{},
                    FakeEc2::Machines{machine(k_id, aws::InstanceState::terminated,
                                              "Client.InstanceInitiatedShutdown")}};
  std::string console = "first line\n";
  for (int i = 0; i < 60; ++i) {
    console +=
      "line " + std::to_string(i) + " hunter22-secret " + to_base64("x hunter22-secret") + "\r\n";
  }
  fake.ec2.consoles = {console};
  CHECK(
    run(fake, {"boot", "--evidence-dir", "why", "--env", "PASS=hunter22-secret"}, k_release, k_boot)
    == 9);
  CHECK(has(fake.err, "the last 50 lines of the console of " + k_id));
  CHECK(has(fake.err, "  line 59 *** "));
  CHECK(!has(fake.err, "line 9 "));
  const std::string kept = fake.files["why/" + k_id + ".console.log"];
  CHECK(kept.starts_with("first line\nline 0 *** "));
  CHECK(has(fake.files["why/" + k_id + ".error.json"], "\"kind\":\"bootstrap\""));
  CHECK(!has(fake.err + kept, "hunter22"));
  CHECK(!has(fake.err + kept, to_base64("hunter22-secret").substr(0, 16)));
}

TEST_CASE("cli boot: the last words that are shown end with the failure, not with the power off")
{
  FakeWorld fake;
  fake.ec2.launches = {FakeEc2::Machines{machine(k_id, aws::InstanceState::pending)}};
  fake.ec2.looks = {FakeEc2::Machines{},
                    FakeEc2::Machines{machine(k_id, aws::InstanceState::terminated,
                                              "Client.InstanceInitiatedShutdown")}};
  fake.ec2.on_describe = [&] {
    if (!fake.ec2.launched_with.empty()) {
      const std::string script =
        from_base64(value_of(fake.ec2.launched_with[0], "UserData")).value();
      const std::size_t nonce = script.find("nonce='") + 7;
      fake.ec2.consoles = {"flame-ec2 " + script.substr(nonce, script.find('\'', nonce) - nonce)
                           + " stage=failed t=1.00 at=fetch rc=22 msg=HTTP 403 .\nPowering off.\n"};
    }
  };
  CHECK(run(fake, {"boot", "--evidence-dir", "why"}, k_release, k_boot) == 9);
  CHECK(has(fake.err, "the last line of the console of " + k_id + ":\n"));
  CHECK(has(fake.err, "at=fetch rc=22 msg=HTTP 403 .\n"));
  CHECK(!has(fake.err, "Powering off"));
  CHECK(has(fake.files["why/" + k_id + ".console.log"], "Powering off"));
}

TEST_CASE("cli boot: a signal between the machine and its result ends the machine")
{
  FakeWorld fake;
  fake.ec2.launches = {FakeEc2::Machines{machine(k_id, aws::InstanceState::pending)}};
  fake.ec2.looks = {FakeEc2::Machines{}, FakeEc2::Machines{ours(k_id)}};
  fake.ec2.on_describe = [&] {
    if (fake.ec2.looks.empty()) {
      fake.cancel.now.signal = 15;
    }
  };
  CHECK(run(fake, {"boot"}, k_release, k_boot) == 143);
  CHECK(fake.ec2.alive.empty());
  CHECK(fake.out.empty());
}

TEST_CASE("cli boot: a run id file that cannot be written stops the boot before the first request")
{
  FakeWorld fake;
  fake.world.write_file = [](const std::string&, std::string_view) -> Result<void> {
    return fail(ErrorKind::output, "run cannot be written");
  };
  CHECK(run(fake, {"boot", "--run-id-file", "run"}, k_release, k_boot) == 74);
  CHECK(fake.ec2.calls.empty());
}

TEST_CASE(
  "cli boot: a folder for evidence that cannot be written stops it while nothing is launched")
{
  FakeWorld fake;
  fake.world.make_folder = [](const std::string& path) -> Result<void> {
    return fail(ErrorKind::output, "cannot write \"" + path + "\": Not a directory");
  };
  CHECK(run(fake, {"boot", "--evidence-dir", "why"}, k_release, k_boot) == 3);
  CHECK(fake.ec2.calls.empty());
  CHECK(has(fake.err, "flag --evidence-dir: evidence_dir cannot write \"why\": Not a directory"));
  CHECK(!has(fake.err, "to end what this run starts"));
}

TEST_CASE("cli boot: a result that nobody can read ends the machine")
{
  FakeWorld fake;
  fake.out_is_full = true;
  fake.ec2.launches = {FakeEc2::Machines{machine(k_id, aws::InstanceState::running)}};
  fake.ec2.looks = {FakeEc2::Machines{}};
  SUBCASE("and says why")
  {
    CHECK(run(fake, {"boot"}, k_release, k_boot) == 74);
    CHECK(fake.ec2.alive.empty());
  }
  SUBCASE("and names it when it cannot be ended")
  {
    fake.ec2.refusals.assign(50, api_failure(aws::ErrorClass::permission, "UnauthorizedOperation"));
    CHECK(run(fake, {"boot"}, k_release, k_boot) == 10);
    CHECK(has(fake.err, "may still run: " + k_id));
  }
}

TEST_CASE("cli boot: without credentials nothing is promised")
{
  FakeWorld fake;
  fake.credentials = fail(ErrorKind::credentials, "no AWS credentials found");
  CHECK(run(fake, {"boot", "--run-id", "ci-7", "--run-id-file", "run"}, k_release, k_boot) == 4);
  CHECK(!has(fake.err, "flame-ec2 terminate"));
  CHECK(fake.files["run"] == "ci-7\n"); // for the step that always ends the run
}
