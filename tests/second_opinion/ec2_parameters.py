#!/usr/bin/env python3
"""botocore's opinion about what we send to EC2.

  ec2_parameters.py CHECK_EC2_QUERY VECTORS...

1. Every parameter that our table can send is one of the service model of the botocore that is
   installed, at the same place, under the same name, of the same type.
2. botocore's own serializer makes the same pairs of the inputs in VECTORS as ours does.

Prints a line per difference; status 1 when there is one.
"""
import json
import subprocess
import sys

import botocore.serialize
import botocore.session

TYPES = {"string": "text", "integer": "integer", "long": "integer", "float": "decimal",
         "double": "decimal", "boolean": "boolean", "timestamp": "timestamp", "blob": "blob"}


def wire_name(name, shape):
    """The name of a member on the wire, by the rule of the EC2 protocol."""
    own = shape.serialization.get("queryName")
    if own:
        return own
    located = shape.serialization.get("name", name)
    return located[0].upper() + located[1:]


def parameters(shape, wire=(), model=(), inside=()):
    """All scalar parameters below a shape: (wire path, path in the model, type)."""
    if shape.type_name == "structure":
        if shape.name in inside:
            return  # a structure within itself: no parameter of ours is that deep
        for name, member in shape.members.items():
            yield from parameters(member, (*wire, wire_name(name, member)), (*model, name),
                                  (*inside, shape.name))
    elif shape.type_name == "list":
        yield from parameters(shape.member, (*wire, "N"), (*model, "N"), inside)
    else:
        yield ".".join(wire), ".".join(model), TYPES[shape.type_name]


def run(*command):
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def differences_of_names(ours, service):
    for action, rows in ours.items():
        if action not in service.operation_names:
            yield f"{action}: botocore knows no such action"
            continue
        theirs = {wire: (model, kind) for wire, model, kind
                  in parameters(service.operation_model(action).input_shape)}
        for wire, model, kind in rows:
            if wire not in theirs:
                yield f"{action}: botocore's model has no parameter {wire}"
            elif theirs[wire] != (model, kind):
                yield f"{action}: {wire} is {theirs[wire]} in botocore, {(model, kind)} here"


def differences_of_pairs(file, ours, service):
    serializer = botocore.serialize.create_serializer("ec2", include_validation=True)
    with open(file, encoding="utf-8") as text:
        vectors = json.load(text)["vectors"]
    for vector, our in zip(vectors, ours, strict=True):
        operation = service.operation_model(vector["action"])
        body = serializer.serialize_to_request(vector["input"], operation)["body"]
        theirs = sorted((name, str(value)) for name, value in body.items())
        if theirs != sorted(map(tuple, our["params"])):
            yield f"{vector['name']}: botocore sends {theirs}, we send {our['params']}"


def main(program, *files):
    service = botocore.session.get_session().get_service_model("ec2")
    names = run(program, "--names")
    found = list(differences_of_names(names, service))
    pairs = 0
    for file in files:
        ours = run(program, "--print", file)
        pairs += len(ours)
        found += differences_of_pairs(file, ours, service)
    for difference in found:
        print(difference)
    print(f"{sum(map(len, names.values()))} names and {pairs} inputs compared with botocore "
          f"{botocore.__version__}: {len(found)} differences")
    return 1 if found or not pairs else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
