/* The fields of each kind: checking and reading bodies. See item.h. */
#include "library/item.h"
#include "base/buf.h"
#include "base/utf8.h"

#include <stdio.h>

enum field_type {
    IS_TEXT, /* most: bytes */
    IS_URL,  /* most: bytes; http or https */
    IS_YEAR,
    IS_WORD,     /* of the vocabulary */
    IS_WORDS,    /* a list of them */
    IS_LANGUAGE, /* two letters */
    IS_COUNTRY,
    IS_LANGUAGES, /* a list */
    IS_ID,        /* of an object */
    IS_IDS,
    IS_TEXTS,   /* a list of texts of at most `most` bytes */
    IS_OBJECTS, /* a list of objects with the fields `inner` */
};

struct field {
    const char *name;
    enum field_type type;
    bool is_needed;
    size_t most;              /* bytes, or of a list: items (then texts are at most TEXT_MOST) */
    const char *const *words; /* NULL: the facet's */
    enum library_facet facet;
    const struct field *inner;
};

#define TEXT_MOST 2000u
#define LIST_MOST 24u

static const char *const origins[] = {"draft", "person", NULL};
static const char *const bases[] = {"seen", "pattern", NULL};
static const char *const confidences[] = {"high", "medium", "low", NULL};
static const char *const speaks[] = {"person", "organisation", "agreed", NULL};
static const char *const grades[] = {"A", "B", "C", "D", NULL};
static const char *const costs[] = {"low", "medium", "high", NULL};
static const char *const openness[] = {"strengthens", "neutral", "watch", "risks", NULL};

#define TITLE                                                            \
    {                                                                    \
        .name = "title", .type = IS_TEXT, .is_needed = true, .most = 200 \
    }
#define SUMMARY                                                             \
    {                                                                       \
        .name = "summary", .type = IS_TEXT, .is_needed = true, .most = 1200 \
    }
#define LANGUAGE                                \
    {                                           \
        .name = "language", .type = IS_LANGUAGE \
    }
#define TOPICS                                                                      \
    {                                                                               \
        .name = "topics", .type = IS_WORDS, .is_needed = true, .facet = FACET_TOPIC \
    }
#define AUDIENCES                                                      \
    {                                                                  \
        .name = "audiences", .type = IS_WORDS, .facet = FACET_AUDIENCE \
    }
#define COUNTRY                               \
    {                                         \
        .name = "country", .type = IS_COUNTRY \
    }
#define LEVEL                                                  \
    {                                                          \
        .name = "level", .type = IS_WORD, .facet = FACET_LEVEL \
    }
#define TEXT(n, m)                                \
    {                                             \
        .name = (n), .type = IS_TEXT, .most = (m) \
    }
#define WORD(n, w)                                 \
    {                                              \
        .name = (n), .type = IS_WORD, .words = (w) \
    }
#define IDS(n)                      \
    {                               \
        .name = (n), .type = IS_IDS \
    }
#define NEED_WORD(n, w)                                               \
    {                                                                 \
        .name = (n), .type = IS_WORD, .is_needed = true, .words = (w) \
    }
#define NEED_TEXT(n, m)                                              \
    {                                                                \
        .name = (n), .type = IS_TEXT, .is_needed = true, .most = (m) \
    }
#define END          \
    {                \
        .name = NULL \
    }

static const struct field resource_fields[] = {
    TITLE,
    SUMMARY,
    LANGUAGE,
    {.name = "topics", .type = IS_WORDS, .facet = FACET_TOPIC}, /* a stranger may not know */
    AUDIENCES,
    COUNTRY,
    LEVEL,
    TEXT("publisher", 200),
    {.name = "year", .type = IS_YEAR},
    {.name = "url", .type = IS_URL, .most = 1000},
    WORD("url_basis", bases),
    WORD("source_confidence", confidences),
    WORD("speaks", speaks),
    {.name = "languages", .type = IS_LANGUAGES},
    {.name = "kind", .type = IS_WORD, .is_needed = true, .facet = FACET_TYPE},
    TEXT("licence", 100),
    END};

