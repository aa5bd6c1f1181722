"""Attacks on what lies behind a log-in, and on the letters that the node sends.

    web_staff_attack.py PORT PART...        prints a line for each attempt and a closing count

Parts: session csrf hostile letters. docs/security.md says what each stands for. The accounts (all with the
password in PASSWORD): stew (steward, operator, reviewer), olga (operator), mia (member), anna (member, with
the mailbox ann@example.org). SINK is the folder of smtp_sink.py.
"""
import email
import email.policy
import html.parser
import os
import re
import sys
import time

import web_attack as web
from web_attack import check, body, field, fields, get, request, status

PASSWORD = os.environ["PASSWORD"]
MARK = "\"'><script>alert(7)</script><img src=http://evil.example/x onerror=alert(7)>"
BREAK = "x\r\nBcc: evil@evil.example\r\nX-Evil: 1\r\n\r\nbody of evil"


def log_in(name, password=PASSWORD, visitor=None):
    v = visitor or web.Visitor()
    v.post("/account/login", [("_form", v.token("/account/login")), ("name", name), ("password", password)])
    check("%s logs in" % name, is_in(v), v.jar)
    return v


def is_in(v):
    return status(get("/account", v.cookie())) == 200


# ---- what a page holds ----

class Page(html.parser.HTMLParser):
    """Forms with their fields, links, and whatever could run."""

    ADDRESSES = ("href", "src", "action", "formaction", "poster", "cite", "data", "srcdoc", "background")

    def __init__(self, answer):
        super().__init__(convert_charrefs=True)
        self.forms, self.links, self.bad, self.select = [], [], [], None
        self.feed(body(answer).decode("utf-8", "replace"))

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag in ("script", "img", "iframe", "object", "embed", "style", "base", "math", "video", "audio"):
            self.bad.append(self.get_starttag_text())
        for name, value in attrs:
            there = (value or "").strip().lower()
            if name.startswith("on") or name == "style":
                self.bad.append(self.get_starttag_text())
            if name in self.ADDRESSES and (re.match(r"(javascript|data|vbscript):", there) or
                                           re.match(r"(https?:)?//evil\.example", there)):
                self.bad.append(self.get_starttag_text())
        if tag == "a" and a.get("href", "").startswith("/"):
            self.links.append(a["href"].split("#")[0])
        if tag == "form":
            self.forms.append({"method": a.get("method", "get"), "action": a.get("action", ""), "fields": []})
        elif self.forms and tag in ("input", "textarea", "select", "button") and a.get("name"):
            kind = a.get("type", tag)
            if tag == "select":
                self.select = a["name"]
            elif kind not in ("checkbox", "radio") or "checked" in a:
                self.forms[-1]["fields"].append((a["name"], a.get("value") or "1"))
        elif self.forms and tag == "option" and self.select:
            self.forms[-1]["fields"].append((self.select, a.get("value", "")))
            self.select = None


def shape(path):
    """Pages of one kind have one shape: identities and words of queries are left out."""
    path = re.sub(r"\?.*", "", path)
    return "/".join("*" if re.search(r"[0-9A-F-]{20,}|[0-9a-f-]{30,}|\d{3,}", piece) else piece
                    for piece in path.split("/"))


def pages_of(v, starts, most=120):
    """(path, answer) of a page of each shape that can be reached."""
    seen, todo = set(), list(starts)
    while todo and len(seen) < most:
        path = todo.pop(0)
        kind = shape(path)
        if kind in seen or kind.endswith("/logout") or re.match(r"/(library|law)/[^/]+", kind) and len(
                [s for s in seen if s.startswith(kind.rsplit("/", 1)[0])]) > 6:
            continue
        seen.add(kind)
        a = v.get(path)
        if status(a) == 303:
            todo.append(field(a, "location"))
        elif status(a) == 200 and "text/html" in field(a, "content-type"):
            yield path, a
            todo += Page(a).links


STAFF = ["/console", "/console/history", "/console/quarantine", "/console/rules", "/desk", "/account",
         "/account/people", "/account/totp", "/me", "/library/propose", "/report", "/listings"]


# ---- parts ----

