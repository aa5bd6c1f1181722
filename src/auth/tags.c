/* Reading tag lists. See tags.h. */
#include "auth/tags.h"

#include "mail/decode.h"

static bool is_fws(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct slice trim(struct slice s)
{
    while (s.n && is_fws(s.p[0]))
        s = slice_from(s, 1);
    while (s.n && is_fws(s.p[s.n - 1]))
        s.n--;
    return s;
}

static bool is_name(struct slice s)
{
    if (s.n == 0 || !ascii_is_alpha(s.p[0]))
        return false;
    for (size_t i = 1; i < s.n; i++) {
        if (!ascii_is_alnum(s.p[i]) && s.p[i] != '_')
            return false;
    }
    return true;
}

/* Printable, UTF-8's upper half, and white space between. */
static bool is_value(struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if ((c < 0x21 && !is_fws(s.p[i])) || c == 0x7F)
            return false;
    }
    return true;
}

bool tags_parse(struct slice text, struct tags *out, const char **out_why)
{
    out->n = 0;
    struct slice rest = text, part;
    while (slice_split(&rest, ';', &part)) {
        if (trim(part).n == 0) {
            if (trim(rest).n == 0)
                break; /* one semicolon may end the list */
            *out_why = "an empty tag";
            return false;
        }
        size_t eq = slice_chr(part, '=');
        if (eq == SIZE_MAX || !is_name(trim(slice_head(part, eq)))) {
            *out_why = "something that is no tag=value";
            return false;
        }
        struct tag t = {.name = trim(slice_head(part, eq)), .span = slice_from(part, eq + 1)};
        t.value = trim(t.span);
        if (!is_value(t.value)) {
            *out_why = "a control character in a value";
            return false;
        }
        for (size_t i = 0; i < out->n; i++) {
            if (slice_eq(out->tag[i].name, t.name)) {
                *out_why = "a tag that stands twice";
                return false;
            }
        }
        if (out->n == TAGS_MOST) {
            *out_why = "too many tags";
            return false;
        }
        out->tag[out->n++] = t;
    }
    return true;
}

const struct tag *tags_find(const struct tags *t, const char *name)
{
    struct slice want = slice_str(name);
    for (size_t i = 0; i < t->n; i++) {
        if (slice_eq(t->tag[i].name, want))
            return &t->tag[i];
    }
    return NULL;
}

struct slice tags_value(const struct tags *t, const char *name)
{
    const struct tag *found = tags_find(t, name);
    return found ? found->value : (struct slice){0};
}

struct slice tag_squeeze(struct arena *a, struct slice value)
{
    size_t i = 0;
    while (i < value.n && !is_fws(value.p[i]))
        i++;
    if (i == value.n)
        return value;
    char *out = arena_bytes(a, value.n);
    size_t n = 0;
    for (i = 0; i < value.n; i++) {
        if (!is_fws(value.p[i]))
            out[n++] = value.p[i];
    }
    return slice_of(out, n);
}

bool tag_base64(struct arena *a, struct slice squeezed, struct slice *out)
{
    size_t room = squeezed.n * 3 / 4 + 3;
    char *bytes = arena_bytes(a, room);
    struct decode_result r = {0};
    size_t n = decode_base64(squeezed, bytes, room, &r);
    if (n == 0 || r.junk || r.inner_padding || r.bad_length || r.hit_limit)
        return false;
    *out = slice_of(bytes, n);
    return true;
}

bool tag_number(struct slice value, size_t digits, int64_t *out)
{
    uint64_t v = 0;
    if (value.n == 0 || value.n > digits)
        return false;
    for (size_t i = 0; i < value.n; i++) {
        if (!ascii_is_digit(value.p[i]))
            return false;
        v = v > INT64_MAX / 10 ? INT64_MAX : v * 10 + (uint64_t)(value.p[i] - '0');
    }
    *out = v > INT64_MAX ? INT64_MAX : (int64_t)v;
    return true;
}
