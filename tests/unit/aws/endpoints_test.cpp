#include "aws/endpoints.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::aws;

TEST_CASE("aws: regions of every partition are taken, new ones too")
{
  for (const char* region : {"us-east-1", "us-gov-west-1", "cn-northwest-1", "eusc-de-east-1",
                             "us-isob-east-1", "ap-southeast-12", "xx-somewhere-9"}) {
    CAPTURE(region);
    CHECK(check_region(region));
  }
}

TEST_CASE("aws: what is no region is refused, and the nearest one offered")
{
  struct Row {
    const char* region;
    const char* hint;
  };
  for (const auto& [region, hint] :
       {Row{"us_east_1", "did you mean us-east-1?"}, Row{"us-east-1a", "did you mean us-east-1?"},
        Row{"EU-WEST-1", "did you mean eu-west-1?"}, Row{"eu-west1", "did you mean eu-west-1?"},
        Row{"us-east-1 ", "did you mean us-east-1?"},
        Row{"-", "regions have names like us-east-1 or eu-central-1"},
        Row{"evil.example/x?-1", "regions have names like us-east-1 or eu-central-1"}}) {
    CAPTURE(region);
    const auto checked = check_region(region);
    REQUIRE(!checked);
    CHECK(checked.error().kind == ErrorKind::config);
    CHECK(checked.error().message == "\"" + std::string(region) + "\" is not a region");
    CHECK(checked.error().hint == hint);
  }
  CHECK(check_region("").error().message == "the region is empty");
  // Neither fills the terminal nor moves its cursor.
  CHECK(check_region("us-" + std::string(60, 'a') + "-1").error().message
        == "the region is not a region");
  CHECK(check_region("us-east-1\x1b[2J").error().message == "the region is not a region");
}

TEST_CASE("aws: a region has its partition, and its endpoints their own suffix")
{
  CHECK(partition_of("eu-west-1").name == "aws");
  CHECK(partition_of("cn-north-1").name == "aws-cn");
  CHECK(partition_of("us-gov-east-1").name == "aws-us-gov");
  CHECK(partition_of("eusc-de-east-1").name == "aws-eusc");
  CHECK(partition_of("us-iso-east-1").name == "aws-iso");
  CHECK(partition_of("us-isob-east-1").name == "aws-iso-b");
  CHECK(partition_of("eu-isoe-west-1").name == "aws-iso-e");
  CHECK(partition_of("us-isof-south-1").name == "aws-iso-f");
  CHECK(partition_of("new-place-1").name == "aws");

  CHECK(url_of(service_endpoint("ec2", "us-east-1")) == "https://ec2.us-east-1.amazonaws.com");
  CHECK(url_of(service_endpoint("sts", "cn-north-1")) == "https://sts.cn-north-1.amazonaws.com.cn");
  CHECK(url_of(service_endpoint("ssm", "eusc-de-east-1"))
        == "https://ssm.eusc-de-east-1.amazonaws.eu");
  CHECK(url_of(service_endpoint("s3", "us-gov-west-1"))
        == "https://s3.us-gov-west-1.amazonaws.com");
}

TEST_CASE("aws: an endpoint is read, and written the same")
{
  CHECK(url_of(*parse_endpoint("https://ec2.example.com", false)) == "https://ec2.example.com");
  CHECK(url_of(*parse_endpoint("https://ec2.example.com:443/", false))
        == "https://ec2.example.com");
  CHECK(url_of(*parse_endpoint("HTTP://LOCALHOST:4566/a/b//", false))
        == "http://localhost:4566/a/b");
  CHECK(url_of(*parse_endpoint("https://[2001:db8::1]:8443", false))
        == "https://[2001:db8::1]:8443");
}

TEST_CASE("aws: plain http stays on this machine and its link")
{
  for (const char* url : {"http://127.0.0.1:4566", "http://127.8.9.1", "http://localhost:80",
                          "http://s3.localhost", "http://[::1]:4566", "http://169.254.169.254",
                          "http://[fe80::1]", "http://[fd00:ec2::254]"}) {
    CAPTURE(url);
    CHECK(parse_endpoint(url, false));
  }
  for (const char* url :
       {"http://ec2.example.com", "http://10.0.0.1", "http://128.0.0.1", "http://127.1",
        "http://2130706433", "http://0.0.0.0", "http://169.253.0.1", "http://127.0.0.1.example.com",
        "http://localhost.example.com", "http://notlocalhost", "http://[::ffff:10.0.0.1]",
        "http://[fec0::1]", "http://[fd00::1]"}) {
    CAPTURE(url);
    const auto refused = parse_endpoint(url, false);
    REQUIRE(!refused);
    CHECK(refused.error().kind == ErrorKind::config);
    CHECK(refused.error().message
          == "the endpoint URL \"" + std::string(url)
               + "\" uses plain http to a host that is not this machine");
    CHECK(refused.error().hint.find("--allow-http") != std::string::npos);
    CHECK(parse_endpoint(url, true));
  }
}

