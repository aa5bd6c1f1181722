/* Writing the digest. See digest_mail.h. */
#include "node/digest_mail.h"
#include "base/clock.h"
#include "base/escape.h"
#include "base/utf8.h"
#include "web/mailview.h"

#include <sodium.h>
#include <stdlib.h>

#define FROM_BYTES    32
#define SUBJECT_BYTES 60
#define BODY_MOST     ((size_t)64 * 1024)
#define WORD_BYTES    45 /* of an encoded word: 60 base64 digits and its frame, under 76 */

/* Fit for a header and an envelope as it stands: printable ASCII, one "@", no brackets. */
static bool is_plain_address(struct slice s)
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

/* Foreign words on one line, without anything a mail program would make a link of. */
static void add_foreign(struct buf *out, struct slice s, size_t most)
{
    struct buf safe = BUF_INIT(2048), clean = BUF_INIT(2048);
    mailview_defang(utf8_head(s, most), &safe);
    for (size_t i = 0; i < safe.n; i++) /* an address alone becomes one, too */
        if (safe.p[i] == '@')
            safe.p[i] = ' ';
    escape_add(&clean, ESCAPE_TERM, buf_slice(&safe), 4 * most);
    buf_add(out, buf_slice(&clean));
    if (s.n > most)
        buf_str(out, "...");
    buf_fini(&safe);
    buf_fini(&clean);
}

static void add_time(struct buf *out, int64_t us)
{
    char when[32];
    clock_rfc3339(us, when);
    when[10] = ' ';
    buf_add(out, slice_of(when + 5, 11));
}

static void add_line(const struct digest_mail *d, const struct digest_line *l, struct buf *out)
{
    add_time(out, l->at_us);
    if (l->kind) {
        buf_str(out, "  ");
        lang_fill(d->lang, l->kind, (struct slice){"", 0}, out);
    }
    buf_str(out, "\n");
    add_foreign(out, l->from, FROM_BYTES);
    buf_str(out, "\n");
    add_foreign(out, l->subject, SUBJECT_BYTES);
    buf_str(out, "\n");
    if (l->token.n)
        buf_printf(out, "%.*s/held/%.*s\n", SLICE_ARG(d->url), SLICE_ARG(l->token));
    else {
        lang_fill(d->lang, N_("Only an operator can release this one."), (struct slice){"", 0},
                  out);
        buf_str(out, "\n");
    }
    buf_str(out, "\n");
}

static void add_body(const struct digest_mail *d, struct buf *out)
{
    struct slice none = {"", 0};
    lang_fill(d->lang, N_("The filter held back mail for you. Times are UTC."), none, out);
    buf_str(out, "\n");
    lang_fill(d->lang, N_("A link opens a page where you decide; opening it changes nothing."),
              none, out);
    buf_str(out, "\n\n");
    for (size_t i = 0; i < d->n && i < DIGEST_LINES; i++)
        add_line(d, &d->lines[i], out);
    if (d->is_more) {
        lang_fill(d->lang, N_("There are more: see the page of your mail."), none, out);
        buf_str(out, "\n");
    }
    buf_str(out, "-- \n");
    lang_fill(d->lang, N_("Change how often this comes, or how strict the filter is for you:"),
              none, out);
    buf_printf(out, "\n%.*s/me\n", SLICE_ARG(d->url));
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

bool digest_write(const struct digest_mail *d, struct buf *out)
{
    char date[40];
    if (!is_plain_address(d->from) || !is_plain_address(d->to))
        return false;
    struct buf body = BUF_INIT(BODY_MOST), subject = BUF_INIT(1024);
    char count[24];
    int n = snprintf(count, sizeof(count), d->is_more ? "%zu+" : "%zu", d->n);
    lang_fill(d->lang, N_("Mail held back for you: %s"), slice_of(count, (size_t)n), &subject);
    add_body(d, &body);
    buf_printf(out, "From: <%.*s>\r\nTo: <%.*s>\r\nSubject: ", SLICE_ARG(d->from),
               SLICE_ARG(d->to));
    add_words(out, buf_slice(&subject));
    buf_printf(out,
               "\r\nDate: %s\r\nMessage-ID: <digest.%.*s@%.*s>\r\n"
               "Auto-Submitted: auto-generated\r\nPrecedence: bulk\r\nMIME-Version: 1.0\r\n"
               "Content-Language: %s\r\nContent-Type: text/plain; charset=utf-8\r\n",
               clock_rfc5322(d->now_us, date), SLICE_ARG(d->id),
               SLICE_ARG(slice_from(d->from, slice_rchr(d->from, '@') + 1)), d->code);
    if (is_ascii(buf_slice(&body))) {
        buf_str(out, "Content-Transfer-Encoding: 7bit\r\n\r\n");
        add_crlf(out, buf_slice(&body));
    } else {
        buf_str(out, "Content-Transfer-Encoding: base64\r\n\r\n");
        add_encoded(out, buf_slice(&body));
    }
    bool fits = !out->full && !body.full;
    buf_fini(&body);
    buf_fini(&subject);
    return fits;
}
