/* HTML made piece by piece. See html.h. */
#include "web/html.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/escape.h"

#include <stdarg.h>
#include <stdio.h>

static bool is_among(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(word, *list) == 0)
            return true;
    return false;
}

static bool is_void(const char *tag)
{
    static const char *const voids[] = {"area",  "base", "br",   "col",    "embed", "hr", "img",
                                        "input", "link", "meta", "source", "wbr",   NULL};
    return is_among(tag, voids);
}

static bool leads_somewhere(const char *name)
{
    static const char *const names[] = {"href", "src",    "action",     "formaction",
                                        "cite", "poster", "xlink:href", NULL};
    return is_among(name, names);
}

bool html_url_ok(const char *url)
{
    struct slice s = slice_str(url);
    for (size_t i = 0; i < s.n; i++) /* browsers take tabs and line ends out before reading */
        if ((unsigned char)s.p[i] < 0x20 || s.p[i] == '\\' || s.p[i] == 0x7f)
            return false;
    if (slice_istarts(s, SLICE("http://")) || slice_istarts(s, SLICE("https://")) ||
        slice_istarts(s, SLICE("mailto:")))
        return true;
    if (slice_starts(s, SLICE("//")))
        return false; /* another host in the scheme of this page */
    for (size_t i = 0; i < s.n && s.p[i] != '/' && s.p[i] != '?' && s.p[i] != '#'; i++)
        if (s.p[i] == ':')
            return false; /* some other scheme */
    return true;
}

static void attribute(struct html *h, const char *name, const char *value)
{
    if (strncmp(name, "on", 2) == 0 || strcmp(name, "style") == 0 || strcmp(name, "srcdoc") == 0)
        BUG("an attribute that the policy of this site forbids");
    if (leads_somewhere(name)) {
        if (!html_url_ok(value))
            value = "#";
        else if (h->link)
            value = h->link(h->link_arg, value);
    }
    buf_chr(h->out, ' ');
    buf_str(h->out, name);
    if (*value == '\0')
        if (!leads_somewhere(name) && strcmp(name, "value") != 0 && strcmp(name, "alt") != 0)
            return;
    buf_str(h->out, "=\"");
    escape_add(h->out, ESCAPE_HTML, slice_str(value), 0);
    buf_chr(h->out, '"');
}

/* ---- heads of columns ---- */

/* A head's text as it stands in the output, escaped, without the elements around it. */
static void add_head(struct html *h, size_t begin, size_t end)
{
    bool is_tag = false;
    buf_str(h->out, " data-l=\"");
    for (size_t i = begin; i < end; i++) {
        char c = h->out->p[i];
        is_tag |= c == '<';
        if (!is_tag)
            buf_chr(h->out, c);
        is_tag &= c != '>';
    }
    buf_chr(h->out, '"');
}

/* Before the ">" of a cell. */
static void name_cell(struct html *h)
{
    struct html_columns *c = &h->columns;
    if (c->is_stack && c->at > 0 && c->at < c->n)
        add_head(h, c->begin[c->at], c->end[c->at]);
    c->at++;
}

static void opens_of_table(struct html *h, const char *tag, bool is_stack, bool is_head)
{
    struct html_columns *c = &h->columns;
    if (strcmp(tag, "table") == 0)
        *c = (struct html_columns){.is_stack = is_stack};
    else if (strcmp(tag, "tr") == 0)
        c->at = 0;
    else if (strcmp(tag, "td") == 0 || (strcmp(tag, "th") == 0 && !is_head))
        name_cell(h);
}

/* ---- elements ---- */

