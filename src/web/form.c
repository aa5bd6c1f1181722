/* Bodies of forms. See form.h. */
#include "web/form.h"

#include "base/utf8.h"

#define BOUNDARY_MOST 70u /* RFC 2046 5.1.1 */
#define FIELDS_FIRST  16u

const struct form_limits form_limits_default = {
    .body = 1u << 20, .text = 256u << 10, .name = 128, .head = 4096, .fields = 512, .files = 0};

struct reader {
    const struct form_limits *limits;
    struct arena *arena;
    struct form form;
    size_t room, files;
    struct err *e;
};

/* Text of a field: UTF-8 without NUL, with a NUL behind it that is not counted. */
static struct slice clean(struct arena *a, struct slice s)
{
    char *out = arena_bytes(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i])
            out[n++] = s.p[i];
    out[n] = '\0';
    struct slice text = slice_of(out, n);
    return utf8_is_valid(text) ? text : arena_dup(a, utf8_clean(a, text));
}

static int add(struct reader *r, const struct form_field *f)
{
    if (f->name.n == 0)
        return err_set(r->e, ERR_PARSE, "a field has no name");
    if (f->name.n > r->limits->name)
        return err_set(r->e, ERR_LIMIT, "a field's name is longer than %zu bytes", r->limits->name);
    if (!f->is_file && f->value.n > r->limits->text)
        return err_set(r->e, ERR_LIMIT, "the field \"%.*s\" is longer than %zu bytes",
                       SLICE_ARG(f->name), r->limits->text);
    if (r->form.n >= r->limits->fields)
        return err_set(r->e, ERR_LIMIT, "the form has more than %zu fields", r->limits->fields);
    if (f->is_file && (f->file_name.n || f->value.n) && ++r->files > r->limits->files)
        return err_set(r->e, ERR_LIMIT,
                       r->limits->files ? "the form has too many files"
                                        : "no file is expected here");
    if (r->form.n == r->room) {
        size_t room = r->room ? 2 * r->room : FIELDS_FIRST;
        r->form.fields = arena_grow(r->arena, r->form.fields, r->form.n, room,
                                    sizeof(*r->form.fields));
        r->room = room;
    }
    r->form.fields[r->form.n] = *f;
    if (!f->is_file)
        r->form.fields[r->form.n].value = clean(r->arena, f->value);
    r->form.n++;
    return 0;
}

/* ---- a=1&b=2 ---- */

/* Percent escapes and "+" decoded. What is no escape stays as it stands, as browsers do. */
static struct slice unescape(struct arena *a, struct slice s)
{
    char *out = arena_bytes(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '+') {
            c = ' ';
        } else if (c == '%' && s.n - i > 2 && ascii_hex(s.p[i + 1]) >= 0 &&
                   ascii_hex(s.p[i + 2]) >= 0) {
            c = (char)(ascii_hex(s.p[i + 1]) * 16 + ascii_hex(s.p[i + 2]));
            i += 2;
        }
        out[n++] = c;
    }
    return slice_of(out, n);
}

static int read_pairs(struct reader *r, struct slice body)
{
    struct slice pair;
    while (slice_split(&body, '&', &pair)) {
        if (pair.n == 0)
            continue;
        size_t at = slice_chr(pair, '=');
        struct slice value = at == SIZE_MAX ? SLICE("") : slice_from(pair, at + 1);
        struct form_field f = {.name = clean(r->arena, unescape(r->arena, slice_head(pair, at))),
                               .value = unescape(r->arena, value)};
        int rc = add(r, &f);
        if (rc)
            return rc;
    }
    return 0;
}

/* ---- header values with parameters ---- */

