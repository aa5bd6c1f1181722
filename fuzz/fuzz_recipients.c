/* A list of recipients: any bytes as CSV, its first row as titles, the rest as rows. All lines are
 * accounted for, and going on from any row gives the rows that follow it. */
#include "law/recipients.h"

#include "base/arena.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static long give(void *arg, char *p, size_t n)
{
    struct slice *rest = arg;
    n = n < rest->n ? n : rest->n;
    if (n > 4096)
        n = 4096;
    if (n)
        memcpy(p, rest->p, n);
    *rest = slice_from(*rest, n);
    return (long)n;
}

static void again(struct slice all, uint64_t end, uint64_t line, uint32_t crc, struct csv *first)
{
    struct slice rest = all;
    struct csv_row a, b;
    uint32_t got = 0;
    struct csv *c = csv_new(give, &rest);
    if (!csv_skip(c, end, line, &got) || got != crc)
        abort();
    bool has_a = csv_next(first, &a), has_b = csv_next(c, &b);
    if (has_a != has_b || (has_a && (a.line != b.line || a.n != b.n || a.end != b.end)))
        abort();
    csv_free(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice all = slice_of((const char *)data, size), rest = all;
    struct arena *a = arena_new(0);
    struct csv *c = csv_new(give, &rest);
    struct csv_row row;
    struct columns columns;
    struct law_facts none;
    struct recipient r;
    struct err e;
    uint64_t before = 0, rows = 0;
    law_facts_init(&none);
    bool is_mapped = csv_next(c, &row) && !row.broken &&
                     columns_map(a, &row, SLICE("1=country"), &e, &columns) == 0;
    while (csv_next(c, &row)) {
        if (row.end <= before || row.n > CSV_FIELDS_MOST)
            abort();
        before = row.end;
        if (is_mapped)
            (void)columns_read(&columns, &row, &none, &r);
        if (++rows == 3)
            again(all, row.end, csv_line(c), csv_crc(c), c);
    }
    csv_free(c);
    arena_free(a);
    return 0;
}
