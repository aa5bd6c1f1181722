/* One setting: words to a typed value and back. See conf.h. */
#include "base/conf_internal.h"
#include "base/escape.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct unit {
    const char *name;
    double factor;
};

static const struct unit size_units[] = {
    {"T", 1099511627776.0}, {"G", 1073741824.0}, {"M", 1048576.0}, {"K", 1024.0}, {NULL, 0}};
static const struct unit time_units[] = {{"y", 365 * 86400e6}, {"w", 7 * 86400e6}, {"d", 86400e6},
                                         {"h", 3600e6},        {"m", 60e6},        {"s", 1e6},
                                         {"ms", 1e3},          {"us", 1},          {NULL, 0}};

static void *field(const struct conf_item *item, void *data)
{
    return (char *)data + item->offset;
}

size_t conf_item_count(const struct conf_section *s)
{
    size_t n = 0;
    while (s->items[n].key)
        n++;
    return n;
}

/* A decimal number at the front of s; false when there is none. The C locale is the only one
 * this program ever has, so strtod reads a point. */
static bool read_number(struct slice s, double *out, struct slice *out_rest)
{
    char text[64];
    size_t n = 0;
    while (n < s.n && n < sizeof(text) - 1 &&
           (ascii_is_digit(s.p[n]) || s.p[n] == '.' || (n == 0 && s.p[n] == '-')))
        n++;
    if (n == 0 || !ascii_is_digit(s.p[n - 1]))
        return false;
    memcpy(text, s.p, n);
    text[n] = '\0';
    char *end;
    *out = strtod(text, &end);
    *out_rest = slice_from(s, n);
    return *end == '\0' && isfinite(*out);
}

static int refuse(struct err *e, struct slice word, const char *what)
{
    struct buf b = BUF_INIT(160);
    escape_add(&b, ESCAPE_TERM, word, 120);
    int r = err_set(e, ERR_PARSE, "\"%s\" is not %s", buf_cstr(&b), what);
    buf_fini(&b);
    return r;
}

/* Bounds of the table are in seconds for times, in the value's own measure else. */
static int check_range(const struct conf_item *item, double v, struct err *e)
{
    if (item->min == 0 && item->max == 0)
        return 0;
    double scale = item->type == CONF_TIME ? 1e6 : 1;
    double bound = v < item->min * scale ? item->min : item->max;
    if (v >= item->min * scale && v <= item->max * scale)
        return 0;
    struct conf_item same = *item;
    same.offset = 0;
    same.choices = NULL;
    int64_t whole = (int64_t)(bound * scale);
    struct buf b = BUF_INIT(64);
    conf_value(&same, item->type == CONF_NUM ? (void *)&bound : (void *)&whole, &b);
    int r = err_set(e, ERR_PARSE, "value is %s, %s",
                    v < item->min * scale ? "below the minimum" : "above the maximum",
                    buf_cstr(&b));
    buf_fini(&b);
    return r;
}

static int read_scaled(const struct conf_item *item, struct slice w, struct err *e, double *out)
{
    bool is_time = item->type == CONF_TIME;
    const char *what = is_time ? "a time such as 500ms, 8s, 5m, 2h, 30d"
                               : "a size such as 512, 64K, 50M, 1G";
    double v;
    struct slice unit;
    if (!read_number(w, &v, &unit) || v < 0)
        return refuse(e, w, what);
    double factor = unit.n == 0 && (!is_time || v == 0) ? 1 : 0;
    for (const struct unit *u = is_time ? time_units : size_units; u->name; u++)
        if (is_time ? slice_eq(unit, slice_str(u->name)) : slice_ieq(unit, slice_str(u->name)))
            factor = u->factor;
    if (factor == 0)
        return refuse(e, w, what);
    if (v * factor > 9e15)
        return refuse(e, w, is_time ? "a time within 285 years" : "a size within 8000 T");
    *out = floor(v * factor + 0.5);
    return 0;
}

static int read_measure(const struct conf_item *item, struct slice w, void *to, struct err *e)
{
    for (int i = 0; item->choices && item->choices[i]; i++) {
        if (!slice_ieq(w, slice_str(item->choices[i])))
            continue;
        if (item->type == CONF_NUM)
            *(double *)to = -1 - i;
        else
            *(int64_t *)to = -1 - i;
        return 0;
    }
    double v = 0;
    struct slice rest = {0};
    if (item->type == CONF_SIZE || item->type == CONF_TIME) {
        int r = read_scaled(item, w, e, &v);
        if (r < 0)
            return r;
    } else if (!read_number(w, &v, &rest) || rest.n) {
        return refuse(e, w, item->type == CONF_INT ? "a whole number" : "a number");
    } else if (item->type == CONF_INT && (v != floor(v) || fabs(v) > 9e15)) {
        return refuse(e, w, "a whole number");
    }
    int r = check_range(item, v, e);
    if (r < 0)
        return r;
    if (item->type == CONF_NUM)
        *(double *)to = v;
    else
        *(int64_t *)to = (int64_t)v;
    return 0;
}

static int read_bool(struct slice w, bool *to, struct err *e)
{
    static const char *const words[] = {"yes", "true", "on", "no", "false", "off"};
    for (size_t i = 0; i < 6; i++) {
        if (slice_ieq(w, slice_str(words[i]))) {
            *to = i < 3;
            return 0;
        }
    }
    return refuse(e, w, "yes or no");
}

