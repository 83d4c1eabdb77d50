#include "boot/look_up.hpp"
#include "support/fake_ec2.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::boot;
using config::Settings;
using test::api_failure;

namespace {

using Lines = std::vector<std::string>;

struct World {
  test::FakeEc2 ec2 = {};
  test::FakeSsm ssm = {};

  World()
  {
    for (const auto& [id, architecture] :
         {std::pair("ami-1", "x86_64"), std::pair("ami-2", "arm64")}) {
      ec2.images[id] = {
        .id = id, .state = "available", .architecture = architecture, .root_device = "/dev/xvda"};
    }
    ssm.parameters = {{"/aws/service/debian/release/12/latest/amd64", "ami-1"},
                      {"/aws/service/debian/release/12/latest/arm64", "ami-2"},
                      {"/mine", "ami-1"},
                      {"/mine:3", "ami-2"},
                      {"/text", "hello"}};
    ec2.templates["web"] = {
      .id = "lt-1", .version = "3", .image_id = "ami-1", .instance_type = "c7i.large"};
    ec2.templates["bare"] = {.id = "lt-2", .version = "1"};
    ec2.templates["alias"] = {.id = "lt-3", .image_id = "resolve:ssm:/mine"};
  }

  Result<LookedUp> ask(const Settings& settings)
  {
    ec2.calls.clear();
    ssm.calls.clear();
    return look_up({}, settings, ec2, ssm, {});
  }
  LookedUp found(const Settings& settings)
  {
    const auto done = ask(settings);
    REQUIRE_MESSAGE(done.has_value(), (done ? "" : done.error().message));
    CHECK(done->facts.looked_up);
    return *done;
  }
  Lines asked() const
  {
    Lines all = ec2.calls;
    all.insert(all.end(), ssm.calls.begin(), ssm.calls.end());
    return all;
  }
};

const aws::ApiError k_denied = api_failure(aws::ErrorClass::permission, "UnauthorizedOperation");

} // namespace

TEST_CASE("boot::look_up asks for nothing that nothing depends on")
{
  World world;
  const Settings settings{.image_id = "ami-1", .instance_types = {"t3.nano"}};
  world.found(settings);
  CHECK(world.asked().empty());
  CHECK(lookups_of(settings).empty());
  // EC2 resolves it itself.
  world.found({.image_id = "resolve:ssm:/mine", .instance_types = {"t3.nano"}});
  CHECK(world.asked().empty());
}

TEST_CASE("boot::look_up finds the image of a name for the architecture of the type")
{
  World world;
  const LookedUp x86 = world.found({.image = "debian-12"});
  CHECK(x86.facts.image_id == "ami-1");
  CHECK(world.asked() == Lines{"/aws/service/debian/release/12/latest/amd64"});
  const Settings arm{.image = "debian-12", .instance_types = {"t4g.small"}};
  CHECK(world.found(arm).facts.image_id == "ami-2");
  CHECK(lookups_of(arm) == Lines{"parameter /aws/service/debian/release/12/latest/arm64"});
}

TEST_CASE("boot::look_up looks at the image when type or root volume depend on it")
{
  World world;
  CHECK(world.found({.image_id = "ami-2"}).facts.image->architecture == "arm64");
  CHECK(world.asked() == Lines{"image ami-2"});
  const LookedUp version = world.found({.image_id = "resolve:ssm:/mine:3"});
  CHECK(version.facts.image_id == "ami-2");
  CHECK(version.facts.image->architecture == "arm64");
  CHECK(world.asked() == Lines{"image ami-2", "/mine:3"});
  Settings root{.image = "debian-12", .instance_types = {"t3.nano"}};
  root.root_volume_size = 30;
  CHECK(world.found(root).facts.image->root_device == "/dev/xvda");
  CHECK(lookups_of(root)
        == Lines{"parameter /aws/service/debian/release/12/latest/amd64", "its image"});
}

TEST_CASE("boot::look_up looks into the template, and at its image when that matters")
{
  World world;
  Settings settings{.launch_template_id = "web"};
  CHECK(world.found(settings).facts.launch_template->instance_type == "c7i.large");
  CHECK(world.asked() == Lines{"template web $Default"});
  settings.launch_template_version = "3";
  settings.root_volume_size = 30;
  CHECK(world.found(settings).facts.image->id == "ami-1");
  CHECK(world.asked() == Lines{"template web 3", "image ami-1"});
  settings.launch_template_id = "alias";
  const LookedUp alias = world.found(settings);
  CHECK(alias.facts.image->root_device == "/dev/xvda");
  CHECK(world.asked() == Lines{"template alias 3", "image ami-1", "/mine"});
  // What it leaves open is the user's.
  const LookedUp bare = world.found({.image = "debian-12", .launch_template_id = "bare"});
  CHECK(bare.facts.image_id == "ami-1");
}

