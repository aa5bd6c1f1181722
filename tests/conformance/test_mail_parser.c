/* Suites mime/mail-parser-* and mime/hunny-mua-samples: mail with the parse of another program as
 * JSON. Compared is what is common: part tree, type and parameters, decoded bodies, attachment
 * names, addresses, date, subject. NNN.json belongs to NNN.eml, NNN.crlf.json to its CRLF form. */
#include "mail/date.h"
#include "mail/message.h"
#include "mail/unicode.h"
#include "base/utf8.h"
#include "suite.h"

#include <jansson.h>
#include <stdio.h>

static struct arena *arena;
static struct suite *suite;

#define MALFORMED "mail-parser-dovecot-malformed/"
#define INNERMOST                                                                        \
    "the other program looks for the innermost boundary alone (and for its beginning); " \
    "we end the part at any open boundary, whole line, as RFC 2046 5.1.2 asks"
#define FIRST_TYPE                                                                               \
    "two Content-Type fields: the other program takes the last, we the first; the last is kept " \
    "as a reading and content_type_twice is marked"

static const struct suite_exception EXCEPTIONS[] = {
    {MALFORMED "000.*", "parts without a blank line: the other program drops them, we keep each"},
    {MALFORMED "001.*", INNERMOST},
    {MALFORMED "004.*", "only the beginning of the boundary line agrees: kept as a reading of the "
                        "multipart (boundary_prefix), not in the tree"},
    {MALFORMED "007.*", "a boundary line inside the header that declares it: the other program "
                        "reads on as a new part; marked as blank_missing and content_type_twice"},
    {MALFORMED "008.*", INNERMOST},
    {MALFORMED "009.*", INNERMOST},
    {MALFORMED "011.*", INNERMOST},
    {MALFORMED "012.*", INNERMOST},
    {MALFORMED "016.*", INNERMOST},
    {MALFORMED "020.*", FIRST_TYPE},
    {MALFORMED "021.*", FIRST_TYPE},
    {MALFORMED "022.*", "message/rfc822 without any header field: the other program makes it a "
                        "binary leaf, we keep the text part inside"},
    {"mail-parser-dovecot-thirdparty/005.*",
     "a boundary in the middle of a line: only the other program sees one there"},
    {"mail-parser-dovecot-thirdparty/010.*",
     "a parameter twice: the other program takes the last, we the first (param_twice is marked)"},
    {"mail-parser-dovecot-thirdparty/015.*", INNERMOST},
    {NULL, NULL}};

static struct slice text_of(const json_t *j)
{
    return json_is_string(j) ? slice_of(json_string_value(j), json_string_length(j))
                             : (struct slice){NULL, 0};
}

static const json_t *header_of(const json_t *part, const char *name)
{
    const json_t *found = NULL, *h;
    size_t i;
    json_array_foreach(json_object_get(part, "headers"), i, h)
    {
        const json_t *n = json_object_get(h, "name");
        if (json_is_string(n) && strcmp(json_string_value(n), name) == 0)
            found = json_object_get(h, "value");
    }
    return found;
}

/* Equal but for white space at both ends, CR, and characters that the other program gave up on:
 * its U+FFFD stands for whatever we made of those bytes. */
static struct slice drop_cr(struct slice s)
{
    char *out = arena_bytes(arena, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != '\r')
            out[n++] = s.p[i];
    }
    return slice_trim(slice_of(out, n));
}

/* A run of U+FFFD counts as one: how many stand for bad bytes is a matter of taste. */
static uint32_t next_char(struct slice *s)
{
    uint32_t c = utf8_next(s, NULL);
    while (c == UTF8_BAD && slice_starts(*s, SLICE("\xEF\xBF\xBD")))
        *s = slice_from(*s, 3);
    return c;
}

