/* Questions and answers between processes. See batch.h. */
#include "ask/batch.h"
#include "ask/name.h"

#define RECORDS_MOST 4096u
#define WAIT_MOST_MS 300000u
#define SECURE       1u
#define STALE        2u

unsigned batch_pack(struct buf *b, struct ask *q, uint32_t wait_ms)
{
    struct dns_question x;
    unsigned n = 0;
    pack_u32(b, wait_ms);
    while (n < BATCH_MOST && ask_next(q, &x)) {
        pack_u32(b, x.id);
        pack_u32(b, (uint32_t)x.type);
        pack_bytes(b, x.name);
        n++;
    }
    return n;
}

static bool read_question(struct unpack *u, struct dns_question *out)
{
    char room[DNS_NAME_BYTES];
    struct slice folded;
    out->id = unpack_u32(u);
    uint32_t type = unpack_u32(u);
    out->name = unpack_bytes(u);
    out->type = (enum dns_type)type;
    return !u->bad && type > 0 && type <= UINT16_MAX && dns_name_fold(out->name, room, &folded) &&
           slice_eq(folded, out->name);
}

bool batch_unpack(struct arena *a, struct slice bytes, struct batch *out)
{
    struct unpack u = {.rest = bytes};
    *out = (struct batch){.wait_ms = unpack_u32(&u)};
    out->questions = ARENA_ARRAY(a, struct dns_question, BATCH_MOST);
    while (u.rest.n && !u.bad) {
        if (out->n == BATCH_MOST || !read_question(&u, &out->questions[out->n]))
            return false;
        out->n++;
    }
    if (out->wait_ms > WAIT_MOST_MS)
        out->wait_ms = WAIT_MOST_MS;
    return unpack_done(&u);
}

void batch_pack_answer(struct buf *b, unsigned id, const struct dns_answer *a)
{
    pack_u32(b, id);
    pack_u8(b, (uint8_t)a->status);
    pack_u8(b, (uint8_t)((a->is_secure ? SECURE : 0) | (a->is_stale ? STALE : 0)));
    pack_u32(b, a->ttl);
    pack_bytes(b, slice_head(slice_str(a->detail), 200));
    pack_u32(b, (uint32_t)a->n);
    for (size_t i = 0; i < a->n; i++)
        pack_bytes(b, a->rdata[i]);
}

static bool read_answer(struct arena *a, struct unpack *u, unsigned *out_id, struct dns_answer *out)
{
    *out_id = unpack_u32(u);
    uint8_t status = unpack_u8(u), flags = unpack_u8(u);
    *out = (struct dns_answer){.status = (enum ask_status)status,
                               .is_secure = (flags & SECURE) != 0,
                               .is_stale = (flags & STALE) != 0,
                               .ttl = unpack_u32(u)};
    struct slice detail = unpack_bytes(u);
    uint32_t n = unpack_u32(u);
    if (u->bad || status >= ASK_STATUSES || n > RECORDS_MOST || n > u->rest.n / 4)
        return false;
    out->detail = detail.n ? arena_cstr(a, detail) : NULL;
    out->rdata = ARENA_ARRAY(a, struct slice, n);
    for (out->n = 0; out->n < n; out->n++)
        out->rdata[out->n] = unpack_bytes(u);
    return !u->bad;
}

int batch_take(struct ask *q, struct slice bytes)
{
    struct arena *a = arena_new(0);
    struct unpack u = {.rest = bytes};
    struct dns_answer answer;
    unsigned id;
    int n = 0;
    while (n >= 0 && u.rest.n) {
        if (read_answer(a, &u, &id, &answer)) {
            ask_answered(q, id, &answer);
            n++;
        } else {
            n = -1;
        }
    }
    arena_free(a);
    return n;
}
