"""The cases: what goes wrong, and which signal comes when."""

import dataclasses
import signal

# What the boot's requests meet. The sandbox's --help says what each does.
FAULTS = {
    "none": [],
    # The launch.
    "launch reset before": ["RunInstances:reset-before=1"],
    "launch reset after": ["RunInstances:reset-after=1"],
    "launch cut before": ["RunInstances:lost-before=2"],
    "launch cut after": ["RunInstances:lost-after=2"],
    "launch always cut after": ["RunInstances:lost-after"],
    "launch always cut before": ["RunInstances:lost-before"],
    "launch truncated": ["RunInstances:truncated=1"],
    "launch cut XML": ["RunInstances:cut-xml=1"],
    "launch garbage": ["RunInstances:garbage=1"],
    "launch garbage always": ["RunInstances:garbage"],
    "launch HTML 502": ["RunInstances:bad-gateway=2"],
    "launch HTML 502 always": ["RunInstances:bad-gateway"],
    "launch 200 MB": ["RunInstances:huge=200MB=1"],
    "launch hangs": ["RunInstances:hang"],
    "launch dribbles": ["RunInstances:dribble"],
    "launch answered too late": ["RunInstances:delay=12s=1"],
    "launch done late": ["RunInstances:late=3s=1"],
    "launch done too late": ["RunInstances:late=9s=1"],
    "launch redirected": ["RunInstances:redirect"],
    # Each class of errors.
    "launch throttled": ["RunInstances:RequestLimitExceeded=2"],
    "launch throttled always": ["RunInstances:RequestLimitExceeded"],
    "launch internal error": ["RunInstances:InternalError=2"],
    "launch no capacity": ["RunInstances:InsufficientInstanceCapacity=1"],
    "launch no capacity always": ["RunInstances:InsufficientInstanceCapacity"],
    "launch unsupported": ["RunInstances:Unsupported=1"],
    "launch no addresses": ["RunInstances:InsufficientFreeAddressesInSubnet"],
    "launch quota": ["RunInstances:VcpuLimitExceeded"],
    "launch clock": ["RunInstances:RequestExpired=1"],
    "launch dead keys": ["RunInstances:ExpiredToken"],
    "launch signature": ["RunInstances:AuthFailure"],
    "launch account": ["RunInstances:OptInRequired"],
    "launch denied": ["RunInstances:UnauthorizedOperation"],
    "launch parameter": ["RunInstances:InvalidParameterValue"],
    "launch mismatch": ["RunInstances:IdempotentParameterMismatch"],
    "launch unheard of": ["RunInstances:SomethingNew"],
    # The machine.
    "machine taken back": ["machine:InsufficientInstanceCapacity=1"],
    "machine taken back twice": ["machine:InternalError=2"],
    "machine powers off": ["machine:power-off=300ms"],
    # What is seen of it.
    "not found at first": ["DescribeInstances[InstanceId.1=*]:InvalidInstanceID.NotFound=3"],
    "describe dead": ["DescribeInstances[InstanceId.1=*]:InternalError"],
    "describe hangs": ["DescribeInstances[InstanceId.1=*]:hang"],
    "describe garbage": ["DescribeInstances[InstanceId.1=*]:garbage=2"],
    "describe 200 MB": ["DescribeInstances[InstanceId.1=*]:huge=200MB"],
    "describe dead, launch lost": ["RunInstances:lost-after", "DescribeInstances:503@2+"],
    # Its end.
    "terminate slow": ["TerminateInstances:delay=2s"],
    "terminate fails once": ["TerminateInstances:InternalError=1"],
    "terminate fails twice": ["TerminateInstances:RequestLimitExceeded=2"],
    "terminate cut after": ["TerminateInstances:lost-after=1"],
    "terminate hangs once": ["TerminateInstances:hang=1"],
    "terminate denied": ["TerminateInstances:UnauthorizedOperation"],
    "terminate fails for ever": ["TerminateInstances:InternalError"],
}

# After these the machine is not there by itself: the boot must end it.
SLOW_MACHINE = {"terminate slow", "terminate fails once", "terminate fails twice", "terminate cut after",
                "terminate hangs once", "terminate denied", "terminate fails for ever"}


@dataclasses.dataclass
class Case:
    fault: str
    signals: tuple = ()  # (number of the request that is in flight, signal), in order
    options: tuple = ()  # of the sandbox
    boot_timeout: int = 8
    arguments: tuple = ()
    beside: bool = False  # a `terminate --run-id` beside the boot
    sandbox_dies: bool = False  # once the machine was launched
    settle: int = 3  # seconds that `terminate --run-id` looks, afterwards

    def name(self):
        said = " ".join(f"{signal.Signals(number).name}@{request}" for request, number in self.signals)
        more = [said or "no signal", *self.options, *(["terminate beside it"] if self.beside else []),
                *(["AWS is gone"] if self.sandbox_dies else []), *self.arguments]
        return f"{self.fault}: {', '.join(more)}"

    def faults(self):
        # What a signal is to hit is held in flight, after its effect.
        held = [f"*:delay=3s@{request}" for request, number in self.signals[:1] if request > 0]
        return FAULTS[self.fault] + held


LAG = ("--visible-after", "20s")
SLOW = ("--pending-time", "60s")


def all_cases():
    cases = []
    for fault in FAULTS:
        slow = SLOW if fault in SLOW_MACHINE else ()
        limit = 3 if slow else 8
        for signals in ((), ((2, signal.SIGTERM),), ((2, signal.SIGKILL),)):
            cases.append(Case(fault, signals, slow, limit, settle=12 if "late" in fault else 3))
    # Every signal at every request of a boot that does well: greeting, launch, looks, terminate.
    for request in (1, 2, 3, 4):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL):
            cases.append(Case("none", ((request, number),), SLOW, 20))
        twice = ((request, signal.SIGINT), (0, signal.SIGINT))
        cases.append(Case("none", twice, SLOW, 20))
        cases.append(Case("none", ((request, signal.SIGINT), (0, signal.SIGTERM)), SLOW, 20))
    # A second signal while the terminate that the first has caused does not come through.
    for fault in ("terminate fails for ever", "terminate hangs once", "launch hangs",
                  "launch always cut after"):
        cases.append(Case(fault, ((2, signal.SIGINT), (0, signal.SIGINT)), SLOW, 20))
        cases.append(Case(fault, ((2, signal.SIGTERM), (0, signal.SIGHUP)), SLOW, 20))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL):
        cases.append(Case("terminate slow", ((2, signal.SIGINT), (3, number)), SLOW, 20))
    # EC2 shows a launch only 20 seconds later.
    cases.append(Case("none", (), LAG, 60))
    for fault in ("none", "launch cut after", "launch always cut after"):
        cases.append(Case(fault, ((2, signal.SIGTERM),), LAG, 60, settle=25))
        cases.append(Case(fault, ((2, signal.SIGKILL),), LAG, 60, settle=25))
    cases.append(Case("launch always cut after", (), LAG, 5, settle=25))
    cases.append(Case("launch done late", ((2, signal.SIGKILL),), LAG, 60, settle=30))
    # Others at work.
    for fault in ("none", "launch cut after", "launch answered too late", "launch done late"):
        cases.append(Case(fault, (), SLOW, 8, beside=True))
    cases.append(Case("none", (), SLOW, 8, sandbox_dies=True))
    for fault in ("none", "terminate fails once"):
        cases.append(Case(fault, (), SLOW, 3, arguments=("--keep-on-failure",)))
    return cases