static int read_choice(const struct conf_item *item, struct slice w, int *to, struct err *e)
{
    for (int i = 0; item->choices[i]; i++) {
        if (slice_ieq(w, slice_str(item->choices[i]))) {
            *to = i;
            return 0;
        }
    }
    refuse(e, w, "a known word");
    conf_add_hint(e, w, item->choices);
    return ERR_PARSE;
}

int conf_item_read(struct arena *a, const struct conf_item *item, const struct slice *words,
                   size_t n, void *data, struct err *e)
{
    void *to = field(item, data);
    if (item->type == CONF_LIST) {
        struct conf_list *list = to;
        bool is_empty = n == 1 && words[0].n == 0;
        list->n = is_empty ? 0 : n;
        list->items = ARENA_ARRAY(a, struct slice, n);
        for (size_t i = 0; i < n; i++)
            list->items[i] = arena_dup(a, words[i]);
        return 0;
    }
    if (n != 1)
        return err_set(e, ERR_PARSE, "takes one value, not a list");
    switch (item->type) {
    case CONF_BOOL:
        return read_bool(words[0], to, e);
    case CONF_CHOICE:
        return read_choice(item, words[0], to, e);
    case CONF_TEXT:
        *(struct slice *)to = arena_dup(a, words[0]);
        return 0;
    default:
        return read_measure(item, words[0], to, e);
    }
}

int conf_item_read_text(struct arena *a, const struct conf_item *item, const char *text, void *data,
                        struct err *e)
{
    struct conf_lexer x = {.arena = a, .file = "built-in", .e = e};
    int r = conf_lex_start(&x, slice_str(text));
    struct slice words[64];
    size_t n = 0;
    struct conf_token t;
    while (r == 0 && n < 64 && (r = conf_lex(&x, true, &t)) == 0 && t.kind != CONF_TOKEN_END)
        if (t.kind == CONF_TOKEN_WORD || t.kind == CONF_TOKEN_QUOTED)
            words[n++] = t.text;
    if (r < 0)
        return r;
    if (n == 0)
        words[n++] = (struct slice){"", 0};
    return conf_item_read(a, item, words, n, data, e);
}

static void put_scaled(const struct conf_item *item, int64_t v, struct buf *out)
{
    for (const struct unit *u = item->type == CONF_TIME ? time_units : size_units; u->name; u++) {
        int64_t f = (int64_t)u->factor;
        if (v > 0 && v % f == 0) {
            buf_printf(out, "%lld%s", (long long)(v / f), u->name);
            return;
        }
    }
    buf_printf(out, "%lld", (long long)v);
}

static void put_num(double v, struct buf *out)
{
    for (int digits = 1; digits <= 17; digits++) {
        char text[400];
        snprintf(text, sizeof(text), "%.*f", digits, v);
        if (strtod(text, NULL) == v || digits == 17) {
            buf_str(out, text);
            return;
        }
    }
}

static void put_text(struct slice s, struct buf *out)
{
    bool is_plain = s.n > 0;
    for (size_t i = 0; i < s.n; i++)
        is_plain = is_plain && (ascii_is_alnum(s.p[i]) || strchr("._-/:@+*%[]~!$&?()", s.p[i])) &&
                   s.p[i] != '\0';
    if (is_plain) {
        buf_add(out, s);
        return;
    }
    buf_chr(out, '"');
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '"' || c == '\\')
            buf_chr(out, '\\');
        if (c == '\n' || c == '\t')
            buf_str(out, c == '\n' ? "\\n" : "\\t");
        else
            buf_chr(out, c);
    }
    buf_chr(out, '"');
}

void conf_value(const struct conf_item *item, const void *data, struct buf *out)
{
    const void *from = (const char *)data + item->offset;
    bool is_num = item->type == CONF_NUM;
    if (item->choices &&
        (is_num || item->type == CONF_INT || item->type == CONF_SIZE || item->type == CONF_TIME)) {
        double v = is_num ? *(const double *)from : (double)*(const int64_t *)from;
        for (int i = 0; item->choices[i]; i++) {
            if (v == -1 - i) {
                buf_str(out, item->choices[i]);
                return;
            }
        }
    }
    switch (item->type) {
    case CONF_BOOL:
        buf_str(out, *(const bool *)from ? "yes" : "no");
        break;
    case CONF_INT:
        buf_printf(out, "%lld", (long long)*(const int64_t *)from);
        break;
    case CONF_SIZE:
    case CONF_TIME:
        put_scaled(item, *(const int64_t *)from, out);
        break;
    case CONF_NUM:
        put_num(*(const double *)from, out);
        break;
    case CONF_TEXT:
        put_text(*(const struct slice *)from, out);
        break;
    case CONF_CHOICE:
        buf_str(out, item->choices[*(const int *)from]);
        break;
    case CONF_LIST: {
        const struct conf_list *list = from;
        for (size_t i = 0; i < list->n; i++) {
            buf_str(out, i ? ", " : "");
            put_text(list->items[i], out);
        }
        if (list->n == 0)
            buf_str(out, "\"\"");
        break;
    }
    }
}
