"""Fails when JSON that was printed is not as docs/schemas/v1.json has it, or has keys that it does not name.

check_schemas.py SCHEMAS CALLS OUTPUTS: CALLS/N.args holds the arguments of a call with a NUL behind each,
OUTPUTS/N.stdout what it printed. JSON of a command without a schema is a failure too, but for the error of one.
"""

import json
import pathlib
import sys

import jsonschema

SCHEMAS = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))["$defs"]


def strict(schema):
    """The same without room for keys that nobody has described."""
    if isinstance(schema, list):
        return [strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    tight = {key: strict(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and "type" in schema:
        tight.setdefault("additionalProperties", False)
    return tight


def is_json(args):
    return "--json" in args or "--output=json" in args or "-ojson" in args or any(
        pair in (("--output", "json"), ("-o", "json")) for pair in zip(args, args[1:]))


def name_of(args):
    if "--version" in args:
        return "version"
    words = [arg for before, arg in zip(["", *args], args) if before not in ("-o", "--output") and arg[0:1] != "-"]
    command = words[0].replace("-", "_") if words else "help"
    if command in ("help", "man", "completion") or "--help" in args or "--help-all" in args:
        return "text"
    if any(arg.startswith("--dry-run") for arg in args) and command in ("boot", "run"):
        return "boot_dry_run"
    if command == "configure" and "--show" in args:
        return "configure_show"
    if command == "decode_parent" and any(arg.startswith("--example") for arg in args):
        return "decode_parent_example"
    return {"ls": "list"}.get(command, command)


def main():
    wrong, definitions = [], strict(SCHEMAS)
    for file in sorted(pathlib.Path(sys.argv[2]).glob("*.args")):
        args = file.read_text(encoding="utf-8", errors="surrogateescape").split("\0")[:-1]
        args = args[:args.index("--")] if "--" in args else args # the rest is of another program
        output = pathlib.Path(sys.argv[3]) / f"{file.stem}.stdout"
        if not args or not is_json(args):
            continue
        if not output.exists(): # it showed secrets
            continue
        text = output.read_text(encoding="utf-8", errors="replace")
        lines = [text] if name_of(args) == "iam_policy" else text.splitlines()
        for line in filter(str.strip, lines):
            try:
                found = json.loads(line)
            except json.JSONDecodeError as error:
                wrong.append(f"{' '.join(args)}\n  no JSON: {error}: {line[:300]}")
                continue
            name = "failure" if list(found) == ["error"] else name_of(args)
            if name not in SCHEMAS:
                wrong.append(f"{' '.join(args)}\n  docs/schemas/v1.json has no {name}")
                continue
            schema = {"$ref": f"#/$defs/{name}", "$defs": definitions}
            for error in jsonschema.Draft202012Validator(schema).iter_errors(found):
                place = "/".join(str(part) for part in error.absolute_path)
                wrong.append(f"{' '.join(args)}\n  {name}: {place}: {error.message[:300]}")
    for text in wrong[:5]:
        print(text)
    if wrong:
        sys.exit(1)


main()
