/* The header fields that a verdict puts on mail. */
#include "scan/headers.h"

#include "auth/auth.h"
#include "auth/authres.h"
#include "base/escape.h"

#include <sodium.h>

#define MAC_BYTES    16
#define WHY_BYTES    240
#define WHY_FINDINGS 6

static void pair(struct buf *out, const char *name, struct slice value)
{
    buf_str(out, name);
    buf_chr(out, 0);
    buf_add(out, value);
    buf_chr(out, 0);
}

/* BLAKE2b over id and digest: a message moved to a folder later proves which scan it had. */
static void make_mac(const char *id, const unsigned char digest[16], const unsigned char key[16],
                     char out[2 * MAC_BYTES + 1])
{
    unsigned char text[36 + 16], mac[MAC_BYTES];
    memcpy(text, id, 36);
    memcpy(text + 36, digest, 16);
    crypto_generichash(mac, sizeof mac, text, sizeof text, key, 16);
    sodium_bin2hex(out, 2 * MAC_BYTES + 1, mac, sizeof mac);
}

bool scan_id_verify(struct slice value, const unsigned char digest[16], const unsigned char key[16],
                    char out_id[37])
{
    char id[37] = {0}, mac[2 * MAC_BYTES + 1];
    value = slice_trim(value);
    if (value.n < 36 + 2 * MAC_BYTES + 1 || value.p[36] != ';')
        return false;
    struct slice given = slice_trim(slice_from(value, 37));
    memcpy(id, value.p, 36);
    make_mac(id, digest, key, mac);
    if (given.n != 2 * MAC_BYTES || sodium_memcmp(given.p, mac, given.n) != 0)
        return false;
    memcpy(out_id, id, sizeof id);
    return true;
}

static void why_line(const struct scan *s, struct buf *out)
{
    const struct finding **sorted = finding_sorted(&s->findings, s->arena);
    for (size_t i = 0; i < s->findings.n && i < WHY_FINDINGS; i++) {
        const struct finding *f = sorted[i];
        if (f->points == 0.0)
            break;
        if (i)
            buf_str(out, "; ");
        buf_printf(out, "%s %+.1f", f->name, f->points);
    }
    if (out->n == 0)
        buf_str(out, "nothing found");
}

static void spam_headers(const struct scan *s, struct buf *out)
{
    const struct verdict *v = &s->verdict;
    bool is_spam = v->side == SIDE_SPAM;
    struct buf text = BUF_INIT(512);
    pair(out, "X-Spam-Flag", is_spam ? SLICE("YES") : SLICE("NO"));
    buf_printf(&text, "%.1f", v->score);
    pair(out, "X-Spam-Score", buf_slice(&text));
    buf_reset(&text);
    buf_printf(&text, "%s, score=%.1f required=%.1f", is_spam ? "Yes" : "No", v->score, v->tag);
    pair(out, "X-Spam-Status", buf_slice(&text));
    buf_fini(&text);
}

/* Removes fields that claim to be ours, and writes ours on top. Mail of our own users gets none. */
static void auth_headers(const struct scan *s, const struct auth_settings *settings,
                         struct buf *out)
{
    struct buf text = BUF_INIT(8192);
    pair(out, "-Authentication-Results", settings->authserv_id);
    if (settings->writes_received_spf)
        pair(out, "Received-SPF", (struct slice){0});
    if (s->auth->is_done && !s->auth->is_skipped) {
        authres_write(s->auth, settings->authserv_id, &text);
        if (!text.full)
            pair(out, "Authentication-Results", buf_slice(&text));
        buf_reset(&text);
        if (settings->writes_received_spf &&
            auth_received_spf(s->auth, &s->envelope, settings, &text))
            pair(out, "Received-SPF", buf_slice(&text));
    }
    buf_fini(&text);
}

void scan_headers(const struct scan *s, const struct scan_world *w, bool with_x_spam,
                  struct buf *out)
{
    static const char *const remove[] = {"X-Muster-ID",   "X-Muster-Score", "X-Muster-Verdict",
                                         "X-Muster-Why",  "X-Spam-Flag",    "X-Spam-Score",
                                         "X-Spam-Status", "X-Spam-Level"};
    size_t n = with_x_spam ? sizeof remove / sizeof *remove : 4;
    for (size_t i = 0; i < n; i++)
        pair(out, remove[i], (struct slice){0});
    if (s->auth)
        auth_headers(s, w->auth ? w->auth : auth_settings_default(), out);
    const struct verdict *v = &s->verdict;
    char mac[2 * MAC_BYTES + 1];
    struct buf text = BUF_INIT(1024), safe = BUF_INIT(1024);
    make_mac(s->id, s->digest, w->digest_key, mac);
    buf_printf(&text, "%s; %s", s->id, mac);
    pair(out, "X-Muster-ID", buf_slice(&text));
    buf_reset(&text);
    buf_printf(&text, "%.1f (spam from %.1f; probability %.4f)", v->score, v->tag, v->probability);
    pair(out, "X-Muster-Score", buf_slice(&text));
    buf_reset(&text);
    buf_printf(&text, "%s; class=%s%s", side_name(v->side), class_name(v->class),
               v->is_incomplete ? "; incomplete" : "");
    pair(out, "X-Muster-Verdict", buf_slice(&text));
    buf_reset(&text);
    why_line(s, &text);
    escape_add(&safe, ESCAPE_HEADER, buf_slice(&text), WHY_BYTES);
    pair(out, "X-Muster-Why", buf_slice(&safe));
    buf_fini(&text);
    buf_fini(&safe);
    if (with_x_spam)
        spam_headers(s, out);
}
