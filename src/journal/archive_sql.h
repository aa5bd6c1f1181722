/* The archive's tables. */
#ifndef MUSTER_JOURNAL_ARCHIVE_SQL_H
#define MUSTER_JOURNAL_ARCHIVE_SQL_H

#define ARCHIVE_FORMAT 6 /* PRAGMA user_version; another one is folded anew */

#define ARCHIVE_SCHEMA                                                                            \
    "CREATE TABLE scan(seq INTEGER PRIMARY KEY, at INTEGER, id BLOB, digest BLOB, side INTEGER,"  \
    " class INTEGER, action INTEGER, door INTEGER, incomplete INTEGER, shadow INTEGER, score "    \
    "REAL,"                                                                                       \
    " probability REAL, size INTEGER, us INTEGER, from_domain TEXT, subject TEXT, people BLOB,"   \
    " findings TEXT, facts BLOB);"                                                                \
    "CREATE UNIQUE INDEX scan_id ON scan(id);"                                                    \
    "CREATE INDEX scan_digest ON scan(digest);"                                                   \
    "CREATE INDEX scan_at ON scan(at);"                                                           \
    "CREATE TABLE scan_person(person BLOB, seq INTEGER, PRIMARY KEY(person, seq)) WITHOUT ROWID;" \
    "CREATE INDEX scan_person_seq ON scan_person(seq);"                                           \
    "CREATE INDEX scan_kind ON scan(side, class, action);"                                        \
    "CREATE TABLE scan_to(domain TEXT, kind INTEGER, seq INTEGER,"                                \
    " PRIMARY KEY(domain, kind, seq)) WITHOUT ROWID;"                                             \
    "CREATE INDEX scan_to_seq ON scan_to(seq);"                                                   \
    "CREATE TABLE tally(domain TEXT, slot INTEGER, kind INTEGER, n INTEGER, bytes INTEGER,"       \
    " us INTEGER, PRIMARY KEY(domain, slot, kind)) WITHOUT ROWID;"                                \
    "CREATE INDEX tally_slot ON tally(slot);"                                                     \
    "CREATE TABLE scan_kinds(kind INTEGER PRIMARY KEY);"                                          \
    "CREATE VIRTUAL TABLE scan_words USING fts5(from_domain, subject, content='scan',"            \
    " content_rowid='seq', columnsize=0);"                                                        \
    "CREATE TABLE hold(hold BLOB PRIMARY KEY, id BLOB, digest BLOB, person BLOB, object BLOB,"    \
    " kind INTEGER, state INTEGER, score REAL, made INTEGER, expires INTEGER, changed INTEGER,"   \
    " allow_until INTEGER DEFAULT 0, failures INTEGER DEFAULT 0, erased INTEGER DEFAULT 0,"       \
    " sealed BLOB, domain TEXT) WITHOUT ROWID;"                                                   \
    "CREATE INDEX hold_made ON hold(state, made);"                                                \
    "CREATE INDEX hold_domain ON hold(domain, made);"                                             \
    "CREATE INDEX hold_person ON hold(person, made);"                                             \
    "CREATE INDEX hold_state ON hold(state, expires);"                                            \
    "CREATE INDEX hold_object ON hold(object);"                                                   \
    "CREATE INDEX hold_id ON hold(id);"                                                           \
    "CREATE INDEX hold_digest ON hold(digest);"                                                   \
    "CREATE TABLE act(seq INTEGER PRIMARY KEY, at INTEGER, kind TEXT, actor BLOB, role INTEGER,"  \
    " verb TEXT, target TEXT, detail TEXT);"                                                      \
    "CREATE TABLE report(seq INTEGER PRIMARY KEY, at INTEGER, kind INTEGER, org TEXT, id TEXT,"   \
    " domain TEXT, begin INTEGER, end INTEGER, notes INTEGER, policy TEXT, proven INTEGER,"       \
    " sender TEXT);"                                                                              \
    "CREATE UNIQUE INDEX report_key ON report(kind, org, id, domain, proven);"                    \
    "CREATE INDEX report_domain ON report(domain, end);"                                          \
    "CREATE TABLE report_part(report INTEGER, part INTEGER, PRIMARY KEY(report, part))"           \
    " WITHOUT ROWID;"                                                                             \
    "CREATE TABLE report_source(report INTEGER, ip TEXT, messages INTEGER, disposition TEXT,"     \
    " dkim INTEGER, spf INTEGER, header_from TEXT, envelope_from TEXT, signers TEXT,"             \
    " reason TEXT);"                                                                              \
    "CREATE INDEX report_source_of ON report_source(report);"                                     \
    "CREATE TABLE report_selector(report INTEGER, domain TEXT, selector TEXT, passed INTEGER,"    \
    " failed INTEGER, PRIMARY KEY(report, domain, selector)) WITHOUT ROWID;"                      \
    "CREATE INDEX report_selector_of ON report_selector(domain);"                                 \
    "CREATE TABLE report_tls(report INTEGER, domain TEXT, policy TEXT, failure TEXT, mx TEXT,"    \
    " ip TEXT, good INTEGER, failed INTEGER);"                                                    \
    "CREATE INDEX report_tls_of ON report_tls(report);"                                           \
    "CREATE TABLE seen(begin INTEGER, domain TEXT, row BLOB, messages INTEGER,"                   \
    " PRIMARY KEY(begin, domain, row)) WITHOUT ROWID;"                                            \
    "CREATE TABLE seen_domain(begin INTEGER, domain TEXT, end INTEGER, rua TEXT, policy BLOB,"    \
    " messages INTEGER, PRIMARY KEY(begin, domain)) WITHOUT ROWID;"                               \
    "CREATE TABLE sent(begin INTEGER, domain TEXT, at INTEGER, recipients TEXT, outcome TEXT,"    \
    " messages INTEGER, PRIMARY KEY(begin, domain)) WITHOUT ROWID;"

#endif
