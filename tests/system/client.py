"""Small clients for the system tests; only what python3-minimal has. Each subcommand is one function.

  ports N                     N free loopback ports that no test has which still runs; PORTS_OWNER is its process
  http PORT PATH FILE [GATE]  POST; with GATE half of the body waits until that file appears
  spamd PORT FILE GATE        PROCESS, likewise; prints the answer's first line
  threshold PORT FILE         the score from which spam begins, as spamd's door says it
  milter PORT FILE GATE [RCPT...]  one message through milter from 192.0.2.9, likewise; prints the final
                              reply's code. MILTER_FROM: its sender, if not from@client.example
  hangup DOOR PORT FILE       sends a whole message to http, spamd or milter and goes without an answer
  smtp PORT FROM RCPT,RCPT FILE    one SMTP transaction; prints the reply to the end of data
  victims SEED N              N lines "ROLE SECONDS": whom to kill, and how long to wait then
  holds SOCKET                subjects of all held mail, a line each
  flip FILE AT                inverts one byte
  imap PORT COMMAND...        logs in as "ann", sends each; "PUT BOX FILE" appends; prints what comes
  flood PORT FROM RCPT N SEED      N messages with subjects "token-K", retried until accepted
"""
import fcntl
import os
import random
import socket
import struct
import sys
import time


def ports(n):
    """Tests run beside each other: a list of "PORT PID" says what was given to tests that still run."""
    owner = os.environ.get("PORTS_OWNER", str(os.getppid()))
    name = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"muster-test-ports.{os.getuid()}")
    with open(name, "a+", encoding="ascii") as ledger:
        fcntl.flock(ledger, fcntl.LOCK_EX)
        ledger.seek(0)
        kept = dict(line.split() for line in ledger if os.path.exists("/proc/" + line.split()[1]))
        found = []
        while len(found) < int(n):
            port = str(random.randrange(20000, 32000))
            with socket.socket() as s:
                try:
                    s.bind(("127.0.0.1", int(port)))
                except OSError:
                    continue
            if port not in kept:
                kept[port] = owner
                found.append(port)
        ledger.truncate(0)
        ledger.writelines(f"{port} {pid}\n" for port, pid in kept.items())
    print(*found)


def dial(port, patience=60):
    end = time.time() + patience
    while True:
        try:
            return socket.create_connection(("127.0.0.1", int(port)), 120)
        except OSError:
            if time.time() > end:
                raise
            time.sleep(0.05)


def wait_gate(gate):
    """Says that the first half is out, then waits for the file."""
    if not gate:
        return
    open(gate + ".half", "w").close()
    end = time.time() + 120
    while not os.path.exists(gate) and time.time() < end:
        time.sleep(0.02)


def read_all(s):
    got = b""
    while True:
        part = s.recv(65536)
        if not part:
            return got
        got += part


