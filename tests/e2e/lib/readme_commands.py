"""The commands of documents in Markdown, in their order: of blocks that are indented by four, or fenced as
sh. readme_commands.py FILE... prints each with a NUL behind, as it stands there, its continuation lines joined.
With --told in front: those that the text tells of instead, `between backquotes` or behind "$ ", before output.

A block is one of commands when a line of it begins with a word that one types; others hold output, files of
settings, programs.
"""

import re
import sys

TYPED = re.compile(r"(sudo |git |cmake |scripts/|mkdir |printf |tar |eval |export |[A-Z_]+=\S+ )*"
                   r"(flame-ec2|git|cmake|scripts/|mkdir|printf|tar|eval|export)\b")


def blocks(text):
    fence, block, before = None, [], ""
    for line in text.split("\n") + [""]:
        if line.startswith("```"):
            if fence == "sh":
                yield block
            fence, block = (line[3:] or "?") if fence is None else None, []
        elif fence is not None:
            block.append(line)
        # After an empty line; else it goes on with a paragraph or an item of a list.
        elif line.startswith("    ") and (block or before == ""):
            block.append(line[4:])
        elif line == "" and block:
            block.append("")
        elif block:
            yield block
            block = []
        before = line


def commands(block):
    if not any(TYPED.match(line) for line in block):
        return
    command = ""
    for line in block:
        command += line
        if command.endswith("\\"):
            command = command[:-1]
        else:
            if command.strip():
                yield command
            command = ""


def told(text):
    """A word alone is a name, and what does not begin with the program's is a part of a command."""
    for line in re.findall(r"(?m)^    \$ (.*)$", text):
        yield line
    prose = re.sub(r"(?ms)^```.*?^```|^    .*?$", "", text)
    for span in re.findall(r"`([^`]+)`", prose):
        if re.match(r"(sudo |man )?(flame-ec2|scripts/|apt)( |/|$)", span) and " " in span:
            yield " ".join(span.split())


arguments = sys.argv[1:]
is_told = arguments[:1] == ["--told"]
for path in arguments[is_told:]:
    with open(path, encoding="utf-8") as file:
        content = file.read()
    for found in told(content) if is_told else (c for block in blocks(content) for c in commands(block)):
        sys.stdout.write(found + "\0")
