/* Rows of library.db, and the catalogue that is kept of them in memory. */
#include "library/library_internal.h"

#include <stdlib.h>

struct library *library_new(void)
{
    struct library *l = calloc(1, sizeof(*l));
    if (l == NULL)
        BUG("out of memory");
    l->db = db_new(&LIBRARY_SCHEMA);
    return l;
}

void library_free(struct library *l)
{
    if (l == NULL)
        return;
    db_free(l->db);
    free(l->entries);
    free(l->changed);
    free(l);
}

struct db *library_db(struct library *l)
{
    return l->db;
}

/* ---- rows ---- */

static int read_object(struct library *l, sqlite3_stmt *st, struct arena *a, struct err *e,
                       struct object_row *out)
{
    int rc = db_step(l->db, st, "reading an object", e);
    if (rc == 1) {
        *out = (struct object_row){.row = sqlite3_column_int64(st, 0),
                                   .id = db_text(st, 1, a),
                                   .kind = (enum library_kind)sqlite3_column_int(st, 2),
                                   .of = sqlite3_column_int64(st, 3),
                                   .language = sqlite3_column_int(st, 4),
                                   .state = (enum library_state)sqlite3_column_int(st, 5),
                                   .shown = sqlite3_column_int(st, 6),
                                   .newest = sqlite3_column_int(st, 7),
                                   .created_us = sqlite3_column_int64(st, 8),
                                   .changed_us = sqlite3_column_int64(st, 9),
                                   .url = db_text(st, 10, a),
                                   .reason = db_text(st, 11, a)};
    }
    sqlite3_reset(st);
    return rc == 0 ? ERR_NOENT : rc < 0 ? rc : 0;
}

int library_object_by_id(struct library *l, struct slice id, struct arena *a, struct err *e,
                         struct object_row *out)
{
    sqlite3_stmt *st = db_prepare(l->db, LIB_OBJECT_BY_ID, e);
    if (st == NULL)
        return ERR_CORRUPT;
    db_bind_text(st, 1, id);
    return read_object(l, st, a, e, out);
}

int library_object_by_name(struct library *l, const unsigned char name[16], struct arena *a,
                           struct err *e, struct object_row *out)
{
    sqlite3_stmt *st = db_prepare(l->db, LIB_OBJECT_BY_NAME, e);
    if (st == NULL)
        return ERR_CORRUPT;
    db_bind_raw(st, 1, name, 16);
    return read_object(l, st, a, e, out);
}

int library_version(struct library *l, int64_t row, int number, struct arena *a, struct err *e,
                    struct version_row *out)
{
    sqlite3_stmt *st = db_prepare(l->db, LIB_VERSION_GET, e);
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, row);
    sqlite3_bind_int(st, 2, number);
    int rc = db_step(l->db, st, "reading a version", e);
    if (rc == 1) {
        *out = (struct version_row){.number = sqlite3_column_int(st, 0),
                                    .at_us = sqlite3_column_int64(st, 1),
                                    .state = (enum library_state)sqlite3_column_int(st, 2),
                                    .roles = (unsigned)sqlite3_column_int64(st, 4),
                                    .channel = db_text(st, 5, a),
                                    .source = db_text(st, 6, a),
                                    .by = db_text(st, 7, a),
                                    .body = db_text(st, 8, a)};
        db_raw(st, 3, out->actor, 16);
    }
    sqlite3_reset(st);
    return rc == 0 ? err_set(e, ERR_NOENT, "there is no such version") : rc < 0 ? rc : 0;
}

/* ---- the catalogue in memory ---- */

static void need_room(struct library *l, size_t row)
{
    size_t room = l->room ? l->room : 256;
    if (row < l->room)
        return;
    while (room <= row)
        room *= 2;
    struct entry *more = realloc(l->entries, room * sizeof(*more));
    if (more == NULL)
        BUG("out of memory");
    memset(more + l->room, 0, (room - l->room) * sizeof(*more));
    l->entries = more;
    l->room = room;
}

static uint8_t read_codes(sqlite3_stmt *st, int at, uint16_t out[LIBRARY_LISTED])
{
    const void *p = sqlite3_column_blob(st, at);
    size_t n = (size_t)sqlite3_column_bytes(st, at) / sizeof(uint16_t);
    if (p == NULL || n > LIBRARY_LISTED)
        return 0;
    memcpy(out, p, n * sizeof(uint16_t));
    return (uint8_t)n;
}