def http(port, path, file, gate=None):
    body = open(file, "rb").read()
    s = dial(port)
    s.sendall(b"POST %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
              % (path.encode(), len(body)))
    s.sendall(body[:len(body) // 2])
    wait_gate(gate)
    s.sendall(body[len(body) // 2:])
    answer = read_all(s)
    print(answer.split(b"\r\n", 1)[0].decode("ascii", "replace"))


def scans(port, file, n):
    """Has the node scan a file n times; how many answers were verdicts."""
    body = open(file, "rb").read()
    request = (b"POST /v1/scan HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
               % len(body)) + body
    good = 0
    for _ in range(int(n)):
        s = dial(port)
        s.sendall(request)
        answer = read_all(s)
        good += answer.startswith(b"HTTP/1.1 200") and b'"verdict"' in answer
    print(good)


def spamd(port, file, gate=None):
    body = open(file, "rb").read()
    s = dial(port)
    s.sendall(b"PROCESS SPAMC/1.5\r\nContent-length: %d\r\n\r\n" % len(body))
    s.sendall(body[:len(body) // 2])
    wait_gate(gate)
    s.sendall(body[len(body) // 2:])
    print(read_all(s).split(b"\r\n", 1)[0].decode("ascii", "replace"))


def threshold(port, file):
    body = open(file, "rb").read()
    s = dial(port)
    s.sendall(b"CHECK SPAMC/1.5\r\nContent-length: %d\r\n\r\n" % len(body) + body)
    for line in read_all(s).split(b"\r\n"):
        if line.startswith(b"Spam:"):
            print(line.split(b"/")[-1].strip().decode())


def send_packet(s, command, data=b""):
    s.sendall(struct.pack(">I", len(data) + 1) + command + data)


def read_exactly(s, n):
    data = b""
    while len(data) < n:
        try:
            part = s.recv(n - len(data))
        except ConnectionError:
            part = b""
        if not part:
            raise SystemExit("the milter hung up")
        data += part
    return data


def read_packet(s):
    data = read_exactly(s, struct.unpack(">I", read_exactly(s, 4))[0])
    return data[:1], data[1:]


def milter_reply(s):
    while True:
        code, data = read_packet(s)
        if code != b"p":
            return code, data


def milter(port, file, gate=None, *rcpts):
    head, _, body = open(file, "rb").read().replace(b"\r\n", b"\n").partition(b"\n\n")
    s = dial(port)
    send_packet(s, b"O", struct.pack(">III", 6, 0x1FF, 0))
    read_packet(s)
    send_packet(s, b"C", b"client.example\0004" + struct.pack(">H", 25) + b"192.0.2.9\0")
    milter_reply(s)
    for command, data in [(b"H", b"client.example\0"),
                          (b"M", b"<%s>\0" % os.environ.get("MILTER_FROM", "from@client.example").encode())] + \
            [(b"R", b"<%s>\0" % r.encode()) for r in (rcpts or ["ann@example.org"])]:
        send_packet(s, command, data)
        milter_reply(s)
    fields = []
    for line in head.split(b"\n"):
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1] += b"\n" + line
        else:
            fields.append(line)
    for field in fields:
        name, _, value = field.partition(b":")
        send_packet(s, b"L", name + b"\0" + value.strip(b" ") + b"\0")
        milter_reply(s)
    send_packet(s, b"N")
    milter_reply(s)
    wait_gate(gate)
    send_packet(s, b"B", body.replace(b"\n", b"\r\n")[:65000])
    milter_reply(s)
    send_packet(s, b"E")
    seen = []
    while True:
        code, data = read_packet(s)
        if code == b"p":
            continue
        if code in b"acrtdy":
            words = data.replace(b"\0", b" ").decode("ascii", "replace") if code == b"y" else ""
            print(code.decode(), words, "edits=%s" % "".join(seen))
            break
        seen.append(code.decode())
    send_packet(s, b"Q")


def hangup(door, port, file):
    body = open(file, "rb").read()
    s = dial(port)
    if door == "http":
        s.sendall(b"POST /v1/scan HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    elif door == "spamd":
        s.sendall(b"PROCESS SPAMC/1.5\r\nContent-length: %d\r\n\r\n" % len(body) + body)
    else:
        send_packet(s, b"O", struct.pack(">III", 6, 0x1FF, 0))
        read_packet(s)
        send_packet(s, b"C", b"client.example\0004" + struct.pack(">H", 25) + b"192.0.2.9\0")
        milter_reply(s)
        send_packet(s, b"L", b"From\0" + body.split(b"\n", 1)[0][6:] + b"\0")
        send_packet(s, b"N")
        send_packet(s, b"E")
    time.sleep(0.3)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()


class Smtp:
    def __init__(self, port):
        self.s = dial(port)
        self.f = self.s.makefile("rb")
        self.reply()

    def reply(self):
        while True:
            line = self.f.readline()
            if not line:
                raise OSError("the server hung up")
            if line[3:4] != b"-":
                return line.decode("ascii", "replace").strip()

    def say(self, line):
        self.s.sendall(line + b"\r\n")
        return self.reply()

    def send(self, sender, rcpts, raw):
        """The reply that settled the transaction."""
        self.say(b"EHLO client.example")
        said = self.say(b"MAIL FROM:<%s> BODY=8BITMIME" % sender.encode())
        if said[0] != "2":
            return said
        for r in rcpts:
            said = self.say(b"RCPT TO:<%s>" % r.encode())
            if said[0] != "2":
                return said
        said = self.say(b"DATA")
        if said[0] != "3":
            return said
        text = raw.replace(b"\r\n", b"\n").replace(b"\n.", b"\n..").replace(b"\n", b"\r\n")
        if not text.endswith(b"\r\n"):
            text += b"\r\n"
        self.s.sendall(text + b".\r\n")
        said = self.reply()
        self.s.sendall(b"QUIT\r\n")
        self.s.close()
        return said


def smtp(port, sender, rcpts, file):
    print(Smtp(port).send(sender, rcpts.split(","), open(file, "rb").read()))


def flood(port, sender, rcpt, n, seed):
    rng = random.Random(int(seed))
    words = "river letter garden meeting invoice winner prize password boat school account".split()
    gave_up = refused = again = 0
    for k in range(int(n)):
        text = " ".join(rng.choice(words) for _ in range(rng.randrange(20, 200)))
        raw = ("From: <%s>\nTo: <%s>\nSubject: token-%05d\nMessage-ID: <%d.%s@client.example>\n\n%s\n"
               % (sender, rcpt, k, k, seed, text)).encode()
        for attempt in range(200):
            try:
                said = Smtp(port).send(sender, [rcpt], raw)
            except OSError:
                said = "400 hung up"
            if said[0] == "2":
                break
            if said[0] == "5":
                refused += 1
                print("refused", k, said, file=sys.stderr)
                break
            again += 1
            time.sleep(0.1)
        else:
            gave_up += 1
    print("sent=%s again=%d refused=%d gave_up=%d" % (n, again, refused, gave_up))


def victims(seed, n):
    rng = random.Random(int(seed))
    for _ in range(int(n)):
        print(rng.choice(["scanner", "keeper"]), "%.2f" % rng.uniform(0.2, 0.6))


def holds(path):
    """Without a JSON module: the subjects are our own tokens, so a pattern finds them."""
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(60)
    s.connect(path)
    ask = b'{"limit":1000}'
    s.sendall(b"POST /v1/quarantine HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
              b"Content-Length: %d\r\n\r\n%s" % (len(ask), ask))
    for part in read_all(s).split(b'"subject":"')[1:]:
        print(part.split(b'"', 1)[0].decode("utf-8", "replace"))


def flip(path, at):
    with open(path, "r+b") as f:
        f.seek(int(at))
        byte = f.read(1)
        f.seek(int(at))
        f.write(bytes([byte[0] ^ 0xFF]))


def imap(port, *commands):
    s = dial(port)
    f = s.makefile("rb")

    def until(tag):
        while True:
            line = f.readline()
            if not line:
                raise SystemExit("the IMAP server hung up")
            if line.startswith(b"+"):
                return
            if not tag or line.startswith(tag):
                print(line.decode("utf-8", "replace").strip())
                return
            print(line.decode("utf-8", "replace").strip())

    until(b"")
    for k, command in enumerate(("LOGIN ann secret",) + commands):
        tag = b"a%d" % k
        words = command.split()
        if words[0] == "PUT":
            raw = open(words[2], "rb").read().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            s.sendall(tag + b" APPEND %s {%d}\r\n" % (words[1].encode(), len(raw)))
            until(tag)
            s.sendall(raw + b"\r\n")
        else:
            s.sendall(tag + b" " + command.encode() + b"\r\n")
        until(tag)


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
