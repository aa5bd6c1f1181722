/* From an order to a signed field: the half that holds the key. See sign.h. */
#include "auth/sign.h"

#include "auth/key_record.h"

#include <stdio.h>

#define LINE 76

static void to_hash(void *arg, const char *p, size_t n)
{
    crypt_hash_add(arg, p, n);
}

/* ---- does the order hold together ---- */

static bool is_plain(struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c <= ' ' || c == ';' || c == '=' || c == 0x7F)
            return false;
    }
    return s.n > 0;
}

/* Takes the next canonical field with its folded lines off the front; `name` is lower case for
 * the relaxed form. */
static bool next_field(struct slice *rest, struct slice *name, struct slice *value)
{
    size_t end = 0;
    do {
        size_t lf = slice_chr(slice_from(*rest, end), '\n');
        if (lf == SIZE_MAX)
            return false;
        end += lf + 1;
    } while (end < rest->n && (rest->p[end] == ' ' || rest->p[end] == '\t'));
    struct slice field = slice_head(*rest, end);
    size_t colon = slice_chr(field, ':');
    if (colon == SIZE_MAX)
        return false;
    *name = slice_trim(slice_head(field, colon));
    *value = slice_trim(slice_from(field, colon + 1));
    *rest = slice_from(*rest, end);
    return true;
}

/* Everybody whom this From names lives at the domain or below it. */
static bool is_from_of(struct arena *a, struct slice value, struct slice domain)
{
    struct message *m = message_parse(a, arena_printf(a, "From: %.*s\r\n\r\n", SLICE_ARG(value)),
                                      NULL);
    for (const struct address *x = m->from; x; x = x->next) {
        if (!domain_is_below(x->domain, domain))
            return false;
    }
    return m->from != NULL;
}

/* The fields are those that the names say, in that order, and From is one of them, once. */
static const char *judge(struct arena *a, const struct sign_order *o)
{
    struct slice names = o->names, want, rest = o->fields, name, value;
    unsigned froms = 0;
    if (!is_plain(o->domain) || !is_plain(o->selector) || !is_plain(o->names))
        return "a name in it is not well formed";
    while (rest.n) {
        if (!next_field(&rest, &name, &value))
            return "its fields are not well formed";
        do {
            if (!slice_split(&names, ':', &want))
                return "it holds a field that its names do not list";
        } while (!slice_ieq(want, name));
        if (!slice_ieq(name, SLICE("From")))
            continue;
        froms++;
        if (o->purpose == SIGN_DKIM && !is_from_of(a, value, o->domain))
            return "its author is not of the signing domain";
    }
    return froms > 1 || (o->purpose == SIGN_DKIM && froms == 0) ? "it has not one author field"
                                                                : NULL;
}

/* ---- text of fields ---- */

struct text {
    struct buf b;
    size_t column;
    size_t b_at;   /* where the value of b= goes */
    bool is_whole; /* b= is not folded */
};

/* "name=value;" behind a blank, or on a new line when it would not fit. */
static void tag(struct text *t, const char *name, struct slice value, bool is_last)
{
    size_t n = strlen(name) + 1 + value.n + !is_last;
    if (t->b.n) {
        bool fold = t->column + 1 + n > LINE;
        buf_str(&t->b, fold ? "\n " : " ");
        t->column = fold ? 1 : t->column + 1;
    }
    buf_printf(&t->b, "%s=", name);
    if (strcmp(name, "b") == 0)
        t->b_at = t->b.n;
    buf_add(&t->b, value);
    if (!is_last)
        buf_chr(&t->b, ';');
    t->column += n;
}

/* h= in lines: a blank may stand behind a colon (RFC 6376 3.5). */
static void tag_names(struct text *t, struct slice names)
{
    struct buf b = BUF_INIT(SIGN_FIELD_BYTES);
    size_t column = 3;
    struct slice one;
    while (slice_split(&names, ':', &one)) {
        if (b.n)
            buf_chr(&b, ':');
        if (b.n && column + one.n + 2 > LINE) {
            buf_str(&b, "\n ");
            column = 1;
        }
        buf_add(&b, one);
        column += one.n + 1;
    }
    if (b.n + 3 > LINE)
        t->column = LINE; /* begins a line */
    tag(t, "h", buf_slice(&b), false);
    t->column = column;
    buf_fini(&b);
}

static void tag_number_of(struct text *t, const char *name, int64_t v, bool is_last)
{
    char digits[24];
    int n = snprintf(digits, sizeof(digits), "%lld", (long long)v);
    tag(t, name, slice_of(digits, (size_t)n), is_last);
}

static struct slice base64(struct arena *a, const unsigned char *p, size_t n)
{
    return key_base64(a, slice_of((const char *)p, n));
}

static struct slice algorithm_of(const struct crypt_private *key)
{
    return crypt_private_kind(key) == CRYPT_RSA ? SLICE("rsa-sha256") : SLICE("ed25519-sha256");
}

static struct slice canon_text(struct arena *a, const struct sign_order *o)
{
    return arena_printf(a, "%s/%s", canon_name(o->header_canon), canon_name(o->body_canon));
}

static void text_dkim(struct arena *a, const struct sign_order *o, struct crypt_private *key,
                      struct text *t)
{
    tag(t, "v", SLICE("1"), false);
    tag(t, "a", algorithm_of(key), false);
    tag(t, "c", canon_text(a, o), false);
    tag(t, "d", o->domain, false);
    tag(t, "s", o->selector, false);
    tag_number_of(t, "t", o->now, false);
    if (o->expires)
        tag_number_of(t, "x", o->expires, false);
    tag_names(t, o->names);
    tag(t, "bh", base64(a, o->body, CRYPT_SHA256), false);
    t->column = LINE;
    tag(t, "b", SLICE(""), true);
}

