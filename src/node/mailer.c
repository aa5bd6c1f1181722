/* The mailer: hands mail to the configured SMTP (RFC 5321) or LMTP server for keeper, and says how
 * it went. One at a time; keeper owns the queue, so nothing is lost when this process dies.
 */
#include "ask/batch.h"
#include "auth/report_make.h"
#include "base/clock.h"
#include "base/log.h"
#include "node/lmtp.h"
#include "node/mailer.h"
#include "node/process.h"
#include "node/prover.h"

#include <curl/curl.h>
#include <event2/event.h>
#include <stdlib.h>

#define RCPTS_MOST 10000
#define TARGET_MS  10000 /* for the answers about who may get a report */

/* A report whose recipients are being asked about. */
struct pending {
    struct mailer *mailer;
    struct pending *next;
    struct arena *arena;
    struct mail_order order;
    struct ask *ask;
    struct event *timer;
    uint64_t tag;
};

struct mailer {
    const struct child_start *start;
    struct event_base *base;
    struct ipc *master, *keeper, *resolver;
    struct pending *pending;
    struct prover *prover;
    char url[300];
    struct slice lmtp; /* address of an LMTP server; empty: url is an SMTP server's */
    long timeout_ms;
};

void mail_pack(struct buf *b, const struct mail_order *o)
{
    pack_bytes(b, o->about);
    pack_u8(b, o->is_failure);
    pack_bytes(b, o->from);
    pack_u32(b, (uint32_t)o->n_rcpt);
    for (size_t i = 0; i < o->n_rcpt; i++)
        pack_bytes(b, o->rcpt[i]);
    pack_bytes(b, o->raw);
}

bool mail_unpack(struct arena *a, struct slice bytes, struct mail_order *out)
{
    struct unpack u = {.rest = bytes};
    out->about = unpack_bytes(&u);
    out->is_failure = unpack_u8(&u) != 0;
    out->from = unpack_bytes(&u);
    out->n_rcpt = unpack_u32(&u);
    if (u.bad || out->n_rcpt == 0 || out->n_rcpt > RCPTS_MOST)
        return false;
    out->rcpt = ARENA_ARRAY(a, struct slice, out->n_rcpt);
    for (size_t i = 0; i < out->n_rcpt; i++)
        out->rcpt[i] = unpack_bytes(&u);
    out->raw = unpack_bytes(&u);
    return unpack_done(&u);
}

void mail_result_pack(struct buf *b, const struct mail_result *r)
{
    pack_u8(b, (uint8_t)r->outcome);
    pack_bytes(b, r->words);
}

bool mail_result_unpack(struct slice bytes, struct mail_result *out)
{
    struct unpack u = {.rest = bytes};
    uint8_t outcome = unpack_u8(&u);
    out->outcome = (enum mail_outcome)outcome;
    out->words = unpack_bytes(&u);
    return unpack_done(&u) && outcome <= MAIL_REFUSED;
}

/* ---- SMTP ---- */

static size_t feed(char *p, size_t size, size_t n, void *arg)
{
    struct slice *rest = arg;
    size_t room = size * n;
    struct slice s = slice_head(*rest, room);
    memcpy(p, s.p, s.n);
    *rest = slice_from(*rest, s.n);
    return s.n;
}

/* SMTP knows only CRLF; stored mail may have come with bare LF. */
static struct slice with_crlf(struct arena *a, struct slice raw)
{
    char *out = arena_bytes(a, raw.n * 2 + 2);
    size_t n = 0;
    for (size_t i = 0; i < raw.n; i++) {
        if (raw.p[i] == '\n' && (i == 0 || raw.p[i - 1] != '\r'))
            out[n++] = '\r';
        out[n++] = raw.p[i];
    }
    return slice_of(out, n);
}

/* An address on the wire: no control bytes, no spaces, no angle brackets. */
static bool is_plain(struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        if ((unsigned char)s.p[i] <= ' ' || s.p[i] == '<' || s.p[i] == '>' || s.p[i] == 0x7F)
            return false;
    }
    return true;
}

static struct mail_result by_smtp(const struct mailer *m, struct arena *a,
                                  const struct mail_order *o)
{
    struct curl_slist *to = NULL;
    for (size_t i = 0; i < o->n_rcpt; i++)
        to = curl_slist_append(to, arena_cstr(a, o->rcpt[i]));
    CURL *c = curl_easy_init();
    if (c == NULL)
        BUG("out of memory");
    char words[CURL_ERROR_SIZE] = "";
    struct slice rest = o->raw;
    curl_easy_setopt(c, CURLOPT_URL, m->url);
    curl_easy_setopt(c, CURLOPT_MAIL_FROM, arena_cstr(a, o->from));
    curl_easy_setopt(c, CURLOPT_MAIL_RCPT, to);
    curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(c, CURLOPT_READFUNCTION, feed);
    curl_easy_setopt(c, CURLOPT_READDATA, &rest);
    curl_easy_setopt(c, CURLOPT_INFILESIZE_LARGE, (curl_off_t)rest.n);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, m->timeout_ms);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, words);
    CURLcode rc = curl_easy_perform(c);
    long code = 0;
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &code);
    curl_easy_cleanup(c);
    curl_slist_free_all(to);
    struct mail_result r = {MAIL_SENT, SLICE("")};
    if (rc != CURLE_OK) {
        r.outcome = code >= 500 && code < 600 ? MAIL_REFUSED : MAIL_LATER;
        r.words = arena_dup(a, slice_str(words[0] ? words : curl_easy_strerror(rc)));
    }
    return r;
}

