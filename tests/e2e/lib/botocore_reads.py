"""Launches, describes and ends a machine of the sandbox through botocore, and compares."""

import os
import sys

import botocore.session

session = botocore.session.get_session()
ec2 = session.create_client(
    "ec2", region_name=os.environ["AWS_REGION"], endpoint_url=sys.argv[1]
)

tags = [{"Key": "flame-ec2:run-id", "Value": "boto <&> 1"}]
launched = ec2.run_instances(
    ImageId="ami-0123456789abcdef0",
    InstanceType="t3.nano",
    MinCount=1,
    MaxCount=1,
    ClientToken="token-1",
    TagSpecifications=[{"ResourceType": "instance", "Tags": tags}],
)
assert launched["OwnerId"] == "123456789012", launched
instance = launched["Instances"][0]
identifier = instance["InstanceId"]
assert instance["State"] == {"Code": 0, "Name": "pending"}, instance["State"]
assert instance["ClientToken"] == "token-1"
assert instance["Tags"] == tags, instance["Tags"]
assert instance["LaunchTime"].tzinfo is not None

waiter = ec2.get_waiter("instance_running")
waiter.wait(InstanceIds=[identifier], WaiterConfig={"Delay": 1, "MaxAttempts": 30})
pages = list(ec2.get_paginator("describe_instances").paginate(PaginationConfig={"PageSize": 5}))
found = [i for page in pages for r in page["Reservations"] for i in r["Instances"]]
assert [i["InstanceId"] for i in found] == [identifier], found
assert found[0]["State"] == {"Code": 16, "Name": "running"}
assert found[0]["PrivateIpAddress"], found[0]
assert found[0]["Placement"]["AvailabilityZone"].startswith(os.environ["AWS_REGION"])

console = ec2.get_console_output(InstanceId=identifier, Latest=True)
assert console["InstanceId"] == identifier

ended = ec2.terminate_instances(InstanceIds=[identifier])["TerminatingInstances"]
assert ended[0]["InstanceId"] == identifier
assert ended[0]["PreviousState"] == {"Code": 16, "Name": "running"}, ended

subnets = {s["SubnetId"]: s for s in ec2.describe_subnets()["Subnets"]}
assert subnets["subnet-0123456789abcdef0"]["AvailableIpAddressCount"] > 200, subnets
assert subnets["subnet-0123456789abcdef0"]["DefaultForAz"], subnets
main = [{"Name": "association.main", "Values": ["true"]}]
tables = ec2.describe_route_tables(Filters=main)["RouteTables"]
assert [r.get("NatGatewayId") for r in tables[0]["Routes"]] == [None, "nat-0123456789abcdef0"]
endpoints = ec2.describe_vpc_endpoints()["VpcEndpoints"]
assert endpoints[0]["RouteTableIds"] == ["rtb-0aaaaaaaaaaaaaaa2"], endpoints
groups = {g["GroupName"]: g for g in ec2.describe_security_groups()["SecurityGroups"]}
ports = [(p["FromPort"], p["ToPort"]) for p in groups["parents"]["IpPermissions"]]
assert ports == [(4369, 4369), (9100, 9155)], groups
address = [{"Name": "addresses.private-ip-address", "Values": ["10.0.1.10"]}]
interfaces = ec2.describe_network_interfaces(Filters=address)["NetworkInterfaces"]
assert [g["GroupName"] for g in interfaces[0]["Groups"]] == ["default"], interfaces
iam = session.create_client("iam", region_name=os.environ["AWS_REGION"], endpoint_url=sys.argv[1])
profile = iam.get_instance_profile(InstanceProfileName="sandbox-runner")["InstanceProfile"]
assert [role["RoleName"] for role in profile["Roles"]] == ["sandbox-runner-role"], profile

try:
    ec2.describe_instances(InstanceIds=["i-00000000000000bad"])
    sys.exit("an unknown machine was described")
except botocore.exceptions.ClientError as error:
    assert error.response["Error"]["Code"] == "InvalidInstanceID.NotFound", error.response
    assert error.response["ResponseMetadata"]["RequestId"], error.response
