/* The facts' table, their values as text, and the calendar that laws count in. */
#include "law/fact.h"
#include "base/conf.h"

#include <stdio.h>
#include <stdlib.h>

static const struct law_fact_info facts_table[LAW_FACTS] = {
#define FACT(id, fact_name, fact_type, fact_words, fact_group, fact_question) \
    [LAW_FACT_##id] = {.name = fact_name,                                     \
                       .words = fact_words,                                   \
                       .question = fact_question,                             \
                       .type = LAW_##fact_type,                               \
                       .group = LAW_GROUP_##fact_group},
#include "law/fact_table.h"
#undef FACT
};
_Static_assert(LAW_FACTS <= 128, "a law_set holds 128 facts");

const struct law_fact_info *law_fact_info(enum law_fact fact)
{
    return &facts_table[fact];
}

void law_facts_init(struct law_facts *f)
{
    for (int i = 0; i < LAW_FACTS; i++)
        f->v[i] = LAW_UNKNOWN;
    f->subject = f->body = (struct slice){0};
}

int law_fact_find(struct slice name)
{
    for (int i = 0; i < LAW_FACTS; i++)
        if (slice_ieq(name, slice_str(facts_table[i].name)))
            return i;
    return -1;
}

/* ---- calendar (proleptic Gregorian, days since 1970-01-01) ---- */

static int32_t days_from(int32_t y, int32_t m, int32_t d)
{
    y -= m <= 2;
    int32_t era = (y >= 0 ? y : y - 399) / 400;
    int32_t yoe = y - era * 400;
    int32_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static void civil_from(int32_t day, int32_t *y, int32_t *m, int32_t *d)
{
    day += 719468;
    int32_t era = (day >= 0 ? day : day - 146096) / 146097;
    int32_t doe = day - era * 146097;
    int32_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int32_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int32_t mp = (5 * doy + 2) / 153;
    *d = doy - (153 * mp + 2) / 5 + 1;
    *m = mp < 10 ? mp + 3 : mp - 9;
    *y = yoe + era * 400 + (*m <= 2);
}

static int32_t month_days(int32_t y, int32_t m)
{
    static const int8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    return days[m - 1] + (m == 2 && leap);
}

bool law_date(struct slice text, int32_t *out_day)
{
    uint64_t y, m, d;
    if (text.n != 10 || text.p[4] != '-' || text.p[7] != '-' ||
        !slice_u64(slice_head(text, 4), &y) || !slice_u64(slice_of(text.p + 5, 2), &m) ||
        !slice_u64(slice_of(text.p + 8, 2), &d))
        return false;
    if (y < 1900 || y > 2199 || m < 1 || m > 12 || d < 1 ||
        d > (uint64_t)month_days((int32_t)y, (int32_t)m))
        return false;
    *out_day = days_from((int32_t)y, (int32_t)m, (int32_t)d);
    return true;
}

char *law_date_text(int32_t day, char out[16])
{
    int32_t y, m, d;
    civil_from(day, &y, &m, &d);
    snprintf(out, 16, "%04d-%02d-%02d", y % 10000, m % 100, d % 100);
    return out;
}

int32_t law_add_months(int32_t day, int32_t months)
{
    int32_t y, m, d;
    civil_from(day, &y, &m, &d);
    int32_t at = y * 12 + m - 1 + months;
    y = at / 12;
    m = at % 12 + 1;
    if (d > month_days(y, m))
        d = month_days(y, m);
    return days_from(y, m, d);
}

int law_weekday(int32_t day)
{
    return (int)(((day + 3) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
}

int32_t law_add_business_days(int32_t day, int32_t n)
{
    while (n > 0) {
        day++;
        if (law_weekday(day) < 5)
            n--;
    }
    return day;
}

int32_t law_day_of(int64_t us)
{
    int64_t day = us / 86400000000;
    if (us % 86400000000 < 0)
        day--;
    return day > 200000 ? 200000 : day < -200000 ? -200000 : (int32_t)day;
}

int32_t law_code(struct slice s)
{
    if (s.n != 2 || !ascii_is_alpha(s.p[0]) || !ascii_is_alpha(s.p[1]))
        return 0;
    return (ascii_lower(s.p[0]) - 32) << 8 | (ascii_lower(s.p[1]) - 32);
}

void law_code_text(int32_t code, char out[3])
{
    out[0] = (char)(code >> 8 & 0x7f);
    out[1] = (char)(code & 0x7f);
    out[2] = 0;
}

/* ---- values ---- */

/* The place of `word` in words parted by spaces, or -1. */
static int word_place(const char *words, struct slice word)
{
    struct slice rest = slice_str(words), w;
    for (int i = 0; slice_split(&rest, ' ', &w); i++)
        if (slice_ieq(w, word))
            return i;
    return -1;
}

static int say_wrong(const struct law_fact_info *f, struct slice value, const char *wants,
                     struct err *e)
{
    return err_set(e, ERR_PARSE, "%s: \"%.*s\" is none; say %s", f->name,
                   (int)(value.n > 40 ? 40 : value.n), value.n ? value.p : "", wants);
}

static int parse_tri(const struct law_fact_info *f, struct slice v, int32_t *out, struct err *e)
{
    int at = word_place("no yes false true 0 1", v);
    if (at < 0)
        return say_wrong(f, v, "yes, no or unknown", e);
    *out = at % 2;
    return 0;
}

static int parse_time(const struct law_fact_info *f, struct slice v, int32_t *out, struct err *e)
{
    uint64_t h, m;
    size_t colon = slice_chr(v, ':');
    if (colon == SIZE_MAX || v.n - colon != 3 || !slice_u64(slice_head(v, colon), &h) ||
        !slice_u64(slice_from(v, colon + 1), &m) || h > 24 || m > 59 || h * 60 + m > 1440)
        return say_wrong(f, v, "a time as 07:30", e);
    *out = (int32_t)(h * 60 + m);
    return 0;
}

static int parse_int(const struct law_fact_info *f, struct slice v, int32_t *out, struct err *e)
{
    uint64_t n;
    if (!slice_u64(v, &n) || n > INT32_MAX)
        return say_wrong(f, v, "a whole number from 0", e);
    *out = (int32_t)n;
    return 0;
}

int law_fact_value(enum law_fact fact, struct slice value, int32_t *out, struct err *e)
{
    const struct law_fact_info *f = &facts_table[fact];
    value = slice_trim(value);
    if (value.n == 0 || slice_ieq(value, SLICE("unknown"))) {
        *out = LAW_UNKNOWN;
        return 0;
    }
    int32_t got;
    switch (f->type) {
    case LAW_TRI:
        return parse_tri(f, value, out, e);
    case LAW_TIME:
        return parse_time(f, value, out, e);
    case LAW_INT:
        return parse_int(f, value, out, e);
    case LAW_WORD:
        got = word_place(f->words, value);
        if (got < 0)
            return say_wrong(f, value, f->words, e);
        break;
    case LAW_DATE:
        if (!law_date(value, &got))
            return say_wrong(f, value, "a day as 2026-11-21", e);
        break;
    default:
        got = law_code(value);
        if (!got)
            return say_wrong(f, value, "two letters as DE", e);
    }
    *out = got;
    return 0;
}

static const char *nearest_fact(struct slice name)
{
    const char *names[LAW_FACTS + 3];
    for (int i = 0; i < LAW_FACTS; i++)
        names[i] = facts_table[i].name;
    names[LAW_FACTS] = "subject";
    names[LAW_FACTS + 1] = "body";
    names[LAW_FACTS + 2] = NULL;
    return conf_nearest(name, names);
}

int law_fact_set(struct law_facts *f, struct slice name, struct slice value, struct err *e)
{
    if (slice_ieq(name, SLICE("subject")))
        f->subject = value.p ? value : SLICE("");
    else if (slice_ieq(name, SLICE("body")))
        f->body = value.p ? value : SLICE("");
    else {
        int fact = law_fact_find(name);
        if (fact < 0) {
            const char *near = nearest_fact(name);
            return err_set(e, ERR_PARSE, "no fact is called \"%.*s\"%s%s%s",
                           (int)(name.n > 40 ? 40 : name.n), name.n ? name.p : "",
                           near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
        }
        return law_fact_value((enum law_fact)fact, value, &f->v[fact], e);
    }
    return 0;
}

void law_fact_text(enum law_fact fact, int32_t v, struct buf *out)
{
    const struct law_fact_info *f = &facts_table[fact];
    char text[16];
    if (v == LAW_UNKNOWN) {
        buf_str(out, "unknown");
        return;
    }
    switch (f->type) {
    case LAW_TRI:
        buf_str(out, v ? "yes" : "no");
        break;
    case LAW_INT:
        buf_printf(out, "%d", v);
        break;
    case LAW_DATE:
        buf_str(out, law_date_text(v, text));
        break;
    case LAW_TIME:
        buf_printf(out, "%02d:%02d", v / 60, v % 60);
        break;
    case LAW_CODE:
        law_code_text(v, text);
        buf_str(out, text);
        break;
    default: {
        struct slice rest = slice_str(f->words), w = {0};
        for (int i = 0; i <= v && slice_split(&rest, ' ', &w); i++)
            ;
        buf_add(out, w);
    }
    }
}
