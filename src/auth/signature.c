/* Signature fields: reading and verifying. See signature.h. */
#include "auth/signature.h"

#define FUTURE_S 86400 /* a clock may be a day ahead of ours */

const char *dkim_status_name(enum dkim_status s)
{
    static const char *const names[DKIM_STATUSES] = {"none",    "pass",      "fail",     "policy",
                                                     "neutral", "temperror", "permerror"};
    return names[s];
}

static bool settle(struct signature *sig, enum dkim_status status, const char *reason)
{
    sig->status = status;
    sig->reason = reason;
    return false;
}

bool domain_is_below(struct slice domain, struct slice other)
{
    if (other.n == 0 || domain.n < other.n || !slice_iends(domain, other))
        return false;
    return domain.n == other.n || domain.p[domain.n - other.n - 1] == '.';
}

/* ---- key and body ---- */

struct slice signature_key_name(struct arena *a, const struct signature *sig)
{
    return arena_printf(a, "%.*s._domainkey.%.*s", SLICE_ARG(sig->selector),
                        SLICE_ARG(sig->domain));
}

/* Why there is no record to read. */
static bool no_record(struct arena *a, const struct dns_answer *answer, struct signature *sig)
{
    struct slice name = signature_key_name(a, sig);
    const char *why = answer->detail ? answer->detail : ask_status_name(answer->status);
    if (answer->status == ASK_NXDOMAIN || answer->status == ASK_NODATA)
        return settle(sig, DKIM_PERMERROR,
                      arena_printf(a, "no key is published at %.*s", SLICE_ARG(name)).p);
    if (answer->status == ASK_LIMIT && !dns_name_is_valid(name))
        return settle(sig, DKIM_PERMERROR, "the key's name is none that DNS can carry");
    if (answer->status == ASK_LIMIT)
        return settle(sig, DKIM_POLICY, "this message asks more of DNS than we answer");
    if (answer->status == ASK_BOGUS)
        return settle(
            sig, DKIM_TEMPERROR,
            arena_printf(a, "DNSSEC says that the key at %.*s is forged or broken", SLICE_ARG(name))
                .p);
    return settle(
        sig, DKIM_TEMPERROR,
        arena_printf(a, "the key at %.*s could not be fetched: %s", SLICE_ARG(name), why).p);
}

/* i= under a key that says t=s, and the algorithm. */
static bool fits_key(struct signature *sig, const struct dkim_key *key)
{
    if (key->kind != sig->kind)
        return settle(sig, DKIM_PERMERROR, "the key is not of the signature's algorithm");
    size_t at = slice_rchr(sig->identity, '@');
    if (sig->form == SIGNATURE_DKIM && key->is_same_domain &&
        !slice_ieq(slice_from(sig->identity, at + 1), sig->domain))
        return settle(sig, DKIM_PERMERROR, "the key forbids subdomains in i=");
    return true;
}

bool signature_key(struct signed_mail *s, const struct dns_answer *answer, struct signature *sig,
                   struct crypt_public **out_key)
{
    struct slice record;
    struct dkim_key key;
    sig->is_secure = answer->is_secure;
    if (answer->status != ASK_OK || answer->n == 0)
        return no_record(s->arena, answer, sig);
    if (answer->n > 1)
        return settle(sig, DKIM_PERMERROR, "more than one record stands where the key should");
    if (!dns_txt(s->arena, answer->rdata[0], &record))
        return settle(sig, DKIM_PERMERROR, "the key record is not well formed");
    dkim_key_read(s->arena, record, &key);
    s->cost.keys_read += !key.was_cached;
    sig->key_bits = key.bits;
    sig->is_testing = key.is_testing;
    if (key.why)
        return settle(sig, key.is_weak ? DKIM_POLICY : DKIM_PERMERROR, key.why);
    *out_key = key.key;
    return fits_key(sig, &key);
}

bool signature_body(struct signed_mail *s, struct signature *sig)
{
    const unsigned char *made = signed_body(s, sig->body_canon, &sig->body_bytes);
    if (sig->has_length) {
        made = signed_body_head(s, sig->body_canon, sig->length);
        if (made == NULL && sig->length > sig->body_bytes)
            return settle(sig, DKIM_FAIL, "l= says more than the body has");
        if (made == NULL)
            return settle(sig, DKIM_POLICY, "too many different values of l=");
    }
    if (memcmp(made, sig->bh.p, CRYPT_SHA256) != 0)
        return settle(sig, DKIM_FAIL, "the body was changed after it was signed");
    return true;
}

