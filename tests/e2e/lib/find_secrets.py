"""Searches files for secrets: plain, in base64, in gzip, and these inside each other.

find_secrets.py SECRETS FOLDER: SECRETS has one a line. Status 1 when one is found.
"""

import base64
import binascii
import pathlib
import re
import sys
import zlib

DEPTH = 4


def inside(blob):
    """What a blob holds: everything that decodes, at any place."""
    for run in re.findall(rb"[A-Za-z0-9+/_-]{16,}={0,2}", blob):
        run = run.rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
        for skip in range(4):
            part = run[skip : skip + (len(run) - skip) // 4 * 4]
            if part:
                yield base64.b64decode(part)
            rest = run[skip:]
            try:
                yield base64.b64decode(rest + b"=" * (-len(rest) % 4))
            except binascii.Error:
                pass
    for start in re.finditer(rb"\x1f\x8b\x08", blob):
        try:
            yield zlib.decompressobj(31).decompress(blob[start.start() :])
        except zlib.error:
            pass
    lines = b"".join(blob.split())  # base64 that was folded
    if lines != blob and re.search(rb"[A-Za-z0-9+/]{60,}", blob):
        yield lines


def found(blob, secrets, depth=DEPTH):
    hits = {secret for secret in secrets if secret in blob}
    if depth:
        for part in set(inside(blob)):
            hits |= found(part, secrets, depth - 1)
    return hits


def main():
    secrets = [line for line in pathlib.Path(sys.argv[1]).read_bytes().splitlines() if line]
    status = 0
    for path in sorted(pathlib.Path(sys.argv[2]).iterdir()):
        for secret in found(path.read_bytes(), secrets):
            print(f"{path}: holds {secret.decode()!r}")
            status = 1
    sys.exit(status)


main()
