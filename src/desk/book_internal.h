/* What the book's files share: its tables and statements. */
#ifndef MUSTER_DESK_BOOK_INTERNAL_H
#define MUSTER_DESK_BOOK_INTERNAL_H

#include "desk/book.h"

#include <jansson.h>

#define BOOK_FORMAT 5

#define BOOK_TABLES                                                                                \
    "CREATE TABLE kase(id BLOB PRIMARY KEY, at INTEGER, changed INTEGER, due INTEGER,"             \
    " state INTEGER, outcome INTEGER DEFAULT 0, category INTEGER, source INTEGER, more INTEGER"    \
    " DEFAULT 0, weight REAL, campaign BLOB, person BLOB, network BLOB, party BLOB, key BLOB, "    \
    "owner BLOB,"                                                                                  \
    " from_domain TEXT, host TEXT, bulk INTEGER, report TEXT, routes TEXT, sealed BLOB,"           \
    " note TEXT DEFAULT '', origin TEXT) WITHOUT ROWID;"                                           \
    "CREATE INDEX kase_at ON kase(at);"                                                            \
    "CREATE INDEX kase_state ON kase(state, at, more);"                                            \
    "CREATE INDEX kase_due ON kase(due) WHERE due > 0;"                                            \
    "CREATE INDEX kase_closed ON kase(changed) WHERE state = 5;"                                   \
    "CREATE INDEX kase_campaign ON kase(campaign, at, state, due, network, party, person, "        \
    "weight, "                                                                                     \
    "source,"                                                                                      \
    " bulk, category, outcome);"                                                                   \
    "CREATE INDEX kase_open ON kase(campaign, at, state, due, network, party, person, weight, "    \
    "category)"                                                                                    \
    " WHERE state IN (0,1,2,4);"                                                                   \
    "CREATE INDEX kase_person ON kase(person, at, state, outcome);"                                \
    "CREATE INDEX kase_party ON kase(party, at);"                                                  \
    "CREATE INDEX kase_key ON kase(key, person);"                                                  \
    "CREATE TABLE mark(mark TEXT PRIMARY KEY, campaign BLOB, kase BLOB) WITHOUT ROWID;"            \
    "CREATE INDEX mark_kase ON mark(kase);"                                                        \
    "CREATE TABLE history(seq INTEGER PRIMARY KEY, object BLOB, at INTEGER, verb TEXT, body TEXT," \
    " actor BLOB, role INTEGER);"                                                                  \
    "CREATE INDEX history_object ON history(object);"                                              \
    "CREATE TABLE letter(id BLOB PRIMARY KEY, seq INTEGER, about BLOB, person BLOB, kind INTEGER," \
    " state INTEGER, at INTEGER, changed INTEGER, rcpt TEXT, words TEXT, result TEXT DEFAULT '')"  \
    " WITHOUT ROWID;"                                                                              \
    "CREATE INDEX letter_state ON letter(state, seq);"                                             \
    "CREATE INDEX letter_about ON letter(about);"                                                  \
    "CREATE INDEX letter_person ON letter(person, at);"                                            \
    "CREATE INDEX letter_at ON letter(at);"                                                        \
    "CREATE TABLE contact(base BLOB, bits INTEGER, mailbox TEXT, source TEXT, seq INTEGER,"        \
    " PRIMARY KEY(base, bits)) WITHOUT ROWID;"                                                     \
    "CREATE INDEX contact_seq ON contact(seq);"                                                    \
    "CREATE TABLE listing(id BLOB PRIMARY KEY, seq INTEGER, at INTEGER, changed INTEGER,"          \
    " kind INTEGER, value TEXT, harm INTEGER, effect INTEGER, role INTEGER, lister BLOB,"          \
    " evidence BLOB, starts INTEGER, ends INTEGER, contested INTEGER DEFAULT 0, confirmed INTEGER" \
    " DEFAULT 0, ended INTEGER DEFAULT 0, reason TEXT, contact TEXT, reply TEXT DEFAULT '',"       \
    " why TEXT DEFAULT '') WITHOUT ROWID;"                                                         \
    "CREATE INDEX listing_seq ON listing(seq);"                                                    \
    "CREATE INDEX listing_value ON listing(kind, value);"                                          \
    "CREATE INDEX listing_evidence ON listing(evidence);"                                          \
    "CREATE TABLE appeal(id BLOB PRIMARY KEY, listing BLOB, at INTEGER, proven INTEGER DEFAULT 0," \
    " decided INTEGER DEFAULT 0, state INTEGER, result INTEGER DEFAULT 0, steps INTEGER DEFAULT"   \
    " 0, contact TEXT, statement TEXT, method TEXT, token BLOB, reason TEXT DEFAULT '',"           \
    " checking INTEGER DEFAULT 0, checked INTEGER DEFAULT 0, found TEXT DEFAULT '', language "     \
    "TEXT DEFAULT '')"                                                                             \
    " WITHOUT ROWID;"                                                                              \
    "CREATE INDEX appeal_checked ON appeal(checked) WHERE checking > 0;"                           \
    "CREATE INDEX appeal_listing ON appeal(listing);"                                              \
    "CREATE INDEX appeal_state ON appeal(state, at);"                                              \
    "CREATE TABLE vote(appeal BLOB, actor BLOB, class INTEGER, vote INTEGER, reason TEXT,"         \
    " at INTEGER, PRIMARY KEY(appeal, actor)) WITHOUT ROWID;"

