/* The tables of library.db and their statements. All of it is folded from events. */
#include "library/library_internal.h"

#define OBJECT_COLUMNS \
    "row, id, kind, of, language, state, shown, newest, created, changed, url, reason"
#define ENTRY_COLUMNS                                                                        \
    "row, kind, state, changed, topics, audiences, level, type, year, countries, languages," \
    " link, waiting, title_bits"

static const char *const statements[LIB_STATEMENTS] = {
    [LIB_OBJECT_BY_NAME] = "SELECT " OBJECT_COLUMNS " FROM object WHERE name = ?",
    [LIB_OBJECT_BY_ID] = "SELECT " OBJECT_COLUMNS " FROM object WHERE id = ?",
    [LIB_OBJECT_BY_URL] = "SELECT " OBJECT_COLUMNS " FROM object WHERE plain_url = ? AND state < 3",
    [LIB_OBJECT_ADD] = "INSERT INTO object(name, id, kind, of, language, state, shown, newest,"
                       " created, changed) VALUES(?,?,?,?,?,0,0,0,?6,?6)",
    [LIB_OBJECT_SET] = "UPDATE object SET state = ?2, shown = ?3, newest = ?4, changed = ?5,"
                       " waiting = ?6, reason = ?7 WHERE row = ?1",
    [LIB_OBJECT_FACETS] =
        "UPDATE object SET topics = ?2, audiences = ?3, level = ?4, type = ?5,"
        " year = ?6, countries = ?7, languages = ?8, url = ?9, plain_url = ?10, title_bits = ?11"
        " WHERE row = ?1",
    [LIB_OBJECT_LINK] = "UPDATE object SET link = ?2 WHERE row = ?1",
    [LIB_ENTRIES] = "SELECT " ENTRY_COLUMNS " FROM object ORDER BY row",
    [LIB_ENTRY] = "SELECT " ENTRY_COLUMNS " FROM object WHERE row = ?",
    [LIB_VERSION_ADD] = "INSERT INTO version(object, number, at, state, actor, roles, channel,"
                        " source, by, body) VALUES(?,?,?,0,?,?,?,?,?,?)",
    [LIB_VERSION_STATE] = "UPDATE version SET state = ?3 WHERE object = ?1 AND number = ?2",
    [LIB_VERSION_GET] = "SELECT number, at, state, actor, roles, channel, source, by, body"
                        " FROM version WHERE object = ? AND number = ?",
    [LIB_VERSIONS] = "SELECT number, at, state, actor, roles, channel, source, by"
                     " FROM version WHERE object = ? ORDER BY number",
    [LIB_REVIEW_PUT] = "INSERT OR REPLACE INTO review(object, number, actor, at, class, is_for,"
                       " note, by) VALUES(?,?,?,?,?,?,?,?)",
    [LIB_REVIEWS] = "SELECT number, actor, at, class, is_for, note, by FROM review"
                    " WHERE object = ?1 AND (number = ?2 OR ?2 = 0) ORDER BY at",
    [LIB_TRANSLATIONS] =
        "SELECT o.row, o.id, o.language, o.state, o.waiting, v.body, v.by, o.changed FROM object o"
        " JOIN version v ON v.object = o.row AND v.number = o.shown WHERE o.of = ? AND o.of > 0 "
        "AND o.state < 3"
        " ORDER BY o.id",
    [LIB_TRANSLATION_IN] =
        "SELECT v.body, o.state FROM object o JOIN version v ON v.object = o.row"
        " AND v.number = o.shown WHERE o.of = ? AND o.of > 0 AND o.language = ? AND o.state < 3"
        " AND o.waiting = 0",
    [LIB_ADOPT_ADD] = "INSERT INTO adoption(object, at, actor, body, by) VALUES(?,?,?,?,?)",
    [LIB_ADOPTERS] = "SELECT at, body, by FROM adoption WHERE object = ? ORDER BY at",
    [LIB_LINK_PUT] =
        "INSERT INTO link(object, url, at, status, detail, failures, since)"
        " VALUES(?1,?2,?3,?4,?5,?6,?3) ON CONFLICT(object) DO UPDATE SET url = ?2, at = ?3,"
        " status = ?4, detail = ?5, failures = CASE ?6 WHEN 0 THEN 0 ELSE failures + 1 END,"
        " since = CASE WHEN (failures > 0) = (?6 > 0) THEN since ELSE ?3 END",
    [LIB_LINK_GET] = "SELECT url, at, status, detail, failures, since FROM link WHERE object = ?",
    [LIB_LINKS_DUE] =
        "SELECT o.id, o.url, coalesce(l.at, 0) FROM object o LEFT JOIN link l ON l.object = o.row"
        " WHERE o.url IS NOT NULL AND o.state < 2 AND o.waiting = 0 AND coalesce(l.at, 0) < ?1"
        " ORDER BY coalesce(l.at, 0), o.row LIMIT ?2",
    [LIB_WORDS_DROP] = "DELETE FROM words WHERE rowid = ?",
    [LIB_WORDS_ADD] = "INSERT INTO words(rowid, title, subject, text, facet) VALUES(?,?,?,?,?)",
    [LIB_WORDS_FIND] = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid LIMIT ?",
    [LIB_WORD_NEXT] = "SELECT term FROM word WHERE term >= ? AND term <= ? LIMIT 1",
    [LIB_WAITING] = "SELECT count(*) FROM object WHERE waiting = 1 AND state = 0",
    [LIB_WAITING_OF] = "SELECT count(*) FROM version WHERE source = ? AND at > ?",
    [LIB_COUNTS] = "SELECT kind, state, count(*) FROM object GROUP BY kind, state",
    [LIB_EXPORT] = "SELECT o.row, o.id, o.kind, v.body, v.by FROM object o JOIN version v ON"
                   " v.object = o.row AND v.number = o.shown WHERE o.row > ?1 AND o.state < 3"
                   " AND o.waiting = 0 ORDER BY o.row LIMIT ?2",
    [LIB_REFERRERS] =
        "SELECT o.id, o.kind, v.body FROM refers r JOIN object o ON o.row = r.from_row"
        " JOIN version v ON v.object = o.row AND v.number = o.shown"
        " WHERE r.to_id = ? AND o.state < 3 ORDER BY o.row LIMIT 50",
    [LIB_REFERS_ADD] = "INSERT OR IGNORE INTO refers(from_row, to_id) VALUES(?,?)",
    [LIB_REFERS_DROP] = "DELETE FROM refers WHERE from_row = ?",
    [LIB_ERASE_VERSIONS] = "UPDATE version SET by = '' WHERE object = ?",
    [LIB_ERASE_REVIEWS] = "UPDATE review SET by = '' WHERE object = ?",
    [LIB_ERASE_ADOPTERS] = "UPDATE adoption SET by = '' WHERE object = ?",
    [LIB_HEAD] = "SELECT o.id, o.kind, o.state, o.waiting, o.link, o.changed, o.created, o.newest,"
                 " o.shown, v.body, v.by FROM object o JOIN version v ON v.object = o.row"
                 " AND v.number = o.shown WHERE o.row = ?",
};

