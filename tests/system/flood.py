"""A flood of reports from one source, and what an honest reporter notices of it.

  flood.py HTTP_PORT WEB_PORT MAILS PAGES HONEST

MAILS forwards come from one network by the HTTP scan door, PAGES reports from one address by the
web door. Meanwhile, and HONEST times before, people of networks of their own report by the web door
and look at their case. Prints one line each, "NAME=VALUE ...".
"""
import http.client
import json
import random
import sys
import threading
import time

FORWARD = """From: <bot@flood.example>
To: <spam@desk.example>
Subject: Fwd: offer {n}
MIME-Version: 1.0
Date: Sun, 22 Nov 2026 10:00:00 +0000
Message-ID: <f{n}@flood.example>
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

spam
--b
Content-Type: message/rfc822

From: <news@victim.example>
To: <bot@flood.example>
Subject: News {n}
Date: Sun, 22 Nov 2026 09:00:00 +0000
Message-ID: <v{n}@victim.example>

{words} https://victim.example/news/{n}
--b--
"""
WORDS = "river letter garden meeting invoice winner prize password boat school account".split()


def words(rng):
    return " ".join(rng.choice(WORDS) for _ in range(30))


class Door:
    """One connection that is kept; a new one when it broke."""

    def __init__(self, port, source=None):
        self.port, self.source, self.c = port, source, None

    def ask(self, method, path, body=None, head=None):
        for attempt in range(5):
            try:
                if self.c is None:
                    self.c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120,
                                                        source_address=self.source)
                self.c.request(method, path, body, head or {})
                r = self.c.getresponse()
                return r.status, r.read()
            except (OSError, http.client.HTTPException):
                self.close()
                time.sleep(0.2)
        return 0, b""

    def close(self):
        if self.c:
            self.c.close()
        self.c = None


class Counts:
    def __init__(self):
        self.lock, self.of = threading.Lock(), {}

    def add(self, status):
        with self.lock:
            self.of[status] = self.of.get(status, 0) + 1

    def __str__(self):
        return " ".join("%d=%d" % pair for pair in sorted(self.of.items()))


def flood_mail(port, numbers, counts):
    door, rng = Door(port), random.Random(numbers.start)
    head = {"IP": "203.0.113.5", "Helo": "flood.example", "From": "bot@flood.example", "Rcpt": "spam@desk.example"}
    for n in numbers:
        counts.add(door.ask("POST", "/v1/scan", FORWARD.format(n=n, words=words(rng)).encode(), head)[0])


def flood_web(port, numbers, counts):
    door, rng = Door(port), random.Random(-numbers.start)
    for n in numbers:
        body = json.dumps({"text": "%s %d https://victim.example/n/%d" % (words(rng), n, n), "from": "news@victim.example"})
        counts.add(door.ask("POST", "/v1/report", body.encode(), {"Content-Type": "application/json"})[0])


def honest(port, k, took):
    """Reports, and looks at the case: each person from a network of his own."""
    rng = random.Random(k * 7919)
    door = Door(port, ("127.%d.%d.1" % (1 + k // 250, k % 250), 0))
    body = json.dumps({"text": "%s https://real-%d.example/pay" % (words(rng), k), "from": "x@real-%d.example" % k})
    began = time.monotonic()
    status, answer = door.ask("POST", "/v1/report", body.encode(), {"Content-Type": "application/json"})
    took["report"].append(time.monotonic() - began)
    code = json.loads(answer)["reports"][0].get("code") if status == 200 else None
    began = time.monotonic()
    status = door.ask("GET", "/case/%s" % code)[0] if code else 0
    took["case"].append(time.monotonic() - began)
    door.close()
    return status == 200


def show(name, took, good):
    parts = ["%s=%d" % ("good", good), "of=%d" % len(took["report"])]
    for what in ("report", "case"):
        t = sorted(took[what]) or [0]
        parts.append("%s_p50_ms=%.1f %s_p99_ms=%.1f %s_worst_ms=%.1f" % (
            what, t[len(t) // 2] * 1e3, what, t[min(len(t) - 1, len(t) * 99 // 100)] * 1e3, what, t[-1] * 1e3))
    print(name, " ".join(parts), flush=True)


def main(http_port, web_port, mails, pages, alone):
    door = Door(web_port)
    while door.ask("GET", "/listings")[0] != 200:  # keeper and web find each other
        time.sleep(0.1)
    took, good = {"report": [], "case": []}, 0
    for k in range(alone):
        good += honest(web_port, k, took)
        time.sleep(0.05)
    show("before:", took, good)
    mail, page, threads, lanes = Counts(), Counts(), [], 4
    began = time.monotonic()
    for i in range(lanes):
        part = range(mails * i // lanes, mails * (i + 1) // lanes)
        threads.append(threading.Thread(target=flood_mail, args=(http_port, part, mail)))
    threads.append(threading.Thread(target=flood_web, args=(web_port, range(pages), page)))
    for t in threads:
        t.start()
    took, good, k = {"report": [], "case": []}, 0, alone
    while any(t.is_alive() for t in threads):
        good += honest(web_port, k, took)
        k += 1
        time.sleep(0.05)
    for t in threads:
        t.join()
    print("flood: seconds=%.0f mail: %s web: %s" % (time.monotonic() - began, mail, page), flush=True)
    show("during:", took, good)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
