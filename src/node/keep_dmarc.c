/* What reports say, as answers: who sends in a domain's name, and what to do about it. The words
 * for people are made by whoever shows them; here stand numbers and a state per source. */
#include "node/keep.h"
#include "base/clock.h"
#include "base/ip.h"
#include "base/json.h"
#include "journal/archive_report.h"

#define DAYS_USUAL 30
#define DAYS_MOST  3650
#define DAY_S      86400
#define NOW_MOST   INT64_C(253402300800) /* the year 10000 */
#define SOURCES    500
#define SELECTORS  50
#define SENT_ROWS  500

static void refuse(uint32_t *status, struct buf *out, const struct err *e)
{
    *status = keep_status_of(e->code);
    buf_reset(out);
    keep_error(out, e->text);
}

static int64_t since(const struct keep_dmarc_question *q)
{
    int64_t days = q->days < 1 || q->days > DAYS_MOST ? DAYS_USUAL : q->days;
    int64_t now = q->now_s > 0 && q->now_s < NOW_MOST ? q->now_s : clock_now_us() / 1000000;
    return now - days * DAY_S;
}

/* What a source is to the domain's owner. "good": all of it proves itself; "spf_only": all of it,
 * but none by a signature; "mixed": some of it; "unaligned": it is signed by somebody else, as by a
 * service that was hired; "failing": nothing proves anything. */
static const char *state_of(const struct report_source_row *r)
{
    if (r->passed == r->messages)
        return r->dkim == 0 ? "spf_only" : "good";
    if (r->passed * 10 >= r->messages)
        return "mixed";
    if (r->signers.n)
        return "unaligned";
    return "failing";
}

/* Is one of the sources that prove themselves in the same network (/24, /48)? Then this one is
 * probably the owner's, too, and was forgotten. */
static bool is_near_good(const struct report_source_row *rows, size_t n,
                         const struct report_source_row *r)
{
    struct ip own, other;
    if (r->passed == r->messages || !ip_parse(r->ip, &own))
        return false;
    struct net net = {own, own.is_v4 ? 120 : 48};
    for (size_t i = 0; i < n; i++) {
        if (rows[i].passed == rows[i].messages && ip_parse(rows[i].ip, &other) &&
            net_has(&net, &other))
            return true;
    }
    return false;
}

/* Rows name several domains each: every one once. */
static void words(struct json *j, const char *name, struct slice list)
{
    struct buf b = BUF_INIT(4096);
    struct slice rest = list, group, word;
    while (slice_split(&rest, ',', &group)) {
        while (slice_split(&group, ' ', &word)) {
            struct slice have = buf_slice(&b), one;
            bool is_new = word.n > 0;
            while (is_new && slice_split(&have, ' ', &one))
                is_new = !slice_eq(one, word);
            if (is_new && b.n)
                buf_chr(&b, ' ');
            if (is_new)
                buf_add(&b, word);
        }
    }
    jsonw_text(j, name, buf_slice(&b));
    buf_fini(&b);
}

static void source(struct json *j, const struct report_source_row *r, bool is_near)
{
    jsonw_object(j, NULL);
    jsonw_text(j, "address", r->ip);
    jsonw_cstr(j, "state", state_of(r));
    jsonw_bool(j, "near_good", is_near);
    jsonw_int(j, "messages", (int64_t)r->messages);
    jsonw_int(j, "passed", (int64_t)r->passed);
    jsonw_int(j, "dkim_aligned", (int64_t)r->dkim);
    jsonw_int(j, "spf_aligned", (int64_t)r->spf);
    jsonw_int(j, "quarantined", (int64_t)r->quarantined);
    jsonw_int(j, "rejected", (int64_t)r->rejected);
    words(j, "header_from", r->header_from);
    words(j, "envelope_from", r->envelope_from);
    words(j, "signers", r->signers);
    words(j, "reasons", r->reasons);
    jsonw_text(j, "reporters", r->who);
    jsonw_int(j, "newest", r->newest_s);
    jsonw_object_end(j);
}

static int sources(struct archive *ar, struct arena *a, const struct report_about *about,
                   struct json *j, struct err *e)
{
    struct report_source_row *rows;
    size_t n;
    uint64_t messages = 0, passed = 0, stopped = 0;
    int rc = archive_report_sources(ar, about, SOURCES, a, e, &rows, &n);
    if (rc < 0)
        return rc;
    jsonw_array(j, "sources");
    for (size_t i = 0; i < n; i++) {
        source(j, &rows[i], is_near_good(rows, n, &rows[i]));
        messages += rows[i].messages;
        passed += rows[i].passed;
        stopped += rows[i].quarantined + rows[i].rejected;
    }
    jsonw_array_end(j);
    jsonw_int(j, "messages", (int64_t)messages);
    jsonw_int(j, "passed", (int64_t)passed);
    jsonw_int(j, "stopped", (int64_t)stopped);
    return 0;
}

