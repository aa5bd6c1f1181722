/* Configuration text into typed sections. See conf.h. */
#include "base/conf_internal.h"
#include "base/escape.h"

#include <stdlib.h>

struct parser {
    struct conf_lexer lex;
    struct arena *a;
    struct conf *conf;
    const struct conf_section *tables;
    const char *const (*overrides)[2];
    struct err *e;
    size_t n_blocks;
};

/* Text of a token fit for an error message; lives in the arena. */
static const char *shown(struct parser *p, struct slice s)
{
    struct buf b = BUF_INIT(100);
    escape_add(&b, ESCAPE_TERM, s, 80);
    const char *text = arena_cstr(p->a, buf_slice(&b));
    buf_fini(&b);
    return text;
}

#define FAIL(p, at, ...) \
    (err_set((p)->e, ERR_PARSE, __VA_ARGS__), err_prefix((p)->e, "%s:%u: ", (p)->lex.file, (at)))

static const struct conf_item *find_item(const struct conf_section *s, struct slice key)
{
    for (const struct conf_item *i = s->items; i->key; i++)
        if (slice_eq(key, slice_str(i->key)))
            return i;
    return NULL;
}

static const struct conf_section *find_section(const struct conf_section *tables, struct slice name,
                                               bool named)
{
    for (const struct conf_section *s = tables; s->name; s++)
        if (s->named == named && slice_eq(name, slice_str(s->name)))
            return s;
    return NULL;
}

/* Sets the items of *b that an override names. */
static int apply_overrides(struct parser *p, struct conf_block *b)
{
    const struct conf_section *s = b->section;
    if (p->overrides == NULL || (s->named && find_section(p->tables, slice_str(s->name), false)))
        return 0;
    for (size_t i = 0; p->overrides[i][0]; i++) {
        struct slice key = slice_str(p->overrides[i][0]), section = {"", 0};
        size_t dot = slice_chr(key, '.');
        if (dot != SIZE_MAX) {
            section = slice_head(key, dot);
            key = slice_from(key, dot + 1);
        }
        if (!slice_eq(section, slice_str(s->name)))
            continue;
        const struct conf_item *item = find_item(s, key);
        if (item == NULL)
            return err_set(p->e, ERR_PARSE, "profile: unknown setting \"%s\"", p->overrides[i][0]);
        if (conf_item_read_text(p->a, item, p->overrides[i][1], b->data, p->e) < 0)
            return err_prefix(p->e, "profile: %s: ", p->overrides[i][0]);
        b->lines[item - s->items] = CONF_FROM_PROFILE;
    }
    return 0;
}

/* A block with all defaults and overrides, put at the end of the list. */
static int new_block(struct parser *p, const struct conf_section *s, struct slice name,
                     struct conf_block **out)
{
    struct conf_block *b = ARENA_NEW(p->a, struct conf_block);
    b->section = s;
    b->name = name;
    b->data = arena_alloc(p->a, s->size);
    b->lines = ARENA_ARRAY(p->a, uint32_t, conf_item_count(s) + 1);
    for (const struct conf_item *i = s->items; i->key; i++)
        if (i->def && conf_item_read_text(p->a, i, i->def, b->data, p->e) < 0)
            return err_prefix(p->e, "built-in default of %s%s%s: ", s->name, *s->name ? "." : "",
                              i->key);
    int r = apply_overrides(p, b);
    if (r < 0)
        return r;
    struct conf_block **end = &p->conf->blocks;
    while (*end)
        end = &(*end)->next;
    *end = b;
    *out = b;
    return 0;
}

/* Adds the nearest word of the section, or says where else the word belongs. */
static int unknown_key(struct parser *p, const struct conf_block *b, const struct conf_token *t)
{
    const struct conf_section *s = b->section;
    err_set(p->e, ERR_PARSE, "unknown setting \"%s\"%s%s", shown(p, t->text),
            *s->name ? " in " : "", s->name);
    for (const struct conf_section *o = p->tables; o->name; o++) {
        if (o != s && find_item(o, t->text)) {
            char words[512];
            memcpy(words, p->e ? p->e->text : "", p->e ? sizeof(words) : 1);
            err_set(p->e, ERR_PARSE, "%.300s; it belongs %s%s%s", words,
                    *o->name ? "in " : "at the top of the file", o->name, *o->name ? " { }" : "");
            return err_prefix(p->e, "%s:%u: ", p->lex.file, t->line);
        }
    }
    size_t n = conf_item_count(s), k = 0;
    for (const struct conf_section *o = p->tables; o->name; o++)
        n++;
    const char **words = ARENA_ARRAY(p->a, const char *, n + 1);
    for (const struct conf_item *i = s->items; i->key; i++)
        words[k++] = i->key;
    for (const struct conf_section *o = p->tables; o->name && *s->name == '\0'; o++)
        if (*o->name)
            words[k++] = o->name;
    conf_add_hint(p->e, t->text, words);
    return err_prefix(p->e, "%s:%u: ", p->lex.file, t->line);
}

