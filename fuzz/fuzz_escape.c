/* Any bytes through the escaper for each use: what comes out is one line (a page may have more),
 * valid, bounded, and cannot leave the place it is put into. */
#include "base/escape.h"
#include "base/utf8.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_shown(enum escape_for use, struct slice out)
{
    bool is_ascii = use == ESCAPE_HEADER || use == ESCAPE_SMTP;
    must(is_ascii ? utf8_is_ascii(out) : utf8_is_valid(out));
    while (out.n) {
        uint32_t c = utf8_next(&out, NULL);
        bool is_layout = use == ESCAPE_HTML && (c == '\n' || c == '\t');
        must(is_layout || (c >= 0x20 && (c < 0x7F || c > 0x9F)));
        must(!escape_is_bidi(c));
    }
}

/* No quote but behind a backslash, and behind each backslash what RFC 8259 has there. */
static void check_json(struct slice out)
{
    for (size_t i = 0; i < out.n; i++) {
        must(out.p[i] != '"');
        if (out.p[i] == '\\') {
            i++;
            must(i < out.n && slice_chr(SLICE("\"\\/bfnrtu"), out.p[i]) != SIZE_MAX);
        }
    }
}

static void check_html(struct slice out)
{
    for (size_t i = 0; i < out.n; i++) {
        must(slice_chr(SLICE("<>\"'"), out.p[i]) == SIZE_MAX);
        if (out.p[i] == '&')
            must(slice_chr(slice_head(slice_from(out, i), 10), ';') != SIZE_MAX);
    }
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n)
{
    static const size_t most[] = {0, 1, 40};
    for (int use = ESCAPE_LOG; use <= ESCAPE_JSON; use++) {
        for (size_t k = 0; k < sizeof most / sizeof *most; k++) {
            struct buf b = BUF_INIT((size_t)1 << 26);
            escape_add(&b, (enum escape_for)use, slice_of((const char *)data, n), most[k]);
            struct slice out = buf_slice(&b);
            must(most[k] == 0 || out.n <= most[k] + 16); /* one more sign, and "..." */
            check_shown((enum escape_for)use, out);
            if (use == ESCAPE_JSON && most[k] == 0)
                check_json(out);
            if (use == ESCAPE_HTML)
                check_html(out);
            buf_fini(&b);
        }
    }
    return 0;
}
