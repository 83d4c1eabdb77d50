#include "aws/profile_file.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::aws;

namespace {

ProfileFile config(std::string_view text)
{
  const auto file = parse_profile_file(text, ProfileFileKind::config, "~/.aws/config");
  REQUIRE(file);
  return *file;
}

ProfileFile credentials(std::string_view text)
{
  const auto file = parse_profile_file(text, ProfileFileKind::credentials, "~/.aws/credentials");
  REQUIRE(file);
  return *file;
}

// Properties of the profile "p".
Properties profile(std::string_view lines)
{
  ProfileFile file = config("[profile p]\n" + std::string(lines));
  CHECK(file.profiles.size() == 1);
  return file.profiles["p"];
}

std::string mistake(std::string_view text)
{
  const auto file = parse_profile_file(text, ProfileFileKind::config, "~/.aws/config");
  REQUIRE(!file);
  CHECK(file.error().kind == ErrorKind::config);
  CHECK(!file.error().hint.empty());
  return file.error().message;
}

} // namespace

TEST_CASE("aws: profiles have a prefix in the config file and none in the credentials file")
{
  const ProfileFile file = config("[profile dev]\nregion = eu-west-1\n[default]\nregion=us-east-1\n"
                                  "[prod]\nregion = x\n[profilex]\na=b\n[profile]\na=b\n[]\na=b\n");
  CHECK(file.profiles.size() == 2);
  CHECK(file.profiles.at("dev") == Properties{{"region", "eu-west-1"}});
  CHECK(file.profiles.at("default") == Properties{{"region", "us-east-1"}});

  const ProfileFile keys = credentials("[dev]\naws_access_key_id = AKID\n[profile prod]\na = b\n"
                                       "[sso-session s]\na = b\n");
  CHECK(keys.profiles.size() == 1);
  CHECK(keys.profiles.at("dev") == Properties{{"aws_access_key_id", "AKID"}});
  CHECK(keys.sso_sessions.empty());
}

TEST_CASE("aws: [profile default] beats [default], in either order")
{
  for (const char* text : {"[default]\na=1\nb=1\n[profile default]\na=2\n",
                           "[profile default]\na=2\n[default]\na=1\nb=1\n"}) {
    CHECK(config(text).profiles.at("default") == Properties{{"a", "2"}});
  }
  CHECK(config("[profile default]\na=1\n[profile default]\nb=2\n").profiles.at("default")
        == Properties{{"a", "1"}, {"b", "2"}});
}

TEST_CASE("aws: other sections of the config file are kept apart")
{
  const ProfileFile file =
    config("[sso-session s]\nsso_region = r\n[services local]\nec2 =\n  endpoint_url = "
           "http://localhost:4566\ns3 =\n\tENDPOINT_URL = http://localhost:9000\n");
  CHECK(file.profiles.empty());
  CHECK(file.sso_sessions.at("s").at("sso_region") == "r");
  CHECK(file.services.at("local").at("ec2.endpoint_url") == "http://localhost:4566");
  CHECK(file.services.at("local").at("s3.endpoint_url") == "http://localhost:9000");
}

TEST_CASE("aws: blanks around names, and tabs, do not matter")
{
  CHECK(config("[ profile\t dev ]\na=b").profiles.at("dev").at("a") == "b");
  CHECK(config("[profile dev] # comment\na=b").profiles.at("dev").at("a") == "b");
  CHECK(config("[profile dev];comment\na=b").profiles.at("dev").at("a") == "b");
  CHECK(config("[profile \"a b\"]\na=b").profiles.at("a b").at("a") == "b");
  CHECK(config("[profile a-_/.%@:+9]\na=b").profiles.count("a-_/.%@:+9") == 1);
}

TEST_CASE("aws: sections with names that no profile has are ignored with all they hold")
{
  CHECK(config("[profile a b]\nx=y\n z\n[profile a$]\nx=y\ns =\n k = v\n").profiles.empty());
}

TEST_CASE("aws: values keep what is theirs")
{
  CHECK(profile("KEY  =  value \t\n") == Properties{{"key", "value"}});
  CHECK(profile("a=b=c==\n") == Properties{{"a", "b=c=="}});
  CHECK(profile("a=\n") == Properties{{"a", ""}});
  CHECK(profile("a = wJalr/K7+x#y;z\n") == Properties{{"a", "wJalr/K7+x#y;z"}});
  CHECK(profile("a = b # comment\n") == Properties{{"a", "b"}});
  CHECK(profile("a = b\t; comment\n") == Properties{{"a", "b"}});
  CHECK(profile("a = # comment\n") == Properties{{"a", ""}});
  CHECK(profile("a = b") == Properties{{"a", "b"}}); // no line end
  CHECK(profile("in valid = b\n").empty());
}

TEST_CASE("aws: comments, blank lines, CRLF and a byte order mark are skipped")
{
  CHECK(config("\xEF\xBB\xBF# c\r\n; c\r\n\r\n  \t\r\n[profile p]\r\n#a=1\r\na = b\r\n")
          .profiles.at("p")
        == Properties{{"a", "b"}});
  CHECK(config("").profiles.empty());
}

TEST_CASE("aws: indented lines go on with the value, or hold properties of an empty one")
{
  CHECK(profile("a = b\n  c # kept\n\n\td = e\n") == Properties{{"a", "b\nc # kept\nd = e"}});
  CHECK(profile("s3 =\n  addressing_style = path\n  x = \nregion = r\n")
        == Properties{{"s3", ""}, {"s3.addressing_style", "path"}, {"s3.x", ""}, {"region", "r"}});
  CHECK(profile("in valid = b\n  c\n").empty());
}

TEST_CASE("aws: what comes twice is merged, the last one wins")
{
  CHECK(config("[profile p]\na=1\nb=1\n[profile q]\n[profile p]\na=2\n").profiles.at("p")
        == Properties{{"a", "2"}, {"b", "1"}});
  CHECK(profile("a=1\na=2\n") == Properties{{"a", "2"}});
}

TEST_CASE("aws: the credentials file wins over the config file")
{
  const ProfileFile both = merge(config("[profile p]\na=1\nb=1\n[sso-session s]\nx=y\n"),
                                 credentials("[p]\na=2\n[q]\nc=3\n"));
  CHECK(both.profiles.at("p") == Properties{{"a", "2"}, {"b", "1"}});
  CHECK(both.profiles.at("q") == Properties{{"c", "3"}});
  CHECK(both.sso_sessions.at("s").at("x") == "y");
}

TEST_CASE("aws: a mistake is named with file and line, and never with a value")
{
  CHECK(mistake("\nkey = secret\n") == "~/.aws/config, line 2, stands before the first section");
  CHECK(mistake("[profile p]\nsecret\n")
        == "~/.aws/config, line 2, is not of the form name = value");
  CHECK(mistake("[profile p]\n = secret\n")
        == "~/.aws/config, line 2, is indented, and no property is above it");
  CHECK(mistake("[profile p]\n= secret\n")
        == "~/.aws/config, line 2, is not of the form name = value");
  CHECK(mistake("[profile p\n")
        == "~/.aws/config, line 1, opens a section with [ and does not close it");
  CHECK(mistake("[profile p] secret\n")
        == "~/.aws/config, line 1, opens a section with [ and does not close it");
  CHECK(mistake("[profile p]\ns3 =\n  secret\n")
        == "~/.aws/config, line 3, is not of the form name = value");
  CHECK(mistake("  secret\n") == "~/.aws/config, line 1, is indented, and no property is above it");
  CHECK(mistake("[ignored section]\nsecret\n")
        == "~/.aws/config, line 2, is not of the form name = value");
}
