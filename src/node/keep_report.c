/* Reports into the journal and from there into the archive. A report counts once: by who sent it,
 * his name for it and the domain (RFC 9990 section 3.6). */
#include "node/keep.h"
#include "base/json.h"
#include "base/log.h"
#include "journal/archive_report.h"
#include "node/report_intake.h"

#define LISTED 200 /* reports named in one answer */

struct intake_sum {
    uint64_t fresh, known, refused, messages;
};

static void list_one(struct json *j, const struct intake *i, bool is_new)
{
    static const char *const kinds[REPORT_KINDS] = {"aggregate", "failure", "tls"};
    jsonw_object(j, NULL);
    jsonw_cstr(j, "kind", kinds[i->kind]);
    jsonw_text(j, "reporter", i->org);
    jsonw_text(j, "domain", i->domain);
    jsonw_text(j, "id", i->id);
    jsonw_int(j, "begin", i->begin_s);
    jsonw_int(j, "end", i->end_s);
    jsonw_int(j, "messages", (int64_t)i->messages);
    jsonw_bool(j, "new", is_new);
    jsonw_bool(j, "proven", i->origin != REPORT_UNPROVEN);
    jsonw_array(j, "notes");
    for (unsigned bit = 1; bit <= NOTE_JUNK; bit <<= 1) {
        if (i->notes & bit)
            jsonw_cstr(j, NULL, report_note_text((enum report_note)bit));
    }
    jsonw_array_end(j);
    jsonw_object_end(j);
}

/* 1: stored, 0: known before. */
static int take(struct keep *k, const struct intake *i, struct err *e)
{
    struct event ev = {.kind = EVENT_REPORT_READ};
    ev.report = (struct event_report){.kind = i->kind,
                                      .part = i->part,
                                      .org = i->org,
                                      .id = i->id,
                                      .domain = i->domain,
                                      .begin_s = i->begin_s,
                                      .end_s = i->end_s,
                                      .origin = i->origin,
                                      .from = i->from,
                                      .packed = i->packed};
    if (archive_report_has(store_archive(k->store), &ev.report))
        return 0;
    int rc = store_append(k->store, &ev, e, NULL);
    if (rc == 0) /* folded at once, so that the same report in the same file counts once */
        rc = store_commit(k->store, true, e);
    return rc < 0 ? rc : 1;
}

static int take_all(struct keep *k, struct slice rest, struct json *j, struct intake_sum *sum,
                    struct err *e)
{
    struct intake i;
    size_t listed = 0;
    jsonw_array(j, "reports");
    while (intake_next(&rest, &i)) {
        bool is_refused = i.refused.n != 0;
        int rc = is_refused ? 0 : take(k, &i, e);
        if (rc < 0)
            return rc;
        sum->refused += is_refused;
        if (is_refused || i.part > 0)
            continue;
        sum->fresh += rc == 1;
        sum->known += rc == 0;
        sum->messages += rc == 1 ? i.messages : 0;
        if (listed++ < LISTED)
            list_one(j, &i, rc == 1);
    }
    jsonw_array_end(j);
    return rest.n ? err_set(e, ERR_PARSE, "the reports handed in are not well formed") : 0;
}

static void list_refused(struct json *j, struct slice rest)
{
    struct intake i;
    size_t n = 0;
    jsonw_array(j, "refused");
    while (intake_next(&rest, &i)) {
        if (i.refused.n && n++ < LISTED)
            jsonw_text(j, NULL, i.refused);
    }
    jsonw_array_end(j);
}

void keep_report(struct keep *k, const struct record_caller *who, struct slice intake,
                 uint32_t *status, struct buf *out)
{
    struct err e = {0};
    struct intake_sum sum = {0};
    struct json j = JSON_INIT(out);
    if (who && !keep_may(k, who, ACT_ADMIN)) {
        *status = who->token.n ? 403 : 401;
        keep_error(out, "reading reports needs a token with the scope \"admin\", or root on the "
                        "control socket");
        return;
    }
    jsonw_object(&j, NULL);
    if (take_all(k, intake, &j, &sum, &e) < 0) {
        buf_reset(out);
        *status = keep_status_of(e.code);
        keep_error(out, e.text);
        log_event(LOG_WARN, "report", "error", LOG_S(e.text), NULL);
        return;
    }
    list_refused(&j, intake);
    jsonw_int(&j, "new", (int64_t)sum.fresh);
    jsonw_int(&j, "known", (int64_t)sum.known);
    jsonw_int(&j, "messages", (int64_t)sum.messages);
    jsonw_object_end(&j);
    *status = 200;
    if (who == NULL)
        log_event(LOG_INFO, "report", "new", LOG_I(sum.fresh), "known", LOG_I(sum.known), "refused",
                  LOG_I(sum.refused), NULL);
}

/* ---- folding ---- */

/* "p=reject sp=none": what people want to see of a policy. */
static struct slice policy_words(struct arena *a, const struct report_policy *p)
{
    struct slice s = arena_printf(a, "p=%.*s", SLICE_ARG(p->p));
    if (p->sp.n)
        s = arena_printf(a, "%.*s sp=%.*s", SLICE_ARG(s), SLICE_ARG(p->sp));
    if (p->np.n)
        s = arena_printf(a, "%.*s np=%.*s", SLICE_ARG(s), SLICE_ARG(p->np));
    if (slice_eq(p->testing, SLICE("y")))
        s = arena_printf(a, "%.*s t=y", SLICE_ARG(s));
    return p->p.n ? s : SLICE("");
}