const struct db_schema LIBRARY_SCHEMA = {
    .name = "library",
    .format = 3,
    .tables =
        "CREATE TABLE object(row INTEGER PRIMARY KEY, name BLOB NOT NULL UNIQUE,"
        " id TEXT NOT NULL UNIQUE, kind INTEGER, of INTEGER, language INTEGER, state INTEGER,"
        " shown INTEGER, newest INTEGER, created INTEGER, changed INTEGER, topics INTEGER,"
        " audiences INTEGER, level INTEGER, type INTEGER, year INTEGER, countries BLOB,"
        " languages BLOB, url TEXT, plain_url TEXT, link INTEGER NOT NULL DEFAULT 0,"
        " waiting INTEGER NOT NULL DEFAULT 0, title_bits INTEGER, reason TEXT);"
        "CREATE INDEX object_of ON object(of) WHERE of > 0;"
        "CREATE INDEX object_url ON object(plain_url) WHERE plain_url IS NOT NULL;"
        "CREATE INDEX object_waiting ON object(waiting) WHERE waiting = 1;"
        "CREATE TABLE version(object INTEGER, number INTEGER, at INTEGER, state INTEGER,"
        " actor BLOB, roles INTEGER, channel TEXT, source TEXT, by TEXT, body TEXT,"
        " PRIMARY KEY(object, number));"
        "CREATE INDEX version_source ON version(source, at) WHERE source IS NOT NULL;"
        "CREATE TABLE review(object INTEGER, number INTEGER, actor BLOB, at INTEGER,"
        " class INTEGER, is_for INTEGER, note TEXT, by TEXT, PRIMARY KEY(object, number, actor))"
        " WITHOUT ROWID;"
        "CREATE TABLE adoption(object INTEGER, at INTEGER, actor BLOB, body TEXT, by TEXT);"
        "CREATE INDEX adoption_object ON adoption(object);"
        "CREATE TABLE link(object INTEGER PRIMARY KEY, url TEXT, at INTEGER, status INTEGER,"
        " detail TEXT, failures INTEGER, since INTEGER);"
        "CREATE TABLE refers(from_row INTEGER, to_id TEXT, PRIMARY KEY(to_id, from_row))"
        " WITHOUT ROWID;"
        "CREATE INDEX refers_from ON refers(from_row);"
        "CREATE VIRTUAL TABLE words USING fts5(title, subject, text, facet, tokenize = 'ascii',"
        " columnsize = 0, detail = column, prefix = '3 4');"
        "CREATE VIRTUAL TABLE word USING fts5vocab(words, instance);",
    .sql = statements,
    .n_sql = LIB_STATEMENTS,
};
