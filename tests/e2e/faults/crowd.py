"""Boots of many machines while EC2 has little to give: random scenarios, faults and signals, and one boot
of a thousand. Of all machines that EC2 ever made, those that were returned live and the others have ended.

crowd.py FLAME_EC2 FLAME_EC2_SANDBOX FOLDER BOOTS SEED
"""

import collections
import concurrent.futures
import json
import random
import signal
import sys
import time
import traceback

from world import SLACK, Flame, Sandbox, fresh_folder

WORKERS = 6
LARGE = "subnet-0aaaaaaaaaaaaaaa6"  # of 4091 addresses, in zone b
SUBNETS = ["subnet-0123456789abcdef0", "subnet-0fedcba9876543210", "subnet-00112233445566778", LARGE]
ZONES = ["us-east-1a", "us-east-1b", "us-east-1c"]
TYPES = ["t3.nano", "m5.large", "g4dn.xlarge"]
MARKETS = ["spot", "on-demand"]
FAULTS = ["RunInstances:lost-after=1", "RunInstances:reset-before=1", "RunInstances:503=2",
          "RunInstances:truncated=1", "RunInstances:RequestLimitExceeded=1",
          "DescribeInstances:InternalError=2", "DescribeInstances:truncated=1",
          "TerminateInstances:RequestLimitExceeded=2", "TerminateInstances:lost-after=1"]
GONE = ("terminated", "shutting-down")


def must(holds, why):
    if not holds:
        raise AssertionError(why)


def scenario(dice, count):
    """Room for about as many as are wanted, in parts, with everything else that may come between."""
    lines = [f'visible_after = "{dice.choice([0, 0, 300, 1500])}ms"',
             f'states_after = "{dice.choice([0, 0, 400])}ms"',
             f"spot_role = {dice.choice(['true', 'true', 'true', 'false'])}",
             "[capacity]"]
    for zone in ZONES:
        for market in MARKETS:
            room = dice.choice([0, count // 3, count // 2, count])
            lines.append(f'"*/{zone}/{market}" = {room}')
    if dice.random() < 0.5:
        lines += ["[addresses]", f"{dice.choice(SUBNETS)} = {min(11, count // 2)}"]
    if dice.random() < 0.3:
        lines += ["[quotas]", f'"standard/{dice.choice(MARKETS)}" = {count}']
    if dice.random() < 0.3:
        lines += ["[not_offered]", f'us-east-1a = ["{dice.choice(TYPES)}"]']
    if dice.random() < 0.4:
        back = f"{{ count = {dice.randint(1, 3)}, skip = {dice.randint(0, 2)} }}"
        lines += ["[taken_back]", f'"*/{dice.choice(ZONES)}/*" = {back}']
    if dice.random() < 0.5:
        lines += ["[buckets]", "ec2 = true"]
    if dice.random() < 0.3:
        lines += ["[[later]]", 'after = "1s"', "[later.capacity]", f'"*/us-east-1b/*" = {count}']
    return "\n".join(lines) + "\n"


class Crowd:
    """One sandbox and one boot of many."""

    def __init__(self, number, binaries, folder, seed):
        self.dice = random.Random(seed * 1000 + number)
        self.binaries = binaries
        self.folder = fresh_folder(folder, f"crowd-{number}")
        self.about = ""
        self.timeout = 20  # seconds of the boot

    def run(self):
        count = self.dice.choice([2, 5, 12, 40])
        least = self.dice.choice([None, None, 1, count // 2, count]) or None
        arguments = ["--subnet-id", ",".join(self.dice.sample(SUBNETS, self.dice.randint(1, 3))),
                     "--instance-type", ",".join(self.dice.sample(TYPES, self.dice.randint(1, 2))),
                     "--market", ",".join(self.dice.sample(MARKETS, self.dice.randint(1, 2)))]
        faults = self.dice.sample(FAULTS, self.dice.choice([0, 0, 1, 2]))
        number = self.dice.choice([None, None, None, signal.SIGINT, signal.SIGTERM])
        return self.boot(scenario(self.dice, count), count, least, arguments, faults, number)

    def thousand(self):
        self.timeout = 150  # on a busy computer
        text = ('[capacity]\n"*/us-east-1a/*" = 0\n[buckets]\nec2 = true\n'
                f"[addresses]\n{LARGE} = 1000\n")
        return self.boot(text, 1000, None, ["--subnet-id", f"{SUBNETS[0]},{LARGE}",
                                            "--instance-type", "t3.nano"], [], None)

    def boot(self, text, count, least, arguments, faults, number):
        (self.folder / "scenario.toml").write_text(text)
        self.about = f"{count} (least {least}) {arguments} {faults} {number}"
        sandbox = Sandbox(self.binaries[1], self.folder, ["--pending-time", "300ms", "--scenario",
                                                          str(self.folder / "scenario.toml")])
        try:
            sandbox.add_faults(faults)
            some = ["--min-count", str(least)] if least else []
            boot = Flame(self.binaries[0], self.folder, "call", sandbox.env, [
                "boot", "--app", "hello", "--bundle", "s3://bundles/hello.tar.gz", "--no-inspect",
                "--image-id", "ami-0123456789abcdef0", "--max-lifetime", "1h",
                "--boot-timeout", f"{self.timeout}s", "--output", "json", "--run-id", "crowd",
                "--count", str(count), *some, *arguments])
            if number is not None:
                time.sleep(self.dice.uniform(0.05, 2.0))
                boot.signal(number)
            status = boot.wait(self.timeout + 30 + SLACK)
            must(status is not None, "it did not end in time")
            return self.judge(sandbox, boot, status, count, least or count)
        finally:
            sandbox.stop()

    def judge(self, sandbox, boot, status, count, least):
        printed = []
        if status == 0:
            printed = sorted(it["instance_id"] for it in json.loads(boot.out())["instances"])
            must(least <= len(printed) <= count, f"{len(printed)} were returned")
            must(len(set(printed)) == len(printed), "a machine was returned twice")
        if status == 10:
            must("crowd" in boot.out() + boot.err(), "the run is not named")
            return status
        must(status in (0, 6, 7, 8, 130, 143), f"status {status}")
        made = sandbox.instances()
        live = sorted(it["id"] for it in made if it["state"] not in GONE)
        must(live == printed, f"status {status}: returned {len(printed)}, {len(live)} of {len(made)} live: "
                              f"{[it for it in live if it not in printed][:3]}")
        return status


def attempt(task):
    crowd, what = task
    try:
        return getattr(crowd, what)(), None
    except Exception:  # pylint: disable=broad-except
        return "broken", f"{crowd.folder}: {crowd.about}\n{traceback.format_exc()}"


def main():
    binaries, folder = sys.argv[1:3], sys.argv[3]
    boots, seed = int(sys.argv[4]), int(sys.argv[5])
    start = time.monotonic()
    crowds = [Crowd(number, binaries, folder, seed) for number in range(boots + 1)]
    tasks = [(crowds[0], "thousand")] + [(crowd, "run") for crowd in crowds[1:]]
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        ends = list(pool.map(attempt, tasks))
    for _, text in ends:
        if text:
            print("BROKEN:", text)
    counted = collections.Counter(str(status) for status, _ in ends)
    print(f"{boots} boots and one of 1000, seed {seed}, by status {dict(sorted(counted.items()))}, "
          f"in {time.monotonic() - start:.0f} s")
    sys.exit(1 if counted["broken"] or ends[0][0] != 0 else 0)


main()
