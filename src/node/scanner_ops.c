/* What doors ask of the scanner: scan, learn, hold, ask, headers. See doors/door.h. */
#include "node/scanner.h"
#include "auth/sign.h"
#include "base/clock.h"
#include "base/log.h"
#include "doors/edits.h"
#include "node/records.h"
#include "library/mail.h"
#include "node/report_intake.h"
#include "scan/headers.h"

#include <event2/event.h>
#include <stdlib.h>

#define PATIENCE_SECONDS 5 /* for a keeper that is being started */

#define UNAVAILABLE SLICE("{\"error\":\"the keeper process is not available; try again\"}")

/* ---- requests to keeper ---- */

/* Keeper did not come back in time: what waits for it is answered. */
static void lose_patience(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct scanner *s = arg;
    if (s->keeper == NULL)
        scanner_answered(s, NULL);
}

/* Keeps the message until there is a keeper; a restart takes well under a second. */
static void hold_back(struct scanner *s, struct request *r)
{
    static const struct timeval wait = {PATIENCE_SECONDS, 0};
    r->held = BUF_INIT(IPC_MOST);
    buf_add(&r->held, buf_slice(&s->packed));
    if (s->patience == NULL)
        s->patience = event_new(s->base, -1, 0, lose_patience, s);
    if (s->n_held++ == 0)
        event_add(s->patience, &wait);
}

static void request(struct scanner *s, enum ipc_type type, door_answer *done, void *arg)
{
    if (s->n_requests >= REQUESTS_MOST || (s->keeper == NULL && s->n_held >= WAITING_MOST)) {
        done(arg, 503, UNAVAILABLE);
        return;
    }
    struct request *r = calloc(1, sizeof(*r));
    if (r == NULL)
        BUG("out of memory");
    *r = (struct request){
        .tag = ++s->next_tag, .type = type, .done = done, .arg = arg, .next = s->requests};
    s->requests = r;
    s->n_requests++;
    if (s->keeper)
        ipc_send(s->keeper, type, r->tag, buf_slice(&s->packed));
    else
        hold_back(s, r);
}

void scanner_met_keeper(struct scanner *s)
{
    struct request *held[WAITING_MOST];
    size_t n = 0;
    for (struct request *r = s->requests; r && n < WAITING_MOST; r = r->next) {
        if (r->held.n)
            held[n++] = r;
    }
    while (n > 0) { /* oldest first, as they came */
        struct request *r = held[--n];
        ipc_send(s->keeper, r->type, r->tag, buf_slice(&r->held));
        buf_fini(&r->held);
    }
    s->n_held = 0;
    if (s->patience)
        event_del(s->patience);
}

static struct request *take(struct scanner *s, uint64_t tag)
{
    for (struct request **at = &s->requests; *at; at = &(*at)->next) {
        if ((*at)->tag == tag) {
            struct request *r = *at;
            *at = r->next;
            s->n_requests--;
            return r;
        }
    }
    return NULL;
}

void scanner_answered(struct scanner *s, const struct ipc_message *m)
{
    if (m == NULL) {
        struct request *r = s->requests;
        s->requests = NULL;
        s->n_requests = s->n_held = 0;
        while (r) {
            struct request *next = r->next;
            r->done(r->arg, 503, UNAVAILABLE);
            buf_fini(&r->held);
            free(r);
            r = next;
        }
        return;
    }
    struct record_answer answer;
    struct request *r = take(s, m->tag);
    if (r == NULL)
        return;
    if (record_unpack_answer(m->payload, &answer))
        r->done(r->arg, (int)answer.status, answer.json);
    else
        r->done(r->arg, 500, SLICE("{\"error\":\"keeper's answer is not well formed\"}"));
    free(r);
}

static struct record_caller caller_of(const struct door_caller *who)
{
    return (struct record_caller){
        .token = who->token, .is_local_peer = who->is_local_peer, .uid = who->uid};
}

