/* Content-* fields of a part. See content.h. */
#include "mail/content.h"
#include "base/utf8.h"

struct work {
    struct message *m;
    struct part *p;
    struct content *c;
};

static void note(struct work *w, enum anomaly_kind kind, struct slice detail)
{
    anomaly_add(&w->m->anomalies, kind, w->p->index, detail);
}

/* ---- type ---- */

static bool is_token(struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char ch = (unsigned char)s.p[i];
        if (ch <= ' ' || ch >= 127 ||
            (!ascii_is_alnum((char)ch) && strchr("()<>@,;:\\\"/[]?=", (int)ch)))
            return false;
    }
    return s.n != 0;
}

bool content_type_split(struct arena *a, struct slice s, struct slice *out_type,
                        struct slice *out_subtype)
{
    size_t slash = slice_chr(s, '/');
    struct slice type = slice_trim(slice_head(s, slash == SIZE_MAX ? s.n : slash));
    struct slice subtype = slash == SIZE_MAX ? slice_of(s.p, 0)
                                             : slice_trim(slice_from(s, slash + 1));
    bool spaced = slash != SIZE_MAX && type.n + subtype.n + 1 != s.n;
    size_t end = 0; /* a subtype ends at the first byte that can't be in one */
    while (end < subtype.n && is_token(slice_of(subtype.p + end, 1)))
        end++;
    bool cut = end != subtype.n;
    subtype.n = end;
    bool ok = is_token(type) && subtype.n && !cut && !spaced;
    if (!is_token(type))
        return false;
    *out_type = arena_lower(a, type);
    *out_subtype = arena_lower(a, subtype);
    return ok;
}

static void set_type(struct work *w, bool in_digest)
{
    struct part *p = w->p;
    p->type = in_digest ? SLICE("message") : SLICE("text");
    p->subtype = in_digest ? SLICE("rfc822") : SLICE("plain");
    if (w->c->n_types == 0)
        return;
    struct slice first = w->c->types[0].first, type = {NULL, 0}, subtype = {NULL, 0};
    p->params = w->c->types[0].params;
    p->charset = arena_lower(w->m->arena, slice_head(params_find(p->params, "charset"), 60));
    if (!content_type_split(w->m->arena, first, &type, &subtype))
        note(w, ANOMALY_type_odd, first);
    if (type.n == 0)
        return;
    p->type = type;
    p->subtype = subtype;
    if (subtype.n == 0) {
        p->subtype = slice_eq(type, SLICE("text"))        ? SLICE("plain")
                     : slice_eq(type, SLICE("multipart")) ? SLICE("mixed")
                     : slice_eq(type, SLICE("message"))   ? SLICE("rfc822")
                                                          : SLICE("octet-stream");
    }
}

/* ---- encoding ---- */

static const struct {
    const char *name;
    enum encoding is;
} ENCODINGS[] = {{"7bit", ENCODING_7BIT},     {"8bit", ENCODING_8BIT},
                 {"binary", ENCODING_BINARY}, {"quoted-printable", ENCODING_QP},
                 {"base64", ENCODING_BASE64}, {"x-uuencode", ENCODING_UU},
                 {"x-uue", ENCODING_UU},      {"uuencode", ENCODING_UU},
                 {"uue", ENCODING_UU},        {"x-yencode", ENCODING_YENC},
                 {"x-yenc", ENCODING_YENC}};

static enum encoding encoding_of(struct slice s)
{
    if (s.n > 20)
        return ENCODING_UNKNOWN;
    for (size_t i = 0; i < sizeof(ENCODINGS) / sizeof(ENCODINGS[0]); i++) {
        if (slice_ieq(s, slice_str(ENCODINGS[i].name)))
            return ENCODINGS[i].is;
    }
    return ENCODING_UNKNOWN;
}

static void add_other(struct work *w, enum encoding e, enum anomaly_kind cause)
{
    struct content *c = w->c;
    for (size_t i = 0; i < c->n_other; i++) {
        if (c->other[i] == e)
            return;
    }
    if (e != w->p->encoding && c->n_other < CONTENT_MOST) {
        c->other[c->n_other] = e;
        c->other_cause[c->n_other++] = cause;
    }
}

