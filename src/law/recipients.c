/* Rows of a table to facts. See recipients.h. */
#include "law/recipients.h"

#include "base/arena.h"
#include "base/conf.h"
#include "base/hash.h"
#include "evidence/phrases.h"

#include <stdlib.h>

#define SLOTS 4096u /* words of values */

/* ---- titles ---- */

static const struct title {
    enum column_use use;
    enum law_fact fact;
    const char *titles;
} TITLES[] = {
#define TITLE(use, fact, titles) {use, (enum law_fact)(fact), titles},
#include "law/recipients_table.h"
#undef TITLE
};

static const char *const USES[COLUMN_USES] = {
    "", "none", "email", "name", "customer_since", "last_purchase", "inquiry", "time_zone"};

const char *column_use_name(const struct column *c)
{
    return c->use == COLUMN_FACT ? law_fact_info(c->fact)->name : USES[c->use];
}

static bool is_recipient_fact(int fact)
{
    return fact >= 0 && law_fact_info((enum law_fact)fact)->group == LAW_GROUP_R;
}

/* The name of a fact or use; false: neither. */
static bool use_of(struct slice word, struct column *c)
{
    for (int i = 1; i < COLUMN_USES; i++)
        if (slice_ieq(word, slice_str(USES[i]))) {
            c->use = (enum column_use)i;
            return true;
        }
    int fact = law_fact_find(word);
    if (!is_recipient_fact(fact))
        return false;
    c->use = COLUMN_FACT;
    c->fact = (enum law_fact)fact;
    return true;
}

/* "Customer_Since" and "customerSince" are "customer since". */
static struct slice title_fold(struct arena *a, struct slice s)
{
    struct buf b = BUF_INIT(400);
    for (size_t i = 0; i < s.n && i < 150; i++) {
        if (i && s.p[i] >= 'A' && s.p[i] <= 'Z' && s.p[i - 1] >= 'a' && s.p[i - 1] <= 'z')
            buf_chr(&b, ' ');
        buf_chr(&b, s.p[i]);
    }
    struct slice out = phrases_fold(a, buf_slice(&b));
    buf_fini(&b);
    return out;
}

static bool by_title(struct arena *a, struct slice title, struct column *c)
{
    struct slice folded = title_fold(a, title), one;
    for (size_t i = 0; folded.n && i < sizeof TITLES / sizeof *TITLES; i++) {
        struct slice rest = slice_str(TITLES[i].titles);
        while (slice_split(&rest, '|', &one))
            if (slice_eq(phrases_fold(a, one), folded)) {
                c->use = TITLES[i].use;
                c->fact = TITLES[i].fact;
                return true;
            }
    }
    for (int f = 0; f < LAW_FACTS; f++)
        if (is_recipient_fact(f) &&
            slice_eq(title_fold(a, slice_str(law_fact_info((enum law_fact)f)->name)), folded)) {
            c->use = COLUMN_FACT;
            c->fact = (enum law_fact)f;
            return true;
        }
    return false;
}

/* ---- the explicit map ---- */

static int unknown_use(struct slice word, struct err *e)
{
    const char *words[LAW_FACTS + COLUMN_USES];
    size_t n = 0;
    for (int i = 1; i < COLUMN_USES; i++)
        words[n++] = USES[i];
    for (int f = 0; f < LAW_FACTS; f++)
        if (is_recipient_fact(f))
            words[n++] = law_fact_info((enum law_fact)f)->name;
    words[n] = NULL;
    const char *near = conf_nearest(word, words);
    return err_set(e, ERR_USAGE,
                   near ? "a column can't be '%.*s'; did you mean '%s'?"
                        : "a column can't be '%.*s'",
                   SLICE_ARG(word), near);
}

static int find_column(const struct columns *c, struct slice title)
{
    uint64_t number;
    for (size_t i = 0; i < c->n; i++)
        if (slice_ieq(slice_trim(c->of[i].title), title))
            return (int)i;
    return slice_u64(title, &number) && number >= 1 && number <= c->n ? (int)number - 1 : -1;
}

static int take_map(struct columns *c, struct slice map, struct err *e)
{
    struct slice one;
    while (slice_split(&map, ',', &one)) {
        size_t at = slice_rchr(one, '=');
        if (at == SIZE_MAX)
            return err_set(e, ERR_USAGE, "'%.*s' is no map of a column: write title=fact",
                           SLICE_ARG(one));
        struct slice title = slice_trim(slice_head(one, at)),
                     word = slice_trim(slice_from(one, at + 1));
        int i = find_column(c, title);
        if (i < 0)
            return err_set(e, ERR_USAGE, "there is no column '%.*s'", SLICE_ARG(title));
        if (!use_of(word, &c->of[i]))
            return unknown_use(word, e);
    }
    return 0;
}

