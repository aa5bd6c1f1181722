/* What an object is found by: words of its texts and translations, and its facets. */
#include "library/library_internal.h"

#include "library/words.h"

#include <stdio.h>

#define TEXT_ROOM (256u * 1024)

struct indexed {
    struct library *l;
    struct buf title, subject, text, facet;
    uint16_t languages[LIBRARY_LISTED];
    uint8_t n_languages;
};

struct slice library_facet_token(struct arena *a, enum library_facet f, int value)
{
    return arena_printf(a, "x%s%d", library_facet_name(f), value);
}

struct slice library_plain_url(struct arena *a, struct slice url)
{
    size_t scheme = slice_find(url, SLICE("://"));
    if (scheme != SIZE_MAX)
        url = slice_from(url, scheme + 3);
    if (slice_istarts(url, SLICE("www.")))
        url = slice_from(url, 4);
    struct slice hash = slice_head(url, slice_chr(url, '#'));
    while (hash.n && hash.p[hash.n - 1] == '/')
        hash.n--;
    char *p = arena_cstr(a, hash);
    for (size_t i = 0; i < hash.n && p[i] != '/'; i++)
        p[i] = ascii_lower(p[i]);
    return slice_of(p, hash.n);
}

static void add_token(struct indexed *x, enum library_facet f, int value)
{
    if (value >= 0)
        buf_printf(&x->facet, "%sx%s%d", x->facet.n ? " " : "", library_facet_name(f), value);
}

static void add_bits(struct indexed *x, enum library_facet f, uint32_t bits)
{
    for (int i = 0; i < 32; i++) {
        if (bits >> i & 1)
            add_token(x, f, i);
    }
}

static void add_language(struct indexed *x, int code)
{
    for (uint8_t i = 0; i < x->n_languages; i++) {
        if (x->languages[i] == code)
            return;
    }
    if (code >= 0 && x->n_languages < LIBRARY_LISTED)
        x->languages[x->n_languages++] = (uint16_t)code;
}

/* Translated titles, those of strangers left out until somebody looked at them. */
static int add_translations(struct indexed *x, const struct object_row *o, struct err *e)
{
    sqlite3_stmt *st = db_prepare(x->l->db, LIB_TRANSLATIONS, e);
    int rc;
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, o->row);
    while ((rc = db_step(x->l->db, st, "reading translations", e)) == 1) {
        const char *body = (const char *)sqlite3_column_text(st, 5);
        json_t *j = sqlite3_column_int(st, 4) == 0 && body ? json_loads(body, 0, NULL) : NULL;
        struct library_item item;
        if (j) {
            library_item_read(LIBRARY_TRANSLATION, j, &item);
            words_add(item.title, &x->title);
            words_add(item.summary, &x->text);
            add_language(x, sqlite3_column_int(st, 2));
        }
        json_decref(j);
    }
    sqlite3_reset(st);
    return rc;
}

/* Subjects in every language of the vocabulary, so that "réglementation" finds regulation. */
static void add_subjects(struct indexed *x, enum library_facet f, uint32_t bits)
{
    for (int i = 0; i < 32 && library_words(f)[i]; i++) {
        if (bits >> i & 1) {
            words_add(slice_str(library_words(f)[i]), &x->subject);
            words_add(slice_str(library_subject(f, i)), &x->subject);
        }
    }
}

static void add_refers(struct library *l, const struct object_row *o, const json_t *body,
                       struct err *e, int *rc)
{
    static const char *const lists[] = {"sources", "measures"};
    size_t i;
    json_t *one;
    for (int k = 0; k < 2; k++) {
        json_array_foreach(json_object_get(body, lists[k]), i, one)
        {
            sqlite3_stmt *st = db_prepare(l->db, LIB_REFERS_ADD, e);
            if (*rc < 0 || st == NULL) {
                *rc = *rc ? *rc : ERR_CORRUPT;
                return;
            }
            sqlite3_bind_int64(st, 1, o->row);
            db_bind_text(st, 2, slice_str(json_string_value(one)));
            *rc = db_run(l->db, st, "adding a reference", e);
        }
    }
    json_array_foreach(json_object_get(body, "steps"), i, one)
    {
        if (json_is_object(one))
            add_refers(l, o, one, e, rc);
    }
}

static int save_refers(struct library *l, const struct object_row *o, const json_t *body,
                       struct err *e)
{
    sqlite3_stmt *st = db_prepare(l->db, LIB_REFERS_DROP, e);
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, o->row);
    int rc = db_run(l->db, st, "dropping references", e);
    if (rc == 0 && o->state < LIBRARY_SUPERSEDED)
        add_refers(l, o, body, e, &rc);
    return rc;
}

