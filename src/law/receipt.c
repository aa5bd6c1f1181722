/* Consent receipts. See receipt.h. */
#include "law/receipt.h"

#include "base/json.h"
#include "base/rand.h"

#include <jansson.h>
#include <sodium.h>

#define PREFACE "muster consent receipt 1\n"

/* Everything of an Ed25519 key in DER that stands in front of its 32 bytes (RFC 8410 7 and 4). */
static const unsigned char SECRET_HEAD[16] = {0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06,
                                              0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20};
static const unsigned char PUBLIC_HEAD[12] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                              0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

/* ---- keys ---- */

static void derive(struct receipt_key *k)
{
    unsigned char secret[crypto_sign_SECRETKEYBYTES];
    crypto_sign_seed_keypair(k->public, secret, k->seed);
    sodium_memzero(secret, sizeof secret);
    k->is_secret = true;
}

void receipt_key_make(struct receipt_key *out)
{
    rand_bytes(out->seed, sizeof out->seed);
    derive(out);
}

void receipt_key_wipe(struct receipt_key *k)
{
    sodium_memzero(k, sizeof *k);
}

void receipt_key_pem(const struct receipt_key *k, bool is_secret, struct buf *out)
{
    unsigned char der[48];
    char text[80];
    size_t n = is_secret ? sizeof SECRET_HEAD : sizeof PUBLIC_HEAD;
    memcpy(der, is_secret ? SECRET_HEAD : PUBLIC_HEAD, n);
    memcpy(der + n, is_secret ? k->seed : k->public, 32);
    sodium_bin2base64(text, sizeof text, der, n + 32, sodium_base64_VARIANT_ORIGINAL);
    buf_printf(out, "-----BEGIN %s KEY-----\n%s\n-----END %s KEY-----\n",
               is_secret ? "PRIVATE" : "PUBLIC", text, is_secret ? "PRIVATE" : "PUBLIC");
    sodium_memzero(der, sizeof der);
    sodium_memzero(text, sizeof text);
}

int receipt_key_read(struct slice pem, struct err *e, struct receipt_key *out)
{
    static const struct slice begins[] = {{"-----BEGIN PUBLIC KEY-----", 26},
                                          {"-----BEGIN PRIVATE KEY-----", 27}};
    for (int is_secret = 0; is_secret < 2; is_secret++) {
        unsigned char der[64];
        size_t n, at = slice_find(pem, begins[is_secret]),
                  head = is_secret ? sizeof SECRET_HEAD : sizeof PUBLIC_HEAD;
        if (at == SIZE_MAX)
            continue;
        struct slice rest = slice_from(pem, at + begins[is_secret].n), body;
        size_t end = slice_find(rest, SLICE("-----END"));
        body = slice_head(rest, end == SIZE_MAX ? 0 : end);
        if (sodium_base642bin(der, sizeof der, body.p, body.n, " \r\n", &n, NULL,
                              sodium_base64_VARIANT_ORIGINAL) != 0 ||
            n != head + 32 || memcmp(der, is_secret ? SECRET_HEAD : PUBLIC_HEAD, head) != 0)
            break;
        *out = (struct receipt_key){.is_secret = is_secret};
        memcpy(is_secret ? out->seed : out->public, der + head, 32);
        if (is_secret)
            derive(out);
        sodium_memzero(der, sizeof der);
        return 0;
    }
    return err_set(e, ERR_PARSE, "this is no Ed25519 key in PEM");
}

/* ---- the line ---- */

static struct slice hex(struct arena *a, const unsigned char *p, size_t n)
{
    char *text = arena_bytes(a, 2 * n + 1);
    sodium_bin2hex(text, 2 * n + 1, p, n);
    return slice_of(text, 2 * n);
}

/* Members in order of their names. */
static void write_members(const struct receipt *r, struct json *j)
{
    jsonw_text(j, "basis", r->basis);
    jsonw_text(j, "how", r->how);
    jsonw_text(j, "key", r->key);
    jsonw_cstr(j, "kind", "consent");
    jsonw_text(j, "sender", r->sender);
    jsonw_text(j, "text", r->text);
    jsonw_int(j, "v", 1);
    jsonw_text(j, "what", r->what);
    jsonw_text(j, "when", r->when);
    jsonw_object(j, "who");
    jsonw_text(j, "hash", r->hash);
    jsonw_text(j, "salt", r->salt);
    jsonw_object_end(j);
}

