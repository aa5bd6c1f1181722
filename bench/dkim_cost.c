/* What one DKIM check costs with a warm cache, beside what it cannot do without: one raw
 * verification and one SHA-256 pass over the same canonical bytes. OpenDKIM's library, when it is
 * installed, checks the same messages in the same run, with its keys from a file.
 * One row "what<TAB>microseconds<TAB>the least that it takes<TAB>libopendkim's (or -1)" each. */
#include "ask/zone.h"
#include "auth/dkim.h"
#include "auth/key_record.h"
#include "auth/sign.h"
#include "base/clock.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ROUNDS 25
#define NOW    1767225600

struct letter {
    struct arena *keep; /* of the message and all that belongs to it */
    struct slice raw;
    struct message *m;
    struct zone *zone;
    struct slice record;
    struct crypt_public *key;
    struct slice signature; /* bytes of b= */
    unsigned char hash[CRYPT_SHA256];
    struct slice canonical; /* all bytes that are hashed */
};

/* ---- letters ---- */

static struct slice body_of(struct arena *a, size_t n)
{
    static const char *const words[] = {"the", "boat",     "club",    "meets",   "again",
                                        "on",  "Thursday", "evening", "at",      "seven",
                                        "as",  "always",   "and",     "everyone"};
    struct buf b = BUF_INIT(16u << 20);
    uint64_t at = 7;
    for (size_t column = 0; b.n < n;) {
        at = at * 6364136223846793005u + 1442695040888963407u;
        const char *w = words[(at >> 33) % 14];
        buf_str(&b, w);
        column += strlen(w) + 1;
        buf_str(&b, column > 70 ? "\r\n" : " ");
        column = column > 70 ? 0 : column;
    }
    buf_str(&b, "\r\n");
    struct slice s = arena_dup(a, buf_slice(&b));
    buf_fini(&b);
    return s;
}

static void to_buf(void *arg, const char *p, size_t n)
{
    buf_add(arg, slice_of(p, n));
}

/* The bytes that one check hashes, header and body. */
static void canonical_of(struct letter *l, const struct sign_order *o)
{
    struct buf b = BUF_INIT(32u << 20);
    struct canon_out out;
    struct canon_body body;
    canon_out_init(&out, to_buf, &b);
    canon_put(&out, o->fields.p, o->fields.n);
    canon_body_begin(&body, CANON_RELAXED, &out);
    canon_body_add(&body, l->m->body);
    canon_body_end(&body);
    l->canonical = arena_dup(l->keep, buf_slice(&b));
    buf_fini(&b);
}

static void must(int rc, const struct err *e)
{
    if (rc < 0) {
        fprintf(stderr, "dkim_cost: %s\n", e->text);
        exit(3);
    }
}

static void make(struct letter *l, enum crypt_kind kind, size_t body_bytes)
{
    struct err e = {0};
    struct crypt_private *key;
    struct signed_mail mail;
    struct sign_order order;
    struct sign_field field[3];
    struct dkim_key public;
    size_t n;
    *l = (struct letter){.keep = arena_new(0)};
    struct slice plain = arena_printf(
        l->keep,
        "Received: from a.example.net (a.example.net [192.0.2.1]) by mx.example.org\r\n"
        "From: Ann <ann@example.org>\r\nTo: Bob <bob@example.net>\r\nSubject: the boat club\r\n"
        "Date: Mon, 02 Feb 2026 10:00:00 +0000\r\nMessage-ID: <1@example.org>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n");
    struct slice body = body_of(l->keep, body_bytes);
    char *whole = arena_bytes(l->keep, plain.n + body.n + 4096);
    memcpy(whole, plain.p, plain.n);
    memcpy(whole + plain.n, body.p, body.n);
    struct slice raw = slice_of(whole, plain.n + body.n);
    struct sign_spec spec = {.domain = SLICE("example.org"),
                             .selector = SLICE("s"),
                             .header_canon = CANON_RELAXED,
                             .body_canon = CANON_RELAXED,
                             .now = NOW};
    must(crypt_private_make(kind, 2048, &e, &key), &e);
    signed_init(&mail, message_parse(l->keep, raw, NULL), NOW * INT64_C(1000000), false);
    must(sign_order_dkim(&mail, &spec, &e, &order), &e);
    must(sign_make(l->keep, &order, key, &e, field, &n), &e);
    must(key_record(l->keep, key, &e, &l->record), &e);
    struct buf b = BUF_INIT(16u << 20);
    buf_printf(&b, "%s: ", field[0].name);
    for (size_t i = 0; i < field[0].value.n; i++) {
        if (field[0].value.p[i] == '\n')
            buf_chr(&b, '\r');
        buf_chr(&b, field[0].value.p[i]);
    }
    buf_str(&b, "\r\n");
    buf_add(&b, raw);
    l->raw = arena_dup(l->keep, buf_slice(&b));
    buf_fini(&b);
    l->m = message_parse(l->keep, l->raw, NULL);
    l->zone = zone_new(l->keep);
    zone_add(l->zone, SLICE("s._domainkey.example.org"), DNS_TXT, l->record);
    canonical_of(l, &order);
    dkim_key_read(l->keep, l->record, &public);
    l->key = crypt_public_ref(public.key);
    unsigned char sig[CRYPT_SIG_BYTES];
    crypt_sha256(l->canonical, l->hash);
    must(crypt_sign(key, l->hash, &e, sig, &n), &e);
    l->signature = arena_dup(l->keep, slice_of((const char *)sig, n));
    crypt_private_free(key);
}

static void drop(struct letter *l)
{
    crypt_public_unref(l->key);
    arena_free(l->keep);
}

