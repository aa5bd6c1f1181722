/* Private keys on libcrypto. See crypt.h. */
#include "auth/crypt_internal.h"

#include "mail/decode.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>

struct crypt_private {
    EVP_PKEY *key;
    enum crypt_kind kind;
    unsigned bits;
};

/* Takes over key; frees it when it is of no use. */
static int wrap(EVP_PKEY *key, struct err *e, struct crypt_private **out)
{
    bool is_rsa = EVP_PKEY_is_a(key, "RSA"), is_ed = EVP_PKEY_is_a(key, "ED25519");
    unsigned bits = (unsigned)EVP_PKEY_get_bits(key);
    int rc = 0;
    if (!is_rsa && !is_ed)
        rc = err_set(e, ERR_PARSE, "the key is neither RSA nor Ed25519");
    else if (is_rsa && (bits < CRYPT_RSA_LEAST || bits > CRYPT_RSA_MOST))
        rc = err_set(e, ERR_LIMIT, "RSA key of %u bits; %d to %d can be used", bits,
                     CRYPT_RSA_LEAST, CRYPT_RSA_MOST);
    struct crypt_private *k = rc < 0 ? NULL : calloc(1, sizeof(*k));
    if (rc < 0) {
        EVP_PKEY_free(key);
        return rc;
    }
    if (k == NULL)
        BUG("out of memory");
    *k = (struct crypt_private){key, is_rsa ? CRYPT_RSA : CRYPT_ED25519, bits};
    *out = k;
    return 0;
}

/* Asked for a pass phrase: there is nobody to ask. */
static int no_phrase(char *p, int n, int writing, void *arg)
{
    (void)p;
    (void)n;
    (void)writing;
    (void)arg;
    return -1;
}

int crypt_private_read(struct slice text, struct err *e, struct crypt_private **out)
{
    struct slice s = slice_trim(text);
    EVP_PKEY *key = NULL;
    if (s.n == 44 && slice_find(s, SLICE("-----")) == SIZE_MAX) {
        char raw[36];
        struct decode_result r = {0};
        if (decode_base64(s, raw, sizeof(raw), &r) == 32 && r.junk == 0)
            key = EVP_PKEY_new_raw_private_key_ex(NULL, "ED25519", NULL, (const unsigned char *)raw,
                                                  32);
        explicit_bzero(raw, sizeof(raw));
    } else if (s.n && s.n < 64 * 1024) {
        BIO *b = BIO_new_mem_buf(s.p, (int)s.n);
        key = b ? PEM_read_bio_PrivateKey(b, NULL, no_phrase, NULL) : NULL;
        BIO_free(b);
    }
    if (key == NULL)
        return crypt_error(e, ERR_PARSE, "no private key in PEM without pass phrase");
    return wrap(key, e, out);
}

int crypt_private_make(enum crypt_kind kind, unsigned bits, struct err *e,
                       struct crypt_private **out)
{
    EVP_PKEY *key = kind == CRYPT_RSA ? EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)bits)
                                      : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    if (key == NULL)
        return crypt_error(e, ERR_IO, "making a key");
    return wrap(key, e, out);
}

void crypt_private_free(struct crypt_private *k)
{
    if (k)
        EVP_PKEY_free(k->key);
    free(k);
}

enum crypt_kind crypt_private_kind(const struct crypt_private *k)
{
    return k->kind;
}

unsigned crypt_private_bits(const struct crypt_private *k)
{
    return k->bits;
}

int crypt_private_pem(struct arena *a, const struct crypt_private *k, struct err *e,
                      struct slice *out)
{
    BIO *b = BIO_new(BIO_s_secmem());
    char *p = NULL;
    long n;
    int rc = 0;
    if (b == NULL || PEM_write_bio_PKCS8PrivateKey(b, k->key, NULL, NULL, 0, NULL, NULL) != 1)
        rc = crypt_error(e, ERR_IO, "writing the key");
    else if ((n = BIO_get_mem_data(b, &p)) > 0) /* sets p: not in one expression with its use */
        *out = arena_dup(a, slice_of(p, (size_t)n));
    else
        rc = crypt_error(e, ERR_IO, "writing the key");
    BIO_free(b);
    return rc;
}

int crypt_private_public(struct arena *a, const struct crypt_private *k, struct err *e,
                         struct slice *out)
{
    if (k->kind == CRYPT_ED25519) {
        size_t n = 32;
        char *raw = arena_bytes(a, n);
        if (EVP_PKEY_get_raw_public_key(k->key, (unsigned char *)raw, &n) != 1)
            return crypt_error(e, ERR_IO, "the public half of the key");
        *out = slice_of(raw, n);
        return 0;
    }
    unsigned char *der = NULL;
    int n = i2d_PUBKEY(k->key, &der);
    if (n <= 0)
        return crypt_error(e, ERR_IO, "the public half of the key");
    *out = arena_dup(a, slice_of((const char *)der, (size_t)n));
    OPENSSL_free(der);
    return 0;
}

static int sign_rsa(struct crypt_private *k, const unsigned char *hash, unsigned char *out,
                    size_t *out_n)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, k->key, NULL);
    int ok = ctx && EVP_PKEY_sign_init(ctx) > 0 &&
             EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) > 0 &&
             EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) > 0 &&
             EVP_PKEY_sign(ctx, out, out_n, hash, CRYPT_SHA256) > 0;
    EVP_PKEY_CTX_free(ctx);
    return ok;
}

static int sign_ed25519(struct crypt_private *k, const unsigned char *hash, unsigned char *out,
                        size_t *out_n)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    int ok = ctx && EVP_DigestSignInit_ex(ctx, NULL, NULL, NULL, NULL, k->key, NULL) == 1 &&
             EVP_DigestSign(ctx, out, out_n, hash, CRYPT_SHA256) == 1;
    EVP_MD_CTX_free(ctx);
    return ok;
}

int crypt_sign(struct crypt_private *k, const unsigned char hash[CRYPT_SHA256], struct err *e,
               unsigned char *out, size_t *out_n)
{
    size_t n = CRYPT_SIG_BYTES;
    int ok = k->kind == CRYPT_RSA ? sign_rsa(k, hash, out, &n) : sign_ed25519(k, hash, out, &n);
    if (!ok)
        return crypt_error(e, ERR_IO, "signing");
    *out_n = n;
    return 0;
}