static struct mail_result deliver(const struct mailer *m, struct arena *a,
                                  const struct mail_order *order)
{
    struct mail_order o = *order;
    for (size_t i = 0; i < o.n_rcpt; i++)
        if (!is_plain(o.rcpt[i]) || o.rcpt[i].n == 0)
            return (struct mail_result){MAIL_REFUSED,
                                        SLICE("a recipient's address is not well formed")};
    if (!is_plain(o.from))
        o.from = SLICE("");
    o.raw = with_crlf(a, o.raw);
    return m->lmtp.n ? lmtp_deliver(a, m->lmtp, &o, m->timeout_ms * 1000) : by_smtp(m, a, &o);
}

/* ---- the process ---- */

static void answer(struct mailer *m, uint64_t tag, const struct mail_result *r)
{
    struct buf b = BUF_INIT(4096);
    mail_result_pack(&b, r);
    if (m->keeper)
        ipc_send(m->keeper, IPC_MAILED, tag, buf_slice(&b));
    buf_fini(&b);
}

/* ---- reports: who may get them ---- */

static void forget(struct pending *p)
{
    struct pending **at = &p->mailer->pending;
    while (*at && *at != p)
        at = &(*at)->next;
    if (*at)
        *at = p->next;
    event_free(p->timer);
    arena_free(p->arena);
    free(p);
}

static void send_questions(struct pending *p)
{
    struct buf b = BUF_INIT(65536);
    while (p->mailer->resolver && batch_pack(&b, p->ask, TARGET_MS) > 0) {
        ipc_send(p->mailer->resolver, IPC_RESOLVE, p->tag, buf_slice(&b));
        buf_reset(&b);
    }
    buf_fini(&b);
}

/* The mailboxes that may get it, in place. false: answers are missing. */
static bool choose_targets(struct pending *p, bool *out_unknown)
{
    struct mail_order *o = &p->order;
    size_t n = 0;
    bool is_done = true;
    struct slice *allowed = ARENA_ARRAY(p->arena, struct slice, o->n_rcpt);
    *out_unknown = false;
    for (size_t i = 0; i < o->n_rcpt; i++) {
        enum report_target t;
        struct slice box;
        struct report_wish wish = {o->about, o->rcpt[i], o->is_failure};
        if (!report_target(p->arena, p->ask, &wish, &t, &box)) {
            is_done = false;
            continue;
        }
        *out_unknown |= t == REPORT_TARGET_UNKNOWN;
        if (t == REPORT_TARGET_ALLOWED)
            allowed[n++] = box;
    }
    if (is_done) {
        o->rcpt = allowed;
        o->n_rcpt = n;
    }
    return is_done;
}

static struct slice with_to(const struct pending *p)
{
    const struct mail_order *o = &p->order;
    struct slice to = arena_printf(p->arena, "To: %.*s", SLICE_ARG(o->rcpt[0]));
    for (size_t i = 1; i < o->n_rcpt; i++)
        to = arena_printf(p->arena, "%.*s,\r\n %.*s", SLICE_ARG(to), SLICE_ARG(o->rcpt[i]));
    return arena_printf(p->arena, "%.*s\r\n", SLICE_ARG(to));
}

static void go_on(struct pending *p)
{
    bool is_unknown;
    struct mail_result r = {MAIL_REFUSED, SLICE("nobody named there may get these reports")};
    if (!choose_targets(p, &is_unknown)) {
        send_questions(p);
        return;
    }
    if (p->order.n_rcpt) {
        struct slice to = with_to(p), raw = p->order.raw;
        char *whole = arena_bytes(p->arena, to.n + raw.n);
        memcpy(whole, to.p, to.n);
        memcpy(whole + to.n, raw.p, raw.n);
        p->order.raw = slice_of(whole, to.n + raw.n);
        r = deliver(p->mailer, p->arena, &p->order);
        if (r.outcome == MAIL_SENT)
            r.words = slice_from(with_to(p), 4); /* keeper notes to whom */
    } else if (is_unknown) {
        r = (struct mail_result){MAIL_LATER, SLICE("no answer from DNS about who may get it")};
    }
    answer(p->mailer, p->tag, &r);
    forget(p);
}

