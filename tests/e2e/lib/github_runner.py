"""Runs a step that uses action.yml as GitHub's runner does: inputs, files of state and outputs, commands
in the output, the step's end after a cancellation (SIGINT to node, SIGTERM after 7.5 s, SIGKILL to all of it
after 10 s), the post step in any case. Sources: GitHub's documentation, "Metadata syntax" and "Workflow
commands"; the source of actions/runner: ProcessInvoker, ActionCommandManager, FileCommandManager.

github_runner.py PROJECT NAME INPUTS [--cancel TEXT] [--kill TEXT] [--between COMMAND]
                 [--no-outputs]

INPUTS is a JSON object. --cancel: once TEXT is in the log of main; --kill: node alone is killed then, with no
word. --between: run by sh before post. --no-outputs: the disk of GITHUB_OUTPUT is full. Leaves NAME.json:
{"main": status, "post": status, "outputs": {}, "errors": [], "notices": [], "unknown": []}, and the logs
NAME.main.log, NAME.post.log.
"""

import argparse
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

import yaml

FILES = ("GITHUB_OUTPUT", "GITHUB_STATE", "GITHUB_PATH", "GITHUB_ENV", "GITHUB_STEP_SUMMARY")
COMMAND = re.compile(r"^::([a-z-]+)( [^:]*)?::(.*)$")


def children(pid):
    found = []
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += [int(child), *children(int(child))]
    return found


def entries(text):
    """Of a file of NAME=VALUE, or NAME<<END and lines up to END; a later one wins."""
    values, lines = {}, iter(text.split("\n"))
    for line in lines:
        if "<<" in line:
            name, end = line.split("<<", 1)
            value = []
            for part in lines:
                if part == end:
                    break
                value.append(part)
            else:
                sys.exit(f"{name} has no end")
            values[name] = "\n".join(value)
        elif line:
            name, value = line.split("=", 1)
            values[name] = value
    return values


class Step:
    """One run of node, and what it said."""

    def __init__(self, script, environment, log, result):
        self.result, self.stop, self.lines = result, None, []
        self.log = open(log, "w", encoding="utf-8")
        self.lock = threading.Lock()
        self.node = subprocess.Popen(["node", script], env=environment, stdin=subprocess.DEVNULL,
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                     errors="replace")
        self.readers = [threading.Thread(target=self.read, args=(stream,), daemon=True)
                        for stream in (self.node.stdout, self.node.stderr)]
        for reader in self.readers:
            reader.start()

    def read(self, stream):
        for line in stream:
            with self.lock:
                self.take(line.rstrip("\n"))

    def take(self, line):
        self.lines.append(line)
        self.log.write(line + "\n")
        self.log.flush()
        if self.stop is not None:
            if line == f"::{self.stop}::":
                self.stop = None
            return
        found = COMMAND.match(line)
        if not found:
            return
        name, _, text = found.groups()
        text = text.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
        if name == "stop-commands":
            self.stop = text
        elif name in ("error", "notice"):
            self.result[name + "s"].append(text)
        else:
            self.result["unknown"].append(line)

    def said(self, text):
        with self.lock:
            return any(text in line for line in self.lines)

    def until(self, text):
        end = time.monotonic() + 60
        while not self.said(text) and self.node.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
        if not self.said(text):
            sys.exit(f"never said: {text}")

    def waited(self, seconds):
        try:
            self.node.wait(seconds)
            return True
        except subprocess.TimeoutExpired:
            return False

    def cancel(self):
        self.node.send_signal(signal.SIGINT)
        if self.waited(7.5):
            return
        self.node.send_signal(signal.SIGTERM)
        if self.waited(2.5):
            return
        for pid in [self.node.pid, *children(self.node.pid)]:
            os.kill(pid, signal.SIGKILL)

    def status(self):
        status = self.node.wait(120)
        for reader in self.readers:
            reader.join(60)
        self.log.close()
        return status if status >= 0 else 128 - status


def environment_of(action, given, temp):
    unknown = set(given) - set(action["inputs"])
    if unknown:
        sys.exit(f"no input of action.yml: {unknown}")
    environment = dict(os.environ, GITHUB_ACTIONS="true", RUNNER_TEMP=str(temp), GITHUB_RUN_ID="77",
                       GITHUB_REPOSITORY="acme/shop")
    for name, row in action["inputs"].items():
        environment[f"INPUT_{name.upper().replace(' ', '_')}"] = str(given.get(name, row.get("default", "")))
    return environment


def run(project, action, stage, environment, overruled, temp, name, result):
    files = {}
    for variable in FILES:
        files[variable] = temp / f"{variable}.{stage}"
        files[variable].touch()
    given = dict(environment, **{variable: str(path) for variable, path in files.items()})
    given.update(overruled)
    step = Step(project / action["runs"][stage], given, f"{name}.{stage}.log", result)
    return step, files


def main():
    parser = argparse.ArgumentParser()
    for argument in ("project", "name", "inputs"):
        parser.add_argument(argument)
    for option in ("--cancel", "--kill", "--between"):
        parser.add_argument(option)
    parser.add_argument("--no-outputs", action="store_true")
    options = parser.parse_args()
    project = pathlib.Path(options.project)
    action = yaml.safe_load((project / "action.yml").read_text(encoding="utf-8"))
    assert action["runs"]["using"] == "node24" and action["runs"]["post-if"] == "always()"
    result = {"errors": [], "notices": [], "unknown": []}
    temp = pathlib.Path(tempfile.mkdtemp(prefix="temp.", dir="."))
    temp = temp.resolve()
    environment = environment_of(action, json.loads(options.inputs), temp)
    overruled = {"GITHUB_OUTPUT": "/dev/full"} if options.no_outputs else {}
    step, files = run(project, action, "main", environment, overruled, temp, options.name, result)
    if options.cancel or options.kill:
        step.until(options.cancel or options.kill)
        if options.cancel:
            step.cancel()
        else:
            step.node.kill()
    result["main"] = step.status()
    result["outputs"] = entries(files["GITHUB_OUTPUT"].read_text(encoding="utf-8"))
    result["path"] = files["GITHUB_PATH"].read_text(encoding="utf-8").split()
    if set(result["outputs"]) - set(action["outputs"]):
        sys.exit(f"no output of action.yml: {result['outputs']}")
    if options.between:
        subprocess.run(["sh", "-c", options.between], check=True)
    for name, value in entries(files["GITHUB_STATE"].read_text(encoding="utf-8")).items():
        environment[f"STATE_{name}"] = value
    step, _ = run(project, action, "post", environment, {}, temp, options.name, result)
    result["post"] = step.status()
    result["left"] = sorted(path.name for path in temp.iterdir() if not path.name.startswith("GITHUB_"))
    pathlib.Path(f"{options.name}.json").write_text(json.dumps(result, indent=1), encoding="utf-8")


main()
