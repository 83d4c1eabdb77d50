#include "base/encoding.hpp"
#include "base/text.hpp"
#include "boot/user_data.hpp"
#include "cli/app.hpp"
#include "support/fake_world.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace flame;
using namespace flame::test;

namespace {

using List = std::vector<std::string>;

const List k_release = {"--app",          "demo", "--bundle", "s3://bundles/demo.tar.gz",
                        "--max-lifetime", "1h",   "--env",    "TOKEN=hunter2"};
const List k_boot = {"--region",        "eu-west-1", "--image-id",          "ami-1",
                     "--subnet-id",     "subnet-1",  "--security-group-id", "sg-1",
                     "--instance-type", "t3.nano",   "--wait-for",          "running"};

int run(FakeWorld& fake, List arguments, const List& more = {}, const List& yet_more = {})
{
  arguments.insert(arguments.end(), more.begin(), more.end());
  arguments.insert(arguments.end(), yet_more.begin(), yet_more.end());
  return cli::run(arguments, fake.world);
}

bool has(const std::string& text, std::string_view part)
{
  return text.find(part) != std::string::npos;
}

aws::Instance ours(const std::string& id)
{
  aws::Instance instance = machine(id, aws::InstanceState::running);
  instance.tags = {{"flame-ec2:run-id", "ci-7"}};
  return instance;
}

const std::string k_id = "i-0123456789abcdef0";
const std::string k_other = "i-0123456789abcdef1";

// That no gzip makes short.
std::string noise(std::size_t size)
{
  std::minstd_rand random(1);
  std::string text(size, ' ');
  for (char& c : text) {
    c = static_cast<char>('0' + random() / 8 % 64);
  }
  return text;
}

} // namespace

TEST_CASE("cli: help, version and mistakes go where they belong")
{
  FakeWorld fake;
  CHECK(run(fake, {"--help"}) == 0);
  CHECK(fake.out.starts_with("flame-ec2 boots"));
  CHECK(fake.err.empty());
  fake.out.clear();
  CHECK(run(fake, {"help", "boot"}) == 0);
  CHECK(fake.out.starts_with("Usage: flame-ec2 boot"));
  fake.out.clear();
  CHECK(run(fake, {"help", "settings"}) == 0);
  CHECK(fake.out.starts_with("# Settings\n"));
  fake.out.clear();
  CHECK(run(fake, {"--version"}) == 0);
  CHECK(fake.out.starts_with("flame-ec2 0"));
  CHECK(has(fake.out, "\ncommit unknown\nwith libcurl "));
  fake.out.clear();
  CHECK(run(fake, {"boot", "--nonsense"}) == 2);
  CHECK(run(fake, {"bot", "--help"}) == 2);
  CHECK(run(fake, {}) == 2);
  CHECK(run(fake, {"help", "bot"}) == 2);
  CHECK(has(fake.err, "did you mean: flame-ec2 help boot"));
  CHECK(run(fake, {"completion"}) == 2);
  CHECK(fake.out.empty());
  CHECK(fake.connected.empty());
}

TEST_CASE("cli: an error is said on stderr, and is an object on stdout with --json")
{
  FakeWorld fake;
  CHECK(run(fake, {"boot", "--nonsense", "--json"}) == 2);
  CHECK(has(fake.err, "flame-ec2: error: flame-ec2 boot has no flag --nonsense\nhint: "));
  CHECK(fake.out.starts_with("{\"error\":{\"kind\":\"usage\""));
}

TEST_CASE("cli: help that cannot be written is an error")
{
  FakeWorld fake;
  fake.out_is_full = true;
  CHECK(run(fake, {"--help"}) == 74);
  CHECK(has(fake.err, "no space left"));
}

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
    CHECK(run(fake, {"template-user-data", "--show-secrets", "--format", "base64"}, k_release)
          == 0);
    const auto script = from_base64(trim(fake.out));
    REQUIRE(script);
    CHECK(has(*script, to_base64(boot::environment_line("TOKEN", "hunter2"))));
    CHECK(!has(*script, "***"));
    CHECK(!has(fake.err, "***"));
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