static bool same_text(struct slice a, struct slice b)
{
    a = drop_cr(a);
    b = drop_cr(b);
    while (a.n && b.n) {
        uint32_t x = next_char(&a), y = next_char(&b);
        if (x != y && y != UTF8_BAD)
            return false;
    }
    return a.n == 0 && b.n == 0;
}

static void differ(const char *what, const struct part *p, struct slice got, struct slice want)
{
    got = drop_cr(got);
    want = drop_cr(want);
    struct slice x = got, y = want;
    while (x.n && y.n) {
        struct slice x0 = x, y0 = y;
        uint32_t cx = utf8_next(&x, NULL), cy = utf8_next(&y, NULL);
        if (cx == cy || cy == UTF8_BAD)
            continue;
        x = x0;
        y = y0;
        break;
    }
    got = slice_from(got, got.n - x.n > 20 ? got.n - x.n - 20 : 0);
    want = slice_from(want, want.n - y.n > 20 ? want.n - y.n - 20 : 0);
    suite_differs(suite, "part %u %s: got \"%.*s\", want \"%.*s\"", p->index, what,
                  SLICE_ARG(slice_head(got, 60)), SLICE_ARG(slice_head(want, 60)));
}

/* One of the part's readings holds these bytes. */
static bool has_reading(const struct part *p, struct slice want)
{
    /* The other program leaves uuencode as it stands; our decoded bytes are more. */
    if (p->encoding == ENCODING_UU && same_text(p->body, want))
        return true;
    for (const struct reading *r = p->readings; r; r = r->next) {
        if (same_text(r->decoded, want))
            return true;
    }
    return false;
}

static void check_type(const struct part *p, const json_t *part)
{
    const json_t *type = json_object_get(header_of(part, "content_type"), "ContentType");
    if (type == NULL)
        return;
    struct slice main = arena_lower(arena, text_of(json_object_get(type, "c_type")));
    struct slice sub = arena_lower(arena, text_of(json_object_get(type, "c_subtype")));
    if (!slice_eq(main, p->type) && main.n)
        differ("type", p, p->type, main);
    if (!slice_eq(sub, p->subtype) && sub.n)
        differ("subtype", p, p->subtype, sub);
    size_t i;
    const json_t *a;
    json_array_foreach(json_object_get(type, "attributes"), i, a)
    {
        struct slice name = arena_lower(arena, text_of(json_object_get(a, "name")));
        struct slice want = text_of(json_object_get(a, "value"));
        struct slice got = part_param(p, arena_cstr(arena, name));
        bool is_name = slice_eq(name, SLICE("name"));
        for (size_t k = 0; is_name && k < p->n_names; k++) {
            if (same_text(p->names[k], want))
                got = want;
        }
        if (!same_text(got, want))
            differ(arena_cstr(arena, name), p, got, want);
    }
}

static void check_disposition(const struct part *p, const json_t *part)
{
    const json_t *d = json_object_get(header_of(part, "content_disposition"), "ContentType");
    if (d == NULL)
        return;
    struct slice want = arena_lower(arena, text_of(json_object_get(d, "c_type")));
    if (!slice_eq(want, p->disposition))
        differ("disposition", p, p->disposition, want);
    size_t i;
    const json_t *a;
    json_array_foreach(json_object_get(d, "attributes"), i, a)
    {
        struct slice name = text_of(json_object_get(a, "name"));
        struct slice value = text_of(json_object_get(a, "value"));
        if (!slice_ieq(name, SLICE("filename")))
            continue;
        bool found = false;
        for (size_t k = 0; k < p->n_names; k++)
            found |= same_text(p->names[k], value);
        if (!found)
            differ("filename", p, p->n_names ? p->names[0] : SLICE(""), value);
    }
}

static struct slice bytes_of(const json_t *list)
{
    size_t n = json_array_size(list);
    char *out = arena_bytes(arena, n + 1);
    for (size_t i = 0; i < n; i++)
        out[i] = (char)json_integer_value(json_array_get(list, i));
    return slice_of(out, n);
}

