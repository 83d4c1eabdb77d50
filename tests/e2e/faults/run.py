"""Boots through faults and signals, many at once, and asks the sandbox what lives afterwards.

run.py FLAME_EC2 FLAME_EC2_SANDBOX FOLDER [TEXT]: only cases whose name has TEXT. The table of what was
seen goes to stdout; status 1 when a promise was broken.
"""

import collections
import concurrent.futures
import json
import signal
import sys
import time
import traceback

from cases import all_cases
from world import SLACK, Flame, Sandbox, fresh_folder

AT_ONCE = 24
GRACE = 30.0
BOOT = ["boot", "--app", "hello", "--bundle", "s3://bundles/hello.tar.gz",
        "--image-id", "ami-0123456789abcdef0", "--max-lifetime", "1h",
        "--instance-type", "m5.large,c5.large", "--output", "json",
        "--env", "TOKEN=very-private-token"]


class Broken(Exception):
    pass


def must(holds, why):
    if not holds:
        raise Broken(why)


def wait_for(boot, sandbox, seen):
    """Until `seen` of the sandbox's requests holds or the boot has ended: whether it holds."""
    while boot.process.poll() is None:
        if seen(sandbox.requests()):
            return True
        time.sleep(0.1)
    return False


class Trial:
    def __init__(self, case, number, binaries, folder):
        self.case = case
        self.binary, sandbox_binary = binaries
        self.folder = fresh_folder(folder, f"{number:03}")
        self.run_id = f"case-{number}"
        self.sandbox = Sandbox(sandbox_binary, self.folder, case.options)
        self.signalled = None

    def flame(self, name, *arguments):
        return Flame(self.binary, self.folder, name, self.sandbox.env, arguments)

    def play(self):
        case = self.case
        self.sandbox.add_faults(case.faults())
        boot = self.flame("boot", *BOOT, "--run-id", self.run_id, "--run-id-file", "run",
                          "--boot-timeout", f"{case.boot_timeout}s", *case.arguments)
        for request, number in case.signals:
            self.send(boot, request, number)
        if case.beside:
            return self.with_terminate(boot)
        if case.sandbox_dies:
            return self.without_sandbox(boot)
        return self.judge(boot, self.wait(boot))

    def send(self, boot, request, number):
        """When this request is in flight; 0: a moment after the signal before."""
        if request == 0:
            time.sleep(0.4)
        elif not wait_for(boot, self.sandbox, lambda requests: len(requests) >= request):
            return
        boot.signal(number)
        self.signalled = self.signalled or time.monotonic()

    def wait(self, boot):
        """The status; checks that it came in time."""
        end = boot.started + self.case.boot_timeout + GRACE
        if self.signalled:
            end = min(end, self.signalled + GRACE)
        status = boot.wait(end + SLACK - time.monotonic())
        must(status is not None, "it did not end in time")
        return status

    def judge(self, boot, status):
        killed = any(number == signal.SIGKILL for _, number in self.case.signals) and status == 137
        live = self.sandbox.live()
        must(len(live) <= 1, f"{len(live)} machines live")
        if status == 0:
            printed = [it["instance_id"] for it in json.loads(boot.out())["instances"]]
            may_be_gone = "powers off" in self.case.fault
            must(live == printed or (may_be_gone and not live), f"printed {printed}, live {live}")
        elif status == 10:
            self.must_be_named(boot, live)
        elif not killed:
            must(not live, f"status {status}, and {live} live")
            must(boot.err().count("flame-ec2: error:") >= 1, "no error was said")
        self.check_secrets()
        self.end_all(killed)
        return status

    def must_be_named(self, boot, live):
        for machine in live:
            named = machine in boot.err() or f"--run-id {self.run_id}" in boot.err().split("error:")[-1]
            must(named, f"{machine} lives, and is not named")
        error = json.loads(boot.out())["error"]
        must(error["run_id"] == self.run_id, "the error does not name the run")
        must("terminate --region" in boot.err().split("error:", 1)[1], "no command to end it is given")

    def end_all(self, killed):
        """The step that always runs ends what is left, also of a boot that was killed."""
        if killed and self.terminate() == 0:
            return
        self.sandbox.clear_faults()
        must(self.terminate() == 0, "terminate failed, and nothing was wrong")

    def terminate(self):
        ending = self.flame("terminate", "terminate", "--run-id-file", "run",
                            "--settle", f"{self.case.settle}s")
        status = ending.wait(self.case.settle + 60 + SLACK)
        must(status in (0, 5, 7, 10), f"terminate ended with {status}: {ending.err()}")
        must(status != 0 or not self.sandbox.live(), f"{self.sandbox.live()} live after terminate")
        return status

    def with_terminate(self, boot):
        """A terminate of the run while the boot goes on: whatever the boot then says is true."""
        wait_for(boot, self.sandbox, lambda requests: len(requests) >= 2)
        beside = self.flame("beside", "terminate", "--run-id", self.run_id, "--settle", "20s")
        status = self.wait(boot)
        must(beside.wait(90 + SLACK) == 0, f"the terminate beside it failed: {beside.err()}")
        must(status not in (0, 10, None), f"the boot ended with {status}")
        return self.judge(boot, status)

    def without_sandbox(self, boot):
        """AWS is not there any more: the machine is named."""
        launched = lambda requests: any(it["action"] == "RunInstances" for it in requests)
        must(wait_for(boot, self.sandbox, launched), "nothing was launched")
        time.sleep(1.0)  # the answer has come
        live = self.sandbox.live()
        self.sandbox.stop(signal.SIGKILL)
        status = self.wait(boot)
        must(status == 10, f"the boot ended with {status}")
        self.must_be_named(boot, live)
        self.check_secrets()
        return status

    def check_secrets(self):
        secrets = ["very-private-token", "X-Amz-Signature=", self.sandbox.env["AWS_SECRET_ACCESS_KEY"]]
        for path in self.folder.glob("*.std*"):
            text = path.read_text(errors="replace")
            must(not any(secret in text for secret in secrets), f"{path.name} holds a secret")