def session():
    planted = "ab" * 32
    v = web.Visitor()
    v.jar["muster"] = planted
    a = v.get("/account")
    check("a planted session opens nothing", status(a) == 303, status(a))
    before = web.Visitor()
    before.jar["muster"] = planted
    log_in("mia", visitor=before)
    check("the session after the log-in is a new one", before.jar.get("muster", planted) != planted, before.jar)
    check("and the planted one is still nobody", not is_in(v))
    check("the log-in's own cookie is dropped", before.jar.get("muster-form", "") == "", before.jar)
    again = log_in("mia")
    check("each log-in has its own session", again.jar["muster"] != before.jar["muster"])
    check("a session in an address is none", status(get("/account?muster=" + again.jar["muster"])) == 303)
    check("a session in upper case is none", status(get("/account", "Cookie: muster=%s\r\n" % again.jar["muster"].upper())) == 303)
    check("two sessions in one request: none or one's own, never an error",
          status(get("/account", "Cookie: muster=%s; muster=%s\r\n" % (planted, again.jar["muster"]))) in (200, 303))
    shared, own = web.Visitor(), web.Visitor()
    stolen = shared.token("/account/login")
    own.get("/account/login")
    a = own.post("/account/login", [("_form", stolen), ("name", "mia"), ("password", PASSWORD)])
    check("nobody is logged in by somebody else's form", status(a) == 403 and "muster" not in own.jar, status(a))
    early = web.Visitor()
    token = early.token("/account/login")
    log_in("mia", visitor=early)
    a = early.post("/account/logout", [("_form", token)])
    check("a form from before the log-in is none after it", status(a) == 403 and is_in(early), status(a))
    old = dict(before.jar)
    before.post("/account/logout", [("_form", before.token("/account"))])
    check("a session ends at the log-out", status(get("/account", "Cookie: muster=%s\r\n" % old["muster"])) == 303)
    a = again.post("/account/password", [("_form", again.token("/account")), ("old", PASSWORD),
                                         ("password", PASSWORD + " two")])
    check("the password is changed", status(a) == 303, status(a))
    check("which ends the other sessions", not is_in(early))
    check("and the old word opens nothing", status(web.Visitor().post("/account/login", [])) == 403)
    log_in("mia", PASSWORD + " two")


def csrf():
    """Every form of every page behind a log-in, without its token and with wrong ones: each is refused."""
    v, other = log_in("stew"), log_in("olga")
    foreign = other.token("/account")
    stranger = web.Visitor().token("/report")
    forms = {}
    for who, starts in ((v, STAFF), (log_in("anna"), ["/me", "/account", "/library/propose"])):
        for path, a in pages_of(who, starts):
            for form in Page(a).forms:
                if form["method"].lower() == "post":
                    names = tuple(sorted(n for n, _ in form["fields"] if n != "_form"))
                    acts = [x for x in form["fields"] if x[0] in ("act", "do")]
                    key = (shape(form["action"] or path), names, tuple(acts))
                    forms.setdefault(key, (who, path, form))
    kinds = {key[0] for key in forms}
    check("forms are found behind the log-in (%d of %d kinds)" % (len(forms), len(kinds)), len(kinds) >= 15, kinds)
    for wanted in ("/account/logout", "/account/password", "/account/leave", "/account/invite", "/console/rules",
                   "/me", "/account/totp"):
        check("%s is among them" % wanted, wanted in kinds, kinds)
    before = state_of(v)
    for (kind, names, acts), (who, path, form) in sorted(forms.items(), key=lambda f: f[0]):
        action = form["action"] or path
        good = next((value for n, value in form["fields"] if n == "_form"), "")
        rest = [x for x in form["fields"] if x[0] != "_form"]
        refused = []
        for token, extra in ((None, ""), ("", ""), ("0" * len(good), ""), (foreign, ""), (stranger, ""),
                             (good, "Origin: https://evil.example\r\n"), (good, "Origin: null\r\n"),
                             (good, "Sec-Fetch-Site: cross-site\r\n"), (good, "Sec-Fetch-Site: same-site\r\n")):
            pairs = rest + ([("_form", token)] if token is not None else [])
            data = "&".join("%s=%s" % (web.escape(n), web.escape(x)) for n, x in pairs)
            refused.append(status(request("POST", action, who.cookie() + extra
                                          + "Content-Type: application/x-www-form-urlencoded\r\n", data)))
        check("%s %s: refused without its token, with others', from elsewhere" % (kind, dict(acts) or ""),
              set(refused) <= {403, 400, 415} and 403 in refused, refused)
    check("none of it did anything", state_of(v) == before and is_in(v) and is_in(other), (before, state_of(v)))
    a = get("/account/logout", v.cookie())
    check("nothing is done by GET", status(a) in (404, 405) and is_in(v), status(a))