/* A list without titles: its first row holds an address. */
static bool is_data(const struct csv_row *row)
{
    for (size_t i = 0; i < row->n; i++) {
        size_t at = slice_chr(row->fields[i], '@');
        if (at != SIZE_MAX && at > 0 && slice_chr(slice_from(row->fields[i], at), '.') != SIZE_MAX)
            return true;
    }
    return false;
}

int columns_map(struct arena *a, const struct csv_row *first, struct slice map, struct err *e,
                struct columns *out)
{
    struct columns c = {
        .arena = a, .n = first->n, .has_titles = !is_data(first), .send_at = INT64_MIN};
    bool has_country = false;
    c.of = ARENA_ARRAY(a, struct column, first->n);
    for (size_t i = 0; i < c.n; i++) {
        c.of[i].use = COLUMN_NONE;
        if (!c.has_titles) {
            c.of[i].title = arena_printf(a, "%zu", i + 1);
            c.of[i].use = slice_chr(first->fields[i], '@') != SIZE_MAX ? COLUMN_EMAIL : COLUMN_NONE;
            continue;
        }
        c.of[i].title = arena_dup(a, first->fields[i]);
        (void)by_title(a, first->fields[i], &c.of[i]);
        for (size_t j = 0; j < i; j++) /* the first of two columns with one meaning holds */
            if (c.of[i].use != COLUMN_NONE && c.of[j].use == c.of[i].use &&
                (c.of[i].use != COLUMN_FACT || c.of[j].fact == c.of[i].fact))
                c.of[i].use = COLUMN_NONE;
    }
    int rc = take_map(&c, map, e);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < c.n; i++)
        has_country |= c.of[i].use == COLUMN_FACT && c.of[i].fact == LAW_FACT_COUNTRY;
    if (!has_country)
        return err_set(e, ERR_USAGE,
                       "no column is the recipient's country; name it with --columns "
                       "TITLE=country");
    *out = c;
    return 0;
}

/* ---- values ---- */

static struct {
    uint64_t hash;
    int32_t value;
    bool is_confirmed;
} values[SLOTS];
static bool has_values;

static uint64_t value_key(enum law_fact fact, struct slice folded)
{
    /* Above seven bytes: else a short word would meet another word of the next fact. */
    return hash_bytes(folded, 100 ^ (uint64_t)fact << 56) | 1;
}

static void put_value(struct arena *a, enum law_fact fact, const char *word, struct slice text)
{
    bool is_confirmed = strcmp(word, "express+confirmed") == 0;
    int32_t value;
    struct err e;
    if (law_fact_value(fact, is_confirmed ? SLICE("express") : slice_str(word), &value, &e) < 0)
        BUG("a value of the table is no word of its fact");
    uint64_t h = value_key(fact, phrases_fold(a, text));
    size_t i = (size_t)(h % SLOTS);
    while (values[i].hash && values[i].hash != h)
        i = (i + 1) % SLOTS;
    if (values[i].hash)
        return;
    values[i].hash = h;
    values[i].value = value;
    values[i].is_confirmed = is_confirmed;
}

static void warm_values(void)
{
    static const struct {
        enum law_fact fact;
        const char *word, *texts;
    } rows[] = {
#define VALUE(fact, word, texts) {fact, word, texts},
#include "law/recipients_table.h"
#undef VALUE
    };
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct slice rest = slice_str(rows[i].texts), one;
        while (slice_split(&rest, '|', &one))
            put_value(a, rows[i].fact, rows[i].word, one);
    }
    arena_free(a);
    has_values = true;
}

static int tri_of(struct slice folded)
{
    static const char yes[] =
        "yes|y|true|1|ja|j|oui|o|si|sim|tak|ano|da|да|так|evet|はい|是|예|x|ok|"
        "checked|kylla|igen|은|כן|نعم|";
    static const char no[] =
        "no|n|false|0|nein|non|nao|nie|ne|нет|ні|hayir|いいえ|否|아니오|ei|nem|nej|"
        "nei|nee|never|לא|لا|";
    const char *lists[] = {no, yes};
    for (int v = 0; v < 2; v++) {
        struct slice rest = slice_str(lists[v]), one;
        while (slice_split(&rest, '|', &one))
            if (one.n && slice_eq(one, folded))
                return v;
    }
    return -1;
}

static int32_t number_of(struct slice s, size_t from, size_t n)
{
    int32_t v = 0;
    for (size_t i = from; i < from + n; i++)
        v = v * 10 + (s.p[i] - '0');
    return v;
}

