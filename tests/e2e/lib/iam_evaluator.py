"""Evaluates a policy, as IAM does, over the requests that a sandbox was really sent.

iam_evaluator.py POLICY REQUESTS INSTANCES

POLICY is what iam-policy printed; REQUESTS and INSTANCES are the sandbox's own pages of those names.
Fails when something that was sent is not allowed, and when a statement, an action or a resource
could be left out and all would still be allowed. Nothing of flame-ec2's code is used.
"""

import json
import pathlib
import re
import sys

ACCOUNT = "123456789012"
TEMPLATE = "lt-0123456789abcdef0"
ROLES = {"sandbox-runner": "sandbox-runner-role"}
TAGGED = ("instance", "volume", "network-interface")


def partition_of(region):
    if region.startswith("cn-"):
        return "aws-cn", "amazonaws.com.cn"
    if region.startswith("us-gov-"):
        return "aws-us-gov", "amazonaws.com"
    if region.startswith("eusc-"):
        return "aws-eusc", "amazonaws.eu"
    return "aws", "amazonaws.com"


# What the requests need: (action, resource, context) each.


def ec2_arn(region, kind, identifier):
    account = "" if kind in ("image", "snapshot") else ACCOUNT
    return f"arn:{partition_of(region)[0]}:ec2:{region}:{account}:{kind}/{identifier}"


def tags_of(params, kind):
    """Of the TagSpecification for this kind of resource."""
    for name, value in params.items():
        if re.fullmatch(r"TagSpecification\.\d+\.ResourceType", name) and value == kind:
            prefix = name.removesuffix("ResourceType") + "Tag."
            keys = {n: v for n, v in params.items() if n.startswith(prefix) and n.endswith(".Key")}
            return {key: params[n.removesuffix("Key") + "Value"] for n, key in keys.items()}
    return {}


def request_tags(tags):
    context = {f"aws:RequestTag/{key}": [value] for key, value in tags.items()}
    return context | {"aws:TagKeys": list(tags)}


def template_context(params, region, *names):
    """Whether the resource is the template's, by parameters that would have named it."""
    if not any(name.startswith("LaunchTemplate.") for name in params):
        return {}
    own = any(re.fullmatch(pattern, name) for pattern in names for name in params)
    return {
        "ec2:LaunchTemplate": [ec2_arn(region, "launch-template", TEMPLATE)],
        "ec2:IsLaunchTemplateResource": ["false" if own else "true"],
    }


def launched(params, region, machine):
    """RunInstances is judged on each resource that it uses or makes."""
    used = [
        ("image", machine["image_id"], {"ec2:Public": ["true"]}, ["ImageId"]),
        ("subnet", machine["subnet_id"], {}, [r"(NetworkInterface\.\d+\.)?SubnetId"]),
    ]
    for group in machine["security_group_ids"].split(","):
        used.append(
            ("security-group", group, {}, [r"(NetworkInterface\.\d+\.)?SecurityGroupId\.\d+"])
        )
    if machine["key_name"]:
        used.append(("key-pair", machine["key_name"], {}, ["KeyName"]))
    for name, value in params.items():
        if name == "Placement.GroupName":
            used.append(("placement-group", value, {}, [name]))
        if name.endswith(".Ebs.SnapshotId"):
            used.append(("snapshot", value, {}, [re.escape(name)]))
    if any(name.startswith("LaunchTemplate.") for name in params):
        used.append(("launch-template", TEMPLATE, {}, []))
    for kind, identifier, context, names in used:
        context = context | template_context(params, region, *names)
        yield "ec2:RunInstances", ec2_arn(region, kind, identifier), context
    for kind in TAGGED:
        context = request_tags(tags_of(params, kind)) | template_context(params, region)
        arn = ec2_arn(region, kind, "*" if kind != "instance" else "i-new")
        tagging = context | {"ec2:CreateAction": ["RunInstances"]}
        yield "ec2:CreateTags", arn, tagging
        if kind == "instance":
            context["ec2:MetadataHttpTokens"] = [params.get("MetadataOptions.HttpTokens", "")]
            context["ec2:InstanceType"] = [machine["instance_type"]]
        yield "ec2:RunInstances", arn, context


def services_of_launch(params, region, machine):
    """What other services are asked for the caller of a launch."""
    partition, suffix = partition_of(region)
    if machine["profile_arn"]:
        role = ROLES[machine["profile_arn"].split("/")[-1]]
        context = {"iam:PassedToService": [f"ec2.{suffix}"]}
        yield "iam:PassRole", f"arn:{partition}:iam::{ACCOUNT}:role/{role}", context
    image = params.get("ImageId", "")
    if image.startswith("resolve:ssm:"):
        yield "ssm:GetParameters", parameter_arn(region, image.removeprefix("resolve:ssm:")), {}
    for name, key in params.items():
        if name.endswith(".Ebs.KmsKeyId"):
            arn = f"arn:{partition}:kms:{region}:{ACCOUNT}:key/0123"
            context = {"kms:ViaService": [f"ec2.{region}.{suffix}"]}
            if key.startswith("alias/"):
                context["kms:ResourceAliases"] = [key]
            else:
                arn = arn.replace("0123", key)
            for action in ("DescribeKey", "Decrypt", "GenerateDataKeyWithoutPlaintext"):
                yield f"kms:{action}", arn, context
            yield "kms:CreateGrant", arn, context | {"kms:GrantIsForAWSResource": ["true"]}


