/* Blocks with a name: instruments, sources, and a profile's own rules with their conditions. */
#include "law/parse_internal.h"
#include "base/conf.h"

#define MAX_BLOCKS 64
#define MAX_OWN    (LAW_RULES_MAX - LAW_RULE_OWN)

static const char *const ops[] = {"=", "!=", "<", "<=", ">", ">="};

bool law_cond_parse(struct slice text, struct law_cond *out, struct err *e)
{
    size_t n = 0, m;
    text = slice_trim(text);
    while (n < text.n && (ascii_is_alnum(text.p[n]) || text.p[n] == '_'))
        n++;
    struct slice name = slice_head(text, n), rest = slice_trim(slice_from(text, n));
    for (m = 0; m < rest.n && memchr("=!<>", rest.p[m], 4); m++)
        ;
    struct slice sign = slice_head(rest, m), value = slice_trim(slice_from(rest, m));
    int fact = law_fact_find(name), op = -1;
    for (int i = 0; i < 6; i++)
        if (slice_eq(sign, slice_str(ops[i])))
            op = i;
    if (fact < 0) {
        struct law_facts none;
        if (law_fact_set(&none, name, value, e) == 0) /* subject, body: texts have no order */
            err_set(e, ERR_PARSE, "\"%.*s\" cannot stand in a condition", (int)name.n, name.p);
        return false;
    }
    const struct law_fact_info *info = law_fact_info((enum law_fact)fact);
    if (op < 0) {
        err_set(e, ERR_PARSE, "%s: one of = != < <= > >= is wanted behind it", info->name);
        return false;
    }
    if (op > LAW_OP_NE && info->type != LAW_INT && info->type != LAW_DATE &&
        info->type != LAW_TIME) {
        err_set(e, ERR_PARSE, "%s: only = and != make sense here", info->name);
        return false;
    }
    out->fact = (int16_t)fact;
    out->op = (uint8_t)op;
    if (law_fact_value((enum law_fact)fact, value, &out->value, e) < 0)
        return false;
    if (out->value == LAW_UNKNOWN) {
        err_set(e, ERR_PARSE, "%s: a value is wanted; what is unknown cannot be asked for",
                info->name);
        return false;
    }
    return true;
}

void law_cond_text(const struct law_cond *c, struct buf *out)
{
    buf_printf(out, "%s %s ", law_fact_info((enum law_fact)c->fact)->name, ops[c->op]);
    law_fact_text((enum law_fact)c->fact, c->value, out);
}

static void read_conds(struct law_reader *r, const char *key, const struct law_raw *raw,
                       struct law_conds *out)
{
    out->items = ARENA_ARRAY(r->arena, struct law_cond, raw->n);
    out->n = 0;
    for (uint32_t i = 0; i < raw->n; i++) {
        struct err e = {0};
        if (law_cond_parse(raw->items[i], &out->items[out->n], &e))
            out->n++;
        else
            law_parse_error(r, raw->line, "rule.%s: %s", key, e.text);
    }
}

/* One text, or p = NULL for unknown. */
static struct slice one(struct law_reader *r, const char *key, const struct law_raw *raw)
{
    if (raw->n == 1 && raw->bare[0] && slice_eq(raw->items[0], SLICE("unknown")))
        return (struct slice){0};
    if (raw->n != 1 || (raw->bare[0] && strcmp(key, "kind") != 0))
        law_parse_error(r, raw->line, "%s: one text in \"quotation marks\" is wanted", key);
    return arena_dup(r->arena, raw->items[0]);
}

static bool set_text(struct law_reader *r, const char *const *keys, struct slice *const *places,
                     struct slice key, const struct law_raw *raw)
{
    for (int i = 0; keys[i]; i++)
        if (slice_eq(key, slice_str(keys[i]))) {
            *places[i] = one(r, keys[i], raw);
            return true;
        }
    return false;
}

static bool set_number(struct law_reader *r, const char *key, const struct law_raw *raw,
                       int32_t *out)
{
    uint64_t n;
    *out = LAW_UNKNOWN;
    if (raw->bare[0] && slice_eq(raw->items[0], SLICE("unknown")))
        return true;
    if (!slice_u64(raw->items[0], &n) || n > INT32_MAX)
        law_parse_error(r, raw->line, "%s: a whole number is wanted", key);
    else
        *out = (int32_t)n;
    return true;
}

