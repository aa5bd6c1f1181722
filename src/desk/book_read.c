/* Reading the book: cases, their history, letters, contacts. */
#include "desk/book_internal.h"

#include "base/clock.h"

#include <stdio.h>

static size_t bounded(size_t limit, size_t usual)
{
    return limit == 0 ? usual : limit > 10000 ? 10000 : limit;
}

static void read_case(sqlite3_stmt *st, struct arena *a, struct case_row *c)
{
    *c = (struct case_row){.at_us = sqlite3_column_int64(st, 4),
                           .changed_us = sqlite3_column_int64(st, 5),
                           .due_us = sqlite3_column_int64(st, 6),
                           .state = (enum case_state)sqlite3_column_int(st, 7),
                           .outcome = (enum case_outcome)sqlite3_column_int(st, 8),
                           .category = (enum desk_category)sqlite3_column_int(st, 9),
                           .source = (enum desk_source)sqlite3_column_int(st, 10),
                           .more = (uint32_t)sqlite3_column_int64(st, 11),
                           .weight = sqlite3_column_double(st, 12),
                           .has_owner = sqlite3_column_bytes(st, 13) == 16,
                           .from_domain = db_text(st, 14, a),
                           .host = db_text(st, 15, a),
                           .report = db_text(st, 16, a),
                           .routes = db_text(st, 17, a),
                           .sealed = db_text(st, 18, a),
                           .note = db_text(st, 19, a),
                           .origin = db_text(st, 20, a)};
    db_raw(st, 0, c->id, 16);
    db_raw(st, 1, c->campaign, 16);
    db_raw(st, 2, c->person, 16);
    db_raw(st, 3, c->network, 16);
    db_raw(st, 13, c->owner, 16);
}

/* A statement with one key of n bytes; NULL after a failure. */
static sqlite3_stmt *keyed(struct book *b, enum book_sql which, const void *key, size_t n,
                           struct err *e)
{
    sqlite3_stmt *st = db_prepare(b->db, which, e);
    if (st)
        db_bind_raw(st, 1, key, n);
    return st;
}

/* One row or ERR_NOENT; the statement stands on it. */
static int one(struct book *b, sqlite3_stmt *st, const char *what, struct err *e)
{
    int r = st ? db_step(b->db, st, "reading", e) : ERR_CORRUPT;
    return r == 0 ? err_set(e, ERR_NOENT, "there is no such %s", what) : r < 0 ? r : 0;
}

int book_case(struct book *b, const unsigned char id[16], struct arena *a, struct err *e,
              struct case_row *out)
{
    sqlite3_stmt *st = keyed(b, BOOK_CASE, id, 16, e);
    int r = one(b, st, "case", e);
    if (r == 0)
        read_case(st, a, out);
    sqlite3_reset(st);
    return r;
}

static sqlite3_stmt *cases_statement(struct book *b, const struct case_query *q, size_t limit,
                                     struct err *e)
{
    struct buf text = BUF_INIT(2048);
    buf_str(&text, "SELECT " CASE_COLUMNS " FROM kase WHERE 1");
    if (q->states) {
        buf_str(&text, " AND state IN (-1");
        for (int i = 0; i < CASE_STATES; i++)
            if (q->states & 1u << i)
                buf_printf(&text, ",%d", i);
        buf_chr(&text, ')');
    }
    buf_str(&text, q->campaign ? " AND campaign = ?1" : "");
    buf_str(&text, q->person ? " AND person = ?2" : "");
    buf_str(&text, q->owner ? " AND owner = ?3" : "");
    buf_str(&text, q->due_us ? " AND due > 0 AND due <= ?4" : "");
    buf_str(&text, q->before_us ? " AND at < ?5" : "");
    buf_str(&text, q->due_us         ? " ORDER BY due LIMIT ?6"
                   : q->oldest_first ? " ORDER BY at LIMIT ?6"
                                     : " ORDER BY at DESC LIMIT ?6");
    sqlite3_stmt *st = db_prepare_text(b->db, buf_cstr(&text), e);
    buf_fini(&text);
    if (st == NULL)
        return NULL;
    if (q->campaign)
        db_bind_raw(st, 1, q->campaign, 16);
    if (q->person)
        db_bind_raw(st, 2, q->person, 16);
    if (q->owner)
        db_bind_raw(st, 3, q->owner, 16);
    if (q->due_us)
        sqlite3_bind_int64(st, 4, q->due_us);
    if (q->before_us)
        sqlite3_bind_int64(st, 5, q->before_us);
    sqlite3_bind_int64(st, 6, (sqlite3_int64)limit);
    return st;
}

