"""Compares our addresses of AWS's services with those of botocore's endpoint rules.

endpoints.py CHECK_ENDPOINTS

Every service that we use, every region that botocore knows and some that nobody knows yet, with
FIPS, dual-stack, custom endpoints; for S3 kinds of buckets and addressing too. What differs on
purpose is in ours(), with its reason.
"""
import itertools
import subprocess
import sys

import botocore
import botocore.session
from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import EndpointProviderError

SERVICES = ("ec2", "sts", "ssm", "sso", "sso_oidc", "secretsmanager")
NEW_REGIONS = ("eu-new-9", "us-gov-new-3", "cn-new-1", "eusc-de-new-2", "us-iso-new-1", "xx-new-1")
BUCKETS = ("bucket", "a.b.c", "Old_Bucket", "b" * 64, "name-x1y2z3-s3alias",
           "{arn}:accesspoint/mine", "{arn}:accesspoint:mine", "{arn}:accesspoint/Mine",
           "{arn}:accesspoint/mi.ne", "{arn}:bucket/mine", "{arn}4:accesspoint/mine",
           "arn:aws-xx:s3:{region}:123456789012:accesspoint/mine",
           "arn:aws:s3:eu-west-3:123456789012:accesspoint/mine",
           "arn:aws:s3-object-lambda:{region}:123456789012:accesspoint/mine")
PARTITIONS = {"eu-west-1": "aws", "us-gov-west-1": "aws-us-gov", "cn-north-1": "aws-cn"}
CUSTOM = ("https://s3.example.com", "https://s3.example.com:8443/base", "http://minio:9000",
          "http://10.1.2.3:9000", "http://127.0.0.1:4566/s3", "https://[2001:db8::1]:9000",
          "http://localhost:9000")
COMBINATIONS = [" ".join(flags) for n in range(3) for flags in itertools.combinations(("fips", "dual"), n)]


def ours(query, theirs):
    """What we do otherwise on purpose: the URL or "error"; None where we do as botocore."""
    service, region, flags, custom, bucket, addressing = query
    if theirs == "error":
        return None
    if custom.startswith("http://localhost") and addressing != "virtual":
        return f"{custom}/{bucket} {region}"  # nothing answers at bucket.localhost
    if custom.startswith(("http://10.", "http://127.")) and bucket == "a.b.c":
        return f"{custom}/{bucket} {region}"  # no name is below an address
    if any(word in bucket for word in ("4:accesspoint", "/Mine", "aws-xx", "object-lambda")):
        return "error"  # no account, access point, partition is called so; not made for us
    return None


class Rules:
    def __init__(self):
        session = botocore.session.Session()
        self.loader = session.get_component("data_loader")
        self.partitions = self.loader.load_data("partitions")
        self.providers = {}

    def regions(self):
        known = [region for partition in self.partitions["partitions"] for region in partition["regions"]]
        return [region for region in known if not region.endswith("-global")] + list(NEW_REGIONS)

    def provider(self, service):
        if service not in self.providers:
            rules = self.loader.load_service_model(service.replace("_", "-"), "endpoint-rule-set-1")
            self.providers[service] = EndpointProvider(rules, self.partitions)
        return self.providers[service]

    def answer(self, query):
        service, region, flags, custom, bucket, addressing = query
        words = {"Region": region, "UseFIPS": "fips" in flags, "UseDualStack": "dual" in flags}
        if custom:
            words["Endpoint"] = custom
        if service in ("sts", "s3"):
            words["UseGlobalEndpoint"] = "global" in flags
        if bucket:
            words["Bucket"] = bucket
            words["ForcePathStyle"] = addressing == "path"
            words["UseArnRegion"] = True
        try:
            found = self.provider(service).resolve_endpoint(**words)
        except EndpointProviderError:
            return "error"
        schemes = found.properties.get("authSchemes", [{}])
        return f"{found.url} {schemes[0].get('signingRegion', region)}"


def queries(rules):
    for region in rules.regions():
        for flags in COMBINATIONS:
            for service in SERVICES:
                yield (service, region, flags, "", "", "")
            yield ("s3", region, flags, "", "bucket", "auto")
        yield ("sts", region, "global", "", "", "")
        yield ("sts", region, "global fips", "", "", "")
    for service, flags in itertools.product(SERVICES, COMBINATIONS):
        yield (service, "eu-west-1", flags, "https://private.example.com:8443/p", "", "")
    for region, flags, bucket, addressing in itertools.product(
            PARTITIONS, COMBINATIONS, BUCKETS,
            ("auto", "path", "virtual")):
        if bucket.startswith(("arn:", "{arn}")) and addressing == "path":
            continue  # botocore refuses it; we take no notice, since no path leads to one
        arn = f"arn:{PARTITIONS[region]}:s3:{region}:123456789012"
        yield ("s3", region, flags, "", bucket.format(region=region, arn=arn), addressing)
    for flags, custom, bucket, addressing in itertools.product(
            COMBINATIONS, CUSTOM, BUCKETS[:4], ("auto", "path", "virtual")):
        yield ("s3", "eu-west-1", flags, custom, bucket, addressing)


def main():
    rules = Rules()
    asked = list(dict.fromkeys(queries(rules)))
    lines = "".join("\t".join(query) + "\n" for query in asked)
    answers = subprocess.run([sys.argv[1]], input=lines, capture_output=True, text=True, check=True)
    got = answers.stdout.splitlines()
    if len(got) != len(asked):
        sys.exit(f"{len(asked)} queries, {len(got)} answers")
    different = 0
    on_purpose = 0
    for query, answer in zip(asked, got):
        theirs = rules.answer(query)
        wanted = ours(query, theirs)
        on_purpose += wanted is not None and wanted != theirs
        if answer != (theirs if wanted is None else wanted):
            different += 1
            print(f"{query}: {answer}, botocore {theirs}" + (f", wanted {wanted}" if wanted else ""))
    print(f"{len(asked)} endpoints, {on_purpose} of them ours; {different} differences")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
