#pragma once

#include "aws/ec2_xml.hpp"
#include "aws/network_api.hpp"

#include <string_view>

// EC2's answers about networks; the rules are those of ec2_xml.hpp. Pure.
namespace flame::aws {

Outcome<Page<Subnet>> parse_describe_subnets(std::string_view xml);
Outcome<Page<RouteTable>> parse_describe_route_tables(std::string_view xml);
Outcome<Page<VpcEndpoint>> parse_describe_vpc_endpoints(std::string_view xml);
Outcome<Page<SecurityGroup>> parse_describe_security_groups(std::string_view xml);
Outcome<Page<NetworkInterface>> parse_interfaces(std::string_view xml);
Outcome<Page<TypeOffering>> parse_type_offerings(std::string_view xml);

} // namespace flame::aws
