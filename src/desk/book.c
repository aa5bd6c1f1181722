/* The book's file and its statements. See book.h. */
#include "desk/book_internal.h"

#include <stdlib.h>

const char *const book_sql[BOOK_STATEMENTS] = {
    [BOOK_ADD_CASE] =
        "INSERT OR IGNORE INTO kase(id, at, changed, due, state, category, source, weight,"
        " campaign, person, network, key, from_domain, host, bulk, report, routes, sealed)"
        " VALUES(?1,?2,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17)",
    [BOOK_ADD_MARK] = "INSERT OR IGNORE INTO mark(mark, campaign) VALUES(?, ?)",
    [BOOK_MORE] = "UPDATE kase SET more = more + 1 WHERE id = ?",
    [BOOK_STEP] = "UPDATE kase SET state = ?2, outcome = ?3, due = ?4, changed = ?5,"
                  " owner = coalesce(?6, owner), note = CASE ?7 WHEN '' THEN note ELSE ?7 END"
                  " WHERE id = ?1",
    [BOOK_CLOSE_STANDING] =
        "INSERT INTO standing(person, confirmed, overturned)"
        " SELECT person, ?2 > 0, ?2 < 0 FROM kase WHERE id = ?1 AND person IS NOT NULL"
        " ON CONFLICT DO UPDATE SET confirmed = confirmed + excluded.confirmed,"
        " overturned = overturned + excluded.overturned",
    [BOOK_ERASE] = "UPDATE kase SET sealed = NULL, person = zeroblob(16) WHERE id = ?",
    [BOOK_LOG] = "INSERT OR IGNORE INTO history(seq, object, at, verb, body, actor, role)"
                 " VALUES(?,?,?,?,?,?,?)",
    [BOOK_ADD_LETTER] =
        "INSERT OR IGNORE INTO letter(id, seq, about, person, kind, state, at, changed, rcpt,"
        " words) VALUES(?1,?2,?3,?4,?5,?6,?7,?7,?8,?9)",
    [BOOK_SET_LETTER] = "UPDATE letter SET state = ?2, changed = ?3, result = ?4 WHERE id = ?1",
    [BOOK_ADD_CONTACT] =
        "INSERT OR REPLACE INTO contact(base, bits, mailbox, source) VALUES(?,?,?,?)",
    [BOOK_ADD_LISTING] =
        "INSERT OR IGNORE INTO listing(id, seq, at, changed, kind, value, harm, effect, role,"
        " lister, evidence, starts, ends, reason, contact)"
        " VALUES(?1,?2,?3,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14)",
    [BOOK_SET_LISTING] =
        "UPDATE listing SET seq = ?2, changed = ?3, effect = ?4, starts = ?5, ends = ?6,"
        " contested = contested OR ?7, confirmed = confirmed OR ?8, ended = ?9,"
        " reply = CASE ?10 WHEN '' THEN reply ELSE ?10 END, why = ?11 WHERE id = ?1",
    [BOOK_ADD_APPEAL] =
        "INSERT OR IGNORE INTO appeal(id, listing, at, state, contact, statement, method, token)"
        " VALUES(?,?,?,0,?,?,?,?)",
    [BOOK_PROVE] = "UPDATE appeal SET state = 1, proven = ?2 WHERE id = ?1 AND state = 0",
    [BOOK_VOTE] = "INSERT OR IGNORE INTO vote(appeal, actor, class, vote, reason, at)"
                  " VALUES(?,?,?,?,?,?)",
    [BOOK_DECIDE] = "UPDATE appeal SET state = ?2, decided = ?3, result = ?4, reason = ?5"
                    " WHERE id = ?1",
    [BOOK_APPEAL_STEP] = "UPDATE appeal SET steps = ?2 WHERE id = ?1",
    [BOOK_CASE] = "SELECT " CASE_COLUMNS " FROM kase WHERE id = ?",
    [BOOK_AGAIN] = "SELECT id FROM kase WHERE key = ? AND person = ? ORDER BY at LIMIT 1",
    [BOOK_OF_NETWORK] = "SELECT id FROM kase WHERE network = ? AND at >= ? ORDER BY at DESC LIMIT"
                        " 1",
    [BOOK_MARK] = "SELECT campaign FROM mark WHERE mark = ?",
    [BOOK_CLAIM] =
        "SELECT count(DISTINCT network), count(DISTINCT person), count(DISTINCT source), min(bulk),"
        " min(category), total(outcome = 4) FROM kase WHERE campaign = ?",
    [BOOK_CLAIM_WEIGHT] =
        "SELECT total(w) FROM (SELECT max(weight) w, network FROM kase WHERE campaign = ?1"
        " GROUP BY network, person) GROUP BY network",
    [BOOK_STANDING] = "SELECT confirmed, overturned FROM standing WHERE person = ?",
    [BOOK_LOG_OF] = "SELECT at, verb, body, actor, role FROM history WHERE object = ?"
                    " ORDER BY seq LIMIT 1000",
    [BOOK_WORK] =
        "SELECT campaign, count(*), count(DISTINCT person), count(DISTINCT network), min(at),"
        " min(due), min(category), total(weight), from_domain, host,"
        " (SELECT id FROM kase k WHERE k.campaign = c.campaign AND k.state IN (0,1,2,4)"
        "  ORDER BY k.at LIMIT 1)"
        " FROM kase c WHERE state IN (0,1,2,4) GROUP BY campaign"
        " ORDER BY min(category) NOT IN (1, 2), count(DISTINCT network) DESC, min(due) LIMIT ?",
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
    [BOOK_APPEAL] = "SELECT " APPEAL_COLUMNS " FROM appeal WHERE id = ?",
    [BOOK_VOTES] = "SELECT class, vote FROM vote WHERE appeal = ?",
    [BOOK_HAS_VOTED] = "SELECT count(*) FROM vote WHERE appeal = ? AND actor = ?",
    [BOOK_COUNT_CASES] = "SELECT state, count(*), total(more) FROM kase GROUP BY state",
    [BOOK_COUNT_REST] = "SELECT (SELECT count(*) FROM listing WHERE ended = 0 AND ends > ?1),"
                        " (SELECT count(*) FROM appeal WHERE state < 2),"
                        " (SELECT count(*) FROM letter WHERE state = 1)",
};

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
                             .db = b->db};
    out[1] = (struct folder){
        .name = "listings", .into = FOLD_VIEWS, .kind = EVENT_DESK, .fn = book_fold_view, .arg = b};
    return BOOK_FOLDERS;
}