TEST_CASE("boot::look_up does not look twice into a template")
{
  World world;
  const Settings settings{.launch_template_id = "web"};
  SUBCASE("that it has seen")
  {
    const auto first = look_into_template({}, settings, world.ec2, {});
    REQUIRE(first);
    CHECK(!first->facts.looked_up);
    const auto second = look_up(first->facts, settings, world.ec2, world.ssm, {});
    REQUIRE(second);
    CHECK(second->facts.looked_up);
    CHECK(second->facts.launch_template->instance_type == "c7i.large");
    CHECK(world.asked() == Lines{"template web $Default"});
  }
  SUBCASE("that it may not see")
  {
    world.ec2.refused = {{"template", k_denied}};
    const auto first = look_into_template({}, settings, world.ec2, {});
    REQUIRE(first);
    CHECK(first->warnings.size() == 1);
    const auto second = look_up(first->facts, settings, world.ec2, world.ssm, {});
    REQUIRE(second);
    CHECK(second->warnings.empty()); // said once
    CHECK(!second->facts.launch_template);
    CHECK(world.asked() == Lines{"template web $Default"});
  }
}

TEST_CASE("boot::look_up does without rights, and says so")
{
  World world;
  world.ec2.refused = {{"image", k_denied}, {"template", k_denied}};
  world.ssm.refused = k_denied;
  const LookedUp image = world.found({.image_id = "ami-2"});
  CHECK(!image.facts.image);
  CHECK(
    image.warnings
    == Lines{"no permission to look at image ami-2 (ec2:DescribeImages); it is taken for one of "
             "x86_64"});
  const LookedUp name = world.found({.image = "debian-12"});
  CHECK(name.facts.image_id.empty());
  CHECK(name.warnings.size() == 1);
  const LookedUp unseen = world.found({.launch_template_id = "web"});
  CHECK(!unseen.facts.launch_template);
  CHECK(unseen.warnings
        == Lines{"no permission to look into launch template web "
                 "(ec2:DescribeLaunchTemplateVersions); it is sent unseen"});
}

TEST_CASE("boot::look_up never guesses a root device")
{
  World world;
  world.ec2.refused = {{"image", k_denied}};
  Settings settings{.image_id = "ami-1", .instance_types = {"t3.nano"}};
  settings.root_volume_size = 30;
  const auto image = world.ask(settings);
  REQUIRE(!image);
  CHECK(image.error().kind == ErrorKind::denied);
  CHECK(image.error().hint.find("settings of the root volume") != std::string::npos);
  world.ec2.refused = {{"template", k_denied}};
  settings.launch_template_id = "web";
  CHECK(world.ask(settings).error().kind == ErrorKind::denied);
  world.ec2.refused = {};
  world.ssm.refused = k_denied;
  settings.launch_template_id = "";
  settings.image_id = "resolve:ssm:/mine";
  CHECK(world.ask(settings).error().kind == ErrorKind::denied);
}

TEST_CASE("boot::look_up stops at what is not there, and at an answer that is none")
{
  World world;
  CHECK(world.ask({.image_id = "ami-9"}).error().message == "image ami-9 is not there");
  CHECK(world.ask({.image_id = "resolve:ssm:/none"}).error().aws_code == "ParameterNotFound");
  CHECK(world.ask({.image_id = "resolve:ssm:/none"})
          .error()
          .message.starts_with("cannot read the parameter /none: "));
  const auto unknown = world.ask({.image = "debian-13"});
  CHECK(unknown.error().message
        == "the Region has no image debian-13: AWS has no parameter "
           "/aws/service/debian/release/13/latest/amd64 (ParameterNotFound)");
  CHECK(unknown.error().hint.find("al2023, al2023-minimal") != std::string::npos);
  CHECK(unknown.error().hint.find("debian-13") == std::string::npos);
  CHECK(world.ask({.image_id = "resolve:ssm:/text"}).error().message
        == "the parameter /text holds no image id");
  CHECK(world.ask({.launch_template_id = "none"}).error().aws_code
        == "InvalidLaunchTemplateId.NotFound");
  world.ec2.refused = {{"image", api_failure(aws::ErrorClass::transient)}};
  CHECK(world.ask({.image_id = "ami-1"}).error().kind == ErrorKind::network);
}
