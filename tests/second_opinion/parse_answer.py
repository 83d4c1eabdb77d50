#!/usr/bin/env python3
"""What botocore's parser makes of an answer, as JSON.

  parse_answer.py ACTION [HTTP_STATUS] < answer.xml
  parse_answer.py --service sts ACTION < answer.xml

A status of 300 and more is read as an error document: {"Error": {"Code", "Message"}}. Status 1,
with the reason on stderr, for what botocore cannot read; 2 for an action it does not know.
"""
import argparse
import datetime
import json
import sys

import botocore.exceptions
import botocore.parsers
import botocore.session


def plain(value):
    """What JSON has no form for."""
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    return value.decode("utf-8", "replace")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--service", default="ec2")
    arguments.add_argument("action")
    arguments.add_argument("status", nargs="?", type=int, default=200)
    given = arguments.parse_args()
    service = botocore.session.get_session().get_service_model(given.service)
    if given.action not in service.operation_names:
        print(f"botocore knows no action {given.action} of {given.service}", file=sys.stderr)
        return 2
    parser = botocore.parsers.create_parser(service.metadata["protocol"])
    answer = {"body": sys.stdin.buffer.read(), "headers": {}, "status_code": given.status}
    try:
        parsed = parser.parse(answer, service.operation_model(given.action).output_shape)
    except botocore.parsers.ResponseParserError as error:
        print(f"botocore cannot read the answer: {str(error).splitlines()[0]}", file=sys.stderr)
        return 1
    json.dump(parsed, sys.stdout, default=plain, indent=1, sort_keys=True)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
