/* Showing a configuration and its reference; near words for error messages. See conf.h. */
#include "base/conf_internal.h"

#include <stdio.h>

#define WORD_MAX 64

/* Optimal string alignment distance, without case; words are cut at WORD_MAX. */
static size_t distance(struct slice a, struct slice b)
{
    unsigned char row[3][WORD_MAX + 1];
    a = slice_head(a, WORD_MAX);
    b = slice_head(b, WORD_MAX);
    for (size_t k = 0; k <= b.n; k++)
        row[0][k] = (unsigned char)k;
    for (size_t i = 1; i <= a.n; i++) {
        unsigned char *now = row[i % 3], *last = row[(i + 2) % 3], *before = row[(i + 1) % 3];
        now[0] = (unsigned char)i;
        for (size_t k = 1; k <= b.n; k++) {
            bool same = ascii_lower(a.p[i - 1]) == ascii_lower(b.p[k - 1]);
            unsigned best = last[k - 1] + (same ? 0u : 1u);
            if (last[k] + 1u < best)
                best = last[k] + 1u;
            if (now[k - 1] + 1u < best)
                best = now[k - 1] + 1u;
            bool swapped = i > 1 && k > 1 && ascii_lower(a.p[i - 1]) == ascii_lower(b.p[k - 2]) &&
                           ascii_lower(a.p[i - 2]) == ascii_lower(b.p[k - 1]);
            if (swapped && before[k - 2] + 1u < best)
                best = before[k - 2] + 1u;
            now[k] = (unsigned char)best;
        }
    }
    return row[a.n % 3][b.n];
}

const char *conf_nearest(struct slice word, const char *const *words)
{
    const char *best = NULL;
    size_t limit = word.n / 3 < 1 ? 1 : word.n / 3, least = SIZE_MAX;
    if (word.n > WORD_MAX)
        return NULL;
    for (; *words; words++) {
        size_t d = distance(word, slice_str(*words));
        if (d <= limit && d < least && d < strlen(*words)) {
            least = d;
            best = *words;
        }
    }
    return best;
}

void conf_add_hint(struct err *e, struct slice word, const char *const *words)
{
    if (e == NULL)
        return;
    size_t used = strlen(e->text);
    char *end = e->text + used;
    size_t room = sizeof(e->text) - used;
    const char *near = conf_nearest(word, words);
    if (near) {
        snprintf(end, room, "; did you mean \"%s\"?", near);
        return;
    }
    int n = snprintf(end, room, "; known:");
    for (; *words && n > 0 && (size_t)n < room && n < 160; words++) {
        end += n;
        room -= (size_t)n;
        n = snprintf(end, room, " %s%s", *words, words[1] ? "," : "");
    }
    if (*words && n > 0 && (size_t)n < room)
        snprintf(end + n, room - (size_t)n, " ...");
}

/* Where a value comes from, in words. */
static void put_source(const struct conf_block *b, size_t i, struct buf *out)
{
    if (b->lines[i] == CONF_FROM_PROFILE)
        buf_str(out, "profile");
    else if (b->lines[i])
        buf_printf(out, "line %u", b->lines[i]);
    else
        buf_str(out, "default");
}

static void show_block(const struct conf_block *b, struct buf *out, bool with_docs)
{
    const struct conf_section *s = b->section;
    const char *indent = *s->name ? "    " : "";
    if (with_docs && s->doc && *s->name)
        buf_printf(out, "# %s\n", s->doc);
    if (s->named) {
        struct conf_item name = {.type = CONF_TEXT};
        struct buf text = BUF_INIT(2 * CONF_LINE_MAX);
        conf_value(&name, &b->name, &text);
        bool quoted = text.n && text.p[0] == '"';
        buf_printf(out, "%s %s%s%s {\n", s->name, quoted ? "" : "\"", buf_cstr(&text),
                   quoted ? "" : "\"");
        buf_fini(&text);
    } else if (*s->name) {
        buf_printf(out, "%s {\n", s->name);
    }
    for (size_t i = 0; s->items[i].key; i++) {
        const struct conf_item *item = &s->items[i];
        if (with_docs && item->doc)
            buf_printf(out, "%s# %s\n", indent, item->doc);
        size_t start = out->n;
        buf_printf(out, "%s%s = ", indent, item->key);
        conf_value(item, b->data, out);
        size_t width = out->n - start;
        buf_printf(out, "%*s# ", width < 40 ? (int)(40 - width) : 1, "");
        put_source(b, i, out);
        buf_chr(out, '\n');
    }
    if (*s->name)
        buf_str(out, "}\n");
}

void conf_show(const struct conf *c, struct buf *out, bool with_docs)
{
    for (const struct conf_block *b = c->blocks; b; b = b->next)
        show_block(b, out, with_docs);
}

static const char *type_name(enum conf_type t)
{
    static const char *const names[] = {"yes or no", "whole number", "size", "time",
                                        "number",    "text",         "word", "list"};
    return names[t];
}

