"""A sandbox and a flame-ec2 of one case, each with the environment of its own."""

import io
import json
import os
import pathlib
import re
import signal
import subprocess
import tarfile
import time
import urllib.error
import urllib.request

SLACK = 25.0  # seconds that a busy computer may add to anything


class Sandbox:
    """A flame-ec2-sandbox whose machines only exist. Its control pages are the judge."""

    def __init__(self, binary, folder, options):
        self.env_file = folder / "sandbox.env"
        self.log = open(folder / "sandbox.log", "wb")
        self.process = subprocess.Popen(
            [binary, "--port", "0", "--machines", "none", "--quiet",
             "--s3", str(folder / "s3"), "--env-file", str(self.env_file), *options],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        self.env = self._environment()

    def _environment(self):
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if self.env_file.exists():
                lines = re.findall(r"^export (\w+)='?([^'\n]*)'?$", self.env_file.read_text(), re.M)
                if lines:
                    return dict(lines)
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        raise RuntimeError("the sandbox did not start")

    def control(self, method, page, body=None):
        request = urllib.request.Request(
            f"{self.env['AWS_ENDPOINT_URL'].rstrip('/')}/_sandbox/{page}", data=body, method=method,
            headers={"Authorization": "Bearer " + self.env["AWS_SECRET_ACCESS_KEY"]})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read()

    def instances(self):
        return json.loads(self.control("GET", "instances"))

    def live(self):
        gone = ("terminated", "shutting-down")
        return sorted(it["id"] for it in self.instances() if it["state"] not in gone)

    def requests(self):
        """Those of EC2 that have come, also when they are not answered yet."""
        return [it for it in json.loads(self.control("GET", "requests")) if it["service"] == "ec2"]

    def add_faults(self, faults):
        if faults:
            self.control("POST", "faults", "\n".join(faults).encode())

    def clear_faults(self):
        self.control("DELETE", "faults")

    def stop(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
        self.process.wait(60)
        self.log.close()


class Flame:
    """One call of flame-ec2, its output in files."""

    def __init__(self, binary, folder, name, env, arguments, **more):
        self.out_path = folder / f"{name}.stdout"
        self.err_path = folder / f"{name}.stderr"
        self.started = time.monotonic()
        whole = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8",
                 "AWS_EC2_METADATA_DISABLED": "true",
                 "FLAME_EC2_WAIT_FOR": "running", **env}  # what only exists is never ready
        with open(self.out_path, "wb") as out, open(self.err_path, "wb") as err:
            self.process = subprocess.Popen(
                [binary, *arguments], env=whole, cwd=folder, stdout=out, stderr=err,
                stdin=more.pop("stdin", subprocess.DEVNULL), **more)

    def signal(self, number):
        if self.process.poll() is None:
            self.process.send_signal(number)

    def wait(self, limit):
        """The exit status as a shell has it, or None when it had to be killed."""
        try:
            status = self.process.wait(max(0.1, limit))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None
        return status if status >= 0 else 128 - status

    def took(self):
        return time.monotonic() - self.started

    def out(self):
        return self.out_path.read_text(errors="replace")

    def err(self):
        return self.err_path.read_text(errors="replace")


def fresh_folder(parent, name):
    folder = pathlib.Path(parent) / name
    os.makedirs(folder / "s3" / "bundles")
    program = b"#!/bin/sh\nexec sleep 3600\n"
    with tarfile.open(folder / "s3" / "bundles" / "hello.tar.gz", "w:gz") as bundle:
        entry = tarfile.TarInfo("bin/hello")
        entry.size, entry.mode = len(program), 0o755
        bundle.addfile(entry, io.BytesIO(program))
    return folder