/* Domains whose signatures passed, each once. */
static struct slice signers(struct arena *a, const struct report_row *row)
{
    struct slice s = SLICE("");
    for (size_t i = 0; i < row->n_dkim; i++) {
        struct slice d = row->dkim[i].domain;
        bool is_again = !slice_eq(row->dkim[i].result, SLICE("pass")) || d.n == 0;
        for (size_t k = 0; k < i && !is_again; k++)
            is_again = slice_eq(row->dkim[k].domain, d) &&
                       slice_eq(row->dkim[k].result, SLICE("pass"));
        if (!is_again)
            s = arena_printf(a, "%.*s%s%.*s", SLICE_ARG(s), s.n ? " " : "", SLICE_ARG(d));
    }
    return s;
}

/* What a DNS name may hold (RFC 6376 3.1): the check of a domain asks for it later. */
static bool is_selector(struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (!ascii_is_alnum(s.p[i]) && memchr("-_.", s.p[i], 3) == NULL)
            return false;
    }
    return s.n > 0 && s.n <= 128;
}

static int fold_selectors(struct archive *ar, struct arena *a, uint64_t id,
                          const struct report_row *row, struct err *e)
{
    int rc = 0;
    for (size_t i = 0; i < row->n_dkim && rc == 0; i++) {
        const struct report_auth *d = &row->dkim[i];
        bool has_passed = slice_eq(d->result, SLICE("pass"));
        if (d->domain.n && is_selector(d->selector))
            rc = archive_report_selector(ar, id, arena_lower(a, d->domain),
                                         arena_lower(a, d->selector), has_passed ? row->count : 0,
                                         has_passed ? 0 : row->count, e);
    }
    return rc;
}

static int fold_aggregate(struct archive *ar, struct arena *a, uint64_t id,
                          const struct report_aggregate *g, struct err *e)
{
    int rc = 0;
    for (size_t i = 0; i < g->n_rows && rc == 0; i++) {
        const struct report_row *row = &g->rows[i];
        struct archive_source s = {.ip = row->ip,
                                   .messages = row->count,
                                   .disposition = row->disposition,
                                   .dkim_aligned = row->dkim_aligned,
                                   .spf_aligned = row->spf_aligned,
                                   .header_from = row->header_from,
                                   .envelope_from = row->envelope_from,
                                   .signers = signers(a, row)};
        if (row->n_reasons)
            s.reason = row->reasons[0].type;
        if (s.envelope_from.n == 0 && row->n_spf)
            s.envelope_from = row->spf[0].domain;
        rc = archive_report_source(ar, id, &s, e);
        if (rc == 0)
            rc = fold_selectors(ar, a, id, row, e);
    }
    return rc;
}

static int fold_failure(struct archive *ar, uint64_t id, const struct report_failure *f,
                        struct err *e)
{
    struct archive_source s = {.ip = f->ip,
                               .messages = f->incidents,
                               .disposition = f->delivery,
                               .header_from = f->from.n ? f->from : f->domain,
                               .envelope_from = f->mail_from,
                               .reason = f->auth_failure};
    return archive_report_source(ar, id, &s, e);
}

static int fold_tls(struct archive *ar, uint64_t id, const struct report_tls *t, struct err *e)
{
    int rc = 0;
    for (size_t i = 0; i < t->n_policies && rc == 0; i++) {
        const struct report_tls_policy *p = &t->policies[i];
        struct archive_tls sum = {
            .domain = p->domain, .policy = p->type, .good = p->good, .failed = p->failed};
        rc = archive_report_tls(ar, id, &sum, e);
        for (size_t k = 0; k < p->n_failures && rc == 0; k++) {
            const struct report_tls_failure *f = &p->failures[k];
            struct archive_tls one = {.domain = p->domain,
                                      .policy = p->type,
                                      .failure = f->type.n ? f->type : SLICE("unknown"),
                                      .mx = f->mx,
                                      .ip = f->receiving_ip,
                                      .failed = f->sessions};
            rc = archive_report_tls(ar, id, &one, e);
        }
    }
    return rc;
}

int keep_fold_report(void *arg, struct fold_target *t, const struct event *ev, struct err *e)
{
    (void)arg;
    struct arena *a = arena_new(0);
    struct report r;
    struct err why = {0};
    uint64_t id = 0;
    if (report_unpack(a, ev->report.packed, &why, &r) < 0) {
        log_event(LOG_WARN, "report", "seq", LOG_I(ev->seq), "error", LOG_S(why.text), NULL);
        arena_free(a);
        return 0; /* what cannot be read now can in no rebuild either */
    }
    struct slice words = r.kind == REPORT_AGGREGATE ? policy_words(a, &r.aggregate.policy)
                                                    : SLICE("");
    int rc = archive_report_add(t->archive, ev, r.notes, words, e, &id);
    if (rc == 1 && r.kind == REPORT_AGGREGATE)
        rc = fold_aggregate(t->archive, a, id, &r.aggregate, e);
    else if (rc == 1 && r.kind == REPORT_FAILURE)
        rc = fold_failure(t->archive, id, &r.failure, e);
    else if (rc == 1)
        rc = fold_tls(t->archive, id, &r.tls, e);
    arena_free(a);
    return rc;
}

int keep_fold_seen(void *arg, struct fold_target *t, const struct event *ev, struct err *e)
{
    (void)arg;
    return archive_seen_add(t->archive, ev, e);
}

int keep_fold_sent(void *arg, struct fold_target *t, const struct event *ev, struct err *e)
{
    (void)arg;
    return archive_sent_add(t->archive, ev, e);
}