/* Behind "key =": the value's words; *t holds the first token that does not belong to it. */
static int read_setting(struct parser *p, struct conf_block *b, const struct conf_token *key,
                        struct conf_token *t)
{
    const struct conf_item *item = find_item(b->section, key->text);
    if (item == NULL)
        return unknown_key(p, b, key);
    uint32_t *line = &b->lines[item - b->section->items];
    if (*line && *line != CONF_FROM_PROFILE)
        return FAIL(p, key->line, "\"%s\" is set already in line %u", item->key, *line);
    size_t n = 0, room = 0;
    struct slice *words = NULL;
    for (;;) {
        uint32_t before = p->lex.line;
        int r = conf_lex(&p->lex, true, t);
        if (r < 0)
            return r;
        if ((t->kind != CONF_TOKEN_WORD && t->kind != CONF_TOKEN_QUOTED) ||
            (n == 0 && t->line != before))
            return FAIL(p, before, "\"%s\" has no value%s", item->key,
                        n ? " behind the last comma" : "");
        if (n == room) {
            room = room ? room * 2 : 8;
            words = arena_grow(p->a, words, n, room, sizeof(*words));
        }
        words[n++] = t->text;
        if ((r = conf_lex(&p->lex, false, t)) < 0)
            return r;
        if (t->kind != CONF_TOKEN_COMMA)
            break;
    }
    if (conf_item_read(p->a, item, words, n, b->data, p->e) < 0)
        return err_prefix(p->e, "%s:%u: %s%s%s: ", p->lex.file, key->line, b->section->name,
                          *b->section->name ? "." : "", item->key);
    *line = key->line;
    return 0;
}

/* One or two words and what stands behind them. */
struct head {
    struct conf_token key;  /* "listen milter" joined when "=" follows */
    struct conf_token name; /* of a section; kind END when there is none */
};

static int read_head(struct parser *p, struct conf_token *t, struct head *out)
{
    *out = (struct head){.key = *t};
    if (t->kind != CONF_TOKEN_WORD)
        return FAIL(p, t->line, "expected a setting or a section, found \"%s\"", shown(p, t->text));
    int r = conf_lex(&p->lex, false, t);
    if (r < 0)
        return r;
    if ((t->kind == CONF_TOKEN_WORD || t->kind == CONF_TOKEN_QUOTED) && t->line == out->key.line) {
        out->name = *t;
        if ((r = conf_lex(&p->lex, false, t)) < 0)
            return r;
    }
    if (t->kind == CONF_TOKEN_EQUALS && out->name.kind != CONF_TOKEN_END) {
        out->key.text = arena_printf(p->a, "%.*s %.*s", SLICE_ARG(out->key.text),
                                     SLICE_ARG(out->name.text));
        return 0;
    }
    if (t->kind != CONF_TOKEN_EQUALS && t->kind != CONF_TOKEN_OPEN)
        return FAIL(p, out->key.line,
                    "\"%s\" is followed by neither \"=\" nor \"{\"; text with "
                    "spaces needs quotes",
                    shown(p, out->key.text));
    return 0;
}

static int unknown_section(struct parser *p, const struct head *h)
{
    const struct conf_token *k = &h->key;
    bool named = h->name.kind != CONF_TOKEN_END;
    if (find_section(p->tables, k->text, !named))
        return FAIL(p, k->line,
                    named ? "section \"%s\" takes no name" : "section \"%s\" needs a name",
                    shown(p, k->text));
    size_t n = 0, i = 0;
    while (p->tables[n].name)
        n++;
    const char **words = ARENA_ARRAY(p->a, const char *, n + 1);
    for (const struct conf_section *s = p->tables; s->name; s++)
        if (*s->name && (i == 0 || strcmp(words[i - 1], s->name) != 0))
            words[i++] = s->name;
    err_set(p->e, ERR_PARSE, "unknown section \"%s\"", shown(p, k->text));
    conf_add_hint(p->e, k->text, words);
    return err_prefix(p->e, "%s:%u: ", p->lex.file, k->line);
}

/* The block that "name {" opens. */
static int open_block(struct parser *p, const struct head *h, struct conf_block **out)
{
    bool named = h->name.kind != CONF_TOKEN_END;
    const struct conf_section *s = find_section(p->tables, h->key.text, named);
    if (s == NULL || *s->name == '\0')
        return unknown_section(p, h);
    struct conf_block *b = p->conf->blocks;
    while (b && (b->section != s || !slice_eq(b->name, h->name.text)))
        b = b->next;
    if (b && named)
        return FAIL(p, h->key.line, "%s \"%s\" stands already in line %u", s->name,
                    shown(p, b->name), b->line);
    if (b == NULL) {
        if (++p->n_blocks > CONF_BLOCKS_MAX)
            return FAIL(p, h->key.line, "more than %u sections", CONF_BLOCKS_MAX);
        int r = new_block(p, s, h->name.text, &b);
        if (r < 0)
            return r;
    }
    if (b->line == 0)
        b->line = h->key.line;
    *out = b;
    return 0;
}

