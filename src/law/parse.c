/* Profiles from text. The grammar:
 *
 *   law "CA" "casl-2014" {                # code and version
 *       name = "Canada"
 *       consent {
 *           model = opt_in
 *           double_opt_in = not_required [low]
 *           soft_conditions = "first", "second"       # lists go on after a comma
 *           clause = "s. 6(1)"
 *       }
 *       instrument 1 { title = "..." }
 *       rule "pixel" { text = "..." need = "tracking = no" }
 *   }
 *
 * `unknown` is what nobody found out; `none` is the empty list. An error is one line; reading goes
 * on behind it so that an author sees all of them at once. Limits: 1 MiB, 200 errors.
 */
#include "law/parse_internal.h"
#include "base/conf.h"

#include <stdarg.h>

void law_parse_error(struct law_reader *r, uint32_t line, const char *fmt, ...)
{
    char text[400];
    va_list ap;
    if (r->n_errors++ >= 200 || !r->errors)
        return;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    buf_printf(r->errors, "%s:%u: %s\n", r->file, line, text);
}

/* ---- words, texts, signs ---- */

static bool bare(char c)
{
    return ascii_is_alnum(c) || c == '_' || c == '-' || c == '.' || c == ':' || c == '/' ||
           c == '+';
}

static void lex_text(struct law_reader *r)
{
    char *to = arena_bytes(r->arena, r->rest.n);
    size_t n = 0, i = 1;
    while (i < r->rest.n && r->rest.p[i] != '"' && r->rest.p[i] != '\n') {
        char c = r->rest.p[i++];
        if (c == '\\' && i < r->rest.n) {
            c = r->rest.p[i++];
            c = c == 'n' ? '\n' : c;
        }
        to[n++] = c;
    }
    if (i >= r->rest.n || r->rest.p[i] != '"') {
        law_parse_error(r, r->line, "a text is not closed with \"");
        r->rest = slice_from(r->rest, i);
    } else
        r->rest = slice_from(r->rest, i + 1);
    r->kind = LAW_TOK_TEXT;
    r->token = slice_of(to, n);
}

void law_next(struct law_reader *r)
{
    if (r->kind == LAW_TOK_LINE)
        r->line++;
    for (;;) {
        while (r->rest.n && (*r->rest.p == ' ' || *r->rest.p == '\t' || *r->rest.p == '\r'))
            r->rest = slice_from(r->rest, 1);
        if (r->rest.n == 0 || *r->rest.p != '#')
            break;
        while (r->rest.n && *r->rest.p != '\n')
            r->rest = slice_from(r->rest, 1);
    }
    size_t n = 0;
    if (r->rest.n == 0) {
        r->kind = LAW_TOK_END;
        r->token = SLICE("the end");
        return;
    }
    if (*r->rest.p == '"') {
        lex_text(r);
        return;
    }
    while (n < r->rest.n && bare(r->rest.p[n]))
        n++;
    r->kind = n ? LAW_TOK_WORD : *r->rest.p == '\n' ? LAW_TOK_LINE : LAW_TOK_SIGN;
    r->token = slice_head(r->rest, n ? n : 1);
    r->rest = slice_from(r->rest, n ? n : 1);
}

bool law_is_sign(const struct law_reader *r, char c)
{
    return r->kind == LAW_TOK_SIGN && r->token.p[0] == c;
}

void law_skip_lines(struct law_reader *r)
{
    while (r->kind == LAW_TOK_LINE)
        law_next(r);
}

static void skip_line(struct law_reader *r)
{
    while (r->kind != LAW_TOK_LINE && r->kind != LAW_TOK_END && !law_is_sign(r, '}'))
        law_next(r);
}

/* Behind an opening brace: to behind the one that closes it. */
static void skip_block(struct law_reader *r)
{
    for (int depth = 1; depth > 0 && r->kind != LAW_TOK_END; law_next(r))
        depth += law_is_sign(r, '{') ? 1 : law_is_sign(r, '}') ? -1 : 0;
}

