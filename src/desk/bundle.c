/* Bundles of cases. See bundle.h. */
#include "desk/bundle.h"

#include "base/json.h"

#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>

#define FORMAT      "muster case bundle"
#define VERSION     2
#define SIGNED_MOST (256u << 10)
#define PREFIX      FORMAT " 2\n" /* so that no other text of ours is taken for one */
#define KEY_PREFIX  "ed25519:"

void bundle_keys(const unsigned char seed[32], unsigned char key[BUNDLE_KEY],
                 unsigned char secret[64])
{
    crypto_sign_seed_keypair(key, secret, seed);
}

void bundle_key_text(const unsigned char key[BUNDLE_KEY], char out[BUNDLE_KEY_TEXT])
{
    memcpy(out, KEY_PREFIX, sizeof(KEY_PREFIX));
    sodium_bin2base64(out + sizeof(KEY_PREFIX) - 1, BUNDLE_KEY_TEXT - sizeof(KEY_PREFIX) + 1, key,
                      BUNDLE_KEY, sodium_base64_VARIANT_ORIGINAL);
}

static bool base64(struct slice text, unsigned char *out, size_t n)
{
    size_t got = 0;
    return sodium_base642bin(out, n, text.p, text.n, NULL, &got, NULL,
                             sodium_base64_VARIANT_ORIGINAL) == 0 &&
           got == n;
}

bool bundle_key_parse(struct slice text, unsigned char out[BUNDLE_KEY])
{
    return slice_starts(text, SLICE(KEY_PREFIX)) &&
           base64(slice_from(text, sizeof(KEY_PREFIX) - 1), out, BUNDLE_KEY);
}

/* The bytes under the signature. */
static void add_signed(struct buf *b, struct slice text)
{
    buf_str(b, PREFIX);
    buf_add(b, text);
}

void bundle_write(const struct bundle *b, const unsigned char secret[64], struct buf *out)
{
    unsigned char signature[crypto_sign_BYTES];
    char key[BUNDLE_KEY_TEXT],
        text[sodium_base64_ENCODED_LEN(crypto_sign_BYTES, sodium_base64_VARIANT_ORIGINAL)];
    struct buf inner = BUF_INIT(SIGNED_MOST), bytes = BUF_INIT(SIGNED_MOST + sizeof(PREFIX));
    struct json i = JSON_INIT(&inner);
    jsonw_object(&i, NULL);
    jsonw_text(&i, "from", b->from);
    jsonw_text(&i, "made", b->made);
    jsonw_text(&i, "reference", b->reference);
    jsonw_text(&i, "terms", b->terms);
    jsonw_text(&i, "category", b->category);
    jsonw_raw(&i, "report", b->report);
    jsonw_object_end(&i);
    add_signed(&bytes, buf_slice(&inner));
    crypto_sign_detached(signature, NULL, (const unsigned char *)bytes.p, bytes.n, secret);
    sodium_bin2base64(text, sizeof(text), signature, sizeof(signature),
                      sodium_base64_VARIANT_ORIGINAL);
    bundle_key_text(secret + 32, key); /* libsodium keeps the public key behind the seed */
    struct json j = JSON_INIT(out);
    jsonw_object(&j, NULL);
    jsonw_cstr(&j, "format", FORMAT);
    jsonw_int(&j, "version", VERSION);
    jsonw_text(&j, "signed", buf_slice(&inner));
    jsonw_cstr(&j, "key", key);
    jsonw_cstr(&j, "signature", text);
    jsonw_object_end(&j);
    buf_fini(&inner);
    buf_fini(&bytes);
}

static struct slice member(const json_t *o, const char *name)
{
    const json_t *v = json_object_get(o, name);
    return json_is_string(v) ? slice_of(json_string_value(v), json_string_length(v)) : SLICE("");
}

static bool is_signed(struct slice text, const unsigned char key[BUNDLE_KEY], struct slice base)
{
    unsigned char signature[crypto_sign_BYTES];
    struct buf bytes = BUF_INIT(SIGNED_MOST + sizeof(PREFIX));
    add_signed(&bytes, text);
    bool is = !bytes.full && base64(base, signature, sizeof(signature)) &&
              crypto_sign_verify_detached(signature, (const unsigned char *)bytes.p, bytes.n,
                                          key) == 0;
    buf_fini(&bytes);
    return is;
}

/* What was signed, into *out; its key stands there already. */
static int read_inner(struct arena *a, struct slice text, struct err *e, struct bundle *out)
{
    json_error_t je;
    json_t *o = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, &je);
    const json_t *report = json_object_get(o, "report");
    char *dump = json_is_object(report) ? json_dumps(report, JSON_COMPACT) : NULL;
    struct slice from = member(o, "from"), terms = member(o, "terms");
    int rc = 0;
    if (dump == NULL || from.n == 0 || from.n > 253 || terms.n == 0 || terms.n > 2000)
        rc = err_set(e, ERR_PARSE, "this bundle does not say whose it is, on which terms, or what");
    if (rc == 0) {
        out->from = arena_dup(a, from);
        out->terms = arena_dup(a, terms);
        out->made = arena_dup(a, slice_head(member(o, "made"), 40));
        out->reference = arena_dup(a, slice_head(member(o, "reference"), 64));
        out->category = arena_dup(a, slice_head(member(o, "category"), 16));
        out->report = arena_dup(a, slice_str(dump));
    }
    free(dump);
    json_decref(o);
    return rc;
}

int bundle_read(struct arena *a, struct slice text, struct err *e, struct bundle *out)
{
    json_error_t je;
    struct bundle b = {0};
    json_t *o = text.n > 2 * SIGNED_MOST ? NULL
                                         : json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, &je);
    struct slice inner = member(o, "signed");
    int rc = 0;
    if (!slice_eq(member(o, "format"), SLICE(FORMAT)))
        rc = err_set(e, ERR_PARSE, "this is no bundle of a case");
    else if (json_integer_value(json_object_get(o, "version")) != VERSION)
        rc = err_set(e, ERR_PARSE, "this bundle has version %lld; this program knows %d",
                     (long long)json_integer_value(json_object_get(o, "version")), VERSION);
    else if (!bundle_key_parse(member(o, "key"), b.key))
        rc = err_set(e, ERR_PARSE, "this bundle names no key");
    else if (!is_signed(inner, b.key, member(o, "signature")))
        rc = err_set(e, ERR_DENIED,
                     "the signature does not fit: the bundle was changed on its way, or is not of "
                     "the key that it names");
    rc = rc ? rc : read_inner(a, inner, e, &b);
    if (rc == 0)
        *out = b;
    json_decref(o);
    return rc;
}
