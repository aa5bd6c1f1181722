/* What mail programs write, compared with itself. Programs that imitate a mail program copy how its
 * fields look, and miss what they mean: Outlook and its kin write the time of sending (a FILETIME,
 * 100 ns since 1601) into the Message-ID, in UTC, and into the boundary of the parts, in local
 * time. Copied stamps contradict the Date. */
#include "evidence/families.h"

#include "mail/date.h"

#define MINUTE_US        ((int64_t)60000000)
#define HOUR_US          (60 * MINUTE_US)
#define DAY_US           (24 * HOUR_US)
#define FILETIME_TO_1970 ((int64_t)11644473600) /* seconds */
#define STAMPS_TOGETHER  3.6

static bool take_hex(struct slice *s, size_t n, uint64_t *out)
{
    if (s->n < n)
        return false;
    for (size_t i = 0; i < n; i++) {
        int digit = ascii_hex(s->p[i]);
        if (digit < 0)
            return false;
        *out = *out << 4 | (uint64_t)digit;
    }
    *s = slice_from(*s, n);
    return true;
}

static bool take_char(struct slice *s, char c)
{
    if (s->n == 0 || s->p[0] != c)
        return false;
    *s = slice_from(*s, 1);
    return true;
}

/* A FILETIME as microseconds since 1970; outside of 1980 to 2100 it is none. */
static bool filetime(uint64_t stamp, int64_t *out_us)
{
    if (stamp >> 62)
        return false;
    *out_us = (int64_t)(stamp / 10) - FILETIME_TO_1970 * 1000000;
    return *out_us > 3652 * DAY_US && *out_us < 47482 * DAY_US;
}

enum id_shape { ID_OTHER, ID_STAMPED, ID_SHORT };

/* "001801c7812c$7218cac0$0770dc94@host": a counter of four digits, the stamp in two halves, an
 * address. Without the counter no program writes it. */
static enum id_shape id_shape(struct slice id, int64_t *out_us)
{
    struct slice head = slice_head(id, slice_chr(id, '@'));
    uint64_t counter = 0, stamp = 0, rest = 0;
    bool is_short = head.n == 26;
    if (head.n != 30 && !is_short)
        return ID_OTHER;
    if (!is_short && !take_hex(&head, 4, &counter))
        return ID_OTHER;
    if (!take_hex(&head, 8, &stamp) || !take_char(&head, '$') || !take_hex(&head, 8, &stamp) ||
        !take_char(&head, '$') || !take_hex(&head, 8, &rest))
        return ID_OTHER;
    if (is_short)
        return ID_SHORT;
    return filetime(stamp, out_us) ? ID_STAMPED : ID_OTHER;
}

/* "----=_NextPart_000_000F_01C78357.C4125E40" */
static bool boundary_stamp(struct slice boundary, int64_t *out_us)
{
    uint64_t stamp = 0, rest = 0;
    if (!slice_starts(boundary, SLICE("----=_NextPart_")))
        return false;
    boundary = slice_from(boundary, 15);
    return take_hex(&boundary, 3, &rest) && take_char(&boundary, '_') &&
           take_hex(&boundary, 4, &rest) && take_char(&boundary, '_') &&
           take_hex(&boundary, 8, &stamp) && take_char(&boundary, '.') &&
           take_hex(&boundary, 8, &stamp) && boundary.n == 0 && filetime(stamp, out_us);
}

static int64_t magnitude(int64_t x)
{
    return x < 0 ? -x : x;
}

/* How much a stamp of the parts counts against the date: not at all when it is the local time of
 * sending; less when it is off by whole half hours (somebody rewrote the date's zone) or some days
 * older (a draft that lay). */
static double parts_differ(int64_t stamp, const struct date *date)
{
    int64_t late = stamp - date->us - date->zone_minutes * MINUTE_US;
    if (magnitude(late) <= 75 * MINUTE_US)
        return 0.0;
    int64_t from_utc = magnitude(stamp - date->us), beside = from_utc % (30 * MINUTE_US);
    bool is_whole = beside < 5 * MINUTE_US || beside > 25 * MINUTE_US;
    if (from_utc < 15 * HOUR_US && is_whole)
        return 0.6;
    return late < 0 && late > -60 * DAY_US && late < -15 * HOUR_US ? 0.4 : 1.0;
}

