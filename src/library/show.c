/* One object: the card that lists show, and all that is known of it. */
#include "library/library_internal.h"
#include "base/clock.h"

#include <stdlib.h>

static void when(struct json *j, const char *name, int64_t us)
{
    char room[32];
    if (us > 0)
        jsonw_cstr(j, name, clock_rfc3339(us, room));
}

static void raw(struct json *j, const char *name, struct slice json)
{
    if (json.n)
        jsonw_raw(j, name, json);
}

/* A member of a body as it stands there. */
static void copy(struct json *j, const json_t *body, const char *name)
{
    json_t *v = json_object_get(body, name);
    char *p = v && !json_is_null(v) ? json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    if (p)
        jsonw_raw(j, name, slice_str(p));
    free(p);
}

static void write_codes(struct json *j, const char *name, enum library_facet f,
                        const uint16_t *codes, uint8_t n)
{
    jsonw_array(j, name);
    for (uint8_t i = 0; i < n; i++) {
        char room[4];
        jsonw_cstr(j, NULL, library_word(f, codes[i], room));
    }
    jsonw_array_end(j);
}

/* The translation that readers of a language get, NULL: there is none, or it is the original's. */
static int read_translation(struct library *l, int64_t row, struct slice language,
                            const json_t *body, int *out_state, json_t **out, struct err *e)
{
    struct library_item item;
    *out = NULL;
    library_item_read(LIBRARY_RESOURCE, body, &item);
    if (language.n != 2 || slice_ieq(language, item.language))
        return 0;
    sqlite3_stmt *st = db_prepare(l->db, LIB_TRANSLATION_IN, e);
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, row);
    sqlite3_bind_int(st, 2, library_value(FACET_LANGUAGE, language));
    int rc = db_step(l->db, st, "reading a translation", e);
    if (rc == 1) {
        *out = json_loads((const char *)sqlite3_column_text(st, 0), 0, NULL);
        *out_state = sqlite3_column_int(st, 1);
    }
    sqlite3_reset(st);
    return rc < 0 ? rc : 0;
}

/* Problem, steps and end in the reader's language. Steps stand beside those of the version shown:
 * of another number they were made for another text, and are left out. */
static int write_translated(struct library *l, int64_t row, struct slice language,
                            const json_t *body, struct json *j, struct err *e)
{
    json_t *other;
    int state, rc = read_translation(l, row, language, body, &state, &other, e);
    const json_t *steps = json_object_get(other, "steps"), *one;
    size_t i;
    if (rc < 0 || other == NULL)
        return rc;
    jsonw_object(j, "translated");
    copy(j, other, "language");
    copy(j, other, "problem");
    copy(j, other, "done");
    jsonw_array(j, "steps");
    if (json_array_size(steps) == json_array_size(json_object_get(body, "steps"))) {
        json_array_foreach(steps, i, one)
        {
            jsonw_object(j, NULL);
            copy(j, one, "do");
            copy(j, one, "why");
            jsonw_object_end(j);
        }
    }
    jsonw_array_end(j);
    jsonw_object_end(j);
    json_decref(other);
    return 0;
}

/* Title and summary in the reader's language when somebody translated them. */
static int write_title(struct library *l, int64_t row, struct slice language, const json_t *body,
                       struct json *j, struct err *e)
{
    struct library_item item, in;
    json_t *other = NULL;
    int state = 0, rc = read_translation(l, row, language, body, &state, &other, e);
    library_item_read(LIBRARY_RESOURCE, body, &item);
    if (other) {
        library_item_read(LIBRARY_TRANSLATION, other, &in);
        const char *origin = json_string_value(json_object_get(other, "origin"));
        jsonw_text(j, "title", in.title);
        jsonw_text(j, "summary", in.summary);
        jsonw_text(j, "text_language", in.language);
        jsonw_text(j, "original_title", item.title);
        jsonw_bool(j, "is_draft",
                   state != LIBRARY_REVIEWED && (!origin || strcmp(origin, "person") != 0));
    } else {
        jsonw_text(j, "title", item.title);
        jsonw_text(j, "summary", item.summary);
        jsonw_text(j, "text_language", item.language);
    }
    json_decref(other);
    return rc < 0 ? rc : 0;
}

