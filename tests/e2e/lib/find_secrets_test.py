"""The search for secrets must find one in each disguise, and nothing where there is none."""

import base64
import gzip
import pathlib
import subprocess
import sys
import tempfile

SECRET = b"hunter2/correct horse"
HERE = pathlib.Path(__file__).parent
b64 = base64.b64encode
cases = {"plain": b"a" + SECRET, "innocent": b"hunter1 " * 40 + b64(gzip.compress(b"x" * 99))}
for pad in range(4):
    cases[f"base64-{pad}"] = b"key=" + b64(b"~" * pad + SECRET + b"!") + b" "
    cases[f"base64-behind-letters-{pad}"] = b"k" * pad + b64(SECRET + b"more of it")
cases["base64-folded"] = base64.encodebytes(b"-" * 90 + SECRET + b"-" * 90)
cases["gzip"] = b"head" + gzip.compress(b"x" * 500 + SECRET) + b"tail"
cases["gzip-in-base64"] = b'"' + b64(gzip.compress(SECRET)) + b'"'
cases["base64-in-gzip"] = gzip.compress(b"A=" + b64(SECRET))
cases["both-twice"] = b64(gzip.compress(b64(gzip.compress(SECRET))))

failed = 0
with tempfile.TemporaryDirectory() as work:
    folder = pathlib.Path(work, "outputs")
    folder.mkdir()
    secrets = pathlib.Path(work, "secrets")
    secrets.write_bytes(SECRET + b"\n\n")
    for name, content in cases.items():
        (folder / "stdout").write_bytes(content)
        command = [sys.executable, "-I", HERE / "find_secrets.py", secrets, folder]
        status = subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode
        if status != (0 if name == "innocent" else 1):
            print(f"FAILED: {name}: status {status}")
            failed += 1
sys.exit(1 if failed else 0)
