/* A finding in one line. See say.h. */
#include "doors/say.h"

#define DETAIL_BYTES 200

void say_finding(const struct finding *f, enum escape_for use, struct buf *out)
{
    struct slice reason = slice_str(f->reason);
    size_t at = slice_find(reason, SLICE("%s"));
    escape_add(out, use, slice_head(reason, at), 0);
    if (at == SIZE_MAX)
        return;
    escape_add(out, use, f->detail, DETAIL_BYTES);
    escape_add(out, use, slice_from(reason, at + 2), 0);
}

void say_symbol(const struct finding *f, struct buf *out)
{
    for (const char *p = f->name; *p; p++)
        buf_chr(out, *p >= 'a' && *p <= 'z' ? (char)(*p - 32) : *p);
}