/* The decoded body as UTF-8, before format=flowed and HTML. */
static struct slice own_text(const struct part *p)
{
    struct slice t = charset_to_utf8(arena, p->decoded, p->charset, p->decoded.n * 3 + 4, NULL);
    return utf8_clean(arena, t);
}

static void check_body(const struct part *p, const json_t *body)
{
    const char *kind = json_object_iter_key(json_object_iter((json_t *)(uintptr_t)body));
    const json_t *value = json_object_get(body, kind);
    if (strcmp(kind, "Text") == 0 || strcmp(kind, "Html") == 0) {
        struct slice got = own_text(p);
        if (p->encoding == ENCODING_UU)
            got = charset_to_utf8(arena, p->body, p->charset, p->body.n * 3 + 4, NULL);
        if (!same_text(got, text_of(value)) && !has_reading(p, text_of(value)))
            differ(kind, p, got, text_of(value));
    } else if (strcmp(kind, "Binary") == 0 || strcmp(kind, "InlineBinary") == 0) {
        struct slice want = bytes_of(value);
        if (!same_text(p->decoded, want) && !has_reading(p, want))
            differ(kind, p, p->decoded, want);
    }
}

static void check_part(const struct part *p, const json_t *message, const json_t *part);

static void check_tree(const struct part *p, const json_t *message, const json_t *part)
{
    const json_t *body = json_object_get(part, "body");
    const json_t *children = json_object_get(body, "Multipart");
    const json_t *inner = json_object_get(body, "Message");
    if (inner && p->child) {
        check_part(p->child, inner, json_array_get(json_object_get(inner, "parts"), 0));
        return;
    }
    if (inner || children) {
        size_t i = 0, want = inner ? 1 : json_array_size(children);
        const struct part *c = p->child;
        for (; c && i < want; c = c->next, i++) {
            size_t at = (size_t)json_integer_value(json_array_get(children, i));
            check_part(c, message, json_array_get(json_object_get(message, "parts"), at));
        }
        size_t got = i;
        for (; c; c = c->next)
            got++;
        if (got != want)
            suite_differs(suite, "part %u: %zu children, want %zu", p->index, got, want);
        return;
    }
    if (p->child)
        suite_differs(suite, "part %u: children, want a leaf", p->index);
    else
        check_body(p, body);
}

static void check_part(const struct part *p, const json_t *message, const json_t *part)
{
    check_type(p, part);
    check_disposition(p, part);
    check_tree(p, message, part);
}

static void check_addresses(const struct part *p, const struct address *got, const char *name,
                            const json_t *part)
{
    const json_t *list = json_object_get(json_object_get(header_of(part, name), "Address"), "List");
    size_t i;
    const json_t *a;
    json_array_foreach(list, i, a)
    {
        struct slice display = text_of(json_object_get(a, "name"));
        struct slice address = text_of(json_object_get(a, "address"));
        struct slice mine = SLICE("");
        if (got)
            mine = address.n == 0  ? SLICE("")
                   : got->domain.n ? arena_printf(arena, "%.*s@%.*s", SLICE_ARG(got->local),
                                                  SLICE_ARG(got->domain))
                                   : got->local;
        if (!slice_ieq(mine, address))
            differ(name, p, mine, address);
        if (got && address.n == 0 && display.n && same_text(got->local, display))
            display = got->display; /* a bare word: its name is our local part */
        if (got && !same_text(got->display, display))
            differ("display name", p, got->display, display);
        got = got ? got->next : NULL;
    }
    if (got)
        differ(name, p, got->local, SLICE("no more"));
}

static int number(const json_t *o, const char *name)
{
    return (int)json_integer_value(json_object_get(o, name));
}