/* Tags in the order of the alphabet, as everybody writes ARC's. */
static void text_ams(struct arena *a, const struct sign_order *o, struct crypt_private *key,
                     struct text *t)
{
    tag(t, "a", algorithm_of(key), false);
    t->column = LINE;
    tag(t, "b", SLICE(""), false);
    t->column = LINE;
    tag(t, "bh", base64(a, o->body, CRYPT_SHA256), false);
    tag(t, "c", canon_text(a, o), false);
    tag(t, "d", o->domain, false);
    tag_names(t, o->names);
    tag_number_of(t, "i", o->instance, false);
    tag(t, "s", o->selector, false);
    tag_number_of(t, "t", o->now, true);
}

static void text_seal(const struct sign_order *o, struct crypt_private *key, struct text *t)
{
    tag(t, "a", algorithm_of(key), false);
    t->column = LINE;
    tag(t, "b", SLICE(""), false);
    t->column = LINE;
    tag(t, "cv", o->cv, false);
    tag(t, "d", o->domain, false);
    tag_number_of(t, "i", o->instance, false);
    tag(t, "s", o->selector, false);
    tag_number_of(t, "t", o->now, true);
}

/* ---- signing ---- */

/* Adds "Name: value" in its canonical form. */
static void add_field(struct arena *a, struct crypt_hash *h, const struct sign_field *f,
                      enum canon c, bool with_end)
{
    struct canon_out to;
    canon_out_init(&to, to_hash, h);
    canon_field(&to, c, arena_printf(a, "%s: %.*s", f->name, SLICE_ARG(f->value)), with_end);
    canon_flush(&to);
}

/* Hash of what came before and of the field without b=; then b= goes into its place. */
static int finish(struct arena *a, struct crypt_hash *h, struct crypt_private *key, enum canon c,
                  struct text *t, struct err *e, struct sign_field *out)
{
    unsigned char hash[CRYPT_SHA256], sig[CRYPT_SIG_BYTES];
    size_t n;
    out->value = arena_dup(a, buf_slice(&t->b));
    add_field(a, h, out, c, false);
    crypt_hash_end(h, hash);
    int rc = t->b.full ? err_set(e, ERR_LIMIT, "the field grows too long")
                       : crypt_sign(key, hash, e, sig, &n);
    if (rc == 0) {
        struct slice b = base64(a, sig, n), text = out->value;
        buf_reset(&t->b);
        buf_add(&t->b, slice_head(text, t->b_at));
        /* In ARC in one piece, as others write it: the next seal would cover the blanks of a
         * fold. */
        size_t line = t->is_whole ? 900 : 72;
        for (size_t i = 0; i < b.n; i += line) {
            if (i)
                buf_str(&t->b, "\n ");
            buf_add(&t->b, slice_head(slice_from(b, i), line));
        }
        buf_add(&t->b, slice_from(text, t->b_at));
        out->value = arena_dup(a, buf_slice(&t->b));
    }
    buf_fini(&t->b);
    return rc;
}

static struct text text_new(void)
{
    return (struct text){.b = BUF_INIT(SIGN_FIELD_BYTES)};
}

static int make_arc(struct arena *a, struct crypt_hash *h, const struct sign_order *o,
                    struct crypt_private *key, struct err *e, struct sign_field out[3])
{
    struct text ams = text_new(), seal = text_new();
    ams.is_whole = seal.is_whole = true;
    out[0] = (struct sign_field){"ARC-Authentication-Results",
                                 arena_printf(a, "i=%u; %.*s", o->instance, SLICE_ARG(o->results))};
    out[1].name = "ARC-Message-Signature";
    out[2].name = "ARC-Seal";
    text_ams(a, o, key, &ams);
    text_seal(o, key, &seal);
    crypt_hash_add(h, o->fields.p, o->fields.n);
    int rc = finish(a, h, key, o->header_canon, &ams, e, &out[1]);
    if (rc < 0) {
        buf_fini(&seal.b);
        return rc;
    }
    crypt_hash_begin(h);
    crypt_hash_add(h, o->sets.p, o->sets.n);
    add_field(a, h, &out[0], CANON_RELAXED, true);
    add_field(a, h, &out[1], CANON_RELAXED, true);
    return finish(a, h, key, CANON_RELAXED, &seal, e, &out[2]);
}

int sign_make(struct arena *a, const struct sign_order *o, struct crypt_private *key, struct err *e,
              struct sign_field out[3], size_t *out_n)
{
    const char *why = judge(a, o);
    if (why)
        return err_set(e, ERR_DENIED, "the order to sign is refused: %s", why);
    struct crypt_hash *h = crypt_hash_new();
    struct sign_field made[3];
    int rc;
    if (o->purpose == SIGN_DKIM) {
        struct text t = text_new();
        made[0].name = "DKIM-Signature";
        text_dkim(a, o, key, &t);
        crypt_hash_add(h, o->fields.p, o->fields.n);
        rc = finish(a, h, key, o->header_canon, &t, e, &made[0]);
    } else {
        rc = make_arc(a, h, o, key, e, made);
    }
    crypt_hash_free(h);
    if (rc < 0)
        return rc;
    *out_n = o->purpose == SIGN_DKIM ? 1 : 3;
    memcpy(out, made, *out_n * sizeof(made[0]));
    return 0;
}
