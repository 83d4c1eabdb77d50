"""Every parameter of recorded requests must be one of botocore's model, of its type.

botocore_accepts.py BODIES ACTION...: each ACTION must have been recorded.
"""

import pathlib
import re
import sys
import urllib.parse

import botocore.session

SESSION = botocore.session.get_session()
MODELS = {m.api_version: m for m in map(SESSION.get_service_model, ("ec2", "sts"))}


def wire_name(name, shape):
    """EC2's own rule: queryName, else the locationName with a capital, else the name."""
    if "queryName" in shape.serialization:
        return shape.serialization["queryName"]
    location = shape.serialization.get("name")
    return location[0].upper() + location[1:] if location else name


def fits(shape, value):
    if shape.type_name == "boolean":
        return value in ("true", "false")
    if shape.type_name in ("integer", "long"):
        return re.fullmatch(r"-?\d+", value) is not None
    if getattr(shape, "enum", None):
        return value in shape.enum
    return shape.type_name in ("string", "timestamp", "blob", "double", "float")


def complaint(shape, parts, value):
    """Why the parameter `parts` is none of `shape`, or None."""
    if not parts:
        return None if fits(shape, value) else f"{value!r} is no {shape.type_name}"
    if shape.type_name == "list":
        if not parts[0].isdigit() or int(parts[0]) < 1:
            return f"{parts[0]} is no place in a list"
        return complaint(shape.member, parts[1:], value)
    if shape.type_name != "structure":
        return f"{parts[0]} inside a {shape.type_name}"
    for name, member in shape.members.items():
        if wire_name(name, member) == parts[0]:
            return complaint(member, parts[1:], value)
    return f"no {parts[0]} in {shape.name}"


def main():
    actions = set()
    failed = False
    for body in pathlib.Path(sys.argv[1]).read_text(encoding="ascii").splitlines():
        pairs = urllib.parse.parse_qsl(body, keep_blank_values=True, strict_parsing=True)
        action = dict(pairs)["Action"]
        actions.add(action)
        model = MODELS[dict(pairs)["Version"]]
        shape = model.operation_model(action).input_shape
        for name, value in pairs:
            if name in ("Action", "Version"):
                continue
            why = complaint(shape, name.split("."), value)
            if why:
                print(f"{action}: {name}: {why}")
                failed = True
    missing = set(sys.argv[2:]) - actions
    if missing:
        print("never sent:", *missing)
    sys.exit(1 if failed or missing else 0)


main()
