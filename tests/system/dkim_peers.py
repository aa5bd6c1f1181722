"""Other people's DKIM beside ours: libopendkim (by ctypes) and dkimpy, on real messages.

  pick OUT N PACK...           N messages out of corpus packs, authors moved to example.org
  tricks OUT                   messages that break signatures: 8-bit, long lines, bare CR ...
  send PORT DIR RCPT           each to Postfix, bytes as they are
  sink PORT DIR N              an SMTP server that keeps what comes, byte by byte, N messages
  verify ZONE DIR              counts what each peer says of all signatures; exit 1 on a failure
  sign KEYS ZONE IN OUT        signed copies by the peers, in turn, with all canonical forms
  arc ZONE DIR                 dkimpy's word on ARC chains
  tell EXPECTED < JSON         sums up `muster dkim verify --json`; exit 1 when one fails
"""
import ctypes
import json
import os
import re
import socket
import socketserver
import subprocess
import sys
import threading

sys.path.append("/usr/lib/python3/dist-packages")


def names(folder):
    return sorted(os.path.join(folder, f) for f in os.listdir(folder))


def read(path):
    with open(path, "rb") as f:
        return f.read()


def crlf(raw):
    return re.sub(rb"(?<!\r)\n", b"\r\n", raw)


# ---- messages

def author_moved(raw, n):
    """The author becomes one of ours; trace fields and old signatures go, the rest stays."""
    raw = raw.replace(b"\r\n", b"\n")
    if raw.startswith((b"From ", b">From ")):
        raw = raw.split(b"\n", 1)[1]
    head, _, body = raw.partition(b"\n\n")
    fields = re.split(rb"\n(?![ \t])", head)
    drop = (b"from", b"received", b"dkim-signature", b"return-path", b"x-received", b"sender",
            b"arc-seal", b"arc-message-signature", b"arc-authentication-results", b"bcc",
            b"delivered-to", b"content-length", b"status", b"resent-from", b"x-status")
    kept = [f for f in fields if re.match(rb"[!-9;-~]+[ \t]*:", f)
            and f.split(b":", 1)[0].strip().lower() not in drop]
    kept.insert(min(2, len(kept)), b"From: Peer =?utf-8?q?G=C3=BCnter?= <u%d@example.org>" % n)
    return b"\n".join(kept) + b"\n\n" + body