/* ---- header fields ---- */

static void to_hash(void *arg, const char *p, size_t n)
{
    crypt_hash_add(arg, p, n);
}

void signature_own(struct signed_mail *s, const struct signature *sig, struct canon_out *out)
{
    struct slice raw = sig->field->raw;
    size_t at = (size_t)(sig->b_span.p - raw.p), end = at + sig->b_span.n;
    char *copy = arena_bytes(s->arena, raw.n);
    memcpy(copy, raw.p, at);
    memcpy(copy + at, raw.p + end, raw.n - end);
    canon_field(out, sig->header_canon, slice_of(copy, raw.n - sig->b_span.n), false);
}

void signature_hash(struct signed_mail *s, const struct signature *sig,
                    unsigned char out[CRYPT_SHA256])
{
    static struct crypt_hash *hash; /* one process, one message at a time */
    if (hash == NULL)
        hash = crypt_hash_new();
    crypt_hash_begin(hash);
    struct canon_out to;
    canon_out_init(&to, to_hash, hash);
    struct slice rest = sig->names, name;
    signed_walk(s);
    while (slice_split(&rest, ':', &name)) {
        const struct header *h = signed_take(s, name, sig->field);
        if (h)
            canon_field(&to, sig->header_canon, h->raw, true);
    }
    signature_own(s, sig, &to);
    canon_flush(&to);
    s->cost.header_bytes += to.total;
    crypt_hash_end(hash, out);
}

void signature_check(struct signed_mail *s, struct signature *sig, struct crypt_public *key,
                     const unsigned char hash[CRYPT_SHA256])
{
    struct slice bytes;
    s->cost.verifications++;
    if (!tag_base64(s->arena, sig->b, &bytes))
        settle(sig, DKIM_NEUTRAL, "b= is not base64");
    else if (!crypt_verify(key, hash, bytes))
        settle(sig, DKIM_FAIL,
               sig->form == SIGNATURE_SEAL
                   ? "the seal does not fit the chain"
                   : "the signature does not fit: header fields were changed, or it is forged");
    else
        settle(sig, DKIM_PASS, NULL);
}

void signature_verify(struct signed_mail *s, const struct dns_answer *answer, struct signature *sig)
{
    struct crypt_public *key;
    unsigned char hash[CRYPT_SHA256];
    if (!signature_key(s, answer, sig, &key) || !signature_body(s, sig))
        return;
    signature_hash(s, sig, hash);
    signature_check(s, sig, key, hash);
}

bool signature_covers(const struct signature *sig, const char *name)
{
    struct slice rest = sig->names, part;
    while (slice_split(&rest, ':', &part)) {
        if (slice_ieq(part, slice_str(name)))
            return true;
    }
    return false;
}

/* ---- reading ---- */

/* A host name or selector: letters, digits, "-", "_", UTF-8's upper half, no empty label. */
static bool is_domain(struct slice s)
{
    size_t label = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == '.' && label == 0)
            return false;
        if (c != '.' && !ascii_is_alnum(s.p[i]) && c != '-' && c != '_' && c < 0x80)
            return false;
        label = c == '.' ? 0 : label + 1;
    }
    return label > 0 && s.n <= 1000;
}

static bool read_algorithm(struct signature *out, const struct tags *t)
{
    out->algorithm = tags_value(t, "a");
    if (slice_ieq(out->algorithm, SLICE("rsa-sha256")))
        out->kind = CRYPT_RSA;
    else if (slice_ieq(out->algorithm, SLICE("ed25519-sha256")))
        out->kind = CRYPT_ED25519;
    else if (slice_ieq(out->algorithm, SLICE("rsa-sha1")))
        return settle(out, DKIM_POLICY, "rsa-sha1 proves nothing any more (RFC 8301)");
    else if (out->algorithm.n == 0)
        return settle(out, DKIM_NEUTRAL, "a= is missing");
    else
        return settle(out, DKIM_NEUTRAL, "the algorithm is not known");
    return true;
}

