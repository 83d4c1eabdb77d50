#include "boot/refusals.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::boot;
using aws::ErrorClass;

namespace {

Candidate in_zone(const char* type, const char* subnet, const char* market, const char* zone)
{
  return {.instance_type = type, .subnet_id = subnet, .market = market, .zone = zone};
}

// The one that was tried: subnets a and a2 are of zone a.
const Candidate k_tried = in_zone("t3.nano", "subnet-a", "spot", "a");

struct Row {
  ErrorClass error_class;
  const char* code;
  Candidate other;
  bool ruled_out;
};

void check(const Row& row, const Candidate& tried = k_tried)
{
  CAPTURE(row.code);
  CAPTURE(describe(row.other));
  CHECK(is_ruled_out(row.other, {tried, row.error_class, row.code}) == row.ruled_out);
}

} // namespace

TEST_CASE(
  "refusals: a want of room is of a type, a market and a zone, whose other subnets share it")
{
  const char* const code = "InsufficientInstanceCapacity";
  const ErrorClass capacity = ErrorClass::capacity;
  check({capacity, code, in_zone("t3.nano", "subnet-a2", "spot", "a"), true});
  check({capacity, "Server.InsufficientInstanceCapacity",
         in_zone("t3.nano", "subnet-a2", "spot", "a"), true});
  check({capacity, "SpotMaxPriceTooLow", in_zone("t3.nano", "subnet-a2", "spot", "a"), true});
  check({capacity, code, in_zone("t3.nano", "subnet-b", "spot", "b"), false});
  check({capacity, code, in_zone("t3.nano", "subnet-a", "", "a"), false});
  check({capacity, code, in_zone("t3.nano", "subnet-a2", "on-demand", "a"), false});
  check({capacity, code, in_zone("m7i.large", "subnet-a", "spot", "a"), false});
  // Two whose zones are not known may be in any.
  check({capacity, code, in_zone("t3.nano", "subnet-x", "spot", ""), false},
        in_zone("t3.nano", "subnet-a", "spot", ""));
  // It gave some: the rest may be for want of addresses or quota.
  check({capacity, "", in_zone("t3.nano", "subnet-a2", "spot", "a"), false});
  // Taken back by EC2, which had room for it.
  check({capacity, "Server.SpotInstanceTermination", in_zone("t3.nano", "subnet-a2", "spot", "a"),
         false});
  check({capacity, "InsufficientVolumeCapacity", in_zone("m7i.large", "subnet-a2", "", "a"), true});
  check(
    {capacity, "InsufficientVolumeCapacity", in_zone("t3.nano", "subnet-b", "spot", "b"), false});
}

TEST_CASE("refusals: what a zone does not have for one market may be had for the other")
{
  const ErrorClass unsupported = ErrorClass::unsupported;
  check({unsupported, "Unsupported", in_zone("t3.nano", "subnet-a2", "spot", "a"), true});
  check({unsupported, "Unsupported", in_zone("t3.nano", "subnet-a", "on-demand", "a"), false});
  check({unsupported, "Unsupported", in_zone("t3.nano", "subnet-b", "spot", "b"), false});
  check({unsupported, "Unsupported", in_zone("m7i.large", "subnet-a", "spot", "a"), false});
}

TEST_CASE("refusals: a type that there is not is asked for nowhere else")
{
  const ErrorClass no_type = ErrorClass::no_type;
  const char* const code = "InvalidParameterValue";
  check({no_type, code, in_zone("t3.nano", "subnet-b", "on-demand", "b"), true});
  check({no_type, code, in_zone("t3.small", "subnet-a", "spot", "a"), false});
}

TEST_CASE("refusals: a full subnet is full for each type")
{
  const ErrorClass addresses = ErrorClass::addresses;
  const char* const code = "InsufficientFreeAddressesInSubnet";
  check({addresses, code, in_zone("m7i.large", "subnet-a", "", "a"), true});
  check({addresses, code, in_zone("t3.nano", "subnet-a2", "spot", "a"), false});
}