/* "time, 1s to 60s, default 8s" */
static void put_kind(const struct conf_item *item, struct buf *out)
{
    buf_str(out, type_name(item->type));
    if (item->unit)
        buf_printf(out, " (%s)", item->unit);
    if (item->min != 0 || item->max != 0) {
        struct conf_item bound = *item;
        bound.offset = 0;
        bound.choices = NULL;
        double scale = item->type == CONF_TIME ? 1e6 : 1, ends[2] = {item->min, item->max};
        for (int i = 0; i < 2; i++) {
            int64_t whole = (int64_t)(ends[i] * scale);
            buf_str(out, i ? " to " : ", ");
            conf_value(&bound, item->type == CONF_NUM ? (void *)&ends[i] : (void *)&whole, out);
        }
    }
    for (size_t i = 0; item->choices && item->choices[i]; i++)
        buf_printf(out, "%s%s",
                   i                           ? " "
                   : item->type == CONF_CHOICE ? ": "
                                               : ", or ",
                   item->choices[i]);
    buf_printf(out, ", default %s", item->def && *item->def ? item->def : "empty");
}

/* Splits "policy.sales@example.org.reject" into section, name and key. */
static const struct conf_block *find_block(const struct conf *c, struct slice *key)
{
    size_t first = slice_chr(*key, '.'), last = slice_rchr(*key, '.');
    struct slice section = {"", 0}, name = {"", 0};
    if (first != SIZE_MAX) {
        section = slice_head(*key, first);
        if (last > first)
            name = slice_of(key->p + first + 1, last - first - 1);
        *key = slice_from(*key, last + 1);
    }
    for (const struct conf_block *b = c->blocks; b; b = b->next)
        if (slice_eq(section, slice_str(b->section->name)) && slice_eq(name, b->name))
            return b;
    return NULL;
}

static int no_such(const struct conf *c, const char *key, struct err *e)
{
    size_t n = 0, i = 0;
    for (const struct conf_block *b = c->blocks; b; b = b->next)
        n += conf_item_count(b->section);
    const char **words = ARENA_ARRAY(c->arena, const char *, n + 1);
    for (const struct conf_block *b = c->blocks; b; b = b->next)
        for (const struct conf_item *item = b->section->items; item->key; item++)
            words[i++] = arena_printf(c->arena, "%s%s%.*s%s%s", b->section->name,
                                      b->name.n ? "." : "", SLICE_ARG(b->name),
                                      *b->section->name ? "." : "", item->key)
                             .p;
    err_set(e, ERR_NOENT, "no setting \"%.200s\"", key);
    conf_add_hint(e, slice_str(key), words);
    return ERR_NOENT;
}

int conf_why(const struct conf *c, const char *key, struct buf *out, struct err *e)
{
    struct slice name = slice_str(key);
    const struct conf_block *b = find_block(c, &name);
    size_t i = 0;
    while (b && b->section->items[i].key && !slice_eq(name, slice_str(b->section->items[i].key)))
        i++;
    const struct conf_item *item = b ? &b->section->items[i] : NULL;
    if (item == NULL || item->key == NULL)
        return no_such(c, key, e);
    buf_printf(out, "%s = ", key);
    conf_value(item, b->data, out);
    buf_printf(out, "\n  %s\n  from: ", item->doc ? item->doc : "");
    if (b->lines[i] && b->lines[i] != CONF_FROM_PROFILE)
        buf_printf(out, "%.*s:%u", SLICE_ARG(c->file), b->lines[i]);
    else
        put_source(b, i, out);
    buf_str(out, "\n  kind: ");
    put_kind(item, out);
    buf_printf(out, "\n  a reload takes it over: %s\n",
               item->needs_restart ? "no, restart" : "yes");
    return 0;
}

/* roff treats a leading point or quote and each backslash or hyphen as its own. */
static void put_roff(const char *s, struct buf *out)
{
    if (*s == '.' || *s == '\'')
        buf_str(out, "\\&");
    for (; *s; s++) {
        if (*s == '\\')
            buf_str(out, "\\e");
        else if (*s == '-')
            buf_str(out, "\\-");
        else
            buf_chr(out, *s);
    }
}

void conf_reference(const struct conf_section *tables, struct buf *out, bool roff)
{
    for (const struct conf_section *s = tables; s->name; s++) {
        const char *name = *s->name ? s->name : "Top of the file";
        const char *braces = *s->name == '\0' ? "" : s->named ? " \"NAME\" { }" : " { }";
        buf_printf(out, roff ? ".SS %s%s\n" : "## %s%s\n\n", name, braces);
        if (s->doc) {
            if (roff)
                put_roff(s->doc, out);
            else
                buf_str(out, s->doc);
            buf_str(out, roff ? "\n" : "\n\n");
        }
        for (const struct conf_item *item = s->items; item->key; item++) {
            struct buf kind = BUF_INIT(2048);
            put_kind(item, &kind);
            if (roff) {
                buf_str(out, ".TP\n\\fB");
                put_roff(item->key, out);
                buf_str(out, "\\fR: ");
                put_roff(buf_cstr(&kind), out);
                buf_chr(out, '\n');
                put_roff(item->doc ? item->doc : "", out);
                buf_str(out, item->needs_restart ? ". Needs a restart.\n" : ".\n");
            } else {
                buf_printf(out, "- `%s`: %s. %s%s\n", item->key, buf_cstr(&kind),
                           item->doc ? item->doc : "",
                           item->needs_restart ? " Needs a restart." : "");
            }
            buf_fini(&kind);
        }
        buf_chr(out, '\n');
    }
}
