"""A name server that misbehaves in one way per zone, on loopback, UDP and TCP.

  hostile_dns.py PORT LOG [ADDRESS]   serves until killed; LOG gets a line per question
  hostile_dns.py zones        the zones, one a line

What it does is said by the zone: the last label but one of the name asked ("x.silent.test").
Every zone would else answer TXT with "v=spf1 -all", A with 192.0.2.1, MX with "mail" of itself.
The file LOG.up makes "sleeper.test" answer; without it that zone is silent. Answers for zones whose
names begin with "wait" are held back until that file is there.
"""
import os
import socket
import struct
import sys
import threading
import time

ZONES = ["good", "slow", "silent", "servfail", "refused", "lame", "truncated", "truncated-silent", "large",
         "oversized", "wrong-id", "wrong-name", "wrong-server", "loop", "long-chain", "gone", "garbage",
         "cut", "many", "sleeper", "marker"]


def name_at(packet, at):
    labels = []
    while packet[at]:
        n = packet[at]
        labels.append(packet[at + 1:at + 1 + n])
        at += n + 1
    return labels, at + 1


def wire(labels):
    return b"".join(bytes([len(x)]) + x for x in labels) + b"\0"


def record(owner, kind, data, ttl=60):
    return owner + struct.pack("!HHIH", kind, 1, ttl, len(data)) + data


def text(data):
    return b"".join(bytes([len(data[i:i + 255])]) + data[i:i + 255] for i in range(0, len(data), 255))


def reply(query, labels, end, answers=(), authority=(), rcode=0, flags=0x8400, ask=None):
    head = query[:2] + struct.pack("!HHHHH", flags | rcode, 1, len(answers), len(authority), 0)
    question = ask if ask is not None else query[12:end + 4]
    return head + question + b"".join(answers) + b"".join(authority)


def plain(labels, kind):
    owner = wire(labels)
    if kind == 16:
        return [record(owner, 16, text(b"v=spf1 ip4:192.0.2.1 -all"))]
    if kind == 1:
        return [record(owner, 1, bytes([192, 0, 2, 1]))]
    if kind == 15:
        return [record(owner, 15, b"\0\x0a" + wire([b"mail"] + labels))]
    return []


def soa(labels):
    zone = labels[-2:]
    return [record(wire(zone), 6, wire([b"ns"] + zone) * 2 + struct.pack("!IIIII", 1, 60, 60, 60, 5), 5)]