TEST_CASE("cli terminate: exactly one selection, and never an empty one")
{
  FakeWorld fake;
  fake.world.env = {{"AWS_REGION", "eu-west-1"}, {"FLAME_EC2_RUN_ID", "x"}, {"RELEASE_NAME", "x"}};
  fake.files = {{"empty", "\n"}};
  CHECK(run(fake, {"terminate"}) == 2);
  CHECK(run(fake, {"terminate", "--run-id", "a", "--all"}) == 2);
  CHECK(run(fake, {"terminate", "--run-id", "a", k_id}) == 2);
  CHECK(run(fake, {"terminate", "--run-id", ""}) == 2);
  CHECK(run(fake, {"terminate", "--app="}) == 2);
  CHECK(run(fake, {"terminate", "--run-id-file", "empty"}) == 2);
  CHECK(run(fake, {"terminate", "--run-id", "a b"}) == 2);
  CHECK(run(fake, {"terminate", "web"}) == 2);
  CHECK(run(fake, {"terminate", ""}) == 2);
  CHECK(run(fake, {"terminate", "--run-id", "a", "--settle", "5"}) == 2);
  CHECK(run(fake, {"terminate", "--run-id-file", "not-there"}) == 3);
  CHECK(fake.connected.empty());
  CHECK(fake.out.empty());
}

TEST_CASE("cli terminate: needs a region, and says so")
{
  FakeWorld fake;
  CHECK(run(fake, {"terminate", k_id}) == 3);
  CHECK(has(fake.err, "region is not set"));
}

TEST_CASE("cli terminate: ends and prints")
{
  FakeWorld fake;
  fake.world.env = {{"AWS_REGION", "eu-west-1"}};
  fake.files = {{"run", "ci-7\n"}};
  fake.ec2.alive = {k_id, k_other};
  fake.ec2.looks = {FakeEc2::Machines{ours(k_id)}};
  SUBCASE("by id")
  {
    CHECK(run(fake, {"terminate", k_id}) == 0);
    CHECK(fake.out == k_id + "\n");
    CHECK(fake.ec2.alive == std::set<std::string>{k_other});
  }
  SUBCASE("by the run in a file")
  {
    CHECK(run(fake, {"terminate", "--run-id-file", "run", "--json"}) == 0);
    CHECK(fake.out
          == "{\"region\":\"eu-west-1\",\"run_id\":\"ci-7\",\"terminated\":[\"" + k_id + "\"]}\n");
  }
  SUBCASE("a machine that EC2 does not show yet is ended all the same")
  {
    fake.ec2.looks = {};
    CHECK(run(fake, {"terminate", k_id}) == 0);
    CHECK(!fake.ec2.alive.contains(k_id));
  }
  SUBCASE("what could not be ended is named")
  {
    fake.ec2.refusals.assign(50, api_failure(aws::ErrorClass::permission, "UnauthorizedOperation"));
    CHECK(run(fake, {"terminate", k_id}) == 10);
    CHECK(has(fake.err, k_id));
    CHECK(fake.out.empty());
  }
}

TEST_CASE("cli terminate: a run without machines is done, and where it looked is said")
{
  FakeWorld fake;
  fake.world.env = {{"AWS_REGION", "eu-west-1"}};
  CHECK(run(fake, {"terminate", "--run-id", "ci-7", "--settle", "4s"}) == 0);
  CHECK(fake.clock.slept.size() >= 2);
  CHECK(has(fake.err, "no machine of run ci-7 lives in eu-west-1 of account 123456789012"));
  CHECK(fake.out.empty());
}

TEST_CASE("cli terminate: a machine that is not ours needs --force")
{
  FakeWorld fake;
  fake.world.env = {{"AWS_REGION", "eu-west-1"}};
  fake.ec2.alive = {k_id};
  fake.ec2.looks = {FakeEc2::Machines{machine(k_id, aws::InstanceState::running)}};
  CHECK(run(fake, {"terminate", k_id}) == 2);
  CHECK(has(fake.err, "--force"));
  CHECK(fake.ec2.alive.contains(k_id));
  CHECK(run(fake, {"terminate", "--force", k_id}) == 0);
  CHECK(fake.ec2.alive.empty());
}

