/* Key records to publish. See key_record.h. */
#include "auth/key_record.h"

#include "base/buf.h"

#define STRING_BYTES 255

struct slice key_base64(struct arena *a, struct slice bytes)
{
    static const char abc[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *p = (const unsigned char *)bytes.p;
    char *out = arena_bytes(a, (bytes.n + 2) / 3 * 4);
    size_t k = 0;
    for (size_t i = 0; i < bytes.n; i += 3) {
        unsigned v = (unsigned)p[i] << 16 | (i + 1 < bytes.n ? (unsigned)p[i + 1] << 8 : 0) |
                     (i + 2 < bytes.n ? (unsigned)p[i + 2] : 0);
        out[k++] = abc[v >> 18];
        out[k++] = abc[v >> 12 & 63];
        out[k++] = i + 1 < bytes.n ? abc[v >> 6 & 63] : '=';
        out[k++] = i + 2 < bytes.n ? abc[v & 63] : '=';
    }
    return slice_of(out, k);
}

int key_record(struct arena *a, const struct crypt_private *k, struct err *e, struct slice *out)
{
    struct slice bytes;
    int rc = crypt_private_public(a, k, e, &bytes);
    if (rc < 0)
        return rc;
    *out = arena_printf(a, "v=DKIM1; k=%s; p=%.*s",
                        crypt_private_kind(k) == CRYPT_RSA ? "rsa" : "ed25519",
                        SLICE_ARG(key_base64(a, bytes)));
    return 0;
}

struct slice key_record_name(struct arena *a, struct slice selector, struct slice domain)
{
    return arena_printf(a, "%.*s._domainkey.%.*s.", SLICE_ARG(selector), SLICE_ARG(domain));
}

struct slice key_record_line(struct arena *a, struct slice name, struct slice record)
{
    struct buf b = BUF_INIT(65536);
    buf_printf(&b, "%.*s IN TXT (", SLICE_ARG(name));
    for (size_t i = 0; i < record.n || i == 0; i += STRING_BYTES)
        buf_printf(&b, " \"%.*s\"", SLICE_ARG(slice_head(slice_from(record, i), STRING_BYTES)));
    buf_str(&b, " )");
    struct slice line = arena_dup(a, buf_slice(&b));
    buf_fini(&b);
    return line;
}
