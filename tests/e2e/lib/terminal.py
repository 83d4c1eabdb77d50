"""Runs a command in a terminal of its own, and tells what stood on the screen.

terminal.py COLUMNS PREFIX [TEXT ACTION]... -- COMMAND [ARGUMENT...]

Once TEXT has come, ACTION is done, and only then the next TEXT is looked for: ctrl-c types it, resize=N makes
the terminal N columns wide, type=WORDS types them and Return, keys=WORDS types them alone. Exits as the command does, with 128+n when a
signal has ended it, and with 99 when it is still there after two minutes. Written are

PREFIX.raw     what has come, byte for byte
PREFIX.screen  what stands there at the end, each line whole, however narrow the terminal is
PREFIX.live    each line that was drawn to be drawn over
PREFIX.codes   the names of the codes that came: color, erase; anything else that is no text; and what is wrong
               at the end: "cursor" when it does not stand at the begin of an empty line
"""

import os
import pathlib
import pty
import select
import signal
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "scripts" / "lib"))
from screen import Screen, resize  # noqa: E402 pylint: disable=wrong-import-position,import-error


def act(action, terminal):
    name, _, value = action.partition("=")
    if name == "ctrl-c":
        os.write(terminal, b"\x03")
    elif name == "resize":
        resize(terminal, int(value))
    elif name == "type":
        os.write(terminal, value.encode() + b"\n")
    elif name == "keys":
        os.write(terminal, value.encode())
    else:
        sys.exit(f"no action: {action}")


def start(columns, command):
    child, terminal = pty.fork()
    if child == 0:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        resize(0, columns)
        os.execvp(command[0], command)
    return child, terminal


def converse(child, terminal, steps):
    """All that comes, until the program has gone."""
    raw, seen, end = b"", 0, time.monotonic() + 120
    while time.monotonic() < end:
        if not select.select([terminal], [], [], 0.5)[0]:
            continue
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # EIO: nobody has it open any more
            piece = b""
        if not piece:
            return raw, True
        raw += piece
        while steps and (found := raw.find(steps[0][0].encode(), seen)) >= 0:
            seen = found + len(steps[0][0].encode())
            act(steps.pop(0)[1], terminal)
    os.kill(child, signal.SIGKILL)
    return raw, False


def main():
    split = sys.argv.index("--")
    columns, prefix, *words = sys.argv[1:split]
    steps = list(zip(words[::2], words[1::2]))
    child, terminal = start(int(columns), sys.argv[split + 1:])
    raw, ended = converse(child, terminal, steps)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    screen = Screen()
    screen.take(raw.decode())
    if screen.column != 0 or screen.lines[-1]:
        screen.codes.append("cursor")
    for text, action in steps:
        screen.codes.append(f"{text!r} never came, for {action}")
    pathlib.Path(prefix + ".raw").write_bytes(raw)
    pathlib.Path(prefix + ".screen").write_text("\n".join(screen.lines), encoding="utf-8")
    pathlib.Path(prefix + ".live").write_text("".join(line + "\n" for line in screen.live), encoding="utf-8")
    pathlib.Path(prefix + ".codes").write_text("".join(f"{code}\n" for code in sorted(set(screen.codes))),
                                               encoding="utf-8")
    sys.exit(99 if not ended else status if status >= 0 else 128 - status)


main()