/* ---- reports ---- */

static void do_report(void *node, const struct door_caller *who, struct slice raw,
                      door_answer *done, void *arg)
{
    struct scanner *s = node;
    uint64_t hash = walls_hash(s->start->walls, raw);
    if (scanner_sets_aside(s, hash, raw)) {
        done(arg, 422, SLICE("{\"error\":\"this file crashed the scanner before\"}"));
        return;
    }
    walls_begin(s->start->walls, s->start->index, hash);
    struct arena *a = arena_new(0);
    struct record_caller caller = caller_of(who);
    buf_reset(&s->scratch);
    report_intake(a, raw, &s->scratch);
    walls_end(s->start->walls, s->start->index);
    buf_reset(&s->packed);
    record_pack_report(&s->packed, &caller, buf_slice(&s->scratch));
    request(s, IPC_REPORT, done, arg);
    arena_free(a);
}

/* Mail to a mailbox for reports is looked through; the mail itself goes on as any other. */
void scanner_take_reports(struct scanner *s, const struct scan *scan)
{
    static const struct record_caller nobody;
    const struct conf_list *boxes = &node_dmarc(s->start->conf)->report_mailbox;
    bool is_ours = false;
    for (size_t i = 0; i < scan->envelope.n_rcpt && !is_ours; i++) {
        for (size_t k = 0; k < boxes->n && !is_ours; k++)
            is_ours = slice_ieq(scan->envelope.rcpt[i], boxes->items[k]);
    }
    if (!is_ours || s->keeper == NULL)
        return;
    buf_reset(&s->scratch);
    if (report_intake_mail(scan->arena, scan->message, report_intake_from(scan->arena, scan->auth),
                           &s->scratch) == 0)
        return;
    buf_reset(&s->packed);
    record_pack_report(&s->packed, &nobody, buf_slice(&s->scratch));
    ipc_send(s->keeper, IPC_REPORT, 0, buf_slice(&s->packed));
}

/* Nobody is told: a proposal by mail is no question. What the filter holds for spam is none. */
void scanner_take_proposal(struct scanner *s, const struct scan *scan)
{
    struct record_ask ask = {.path = SLICE("library/propose")};
    if (s->keeper == NULL || scan->verdict.side == SIDE_SPAM ||
        !library_is_mailbox(s->start->conf, scan->envelope.rcpt, scan->envelope.n_rcpt))
        return;
    struct slice from = report_intake_from(scan->arena, scan->auth);
    buf_reset(&s->scratch);
    if (!library_from_mail(scan->message, from.n ? from : scan->envelope.client_ip, scan->arena,
                           &s->scratch))
        return;
    ask.json = buf_slice(&s->scratch);
    buf_reset(&s->packed);
    record_pack_ask(&s->packed, &ask);
    ipc_send(s->keeper, IPC_ASK, 0, buf_slice(&s->packed));
}

/* ---- learn ---- */

/* What raw mail teaches, packed into s->scratch; within the walls. */
static void make_lesson(struct scanner *s, struct arena *a, struct slice raw, struct lesson *l)
{
    struct message *m = message_parse(a, raw, &s->world.limits);
    struct facts none = {0};
    features_extract(a, m, &none, FEATURES_ALL, &l->features);
    fingerprint_make(a, m, &l->fingerprint);
    message_digest(m, s->world.digest_key, l->digest);
    buf_reset(&s->scratch);
    lesson_pack(l, &s->scratch);
}