/* Libraries of others write boundaries of that look, too. */
static bool claims_microsoft(const struct evidence *e)
{
    const struct header *mailer = header_find(&e->m->headers, "X-Mailer", NULL);
    return header_find(&e->m->headers, "X-MimeOLE", NULL) ||
           (mailer && slice_starts(mailer->value, SLICE("Microsoft")));
}

static void look_at_stamps(struct evidence *e, const struct date *date, enum id_shape shape,
                           int64_t id_us)
{
    double budget = STAMPS_TOGETHER;
    struct slice none = {0};
    int64_t us;
    if (shape == ID_SHORT)
        check_hit_scaled(e, CHECK_stamp_short, none, 1.0, &budget);
    if (shape == ID_STAMPED && magnitude(id_us - date->us) > HOUR_US)
        check_hit_scaled(e, CHECK_stamp_id, none, 1.0, &budget);
    if (e->m->root->is_multipart && boundary_stamp(part_param(e->m->root, "boundary"), &us)) {
        double factor = parts_differ(us, date) * (claims_microsoft(e) ? 1.0 : 0.4);
        if (factor > 0)
            check_hit_scaled(e, CHECK_stamp_parts, none, factor, &budget);
    }
}

/* "Sun, 15 Apr 2007 ...": the day's name against the day. */
static bool is_other_weekday(struct slice value, const struct date *date)
{
    static const char names[] = "thufrisatsunmontuewed"; /* 1970-01-01 was a Thursday */
    if (value.n < 4 || value.p[3] != ',')
        return false;
    int64_t local = date->us + date->zone_minutes * MINUTE_US;
    int64_t day = (local - (local % DAY_US + DAY_US) % DAY_US) / DAY_US;
    size_t named = slice_ifind(slice_of(names, sizeof names - 1), slice_head(value, 3));
    /* Names of other languages, "mar" or "dom", are somebody's own and say nothing. */
    return named != SIZE_MAX && named % 3 == 0 && named / 3 != (size_t)((day % 7 + 7) % 7);
}

/* "+0372", "-1700": no clock on earth is set so. */
static bool is_odd_zone(struct slice value)
{
    for (size_t i = value.n; i-- > 5;) {
        if (value.p[i - 5] != ' ' || (value.p[i - 4] != '+' && value.p[i - 4] != '-'))
            continue;
        int digits[4];
        for (size_t k = 0; k < 4; k++)
            digits[k] = ascii_is_digit(value.p[i - 3 + k]) ? value.p[i - 3 + k] - '0' : -1;
        if (digits[0] < 0 || digits[1] < 0 || digits[2] < 0 || digits[3] < 0)
            return false;
        int hours = digits[0] * 10 + digits[1], minutes = digits[2] * 10 + digits[3];
        return hours > 14 || minutes % 15 != 0 || minutes > 45;
    }
    return false;
}

/* Outlook writes stamped ids. Where a server gave the id instead, its name ends the id, and a
 * server behind Outlook seldom does. */
static void look_at_mailer(struct evidence *e, enum id_shape shape)
{
    const struct header *mailer = header_find(&e->m->headers, "X-Mailer", NULL);
    if (!mailer || shape == ID_STAMPED || e->is_list || e->m->message_id.n == 0)
        return;
    if (slice_starts(mailer->value, SLICE("Microsoft Outlook Express ")) ||
        slice_starts(mailer->value, SLICE("Microsoft Office Outlook")) ||
        slice_starts(mailer->value, SLICE("Microsoft Outlook, Build")))
        check_hit(e, CHECK_mailer_other, slice_head(mailer->value, 60));
}

void family_forged(struct evidence *e)
{
    const struct header *field = header_find(&e->m->headers, "Date", NULL);
    struct slice none = {0};
    struct date date;
    int64_t id_us = 0;
    enum id_shape shape = id_shape(e->m->message_id, &id_us);
    if (field && e->m->date_us != INT64_MIN && date_parse(field->value, &date)) {
        look_at_stamps(e, &date, shape, id_us);
        if (is_odd_zone(field->value))
            check_hit(e, CHECK_date_zone, slice_head(field->value, 60));
        else if (is_other_weekday(field->value, &date))
            check_hit(e, CHECK_date_weekday, slice_head(field->value, 60));
    } else if (shape == ID_SHORT) {
        check_hit(e, CHECK_stamp_short, none);
    }
    look_at_mailer(e, shape);
}
