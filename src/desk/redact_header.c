/* The header of a reported message as it may be kept and shown. See redact.h. */
#include "base/buf.h"
#include "desk/redact_internal.h"

enum treat {
    AS_TEXT,     /* people taken out */
    AS_IS,       /* no person can stand in it */
    AS_TYPE,     /* up to the parameters */
    AS_RECEIVED, /* without "for" and "id" */
    AS_DKIM      /* domain and selector alone */
};

static const struct kept {
    const char *name;
    enum treat how;
} KEPT[] = {
    {"Return-Path", AS_TEXT},
    {"Received", AS_RECEIVED},
    {"Received-SPF", AS_TEXT},
    {"Authentication-Results", AS_TEXT},
    {"DKIM-Signature", AS_DKIM},
    {"From", AS_TEXT},
    {"Sender", AS_TEXT},
    {"Reply-To", AS_TEXT},
    {"Subject", AS_TEXT},
    {"Date", AS_IS},
    {"List-Id", AS_TEXT},
    {"List-Unsubscribe", AS_TEXT},
    {"List-Unsubscribe-Post", AS_IS},
    {"Organization", AS_TEXT},
    {"Precedence", AS_IS},
    {"Auto-Submitted", AS_IS},
    {"MIME-Version", AS_IS},
    {"Content-Type", AS_TYPE},
    {"Content-Transfer-Encoding", AS_IS},
    {"X-Mailer", AS_TEXT},
    {"User-Agent", AS_TEXT},
    {"X-Originating-IP", AS_IS},
    {"X-Priority", AS_IS},
};

/* "from A (B [ip]) by C with ESMTPS; date": what stands behind "for" and "id" is left out, hosts of
 * a recipient's own domain are hidden. */
static struct slice received(struct redact *r, struct slice value)
{
    struct buf b = BUF_INIT(4096);
    struct slice word, rest = slice_head(value, 2048);
    bool skip = false;
    while (slice_split(&rest, ' ', &word)) {
        if (word.n == 0)
            continue;
        if (skip) {
            skip = false;
            size_t semicolon = slice_chr(word, ';');
            if (semicolon != SIZE_MAX)
                buf_chr(&b, ';');
            continue;
        }
        if (slice_ieq(word, SLICE("for")) || slice_ieq(word, SLICE("id"))) {
            skip = true;
            continue;
        }
        for (size_t i = 0; i < r->n; i++) {
            if (r->people[i].domain.n && slice_iends(word, r->people[i].domain))
                word = SLICE("redacted.invalid");
        }
        if (b.n)
            buf_chr(&b, ' ');
        buf_add(&b, word);
    }
    struct slice s = redact_text(r, buf_slice(&b));
    buf_fini(&b);
    return s;
}

static struct slice dkim(struct redact *r, struct slice value)
{
    struct slice tag, d = SLICE(""), s = SLICE(""), rest = slice_head(value, 8192);
    while (slice_split(&rest, ';', &tag)) {
        tag = slice_trim(tag);
        if (slice_starts(tag, SLICE("d=")))
            d = slice_from(tag, 2);
        else if (slice_starts(tag, SLICE("s=")))
            s = slice_from(tag, 2);
    }
    return arena_printf(r->arena, "d=%.*s; s=%.*s", SLICE_ARG(slice_head(d, 255)),
                        SLICE_ARG(slice_head(s, 255)));
}

static struct slice treated(struct redact *r, const struct header *h, enum treat how)
{
    size_t semicolon = slice_chr(h->text, ';');
    switch (how) {
    case AS_TEXT:
        return redact_text(r, slice_head(h->text, 2048));
    case AS_TYPE:
        return slice_trim(slice_head(h->text, semicolon == SIZE_MAX ? 128 : semicolon));
    case AS_RECEIVED:
        return received(r, h->text);
    case AS_DKIM:
        return dkim(r, h->text);
    default:
        return slice_head(h->text, 256);
    }
}

struct slice redact_header(struct redact *r, const struct header_list *headers, size_t most)
{
    struct buf b = BUF_INIT(most);
    unsigned n = 0;
    for (const struct header *h = headers->first; h && n < 200; h = h->next, n++) {
        for (size_t i = 0; i < sizeof(KEPT) / sizeof(*KEPT); i++) {
            if (!slice_ieq(h->name, slice_str(KEPT[i].name)))
                continue;
            struct slice v = treated(r, h, KEPT[i].how);
            if (b.n + v.n + strlen(KEPT[i].name) + 3 > most)
                break;
            buf_str(&b, KEPT[i].name);
            buf_str(&b, ": ");
            for (size_t k = 0; k < v.n; k++) /* one line, whatever was in it */
                buf_chr(&b, v.p[k] == '\r' || v.p[k] == '\n' || v.p[k] == 0 ? ' ' : v.p[k]);
            buf_chr(&b, '\n');
            break;
        }
    }
    struct slice s = arena_dup(r->arena, buf_slice(&b));
    buf_fini(&b);
    return s;
}
