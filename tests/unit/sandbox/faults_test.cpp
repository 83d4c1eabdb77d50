#include "sandbox/faults.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::sandbox;

namespace {

Fault fault(std::string_view spec)
{
  const Result<Fault> parsed = parse_fault(spec);
  REQUIRE_MESSAGE(parsed.has_value(), std::string(spec));
  return *parsed;
}

std::string struck(FaultBook& book, std::string_view action, const Params& params = {})
{
  const Trouble trouble = book.strike(action, params);
  return trouble.fault ? trouble.fault->spec : "";
}

} // namespace

TEST_CASE("sandbox: faults are read from ACTION[CONDITIONS]:WHAT and a count")
{
  CHECK(fault("RunInstances:InsufficientInstanceCapacity").code == "InsufficientInstanceCapacity");
  CHECK(fault("RunInstances:InvalidAMIID.NotFound=2").first == 2);
  CHECK(fault("DescribeInstances:503=2").status == 503);
  CHECK(fault("DescribeInstances:503=2").first == 2);
  CHECK(fault("RunInstances:delay=3s").duration == std::chrono::seconds(3));
  CHECK(fault("RunInstances:delay=3s=4").first == 4);
  CHECK(fault("RunInstances:lost-after@3").only == 3);
  CHECK(fault("RunInstances:lost-after@3+").from == 3);
  CHECK(fault("RunInstances:lost-after@3").kind == FaultKind::lost_after);
  CHECK(fault("GetObject:huge=200MB").size == 200'000'000);
  CHECK(fault("machine:power-off=2s").kind == FaultKind::power_off);
  const Fault one = fault("RunInstances[InstanceType=m7g.large,SubnetId=*]:hang");
  CHECK(one.action == "RunInstances");
  CHECK(one.conditions == Params{{"InstanceType", "m7g.large"}, {"SubnetId", "*"}});
  CHECK(fault("RunInstances[TagSpecification.1.Tag.1.Value=a:b]:html").conditions.size() == 1);
}

TEST_CASE("sandbox: a fault that says nothing is a usage error that names it")
{
  for (const char* spec :
       {"", "RunInstances", "RunInstances:", ":hang", "RunInstances:hang=x", "RunInstances:hang=0",
        "RunInstances:delay", "RunInstances:delay=3", "RunInstances:huge=3s", "RunInstances:99",
        "RunInstances:huge=99999999999GB", "RunInstances:no-such-thing", "RunInstances:hang@",
        "RunInstances:hang@0", "RunInstances:hang@+", "RunInstances:hang=1@1", "RunInstances[:hang",
        "RunInstances[InstanceType]:hang", "RunInstances[=x]:hang"}) {
    CAPTURE(spec);
    const Result<Fault> parsed = parse_fault(spec);
    REQUIRE(!parsed);
    CHECK(parsed.error().kind == ErrorKind::usage);
    CHECK(parsed.error().message.find(spec) != std::string::npos);
  }
}

TEST_CASE("sandbox: a fault strikes so often as it says")
{
  FaultBook book;
  SUBCASE("each time")
  {
    book.add(fault("RunInstances:hang"));
    CHECK(struck(book, "RunInstances") == "RunInstances:hang");
    CHECK(struck(book, "RunInstances") == "RunInstances:hang");
    CHECK(struck(book, "DescribeInstances").empty());
  }
  SUBCASE("the first times")
  {
    book.add(fault("RunInstances:hang=2"));
    CHECK(!struck(book, "RunInstances").empty());
    CHECK(!struck(book, "RunInstances").empty());
    CHECK(struck(book, "RunInstances").empty());
  }
  SUBCASE("one time only")
  {
    book.add(fault("RunInstances:hang@2"));
    CHECK(struck(book, "RunInstances").empty());
    CHECK(!struck(book, "RunInstances").empty());
    CHECK(struck(book, "RunInstances").empty());
  }
  SUBCASE("from some time on")
  {
    book.add(fault("RunInstances:hang@2+"));
    CHECK(struck(book, "RunInstances").empty());
    CHECK(!struck(book, "RunInstances").empty());
    CHECK(!struck(book, "RunInstances").empty());
  }
  SUBCASE("one after the other, in the order given")
  {
    book.add(fault("RunInstances:hang=1"));
    book.add(fault("RunInstances:html=1"));
    CHECK(struck(book, "RunInstances") == "RunInstances:hang=1");
    CHECK(struck(book, "RunInstances") == "RunInstances:html=1");
    CHECK(struck(book, "RunInstances").empty());
  }
  SUBCASE("never again once they are cleared")
  {
    book.add(fault("RunInstances:hang"));
    book.clear();
    CHECK(struck(book, "RunInstances").empty());
  }
}

TEST_CASE("sandbox: conditions look at the request")
{
  FaultBook book;
  book.add(fault("RunInstances[InstanceType=m7*]:hang=1"));
  CHECK(struck(book, "RunInstances", {{"InstanceType", "c5.large"}}).empty());
  CHECK(struck(book, "RunInstances").empty());
  CHECK(!struck(book, "RunInstances", {{"InstanceType", "m7g.large"}}).empty());
  CHECK(struck(book, "RunInstances", {{"InstanceType", "m7g.large"}}).empty());
}

TEST_CASE("sandbox: \"*\" is any request, but no machine")
{
  FaultBook book;
  book.add(fault("*:500"));
  CHECK(!struck(book, "GetObject").empty());
  CHECK(struck(book, "machine").empty());
}

TEST_CASE("sandbox: delays add up and go with another fault")
{
  FaultBook book;
  book.add(fault("RunInstances:delay=2s"));
  book.add(fault("RunInstances:lost-after"));
  book.add(fault("RunInstances:delay=1s"));
  const Trouble trouble = book.strike("RunInstances", {});
  CHECK(trouble.delay == std::chrono::seconds(3));
  REQUIRE(trouble.fault);
  CHECK(trouble.fault->kind == FaultKind::lost_after);
}

TEST_CASE("sandbox: wildcards")
{
  CHECK(matches_wildcard("*", ""));
  CHECK(matches_wildcard("a*c", "abbbc"));
  CHECK(matches_wildcard("a?c", "abc"));
  CHECK(!matches_wildcard("a?c", "ac"));
  CHECK(!matches_wildcard("", "a"));
  CHECK(!matches_wildcard("a", "A"));
  CHECK(matches_wildcard("a\\*", "a*"));
  CHECK(!matches_wildcard("a\\*", "ab"));
  CHECK(matches_wildcard("*.large", "m5.large"));
}

TEST_CASE("sandbox: the help names every fault")
{
  for (const char* word : {"delay", "lost-before", "lost-after", "hang", "html", "garbage",
                           "redirect", "truncated", "cut-xml", "dribble", "huge", "power-off"}) {
    CAPTURE(word);
    CHECK(fault_help().find(word) != std::string::npos);
  }
}
