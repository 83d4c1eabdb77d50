#include "boot/plan_bundle.hpp"
#include "boot/user_data.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::boot;
using config::Settings;
using Sentences = std::vector<std::string>;

namespace {

Sentences mistakes_of(const Settings& settings)
{
  Mistakes mistakes(ErrorKind::config);
  check_bundle(mistakes, settings);
  check_store(mistakes, settings);
  Sentences all;
  if (!mistakes.empty()) {
    const Error error = mistakes.error();
    all.push_back(error.message);
    for (const Mistake& mistake : error.also) {
      all.push_back(mistake.message);
    }
  }
  return all;
}

} // namespace

TEST_CASE("boot: bundles of this computer need no store, those of the web a digest")
{
  CHECK(mistakes_of({.bundle = "s3://bundles/app.tar.gz"}).empty());
  CHECK(mistakes_of({.bundle = "app.tar.gz"}).empty());
  CHECK(mistakes_of({.bundle = "rel/app", .store = "s3://bundles/x/"}).empty());
  CHECK(mistakes_of({.bundle = "https://h/app.tar.gz"})
        == Sentences{"bundle is an https:// URL, and bundle_sha256 is not set"});
  CHECK(
    mistakes_of({.bundle = "https://h/app.tar.gz", .bundle_sha256 = std::string(64, 'a')}).empty());
  CHECK(mistakes_of({.bundle = "s3://bundles/rel/"}).empty()); // file by file
  CHECK(mistakes_of({.bundle = "s3://bundles/rel/", .store = "s3://bundles"}).empty());
  CHECK(mistakes_of({.bundle = "s3://bundles/rel/", .bundle_sha256 = std::string(64, 'a')})
        == Sentences{"bundle_sha256 is set, and the bundle is a folder, which has no digest"});
}

TEST_CASE("boot: a machine that signs for itself needs a role, and one object to fetch")
{
  Settings settings{.bundle = "s3://bundles/app.tar.gz", .bundle_access = "instance-role"};
  CHECK(mistakes_of(settings)
        == Sentences{"bundle_access is instance-role, and the machine has no role"});
  settings.iam_instance_profile = "web";
  CHECK(mistakes_of(settings).empty());
  settings.bundle = "app.tar.gz";
  CHECK(mistakes_of(settings)
        == Sentences{"bundle_access is instance-role, and the bundle is not on S3"});
  settings.bundle = "s3://bundles/rel/";
  CHECK(mistakes_of(settings)
        == Sentences{"bundle_access is instance-role, and the bundle is a folder without a store"});
  settings.store = "s3://bundles/x/";
  CHECK(mistakes_of(settings).empty());
}

TEST_CASE("boot: secrets go through a store alone, and have one place each")
{
  Settings settings{.bundle = "s3://bundles/app.tar.gz", .secrets = {"KEY=ssm:/a/b", "KEY=ssm:/c"}};
  CHECK(mistakes_of(settings)
        == Sentences{"secret is set, and the environment is not delivered through a store",
                     "variable KEY is set by two secrets"});
  settings.store = "s3://bundles";
  settings.secrets = {"KEY=secretsmanager:arn:aws:x:y"};
  CHECK(mistakes_of(settings).empty());
  CHECK(secrets_of(settings).front().kind == "secretsmanager");
  CHECK(secrets_of(settings).front().id == "arn:aws:x:y");
  settings.env["KEY"] = "1";
  CHECK(mistakes_of(settings) == Sentences{"variable KEY is set by secret and by env"});
}

TEST_CASE("boot: an environment is delivered through the store where there is one")
{
  CHECK(!env_in_store({}));
  CHECK(env_in_store({.store = "s3://bundles"}));
  CHECK(!env_in_store({.store = "s3://bundles", .env_delivery = "user-data"}));
  CHECK(mistakes_of({.bundle = "s3://bundles/app.tar.gz", .env_delivery = "s3"})
        == Sentences{"env_delivery is s3, and store is not set"});
  CHECK(mistakes_of({.bundle = "s3://bundles/app.tar.gz", .store = "https://b"}).size() == 1);
  CHECK(mistakes_of({.bundle = "s3://bundles/app.tar.gz", .store = "s3://bundles/$x/"}).empty());
  CHECK(mistakes_of({.bundle = "s3://bundles/app.tar.gz", .store = "s3://bundles/${filename}/"})
        == Sentences{"store holds ${filename}, in whose place S3 puts the name of what a machine "
                     "writes"});
}

TEST_CASE("boot: who can read values in user data is said")
{
  CHECK(delivery_warnings({}).empty());
  CHECK(delivery_warnings({.env = {{"A", "1"}}}).front().starts_with("A is in the machine's user"));
  CHECK(delivery_warnings({.env = {{"A", "1"}}, .release_cookie = "c"})
          .front()
          .starts_with("A, RELEASE_COOKIE are in"));
  CHECK(delivery_warnings({.store = "s3://bundles", .env = {{"A", "1"}}}).empty());
}

TEST_CASE("boot: the environment's object leaves out what ends in the machine's address")
{
  CHECK(environment_object({{"A", "1 \"2\""}, {"RELEASE_NODE", "app@", true}, {"B", "x"}})
        == "A=\"1 \\\"2\\\"\"\nB=\"x\"\n");
}

TEST_CASE("boot: placeholders are as long as what stands there in the end")
{
  const Settings settings{.bundle = "s3://bundles/app.tar.gz", .store = "s3://bundles/x/"};
  const Runner runner =
    with_placeholders({.app = "app", .run_id = "ci-7"}, *parse_bundle(settings.bundle), settings);
  CHECK(runner.fetch.url == placeholder_url());
  CHECK(runner.env_url == placeholder_url());
  REQUIRE(runner.store);
  CHECK(runner.store->prefix.starts_with("x/runs/ci-7/"));
  CHECK(runner.store->fields.size() == 7);
  Settings role{.bundle = "s3://bundles/a b.tar.gz?versionId=v1", .bundle_access = "instance-role"};
  role.region = "eu-west-1";
  const Fetch fetch = with_placeholders({.app = "app"}, *parse_bundle(role.bundle), role).fetch;
  CHECK(fetch.url.starts_with("https://bucketxxx"));
  CHECK(fetch.url.ends_with(".s3.eu-west-1.amazonaws.com/a%20b.tar.gz?versionId=v1"));
  CHECK(fetch.key == "a b.tar.gz");
}
