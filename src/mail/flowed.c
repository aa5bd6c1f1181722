/* Format=flowed. See flowed.h. */
#include "mail/flowed.h"

struct slice flowed_join(struct arena *a, struct slice text, bool delsp)
{
    char *out = arena_bytes(a, text.n + 1);
    size_t n = 0, open_depth = 0;
    bool is_open = false; /* the line before was flowed: this one goes on */
    struct slice line;
    while (slice_line(&text, &line)) {
        size_t depth = 0;
        while (depth < line.n && line.p[depth] == '>')
            depth++;
        struct slice rest = slice_from(line, depth);
        bool has_space = rest.n && rest.p[0] == ' ';
        struct slice words = has_space ? slice_from(rest, 1) : rest;
        bool is_signature = slice_eq(words, SLICE("-- "));
        if (is_open && (depth != open_depth || is_signature)) {
            out[n++] = '\n'; /* badly flowed: the paragraph ends all the same (RFC 3676 4.5) */
            is_open = false;
        }
        if (!is_open && depth) {
            memcpy(out + n, line.p, depth);
            n += depth;
            if (has_space)
                out[n++] = ' ';
        }
        bool flows = !is_signature && words.n && words.p[words.n - 1] == ' ';
        if (flows && delsp)
            words.n--;
        if (words.n)
            memcpy(out + n, words.p, words.n);
        n += words.n;
        if (!flows && (text.p != NULL))
            out[n++] = '\n';
        is_open = flows;
        open_depth = depth;
    }
    return slice_of(out, n);
}