static int tls(struct archive *ar, struct arena *a, const struct report_about *about,
               struct json *j, struct err *e)
{
    struct report_tls_row *rows;
    size_t n;
    int rc = archive_report_tls_rows(ar, about, a, e, &rows, &n);
    if (rc < 0)
        return rc;
    jsonw_array(j, "tls");
    for (size_t i = 0; i < n; i++) {
        jsonw_object(j, NULL);
        jsonw_text(j, "policy", rows[i].policy);
        if (rows[i].failure.n) {
            jsonw_text(j, "failure", rows[i].failure);
            jsonw_text(j, "mx", rows[i].mx);
        } else {
            jsonw_int(j, "successful", (int64_t)rows[i].good);
        }
        jsonw_int(j, "failed", (int64_t)rows[i].failed);
        jsonw_int(j, "reports", (int64_t)rows[i].reports);
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
    return 0;
}

static int show(struct archive *ar, struct arena *a, const struct report_about *about,
                struct json *j, struct err *e)
{
    struct report_count c;
    int rc = archive_report_count(ar, about, a, e, &c);
    if (rc == 0 && c.aggregate + c.failure + c.tls + (about->is_unproven ? 0 : c.unproven) == 0)
        rc = err_set(e, ERR_NOENT, "no report about %.*s is here", SLICE_ARG(about->domain));
    if (rc < 0)
        return rc;
    jsonw_text(j, "domain", about->domain);
    jsonw_int(j, "since", about->since_s);
    jsonw_bool(j, "proven", !about->is_unproven);
    jsonw_object(j, "reports");
    jsonw_int(j, "aggregate", (int64_t)c.aggregate);
    jsonw_int(j, "failure", (int64_t)c.failure);
    jsonw_int(j, "tls", (int64_t)c.tls);
    if (!about->is_unproven)
        jsonw_int(j, "unproven", (int64_t)c.unproven);
    jsonw_object_end(j);
    jsonw_text(j, "policy", c.policy);
    jsonw_int(j, "oldest", c.oldest_s);
    jsonw_int(j, "newest", c.newest_s);
    rc = sources(ar, a, about, j, e);
    return rc < 0 ? rc : tls(ar, a, about, j, e);
}

static int list(struct archive *ar, struct arena *a, int64_t since_s, struct json *j, struct err *e)
{
    struct report_domain_row *rows;
    size_t n;
    int rc = archive_report_domains(ar, since_s, a, e, &rows, &n);
    if (rc < 0)
        return rc;
    jsonw_array(j, "domains");
    for (size_t i = 0; i < n; i++) {
        jsonw_object(j, NULL);
        jsonw_text(j, "domain", rows[i].domain);
        jsonw_int(j, "reports", (int64_t)rows[i].reports);
        jsonw_int(j, "messages", (int64_t)rows[i].messages);
        jsonw_int(j, "passed", (int64_t)rows[i].passed);
        jsonw_int(j, "failure_reports", (int64_t)rows[i].failures);
        jsonw_int(j, "tls_successful", (int64_t)rows[i].tls_good);
        jsonw_int(j, "tls_failed", (int64_t)rows[i].tls_failed);
        jsonw_int(j, "newest", rows[i].newest_s);
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
    return 0;
}

void keep_dmarc(struct keep *k, struct arena *a, const struct keep_dmarc_question *q,
                uint32_t *status, struct buf *out)
{
    struct err e = {0};
    struct json j = JSON_INIT(out);
    struct archive *ar = store_archive(k->store);
    struct report_about about = {
        .domain = arena_lower(a, q->domain), .since_s = since(q), .is_unproven = q->is_unproven};
    jsonw_object(&j, NULL);
    int rc = q->domain.n ? show(ar, a, &about, &j, &e) : list(ar, a, about.since_s, &j, &e);
    jsonw_object_end(&j);
    *status = 200;
    if (rc < 0)
        refuse(status, out, &e);
}

void keep_selectors(struct keep *k, struct arena *a, const struct keep_dmarc_question *q,
                    uint32_t *status, struct buf *out)
{
    struct err e = {0};
    struct report_selector_row *rows;
    size_t n;
    struct json j = JSON_INIT(out);
    *status = 200;
    if (archive_report_selectors(store_archive(k->store), arena_lower(a, q->domain), since(q),
                                 SELECTORS, a, &e, &rows, &n) < 0) {
        refuse(status, out, &e);
        return;
    }
    jsonw_object(&j, NULL);
    jsonw_array(&j, "selectors");
    for (size_t i = 0; i < n; i++) {
        jsonw_object(&j, NULL);
        jsonw_text(&j, "selector", rows[i].selector);
        jsonw_int(&j, "passed", (int64_t)rows[i].passed);
        jsonw_int(&j, "failed", (int64_t)rows[i].failed);
        jsonw_int(&j, "newest", rows[i].newest_s);
        jsonw_object_end(&j);
    }
    jsonw_array_end(&j);
    jsonw_object_end(&j);
}

void keep_sent_reports(struct keep *k, struct arena *a, uint32_t *status, struct buf *out)
{
    struct err e = {0};
    struct sent_row *rows;
    size_t n;
    struct json j = JSON_INIT(out);
    *status = 200;
    if (archive_sent(store_archive(k->store), SENT_ROWS, a, &e, &rows, &n) < 0) {
        refuse(status, out, &e);
        return;
    }
    jsonw_object(&j, NULL);
    jsonw_array(&j, "reports");
    for (size_t i = 0; i < n; i++) {
        char when[32];
        clock_rfc3339(rows[i].begin_s * 1000000, when);
        jsonw_object(&j, NULL);
        jsonw_text(&j, "begin", slice_of(when, 16));
        jsonw_text(&j, "domain", rows[i].domain);
        jsonw_text(&j, "to", rows[i].to);
        jsonw_text(&j, "outcome", rows[i].outcome);
        jsonw_int(&j, "messages", (int64_t)rows[i].messages);
        jsonw_cstr(&j, "time", clock_rfc3339(rows[i].at_us, when));
        jsonw_object_end(&j);
    }
    jsonw_array_end(&j);
    jsonw_object_end(&j);
}
