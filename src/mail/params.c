/* Parameters: cutting a field into pieces, and putting continued ones together.
 * The other readings of a piece are made only where the bytes ask for it. See params.h.
 * A sender chooses every byte: each loop below goes forward only, and adds what it looked at to
 * `steps`, so that a test can hold the sum against the length of the field. */
#include "mail/params.h"
#include "mail/rfc2047.h"
#include "mail/unicode.h"
#include "base/hash.h"
#include "base/utf8.h"

struct scan {
    struct message *m;
    uint32_t part;
    struct slice s;
    size_t at;
    size_t cut; /* pieces so far, those that nobody keeps among them */
    size_t odd; /* pieces that other readings were made of */
    struct param_field *out;
};

static void note(struct scan *c, enum anomaly_kind kind)
{
    anomaly_add(&c->m->anomalies, kind, c->part, c->s);
}

static bool is_wsp(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Offset behind the comment that begins at `at`; the end when it is not closed. */
static size_t skip_comment(struct slice s, size_t at)
{
    size_t depth = 0;
    for (; at < s.n; at++) {
        if (s.p[at] == '\\' && at + 1 < s.n)
            at++;
        else if (s.p[at] == '(')
            depth++;
        else if (s.p[at] == ')' && --depth == 0)
            return at + 1;
    }
    return s.n;
}

static void add_reading(struct scan *c, struct param_piece *p, struct slice value)
{
    struct param_reading **to = &p->others;
    size_t n = 0;
    for (; *to; to = &(*to)->next) {
        if (slice_eq((*to)->value, value) || ++n > 8)
            return;
    }
    if (value.n == 0 || slice_eq(value, p->value))
        return;
    *to = ARENA_NEW(c->m->arena, struct param_reading);
    (*to)->value = value;
}

static bool is_one_of(char c, const char *some)
{
    while (*some && *some != c)
        some++;
    return *some != '\0';
}

/* s without comments, without any byte of `drop`, and with "\x" as x when unescape. */
static struct slice without(struct arena *a, struct slice s, const char *drop, bool comments,
                            bool unescape)
{
    char *out = arena_bytes(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (comments && s.p[i] == '(') {
            i = skip_comment(s, i) - 1;
            continue;
        }
        if (unescape && s.p[i] == '\\' && i + 1 < s.n) {
            out[n++] = s.p[++i];
            continue;
        }
        if (!is_one_of(s.p[i], drop))
            out[n++] = s.p[i];
    }
    return slice_of(out, n);
}

#define READING_MOST 2048u /* bytes of an odd value that other readings are made of */

/* The names whose other readings anybody asks for. */
static bool is_read_otherwise(struct slice name)
{
    return slice_eq(name, SLICE("name")) || slice_eq(name, SLICE("filename")) ||
           slice_eq(name, SLICE("boundary"));
}

/* The readings of a value whose bytes up to the next ";" are `raw`. */
static void odd_readings(struct scan *c, struct param_piece *p, struct slice raw)
{
    struct arena *a = c->m->arena;
    size_t cut = 0;
    if (!is_read_otherwise(p->name))
        return;
    if (c->odd >= c->m->limits->readings) {
        note(c, ANOMALY_limit_readings);
        return;
    }
    c->odd++;
    raw = slice_head(raw, READING_MOST);
    while (cut < raw.n && !is_wsp(raw.p[cut]) && raw.p[cut] != '(' && raw.p[cut] != '"')
        cut++;
    add_reading(c, p, slice_head(raw, cut));
    add_reading(c, p, raw);
    add_reading(c, p, without(a, raw, "\"", false, false));
    add_reading(c, p, without(a, raw, "\"'", true, false));
    add_reading(c, p, without(a, raw, "\"'\\", false, false));
    struct slice inner = raw;
    while (inner.n && (inner.p[0] == '"' || inner.p[0] == '\''))
        inner = slice_from(inner, 1);
    while (inner.n && (inner.p[inner.n - 1] == '"' || inner.p[inner.n - 1] == '\''))
        inner.n--;
    add_reading(c, p, inner);
}

/* Is the white space at `at` followed by "name=", so that a semicolon was forgotten? *out_next is
 * then where the name begins, else the first byte that can begin another. */
static bool forgotten_here(struct slice s, size_t at, size_t *out_next)
{
    while (at < s.n && is_wsp(s.p[at]))
        at++;
    size_t end = at;
    while (end < s.n && (ascii_is_alnum(s.p[end]) || s.p[end] == '-' || s.p[end] == '*'))
        end++;
    bool found = end > at && end < s.n && s.p[end] == '=';
    *out_next = found ? at : end;
    return found;
}

/* Offset of a "name=" that follows white space before the first ";"; SIZE_MAX: there is none. */
static size_t forgotten(struct slice s)
{
    size_t at = 0;
    while (at < s.n && s.p[at] != ';') {
        if (!is_wsp(s.p[at]))
            at++;
        else if (forgotten_here(s, at, &at))
            return at;
    }
    return SIZE_MAX;
}

/* A quoted value at c->at. Leaves c->at behind it, at the ";" or the end. */
static void read_quoted(struct scan *c, struct param_piece *p)
{
    struct slice s = c->s;
    size_t start = c->at, i = start + 1;
    bool escaped = false, has_semicolon = false;
    while (i < s.n && s.p[i] != '"') {
        has_semicolon |= s.p[i] == ';';
        if (s.p[i] == '\\' && i + 1 < s.n) {
            escaped = true;
            i++;
        }
        i++;
    }
    bool closed = i < s.n;
    struct slice content = slice_of(s.p + start + 1, (i < s.n ? i : s.n) - start - 1);
    p->value = escaped ? without(c->m->arena, content, "", false, true) : content;
    size_t after = closed ? i + 1 : s.n, end = after;
    c->out->steps += after - start;
    size_t missed;
    if (end < s.n && is_wsp(s.p[end]) && forgotten_here(s, end, &missed)) {
        note(c, ANOMALY_param_quoting);
        c->out->steps += missed - end;
        c->at = missed;
        return;
    }
    while (end < s.n && s.p[end] != ';') {
        end = s.p[end] == '(' ? skip_comment(s, end) : end + 1;
    }
    c->out->steps += end - after;
    struct slice tail = slice_trim(slice_of(s.p + after, end - after));
    bool has_tail = tail.n && tail.p[0] != '(';
    if (!closed || has_tail)
        note(c, ANOMALY_param_quoting);
    else if (tail.n)
        note(c, ANOMALY_param_comment);
    if (escaped)
        note(c, ANOMALY_param_escape);
    if (has_tail || escaped || !closed)
        odd_readings(c, p, slice_trim(slice_of(s.p + start, end - start)));
    if (has_semicolon) {
        note(c, ANOMALY_param_delimiter);
        add_reading(c, p, slice_head(content, slice_chr(content, ';')));
    }
    c->at = end;
}

/* What stands in a bare value. */
struct token {
    size_t end; /* at the ";", at a name whose semicolon was forgotten, or at the end */
    bool quote, comment, escape, space, missed;
};

static struct token token_at(struct slice s, size_t at)
{
    struct token t = {at, false, false, false, false, false};
    while (t.end < s.n && s.p[t.end] != ';') {
        char ch = s.p[t.end];
        if (is_wsp(ch)) {
            t.space = true;
            t.missed = forgotten_here(s, t.end, &t.end);
            if (t.missed)
                break;
        } else if (ch == '(') {
            t.comment = true;
            t.end = skip_comment(s, t.end);
        } else if (ch == '\\') {
            t.escape = true;
            t.end++;
            t.end += t.end < s.n && !is_wsp(s.p[t.end]);
        } else {
            t.quote |= ch == '"' || ch == '\'';
            t.end++;
        }
    }
    return t;
}

/* A bare value at c->at. Leaves c->at at the ";", the next name or the end. */
static void read_token(struct scan *c, struct param_piece *p)
{
    struct slice s = c->s;
    size_t start = c->at;
    struct token t = token_at(s, start);
    size_t end = t.end;
    bool quote = t.quote, comment = t.comment, escape = t.escape, space = t.space, odd;
    c->out->steps += end - start;
    if (t.missed)
        note(c, ANOMALY_param_odd);
    struct slice raw = slice_trim(slice_of(s.p + start, end - start));
    space = space && raw.n && (slice_chr(raw, ' ') != SIZE_MAX || slice_chr(raw, '\t') != SIZE_MAX);
    quote = quote && !p->is_extended;
    odd = quote || comment || escape || space;
    p->value = raw;
    p->is_token = true;
    c->at = end;
    if (!odd)
        return;
    if (comment || escape)
        p->value = slice_trim(without(c->m->arena, raw, "", comment, escape));
    if (comment)
        note(c, ANOMALY_param_comment);
    if (escape)
        note(c, ANOMALY_param_escape);
    if (quote)
        note(c, ANOMALY_param_quoting);
    if (space && !comment)
        note(c, ANOMALY_param_odd);
    odd_readings(c, p, raw);
    if (escape) {
        size_t bs = slice_chr(raw, '\\');
        add_reading(c, p, slice_head(raw, bs));
        size_t semi = slice_chr(raw, ';');
        if (semi != SIZE_MAX)
            add_reading(c, p, slice_head(raw, semi));
    }
}

/* Splits "name*0*" into its name, section and star. */
static void read_name(struct scan *c, struct param_piece *p, struct slice raw)
{
    struct slice name = slice_trim(raw);
    if (slice_chr(name, '(') != SIZE_MAX) {
        note(c, ANOMALY_param_comment);
        name = slice_trim(without(c->m->arena, name, "", true, false));
    }
    p->section = -1;
    size_t star = slice_chr(name, '*');
    if (star != SIZE_MAX) {
        struct slice rest = slice_from(name, star + 1);
        name = slice_head(name, star);
        p->is_extended = rest.n == 0 || rest.p[rest.n - 1] == '*';
        if (rest.n && rest.p[rest.n - 1] == '*')
            rest.n--;
        uint64_t section;
        if (rest.n && slice_u64(slice_trim(rest), &section) && section < 10000)
            p->section = (int)section;
        else if (rest.n)
            note(c, ANOMALY_param_odd);
    }
    p->name = arena_lower(c->m->arena, slice_trim(name));
}

/* A piece without "=": a flag nobody knows, or the rest of an unquoted value with ";". */
static void bare_piece(struct scan *c, size_t start, struct slice raw)
{
    note(c, ANOMALY_param_odd);
    struct param_piece *last = c->out->last;
    if (last == NULL || !last->is_token)
        return;
    const char *from = last->value.p;
    if (from >= c->s.p && from < c->s.p + start)
        add_reading(c, last, slice_of(from, (size_t)(raw.p + raw.n - from)));
}

static void read_piece(struct scan *c)
{
    struct slice s = c->s;
    size_t start = c->at, eq = start;
    while (eq < s.n && s.p[eq] != '=' && s.p[eq] != ';')
        eq = s.p[eq] == '(' ? skip_comment(s, eq) : eq + 1;
    c->out->steps += eq - start;
    struct slice raw = slice_of(s.p + start, eq - start);
    c->cut += eq > start || (eq < s.n && s.p[eq] == '=');
    if (eq >= s.n || s.p[eq] == ';') {
        c->at = eq;
        raw = slice_trim(raw);
        if (raw.n && raw.p[0] != '(')
            bare_piece(c, start, raw);
        return;
    }
    struct param_piece *p = ARENA_NEW(c->m->arena, struct param_piece);
    read_name(c, p, raw);
    c->at = eq + 1;
    bool spaced = eq > start && is_wsp(s.p[eq - 1]);
    while (c->at < s.n && (is_wsp(s.p[c->at]) || s.p[c->at] == '(')) {
        spaced |= is_wsp(s.p[c->at]);
        c->at = s.p[c->at] == '(' ? skip_comment(s, c->at) : c->at + 1;
    }
    c->out->steps += c->at - eq;
    if (spaced)
        note(c, ANOMALY_param_space);
    if (c->at < s.n && s.p[c->at] == '"')
        read_quoted(c, p);
    else
        read_token(c, p);
    if (p->name.n == 0)
        return;
    if (c->out->last)
        c->out->last->next = p;
    else
        c->out->pieces = p;
    c->out->last = p;
}

/* ---- putting together ---- */

/* Percent escapes of RFC 2231 to bytes. */
static struct slice unpercent(struct arena *a, struct slice s)
{
    if (slice_chr(s, '%') == SIZE_MAX)
        return s;
    char *out = arena_bytes(a, s.n);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        int hi = i + 2 < s.n ? ascii_hex(s.p[i + 1]) : -1;
        int lo = hi >= 0 ? ascii_hex(s.p[i + 2]) : -1;
        if (s.p[i] == '%' && lo >= 0) {
            out[n++] = (char)(hi << 4 | lo);
            i += 2;
        } else {
            out[n++] = s.p[i];
        }
    }
    return slice_of(out, n);
}

