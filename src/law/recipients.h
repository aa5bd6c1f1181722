/* A list of recipients: columns of a table to facts, row by row.
 *
 * Columns are known by their titles, in several spellings and languages, or by an explicit map
 * ("land=country,seit=customer_since"). Values are read as people write them; what is not
 * understood stays unknown and is counted, with the line where it stood first. Nothing is guessed:
 * a date that could be read in two ways is unknown unless the caller says how.
 */
#ifndef MUSTER_LAW_RECIPIENTS_H
#define MUSTER_LAW_RECIPIENTS_H

#include "law/country.h"
#include "law/csv.h"
#include "law/fact.h"

/* What a column may be besides a fact of group R. */
enum column_use {
    COLUMN_FACT, /* `fact` says which */
    COLUMN_NONE, /* not used */
    COLUMN_EMAIL,
    COLUMN_NAME,
    COLUMN_CUSTOMER_SINCE, /* the last purchase is then, or later */
    COLUMN_LAST_PURCHASE,
    COLUMN_INQUIRY, /* date of an inquiry */
    COLUMN_ZONE,
    COLUMN_USES
};

enum date_order { DATES_UNKNOWN, DATES_DMY, DATES_MDY };

struct column {
    enum column_use use;
    enum law_fact fact;
    struct slice title;     /* in the arena */
    uint64_t bad, bad_line; /* values not understood, and the line of the first one */
    uint64_t twofold;       /* dates that can be read in two ways */
    struct slice example;   /* the first value not understood; in the arena, cut */
};

struct columns {
    struct arena *arena;
    struct column *of;
    size_t n;
    enum date_order order;
    bool has_titles; /* the first row is no recipient */
    int64_t
        send_at; /* seconds since 1970, for hours at the recipient's place; INT64_MIN: unknown */
};

struct recipient {
    struct law_facts facts; /* those of the list's defaults with the row's over them */
    struct slice email;
    bool is_date_least; /* consent_date is the earliest day that it can be (customer since) */
};

/* Finds out what the columns are. first: the first row. map may be empty: "title=use,...", use a
 * fact's name or email, name, customer_since, last_purchase, inquiry, time_zone, none; title may be
 * a column's number from 1. ERR_USAGE names what is not understood, with the nearest word. */
MUST_USE int columns_map(struct arena *a, const struct csv_row *first, struct slice map,
                         struct err *e, struct columns *out);
/* Reads one row. `defaults` are the facts that hold for all. NULL, or why the row is broken. */
const char *columns_read(struct columns *c, const struct csv_row *row,
                         const struct law_facts *defaults, struct recipient *out);
const char *column_use_name(const struct column *c);
/* A day as people write it. 1: *out is set; 0: not understood; -1: it can be read in two ways. */
int day_read(struct slice s, enum date_order order, int32_t *out);

#endif