static const struct field adopter_fields[] = {NEED_TEXT("who", 200),
                                              {.name = "country", .type = IS_COUNTRY},
                                              {.name = "since", .type = IS_YEAR},
                                              TEXT("result", 600),
                                              {.name = "source", .type = IS_ID},
                                              END};

static const struct field measure_fields[] = {
    TITLE,
    SUMMARY,
    LANGUAGE,
    TOPICS,
    AUDIENCES,
    COUNTRY,
    LEVEL,
    NEED_TEXT("problem", 800),
    {.name = "steps", .type = IS_TEXTS, .is_needed = true, .most = 600},
    NEED_WORD("evidence", grades),
    NEED_TEXT("evidence_why", 800),
    NEED_WORD("cost", costs),
    NEED_TEXT("cost_why", 400),
    NEED_WORD("openness", openness),
    NEED_TEXT("openness_why", 800),
    TEXT("effect", 800),
    TEXT("ends", 400),
    IDS("sources"),
    {.name = "adopters", .type = IS_OBJECTS, .inner = adopter_fields},
    END};

static const struct field step_fields[] = {NEED_TEXT("do", 600), TEXT("why", 600),
                                           IDS("sources"),       IDS("measures"),
                                           TEXT("page", 120), /* of this site, as "/law" */
                                           TEXT("command", 200), END};

static const struct field path_fields[] = {
    TITLE,
    SUMMARY,
    LANGUAGE,
    TOPICS,
    {.name = "role", .type = IS_WORD, .is_needed = true, .facet = FACET_AUDIENCE},
    NEED_TEXT("problem", 800),
    {.name = "steps", .type = IS_OBJECTS, .is_needed = true, .inner = step_fields},
    TEXT("done", 400),
    END};

/* A translated step beside the original's of the same place; for a measure "do" alone. */
static const struct field translated_fields[] = {NEED_TEXT("do", 600), TEXT("why", 600), END};

static const struct field translation_fields[] = {
    {.name = "of", .type = IS_ID, .is_needed = true},
    {.name = "language", .type = IS_LANGUAGE, .is_needed = true},
    TITLE,
    SUMMARY,
    TEXT("problem", 800),
    {.name = "steps", .type = IS_OBJECTS, .inner = translated_fields},
    TEXT("done", 400),
    NEED_WORD("origin", origins),
    {.name = "of_version", .type = IS_YEAR},
    END};

static const struct field *const fields_of[LIBRARY_KINDS] = {resource_fields, measure_fields,
                                                             path_fields, translation_fields};

/* ---- checking ---- */

