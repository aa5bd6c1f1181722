/* Overviews: what is missing where, how many there are, links to check, everything for a file. */
#include "library/library_internal.h"

#include <stdlib.h>

#define TOPICS    9
#define REGIONS   6
#define LANGUAGES 16
#define EMPTIEST  12

struct gaps {
    int codes[LANGUAGES];
    size_t n_codes;
    uint32_t by_topic[REGIONS][TOPICS];      /* of any language */
    uint32_t by_language[TOPICS][LANGUAGES]; /* of any region */
    uint32_t all[REGIONS][TOPICS][LANGUAGES];
};

static void count(struct gaps *g, const struct entry *en)
{
    for (int r = 0; r < REGIONS; r++) {
        for (int t = 0; (en->regions >> r & 1) && t < TOPICS; t++)
            g->by_topic[r][t] += en->topics >> t & 1;
    }
    for (size_t k = 0; k < g->n_codes; k++) {
        if (!library_has_value(en, FACET_LANGUAGE, g->codes[k]))
            continue;
        for (int t = 0; t < TOPICS; t++) {
            if (!(en->topics >> t & 1))
                continue;
            g->by_language[t][k]++;
            for (int r = 0; r < REGIONS; r++)
                g->all[r][t][k] += en->regions >> r & 1;
        }
    }
}

static void write_row(struct json *j, const char *name, const uint32_t *n, size_t count_n)
{
    jsonw_array(j, name);
    for (size_t i = 0; i < count_n; i++)
        jsonw_int(j, NULL, n[i]);
    jsonw_array_end(j);
}