def state_of(v):
    held = body(v.get("/console/quarantine?state=all"))
    people = body(v.get("/account/people"))
    lists = body(v.get("/console/rules"))
    strip = re.compile(rb'name="_form" value="[^"]*"')
    return [hash(strip.sub(b"", text)) for text in (held, people, lists)]


def hostile():
    """A mail with markup in every field, a report of it, a listing, a proposal: on no page does it run."""
    v = log_in("stew")
    a = v.post("/report", [("_form", v.token("/report")), ("category", "fraud"), ("sender", MARK), ("said", MARK),
                           ("words", "From: %s <a@x.example>\nSubject: %s\nReply-To: %s\n\n%s http://evil.example/%s"
                            % (MARK, MARK, MARK, MARK, MARK))])
    case = field(a, "location").split("?")[0]
    check("a hostile report is taken in", case.startswith("/case/"), a[:300])
    code = case.split("/")[-1]
    v.post("/desk/list/" + code, [("_form", v.token("/desk/list/" + code)), ("kind", "link"),
                                  ("value", "http://hostile.example/" + MARK), ("harm", "spam"), ("effect", "note"),
                                  ("reason", MARK), ("days", "7")])
    a = v.post("/desk/list/" + code, [("_form", v.token("/desk/list/" + code)), ("kind", "domain"),
                                      ("value", "hostile.example"), ("harm", "spam"), ("effect", "note"),
                                      ("reason", MARK), ("days", "7")])
    why = field(a, "location").split("?")[0]
    check("a hostile reason is kept", why.startswith("/why/"), a[:300])
    v.post(why.replace("/why/", "/appeal/"), [("_form", v.token(why.replace("/why/", "/appeal/"))), ("statement", MARK),
                                              ("contact", "owner@hostile.example")])
    v.post(case + "/step", [("_form", v.token(case)), ("state", "acting"), ("note", MARK)])
    v.post("/console/rules", [("_form", v.token("/console/rules")), ("word", "hostile2.example"), ("list", "block"),
                              ("reason", MARK), ("days", "3"), ("act", "add")])
    a = v.post("/library/propose", [("_form", v.token("/library/propose")), ("title", MARK), ("summary", MARK),
                                    ("publisher", MARK), ("url", "https://evil2.example/" + "x"), ("kind", "guide"),
                                    ("topics", "technology"), ("your_name", MARK), ("language", "en")])
    made = field(a, "location").split("?")[0]
    v.post("/account/invite", [("_form", v.token("/account/people")), ("role", "reviewer"), ("reason", MARK)])
    looked, seen = 0, 0
    words = "script>alert(7)"
    starts = STAFF + [case, case + "/evidence", why, "/account/log", "/console/acts"] + ([made] if made else [])
    for path, a in pages_of(v, starts):
        looked += 1
        seen += words.encode() in body(a).replace(b"&lt;", b"<").replace(b"&gt;", b">")
        bad = Page(a).bad
        check("%s: nothing runs, loads or leads away" % shape(path), not bad, bad[:3])
    for path in ("/console/history?words=alert", "/console/history?words=" + web.escape(MARK),
                 "/console/quarantine?user=" + web.escape(MARK), "/console/whatif?block=" + web.escape(MARK),
                 "/library?q=" + web.escape(MARK), "/listings?q=" + web.escape(MARK)):
        a = v.get(path)
        check("%.40s: nothing runs" % path, status(a) in (200, 400) and not Page(a).bad, Page(a).bad[:3])
    holds = re.findall(rb'href="(/console/quarantine/[0-9a-f-]{36})"', body(v.get("/console/quarantine")))
    for path in {h.decode() for h in holds}:
        a = v.get(path + "?open=1")
        page = Page(a)
        check("a hostile mail opened is text", status(a) == 200 and not page.bad and b"evil[.]example" in body(a),
              page.bad[:3])
        check("and none of its links is one", not any("evil" in link for link in page.links)
              and not re.search(rb'href="[^"]*evil', body(a)))
    check("the words were there to be seen (%d of %d pages)" % (seen, looked), seen >= 6, seen)
    for path in (case, why, "/console/history", "/library", "/listings"):
        a = v.get(path + ".json")
        if status(a) == 200:
            check("%s.json is no page" % shape(path), field(a, "content-type").startswith("application/json")
                  and field(a, "x-content-type-options") == "nosniff", field(a, "content-type"))


# ---- letters ----