/* The known encodings named anywhere in a value that is not one clean word. */
static enum encoding odd_encoding(struct work *w, struct slice value)
{
    enum encoding first = ENCODING_UNKNOWN;
    size_t words = 0;
    for (size_t i = 0; i < value.n;) {
        size_t start = i;
        while (i < value.n && (ascii_is_alnum(value.p[i]) || value.p[i] == '-'))
            i++;
        if (i > start) {
            enum encoding e = encoding_of(slice_of(value.p + start, i - start));
            words++;
            if (e != ENCODING_UNKNOWN && first == ENCODING_UNKNOWN)
                first = w->p->encoding = e;
            else if (e != ENCODING_UNKNOWN)
                add_other(w, e, ANOMALY_encoding_list);
        } else {
            i++;
        }
    }
    if (first == ENCODING_UNKNOWN)
        note(w, ANOMALY_encoding_unknown, value);
    else if (words > 1 && slice_chr(value, ',') != SIZE_MAX)
        note(w, ANOMALY_encoding_list, value);
    else
        note(w, ANOMALY_encoding_odd, value);
    if (first != ENCODING_UNKNOWN && first != ENCODING_7BIT && first != ENCODING_8BIT)
        add_other(w, ENCODING_7BIT, ANOMALY_encoding_odd);
    return first;
}

static void set_encoding(struct work *w)
{
    struct content *c = w->c;
    w->p->encoding = ENCODING_7BIT;
    for (size_t i = 0; i < c->n_encodings; i++) {
        enum encoding e = encoding_of(c->encodings[i]);
        if (i == 0) {
            w->p->encoding = e;
            if (e == ENCODING_UNKNOWN)
                w->p->encoding = odd_encoding(w, c->encodings[i]);
        } else {
            add_other(w, e, ANOMALY_encoding_twice);
        }
    }
}

/* ---- names ---- */

/* First bytes of what cannot be seen; none of them stands inside a character. */
static bool may_be_unseen(char c)
{
    return (unsigned char)c < 32 || c == 127 || c == '\xC2' || c == '\xE2' || c == '\xEF';
}

static void check_name(struct work *w, struct slice name)
{
    for (size_t i = 0; i < name.n; i++) {
        if (!may_be_unseen(name.p[i]))
            continue;
        struct slice rest = slice_from(name, i);
        uint32_t u = utf8_next(&rest, NULL);
        bool hidden = u < 32 || u == 127 || u == 0xAD || (u >= 0x200B && u <= 0x200F) ||
                      (u >= 0x202A && u <= 0x202E) || (u >= 0x2066 && u <= 0x2069) || u == 0xFEFF;
        if (hidden) {
            note(w, ANOMALY_name_control, name);
            return;
        }
    }
}

static bool has_sections(const struct param_field *f)
{
    for (const struct param_piece *p = f->pieces; p; p = p->next) {
        if (p->section >= 0)
            return true;
    }
    return false;
}

/* RFC 2231 pieces spread over several fields: some programs read them as one parameter. */
static void joined_names(struct work *w, const char *name)
{
    struct content *c = w->c;
    struct param_field both = {0};
    struct param_piece **to = &both.pieces, *last = NULL;
    struct slice want = slice_str(name);
    size_t fields = 0;
    for (size_t i = 0; i < c->n_dispositions + c->n_types; i++) {
        const struct param_field *f = i < c->n_dispositions ? &c->dispositions[i]
                                                            : &c->types[i - c->n_dispositions];
        if (!has_sections(f))
            continue;
        fields++;
        for (const struct param_piece *p = f->pieces; p; p = p->next) {
            if (p->section < 0 || !slice_eq(p->name, want))
                continue;
            *to = ARENA_NEW(w->m->arena, struct param_piece);
            **to = *p;
            (*to)->next = (*to)->same = NULL;
            if (last)
                last->same = *to;
            last = *to;
            to = &(*to)->next;
        }
    }
    if (fields < 2)
        return;
    params_readings(w->m, w->p->index, &both, name, w->p->names, &w->p->n_names);
}

