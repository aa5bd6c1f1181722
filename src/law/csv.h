/* CSV as people's programs write it (RFC 4180 and what spreadsheets make of it), in a stream.
 *
 * The encoding (UTF-8, UTF-16 with or without a mark), the delimiter (comma, semicolon, tab, bar,
 * or a first line "sep=;"), the quote (" or ') and the line end are found out from the first
 * 64 KiB. Memory is bounded: a row may have CSV_ROW_MOST bytes and CSV_FIELDS_MOST fields.
 *
 * A row that can't be read costs itself alone. When a quote was opened and never closed, the
 * rows that it would swallow are given back: the line on which the broken row begins is reported
 * and reading goes on with the next line.
 */
#ifndef MUSTER_LAW_CSV_H
#define MUSTER_LAW_CSV_H

#include "base/attr.h"
#include "base/buf.h"

#define CSV_ROW_MOST    65536u
#define CSV_FIELDS_MOST 256u

/* Puts at most n bytes at p; 0 is the end, negative an error (reading ends, csv_failed). */
typedef long csv_source(void *arg, char *p, size_t n);

struct csv;

struct csv_row {
    struct slice *fields; /* without quotes, UTF-8; valid until the next call */
    size_t n;
    uint64_t line;      /* where it begins, from 1 */
    uint64_t end;       /* bytes of decoded text up to and with its line end */
    struct slice raw;   /* as it stands, without its line end */
    const char *broken; /* NULL, or why it can't be read, in plain words */
};

/* How the file is written, in words for a report. */
struct csv_dialect {
    const char *encoding; /* "UTF-8", "UTF-16LE", "UTF-16BE" */
    char delimiter, quote;
};

/* Reads the first block and finds out how it is written. */
struct csv *csv_new(csv_source *source, void *arg);
void csv_free(struct csv *c);
const struct csv_dialect *csv_dialect(const struct csv *c);
/* Next row, broken or not; false at the end. Lines with nothing on them are passed over. */
bool csv_next(struct csv *c, struct csv_row *out);
/* True when the source failed, so that the end is not the end. */
bool csv_failed(const struct csv *c);
/* For going on after a kill: passes over text up to `end` of an earlier run's row, whose next
 * line was `line`. *out_crc (CRC-32C of the text passed over) tells whether it is the same file.
 * False: the file is shorter. Call before the first csv_next or after the first one. */
bool csv_skip(struct csv *c, uint64_t end, uint64_t line, uint32_t *out_crc);
/* Line of the next row, and CRC-32C of all text up to it; for the record that csv_skip needs. */
uint64_t csv_line(const struct csv *c);
uint32_t csv_crc(struct csv *c);
/* Adds s to out as one field in the dialect "comma, double quote", quoted where it must be. What
 * a spreadsheet would run as a formula gets an apostrophe in front. */
void csv_put(struct buf *out, struct slice s);

#endif
