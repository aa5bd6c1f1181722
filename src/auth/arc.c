/* ARC chains. See arc.h. */
#include "auth/arc.h"

static void settle(struct arc_chain *c, enum dkim_status status, const char *reason)
{
    c->status = status;
    c->reason = reason;
    c->is_done = true;
}

/* ---- reading the sets ---- */

/* "i=N;" at the front of an AAR; *out is the rest. */
static unsigned aar_instance(const struct header *h, struct slice *out)
{
    struct slice v = slice_trim(slice_from(h->raw, slice_chr(h->raw, ':') + 1));
    size_t semi = slice_chr(v, ';'), eq = slice_chr(v, '=');
    int64_t i;
    if (semi == SIZE_MAX || eq > semi || !slice_eq(slice_trim(slice_head(v, eq)), SLICE("i")))
        return 0;
    struct slice number = slice_trim(slice_head(slice_from(v, eq + 1), semi - eq - 1));
    if (!tag_number(number, 3, &i) || i < 1 || i > ARC_SETS)
        return 0;
    *out = slice_from(v, semi + 1);
    return (unsigned)i;
}

/* Puts a field where its instance says; the reason why not, or NULL. */
static const char *place(struct signed_mail *s, struct arc_chain *c, const struct header *h,
                         int kind)
{
    struct signature sig = {0};
    struct slice results = {0};
    bool ok = true;
    unsigned i;
    if (kind == 0) {
        i = aar_instance(h, &results);
    } else {
        ok = signature_read(s, h, kind == 1 ? SIGNATURE_AMS : SIGNATURE_SEAL, &sig);
        i = sig.instance;
    }
    if (i == 0)
        return "a field of the chain has no valid instance (i=)";
    if (i > c->n)
        return "the chain has a gap, or a set is not whole";
    struct arc_set *set = &c->set[i - 1];
    const struct header **at = kind == 0 ? &set->aar : kind == 1 ? &set->ams : &set->seal;
    if (*at)
        return "an instance stands twice";
    *at = h;
    if (kind == 0) {
        set->results = results;
    } else if (kind == 1) {
        set->signature = sig;
        set->has_signature = ok;
    } else {
        set->sealed = sig;
        set->has_seal = ok;
    }
    return NULL;
}

static const char *read_fields(struct signed_mail *s, struct arc_chain *c, size_t seals)
{
    static const char *const names[3] = {"ARC-Authentication-Results", "ARC-Message-Signature",
                                         "ARC-Seal"};
    if (seals > ARC_SETS)
        return "more than 50 sets";
    c->set = ARENA_ARRAY(s->arena, struct arc_set, seals);
    c->n = seals;
    for (int kind = 0; kind < 3; kind++) {
        size_t n = 0;
        for (const struct header *h = NULL; (h = header_find(s->headers, names[kind], h));) {
            const char *why = ++n > seals ? "a set is not whole" : place(s, c, h, kind);
            if (why)
                return why;
        }
        if (n != seals)
            return "a set is not whole";
    }
    return NULL;
}

/* What the seals themselves say of the chain before them (RFC 8617 5.2, steps 2 and 3). */
static const char *judge_shape(struct signed_mail *s, struct arc_chain *c)
{
    for (size_t i = 0; i < c->n; i++) {
        struct arc_set *set = &c->set[i];
        bool newest = i + 1 == c->n;
        if (!set->has_seal || (newest && !set->has_signature)) {
            const struct signature *bad = set->has_seal ? &set->signature : &set->sealed;
            return arena_printf(s->arena, "set %zu: %s", i + 1, bad->reason).p;
        }
        if (newest && slice_eq(set->sealed.cv, SLICE("fail"))) {
            c->ended = true;
            return "the newest seal says that the chain had failed";
        }
        if (!slice_eq(set->sealed.cv, i == 0 ? SLICE("none") : SLICE("pass")))
            return arena_printf(s->arena, "seal %zu says cv=%s", i + 1,
                                i == 0 ? "something else than none" : "something else than pass")
                .p;
    }
    return NULL;
}

