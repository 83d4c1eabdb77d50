"""Many boots with random faults, signals and kills. What the status promises is what lives, and once
the lifetimes are over gc leaves nothing.

soak.py FLAME_EC2 FLAME_EC2_SANDBOX FOLDER BOOTS SEED
"""

import concurrent.futures
import json
import random
import signal
import sys
import time
import traceback

from world import SLACK, Flame, Sandbox, fresh_folder

WORKERS = 8
BOOT = ["boot", "--app", "hello", "--bundle", "s3://bundles/hello.tar.gz",
        "--image-id", "ami-0123456789abcdef0", "--max-lifetime", "1h", "--boot-timeout", "4s",
        "--instance-type", "m5.large,c5.large", "--output", "json"]
FAULTS = """
RunInstances:lost-before=1 RunInstances:lost-after=1 RunInstances:reset-before=1
RunInstances:reset-after=2 RunInstances:truncated=1 RunInstances:503=2 RunInstances:bad-gateway=1
RunInstances:RequestLimitExceeded=2 RunInstances:InsufficientInstanceCapacity=1
RunInstances:delay=5s@1 RunInstances:late=2s@1 RunInstances:garbage=1
DescribeInstances:InternalError=3 DescribeInstances:truncated=2 DescribeInstances:html=2
DescribeInstances:delay=2s=2 TerminateInstances:RequestLimitExceeded=2
TerminateInstances:lost-after=1 TerminateInstances:503=1 *:delay=300ms machine:power-off=1s
machine:InternalError=1 machine:InsufficientInstanceCapacity=1
""".split()
GONE = ("terminated", "shutting-down")


def must(holds, why):
    if not holds:
        raise AssertionError(why)


class Worker:
    """One sandbox, its boots one after the other."""

    def __init__(self, number, binaries, folder, boots, seed):
        self.binary = binaries[0]
        self.folder = fresh_folder(folder, f"worker-{number}")
        self.dice = random.Random(seed * 1000 + number)
        self.boots = boots
        self.about = ""
        self.may_live = set()  # runs that may have a machine for a reason
        self.sandbox = Sandbox(binaries[1], self.folder,
                               ["--pending-time", "300ms", "--visible-after", "200ms"])

    def flame(self, *arguments):
        return Flame(self.binary, self.folder, "call", self.sandbox.env, arguments)

    def live(self):
        return {it["id"]: it["tags"]["flame-ec2:run-id"]
                for it in self.sandbox.instances() if it["state"] not in GONE}

    def run(self):
        try:
            for number in range(self.boots):
                self.boot(f"soak-{number}")
            self.collect()
        finally:
            self.sandbox.stop()

    def boot(self, run_id):
        chosen = self.dice.sample(FAULTS, 2)
        self.about = f"{run_id} with {' '.join(chosen)}"
        self.sandbox.clear_faults()
        self.sandbox.add_faults(chosen)
        boot = self.flame(*BOOT, "--run-id", run_id)
        number = self.dice.choice([None, None, signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
        if number is not None:
            time.sleep(self.dice.uniform(0.05, 2.5))
            self.about += f" and {number.name}"
            boot.signal(number)
        status = boot.wait(4 + 30 + SLACK)
        must(status is not None, "it did not end in time")
        self.judge(run_id, boot, status, "power-off" in self.about)

    def judge(self, run_id, boot, status, may_be_gone):
        mine = [machine for machine, run in self.live().items() if run == run_id]
        must(len(mine) <= 1, f"{mine} live")
        if status == 0:
            printed = [it["instance_id"] for it in json.loads(boot.out())["instances"]]
            must(mine == printed or (may_be_gone and not mine), f"printed {printed}, live {mine}")
        elif status == 10:
            must(run_id in boot.out(), "the run is not named")
        elif status != 137:
            must(not mine, f"status {status}, and {mine} live")
        if status in (0, 10, 137):
            self.may_live.add(run_id)

    def collect(self):
        """gc ends nothing before its time, and then everything."""
        self.about = "gc"
        self.sandbox.clear_faults()
        time.sleep(3)  # what was late is done
        before = self.live()
        must(set(before.values()) <= self.may_live, "a machine lives of a run that has ended")
        must(self.flame("gc").wait(60 + SLACK) == 0, "gc failed")
        must(self.live() == before, "gc has ended what had not expired")
        self.sandbox.add_faults(["*:date-ahead=2h"])
        must(self.flame("gc").wait(60 + SLACK) == 0, "gc failed")
        must(not self.live(), f"{self.live()} live after their lifetime and gc")


def soak(worker):
    try:
        worker.run()
        return None
    except Exception:  # pylint: disable=broad-except
        return f"{worker.folder}: {worker.about}\n{traceback.format_exc()}"


def main():
    binaries, folder = sys.argv[1:3], sys.argv[3]
    boots, seed = int(sys.argv[4]), int(sys.argv[5])
    start = time.monotonic()
    shares = [boots // WORKERS + (number < boots % WORKERS) for number in range(WORKERS)]
    workers = [Worker(number, binaries, folder, share, seed) for number, share in enumerate(shares)]
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        broken = [it for it in pool.map(soak, workers) if it]
    for text in broken:
        print("BROKEN:", text)
    print(f"{boots} boots, seed {seed}, {len(broken)} broken, in {time.monotonic() - start:.0f} s")
    sys.exit(1 if broken else 0)


main()