HEADERS = {"from", "to", "subject", "date", "message-id", "auto-submitted", "x-auto-response-suppress",
           "mime-version", "content-type", "content-language", "content-transfer-encoding", "x-envelope-from", "x-envelope-to",
           "precedence", "list-id", "x-muster-id", "reply-to", "in-reply-to", "references", "received"}


def letters_in(least, seconds=120):
    end = time.monotonic() + seconds
    while True:
        names = [n for n in os.listdir(os.environ["SINK"]) if n.endswith(".eml")]
        if len(names) >= least or time.monotonic() > end:
            return [open(os.path.join(os.environ["SINK"], n), "rb").read() for n in names]
        time.sleep(0.2)


def letters():
    """What people can type reaches letters as text of the body: no field, no recipient, no part of its own."""
    v, member, stranger = log_in("stew"), log_in("anna"), web.Visitor()
    a = member.post("/report", [("_form", member.token("/report")), ("category", "spam"), ("sender", BREAK),
                                ("said", BREAK), ("words", "Buy at http://letters.example/ now. " + BREAK)])
    case = field(a, "location").split("?")[0]
    check("a member reports", case.startswith("/case/"), a[:300])
    code = case.split("/")[-1]
    for bad in ("letters.example" + BREAK, "letters.example%0d%0aBcc: evil@evil.example", "evil@evil.example\r\n",
                "letters.example\nevil.example"):
        a = v.post("/desk/list/" + code, [("_form", v.token("/desk/list/" + code)), ("kind", "domain"), ("value", bad),
                                          ("harm", "spam"), ("effect", "note"), ("reason", "x"), ("days", "7")])
        check("a domain with a line end is none (%r)" % bad[:30], status(a) != 303, status(a))
    a = v.post("/desk/list/" + code, [("_form", v.token("/desk/list/" + code)), ("kind", "domain"),
                                      ("value", "letters.example"), ("harm", "spam"), ("effect", "note"),
                                      ("reason", BREAK), ("days", "7")])
    why = field(a, "location").split("?")[0]
    check("a listing with line ends in its reason", why.startswith("/why/"), a[:300])
    path = why.replace("/why/", "/appeal/")
    for bad in ("owner@letters.example\r\nBcc: evil@evil.example", "owner@letters.example, evil@evil.example",
                "<owner@letters.example> evil@evil.example", "\"evil@evil.example \"@letters.example"):
        stranger.post(path, [("_form", stranger.token(path)), ("statement", "no"), ("contact", bad)])
    stranger.post(path, [("_form", stranger.token(path)), ("statement", BREAK), ("contact", "owner@letters.example")])
    a = v.post(case + "/step", [("_form", v.token(case)), ("state", "closed"), ("outcome", "stopped"), ("note", BREAK)])
    check("a case is closed with line ends in its note", status(a) == 303, status(a))
    got = letters_in(2)
    check("letters go out (%d)" % len(got), len(got) >= 2)
    subjects = set()
    for raw in got:
        head = raw.replace(b"\r\n", b"\n").split(b"\n\n", 1)[0].decode("latin-1")
        mail = email.message_from_bytes(raw, policy=email.policy.compat32)
        names = [n.lower() for n in mail.keys()]
        subject = str(mail["Subject"])[:40]
        subjects.add(subject)
        check("%s: only fields of ours" % subject, set(names) <= HEADERS, sorted(set(names) - HEADERS))
        check("%s: each once" % subject, len(names) == len(set(names)), names)
        check("%s: one recipient, who is not evil" % subject, mail["To"].count("@") == 1 and "evil" not in mail["To"]
              and mail["X-Envelope-To"].count("@") == 1 and "evil" not in head.lower(), head)
        check("%s: bare line ends nowhere" % subject, not re.search(rb"[^\r]\n|\r[^\n]", raw), raw[:200])
        check("%s: one part, as text" % subject, not mail.is_multipart() and mail.get_content_type() == "text/plain",
              mail.get_content_type())
        check("%s: no line of a visitor's own" % subject,
              not re.search(rb"(?m)^(Bcc|X-Evil|body of evil)", raw.replace(b"\r", b"\n")), raw[-600:])
    check("of several kinds", len(subjects) >= 2, subjects)


if __name__ == "__main__":
    for part in sys.argv[2:]:
        globals()[part]()
    print("web_staff_attack: %d passed, %d failed" % (web.passed, web.failed))
    sys.exit(1 if web.failed else 0)
