/* The Received-SPF field (RFC 7208 section 9.1). */
#include "auth/spf.h"

#include "base/escape.h"

/* key=value, quoted where the value is no dot-atom; foreign bytes made harmless. */
static void pair(struct buf *out, const char *key, struct slice value)
{
    struct buf safe = BUF_INIT(1024);
    bool is_atom = value.n > 0;
    escape_add(&safe, ESCAPE_HEADER, value, 512);
    for (size_t i = 0; i < safe.n; i++)
        is_atom &= ascii_is_alnum(safe.p[i]) || memchr("!#$&'*+-/=?^_`{|}~.", safe.p[i], 19);
    buf_printf(out, " %s=%s", key, is_atom ? "" : "\"");
    for (size_t i = 0; i < safe.n; i++) {
        if (safe.p[i] == '"' || safe.p[i] == '\\')
            buf_chr(out, '\\');
        buf_chr(out, safe.p[i]);
    }
    buf_str(out, is_atom ? ";" : "\";");
    buf_fini(&safe);
}

void spf_received(const struct spf_in *in, const struct spf_result *r, const char *identity,
                  struct buf *out)
{
    buf_printf(out, "%s (%s)", auth_value_name(r->value), r->reason ? r->reason : "not checked");
    pair(out, "client-ip", in->client_ip);
    pair(out, "envelope-from", in->sender);
    pair(out, "helo", in->helo);
    pair(out, "identity", slice_str(identity));
    if (in->receiver.n)
        pair(out, "receiver", in->receiver);
    if (r->mechanism.n)
        pair(out, "mechanism", r->mechanism);
    out->n--; /* no semicolon behind the last */
}