static bool is_token(char c)
{
    return ascii_is_alnum(c) || (c && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

/* Takes ';name=value' from the front; the value as it stands between its quotes. 1: taken; 0: the
 * field is at its end; -1: not well formed. */
static int take_parameter(struct slice *s, struct slice *name, struct slice *value)
{
    *s = slice_trim(*s);
    if (s->n == 0)
        return 0;
    if (s->p[0] != ';')
        return -1;
    *s = slice_trim(slice_from(*s, 1));
    if (s->n == 0)
        return 0; /* a last ";" stands alone */
    size_t n = 0;
    while (n < s->n && is_token(s->p[n]))
        n++;
    *name = slice_head(*s, n);
    *s = slice_from(*s, n);
    if (n == 0 || s->n == 0 || s->p[0] != '=')
        return -1;
    *s = slice_from(*s, 1);
    n = 0;
    if (s->n && s->p[0] == '"') {
        *s = slice_from(*s, 1);
        while (n < s->n && s->p[n] != '"')
            n += s->p[n] == '\\' && n + 1 < s->n && s->p[n + 1] == '"' ? 2 : 1;
        if (n >= s->n)
            return -1;
        *value = slice_head(*s, n);
        *s = slice_from(*s, n + 1);
        return 1;
    }
    while (n < s->n && is_token(s->p[n]))
        n++;
    if (n == 0)
        return -1;
    *value = slice_head(*s, n);
    *s = slice_from(*s, n);
    return 1;
}

/* The value before the first ";". */
static struct slice take_first(struct slice *s)
{
    size_t n = slice_chr(*s, ';');
    struct slice first = slice_trim(slice_head(*s, n));
    *s = n == SIZE_MAX ? SLICE("") : slice_from(*s, n);
    return first;
}

/* Browsers write a quote and line ends in names as %22, %0D, %0A (HTML, multipart form data);
 * older programs write \" for the quote. */
static struct slice unquote(struct arena *a, struct slice s)
{
    char *out = arena_bytes(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        struct slice here = slice_from(s, i);
        char c = s.p[i];
        if (slice_istarts(here, SLICE("%22")) || slice_istarts(here, SLICE("%0d")) ||
            slice_istarts(here, SLICE("%0a"))) {
            c = (char)(ascii_hex(s.p[i + 1]) * 16 + ascii_hex(s.p[i + 2]));
            i += 2;
        } else if (c == '\\' && i + 1 < s.n && s.p[i + 1] == '"') {
            c = s.p[++i];
        }
        out[n++] = c;
    }
    return clean(a, slice_of(out, n));
}

/* ---- multipart ---- */

/* "..\x\report.eml" and "C:\mail\report.eml" are report.eml: a name is for showing, never a path.
 */
static struct slice last_piece(struct slice name)
{
    size_t slash = slice_rchr(name, '/');
    if (slash != SIZE_MAX)
        name = slice_from(name, slash + 1);
    slash = slice_rchr(name, '\\');
    return slash == SIZE_MAX ? name : slice_from(name, slash + 1);
}

static int read_disposition(struct reader *r, struct slice value, struct form_field *f)
{
    if (!slice_ieq(take_first(&value), SLICE("form-data")))
        return err_set(r->e, ERR_PARSE, "a part of the form is not \"form-data\"");
    struct slice name, v;
    bool has_name = false;
    int got;
    while ((got = take_parameter(&value, &name, &v)) > 0) {
        if (slice_ieq(name, SLICE("name"))) {
            if (has_name)
                return err_set(r->e, ERR_PARSE, "a part of the form has two names");
            has_name = true;
            f->name = unquote(r->arena, v);
        } else if (slice_ieq(name, SLICE("filename"))) {
            if (f->is_file)
                return err_set(r->e, ERR_PARSE, "a part of the form has two file names");
            f->is_file = true;
            f->file_name = last_piece(unquote(r->arena, v));
        } /* filename*: must not be used (RFC 7578 4.2); the other one stands beside it */
    }
    return got < 0 ? err_set(r->e, ERR_PARSE, "a part's Content-Disposition can't be read") : 0;
}

static int read_part_line(struct reader *r, struct slice line, struct form_field *f, unsigned *seen)
{
    enum { DISPOSITION = 1, TYPE = 2, ENCODING = 4 };
    size_t colon = slice_chr(line, ':');
    if (colon == SIZE_MAX || colon == 0 || line.p[0] == ' ' || line.p[0] == '\t')
        return err_set(r->e, ERR_PARSE, "a part's header line can't be read");
    struct slice name = slice_head(line, colon), value = slice_trim(slice_from(line, colon + 1));
    unsigned which = slice_ieq(name, SLICE("content-disposition"))         ? DISPOSITION
                     : slice_ieq(name, SLICE("content-type"))              ? TYPE
                     : slice_ieq(name, SLICE("content-transfer-encoding")) ? ENCODING
                                                                           : 0;
    if (*seen & which)
        return err_set(r->e, ERR_PARSE, "a part's header has a field twice");
    *seen |= which;
    if (which == DISPOSITION)
        return read_disposition(r, value, f);
    if (which == TYPE)
        f->type = clean(r->arena, arena_lower(r->arena, take_first(&value)));
    if (which == ENCODING && !slice_ieq(value, SLICE("binary")) &&
        !slice_ieq(value, SLICE("8bit")) && !slice_ieq(value, SLICE("7bit")))
        return err_set(r->e, ERR_PARSE, "a part is encoded in a way that forms do not use");
    return 0;
}

/* Header lines up to the empty one; *rest is what follows. */
static int read_part_head(struct reader *r, struct slice *rest, struct form_field *f)
{
    size_t most = rest->n < r->limits->head ? rest->n : r->limits->head;
    struct slice head = slice_head(*rest, most);
    unsigned seen = 0;
    for (;;) {
        size_t at = slice_find(head, SLICE("\r\n"));
        if (at == SIZE_MAX)
            return err_set(r->e, most < rest->n ? ERR_LIMIT : ERR_PARSE,
                           "a part's header has no end");
        struct slice line = slice_head(head, at);
        head = slice_from(head, at + 2);
        if (line.n == 0)
            break;
        int rc = read_part_line(r, line, f, &seen);
        if (rc)
            return rc;
    }
    *rest = slice_from(*rest, most - head.n);
    if (!(seen & 1u))
        return err_set(r->e, ERR_PARSE, "a part of the form has no Content-Disposition");
    return 0;
}

/* What follows a boundary: 1 for another part, 0 for the end, negative for neither. */
static int after_boundary(struct reader *r, struct slice *rest)
{
    bool is_last = slice_starts(*rest, SLICE("--"));
    if (is_last)
        *rest = slice_from(*rest, 2);
    while (rest->n && (rest->p[0] == ' ' || rest->p[0] == '\t'))
        *rest = slice_from(*rest, 1);
    if (is_last && (rest->n == 0 || slice_eq(*rest, SLICE("\r\n"))))
        return 0;
    if (is_last || !slice_starts(*rest, SLICE("\r\n")))
        return err_set(r->e, ERR_PARSE, "the form's boundary is not where it should be");
    *rest = slice_from(*rest, 2);
    return 1;
}

static int read_parts(struct reader *r, struct slice body, struct slice boundary)
{
    struct slice delimiter = arena_printf(r->arena, "\r\n--%.*s", SLICE_ARG(boundary));
    struct slice first = slice_from(delimiter, 2);
    if (!slice_starts(body, first))
        return err_set(r->e, ERR_PARSE, "the form does not begin with its boundary");
    body = slice_from(body, first.n);
    int more;
    while ((more = after_boundary(r, &body)) > 0) {
        struct form_field f = {0};
        int rc = read_part_head(r, &body, &f);
        if (rc)
            return rc;
        /* A part without content may share its last line end with the boundary's. */
        struct slice from = slice_of(body.p - 2, body.n + 2);
        size_t at = slice_find(from, delimiter);
        if (at == SIZE_MAX)
            return err_set(r->e, ERR_PARSE, "the form's last boundary is missing");
        f.value = at < 2 ? SLICE("") : slice_of(body.p, at - 2);
        body = slice_from(from, at + delimiter.n);
        rc = add(r, &f);
        if (rc)
            return rc;
    }
    return more;
}

static int find_boundary(struct slice params, struct slice *out, struct err *e)
{
    struct slice name, value;
    int got;
    out->n = 0;
    while ((got = take_parameter(&params, &name, &value)) > 0) {
        if (!slice_ieq(name, SLICE("boundary")))
            continue;
        if (out->n)
            return err_set(e, ERR_PARSE, "the form has two boundaries");
        *out = value;
    }
    if (got < 0 || out->n == 0 || out->n > BOUNDARY_MOST || out->p[out->n - 1] == ' ')
        return err_set(e, ERR_PARSE, "the form's boundary can't be read");
    for (size_t i = 0; i < out->n; i++)
        if (!ascii_is_alnum(out->p[i]) && (!out->p[i] || !strchr("'()+_,-./:=? ", out->p[i])))
            return err_set(e, ERR_PARSE, "the form's boundary can't be read");
    return 0;
}

int form_read(struct slice content_type, struct slice body, const struct form_limits *limits,
              struct arena *a, struct form *out, struct err *e)
{
    struct reader r = {.limits = limits ? limits : &form_limits_default, .arena = a, .e = e};
    if (body.n > r.limits->body)
        return err_set(e, ERR_LIMIT, "the form is larger than %zu bytes", r.limits->body);
    struct slice params = content_type, type = take_first(&params), boundary = {0};
    int rc;
    if (slice_ieq(type, SLICE("application/x-www-form-urlencoded"))) {
        rc = read_pairs(&r, body);
    } else if (slice_ieq(type, SLICE("multipart/form-data"))) {
        rc = find_boundary(params, &boundary, e);
        if (rc == 0)
            rc = read_parts(&r, body, boundary);
    } else {
        return err_set(e, ERR_USAGE, "this is no type of a form");
    }
    if (rc == 0)
        *out = r.form;
    return rc;
}

const struct form_field *form_field(const struct form *f, const char *name, size_t i)
{
    struct slice want = slice_str(name);
    for (size_t k = 0; k < f->n; k++)
        if (!f->fields[k].is_file && slice_eq(f->fields[k].name, want) && i-- == 0)
            return &f->fields[k];
    return NULL;
}

struct slice form_text(const struct form *f, const char *name)
{
    const struct form_field *field = form_field(f, name, 0);
    return field ? field->value : SLICE("");
}

const struct form_field *form_file(const struct form *f, const char *name, size_t i)
{
    struct slice want = slice_str(name);
    for (size_t k = 0; k < f->n; k++) {
        const struct form_field *x = &f->fields[k];
        if (x->is_file && (x->file_name.n || x->value.n) && slice_eq(x->name, want) && i-- == 0)
            return x;
    }
    return NULL;
}
