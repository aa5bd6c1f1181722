/* Reading the book: listings, appeals, votes. */
#include "desk/book_internal.h"

#include <stdio.h>

static void read_listing(sqlite3_stmt *st, struct arena *a, struct listing_row *l)
{
    *l = (struct listing_row){.seq = (uint64_t)sqlite3_column_int64(st, 3),
                              .kind = (enum listed_kind)sqlite3_column_int(st, 4),
                              .value = db_text(st, 5, a),
                              .reason = db_text(st, 6, a),
                              .contact = db_text(st, 7, a),
                              .reply = db_text(st, 8, a),
                              .why = db_text(st, 9, a),
                              .harm = (enum charter_harm)sqlite3_column_int(st, 10),
                              .effect = (enum charter_effect)sqlite3_column_int(st, 11),
                              .role = (unsigned)sqlite3_column_int64(st, 12),
                              .at_us = sqlite3_column_int64(st, 13),
                              .from_us = sqlite3_column_int64(st, 14),
                              .ends_us = sqlite3_column_int64(st, 15),
                              .changed_us = sqlite3_column_int64(st, 16),
                              .is_contested = sqlite3_column_int(st, 17) != 0,
                              .is_confirmed = sqlite3_column_int(st, 18) != 0,
                              .is_ended = sqlite3_column_int(st, 19) != 0};
    db_raw(st, 0, l->id, 16);
    db_raw(st, 1, l->lister, 16);
    db_raw(st, 2, l->evidence, 16);
}

static int one_listing(struct book *b, sqlite3_stmt *st, struct arena *a, struct err *e,
                       struct listing_row *out)
{
    int r = db_step(b->db, st, "reading a listing", e);
    if (r == 1)
        read_listing(st, a, out);
    sqlite3_reset(st);
    return r == 1 ? 0 : r < 0 ? r : err_set(e, ERR_NOENT, "there is no such listing");
}

int book_listing(struct book *b, const unsigned char id[16], struct arena *a, struct err *e,
                 struct listing_row *out)
{
    sqlite3_stmt *st = db_prepare(b->db, BOOK_LISTING, e);
    if (st == NULL)
        return ERR_CORRUPT;
    db_bind_raw(st, 1, id, 16);
    return one_listing(b, st, a, e, out);
}

int book_listing_of(struct book *b, enum listed_kind kind, struct slice value, int64_t now_us,
                    struct arena *a, struct err *e, struct listing_row *out)
{
    sqlite3_stmt *st = db_prepare(b->db, BOOK_LISTING_OF, e);
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int(st, 1, (int)kind);
    db_bind_text(st, 2, value);
    sqlite3_bind_int64(st, 3, now_us);
    return one_listing(b, st, a, e, out);
}

static int all_listings(struct book *b, sqlite3_stmt *st, size_t most, struct arena *a,
                        struct err *e, struct listing_row **out, size_t *out_n)
{
    struct listing_row *rows = ARENA_ARRAY(a, struct listing_row, most);
    size_t n = 0;
    int r = 0;
    while (n < most && (r = db_step(b->db, st, "reading listings", e)) == 1)
        read_listing(st, a, &rows[n++]);
    sqlite3_reset(st);
    *out = rows;
    *out_n = n;
    return r < 0 ? r : 0;
}

int book_listings(struct book *b, uint64_t since, bool open, int64_t now_us, size_t limit,
                  struct arena *a, struct err *e, struct listing_row **out, size_t *out_n)
{
    size_t most = limit == 0 ? 100 : limit > 10000 ? 10000 : limit;
    sqlite3_stmt *st = db_prepare(b->db, BOOK_LISTINGS, e);
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, (sqlite3_int64)since);
    sqlite3_bind_int(st, 2, open);
    sqlite3_bind_int64(st, 3, now_us);
    sqlite3_bind_int64(st, 4, (sqlite3_int64)most);
    return all_listings(b, st, most, a, e, out, out_n);
}

int book_listings_newest(struct book *b, size_t limit, struct arena *a, struct err *e,
                         struct listing_row **out, size_t *out_n)
{
    size_t most = limit == 0 ? 100 : limit > 10000 ? 10000 : limit;
    sqlite3_stmt *st = db_prepare(b->db, BOOK_LISTINGS_NEWEST, e);
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, (sqlite3_int64)most);
    return all_listings(b, st, most, a, e, out, out_n);
}

enum listing_state listing_state(const struct listing_row *l, int64_t now_us)
{
    if (l->is_ended || now_us >= l->ends_us)
        return LISTING_ENDED;
    if (l->is_contested && !l->is_confirmed && !charter_is_live_harm(l->harm))
        return LISTING_CONTESTED;
    return now_us < l->from_us ? LISTING_NOTICE : LISTING_ACTIVE;
}

const char *listing_state_name(enum listing_state s)
{
    static const char *const names[LISTING_STATES] = {"notice", "contested", "active", "ended"};
    return s >= 0 && s < LISTING_STATES ? names[s] : "?";
}

/* ---- appeals ---- */

