/* Hashes and public keys on libcrypto. See crypt.h. */
#include "auth/crypt_internal.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <stdlib.h>

static EVP_MD *sha256;
static EVP_MD_CTX *scratch; /* for peeking */

int crypt_error(struct err *e, int code, const char *doing)
{
    unsigned long last = ERR_peek_last_error();
    const char *why = last ? ERR_reason_error_string(last) : NULL;
    ERR_clear_error();
    return err_set(e, code, "%s: %s", doing, why ? why : "libcrypto refuses");
}

int crypt_warm(struct err *e)
{
    if (sha256)
        return 0;
    EVP_MD *md = EVP_MD_fetch(NULL, "SHA256", NULL);
    scratch = EVP_MD_CTX_new();
    if (md == NULL || scratch == NULL)
        return crypt_error(e, ERR_NOENT, "SHA-256");
    sha256 = md;
    /* One verification of each kind, so that whatever libcrypto loads late is there. */
    static const unsigned char raw[32] = {0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7,
                                          0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a,
                                          0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25,
                                          0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a};
    unsigned char n[CRYPT_RSA_LEAST / 8], zero[CRYPT_SHA256] = {0};
    memset(n, 0xFF, sizeof(n));
    struct crypt_public *k;
    int rc = crypt_public_ed25519(slice_of((const char *)raw, sizeof(raw)), e, &k);
    if (rc < 0)
        return rc;
    (void)crypt_verify(k, zero, slice_of((const char *)n, 64));
    crypt_public_unref(k);
    static const char e3[] = {1, 0, 1};
    rc = crypt_public_numbers(slice_of((const char *)n, sizeof(n)), slice_of(e3, 3), e, &k);
    if (rc < 0)
        return rc;
    (void)crypt_verify(k, zero, slice_of((const char *)n, sizeof(n)));
    crypt_public_unref(k);
    return 0;
}

static void warm(void)
{
    struct err e = {0};
    if (sha256 == NULL && crypt_warm(&e) < 0)
        BUG(e.text);
}

/* ---- hashing ---- */

struct crypt_hash {
    EVP_MD_CTX *ctx;
};

struct crypt_hash *crypt_hash_new(void)
{
    warm();
    struct crypt_hash *h = calloc(1, sizeof(*h));
    if (h == NULL || (h->ctx = EVP_MD_CTX_new()) == NULL)
        BUG("out of memory");
    crypt_hash_begin(h);
    return h;
}

void crypt_hash_free(struct crypt_hash *h)
{
    if (h)
        EVP_MD_CTX_free(h->ctx);
    free(h);
}

void crypt_hash_begin(struct crypt_hash *h)
{
    if (EVP_DigestInit_ex2(h->ctx, sha256, NULL) != 1)
        BUG("SHA-256 does not begin");
}

void crypt_hash_add(struct crypt_hash *h, const void *p, size_t n)
{
    if (EVP_DigestUpdate(h->ctx, p, n) != 1)
        BUG("SHA-256 does not go on");
}

void crypt_hash_peek(struct crypt_hash *h, unsigned char out[CRYPT_SHA256])
{
    if (EVP_MD_CTX_copy_ex(scratch, h->ctx) != 1 || EVP_DigestFinal_ex(scratch, out, NULL) != 1)
        BUG("SHA-256 cannot be copied");
}

void crypt_hash_end(struct crypt_hash *h, unsigned char out[CRYPT_SHA256])
{
    if (EVP_DigestFinal_ex(h->ctx, out, NULL) != 1)
        BUG("SHA-256 does not end");
}

void crypt_hash_copy(struct crypt_hash *to, const struct crypt_hash *from)
{
    if (EVP_MD_CTX_copy_ex(to->ctx, from->ctx) != 1)
        BUG("SHA-256 cannot be copied");
}

void crypt_sha256(struct slice s, unsigned char out[CRYPT_SHA256])
{
    warm();
    if (EVP_Digest(s.p, s.n, out, NULL, sha256, NULL) != 1)
        BUG("SHA-256 fails");
}

