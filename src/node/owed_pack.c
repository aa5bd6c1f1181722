/* What a scanner tells keeper for the reports that are owed. See owed.h. */
#include "auth/report_make.h"
#include "base/clock.h"
#include "node/owed.h"
#include "scan/scan.h"

#define ROW_MOST 16384u

enum report_done owed_done(const struct scan *s, bool is_shadow)
{
    if (is_shadow)
        return REPORT_DELIVERED;
    switch (s->verdict.action) {
    case ACTION_REJECT:
    case ACTION_DISCARD:
        return REPORT_REFUSED;
    case ACTION_QUARANTINE:
    case ACTION_TAG: /* most sites file it as spam, which is what the word means */
        return REPORT_SET_ASIDE;
    default:
        return REPORT_DELIVERED;
    }
}

/* Reports about mail that is itself a report would answer each other for ever. */
bool owed_is_report(const struct scan *s, const struct conf *conf)
{
    const struct conf_dmarc *d = node_dmarc(conf);
    const struct message *m = s->message;
    for (size_t i = 0; i < s->envelope.n_rcpt; i++) {
        for (size_t k = 0; k < d->report_mailbox.n; k++) {
            if (slice_ieq(s->envelope.rcpt[i], d->report_mailbox.items[k]))
                return true;
        }
    }
    if (slice_istarts(m->subject, SLICE("Report Domain:")) ||
        slice_istarts(m->subject, SLICE("Report domain:")))
        return true;
    for (size_t i = 0; i < m->n_parts; i++) {
        if (part_is(m->parts[i], "message", "feedback-report") ||
            part_is(m->parts[i], "application", "tlsrpt+gzip") ||
            part_is(m->parts[i], "application", "tlsrpt+json"))
            return true;
    }
    return false;
}

static void pack_one(struct report *r, struct slice rua, int64_t begin_s, int64_t period_s,
                     struct buf *out)
{
    struct buf policy = BUF_INIT(ROW_MOST), row = BUF_INIT(ROW_MOST);
    struct report only_row = *r;
    size_t at = 0;
    r->aggregate.n_rows = 0;
    report_pack(r, ROW_MOST, &at, &policy);
    only_row.domain = SLICE("");
    only_row.aggregate.policy = (struct report_policy){0};
    at = 0;
    report_pack(&only_row, ROW_MOST, &at, &row);
    if (!policy.full && !row.full) {
        pack_i64(out, begin_s);
        pack_u32(out, (uint32_t)period_s);
        pack_bytes(out, r->domain);
        pack_bytes(out, slice_head(rua, 2048));
        pack_bytes(out, buf_slice(&policy));
        pack_bytes(out, buf_slice(&row));
    }
    buf_fini(&policy);
    buf_fini(&row);
}

size_t owed_pack(const struct scan *s, const struct conf *conf, bool is_shadow, struct buf *out)
{
    const struct conf_dmarc *d = node_dmarc(conf);
    size_t n = 0;
    if (!d->report || s->auth == NULL || !s->auth->is_done || owed_is_report(s, conf))
        return 0;
    int64_t period_s = d->period / 1000000, now_s = clock_now_us() / 1000000;
    for (const struct dmarc_domain *x = s->auth->dmarc.domains; x; x = x->next) {
        struct report r;
        if (!report_of_message(s->arena, s->auth, x, &s->envelope, owed_done(s, is_shadow), &r))
            continue;
        pack_one(&r, x->record.rua, now_s - now_s % period_s, period_s, out);
        n++;
    }
    return n;
}
