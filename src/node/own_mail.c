/* The node's own mail. See own_mail.h. */
#include "node/own_mail.h"
#include "base/clock.h"
#include "base/escape.h"
#include "base/utf8.h"

#include <sodium.h>
#include <string.h>

#define WORD_BYTES 45 /* of an encoded word: 60 base64 digits and its frame, under 76 */

bool own_mail_address_ok(struct slice s)
{
    size_t at = slice_chr(s, '@');
    if (at == SIZE_MAX || at == 0 || at + 1 >= s.n || s.n > 254 || slice_rchr(s, '@') != at)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c <= ' ' || c >= 0x7f || strchr("<>()[],;:\\\"", c))
            return false;
    }
    return true;
}

static bool is_ascii(struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        if ((unsigned char)s.p[i] >= 0x80)
            return false;
    }
    return true;
}

static void add_base64(struct buf *out, struct slice s)
{
    char text[128];
    sodium_bin2base64(text, sizeof(text), (const unsigned char *)s.p, s.n,
                      sodium_base64_VARIANT_ORIGINAL);
    buf_str(out, text);
}

/* A header's text as it is or in encoded words (RFC 2047), a line each. */
static void add_words(struct buf *out, struct slice s)
{
    if (is_ascii(s)) {
        escape_add(out, ESCAPE_HEADER, s, 300);
        return;
    }
    while (s.n) {
        struct slice head = utf8_head(s, WORD_BYTES);
        if (head.n == 0)
            head = slice_head(s, WORD_BYTES);
        buf_str(out, "=?utf-8?B?");
        add_base64(out, head);
        buf_str(out, "?=");
        s = slice_from(s, head.n);
        if (s.n)
            buf_str(out, "\r\n ");
    }
}

/* Base64 in lines of 76. */
static void add_encoded(struct buf *out, struct slice body)
{
    while (body.n) {
        struct slice line = slice_head(body, 57);
        add_base64(out, line);
        buf_str(out, "\r\n");
        body = slice_from(body, line.n);
    }
}

static void add_crlf(struct buf *out, struct slice body)
{
    struct slice line;
    while (slice_line(&body, &line)) {
        buf_add(out, line);
        buf_str(out, "\r\n");
    }
}

bool own_mail_write(const struct own_mail *m, struct buf *out)
{
    char date[40];
    if (!own_mail_address_ok(m->from) || !own_mail_address_ok(m->to))
        return false;
    buf_printf(out, "From: <%.*s>\r\nTo: <%.*s>\r\nSubject: ", SLICE_ARG(m->from),
               SLICE_ARG(m->to));
    add_words(out, m->subject);
    buf_printf(out,
               "\r\nDate: %s\r\nMessage-ID: <%.*s@%.*s>\r\n"
               "Auto-Submitted: auto-generated\r\n%sMIME-Version: 1.0\r\n"
               "Content-Language: %s\r\nContent-Type: text/plain; charset=utf-8\r\n",
               clock_rfc5322(m->now_us, date), SLICE_ARG(m->id),
               SLICE_ARG(slice_from(m->from, slice_rchr(m->from, '@') + 1)),
               m->is_bulk ? "Precedence: bulk\r\n" : "", m->code);
    if (is_ascii(m->body)) {
        buf_str(out, "Content-Transfer-Encoding: 7bit\r\n\r\n");
        add_crlf(out, m->body);
    } else {
        buf_str(out, "Content-Transfer-Encoding: base64\r\n\r\n");
        add_encoded(out, m->body);
    }
    return !out->full;
}