static void write_facts(struct json *j, const json_t *body)
{
    static const char *const names[] = {"publisher", "year",      "url",     "kind",   "level",
                                        "topics",    "audiences", "role",    "speaks", "evidence",
                                        "cost",      "openness",  "problem", NULL};
    for (size_t i = 0; names[i]; i++)
        copy(j, body, names[i]);
}

int library_card(struct library *l, int64_t row, struct slice language, struct arena *a,
                 struct json *j, struct err *e)
{
    sqlite3_stmt *st = db_prepare(l->db, LIB_HEAD, e);
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, row);
    int rc = db_step(l->db, st, "reading an object", e);
    const struct entry *en = (size_t)row < l->n ? &l->entries[row] : NULL;
    if (rc != 1 || en == NULL) {
        sqlite3_reset(st);
        return rc < 0 ? rc : err_set(e, ERR_CORRUPT, "the catalogue has a row that is not there");
    }
    struct slice body_text = db_text(st, 9, a), by = db_text(st, 10, a);
    jsonw_text(j, "id", db_text(st, 0, a));
    jsonw_cstr(j, "object", library_kind_name((enum library_kind)sqlite3_column_int(st, 1)));
    jsonw_cstr(j, "state", library_state_name((enum library_state)sqlite3_column_int(st, 2)));
    jsonw_bool(j, "is_waiting", sqlite3_column_int(st, 3) != 0);
    jsonw_cstr(j, "link", library_words(FACET_LINK)[sqlite3_column_int(st, 4) % 3]);
    when(j, "changed", sqlite3_column_int64(st, 5));
    jsonw_int(j, "version", sqlite3_column_int(st, 8));
    sqlite3_reset(st);
    raw(j, "by", by);
    write_codes(j, "languages", FACET_LANGUAGE, en->languages, en->n_languages);
    write_codes(j, "countries", FACET_COUNTRY, en->countries, en->n_countries);
    json_t *body = json_loadb(body_text.p, body_text.n, 0, NULL);
    rc = write_title(l, row, language, body, j, e);
    write_facts(j, body);
    json_decref(body);
    return rc;
}

/* ---- all of it ---- */

/* Older than the one shown is superseded, whatever it was. */
static const char *state_word(const struct object_row *o, int number, int state)
{
    return library_state_name(number < o->shown ? LIBRARY_SUPERSEDED : (enum library_state)state);
}

static int write_versions(struct library *l, const struct object_row *o, struct arena *a,
                          struct json *j, struct err *e)
{
    sqlite3_stmt *st = db_prepare(l->db, LIB_VERSIONS, e);
    int rc;
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, o->row);
    jsonw_array(j, "versions");
    while ((rc = db_step(l->db, st, "reading versions", e)) == 1) {
        jsonw_object(j, NULL);
        jsonw_int(j, "version", sqlite3_column_int(st, 0));
        when(j, "time", sqlite3_column_int64(st, 1));
        jsonw_cstr(j, "state", state_word(o, sqlite3_column_int(st, 0), sqlite3_column_int(st, 2)));
        jsonw_text(j, "channel", db_text(st, 5, a));
        raw(j, "by", db_text(st, 7, a));
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
    sqlite3_reset(st);
    return rc;
}