static void begin(struct signed_mail *s, struct arc_chain *c)
{
    size_t seals = 0, others = 0;
    for (const struct header *h = s->headers->first; h; h = h->next) {
        seals += slice_ieq(h->name, SLICE("ARC-Seal"));
        others += slice_ieq(h->name, SLICE("ARC-Message-Signature")) ||
                  slice_ieq(h->name, SLICE("ARC-Authentication-Results"));
    }
    c->is_read = true;
    if (seals + others == 0) {
        settle(c, DKIM_NONE, "no seals");
        return;
    }
    const char *why = read_fields(s, c, seals);
    if (why == NULL)
        why = judge_shape(s, c);
    if (why)
        settle(c, DKIM_FAIL, why);
    else if (s->is_cut)
        settle(c, DKIM_POLICY, "not tried: only a part of the message was read");
    struct signature *newest = seals && why == NULL ? &c->set[seals - 1].signature : NULL;
    if (newest && newest->has_length && !signed_want_length(s, newest->body_canon, newest->length))
        settle(c, DKIM_FAIL, "too many different values of l=");
}

/* ---- verifying ---- */

static void to_hash(void *arg, const char *p, size_t n)
{
    crypt_hash_add(arg, p, n);
}

/* What each seal signs: the sets before it, then its own with an empty b= (RFC 8617 5.1.1). */
static void hash_seals(struct signed_mail *s, const struct arc_chain *c,
                       unsigned char out[][CRYPT_SHA256])
{
    static struct crypt_hash *sets, *own;
    if (sets == NULL) {
        sets = crypt_hash_new();
        own = crypt_hash_new();
    }
    struct canon_out to;
    crypt_hash_begin(sets);
    for (size_t i = 0; i < c->n; i++) {
        const struct arc_set *set = &c->set[i];
        canon_out_init(&to, to_hash, sets);
        canon_field(&to, CANON_RELAXED, set->aar->raw, true);
        canon_field(&to, CANON_RELAXED, set->ams->raw, true);
        canon_flush(&to);
        s->cost.header_bytes += to.total;
        crypt_hash_copy(own, sets);
        canon_out_init(&to, to_hash, own);
        signature_own(s, &set->sealed, &to);
        canon_flush(&to);
        crypt_hash_end(own, out[i]);
        canon_out_init(&to, to_hash, sets);
        canon_field(&to, CANON_RELAXED, set->seal->raw, true);
        canon_flush(&to);
        s->cost.header_bytes += to.total;
    }
}

/* A seal or signature did not hold: what that makes of the chain. */
static void failed(struct signed_mail *s, struct arc_chain *c, size_t i, const char *what,
                   const struct signature *sig)
{
    settle(c, sig->status == DKIM_TEMPERROR ? DKIM_TEMPERROR : DKIM_FAIL,
           arena_printf(s->arena, "%s %zu: %s", what, i + 1, sig->reason).p);
}

static void verify(struct signed_mail *s, struct arc_chain *c, const struct dns_answer *newest,
                   const struct dns_answer **answer)
{
    unsigned char hash[ARC_SETS][CRYPT_SHA256];
    struct arc_set *last = &c->set[c->n - 1];
    signature_verify(s, newest, &last->signature);
    if (last->signature.status != DKIM_PASS) {
        failed(s, c, c->n - 1, "message signature", &last->signature);
        return;
    }
    hash_seals(s, c, hash);
    for (size_t i = c->n; i-- > 0;) { /* the newest first: most failures stand there */
        struct signature *seal = &c->set[i].sealed;
        struct crypt_public *key;
        if (signature_key(s, answer[i], seal, &key))
            signature_check(s, seal, key, hash[i]);
        if (seal->status != DKIM_PASS) {
            failed(s, c, i, "seal", seal);
            return;
        }
    }
    settle(c, DKIM_PASS, NULL);
}

bool arc_verify(struct signed_mail *s, struct ask *q, struct arc_chain *io)
{
    const struct dns_answer *answer[ARC_SETS], *newest;
    if (!io->is_read)
        begin(s, io);
    if (io->is_done)
        return true;
    newest = ask_dns(q, signature_key_name(s->arena, &io->set[io->n - 1].signature), DNS_TXT);
    bool ready = newest != NULL;
    for (size_t i = 0; i < io->n; i++) {
        answer[i] = ask_dns(q, signature_key_name(s->arena, &io->set[i].sealed), DNS_TXT);
        ready = ready && answer[i];
    }
    if (ready)
        verify(s, io, newest, answer);
    return ready;
}

unsigned arc_trusted(const struct arc_chain *c, const struct slice *domains, size_t n)
{
    size_t i = c->status == DKIM_PASS ? c->n : 0, lowest = 0;
    for (; i > 0; i--) {
        bool found = false;
        for (size_t k = 0; k < n && !found; k++)
            found = slice_ieq(domains[k], c->set[i - 1].sealed.domain);
        if (!found)
            break;
        lowest = i;
    }
    return (unsigned)lowest;
}
