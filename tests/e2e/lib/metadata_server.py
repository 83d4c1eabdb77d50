"""A metadata service that says what was recorded in a file, and misbehaves as it is told.

metadata_server.py ADDRESS PORT_FILE TREE MOOD LOG

TREE: "== PATH" and below it the text, as in tests/fixtures/metadata. MOOD: a file with one line, read
at each request; "" for a service that is well. LOG: a line for each request.
"""

import http.server
import pathlib
import sys
import time
import urllib.parse

ADDRESS, PORT_FILE, TREE, MOOD, LOG = sys.argv[1:]
PAGE = b'<?xml version="1.0" encoding="iso-8859-1"?>\n<html><title>404 - Not Found</title></html>\n'
TOKEN_PATH = "latest/api/token"


def recorded():
    items = {}
    path = None
    for line in pathlib.Path(TREE).read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            path = line[3:]
            items[path] = []
        elif path is not None:
            items[path].append(line)
    return {path: "\n".join(lines).encode() for path, lines in items.items()}


ITEMS = recorded()
TOKENS = {}  # to how many requests they are still good for


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def mood(self):
        return pathlib.Path(MOOD).read_text(encoding="ascii").strip()

    def begin(self):
        path = urllib.parse.unquote(self.path.lstrip("/"))
        with open(LOG, "a", encoding="utf-8") as log:
            log.write(f"{self.command} {path}\n")
        return path

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    # What befalls all requests alike. False: it is answered, in its way.
    def is_well(self):
        mood = self.mood()
        if mood == "html":
            self.answer(200, b"<!DOCTYPE html><title>Log in to the network</title>")
        elif mood == "huge":
            self.answer(200, b"x" * 10_000_000)
        elif mood == "dribble":
            self.send_response(200)
            self.send_header("Content-Length", "56")
            self.end_headers()
            for _ in range(56):
                self.wfile.write(b"x")
                self.wfile.flush()
                time.sleep(1)
        elif mood == "busy":
            self.answer(503, b"")
        elif mood == "off":
            self.answer(403, PAGE)
        elif mood == "not http":
            self.wfile.write(b"220 mail.example ESMTP\r\n")
            self.close_connection = True
        else:
            return True
        return False

    def do_PUT(self):  # pylint: disable=invalid-name
        path = self.begin()
        mood = self.mood()
        if mood == "v1":
            self.answer(404, PAGE)
            return
        if mood == "hop limit":  # its answer is dropped on the way
            time.sleep(60)
            return
        if mood == "slow token":
            time.sleep(0.3)
        if not self.is_well():
            return
        if path != TOKEN_PATH or not self.headers.get("X-aws-ec2-metadata-token-ttl-seconds"):
            self.answer(400, PAGE)
            return
        token = f"token-{len(TOKENS) + 1}"
        TOKENS[token] = 4 if mood == "short token" else 1000
        self.answer(200, token.encode())

    def do_GET(self):  # pylint: disable=invalid-name
        path = self.begin()
        if not self.is_well():
            return
        token = self.headers.get("X-aws-ec2-metadata-token")
        if self.mood() not in ("v1", "hop limit"):
            if TOKENS.get(token, 0) == 0:
                self.answer(401, PAGE)
                return
            TOKENS[token] -= 1
        if path in ITEMS:
            self.answer(200, ITEMS[path])
        else:
            self.answer(404, PAGE)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):  # the client has gone, as is right
        pass


server = Server((ADDRESS, 80 if ADDRESS == "169.254.169.254" else 0), Handler)
pathlib.Path(PORT_FILE).write_text(str(server.server_port), encoding="ascii")
server.serve_forever()
