/* Generators: values too many or too tied together for lists.
 *
 * Honest mail and spam use the same functions, so that the shape of a number
 * or the spelling of a host cannot give the label away. What may differ is
 * what the templates ask for: $orgurl (the sender's own host) or $lureurl.
 *
 * Never draw two random values in the arguments of one call: C leaves their
 * order open, and gcc and clang would then write different mail. */
#include "gen.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DAY = 86400 };

static void args_of(const ctx *c, const char *name, const char *args, long *a, long *b)
{
    char *rest;
    *a = strtol(args, &rest, 10);
    *b = *a;
    if (*rest == ',')
        *b = strtol(rest + 1, &rest, 10);
    if (*rest || *b < *a)
        template_error(c, "$%s(%s): expected a number or a rising range", name, args);
}

static long between(ctx *c, long a, long b)
{
    return a + (long)rng_below(c->r, (unsigned)(b - a + 1));
}

static void from_set(ctx *c, const char *set, long n, text *out)
{
    for (size_t len = strlen(set); n > 0; n--)
        text_char(out, set[rng_below(c->r, (unsigned)len)]);
}

static bool is_lang(const ctx *c, const char *langs)
{
    return strstr(langs, c->t->lang) != NULL;
}

static void grouped(text *out, long n, const char *sep)
{
    if (n >= 1000) {
        grouped(out, n / 1000, sep);
        text_fmt(out, "%s%03ld", sep, n % 1000);
    } else {
        text_fmt(out, "%ld", n);
    }
}

/* $money(5,90): an amount as the language writes it. The list "currency" says
 * sign or code and on which side, with # for the number. */
static void money(ctx *c, const char *args, text *out)
{
    long a, b;
    args_of(c, "money", args, &a, &b);
    bool comma = is_lang(c, "de fr es pt it nl pl ru uk tr vi id el cs ro sv");
    bool whole = is_lang(c, "ja ko vi id fa") || (b >= 1000 && rng_chance(c->r, 60));
    text n = {0};
    const char *factor = value(c, "moneyfactor");
    grouped(&n, between(c, a, b) * strtol(factor, NULL, 10), comma ? "." : ",");
    if (!whole)
        text_fmt(&n, "%s%02u", comma ? "," : ".", rng_chance(c->r, 40) ? 99 : rng_below(c->r, 100));
    for (const char *p = value(c, "currency"); *p; p++)
        if (*p == '#')
            text_str(out, text_c(&n));
        else
            text_char(out, *p);
    text_free(&n);
}

/* $date(-3,5): a day within that many days of the message's own date. */
static void date(ctx *c, const char *args, text *out)
{
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    long a, b;
    args_of(c, "date", *args ? args : "0", &a, &b);
    time_t when = (time_t)(c->now + between(c, a, b) * DAY);
    struct tm tm;
    gmtime_r(&when, &tm);
    int y = tm.tm_year + 1900, m = tm.tm_mon + 1, d = tm.tm_mday;
    if (is_lang(c, "zh ja")) {
        text_fmt(out, "%d年%d月%d日", y, m, d);
    } else if (is_lang(c, "ko")) {
        text_fmt(out, "%d년 %d월 %d일", y, m, d);
    } else if (!is_lang(c, "en")) {
        text_fmt(out, is_lang(c, "de pl ru uk tr cs ro") ? "%02d.%02d.%d" : "%02d/%02d/%d", d, m,
                 y);
    } else {
        switch (rng_below(c->r, 5)) {
        case 0:
            text_fmt(out, "%s %d, %d", months[m - 1], d, y);
            break;
        case 1:
            text_fmt(out, "%d %s %d", d, months[m - 1], y);
            break;
        case 2:
            text_fmt(out, "%04d-%02d-%02d", y, m, d);
            break;
        case 3:
            text_fmt(out, "%d %s", d, months[m - 1]);
            break;
        default:
            text_fmt(out, "%02d/%02d/%d", m, d, y);
            break;
        }
    }
}

