/* The character set that an HTML document names itself: the prescan of WHATWG HTML 13.2.3.2.
 * Meta elements inside comments, other tags' attributes and closing tags do not count. */
#include "mail/html.h"

#include "mail/unicode.h"

#define PRESCAN_BYTES 16384 /* the standard asks for 1024 at least */

static bool is_space(char c)
{
    return c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' ';
}

/* The next attribute of the tag at *s; false at its end. */
static bool next_attribute(struct slice *s, struct slice *out_name, struct slice *out_value)
{
    while (s->n && (is_space(s->p[0]) || s->p[0] == '/'))
        *s = slice_from(*s, 1);
    if (s->n == 0 || s->p[0] == '>')
        return false;
    size_t i = 0;
    while (i < s->n && !is_space(s->p[i]) && s->p[i] != '/' && s->p[i] != '>' &&
           (s->p[i] != '=' || i == 0))
        i++;
    *out_name = slice_head(*s, i);
    *out_value = slice_of(s->p + i, 0);
    *s = slice_from(*s, i);
    struct slice t = *s;
    while (t.n && is_space(t.p[0]))
        t = slice_from(t, 1);
    if (t.n == 0 || t.p[0] != '=')
        return true;
    t = slice_from(t, 1);
    while (t.n && is_space(t.p[0]))
        t = slice_from(t, 1);
    if (t.n && (t.p[0] == '"' || t.p[0] == '\'')) {
        struct slice inside = slice_from(t, 1);
        size_t end = slice_chr(inside, t.p[0]);
        *out_value = slice_head(inside, end);
        *s = slice_from(inside, end == SIZE_MAX ? inside.n : end + 1);
        return end != SIZE_MAX;
    }
    i = 0;
    while (i < t.n && !is_space(t.p[i]) && t.p[i] != '>')
        i++;
    *out_value = slice_head(t, i);
    *s = slice_from(t, i);
    return true;
}

/* "text/html; charset=..." (13.2.3.3): the value behind the first "charset" with a '='. */
static struct slice charset_in(struct slice s)
{
    struct slice none = {0};
    for (;;) {
        size_t at = slice_ifind(s, SLICE("charset"));
        if (at == SIZE_MAX)
            return none;
        s = slice_from(s, at + 7);
        while (s.n && is_space(s.p[0]))
            s = slice_from(s, 1);
        if (s.n && s.p[0] == '=')
            break;
    }
    s = slice_from(s, 1);
    while (s.n && is_space(s.p[0]))
        s = slice_from(s, 1);
    if (s.n && (s.p[0] == '"' || s.p[0] == '\'')) {
        size_t end = slice_chr(slice_from(s, 1), s.p[0]);
        return end == SIZE_MAX ? none : slice_of(s.p + 1, end);
    }
    size_t i = 0;
    while (i < s.n && !is_space(s.p[i]) && s.p[i] != ';')
        i++;
    return slice_head(s, i);
}

static bool is_label(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!ascii_is_alnum(s.p[i]) && s.p[i] != '-' && s.p[i] != '_' && s.p[i] != '.' &&
            s.p[i] != ':' && s.p[i] != '+')
            return false;
    return charset_name(s) != NULL;
}

/* A meta tag behind its name. */
static struct slice meta(struct slice *s)
{
    struct slice name, value, charset = {0}, content = {0};
    bool is_type = false, has_charset = false, has_content = false, has_equiv = false;
    while (next_attribute(s, &name, &value)) {
        if (!has_equiv && slice_ieq(name, SLICE("http-equiv"))) {
            has_equiv = true;
            is_type = slice_ieq(value, SLICE("content-type"));
        } else if (!has_content && slice_ieq(name, SLICE("content"))) {
            has_content = true;
            content = charset_in(value);
        } else if (!has_charset && slice_ieq(name, SLICE("charset"))) {
            has_charset = true;
            charset = value;
        }
    }
    if (!has_charset && is_type)
        charset = content;
    charset = slice_trim(charset);
    /* A tag that the text ends in, and a name that nobody knows, do not count. */
    return s->n && is_label(charset) ? charset : (struct slice){0};
}

struct slice html_charset(struct slice html)
{
    struct slice s = slice_head(html, PRESCAN_BYTES), name, value;
    if (slice_starts(s, SLICE("\xEF\xBB\xBF")))
        return SLICE("utf-8");
    while (s.n) {
        size_t at = slice_chr(s, '<');
        if (at == SIZE_MAX)
            break;
        s = slice_from(s, at);
        if (slice_starts(s, SLICE("<!--"))) {
            size_t end = slice_find(slice_from(s, 2), SLICE("-->"));
            s = end == SIZE_MAX ? slice_from(s, s.n) : slice_from(s, end + 5);
        } else if (slice_istarts(s, SLICE("<meta")) && s.n > 5 &&
                   (is_space(s.p[5]) || s.p[5] == '/')) {
            s = slice_from(s, 6);
            struct slice found = meta(&s);
            if (found.n)
                return found;
        } else if (s.n > 1 && (ascii_is_alpha(s.p[1]) ||
                               (s.p[1] == '/' && s.n > 2 && ascii_is_alpha(s.p[2])))) {
            size_t i = 1;
            while (i < s.n && !is_space(s.p[i]) && s.p[i] != '>')
                i++;
            s = slice_from(s, i);
            while (next_attribute(&s, &name, &value))
                ;
        } else if (s.n > 1 && (s.p[1] == '!' || s.p[1] == '/' || s.p[1] == '?')) {
            size_t end = slice_chr(s, '>');
            s = end == SIZE_MAX ? slice_from(s, s.n) : slice_from(s, end + 1);
        } else {
            s = slice_from(s, 1);
        }
    }
    return (struct slice){0};
}
