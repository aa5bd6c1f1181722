/* Tables of phrases, hosts and brands of any shape, and text of any shape under them: the first
 * line is the text, the rest the table. */
#include "evidence/lists.h"
#include "evidence/phrases.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n)
{
    struct slice table = slice_of((const char *)data, n), text = {0};
    struct err e = {0};
    slice_line(&table, &text);
    struct arena *a = arena_new(0);
    struct phrases *p = phrases_new();
    struct phrase_hits hits = {0};
    int err = phrases_read(p, table, "t", &e);
    phrases_find(p, a, text, 4096, &hits);
    if (err && !e.text[0])
        abort();
    phrases_free(p);
    struct hosts *h = hosts_new();
    if (hosts_read(h, "images", table, &e) == 0 && hosts_find(h, text) > 15)
        abort();
    hosts_free(h);
    struct brands *b;
    if (brands_open(table, "t", &e, &b) == 0) {
        struct slice folded = phrases_fold(a, text);
        const struct brand *named = brands_named(b, folded);
        if (named && named->n_domains == 0)
            abort();
        brands_look_alike(b, a, text);
        brands_close(b);
    }
    arena_free(a);
    return 0;
}