/* Takes "charset'language'" off the front of an extended value. */
static struct slice take_charset(struct slice *value)
{
    size_t one = slice_chr(*value, '\'');
    if (one == SIZE_MAX)
        return (struct slice){NULL, 0};
    size_t two = slice_chr(slice_from(*value, one + 1), '\'');
    struct slice charset = slice_head(*value, one);
    *value = slice_from(*value, two == SIZE_MAX ? one + 1 : one + two + 2);
    return charset;
}

struct pieces {
    const struct param_piece **of;
    size_t n;
};

/* Joins the pieces in the order given. */
static struct slice join(struct message *m, struct pieces list)
{
    struct slice charset = {NULL, 0};
    bool has_charset = false;
    size_t total = 0, n = 0;
    for (size_t i = 0; i < list.n; i++)
        total += list.of[i]->value.n;
    char *out = arena_bytes(m->arena, total + 1);
    for (size_t i = 0; i < list.n; i++) {
        struct slice v = list.of[i]->value;
        if (list.of[i]->is_extended) {
            if (!has_charset && slice_chr(v, '\'') != SIZE_MAX) {
                charset = take_charset(&v);
                has_charset = true;
            }
            v = unpercent(m->arena, v);
        }
        if (v.n)
            memcpy(out + n, v.p, v.n);
        n += v.n;
    }
    struct slice bytes = slice_of(out, n);
    return charset_to_utf8(m->arena, bytes, charset, n * 3 + 4, NULL);
}

