/* Quarantine on a store: holding, acting, opening, sweeping. The rules are in quarantine.c. */
#include "journal/store_internal.h"
#include "base/clock.h"
#include "base/pack.h"
#include "base/rand.h"

#define SWEEP_MOST 1000u

static void hold_key(const unsigned char hold[16], unsigned char out[KEY_BYTES])
{
    keyring_name("hold", slice_of((const char *)hold, 16), out);
}

static void pack_words(const struct hold_words *w, struct buf *out)
{
    const struct slice all[] = {w->rcpt, w->mail_from, w->from, w->subject, w->client_ip};
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        pack_bytes(out, slice_head(all[i], 1024));
}

static bool unpack_words(struct slice s, struct hold_words *out)
{
    struct unpack u = {.rest = s};
    struct slice *all[] = {&out->rcpt, &out->mail_from, &out->from, &out->subject, &out->client_ip};
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        *all[i] = unpack_bytes(&u);
    return !u.bad;
}

/* Takes back what quarantine_add prepared when the event cannot be written. */
static void take_back(struct store *s, const struct event_quarantined *q)
{
    unsigned char key[KEY_BYTES];
    uint64_t users = 1;
    hold_key(q->hold, key);
    if (archive_object_users(s->archive, q->object, NULL, &users) == 0 && users == 0 &&
        objects_erase(s->objects, q->object, NULL) < 0)
        return;
    (void)!keyring_destroy(s->keys, key, NULL, NULL);
}

/* Is the same message held already for the same mailbox, as the same? What has no owner or no
 * digest is not compared. */
static bool is_held(struct store *s, const struct hold_new *n, unsigned char out_hold[16])
{
    static const unsigned char none[16];
    unsigned char person[16];
    if (n->owner.n == 0 || memcmp(n->digest, none, 16) == 0 || s->is_behind)
        return false;
    store_pseudonym(s, n->owner, person);
    struct holds_query q = {.states = 1u << HOLD_HELD,
                            .kinds = 1u << n->kind,
                            .person = person,
                            .digest = n->digest,
                            .limit = 1,
                            .newest_first = true};
    struct arena *a = arena_new(0);
    struct hold *found;
    size_t n_found = 0;
    bool is = archive_holds(s->archive, &q, a, NULL, &found, &n_found) == 0 && n_found == 1 &&
              found->expires_us > clock_now_us();
    if (is)
        memcpy(out_hold, found->hold, 16);
    arena_free(a);
    return is;
}

int quarantine_add(struct store *s, const struct hold_new *n, struct err *e,
                   unsigned char out_hold[16])
{
    if (is_held(s, n, out_hold))
        return 0;
    struct event ev = {.kind = EVENT_QUARANTINED, .at_us = clock_now_us()};
    struct event_quarantined *q = &ev.quarantined;
    char id[37];
    unsigned char key[KEY_BYTES];
    rand_uuid7(id);
    if (!event_id_parse(slice_of(id, 36), q->hold))
        BUG("a UUID of ours is none");
    memcpy(q->id, n->id, 16);
    memcpy(q->digest, n->digest, 16);
    store_pseudonym(s, n->owner, q->person);
    size_t at = slice_rchr(n->words.rcpt, '@');
    struct arena *a = arena_new(0);
    q->domain = at == SIZE_MAX ? SLICE("") : arena_lower(a, slice_from(n->words.rcpt, at + 1));
    q->kind = (uint8_t)n->kind;
    q->score = n->score;
    q->expires_us = ev.at_us + n->keep_us;
    int r = objects_put(s->objects, n->raw, e, q->object);
    if (r < 0) {
        arena_free(a);
        return r;
    }
    struct buf words = BUF_INIT(8192), sealed = BUF_INIT(16384);
    pack_words(&n->words, &words);
    hold_key(q->hold, key);
    r = keyring_seal(s->keys, key, buf_slice(&words), &sealed, e);
    r = r ? r : keyring_sync(s->keys, e);
    q->sealed = buf_slice(&sealed);
    r = r ? r : store_append(s, &ev, e, NULL);
    r = r ? r : store_commit(s, true, e);
    if (r < 0)
        take_back(s, q);
    else
        memcpy(out_hold, q->hold, 16);
    buf_fini(&words);
    buf_fini(&sealed);
    arena_free(a);
    return r;
}

static struct event hold_event(enum event_kind kind, const struct hold *h,
                               const struct hold_actor *who)
{
    struct event ev = {.kind = kind, .at_us = clock_now_us()};
    memcpy(ev.hold.hold, h->hold, 16);
    memcpy(ev.hold.digest, h->digest, 16);
    memcpy(ev.hold.person, h->person, 16);
    memcpy(ev.hold.actor, who->person, 16);
    ev.hold.role = (uint8_t)who->role;
    return ev;
}

/* Destroys the keys of a hold that is over, and of the message when nobody else holds it. */
static int erase(struct store *s, const struct hold *h, struct err *e)
{
    unsigned char key[KEY_BYTES];
    uint64_t users = 0;
    int r = archive_object_users(s->archive, h->object, e, &users);
    if (r == 0 && users == 0 && objects_has(s->objects, h->object)) {
        struct event ev = {.kind = EVENT_ERASED};
        memcpy(ev.erased.key, h->object, 32);
        ev.erased.reason = slice_str(hold_state_name(h->state));
        r = objects_erase(s->objects, h->object, e);
        r = r ? r : store_append(s, &ev, e, NULL);
    }
    hold_key(h->hold, key);
    r = r ? r : keyring_destroy(s->keys, key, NULL, e);
    return r ? r : archive_hold_erased(s->archive, h->hold, e);
}

