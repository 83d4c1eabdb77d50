#include "aws/public_images.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace flame::aws;

TEST_CASE("aws: the table of public images holds together")
{
  std::set<std::string_view> names;
  std::set<std::string> parameters;
  for (const PublicImage& image : public_images()) {
    CAPTURE(image.name);
    CHECK(names.insert(image.name).second);
    CHECK(find_public_image(image.name) == &image);
    for (const char* architecture : {"x86_64", "arm64"}) {
      const std::string parameter = parameter_of(image, architecture);
      CHECK(parameter.starts_with("/aws/service/"));
      CHECK(parameter.find('{') == std::string::npos);
      CHECK(parameters.insert(parameter).second);
    }
  }
  CHECK(find_public_image("debian") == nullptr);
}

TEST_CASE("aws: a type's name says its architecture")
{
  for (const char* type :
       {"t4g.nano", "m6g.large", "m7gd.metal", "c7gn.xlarge", "x2gd.large", "im4gn.large",
        "is4gen.large", "g5g.xlarge", "hpc7g.4xlarge", "a1.medium", "r8gb.large", "i8ge.large"}) {
    CAPTURE(type);
    CHECK(architecture_of(type) == "arm64");
  }
  for (const char* type :
       {"t3.nano", "t3a.nano", "t2.micro", "m7i-flex.large", "g4dn.xlarge", "g6.xlarge",
        "gr6.4xlarge", "p5en.48xlarge", "x2iedn.large", "u-6tb1.metal", "inf2.xlarge",
        "d3en.xlarge", "c5n.large", "", "nonsense"}) {
    CAPTURE(type);
    CHECK(architecture_of(type) == "x86_64");
  }
}