/* A parameter that nobody defined, with a value like "file.zip". */
static void unknown_names(struct work *w, const struct param_field *f)
{
    static const char KNOWN[] = " name filename boundary charset format delsp type start start-info"
                                " report-type method protocol micalg size profile access-type"
                                " creation-date modification-date read-date reply-type"
                                " x-mac-type x-mac-creator url x-unix-mode component ";
    for (const struct param *p = f->params; p; p = p->next) {
        size_t dot = slice_rchr(p->value, '.');
        size_t ext = dot == SIZE_MAX ? 0 : p->value.n - dot - 1;
        bool looks = dot != SIZE_MAX && dot > 0 && ext >= 2 && ext <= 4 && p->value.n < 200;
        for (size_t i = 1; looks && i <= ext; i++)
            looks = ascii_is_alnum(p->value.p[dot + i]);
        if (!looks || ascii_is_digit(p->value.p[dot + 1]))
            continue;
        struct slice word = arena_printf(w->m->arena, " %.*s ", SLICE_ARG(p->name));
        if (slice_find(slice_str(KNOWN), word) == SIZE_MAX)
            note(w, ANOMALY_param_unknown_name, p->value);
    }
}

static void set_names(struct work *w)
{
    struct content *c = w->c;
    struct part *p = w->p;
    struct slice list[PARAMS_MOST_NAMES];
    p->names = list;
    struct slice first = {NULL, 0};
    for (size_t i = 0; i < c->n_dispositions + c->n_types; i++) {
        bool is_type = i >= c->n_dispositions;
        const struct param_field *f = is_type ? &c->types[i - c->n_dispositions]
                                              : &c->dispositions[i];
        if (f->params == NULL)
            continue;
        size_t before = p->n_names;
        const char *usual = is_type ? "name" : "filename";
        params_readings(w->m, p->index, f, usual, list, &p->n_names);
        struct slice mine = params_find(f->params, usual);
        params_readings(w->m, p->index, f, is_type ? "filename" : "name", list, &p->n_names);
        if (first.p && mine.n && p->n_names > before)
            note(w, ANOMALY_name_differs, mine);
        if (mine.n && first.p == NULL)
            first = mine;
        unknown_names(w, f);
    }
    joined_names(w, "filename");
    joined_names(w, "name");
    p->names = NULL;
    if (p->n_names) {
        p->names = ARENA_ARRAY(w->m->arena, struct slice, p->n_names);
        memcpy(p->names, list, p->n_names * sizeof(list[0]));
    }
    for (size_t i = 0; i < p->n_names; i++)
        check_name(w, p->names[i]);
}

/* ---- boundaries ---- */

static void add_boundary(struct content *c, struct slice b)
{
    if (b.n == 0 || slice_eq(b, c->boundary) ||
        c->n_boundaries >= sizeof(c->boundaries) / sizeof(c->boundaries[0]))
        return;
    for (size_t i = 0; i < c->n_boundaries; i++) {
        if (slice_eq(c->boundaries[i], b))
            return;
    }
    c->boundaries[c->n_boundaries++] = b;
}

static bool is_boundary_char(char ch)
{
    return ascii_is_alnum(ch) || (ch && strchr("'()+_,-./:=? ", ch) != NULL);
}

static void set_boundary(struct work *w)
{
    struct content *c = w->c;
    size_t declared = 0;
    for (size_t i = 0; i < c->n_types; i++) {
        if (i == 0)
            c->boundary = params_find(c->types[0].params, "boundary");
        for (const struct param_piece *p = c->types[i].pieces; p; p = p->next) {
            if (!slice_eq(p->name, SLICE("boundary")))
                continue;
            declared += p->section < 0;
            if (p->section < 0)
                add_boundary(c, p->value);
            for (const struct param_reading *r = p->others; r; r = r->next)
                add_boundary(c, r->value);
        }
    }
    if (!w->p->is_multipart)
        return;
    if (declared > 1)
        note(w, ANOMALY_boundary_twice, c->boundary);
    if (c->boundary.n == 0)
        note(w, declared ? ANOMALY_boundary_empty : ANOMALY_boundary_missing, c->boundary);
    if (c->boundary.n > 70)
        note(w, ANOMALY_boundary_long, c->boundary);
    for (size_t i = 0; i < c->boundary.n; i++) {
        if (!is_boundary_char(c->boundary.p[i])) {
            note(w, ANOMALY_boundary_odd, c->boundary);
            break;
        }
    }
}