static void hash_address(const unsigned char *salt, size_t n_salt, struct slice address,
                         unsigned char out[32])
{
    crypto_hash_sha256_state s;
    crypto_hash_sha256_init(&s);
    crypto_hash_sha256_update(&s, salt, n_salt);
    for (size_t i = 0; i < address.n; i++) {
        unsigned char c = (unsigned char)ascii_lower(address.p[i]);
        crypto_hash_sha256_update(&s, &c, 1);
    }
    crypto_hash_sha256_final(&s, out);
}

static void add_hashed(crypto_generichash_state *s, struct slice text)
{
    unsigned char n[4] = {(unsigned char)(text.n >> 24), (unsigned char)(text.n >> 16),
                          (unsigned char)(text.n >> 8), (unsigned char)text.n};
    crypto_generichash_update(s, n, sizeof n);
    crypto_generichash_update(s, (const unsigned char *)text.p, text.n);
}

static void salt_of(const struct receipt *r, const struct receipt_key *k, unsigned char out[16])
{
    crypto_generichash_state s;
    crypto_generichash_init(&s, k->seed, sizeof k->seed, 16);
    add_hashed(&s, r->address);
    add_hashed(&s, r->what);
    add_hashed(&s, r->when);
    add_hashed(&s, r->how);
    crypto_generichash_final(&s, out, 16);
}

static int check_input(const struct receipt *r, const struct receipt_key *k, struct err *e)
{
    const struct {
        const char *name;
        struct slice text;
    } must[] = {{"address", r->address}, {"sender", r->sender}, {"what", r->what},
                {"basis", r->basis},     {"when", r->when},     {"how", r->how}};
    for (size_t i = 0; i < sizeof must / sizeof *must; i++)
        if (must[i].text.n == 0)
            return err_set(e, ERR_USAGE, "a receipt needs: %s", must[i].name);
    if (!k->is_secret)
        return err_set(e, ERR_USAGE,
                       "the key can only verify; making a receipt needs the private key");
    if (slice_chr(r->address, '@') == SIZE_MAX || r->address.n > 320)
        return err_set(e, ERR_USAGE, "'%.*s' is no mail address",
                       SLICE_ARG(slice_head(r->address, 80)));
    if (r->text.n + r->how.n + r->what.n + r->sender.n > RECEIPT_MOST / 2)
        return err_set(e, ERR_USAGE, "the texts of a receipt have 32 KiB at most");
    return 0;
}

int receipt_make(const struct receipt *in, const struct receipt_key *k, struct err *e,
                 struct buf *out)
{
    unsigned char salt[16], hash[32], secret[crypto_sign_SECRETKEYBYTES], sig[crypto_sign_BYTES],
        public[32];
    int rc = check_input(in, k, e);
    if (rc < 0)
        return rc;
    struct arena *a = arena_new(0);
    struct receipt r = *in;
    salt_of(in, k, salt);
    hash_address(salt, sizeof salt, in->address, hash);
    r.salt = hex(a, salt, sizeof salt);
    r.hash = hex(a, hash, sizeof hash);
    r.key = hex(a, k->public, sizeof k->public);
    struct buf line = BUF_INIT(4 * RECEIPT_MOST);
    struct json j = JSON_INIT(&line);
    buf_str(&line, PREFACE);
    jsonw_object(&j, NULL);
    write_members(&r, &j);
    jsonw_object_end(&j);
    crypto_sign_seed_keypair(public, secret, k->seed);
    crypto_sign_detached(sig, NULL, (const unsigned char *)line.p, line.n, secret);
    sodium_memzero(secret, sizeof secret);
    struct slice body = slice_from(buf_slice(&line), sizeof PREFACE - 1);
    if (body.n > RECEIPT_MOST - 200) {
        rc = err_set(e, ERR_USAGE, "the texts of a receipt are too long");
    } else {
        buf_add(out, slice_head(body, body.n - 1));
        buf_str(out, ",\"sig\":\"");
        buf_add(out, hex(a, sig, sizeof sig));
        buf_str(out, "\"}\n");
    }
    buf_fini(&line);
    arena_free(a);
    return rc;
}

