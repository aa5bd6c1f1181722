"""Attacks on the web process, over plain sockets: what a browser would never send.

    web_attack.py PORT [PART...]     prints a line for each attempt and a closing count

Parts: headers host smuggling methods traversal reflected csrf injection bombs slow slowbody rate. docs/security.md
says what each stands for.
"""
import re
import socket
import sys
import time

PORT = int(sys.argv[1])
HOST = "127.0.0.1:%d" % PORT
passed = failed = 0


def check(words, ok, detail=""):
    global passed, failed
    if ok:
        passed += 1
        print("ok    " + words)
    else:
        failed += 1
        print("FAIL  %s\n      %s" % (words, str(detail)[:600]))


def dial(seconds=30):
    s = socket.create_connection(("127.0.0.1", PORT), seconds)
    return s


def drain(s):
    out = b""
    try:
        while len(out) < 4 << 20:
            got = s.recv(65536)
            if not got:
                break
            out += got
    except (socket.timeout, ConnectionError):
        pass
    return out


def raw(data, seconds=120):
    """Sends bytes as they are, reads until the other side closes."""
    with dial(seconds) as s:
        try:
            s.sendall(data)
        except ConnectionError:
            pass
        return drain(s)


def status(answer):
    m = re.match(rb"HTTP/1\.[01] (\d{3})", answer)
    return int(m.group(1)) if m else 0


def fields(answer):
    head = answer.split(b"\r\n\r\n", 1)[0].decode("latin-1").split("\r\n")[1:]
    return [(n.strip().lower(), v.strip()) for n, _, v in (line.partition(":") for line in head)]


def field(answer, name):
    return next((v for n, v in fields(answer) if n == name), "")


def body(answer):
    return answer.split(b"\r\n\r\n", 1)[-1]


def request(method, path, extra="", data=b"", host=HOST):
    if isinstance(data, str):
        data = data.encode()
    length = "Content-Length: %d\r\n" % len(data) if data or method == "POST" else ""
    return raw(("%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n%s%s\r\n"
                % (method, path, host, length, extra)).encode("latin-1") + data)


def get(path, extra=""):
    return request("GET", path, extra)


def escape(text):
    return "".join(c if c.isalnum() else "".join("%%%02X" % b for b in c.encode()) for c in text)


class Visitor:
    """Cookies of one browser, and the token of a page's form."""

    def __init__(self):
        self.jar = {}

    def take(self, answer):
        for n, v in fields(answer):
            if n == "set-cookie":
                name, _, rest = v.partition("=")
                self.jar[name] = rest.split(";")[0]
        return answer

    def cookie(self):
        return "Cookie: %s\r\n" % "; ".join("%s=%s" % i for i in self.jar.items()) if self.jar else ""

    def get(self, path):
        return self.take(get(path, self.cookie()))

    def token(self, path):
        m = re.search(rb'name="_form" value="([^"]*)"', body(self.get(path)))
        return m.group(1).decode() if m else ""

    def post(self, path, pairs, extra=""):
        data = "&".join("%s=%s" % (escape(n), escape(v)) for n, v in pairs)
        return self.take(request("POST", path, self.cookie() + extra
                                 + "Content-Type: application/x-www-form-urlencoded\r\n", data))


def multipart(pairs, files=()):
    out = b""
    for n, v in pairs:
        out += b'--bnd\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (n.encode(), v.encode())
    for n, name, data in files:
        out += (b'--bnd\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n\r\n'
                % (n.encode(), name.encode())) + data + b"\r\n"
    return out + b"--bnd--\r\n"


FORMS = ["/law/check", "/law/receipt"]
MARK = '"\'><script>alert(7)</script><img src=x onerror=alert(7)>'


# ---- parts ----

def headers():
    for path in ["/", "/law", "/static/style.css", "/no/such/page"]:
        a = get(path)
        policy = field(a, "content-security-policy")
        check("%s: the policy allows no script, frame or foreign host" % path,
              "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
              and "form-action 'self'" in policy and "base-uri 'none'" in policy
              and "unsafe" not in policy and "*" not in policy, policy)
        check("%s: not to be framed, not to be guessed at" % path,
              field(a, "x-frame-options") == "DENY" and field(a, "x-content-type-options") == "nosniff")
    a = get("/law/check")
    check("a page with somebody's form is not kept", "no-store" in field(a, "cache-control"),
          field(a, "cache-control"))
    check("what varies is said to vary", "Cookie" in field(get("/"), "vary"))
    for n, v in fields(a):
        if n == "set-cookie":
            check("a cookie is out of reach of scripts and other sites",
                  "HttpOnly" in v and "SameSite=Strict" in v, v)


