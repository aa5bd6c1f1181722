"""One page in lynx as a person goes through it: to a field by its label, typing, pressing a button.

    lynx_task.py URL SAVE STEP...     SAVE: file for the text of the page that comes then

Steps:  LABEL=TEXT    goes to the field behind the words LABEL and types TEXT
        LABEL+N       the same with a list to choose from: the N-th behind the one that stands there
        LABEL!        presses the button or follows the link LABEL

Lynx is driven by its own -cmd_script, in a terminal of its own. How many steps of the tabulator it is to
a field is counted in what lynx itself shows of the page. Cookies live in the file LYNX_COOKIES, if set.
"""
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time

PATIENCE = 120


def stops(url, cookies):
    """What the tabulator stops at, in its order: (words before it since the last stop, words behind)."""
    text = subprocess.run(["lynx", "-dump", "-number_fields", "-nolist", "-width=500", "-display_charset=utf-8"]
                          + cookies + [url], capture_output=True, timeout=PATIENCE, check=True).stdout.decode("utf-8", "replace")
    text = re.sub(r"\[(\d+)\](_{3,})(\s*\[\d+\]_{3,}$)+", r"[\1]\2", text, flags=re.M)  # rows of one area
    pieces = re.split(r"\[\d+\]", text)
    return [(" ".join(pieces[i - 1].split()), " ".join(pieces[i].split())) for i in range(1, len(pieces))]


def find(all_stops, here, label, is_button):
    for at in range(here, len(all_stops)):
        before, behind = all_stops[at]
        if is_button:
            if re.match(r"(\S+\) )?%s" % re.escape(label), behind):
                return at
        elif before.endswith(label):
            return at
    sys.exit("lynx: nothing further on is called %r; there are: %s" % (label, all_stops))


def key_of(c):
    return {" ": "<space>", "\n": "^J", "\t": "<tab>"}.get(c, c)


def script(url, save, steps, cookies):
    keys, here, all_stops = [], 0, stops(url, cookies)
    for step in steps:
        if step.endswith("!"):
            label, there = step[:-1], ["^J"]
        elif re.search(r"\+\d+$", step):
            label, _, n = step.rpartition("+")
            there = ["^J"] + ["Down Arrow"] * int(n) + ["^J"]
        else:
            label, _, text = step.partition("=")
            there = [key_of(c) for c in text]
        at = find(all_stops, here, label, step.endswith("!"))
        keys += ["<tab>"] * (at - here) + there
        here = at
    # the print menu's first entry saves the page to a file
    keys += ["p", "^J", "^U"] + [key_of(c) for c in save] + ["^J", "q", "y"]
    return "".join("key %s\n" % k for k in keys)


def drive(argv):
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "vt100"
        os.execvp(argv[0], argv)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 120, 0, 0))
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            if not os.read(terminal, 65536):
                break
        except OSError:
            break
    else:
        os.kill(pid, 9)
    os.waitpid(pid, 0)


def main():
    url, save, steps = sys.argv[1], sys.argv[2], sys.argv[3:]
    jar = os.environ.get("LYNX_COOKIES")
    cookies = ["-cookie_file=" + jar, "-cookie_save_file=" + jar] if jar else []
    with tempfile.NamedTemporaryFile("w", suffix=".keys") as keys, tempfile.NamedTemporaryFile("w") as settings:
        keys.write(script(url, save, steps, cookies))
        keys.flush()
        settings.write("".join("%s:0\n" % name for name in ("INFOSECS", "MESSAGESECS", "ALERTSECS", "REPLAYSECS")))
        settings.flush()
        drive(["lynx", "-cfg=" + settings.name, "-accept_all_cookies", "-cmd_script=" + keys.name,
               "-display_charset=utf-8", "-width=110"] + cookies + [url])
    if not os.path.exists(save):
        sys.exit("lynx: the page could not be saved")


main()