static void read_entry(struct library *l, sqlite3_stmt *st)
{
    size_t row = (size_t)sqlite3_column_int64(st, 0);
    need_room(l, row);
    struct entry *en = &l->entries[row];
    *en = (struct entry){.kind = (int8_t)sqlite3_column_int(st, 1),
                         .state = (int8_t)sqlite3_column_int(st, 2),
                         .changed_us = sqlite3_column_int64(st, 3),
                         .topics = (uint32_t)sqlite3_column_int64(st, 4),
                         .audiences = (uint32_t)sqlite3_column_int64(st, 5),
                         .level = (int8_t)sqlite3_column_int(st, 6),
                         .type = (int8_t)sqlite3_column_int(st, 7),
                         .year = (uint16_t)sqlite3_column_int(st, 8),
                         .link = (int8_t)sqlite3_column_int(st, 11),
                         .is_waiting = sqlite3_column_int(st, 12) != 0,
                         .title_bits = (uint64_t)sqlite3_column_int64(st, 13),
                         .is_there = true};
    en->n_countries = read_codes(st, 9, en->countries);
    en->n_languages = read_codes(st, 10, en->languages);
    for (uint8_t i = 0; i < en->n_countries; i++) {
        int region = library_region(en->countries[i]);
        if (region >= 0)
            en->regions = (uint8_t)(en->regions | 1u << region);
    }
    int world = library_value(FACET_REGION, SLICE("world"));
    if (en->regions == 0)
        en->regions = (uint8_t)(1u << world);
    if (row >= l->n)
        l->n = row + 1;
    l->has_kept = false;
}

static int load(struct library *l, sqlite3_stmt *st, struct err *e)
{
    int rc = ERR_CORRUPT;
    while (st && (rc = db_step(l->db, st, "reading the catalogue", e)) == 1)
        read_entry(l, st);
    if (st)
        sqlite3_reset(st);
    return rc;
}

int library_refresh(struct library *l, struct err *e)
{
    uint64_t upto = db_upto(l->db);
    int rc = 0;
    if (l->loaded_upto == 0 || upto < l->loaded_upto) {
        if (l->room)
            memset(l->entries, 0, l->room * sizeof(*l->entries));
        l->n = 0;
        l->has_kept = false;
        rc = load(l, db_prepare(l->db, LIB_ENTRIES, e), e);
    } else {
        for (size_t i = 0; rc == 0 && i < l->n_changed; i++) {
            sqlite3_stmt *st = db_prepare(l->db, LIB_ENTRY, e);
            if (st)
                sqlite3_bind_int64(st, 1, l->changed[i]);
            rc = load(l, st, e);
        }
    }
    if (rc == 0) {
        l->n_changed = 0;
        l->loaded_upto = upto ? upto : 1;
    }
    return rc;
}

void library_touch(struct library *l, int64_t row)
{
    if (l->loaded_upto == 0)
        return; /* all will be read */
    for (size_t i = 0; i < l->n_changed && i < 8; i++) {
        if (l->changed[l->n_changed - 1 - i] == row)
            return;
    }
    if (l->n_changed >= 4096) { /* as many as it costs to read them all */
        l->loaded_upto = 0;
        l->n_changed = 0;
        return;
    }
    if (l->n_changed == l->changed_room) {
        size_t room = l->changed_room ? l->changed_room * 2 : 64;
        int64_t *more = realloc(l->changed, room * sizeof(*more));
        if (more == NULL)
            BUG("out of memory");
        l->changed = more;
        l->changed_room = room;
    }
    l->changed[l->n_changed++] = row;
}

static bool has_code(const uint16_t *list, uint8_t n, int code)
{
    for (uint8_t i = 0; i < n; i++) {
        if (list[i] == code)
            return true;
    }
    return false;
}

bool library_has_value(const struct entry *en, enum library_facet f, int value)
{
    switch (f) {
    case FACET_TOPIC:
        return en->topics >> value & 1;
    case FACET_AUDIENCE:
        return en->audiences >> value & 1;
    case FACET_LEVEL:
        return en->level == value;
    case FACET_TYPE:
        return en->type == value;
    case FACET_COUNTRY:
        return has_code(en->countries, en->n_countries, value);
    case FACET_LANGUAGE:
        return has_code(en->languages, en->n_languages, value);
    case FACET_STATE:
        return en->state == value;
    case FACET_REGION:
        return en->regions >> value & 1;
    case FACET_LINK:
        return en->link == value;
    case FACETS:
        break;
    }
    return false;
}
