/* Reading and judging written cases. A broken case file ends the program: it is ours. */
#include "cases.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct set {
    struct slice name;
    struct law_facts facts;
};

struct item {
    struct slice name, facts;
};

struct vary {
    struct slice name, base;
    int rule;
    struct item items[24];
    size_t n;
};

struct reader {
    struct arena *arena;
    struct case_list *out;
    const char *file;
    uint32_t line;
    struct item words[64]; /* right sides with a name: "words NAME = ...", used as "@NAME" */
    size_t n_words;
    struct set sets[64];
    size_t n_sets;
    struct vary varies[32];
    size_t n_varies;
    struct slice code;
    int32_t day;
};

static _Noreturn void PRINTF_LIKE(2, 3) broken(const struct reader *r, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fprintf(stderr, "%s:%u: ", r->file, r->line);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
    exit(1);
}

static int rule_of(struct slice name)
{
    for (unsigned i = 0; i < LAW_RULE_OWN; i++)
        if (slice_eq(name, slice_str(law_rule_name(NULL, i))))
            return (int)i;
    return -1;
}

/* The next part up to `sep`, where texts in quotation marks hang together. */
static bool part(struct slice *rest, char sep, struct slice *out)
{
    bool quoted = false;
    size_t i = 0;
    if (rest->n == 0)
        return false;
    for (; i < rest->n && (quoted || rest->p[i] != sep); i++)
        quoted ^= rest->p[i] == '"';
    *out = slice_trim(slice_head(*rest, i));
    *rest = slice_from(*rest, i + 1);
    return true;
}

static struct slice unquote(struct slice s)
{
    return s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"' ? slice_of(s.p + 1, s.n - 2) : s;
}

static const struct set *find_set(const struct reader *r, struct slice name)
{
    for (size_t i = 0; i < r->n_sets; i++)
        if (slice_eq(r->sets[i].name, name))
            return &r->sets[i];
    return NULL;
}

/* Facts over what stands there: set names replace all, "name=value" one. */
static void add_facts(struct reader *r, struct slice text, struct law_facts *f, int32_t *day)
{
    struct slice p;
    while (part(&text, ',', &p)) {
        size_t eq = slice_chr(p, '=');
        struct err e = {0};
        if (p.n == 0)
            continue;
        if (eq == SIZE_MAX) {
            const struct set *s = find_set(r, p);
            if (!s)
                broken(r, "no set of facts is called \"%.*s\"", SLICE_ARG(p));
            *f = s->facts;
            continue;
        }
        struct slice name = slice_trim(slice_head(p, eq)),
                     value = slice_trim(slice_from(p, eq + 1));
        if (slice_eq(value, SLICE("HERE"))) /* the country of the law asked */
            value = r->code;
        if (slice_eq(name, SLICE("at"))) {
            if (!day || !law_date(value, day))
                broken(r, "at: no day");
        } else if (slice_eq(value, SLICE("unknown")) && slice_eq(name, SLICE("subject")))
            f->subject = (struct slice){0};
        else if (law_fact_set(f, name, unquote(value), &e) < 0)
            broken(r, "%s", e.text);
    }
}

static struct law_case *new_case(struct reader *r, struct slice head)
{
    struct case_list *l = r->out;
    if (l->n == l->room) {
        size_t room = l->room ? l->room * 2 : 256;
        l->items = arena_grow(l->arena, l->items, l->n, room, sizeof *l->items);
        l->room = room;
    }
    struct law_case *c = &l->items[l->n++];
    *c = (struct law_case){.file = r->file,
                           .line = r->line,
                           .code = r->code,
                           .head = head,
                           .day = r->day,
                           .overall = -1,
                           .force = -1,
                           .link = -1,
                           .label_why = -1};
    law_facts_init(&c->facts);
    return c;
}

/* The country is the law's own unless the facts say otherwise. */
static void set_country(struct law_case *c)
{
    if (c->facts.v[LAW_FACT_COUNTRY] == LAW_UNKNOWN && law_code(c->code))
        c->facts.v[LAW_FACT_COUNTRY] = law_code(c->code);
    if (c->facts.v[LAW_FACT_COUNTRY] == law_code(SLICE("ZZ"))) /* "country = ZZ": not known */
        c->facts.v[LAW_FACT_COUNTRY] = LAW_UNKNOWN;
}

static enum expect word(struct slice w)
{
    static const char *const words[] = {"",        "violation", "ok",   "outside", "ask",
                                        "unknown", "mixed",     "free", NULL};
    for (int i = 1; words[i]; i++)
        if (slice_eq(w, slice_str(words[i])))
            return (enum expect)i;
    return EXPECT_NONE;
}