static struct slice plain_value(struct message *m, struct slice v)
{
    return utf8_is_ascii(v) ? v : charset_to_utf8(m->arena, v, SLICE(""), v.n * 3, NULL);
}

static void sort_sections(struct pieces list)
{
    for (size_t i = 1; i < list.n; i++) {
        const struct param_piece *p = list.of[i];
        size_t k = i;
        for (; k > 0 && list.of[k - 1]->section > p->section; k--)
            list.of[k] = list.of[k - 1];
        list.of[k] = p;
    }
}

/* All pieces that have a section in a chain of one name, in order of appearance. At most 200 (limit
 * `params`), so that the insertion sort stays cheap. */
static struct pieces sections_of(struct message *m, const struct param_piece *first)
{
    struct pieces list = {NULL, 0};
    for (int pass = 0; pass < 2; pass++) {
        size_t n = 0;
        for (const struct param_piece *p = first; p; p = p->same) {
            if (p->section < 0)
                continue;
            if (pass)
                list.of[n] = p;
            n++;
        }
        if (n == 0)
            break;
        if (pass == 0)
            list.of = ARENA_ARRAY(m->arena, const struct param_piece *, n);
        list.n = n;
    }
    return list;
}

static bool is_ordered(struct pieces list)
{
    for (size_t i = 0; i < list.n; i++) {
        if (list.of[i]->section != (int)i)
            return false;
    }
    return true;
}

