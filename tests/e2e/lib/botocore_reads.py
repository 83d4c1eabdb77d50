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

try:
    ec2.describe_instances(InstanceIds=["i-00000000000000bad"])
    sys.exit("an unknown machine was described")
except botocore.exceptions.ClientError as error:
    assert error.response["Error"]["Code"] == "InvalidInstanceID.NotFound", error.response
    assert error.response["ResponseMetadata"]["RequestId"], error.response