/* ---- public keys ---- */

struct crypt_public {
    EVP_PKEY *key;
    EVP_PKEY_CTX *rsa; /* set up once: padding and hash */
    EVP_MD_CTX *ed;
    enum crypt_kind kind;
    unsigned bits, refs;
};

static struct crypt_public *public_new(EVP_PKEY *key, enum crypt_kind kind)
{
    struct crypt_public *k = calloc(1, sizeof(*k));
    if (k == NULL)
        BUG("out of memory");
    *k = (struct crypt_public){.key = key, .kind = kind, .refs = 1};
    k->bits = (unsigned)EVP_PKEY_get_bits(key);
    return k;
}

/* Makes an RSA key of its two numbers, big-endian without leading zeros. */
int crypt_public_numbers(struct slice n, struct slice exponent, struct err *e,
                         struct crypt_public **out)
{
    warm();
    BIGNUM *bn = BN_bin2bn((const unsigned char *)n.p, (int)n.n, NULL);
    BIGNUM *be = BN_bin2bn((const unsigned char *)exponent.p, (int)exponent.n, NULL);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    OSSL_PARAM *params = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    EVP_PKEY *key = NULL;
    int rc = 0;
    if (!bn || !be || !build || !ctx || !OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, bn) ||
        !OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, be) ||
        (params = OSSL_PARAM_BLD_to_param(build)) == NULL || EVP_PKEY_fromdata_init(ctx) <= 0 ||
        EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) <= 0)
        rc = crypt_error(e, ERR_PARSE, "RSA key");
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    EVP_PKEY_CTX_free(ctx);
    BN_free(bn);
    BN_free(be);
    if (rc < 0)
        return rc;
    struct crypt_public *k = public_new(key, CRYPT_RSA);
    k->rsa = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    if (k->rsa == NULL || EVP_PKEY_verify_init(k->rsa) <= 0 ||
        EVP_PKEY_CTX_set_rsa_padding(k->rsa, RSA_PKCS1_PADDING) <= 0 ||
        EVP_PKEY_CTX_set_signature_md(k->rsa, sha256) <= 0) {
        crypt_public_unref(k);
        return crypt_error(e, ERR_PARSE, "RSA key");
    }
    *out = k;
    return 0;
}

/* One DER element of that tag from the front of *rest: definite, minimal enough, within bounds. */
static bool der_take(struct slice *rest, unsigned char tag, struct slice *out)
{
    const unsigned char *p = (const unsigned char *)rest->p;
    if (rest->n < 2 || p[0] != tag)
        return false;
    size_t n = p[1], head = 2;
    if (n & 0x80) {
        size_t more = n & 0x7F;
        if (more == 0 || more > 3 || rest->n < 2 + more)
            return false;
        n = 0;
        for (size_t i = 0; i < more; i++)
            n = n << 8 | p[2 + i];
        head += more;
    }
    if (rest->n - head < n)
        return false;
    *out = slice_of(rest->p + head, n);
    *rest = slice_from(*rest, head + n);
    return true;
}

/* A positive INTEGER without its leading zeros. */
static bool der_number(struct slice *rest, struct slice *out)
{
    if (!der_take(rest, 0x02, out) || out->n == 0 || (out->p[0] & 0x80))
        return false;
    while (out->n && out->p[0] == 0)
        *out = slice_from(*out, 1);
    return out->n > 0;
}

/* RFC 8017 A.1.1, bare or within RFC 5280's SubjectPublicKeyInfo. */
static bool der_rsa(struct slice der, struct slice *n, struct slice *exponent)
{
    static const char oid[] = {0x2A, (char)0x86, 0x48, (char)0x86, (char)0xF7, 0x0D, 1, 1, 1};
    struct slice body, id, name, bits;
    if (!der_take(&der, 0x30, &body) || der.n)
        return false;
    if (body.n && body.p[0] == 0x30) {
        if (!der_take(&body, 0x30, &id) || !der_take(&id, 0x06, &name) ||
            !slice_eq(name, slice_of(oid, sizeof(oid))) || !der_take(&body, 0x03, &bits) ||
            body.n || bits.n == 0 || bits.p[0] != 0)
            return false;
        struct slice inner = slice_from(bits, 1);
        if (!der_take(&inner, 0x30, &body) || inner.n)
            return false;
    }
    return der_number(&body, n) && der_number(&body, exponent) && body.n == 0;
}