/* Control signs and such that turn the direction of writing would let a text lie about itself. */
static bool is_plain(struct slice s)
{
    while (s.n) {
        bool ok;
        uint32_t c = utf8_next(&s, &ok);
        if (!ok || c < 0x20 || c == 0x7F || (c >= 0x80 && c < 0xA0) ||
            (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x2028 ||
            c == 0x2029)
            return false;
    }
    return true;
}

static struct slice text_of(const json_t *v)
{
    return json_is_string(v) ? slice_of(json_string_value(v), json_string_length(v)) : SLICE("");
}

static int check_text(const char *name, const json_t *v, size_t most, struct err *e)
{
    struct slice s = slice_trim(text_of(v));
    if (!json_is_string(v))
        return err_set(e, ERR_USAGE, "%s: a text is expected", name);
    if (s.n == 0)
        return err_set(e, ERR_USAGE, "%s: is empty", name);
    if (s.n > most)
        return err_set(e, ERR_USAGE, "%s: is longer than %zu bytes", name, most);
    if (!is_plain(s))
        return err_set(e, ERR_USAGE, "%s: has control characters or is not UTF-8", name);
    return 0;
}

static int check_url(const char *name, const json_t *v, size_t most, struct err *e)
{
    int rc = check_text(name, v, most, e);
    struct slice s = text_of(v);
    if (rc < 0)
        return rc;
    bool is_http = slice_istarts(s, SLICE("http://")),
         is_https = slice_istarts(s, SLICE("https://"));
    struct slice rest = slice_from(s, is_https ? 8 : 7);
    if ((!is_http && !is_https) || rest.n == 0 || rest.p[0] == '/')
        return err_set(e, ERR_USAGE, "%s: must begin with https:// or http:// and a host", name);
    for (size_t i = 0; i < s.n; i++) {
        if ((unsigned char)s.p[i] <= ' ' || strchr("\"<>\\^`{|}", s.p[i]))
            return err_set(e, ERR_USAGE, "%s: has a character that no address has", name);
    }
    struct slice host = slice_head(rest, slice_chr(rest, '/'));
    if (slice_chr(host, '@') != SIZE_MAX)
        return err_set(e, ERR_USAGE, "%s: names a user before the host", name);
    return 0;
}

static int check_word(const struct field *f, const json_t *v, struct err *e)
{
    const char *const *words = f->words ? f->words : library_words(f->facet);
    struct slice s = text_of(v);
    char all[240];
    size_t n = 0;
    for (size_t i = 0; words[i]; i++) {
        if (slice_eq(s, slice_str(words[i])))
            return 0;
        n += (size_t)snprintf(all + n, n < sizeof(all) ? sizeof(all) - n : 0, "%s%s", i ? ", " : "",
                              words[i]);
        n = n < sizeof(all) ? n : sizeof(all) - 1;
    }
    return err_set(e, ERR_USAGE, "%s: \"%.*s\" is none of: %s", f->name,
                   SLICE_ARG(slice_head(s, 40)), all);
}

static int check_fields(const struct field *fields, const json_t *body, const char *where,
                        struct err *e);

static int check_one(const struct field *f, const json_t *v, struct err *e)
{
    switch (f->type) {
    case IS_TEXT:
        return check_text(f->name, v, f->most, e);
    case IS_TEXTS:
        return check_text(f->name, v, f->most, e);
    case IS_URL:
        return check_url(f->name, v, f->most, e);
    case IS_YEAR:
        if (!json_is_integer(v) || json_integer_value(v) < 0 || json_integer_value(v) > 2200)
            return err_set(e, ERR_USAGE, "%s: is not a number up to 2200", f->name);
        return 0;
    case IS_WORD:
    case IS_WORDS:
        return check_word(f, v, e);
    case IS_LANGUAGE:
    case IS_LANGUAGES:
    case IS_COUNTRY:
        if (library_value(f->type == IS_COUNTRY ? FACET_COUNTRY : FACET_LANGUAGE, text_of(v)) < 0)
            return err_set(e, ERR_USAGE, "%s: is not a code of two letters", f->name);
        return 0;
    case IS_ID:
    case IS_IDS:
        if (!library_id_ok(text_of(v)))
            return err_set(e, ERR_USAGE, "%s: is not the id of something in the library", f->name);
        return 0;
    case IS_OBJECTS:
        return check_fields(f->inner, v, f->name, e);
    }
    return 0;
}

static bool is_list(const struct field *f)
{
    return f->type == IS_WORDS || f->type == IS_LANGUAGES || f->type == IS_IDS ||
           f->type == IS_TEXTS || f->type == IS_OBJECTS;
}

static int check_field(const struct field *f, const json_t *v, struct err *e)
{
    size_t i;
    json_t *one;
    if (!is_list(f))
        return check_one(f, v, e);
    if (!json_is_array(v))
        return err_set(e, ERR_USAGE, "%s: a list is expected", f->name);
    if (json_array_size(v) > LIST_MOST)
        return err_set(e, ERR_USAGE, "%s: has more than %u items", f->name, LIST_MOST);
    if (f->is_needed && json_array_size(v) == 0)
        return err_set(e, ERR_USAGE, "%s: is empty", f->name);
    json_array_foreach(v, i, one)
    {
        int rc = check_one(f, one, e);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static const struct field *field_named(const struct field *fields, const char *name)
{
    for (; fields->name; fields++) {
        if (strcmp(fields->name, name) == 0)
            return fields;
    }
    return NULL;
}

static int check_fields(const struct field *fields, const json_t *body, const char *where,
                        struct err *e)
{
    const char *name;
    json_t *v;
    if (!json_is_object(body))
        return err_set(e, ERR_USAGE, "%s: an object with fields is expected", where);
    for (const struct field *f = fields; f->name; f++) {
        v = json_object_get(body, f->name);
        if (f->is_needed && (v == NULL || json_is_null(v)))
            return err_set(e, ERR_USAGE, "%s: is missing", f->name);
    }
    json_object_foreach((json_t *)body, name, v)
    {
        const struct field *f = field_named(fields, name);
        if (f == NULL)
            return err_set(e, ERR_USAGE, "%.40s: there is no such field", name);
        int rc = json_is_null(v) ? 0 : check_field(f, v, e);
        if (rc < 0)
            return rc;
    }
    return 0;
}

int library_item_check(enum library_kind k, const json_t *body, struct err *e)
{
    return check_fields(fields_of[k], body, "the body", e);
}

int library_adopter_check(const json_t *adopter, struct err *e)
{
    return check_fields(adopter_fields, adopter, "the adopter", e);
}

/* ---- reading ---- */

static uint32_t bits_of(const json_t *list, enum library_facet f)
{
    uint32_t bits = 0;
    size_t i;
    json_t *one;
    json_array_foreach((json_t *)list, i, one)
    {
        int n = library_value(f, text_of(one));
        bits |= n >= 0 ? 1u << n : 0;
    }
    return bits;
}

static void add_code(uint16_t *list, uint8_t *n, int code)
{
    for (uint8_t i = 0; i < *n; i++) {
        if (list[i] == code)
            return;
    }
    if (code >= 0 && *n < LIBRARY_LISTED)
        list[(*n)++] = (uint16_t)code;
}

void library_item_read(enum library_kind k, const json_t *body, struct library_item *out)
{
    size_t i;
    json_t *one;
    *out = (struct library_item){.level = -1, .type = -1};
    out->title = slice_trim(text_of(json_object_get(body, "title")));
    out->summary = slice_trim(text_of(json_object_get(body, "summary")));
    out->language = text_of(json_object_get(body, "language"));
    if (out->language.n != 2)
        out->language = SLICE("en");
    out->publisher = text_of(json_object_get(body, "publisher"));
    out->url = text_of(json_object_get(body, "url"));
    out->of = text_of(json_object_get(body, "of"));
    out->year = (int)json_integer_value(json_object_get(body, "year"));
    out->topics = bits_of(json_object_get(body, "topics"), FACET_TOPIC);
    out->audiences = bits_of(json_object_get(body, "audiences"), FACET_AUDIENCE);
    int role = library_value(FACET_AUDIENCE, text_of(json_object_get(body, "role")));
    out->audiences |= role >= 0 ? 1u << role : 0;
    out->level = library_value(FACET_LEVEL, text_of(json_object_get(body, "level")));
    out->type = k == LIBRARY_RESOURCE
                    ? library_value(FACET_TYPE, text_of(json_object_get(body, "kind")))
                    : library_value(FACET_TYPE, slice_str(library_kind_name(k)));
    add_code(out->countries, &out->n_countries,
             library_value(FACET_COUNTRY, text_of(json_object_get(body, "country"))));
    json_array_foreach(json_object_get(body, "adopters"), i, one)
        add_code(out->countries, &out->n_countries,
                 library_value(FACET_COUNTRY, text_of(json_object_get(one, "country"))));
    json_array_foreach(json_object_get(body, "languages"), i, one)
        add_code(out->languages, &out->n_languages, library_value(FACET_LANGUAGE, text_of(one)));
    add_code(out->languages, &out->n_languages, library_value(FACET_LANGUAGE, out->language));
}

static bool is_shown_apart(const char *name)
{
    static const char *const apart[] = {
        "title", "summary", "url",     "language", "topics", "audiences", "languages",
        "level", "kind",    "sources", "measures", "of",     "url_basis", NULL};
    for (size_t i = 0; apart[i]; i++) {
        if (strcmp(name, apart[i]) == 0)
            return true;
    }
    return false;
}

void library_item_texts(const json_t *body, struct buf *out)
{
    const char *name;
    json_t *v, *one;
    size_t i;
    if (json_is_string(body)) {
        buf_chr(out, ' ');
        buf_add(out, text_of(body));
    }
    json_array_foreach((json_t *)body, i, one) library_item_texts(one, out);
    json_object_foreach((json_t *)body, name, v)
    {
        if (!is_shown_apart(name))
            library_item_texts(v, out);
    }
}
