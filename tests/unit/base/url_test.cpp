#include "base/url.hpp"

#include <doctest/doctest.h>

using namespace flame;

TEST_CASE("base: a URL comes apart")
{
  const auto url = split_url("HTTPS://Example.COM:8443/a//b%20c?x=1&y#frag?ment");
  REQUIRE(url);
  CHECK(url->scheme == "https");
  CHECK(url->host == "example.com");
  CHECK(url->port == 8443);
  CHECK(url->path == "/a//b%20c");
  CHECK(url->query == "x=1&y");
  CHECK(url->fragment == "frag?ment");
  CHECK(!url->has_user_info);
}

TEST_CASE("base: a URL may end early")
{
  CHECK(split_url("http://h")->path.empty());
  CHECK(split_url("http://h?q")->query == "q");
  CHECK(split_url("http://h#f")->fragment == "f");
  CHECK(split_url("http://h:")->port == std::nullopt);
}

TEST_CASE("base: the port of the scheme is not part of the authority")
{
  CHECK(authority_of(*split_url("https://h:443/")) == "h");
  CHECK(authority_of(*split_url("http://h:80/")) == "h");
  CHECK(authority_of(*split_url("http://h:443/")) == "h:443");
  CHECK(authority_of(*split_url("http://[2001:DB8::1]:8080/")) == "[2001:db8::1]:8080");
  CHECK(authority_of(*split_url("http://[::1]/")) == "[::1]");
}

TEST_CASE("base: user and password are noticed and dropped")
{
  const auto url = split_url("https://user:pass@word@host/");
  REQUIRE(url);
  CHECK(url->has_user_info);
  CHECK(url->host == "host");
}

TEST_CASE("base: what is no URL is refused")
{
  for (const char* text :
       {"", "host", "://host", "1s://host", "http://", "http:///path", "http://:80", "http://h:0",
        "http://h:65536", "http://h:8a", "http://h:-1", "http://[::1", "http://[::1]x",
        "http://a b/", "http://a\tb", "http://a\\b/"}) {
    CAPTURE(text);
    CHECK(!split_url(text));
  }
}
