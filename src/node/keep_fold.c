/* Lessons from the journal into the model, the users' layers and the near-duplicate index.
 *
 * The model's snapshot and the views may stand at different events after a crash. Events that the
 * views know already are applied to the model alone: what a lesson does to the site's model does
 * not depend on anybody's layer, so both ways give the same weights.
 */
#include "node/account.h"
#include "node/keep_choice.h"
#include "base/log.h"
#include "desk/book.h"
#include "learn/near.h"
#include "library/library.h"

static bool is_nobody(const unsigned char person[16])
{
    static const unsigned char zeros[16];
    return memcmp(person, zeros, 16) == 0;
}

static struct slice bytes16(const unsigned char *p)
{
    return slice_of((const char *)p, 16);
}

static void seq_key(uint64_t seq, char out[8])
{
    for (int i = 0; i < 8; i++)
        out[i] = (char)(seq >> (56 - 8 * i));
}

/* Fills what the journal keeps outside the lesson's bytes. Verified facts are what keeper found in
 * its own history: nothing that stands in the lesson itself, which others made, counts as one. */
static int unpack(struct arena *a, struct slice bytes, const unsigned char digest[16],
                  const unsigned char person[16], struct err *e, struct lesson *l)
{
    int rc = lesson_unpack(a, bytes, e, l);
    if (rc < 0)
        return rc;
    facts_features(a, NULL, &l->features);
    memcpy(l->digest, digest, 16);
    l->user = is_nobody(person) ? SLICE("") : bytes16(person);
    return 0;
}

static bool band_get(void *arg, struct slice key, struct slice *out)
{
    return views_get(arg, VIEW_BAND, key, out) == 0;
}

static int band_put(void *arg, struct slice key, struct slice value, struct err *e)
{
    return views_put(arg, VIEW_BAND, key, value, e);
}

static int band_del(void *arg, struct slice key, struct err *e)
{
    return views_del(arg, VIEW_BAND, key, e);
}

static struct near_store near_views(struct views *v)
{
    return (struct near_store){v, band_get, band_put, band_del};
}

/* The user's layer as it stands in its view. */
static void load_overlay(struct views *v, const unsigned char person[16], struct buf *overlay)
{
    struct slice stored;
    if (!is_nobody(person) && views_get(v, VIEW_USER, bytes16(person), &stored) == 0)
        buf_add(overlay, stored);
}

static int save_overlay(struct views *v, const unsigned char person[16], const struct buf *overlay,
                        struct err *e)
{
    return is_nobody(person) || overlay->n == 0
               ? 0
               : views_put(v, VIEW_USER, bytes16(person), buf_slice(overlay), e);
}

#define HAS_FACTS 0x80 /* beside the label */

/* What taking back needs beside the model's own notes: who taught what, and from which facts, which
 * the history may not have any more by then. */
static void pack_taught(struct buf *undo, const struct event *ev)
{
    struct slice facts = ev->learned.facts;
    pack_u8(undo, (uint8_t)((ev->learned.label != 0) | (facts.n ? HAS_FACTS : 0)));
    pack_u8(undo, ev->learned.trust);
    if (facts.n)
        pack_bytes(undo, facts);
}

static void unpack_taught(struct arena *a, struct unpack *u, struct lesson *l)
{
    uint8_t label = unpack_u8(u);
    l->label = label & ~HAS_FACTS ? LABEL_SPAM : LABEL_HAM;
    l->trust = unpack_u8(u) ? TRUST_ADMIN : TRUST_USER;
    if ((label & HAS_FACTS) && !facts_unpack(a, unpack_bytes(u), &l->features))
        u->bad = true;
}

static int learned(void *arg, struct fold_target *t, const struct event *ev, struct err *e)
{
    struct keep *k = arg;
    struct arena *a = arena_new(0);
    struct buf overlay = BUF_INIT(1024 * 1024), undo = BUF_INIT(1024 * 1024);
    struct lesson l;
    pack_taught(&undo, ev);
    int rc = unpack(a, ev->learned.lesson, ev->learned.digest, ev->learned.person, e, &l);
    if (rc == 0) {
        l.label = ev->learned.label ? LABEL_SPAM : LABEL_HAM;
        l.trust = ev->learned.trust ? TRUST_ADMIN : TRUST_USER;
        l.at_us = ev->at_us;
        if (!facts_unpack(a, ev->learned.facts, &l.features))
            log_event(LOG_WARN, "facts", "seq", LOG_I(ev->seq), "error", LOG_S("not well formed"),
                      NULL);
        bool is_new = ev->seq > t->views_upto;
        if (is_new)
            load_overlay(t->views, ev->learned.person, &overlay);
        trainer_learn(k->trainer, &l, is_new ? &overlay : NULL, is_new ? &undo : NULL);
        char key[8];
        seq_key(ev->seq, key);
        struct near_store near = near_views(t->views);
        if (is_new &&
            ((rc = save_overlay(t->views, ev->learned.person, &overlay, e)) < 0 ||
             (rc = views_put(t->views, VIEW_UNDO, slice_of(key, 8), buf_slice(&undo), e)) < 0 ||
             (rc = near_add(&near, &l, ev->seq, e)) < 0))
            log_event(LOG_WARN, "fold", "seq", LOG_I(ev->seq), "error", LOG_S(e->text), NULL);
    } else {
        log_event(LOG_WARN, "lesson", "seq", LOG_I(ev->seq), "error", LOG_S(e->text), NULL);
        rc = 0; /* a lesson that cannot be read teaches nothing, now and in every rebuild */
    }
    if (rc == 0) {
        k->model_upto = ev->seq;
        k->unsynced++;
    }
    buf_fini(&overlay);
    buf_fini(&undo);
    arena_free(a);
    return rc;
}