def play(case, number, binaries, folder):
    """(case, status or what was broken, seconds)"""
    start = time.monotonic()
    try:
        trial = Trial(case, number, binaries, folder)
        try:
            outcome = trial.play()
        finally:
            trial.sandbox.stop()
    except Broken as broken:
        outcome = str(broken)
    except Exception:  # pylint: disable=broad-except
        outcome = traceback.format_exc()
    return case, outcome, time.monotonic() - start


def print_table(results):
    rows = collections.defaultdict(list)
    for case, outcome, _ in results:
        rows[case.fault].append(outcome if isinstance(outcome, int) else "BROKEN")
    for fault, statuses in rows.items():
        counts = collections.Counter(statuses)
        shown = ", ".join(f"{status} x{count}" if count > 1 else f"{status}"
                          for status, count in sorted(counts.items(), key=lambda it: str(it[0])))
        print(f"{fault:<28} {len(statuses):>3} cases, exit status {shown}")


def main():
    binaries, folder = sys.argv[1:3], sys.argv[3]
    wanted = sys.argv[4] if len(sys.argv) > 4 else ""
    cases = [case for case in all_cases() if wanted in case.name()]
    start = time.monotonic()
    # The slowest first, so that the last ones do not wait for each other.
    order = sorted(enumerate(cases), key=lambda it: -it[1].boot_timeout)
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        waiting = [pool.submit(play, case, number, binaries, folder) for number, case in order]
        results = [it.result() for it in concurrent.futures.as_completed(waiting)]
    print_table(results)
    broken = [it for it in results if not isinstance(it[1], int)]
    for case, outcome, took in broken:
        number = cases.index(case)
        print(f"BROKEN after {took:.0f} s, files in {number:03}: {case.name()}\n  {outcome}")
    print(f"{len(cases)} cases, {len(broken)} broken, in {time.monotonic() - start:.0f} s")
    sys.exit(1 if broken or not cases else 0)


main()
