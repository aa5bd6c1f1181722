/* Between the files of the profile parser. */
#ifndef MUSTER_LAW_PARSE_INTERNAL_H
#define MUSTER_LAW_PARSE_INTERNAL_H

#include "law/profile.h"

#include <stdio.h>

enum law_tok { LAW_TOK_START, LAW_TOK_WORD, LAW_TOK_TEXT, LAW_TOK_SIGN, LAW_TOK_LINE, LAW_TOK_END };

struct law_reader {
    struct arena *arena;
    struct slice rest, token;
    const char *file;
    struct buf *errors;
    uint32_t line, n_errors;
    enum law_tok kind;
};

#define LAW_RAW_MAX 65
/* A value as it stands in the file. */
struct law_raw {
    struct slice items[LAW_RAW_MAX];
    bool bare[LAW_RAW_MAX];
    uint32_t n, line;
    bool low;
};

PRINTF_LIKE(3, 4)
void law_parse_error(struct law_reader *r, uint32_t line, const char *fmt, ...);
void law_next(struct law_reader *r);
bool law_is_sign(const struct law_reader *r, char c);
void law_skip_lines(struct law_reader *r);
bool law_read_value(struct law_reader *r, struct law_raw *out);
/* Behind the "{" of an instrument, a source or a rule: reads to behind its "}". */
void law_read_named(struct law_reader *r, struct law *law, struct slice kind, struct slice name);
/* What the table cannot say: fields that belong together, fields that must be written. */
void law_check(struct law_reader *r, struct law *law);

#endif