def host():
    for name in ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "", "a b", "evil.example:80",
                 "[::1", "127.0.0.1:%d@evil.example" % PORT]:
        a = request("GET", "/law", host=name)
        check("Host %r is refused" % name, status(a) in (400, 421), status(a))
    a = raw(b"GET /law HTTP/1.1\r\nConnection: close\r\n\r\n")
    check("no Host is refused", status(a) == 400, status(a))
    a = raw(b"GET /law HTTP/1.1\r\nHost: %s\r\nHost: evil.example\r\nConnection: close\r\n\r\n" % HOST.encode())
    check("two Hosts are refused", status(a) == 400, status(a))
    a = get("/law", "X-Forwarded-Host: evil.example\r\nForwarded: host=evil.example\r\n")
    check("a forwarded host is not believed", status(a) == 200 and b"evil.example" not in a, status(a))
    a = raw(b"GET http://evil.example/law HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % HOST.encode())
    check("a target of another host is refused", status(a) == 400 and b"evil.example" not in a, a[:200])


def smuggling():
    inner = "GET /law/CA HTTP/1.1\r\nHost: %s\r\n\r\n" % HOST
    shapes = {
        "two lengths": "Content-Length: 5\r\nContent-Length: %d\r\n" % (len(inner) + 5),
        "a list of lengths": "Content-Length: 5, 5\r\n",
        "length and chunks": "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "chunks and length": "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "an encoding of two": "Transfer-Encoding: chunked, identity\r\n",
        "an unknown encoding": "Transfer-Encoding: xchunked\r\n",
        "a hidden encoding": "Transfer-Encoding: \x0bchunked\r\n",
        "two encodings": "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        "a signed length": "Content-Length: +5\r\n",
        "a negative length": "Content-Length: -1\r\n",
        "a hexadecimal length": "Content-Length: 0x5\r\n",
        "a length with a space": "Content-Length: 5 5\r\n",
        "a space before the colon": "Content-Length : 5\r\n",
        "a folded length": "Content-Length:\r\n 5\r\n",
    }
    for words, lines in shapes.items():
        a = raw(("POST /law/receipt HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\n%s\r\n"
                 "a=bcd" % (HOST, lines) + inner).encode("latin-1"), 12)
        answers = set(re.findall(rb"HTTP/1\.1 (\d\d\d) ", a))
        check("%s: no second request is read out of the first" % words,
              b"<h1>Canada" not in a and answers <= {b"400", b"411", b"413", b"415"}, (answers, a[:200]))
    a = raw(("GET /law HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % (HOST, len(inner))
             + inner).encode(), 12)
    check("a GET with a body hides no request", b"<h1>Canada" not in a, a[:200])
    a = raw(b"GET /law HTTP/1.1\nHost: %s\nX: y\n\n" % HOST.encode(), 12)
    check("bare line ends make no second request", len(re.findall(rb"HTTP/1\.1 \d\d\d ", a)) <= 1, a[:100])


def methods():
    for m in ["TRACE", "PUT", "DELETE", "CONNECT", "OPTIONS", "PATCH", "DEBUG", "get"]:
        a = request(m, "/law")
        check("%s is not served" % m, status(a) in (400, 405, 501), status(a))
    a = request("HEAD", "/law")
    check("HEAD has no body", status(a) == 200 and body(a) == b"", status(a))


def traversal():
    ups = ["../", "%2e%2e/", "..%2f", "%2e%2e%2f", "..\\", "..%5c", "....//", "%c0%ae%c0%ae/", "..%00/", "%252e%252e%252f"]
    for up in ups:
        for base in ["/static/", "/law/", "/"]:
            a = get(base + up * 6 + "etc/passwd")
            check("%s%s... leads nowhere" % (base, up), status(a) in (400, 404) and b"root:" not in a, status(a))
    for path in ["/static/style.css%00.png", "/static//style.css", "/static/.", "/static/", "/static/%2fetc%2fpasswd",
                 "/" + "a/" * 3000, "/" + "a" * 9000, "/law/%ff%fe", "*", "//evil.example/x"]:
        a = get(path)
        check("%.40s is refused in order" % path, 400 <= status(a) < 500, status(a))


def reflected():
    mark, mail = MARK, "From: %s <a@x.example>\r\nSubject: %s\r\nTo: b@x.example\r\n\r\n%s" % (MARK, MARK, MARK)
    for path in ["/law/%s", "/law?at=%s", "/law/matrix?region=%s&consent=%s&at=%s", "/law/compare?law=%s&law=CA",
                 "/law/between?from=%s&to=%s", "/law/diff?law=%s&from=%s&to=%s", "/law/CA?lang=%s", "/%s",
                 "/law/check?to=%s&paste=%s&f_consent=%s&sender_name=%s"]:
        a = get(path.replace("%s", escape(mark)))
        check("%s: markup in the address is text" % path, status(a) and b"<script" not in a and b"onerror=alert(7)>" not in a,
              status(a))
    v = Visitor()
    token = v.token("/law/check")
    a = v.take(request("POST", "/law/check", v.cookie() + "Content-Type: multipart/form-data; boundary=bnd\r\n",
                       multipart([("_form", token), ("to", "CA, DE"), ("f_purpose", "commercial"),
                                  ("f_consent", "none"), ("sender_name", mark), ("sender_address", mark)],
                                 [("mail", mark.replace('"', "%22"), mail.encode())])))
    check("a hostile mailing is checked", status(a) == 200 and b'class="sum"' in a, status(a))
    check("and what it holds is text", b"<script" not in a and b"<img" not in a)
    a = v.post("/law/check", [("_form", v.token("/law/check")), ("to", mark), ("paste", mail)])
    check("a hostile country is text", status(a) == 400 and b"<script" not in a, status(a))
    table = "%s;country;%s\r\n%s;CA;%s\r\n%s;XX;1\r\n" % (mark, mark, mark, mark, mark)
    a = request("POST", "/law/check", v.cookie() + "Content-Type: multipart/form-data; boundary=bnd\r\n",
                multipart([("_form", v.token("/law/check"))],
                          [("mail", "x.eml", mail.encode()), ("list", "x.csv", table.encode())]))
    check("a hostile list is text", status(a) in (200, 400) and b"<script" not in a and b"<img" not in a, status(a))
    a = v.post("/law/receipt", [("_form", v.token("/law/receipt")), ("receipt", mark), ("address", mark), ("key", mark)])
    check("a hostile receipt is text", status(a) == 400 and b"<script" not in a, status(a))


def csrf():
    for path in FORMS:
        v = Visitor()
        good = v.token(path)
        check("%s: its form has a token" % path, len(good) >= 32)
        for words, token, extra in [("without a token", None, ""), ("with an empty one", "", ""),
                                    ("with one made up", "0" * len(good), ""),
                                    ("from another site", good, "Origin: https://evil.example\r\n"),
                                    ("from nowhere", good, "Origin: null\r\n"),
                                    ("sent by another site's page", good, "Sec-Fetch-Site: cross-site\r\n")]:
            pairs = [("to", "CA")] + ([("_form", token)] if token is not None else [])
            a = v.post(path, pairs, extra)
            check("%s %s: refused" % (path, words), status(a) == 403, status(a))
        a = v.post(path, [("_form", good), ("to", "CA")], "Origin: http://%s\r\nSec-Fetch-Site: same-origin\r\n" % HOST)
        check("%s with its own token: taken" % path, status(a) in (200, 303, 400), status(a))
        a = get(path + "?_form=%s&to=CA" % good)
        check("%s by GET does nothing" % path, status(a) == 200)


def injection():
    for bad in ["%0d%0aX-Evil:%201", "%0aSet-Cookie:%20muster=1", "%e5%98%8a%e5%98%8dX-Evil:1", "\\r\\nX-Evil:1"]:
        for path in ["/law?lang=fr%s", "/law?at=%s", "/account/login?next=/%s", "/%s", "/law/%s"]:
            a = get(path.replace("%s", bad))
            names = [n for n, v in fields(a)]
            check("%s%s adds no field to the answer" % (path, bad), "x-evil" not in names and
                  all("muster=1" not in v for n, v in fields(a) if n == "set-cookie"), names)
    for there in ["//evil.example", "https://evil.example/", "/\\evil.example", "%2f%2fevil.example", "javascript:alert(1)"]:
        a = get("/account/login?next=" + there)
        check("next=%s leads to nobody else" % there, not re.match(r"(https?:)?(//|/\\|\\)", field(a, "location"))
              and b'href="javascript:' not in a, field(a, "location"))


def upload(v, files, pairs=(), path="/law/check"):
    pairs = [("_form", v.token(path)), ("to", "CA")] + list(pairs)
    began = time.monotonic()
    a = request("POST", path, v.cookie() + "Content-Type: multipart/form-data; boundary=bnd\r\n", multipart(pairs, files))
    return a, time.monotonic() - began


def bombs():
    v = Visitor()
    a = raw(("POST /law/check HTTP/1.1\r\nHost: %s\r\nContent-Type: multipart/form-data; boundary=bnd\r\n"
             "Content-Length: 99999999999\r\n\r\n" % HOST).encode(), 20)
    check("a body of 100 GB is refused at its head", status(a) == 413, status(a))
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    with dial(20) as s:
        sent = 0
        try:
            s.sendall(("POST /law/check HTTP/1.1\r\nHost: %s\r\nContent-Type: multipart/form-data; boundary=bnd\r\n"
                       "Transfer-Encoding: chunked\r\n\r\n" % HOST).encode())
            for _ in range(2000):
                s.sendall(chunk)
                sent += len(chunk)
        except (ConnectionError, socket.timeout):
            pass
        a = drain(s)
    check("a body in chunks is cut at the limit", status(a) in (0, 413) and sent < 100 << 20, (status(a), sent))
    a = v.post("/law/receipt", [("a%d" % i, "1") for i in range(5000)])
    check("thousands of fields are refused", status(a) in (400, 413), status(a))
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(20000))
    many = (b"From: a@x.example\r\nContent-Type: multipart/mixed; boundary=q\r\n\r\n"
            + b"--q\r\nContent-Type: text/html\r\n\r\n<b>x\r\n" * 50000 + b"--q--\r\n")
    links = b"From: a@x.example\r\nContent-Type: text/html\r\n\r\n" + b"<a href=http://a.example/x>" * 60000
    lines = b"From: a@x.example\r\n" + b"X: y\r\n" * 200000 + b"\r\nx"
    for words, mail in [("20,000 nested parts", b"From: a@x.example\r\n" + deep), ("50,000 parts", many),
                        ("60,000 links", links), ("200,000 header fields", lines), ("10 MB of nothing", b"\0" * (10 << 20))]:
        a, took = upload(v, [("mail", "x.eml", mail)])
        check("%s: an answer in order" % words, status(a) in (200, 400, 413), status(a))
        check("%s: and in bounded time" % words, took < 100, "%.1f s" % took)
    a, took = upload(v, [("mail", "x.eml", b"From: a@x.example\r\n\r\nx"), ("list", "x.csv", b'country\r\n"' + b"x," * 4000000)])
    check("a list that never ends its quote", status(a) in (200, 400, 413) and took < 100, (status(a), took))
    a, took = upload(v, [("mail", "x.eml", b"From: a@x.example\r\n\r\nx"), ("list", "x.csv", b"country\r\n" + b"CA\r\n" * 2500000)])
    check("a list of 2.5 million rows", status(a) in (200, 400, 413) and took < 100, (status(a), took))
    check("the site is still there", status(get("/law")) == 200)