static void open_va(struct html *h, const char *tag, va_list ap)
{
    const char *name;
    bool is_stack = false, is_head = false;
    buf_chr(h->out, '<');
    buf_str(h->out, tag);
    while ((name = va_arg(ap, const char *)) != NULL) {
        const char *value = va_arg(ap, const char *);
        if (value == NULL)
            continue;
        attribute(h, name, value);
        is_stack |= strcmp(name, "class") == 0 && slice_starts(slice_str(value), SLICE("stack"));
        is_head |= strcmp(name, "scope") == 0 && strcmp(value, "col") == 0;
    }
    opens_of_table(h, tag, is_stack, is_head);
    buf_chr(h->out, '>');
    if (is_void(tag))
        return;
    if (is_head && h->columns.n < HTML_COLUMNS)
        h->columns.begin[h->columns.n] = h->columns.end[h->columns.n] = h->out->n;
    if (h->depth == HTML_DEPTH)
        BUG("elements are nested too deeply");
    h->stack[h->depth++] = tag;
}

void html_open_list(struct html *h, const char *tag, ...)
{
    va_list ap;
    va_start(ap, tag);
    open_va(h, tag, ap);
    va_end(ap);
}

void html_close(struct html *h)
{
    if (h->depth == 0)
        BUG("no element is open");
    struct html_columns *c = &h->columns;
    if (strcmp(h->stack[h->depth - 1], "th") == 0 && c->n < HTML_COLUMNS && c->begin[c->n])
        c->end[c->n++] = h->out->n;
    buf_str(h->out, "</");
    buf_str(h->out, h->stack[--h->depth]);
    buf_chr(h->out, '>');
}

void html_close_to(struct html *h, unsigned depth)
{
    while (h->depth > depth)
        html_close(h);
}

void html_elem_list(struct html *h, const char *tag, const char *text, ...)
{
    va_list ap;
    va_start(ap, text);
    open_va(h, tag, ap);
    va_end(ap);
    html_str(h, text);
    html_close(h);
}

void html_text(struct html *h, struct slice s)
{
    escape_add(h->out, ESCAPE_HTML, s, 0);
}

void html_str(struct html *h, const char *s)
{
    if (s)
        html_text(h, slice_str(s));
}

void html_int(struct html *h, int64_t n)
{
    buf_printf(h->out, "%lld", (long long)n);
}

void html_num(struct html *h, double n, int digits)
{
    buf_printf(h->out, "%.*f", digits, n);
}

void html_bdi(struct html *h, const char *s)
{
    buf_str(h->out, "<bdi>");
    html_str(h, s);
    buf_str(h->out, "</bdi>");
}

/* "2026-11-22 07:10 UTC" of the first n bytes of RFC 3339. */
static void time_of(struct html *h, int64_t us, size_t n, const char *zone)
{
    char text[32];
    if (us <= 0) {
        buf_str(h->out, "\xe2\x80\x93");
        return;
    }
    clock_rfc3339(us, text);
    buf_str(h->out, "<time datetime=\"");
    buf_add(h->out, n > 10 ? slice_of(text, 19) : slice_of(text, 10));
    buf_str(h->out, n > 10 ? "Z\" dir=\"ltr\">" : "\" dir=\"ltr\">");
    text[10] = ' ';
    buf_add(h->out, slice_of(text, n));
    buf_str(h->out, zone);
    buf_str(h->out, "</time>");
}

void html_time(struct html *h, int64_t us)
{
    time_of(h, us, 16, " UTC");
}

void html_day(struct html *h, int64_t us)
{
    time_of(h, us, 10, "");
}

void html_own(struct html *h, const char *s)
{
    for (; *s; s++) {
        switch (*s) {
        case '<':
            buf_str(h->out, "&lt;");
            break;
        case '>':
            buf_str(h->out, "&gt;");
            break;
        case '&':
            buf_str(h->out, "&amp;");
            break;
        case '"':
            buf_str(h->out, "&quot;");
            break;
        case '\'':
            buf_str(h->out, "&#39;");
            break;
        default:
            buf_chr(h->out, *s);
        }
    }
}

void html_raw_literal(struct html *h, struct slice literal)
{
    buf_add(h->out, literal);
}