static int read_file(struct parser *p)
{
    struct conf_block *top = NULL;
    for (struct conf_block *b = p->conf->blocks; b; b = b->next)
        if (*b->section->name == '\0')
            top = b;
    struct conf_block *in = NULL; /* the open section */
    uint32_t opened = 0;
    struct conf_token t;
    int r = conf_lex(&p->lex, false, &t);
    while (r == 0 && t.kind != CONF_TOKEN_END) {
        if (t.kind == CONF_TOKEN_CLOSE) {
            if (in == NULL)
                return FAIL(p, t.line, "\"}\" without a section before it");
            in = NULL;
            r = conf_lex(&p->lex, false, &t);
            continue;
        }
        struct head h;
        if ((r = read_head(p, &t, &h)) < 0)
            return r;
        if (t.kind == CONF_TOKEN_EQUALS) {
            if (in == NULL && top == NULL)
                return FAIL(p, h.key.line, "settings stand inside sections here");
            r = read_setting(p, in ? in : top, &h.key, &t);
            continue;
        }
        if (in)
            return FAIL(p, h.key.line, "sections do not nest: \"%s\" of line %u is still open",
                        in->section->name, opened);
        opened = h.key.line;
        if ((r = open_block(p, &h, &in)) == 0)
            r = conf_lex(&p->lex, false, &t);
    }
    if (r == 0 && in)
        return FAIL(p, opened, "section \"%s\" has no closing \"}\"", in->section->name);
    return r;
}

int conf_parse(struct arena *a, const struct conf_section *tables, struct slice text,
               const char *file, const char *const (*overrides)[2], struct err *e,
               struct conf **out)
{
    struct err own = {0};
    struct parser p = {.a = a, .tables = tables, .overrides = overrides, .e = e ? e : &own};
    p.conf = ARENA_NEW(a, struct conf);
    p.conf->arena = a;
    p.conf->file = arena_dup(a, slice_str(file));
    p.lex = (struct conf_lexer){.arena = a, .file = file, .e = p.e};
    for (const struct conf_section *s = tables; s->name; s++) {
        struct conf_block *b;
        int r = s->named ? 0 : new_block(&p, s, (struct slice){"", 0}, &b);
        if (r < 0)
            return r;
    }
    int r = conf_lex_start(&p.lex, text);
    if (r == 0)
        r = read_file(&p);
    if (r < 0)
        return r;
    *out = p.conf;
    return 0;
}

struct conf_block *conf_next(const struct conf *c, const char *section, struct conf_block *after)
{
    for (struct conf_block *b = after ? after->next : c->blocks; b; b = b->next)
        if (b->section->name[0] == section[0] && strcmp(b->section->name, section) == 0)
            return b; /* asked some times per message */
    return NULL;
}

static void carry_item(struct arena *a, const struct conf_item *item, const void *old, void *fresh)
{
    static const size_t sizes[] = {
        [CONF_BOOL] = sizeof(bool),    [CONF_INT] = sizeof(int64_t), [CONF_SIZE] = sizeof(int64_t),
        [CONF_TIME] = sizeof(int64_t), [CONF_NUM] = sizeof(double),  [CONF_CHOICE] = sizeof(int)};
    const void *from = (const char *)old + item->offset;
    void *to = (char *)fresh + item->offset;
    if (item->type == CONF_TEXT) {
        *(struct slice *)to = arena_dup(a, *(const struct slice *)from);
    } else if (item->type == CONF_LIST) {
        const struct conf_list *list = from;
        struct conf_list copy = {ARENA_ARRAY(a, struct slice, list->n), list->n};
        for (size_t i = 0; i < list->n; i++)
            copy.items[i] = arena_dup(a, list->items[i]);
        *(struct conf_list *)to = copy;
    } else {
        memcpy(to, from, sizes[item->type]);
    }
}

void conf_carry(const struct conf *old, struct conf *fresh)
{
    for (struct conf_block *b = fresh->blocks; b; b = b->next) {
        const struct conf_block *was = old->blocks;
        while (was && was->section != b->section)
            was = was->next;
        for (const struct conf_item *i = b->section->items; was && !b->section->named && i->key;
             i++) {
            if (i->needs_restart)
                carry_item(fresh->arena, i, was->data, b->data);
        }
    }
}

void *conf_data(const struct conf *c, const char *section)
{
    struct conf_block *b = conf_next(c, section, NULL);
    if (b == NULL || b->section->named)
        BUG("no such section in the tables");
    return b->data;
}
