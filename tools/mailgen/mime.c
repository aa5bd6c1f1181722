/* The finished message: headers, encodings, parts.
 *
 * One pool of mail programs, relays and id shapes serves both labels; a model
 * must not learn how this generator writes headers. */
#include "gen.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef enum { ENC_PLAIN, ENC_QP, ENC_BASE64 } encoding;

static void base64(const char *s, size_t n, unsigned width, text *out)
{
    static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned col = 0;
    for (size_t i = 0; i < n; i += 3) {
        uint32_t v = 0;
        for (size_t j = 0; j < 3; j++)
            v = v << 8 | (i + j < n ? (unsigned char)s[i + j] : 0);
        for (unsigned j = 0; j < 4; j++)
            text_char(out, i + j > n ? '=' : set[v >> (18 - 6 * j) & 63]);
        if (width && (col += 4) >= width) {
            text_char(out, '\n');
            col = 0;
        }
    }
    if (width && col)
        text_char(out, '\n');
}

static void quoted_printable(const char *s, text *out)
{
    unsigned col = 0;
    for (; *s; s++) {
        unsigned char ch = (unsigned char)*s;
        if (ch == '\n') {
            text_char(out, '\n');
            col = 0;
            continue;
        }
        bool plain = ch >= 32 && ch < 127 && ch != '=' && !(ch == ' ' && s[1] == '\n');
        if (col + (plain ? 1u : 3u) > 75) {
            text_str(out, "=\n");
            col = 0;
        }
        if (plain)
            text_char(out, *s);
        else
            text_fmt(out, "=%02X", ch);
        col += plain ? 1 : 3;
    }
}

static bool is_ascii(const char *s)
{
    for (; *s; s++)
        if ((unsigned char)*s >= 128)
            return false;
    return true;
}

static bool has_long_line(const char *s)
{
    for (size_t n; *s; s += n + (s[n] == '\n'))
        if ((n = strcspn(s, "\n")) > 900)
            return true;
    return false;
}

/* RFC 2047 words that never cut a character and stay below 75 bytes. */
static void header_text(rng *r, const char *s, text *out)
{
    if (is_ascii(s)) {
        text_str(out, s);
        return;
    }
    bool b64 = rng_chance(r, 60);
    size_t room = b64 ? 39 : 15;
    while (*s) {
        size_t n = 0;
        while (s[n] && (n < room || ((unsigned char)s[n] & 0xc0) == 0x80))
            n++;
        text_str(out, b64 ? "=?UTF-8?B?" : "=?UTF-8?Q?");
        if (b64)
            base64(s, n, 0, out);
        for (size_t i = 0; !b64 && i < n; i++)
            text_fmt(out, "=%02X", (unsigned char)s[i]);
        text_str(out, "?=");
        s += n;
        if (*s)
            text_str(out, "\n ");
    }
}

static void date_text(int64_t when, int zone, text *out)
{
    char buf[64];
    time_t local = (time_t)(when + zone * 3600);
    struct tm tm;
    gmtime_r(&local, &tm);
    strftime(buf, sizeof buf, "%a, %d %b %Y %H:%M:%S", &tm);
    text_fmt(out, "%s %c%02d00", buf, zone < 0 ? '-' : '+', abs(zone));
}

static void received(ctx *c, const char *from, int64_t when, text *out)
{
    static const char *const by[] = {"postfix", "exim", "esmtp", "https"};
    const char *ip = value(c, "relayip"), *id = value(c, "relayid"), *mx = value(c, "rcptdomain");
    switch (rng_below(c->r, 4)) {
    case 0:
        text_fmt(out, "Received: from %s (%s [%s])\n\tby mx1.%s (Postfix) with ESMTPS id %s", from,
                 from, ip, mx, id);
        break;
    case 1:
        text_fmt(out,
                 "Received: from [%s] (helo=%s)\n\tby mail.%s with esmtps (Exim 4.9%u)\n\tid %s",
                 ip, from, mx, rng_below(c->r, 8), id);
        break;
    case 2:
        text_fmt(out, "Received: from %s (%s) by\n mx.%s with ESMTP id %s", from, ip, mx, id);
        break;
    default:
        text_fmt(out, "Received: from %s (%s) by %s with %s id %s", from, ip, mx,
                 by[rng_below(c->r, 4)], id);
    }
    text_str(out, ";\n\t");
    date_text(when, (int)rng_below(c->r, 4), out);
    text_char(out, '\n');
}

static void display_name(rng *r, const char *name, text *out)
{
    if (!is_ascii(name))
        header_text(r, name, out);
    else if (strpbrk(name, "(),.:;@\"<>[]") || rng_chance(r, 30))
        text_fmt(out, "\"%s\"", name);
    else
        text_str(out, name);
}

static void recipient(ctx *c, text *out)
{
    unsigned roll = rng_below(c->r, 100);
    if (roll < 4) {
        text_str(out, "To: undisclosed-recipients:;\n");
        return;
    }
    text_str(out, "To: ");
    if (roll < 45) {
        display_name(c->r, value(c, "rcptname"), out);
        text_fmt(out, " <%s>\n", value(c, "rcpt"));
    } else {
        text_fmt(out, roll < 80 ? "%s\n" : "<%s>\n", value(c, "rcpt"));
    }
}

