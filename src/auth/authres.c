/* Authentication-Results: the reader. See authres.h. */
#include "auth/authres.h"

enum kind { TOKEN_END, TOKEN_WORD, TOKEN_QUOTED, TOKEN_MARK };

struct reader {
    struct arena *arena;
    struct slice s;
    size_t at;
    enum kind kind; /* of the token at hand */
    struct slice text;
    char mark;
};

/* Past white space and comments, which nest. */
static void skip_blank(struct reader *r)
{
    size_t depth = 0;
    for (; r->at < r->s.n; r->at++) {
        char c = r->s.p[r->at];
        if (depth && c == '\\')
            r->at++;
        else if (c == '(')
            depth++;
        else if (c == ')' && depth)
            depth--;
        else if (depth == 0 && !ascii_is_space(c))
            return;
    }
    if (r->at > r->s.n)
        r->at = r->s.n;
}

static struct slice unquote(struct reader *r)
{
    char *out = arena_bytes(r->arena, r->s.n - r->at + 1);
    size_t n = 0;
    for (r->at++; r->at < r->s.n && r->s.p[r->at] != '"'; r->at++) {
        if (r->s.p[r->at] == '\\' && r->at + 1 < r->s.n)
            r->at++;
        out[n++] = r->s.p[r->at];
    }
    r->at += r->at < r->s.n;
    return slice_of(out, n);
}

static bool is_word(char c)
{
    return !ascii_is_space(c) && c != ';' && c != '=' && c != '(' && c != '"' && c != '.' &&
           c != '/' && c != '\0';
}

/* A value that stands bare may hold "/", "@", "=" and dots. */
static bool is_value(char c)
{
    return !ascii_is_space(c) && c != ';' && c != '(' && c != '"' && c != '\0';
}

static void next(struct reader *r)
{
    skip_blank(r);
    r->kind = TOKEN_END;
    r->text = (struct slice){0};
    if (r->at >= r->s.n)
        return;
    size_t from = r->at;
    if (r->s.p[from] == '"') {
        r->kind = TOKEN_QUOTED;
        r->text = unquote(r);
        return;
    }
    while (r->at < r->s.n && is_word(r->s.p[r->at]))
        r->at++;
    r->kind = r->at > from ? TOKEN_WORD : TOKEN_MARK;
    if (r->kind == TOKEN_MARK)
        r->mark = r->s.p[r->at++];
    r->text = slice_of(r->s.p + from, r->at - from);
}

static bool is_mark(const struct reader *r, char c)
{
    return r->kind == TOKEN_MARK && r->mark == c;
}

static bool at_end(const struct reader *r)
{
    return r->kind == TOKEN_END || is_mark(r, ';');
}

/* Behind "=": a quoted string or all up to white space. Empty at the end of the method. */
static const char *read_value(struct reader *r, struct slice *out)
{
    skip_blank(r);
    *out = (struct slice){0};
    if (r->at < r->s.n && r->s.p[r->at] == '"') {
        *out = unquote(r);
        /* "user name"@example.org: the rest belongs to it */
        size_t from = r->at;
        while (r->at < r->s.n && is_value(r->s.p[r->at]))
            r->at++;
        if (r->at > from)
            *out = arena_printf(r->arena, "%.*s%.*s", SLICE_ARG(*out),
                                SLICE_ARG(slice_of(r->s.p + from, r->at - from)));
    } else {
        size_t from = r->at;
        while (r->at < r->s.n && is_value(r->s.p[r->at]))
            r->at++;
        *out = slice_of(r->s.p + from, r->at - from);
    }
    if (out->n && out->p[0] == '=')
        return "\"=\" stands twice";
    next(r);
    return NULL;
}

/* "word", "word.word", "word/1": the name before an "=". */
static const char *read_name(struct reader *r, bool is_method, struct slice *out)
{
    if (r->kind != TOKEN_WORD)
        return "a name is missing";
    size_t from = r->at - r->text.n, end = r->at;
    next(r);
    while (r->kind == TOKEN_MARK && (r->mark == '.' || (r->mark == '/' && is_method))) {
        bool is_version = r->mark == '/';
        next(r);
        if (r->kind != TOKEN_WORD)
            return "something is missing behind \".\" or \"/\"";
        if (is_version) {
            uint64_t v;
            if (!slice_u64(r->text, &v))
                return "a version is no number";
        } else {
            end = r->at;
        }
        next(r);
    }
    struct slice name = slice_of(r->s.p + from, end - from);
    /* blanks and comments may stand around the dot */
    char *tight = arena_bytes(r->arena, name.n + 1);
    size_t n = 0, depth = 0;
    for (size_t i = 0; i < name.n; i++) {
        depth += name.p[i] == '(';
        if (depth == 0 && !ascii_is_space(name.p[i]))
            tight[n++] = ascii_lower(name.p[i]);
        depth -= depth && name.p[i] == ')';
    }
    *out = slice_of(tight, n);
    return NULL;
}