TEST_CASE("aws: an endpoint that is none says why")
{
  struct Row {
    const char* url;
    const char* message;
  };
  for (const auto& [url, message] :
       {Row{"", "the endpoint URL \"\" is not a URL with a scheme and a host"},
        Row{"localhost:4566",
            "the endpoint URL \"localhost:4566\" is not a URL with a scheme and a host"},
        Row{"https://", "the endpoint URL \"https://\" is not a URL with a scheme and a host"},
        Row{"https://h:99999",
            "the endpoint URL \"https://h:99999\" is not a URL with a scheme and a host"},
        Row{"ftp://h", "the endpoint URL \"ftp://h\" begins with neither https:// nor http://"},
        Row{"https://h?X-Amz-Signature=1", "the endpoint URL has a query or a fragment"},
        Row{"https://h\x1b[2J/", "the endpoint URL is not a URL with a scheme and a host"},
        Row{"https://h#", "the endpoint URL has a query or a fragment"},
        Row{"https://h/a b", "the endpoint URL \"https://h/a b\" has a path with blanks or letters "
                             "that need escaping"},
        Row{"https://a..b",
            "the endpoint URL \"https://a..b\" has a host that is no name and no address"},
        Row{"https://[1::2::3]",
            "the endpoint URL \"https://[1::2::3]\" has a host that is no name and no address"},
        Row{"https://h%41",
            "the endpoint URL \"https://h%41\" has a host that is no name and no address"},
        Row{"https://user:hunter2@h",
            "the endpoint URL has a user name; requests are signed, not logged in"}}) {
    CAPTURE(url);
    const auto refused = parse_endpoint(url, true);
    REQUIRE(!refused);
    CHECK(refused.error().kind == ErrorKind::config);
    CHECK(refused.error().message == message);
    CHECK(!refused.error().hint.empty());
  }
}

TEST_CASE("aws: addresses and loopback names are told from others")
{
  CHECK(is_address_or_loopback("127.0.0.1:4566"));
  CHECK(is_address_or_loopback("10.1.2.3"));
  CHECK(is_address_or_loopback("[2001:db8::1]:80"));
  CHECK(is_address_or_loopback("localhost:9000"));
  CHECK(!is_address_or_loopback("s3.eu-west-1.amazonaws.com"));
  CHECK(!is_address_or_loopback("minio:9000"));
}

TEST_CASE("aws: FIPS and dual-stack endpoints are AWS's own")
{
  EndpointQuery query{.service = "ec2", .region = "eu-west-1", .variant = {.fips = true}};
  CHECK(url_of(*find_endpoint(query)) == "https://ec2-fips.eu-west-1.amazonaws.com");
  query.variant.dual_stack = true;
  CHECK(url_of(*find_endpoint(query)) == "https://ec2-fips.eu-west-1.api.aws");
  query.custom = "https://vpce-1.ec2.eu-west-1.vpce.amazonaws.com";
  const auto refused = find_endpoint(query);
  REQUIRE(!refused);
  CHECK(refused.error().kind == ErrorKind::config);
  CHECK(refused.error().message
        == "a FIPS endpoint of AWS is asked for, and ec2 has an endpoint of its own");
  CHECK(refused.error().hint.find("AWS_USE_FIPS_ENDPOINT") != std::string::npos);
  query.variant.fips = false;
  CHECK(find_endpoint(query).error().message.starts_with("a dual-stack endpoint"));
  query.variant = {};
  CHECK(url_of(*find_endpoint(query)) == query.custom);
}

TEST_CASE("aws: the old global endpoint of STS is signed for us-east-1")
{
  const Endpoint old = service_endpoint("sts", "eu-west-1", {.global_sts = true});
  CHECK(url_of(old) == "https://sts.amazonaws.com");
  CHECK(old.signing_region == "us-east-1");
  CHECK(service_endpoint("sts", "eu-south-1", {.global_sts = true}).host
        == "sts.eu-south-1.amazonaws.com");
  CHECK(service_endpoint("ec2", "eu-west-1", {.global_sts = true}).host
        == "ec2.eu-west-1.amazonaws.com");
}