static void expect_rules(struct reader *r, struct law_case *c, enum expect e, struct slice names)
{
    struct slice name;
    while (slice_split(&names, ' ', &name)) {
        int rule = rule_of(name);
        if (name.n == 0)
            continue;
        if (rule >= 0)
            c->rules[rule] = (uint8_t)e;
        else if (*name.p == '+') {
            c->own[c->n_own] = slice_from(name, 1);
            c->own_expect[c->n_own++] = (uint8_t)e;
        } else
            broken(r, "no rule is called \"%.*s\"", SLICE_ARG(name));
    }
}

/* One part of the right side: "violation: consent label", "fails", "rest unknown", ... */
static void expectation(struct reader *r, struct law_case *c, struct slice p)
{
    static const struct {
        const char *word;
        int overall, force;
    } sums[] = {
        {"fails", LAW_VIOLATION, LAW_FAIL},     {"warns", LAW_VIOLATION, LAW_WARN},
        {"violation found", LAW_VIOLATION, -1}, {"no violation found", LAW_NO_VIOLATION, -1},
        {"can't tell", LAW_CANT_TELL, -1},      {NULL, 0, 0}};
    static const struct {
        const char *word;
        enum law_link link;
    } links[] = {{"reached", LAW_LINK_RECIPIENT}, {"presumed", LAW_LINK_PRESUMED},
                 {"sent from", LAW_LINK_SENDER},  {"opened in", LAW_LINK_ACCESS},
                 {"not reached", LAW_LINK_NONE},  {NULL, LAW_LINK_NONE}};
    size_t colon = slice_chr(p, ':');
    for (int i = 0; sums[i].word; i++)
        if (slice_eq(p, slice_str(sums[i].word))) {
            c->overall = sums[i].overall;
            c->force = sums[i].force;
            return;
        }
    for (int i = 0; links[i].word; i++)
        if (slice_eq(p, slice_str(links[i].word))) {
            c->link = (int)links[i].link;
            return;
        }
    if (slice_eq(p, SLICE("rest unknown")))
        c->rest_unknown = true;
    else if (slice_eq(p, SLICE("no law")))
        c->no_law = true;
    else if (slice_eq(p, SLICE("lapsed")))
        c->label_why = LAW_WHY_LAPSED;
    else if (slice_eq(p, SLICE("wrong place")))
        c->label_why = LAW_WHY_PLACE;
    else if (slice_starts(p, SLICE("version ")))
        c->version = slice_from(p, 8);
    else if (colon != SIZE_MAX && word(slice_head(p, colon)) != EXPECT_NONE)
        expect_rules(r, c, word(slice_head(p, colon)), slice_trim(slice_from(p, colon + 1)));
    else
        broken(r, "an expectation is wanted, not \"%.*s\"", SLICE_ARG(p));
}

static void vary_line(struct reader *r, const struct vary *v, struct slice head, struct slice right)
{
    enum expect want[24] = {0};
    struct slice p;
    for (size_t i = 0; i < v->n; i++)
        want[i] = EXPECT_UNKNOWN;
    while (part(&right, ',', &p)) {
        size_t space = slice_chr(p, ' '), i = 0;
        struct slice name = slice_head(p, space == SIZE_MAX ? p.n : space);
        if (slice_eq(name, SLICE("all"))) {
            for (size_t k = 0; k < v->n; k++)
                want[k] = word(slice_trim(slice_from(p, space)));
            continue;
        }
        while (i < v->n && !slice_eq(v->items[i].name, name))
            i++;
        if (i == v->n || space == SIZE_MAX)
            broken(r, "\"%.*s\" is no variation of %.*s", SLICE_ARG(p), SLICE_ARG(v->name));
        want[i] = word(slice_trim(slice_from(p, space)));
        if (want[i] == EXPECT_NONE)
            broken(r, "\"%.*s\": what is expected?", SLICE_ARG(p));
    }
    for (size_t i = 0; i < v->n; i++) {
        struct law_case *c = new_case(
            r, arena_printf(r->arena, "%.*s %.*s", SLICE_ARG(head), SLICE_ARG(v->items[i].name)));
        add_facts(r, v->base, &c->facts, NULL);
        add_facts(r, v->items[i].facts, &c->facts, &c->day);
        set_country(c);
        c->rules[v->rule] = (uint8_t)want[i];
    }
}

