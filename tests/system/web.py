"""A small browser for the system tests of the pages: cookies, forms, nothing else.

usage: web.py PORT COMMAND ARGS...
  size PATH                      bytes of the packed body
  get PATH [NAME: VALUE ...]     status line, fields, empty line, body
  walk FILE                      steps, one a line, in one browser:
      get PATH | post PATH NAME=VALUE ... (tabs between) | expect STATUS | has TEXT | lacks TEXT | cookie NAME |
      no-cookie NAME | steal TOKEN (as its session)
  raw FILE                       sends the bytes of FILE as they are, prints what comes within 20 s
  slow SECONDS                   sends a head byte by byte; prints how long the server let it
  hold N                         opens N connections that say nothing; prints how many stay open
"""
import html.parser, http.client, socket, sys, time, urllib.parse


class Forms(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.forms, self.now = [], None

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag == "form":
            self.now = {"action": a.get("action", ""), "fields": {}}
            if a.get("method", "get").lower() == "post":
                self.forms.append(self.now)
        elif tag == "input" and self.now is not None and a.get("type") == "hidden":
            self.now["fields"][a.get("name")] = a.get("value", "")

    def handle_endtag(self, tag):
        if tag == "form":
            self.now = None


class Browser:
    def __init__(self, port):
        self.port, self.cookies, self.status, self.body, self.fields = port, {}, 0, "", []

    def ask(self, method, path, body=None, fields=()):
        conn = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        conn.putrequest(method, path, skip_host=any(n == "Host" for n, _ in fields))
        if self.cookies:
            conn.putheader("Cookie", "; ".join(f"{k}={v}" for k, v in self.cookies.items()))
        if body is not None:
            conn.putheader("Content-Type", "application/x-www-form-urlencoded")
            conn.putheader("Content-Length", str(len(body)))
        for name, value in fields:
            conn.putheader(name, value)
        conn.endheaders(body)
        answer = conn.getresponse()
        self.status, self.fields = answer.status, answer.getheaders()
        self.raw = answer.read()
        self.body = self.raw.decode("utf-8", "replace")
        for name, value in self.fields:
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                word = rest.split(";")[0]
                if "Max-Age=0" in value:
                    self.cookies.pop(key, None)
                else:
                    self.cookies[key] = word
        conn.close()

    def get(self, path):
        self.ask("GET", path)

    # As a person would: the page's own form to that address, filled in.
    def post(self, path, values):
        found = Forms()
        found.feed(self.body)
        fields = {}
        for form in found.forms:
            if form["action"].split("?")[0] == path.split("?")[0]:
                fields = dict(form["fields"])
        fields.update(values)
        self.ask("POST", path, urllib.parse.urlencode(fields).encode())
        if self.status == 303:
            self.get(dict(self.fields)["Location"])


def walk(port, name):
    b, bad = Browser(port), 0
    for number, line in enumerate(open(name, encoding="utf-8"), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        verb, _, rest = line.partition(" ")
        ok = True
        if verb == "get":
            b.get(rest)
        elif verb == "post":
            path, *pairs = rest.split("\t")
            b.post(path, dict(p.split("=", 1) for p in pairs))
        elif verb == "expect":
            ok = b.status == int(rest)
        elif verb == "has":
            ok = rest in b.body
        elif verb == "lacks":
            ok = rest not in b.body
        elif verb == "cookie":
            ok = rest in b.cookies
        elif verb == "no-cookie":
            ok = rest not in b.cookies
        elif verb == "pause":
            time.sleep(float(rest))
        elif verb == "steal":
            b.cookies["muster"] = rest
        else:
            sys.exit(f"{name}:{number}: what is {verb}?")
        if not ok:
            bad += 1
            print(f"step {number}: {line}: it was {b.status}: {b.body[:300]!r}")
    return bad


def raw(port, name):
    s = socket.create_connection(("127.0.0.1", port), 20)
    s.sendall(open(name, "rb").read())
    s.shutdown(socket.SHUT_WR)
    got = b""
    try:
        while True:
            piece = s.recv(65536)
            if not piece:
                break
            got += piece
    except OSError:
        pass
    sys.stdout.write(got.decode("latin-1"))


def slow(port, most):
    s = socket.create_connection(("127.0.0.1", port), 20)
    s.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ")
    begin = time.monotonic()
    s.settimeout(1)
    while time.monotonic() - begin < most:
        try:
            s.sendall(b"a")
            if s.recv(1000) == b"":
                break
        except TimeoutError:
            continue
        except OSError:
            break
    print(int(time.monotonic() - begin))


def hold(port, n):
    held = []
    for _ in range(n):
        held.append(socket.create_connection(("127.0.0.1", port), 20))
    time.sleep(1)
    still = 0
    for s in held:
        s.settimeout(0.2)
        try:
            still += s.recv(1, socket.MSG_PEEK) != b""
        except TimeoutError:
            still += 1
        except OSError:
            pass
    print(still)


def main():
    port, verb, args = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    if verb == "get":
        b = Browser(port)
        b.ask("GET", args[0], fields=[a.split(": ", 1) for a in args[1:]])
        print(b.status)
        for name, value in b.fields:
            print(f"{name}: {value}")
        print()
        print(b.body)
    elif verb == "size":
        b = Browser(port)
        b.ask("GET", args[0], fields=[("Accept-Encoding", "gzip")])
        print(len(b.raw))
    elif verb == "walk":
        sys.exit(1 if walk(port, args[0]) else 0)
    elif verb == "raw":
        raw(port, args[0])
    elif verb == "slow":
        slow(port, float(args[0]))
    elif verb == "hold":
        hold(port, int(args[0]))


main()
