/* Reports for keeper. See report_intake.h. */
#include "node/report_intake.h"
#include "auth/auth.h"
#include "base/json.h"
#include "base/pack.h"
#include "base/utf8.h"
#include "journal/events.h"
#include "mail/url.h"

#define PART_BYTES (512u * 1024)

struct gatherer {
    struct arena *arena;
    struct buf *out;
    bool is_mail;
    struct slice from;
};

static struct slice domain_only(struct slice address)
{
    size_t at = slice_rchr(address, '@');
    return at == SIZE_MAX ? SLICE("") : slice_from(address, at + 1);
}

static void strip_people(struct report_failure *f)
{
    f->mail_from = domain_only(f->mail_from);
    f->from = domain_only(f->from);
    f->subject = f->message_id = f->auth_results = f->envelope_id = SLICE("");
}

static uint64_t messages_of(const struct report *r)
{
    uint64_t n = 0;
    if (r->kind == REPORT_AGGREGATE)
        return r->aggregate.messages;
    if (r->kind == REPORT_FAILURE)
        return r->failure.incidents;
    for (size_t i = 0; i < r->tls.n_policies; i++)
        n += r->tls.policies[i].good + r->tls.policies[i].failed;
    return n;
}

/* Whom the report names as its sender: a domain, or nothing. A failure report names nobody: it is
 * its mail's sender's. */
static struct slice named_sender(const struct report *r)
{
    return r->kind == REPORT_AGGREGATE ? domain_only(r->aggregate.email)
           : r->kind == REPORT_TLS     ? domain_only(r->tls.contact)
                                       : SLICE("");
}

static enum report_origin origin_of(const struct gatherer *g, const struct report *r)
{
    struct slice named = named_sender(r);
    if (!g->is_mail)
        return REPORT_HANDED_IN;
    if (g->from.n == 0)
        return REPORT_UNPROVEN;
    struct slice one = url_org_domain(g->arena, g->from);
    struct slice other = named.n ? url_org_domain(g->arena, arena_lower(g->arena, named)) : one;
    return one.n && slice_ieq(one, other) ? REPORT_MAIL : REPORT_UNPROVEN;
}

struct slice report_intake_from(struct arena *a, const struct auth_result *auth)
{
    const struct dmarc_domain *d = auth ? auth->dmarc.domains : NULL;
    if (d == NULL || d->next || d->is_incomplete)
        return SLICE("");
    if (d->value == AUTH_PASS)
        return d->from;
    struct slice org = url_org_domain(a, d->from);
    for (size_t i = 0; i < auth->n_proven && d->value == AUTH_NONE && org.n; i++) {
        if (slice_eq(url_org_domain(a, auth->proven[i]), org))
            return d->from;
    }
    return SLICE("");
}

static void on_report(void *arg, const struct report *found, const struct err *e)
{
    struct gatherer *g = arg;
    if (found == NULL) {
        pack_u8(g->out, 0);
        pack_bytes(g->out, slice_str(e->text));
        return;
    }
    struct report r = *found;
    struct buf packed = BUF_INIT(2 * PART_BYTES);
    size_t row = 0;
    uint32_t part = 0;
    if (r.kind == REPORT_FAILURE)
        strip_people(&r.failure);
    do {
        buf_reset(&packed);
        report_pack(&r, PART_BYTES, &row, &packed);
        if (packed.full)
            break; /* one row of half a megabyte: no honest report */
        pack_u8(g->out, 1);
        pack_u8(g->out, (uint8_t)r.kind);
        pack_u32(g->out, part++);
        pack_u32(g->out, r.notes);
        pack_bytes(g->out, r.org);
        pack_bytes(g->out, r.id);
        pack_bytes(g->out, utf8_head(r.domain, 255));
        pack_i64(g->out, r.begin_s);
        pack_i64(g->out, r.end_s);
        pack_u64(g->out, messages_of(&r));
        pack_u8(g->out, (uint8_t)origin_of(g, &r));
        pack_bytes(g->out, utf8_head(g->from, 255));
        pack_bytes(g->out, buf_slice(&packed));
    } while (r.kind == REPORT_AGGREGATE && row < r.aggregate.n_rows);
    buf_fini(&packed);
}

size_t report_intake(struct arena *a, struct slice bytes, struct buf *out)
{
    struct gatherer g = {.arena = a, .out = out};
    return report_find(a, bytes, on_report, &g);
}

size_t report_intake_mail(struct arena *a, const struct message *m, struct slice from,
                          struct buf *out)
{
    struct gatherer g = {.arena = a, .out = out, .is_mail = true, .from = from};
    return report_find_mail(a, m, on_report, &g);
}

static void on_json(void *arg, const struct report *r, const struct err *e)
{
    struct gatherer *g = arg;
    struct json j = JSON_INIT(g->out);
    if (r) {
        report_json(r, &j);
    } else {
        jsonw_object(&j, NULL);
        jsonw_cstr(&j, "refused", e->text);
        jsonw_object_end(&j);
    }
    buf_chr(g->out, '\n');
}

void report_intake_json(struct arena *a, struct slice bytes, struct buf *out)
{
    struct gatherer g = {.arena = a, .out = out};
    report_find(a, bytes, on_json, &g);
}

bool intake_next(struct slice *rest, struct intake *out)
{
    struct unpack u = {.rest = *rest};
    *out = (struct intake){0};
    if (rest->n == 0)
        return false;
    uint8_t type = unpack_u8(&u);
    if (type == 0) {
        out->refused = unpack_bytes(&u);
    } else {
        out->kind = unpack_u8(&u);
        out->part = unpack_u32(&u);
        out->notes = unpack_u32(&u);
        out->org = unpack_bytes(&u);
        out->id = unpack_bytes(&u);
        out->domain = unpack_bytes(&u);
        out->begin_s = unpack_i64(&u);
        out->end_s = unpack_i64(&u);
        out->messages = unpack_u64(&u);
        out->origin = unpack_u8(&u);
        out->from = unpack_bytes(&u);
        out->packed = unpack_bytes(&u);
    }
    *rest = u.rest;
    return !u.bad && type <= 1 &&
           (type == 0 || (out->kind < REPORT_KINDS && out->origin <= REPORT_UNPROVEN));
}