int book_cases(struct book *b, const struct case_query *q, struct arena *a, struct err *e,
               struct case_row **out, size_t *out_n)
{
    size_t limit = bounded(q->limit, 50), n = 0;
    sqlite3_stmt *st = cases_statement(b, q, limit, e);
    if (st == NULL)
        return ERR_CORRUPT;
    struct case_row *rows = ARENA_ARRAY(a, struct case_row, limit);
    int r = 0;
    while (n < limit && (r = db_step(b->db, st, "reading cases", e)) == 1)
        read_case(st, a, &rows[n++]);
    sqlite3_finalize(st);
    *out = rows;
    *out_n = n;
    return r < 0 ? r : 0;
}

/* The id in a statement's first column. */
static int one_id(struct book *b, sqlite3_stmt *st, struct err *e, unsigned char out[16])
{
    int r = one(b, st, "case", e);
    if (r == 0)
        db_raw(st, 0, out, 16);
    sqlite3_reset(st);
    return r;
}

int book_case_again(struct book *b, const unsigned char person[16], const unsigned char key[16],
                    struct err *e, unsigned char out[16])
{
    sqlite3_stmt *st = keyed(b, BOOK_AGAIN, key, 16, e);
    if (st)
        db_bind_raw(st, 2, person, 16);
    return one_id(b, st, e, out);
}

int book_case_of_party(struct book *b, const unsigned char party[16], int64_t since_us,
                       struct err *e, unsigned char out[16])
{
    sqlite3_stmt *st = keyed(b, BOOK_OF_PARTY, party, 16, e);
    if (st)
        sqlite3_bind_int64(st, 2, since_us);
    return one_id(b, st, e, out);
}

int book_campaign(struct book *b, struct slice mark, struct err *e, unsigned char out[16])
{
    sqlite3_stmt *st = db_prepare(b->db, BOOK_MARK, e);
    if (st)
        db_bind_text(st, 1, mark);
    return one_id(b, st, e, out);
}

int book_standing(struct book *b, const unsigned char person[16], struct err *e,
                  unsigned *out_confirmed, unsigned *out_overturned)
{
    *out_confirmed = *out_overturned = 0;
    sqlite3_stmt *st = keyed(b, BOOK_STANDING, person, 16, e);
    int r = st ? 0 : ERR_CORRUPT;
    while (st && (r = db_step(b->db, st, "reading", e)) == 1) {
        int sign = case_outcome_sign((enum case_outcome)sqlite3_column_int(st, 0));
        *out_confirmed += sign > 0;
        *out_overturned += sign < 0;
    }
    sqlite3_reset(st);
    return r < 0 ? r : 0;
}

int book_log(struct book *b, const unsigned char object[16], struct arena *a, struct err *e,
             struct log_row **out, size_t *out_n)
{
    size_t n = 0;
    sqlite3_stmt *st = keyed(b, BOOK_LOG_OF, object, 16, e);
    struct log_row *rows = ARENA_ARRAY(a, struct log_row, 1000);
    int r = st ? 0 : ERR_CORRUPT;
    while (st && n < 1000 && (r = db_step(b->db, st, "reading", e)) == 1) {
        struct log_row *l = &rows[n++];
        *l = (struct log_row){.at_us = sqlite3_column_int64(st, 0),
                              .verb = db_text(st, 1, a),
                              .body = db_text(st, 2, a),
                              .role = (unsigned)sqlite3_column_int64(st, 4)};
        db_raw(st, 3, l->actor, 16);
    }
    sqlite3_reset(st);
    *out = rows;
    *out_n = n;
    return r < 0 ? r : 0;
}

/* ---- letters ---- */

static void read_letter(sqlite3_stmt *st, struct arena *a, struct letter_row *l)
{
    *l = (struct letter_row){.kind = (enum letter_kind)sqlite3_column_int(st, 2),
                             .state = (enum letter_state)sqlite3_column_int(st, 3),
                             .at_us = sqlite3_column_int64(st, 4),
                             .changed_us = sqlite3_column_int64(st, 5),
                             .to = db_text(st, 6, a),
                             .words = db_text(st, 7, a),
                             .result = db_text(st, 8, a)};
    db_raw(st, 0, l->id, 16);
    db_raw(st, 1, l->about, 16);
}

int book_letter(struct book *b, const unsigned char id[16], struct arena *a, struct err *e,
                struct letter_row *out)
{
    sqlite3_stmt *st = keyed(b, BOOK_LETTER, id, 16, e);
    int r = one(b, st, "letter", e);
    if (r == 0)
        read_letter(st, a, out);
    sqlite3_reset(st);
    return r;
}