/* "@NAME" at the front of a right side stands for the words defined so. */
static struct slice spell_out(struct reader *r, struct slice right)
{
    if (right.n == 0 || *right.p != '@')
        return right;
    size_t end = 1;
    while (end < right.n && (ascii_is_alnum(right.p[end]) || right.p[end] == '_'))
        end++;
    for (size_t i = 0; i < r->n_words; i++)
        if (slice_eq(r->words[i].name, slice_of(right.p + 1, end - 1)))
            return arena_printf(r->arena, "%.*s%.*s", SLICE_ARG(r->words[i].facts),
                                SLICE_ARG(slice_from(right, end)));
    broken(r, "no words are called \"%.*s\"", SLICE_ARG(right));
}

static void case_line(struct reader *r, struct slice left, struct slice right)
{
    struct slice p;
    right = spell_out(r, right);
    for (size_t i = 0; i < r->n_varies; i++)
        if (slice_eq(r->varies[i].name, left)) {
            vary_line(r, &r->varies[i], left, right);
            return;
        }
    struct law_case *c = new_case(r, left);
    add_facts(r, left, &c->facts, &c->day);
    set_country(c);
    while (part(&right, ';', &p))
        if (p.n)
            expectation(r, c, p);
}

/* "law CA at 2026-11-21" */
static void law_line(struct reader *r, struct slice s)
{
    struct slice w;
    slice_split(&s, ' ', &w);
    slice_split(&s, ' ', &r->code);
    slice_split(&s, ' ', &w);
    if (!slice_eq(w, SLICE("at")) || !slice_split(&s, ' ', &w) || !law_date(w, &r->day))
        broken(r, "\"law CODE at DAY\" is wanted");
}

/* "set NAME = facts"; "vary NAME = SET rule" with items "  + name: facts" in the lines behind. */
static void define(struct reader *r, struct slice s)
{
    size_t eq = slice_find(s, SLICE(" = "));
    bool is_set = slice_starts(s, SLICE("set "));
    if (eq == SIZE_MAX)
        broken(r, "\" = \" is missing");
    if (slice_starts(s, SLICE("words "))) {
        r->words[r->n_words++] = (struct item){slice_trim(slice_of(s.p + 6, eq - 6)),
                                               slice_trim(slice_from(s, eq + 3))};
        return;
    }
    struct slice name = slice_trim(slice_of(s.p + (is_set ? 4 : 5), eq - (is_set ? 4 : 5)));
    struct slice value = slice_trim(slice_from(s, eq + 3));
    if (is_set) {
        struct set *set = &r->sets[r->n_sets++];
        set->name = name;
        law_facts_init(&set->facts);
        add_facts(r, value, &set->facts, NULL);
        return;
    }
    size_t last = slice_rchr(value, ' ');
    struct vary *v = &r->varies[r->n_varies++];
    *v = (struct vary){.name = name,
                       .base = slice_trim(slice_head(value, last)),
                       .rule = rule_of(slice_from(value, last + 1))};
    if (v->rule < 0)
        broken(r, "vary: which rule?");
}

static void vary_item(struct reader *r, struct slice s)
{
    size_t colon = slice_chr(s, ':');
    struct vary *v = &r->varies[r->n_varies - 1];
    if (r->n_varies == 0 || colon == SIZE_MAX || v->n == 24)
        broken(r, "a variation is \"+ name: facts\"");
    v->items[v->n++] = (struct item){slice_trim(slice_of(s.p + 1, colon - 1)),
                                     slice_trim(slice_from(s, colon + 1))};
}

static void read_text(struct reader *r, struct slice text)
{
    struct slice line;
    while (r->line++, slice_line(&text, &line)) {
        struct slice s = slice_trim(line);
        while (s.n && s.p[s.n - 1] == '\\' && slice_line(&text, &line)) { /* goes on */
            s = arena_printf(r->arena, "%.*s %.*s", (int)(s.n - 1), s.p,
                             SLICE_ARG(slice_trim(line)));
            r->line++;
        }
        size_t arrow = slice_find(s, SLICE(" => "));
        size_t hash = slice_find(s, SLICE("  # "));
        if (hash != SIZE_MAX)
            s = slice_trim(slice_head(s, hash));
        if (s.n == 0 || *s.p == '#')
            continue;
        if (slice_starts(s, SLICE("law ")))
            law_line(r, s);
        else if (slice_starts(s, SLICE("set ")) || slice_starts(s, SLICE("vary ")) ||
                 slice_starts(s, SLICE("words ")))
            define(r, s);
        else if (*s.p == '+')
            vary_item(r, s);
        else if (arrow != SIZE_MAX && r->code.n)
            case_line(r, slice_trim(slice_head(s, arrow)), slice_trim(slice_from(s, arrow + 4)));
        else
            broken(r, "not understood: %.*s", SLICE_ARG(s));
    }
}

