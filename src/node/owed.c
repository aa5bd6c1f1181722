/* The schedule of reports. See owed.h. */
#include "node/owed.h"
#include "auth/report_make.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "journal/archive_report.h"

#include <inttypes.h>
#include <stdio.h>

#define LOOK_US    2000000   /* between two looks for what is due */
#define WAIT_US    600000000 /* before a report is tried again */
#define TRIES      12        /* then it is given up */
#define LATE_S     259200    /* older than this it helps nobody: after a long stop */
#define ROWS       20000u
#define RECIPIENTS 5u
#define XML_MOST   (64u << 20)

/* Domain of the site's own, for defaults. */
static struct slice own_domain(const struct conf *c)
{
    const struct conf_main *m = node_main(c);
    return m->domains.n ? m->domains.items[0] : m->hostname;
}

struct slice owed_email(struct arena *a, const struct conf *c)
{
    const struct conf_dmarc *d = node_dmarc(c);
    return d->email.n ? d->email : arena_printf(a, "postmaster@%.*s", SLICE_ARG(own_domain(c)));
}

struct slice owed_submitter(struct arena *a, const struct conf *c)
{
    const struct conf_dmarc *d = node_dmarc(c);
    if (d->submitter.n)
        return d->submitter;
    struct slice email = owed_email(a, c);
    size_t at = slice_rchr(email, '@');
    return at == SIZE_MAX ? email : slice_from(email, at + 1);
}

/* The same report has the same name whenever it is made. */
static struct slice id_of(struct arena *a, const struct seen_domain *s, struct slice submitter)
{
    uint64_t h = hash_bytes(s->domain, hash_bytes(submitter, (uint64_t)s->begin_s));
    return arena_printf(a, "%" PRId64 ".%016" PRIx64 "@%.*s", s->begin_s, h, SLICE_ARG(submitter));
}

/* Not all reporters at midnight: up to an eighth of the time later, by who we are. */
static int64_t jitter_s(const struct conf *c)
{
    int64_t most = node_dmarc(c)->period / 1000000 / 8;
    uint64_t h = hash_bytes(own_domain(c), 0x7265706f7274u);
    return most > 0 ? (int64_t)(h % (uint64_t)most) + 1 : 1;
}

static void done(struct keep *k, int64_t begin_s, struct slice domain, struct slice to,
                 struct slice outcome, uint64_t messages)
{
    struct err e = {0};
    struct event ev = {.kind = EVENT_REPORT_SENT};
    ev.report_sent = (struct event_report_sent){
        .begin_s = begin_s, .domain = domain, .to = to, .outcome = outcome, .messages = messages};
    int rc = store_append(k->store, &ev, &e, NULL);
    if (rc == 0)
        rc = store_commit(k->store, true, &e);
    if (rc < 0)
        log_event(LOG_ERROR, "report", "error", LOG_S(e.text), NULL);
    else
        log_event(LOG_INFO, "report", "domain", LOG_T(domain), "outcome", LOG_T(outcome), NULL);
}

/* ---- making one ---- */

static int gather(struct keep *k, struct arena *a, const struct seen_domain *s, struct report *out,
                  struct err *e)
{
    struct seen_row *rows;
    struct report one;
    size_t n, kept = 0;
    int rc = report_unpack(a, s->policy, e, out);
    if (rc == 0)
        rc = archive_seen_rows(store_archive(k->store), s->begin_s, s->domain, ROWS, a, e, &rows,
                               &n);
    if (rc < 0)
        return rc;
    struct report_row *list = ARENA_ARRAY(a, struct report_row, n);
    for (size_t i = 0; i < n; i++) {
        if (report_unpack(a, rows[i].row, e, &one) < 0 || one.aggregate.n_rows != 1)
            continue;
        list[kept] = one.aggregate.rows[0];
        list[kept++].count = rows[i].messages;
    }
    out->aggregate.rows = list;
    out->aggregate.n_rows = kept;
    return kept ? 0 : err_set(e, ERR_NOENT, "there are no rows");
}

