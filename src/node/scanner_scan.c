/* Scans that are under way. See scanner.h.
 *
 * A message that needs no answers is scanned and answered before do_scan returns, on the one
 * arena kept for that. One that waits for DNS is parked with its arena; its peer's connection
 * stands still meanwhile, others go on. Whatever happens to the resolver, a parked scan goes on
 * at its deadline without what is missing.
 *
 * Crashes: the message's hash stands in the walls only while its own step runs, so a crash is
 * laid to the message that was at work, not to those that wait. */
#include "ask/batch.h"
#include "base/clock.h"
#include "base/log.h"
#include "node/desk_intake.h"
#include "node/failures.h"
#include "node/owed.h"
#include "node/records.h"
#include "node/scanner.h"
#include "node/written.h"

#include <event2/event.h>
#include <stdlib.h>

#define SET_ASIDE_AFTER 2 /* crashes with the same bytes */
#define POSTED_MOST     128
#define POSTED_BYTES    ((size_t)32 * 1024 * 1024) /* history that keeper is behind with */
#define PARKED_MOST     2000
#define PARKED_BYTES    ((size_t)512 * 1024 * 1024) /* arenas and messages that wait */
#define BATCH_BYTES     (256u * 1024)
#define GRACE_US        200000 /* the resolver's own deadline comes first */
#define SIGNER_SECONDS  5      /* RSA takes a millisecond; a signer that is restarted, one second */
#define GONE_US         3000000 /* a resolver away for so long is not waited for */

bool scanner_sets_aside(struct scanner *s, uint64_t hash, struct slice raw)
{
    if (walls_count(s->start->walls, hash) < SET_ASIDE_AFTER)
        return false;
    log_event(LOG_ERROR, "set_aside", "bytes", LOG_I(raw.n), NULL);
    if (s->keeper)
        ipc_send(s->keeper, IPC_SET_ASIDE, hash, raw);
    return true;
}

/* One step within the walls. When the scan is over it may go on to the signer. */
static enum scan_state step(struct scanner *s, struct running *r)
{
    walls_begin(s->start->walls, s->start->index, r->hash);
    enum scan_state state = scan_step(r->scan, &s->world);
    if (state == SCAN_DONE) {
        scanner_take_reports(s, r->scan);
        scanner_take_proposal(s, r->scan);
        if (desk_intake_wants(s->start->conf, &r->scan->envelope))
            r->reports = desk_intake_scan(s->start->conf, &s->world, r->scan);
        r->orders = scanner_orders(s, r->scan);
    }
    walls_end(s->start->walls, s->start->index);
    return state;
}

static void send_posted(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct scanner *s = arg;
    s->n_posted = 0;
    if (s->keeper)
        ipc_flush(s->keeper);
}

/* A keeper that stands still (a disk that does not answer) costs history, not memory without end.
 */
static bool is_behind(struct scanner *s)
{
    bool was = s->is_keeper_behind;
    s->is_keeper_behind = ipc_queued(s->keeper) > (was ? POSTED_BYTES / 2 : POSTED_BYTES);
    if (s->is_keeper_behind && !was)
        log_event(LOG_ERROR, "history", "error",
                  LOG_S("keeper does not keep up: messages are scanned, their history and reports "
                        "are not kept"),
                  NULL);
    return s->is_keeper_behind;
}

/* History for keeper: packed before the answer, sent when there is nothing else to do, so that a
 * busy node wakes keeper once for 128 messages. */
static void post_history(struct scanner *s, const struct scan *scan)
{
    struct record_scan r;
    if (s->keeper == NULL || is_behind(s))
        return;
    record_of_scan(scan, s->with_subjects, &s->scratch, &r);
    buf_reset(&s->packed);
    record_pack_scan(&s->packed, &r);
    ipc_post(s->keeper, IPC_SCANNED, 0, buf_slice(&s->packed));
    buf_reset(&s->packed);
    if (owed_pack(scan, s->start->conf, s->is_shadow, &s->packed))
        ipc_post(s->keeper, IPC_DMARC_SEEN, 0, buf_slice(&s->packed));
    buf_reset(&s->packed);
    if (failures_pack(scan, s->start->conf, s->world.digest_key, s->is_shadow, &s->packed))
        ipc_post(s->keeper, IPC_DMARC_FAILED, 0, buf_slice(&s->packed));
    buf_reset(&s->packed);
    if (written_pack(scan, &s->world, &s->packed))
        ipc_post(s->keeper, IPC_WRITTEN_TO, 0, buf_slice(&s->packed));
    if (s->idle == NULL) {
        s->idle = event_new(s->base, -1, 0, send_posted, s);
        if (s->idle == NULL || event_priority_set(s->idle, SCANNER_IDLE) < 0)
            BUG("out of memory");
    }
    if (++s->n_posted >= POSTED_MOST)
        send_posted(-1, 0, s);
    else
        event_active(s->idle, EV_TIMEOUT, 0);
}

