#include "base/ip_address.hpp"

#include <doctest/doctest.h>

using namespace flame;

TEST_CASE("base: addresses are read strictly")
{
  CHECK(parse_ipv4("10.0.0.7") == Ipv4{10, 0, 0, 7});
  for (const char* text : {"", "127.1", "10.0.0", "10.0.0.256", "10.0.0.7 ", "0x7f.0.0.1", "::1"}) {
    CAPTURE(text);
    CHECK(!parse_ipv4(text));
  }
  CHECK(!parse_ipv4(std::string_view("10.0.0.7\0", 9)));
  CHECK(parse_ipv6("::1"));
  CHECK(parse_ipv6("fd00:ec2::254"));
  CHECK(!parse_ipv6("[::1]"));
  CHECK(!parse_ipv6("10.0.0.7"));
}

TEST_CASE("base: what is the loopback interface's")
{
  CHECK(is_loopback(*parse_ipv4("127.0.0.1")));
  CHECK(is_loopback(*parse_ipv4("127.9.9.9")));
  CHECK(!is_loopback(*parse_ipv4("10.127.0.1")));
  CHECK(is_loopback(*parse_ipv6("::1")));
  CHECK(!is_loopback(*parse_ipv6("::2")));
  CHECK(is_loopback_name("localhost"));
  CHECK(is_loopback_name("a.localhost"));
  CHECK(!is_loopback_name("notlocalhost"));
}