def hold(words, head, seconds):
    held = [dial(5) for _ in range(40)]
    for c in held:
        c.sendall(head)
    check("%s: others are answered meanwhile" % words, status(get("/law")) == 200)
    end, left = time.monotonic() + seconds, list(held)
    while left and time.monotonic() < end:
        for c in list(left):
            try:
                c.sendall(b"X")
                c.settimeout(0.01)
                if not c.recv(65536):
                    left.remove(c)
            except socket.timeout:
                pass
            except OSError:
                left.remove(c)
        time.sleep(1)
    check("%s: cut off" % words, not left, "%d of 40 are open still" % len(left))
    for c in held:
        c.close()


def slow():
    hold("heads that come byte by byte", b"GET /law HTTP/1.1\r\nX: ", 120)


def slowbody():
    hold("bodies that come byte by byte",
         ("POST /law/receipt HTTP/1.1\r\nHost: %s\r\nContent-Length: 10000\r\n\r\n" % HOST).encode(), 300)


def rate():
    seen = set()
    for _ in range(1500):
        seen.add(status(get("/law/CA")))
        if 429 in seen:
            break
    check("who asks too much is told so", 429 in seen, seen)


def main():
    for part in sys.argv[2:] or ["headers", "host", "smuggling", "methods", "traversal", "reflected", "csrf",
                                 "injection", "bombs", "slow"]:
        globals()[part]()
    print("web_attack: %d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