static int unlearned(void *arg, struct fold_target *t, const struct event *ev, struct err *e)
{
    struct keep *k = arg;
    struct arena *a = arena_new(0);
    struct buf overlay = BUF_INIT(1024 * 1024);
    struct lesson l;
    struct slice undo;
    char key[8];
    seq_key(ev->unlearned.learned_seq, key);
    int rc = unpack(a, ev->unlearned.lesson, ev->unlearned.digest, ev->unlearned.person, e, &l);
    if (rc == 0)
        rc = views_get(t->views, VIEW_UNDO, slice_of(key, 8), &undo);
    if (rc == 0) {
        bool is_new = ev->seq > t->views_upto;
        struct unpack u = {.rest = arena_dup(a, undo)}; /* the next put may move it */
        unpack_taught(a, &u, &l);
        if (is_new)
            load_overlay(t->views, ev->unlearned.person, &overlay);
        /* The weights of another lesson than the one taught cannot be taken back; that must not
         * keep whatever comes after it from being folded. */
        if (trainer_unlearn(k->trainer, &l, u.rest, is_new ? &overlay : NULL, e) < 0)
            log_event(LOG_WARN, "unlearn", "seq", LOG_I(ev->seq), "error", LOG_S(e->text), NULL);
        struct near_store near = near_views(t->views);
        if (rc == 0 && is_new &&
            ((rc = save_overlay(t->views, ev->unlearned.person, &overlay, e)) < 0 ||
             (rc = near_remove(&near, &l, ev->unlearned.learned_seq, e)) < 0))
            log_event(LOG_WARN, "fold", "seq", LOG_I(ev->seq), "error", LOG_S(e->text), NULL);
    } else {
        log_event(LOG_WARN, "unlearn", "seq", LOG_I(ev->seq), "reason",
                  LOG_S("nothing to take back"), NULL);
        rc = 0;
    }
    if (rc == 0) {
        k->model_upto = ev->seq;
        k->unsynced++;
    }
    buf_fini(&overlay);
    arena_free(a);
    return rc;
}

static uint64_t upto(void *arg)
{
    return ((struct keep *)arg)->model_upto;
}

static struct folder archive_folder(struct keep *k, const char *name, enum event_kind kind,
                                    fold_fn *fn)
{
    return (struct folder){.name = name, .into = FOLD_ARCHIVE, .kind = kind, .fn = fn, .arg = k};
}

const struct folder *keep_folders(struct keep *k)
{
    static struct folder table[16];
    table[0] = (struct folder){.name = "lessons",
                               .into = FOLD_OWN,
                               .kind = EVENT_LEARNED,
                               .fn = learned,
                               .arg = k,
                               .upto = upto};
    table[1] = (struct folder){.name = "lessons taken back",
                               .into = FOLD_OWN,
                               .kind = EVENT_UNLEARNED,
                               .fn = unlearned,
                               .arg = k,
                               .upto = upto};
    table[2] = archive_folder(k, "reports", EVENT_REPORT_READ, keep_fold_report);
    table[3] = archive_folder(k, "mail to report", EVENT_DMARC_SEEN, keep_fold_seen);
    table[4] = archive_folder(k, "reports sent", EVENT_REPORT_SENT, keep_fold_sent);
    table[5] = (struct folder){.name = "choices",
                               .into = FOLD_VIEWS,
                               .kind = EVENT_ACCOUNT,
                               .fn = keep_fold_choice,
                               .arg = k};
    table[6] = (struct folder){.name = "library",
                               .into = FOLD_DB,
                               .kind = EVENT_LIBRARY,
                               .fn = library_fold,
                               .arg = k->library,
                               .db = library_db(k->library)};
    book_folders(k->book, &table[7]);
    table[9] = accounts_folder(k->accounts);
    return table;
}