static bool canon_of(struct slice word, enum canon *out)
{
    *out = slice_ieq(word, SLICE("relaxed")) ? CANON_RELAXED : CANON_SIMPLE;
    return *out == CANON_RELAXED || slice_ieq(word, SLICE("simple"));
}

static bool read_canon(struct signature *out, const struct tags *t)
{
    const struct tag *c = tags_find(t, "c");
    /* ARC names no default of its own; its public suite and implementations take relaxed. */
    out->header_canon = out->body_canon = out->form == SIGNATURE_DKIM || c ? CANON_SIMPLE
                                                                           : CANON_RELAXED;
    if (c == NULL)
        return true;
    size_t slash = slice_chr(c->value, '/');
    if (!canon_of(slice_trim(slice_head(c->value, slash)), &out->header_canon) ||
        (slash != SIZE_MAX &&
         !canon_of(slice_trim(slice_from(c->value, slash + 1)), &out->body_canon)))
        return settle(out, DKIM_NEUTRAL, "the canonical form (c=) is not known");
    return true;
}

static bool read_times(struct signed_mail *s, struct signature *out, const struct tags *t)
{
    const struct tag *signed_at = tags_find(t, "t"), *expires = tags_find(t, "x");
    out->signed_at = out->expires = -1;
    if ((signed_at && !tag_number(signed_at->value, 20, &out->signed_at)) ||
        (expires && !tag_number(expires->value, 20, &out->expires)))
        return settle(out, DKIM_NEUTRAL, "t= or x= is no time");
    if (out->signed_at >= 0 && out->expires >= 0 && out->expires < out->signed_at)
        return settle(out, DKIM_NEUTRAL, "it expired before it was made");
    if (out->expires >= 0 && out->expires < s->now_s)
        return settle(out, DKIM_FAIL, "it has expired");
    if (out->form == SIGNATURE_DKIM && out->signed_at > s->now_s + FUTURE_S)
        return settle(out, DKIM_POLICY, "it says it was made in the future");
    return true;
}

/* h=: names without white space. DKIM wants From among them (RFC 6376 5.4); ARC's signature may
 * even have none (RFC 8617 4.1.2 asks for nothing but that ARC-Seal is not there). */
static bool read_names(struct signed_mail *s, struct signature *out, const struct tags *t)
{
    bool is_dkim = out->form == SIGNATURE_DKIM;
    out->names = tag_squeeze(s->arena, tags_value(t, "h"));
    struct slice rest = out->names, name;
    size_t n = 0;
    if (tags_find(t, "h") == NULL || (is_dkim && out->names.n == 0))
        return settle(out, DKIM_NEUTRAL, "h= is missing or empty");
    while (slice_split(&rest, ':', &name)) {
        if (name.n == 0 && is_dkim)
            return settle(out, DKIM_NEUTRAL, "h= holds an empty name");
        if (++n > SIGNATURE_NAMES)
            return settle(out, DKIM_POLICY, "h= holds more names than we look for");
    }
    if (is_dkim && slice_ends(out->names, SLICE(":")))
        return settle(out, DKIM_NEUTRAL, "h= holds an empty name");
    if (is_dkim && !signature_covers(out, "From"))
        return settle(out, DKIM_PERMERROR, "From is not signed");
    if (!is_dkim && signature_covers(out, "ARC-Seal"))
        return settle(out, DKIM_PERMERROR, "ARC-Seal must not be signed there (RFC 8617 4.1.2)");
    return true;
}

static bool read_body(struct signed_mail *s, struct signature *out, const struct tags *t)
{
    const struct tag *l = tags_find(t, "l");
    int64_t length = 0;
    if (tags_find(t, "bh") == NULL)
        return settle(out, DKIM_NEUTRAL, "bh= is missing");
    if (!tag_base64(s->arena, tag_squeeze(s->arena, tags_value(t, "bh")), &out->bh) ||
        out->bh.n != CRYPT_SHA256)
        return settle(out, DKIM_NEUTRAL, "bh= is no SHA-256 in base64");
    if (l && !tag_number(l->value, 76, &length))
        return settle(out, DKIM_NEUTRAL, "l= is no number");
    out->has_length = l != NULL;
    out->length = (uint64_t)length;
    return true;
}