static const char *const instrument_keys[] = {"title", "citation", "regulator",
                                              "url",   "year",     NULL};
static const char *const source_keys[] = {"kind", "title", "url", "date", NULL};
static const char *const rule_keys[] = {"text", "from", "repair", "clause",     "since", "when",
                                        "need", "any",  "source", "confidence", NULL};

static bool set_instrument(struct law_reader *r, struct law_instrument *x, struct slice key,
                           const struct law_raw *raw)
{
    static const char *const keys[] = {"title", "citation", "regulator", "url", NULL};
    struct slice *places[] = {&x->title, &x->citation, &x->regulator, &x->url};
    if (slice_eq(key, SLICE("year")))
        return set_number(r, "instrument.year", raw, &x->year);
    return set_text(r, keys, places, key, raw);
}

static bool set_source(struct law_reader *r, struct law_source_entry *x, struct slice key,
                       const struct law_raw *raw)
{
    struct slice *places[] = {&x->kind, &x->title, &x->url, &x->date};
    return set_text(r, source_keys, places, key, raw);
}

static bool set_own(struct law_reader *r, struct law_own *x, struct slice key,
                    const struct law_raw *raw)
{
    static const char *const keys[] = {"text", "from", "repair", "clause", "since", NULL};
    struct slice *places[] = {&x->text, &x->from, &x->repair, &x->clause, &x->since};
    if (slice_eq(key, SLICE("when")))
        read_conds(r, "when", raw, &x->when);
    else if (slice_eq(key, SLICE("need")))
        read_conds(r, "need", raw, &x->need);
    else if (slice_eq(key, SLICE("any")))
        read_conds(r, "any", raw, &x->any);
    else if (slice_eq(key, SLICE("source")))
        return set_number(r, "rule.source", raw, &x->source);
    else if (slice_eq(key, SLICE("confidence"))) {
        for (x->confidence = 0; x->confidence < 3; x->confidence++)
            if (slice_eq(raw->items[0],
                         slice_str(law_confidence_text((enum law_confidence)x->confidence))))
                return true;
        law_parse_error(r, raw->line, "rule.confidence: one of low medium high is wanted");
        x->confidence = LAW_UNKNOWN;
    } else
        return set_text(r, keys, places, key, raw);
    return true;
}

/* A new element at the end of the array, or a spare one when there are too many. */
static void *add(struct law_reader *r, void **array, uint32_t *n, uint32_t max, size_t size)
{
    if (*n >= max) {
        law_parse_error(r, r->line, "more than %u blocks of this kind", max);
        return arena_alloc(r->arena, size);
    }
    if (*array == NULL)
        *array = arena_array(r->arena, max, size);
    return (char *)*array + size * (*n)++;
}

static void members(struct law_reader *r, struct slice kind, void *block)
{
    bool is_rule = slice_eq(kind, SLICE("rule")), is_source = slice_eq(kind, SLICE("source"));
    for (law_skip_lines(r); r->kind == LAW_TOK_WORD; law_skip_lines(r)) {
        struct slice key = r->token;
        struct law_raw raw;
        law_next(r);
        if (!law_read_value(r, &raw))
            continue;
        bool known = is_rule     ? set_own(r, block, key, &raw)
                     : is_source ? set_source(r, block, key, &raw)
                                 : set_instrument(r, block, key, &raw);
        if (known)
            continue;
        const char *near = conf_nearest(key, is_rule     ? rule_keys
                                             : is_source ? source_keys
                                                         : instrument_keys);
        law_parse_error(r, raw.line, "%.*s.%.*s: no field is called so%s%s%s", (int)kind.n, kind.p,
                        (int)(key.n > 40 ? 40 : key.n), key.p, near ? "; did you mean \"" : "",
                        near ? near : "", near ? "\"?" : "");
    }
    if (law_is_sign(r, '}'))
        law_next(r);
    else
        law_parse_error(r, r->line, "%.*s: \"}\" is missing", (int)kind.n, kind.p);
}

