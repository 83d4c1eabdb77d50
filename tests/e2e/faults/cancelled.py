"""A step of a CI job that is cancelled as GitHub does it: SIGINT to the shell, SIGTERM after 7.5 s,
SIGKILL to everything after 10 s.

cancelled.py NAME TEXT COMMAND...: runs the command in a bash of the name's own, cancelled once TEXT is
on its stderr, which goes to NAME.stderr. Prints the status of the shell.
"""

import os
import pathlib
import signal
import subprocess
import sys
import time


def children(pid):
    found = []
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += [int(child), *children(int(child))]
    return found


def waited(shell, seconds):
    try:
        shell.wait(seconds)
        return True
    except subprocess.TimeoutExpired:
        return False


def cancel(shell):
    shell.send_signal(signal.SIGINT)
    if waited(shell, 7.5):
        return
    shell.send_signal(signal.SIGTERM)
    if waited(shell, 2.5):
        return
    for pid in [shell.pid, *children(shell.pid)]:
        os.kill(pid, signal.SIGKILL)


def main():
    name, text, command = sys.argv[1], sys.argv[2], sys.argv[3]
    stderr = pathlib.Path(f"{name}.stderr")
    script = pathlib.Path(f"{name}.sh")
    script.write_text(command + "\necho afterwards\n", encoding="utf-8")
    with open(stderr, "wb") as errors, open(f"{name}.stdout", "wb") as output:
        shell = subprocess.Popen(["bash", "-e", script], stdin=subprocess.DEVNULL, stdout=output,
                                 stderr=errors, restore_signals=True)
    end = time.monotonic() + 60
    while text not in stderr.read_text(errors="replace") and time.monotonic() < end:
        time.sleep(0.05)
    cancel(shell)
    status = shell.wait()
    print(status if status >= 0 else 128 - status)


main()