static const char *read_properties(struct reader *r, struct authres_method *m)
{
    struct authres_property **tail = &m->properties;
    for (size_t n = 0; !at_end(r); n++) {
        struct slice name, value = {0};
        const char *why = read_name(r, false, &name);
        if (why)
            return why;
        if (is_mark(r, '=')) {
            why = read_value(r, &value);
            if (why)
                return why;
        } else if (!at_end(r)) {
            return "\"=\" is missing";
        }
        if (slice_eq(name, SLICE("reason"))) {
            m->reason = value;
        } else if (n < AUTHRES_PROPERTIES) {
            struct authres_property *p = ARENA_NEW(r->arena, struct authres_property);
            *p = (struct authres_property){name, value, NULL};
            *tail = p;
            tail = &p->next;
        }
    }
    return NULL;
}

static const char *read_method(struct reader *r, struct authres_method *m)
{
    const char *why = read_name(r, true, &m->name);
    if (why)
        return why;
    if (is_mark(r, '=')) {
        why = read_value(r, &m->result);
        if (why)
            return why;
        m->result = arena_lower(r->arena, m->result);
    } else if (!at_end(r)) {
        return "\"=\" is missing";
    }
    return read_properties(r, m);
}

/* authserv-id: a word with dots, slashes and the like, or quoted; then perhaps a version. Some
 * providers put words there that belong to nothing. */
static const char *read_head(struct reader *r, struct authres *out)
{
    skip_blank(r);
    if (r->at < r->s.n && r->s.p[r->at] == '"') {
        out->authserv_id = unquote(r);
    } else {
        size_t from = r->at;
        while (r->at < r->s.n && is_value(r->s.p[r->at]) && r->s.p[r->at] != '=')
            r->at++;
        out->authserv_id = slice_of(r->s.p + from, r->at - from);
    }
    if (out->authserv_id.n == 0)
        return "it names nobody";
    next(r);
    uint64_t version;
    if (r->kind == TOKEN_WORD && slice_u64(r->text, &version)) {
        out->version = r->text;
        next(r);
    }
    struct authres_method stray = {0};
    const char *why = read_properties(r, &stray);
    for (const struct authres_property *p = stray.properties; p && !why; p = p->next)
        if (slice_chr(p->name, '.') != SIZE_MAX)
            why = "a property stands before any method";
    return why;
}

const char *authres_parse(struct arena *a, struct slice value, struct authres *out)
{
    struct reader r = {.arena = a, .s = value};
    struct authres_method **tail = &out->methods;
    *out = (struct authres){0};
    const char *why = read_head(&r, out);
    while (!why && is_mark(&r, ';')) {
        next(&r);
        if (at_end(&r))
            continue;
        if (out->n == AUTHRES_METHODS)
            return "too many methods";
        struct authres_method *m = ARENA_NEW(a, struct authres_method);
        why = read_method(&r, m);
        if (!why && slice_eq(m->name, SLICE("none")) && m->result.n == 0) {
            out->is_none = true;
            continue;
        }
        *tail = m;
        tail = &m->next;
        out->n++;
    }
    if (!why && out->is_none && out->n)
        return "\"none\" does not stand alone";
    return why;
}

struct slice authres_property(const struct authres_method *m, const char *name)
{
    for (const struct authres_property *p = m->properties; p; p = p->next)
        if (slice_eq(p->name, slice_str(name)))
            return p->value;
    return (struct slice){0};
}

bool authres_claims(struct slice value, struct slice authserv_id)
{
    struct arena *a = arena_new(0);
    struct reader r = {.arena = a, .s = slice_head(value, 4096)};
    struct authres head;
    (void)read_head(&r, &head);
    struct slice id = head.authserv_id;
    while (id.n && id.p[id.n - 1] == '.')
        id.n--;
    while (id.n && id.p[0] == '.')
        id = slice_from(id, 1);
    bool is_ours = slice_ieq(id, authserv_id);
    /* quotes and comments inside a word: our"serv".example, our(x).example */
    char *tight = arena_bytes(a, r.s.n + 1);
    size_t n = 0, depth = 0;
    for (size_t i = 0; i < r.s.n && (depth || r.s.p[i] != ';'); i++) {
        char c = r.s.p[i];
        depth += c == '(';
        if (depth == 0 && c != '"' && c != '\\' && (unsigned char)c > ' ')
            tight[n++] = c;
        depth -= depth && c == ')';
    }
    struct slice squeezed = slice_of(tight, n);
    if (slice_istarts(squeezed, authserv_id)) {
        /* the id, then nothing, a version, or a dot */
        struct slice rest = slice_from(squeezed, authserv_id.n);
        while (rest.n && (ascii_is_digit(rest.p[0]) || rest.p[0] == '.' || rest.p[0] == '/'))
            rest = slice_from(rest, 1);
        is_ours |= rest.n == 0;
    }
    arena_free(a);
    return is_ours && authserv_id.n > 0;
}
