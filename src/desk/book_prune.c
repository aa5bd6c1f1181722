/* What is past its time leaves the book: cases closed longer ago than `keep.cases` with their
 * letters, marks and history, and listings that ended longer ago with their appeals.
 *
 * The keys of the cases are destroyed first: from then on nobody can read who reported, also not in
 * copies of the journal. A case on which a listing stands stays as long as that does. The journal
 * keeps an event as long as its object is here, so a rebuild gives what is left, no more.
 */
#include "desk/book_internal.h"

#include "journal/store.h"

#include <stdlib.h>

#define PRUNE_MOST 5000u /* objects of a sort at once; the rest later */

struct pruning {
    struct book *b;
    struct fold_target *t;
    struct arena *a;
    struct err *e;
};

struct old {
    unsigned char (*id)[16];
    enum listed_kind *kind; /* of listings */
    struct slice *value;
    size_t n;
};

/* Gathered before anything is deleted: a walk does not bear changes. */
static int gather(const struct pruning *p, sqlite3_stmt *st, bool are_listings, struct old *out)
{
    struct old o = {.id = (void *)arena_bytes(p->a, 16u * PRUNE_MOST)};
    int r = 0;
    if (are_listings) {
        o.kind = ARENA_ARRAY(p->a, enum listed_kind, PRUNE_MOST);
        o.value = ARENA_ARRAY(p->a, struct slice, PRUNE_MOST);
    }
    while (o.n < PRUNE_MOST && (r = db_step(p->b->db, st, "looking for what is old", p->e)) == 1) {
        db_raw(st, 0, o.id[o.n], 16);
        if (are_listings) {
            o.kind[o.n] = (enum listed_kind)sqlite3_column_int(st, 1);
            o.value[o.n] = db_text(st, 2, p->a);
        }
        o.n++;
    }
    sqlite3_reset(st);
    *out = o;
    return r < 0 ? r : 0;
}

static int find_old(const struct pruning *p, enum book_sql which, int64_t before_us,
                    struct old *out)
{
    sqlite3_stmt *st = db_prepare(p->b->db, which, p->e);
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, before_us);
    sqlite3_bind_int64(st, 2, PRUNE_MOST);
    return gather(p, st, which == BOOK_OLD_LISTINGS, out);
}

/* Runs statements that take an object's id, up to BOOK_STATEMENTS. */
static int forget(const struct pruning *p, const unsigned char id[16], const enum book_sql *which)
{
    int r = db_need_batch(p->b->db, p->e);
    for (; r == 0 && *which != BOOK_STATEMENTS; which++) {
        sqlite3_stmt *st = db_prepare(p->b->db, *which, p->e);
        if (st == NULL)
            return ERR_CORRUPT;
        db_bind_raw(st, 1, id, 16);
        r = db_run(p->b->db, st, "taking out what is old", p->e);
    }
    return r;
}

static int forget_cases(const struct pruning *p, const struct old *cases)
{
    static const enum book_sql all[] = {BOOK_FORGET_LETTER_LOG, BOOK_FORGET_LETTERS,
                                        BOOK_FORGET_LOG,        BOOK_FORGET_MARKS,
                                        BOOK_FORGET_CASE,       BOOK_STATEMENTS};
    unsigned char *names = (unsigned char *)arena_bytes(p->a, KEY_BYTES * (cases->n + 1));
    for (size_t i = 0; i < cases->n; i++)
        keyring_name("case", slice_of((const char *)cases->id[i], 16), names + i * KEY_BYTES);
    int r = keyring_destroy_all(store_keys(p->t->store), names, cases->n, p->e);
    for (size_t i = 0; r == 0 && i < cases->n; i++)
        r = forget(p, cases->id[i], all);
    return r;
}

static int forget_appeals(const struct pruning *p, const unsigned char listing[16])
{
    static const enum book_sql all[] = {BOOK_FORGET_LETTER_LOG, BOOK_FORGET_LETTERS,
                                        BOOK_FORGET_LOG,        BOOK_FORGET_VOTES,
                                        BOOK_FORGET_APPEAL,     BOOK_STATEMENTS};
    struct old appeals;
    sqlite3_stmt *st = db_prepare(p->b->db, BOOK_APPEALS_OF, p->e);
    if (st == NULL)
        return ERR_CORRUPT;
    db_bind_raw(st, 1, listing, 16);
    sqlite3_bind_int64(st, 2, PRUNE_MOST);
    int r = gather(p, st, false, &appeals);
    for (size_t i = 0; r == 0 && i < appeals.n; i++)
        r = forget(p, appeals.id[i], all);
    return r;
}

/* Out of the scanners' view, too, unless the same thing is listed anew. */
static int forget_view(const struct pruning *p, enum listed_kind kind, struct slice value,
                       int64_t now_us)
{
    struct listing_row newer;
    int r = book_listing_of(p->b, kind, value, now_us, p->a, p->e, &newer);
    return r == ERR_NOENT ? listed_del(p->t->views, kind, value, p->e) : r;
}

static int forget_listings(const struct pruning *p, const struct old *listings, int64_t now_us)
{
    static const enum book_sql all[] = {BOOK_FORGET_LETTER_LOG, BOOK_FORGET_LETTERS,
                                        BOOK_FORGET_LOG, BOOK_FORGET_LISTING, BOOK_STATEMENTS};
    int r = 0;
    for (size_t i = 0; r == 0 && i < listings->n; i++) {
        r = forget_appeals(p, listings->id[i]);
        r = r ? r : forget(p, listings->id[i], all);
        r = r ? r : forget_view(p, listings->kind[i], listings->value[i], now_us);
    }
    return r;
}

int book_prune(void *arg, struct fold_target *t, const int64_t keep_us[KEEP_CLASSES],
               int64_t now_us, bool *out_more, struct err *e)
{
    int64_t keep = keep_us[KEEP_CASES];
    struct old listings, cases;
    if (keep < 0)
        return 0;
    struct pruning p = {.b = arg, .t = t, .a = arena_new(0), .e = e};
    int r = find_old(&p, BOOK_OLD_LISTINGS, now_us - keep, &listings);
    r = r ? r : forget_listings(&p, &listings, now_us);
    r = r ? r : find_old(&p, BOOK_OLD_CASES, now_us - keep, &cases);
    r = r ? r : forget_cases(&p, &cases);
    if (r == 0)
        *out_more = listings.n == PRUNE_MOST || cases.n == PRUNE_MOST;
    arena_free(p.a);
    return r;
}

bool book_spare(void *arg, const struct event *ev)
{
    struct book *b = arg;
    struct err e = {0};
    int64_t is = 0;
    bool is_contact = slice_eq(ev->object.verb, SLICE("contact"));
    sqlite3_stmt *st = db_prepare(b->db, is_contact ? BOOK_KNOWS_CONTACT : BOOK_KNOWS, &e);
    if (st == NULL)
        return true; /* what cannot be looked up is not thrown away */
    if (is_contact)
        sqlite3_bind_int64(st, 1, (sqlite3_int64)ev->seq);
    else
        db_bind_raw(st, 1, ev->object.object, 16);
    return db_number(b->db, st, &e, &is) < 0 || is;
}