enum book_sql {
    BOOK_ADD_CASE,
    BOOK_ADD_MARK,
    BOOK_MORE,
    BOOK_STEP,
    BOOK_ERASE,
    BOOK_LOG,
    BOOK_ADD_LETTER,
    BOOK_SET_LETTER,
    BOOK_ADD_CONTACT,
    BOOK_ADD_LISTING,
    BOOK_SET_LISTING,
    BOOK_ADD_APPEAL,
    BOOK_PROVE,
    BOOK_CHECK,
    BOOK_CHECKED,
    BOOK_VOTE,
    BOOK_DECIDE,
    BOOK_APPEAL_STEP,
    BOOK_CASE,
    BOOK_AGAIN,
    BOOK_OF_PARTY,
    BOOK_MARK,
    BOOK_CLAIM,
    BOOK_STANDING,
    BOOK_LOG_OF,
    BOOK_WORK,
    BOOK_WORK_FIRST,
    BOOK_LETTER,
    BOOK_LETTERS_PERSON,
    BOOK_LETTERS_ALL,
    BOOK_CONTACT,
    BOOK_LISTING,
    BOOK_LISTING_OF,
    BOOK_LISTINGS,
    BOOK_LISTINGS_NEWEST,
    BOOK_APPEAL,
    BOOK_CHECKS,
    BOOK_VOTES,
    BOOK_HAS_VOTED,
    BOOK_COUNT_CASES,
    BOOK_COUNT_REST,
    BOOK_OLD_CASES,
    BOOK_OLD_LISTINGS,
    BOOK_APPEALS_OF,
    BOOK_FORGET_LETTER_LOG,
    BOOK_FORGET_LETTERS,
    BOOK_FORGET_LOG,
    BOOK_FORGET_MARKS,
    BOOK_FORGET_CASE,
    BOOK_FORGET_VOTES,
    BOOK_FORGET_APPEAL,
    BOOK_FORGET_LISTING,
    BOOK_KNOWS,
    BOOK_KNOWS_CONTACT,
    BOOK_STATEMENTS
};
extern const char *const book_sql[BOOK_STATEMENTS];

struct book {
    struct db *db;
};

/* Columns of each sort of row, in the order in which it is read. */
#define CASE_COLUMNS                                                                           \
    "id, campaign, person, network, at, changed, due, state, outcome, category, source, more," \
    " weight, owner, from_domain, host, report, routes, sealed, note, origin"
#define LETTER_COLUMNS "id, about, kind, state, at, changed, rcpt, words, result"
#define LISTING_COLUMNS                                                                            \
    "id, lister, evidence, seq, kind, value, reason, contact, reply, why, harm, effect, role, at," \
    " starts, ends, changed, contested, confirmed, ended"
#define APPEAL_COLUMNS                                                                            \
    "id, listing, at, proven, decided, state, result, steps, contact, statement, method, reason," \
    " token, checking, checked, found, language"

/* Folder functions: into desk.db, and into the scanners' view. */
fold_fn book_fold, book_fold_view;
/* What retention takes out, and which events must stay for what it left (book_prune.c). */
prune_fn book_prune;
spare_fn book_spare;

#endif
