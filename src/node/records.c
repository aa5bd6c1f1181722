/* The fields of messages. See records.h. */
#include "node/records.h"

#define RCPTS_MOST 10000

static void pack_caller(struct buf *b, const struct record_caller *w)
{
    pack_bytes(b, w->token);
    pack_u8(b, w->is_local_peer);
    pack_u32(b, w->uid);
    pack_bytes(b, w->session);
    pack_bytes(b, w->client);
}

static void unpack_caller(struct unpack *u, struct record_caller *w)
{
    w->token = unpack_bytes(u);
    w->is_local_peer = unpack_u8(u) != 0;
    w->uid = unpack_u32(u);
    w->session = unpack_bytes(u);
    w->client = unpack_bytes(u);
}

static void unpack_digest(struct unpack *u, unsigned char out[16])
{
    struct slice s = unpack_fixed(u, 16);
    if (s.n == 16)
        memcpy(out, s.p, 16);
}

void record_pack_lesson(struct buf *b, const struct record_lesson *r)
{
    pack_caller(b, &r->who);
    pack_u8(b, (uint8_t)(r->label + 1));
    pack_bytes(b, r->user);
    buf_add(b, slice_of((const char *)r->digest, 16));
    pack_bytes(b, r->lesson);
}

bool record_unpack_lesson(struct slice bytes, struct record_lesson *out)
{
    struct unpack u = {.rest = bytes};
    unpack_caller(&u, &out->who);
    out->label = (int)unpack_u8(&u) - 1;
    out->user = unpack_bytes(&u);
    unpack_digest(&u, out->digest);
    out->lesson = unpack_bytes(&u);
    return unpack_done(&u) && out->label >= -1 && out->label <= 1;
}

static size_t add_from(const struct message *m, struct buf *scratch)
{
    size_t start = scratch->n;
    if (m->from) {
        buf_add(scratch, m->from->local);
        if (m->from->domain.n) {
            buf_chr(scratch, '@');
            buf_add(scratch, m->from->domain);
        }
    }
    return scratch->n - start;
}

static size_t join_rcpts(const struct envelope *env, struct buf *scratch)
{
    size_t start = scratch->n;
    for (size_t i = 0; i < env->n_rcpt && i < 100; i++) {
        if (i)
            buf_chr(scratch, ',');
        buf_add(scratch, env->rcpt[i]);
    }
    return scratch->n - start;
}

void record_of_scan(const struct scan *s, bool with_subject, struct buf *scratch,
                    struct record_scan *out)
{
    buf_reset(scratch);
    scan_add_json(s, scratch);
    size_t json = scratch->n;
    size_t from = add_from(s->message, scratch);
    size_t rcpts = join_rcpts(&s->envelope, scratch);
    size_t before = scratch->n;
    facts_pack(&s->features, scratch);
    *out = (struct record_scan){
        .id = slice_str(s->id),
        .at_us = s->envelope.received_us,
        .microseconds = s->microseconds,
        .size = (int64_t)s->message->raw.n,
        .side = (uint8_t)s->verdict.side,
        .action = (uint8_t)s->verdict.action,
        .mail_class = (uint8_t)s->verdict.class,
        .is_incomplete = s->verdict.is_incomplete,
        .score = s->verdict.score,
        .probability = s->verdict.probability,
        .from = slice_of(scratch->p + json, from),
        .subject = with_subject ? s->message->subject : SLICE(""),
        .client_ip = s->envelope.client_ip,
        .queue_id = s->envelope.queue_id,
        .rcpts = slice_of(scratch->p + json + from, rcpts),
        .json = slice_of(scratch->p, json),
        .facts = slice_of(scratch->p + before, scratch->n - before),
    };
    memcpy(out->digest, s->digest, 16);
}