static void read_appeal(sqlite3_stmt *st, struct arena *a, struct appeal_row *p)
{
    *p = (struct appeal_row){.at_us = sqlite3_column_int64(st, 2),
                             .proven_us = sqlite3_column_int64(st, 3),
                             .decided_us = sqlite3_column_int64(st, 4),
                             .state = (enum appeal_state)sqlite3_column_int(st, 5),
                             .result = (enum charter_vote)sqlite3_column_int(st, 6),
                             .steps = (uint32_t)sqlite3_column_int64(st, 7),
                             .contact = db_text(st, 8, a),
                             .statement = db_text(st, 9, a),
                             .method = db_text(st, 10, a),
                             .reason = db_text(st, 11, a),
                             .checking = (enum proof_method)sqlite3_column_int(st, 13),
                             .checked_us = sqlite3_column_int64(st, 14),
                             .found = db_text(st, 15, a),
                             .language = db_text(st, 16, a)};
    db_raw(st, 0, p->id, 16);
    db_raw(st, 1, p->listing, 16);
    db_raw(st, 12, p->token, 32);
}

static int add_votes(struct book *b, struct appeal_row *p, struct err *e)
{
    sqlite3_stmt *st = db_prepare(b->db, BOOK_VOTES, e);
    int r = st ? 0 : ERR_CORRUPT;
    if (st)
        db_bind_raw(st, 1, p->id, 16);
    while (st && (r = db_step(b->db, st, "reading votes", e)) == 1) {
        int class = sqlite3_column_int(st, 0), vote = sqlite3_column_int(st, 1);
        if (class >= 0 && class < STAKEHOLDERS && vote >= 0 && vote < VOTES) {
            p->votes.classes[vote] |= 1u << class;
            p->n_votes++;
        }
    }
    sqlite3_reset(st);
    return r;
}

int book_appeal(struct book *b, const unsigned char id[16], struct arena *a, struct err *e,
                struct appeal_row *out)
{
    sqlite3_stmt *st = db_prepare(b->db, BOOK_APPEAL, e);
    if (st == NULL)
        return ERR_CORRUPT;
    db_bind_raw(st, 1, id, 16);
    int r = db_step(b->db, st, "reading an appeal", e);
    if (r == 1)
        read_appeal(st, a, out);
    sqlite3_reset(st);
    if (r == 0)
        return err_set(e, ERR_NOENT, "there is no such appeal");
    return r < 0 ? r : add_votes(b, out, e);
}

int book_appeals(struct book *b, const unsigned char *listing, int state, size_t limit,
                 struct arena *a, struct err *e, struct appeal_row **out, size_t *out_n)
{
    size_t most = limit == 0 ? 100 : limit > 1000 ? 1000 : limit, n = 0;
    char text[320];
    snprintf(text, sizeof(text),
             "SELECT " APPEAL_COLUMNS " FROM appeal WHERE 1%s%s ORDER BY at"
             " LIMIT ?3",
             listing ? " AND listing = ?1" : "", state >= 0 ? " AND state = ?2" : "");
    sqlite3_stmt *st = db_prepare_text(b->db, text, e);
    if (st == NULL)
        return ERR_CORRUPT;
    if (listing)
        db_bind_raw(st, 1, listing, 16);
    if (state >= 0)
        sqlite3_bind_int(st, 2, state);
    sqlite3_bind_int64(st, 3, (sqlite3_int64)most);
    struct appeal_row *rows = ARENA_ARRAY(a, struct appeal_row, most);
    int r = 0;
    while (n < most && (r = db_step(b->db, st, "reading appeals", e)) == 1)
        read_appeal(st, a, &rows[n++]);
    sqlite3_finalize(st);
    for (size_t i = 0; r >= 0 && i < n; i++)
        r = add_votes(b, &rows[i], e);
    *out = rows;
    *out_n = n;
    return r < 0 ? r : 0;
}

int book_checks(struct book *b, size_t limit, struct arena *a, struct err *e,
                struct appeal_row **out, size_t *out_n)
{
    size_t most = limit == 0 || limit > 1000 ? 1000 : limit, n = 0;
    sqlite3_stmt *st = db_prepare(b->db, BOOK_CHECKS, e);
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, (sqlite3_int64)most);
    struct appeal_row *rows = ARENA_ARRAY(a, struct appeal_row, most);
    int r = 0;
    while (n < most && (r = db_step(b->db, st, "reading appeals", e)) == 1)
        read_appeal(st, a, &rows[n++]);
    sqlite3_reset(st);
    *out = rows;
    *out_n = n;
    return r < 0 ? r : 0;
}

bool book_has_voted(struct book *b, const unsigned char appeal[16], const unsigned char actor[16])
{
    struct err e = {0};
    int64_t n = 0;
    sqlite3_stmt *st = db_prepare(b->db, BOOK_HAS_VOTED, &e);
    if (st == NULL)
        return false;
    db_bind_raw(st, 1, appeal, 16);
    db_bind_raw(st, 2, actor, 16);
    return db_number(b->db, st, &e, &n) == 0 && n > 0;
}

const char *appeal_state_name(enum appeal_state s)
{
    static const char *const names[APPEAL_STATES] = {"proof", "open", "decided", "dropped"};
    return s >= 0 && s < APPEAL_STATES ? names[s] : "?";
}
