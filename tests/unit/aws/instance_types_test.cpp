#include "aws/instance_types.hpp"

#include <doctest/doctest.h>

using flame::aws::has_live_console;

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