void record_pack_scan(struct buf *b, const struct record_scan *r)
{
    pack_bytes(b, r->id);
    buf_add(b, slice_of((const char *)r->digest, 16));
    pack_i64(b, r->at_us);
    pack_i64(b, r->microseconds);
    pack_i64(b, r->size);
    pack_u8(b, r->side);
    pack_u8(b, r->action);
    pack_u8(b, r->mail_class);
    pack_u8(b, r->is_incomplete);
    pack_f64(b, r->score);
    pack_f64(b, r->probability);
    pack_bytes(b, r->from);
    pack_bytes(b, slice_head(r->subject, 400));
    pack_bytes(b, r->client_ip);
    pack_bytes(b, r->queue_id);
    pack_bytes(b, r->rcpts);
    pack_bytes(b, r->json);
    pack_bytes(b, r->facts);
}

static void unpack_scan(struct unpack *u, struct record_scan *out)
{
    out->id = unpack_bytes(u);
    unpack_digest(u, out->digest);
    out->at_us = unpack_i64(u);
    out->microseconds = unpack_i64(u);
    out->size = unpack_i64(u);
    out->side = unpack_u8(u);
    out->action = unpack_u8(u);
    out->mail_class = unpack_u8(u);
    out->is_incomplete = unpack_u8(u);
    out->score = unpack_f64(u);
    out->probability = unpack_f64(u);
    out->from = unpack_bytes(u);
    out->subject = unpack_bytes(u);
    out->client_ip = unpack_bytes(u);
    out->queue_id = unpack_bytes(u);
    out->rcpts = unpack_bytes(u);
    out->json = unpack_bytes(u);
    out->facts = unpack_bytes(u);
}

static bool scan_is_sane(const struct record_scan *r)
{
    return r->id.n == 36 && r->facts.n <= FACTS_BYTES && r->side <= SIDE_SPAM &&
           r->action < ACTIONS && r->mail_class < CLASSES;
}

bool record_unpack_scan(struct slice bytes, struct record_scan *out)
{
    struct unpack u = {.rest = bytes};
    unpack_scan(&u, out);
    return unpack_done(&u) && scan_is_sane(out);
}

void record_pack_hold(struct buf *b, const struct record_hold *r)
{
    record_pack_scan(b, &r->scan);
    pack_bytes(b, r->mail_from);
    pack_u32(b, (uint32_t)r->n_rcpt);
    for (size_t i = 0; i < r->n_rcpt; i++)
        pack_bytes(b, r->rcpt[i]);
    pack_bytes(b, r->raw);
}

bool record_unpack_hold(struct arena *a, struct slice bytes, struct record_hold *out)
{
    struct unpack u = {.rest = bytes};
    unpack_scan(&u, &out->scan);
    out->mail_from = unpack_bytes(&u);
    out->n_rcpt = unpack_u32(&u);
    if (u.bad || out->n_rcpt > RCPTS_MOST)
        return false;
    out->rcpt = ARENA_ARRAY(a, struct slice, out->n_rcpt);
    for (size_t i = 0; i < out->n_rcpt; i++)
        out->rcpt[i] = unpack_bytes(&u);
    out->raw = unpack_bytes(&u);
    return unpack_done(&u) && scan_is_sane(&out->scan);
}

void record_pack_report(struct buf *b, const struct record_caller *who, struct slice intake)
{
    pack_caller(b, who);
    pack_bytes(b, intake);
}

bool record_unpack_report(struct slice bytes, struct record_caller *out_who,
                          struct slice *out_intake)
{
    struct unpack u = {.rest = bytes};
    unpack_caller(&u, out_who);
    *out_intake = unpack_bytes(&u);
    return unpack_done(&u);
}

void record_pack_ask(struct buf *b, const struct record_ask *r)
{
    pack_caller(b, &r->who);
    pack_bytes(b, r->path);
    pack_bytes(b, r->json);
}

bool record_unpack_ask(struct slice bytes, struct record_ask *out)
{
    struct unpack u = {.rest = bytes};
    unpack_caller(&u, &out->who);
    out->path = unpack_bytes(&u);
    out->json = unpack_bytes(&u);
    return unpack_done(&u);
}

void record_pack_answer(struct buf *b, const struct record_answer *r)
{
    pack_u32(b, r->status);
    pack_bytes(b, r->json);
}

bool record_unpack_answer(struct slice bytes, struct record_answer *out)
{
    struct unpack u = {.rest = bytes};
    out->status = unpack_u32(&u);
    out->json = unpack_bytes(&u);
    return unpack_done(&u);
}