/* v=, q= and i= of DKIM-Signature. */
static bool read_dkim(struct signed_mail *s, struct signature *out, const struct tags *t)
{
    const struct tag *v = tags_find(t, "v"), *q = tags_find(t, "q"), *i = tags_find(t, "i");
    if (v == NULL || !slice_eq(v->value, SLICE("1")))
        return settle(out, DKIM_NEUTRAL, v ? "the version is not 1" : "v= is missing");
    if (q) {
        struct slice rest = tag_squeeze(s->arena, q->value), one;
        bool found = false;
        while (slice_split(&rest, ':', &one))
            found = found || slice_ieq(one, SLICE("dns/txt")) || slice_ieq(one, SLICE("dns"));
        if (!found)
            return settle(out, DKIM_NEUTRAL, "the way to ask for the key (q=) is not known");
    }
    out->identity = i ? tag_squeeze(s->arena, i->value)
                      : arena_printf(s->arena, "@%.*s", SLICE_ARG(out->domain));
    size_t at = slice_rchr(out->identity, '@');
    if (at == SIZE_MAX)
        return settle(out, DKIM_NEUTRAL, "i= holds no @");
    if (!domain_is_below(slice_from(out->identity, at + 1), out->domain))
        return settle(out, DKIM_PERMERROR, "i= lies outside d=");
    return true;
}

static bool read_instance(struct signature *out, const struct tags *t)
{
    int64_t i;
    if (!tag_number(tags_value(t, "i"), 3, &i) || i < 1 || i > 50)
        return settle(out, DKIM_NEUTRAL, "i= is no number from 1 to 50");
    out->instance = (unsigned)i;
    return true;
}

/* ARC-Seal: its own tags alone; the form is fixed (RFC 8617 4.1.3). */
static bool read_seal(struct signature *out, const struct tags *t)
{
    out->header_canon = CANON_RELAXED;
    out->cv = tags_value(t, "cv");
    if (tags_find(t, "h") || tags_find(t, "bh"))
        return settle(out, DKIM_PERMERROR, "a seal must not have h= or bh=");
    if (!slice_ieq(out->cv, SLICE("none")) && !slice_ieq(out->cv, SLICE("pass")) &&
        !slice_ieq(out->cv, SLICE("fail")))
        return settle(out, DKIM_NEUTRAL, "cv= is missing or not known");
    return true;
}

static bool read_common(struct signed_mail *s, struct signature *out, const struct tags *t)
{
    const struct tag *b = tags_find(t, "b");
    out->domain = tags_value(t, "d");
    out->selector = tags_value(t, "s");
    if (b) {
        out->b_span = b->span;
        out->b = tag_squeeze(s->arena, b->value);
    }
    if (out->domain.n == 0 || out->selector.n == 0 || out->b.n == 0)
        return settle(out, DKIM_NEUTRAL,
                      out->domain.n == 0     ? "d= is missing"
                      : out->selector.n == 0 ? "s= is missing"
                                             : "b= is missing or empty");
    if (!is_domain(out->domain) || !is_domain(out->selector))
        return settle(out, DKIM_NEUTRAL, "d= or s= is no name");
    return read_algorithm(out, t);
}

bool signature_read(struct signed_mail *s, const struct header *field, enum signature_form form,
                    struct signature *out)
{
    struct tags t;
    const char *why;
    *out = (struct signature){.form = form, .field = field, .signed_at = -1, .expires = -1};
    if (field->raw.n > SIGNATURE_BYTES)
        return settle(out, DKIM_POLICY, "the field is too long");
    size_t colon = slice_chr(field->raw, ':');
    if (!tags_parse(slice_from(field->raw, colon + 1), &t, &why))
        return settle(out, DKIM_NEUTRAL, arena_printf(s->arena, "the field holds %s", why).p);
    bool ok = read_common(s, out, &t);
    if (form != SIGNATURE_DKIM && !read_instance(out, &t))
        return false;
    if (!ok)
        return false;
    if (form == SIGNATURE_SEAL)
        return read_seal(out, &t) && read_times(s, out, &t);
    if (form == SIGNATURE_DKIM && !read_dkim(s, out, &t))
        return false;
    return read_canon(out, &t) && read_names(s, out, &t) && read_body(s, out, &t) &&
           read_times(s, out, &t);
}