static int save_facets(struct indexed *x, const struct object_row *o,
                       const struct library_item *item, struct arena *a, struct err *e)
{
    sqlite3_stmt *st = db_prepare(x->l->db, LIB_OBJECT_FACETS, e);
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, o->row);
    sqlite3_bind_int64(st, 2, item->topics);
    sqlite3_bind_int64(st, 3, item->audiences);
    sqlite3_bind_int(st, 4, item->level);
    sqlite3_bind_int(st, 5, item->type);
    sqlite3_bind_int(st, 6, item->year);
    db_bind_raw(st, 7, item->countries, item->n_countries * sizeof(uint16_t));
    db_bind_raw(st, 8, x->languages, x->n_languages * sizeof(uint16_t));
    if (item->url.n) {
        db_bind_text(st, 9, item->url);
        db_bind_text(st, 10, library_plain_url(a, item->url));
    }
    sqlite3_bind_int64(st, 11, (sqlite3_int64)words_bits(buf_slice(&x->title)));
    return db_run(x->l->db, st, "setting facets", e);
}

static int save_words(struct indexed *x, const struct object_row *o, struct err *e)
{
    sqlite3_stmt *st = db_prepare(x->l->db, LIB_WORDS_DROP, e);
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, o->row);
    int rc = db_run(x->l->db, st, "dropping words", e);
    if (rc < 0 || o->state >= LIBRARY_SUPERSEDED || o->kind == LIBRARY_TRANSLATION)
        return rc;
    st = db_prepare(x->l->db, LIB_WORDS_ADD, e);
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, o->row);
    db_bind_text(st, 2, buf_slice(&x->title));
    db_bind_text(st, 3, buf_slice(&x->subject));
    db_bind_text(st, 4, buf_slice(&x->text));
    db_bind_text(st, 5, buf_slice(&x->facet));
    return db_run(x->l->db, st, "adding words", e);
}

static void gather(struct indexed *x, const struct object_row *o, const json_t *body,
                   const struct library_item *item)
{
    struct buf rest = BUF_INIT(TEXT_ROOM);
    words_add(item->title, &x->title);
    words_add(item->publisher, &x->subject);
    words_add(item->summary, &x->text);
    words_add(o->id, &x->text);
    library_item_texts(body, &rest);
    words_add(buf_slice(&rest), &x->text);
    buf_fini(&rest);
    add_subjects(x, FACET_TOPIC, item->topics);
    add_subjects(x, FACET_AUDIENCE, item->audiences);
    if (item->type >= 0)
        add_subjects(x, FACET_TYPE, 1u << item->type);
    add_bits(x, FACET_TOPIC, item->topics);
    add_bits(x, FACET_AUDIENCE, item->audiences);
    add_token(x, FACET_LEVEL, item->level);
    add_token(x, FACET_TYPE, item->type);
    add_token(x, FACET_STATE, (int)o->state);
    uint32_t regions = 0;
    for (uint8_t i = 0; i < item->n_countries; i++) {
        int region = library_region(item->countries[i]);
        regions |= region >= 0 ? 1u << region : 0;
        add_token(x, FACET_COUNTRY, item->countries[i]);
    }
    add_bits(x, FACET_REGION,
             regions ? regions : 1u << library_value(FACET_REGION, SLICE("world")));
    for (uint8_t i = 0; i < x->n_languages; i++)
        add_token(x, FACET_LANGUAGE, x->languages[i]);
}

int library_index(struct library *l, const struct object_row *o, struct err *e)
{
    struct arena *a = arena_new(0);
    struct indexed x = {.l = l,
                        .title = BUF_INIT(TEXT_ROOM),
                        .subject = BUF_INIT(TEXT_ROOM),
                        .text = BUF_INIT(TEXT_ROOM),
                        .facet = BUF_INIT(4096)};
    struct version_row v;
    struct library_item item;
    int rc = library_version(l, o->row, o->shown, a, e, &v);
    json_t *body = rc ? NULL : json_loadb(v.body.p, v.body.n, 0, NULL);
    if (body) {
        library_item_read(o->kind, body, &item);
        for (uint8_t i = 0; i < item.n_languages; i++)
            add_language(&x, item.languages[i]);
        rc = add_translations(&x, o, e);
        gather(&x, o, body, &item);
        rc = rc ? rc : save_facets(&x, o, &item, a, e);
        rc = rc ? rc : save_words(&x, o, e);
        rc = rc ? rc : save_refers(l, o, body, e);
    }
    json_decref(body);
    buf_fini(&x.title);
    buf_fini(&x.subject);
    buf_fini(&x.text);
    buf_fini(&x.facet);
    arena_free(a);
    return rc;
}
