"""What stands on a terminal after some output: as much of one as a well-behaved program needs."""

import fcntl
import re
import struct
import termios

CODE = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])|\x1b.?")


def resize(terminal, columns):
    """Makes the terminal of this descriptor so wide; its program gets SIGWINCH."""
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))


class Screen:
    """Lines are kept whole, however narrow the terminal is."""

    def __init__(self):
        self.lines, self.column = [""], 0
        self.live = []   # each line that was drawn to be drawn over
        self.codes = []  # "color", "erase", and any other that is no text, as it came

    def put(self, letters):
        line = self.lines[-1].ljust(self.column)
        self.lines[-1] = line[:self.column] + letters + line[self.column + len(letters):]
        self.column += len(letters)

    def code(self, found):
        if found[2] == "m":
            self.codes.append("color")
        elif found[2] == "K" and found[1] in ("", "0"):
            self.codes.append("erase")
            self.lines[-1] = self.lines[-1][:self.column]
            if self.column > 0:
                self.live.append(self.lines[-1])
        else:
            self.codes.append(repr(found[0]))

    def take(self, text):
        at = 0
        while at < len(text):
            letter = text[at]
            found = CODE.match(text, at)
            if found:
                self.code(found)
                at = found.end()
                continue
            at += 1
            if letter == "\r":
                self.column = 0
            elif letter == "\n":
                self.lines.append("")
                self.column = 0
            elif letter == "\t":
                self.put(" " * (8 - self.column % 8))
            elif letter < " " or letter == "\x7f":
                self.codes.append(repr(letter))
            else:
                self.put(letter)