void law_read_named(struct law_reader *r, struct law *law, struct slice kind, struct slice name)
{
    uint32_t line = r->line;
    if (slice_eq(kind, SLICE("rule"))) {
        struct law_own *x = add(r, (void **)&law->own, &law->n_own, MAX_OWN, sizeof *x);
        *x = (struct law_own){
            .name = name, .line = line, .confidence = LAW_UNKNOWN, .source = LAW_UNKNOWN};
        members(r, kind, x);
        if (name.n == 0 || x->text.n == 0)
            law_parse_error(r, line, "rule: a name and a text that says what is asked are wanted");
        return;
    }
    uint64_t number;
    bool is_source = slice_eq(kind, SLICE("source"));
    uint32_t want = (is_source ? law->n_sources : law->n_instruments) + 1;
    if (!slice_u64(name, &number) || number != want)
        law_parse_error(r, line, "%.*s: number %u is wanted here", (int)kind.n, kind.p, want);
    if (is_source) {
        struct law_source_entry *x = add(r, (void **)&law->sources, &law->n_sources, MAX_BLOCKS,
                                         sizeof *x);
        members(r, kind, x);
    } else {
        struct law_instrument *x = add(r, (void **)&law->instruments, &law->n_instruments,
                                       MAX_BLOCKS, sizeof *x);
        x->year = LAW_UNKNOWN;
        members(r, kind, x);
    }
}

/* ---- what the table cannot say ---- */

static void check_written(struct law_reader *r, const struct law *law)
{
    struct buf name = BUF_INIT(128);
    for (int f = 0; f < LAW_FIELDS; f++)
        if (law->v[f] == LAW_ABSENT && law_field_info((enum law_field)f)->use != LAW_USE_FREE) {
            buf_reset(&name);
            law_field_name((enum law_field)f, &name);
            law_parse_error(r, law->line,
                            "%s: is not written in law \"%s\"; say unknown when it is not known",
                            buf_cstr(&name), law->code);
        }
    buf_fini(&name);
}

static void check_pairs(struct law_reader *r, const struct law *law)
{
    const int32_t *v = law->v;
    bool days = v[LAW_F_HONOUR] >= 0, unit = v[LAW_F_HONOUR_UNIT] >= 0;
    if (days != unit)
        law_parse_error(r, law->lines[days ? LAW_F_HONOUR : LAW_F_HONOUR_UNIT],
                        "unsubscribe.honour_within: number and honour_unit go together");
    if (v[LAW_F_LABEL] == 1 && law->l[LAW_F_LABEL_TOKENS].n == 0)
        law_parse_error(r, law->lines[LAW_F_LABEL],
                        "label.tokens: a label is asked for, but which?");
    if (v[LAW_F_FROM] > LAW_ABSENT && v[LAW_F_UNTIL] > LAW_ABSENT &&
        v[LAW_F_UNTIL] <= v[LAW_F_FROM])
        law_parse_error(r, law->lines[LAW_F_UNTIL], "until: is not after from");
    for (int s = 0; s < LAW_SECTION_MAX; s++)
        if (law->grounds[s].source > 0 && (uint32_t)law->grounds[s].source > law->n_sources)
            law_parse_error(r, law->line, "%s.source: there is no source %d", law_section_name(s),
                            law->grounds[s].source);
}

void law_check(struct law_reader *r, struct law *law)
{
    const struct law_texts *m = &law->l[LAW_F_MEMBERS];
    if (law->v[LAW_F_KIND] < 0) {
        if (!law->lines[LAW_F_KIND])
            law_parse_error(r, law->line, "kind: is missing in law \"%s\"", law->code);
        law->v[LAW_F_KIND] = LAW_KIND_LAW;
    } else if (law->v[LAW_F_KIND] <= LAW_KIND_FLOOR)
        check_written(r, law);
    if (law->v[LAW_F_NAME] < LAW_ABSENT + 1)
        law_parse_error(r, law->line, "name: is missing in law \"%s\"", law->code);
    check_pairs(r, law);
    law->members = ARENA_ARRAY(r->arena, int32_t, m->n + 1);
    for (uint32_t i = 0; i < m->n; i++) {
        law->members[law->n_members++] = law_code(m->items[i]);
        if (!law_code(m->items[i]))
            law_parse_error(r, law->lines[LAW_F_MEMBERS], "members: \"%.*s\" is no country code",
                            (int)(m->items[i].n > 20 ? 20 : m->items[i].n), m->items[i].p);
    }
}