def parameter_arn(region, name):
    account = "" if name.startswith("/aws/") else ACCOUNT
    slash = "" if name.startswith("/") else "/"
    name = name.split(":")[0]
    return f"arn:{partition_of(region)[0]}:ssm:{region}:{account}:parameter{slash}{name}"


def needs_of(request, machines):
    """The rights that one request needs."""
    action, params, region = request["action"], request["params"], request["region"]
    partition = partition_of(region)[0]
    named = [v for n, v in params.items() if re.fullmatch(r"InstanceId(\.\d+)?", n)]
    if request["service"] == "ssm":
        yield f"ssm:{action}", parameter_arn(region, params["Name"]), {}
    elif request["service"] == "secretsmanager":
        name = f"secret:{params['SecretId']}-AbCdEf"
        arn = f"arn:{partition}:secretsmanager:{region}:{ACCOUNT}:{name}"
        yield f"secretsmanager:{action}", arn, {}
    elif request["service"] == "s3":
        rights = {"HeadObject": "GetObject", "CreateMultipartUpload": "PutObject",
                  "UploadPart": "PutObject", "CompleteMultipartUpload": "PutObject",
                  "PostObject": "PutObject", "ListObjectsV2": "ListBucket"}
        right = rights.get(action, action)
        arn = f"arn:{partition}:s3:::{params['Bucket']}"
        if right == "ListBucket":
            yield "s3:ListBucket", arn, {"s3:prefix": [params.get("Prefix", "")]}
        else:
            yield f"s3:{right}", f"{arn}/{params['Key']}", {}
    elif request["service"] == "iam":
        profile = params["InstanceProfileName"]
        yield f"iam:{action}", f"arn:{partition}:iam::{ACCOUNT}:instance-profile/{profile}", {}
    elif action == "RunInstances":
        for machine in machines.values():
            if machine["client_token"] == params.get("ClientToken", ""):
                yield from launched(params, region, machine)
                yield from services_of_launch(params, region, machine)
    elif action in ("TerminateInstances", "GetConsoleOutput"):
        for identifier in named:
            tags = machines[identifier]["tags"]
            context = {f"aws:ResourceTag/{key}": [value] for key, value in tags.items()}
            yield f"ec2:{action}", ec2_arn(region, "instance", identifier), context
    elif request["service"] == "ec2":
        yield f"ec2:{action}", "*", {"aws:RequestedRegion": [region]}
    elif action not in ("GetCallerIdentity",):  # which everybody may
        yield f"{request['service']}:{action}", "*", {}


# What the policy allows.


def listed(value):
    return value if isinstance(value, list) else [value]


def like(pattern, text):
    """IAM's wildcards, with ${*}, ${?} and ${$} for the letters themselves."""
    pieces = re.findall(r"\$\{[*?$]\}|.", pattern, re.DOTALL)
    special = {"*": ".*", "?": "."}
    literal = (re.escape(piece[2] if len(piece) > 1 else piece) for piece in pieces)
    regex = "".join(special.get(piece, text) for piece, text in zip(pieces, literal))
    return re.fullmatch(regex, text, re.DOTALL) is not None


TESTS = {
    "StringEquals": lambda wanted, got: wanted == got,
    "StringLike": like,
    "ArnLike": like,
    "Bool": lambda wanted, got: wanted.lower() == got.lower(),
}


def holds(test, wanted, values):
    """One line of a condition; `values` is None when the request has no such key."""
    quantifier, _, name = test.rpartition(":")
    matches = [any(TESTS[name](w, value) for w in wanted) for value in values or []]
    if quantifier == "ForAllValues":
        return all(matches)
    return any(matches)


def allows(statement, action, resource, context):
    if statement["Effect"] != "Allow":
        sys.exit("a policy of ours forbids nothing")
    return (
        any(like(a, action) for a in listed(statement["Action"]))
        and any(like(r, resource) for r in listed(statement["Resource"]))
        and all(
            holds(test, listed(wanted), context.get(key))
            for test, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )


def denied(statements, needs):
    return [need for need in needs if not any(allows(s, *need) for s in statements)]


def lesser(statements):
    """What could be left out, and the policy without it."""
    for place, statement in enumerate(statements):
        before, after = statements[:place], statements[place + 1 :]
        yield f"the statement {statement['Sid']}", before + after
        for name in ("Action", "Resource"):
            values = listed(statement[name])
            for value in values if len(values) > 1 else []:
                less = statement | {name: [v for v in values if v != value]}
                if value != "kms:ReEncrypt*":  # for copies of snapshots: nobody sees them
                    yield f"{value} in {statement['Sid']}", [*before, less, *after]


def main():
    policy, requests, instances = (json.loads(pathlib.Path(p).read_text()) for p in sys.argv[1:4])
    machines = {machine["id"]: machine for machine in instances}
    needs = [need for request in requests for need in needs_of(request, machines)]
    if not needs:
        sys.exit("nothing was sent that needs a right")
    statements = policy["Statement"]
    complaints = [f"not allowed: {need}" for need in denied(statements, needs)]
    if not complaints:
        for what, rest in lesser(statements):
            if not denied(rest, needs):
                complaints.append(f"nothing needs {what}")
    print(*complaints, sep="\n", end="")
    sys.exit(1 if complaints else 0)


main()
