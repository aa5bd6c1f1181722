/* Style sheets: simple selectors in a hash table. See html_style.h. */
#include "mail/html_style.h"

#include "base/bytes16.h"
#include "base/hash.h"
#include "mail/html_tag.h"

#define CHAIN_MAX 16

static size_t slot_of(char kind, struct slice name, unsigned tag)
{
    return hash_mix(hash_bytes(name, (uint64_t)kind) + tag) % 256;
}

static const struct html_rule *find(const struct html_sheet *sheet, char kind, struct slice name,
                                    unsigned tag, uint64_t *work)
{
    for (const struct html_rule *r = sheet->slots[slot_of(kind, name, tag)]; r; r = r->next) {
        (*work)++;
        if (r->kind == kind && r->tag == tag && slice_eq(r->name, name))
            return r;
    }
    return NULL;
}

static void keep(struct html_sheet *sheet, struct arena *a, const struct html_rule *rule)
{
    struct html_rule **slot = &sheet->slots[slot_of(rule->kind, rule->name, rule->tag)];
    size_t n = 0;
    for (struct html_rule *r = *slot; r; r = r->next, n++) {
        if (r->kind == rule->kind && r->tag == rule->tag && slice_eq(r->name, rule->name)) {
            html_style_merge(&r->style, &rule->style);
            return;
        }
    }
    if (sheet->n_rules == HTML_RULES || n == CHAIN_MAX) {
        sheet->cut = true;
        return;
    }
    struct html_rule *fresh = ARENA_NEW(a, struct html_rule);
    *fresh = *rule;
    fresh->next = *slot;
    *slot = fresh;
    sheet->n_rules++;
    sheet->has_classes = sheet->has_classes || rule->kind == '.';
    sheet->has_ids = sheet->has_ids || rule->kind == '#';
    sheet->has_tags = sheet->has_tags || rule->kind == 't' || rule->kind == '*';
}

static bool is_name(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!ascii_is_alnum(s.p[i]) && s.p[i] != '-' && s.p[i] != '_' && !(s.p[i] & 0x80))
            return false;
    return s.n != 0;
}

/* One selector of a list; others than the simple kinds are passed over. */
static void selector(struct html_sheet *sheet, struct arena *a, struct slice s,
                     const struct html_style *style)
{
    struct html_rule rule = {.tag = TAG_COUNT, .style = *style};
    size_t i = 0;
    while (i < s.n && s.p[i] != '.' && s.p[i] != '#')
        i++;
    struct slice tag = slice_head(s, i);
    if (tag.n && !slice_eq(tag, SLICE("*"))) {
        if (!is_name(tag) || tag.n > 32)
            return;
        rule.tag = html_tag(arena_lower(a, tag));
    }
    if (i < s.n) {
        rule.kind = s.p[i];
        rule.name = slice_from(s, i + 1);
        if (!is_name(rule.name))
            return;
    } else {
        rule.kind = rule.tag == TAG_COUNT ? '*' : 't';
        if (tag.n == 0)
            return;
    }
    keep(sheet, a, &rule);
}

static void rule_set(struct html_sheet *sheet, struct arena *a, struct slice selectors,
                     struct slice body, uint64_t *work)
{
    struct html_style style = {0};
    html_style_add(&style, body, work);
    if (!style.set)
        return;
    struct slice one;
    while (slice_split(&selectors, ',', &one)) {
        one = slice_trim(one);
        if (one.n)
            selector(sheet, a, one, &style);
    }
}

/* Where the block that opens before `i` ends (its '}'), at most the end. */
static size_t block_end(struct slice css, size_t i)
{
    int depth = 1;
    for (; i < css.n; i += BYTES16) {
        struct bytes16 b = bytes16_load(slice_from(css, i));
        unsigned closes = bytes16_is(&b, '}'), signs = closes | bytes16_is(&b, '{');
        for (; signs; signs &= signs - 1) {
            size_t first = bytes16_first(signs);
            depth += closes >> first & 1 ? -1 : 1;
            if (depth == 0)
                return i + first;
        }
    }
    return css.n;
}