int crypt_public_rsa(struct slice der, unsigned *out_bits, struct err *e, struct crypt_public **out)
{
    struct slice n, exponent;
    if (!der_rsa(der, &n, &exponent))
        return err_set(e, ERR_PARSE, "it holds no RSA key");
    unsigned char top = (unsigned char)n.p[0];
    unsigned bits = (unsigned)(n.n - 1) * 8;
    for (; top; top >>= 1)
        bits++;
    *out_bits = bits;
    if (bits < CRYPT_RSA_LEAST)
        return err_set(e, ERR_LIMIT, "RSA key of %u bits, at least %d are needed", bits,
                       CRYPT_RSA_LEAST);
    if (bits > CRYPT_RSA_MOST)
        return err_set(e, ERR_LIMIT, "RSA key of %u bits, at most %d are read", bits,
                       CRYPT_RSA_MOST);
    if (exponent.n > 8 || !(exponent.p[exponent.n - 1] & 1) || !(n.p[n.n - 1] & 1))
        return err_set(e, ERR_LIMIT, "RSA key with numbers that no honest key has");
    if (exponent.n == 1 && exponent.p[0] == 1)
        return err_set(e, ERR_LIMIT, "RSA key with exponent 1, which anybody can sign for");
    return crypt_public_numbers(n, exponent, e, out);
}

int crypt_public_ed25519(struct slice raw, struct err *e, struct crypt_public **out)
{
    warm();
    if (raw.n != 32)
        return err_set(e, ERR_PARSE, "Ed25519 key of %zu bytes instead of 32", raw.n);
    EVP_PKEY *key = EVP_PKEY_new_raw_public_key_ex(NULL, "ED25519", NULL,
                                                   (const unsigned char *)raw.p, raw.n);
    if (key == NULL)
        return crypt_error(e, ERR_PARSE, "Ed25519 key");
    struct crypt_public *k = public_new(key, CRYPT_ED25519);
    k->ed = EVP_MD_CTX_new();
    if (k->ed == NULL || EVP_DigestVerifyInit_ex(k->ed, NULL, NULL, NULL, NULL, key, NULL) <= 0) {
        crypt_public_unref(k);
        return crypt_error(e, ERR_PARSE, "Ed25519 key");
    }
    *out = k;
    return 0;
}

struct crypt_public *crypt_public_ref(struct crypt_public *k)
{
    k->refs++;
    return k;
}

void crypt_public_unref(struct crypt_public *k)
{
    if (k == NULL || --k->refs)
        return;
    EVP_PKEY_CTX_free(k->rsa);
    EVP_MD_CTX_free(k->ed);
    EVP_PKEY_free(k->key);
    free(k);
}

enum crypt_kind crypt_public_kind(const struct crypt_public *k)
{
    return k->kind;
}

unsigned crypt_public_bits(const struct crypt_public *k)
{
    return k->bits;
}

bool crypt_verify(struct crypt_public *k, const unsigned char hash[CRYPT_SHA256], struct slice sig)
{
    const unsigned char *p = (const unsigned char *)sig.p;
    int rc;
    if (k->kind == CRYPT_RSA) {
        rc = EVP_PKEY_verify(k->rsa, p, sig.n, hash, CRYPT_SHA256);
    } else {
        rc = EVP_DigestVerifyInit_ex(k->ed, NULL, NULL, NULL, NULL, NULL, NULL);
        if (rc == 1)
            rc = EVP_DigestVerify(k->ed, p, sig.n, hash, CRYPT_SHA256);
    }
    if (rc != 1)
        ERR_clear_error();
    return rc == 1;
}