/* ---- all together ---- */

/* A short bare file name on a folded line: programs that don't unfold miss it. */
static void check_folding(struct work *w, const struct header *h, const struct param_field *f)
{
    if (h->raw.n >= 78 || slice_chr(h->raw, '\n') == SIZE_MAX)
        return;
    for (const struct param_piece *p = f->pieces; p; p = p->next) {
        bool is_name = slice_eq(p->name, SLICE("name")) || slice_eq(p->name, SLICE("filename"));
        if (is_name && p->is_token && !p->is_extended && p->section < 0)
            note(w, ANOMALY_param_folded, p->value);
    }
}

static void take_params(struct work *w, const struct header *h, struct param_field *list, size_t *n,
                        enum anomaly_kind twice)
{
    if (*n)
        note(w, twice, h->value);
    if (*n >= CONTENT_MOST)
        return;
    params_read(w->m, w->p->index, h->value, &list[*n]);
    check_folding(w, h, &list[*n]);
    (*n)++;
}

static void take_field(struct work *w, const struct header *h)
{
    struct content *c = w->c;
    struct slice rest = slice_from(h->name, 8); /* behind "Content-" */
    if (slice_ieq(rest, SLICE("type"))) {
        take_params(w, h, c->types, &c->n_types, ANOMALY_content_type_twice);
    } else if (slice_ieq(rest, SLICE("disposition"))) {
        take_params(w, h, c->dispositions, &c->n_dispositions, ANOMALY_disposition_twice);
    } else if (slice_ieq(rest, SLICE("transfer-encoding"))) {
        if (c->n_encodings)
            note(w, ANOMALY_encoding_twice, h->value);
        if (c->n_encodings < CONTENT_MOST)
            c->encodings[c->n_encodings++] = h->value;
    } else if (slice_ieq(rest, SLICE("id")) && w->p->content_id.n == 0) {
        struct slice id = h->value;
        if (id.n > 1 && id.p[0] == '<' && id.p[id.n - 1] == '>')
            id = slice_of(id.p + 1, id.n - 2);
        w->p->content_id = id;
    }
}

void content_read(struct message *m, struct part *p, bool in_digest, struct content *out)
{
    struct work w = {m, p, out};
    for (const struct header *h = p->headers.first; h; h = h->next) {
        if (h->name.n > 9 && (h->name.p[0] | 32) == 'c' &&
            slice_istarts(h->name, SLICE("content-")))
            take_field(&w, h);
    }
    set_type(&w, in_digest);
    p->is_multipart = slice_eq(p->type, SLICE("multipart"));
    p->is_message = slice_eq(p->type, SLICE("message")) && (slice_eq(p->subtype, SLICE("rfc822")) ||
                                                            slice_eq(p->subtype, SLICE("global")));
    p->is_text = slice_eq(p->type, SLICE("text"));
    p->is_html = (p->is_text && slice_eq(p->subtype, SLICE("html"))) ||
                 (slice_eq(p->type, SLICE("application")) &&
                  slice_eq(p->subtype, SLICE("xhtml+xml")));
    set_encoding(&w);
    if (out->n_dispositions)
        p->disposition = arena_lower(m->arena, out->dispositions[0].first);
    set_names(&w);
    set_boundary(&w);
    p->is_attachment = !p->is_multipart &&
                       (slice_eq(p->disposition, SLICE("attachment")) ||
                        (!p->is_text && !p->is_html && !p->is_message) ||
                        (p->n_names && !slice_eq(p->disposition, SLICE("inline"))));
}
