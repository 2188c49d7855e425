#!/usr/bin/env python3
"""Pings a name over a flow: a client of docs/local-protocol.md in nothing but the standard library.

    oping.py NAME [COUNT]

The control socket carries JSON, one message a line; the data socket carries packets, each a length and its bytes.
"""
import json, os, socket, struct, sys, time


def runtime_folder():  # §1
    if os.environ.get("OURO_RUNTIME_DIR"):
        return os.environ["OURO_RUNTIME_DIR"]
    return "/run/ouroboros" if os.getuid() == 0 else os.environ["XDG_RUNTIME_DIR"] + "/ouroboros"


def connect(path):
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.connect(path)
    return sock


class Irmd:
    """The control connection (§2). The IRMd takes its end for the death of this process."""

    def __init__(self):
        self.lines = connect(runtime_folder() + "/irmd.sock").makefile("rwb")
        self.last_id = 0
        self.call("hello", protocol=1, program="oping.py", role="application")  # §2.1

    def call(self, method, **params):
        self.last_id += 1
        request = {"jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params}
        self.lines.write(json.dumps(request).encode() + b"\n")
        self.lines.flush()
        for line in self.lines:
            answer = json.loads(line)
            if answer.get("id") != self.last_id:
                continue  # A notification, such as flow.down: the end of the data socket tells the same.
            if "error" in answer:
                sys.exit(f"{method}: {answer['error']['message']} ({answer['error']['data']['code']})")
            return answer["result"]
        sys.exit("the IRMd went away")


class Flow:
    """The data connection of a flow (§3)."""

    def __init__(self, path, token):
        self.sock = connect(path)
        self.sock.sendall(struct.pack("!I", 0x81000010) + bytes.fromhex(token))  # hello
        self.input = self.sock.makefile("rb")
        self.unreported = 0

    def write(self, packet):
        frames = struct.pack("!I", len(packet)) + packet
        if self.unreported:  # What was read is reported with the next write.
            frames = struct.pack("!II", 0x82000004, self.unreported) + frames
            self.unreported = 0
        self.sock.sendall(frames)

    def read(self):
        """The next packet; None when the flow is down."""
        while word := self.input.read(4):
            (word,) = struct.unpack("!I", word)
            if word < 0x80000000:
                self.unreported += 1  # A client that only reads would have to report every eight packets.
                return self.input.read(word)
            self.input.read(word & 0xFFFFFF)  # "consumed", or a type that is not known: skipped.
        return None


def main(name, count="3"):
    irmd = Irmd()
    answer = irmd.call("flow.allocate", name=name, timeout=5000)  # §2.2
    flow = Flow(**answer["connect"])
    print(f"Pinging {name} with 64 bytes of data ({count} packets):\n")
    for seq in range(int(count)):
        start = time.monotonic()
        # oping's message: type (0 request, 1 reply) and id in network order, the time in the client's own, padding.
        flow.write(struct.pack("!II", 0, seq) + struct.pack("=qq", *divmod(time.monotonic_ns(), 10**9)) + bytes(40))
        reply = flow.read()
        if reply is None:
            sys.exit("the flow is down")
        kind, got = struct.unpack_from("!II", reply)
        if kind == 1:
            milliseconds = (time.monotonic() - start) * 1000
            print(f"{len(reply)} bytes from {name}: seq={got} time={milliseconds:.3f} ms")
    flow.sock.close()
    irmd.call("flow.deallocate", flow=answer["flow"])


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(*sys.argv[1:])
