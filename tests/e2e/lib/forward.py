"""Stands between a client and a server, and does to their connections what networks do.

forward.py ADDRESS SERVER_PORT FOLDER MODE [CERTIFICATE KEY]

Writes its port to FOLDER/port, and to FOLDER/log a line per connection and one per User-Agent that
it sees. With a certificate it speaks TLS to clients. MODE:
  pass      from one to the other
  close     closes at once
  reset     the same, the hard way
  deaf      takes the request, then closes
  cut       passes the first bytes of the answer, then closes
  body      passes the answer's head and some of its body, then closes
  hang      takes the connection and says nothing
"""
import pathlib
import re
import socket
import ssl
import struct
import sys
import threading
import time

ADDRESS, SERVER_PORT, FOLDER, MODE = sys.argv[1:5]
LOG = open(pathlib.Path(FOLDER) / "log", "a", encoding="utf-8", buffering=1)
SOME = 20  # bytes


def note_agent(data):
    for agent in re.findall(rb"(?i)\r\nuser-agent: ([^\r]*)", data):
        LOG.write(f"agent {agent.decode()}\n")


def answer_part(data):
    if MODE == "cut":
        return data[:SOME]
    head = data.find(b"\r\n\r\n")
    return data[: head + 4 + SOME] if head >= 0 else data


def upstream(client, server):
    """Of the server, to the client."""
    try:
        while data := server.recv(65536):
            if MODE in ("cut", "body"):
                client.sendall(answer_part(data))
                break
            client.sendall(data)
    except OSError:
        pass
    for end in (client, server):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(client, context):
    if MODE == "reset":
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if MODE in ("close", "reset"):
        client.close()
        return
    if MODE == "hang":
        time.sleep(600)
        return
    try:
        if context:
            client = context.wrap_socket(client, server_side=True)
        server = socket.create_connection(("127.0.0.1", int(SERVER_PORT)))
        threading.Thread(target=upstream, args=(client, server), daemon=True).start()
        while data := client.recv(65536):
            note_agent(data)
            if MODE == "deaf":
                break
            server.sendall(data)
        client.close()
        server.close()
    except OSError as error:
        LOG.write(f"broken {type(error).__name__}\n")


def main():
    context = None
    if len(sys.argv) > 5:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[5], sys.argv[6])
    family = socket.AF_INET6 if ":" in ADDRESS else socket.AF_INET
    listener = socket.create_server((ADDRESS, 0), family=family, backlog=50)
    port = pathlib.Path(FOLDER) / "port"
    port.with_suffix(".new").write_text(str(listener.getsockname()[1]), encoding="ascii")
    port.with_suffix(".new").rename(port)
    while True:
        client, _ = listener.accept()
        LOG.write("connection\n")
        threading.Thread(target=serve, args=(client, context), daemon=True).start()


main()
