/* Dates of mail. See date.h. */
#include "mail/date.h"

struct reader {
    struct slice s;
    bool odd;
};

/* Skips white space and comments (RFC 5322 CFWS). */
static void skip_cfws(struct reader *r)
{
    while (r->s.n) {
        if (ascii_is_space(r->s.p[0])) {
            r->s = slice_from(r->s, 1);
            continue;
        }
        if (r->s.p[0] != '(')
            return;
        size_t i = 0, depth = 0;
        for (; i < r->s.n; i++) {
            char c = r->s.p[i];
            if (c == '\\')
                i++;
            else if (c == '(')
                depth++;
            else if (c == ')' && --depth == 0)
                break;
        }
        r->s = slice_from(r->s, i + 1);
    }
}

static struct slice take_word(struct reader *r)
{
    size_t n = 0;
    while (n < r->s.n && ascii_is_alpha(r->s.p[n]))
        n++;
    struct slice w = slice_head(r->s, n);
    r->s = slice_from(r->s, n);
    return w;
}

static bool take_number(struct reader *r, size_t most, int *out, size_t *out_digits)
{
    size_t n = 0;
    int v = 0;
    while (n < r->s.n && n < most && ascii_is_digit(r->s.p[n]))
        v = v * 10 + (r->s.p[n++] - '0');
    if (n == 0)
        return false;
    r->s = slice_from(r->s, n);
    *out = v;
    *out_digits = n;
    return true;
}

static bool take_char(struct reader *r, char c)
{
    if (r->s.n == 0 || r->s.p[0] != c)
        return false;
    r->s = slice_from(r->s, 1);
    return true;
}

/* 0 to 11, or -1. */
static int month_of(struct slice w)
{
    static const char NAMES[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    if (w.n < 3)
        return -1;
    for (int i = 0; i < 12; i++) {
        if (slice_ieq(slice_head(w, 3), slice_of(NAMES + i * 3, 3)))
            return i;
    }
    return -1;
}

static int64_t days_of(int year, int month, int day)
{
    int64_t y = month < 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (month + (month < 2 ? 10 : -2)) + 2) / 5 + day - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

/* The zone: "+0200", an obsolete name, or nothing. Minutes east of UTC. */
static int take_zone(struct reader *r)
{
    static const struct {
        const char *name;
        int hours;
    } ZONES[] = {{"UT", 0},   {"GMT", 0},  {"UTC", 0},  {"Z", 0},    {"EST", -5}, {"EDT", -4},
                 {"CST", -6}, {"CDT", -5}, {"MST", -7}, {"MDT", -6}, {"PST", -8}, {"PDT", -7}};
    skip_cfws(r);
    int sign = take_char(r, '+') ? 1 : take_char(r, '-') ? -1 : 0, v;
    size_t digits;
    if (sign) {
        if (!take_number(r, 4, &v, &digits)) {
            r->odd = true;
            return 0;
        }
        if (digits == 2 && take_char(r, ':')) {
            int minutes = 0;
            r->odd = true;
            if (take_number(r, 2, &minutes, &digits))
                v = v * 100 + minutes;
        } else if (digits <= 2) {
            r->odd = true;
            v *= 100;
        } else if (digits == 3) {
            r->odd = true;
        }
        if (v % 100 > 59 || v > 2400) {
            r->odd = true;
            return 0;
        }
        return sign * (v / 100 * 60 + v % 100);
    }
    struct slice w = take_word(r);
    for (size_t i = 0; i < sizeof(ZONES) / sizeof(ZONES[0]); i++) {
        if (slice_ieq(w, slice_str(ZONES[i].name)))
            return ZONES[i].hours * 60;
    }
    r->odd |= w.n != 1; /* military letters mean nothing sure (RFC 5322 4.3) */
    return 0;
}

/* "hh:mm[:ss]"; a dot for the colon is seen. */
static bool take_time(struct reader *r, int64_t *out_seconds)
{
    int h, m, s = 0;
    size_t digits;
    skip_cfws(r);
    if (!take_number(r, 2, &h, &digits))
        return false;
    r->odd |= digits != 2;
    skip_cfws(r);
    if (!take_char(r, ':')) {
        r->odd = true;
        if (!take_char(r, '.'))
            return false;
    }
    skip_cfws(r);
    if (!take_number(r, 2, &m, &digits))
        return false;
    r->odd |= digits != 2;
    skip_cfws(r);
    bool dot = false;
    if (take_char(r, ':') || (dot = take_char(r, '.'))) {
        r->odd |= dot;
        skip_cfws(r);
        if (!take_number(r, 2, &s, &digits))
            return false;
        r->odd |= digits != 2;
    }
    if (h > 23 || m > 59 || s > 60)
        return false;
    *out_seconds = (int64_t)h * 3600 + m * 60 + s;
    return true;
}

static bool take_day(struct reader *r, int *out_year, int *out_month, int *out_day)
{
    size_t digits;
    skip_cfws(r);
    struct slice w = take_word(r);
    bool month_first = false;
    *out_month = -1;
    if (w.n) {
        skip_cfws(r);
        if (!take_char(r, ',')) {
            /* "Fri 7 Oct", or asctime's "Fri Oct  7 16:15:05 1994" */
            r->odd = true;
            take_char(r, '.');
        }
        skip_cfws(r);
        w = take_word(r);
        if (w.n) {
            *out_month = month_of(w);
            month_first = true;
            r->odd = true;
            skip_cfws(r);
        }
    }
    if (!take_number(r, 2, out_day, &digits))
        return false;
    skip_cfws(r);
    if (take_char(r, '-') || take_char(r, ','))
        r->odd = true;
    skip_cfws(r);
    if (!month_first) {
        w = take_word(r);
        *out_month = month_of(w);
        r->odd |= w.n != 3;
        skip_cfws(r);
        if (take_char(r, '-') || take_char(r, '.') || take_char(r, ','))
            r->odd = true;
        skip_cfws(r);
    }
    if (*out_month < 0 || *out_day < 1 || *out_day > 31)
        return false;
    struct reader peek = *r;
    int64_t seconds;
    if (month_first && take_time(&peek, &seconds) && !take_char(&peek, ',')) {
        *out_year = -1; /* asctime: the year comes behind the time */
        return true;
    }
    if (!take_number(r, 5, out_year, &digits))
        return false;
    if (digits <= 3) {
        r->odd = true;
        *out_year += digits == 3 ? 1900 : *out_year < 50 ? 2000 : 1900;
    }
    return true;
}

bool date_parse(struct slice value, struct date *out)
{
    struct reader r = {value, false};
    int year, month, day;
    int64_t seconds = 0;
    size_t digits;
    if (!take_day(&r, &year, &month, &day))
        return false;
    skip_cfws(&r);
    if (!take_time(&r, &seconds)) {
        if (year < 0 || r.s.n)
            return false;
        r.odd = true; /* a day alone */
    }
    struct reader before = r;
    int zone = take_zone(&r);
    if (year < 0) {
        skip_cfws(&r);
        if (!take_number(&r, 4, &year, &digits)) {
            r = before;
            skip_cfws(&r);
            if (!take_number(&r, 4, &year, &digits))
                return false;
            zone = 0;
        }
    }
    skip_cfws(&r);
    r.odd |= r.s.n != 0;
    out->us = (days_of(year, month, day) * 86400 + seconds - (int64_t)zone * 60) * 1000000;
    out->zone_minutes = zone;
    out->is_odd = r.odd;
    return true;
}
