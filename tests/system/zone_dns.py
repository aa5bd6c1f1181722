"""A name server for the zones of one JSON file, on 127.0.0.1, UDP alone.

  zone_dns.py PORT FILE      serves until killed; the file is {"name": {"TXT": [...], "A": [...]}}, and
                             read again when another one takes its place

Names that are not there do not exist, unless something stands below them; "*.name" is a wildcard.
"""
import json
import os
import socket
import struct
import sys

TYPES = {1: "A", 15: "MX", 16: "TXT"}


def wire(name):
    return b"".join(bytes([len(x)]) + x.encode() for x in name.split(".") if x) + b"\0"


def data(kind, value):
    if kind == 1:
        return socket.inet_aton(value)
    if kind == 15:
        return struct.pack("!H", 10) + wire(value)
    raw = value.encode()
    return b"".join(bytes([len(raw[i:i + 255])]) + raw[i:i + 255] for i in range(0, len(raw), 255))


def look(zone, name):
    if name in zone:
        return zone[name]
    rest = name
    while "." in rest:
        rest = rest.split(".", 1)[1]
        if "*." + rest in zone:
            return zone["*." + rest]
    return {} if any(x.endswith("." + name) for x in zone) else None


def answer(zone, packet):
    labels, at = [], 12
    while packet[at]:
        labels.append(packet[at + 1:at + 1 + packet[at]].decode("ascii", "replace").lower())
        at += packet[at] + 1
    kind = struct.unpack("!H", packet[at + 1:at + 3])[0]
    found = look(zone, ".".join(labels))
    values = (found or {}).get(TYPES.get(kind), [])
    head = packet[:2] + struct.pack("!HHHHH", 0x8500 | (3 if found is None else 0), 1, len(values), 0, 0)
    records = [b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 60, len(data(kind, v))) + data(kind, v) for v in values]
    return head + packet[12:at + 5] + b"".join(records)


def main(port, path):
    zone, read = json.load(open(path)), os.stat(path).st_ino
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("127.0.0.1", int(port)))
    open(path + ".up", "w").close()
    while True:
        packet, peer = s.recvfrom(4096)
        if os.stat(path).st_ino != read:
            zone, read = json.load(open(path)), os.stat(path).st_ino
        try:
            s.sendto(answer(zone, packet), peer)
        except (IndexError, struct.error):
            pass


main(*sys.argv[1:])