TEST_CASE("refusals: a quota is of a group of families and a market, and a smaller type may fit it")
{
  const ErrorClass quota = ErrorClass::quota;
  const char* const spot = "MaxSpotInstanceCountExceeded";
  check({quota, spot, in_zone("m7i.large", "subnet-b", "spot", "b"), true});
  check({quota, spot, in_zone("t3.nano", "subnet-b", "spot", "b"), true});
  check({quota, spot, in_zone("c7i.metal", "subnet-b", "spot", "b"), true});
  check({quota, spot, in_zone("g5.xlarge", "subnet-b", "spot", "b"), false});
  check({quota, spot, in_zone("t3.nano", "subnet-a", "on-demand", "a"), false});
  check({quota, spot, in_zone("t2.nano", "subnet-a", "spot", "a"), false}); // one vCPU, not two
  const Candidate large = in_zone("m7i.4xlarge", "subnet-a", "on-demand", "a");
  const char* const vcpus = "VcpuLimitExceeded";
  check({quota, vcpus, in_zone("r7i.4xlarge", "subnet-a", "", "a"), true}, large);
  check({quota, vcpus, in_zone("m7i.8xlarge", "subnet-a", "", "a"), true}, large);
  check({quota, vcpus, in_zone("m7i.xlarge", "subnet-a", "", "a"), false}, large);
  check({quota, vcpus, in_zone("a1.metal", "subnet-a", "", "a"), true}, large);
  check({quota, vcpus, in_zone("m9.tiny", "subnet-a", "", "a"), false}, large);
  // The template's type, in another subnet.
  check({quota, vcpus, in_zone("", "subnet-b", "", "b"), true}, in_zone("", "subnet-a", "", "a"));
}

TEST_CASE("refusals: what is of the account or of all spot machines rules out more than the type")
{
  check(
    {ErrorClass::quota, "VolumeLimitExceeded", in_zone("g5.xlarge", "subnet-b", "", "b"), true});
  check({ErrorClass::quota, "Client.VolumeLimitExceeded", in_zone("g5.xlarge", "subnet-b", "", "b"),
         true});
  const char* const role = "AuthFailure.ServiceLinkedRoleCreationNotPermitted";
  check({ErrorClass::capacity, role, in_zone("g5.xlarge", "subnet-b", "spot", "b"), true});
  check({ErrorClass::capacity, role, in_zone("t3.nano", "subnet-a", "", "a"), false});
}

TEST_CASE("refusals: EC2's groups of types that share a quota")
{
  for (const char* standard :
       {"a1.large", "c7gn.large", "im4gn.large", "is4gen.large", "t4g.nano"}) {
    CAPTURE(standard);
    CHECK(quota_of(standard) == "Standard");
  }
  CHECK(quota_of("g5.xlarge") == quota_of("vt1.3xlarge"));
  CHECK(quota_of("u-6tb1.112xlarge") == quota_of("u7i-12tb.224xlarge"));
  CHECK(quota_of("p5.48xlarge") != quota_of("g5.xlarge"));
  CHECK(quota_of("inf2.xlarge") != quota_of("i4i.large"));
  CHECK(quota_of("mac2.metal") == "mac");
}

TEST_CASE("refusals: the hint names the quota of the type and the market")
{
  const auto hint = [](const char* type, const char* market) {
    return hint_for({.instance_type = type, .market = market}, ErrorClass::quota,
                    "VcpuLimitExceeded");
  };
  CHECK(hint("t3.nano", "")
        == "ask for a higher quota in the Service Quotas console (L-1216C47A: vCPUs of Standard "
           "on-demand machines); another family of types, and spot, have their own");
  CHECK(hint("t3.nano", "spot").find("(L-34B43A08: vCPUs of Standard spot machines)")
        != std::string::npos);
  CHECK(hint("g4dn.xlarge", "on-demand").find("(L-DB2E81BA: vCPUs of G and VT on-demand machines)")
        != std::string::npos);
  CHECK(hint("g4dn.xlarge", "spot").find("(L-3819A6DF: ") != std::string::npos);
  CHECK(hint("p5.48xlarge", "").find("(L-417A185B: ") != std::string::npos);
  CHECK(hint("hpc7g.4xlarge", "spot").find("(vCPUs of HPC spot machines)") != std::string::npos);
  CHECK(hint("", "").empty()); // the template's type: EC2 alone knows
  CHECK(hint_for({.instance_type = "t3.nano"}, ErrorClass::quota, "VolumeLimitExceeded").empty());
  CHECK(hint_for({.instance_type = "t3.nano"}, ErrorClass::capacity, "").empty());
}

TEST_CASE("refusals: of a type that there is not, the hint names the one that was meant")
{
  const auto hint = [](const char* type) {
    return hint_for({.instance_type = type}, ErrorClass::no_type, "InvalidParameterValue");
  };
  CHECK(hint("t3.nanoo") == "correct instance_type: did you mean t3.nano?");
  CHECK(hint("t33.nano").empty()); // the size is one: nobody here knows the families
}
