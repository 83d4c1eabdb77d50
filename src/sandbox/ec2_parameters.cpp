#include "base/text.hpp"
#include "sandbox/ec2.hpp"

#include <algorithm>
#include <iterator>

// The parameter names of the actions that the sandbox serves, "N" for an index from 1.
// Source: EC2 service model 2016-11-15, as public SDKs carry it.
namespace flame::sandbox {
namespace {

constexpr std::string_view k_run_instances[] = {
  "AdditionalInfo",
  "BlockDeviceMapping.N.DeviceName",
  "BlockDeviceMapping.N.Ebs.AvailabilityZone",
  "BlockDeviceMapping.N.Ebs.AvailabilityZoneId",
  "BlockDeviceMapping.N.Ebs.DeleteOnTermination",
  "BlockDeviceMapping.N.Ebs.EbsCardIndex",
  "BlockDeviceMapping.N.Ebs.Encrypted",
  "BlockDeviceMapping.N.Ebs.Iops",
  "BlockDeviceMapping.N.Ebs.KmsKeyId",
  "BlockDeviceMapping.N.Ebs.OutpostArn",
  "BlockDeviceMapping.N.Ebs.SnapshotId",
  "BlockDeviceMapping.N.Ebs.Throughput",
  "BlockDeviceMapping.N.Ebs.VolumeInitializationRate",
  "BlockDeviceMapping.N.Ebs.VolumeSize",
  "BlockDeviceMapping.N.Ebs.VolumeType",
  "BlockDeviceMapping.N.NoDevice",
  "BlockDeviceMapping.N.VirtualName",
  "CapacityReservationSpecification.CapacityReservationPreference",
  "CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationId",
  "CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationResourceGroupArn",
  "ClientToken",
  "CpuOptions.AmdSevSnp",
  "CpuOptions.CoreCount",
  "CpuOptions.NestedVirtualization",
  "CpuOptions.ThreadsPerCore",
  "CreditSpecification.CpuCredits",
  "DisableApiStop",
  "DisableApiTermination",
  "DryRun",
  "EbsOptimized",
  "ElasticGpuSpecification.N.Type",
  "ElasticInferenceAccelerator.N.Count",
  "ElasticInferenceAccelerator.N.Type",
  "EnablePrimaryIpv6",
  "EnclaveOptions.Enabled",
  "HibernationOptions.Configured",
  "IamInstanceProfile.Arn",
  "IamInstanceProfile.Name",
  "ImageId",
  "InstanceInitiatedShutdownBehavior",
  "InstanceMarketOptions.MarketType",
  "InstanceMarketOptions.SpotOptions.BlockDurationMinutes",
  "InstanceMarketOptions.SpotOptions.InstanceInterruptionBehavior",
  "InstanceMarketOptions.SpotOptions.MaxPrice",
  "InstanceMarketOptions.SpotOptions.SpotInstanceType",
  "InstanceMarketOptions.SpotOptions.ValidUntil",
  "InstanceType",
  "Ipv6Address.N.Ipv6Address",
  "Ipv6Address.N.IsPrimaryIpv6",
  "Ipv6AddressCount",
  "KernelId",
  "KeyName",
  "LaunchTemplate.LaunchTemplateId",
  "LaunchTemplate.LaunchTemplateName",
  "LaunchTemplate.Version",
  "LicenseSpecification.N.LicenseConfigurationArn",
  "MaintenanceOptions.AutoRecovery",
  "MaxCount",
  "MetadataOptions.HttpEndpoint",
  "MetadataOptions.HttpProtocolIpv6",
  "MetadataOptions.HttpPutResponseHopLimit",
  "MetadataOptions.HttpTokens",
  "MetadataOptions.InstanceMetadataTags",
  "MinCount",
  "Monitoring.Enabled",
  "NetworkInterface.N.AssociateCarrierIpAddress",
  "NetworkInterface.N.AssociatePublicIpAddress",
  "NetworkInterface.N.ConnectionTrackingSpecification.TcpEstablishedTimeout",
  "NetworkInterface.N.ConnectionTrackingSpecification.UdpStreamTimeout",
  "NetworkInterface.N.ConnectionTrackingSpecification.UdpTimeout",
  "NetworkInterface.N.DeleteOnTermination",
  "NetworkInterface.N.Description",
  "NetworkInterface.N.DeviceIndex",
  "NetworkInterface.N.EnaQueueCount",
  "NetworkInterface.N.EnaSrdSpecification.EnaSrdEnabled",
  "NetworkInterface.N.EnaSrdSpecification.EnaSrdUdpSpecification.EnaSrdUdpEnabled",
  "NetworkInterface.N.InterfaceType",
  "NetworkInterface.N.Ipv4Prefix.N.Ipv4Prefix",
  "NetworkInterface.N.Ipv4PrefixCount",
  "NetworkInterface.N.Ipv6AddressCount",
  "NetworkInterface.N.Ipv6Addresses.N.Ipv6Address",
  "NetworkInterface.N.Ipv6Addresses.N.IsPrimaryIpv6",
  "NetworkInterface.N.Ipv6Prefix.N.Ipv6Prefix",
  "NetworkInterface.N.Ipv6PrefixCount",
  "NetworkInterface.N.NetworkCardIndex",
  "NetworkInterface.N.NetworkInterfaceId",
  "NetworkInterface.N.PrimaryIpv6",
  "NetworkInterface.N.PrivateIpAddress",
  "NetworkInterface.N.PrivateIpAddresses.N.Primary",
  "NetworkInterface.N.PrivateIpAddresses.N.PrivateIpAddress",
  "NetworkInterface.N.SecondaryPrivateIpAddressCount",
  "NetworkInterface.N.SecurityGroupId.N",
  "NetworkInterface.N.SubnetId",
  "NetworkPerformanceOptions.BandwidthWeighting",
  "Operator.Principal",
  "Placement.Affinity",
  "Placement.AvailabilityZone",
  "Placement.AvailabilityZoneId",
  "Placement.GroupId",
  "Placement.GroupName",
  "Placement.HostId",
  "Placement.HostResourceGroupArn",
  "Placement.PartitionNumber",
  "Placement.SpreadDomain",
  "Placement.Tenancy",
  "PrivateDnsNameOptions.EnableResourceNameDnsAAAARecord",
  "PrivateDnsNameOptions.EnableResourceNameDnsARecord",
  "PrivateDnsNameOptions.HostnameType",
  "PrivateIpAddress",
  "RamdiskId",
  "SecondaryInterface.N.DeleteOnTermination",
  "SecondaryInterface.N.DeviceIndex",
  "SecondaryInterface.N.InterfaceType",
  "SecondaryInterface.N.NetworkCardIndex",
  "SecondaryInterface.N.PrivateIpAddress.N.PrivateIpAddress",
  "SecondaryInterface.N.PrivateIpAddressCount",
  "SecondaryInterface.N.SecondarySubnetId",
  "SecurityGroup.N",
  "SecurityGroupId.N",
  "SubnetId",
  "TagSpecification.N.ResourceType",
  "TagSpecification.N.Tag.N.Key",
  "TagSpecification.N.Tag.N.Value",
  "UserData",
};

constexpr std::string_view k_describe_instances[] = {
  "DryRun",       "Filter.N.Name", "Filter.N.Value.N", "IncludeManagedResources",
  "InstanceId.N", "MaxResults",    "NextToken",
};

constexpr std::string_view k_describe_volumes[] = {
  "DryRun",     "Filter.N.Name", "Filter.N.Value.N", "IncludeManagedResources",
  "MaxResults", "NextToken",     "VolumeId.N",
};

constexpr std::string_view k_describe_network_interfaces[] = {
  "DryRun",     "Filter.N.Name",        "Filter.N.Value.N", "IncludeManagedResources",
  "MaxResults", "NetworkInterfaceId.N", "NextToken",
};

constexpr std::string_view k_describe_regions[] = {
  "AllRegions",
  "DryRun",
  "RegionName.N",
};

constexpr std::string_view k_describe_instance_type_offerings[] = {
  "DryRun", "Filter.N.Name", "Filter.N.Value.N", "LocationType", "MaxResults", "NextToken",
};

constexpr std::string_view k_describe_subnets[] = {
  "DryRun", "Filter.N.Name", "Filter.N.Value.N", "MaxResults", "NextToken", "SubnetId.N",
};

constexpr std::string_view k_describe_route_tables[] = {
  "DryRun", "Filter.N.Name", "Filter.N.Value.N", "MaxResults", "NextToken", "RouteTableId.N",
};

constexpr std::string_view k_describe_vpc_endpoints[] = {
  "DryRun", "Filter.N.Name", "Filter.N.Value.N", "MaxResults", "NextToken", "VpcEndpointId.N",
};

constexpr std::string_view k_describe_security_groups[] = {
  "DryRun",      "Filter.N.Name", "Filter.N.Value.N", "GroupId.N",
  "GroupName.N", "MaxResults",    "NextToken",
};

constexpr std::string_view k_terminate_instances[] = {
  "DryRun",
  "Force",
  "InstanceId.N",
  "SkipOsShutdown",
};

constexpr std::string_view k_get_console_output[] = {
  "DryRun",
  "InstanceId",
  "Latest",
};

constexpr std::string_view k_describe_images[] = {
  "DryRun",    "ExecutableBy.N",    "Filter.N.Name",   "Filter.N.Value.N",
  "ImageId.N", "IncludeDeprecated", "IncludeDisabled", "MaxResults",
  "NextToken", "Owner.N",
};

// Beside the data of the template, whose names are those of RunInstances.
constexpr std::string_view k_create_launch_template[] = {
  "ClientToken",
  "DryRun",
  "LaunchTemplateName",
  "VersionDescription",
};

constexpr std::string_view k_describe_launch_template_versions[] = {
  "DryRun",
  "Filter.N.Name",
  "Filter.N.Value.N",
  "IncludeManagedResources",
  "LaunchTemplateId",
  "LaunchTemplateName",
  "LaunchTemplateVersion.N",
  "MaxResults",
  "MaxVersion",
  "MinVersion",
  "NextToken",
  "ResolveAlias",
};

// What a template has not: its subnet is that of an interface.
constexpr std::string_view k_not_in_templates[] = {
  "ClientToken", "DryRun", "MaxCount", "MinCount", "PrivateIpAddress", "SubnetId",
};

struct Row {
  std::string_view action;
  std::span<const std::string_view> names;
};

constexpr Row k_rows[] = {
  {"RunInstances", k_run_instances},
  {"DescribeInstances", k_describe_instances},
  {"DescribeVolumes", k_describe_volumes},
  {"DescribeNetworkInterfaces", k_describe_network_interfaces},
  {"DescribeRegions", k_describe_regions},
  {"DescribeSubnets", k_describe_subnets},
  {"DescribeRouteTables", k_describe_route_tables},
  {"DescribeVpcEndpoints", k_describe_vpc_endpoints},
  {"DescribeSecurityGroups", k_describe_security_groups},
  {"DescribeInstanceTypeOfferings", k_describe_instance_type_offerings},
  {"TerminateInstances", k_terminate_instances},
  {"GetConsoleOutput", k_get_console_output},
  {"DescribeImages", k_describe_images},
  {"CreateLaunchTemplate", k_create_launch_template},
  {"DescribeLaunchTemplateVersions", k_describe_launch_template_versions},
};

// "Filter.12.Name" to "Filter.N.Name".
std::string without_indices(std::string_view name)
{
  std::vector<std::string> pieces = split(name, '.');
  for (std::string& piece : pieces) {
    const bool index = !piece.empty() && piece[0] != '0'
                       && piece.find_first_not_of("0123456789") == std::string::npos;
    if (index) {
      piece = "N";
    }
  }
  return join(pieces, ".");
}

} // namespace

bool is_parameter(std::string_view action, std::string_view name)
{
  constexpr std::string_view data = "LaunchTemplateData.";
  if (action == "CreateLaunchTemplate" && name.starts_with(data)) {
    name.remove_prefix(data.size());
    return std::ranges::find(k_not_in_templates, name) == std::end(k_not_in_templates)
           && !name.starts_with("LaunchTemplate.") && is_parameter("RunInstances", name);
  }
  const auto row = std::ranges::find(k_rows, action, &Row::action);
  return row != std::end(k_rows)
         && std::ranges::find(row->names, without_indices(name)) != row->names.end();
}

} // namespace flame::sandbox
