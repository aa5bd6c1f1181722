/* LMTP client. See lmtp.h. */
#include "node/lmtp.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "node/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define REPLY_BYTES 65536 /* of one reply, all its lines */
#define WORDS_BYTES 300

struct talk {
    struct arena *a;
    int fd;
    int64_t until_us;
    struct buf in; /* read, not looked at yet */
    struct slice reply;
    const char *trouble; /* why there is no answer; NULL: there was one */
};

struct slice lmtp_address(struct slice relay)
{
    return slice_starts(relay, SLICE("lmtp:")) ? slice_from(relay, 5) : SLICE("");
}

/* Waits until the socket can be read or written. */
static bool is_ready(struct talk *t, short what)
{
    struct pollfd p = {.fd = t->fd, .events = what};
    int64_t left_ms = (t->until_us - clock_mono_us()) / 1000;
    int n = left_ms > 0 ? poll(&p, 1, left_ms > INT32_MAX ? INT32_MAX : (int)left_ms) : 0;
    if (n == 0)
        t->trouble = "the server took too long";
    return n > 0 || (n < 0 && errno == EINTR);
}

static bool put(struct talk *t, struct slice s)
{
    while (s.n) {
        ssize_t n = send(t->fd, s.p, s.n, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno != EAGAIN && errno != EINTR) {
            t->trouble = "the connection broke";
            return false;
        }
        if (n < 0 && !is_ready(t, POLLOUT))
            return false;
        s = slice_from(s, n > 0 ? (size_t)n : 0);
    }
    return true;
}

/* One line of a reply, without its end. */
static bool get_line(struct talk *t, struct slice *out)
{
    size_t end;
    while ((end = slice_chr(buf_slice(&t->in), '\n')) == SIZE_MAX) {
        size_t room;
        char *to = buf_reserve(&t->in, 1024, &room);
        ssize_t n = room ? recv(t->fd, to, room, MSG_DONTWAIT) : 0;
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
            if (!is_ready(t, POLLIN))
                return false;
            continue;
        }
        if (n <= 0) {
            t->trouble = room ? "the server closed the connection"
                              : "the server's reply is too long";
            return false;
        }
        buf_wrote(&t->in, (size_t)n);
    }
    *out = slice_trim(arena_dup(t->a, slice_head(buf_slice(&t->in), end)));
    buf_drop(&t->in, end + 1);
    return true;
}

/* A whole reply: its code, or 0 when there is none (RFC 5321 4.2.1). */
static int get_reply(struct talk *t)
{
    struct buf whole = BUF_INIT(REPLY_BYTES);
    struct slice line;
    uint64_t code = 0;
    while (get_line(t, &line)) {
        buf_add(&whole, line);
        buf_chr(&whole, '\n');
        bool is_reply = line.n >= 3 && slice_u64(slice_head(line, 3), &code) && code >= 200 &&
                        code < 600 && !whole.full;
        if (!is_reply) {
            t->trouble = "the server does not speak LMTP";
            break;
        }
        if (line.n > 3 && line.p[3] == '-')
            continue;
        t->reply = arena_dup(t->a, buf_slice(&whole));
        buf_fini(&whole);
        return (int)code;
    }
    buf_fini(&whole);
    return 0;
}

static int ask(struct talk *t, struct slice line)
{
    return put(t, line) ? get_reply(t) : 0;
}

static bool offers(struct slice reply, const char *word)
{
    struct slice line;
    while (slice_line(&reply, &line))
        if (slice_ieq(slice_head(slice_from(line, 4), strlen(word)), slice_str(word)))
            return true;
    return false;
}

static struct mail_result no(const struct talk *t, int code)
{
    struct slice words = t->trouble ? slice_str(t->trouble) : slice_trim(t->reply);
    return (struct mail_result){code >= 500 ? MAIL_REFUSED : MAIL_LATER,
                                slice_head(words, WORDS_BYTES)};
}

/* A line that begins with a dot gets a second one (RFC 5321 4.5.2). */
static bool put_data(struct talk *t, struct slice raw)
{
    struct buf b = BUF_INIT(raw.n * 2 + 16);
    bool at_start = true;
    for (size_t i = 0; i < raw.n; i++) {
        if (at_start && raw.p[i] == '.')
            buf_chr(&b, '.');
        buf_chr(&b, raw.p[i]);
        at_start = raw.p[i] == '\n';
    }
    buf_str(&b, at_start ? ".\r\n" : "\r\n.\r\n");
    bool ok = put(t, buf_slice(&b));
    buf_fini(&b);
    return ok;
}