static void read_file(struct reader *r, const char *path)
{
    FILE *in = fopen(path, "rb");
    r->file = arena_printf(r->arena, "%s", path).p;
    r->line = 0;
    r->code = (struct slice){0};
    if (!in)
        broken(r, "cannot be opened");
    char *text = arena_bytes(r->arena, 1 << 20);
    size_t n = fread(text, 1, 1 << 20, in);
    fclose(in);
    read_text(r, slice_of(text, n));
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void cases_read(const char *dir, struct case_list *out)
{
    const char *paths[256];
    size_t n = 0;
    DIR *d = opendir(dir);
    struct dirent *de;
    *out = (struct case_list){.arena = arena_new(0)};
    struct reader *r = ARENA_NEW(out->arena, struct reader);
    r->arena = out->arena;
    r->out = out;
    r->file = dir;
    if (!d)
        broken(r, "cannot be opened");
    while ((de = readdir(d)) && n < 256)
        if (slice_ends(slice_str(de->d_name), SLICE(".case")) &&
            strcmp(de->d_name, "sets.case") != 0)
            paths[n++] = arena_printf(r->arena, "%s/%s", dir, de->d_name).p;
    closedir(d);
    if (n)
        qsort(paths, n, sizeof *paths, by_name);
    read_file(r, arena_printf(r->arena, "%s/sets.case", dir).p);
    for (size_t i = 0; i < n; i++)
        read_file(r, paths[i]);
}

/* ---- judging ---- */

static enum expect got_of(const struct law_finding *f)
{
    if (f->answer == LAW_VIOLATION)
        return EXPECT_VIOLATION;
    if (f->answer == LAW_NO_VIOLATION)
        return f->why == LAW_WHY_OUTSIDE      ? EXPECT_OUTSIDE
               : f->why == LAW_WHY_FIRST_FREE ? EXPECT_FREE
                                              : EXPECT_OK;
    return f->why == LAW_WHY_LAW_UNKNOWN ? EXPECT_UNKNOWN
           : f->why == LAW_WHY_MIXED     ? EXPECT_MIXED
                                         : EXPECT_ASK;
}

static enum expect wanted_of(const struct law_case *c, const struct law *law, unsigned rule)
{
    enum expect rest = c->rest_unknown ? EXPECT_UNKNOWN : EXPECT_NONE;
    if (rule < LAW_RULE_OWN)
        return c->rules[rule] ? (enum expect)c->rules[rule] : rest;
    for (uint32_t i = 0; i < c->n_own; i++)
        if (slice_eq(c->own[i], slice_str(law_rule_name(law, rule))))
            return (enum expect)c->own_expect[i];
    return EXPECT_NONE;
}

static bool same(enum expect want, enum expect got)
{
    return want == EXPECT_NONE || want == got || (want == EXPECT_OK && got == EXPECT_OUTSIDE);
}

static void say(struct buf *why, const struct law *law, const struct law_finding *f, int want)
{
    static const char *const words[] = {"-",   "violation", "ok",    "outside",
                                        "ask", "unknown",   "mixed", "free"};
    if (why)
        buf_printf(why, "    %s: wanted %s, got %s\n", law_rule_name(law, f->rule), words[want],
                   words[got_of(f)]);
}

bool case_holds(const struct law_case *c, const struct law *law, struct buf *why)
{
    struct law_result r;
    bool holds = true;
    if (!law || c->no_law) {
        if (!law != c->no_law && why)
            buf_printf(why, "    wanted %s law, there is %s\n", c->no_law ? "no" : "a",
                       law ? law_version_of(law) : "none");
        return !law == c->no_law;
    }
    if (c->version.p && !slice_eq(c->version, slice_str(law_version_of(law)))) {
        if (why)
            buf_printf(why, "    the version is %s\n", law_version_of(law));
        return false;
    }
    law_eval(law, &c->facts, c->day, &r);
    for (uint32_t i = 0; i < r.n; i++) {
        const struct law_finding *f = &r.findings[i];
        enum expect want = wanted_of(c, law, f->rule);
        if (!same(want, got_of(f)) ||
            (want == EXPECT_VIOLATION && c->label_why >= 0 && f->why != c->label_why)) {
            say(why, law, f, (int)want);
            holds = false;
        }
    }
    bool sum = (c->overall < 0 || c->overall == (int)r.answer) &&
               (c->force < 0 || c->force == (int)r.force) &&
               (c->link < 0 || c->link == (int)r.link);
    if (!sum && why)
        buf_printf(why, "    in all: %s, %s; %s\n", law_answer_text(r.answer),
                   law_force_text(r.force), law_link_text(r.link));
    return holds && sum;
}