/* The mail within the size that is allowed: its most frequent rows, fewer and fewer. */
static bool write_mail(struct arena *a, const struct conf *c, struct report *r, struct buf *out)
{
    struct buf xml = BUF_INIT(XML_MOST);
    struct report_mail m = {
        .from = owed_email(a, c), .submitter = owed_submitter(a, c), .now_us = clock_now_us()};
    do {
        buf_reset(&xml);
        buf_reset(out);
        report_write_xml(r, &xml);
        report_write_mail(r, buf_slice(&xml), &m, out);
        if (!xml.full && !out->full)
            break;
        r->aggregate.n_rows /= 2;
    } while (r->aggregate.n_rows > 0);
    buf_fini(&xml);
    return r->aggregate.n_rows > 0;
}

static bool is_listed(const struct conf_list *list, struct slice domain)
{
    for (size_t i = 0; i < list->n; i++) {
        if (slice_ieq(list->items[i], domain))
            return true;
    }
    return false;
}

/* Why no report goes out; NULL: it does. */
static const char *why_not(struct keep *k, const struct seen_domain *s, size_t n_rcpt)
{
    const struct conf_dmarc *d = node_dmarc(k->conf);
    if (is_listed(&d->never, s->domain))
        return "not wanted here";
    if (n_rcpt == 0)
        return "no mailbox is named that mail can go to";
    if (s->end_s < clock_now_us() / 1000000 - LATE_S)
        return "too late";
    if (archive_sent_count(store_archive(k->store), s->begin_s) >= (uint64_t)d->most_reports)
        return "too many reports";
    return NULL;
}

/* Packs the order; false: the report is done with, unsent. */
static bool make(struct keep *k, struct arena *a, const struct seen_domain *s, struct buf *packed)
{
    struct err e = {0};
    struct report r;
    struct slice rcpt[RECIPIENTS];
    const struct conf_dmarc *d = node_dmarc(k->conf);
    size_t n_rcpt = report_mailboxes(a, s->rua, rcpt, RECIPIENTS);
    const char *why = why_not(k, s, n_rcpt);
    if (why == NULL && gather(k, a, s, &r, &e) < 0)
        why = e.text;
    if (why) {
        done(k, s->begin_s, s->domain, SLICE(""), slice_str(why), s->messages);
        return false;
    }
    r.id = id_of(a, s, owed_submitter(a, k->conf));
    r.domain = r.aggregate.policy.domain = s->domain;
    r.begin_s = s->begin_s;
    r.end_s = s->end_s - 1;
    r.aggregate.org = d->org_name.n ? d->org_name : own_domain(k->conf);
    r.aggregate.email = owed_email(a, k->conf);
    r.aggregate.contact = d->contact;
    r.aggregate.policy.discovery = SLICE("treewalk");
    struct buf mail = BUF_INIT((size_t)d->most_bytes);
    bool fits = write_mail(a, k->conf, &r, &mail);
    if (fits) {
        struct mail_order o = {.about = s->domain,
                               .from = d->bounces,
                               .rcpt = rcpt,
                               .n_rcpt = n_rcpt,
                               .raw = buf_slice(&mail)};
        buf_reset(packed);
        mail_pack(packed, &o);
    } else {
        done(k, s->begin_s, s->domain, SLICE(""), SLICE("too large"), s->messages);
    }
    buf_fini(&mail);
    return fits;
}

/* ---- the schedule ---- */

static struct owed_order *find(struct owed *o, const struct seen_domain *s)
{
    for (size_t i = 0; i < o->n; i++) {
        if (o->order[i].begin_s == s->begin_s && slice_eq(slice_str(o->order[i].domain), s->domain))
            return &o->order[i];
    }
    return NULL;
}

static void drop(struct owed *o, struct owed_order *order)
{
    *order = o->order[--o->n];
}