static bool is_any_screen(struct slice media)
{
    media = slice_trim(media);
    return slice_ieq(media, SLICE("all")) || slice_ieq(media, SLICE("screen")) ||
           slice_ieq(media, SLICE("only screen"));
}

/* Passes over an at-rule at `i`; enters "@media screen". Returns where to go on. */
static size_t at_rule(struct slice css, size_t i)
{
    size_t k = i;
    while (k < css.n && css.p[k] != '{' && css.p[k] != ';')
        k++;
    if (k == css.n || css.p[k] == ';')
        return k + 1;
    struct slice head = slice_of(css.p + i, k - i);
    if (slice_istarts(head, SLICE("@media")) && is_any_screen(slice_from(head, 6)))
        return k + 1; /* its '}' is then a stray one, which is passed over */
    return block_end(css, k + 1) + 1;
}

/* CSS without its comments. */
static struct slice strip_comments(struct arena *a, struct slice css)
{
    size_t at = slice_find(css, SLICE("/*"));
    if (at == SIZE_MAX)
        return css;
    char *p = arena_bytes(a, css.n);
    size_t n = 0;
    while (at != SIZE_MAX) {
        memcpy(p + n, css.p, at);
        n += at;
        css = slice_from(css, at + 2);
        size_t end = slice_find(css, SLICE("*/"));
        css = end == SIZE_MAX ? slice_from(css, css.n) : slice_from(css, end + 2);
        at = slice_find(css, SLICE("/*"));
    }
    if (css.n)
        memcpy(p + n, css.p, css.n);
    return slice_of(p, n + css.n);
}

void html_sheet_add(struct html_sheet *sheet, struct arena *a, struct slice css, uint64_t *work)
{
    *work += css.n;
    css = strip_comments(a, css);
    size_t i = 0;
    while (i < css.n) {
        if (ascii_is_space(css.p[i]) || css.p[i] == '}' || css.p[i] == ';') {
            i++;
        } else if (slice_starts(slice_from(css, i), SLICE("<!--"))) {
            i += 4;
        } else if (slice_starts(slice_from(css, i), SLICE("-->"))) {
            i += 3;
        } else if (css.p[i] == '@') {
            i = at_rule(css, i);
        } else {
            size_t open = slice_chr(slice_from(css, i), '{');
            if (open == SIZE_MAX)
                return;
            open += i;
            size_t end = block_end(css, open + 1);
            rule_set(sheet, a, slice_of(css.p + i, open - i),
                     slice_of(css.p + open + 1, end - open - 1), work);
            i = end + 1;
        }
    }
}

static void add(struct html_style *out, const struct html_rule *rule)
{
    if (rule)
        html_style_merge(out, &rule->style);
}

void html_sheet_match(const struct html_sheet *sheet, unsigned tag, struct slice classes,
                      struct slice id, struct html_style *out, uint64_t *work)
{
    struct slice none = {"", 0};
    if (sheet->has_tags) {
        add(out, find(sheet, '*', none, TAG_COUNT, work));
        add(out, find(sheet, 't', none, tag, work));
    }
    for (int n = 0; sheet->has_classes && classes.n && n < 16; n++) {
        classes = slice_trim(classes);
        size_t i = 0;
        while (i < classes.n && !ascii_is_space(classes.p[i]))
            i++;
        struct slice one = slice_head(classes, i);
        classes = slice_from(classes, i);
        *work += i;
        if (one.n) {
            add(out, find(sheet, '.', one, TAG_COUNT, work));
            add(out, find(sheet, '.', one, tag, work));
        }
    }
    id = slice_trim(id);
    if (sheet->has_ids && id.n) {
        add(out, find(sheet, '#', id, TAG_COUNT, work));
        add(out, find(sheet, '#', id, tag, work));
    }
}