int book_letters(struct book *b, int state, const unsigned char *about, size_t limit,
                 struct arena *a, struct err *e, struct letter_row **out, size_t *out_n)
{
    size_t most = bounded(limit, 100), n = 0;
    char text[256];
    snprintf(text, sizeof(text),
             "SELECT " LETTER_COLUMNS " FROM letter WHERE 1%s%s ORDER BY seq"
             " LIMIT ?3",
             state >= 0 ? " AND state = ?1" : "", about ? " AND about = ?2" : "");
    sqlite3_stmt *st = db_prepare_text(b->db, text, e);
    if (st == NULL)
        return ERR_CORRUPT;
    if (state >= 0)
        sqlite3_bind_int(st, 1, state);
    if (about)
        db_bind_raw(st, 2, about, 16);
    sqlite3_bind_int64(st, 3, (sqlite3_int64)most);
    struct letter_row *rows = ARENA_ARRAY(a, struct letter_row, most);
    int r = 0;
    while (n < most && (r = db_step(b->db, st, "reading", e)) == 1)
        read_letter(st, a, &rows[n++]);
    sqlite3_finalize(st);
    *out = rows;
    *out_n = n;
    return r < 0 ? r : 0;
}

int book_letters_since(struct book *b, const unsigned char *person, int64_t since_us, struct err *e,
                       uint64_t *out_n)
{
    int64_t n = 0;
    sqlite3_stmt *st = db_prepare(b->db, person ? BOOK_LETTERS_PERSON : BOOK_LETTERS_ALL, e);
    if (st == NULL)
        return ERR_CORRUPT;
    if (person)
        db_bind_raw(st, 1, person, 16);
    sqlite3_bind_int64(st, person ? 2 : 1, since_us);
    int r = db_number(b->db, st, e, &n);
    *out_n = (uint64_t)n;
    return r;
}

/* ---- contacts ---- */

int book_contact(struct book *b, const struct ip *ip, struct arena *a, struct err *e,
                 struct slice *out_mailbox, struct slice *out_source)
{
    struct ip base = *ip;
    unsigned least = ip->is_v4 ? 96 + 8 : 12;
    for (unsigned bits = 128; bits >= least; bits--) {
        if (bits < 128)
            base.byte[bits / 8] &= (unsigned char)~(0x80u >> bits % 8);
        sqlite3_stmt *st = keyed(b, BOOK_CONTACT, base.byte, 16, e);
        if (st == NULL)
            return ERR_CORRUPT;
        sqlite3_bind_int64(st, 2, bits);
        int r = db_step(b->db, st, "reading", e);
        if (r == 1) {
            *out_mailbox = db_text(st, 0, a);
            *out_source = db_text(st, 1, a);
        }
        sqlite3_reset(st);
        if (r != 0)
            return r < 0 ? r : 0;
    }
    return err_set(e, ERR_NOENT, "no contact is known");
}

int book_figures(struct book *b, int64_t now_us, struct err *e, struct book_figures *out)
{
    struct book_figures f = {0};
    sqlite3_stmt *st = db_prepare(b->db, BOOK_COUNT_CASES, e);
    int r = st ? 0 : ERR_CORRUPT;
    while (st && (r = db_step(b->db, st, "counting", e)) == 1) {
        int state = sqlite3_column_int(st, 0);
        uint64_t n = (uint64_t)sqlite3_column_int64(st, 1);
        if (state >= 0 && state < CASE_STATES)
            f.cases[state] = n;
        f.reports += n + (uint64_t)sqlite3_column_int64(st, 2);
    }
    sqlite3_reset(st);
    st = r ? NULL : db_prepare(b->db, BOOK_COUNT_REST, e);
    if (st == NULL)
        return r ? r : ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, now_us);
    r = db_step(b->db, st, "counting", e);
    if (r == 1) {
        f.listings = (uint64_t)sqlite3_column_int64(st, 0);
        f.appeals_open = (uint64_t)sqlite3_column_int64(st, 1);
        f.letters_owed = (uint64_t)sqlite3_column_int64(st, 2);
    }
    sqlite3_reset(st);
    *out = f;
    return r < 0 ? r : 0;
}

const char *letter_kind_name(enum letter_kind k)
{
    static const char *const names[LETTERS] = {"receipt", "outcome", "notice",
                                               "hearing", "proof",   "decision"};
    return k >= 0 && k < LETTERS ? names[k] : "?";
}

const char *letter_state_name(enum letter_state s)
{
    static const char *const names[LETTER_STATES] = {"draft", "owed", "sent", "failed", "dropped"};
    return s >= 0 && s < LETTER_STATES ? names[s] : "?";
}
