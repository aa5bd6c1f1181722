/* The people a user writes to. See known.h.
 *
 * Keys of VIEW_KNOWN are 32 bytes: the user's pseudonym, what kind of entry it is, the hash.
 * Values end with the time; before it stands what the hash belongs to. */
#include "journal/known.h"
#include "base/pack.h"

#define MARK_BYTES 32u
#define DAY_US     INT64_C(86400000000)

enum kind { BY_ADDRESS = 1, BY_DOMAIN, BY_SHAPE, BY_NAME, NEW_OF_DAY, ANY };

/* ---- marks ---- */

void known_pack(struct buf *b, const struct known_mark *m)
{
    pack_u64(b, m->address);
    pack_u64(b, m->domain);
    pack_u64(b, m->shape);
    pack_u64(b, m->name);
}

/* ---- entries ---- */

static struct slice key_of(const unsigned char person[16], enum kind kind, uint64_t h,
                           char room[MARK_BYTES])
{
    memcpy(room, person, 16);
    memset(room + 16, 0, 8);
    room[16] = (char)kind;
    memcpy(room + 24, &h, 8);
    return slice_of(room, MARK_BYTES);
}

struct entry {
    uint64_t of;
    int64_t at_us;
};

static bool get(struct views *v, const unsigned char person[16], enum kind kind, uint64_t h,
                struct entry *out)
{
    char room[MARK_BYTES];
    struct slice value;
    if (h == 0 || views_get(v, VIEW_KNOWN, key_of(person, kind, h, room), &value) < 0 ||
        value.n != sizeof(*out))
        return false;
    memcpy(out, value.p, sizeof(*out));
    return true;
}

static int put(struct views *v, const unsigned char person[16], enum kind kind, uint64_t h,
               struct entry x, struct err *e)
{
    char room[MARK_BYTES];
    return h == 0 ? 0
                  : views_put(v, VIEW_KNOWN, key_of(person, kind, h, room),
                              slice_of((const char *)&x, sizeof(x)), e);
}

bool known_time(struct slice value, int64_t *out_us)
{
    struct entry x;
    if (value.n != sizeof(x))
        return false;
    memcpy(&x, value.p, sizeof(x));
    *out_us = x.at_us;
    return true;
}

/* ---- folding ---- */

/* A new address counts for its day; false: there were enough. */
static bool has_room(struct views *v, const struct event *ev, const struct known_mark *m,
                     struct err *e, int *rc)
{
    const unsigned char *person = ev->written_to.person;
    uint64_t day = (uint64_t)(ev->at_us / DAY_US) + 1;
    struct entry x, today = {0, ev->at_us};
    if (get(v, person, BY_ADDRESS, m->address, &x))
        return true;
    if (get(v, person, NEW_OF_DAY, day, &x))
        today.of = x.of;
    if (today.of >= KNOWN_A_DAY)
        return false;
    today.of++;
    *rc = put(v, person, NEW_OF_DAY, day, today, e);
    return true;
}

static int fold_one(struct views *v, const struct event *ev, const struct known_mark *m,
                    struct err *e)
{
    const unsigned char *person = ev->written_to.person;
    int rc = 0;
    if (!has_room(v, ev, m, e, &rc) || rc < 0)
        return rc;
    rc = put(v, person, BY_ADDRESS, m->address, (struct entry){m->address, ev->at_us}, e);
    if (rc == 0)
        rc = put(v, person, BY_DOMAIN, m->domain, (struct entry){m->domain, ev->at_us}, e);
    if (rc == 0)
        rc = put(v, person, BY_SHAPE, m->shape, (struct entry){m->domain, ev->at_us}, e);
    if (rc == 0)
        rc = put(v, person, BY_NAME, m->name, (struct entry){m->address, ev->at_us}, e);
    return rc;
}

int known_fold(struct views *v, const struct event *ev, struct err *e)
{
    struct unpack u = {.rest = ev->written_to.marks};
    int rc = put(v, ev->written_to.person, ANY, 1, (struct entry){0, ev->at_us}, e);
    for (int i = 0; i < KNOWN_RECIPIENTS && rc == 0 && u.rest.n >= MARK_BYTES; i++) {
        struct known_mark m;
        m.address = unpack_u64(&u);
        m.domain = unpack_u64(&u);
        m.shape = unpack_u64(&u);
        m.name = unpack_u64(&u);
        if (!u.bad && m.address)
            rc = fold_one(v, ev, &m, e);
    }
    return rc;
}

/* ---- looking ---- */

bool known_any(struct views *v, const unsigned char person[16])
{
    struct entry x;
    return get(v, person, ANY, 1, &x);
}

void known_find(struct views *v, const unsigned char person[16], const struct known_mark *m,
                struct known_sender *out)
{
    struct entry x;
    *out = (struct known_sender){0};
    out->is_known = get(v, person, BY_ADDRESS, m->address, &x);
    out->is_domain = get(v, person, BY_DOMAIN, m->domain, &x);
    if (!out->is_domain && get(v, person, BY_SHAPE, m->shape, &x))
        out->is_domain_like = x.of != m->domain;
    if (!out->is_known && get(v, person, BY_NAME, m->name, &x))
        out->is_name_other = x.of != m->address;
}
