/* What scans are found by, written as they are folded, and how many there were by time. See
 * archive.h. */
#include "base/buf.h"
#include "journal/archive_internal.h"

#include <stdlib.h>

#define DOMAINS_MOST 8u /* of one message */
#define MINUTE_US    60000000
#define HOUR         60 /* slots */

int archive_load_kinds(struct archive *a, struct err *e)
{
    sqlite3_stmt *st = archive_prepare(a, ST_KINDS, e);
    int rc;
    if (st == NULL)
        return ERR_CORRUPT;
    memset(a->kinds, 0, sizeof(a->kinds));
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        unsigned k = (unsigned)sqlite3_column_int(st, 0) % ARCHIVE_KINDS;
        a->kinds[k / 8] |= (unsigned char)(1u << k % 8);
    }
    int r = rc == SQLITE_DONE ? 0 : archive_fail(a, "reading", e);
    sqlite3_reset(st);
    a->has_kinds = r == 0;
    return r;
}

bool archive_has_kind(const struct archive *a, unsigned kind)
{
    return (a->kinds[kind / 8] >> kind % 8 & 1) != 0;
}

static int add_kind(struct archive *a, unsigned kind, struct err *e)
{
    int r = a->has_kinds ? 0 : archive_load_kinds(a, e);
    if (r < 0 || archive_has_kind(a, kind))
        return r;
    sqlite3_stmt *st = archive_prepare(a, ST_ADD_KIND, e);
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int(st, 1, (int)kind);
    r = archive_run(a, st, "adding a kind", e);
    if (r == 0)
        a->kinds[kind / 8] |= (unsigned char)(1u << kind % 8);
    return r;
}

int archive_tally_flush(struct archive *a, struct err *e)
{
    int r = 0;
    for (size_t i = 0; i < a->n_tally && r == 0; i++) {
        const struct tally *t = &a->tally[i];
        sqlite3_stmt *st = archive_prepare(a, ST_ADD_TALLY, e);
        if (st == NULL)
            return ERR_CORRUPT;
        archive_bind_text(st, 1, slice_str(t->domain));
        sqlite3_bind_int64(st, 2, t->slot);
        sqlite3_bind_int(st, 3, (int)t->kind);
        sqlite3_bind_int64(st, 4, (sqlite3_int64)t->n);
        sqlite3_bind_int64(st, 5, (sqlite3_int64)t->bytes);
        sqlite3_bind_int64(st, 6, (sqlite3_int64)t->us);
        r = archive_run(a, st, "counting", e);
    }
    a->n_tally = 0;
    return r;
}

static int count(struct archive *a, struct slice domain, int64_t slot, const struct event *ev,
                 struct err *e)
{
    const struct event_scanned *s = &ev->scanned;
    unsigned kind = archive_kind(s->side, s->mail_class, s->action);
    struct tally *t = NULL;
    if (domain.n >= sizeof(t->domain))
        return 0;
    for (size_t i = 0; i < a->n_tally && t == NULL; i++) {
        if (a->tally[i].slot == slot && a->tally[i].kind == kind &&
            slice_eq(slice_str(a->tally[i].domain), domain))
            t = &a->tally[i];
    }
    if (t == NULL && a->n_tally == TALLIES) {
        int r = archive_tally_flush(a, e);
        if (r < 0)
            return r;
    }
    if (t == NULL) {
        t = &a->tally[a->n_tally++];
        *t = (struct tally){.slot = slot, .kind = kind};
        if (domain.n)
            memcpy(t->domain, domain.p, domain.n);
    }
    t->n++;
    t->bytes += s->size_bytes;
    t->us += s->microseconds;
    return 0;
}

static int add_words(struct archive *a, const struct event *ev, struct err *e)
{
    sqlite3_stmt *st = archive_prepare(a, ST_ADD_WORDS, e);
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, (sqlite3_int64)ev->seq);
    archive_bind_text(st, 2, ev->scanned.from_domain);
    archive_bind_text(st, 3, ev->scanned.subject);
    return archive_run(a, st, "adding words", e);
}

