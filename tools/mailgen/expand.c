/* The grammar. Expands a template's text for one message.
 *
 *   {a|b|c}       one of them            {*2 a|b|c}    two, in random order, a blank line between
 *   {*9 a|b|c}    all, in random order   [a]           present half the time
 *   [30% a]       present 30 times in 100
 *   $name         list or generator, the same value each time in this message
 *   $name.2       a second value         $~name        a new value each time
 *   $name(1,9)    generator with arguments
 *   <<<a>>>       taken as it stands     \x            the character x (\n a new line) */
#include "gen.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 40, MAX_PARTS = 400, MESSAGE_LEVEL = 0 };

void template_error(const ctx *c, const char *fmt, ...)
{
    char buf[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(buf, sizeof buf, fmt, ap);
    va_end(ap);
    die(EXIT_FAILED, "%s:%u: %s", c->path, c->line, buf);
}

void ctx_free(ctx *c)
{
    for (size_t i = 0; i < c->nmemos; i++) {
        free(c->memos[i].key);
        free(c->memos[i].value);
    }
    free(c->memos);
    c->memos = NULL;
    c->nmemos = 0;
}

/* The character after a verbatim block or escape at p, else p itself. */
static const char *skip_literal(const ctx *c, const char *p, const char *end)
{
    if (*p == '\\' && p + 1 < end)
        return p + 2;
    if (end - p >= 3 && memcmp(p, "<<<", 3) == 0) {
        for (const char *q = p + 3; q + 3 <= end; q++)
            if (memcmp(q, ">>>", 3) == 0)
                return q + 3;
        template_error(c, "'<<<' without '>>>'");
    }
    return p;
}

/* p stands on an opening bracket; returns its closing one. */
static const char *match(const ctx *c, const char *p, const char *end)
{
    char open = *p, close = open == '{' ? '}' : open == '[' ? ']' : ')';
    for (const char *q = p + 1; q < end;) {
        const char *over = skip_literal(c, q, end);
        if (over != q)
            q = over;
        else if (*q == close)
            return q;
        else if (*q == '{' || *q == '[')
            q = match(c, q, end) + 1;
        else
            q++;
    }
    template_error(c, "'%c' is never closed: %.40s", open, p);
}

typedef struct {
    const char *s;
    size_t n;
} span;

static unsigned split(const ctx *c, const char *p, const char *end, span *parts)
{
    unsigned n = 0;
    const char *start = p;
    while (p < end) {
        const char *over = skip_literal(c, p, end);
        if (over != p) {
            p = over;
        } else if (*p == '{' || *p == '[') {
            p = match(c, p, end) + 1;
        } else if (*p == '|') {
            parts[n++] = (span){start, (size_t)(p - start)};
            start = ++p;
            if (n == MAX_PARTS - 1)
                template_error(c, "more than %d choices", MAX_PARTS - 1);
        } else {
            p++;
        }
    }
    parts[n++] = (span){start, (size_t)(end - start)};
    return n;
}

static void shuffle(rng *r, span *parts, unsigned n)
{
    for (unsigned i = n; i > 1; i--) {
        unsigned j = rng_below(r, i);
        span tmp = parts[i - 1];
        parts[i - 1] = parts[j];
        parts[j] = tmp;
    }
}

static void choice(ctx *c, const char *p, const char *end, text *out)
{
    span parts[MAX_PARTS];
    /* a star without a number is a list item or plain text */
    bool several = end - p >= 2 && p[0] == '*' && isdigit((unsigned char)p[1]);
    unsigned take = 0;
    if (several)
        for (p++; p < end && isdigit((unsigned char)*p); p++)
            take = take * 10 + (unsigned)(*p - '0');
    unsigned n = split(c, p, end, parts);
    if (!several) {
        span one = parts[rng_below(c->r, n)];
        expand(c, one.s, one.n, out);
        return;
    }
    shuffle(c->r, parts, n);
    if (take == 0 || take > n)
        take = n;
    for (unsigned i = 0; i < take; i++) {
        while (parts[i].n && isspace((unsigned char)*parts[i].s))
            parts[i].s++, parts[i].n--;
        expand(c, parts[i].s, parts[i].n, out);
        if (i + 1 < take)
            text_str(out, "\n\n");
    }
}

static void optional(ctx *c, const char *p, const char *end, text *out)
{
    unsigned percent = 0;
    const char *q = p;
    while (q < end && isdigit((unsigned char)*q) && percent < 100)
        percent = percent * 10 + (unsigned)(*q++ - '0');
    if (q > p && q < end && *q == '%')
        p = q + 1;
    else
        percent = 50;
    if (rng_chance(c->r, percent))
        expand(c, p, (size_t)(end - p), out);
}

static const char *remembered(const ctx *c, const char *key)
{
    for (size_t i = c->nmemos; i-- > 0;)
        if (strcmp(c->memos[i].key, key) == 0)
            return c->memos[i].value;
    return NULL;
}

static void compute(ctx *c, const char *name, const char *args, text *out)
{
    const let *l = store_let(c->s, name, c->t->lang, c->t);
    if (!l) {
        if (!generate(c, name, args, out))
            template_error(c, "unknown name '$%s'", name);
        return;
    }
    const char *path = c->path;
    unsigned line = c->line;
    c->path = l->path;
    c->line = l->line;
    expand(c, l->value, strlen(l->value), out);
    c->path = path;
    c->line = line;
}

/* The value of a reference; a let that mentions $first while it is asked for
 * with suffix 2 gets $first.2, so that name and address stay one person. */
static const char *resolve(ctx *c, const char *name, const char *args, unsigned suffix)
{
    text key = {0}, out = {0};
    text_fmt(&key, "%s(%s).%u", name, args, suffix);
    const char *known = remembered(c, text_c(&key));
    if (known) {
        text_free(&key);
        return known;
    }
    unsigned outer = c->suffix;
    c->suffix = suffix;
    compute(c, name, args, &out);
    c->suffix = outer;
    text_c(&out);
    c->memos = must_alloc(c->memos, (c->nmemos + 1) * sizeof *c->memos);
    c->memos[c->nmemos] = (memo){key.p, out.p};
    return c->memos[c->nmemos++].value;
}

const char *value(ctx *c, const char *name)
{
    /* the recipient and the date belong to the message, whoever asks */
    bool common = strncmp(name, "rcpt", 4) == 0;
    return resolve(c, name, "", common ? MESSAGE_LEVEL : c->suffix);
}

static const char *reference(ctx *c, const char *p, const char *end, text *out)
{
    char name[64];
    size_t n = 0;
    bool fresh = p < end && *p == '~';
    if (fresh)
        p++;
    while (p < end && (islower((unsigned char)*p) || isdigit((unsigned char)*p) || *p == '_') &&
           n < sizeof name - 1)
        name[n++] = *p++;
    name[n] = '\0';
    if (!n)
        template_error(c, "'$' without a name (write \\$ for the sign)");
    unsigned suffix = strncmp(name, "rcpt", 4) == 0 ? MESSAGE_LEVEL : c->suffix;
    if (end - p >= 2 && *p == '.' && isdigit((unsigned char)p[1])) {
        suffix = (unsigned)(p[1] - '0');
        p += 2;
    }
    if (fresh)
        suffix = 1000 + c->fresh++;
    text args = {0};
    if (p < end && *p == '(') {
        const char *close = match(c, p, end);
        expand(c, p + 1, (size_t)(close - p - 1), &args);
        p = close + 1;
    }
    text_str(out, resolve(c, name, text_c(&args), suffix));
    text_free(&args);
    return p;
}

void expand(ctx *c, const char *s, size_t n, text *out)
{
    if (++c->depth > MAX_DEPTH)
        template_error(c, "nested more than %d deep (a list that names itself?)", MAX_DEPTH);
    for (const char *p = s, *end = s + n; p < end;) {
        const char *over = skip_literal(c, p, end);
        if (over != p) {
            if (*p == '\\')
                text_char(out, p[1] == 'n' ? '\n' : p[1]);
            else
                text_add(out, p + 3, (size_t)(over - p) - 6);
            p = over;
        } else if (*p == '{' || *p == '[') {
            const char *close = match(c, p, end);
            (*p == '{' ? choice : optional)(c, p + 1, close, out);
            p = close + 1;
        } else if (*p == '$') {
            p = reference(c, p + 1, end, out);
        } else {
            text_char(out, *p++);
        }
    }
    c->depth--;
}

void expand_piece(ctx *c, const piece *p, text *out)
{
    c->path = c->t->path;
    c->line = p->line;
    expand(c, p->s, strlen(p->s), out);
}