static void on_deadline(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct pending *p = arg;
    ask_give_up(p->ask, ASK_TIMEOUT, "no answer in time");
    go_on(p);
}

static void begin_report(struct mailer *m, uint64_t tag, struct slice payload)
{
    static const struct timeval patience = {2 * TARGET_MS / 1000, 0};
    struct pending *p = calloc(1, sizeof(*p));
    if (p == NULL)
        BUG("out of memory");
    *p = (struct pending){.mailer = m, .tag = tag, .arena = arena_new(0), .next = m->pending};
    p->timer = event_new(m->base, -1, 0, on_deadline, p);
    if (p->timer == NULL)
        BUG("out of memory");
    m->pending = p;
    event_add(p->timer, &patience);
    p->ask = ask_new(p->arena, NULL);
    if (!mail_unpack(p->arena, arena_dup(p->arena, payload), &p->order))
        BUG("an order changed");
    go_on(p);
}

static void on_resolver(void *arg, struct ipc *ch, const struct ipc_message *msg)
{
    struct mailer *m = arg;
    if (msg == NULL) {
        if (m->resolver == ch) {
            m->resolver = NULL;
            prover_meet(m->prover, NULL);
        }
        ipc_free(ch);
        return;
    }
    struct pending *p = m->pending;
    if (msg->type == IPC_RESOLVED && prover_answered(m->prover, msg->tag, msg->payload))
        return;
    while (p && p->tag != msg->tag)
        p = p->next;
    if (msg->type != IPC_RESOLVED || p == NULL)
        return;
    if (batch_take(p->ask, msg->payload) < 0)
        log_event(LOG_ERROR, "dns_answers", "error", LOG_S("not well formed"), NULL);
    go_on(p);
}

static void meet_resolver(struct mailer *m, int fd)
{
    ipc_free(m->resolver);
    m->resolver = ipc_new(m->base, fd, on_resolver, m);
    for (struct pending *p = m->pending; p; p = p->next) {
        ask_send_again(p->ask);
        send_questions(p);
    }
    prover_meet(m->prover, m->resolver);
}

static void on_look(void *arg, uint64_t tag, const struct mail_result *r)
{
    answer(arg, tag, r);
}

/* ---- orders ---- */

static void on_keeper(void *arg, struct ipc *ch, const struct ipc_message *msg)
{
    struct mailer *m = arg;
    if (msg == NULL) {
        ipc_free(ch);
        if (m->keeper == ch)
            m->keeper = NULL;
        return;
    }
    if (msg->type == IPC_PROVE)
        prover_begin(m->prover, msg->tag, msg->payload);
    if (msg->type != IPC_MAIL)
        return;
    struct arena *a = arena_new(0);
    struct mail_order order;
    struct mail_result r = {MAIL_REFUSED, SLICE("the order is not well formed")};
    bool is_good = mail_unpack(a, msg->payload, &order);
    if (is_good && order.about.n) {
        begin_report(m, msg->tag, msg->payload);
    } else {
        if (is_good)
            r = deliver(m, a, &order);
        answer(m, msg->tag, &r);
    }
    arena_free(a);
}

static void on_master(void *arg, struct ipc *ch, const struct ipc_message *msg)
{
    struct mailer *m = arg;
    (void)ch;
    if (msg == NULL || msg->type == IPC_DRAIN) {
        event_base_loopbreak(m->base);
        return;
    }
    if (msg->type == IPC_CHANNEL && msg->fd >= 0) {
        struct unpack u = {.rest = msg->payload};
        if (unpack_u32(&u) == ROLE_RESOLVER) {
            meet_resolver(m, msg->fd);
            return;
        }
        if (m->keeper)
            ipc_free(m->keeper);
        m->keeper = ipc_new(m->base, msg->fd, on_keeper, m);
    }
}

int mailer_main(const struct child_start *s)
{
    static struct mailer m;
    struct err e = {0};
    struct arena *a = arena_new(0);
    const struct conf_mailer *c = node_mailer(s->conf);
    m.start = s;
    m.timeout_ms = (long)(c->timeout / 1000);
    m.lmtp = lmtp_address(c->relay);
    snprintf(m.url, sizeof(m.url), "smtp://%.*s/", SLICE_ARG(c->relay));
    curl_global_init(CURL_GLOBAL_DEFAULT);
    curl_easy_cleanup(curl_easy_init()); /* warms what opens files */
    m.base = event_base_new();
    if (m.base == NULL)
        BUG("no event loop");
    m.master = ipc_new(m.base, s->master_fd, on_master, &m);
    m.prover = prover_new(m.base, s->conf, on_look, &m);
    if (sandbox_drop(arena_cstr(a, node_main(s->conf)->user), &e) < 0 ||
        process_close_walls(s, NULL, m.master, &e) < 0) {
        log_event(LOG_ERROR, "start", "error", LOG_S(e.text), NULL);
        return 3;
    }
    event_base_dispatch(m.base);
    return 0;
}