/* Reads "= item, item [low]". False after an error, with the line skipped. */
bool law_read_value(struct law_reader *r, struct law_raw *out)
{
    *out = (struct law_raw){.line = r->line};
    if (!law_is_sign(r, '=')) {
        law_parse_error(r, r->line, "\"=\" and a value are missing before \"%.*s\"",
                        (int)(r->token.n > 30 ? 30 : r->token.n), r->token.p);
        skip_line(r);
        return false;
    }
    do {
        law_next(r);
        if (out->n)
            law_skip_lines(r);
        if (r->kind != LAW_TOK_WORD && r->kind != LAW_TOK_TEXT) {
            law_parse_error(r, r->line, "a value is missing");
            skip_line(r);
            return false;
        }
        if (out->n < LAW_RAW_MAX) {
            out->items[out->n] = r->token;
            out->bare[out->n++] = r->kind == LAW_TOK_WORD;
        }
        law_next(r);
    } while (law_is_sign(r, ','));
    if (law_is_sign(r, '[')) {
        law_next(r);
        if (!slice_eq(r->token, SLICE("low")))
            law_parse_error(r, r->line, "[low] is the only mark");
        out->low = true;
        law_next(r);
        if (law_is_sign(r, ']'))
            law_next(r);
    }
    return true;
}

static bool raw_is(const struct law_raw *raw, const char *word)
{
    return raw->n == 1 && raw->bare[0] && slice_eq(raw->items[0], slice_str(word));
}

/* ---- fields ---- */

static int word_place(const char *words, struct slice w)
{
    for (int i = 0; law_word(words, i).n; i++)
        if (slice_eq(law_word(words, i), w))
            return i;
    return -1;
}

static const char *nearest_word(struct arena *a, const char *words, struct slice w)
{
    const char *list[32];
    int n = 0;
    for (; n < 31 && law_word(words, n).n; n++)
        list[n] = arena_cstr(a, law_word(words, n));
    list[n] = NULL;
    return conf_nearest(w, list);
}