void scanner_study(struct scanner *s, const struct ipc_message *m)
{
    struct unpack u = {.rest = m->payload};
    enum label label = unpack_u8(&u) ? LABEL_SPAM : LABEL_HAM;
    struct slice raw = u.rest;
    uint64_t hash = walls_hash(s->start->walls, raw);
    buf_reset(&s->packed);
    if (walls_count(s->start->walls, hash) == 0) { /* empty: it crashed a scanner before */
        struct arena *a = arena_new(0);
        struct lesson l = {.label = label, .at_us = clock_now_us()};
        walls_begin(s->start->walls, s->start->index, hash);
        make_lesson(s, a, raw, &l);
        walls_end(s->start->walls, s->start->index);
        buf_add(&s->packed, slice_of((const char *)l.digest, 16));
        pack_bytes(&s->packed, buf_slice(&s->scratch));
        arena_free(a);
    }
    ipc_send(s->keeper, IPC_STUDIED, m->tag, buf_slice(&s->packed));
}

static void do_learn(void *node, const struct door_caller *who, int label, struct slice user,
                     struct slice raw, door_answer *done, void *arg)
{
    struct scanner *s = node;
    uint64_t hash = walls_hash(s->start->walls, raw);
    if (scanner_sets_aside(s, hash, raw)) {
        done(arg, 422,
             SLICE("{\"error\":\"this message crashed the scanner before; it is set aside\"}"));
        return;
    }
    walls_begin(s->start->walls, s->start->index, hash);
    struct arena *a = arena_new(0);
    struct lesson l = {
        .label = label > 0 ? LABEL_SPAM : LABEL_HAM, .user = user, .at_us = clock_now_us()};
    make_lesson(s, a, raw, &l);
    walls_end(s->start->walls, s->start->index);
    struct record_lesson r = {.who = caller_of(who), .label = label, .user = user};
    memcpy(r.digest, l.digest, 16);
    r.lesson = buf_slice(&s->scratch);
    buf_reset(&s->packed);
    record_pack_lesson(&s->packed, &r);
    request(s, label < 0 ? IPC_UNLEARN : IPC_LEARN, done, arg);
    arena_free(a);
}

/* ---- hold, ask, headers ---- */

static void do_quarantine(void *node, const struct scan *scan, const struct slice *rcpt,
                          size_t n_rcpt, door_answer *done, void *arg)
{
    struct scanner *s = node;
    struct record_hold r = {
        .mail_from = scan->envelope.mail_from, .n_rcpt = n_rcpt, .raw = scan->message->raw};
    r.rcpt = ARENA_ARRAY(scan->arena, struct slice, n_rcpt);
    for (size_t i = 0; i < n_rcpt; i++)
        r.rcpt[i] = rcpt[i];
    record_of_scan(scan, true, &s->scratch, &r.scan);
    buf_reset(&s->packed);
    record_pack_hold(&s->packed, &r);
    request(s, IPC_QUARANTINE, done, arg);
}

static void do_ask(void *node, const struct door_caller *who, const char *path, struct slice json,
                   door_answer *done, void *arg)
{
    struct scanner *s = node;
    if (strcmp(path, "healthz") == 0) {
        done(arg, s->keeper ? 200 : 503, s->keeper ? SLICE("{\"status\":\"ok\"}") : UNAVAILABLE);
        return;
    }
    struct record_ask r = {caller_of(who), slice_str(path), json};
    buf_reset(&s->packed);
    record_pack_ask(&s->packed, &r);
    request(s, IPC_ASK, done, arg);
}

static void do_headers(void *node, const struct scan *scan, struct buf *out)
{
    struct scanner *s = node;
    scan_headers(scan, &s->world, node_scan(s->start->conf)->spam_headers, out);
}

static void do_signatures(void *node, const struct scan *scan, struct buf *out)
{
    (void)node;
    for (size_t i = scan->n_signed; i-- > 0;) /* the seal uppermost */
        edit_add(out, scan->made[i].name, scan->made[i].value);
}

struct door_ops scanner_ops(struct scanner *s)
{
    return (struct door_ops){.node = s,
                             .scan = scanner_scan,
                             .learn = do_learn,
                             .report = do_report,
                             .quarantine = do_quarantine,
                             .ask = do_ask,
                             .headers = do_headers,
                             .signatures = do_signatures};
}
