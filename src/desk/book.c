/* The book's file and its statements. See book.h. */
#include "desk/book_internal.h"

#include <assert.h>
#include <stdlib.h>

const char *const book_sql[BOOK_STATEMENTS] = {
    [BOOK_ADD_CASE] =
        "INSERT OR IGNORE INTO kase(id, at, changed, due, state, category, source, weight,"
        " campaign, person, network, key, from_domain, host, bulk, report, routes, sealed, origin, "
        "party)"
        " VALUES(?1,?2,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19)",
    [BOOK_ADD_MARK] = "INSERT INTO mark(mark, campaign, kase) VALUES(?, ?, ?) ON CONFLICT DO"
                      " UPDATE SET kase = excluded.kase",
    [BOOK_MORE] = "UPDATE kase SET more = more + 1 WHERE id = ?",
    [BOOK_STEP] = "UPDATE kase SET state = ?2, outcome = ?3, due = ?4, changed = ?5,"
                  " owner = coalesce(?6, owner), note = CASE ?7 WHEN '' THEN note ELSE ?7 END"
                  " WHERE id = ?1",
    [BOOK_ERASE] = "UPDATE kase SET sealed = NULL, person = zeroblob(16) WHERE id = ?",
    [BOOK_LOG] = "INSERT OR IGNORE INTO history(seq, object, at, verb, body, actor, role)"
                 " VALUES(?,?,?,?,?,?,?)",
    [BOOK_ADD_LETTER] =
        "INSERT OR IGNORE INTO letter(id, seq, about, person, kind, state, at, changed, rcpt,"
        " words) VALUES(?1,?2,?3,?4,?5,?6,?7,?7,?8,?9)",
    [BOOK_SET_LETTER] = "UPDATE letter SET state = ?2, changed = ?3, result = ?4 WHERE id = ?1",
    [BOOK_ADD_CONTACT] =
        "INSERT OR REPLACE INTO contact(base, bits, mailbox, source, seq) VALUES(?,?,?,?,?)",
    [BOOK_ADD_LISTING] =
        "INSERT OR IGNORE INTO listing(id, seq, at, changed, kind, value, harm, effect, role,"
        " lister, evidence, starts, ends, reason, contact)"
        " VALUES(?1,?2,?3,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14)",
    [BOOK_SET_LISTING] =
        "UPDATE listing SET seq = ?2, changed = ?3, effect = ?4, starts = ?5, ends = ?6,"
        " contested = contested OR ?7, confirmed = confirmed OR ?8, ended = ?9,"
        " reply = CASE ?10 WHEN '' THEN reply ELSE ?10 END, why = ?11 WHERE id = ?1",
    [BOOK_ADD_APPEAL] =
        "INSERT OR IGNORE INTO appeal(id, listing, at, state, contact, statement, method, token,"
        " language) VALUES(?,?,?,0,?,?,?,?,?)",
    [BOOK_PROVE] =
        "UPDATE appeal SET state = 1, proven = ?2, checking = 0, method = CASE ?3 WHEN ''"
        " THEN method ELSE ?3 END WHERE id = ?1 AND state = 0",
    [BOOK_CHECK] = "UPDATE appeal SET checking = ?2, checked = ?3, found = '' WHERE id = ?1",
    [BOOK_CHECKED] = "UPDATE appeal SET checking = 0, found = ?2 WHERE id = ?1",
    [BOOK_VOTE] = "INSERT OR IGNORE INTO vote(appeal, actor, class, vote, reason, at)"
                  " VALUES(?,?,?,?,?,?)",
    [BOOK_DECIDE] = "UPDATE appeal SET state = ?2, decided = ?3, result = ?4, reason = ?5"
                    " WHERE id = ?1",
    [BOOK_APPEAL_STEP] = "UPDATE appeal SET steps = ?2 WHERE id = ?1",
    [BOOK_CASE] = "SELECT " CASE_COLUMNS " FROM kase WHERE id = ?",
    [BOOK_AGAIN] = "SELECT id FROM kase WHERE key = ? AND person = ? ORDER BY at LIMIT 1",
    [BOOK_OF_PARTY] = "SELECT id FROM kase WHERE party = ? AND at >= ? ORDER BY at DESC LIMIT"
                      " 1",
    [BOOK_MARK] = "SELECT campaign FROM mark WHERE mark = ?",
    /* read from an index alone */
    [BOOK_CLAIM] = "SELECT network, party, person, weight, source, bulk, category, outcome FROM"
                   " kase WHERE campaign = ?",
    [BOOK_STANDING] = "SELECT outcome FROM kase WHERE person = ? AND state = 5 ORDER BY at DESC"
                      " LIMIT 1000",
    [BOOK_LOG_OF] = "SELECT at, verb, body, actor, role FROM history WHERE object = ?"
                    " ORDER BY seq LIMIT 1000",
    [BOOK_WORK] = "SELECT campaign, network, party, person, weight, at, due, category FROM kase"
                  " INDEXED BY kase_open WHERE state IN (0,1,2,4) ORDER BY campaign",
    [BOOK_WORK_FIRST] = "SELECT id, from_domain, host FROM kase WHERE campaign = ? AND state IN"
                        " (0,1,2,4) ORDER BY at LIMIT 1",
    [BOOK_LETTER] = "SELECT " LETTER_COLUMNS " FROM letter WHERE id = ?",
    [BOOK_LETTERS_PERSON] = "SELECT count(*) FROM letter WHERE person = ? AND at >= ? AND state IN"
                            " (1,2)",
    [BOOK_LETTERS_ALL] = "SELECT count(*) FROM letter WHERE at >= ? AND kind < 2 AND state IN"
                         " (1,2)",
    [BOOK_CONTACT] = "SELECT mailbox, source FROM contact WHERE base = ? AND bits = ?",
    [BOOK_LISTING] = "SELECT " LISTING_COLUMNS " FROM listing WHERE id = ?",
    [BOOK_LISTING_OF] = "SELECT " LISTING_COLUMNS " FROM listing WHERE kind = ? AND value = ? AND"
                        " ended = 0 AND ends > ? ORDER BY seq DESC LIMIT 1",
    [BOOK_LISTINGS] = "SELECT " LISTING_COLUMNS " FROM listing WHERE seq > ?1 AND"
                      " (?2 = 0 OR (ended = 0 AND ends > ?3)) ORDER BY seq LIMIT ?4",
    [BOOK_LISTINGS_NEWEST] = "SELECT " LISTING_COLUMNS " FROM listing ORDER BY seq DESC LIMIT ?",
    [BOOK_APPEAL] = "SELECT " APPEAL_COLUMNS " FROM appeal WHERE id = ?",
    [BOOK_CHECKS] = "SELECT " APPEAL_COLUMNS
                    " FROM appeal WHERE checking > 0 AND state = 0 ORDER BY"
                    " checked LIMIT ?",
    [BOOK_VOTES] = "SELECT class, vote FROM vote WHERE appeal = ?",
    [BOOK_HAS_VOTED] = "SELECT count(*) FROM vote WHERE appeal = ? AND actor = ?",
    [BOOK_COUNT_CASES] = "SELECT state, count(*), total(more) FROM kase GROUP BY state",
    [BOOK_COUNT_REST] = "SELECT (SELECT count(*) FROM listing WHERE ended = 0 AND ends > ?1),"
                        " (SELECT count(*) FROM appeal WHERE state < 2),"
                        " (SELECT count(*) FROM letter WHERE state = 1)",
    /* retention: closed long ago, and no listing stands on it */
    [BOOK_OLD_CASES] = "SELECT id FROM kase WHERE state = 5 AND changed < ?1 AND NOT EXISTS"
                       " (SELECT 1 FROM listing WHERE evidence = kase.id) ORDER BY changed"
                       " LIMIT ?2",
    [BOOK_OLD_LISTINGS] = "SELECT id, kind, value FROM listing WHERE changed < ?1 AND"
                          " (ended = 1 OR ends < ?1) AND NOT EXISTS (SELECT 1 FROM appeal WHERE"
                          " appeal.listing = listing.id AND appeal.state < 2) LIMIT ?2",
    [BOOK_APPEALS_OF] = "SELECT id FROM appeal WHERE listing = ?1 LIMIT ?2",
    [BOOK_FORGET_LETTER_LOG] = "DELETE FROM history WHERE object IN (SELECT id FROM letter WHERE"
                               " about = ?)",
    [BOOK_FORGET_LETTERS] = "DELETE FROM letter WHERE about = ?",
    [BOOK_FORGET_LOG] = "DELETE FROM history WHERE object = ?",
    [BOOK_FORGET_MARKS] = "DELETE FROM mark WHERE kase = ?",
    [BOOK_FORGET_CASE] = "DELETE FROM kase WHERE id = ?",
    [BOOK_FORGET_VOTES] = "DELETE FROM vote WHERE appeal = ?",
    [BOOK_FORGET_APPEAL] = "DELETE FROM appeal WHERE id = ?",
    [BOOK_FORGET_LISTING] = "DELETE FROM listing WHERE id = ?",
    [BOOK_KNOWS] = "SELECT EXISTS(SELECT 1 FROM kase WHERE id = ?1) OR EXISTS(SELECT 1 FROM letter"
                   " WHERE id = ?1) OR EXISTS(SELECT 1 FROM listing WHERE id = ?1) OR EXISTS(SELECT"
                   " 1 FROM appeal WHERE id = ?1) OR EXISTS(SELECT 1 FROM mark WHERE kase = ?1)",
    [BOOK_KNOWS_CONTACT] = "SELECT EXISTS(SELECT 1 FROM contact WHERE seq = ?)",
};

/* States stand in the statements as numbers. */
static_assert(CASE_WAITING == 3 && CASE_OVERDUE == 4 && CASE_CLOSED == 5, "see book_sql");

static const struct db_schema schema = {"desk", BOOK_FORMAT, BOOK_TABLES, book_sql,
                                        BOOK_STATEMENTS};

struct book *book_new(void)
{
    struct book *b = calloc(1, sizeof(*b));
    if (b == NULL)
        BUG("out of memory");
    b->db = db_new(&schema);
    return b;
}

void book_free(struct book *b)
{
    if (b == NULL)
        return;
    db_free(b->db);
    free(b);
}

size_t book_folders(struct book *b, struct folder *out)
{
    out[0] = (struct folder){.name = "desk",
                             .into = FOLD_DB,
                             .kind = EVENT_DESK,
                             .fn = book_fold,
                             .arg = b,
                             .db = b->db,
                             .prune = book_prune,
                             .spare = book_spare};
    out[1] = (struct folder){
        .name = "listings", .into = FOLD_VIEWS, .kind = EVENT_DESK, .fn = book_fold_view, .arg = b};
    return BOOK_FOLDERS;
}