static void wrong_word(struct law_reader *r, const struct law_raw *raw, const char *field,
                       struct slice word, const char *words)
{
    const char *near = nearest_word(r->arena, words, word);
    law_parse_error(r, raw->line, "%s: \"%.*s\" is none of: %s%s%s%s", field,
                    (int)(word.n > 40 ? 40 : word.n), word.p, words,
                    near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

static void set_words(struct law_reader *r, struct law *law, int f, const struct law_raw *raw,
                      const char *field)
{
    const char *words = law_field_info((enum law_field)f)->words;
    law->v[f] = 0;
    if (raw_is(raw, "none"))
        return;
    for (uint32_t i = 0; i < raw->n; i++) {
        int at = word_place(words, raw->items[i]);
        if (at < 0)
            wrong_word(r, raw, field, raw->items[i], words);
        else
            law->v[f] |= 1 << at;
    }
}

static void set_texts(struct law_reader *r, struct law *law, int f, const struct law_raw *raw)
{
    law->v[f] = 0;
    if (raw_is(raw, "none"))
        return;
    law->l[f].n = raw->n;
    law->l[f].items = ARENA_ARRAY(r->arena, struct slice, raw->n);
    for (uint32_t i = 0; i < raw->n; i++)
        law->l[f].items[i] = arena_dup(r->arena, raw->items[i]);
}

/* Numbers, days, times, yes and no. False when the text is none. */
static bool scalar(enum law_type type, struct slice s, int32_t *out)
{
    uint64_t n, m;
    size_t colon = slice_chr(s, ':');
    switch (type) {
    case LAW_T_TRI:
        *out = slice_eq(s, SLICE("yes"));
        return *out || slice_eq(s, SLICE("no"));
    case LAW_T_NUM:
        if (!slice_u64(s, &n) || n > INT32_MAX)
            return false;
        *out = (int32_t)n;
        return true;
    case LAW_T_DATE:
        return law_date(s, out);
    default:
        if (colon != 2 || s.n != 5 || !slice_u64(slice_head(s, 2), &n) ||
            !slice_u64(slice_from(s, 3), &m) || n * 60 + m > 1440 || m > 59)
            return false;
        *out = (int32_t)(n * 60 + m);
        return true;
    }
}

static void set_single(struct law_reader *r, struct law *law, int f, const struct law_raw *raw,
                       const char *field)
{
    static const char *const wants[] = {
        "yes, no or unknown", "", "", "a whole number", "a day as 2026-11-21", "a time as 07:30"};
    const struct law_field_info *info = law_field_info((enum law_field)f);
    struct slice s = raw->items[0];
    if (raw->n > 1)
        law_parse_error(r, raw->line, "%s: one value is wanted, not a list", field);
    else if (info->type == LAW_T_TEXT) {
        if (raw->bare[0])
            law_parse_error(r, raw->line, "%s: put the text into \"quotation marks\"", field);
        law->t[f] = arena_dup(r->arena, s);
        law->v[f] = 0;
    } else if (info->type == LAW_T_WORD) {
        law->v[f] = word_place(info->words, s);
        if (law->v[f] < 0) {
            wrong_word(r, raw, field, s, info->words);
            law->v[f] = LAW_UNKNOWN;
        }
    } else if (!scalar(info->type, s, &law->v[f]))
        law_parse_error(r, raw->line, "%s: \"%.*s\" is not %s", field, (int)(s.n > 40 ? 40 : s.n),
                        s.p, wants[info->type]);
}

static void set_field(struct law_reader *r, struct law *law, int f, const struct law_raw *raw)
{
    struct buf name = BUF_INIT(128);
    law_field_name((enum law_field)f, &name);
    const char *field = buf_cstr(&name);
    enum law_type type = law_field_info((enum law_field)f)->type;
    if (law->lines[f])
        law_parse_error(r, raw->line, "%s: stands already in line %u", field, law->lines[f]);
    law->lines[f] = raw->line;
    law->low[f] = raw->low;
    if (raw->n >= LAW_RAW_MAX)
        law_parse_error(r, raw->line, "%s: more than %d values", field, LAW_RAW_MAX - 1);
    if (raw_is(raw, "unknown"))
        law->v[f] = LAW_UNKNOWN;
    else if (type == LAW_T_WORDS)
        set_words(r, law, f, raw, field);
    else if (type == LAW_T_TEXTS)
        set_texts(r, law, f, raw);
    else
        set_single(r, law, f, raw, field);
    buf_fini(&name);
}

/* ---- blocks ---- */

static void unknown_key(struct law_reader *r, const char *section, struct slice key)
{
    const char *keys[LAW_FIELDS + 1];
    int n = 0;
    for (int f = 0; f < LAW_FIELDS; f++)
        if (strcmp(law_field_info((enum law_field)f)->section, section) == 0)
            keys[n++] = law_field_info((enum law_field)f)->key;
    keys[n] = NULL;
    const char *near = conf_nearest(key, keys);
    law_parse_error(r, r->line, "%s%s%.*s: no field is called so%s%s%s", section,
                    *section ? "." : "", (int)(key.n > 40 ? 40 : key.n), key.p,
                    near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

/* The three keys that every section may have. */
static bool set_grounds(struct law_reader *r, struct law_grounds *g, struct slice key,
                        const struct law_raw *raw)
{
    struct slice v = raw->items[0];
    if (slice_eq(key, SLICE("clause")))
        g->clause = arena_dup(r->arena, v);
    else if (slice_eq(key, SLICE("source"))) {
        if (!scalar(LAW_T_NUM, v, &g->source))
            law_parse_error(r, raw->line, "source: the number of a source block is wanted");
    } else if (slice_eq(key, SLICE("confidence"))) {
        g->confidence = word_place("low medium high", v);
        if (g->confidence < 0)
            wrong_word(r, raw, "confidence", v, "low medium high");
    } else
        return false;
    return true;
}

static void read_section(struct law_reader *r, struct law *law, int section)
{
    const char *name = law_section_name(section);
    for (law_skip_lines(r); r->kind == LAW_TOK_WORD; law_skip_lines(r)) {
        struct slice key = r->token;
        struct law_raw raw;
        int f = law_field_find(slice_str(name), key);
        uint32_t line = r->line;
        law_next(r);
        if (!law_read_value(r, &raw))
            continue;
        raw.line = line;
        if (f >= 0)
            set_field(r, law, f, &raw);
        else if (!set_grounds(r, &law->grounds[section], key, &raw))
            unknown_key(r, name, key);
    }
    if (!law_is_sign(r, '}')) {
        law_parse_error(r, r->line, "%s: \"}\" is missing before \"%.*s\"", name,
                        (int)(r->token.n > 30 ? 30 : r->token.n), r->token.p);
        skip_line(r);
    } else
        law_next(r);
}

static void read_block(struct law_reader *r, struct law *law, struct slice key)
{
    static const char *const kinds[] = {"instrument", "source", "rule", NULL};
    struct slice name = SLICE("");
    int section = law_section_find(key);
    if (r->kind == LAW_TOK_WORD || r->kind == LAW_TOK_TEXT) {
        name = arena_dup(r->arena, r->token);
        law_next(r);
    }
    if (!law_is_sign(r, '{')) {
        law_parse_error(r, r->line, "%.*s: \"=\" or \"{\" is missing",
                        (int)(key.n > 40 ? 40 : key.n), key.p);
        skip_line(r);
        return;
    }
    law_next(r);
    if (section > 0 && name.n == 0)
        read_section(r, law, section);
    else if (slice_eq(key, SLICE("instrument")) || slice_eq(key, SLICE("source")) ||
             slice_eq(key, SLICE("rule")))
        law_read_named(r, law, key, name);
    else {
        const char *names[LAW_SECTION_MAX + 4];
        int n = 0;
        for (int i = 1; law_section_name(i); i++)
            names[n++] = law_section_name(i);
        for (int i = 0; kinds[i]; i++)
            names[n++] = kinds[i];
        names[n] = NULL;
        const char *near = conf_nearest(key, names);
        law_parse_error(r, r->line, "%.*s: no block is called so%s%s%s",
                        (int)(key.n > 40 ? 40 : key.n), key.p, near ? "; did you mean \"" : "",
                        near ? near : "", near ? "\"?" : "");
        skip_block(r);
    }
}

static void read_body(struct law_reader *r, struct law *law)
{
    for (law_skip_lines(r); r->kind == LAW_TOK_WORD; law_skip_lines(r)) {
        struct slice key = r->token;
        uint32_t line = r->line;
        struct law_raw raw;
        law_next(r);
        if (!law_is_sign(r, '=')) {
            read_block(r, law, key);
            continue;
        }
        int f = law_field_find(SLICE(""), key);
        if (!law_read_value(r, &raw))
            continue;
        raw.line = line;
        if (f >= 0)
            set_field(r, law, f, &raw);
        else
            unknown_key(r, "", key);
    }
    if (law_is_sign(r, '}'))
        law_next(r);
    else {
        law_parse_error(r, r->line, "law \"%s\": \"}\" is missing before \"%.*s\"", law->code,
                        (int)(r->token.n > 30 ? 30 : r->token.n), r->token.p);
        law_next(r);
    }
}

static struct law *new_law(struct law_reader *r)
{
    struct law *law = ARENA_NEW(r->arena, struct law);
    law->file = r->file;
    law->line = r->line;
    for (int f = 0; f < LAW_FIELDS; f++)
        law->v[f] = LAW_ABSENT;
    for (int s = 0; s < LAW_SECTION_MAX; s++)
        law->grounds[s].source = law->grounds[s].confidence = LAW_UNKNOWN;
    return law;
}

static struct law *read_law(struct law_reader *r)
{
    struct law *law = new_law(r);
    struct slice names[2] = {SLICE(""), SLICE("")};
    law_next(r);
    for (int i = 0; i < 2 && (r->kind == LAW_TOK_WORD || r->kind == LAW_TOK_TEXT); i++) {
        names[i] = r->token;
        law_next(r);
    }
    law->code = arena_cstr(r->arena, names[0]);
    law->version = arena_cstr(r->arena, names[1]);
    law->country = law_code(names[0]);
    if (names[0].n == 0 || names[0].n > 64)
        law_parse_error(r, law->line, "law: a code is wanted, as law \"CA\" \"casl-2014\" {");
    if (!law_is_sign(r, '{')) {
        law_parse_error(r, r->line, "law \"%s\": \"{\" is missing", law->code);
        skip_line(r);
        return NULL;
    }
    law_next(r);
    read_body(r, law);
    law_check(r, law);
    return law;
}

int law_parse(struct arena *a, struct slice text, const char *file, struct buf *errors,
              struct law ***out_laws, size_t *out_n)
{
    struct law_reader r = {.arena = a,
                           .rest = text,
                           .file = arena_cstr(a, slice_str(file)),
                           .errors = errors,
                           .line = 1};
    struct law **laws = NULL;
    size_t n = 0, room = 0;
    if (text.n > 1 << 20)
        law_parse_error(&r, 1, "the file has more than 1 MiB");
    else
        law_next(&r);
    for (law_skip_lines(&r); r.kind != LAW_TOK_END && r.n_errors < 200; law_skip_lines(&r)) {
        if (r.kind != LAW_TOK_WORD || !slice_eq(r.token, SLICE("law"))) {
            law_parse_error(&r, r.line, "\"law\" is wanted here, not \"%.*s\"",
                            (int)(r.token.n > 30 ? 30 : r.token.n), r.token.p);
            skip_line(&r);
            if (law_is_sign(&r, '}'))
                law_next(&r);
            continue;
        }
        struct law *law = read_law(&r);
        if (n == room) {
            laws = arena_grow(a, laws, n, room ? room * 2 : 4, sizeof *laws);
            room = room ? room * 2 : 4;
        }
        if (law)
            laws[n++] = law;
    }
    *out_laws = laws;
    *out_n = n;
    return r.n_errors ? ERR_PARSE : 0;
}
