/* Configuration: typed tables and the one parser for them.
 *
 * Each module describes its settings in a table of `struct conf_item`; the parser, `config
 * show`, the man page and the reference are all made from these tables. The grammar:
 *
 *   key = value              # a comment
 *   listen milter = 127.0.0.1:11335      (a setting with a name: "listen" "milter")
 *   scan { max_size = 50M  deadline = 8s }
 *   policy "sales@example.org" { reject = 15.0 }
 *
 * Values: words, "quoted text" (escapes \" \\ \n \t), numbers with a unit (50M, 8s, 30d), lists
 * with commas; "" is the empty text and the empty list. Several settings may stand on one line.
 * A setting with a name is an item whose key is two words: "listen milter".
 * An unknown key is an error that names file, line and the nearest known word.
 * Limits: 1 MiB of text, 4,096 bytes a line, sections do not nest, 4,096 sections.
 */
#ifndef MUSTER_BASE_CONF_H
#define MUSTER_BASE_CONF_H

#include "base/arena.h"
#include "base/err.h"

enum conf_type {
    CONF_BOOL,   /* bool: yes no true false on off */
    CONF_INT,    /* int64_t, within min..max */
    CONF_SIZE,   /* int64_t bytes: 512, 64K, 50M, 1G */
    CONF_TIME,   /* int64_t microseconds: 500ms, 8s, 5m, 2h, 30d */
    CONF_NUM,    /* double */
    CONF_TEXT,   /* struct slice */
    CONF_CHOICE, /* int: index in `choices` */
    CONF_LIST    /* struct conf_list: words parted by commas */
};

struct conf_list {
    struct slice *items;
    size_t n;
};

struct conf_item {
    const char *key;
    enum conf_type type;
    size_t offset;              /* of the field in the section's struct */
    const char *def;            /* default, in the file's own grammar */
    double min, max;            /* for INT, SIZE (bytes), TIME (seconds), NUM; both 0: no bound */
    const char *const *choices; /* for CHOICE, NULL at the end; for INT, SIZE, TIME and NUM: words
                                   that may stand instead of a number and give -1, -2 ... */
    const char *unit;           /* shown in the reference; may be NULL */
    const char *doc;            /* one line */
    bool needs_restart;         /* a reload does not take it over */
};

/* One kind of section. */
struct conf_section {
    const char *name;              /* "scan"; "" is the top level */
    bool named;                    /* takes a name: policy "x" { }; may stand many times */
    const struct conf_item *items; /* ends with key = NULL */
    size_t size;                   /* of the struct that the items fill */
    const char *doc;
};

#define CONF_FROM_PROFILE UINT32_MAX /* set by an override */

/* One section as read: its struct, filled with defaults and what the file says. */
struct conf_block {
    const struct conf_section *section;
    struct slice name; /* empty for an unnamed section */
    void *data;
    uint32_t *lines; /* per item: the line that set it, 0 for a default, or CONF_FROM_PROFILE */
    uint32_t line;   /* where the section was opened first, 0 when the file does not hold it */
    struct conf_block *next;
};

struct conf {
    struct arena *arena;
    struct slice file;
    struct conf_block *blocks; /* unnamed sections always stand here, in the tables' order */
};

/* Reads text under the tables (an array that ends with name = NULL; a name may stand twice, once
 * unnamed and once named). `file` is for messages. Everything kept is copied into the arena.
 * `overrides` may be NULL: per-profile defaults, an array of {"scan.max_size", "20M"} ending with
 * NULL keys, applied before the file's own values; to the unnamed section of that name when
 * there is one, else to each named one. Error: ERR_PARSE with "FILE:LINE: ...". */
MUST_USE int conf_parse(struct arena *a, const struct conf_section *tables, struct slice text,
                        const char *file, const char *const (*overrides)[2], struct err *e,
                        struct conf **out);
/* The struct of an unnamed section; never NULL for a section of the tables. */
void *conf_data(const struct conf *c, const char *section);
/* Next block of that section (the unnamed one first) after `after` (NULL: the first), or NULL. */
struct conf_block *conf_next(const struct conf *c, const char *section, struct conf_block *after);
/* At a reload: what takes effect at a restart alone (needs_restart, unnamed sections) stays in
 * `fresh` what it was in `old`. Both of the same tables; texts are copied into fresh's arena. */
void conf_carry(const struct conf *old, struct conf *fresh);
/* Prints each setting with its value and where it comes from, in the file's own grammar. */
struct buf;
void conf_show(const struct conf *c, struct buf *out, bool with_docs);
/* One setting "scan.max_size", or of a named section "policy.sales@example.org.reject": value,
 * default, unit, range, doc, the line that set it. ERR_NOENT names the nearest key. */
MUST_USE int conf_why(const struct conf *c, const char *key, struct buf *out, struct err *e);
/* The reference of all tables as a roff (man) fragment or as Markdown. */
void conf_reference(const struct conf_section *tables, struct buf *out, bool roff);
/* Prints one item's value in the file's grammar. */
void conf_value(const struct conf_item *item, const void *data, struct buf *out);
/* The word of a NULL-terminated list nearest to `word` by edit distance, or NULL when none is
 * within a third of its length. For error messages everywhere. */
const char *conf_nearest(struct slice word, const char *const *words);

#endif