/* A name or value so short that no program needs RFC 2231 for it. */
static bool is_needless(struct slice value)
{
    return value.n < 60 && utf8_is_ascii(value);
}

/* What forms a parameter stands in. */
struct forms {
    const struct param_piece *plain, *extended;
    uint32_t n_plain, n_extended;
    struct pieces sections;
};

static struct forms forms_of(struct scan *c, const struct param_piece *first)
{
    struct forms f = {0};
    bool sections = false;
    for (const struct param_piece *p = first; p; p = p->same) {
        c->out->steps++;
        if (p->section >= 0)
            sections = true;
        else if (p->is_extended)
            f.extended = f.n_extended++ ? f.extended : p;
        else
            f.plain = f.n_plain++ ? f.plain : p;
        const struct param_piece *kept = p->is_extended ? f.extended : f.plain;
        if (p->section < 0 && !slice_eq(kept->value, p->value))
            note(c, ANOMALY_param_twice);
    }
    if (sections)
        f.sections = sections_of(c->m, first);
    return f;
}

static void put_together(struct scan *c, const struct param_piece *first, struct param *to)
{
    struct message *m = c->m;
    struct forms f = forms_of(c, first);
    to->name = first->name;
    if (f.sections.n) {
        if (!is_ordered(f.sections))
            note(c, ANOMALY_param_order);
        sort_sections(f.sections);
        to->value = join(m, f.sections);
        if (f.n_plain || f.n_extended)
            note(c, ANOMALY_param_mixed);
        else if (is_needless(to->value))
            note(c, ANOMALY_param_needless);
    }
    if (f.extended) {
        struct slice v = f.extended->value, charset = take_charset(&v);
        to->value = join(m, (struct pieces){&f.extended, 1});
        if (charset.n && is_needless(to->value))
            note(c, ANOMALY_param_needless);
        else if (f.n_plain)
            note(c, ANOMALY_param_fallback);
    } else if (f.plain && f.sections.n == 0) {
        to->value = plain_value(m, f.plain->value);
    }
}

/* Chains pieces of one name (param_piece.same) by a table, and puts each chain together at its
 * first piece: a sender may give every piece another name. */