def pick(out, count, *packs):
    count = int(count)
    share = count // len(packs) + 1
    n = 0
    for pack in packs:
        listing = subprocess.run(["tar", "-I", "zstd", "-tf", pack], capture_output=True, text=True,
                                 check=True).stdout.split("\n")
        files = [f for f in listing if f and not f.endswith(("/", "/index"))]
        step = max(1, len(files) // (share + 5))
        wanted = files[::step][:share + 5]
        tmp = os.path.join(out, "unpacked")
        os.makedirs(tmp, exist_ok=True)
        subprocess.run(["tar", "-I", "zstd", "-xf", pack, "-C", tmp] + wanted, check=True)
        done = 0
        for f in wanted:
            raw = read(os.path.join(tmp, f))
            if len(raw) > 2000000 or b"\0" in raw or done == share or n == count:
                continue
            with open(os.path.join(out, "%05d" % n), "wb") as g:
                g.write(author_moved(raw, n))
            n += 1
            done += 1
    subprocess.run(["rm", "-rf", os.path.join(out, "unpacked")], check=True)
    print(n)


def tricks(out):
    head = (b"From: Ann <ann@example.org>\nTo: far@remote.example\nSubject: %s\n"
            b"Date: Mon, 02 Feb 2026 10:00:00 +0000\nMessage-ID: <%s@example.org>\n")
    cases = {
        b"plain": (b"", b"Hello\n"),
        b"empty": (b"", b""),
        b"blank-lines": (b"", b"Hello\n\n\n   \n\t\n\n"),
        b"spaces": (b"X-Spaces: a   b\t c  \n", b"two  spaces  \n\ttab\t\n  lead\n"),
        b"eight-bit": (b"Content-Type: text/plain; charset=iso-8859-1\n"
                       b"Content-Transfer-Encoding: 8bit\n", bytes(range(128, 256)) + b"\n"),
        b"utf8-header": (b"X-Name: \xc3\xa4\xc3\xb6\n", b"Gr\xc3\xbc\xc3\x9fe\n"),
        b"long-line": (b"", b"x" * 2500 + b"\n" + b"y" * 998 + b"\n" + b"z" * 999 + b"\n"),
        b"long-dots": (b"", (b"." * 1500 + b"\n.\n..\n")),
        b"longer-line": (b"", b"w" * 30000 + b"\n"),
        b"long-header": (b"X-Long: " + b"h" * 1500 + b"\n", b"Hello\n"),
        b"folded": (b"X-Fold: one\n two\n\tthree\n", b"Hello\n"),
        b"long-subject-words": (b"Keywords: " + b"word " * 300 + b"\n", b"Hello\n"),
        b"bare-cr": (b"", b"one\rtwo\r\r\nthree\n\rfour\n"),
        b"no-final-newline": (b"", b"last line without an end"),
        b"from-line": (b"", b"Hello\nFrom here on\n>From there\n"),
        b"missing-date": (b"", b"the MTA adds what is missing\n"),
        b"list": (b"List-Id: <x.example.org>\nList-Unsubscribe: <https://example.org/u>\n"
                  b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\n", b"News\n"),
        b"two-to": (b"To: second@remote.example\nCc: third@remote.example\n", b"Hello\n"),
        b"short-names": (b"Cc: bob\nReply-To: ann\n", b"addresses without domain are completed\n"),
        b"mime": (b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n",
                  b"--b\n\ntext\n--b\nContent-Transfer-Encoding: base64\n\n"
                  + b"QUJD" * 19 + b"\n--b--\n"),
    }
    for name, (extra, body) in cases.items():
        text = head % (name, name)
        if name == b"missing-date":
            text = text.split(b"Date:")[0]
        with open(os.path.join(out, name.decode()), "wb") as f:
            f.write(text + extra + b"\n" + body)
    print(len(cases))


# ---- SMTP

def send(port, folder, rcpt):
    s = socket.create_connection(("127.0.0.1", int(port)), 120)
    f = s.makefile("rb")

    def say(line, want):
        if line is not None:
            s.sendall(line + b"\r\n")
        while True:
            got = f.readline()
            if got[3:4] != b"-":
                break
        if got[:1] != want:
            raise SystemExit("%r gave %r" % (line, got))

    say(None, b"2")
    say(b"EHLO client.example", b"2")
    for path in names(folder):
        raw = read(path)
        data = re.sub(rb"(?m)^\.", b"..", re.sub(rb"(?<!\r)\n", b"\r\n", raw))
        if not data.endswith(b"\r\n"):
            data += b"\r\n"
        say(b"MAIL FROM:<ann@example.org> BODY=8BITMIME", b"2")
        say(b"RCPT TO:<" + rcpt.encode() + b">", b"2")
        say(b"DATA", b"3")
        s.sendall(data)
        say(b".", b"2")
    say(b"QUIT", b"2")


class Sink(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"220 sink\r\n")
        while True:
            line = self.rfile.readline()
            word = line[:4].upper()
            if not line or word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            if word == b"EHLO":
                self.wfile.write(b"250-sink\r\n" + (b"" if self.server.seven else b"250-8BITMIME\r\n")
                                 + b"250-SMTPUTF8\r\n250 SIZE 50000000\r\n")
            elif word == b"DATA":
                self.wfile.write(b"354 go\r\n")
                self.keep()
                self.wfile.write(b"250 kept\r\n")
            else:
                self.wfile.write(b"250 fine\r\n")

    def keep(self):
        lines = []
        while True:
            line = self.rfile.readline()
            if line == b".\r\n" or not line:
                break
            lines.append(line[1:] if line.startswith(b".") else line)
        with self.server.lock:
            self.server.n += 1
            path = os.path.join(self.server.folder, "%05d.part" % self.server.n)
        with open(path, "wb") as f:
            f.write(b"".join(lines))
        os.rename(path, path[:-5])


def sink(port, folder, seven=""):
    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True
    with Server(("127.0.0.1", int(port)), Sink) as s:
        s.folder, s.n, s.lock, s.seven = folder, 0, threading.Lock(), bool(seven)
        s.serve_forever()


# ---- peers

def zone_of(path):
    with open(path) as f:
        z = json.load(f)
    return {k.lower(): v[0]["TXT"] for k, v in z.items()}


class OpenDkim:
    """libopendkim with keys from a file."""
    SETOPT, QUERYMETHOD, QUERYINFO, FILE = 1, 6, 7, 1
    PASSED = 0x04

    def __init__(self, zone, tmp):
        self.lib = lib = ctypes.CDLL("libopendkim.so.11")
        p = ctypes.c_void_p
        lib.dkim_init.restype = p
        lib.dkim_verify.restype = p
        lib.dkim_sign.restype = p
        lib.dkim_verify.argtypes = [p, ctypes.c_char_p, p, p]
        lib.dkim_sign.argtypes = [p, ctypes.c_char_p, p, ctypes.c_char_p, ctypes.c_char_p,
                                  ctypes.c_char_p, ctypes.c_int, ctypes.c_int, ctypes.c_int,
                                  ctypes.c_ssize_t, p]
        lib.dkim_options.argtypes = [p, ctypes.c_int, ctypes.c_int, p, ctypes.c_size_t]
        lib.dkim_header.argtypes = [p, ctypes.c_char_p, ctypes.c_size_t]
        lib.dkim_body.argtypes = [p, ctypes.c_char_p, ctypes.c_size_t]
        lib.dkim_eoh.argtypes = [p]
        lib.dkim_eom.argtypes = [p, p]
        lib.dkim_free.argtypes = [p]
        lib.dkim_getsighdr.argtypes = [p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_size_t]
        lib.dkim_getsiglist.argtypes = [p, p, p]
        lib.dkim_sig_getflags.argtypes = [p]
        self.h = lib.dkim_init(None, None)
        path = os.path.join(tmp, "opendkim.keys")
        with open(path, "w") as f:
            for name, text in zone.items():
                f.write("%s %s\n" % (name, text))
        method = ctypes.c_int(self.FILE)
        info = ctypes.create_string_buffer(path.encode())
        lib.dkim_options(self.h, self.SETOPT, self.QUERYMETHOD, ctypes.byref(method), 4)
        lib.dkim_options(self.h, self.SETOPT, self.QUERYINFO, info, len(path))

    def feed(self, d, raw):
        head, _, body = raw.partition(b"\r\n\r\n")
        for field in re.split(rb"\r\n(?![ \t])", head):
            self.lib.dkim_header(d, field, len(field))
        rc = self.lib.dkim_eoh(d)
        if body:
            self.lib.dkim_body(d, body, len(body))
        return rc

    def verify(self, raw):
        """How many signatures pass, and how many there are."""
        stat = ctypes.c_int()
        d = self.lib.dkim_verify(self.h, b"x", None, ctypes.byref(stat))
        self.feed(d, raw)
        self.lib.dkim_eom(d, None)
        sigs, n = ctypes.POINTER(ctypes.c_void_p)(), ctypes.c_int()
        self.lib.dkim_getsiglist(d, ctypes.byref(sigs), ctypes.byref(n))
        good = sum(bool(self.lib.dkim_sig_getflags(sigs[i]) & self.PASSED) for i in range(n.value))
        self.lib.dkim_free(d)
        return good, n.value

    def sign(self, raw, pem, selector, domain, header, body, alg):
        stat = ctypes.c_int()
        d = self.lib.dkim_sign(self.h, b"x", None, pem, selector, domain, header, body, alg, -1,
                               ctypes.byref(stat))
        if not d:
            raise SystemExit("dkim_sign: %d" % stat.value)
        if self.feed(d, raw) or self.lib.dkim_eom(d, None):
            self.lib.dkim_free(d)
            return None
        out = ctypes.create_string_buffer(16384)
        self.lib.dkim_getsighdr(d, out, 16384, len("DKIM-Signature: "))
        self.lib.dkim_free(d)
        return b"DKIM-Signature: " + re.sub(rb"(?<!\r)\n", b"\r\n", out.value) + b"\r\n" + raw


def dns_of(zone):
    def look(name, timeout=5):
        text = zone.get(name.decode().rstrip(".").lower())
        return text.encode() if text else None
    return look


def verify(zone_path, folder):
    import dkim
    zone = zone_of(zone_path)
    od, dns = OpenDkim(zone, os.path.dirname(zone_path)), dns_of(zone)
    good = {"opendkim": 0, "dkimpy": 0}
    total = messages = 0
    for path in names(folder):
        raw = crlf(read(path))
        messages += 1
        passed, n = od.verify(raw)
        good["opendkim"] += passed
        total += n
        d = dkim.DKIM(raw)
        for i in range(n):
            try:
                ok = d.verify(i, dnsfunc=dns)
            except dkim.DKIMException as e:
                ok = False
                print(path, e)
            good["dkimpy"] += ok
            if not ok:
                print(path, "dkimpy refuses signature", i)
        if passed != n or n == 0:
            print(path, "opendkim takes %d of %d" % (passed, n))
    print("%d messages, %d signatures: opendkim %d, dkimpy %d" %
          (messages, total, good["opendkim"], good["dkimpy"]))
    return 0 if messages and total >= messages and set(good.values()) == {total} else 1


def sign(keys, zone_path, source, out):
    """KEYS: folder with r.pem, e.pem (PEM), e.raw (base64); selectors r1 and e1 of example.org."""
    import dkim
    od = OpenDkim(zone_of(zone_path), os.path.dirname(zone_path))
    rsa, ed_pem = read(keys + "/r.pem"), read(keys + "/e.pem")
    ed_raw = read(keys + "/e.raw").strip()
    made = 0
    for i, path in enumerate(names(source)):
        raw = crlf(read(path))
        header, body = i >> 2 & 1, i >> 3 & 1
        if i % 4 == 1:
            header = 1  # its own Ed25519 with a simple header form fails in OpenDKIM and dkimpy, too
        if i % 4 < 2:
            signed = od.sign(raw, [rsa, ed_pem][i % 2], [b"r1", b"e1"][i % 2], b"example.org", header,
                             body, [1, 2][i % 2])
        else:
            form = [b"simple", b"relaxed"]
            sig = dkim.sign(raw, [b"r1", b"e1"][i % 2], b"example.org", [rsa, ed_raw][i % 2],
                            canonicalize=(form[header], form[body]),
                            signature_algorithm=[b"rsa-sha256", b"ed25519-sha256"][i % 2])
            signed = sig + raw
        if signed is None:
            continue
        with open(os.path.join(out, os.path.basename(path)), "wb") as f:
            f.write(signed)
        made += 1
    print(made)


def arc(zone_path, folder):
    import dkim
    dns = dns_of(zone_of(zone_path))
    good = n = 0
    for path in names(folder):
        cv, _, why = dkim.arc_verify(crlf(read(path)), dnsfunc=dns)
        n += 1
        good += cv == b"pass"
        if cv != b"pass":
            print(path, cv, why)
    print("%d chains: dkimpy %d" % (n, good))
    return 0 if n and n == good else 1


def tell(expected):
    good = total = messages = 0
    for line in sys.stdin:
        r = json.loads(line)
        messages += 1
        for s in r["dkim"]:
            total += 1
            good += s["result"] == "pass"
            if s["result"] != "pass":
                print(r["file"], s["domain"], s["selector"], s["result"], s["reason"])
    print("%d messages, %d signatures: %d pass" % (messages, total, good))
    return 0 if good == total and messages == int(expected) and total >= messages else 1


if __name__ == "__main__":
    sys.exit(globals()[sys.argv[1]](*sys.argv[2:]))
