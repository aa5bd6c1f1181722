/* Header edits. See edits.h. */
#include "doors/edits.h"
#include "auth/authres.h"

static void put(struct buf *edits, const char *name, struct slice value)
{
    buf_str(edits, name);
    buf_chr(edits, '\0');
    for (size_t i = 0; i < value.n; i++) {
        char c = value.p[i];
        bool folds = c == '\n' && i + 1 < value.n &&
                     (value.p[i + 1] == ' ' || value.p[i + 1] == '\t');
        buf_chr(edits, (c == '\0' || c == '\r' || (c == '\n' && !folds)) ? ' ' : c);
    }
    buf_chr(edits, '\0');
}

void edit_remove(struct buf *edits, const char *name, struct slice first_token)
{
    if (first_token.n)
        buf_chr(edits, '-');
    put(edits, name, first_token);
}

void edit_add(struct buf *edits, const char *name, struct slice value)
{
    put(edits, name, value.n ? value : SLICE(" "));
}

bool edit_next(struct slice *rest, struct edit *out)
{
    struct slice from = *rest, name, value;
    size_t end = slice_chr(from, '\0');
    if (end == SIZE_MAX)
        return false;
    name = slice_head(from, end);
    from = slice_from(from, end + 1);
    end = slice_chr(from, '\0');
    if (end == SIZE_MAX)
        return false;
    value = slice_head(from, end);
    bool is_partial = slice_starts(name, SLICE("-"));
    name = slice_from(name, is_partial);
    if (name.n == 0)
        return false;
    *rest = slice_from(from, end + 1);
    *out = (struct edit){!is_partial && value.n > 0, name, value};
    return true;
}

bool edit_removes(const struct edit *e, struct slice name, struct slice value)
{
    if (e->is_add || !slice_ieq(e->name, name))
        return false;
    if (e->value.n == 0)
        return true;
    return authres_claims(value, e->value);
}

void edits_write_added(struct slice edits, const char *eol, struct buf *out)
{
    struct edit e;
    while (edit_next(&edits, &e)) {
        if (!e.is_add)
            continue;
        buf_add(out, e.name);
        buf_str(out, ": ");
        struct slice value = e.value, line;
        bool is_first = true;
        while (slice_split(&value, '\n', &line)) {
            if (!is_first)
                buf_str(out, eol);
            buf_add(out, line);
            is_first = false;
        }
        buf_str(out, eol);
    }
}

static bool is_removed(struct slice edits, struct slice field)
{
    size_t colon = slice_chr(field, ':');
    if (colon == SIZE_MAX)
        return false;
    struct slice name = slice_trim(slice_head(field, colon));
    struct edit e;
    while (edit_next(&edits, &e))
        if (edit_removes(&e, name, slice_from(field, colon + 1)))
            return true;
    return false;
}

size_t edits_copy_head(struct slice edits, struct slice raw, struct buf *out)
{
    size_t at = 0;
    while (at < raw.n && raw.p[at] != '\n' && !slice_starts(slice_from(raw, at), SLICE("\r\n"))) {
        size_t end = at;
        do {
            size_t lf = slice_chr(slice_from(raw, end), '\n');
            end = lf == SIZE_MAX ? raw.n : end + lf + 1;
        } while (end < raw.n && (raw.p[end] == ' ' || raw.p[end] == '\t'));
        struct slice field = slice_of(raw.p + at, end - at);
        if (!is_removed(edits, field))
            buf_add(out, field);
        at = end;
    }
    return at;
}