static void check_date(const struct part *p, const struct message *m, const json_t *part)
{
    const json_t *d = json_object_get(header_of(part, "date"), "DateTime");
    if (d == NULL)
        return;
    static const char *const MONTHS[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int month = number(d, "month");
    struct slice want = arena_printf(arena, "%d %s %d %02d:%02d:%02d %c%02d%02d", number(d, "day"),
                                     month > 0 && month < 13 ? MONTHS[month - 1] : "?",
                                     number(d, "year"), number(d, "hour"), number(d, "minute"),
                                     number(d, "second"),
                                     json_is_true(json_object_get(d, "tz_before_gmt")) ? '-' : '+',
                                     number(d, "tz_hour"), number(d, "tz_minute"));
    struct date date = {0};
    if (!date_parse(want, &date) || date.us != m->date_us)
        suite_differs(suite, "part %u: date %lld, want %.*s", p->index, (long long)m->date_us,
                      SLICE_ARG(want));
}

static void check_message(const struct message *m, const json_t *json)
{
    const json_t *root = json_array_get(json_object_get(json, "parts"), 0);
    const json_t *subject = json_object_get(header_of(root, "subject"), "Text");
    if (subject && !same_text(m->subject, text_of(subject)))
        differ("subject", m->root, m->subject, text_of(subject));
    const json_t *id = json_object_get(header_of(root, "message_id"), "Text");
    if (id && !slice_eq(m->message_id, text_of(id)))
        differ("message id", m->root, m->message_id, text_of(id));
    check_addresses(m->root, m->from, "from", root);
    check_addresses(m->root, m->to, "to", root);
    check_addresses(m->root, m->cc, "cc", root);
    check_addresses(m->root, m->reply_to, "reply_to", root);
    check_date(m->root, m, root);
    check_part(m->root, json, root);
}

static struct slice with_crlf(struct slice s)
{
    char *out = arena_bytes(arena, s.n * 2 + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\n')
            out[n++] = '\r';
        if (s.p[i] != '\r')
            out[n++] = s.p[i];
    }
    return slice_of(out, n);
}

static void run_file(const char *folder, const char *name)
{
    struct slice base = slice_head(slice_str(name), 3);
    const char *eml = arena_cstr(arena,
                                 arena_printf(arena, "%s/%.*s.eml", folder, SLICE_ARG(base)));
    struct slice raw = suite_load(arena, eml);
    struct slice text = suite_load(arena,
                                   arena_cstr(arena, arena_printf(arena, "%s/%s", folder, name)));
    json_error_t error;
    json_t *json = json_loadb(text.p ? text.p : "", text.n, JSON_ALLOW_NUL, &error);
    suite_case(suite,
               arena_cstr(arena, arena_printf(arena, "%s/%s", folder + strlen("mime/"), name)));
    if (json == NULL || raw.p == NULL) {
        suite_differs(suite, "can't be read: %s", error.text);
        return;
    }
    if (slice_ends(slice_str(name), SLICE(".crlf.json")))
        raw = with_crlf(raw);
    check_message(message_parse(arena, raw, NULL), json);
    json_decref(json);
}

int main(void)
{
    static const char *const FOLDERS[] = {
        "mime/mail-parser-rfc", "mime/mail-parser-dovecot-malformed",
        "mime/mail-parser-dovecot-thirdparty", "mime/hunny-mua-samples"};
    bool ok = true;
    arena = arena_new(0);
    for (size_t i = 0; i < sizeof(FOLDERS) / sizeof(FOLDERS[0]); i++) {
        size_t n;
        const char **files = suite_files(arena, FOLDERS[i], ".json", &n);
        if (n == 0) {
            printf("skipped: %s\n", FOLDERS[i]);
            return 77;
        }
        struct suite one = {.name = FOLDERS[i], .exceptions = EXCEPTIONS};
        suite = &one;
        for (size_t k = 0; k < n; k++)
            run_file(FOLDERS[i], files[k]);
        ok &= suite_end(suite);
    }
    arena_free(arena);
    return ok ? 0 : 1;
}