static bool day_of(int32_t y, int32_t m, int32_t d, int32_t *out)
{
    char text[11];
    if (y < 1900 || y > 2199 || m < 1 || m > 12 || d < 1 || d > 31)
        return false;
    int32_t parts[] = {y / 1000, y / 100 % 10, y / 10 % 10, y % 10, -1,
                       m / 10,   m % 10,       -1,          d / 10, d % 10};
    for (int i = 0; i < 10; i++)
        text[i] = parts[i] < 0 ? '-' : (char)('0' + parts[i]);
    text[10] = '\0';
    return law_date(slice_of(text, 10), out);
}

/* Up to three numbers parted by . / - or space. */
static int numbers_of(struct slice s, int32_t out[3], size_t digits[3], char *out_sign)
{
    int n = 0;
    for (size_t i = 0; i < s.n && n < 3;) {
        size_t from = i;
        while (i < s.n && ascii_is_digit(s.p[i]))
            i++;
        if (i == from || i - from > 4)
            return 0;
        digits[n] = i - from;
        out[n++] = number_of(s, from, i - from);
        if (n == 3) /* a time may follow */
            return i == s.n || s.p[i] == 'T' || s.p[i] == ' ' ? 3 : 0;
        if (i == s.n || strchr("./- ", s.p[i]) == NULL)
            return 0;
        *out_sign = s.p[i];
        while (i < s.n && (s.p[i] == ' ' || s.p[i] == *out_sign))
            i++;
    }
    return n;
}

int day_read(struct slice s, enum date_order order, int32_t *out)
{
    int32_t v[3], first, second;
    size_t digits[3];
    char sign = 0;
    s = slice_trim(s);
    if (s.n == 8) { /* 20260131 */
        bool is_plain = true;
        for (size_t i = 0; i < 8; i++)
            is_plain &= ascii_is_digit(s.p[i]);
        if (is_plain)
            return day_of(number_of(s, 0, 4), number_of(s, 4, 2), number_of(s, 6, 2), out);
    }
    if (numbers_of(s, v, digits, &sign) != 3)
        return 0;
    if (digits[0] == 4)
        return day_of(v[0], v[1], v[2], out);
    if (digits[2] != 4)
        return 0;
    if (sign == '.')
        return day_of(v[2], v[1], v[0], out);
    bool as_dmy = day_of(v[2], v[1], v[0], &first), as_mdy = day_of(v[2], v[0], v[1], &second);
    if (as_dmy && as_mdy && first != second && order == DATES_UNKNOWN)
        return -1;
    if (!as_dmy && !as_mdy)
        return 0;
    *out = as_dmy && (order != DATES_MDY || !as_mdy) ? first : second;
    return 1;
}

static void not_understood(struct columns *c, struct column *col, struct slice v, uint64_t line)
{
    if (col->bad++ == 0) {
        col->bad_line = line;
        col->example = arena_dup(c->arena, slice_head(v, 40));
    }
}

static void set_date(struct columns *c, struct column *col, struct slice v, uint64_t line,
                     int32_t *out)
{
    int rc = day_read(v, c->order, out);
    if (rc < 0)
        col->twofold++;
    if (rc <= 0)
        *out = LAW_UNKNOWN;
    if (rc == 0)
        not_understood(c, col, v, line);
}

static struct slice folded_value(struct slice v)
{
    static struct arena *scratch;
    if (scratch == NULL)
        scratch = arena_new(0);
    arena_reset(scratch);
    return phrases_fold(scratch, v);
}

static bool word_value(enum law_fact fact, struct slice folded, struct law_facts *f)
{
    if (!has_values)
        warm_values();
    uint64_t h = value_key(fact, folded);
    for (size_t i = (size_t)(h % SLOTS); values[i].hash; i = (i + 1) % SLOTS) {
        if (values[i].hash != h)
            continue;
        f->v[fact] = values[i].value;
        if (values[i].is_confirmed)
            f->v[LAW_FACT_CONSENT_CONFIRMED] = 1;
        return true;
    }
    return false;
}

/* True when the value was understood. */
static bool set_fact(struct columns *c, struct column *col, struct slice v, uint64_t line,
                     struct law_facts *f)
{
    struct err e;
    int32_t value;
    enum law_fact_type type = law_fact_info(col->fact)->type;
    if (col->fact == LAW_FACT_COUNTRY || col->fact == LAW_FACT_ACCESS_COUNTRY) {
        int32_t code = v.n == 2 && ascii_is_alpha(v.p[0]) && ascii_is_alpha(v.p[1]) &&
                               !slice_ieq(v, SLICE("UK"))
                           ? law_code(v)
                           : country_find(v);
        f->v[col->fact] = code ? code : LAW_UNKNOWN;
        return code != 0;
    }
    if (type == LAW_DATE) { /* counts by itself what it does not understand */
        set_date(c, col, v, line, &f->v[col->fact]);
        return true;
    }
    struct slice folded = folded_value(v);
    if (type == LAW_TRI) {
        int tri = tri_of(folded);
        if (tri < 0 && col->fact == LAW_FACT_CONSENT_PROOF)
            tri = 1; /* "web form, IP 192.0.2.7": a record is there */
        if (tri >= 0)
            f->v[col->fact] = tri;
        return tri >= 0;
    }
    if (word_value(col->fact, folded, f))
        return true;
    if (law_fact_value(col->fact, v, &value, &e) < 0)
        return false;
    f->v[col->fact] = value;
    return true;
}

