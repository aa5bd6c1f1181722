/* What this room keeps in views. See fold.h. */
#include "journal/fold.h"
#include "journal/known.h"
#include "base/pack.h"

#define MARK_BYTES 18u

static struct slice pair_key(const unsigned char digest[16], const unsigned char person[16],
                             char out[32])
{
    memcpy(out, digest, 16);
    memcpy(out + 16, person, 16);
    return slice_of(out, 32);
}

static int on_learned(void *arg, struct fold_target *t, const struct event *ev, struct err *e)
{
    (void)arg;
    char key[32];
    struct buf mark = BUF_INIT(MARK_BYTES);
    pack_u64(&mark, ev->seq);
    pack_i64(&mark, ev->at_us);
    pack_u8(&mark, ev->learned.label);
    pack_u8(&mark, ev->learned.trust);
    int r = views_put(t->views, VIEW_MESSAGE, pair_key(ev->learned.digest, ev->learned.person, key),
                      buf_slice(&mark), e);
    buf_fini(&mark);
    return r;
}

static int on_unlearned(void *arg, struct fold_target *t, const struct event *ev, struct err *e)
{
    (void)arg;
    char key[32];
    return views_del(t->views, VIEW_MESSAGE,
                     pair_key(ev->unlearned.digest, ev->unlearned.person, key), e);
}

static int on_released(void *arg, struct fold_target *t, const struct event *ev, struct err *e)
{
    (void)arg;
    char key[32];
    if (ev->hold.allow_until_us == 0)
        return 0;
    return views_put(t->views, VIEW_ALLOW, pair_key(ev->hold.digest, ev->hold.person, key),
                     slice_of((const char *)&ev->hold.allow_until_us, 8), e);
}

static int on_allow_used(void *arg, struct fold_target *t, const struct event *ev, struct err *e)
{
    (void)arg;
    char key[32];
    return views_del(t->views, VIEW_ALLOW, pair_key(ev->hold.digest, ev->hold.person, key), e);
}

static int on_counted(void *arg, struct fold_target *t, const struct event *ev, struct err *e)
{
    (void)arg;
    struct slice old;
    uint64_t sum = 0; /* unsigned: a sum of foreign numbers may wrap, not overflow */
    if (ev->counted.name.n == 0)
        return 0;
    int r = views_get(t->views, VIEW_COUNTER, ev->counted.name, &old);
    if (r < 0 && r != ERR_NOENT)
        return err_set(e, r, "counters cannot be read");
    if (r == 0 && old.n == 8)
        memcpy(&sum, old.p, 8);
    sum += (uint64_t)ev->counted.add;
    return views_put(t->views, VIEW_COUNTER, ev->counted.name, slice_of((const char *)&sum, 8), e);
}

static int into_archive(void *arg, struct fold_target *t, const struct event *ev, struct err *e)
{
    (void)arg;
    return archive_fold(t->archive, ev, e);
}

static int on_written_to(void *arg, struct fold_target *t, const struct event *ev, struct err *e)
{
    (void)arg;
    return known_fold(t->views, ev, e);
}

const struct folder *fold_own(void)
{
    static const struct folder own[] = {
        {.name = "learned", .into = FOLD_VIEWS, .kind = EVENT_LEARNED, .fn = on_learned},
        {.name = "unlearned", .into = FOLD_VIEWS, .kind = EVENT_UNLEARNED, .fn = on_unlearned},
        {.name = "written to", .into = FOLD_VIEWS, .kind = EVENT_WRITTEN_TO, .fn = on_written_to},
        {.name = "released", .into = FOLD_VIEWS, .kind = EVENT_RELEASED, .fn = on_released},
        {.name = "allow used", .into = FOLD_VIEWS, .kind = EVENT_ALLOW_USED, .fn = on_allow_used},
        {.name = "counted", .into = FOLD_VIEWS, .kind = EVENT_COUNTED, .fn = on_counted},
        {.name = "archive", .into = FOLD_ARCHIVE, .fn = into_archive},
        {0}};
    return own;
}

static bool read_mark(struct slice value, struct learned_mark *out)
{
    struct unpack u = {.rest = value};
    out->seq = unpack_u64(&u);
    out->at_us = unpack_i64(&u);
    out->label = unpack_u8(&u);
    out->trust = unpack_u8(&u);
    return unpack_done(&u);
}

int fold_learned(struct views *v, const unsigned char digest[16], const unsigned char person[16],
                 struct learned_mark *out)
{
    char key[32];
    struct slice value;
    struct learned_mark mark;
    int r = views_get(v, VIEW_MESSAGE, pair_key(digest, person, key), &value);
    if (r < 0)
        return r;
    if (!read_mark(value, &mark))
        return ERR_CORRUPT;
    *out = mark;
    return 0;
}

int64_t fold_counter(struct views *v, const char *name)
{
    struct slice value;
    int64_t sum = 0;
    if (views_get(v, VIEW_COUNTER, slice_str(name), &value) == 0 && value.n == 8)
        memcpy(&sum, value.p, 8);
    return sum;
}

bool fold_allowed(struct views *v, const unsigned char digest[16], const unsigned char person[16],
                  int64_t now_us)
{
    char key[32];
    struct slice value;
    int64_t until = 0;
    if (views_get(v, VIEW_ALLOW, pair_key(digest, person, key), &value) == 0 && value.n == 8)
        memcpy(&until, value.p, 8);
    return now_us < until;
}

/* Keys to remove, gathered first: a walk does not bear changes. */
struct old_keys {
    struct buf keys; /* 32 bytes each */
    int64_t before_us;
};

static bool gather_mark(void *arg, struct slice key, struct slice value)
{
    struct old_keys *old = arg;
    struct learned_mark mark;
    if (key.n == 32 && read_mark(value, &mark) && mark.at_us <= old->before_us)
        buf_add(&old->keys, key);
    return !old->keys.full;
}

static bool gather_known(void *arg, struct slice key, struct slice value)
{
    struct old_keys *old = arg;
    int64_t at_us;
    if (key.n == 32 && known_time(value, &at_us) && at_us <= old->before_us)
        buf_add(&old->keys, key);
    return !old->keys.full;
}

static bool gather_allowance(void *arg, struct slice key, struct slice value)
{
    struct old_keys *old = arg;
    int64_t until;
    if (key.n == 32 && value.n == 8) {
        memcpy(&until, value.p, 8);
        if (until <= old->before_us)
            buf_add(&old->keys, key);
    }
    return !old->keys.full;
}

static int prune(struct views *v, enum view view, views_each_fn *gather, int64_t before_us,
                 struct err *e)
{
    struct old_keys old = {.keys = BUF_INIT(32u * 100000), .before_us = before_us};
    int r = views_each(v, view, SLICE(""), gather, &old, e);
    for (size_t at = 0; r == 0 && at + 32 <= old.keys.n; at += 32)
        r = views_del(v, view, slice_of(old.keys.p + at, 32), e);
    buf_fini(&old.keys);
    return r;
}

int fold_prune(struct views *v, int64_t keep_us, int64_t now_us, struct err *e)
{
    int r = prune(v, VIEW_ALLOW, gather_allowance, now_us, e);
    if (r == 0 && keep_us >= 0)
        r = prune(v, VIEW_MESSAGE, gather_mark, now_us - keep_us, e);
    if (r == 0 && keep_us >= 0)
        r = prune(v, VIEW_KNOWN, gather_known, now_us - keep_us, e);
    return r;
}