static int add_people(struct archive *a, const struct event *ev, struct err *e)
{
    struct slice people = ev->scanned.people;
    int r = 0;
    for (size_t i = 0; r == 0 && i + 16 <= people.n; i += 16) {
        sqlite3_stmt *st = archive_prepare(a, ST_ADD_PERSON, e);
        if (st == NULL)
            return ERR_CORRUPT;
        archive_bind_raw(st, 1, (const unsigned char *)people.p + i, 16);
        sqlite3_bind_int64(st, 2, (sqlite3_int64)ev->seq);
        r = archive_run(a, st, "adding a recipient", e);
    }
    return r;
}

static int add_domains(struct archive *a, const struct event *ev, unsigned kind, struct err *e)
{
    struct slice rest = ev->scanned.to_domains, domain;
    int64_t slot = ev->at_us / MINUTE_US / HOUR * HOUR;
    int r = 0;
    for (unsigned n = 0; r == 0 && n < DOMAINS_MOST && slice_split(&rest, ',', &domain); n++) {
        sqlite3_stmt *st = archive_prepare(a, ST_ADD_TO, e);
        if (st == NULL)
            return ERR_CORRUPT;
        archive_bind_text(st, 1, domain);
        sqlite3_bind_int(st, 2, (int)kind);
        sqlite3_bind_int64(st, 3, (sqlite3_int64)ev->seq);
        r = archive_run(a, st, "adding a domain", e);
        r = r ? r : domain.n ? count(a, domain, slot, ev, e) : 0;
    }
    return r;
}

int archive_index_scan(struct archive *a, const struct event *ev, struct err *e)
{
    const struct event_scanned *s = &ev->scanned;
    unsigned kind = archive_kind(s->side, s->mail_class, s->action);
    int r = add_words(a, ev, e);
    r = r ? r : add_people(a, ev, e);
    r = r ? r : add_domains(a, ev, kind, e);
    r = r ? r : add_kind(a, kind, e);
    r = r ? r : count(a, SLICE(ARCHIVE_HOURLY), ev->at_us / MINUTE_US / HOUR * HOUR, ev, e);
    return r ? r : count(a, (struct slice){"", 0}, ev->at_us / MINUTE_US, ev, e);
}

/* ---- counts ---- */

#define TALLY_ROWS 10000u

int archive_tally(struct archive *a, struct slice domain, const struct tally_span *span,
                  struct arena *arena, struct err *e, struct tally_row **out, size_t *out_n)
{
    size_t n = 0, room = 0;
    struct tally_row *rows = NULL;
    sqlite3_stmt *st = archive_prepare(a, ST_TALLY, e);
    int rc = SQLITE_DONE;
    if (st == NULL)
        return ERR_CORRUPT;
    archive_bind_text(st, 1, domain);
    sqlite3_bind_int64(st, 2, span->from);
    sqlite3_bind_int64(st, 3, span->to);
    sqlite3_bind_int64(st, 4, span->each > 0 ? span->each : 1);
    while (n < TALLY_ROWS && (rc = sqlite3_step(st)) == SQLITE_ROW) {
        if (n == room) {
            rows = arena_grow(arena, rows, room, room ? 2 * room : 64, sizeof(*rows));
            room = room ? 2 * room : 64;
        }
        unsigned kind = (unsigned)sqlite3_column_int(st, 1);
        rows[n++] = (struct tally_row){.slot = sqlite3_column_int64(st, 0),
                                       .side = (int)(kind >> 6),
                                       .mail_class = (int)(kind >> 3 & 7),
                                       .action = (int)(kind & 7),
                                       .n = (uint64_t)sqlite3_column_int64(st, 2),
                                       .bytes = (uint64_t)sqlite3_column_int64(st, 3),
                                       .microseconds = (uint64_t)sqlite3_column_int64(st, 4)};
    }
    int r = rc == SQLITE_DONE || rc == SQLITE_ROW ? 0 : archive_fail(a, "counting", e);
    sqlite3_reset(st);
    if (r == 0) {
        *out = rows;
        *out_n = n;
    }
    return r;
}
