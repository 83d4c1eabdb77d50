"""Prints a FLAME_PARENT value, as the BEAM would make it: flame_parent.py NODE NODE_BASE."""

import base64
import sys


def sized(tag, text, width):
    return bytes([tag]) + len(text).to_bytes(width, "big") + text.encode()


def atom(text):
    return sized(119, text, 1)


def binary(text):
    return sized(109, text, 4)


def word(number):
    return number.to_bytes(4, "big")


node, node_base = sys.argv[1:]
pid = bytes([88]) + atom(node) + word(9) + word(0) + word(0x6B02ADC2)
words = word(0x3DC0) + word(0x681C0001) + word(0x6E66C8AB)
ref = bytes([90, 0, 3]) + atom(node) + word(0x6B02ADC2) + words
fields = {
    "ref": ref,
    "pid": pid,
    "backend": atom("Elixir.FLAME.FlyBackend"),
    "flame_vsn": binary("0.5.3"),
    "backend_app": atom("flame"),
    "backend_vsn": binary("0.5.3"),
    "node_base": binary(node_base),
    "host_env": binary("INSTANCE_IP"),
}
term = bytes([131, 116]) + word(len(fields))
for name, value in fields.items():
    term += atom(name) + value
print(base64.b64encode(term).decode())
