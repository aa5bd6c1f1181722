"""A mail server that takes everything and keeps it: smtp_sink.py PORT DIR.

Each message becomes DIR/N.eml: lines "X-Envelope-From: ..." and "X-Envelope-To: ..." as the transaction
said, then the message byte for byte. A file has its name only when it is whole.
"""
import os
import socketserver
import sys
import threading

PORT, DIR = int(sys.argv[1]), sys.argv[2]
lock = threading.Lock()
count = 0


def keep(sender, rcpts, data):
    global count
    with lock:
        count += 1
        number = count
    head = b"X-Envelope-From: %s\r\n" % sender + b"".join(b"X-Envelope-To: %s\r\n" % r for r in rcpts)
    part = os.path.join(DIR, ".%d" % number)
    with open(part, "wb") as f:
        f.write(head + data)
    os.rename(part, os.path.join(DIR, "%d.eml" % number))


class Session(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line + b"\r\n")

    def data(self):
        got = b""
        for line in self.rfile:
            if line == b".\r\n":
                break
            got += line[1:] if line.startswith(b"..") else line
        return got

    def handle(self):
        sender, rcpts = b"", []
        self.say(b"220 sink.example ESMTP")
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b"EHLO":
                self.say(b"250-sink.example\r\n250-8BITMIME\r\n250 SMTPUTF8")
            elif verb == b"MAIL":
                sender, rcpts = line[10:].split(b">")[0].strip(b"< \r\n"), []
                self.say(b"250 OK")
            elif verb == b"RCPT":
                rcpts.append(line[8:].split(b">")[0].strip(b"< \r\n"))
                self.say(b"250 OK")
            elif verb == b"DATA":
                self.say(b"354 go on")
                keep(sender, rcpts, self.data())
                self.say(b"250 kept")
            elif verb == b"QUIT":
                self.say(b"221 bye")
                return
            else:
                self.say(b"250 OK")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


Server(("127.0.0.1", PORT), Session).serve_forever()