/* The answers behind the data, one for each recipient. */
static struct mail_result take_answers(struct talk *t, const struct mail_order *o)
{
    struct mail_result r = {MAIL_REFUSED, SLICE("")};
    size_t sent = 0;
    for (size_t i = 0; i < o->n_rcpt; i++) {
        int code = get_reply(t);
        if (code >= 200 && code < 300) {
            sent++;
            continue;
        }
        struct mail_result one = no(t, code);
        if (one.outcome == MAIL_LATER)
            r.outcome = MAIL_LATER;
        if (r.words.n == 0)
            r.words = slice_head(
                arena_printf(t->a, "%.*s: %.*s", SLICE_ARG(o->rcpt[i]), SLICE_ARG(one.words)),
                WORDS_BYTES);
        if (code == 0)
            break;
    }
    if (sent)
        r.outcome = MAIL_SENT;
    return r;
}

static struct mail_result transaction(struct talk *t, const struct mail_order *o)
{
    int code = get_reply(t);
    if (code != 220)
        return no(t, code);
    code = ask(t, SLICE("LHLO muster.localhost\r\n"));
    if (code != 250)
        return no(t, code);
    bool is_wide = !utf8_is_ascii(o->from);
    for (size_t i = 0; i < o->n_rcpt; i++)
        is_wide |= !utf8_is_ascii(o->rcpt[i]);
    bool body = offers(t->reply, "8BITMIME") && !utf8_is_ascii(o->raw);
    bool wide = is_wide && offers(t->reply, "SMTPUTF8");
    code = ask(t, arena_printf(t->a, "MAIL FROM:<%.*s>%s%s\r\n", SLICE_ARG(o->from),
                               body ? " BODY=8BITMIME" : "", wide ? " SMTPUTF8" : ""));
    for (size_t i = 0; i < o->n_rcpt && code / 100 == 2; i++)
        code = ask(t, arena_printf(t->a, "RCPT TO:<%.*s>\r\n", SLICE_ARG(o->rcpt[i])));
    if (code / 100 != 2)
        return no(t, code);
    code = ask(t, SLICE("DATA\r\n"));
    if (code != 354)
        return no(t, code);
    if (!put_data(t, o->raw))
        return no(t, 0);
    return take_answers(t, o);
}

struct mail_result lmtp_talk(struct arena *a, int fd, const struct mail_order *o,
                             int64_t timeout_us)
{
    struct talk t = {
        .a = a, .fd = fd, .until_us = clock_mono_us() + timeout_us, .in = BUF_INIT(REPLY_BYTES)};
    struct mail_result r = transaction(&t, o);
    (void)put(&t, SLICE("QUIT\r\n"));
    buf_fini(&t.in);
    return r;
}

static struct mail_result no_connection(struct arena *a, struct slice address, const char *why)
{
    return (struct mail_result){MAIL_LATER, arena_printf(a, "%.*s: %s", SLICE_ARG(address), why)};
}

struct mail_result lmtp_deliver(struct arena *a, struct slice address, const struct mail_order *o,
                                int64_t timeout_us)
{
    struct sockaddr_storage at;
    socklen_t n;
    if (!listen_parse(address, &at, &n))
        return no_connection(a, address, "is no address");
    int fd = socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return no_connection(a, address, strerror(errno));
    struct talk t = {.fd = fd, .until_us = clock_mono_us() + timeout_us};
    int failed = connect(fd, (struct sockaddr *)&at, n) == 0 ? 0 : errno;
    if (failed == EINPROGRESS) {
        socklen_t size = sizeof failed;
        failed = is_ready(&t, POLLOUT) ? 0 : ETIMEDOUT;
        if (failed == 0 && getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &size) < 0)
            failed = errno;
    }
    struct mail_result r = failed ? no_connection(a, address, strerror(failed))
                                  : lmtp_talk(a, fd, o, timeout_us);
    close(fd);
    return r;
}