static int write_reviews(struct library *l, const struct object_row *o, struct arena *a,
                         struct json *j, struct err *e)
{
    sqlite3_stmt *st = db_prepare(l->db, LIB_REVIEWS, e);
    int rc;
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, o->row);
    sqlite3_bind_int(st, 2, 0);
    jsonw_array(j, "reviews");
    while ((rc = db_step(l->db, st, "reading reviews", e)) == 1) {
        jsonw_object(j, NULL);
        jsonw_int(j, "version", sqlite3_column_int(st, 0));
        when(j, "time", sqlite3_column_int64(st, 2));
        jsonw_cstr(j, "class", stakeholder_name((enum stakeholder)sqlite3_column_int(st, 3)));
        jsonw_bool(j, "for", sqlite3_column_int(st, 4) != 0);
        jsonw_text(j, "note", db_text(st, 5, a));
        raw(j, "by", db_text(st, 6, a));
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
    sqlite3_reset(st);
    return rc;
}

static int write_translations(struct library *l, const struct object_row *o, struct arena *a,
                              struct json *j, struct err *e)
{
    sqlite3_stmt *st = db_prepare(l->db, LIB_TRANSLATIONS, e);
    int rc;
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, o->row);
    jsonw_array(j, "translations");
    while ((rc = db_step(l->db, st, "reading translations", e)) == 1) {
        char room[4];
        jsonw_object(j, NULL);
        jsonw_text(j, "id", db_text(st, 1, a));
        jsonw_cstr(j, "language", library_word(FACET_LANGUAGE, sqlite3_column_int(st, 2), room));
        jsonw_cstr(j, "state", library_state_name((enum library_state)sqlite3_column_int(st, 3)));
        jsonw_bool(j, "is_waiting", sqlite3_column_int(st, 4) != 0);
        raw(j, "body", db_text(st, 5, a));
        raw(j, "by", db_text(st, 6, a));
        when(j, "changed", sqlite3_column_int64(st, 7));
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
    sqlite3_reset(st);
    return rc;
}

static int write_adopters(struct library *l, const struct object_row *o, struct arena *a,
                          struct json *j, struct err *e)
{
    sqlite3_stmt *st = db_prepare(l->db, LIB_ADOPTERS, e);
    int rc;
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, o->row);
    jsonw_array(j, "adopted_since");
    while ((rc = db_step(l->db, st, "reading adopters", e)) == 1) {
        jsonw_object(j, NULL);
        when(j, "time", sqlite3_column_int64(st, 0));
        raw(j, "adopter", db_text(st, 1, a));
        raw(j, "by", db_text(st, 2, a));
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
    sqlite3_reset(st);
    return rc;
}

static int write_link(struct library *l, const struct object_row *o, struct arena *a,
                      struct json *j, struct err *e)
{
    sqlite3_stmt *st = db_prepare(l->db, LIB_LINK_GET, e);
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, o->row);
    int rc = db_step(l->db, st, "reading a check", e);
    if (rc == 1) {
        jsonw_object(j, "link_check");
        jsonw_text(j, "url", db_text(st, 0, a));
        when(j, "time", sqlite3_column_int64(st, 1));
        jsonw_int(j, "status", sqlite3_column_int(st, 2));
        jsonw_text(j, "detail", db_text(st, 3, a));
        jsonw_int(j, "failures", sqlite3_column_int(st, 4));
        when(j, "since", sqlite3_column_int64(st, 5));
        jsonw_object_end(j);
    }
    sqlite3_reset(st);
    return rc < 0 ? rc : 0;
}

/* Title of what a body names, so that a page need not ask again. */
static void write_name(struct library *l, struct slice id, struct slice language, struct arena *a,
                       struct json *j)
{
    struct object_row o;
    struct version_row v;
    struct err e = {0};
    if (library_object_by_id(l, id, a, &e, &o) < 0 || o.state == LIBRARY_WITHDRAWN ||
        library_version(l, o.row, o.shown, a, &e, &v) < 0)
        return;
    json_t *body = json_loadb(v.body.p, v.body.n, 0, NULL);
    jsonw_object(j, NULL);
    jsonw_text(j, "id", id);
    jsonw_cstr(j, "object", library_kind_name(o.kind));
    if (body && write_title(l, o.row, language, body, j, &e) == 0)
        copy(j, body, "publisher");
    copy(j, body, "year");
    jsonw_object_end(j);
    json_decref(body);
}