/* Tells the door and keeper; the arena is kept for the next message or given back. is_safe: what
 * the door is told can be stood for; else it defers. */
static void tell(struct scanner *s, const struct running *r, bool is_safe)
{
    scan_keep_json(r->scan);
    /* The message's bytes and envelope are its door's: once told, the connection goes on, and may
     * give them back or put its next message there. Nobody reads them after that. */
    post_history(s, r->scan);
    r->done(r->arg, is_safe ? r->scan : NULL);
    if (s->arena) {
        arena_free(r->arena);
        return;
    }
    arena_reset(r->arena);
    s->arena = r->arena;
}

/* ---- mail to the desk ---- */

/* Reports on their way to keeper; the door waits, so that none is lost after the mail was taken. */
struct handing {
    struct scanner *s;
    struct running r;
    struct slice rest; /* lines still to be handed over */
};

static void hand_next(struct handing *h);

static void on_handed(void *arg, int status, struct slice json)
{
    struct handing *h = arg;
    (void)json;
    if (status >= 500) { /* keeper is away or its disk is full: the peer tries again */
        tell(h->s, &h->r, false);
        free(h);
        return;
    }
    if (status != 200)
        log_event(LOG_WARN, "desk", "status", LOG_I(status), "error", LOG_S("report not taken"),
                  NULL);
    hand_next(h);
}

static void hand_next(struct handing *h)
{
    static const struct door_caller me = {.is_local_peer = true, .uid = 0}; /* the node itself */
    struct door_ops ops = scanner_ops(h->s);
    struct slice line;
    while (slice_line(&h->rest, &line)) {
        if (line.n == 0 || slice_starts(line, SLICE("{\"refused\"")))
            continue;
        ops.ask(h->s, &me, DESK_VERB, line, on_handed, h);
        return; /* the answer goes on from there, or has already */
    }
    tell(h->s, &h->r, true);
    free(h);
}

static void finish(struct scanner *s, const struct running *r)
{
    if (r->reports.n == 0) {
        tell(s, r, true);
        return;
    }
    struct handing *h = calloc(1, sizeof(*h));
    if (h == NULL)
        BUG("out of memory");
    *h = (struct handing){.s = s, .r = *r, .rest = r->reports};
    hand_next(h);
}

/* ---- waiting ---- */

static void end_signing(struct scanner *s, struct running *r, const struct slice *answer);
static void send_orders(struct scanner *s, const struct running *r);

static void send_questions(struct scanner *s, struct running *r)
{
    int64_t left_ms = (scan_wait_until(r->scan) - clock_mono_us()) / 1000;
    unsigned n;
    if (s->resolver == NULL)
        return; /* sent once there is one */
    do {
        buf_reset(&s->packed);
        n = batch_pack(&s->packed, r->scan->ask, left_ms > 0 ? (uint32_t)left_ms : 0);
        if (n)
            ipc_send(s->resolver, IPC_RESOLVE, r->tag, buf_slice(&s->packed));
    } while (n == BATCH_MOST);
}

static void unpark(struct scanner *s, struct running *r)
{
    *(r->prev ? &r->prev->next : &s->parked) = r->next;
    if (r->next)
        r->next->prev = r->prev;
    s->n_parked--;
    s->parked_bytes -= r->bytes;
    event_free(r->timer);
}

static void send_orders(struct scanner *s, const struct running *r)
{
    if (s->signer)
        ipc_send(s->signer, IPC_SIGN, r->tag, r->orders);
}

/* Runs a parked scan further; it may be over, and r gone, when this returns. */
static void go_on(struct scanner *s, struct running *r)
{
    static const struct timeval patience = {SIGNER_SECONDS, 0};
    if (step(s, r) == SCAN_WAITING) {
        send_questions(s, r);
        return;
    }
    if (r->orders.n) {
        event_add(r->timer, &patience);
        send_orders(s, r);
        return;
    }
    unpark(s, r);
    finish(s, r);
    free(r);
}