/* ---- measured ---- */

struct opendkim {
    void *lib;
    void *(*verify)(void *lib, const unsigned char *id, void *closure, int *stat);
    int (*header)(void *d, const char *text, size_t n);
    int (*eoh)(void *d);
    int (*body)(void *d, const char *text, size_t n);
    int (*eom)(void *d, bool *is_test);
    int (*options)(void *lib, int op, int opt, void *value, size_t n);
    int (*done)(void *d);
    char keys[64];
};

struct bench {
    struct arena *a;
    struct letter *letter;
    struct opendkim *peer;
};

typedef bool one_run(struct bench *b);

static bool ours(struct bench *b)
{
    struct signed_mail mail;
    struct dkim_set set = {0};
    arena_reset(b->a);
    struct ask *q = ask_new(b->a, NULL);
    signed_init(&mail, b->letter->m, NOW * INT64_C(1000000), false);
    mail.arena = b->a;
    while (!dkim_verify(&mail, NULL, q, &set))
        zone_answer(b->letter->zone, q);
    return set.n == 1 && set.sig[0].status == DKIM_PASS;
}

static bool least(struct bench *b)
{
    unsigned char hash[CRYPT_SHA256];
    crypt_sha256(b->letter->canonical, hash);
    return crypt_verify(b->letter->key, hash, b->letter->signature);
}

static bool theirs(struct bench *b)
{
    struct opendkim *p = b->peer;
    int stat = 0;
    struct slice body = b->letter->m->body;
    void *d = p->verify(p->lib, (const unsigned char *)"x", NULL, &stat);
    for (const struct header *h = b->letter->m->headers.first; d && h; h = h->next)
        p->header(d, h->raw.p, h->raw.n);
    bool ok = d && p->eoh(d) == 0 && p->body(d, body.p, body.n) == 0 && p->eom(d, NULL) == 0;
    if (d)
        p->done(d);
    return ok;
}

/* Microseconds of CPU for one run of each, the best of some rounds; in turn, so that what else
 * the machine does meets all of them. -1: it does not pass. */
static void measure(one_run *const *runs, size_t n_runs, struct bench *b, unsigned n, double *out)
{
    for (size_t k = 0; k < n_runs; k++)
        out[k] = runs[k](b) ? 1e9 : -1;
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t k = 0; k < n_runs; k++) {
            if (out[k] < 0)
                continue;
            int64_t start = clock_cpu_us();
            for (unsigned i = 0; i < n; i++)
                runs[k](b);
            double took = (double)(clock_cpu_us() - start) / n;
            out[k] = took < out[k] ? took : out[k];
        }
    }
}

/* ---- the peer ---- */

static bool open_peer(struct opendkim *p)
{
    void *so = dlopen("libopendkim.so.11", RTLD_NOW);
    if (so == NULL)
        return false;
    void *(*init)(void *, void *);
    *(void **)&init = dlsym(so, "dkim_init");
    *(void **)&p->verify = dlsym(so, "dkim_verify");
    *(void **)&p->header = dlsym(so, "dkim_header");
    *(void **)&p->eoh = dlsym(so, "dkim_eoh");
    *(void **)&p->body = dlsym(so, "dkim_body");
    *(void **)&p->eom = dlsym(so, "dkim_eom");
    *(void **)&p->done = dlsym(so, "dkim_free");
    *(void **)&p->options = dlsym(so, "dkim_options");
    snprintf(p->keys, sizeof(p->keys), "/tmp/muster-dkim-cost-XXXXXX");
    int fd = mkstemp(p->keys);
    if (fd < 0 || init == NULL || (p->lib = init(NULL, NULL)) == NULL)
        return false;
    close(fd);
    int by_file = 1; /* DKIM_OPTS_QUERYMETHOD 6, QUERYINFO 7 */
    return p->options(p->lib, 1, 6, &by_file, sizeof(by_file)) == 0 &&
           p->options(p->lib, 1, 7, p->keys, strlen(p->keys)) == 0;
}

static void give_key(const struct opendkim *p, const struct letter *l)
{
    FILE *f = fopen(p->keys, "w");
    if (f == NULL)
        return;
    fprintf(f, "s._domainkey.example.org %.*s\n", SLICE_ARG(l->record));
    fclose(f);
}

int main(void)
{
    static const struct {
        const char *what;
        enum crypt_kind kind;
        size_t bytes;
        unsigned n;
    } rows[] = {{"DKIM, RSA-2048, 20 kB", CRYPT_RSA, 20000, 60},
                {"DKIM, RSA-2048, 2 MB", CRYPT_RSA, 2000000, 2},
                {"DKIM, Ed25519, 20 kB", CRYPT_ED25519, 20000, 40},
                {"DKIM, Ed25519, 2 MB", CRYPT_ED25519, 2000000, 2}};
    struct opendkim peer = {0};
    bool has_peer = open_peer(&peer);
    int bad = 0;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct letter l;
        make(&l, rows[i].kind, rows[i].bytes);
        struct bench b = {arena_new(0), &l, &peer};
        if (has_peer)
            give_key(&peer, &l);
        static one_run *const runs[] = {ours, least, theirs};
        double took[3] = {-1, -1, -1};
        measure(runs, has_peer ? 3 : 2, &b, rows[i].n, took);
        printf("%s\t%.1f\t%.1f\t%.1f\n", rows[i].what, took[0], took[1], took[2]);
        bad |= took[0] < 0 || took[1] < 0;
        arena_free(b.a);
        drop(&l);
    }
    if (has_peer)
        unlink(peer.keys);
    return bad ? 1 : 0;
}
