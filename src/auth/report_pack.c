/* Reports packed for the journal: what people and sums are made of later, without the envelope of
 * XML and mail. A format number leads; lists have their length before them. */
#include "auth/report_internal.h"
#include "base/pack.h"

#define FORMAT 1

static void pack_texts(struct buf *b, const void *texts, size_t n)
{
    const struct slice *s = texts;
    for (size_t i = 0; i < n; i++)
        pack_bytes(b, s[i]);
}

static void pack_list(struct buf *b, const void *list, size_t n, size_t each)
{
    pack_u32(b, (uint32_t)n);
    pack_texts(b, list, n * each);
}

static void pack_row(struct buf *b, const struct report_row *r)
{
    pack_bytes(b, r->ip);
    pack_u64(b, r->count);
    pack_bytes(b, r->disposition);
    pack_u8(b, (uint8_t)(r->dkim_aligned | r->spf_aligned << 1));
    pack_bytes(b, r->header_from);
    pack_bytes(b, r->envelope_from);
    pack_bytes(b, r->envelope_to);
    pack_list(b, r->reasons, r->n_reasons, REPORT_REASON_TEXTS);
    pack_list(b, r->dkim, r->n_dkim, REPORT_AUTH_TEXTS);
    pack_list(b, r->spf, r->n_spf, REPORT_AUTH_TEXTS);
}

static void pack_aggregate(struct buf *b, const struct report_aggregate *g, size_t most,
                           size_t *at_row)
{
    struct buf rows = BUF_INIT(most);
    uint32_t n = 0;
    pack_bytes(b, g->email);
    pack_list(b, g->errors, g->n_errors, 1);
    pack_texts(b, &g->policy, REPORT_POLICY_TEXTS);
    size_t used = b->n;
    while (*at_row < g->n_rows) {
        size_t before = rows.n;
        pack_row(&rows, &g->rows[*at_row]);
        if (n && (rows.full || used + rows.n + 4 > most)) {
            rows.n = before;
            break;
        }
        n++;
        ++*at_row;
    }
    pack_u32(b, n);
    buf_add(b, buf_slice(&rows));
    buf_fini(&rows);
}

static void pack_tls(struct buf *b, const struct report_tls *t)
{
    pack_bytes(b, t->contact);
    pack_u32(b, (uint32_t)t->n_policies);
    for (size_t i = 0; i < t->n_policies; i++) {
        const struct report_tls_policy *p = &t->policies[i];
        pack_bytes(b, p->type);
        pack_bytes(b, p->domain);
        pack_list(b, p->mx, p->n_mx, 1);
        pack_list(b, p->text, p->n_text, 1);
        pack_u64(b, p->good);
        pack_u64(b, p->failed);
        pack_u32(b, (uint32_t)p->n_failures);
        for (size_t k = 0; k < p->n_failures; k++) {
            pack_texts(b, &p->failures[k], REPORT_TLS_FAILURE_TEXTS);
            pack_u64(b, p->failures[k].sessions);
        }
    }
}

void report_pack(const struct report *r, size_t most, size_t *at_row, struct buf *b)
{
    pack_u8(b, FORMAT);
    pack_u8(b, (uint8_t)r->kind);
    pack_u32(b, r->notes);
    pack_bytes(b, r->org);
    pack_bytes(b, r->id);
    pack_bytes(b, r->domain);
    pack_i64(b, r->begin_s);
    pack_i64(b, r->end_s);
    if (r->kind == REPORT_AGGREGATE) {
        pack_aggregate(b, &r->aggregate, most, at_row);
    } else if (r->kind == REPORT_FAILURE) {
        pack_texts(b, &r->failure, REPORT_FAILURE_TEXTS);
        pack_i64(b, r->failure.arrival_us);
        pack_u64(b, r->failure.incidents);
    } else {
        pack_tls(b, &r->tls);
    }
}

/* ---- and back ---- */

struct unpacker {
    struct arena *arena;
    struct unpack u;
};

static void take_texts(struct unpacker *k, void *texts, size_t n)
{
    struct slice *s = texts;
    for (size_t i = 0; i < n; i++)
        s[i] = unpack_bytes(&k->u);
}

/* A count of things of at least `least` packed bytes each: never more than the bytes can hold. */
static size_t take_count(struct unpacker *k, size_t least)
{
    size_t n = unpack_u32(&k->u);
    if (n > k->u.rest.n / least) {
        k->u.bad = true;
        return 0;
    }
    return n;
}