static void write_cells(struct json *j, const struct gaps *g)
{
    jsonw_array(j, "rows");
    for (int r = 0; r < REGIONS; r++) {
        for (int t = 0; t < TOPICS; t++) {
            jsonw_object(j, NULL);
            jsonw_cstr(j, "region", library_words(FACET_REGION)[r]);
            jsonw_cstr(j, "topic", library_words(FACET_TOPIC)[t]);
            jsonw_int(j, "any", g->by_topic[r][t]);
            write_row(j, "n", g->all[r][t], g->n_codes);
            jsonw_object_end(j);
        }
    }
    jsonw_array_end(j);
    jsonw_array(j, "topics");
    for (int t = 0; t < TOPICS; t++) {
        jsonw_object(j, NULL);
        jsonw_cstr(j, "topic", library_words(FACET_TOPIC)[t]);
        write_row(j, "n", g->by_language[t], g->n_codes);
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
}

/* What to write or translate next: cells with least, where the topic is known elsewhere. */
static void write_emptiest(struct json *j, const struct gaps *g)
{
    size_t left = EMPTIEST;
    jsonw_array(j, "emptiest");
    for (uint32_t n = 0; left && n < 3; n++) {
        for (int t = 0; left && t < TOPICS; t++) {
            for (int r = 0; left && r < REGIONS - 1; r++) { /* not the whole world */
                char room[4];
                if (g->by_topic[r][t] != n)
                    continue;
                jsonw_object(j, NULL);
                jsonw_cstr(j, "region", library_words(FACET_REGION)[r]);
                jsonw_cstr(j, "topic", library_words(FACET_TOPIC)[t]);
                jsonw_int(j, "n", n);
                jsonw_array(j, "missing_languages");
                for (size_t k = 0; k < g->n_codes; k++) {
                    if (g->all[r][t][k] == 0)
                        jsonw_cstr(j, NULL, library_word(FACET_LANGUAGE, g->codes[k], room));
                }
                jsonw_array_end(j);
                jsonw_object_end(j);
                left--;
            }
        }
    }
    jsonw_array_end(j);
}

int library_gaps(struct library *l, struct slice languages, struct json *j, struct err *e)
{
    struct gaps g = {0};
    struct slice one;
    int rc = library_refresh(l, e);
    while (slice_split(&languages, ' ', &one) && g.n_codes < LANGUAGES) {
        int code = library_value(FACET_LANGUAGE, one);
        if (code >= 0)
            g.codes[g.n_codes++] = code;
    }
    for (size_t row = 1; rc == 0 && row < l->n; row++) {
        const struct entry *en = &l->entries[row];
        if (en->is_there && en->state < LIBRARY_SUPERSEDED && !en->is_waiting &&
            en->kind != LIBRARY_TRANSLATION)
            count(&g, en);
    }
    if (rc < 0)
        return rc;
    jsonw_array(j, "languages");
    for (size_t k = 0; k < g.n_codes; k++) {
        char room[4];
        jsonw_cstr(j, NULL, library_word(FACET_LANGUAGE, g.codes[k], room));
    }
    jsonw_array_end(j);
    write_cells(j, &g);
    write_emptiest(j, &g);
    return 0;
}

int library_counts(struct library *l, struct json *j, struct err *e)
{
    sqlite3_stmt *st = db_prepare(l->db, LIB_COUNTS, e);
    int64_t n[LIBRARY_KINDS][LIBRARY_STATES] = {{0}};
    int rc;
    if (st == NULL)
        return ERR_CORRUPT;
    while ((rc = db_step(l->db, st, "counting", e)) == 1) {
        int kind = sqlite3_column_int(st, 0), state = sqlite3_column_int(st, 1);
        if (kind >= 0 && kind < LIBRARY_KINDS && state >= 0 && state < LIBRARY_STATES)
            n[kind][state] = sqlite3_column_int64(st, 2);
    }
    sqlite3_reset(st);
    for (int k = 0; rc == 0 && k < LIBRARY_KINDS; k++) {
        jsonw_object(j, library_kind_name((enum library_kind)k));
        for (int s = 0; s < LIBRARY_STATES; s++)
            jsonw_int(j, library_state_name((enum library_state)s), n[k][s]);
        jsonw_object_end(j);
    }
    return rc;
}

int library_links(struct library *l, int64_t before_us, size_t most, struct arena *a,
                  struct json *j, struct err *e)
{
    sqlite3_stmt *st = db_prepare(l->db, LIB_LINKS_DUE, e);
    int rc;
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, before_us);
    sqlite3_bind_int64(st, 2, (sqlite3_int64)most);
    jsonw_array(j, "links");
    while ((rc = db_step(l->db, st, "listing links", e)) == 1) {
        jsonw_object(j, NULL);
        jsonw_text(j, "id", db_text(st, 0, a));
        jsonw_text(j, "url", db_text(st, 1, a));
        jsonw_int(j, "checked_us", sqlite3_column_int64(st, 2));
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
    sqlite3_reset(st);
    return rc;
}

int library_export(struct library *l, int64_t from, size_t most, struct arena *a, struct json *j,
                   struct err *e, int64_t *out_next)
{
    sqlite3_stmt *st = db_prepare(l->db, LIB_EXPORT, e);
    int64_t last = 0;
    size_t n = 0;
    int rc;
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, from);
    sqlite3_bind_int64(st, 2, (sqlite3_int64)most);
    jsonw_array(j, "objects");
    while ((rc = db_step(l->db, st, "reading the library", e)) == 1) {
        struct slice by = db_text(st, 4, a);
        last = sqlite3_column_int64(st, 0);
        jsonw_object(j, NULL);
        jsonw_cstr(j, "kind", library_kind_name((enum library_kind)sqlite3_column_int(st, 2)));
        jsonw_text(j, "id", db_text(st, 1, a));
        if (by.n)
            jsonw_raw(j, "by", by);
        jsonw_raw(j, "body", db_text(st, 3, a));
        jsonw_object_end(j);
        n++;
    }
    jsonw_array_end(j);
    sqlite3_reset(st);
    *out_next = n == most ? last : 0;
    return rc;
}
