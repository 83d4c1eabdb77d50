"""The comparison with docs/schemas must see a key too many, one too few, a wrong type, and what is no JSON."""

import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
SCHEMAS = HERE.parents[2] / "docs" / "schemas" / "v1.json"
ENDED = {"region": "eu-west-1", "run_id": "r", "terminated": ["i-0abc"]}
ERROR = {"kind": "capacity", "message": "m", "hint": None, "aws_code": None, "request_id": None, "run_id": None,
         "stage": None, "retryable": True, "retry_after_ms": None, "instances": [],
         "also": [{"message": "n", "hint": "h"}]}

try:
    import jsonschema  # pylint: disable=unused-import
except ImportError:
    print("skipped: python3-jsonschema is not there")
    sys.exit(77)

cases = {
    "right": (ENDED, 0),
    "right with an error": ({**ENDED, "error": ERROR}, 0),
    "a failure": ({"error": ERROR}, 0),
    "a key too many": ({**ENDED, "more": 1}, 1),
    "a key too few": ({"region": "eu-west-1", "terminated": []}, 1),
    "a wrong type": ({**ENDED, "run_id": 7}, 1),
    "no id": ({**ENDED, "terminated": ["7"]}, 1),
    "an unknown kind": ({"error": {**ERROR, "kind": "bad-luck"}}, 1),
    "a key too many, far inside": ({"error": {**ERROR, "also": [{"message": "n", "hint": None, "x": 1}]}}, 1),
}
texts = {name: (json.dumps(value), status) for name, (value, status) in cases.items()}
texts["no JSON"] = ("i-0abc", 1)
texts["nothing"] = ("", 0)

TERMINATE = ["terminate", "--run-id", "r", "-o", "json"]
DRY_RUN = {"run_id": "r", "region": "eu-west-1", "candidates": ["t3.nano"], "request": {"MinCount": "1"}}
calls = [(name, TERMINATE, text, status) for name, (text, status) in texts.items()]
calls += [
    ("a command without a schema", ["new-command", "--json"], json.dumps(ENDED), 1),
    ("the failure of such a one", ["new-command", "--json"], json.dumps({"error": ERROR}), 0),
    ("flags before the command", ["-o", "json", "terminate"], json.dumps(ENDED), 0),
    ("a dry run of run", ["run", "--dry-run", "--json", "--", "true"], json.dumps(DRY_RUN), 0),
    ("a dry run of run with a key too many", ["run", "--dry-run", "--json"], json.dumps({**DRY_RUN, "x": 1}), 1),
    ("what a command prints", ["run", "--", "echo", "--json"], "anything", 0),
]

failed = 0
with tempfile.TemporaryDirectory() as work:
    for case, args, text, wanted in calls:
        (pathlib.Path(work) / "1.args").write_text("".join(f"{arg}\0" for arg in args), encoding="utf-8")
        (pathlib.Path(work) / "1.stdout").write_text(text, encoding="utf-8")
        command = [sys.executable, "-I", HERE / "check_schemas.py", SCHEMAS, work, work]
        status = subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode
        if status != wanted:
            print(f"FAILED: {case}: status {status}")
            failed += 1
sys.exit(1 if failed else 0)
