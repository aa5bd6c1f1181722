/* Failure reports. See failures.h. */
#include "node/failures.h"
#include "auth/report_failure.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/rand.h"
#include "node/owed.h"
#include "scan/scan.h"

#define HOUR_US    INT64_C(3600000000)
#define RECIPIENTS 2u
#define MAIL_MOST  16384u

/* ---- scanner ---- */

static bool is_listed(const struct conf_list *list, struct slice domain)
{
    for (size_t i = 0; i < list->n; i++) {
        if (slice_ieq(list->items[i], domain))
            return true;
    }
    return false;
}

static bool pack_one(const struct scan *s, const struct conf *conf, struct failure_in *in,
                     struct buf *out)
{
    struct slice rcpt[RECIPIENTS];
    char id[37];
    struct buf mail = BUF_INIT(MAIL_MOST);
    size_t n = report_mailboxes(s->arena, in->d->record.ruf, rcpt, RECIPIENTS);
    rand_uuid7(id);
    in->id = arena_printf(s->arena, "%s@%.*s", id, SLICE_ARG(in->submitter));
    report_write_failure(in, &mail);
    bool is_good = n > 0 && !mail.full;
    if (is_good) {
        pack_bytes(out, in->d->record_at);
        pack_u32(out, (uint32_t)node_dmarc(conf)->failure_most);
        struct mail_order o = {.about = in->d->record_at,
                               .is_failure = true,
                               .from = node_dmarc(conf)->bounces,
                               .rcpt = rcpt,
                               .n_rcpt = n,
                               .raw = buf_slice(&mail)};
        struct buf order = BUF_INIT(2 * MAIL_MOST);
        mail_pack(&order, &o);
        pack_bytes(out, buf_slice(&order));
        buf_fini(&order);
    }
    buf_fini(&mail);
    return is_good;
}

size_t failures_pack(const struct scan *s, const struct conf *conf, const unsigned char key[16],
                     bool is_shadow, struct buf *out)
{
    const struct conf_dmarc *c = node_dmarc(conf);
    size_t n = 0;
    if (!c->failure_reports || s->auth == NULL || owed_is_report(s, conf))
        return 0;
    struct failure_in in = {.auth = s->auth,
                            .env = &s->envelope,
                            .m = s->message,
                            .done = owed_done(s, is_shadow),
                            .from = owed_email(s->arena, conf),
                            .submitter = owed_submitter(s->arena, conf),
                            .now_us = clock_now_us()};
    /* A key of this use alone: these hashes leave the house. */
    uint64_t one = hash_sip(SLICE("failure report 1"), key),
             two = hash_sip(SLICE("failure report 2"), key);
    memcpy(in.key, &one, sizeof(one));
    memcpy(in.key + 8, &two, sizeof(two));
    for (const struct dmarc_domain *d = s->auth->dmarc.domains; d; d = d->next) {
        in.d = d;
        if (report_failure_wanted(s->auth, d) && !is_listed(&c->never, d->record_at) &&
            !is_listed(&c->never, d->from))
            n += pack_one(s, conf, &in, out);
    }
    return n;
}

/* ---- keeper ---- */

static struct failures_domain *find(struct failures *f, uint64_t hash, int64_t now_us)
{
    for (size_t i = 0; i < f->n;) {
        if (now_us - f->domain[i].since_us >= HOUR_US) {
            f->domain[i] = f->domain[--f->n];
            continue;
        }
        if (f->domain[i].hash == hash)
            return &f->domain[i];
        i++;
    }
    if (f->n == FAILURES_DOMAINS)
        return NULL;
    f->domain[f->n] = (struct failures_domain){.hash = hash, .since_us = now_us};
    return &f->domain[f->n++];
}

uint64_t failures_next(struct failures *f, struct slice *rest, int64_t now_us, struct buf *packed)
{
    struct unpack u = {.rest = *rest};
    while (u.rest.n && !u.bad) {
        struct slice domain = unpack_bytes(&u);
        uint32_t most = unpack_u32(&u);
        struct slice order = unpack_bytes(&u);
        *rest = u.rest;
        struct failures_domain *d = u.bad ? NULL : find(f, hash_bytes(domain, 1), now_us);
        if (d == NULL || d->n >= most) {
            f->suppressed++;
            continue;
        }
        d->n++;
        buf_reset(packed);
        buf_add(packed, order);
        return FAILURES_TAG | ++f->next_tag;
    }
    return 0;
}

void failures_mailed(uint64_t tag, const struct mail_result *r)
{
    (void)tag;
    if (r->outcome == MAIL_SENT)
        log_event(LOG_INFO, "failure_report", "to", LOG_T(r->words), NULL);
    else
        log_event(LOG_WARN, "failure_report", "unsent", LOG_T(r->words), NULL);
}