/* The line's bytes up to its signature, and the signature; false when it has none at its end. */
static bool split_line(struct slice line, struct slice *body, unsigned char sig[crypto_sign_BYTES])
{
    static const size_t tail = 8 + 2 * crypto_sign_BYTES + 2; /* ,"sig":" ... "} */
    size_t n;
    if (line.n < tail + 2)
        return false;
    struct slice end = slice_from(line, line.n - tail);
    if (!slice_starts(end, SLICE(",\"sig\":\"")) || !slice_ends(end, SLICE("\"}")))
        return false;
    *body = slice_head(line, line.n - tail);
    return sodium_hex2bin(sig, crypto_sign_BYTES, end.p + 8, 2 * crypto_sign_BYTES, NULL, &n,
                          NULL) == 0 &&
           n == crypto_sign_BYTES;
}

static struct slice member(struct arena *a, json_t *o, const char *name)
{
    json_t *v = json_object_get(o, name);
    return json_is_string(v) ? arena_dup(a, slice_of(json_string_value(v), json_string_length(v)))
                             : (struct slice){0};
}

int receipt_read(struct arena *a, struct slice line, struct err *e, struct receipt *out)
{
    unsigned char sig[crypto_sign_BYTES];
    struct slice body;
    json_error_t je;
    if (line.n > RECEIPT_MOST || !split_line(line, &body, sig))
        return err_set(e, ERR_PARSE, "this is no receipt: its signature does not stand at its end");
    json_t *all = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, &je);
    if (all == NULL)
        return err_set(e, ERR_PARSE, "this is no receipt: %s", je.text);
    json_t *who = json_object_get(all, "who");
    struct receipt r = {.basis = member(a, all, "basis"),
                        .how = member(a, all, "how"),
                        .key = member(a, all, "key"),
                        .sender = member(a, all, "sender"),
                        .text = member(a, all, "text"),
                        .what = member(a, all, "what"),
                        .when = member(a, all, "when"),
                        .hash = member(a, who, "hash"),
                        .salt = member(a, who, "salt")};
    json_decref(all);
    struct buf again = BUF_INIT(4 * RECEIPT_MOST);
    struct json j = JSON_INIT(&again);
    jsonw_object(&j, NULL);
    write_members(&r, &j);
    bool is_same = slice_eq(buf_slice(&again), body);
    buf_fini(&again);
    if (!is_same)
        return err_set(e, ERR_PARSE, "this is no receipt of version 1 in its canonical form");
    *out = r;
    return 0;
}

bool receipt_is_signed(struct slice line, const struct receipt *r, const struct receipt_key *k)
{
    unsigned char sig[crypto_sign_BYTES], named[32];
    struct slice body;
    size_t n;
    if (!split_line(line, &body, sig) || r->key.n != 64 ||
        sodium_hex2bin(named, sizeof named, r->key.p, r->key.n, NULL, &n, NULL) != 0 || n != 32)
        return false;
    if (k && memcmp(k->public, named, 32) != 0)
        return false;
    struct buf text = BUF_INIT(2 * RECEIPT_MOST);
    buf_str(&text, PREFACE);
    buf_add(&text, body);
    buf_chr(&text, '}');
    bool ok = crypto_sign_verify_detached(sig, (const unsigned char *)text.p, text.n, named) == 0;
    buf_fini(&text);
    return ok;
}

bool receipt_is_about(const struct receipt *r, struct slice address)
{
    unsigned char salt[64], hash[32];
    char text[65];
    size_t n;
    if (r->salt.n > 2 * sizeof salt ||
        sodium_hex2bin(salt, sizeof salt, r->salt.p, r->salt.n, NULL, &n, NULL) != 0)
        return false;
    hash_address(salt, n, slice_trim(address), hash);
    sodium_bin2hex(text, sizeof text, hash, sizeof hash);
    return slice_eq(r->hash, slice_of(text, 64));
}