TEST_CASE("cli terminate --app and --all: list and ask, or need --yes")
{
  FakeWorld fake;
  fake.world.env = {{"AWS_REGION", "eu-west-1"}};
  fake.ec2.alive = {k_id};
  fake.ec2.looks = {FakeEc2::Machines{ours(k_id)}};
  SUBCASE("nobody to ask")
  {
    CHECK(run(fake, {"terminate", "--all"}) == 2);
    CHECK(has(fake.err, "--yes"));
    CHECK(fake.ec2.calls.empty());
  }
  SUBCASE("the answer is no, or none")
  {
    fake.world.terminal.input = true;
    CHECK(run(fake, {"terminate", "--all"}) != 0);
    CHECK(has(fake.err, "run ci-7"));
    CHECK(has(fake.err, "End this machine in eu-west-1? [y/N]"));
    CHECK(fake.ec2.alive.contains(k_id));
  }
  SUBCASE("the answer is yes")
  {
    fake.world.terminal.input = true;
    fake.answer = "y";
    CHECK(run(fake, {"terminate", "--app", "demo"}) == 0);
    CHECK(fake.ec2.alive.empty());
  }
  SUBCASE("a signal instead of an answer")
  {
    fake.world.terminal.input = true;
    fake.world.read_line = [&]() -> std::optional<std::string> {
      fake.cancel.now.signal = 2;
      return std::nullopt;
    };
    CHECK(run(fake, {"terminate", "--all"}) == 130);
    CHECK(fake.ec2.alive.contains(k_id));
  }
  SUBCASE("--yes")
  {
    CHECK(run(fake, {"terminate", "--all", "--yes"}) == 0);
    CHECK(fake.ec2.alive.empty());
  }
}

TEST_CASE("cli: -v says where settings come from, without secrets")
{
  FakeWorld fake;
  fake.world.env = {{"AWS_REGION", "eu-west-1"}};
  CHECK(run(fake, {"boot", "-v", "--dry-run"}, k_release, k_boot) == 0);
  CHECK(has(fake.err, "region = eu-west-1 (flag --region)"));
  CHECK(has(fake.err, "env = TOKEN=*** (flag --env)"));
  CHECK(!has(fake.err, "hunter2"));
}

TEST_CASE("cli: -v says what EC2 is asked, -vv with what, and neither says user data")
{
  FakeWorld fake;
  fake.ec2.launches = {api_failure(aws::ErrorClass::capacity, "InsufficientInstanceCapacity"),
                       FakeEc2::Machines{machine(k_id, aws::InstanceState::running)}};
  fake.ec2.looks = {FakeEc2::Machines{}, FakeEc2::Machines{ours(k_id)}};
  SUBCASE("-v")
  {
    CHECK(run(fake, {"boot", "-v", "--market", "spot,on-demand"}, k_release, k_boot) == 0);
    CHECK(has(fake.err, "EC2 RunInstances failed after 0 ms: InsufficientInstanceCapacity"));
    CHECK(has(fake.err, "EC2 RunInstances answered after 0 ms"));
    CHECK(!has(fake.err, "ImageId ="));
  }
  SUBCASE("-vv")
  {
    CHECK(run(fake, {"boot", "-vv", "--market", "spot,on-demand"}, k_release, k_boot) == 0);
    CHECK(has(fake.err, "RunInstances ImageId = ami-1"));
    CHECK(has(fake.err, "RunInstances UserData = ***\n"));
    CHECK(!has(fake.err, "X-Amz"));
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

TEST_CASE("cli: the AWS profile gives region and endpoint, and a wrong one is named")
{
  FakeWorld fake;
  fake.files["/home/me/.aws/config"] = "[profile dev]\nregion = eu-north-1\n";
  fake.ec2.alive = {k_id};
  CHECK(run(fake, {"terminate", "--profile", "dev", k_id}) == 0);
  CHECK(fake.connected == List{"eu-north-1"});
  fake.world.env["AWS_PROFILE"] = "prod";
  CHECK(run(fake, {"terminate", k_id}) == 3);
  CHECK(has(fake.err, "AWS profile \"prod\" is not in ~/.aws/config"));
}

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