static void headers(ctx *c, letter *l, text *out)
{
    int zone = (int)rng_below(c->r, 20) - 8;
    const char *addr = text_c(&l->from_addr), *at = strchr(addr, '@');
    const char *host = at ? at + 1 : "localhost";
    text_fmt(out, "Return-Path: <%s>\n", addr);
    received(c, rng_chance(c->r, 30) ? value(c, "esp") : host, c->now + 4, out);
    if (rng_chance(c->r, 50))
        received(c, value(c, "relayhost"), c->now + 1, out);
    text_str(out, "From: ");
    if (l->from_name.n) {
        display_name(c->r, text_c(&l->from_name), out);
        text_fmt(out, " <%s>\n", addr);
    } else {
        text_fmt(out, "%s\n", addr);
    }
    recipient(c, out);
    text_str(out, "Subject: ");
    header_text(c->r, text_c(&l->subject), out);
    text_str(out, "\nDate: ");
    date_text(c->now, zone, out);
    text_fmt(out, "\nMessage-ID: <%s@%s>\n", value(c, "msgid"), host);
    if (rng_chance(c->r, 30))
        text_fmt(out, "X-Mailer: %s\n", value(c, "mailer"));
    if (c->t->skin == SKIN_BULK && rng_chance(c->r, 75)) {
        const char *where = rng_chance(c->r, 50) ? host : value(c, "esp");
        text_fmt(out, "List-Unsubscribe: <https://%s/u/%s>\n", where, value(c, "msgid"));
    }
    if (c->t->skin == SKIN_BULK && rng_chance(c->r, 30))
        text_str(out, "Precedence: bulk\n");
    text_str(out, "MIME-Version: 1.0\n");
}

static void part(ctx *c, const char *type, const char *s, text *out)
{
    static const char *const names[] = {"8bit", "quoted-printable", "base64"};
    bool ascii = is_ascii(s);
    unsigned roll = rng_below(c->r, 100);
    encoding e = ascii ? (roll < 50   ? ENC_PLAIN
                          : roll < 85 ? ENC_QP
                                      : ENC_BASE64)
                       : (roll < 20   ? ENC_PLAIN
                          : roll < 65 ? ENC_QP
                                      : ENC_BASE64);
    if (e == ENC_PLAIN && has_long_line(s))
        e = ENC_QP;
    text_fmt(out, "Content-Type: %s; charset=%s\n", type,
             ascii && roll % 3 == 0 ? "us-ascii"
             : rng_chance(c->r, 60) ? "UTF-8"
                                    : "\"utf-8\"");
    text_fmt(out, "Content-Transfer-Encoding: %s\n\n", e == ENC_PLAIN && ascii ? "7bit" : names[e]);
    if (e == ENC_PLAIN)
        text_str(out, s);
    else if (e == ENC_QP)
        quoted_printable(s, out);
    else
        base64(s, strlen(s), 76, out);
    text_char(out, '\n');
}

/* Content without meaning: the base model reads names and types only. */
static void attached_bytes(ctx *c, const char *type, text *data)
{
    if (strcmp(type, "text/html") == 0) {
        text_fmt(data, "<html><body><p>%s</p></body></html>\n", value(c, "org"));
        return;
    }
    if (strcmp(type, "text/calendar") == 0) {
        text_fmt(data,
                 "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:%s\r\nEND:VEVENT\r\nEND:"
                 "VCALENDAR\r\n",
                 value(c, "msgid"));
        return;
    }
    text_str(data, strstr(type, "pdf")   ? "%PDF-1.7\n"
                   : strstr(type, "zip") ? "PK\x03\x04"
                                         : "\x89");
    for (unsigned n = 200 + rng_below(c->r, 900); n; n--)
        text_char(data, (char)rng_below(c->r, 256));
}

static void attachment(ctx *c, const char *spec, text *out)
{
    const char *gap = strstr(spec, " ;; ");
    if (!gap)
        template_error(c, "'attach' needs 'FILE NAME ;; TYPE', found '%s'", spec);
    char *name = must_copy(spec, (size_t)(gap - spec));
    text data = {0}, shown = {0};
    attached_bytes(c, gap + 4, &data);
    header_text(c->r, name, &shown);
    text_fmt(out, "Content-Type: %s; name=\"%s\"\n", gap + 4, text_c(&shown));
    text_fmt(out, "Content-Disposition: attachment; filename=\"%s\"\n", text_c(&shown));
    text_str(out, "Content-Transfer-Encoding: base64\n\n");
    base64(data.p, data.n, 76, out);
    free(name);
    text_free(&data);
    text_free(&shown);
}

static void bodies(ctx *c, letter *l, text *out)
{
    if (!l->has_html || !l->has_plain) {
        part(c, l->has_html ? "text/html" : "text/plain",
             text_c(l->has_html ? &l->html : &l->plain), out);
        return;
    }
    const char *b = value(c, "boundaryalt");
    text_fmt(out, "Content-Type: multipart/alternative; boundary=\"%s\"\n\n--%s\n", b, b);
    part(c, "text/plain", text_c(&l->plain), out);
    text_fmt(out, "\n--%s\n", b);
    part(c, "text/html", text_c(&l->html), out);
    text_fmt(out, "\n--%s--\n", b);
}

void mime_message(ctx *c, letter *l, text *out)
{
    const pieces *a = &c->t->attach;
    text spec = {0};
    if (a->n)
        expand_piece(c, &a->v[rng_below(c->r, (unsigned)a->n)], &spec);
    headers(c, l, out);
    if (spec.n) {
        const char *b = value(c, "boundarymix");
        text_fmt(out, "Content-Type: multipart/mixed; boundary=\"%s\"\n\n--%s\n", b, b);
        bodies(c, l, out);
        text_fmt(out, "\n--%s\n", b);
        attachment(c, text_c(&spec), out);
        text_fmt(out, "--%s--\n", b);
    } else {
        bodies(c, l, out);
    }
    text_free(&spec);
}