/* One that is due and not under way: a new one, or one whose wait is over. */
static uint64_t begin(struct owed *o, struct keep *k, struct arena *a, const struct seen_domain *s,
                      struct buf *packed)
{
    struct owed_order *order = find(o, s);
    if (order && (order->again_us == 0 || order->again_us > clock_mono_us()))
        return 0;
    if (order == NULL && o->n == OWED_MOST)
        return 0;
    if (s->domain.n >= sizeof(order->domain) || !make(k, a, s, packed)) {
        if (order)
            drop(o, order);
        return 0;
    }
    if (order == NULL) {
        order = &o->order[o->n++];
        *order = (struct owed_order){.begin_s = s->begin_s};
        memcpy(order->domain, s->domain.p, s->domain.n);
    }
    order->messages = s->messages;
    order->again_us = 0;
    order->tries++;
    order->tag = OWED_TAG | ++o->next_tag;
    return order->tag;
}

static size_t at_work(const struct owed *o)
{
    size_t n = 0;
    for (size_t i = 0; i < o->n; i++)
        n += o->order[i].again_us == 0;
    return n;
}

uint64_t owed_next(struct owed *o, struct keep *k, struct buf *packed)
{
    struct err e = {0};
    struct seen_domain *due;
    size_t n;
    uint64_t tag = 0;
    int64_t now_us = clock_mono_us();
    if (!node_dmarc(k->conf)->report || at_work(o) >= OWED_AT_ONCE ||
        (o->looked_us && now_us - o->looked_us < LOOK_US))
        return 0;
    struct arena *a = arena_new(0);
    int64_t until_s = clock_now_us() / 1000000 - jitter_s(k->conf);
    if (archive_seen_due(store_archive(k->store), until_s, 2 * OWED_MOST, a, &e, &due, &n) < 0)
        log_event(LOG_ERROR, "report", "error", LOG_S(e.text), NULL);
    else
        for (size_t i = 0; i < n && tag == 0; i++)
            tag = begin(o, k, a, &due[i], packed);
    if (tag == 0)
        o->looked_us = now_us;
    arena_free(a);
    return tag;
}

void owed_mailed(struct owed *o, struct keep *k, uint64_t tag, const struct mail_result *r)
{
    struct owed_order *order = NULL;
    for (size_t i = 0; i < o->n && order == NULL; i++) {
        if (o->order[i].tag == tag)
            order = &o->order[i];
    }
    if (order == NULL)
        return;
    struct slice domain = slice_str(order->domain);
    if (r->outcome == MAIL_LATER && order->tries < TRIES) {
        order->again_us = clock_mono_us() + WAIT_US;
        log_event(LOG_WARN, "report", "domain", LOG_T(domain), "later", LOG_T(r->words), NULL);
        return;
    }
    if (r->outcome == MAIL_SENT)
        done(k, order->begin_s, domain, r->words, SLICE("sent"), order->messages);
    else
        done(k, order->begin_s, domain, SLICE(""), r->words, order->messages);
    drop(o, order);
    o->looked_us = 0; /* the next one may go out at once */
}

void owed_forget(struct owed *o)
{
    o->n = 0;
}

/* ---- rows ---- */

void owed_take(struct keep *k, struct slice rows)
{
    struct unpack u = {.rest = rows};
    while (u.rest.n && !u.bad) {
        struct err e = {0};
        struct event ev = {.kind = EVENT_DMARC_SEEN};
        ev.dmarc_seen.begin_s = unpack_i64(&u);
        ev.dmarc_seen.seconds = unpack_u32(&u);
        ev.dmarc_seen.domain = unpack_bytes(&u);
        ev.dmarc_seen.rua = unpack_bytes(&u);
        ev.dmarc_seen.policy = unpack_bytes(&u);
        ev.dmarc_seen.row = unpack_bytes(&u);
        if (u.bad || ev.dmarc_seen.domain.n == 0 || ev.dmarc_seen.domain.n > 253)
            return;
        int rc = store_append(k->store, &ev, &e, NULL);
        if (rc < 0 && rc != ERR_FULL)
            log_event(LOG_WARN, "report", "error", LOG_S(e.text), NULL);
    }
}