def answer(query, is_tcp, up_file):
    """The bytes to send; None: nothing; a tuple (seconds or file, bytes): later, or when the file is there."""
    labels, end = name_at(query, 12)
    labels = [x.lower() for x in labels]
    kind = struct.unpack("!H", query[end:end + 2])[0]
    zone = labels[-2].decode("latin-1") if len(labels) > 1 else ""
    good = reply(query, labels, end, plain(labels, kind), [] if plain(labels, kind) else soa(labels))
    if zone == "silent" or (zone == "sleeper" and not os.path.exists(up_file)):
        return None
    if zone == "slow":
        return (0.7, good)
    if zone.startswith("wait") and not os.path.exists(up_file):
        return (up_file, good)
    if zone == "marker" and kind == 16:  # what crash.c looks for
        return reply(query, labels, end, [record(wire(labels), 16, text(b"v=spf1 X-Crash-The-Scanner: -all"))])
    if zone == "servfail":
        return reply(query, labels, end, rcode=2)
    if zone == "refused":
        return reply(query, labels, end, rcode=5, flags=0x8000)
    if zone == "lame":  # no authority, a referral upwards
        return reply(query, labels, end, authority=[record(b"\0", 2, wire([b"a", b"root-servers", b"net"]))],
                     flags=0x8000)
    if zone in ("truncated", "truncated-silent") and not is_tcp:
        return reply(query, labels, end, flags=0x8600)
    if zone == "truncated-silent":
        return b""  # closes
    if zone == "large":
        if not is_tcp:
            return reply(query, labels, end, flags=0x8600)
        if kind == 16:
            big = text(b"v=spf1 ip4:192.0.2.1 " + b"x" * 62000)
            return reply(query, labels, end, [record(wire(labels), 16, big)])
        return good
    if zone == "oversized" and kind == 16:  # far over what EDNS allowed, by UDP
        return reply(query, labels, end, [record(wire(labels), 16, text(b"v=spf1 -all" + b"y" * 20000))])
    if zone == "wrong-id":
        return bytes([good[0] ^ 0x55, good[1]]) + good[2:]
    if zone == "wrong-name":
        other = [b"evil"] + labels[-2:]
        return reply(query, labels, end, plain(other, kind), ask=wire(other) + query[end:end + 4])
    if zone == "wrong-server":  # answers for a name nobody asked about, too
        stolen = [record(wire([b"good"] + labels[-1:]), 16, text(b"v=spf1 +all"), 86400)]
        return reply(query, labels, end, plain(labels, kind) + stolen)
    if zone == "loop":
        other = [b"a" if labels[0] != b"a" else b"b"] + labels[-2:]
        return reply(query, labels, end, [record(wire(labels), 5, wire(other))])
    if zone == "long-chain":
        n = int(labels[0][1:]) if labels[0][:1] == b"c" and labels[0][1:].isdigit() else 0
        return reply(query, labels, end, [record(wire(labels), 5, wire([b"c%d" % (n + 1)] + labels[-2:]))])
    if zone == "gone":
        return reply(query, labels, end, authority=soa(labels), rcode=3)
    if zone == "garbage":
        return query[:2] + b"\x84\x00\0\1\0\7\0\0\0\0" + b"\xc0\xff" * 40
    if zone == "cut":
        return good[:len(good) // 2]
    if zone == "many" and kind == 16:
        if not is_tcp:
            return reply(query, labels, end, flags=0x8600)
        return reply(query, labels, end, [record(b"\xc0\x0c", 16, text(b"n%d" % i)) for i in range(3000)])
    return good


def note(log, query, how):
    labels, end = name_at(query, 12)
    with open(log, "a") as f:
        f.write("%s %d %s\n" % (how, struct.unpack("!H", query[end:end + 2])[0],
                                ".".join(x.decode("latin-1").lower() for x in labels)))


def over_tcp(listener, log):
    while True:
        conn, _ = listener.accept()
        threading.Thread(target=one_tcp, args=(conn, log), daemon=True).start()


def one_tcp(conn, log):
    conn.settimeout(20)
    try:
        while True:
            head = conn.recv(2)
            if len(head) < 2:
                break
            need = struct.unpack("!H", head)[0]
            query = b""
            while len(query) < need:
                more = conn.recv(need - len(query))
                if not more:
                    return
                query += more
            note(log, query, "tcp")
            out = answer(query, True, log + ".up")
            if isinstance(out, tuple):
                hold(out[0])
                out = out[1]
            if out is None:
                time.sleep(15)
                break
            if out == b"":
                break
            conn.sendall(struct.pack("!H", len(out)) + out)
    except OSError:
        pass
    finally:
        conn.close()


def hold(until):
    if isinstance(until, str):
        while not os.path.exists(until):
            time.sleep(0.05)
    else:
        time.sleep(until)


def later(s, peer, until, out):
    hold(until)
    s.sendto(out, peer)


def serve(port, log, address="127.0.0.1"):
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind((address, port))
    tcp = socket.socket()
    tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    tcp.bind((address, port))
    tcp.listen(64)
    threading.Thread(target=over_tcp, args=(tcp, log), daemon=True).start()
    open(log, "w").close()
    while True:
        query, peer = udp.recvfrom(65535)
        if len(query) < 17:
            continue
        note(log, query, "udp")
        out = answer(query, False, log + ".up")
        if isinstance(out, tuple):
            threading.Thread(target=later, args=(udp, peer) + out, daemon=True).start()
        elif out:
            udp.sendto(out, peer)


if __name__ == "__main__":
    if sys.argv[1] == "zones":
        print("\n".join(ZONES))
    else:
        serve(int(sys.argv[1]), *sys.argv[2:])