static void *take_list(struct unpacker *k, size_t each, size_t *out_n)
{
    *out_n = take_count(k, each * 4);
    void *list = arena_array(k->arena, *out_n * each, sizeof(struct slice));
    take_texts(k, list, *out_n * each);
    return list;
}

static void take_row(struct unpacker *k, struct report_row *r)
{
    r->ip = unpack_bytes(&k->u);
    r->count = unpack_u64(&k->u);
    r->disposition = unpack_bytes(&k->u);
    uint8_t aligned = unpack_u8(&k->u);
    r->dkim_aligned = aligned & 1;
    r->spf_aligned = aligned & 2;
    r->header_from = unpack_bytes(&k->u);
    r->envelope_from = unpack_bytes(&k->u);
    r->envelope_to = unpack_bytes(&k->u);
    r->reasons = take_list(k, REPORT_REASON_TEXTS, &r->n_reasons);
    r->dkim = take_list(k, REPORT_AUTH_TEXTS, &r->n_dkim);
    r->spf = take_list(k, REPORT_AUTH_TEXTS, &r->n_spf);
}

static void take_aggregate(struct unpacker *k, struct report_aggregate *g)
{
    g->email = unpack_bytes(&k->u);
    g->errors = take_list(k, 1, &g->n_errors);
    take_texts(k, &g->policy, REPORT_POLICY_TEXTS);
    g->n_rows = take_count(k, 41);
    g->rows = ARENA_ARRAY(k->arena, struct report_row, g->n_rows);
    for (size_t i = 0; i < g->n_rows && !k->u.bad; i++) {
        take_row(k, &g->rows[i]);
        g->messages += g->rows[i].count < UINT32_MAX ? g->rows[i].count : UINT32_MAX;
    }
}

static void take_tls(struct unpacker *k, struct report_tls *t)
{
    t->contact = unpack_bytes(&k->u);
    t->n_policies = take_count(k, 36);
    t->policies = ARENA_ARRAY(k->arena, struct report_tls_policy, t->n_policies);
    for (size_t i = 0; i < t->n_policies && !k->u.bad; i++) {
        struct report_tls_policy *p = &t->policies[i];
        p->type = unpack_bytes(&k->u);
        p->domain = unpack_bytes(&k->u);
        p->mx = take_list(k, 1, &p->n_mx);
        p->text = take_list(k, 1, &p->n_text);
        p->good = unpack_u64(&k->u);
        p->failed = unpack_u64(&k->u);
        p->n_failures = take_count(k, REPORT_TLS_FAILURE_TEXTS * 4 + 8);
        p->failures = ARENA_ARRAY(k->arena, struct report_tls_failure, p->n_failures);
        for (size_t f = 0; f < p->n_failures; f++) {
            take_texts(k, &p->failures[f], REPORT_TLS_FAILURE_TEXTS);
            p->failures[f].sessions = unpack_u64(&k->u);
        }
    }
}

int report_unpack(struct arena *a, struct slice bytes, struct err *e, struct report *out)
{
    struct unpacker k = {a, {.rest = bytes}};
    struct report r = {0};
    uint8_t format = unpack_u8(&k.u), kind = unpack_u8(&k.u);
    if (format != FORMAT || kind >= REPORT_KINDS)
        return err_set(e, ERR_CORRUPT, "a stored report is of an unknown form");
    r.kind = (enum report_kind)kind;
    r.notes = unpack_u32(&k.u);
    r.org = unpack_bytes(&k.u);
    r.id = unpack_bytes(&k.u);
    r.domain = unpack_bytes(&k.u);
    r.begin_s = unpack_i64(&k.u);
    r.end_s = unpack_i64(&k.u);
    if (kind == REPORT_AGGREGATE) {
        take_aggregate(&k, &r.aggregate);
    } else if (kind == REPORT_FAILURE) {
        take_texts(&k, &r.failure, REPORT_FAILURE_TEXTS);
        r.failure.arrival_us = unpack_i64(&k.u);
        r.failure.incidents = unpack_u64(&k.u);
    } else {
        take_tls(&k, &r.tls);
    }
    if (!unpack_done(&k.u))
        return err_set(e, ERR_CORRUPT, "a stored report is not well formed");
    if (r.kind == REPORT_AGGREGATE)
        r.aggregate.org = r.org;
    *out = r;
    return 0;
}