static void write_once(struct library *l, const char *id, struct slice language, json_t *seen,
                       struct arena *a, struct json *j)
{
    if (id == NULL || json_object_get(seen, id))
        return;
    json_object_set_new(seen, id, json_true());
    write_name(l, slice_str(id), language, a, j);
}

static void write_names(struct library *l, const json_t *body, struct slice language, json_t *seen,
                        struct arena *a, struct json *j)
{
    static const char *const lists[] = {"sources", "measures"};
    size_t i;
    json_t *one;
    for (int k = 0; k < 2; k++) {
        json_array_foreach(json_object_get(body, lists[k]), i, one)
            write_once(l, json_string_value(one), language, seen, a, j);
    }
    json_array_foreach(json_object_get(body, "adopters"), i, one)
    {
        const char *source = json_string_value(json_object_get(one, "source"));
        if (source)
            write_once(l, source, language, seen, a, j);
    }
    json_array_foreach(json_object_get(body, "steps"), i, one)
    {
        if (json_is_object(one))
            write_names(l, one, language, seen, a, j);
    }
}

static int write_referrers(struct library *l, const struct object_row *o, struct slice language,
                           struct arena *a, struct json *j, struct err *e)
{
    sqlite3_stmt *st = db_prepare(l->db, LIB_REFERRERS, e);
    struct slice ids[50];
    size_t n = 0;
    int rc = 0;
    if (st == NULL)
        return ERR_CORRUPT;
    db_bind_text(st, 1, o->id);
    while (n < 50 && (rc = db_step(l->db, st, "reading what refers to it", e)) == 1)
        ids[n++] = db_text(st, 0, a);
    sqlite3_reset(st);
    jsonw_array(j, "referred_by");
    for (size_t i = 0; i < n; i++)
        write_name(l, ids[i], language, a, j);
    jsonw_array_end(j);
    return rc < 0 ? rc : 0;
}

int library_show(struct library *l, struct slice id, int version, struct slice language,
                 struct arena *a, struct json *j, struct err *e)
{
    struct object_row o;
    struct version_row v;
    int rc = library_refresh(l, e);
    rc = rc ? rc : library_object_by_id(l, id, a, e, &o);
    if (rc == ERR_NOENT)
        return err_set(e, ERR_NOENT, "there is nothing of this name in the library");
    rc = rc ? rc : library_version(l, o.row, version ? version : o.shown, a, e, &v);
    if (rc < 0)
        return rc;
    rc = library_card(l, o.row, language, a, j, e);
    jsonw_int(j, "newest", o.newest);
    when(j, "created", o.created_us);
    if (o.reason.n)
        jsonw_text(j, "reason", o.reason);
    jsonw_int(j, "shown", v.number);
    jsonw_cstr(j, "shown_state", state_word(&o, v.number, (int)v.state));
    raw(j, "body", v.body);
    rc = rc ? rc : write_versions(l, &o, a, j, e);
    rc = rc ? rc : write_reviews(l, &o, a, j, e);
    rc = rc ? rc : write_translations(l, &o, a, j, e);
    rc = rc ? rc : write_adopters(l, &o, a, j, e);
    rc = rc ? rc : write_link(l, &o, a, j, e);
    json_t *body = json_loadb(v.body.p, v.body.n, 0, NULL);
    rc = rc ? rc : write_translated(l, o.row, language, body, j, e);
    jsonw_array(j, "names");
    json_t *seen = json_object();
    write_names(l, body, language, seen, a, j);
    json_decref(seen);
    jsonw_array_end(j);
    json_decref(body);
    return rc ? rc : write_referrers(l, &o, language, a, j, e);
}