static int refuse(struct store *s, const struct quarantine_act *q, const struct hold *h, int code,
                  const char *why, struct err *e)
{
    if (q->act == HOLD_RELEASE && code == ERR_DENIED) {
        struct event ev = hold_event(EVENT_RELEASE_REFUSED, h, &q->who);
        ev.hold.reason = slice_str(why);
        int r = store_append(s, &ev, e, NULL);
        r = r ? r : store_commit(s, false, e);
        if (r < 0)
            return r;
    }
    return err_set(e, code, "%s", why);
}

int quarantine_do(struct store *s, const struct quarantine_act *q, struct arena *a, struct err *e,
                  struct hold *out)
{
    static const enum event_kind kinds[HOLD_ACTS] = {
        [HOLD_RELEASE] = EVENT_RELEASED,    [HOLD_REFUSE] = EVENT_HOLD_REFUSED,
        [HOLD_DELETE] = EVENT_HOLD_DELETED, [HOLD_EXPIRE] = EVENT_HOLD_EXPIRED,
        [HOLD_DELIVER] = EVENT_DELIVERED,   [HOLD_FAIL] = EVENT_DELIVERY_FAILED};
    struct hold h;
    enum hold_state next;
    const char *why;
    if (s->is_behind) /* what we would decide on may be old */
        return err_set(e, ERR_FULL,
                       "the quarantine cannot be changed now: the disk does not take it");
    int r = archive_hold(s->archive, q->hold, a, e, &h);
    if (r < 0)
        return r;
    int64_t now = clock_now_us();
    r = hold_decide(&h, q->act, &q->who, now, &next, &why);
    if (r < 0)
        return refuse(s, q, &h, r, why, e);
    struct event ev = hold_event(kinds[q->act], &h, &q->who);
    ev.hold.reason = q->reason;
    if (q->act == HOLD_RELEASE && q->allow_once)
        ev.hold.allow_until_us = now + HOLD_ALLOW_US;
    r = store_append(s, &ev, e, NULL);
    r = r ? r : store_commit(s, true, e);
    if (r < 0)
        return r;
    h.state = next;
    h.changed_us = ev.at_us;
    if (ev.hold.allow_until_us)
        h.allow_until_us = ev.hold.allow_until_us;
    /* The act stands; what cannot be erased now is erased by the next sweep. */
    if (!hold_needs_object(next) && !s->is_behind && erase(s, &h, NULL) == 0)
        r = store_commit(s, false, e);
    if (out)
        *out = h;
    return r;
}

int quarantine_open(struct store *s, const struct hold *h, struct arena *a, struct err *e,
                    struct hold_words *out_words, struct buf *raw)
{
    unsigned char key[KEY_BYTES];
    struct buf words = BUF_INIT(16384);
    struct hold_words w = {0};
    hold_key(h->hold, key);
    int r = keyring_unseal(s->keys, key, h->sealed, &words, e);
    if (r == 0 && !unpack_words(arena_dup(a, buf_slice(&words)), &w))
        r = err_set(e, ERR_CORRUPT, "the words of a held message are not well formed");
    buf_fini(&words);
    if (r == 0 && raw)
        r = objects_get(s->objects, h->object, raw, e);
    if (r == 0)
        *out_words = w;
    return r;
}

/* Events for all that is due, one wait for the disk. */
static int expire_due(struct store *s, int64_t now_us, struct arena *a, struct err *e,
                      uint64_t *out_n)
{
    struct holds_query q = {
        .states = 1u << HOLD_HELD | 1u << HOLD_REFUSED, .due_us = now_us, .limit = SWEEP_MOST};
    struct hold_actor node = {.role = HOLD_BY_NODE};
    struct hold *due;
    size_t n = 0;
    int r = archive_holds(s->archive, &q, a, e, &due, &n);
    for (size_t i = 0; r == 0 && i < n; i++) {
        struct event ev = hold_event(EVENT_HOLD_EXPIRED, &due[i], &node);
        r = store_append(s, &ev, e, NULL);
    }
    if (r == 0 && n)
        r = store_commit(s, true, e);
    *out_n = r == 0 ? n : 0;
    return r;
}

int quarantine_sweep(struct store *s, int64_t now_us, struct err *e, uint64_t *out_expired)
{
    struct arena *a = arena_new(0);
    struct hold *over;
    size_t n = 0;
    struct holds_query q = {.states = 1u << HOLD_DELIVERED | 1u << HOLD_DELETED |
                                      1u << HOLD_EXPIRED,
                            .unerased = true,
                            .limit = SWEEP_MOST};
    uint64_t expired = 0;
    int r = s->is_behind ? err_set(e, ERR_FULL, "the archive lags behind")
                         : expire_due(s, now_us, a, e, &expired);
    if (r == 0 && !s->is_behind)
        r = archive_holds(s->archive, &q, a, e, &over, &n);
    for (size_t i = 0; r == 0 && i < n; i++)
        r = erase(s, &over[i], e);
    if (r == 0 && n)
        r = store_commit(s, true, e);
    if (r == 0)
        r = archive_commit(s->archive, archive_upto(s->archive), e);
    arena_free(a);
    *out_expired = expired;
    return r;
}