/* ---- a row ---- */

struct row_dates {
    int32_t since, purchase, inquiry;
    struct slice zone;
};

static void take_cell(struct columns *c, struct column *col, struct slice v, uint64_t line,
                      struct recipient *out, struct row_dates *d)
{
    switch (col->use) {
    case COLUMN_FACT:
        if (!set_fact(c, col, v, line, &out->facts))
            not_understood(c, col, v, line);
        break;
    case COLUMN_EMAIL:
        out->email = v;
        break;
    case COLUMN_CUSTOMER_SINCE:
        set_date(c, col, v, line, &d->since);
        break;
    case COLUMN_LAST_PURCHASE:
        set_date(c, col, v, line, &d->purchase);
        break;
    case COLUMN_INQUIRY:
        set_date(c, col, v, line, &d->inquiry);
        break;
    case COLUMN_ZONE:
        d->zone = v;
        break;
    case COLUMN_NAME:
    case COLUMN_NONE:
    case COLUMN_USES:
        break;
    }
}

/* What purchases and inquiries say of the basis, where the list does not say it itself. */
static void basis_from_dates(struct recipient *out, const struct row_dates *d)
{
    int32_t *v = out->facts.v, *consent = &v[LAW_FACT_CONSENT], *date = &v[LAW_FACT_CONSENT_DATE];
    bool is_customer = d->purchase != LAW_UNKNOWN || d->since != LAW_UNKNOWN;
    /* "Newsletter: no" beside a purchase: no consent, but a customer. */
    if ((*consent == LAW_UNKNOWN || *consent == LAW_BASIS_NONE) && is_customer)
        *consent = LAW_BASIS_CUSTOMER;
    if (*consent == LAW_UNKNOWN && d->inquiry != LAW_UNKNOWN)
        *consent = LAW_BASIS_INQUIRY;
    if (*date != LAW_UNKNOWN)
        return;
    if (*consent == LAW_BASIS_CUSTOMER) {
        *date = d->purchase != LAW_UNKNOWN ? d->purchase : d->since;
        out->is_date_least = d->purchase == LAW_UNKNOWN && d->since != LAW_UNKNOWN;
    } else if (*consent == LAW_BASIS_INQUIRY) {
        *date = d->inquiry;
    }
}

/* Day of the week and time at the recipient's place, when one answer is certain. */
static void set_hours(const struct columns *c, struct slice zone, struct law_facts *f)
{
    struct zone_range r;
    if (c->send_at == INT64_MIN || f->v[LAW_FACT_TIME] != LAW_UNKNOWN)
        return;
    bool is_known = zone.n ? zone_of_name(zone, c->send_at, &r)
                           : f->v[LAW_FACT_COUNTRY] != LAW_UNKNOWN &&
                                 zone_of_country(f->v[LAW_FACT_COUNTRY], c->send_at, &r);
    if (!is_known)
        return;
    int64_t low = c->send_at + r.low * 60, high = c->send_at + r.high * 60;
    if (low / 86400 == high / 86400 && f->v[LAW_FACT_WEEKDAY] == LAW_UNKNOWN)
        f->v[LAW_FACT_WEEKDAY] = law_weekday((int32_t)(low / 86400));
    if (low == high)
        f->v[LAW_FACT_TIME] = (int32_t)(low % 86400 / 60);
}

const char *columns_read(struct columns *c, const struct csv_row *row,
                         const struct law_facts *defaults, struct recipient *out)
{
    struct row_dates d = {LAW_UNKNOWN, LAW_UNKNOWN, LAW_UNKNOWN, {0}};
    if (row->broken)
        return row->broken;
    if (row->n != c->n)
        return row->n < c->n ? "it has fewer columns than the titles"
                             : "it has more columns than the titles";
    out->facts = *defaults;
    out->email = (struct slice){0};
    out->is_date_least = false;
    for (size_t i = 0; i < c->n; i++) {
        struct slice v = slice_trim(row->fields[i]);
        if (v.n && c->of[i].use != COLUMN_NONE)
            take_cell(c, &c->of[i], v, row->line, out, &d);
    }
    basis_from_dates(out, &d);
    set_hours(c, d.zone, &out->facts);
    return NULL;
}