static void put_all_together(struct scan *c)
{
    size_t slots = 4;
    while (slots < c->cut * 2)
        slots *= 2;
    struct param_piece **last = ARENA_ARRAY(c->m->arena, struct param_piece *, slots);
    for (struct param_piece *p = c->out->pieces; p; p = p->next) {
        size_t i = hash_bytes(p->name, 0) & (slots - 1);
        for (; last[i] && !slice_eq(last[i]->name, p->name); i = (i + 1) & (slots - 1))
            c->out->steps++;
        p->is_first = last[i] == NULL;
        if (last[i])
            last[i]->same = p;
        last[i] = p;
    }
    struct param **to = &c->out->params;
    for (const struct param_piece *p = c->out->pieces; p; p = p->next) {
        if (!p->is_first)
            continue;
        *to = ARENA_NEW(c->m->arena, struct param);
        put_together(c, p, *to);
        to = &(*to)->next;
    }
}

void params_read(struct message *m, uint32_t part, struct slice value, struct param_field *out)
{
    struct scan c = {.m = m, .part = part, .s = value, .out = out};
    size_t end = 0;
    while (end < value.n && value.p[end] != ';' && value.p[end] != '(')
        end++;
    if (end < value.n && value.p[end] == '(') {
        while (end < value.n && value.p[end] != ';')
            end = value.p[end] == '(' ? skip_comment(value, end) : end + 1;
        note(&c, ANOMALY_param_comment);
        out->first = slice_trim(without(m->arena, slice_head(value, end), "", true, false));
    } else {
        out->first = slice_trim(slice_head(value, end));
    }
    size_t missed = slice_chr(out->first, '=') == SIZE_MAX ? SIZE_MAX : forgotten(value);
    if (missed < end) { /* "multipart/mixed boundary=x" */
        note(&c, ANOMALY_type_odd);
        out->first = slice_trim(slice_head(value, missed));
        end = missed;
    }
    c.at = end;
    while (c.at < value.n) {
        c.at += value.p[c.at] == ';';
        if (c.cut >= m->limits->params) {
            note(&c, ANOMALY_limit_params);
            break;
        }
        if (c.at < value.n)
            read_piece(&c);
    }
    put_all_together(&c);
}

struct slice params_find(const struct param *params, const char *name)
{
    struct slice want = slice_str(name);
    for (; params; params = params->next) {
        if (slice_eq(params->name, want))
            return params->value;
    }
    return (struct slice){NULL, 0};
}

/* ---- all readings ---- */

struct names {
    struct message *m;
    uint32_t part;
    struct slice *list;
    size_t *n;
};

static void add_name(struct names *l, struct slice value)
{
    value = slice_trim(value);
    if (value.n == 0)
        return;
    for (size_t i = 0; i < *l->n; i++) { /* few: limit `names` */
        if (slice_eq(l->list[i], value))
            return;
    }
    if (*l->n >= l->m->limits->names || *l->n >= PARAMS_MOST_NAMES) {
        anomaly_add(&l->m->anomalies, ANOMALY_limit_readings, l->part, value);
        return;
    }
    l->list[(*l->n)++] = value;
}

/* A value as it stands, and with encoded words decoded (most programs do, against RFC 2047 5). */
static void add_value(struct names *l, struct slice value)
{
    if (slice_find(value, SLICE("=?")) != SIZE_MAX) {
        struct rfc2047_result seen = {0};
        struct slice text = rfc2047_decode(l->m->arena, value, 100, &seen);
        if (seen.words) {
            anomaly_add(&l->m->anomalies, ANOMALY_param_encoded_word, l->part, value);
            add_name(l, text);
        }
    }
    add_name(l, plain_value(l->m, value));
}

void params_readings(struct message *m, uint32_t part, const struct param_field *f,
                     const char *name, struct slice *list, size_t *n)
{
    struct slice want = slice_str(name);
    struct names l = {m, part, list, n};
    add_value(&l, params_find(f->params, name));
    const struct param_piece *first = f->pieces;
    while (first && !slice_eq(first->name, want))
        first = first->next;
    struct pieces sections = sections_of(m, first);
    if (sections.n) {
        add_name(&l, join(m, sections)); /* in order of appearance */
        sort_sections(sections);
        add_name(&l, join(m, sections));
    }
    for (const struct param_piece *p = first; p; p = p->same) {
        if (p->is_extended && p->section < 0)
            add_name(&l, join(m, (struct pieces){&p, 1}));
        else if (p->section <= 0)
            add_value(&l, p->value);
        for (const struct param_reading *r = p->others; r; r = r->next)
            add_value(&l, r->value);
    }
}