/* ASCII letters of a name for an address; empty for other scripts. */
static void slug(const char *s, char gap, text *out)
{
    static const struct {
        const char *from, *to;
    } fold[] = {{"ä", "ae"}, {"ö", "oe"}, {"ü", "ue"}, {"ß", "ss"}, {"é", "e"}, {"è", "e"},
                {"ê", "e"},  {"ç", "c"},  {"á", "a"},  {"ã", "a"},  {"ó", "o"}, {"ñ", "n"},
                {"í", "i"},  {"ô", "o"},  {"ł", "l"},  {"ş", "s"},  {"ı", "i"}, {"ğ", "g"},
                {"č", "c"},  {"ř", "r"},  {"š", "s"},  {"ž", "z"},  {"ý", "y"}, {"å", "a"},
                {"ă", "a"},  {"ț", "t"},  {"ș", "s"},  {"ę", "e"},  {"ń", "n"}, {"à", "a"}};
    while (*s) {
        size_t i, step = 1;
        if (isalnum((unsigned char)*s)) {
            text_char(out, (char)tolower((unsigned char)*s));
        } else if (*s == ' ' && gap && out->n && s[1]) {
            text_char(out, gap);
        } else {
            for (i = 0; i < sizeof fold / sizeof *fold; i++)
                if (strncmp(s, fold[i].from, strlen(fold[i].from)) == 0) {
                    text_str(out, fold[i].to);
                    step = strlen(fold[i].from);
                }
        }
        s += step;
    }
}

static void slug_of(ctx *c, const char *name, const char *instead, char gap, text *out)
{
    slug(value(c, name), gap, out);
    if (out->n < 3) {
        out->n = 0;
        slug(value(c, instead), gap, out);
    }
}

/* A host that has nothing to do with any name shown. */
static void random_domain(ctx *c, text *out)
{
    char gap = rng_chance(c->r, 30) ? '-' : '\0';
    slug(value(c, "hostpair"), gap, out);
    if (rng_chance(c->r, 12))
        text_fmt(out, "%u", rng_below(c->r, 1000));
    text_fmt(out, ".%s", value(c, "tld"));
}

