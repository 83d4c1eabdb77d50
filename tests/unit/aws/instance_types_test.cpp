#include "aws/instance_types.hpp"

#include <doctest/doctest.h>

using flame::aws::has_live_console;
using flame::aws::nearest_type;
using flame::aws::vcpus_of;

TEST_CASE("aws::has_live_console: types on Nitro, and whatever is not known to be older")
{
  for (const char* type : {"t3.nano", "t4g.nano", "m5.large", "c7g.medium", "p3dn.24xlarge",
                           "i3en.large", "i3.metal", "x2idn.16xlarge", "x9.new", ""}) {
    CAPTURE(type);
    CHECK(has_live_console(type));
  }
  for (const char* type :
       {"t2.micro", "m4.large", "i3.large", "p3.2xlarge", "x1e.xlarge", "t1.micro"}) {
    CAPTURE(type);
    CHECK(!has_live_console(type));
  }
}

TEST_CASE("aws::vcpus_of: by the size, and what a size alone does not say in bounds")
{
  struct Row {
    const char* type;
    int vcpus;
  };
  for (const Row& row : {Row{"t3.nano", 2},
                         {"t2.nano", 1},
                         {"t2.medium", 2},
                         {"m7g.medium", 1},
                         {"m7i.large", 2},
                         {"r7i.xlarge", 4},
                         {"c7i.48xlarge", 192},
                         {"m7i.metal-24xl", 96},
                         {"u-6tb1.112xlarge", 448}}) {
    CAPTURE(row.type);
    CHECK(vcpus_of(row.type).least == row.vcpus);
    CHECK(vcpus_of(row.type).most == row.vcpus);
  }
  for (const char* type : {"m5.metal", "x9.tiny", "", "m5", "m5.99999999999999xlarge"}) {
    CAPTURE(type);
    CHECK(vcpus_of(type).least < vcpus_of(type).most);
  }
}

TEST_CASE("aws::nearest_type: of a size that is none")
{
  CHECK(nearest_type("t3.nanoo") == "t3.nano");
  CHECK(nearest_type("m7i.metl") == "m7i.metal");
  CHECK(nearest_type("m7i.2xlareg") == "m7i.2xlarge");
  for (const char* type : {"t3.nano", "m7i.7xlarge", "t3.gigantic", "t3", ""}) {
    CAPTURE(type);
    CHECK(nearest_type(type).empty());
  }
}
