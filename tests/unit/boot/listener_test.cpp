#include "boot/listener.hpp"
#include "support/boot_world.hpp"
#include "support/fake_s3.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <set>

using namespace flame;

namespace {

const aws::S3Object k_folder{.bucket = "keep", .key = "runs/r/b/"};

std::vector<std::string> machines(std::size_t count)
{
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < count; ++i) {
    ids.push_back(fmt::format("i-{:03}", i));
  }
  return ids;
}

// Consoles in the order in which they are asked.
std::vector<std::string> asked(const test::FakeEc2& ec2)
{
  std::vector<std::string> ids;
  for (const std::string& call : ec2.calls) {
    if (call.starts_with("console ")) {
      ids.push_back(call.substr(8, 5));
    }
  }
  return ids;
}

} // namespace

TEST_CASE("boot::Listener hears all machines by the store, and asks no console of who is heard")
{
  test::FakeEc2 ec2;
  test::FakeS3 s3;
  const auto ids = machines(50);
  for (const std::string& id : ids) {
    s3.objects["keep/runs/r/b/" + id + "/status"] = "said by " + id;
  }
  boot::Listener listener(ec2, &s3, k_folder);
  const boot::Said said = listener.listen(ids, {});
  CHECK(said.texts.size() == 50);
  CHECK(said.texts.at("i-017") == "said by i-017");
  CHECK(!said.unheard);
  CHECK(asked(ec2).empty());
}

TEST_CASE(
  "boot::Listener asks some consoles of those that are silent in the store, each in its turn")
{
  test::FakeEc2 ec2;
  test::FakeS3 s3;
  s3.objects["keep/runs/r/b/i-003/status"] = "here";
  for (int i = 0; i < 40; ++i) {
    ec2.consoles.emplace_back("by the console");
  }
  boot::Listener listener(ec2, &s3, k_folder);
  std::set<std::string> heard;
  for (int look = 1; look <= 3; ++look) {
    const boot::Said said = listener.listen(machines(30), {});
    CHECK(asked(ec2).size() == static_cast<std::size_t>(10 * look));
    CHECK(said.texts.size() == 11);
    for (const auto& [id, text] : said.texts) {
      heard.insert(id);
    }
  }
  CHECK(heard.size() == 30);
}

TEST_CASE("boot::Listener takes a console for a store that cannot be asked, and says what is left")
{
  test::FakeEc2 ec2;
  test::FakeS3 s3;
  s3.refused["get"] = test::s3_failure(aws::ErrorClass::transient, "SlowDown", 503);
  for (int i = 0; i < 20; ++i) {
    ec2.consoles.emplace_back("by the console");
  }
  boot::Listener listener(ec2, &s3, k_folder);
  CHECK(!listener.listen(machines(10), {}).unheard);
  const boot::Said said = listener.listen(machines(12), {});
  CHECK(said.texts.size() == 10);
  REQUIRE(said.unheard);
  CHECK(said.unheard->error.error_class == aws::ErrorClass::transient);
}

TEST_CASE("boot::Listener without a store reads the consoles of a thousand in ten looks")
{
  test::FakeEc2 ec2;
  for (int i = 0; i < 1000; ++i) {
    ec2.consoles.emplace_back("said");
  }
  boot::Listener listener(ec2, nullptr, {});
  std::set<std::string> heard;
  for (int look = 0; look < 10; ++look) {
    for (const auto& [id, text] : listener.listen(machines(1000), {}).texts) {
      heard.insert(id);
    }
  }
  CHECK(heard.size() == 1000);
}