static void path_part(ctx *c, text *out)
{
    static const char alnum[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    switch (rng_below(c->r, 6)) {
    case 0:
        break;
    case 1:
        text_str(out, "c/");
        from_set(c, alnum, between(c, 20, 60), out);
        break;
    case 2:
        text_fmt(out, "%s?", value(c, "pathword"));
        text_str(out, rng_chance(c->r, 50) ? "id=" : "u=");
        from_set(c, "0123456789abcdef", between(c, 8, 32), out);
        break;
    case 3:
        text_str(out, value(c, "pathpair"));
        break;
    case 4:
        text_str(out, value(c, "pathword"));
        break;
    default:
        text_str(out, "ls/click?upn=");
        from_set(c, alnum, between(c, 40, 90), out);
    }
}

/* $orgurl, $brandurl: on the sender's host, or its mailing service's. */
static void own_url(ctx *c, const char *domain, text *out)
{
    static const char *const subs[] = {"www.", "",       "click.",   "links.",
                                       "my.",  "email.", "account.", "go."};
    text_str(out, "https://");
    if (rng_chance(c->r, 12)) {
        text_str(out, value(c, "esp"));
    } else {
        text_str(out, subs[rng_below(c->r, 8)]);
        text_str(out, value(c, domain));
    }
    text_char(out, '/');
    path_part(c, out);
}

/* $lureurl: the shapes seen in lures are in the lists "lurehost" and "shortlink".
 * $lureurl(rcpt) may carry the recipient's address, as credential pages do. */
static void lure_url(ctx *c, const char *args, text *out)
{
    text_str(out, rng_chance(c->r, 8) ? "http://" : "https://");
    if (rng_chance(c->r, 12)) {
        text_str(out, value(c, "shortlink"));
        return;
    }
    text_fmt(out, "%s/", value(c, "lurehost"));
    path_part(c, out);
    if (strcmp(args, "rcpt") == 0 && rng_chance(c->r, 50))
        text_fmt(out, "#%s", value(c, "rcpt"));
}

static void address(ctx *c, text *out)
{
    text a = {0}, b = {0};
    slug_of(c, "first", "asciifirst", '\0', &a);
    slug_of(c, "last", "asciilast", '\0', &b);
    switch (rng_below(c->r, 5)) {
    case 0:
        text_fmt(out, "%s.%s", text_c(&a), text_c(&b));
        break;
    case 1:
        text_fmt(out, "%c%s", text_c(&a)[0], text_c(&b));
        break;
    case 2:
        text_fmt(out, "%s%u", text_c(&a), 1 + rng_below(c->r, 99));
        break;
    case 3:
        text_fmt(out, "%s_%s", text_c(&a), text_c(&b));
        break;
    default:
        text_str(out, text_c(&a));
    }
    text_free(&a);
    text_free(&b);
}

static void clock_time(ctx *c, text *out)
{
    unsigned h = rng_below(c->r, 24),
             m = rng_chance(c->r, 60) ? 15 * rng_below(c->r, 4) : rng_below(c->r, 60);
    if (is_lang(c, "en") && rng_chance(c->r, 50))
        text_fmt(out, "%u:%02u %s", (h + 11) % 12 + 1, m, h < 12 ? "AM" : "PM");
    else
        text_fmt(out, "%02u:%02u", h, m);
}

static void digits(ctx *c, long n, text *out)
{
    text_char(out, (char)('1' + rng_below(c->r, 9)));
    from_set(c, "0123456789", n - 1, out);
}

/* Generators that take a length or range. */
static bool numeric(ctx *c, const char *name, const char *args, text *out)
{
    static const char *const names[] = {"num", "digits", "code", "hex", "money", "date", NULL};
    int i = 0;
    while (names[i] && strcmp(names[i], name) != 0)
        i++;
    if (!names[i])
        return false;
    if (i == 4)
        money(c, args, out);
    else if (i == 5)
        date(c, args, out);
    else {
        long a, b;
        args_of(c, name, args, &a, &b);
        long n = between(c, a, b);
        if (i == 0)
            text_fmt(out, "%ld", n);
        else if (i == 1)
            digits(c, n, out);
        else
            from_set(c, i == 2 ? "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789" : "0123456789abcdef", n, out);
    }
    return true;
}

static void org_domain(ctx *c, const char *org, text *out)
{
    slug_of(c, org, "hostword", rng_chance(c->r, 15) ? '-' : '\0', out);
    text_fmt(out, ".%s", value(c, "orgtld"));
}

bool generate(ctx *c, const char *name, const char *args, text *out)
{
    if (numeric(c, name, args, out))
        return true;
    if (strcmp(name, "time") == 0)
        clock_time(c, out);
    else if (strcmp(name, "year") == 0)
        text_fmt(out, "%d", (int)(1970 + c->now / 31556952));
    else if (strcmp(name, "brandslug") == 0)
        slug_of(c, "brand", "org", '\0', out);
    else if (strcmp(name, "orgdomain") == 0)
        org_domain(c, "org", out);
    else if (strcmp(name, "branddomain") == 0)
        org_domain(c, "brand", out);
    else if (strcmp(name, "whodomain") == 0)
        org_domain(c, "who", out);
    else if (strcmp(name, "randdomain") == 0)
        random_domain(c, out);
    else if (strcmp(name, "orgurl") == 0)
        own_url(c, "orgdomain", out);
    else if (strcmp(name, "brandurl") == 0)
        own_url(c, "branddomain", out);
    else if (strcmp(name, "whourl") == 0)
        own_url(c, "whodomain", out);
    else if (strcmp(name, "url") == 0)
        own_url(c, "randdomain", out);
    else if (strcmp(name, "lureurl") == 0)
        lure_url(c, args, out);
    else if (strcmp(name, "user") == 0)
        address(c, out);
    else
        return false;
    return true;
}