/* The signer's answer, or that there is none. */
static void end_signing(struct scanner *s, struct running *r, const struct slice *answer)
{
    scanner_take_signatures(s, r->scan, answer);
    unpark(s, r);
    finish(s, r);
    free(r);
}

static void on_deadline(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct running *r = arg;
    if (r->orders.n) {
        end_signing(r->scanner, r, NULL);
        return;
    }
    scan_give_up(r->scan, "no answer in time");
    go_on(r->scanner, r);
}

static void park(struct scanner *s, const struct running *now)
{
    struct running *r = calloc(1, sizeof(*r));
    if (r == NULL)
        BUG("out of memory");
    *r = *now;
    r->scanner = s;
    r->tag = ++s->next_tag;
    r->bytes = arena_used(r->arena) + r->scan->raw.n;
    r->next = s->parked;
    if (r->next)
        r->next->prev = r;
    s->parked = r;
    s->n_parked++;
    s->parked_bytes += r->bytes;
    int64_t left = scan_wait_until(r->scan) - clock_mono_us() + GRACE_US;
    if (left < 0)
        left = 0;
    if (r->orders.n)
        left = SIGNER_SECONDS * INT64_C(1000000);
    struct timeval wait = {left / 1000000, left % 1000000};
    r->timer = event_new(s->base, -1, 0, on_deadline, r);
    if (r->timer == NULL)
        BUG("out of memory");
    event_add(r->timer, &wait);
    if (r->orders.n)
        send_orders(s, r);
    else
        send_questions(s, r);
}

/* Too much waits already, or nobody would answer: this one goes on without DNS. */
static const char *reason_to_go_on(const struct scanner *s)
{
    if (s->n_parked >= PARKED_MOST || s->parked_bytes >= PARKED_BYTES)
        return "too many messages wait for DNS";
    if (s->resolver == NULL && clock_mono_us() - s->resolver_lost_us > GONE_US)
        return "the resolver process is not running";
    return NULL;
}

void scanner_scan(void *node, const struct envelope *env, struct slice raw, door_scan_done *done,
                  void *arg)
{
    struct scanner *s = node;
    struct running now = {.hash = walls_hash(s->start->walls, raw), .done = done, .arg = arg};
    if (scanner_sets_aside(s, now.hash, raw)) {
        done(arg, NULL);
        return;
    }
    now.arena = s->arena ? s->arena : arena_new(0);
    s->arena = NULL; /* a nested scan, from a callback, takes another */
    now.scan = scan_begin(now.arena, &s->world, env, raw);
    if (step(s, &now) == SCAN_WAITING) {
        const char *why = reason_to_go_on(s);
        if (why == NULL) {
            park(s, &now);
            return;
        }
        scan_give_up(now.scan, why);
        if (step(s, &now) == SCAN_WAITING)
            BUG("a scan waits for nobody");
    }
    if (now.orders.n)
        park(s, &now);
    else
        finish(s, &now);
}

/* ---- the resolver ---- */

void scanner_resolved(struct scanner *s, const struct ipc_message *m)
{
    struct running *r = s->parked;
    while (r && r->tag != m->tag)
        r = r->next;
    if (r == NULL || r->orders.n)
        return; /* it went on without */
    if (batch_take(r->scan->ask, m->payload) < 0)
        log_event(LOG_ERROR, "dns_answers", "error", LOG_S("not well formed"), NULL);
    go_on(s, r);
}

void scanner_met_resolver(struct scanner *s)
{
    for (struct running *r = s->parked; r; r = r->next) {
        if (r->orders.n)
            continue;
        ask_send_again(r->scan->ask);
        send_questions(s, r);
    }
}

/* ---- the signer ---- */

void scanner_signed(struct scanner *s, const struct ipc_message *m)
{
    struct running *r = s->parked;
    while (r && (r->tag != m->tag || r->orders.n == 0))
        r = r->next;
    if (r)
        end_signing(s, r, &m->payload);
}

void scanner_met_signer(struct scanner *s)
{
    for (struct running *r = s->parked; r; r = r->next) {
        if (r->orders.n)
            send_orders(s, r);
    }
}
