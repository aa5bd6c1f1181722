/* Changed spam. See attack_mail.h. */
#include "learn/attack_mail.h"

#include "base/buf.h"

#define MAIL_MOST (64u << 20)

/* Headers that the spammer cannot or would not take from somebody else's mail. */
static const char *const OWN[] = {
    "received", "return-path", "delivered-to", "x-original-to", "date", "to",
    "cc",       "from",        "subject",      "mime-version",  NULL};
/* What stays the spam's when all else is forged. */
static const char *const KEPT[] = {
    "return-path", "delivered-to", "x-original-to", "date",        "to",
    "cc",          "subject",      "mime-version",  "envelope-to", NULL};

static bool in_list(const char *const *list, struct slice name)
{
    if (slice_istarts(name, SLICE("content-")))
        return true;
    for (; *list; list++) {
        if (slice_ieq(name, slice_str(*list)))
            return true;
    }
    return false;
}

static struct message *parse(struct arena *a, struct buf *b)
{
    struct message *m = message_parse(a, arena_dup(a, buf_slice(b)), NULL);
    buf_fini(b);
    return m;
}

static bool is_open(const struct part *p)
{
    return p->is_text && !p->is_attachment && p->encoding != ENCODING_BASE64 && p->body.p;
}

static bool is_text(const struct part *p)
{
    return p->is_text && !p->is_attachment;
}

struct message *attack_add_text(struct arena *a, const struct message *m, struct slice text,
                                bool in_all)
{
    struct buf b = BUF_INIT(MAIL_MOST);
    const char *at = m->raw.p, *end = m->raw.p + m->raw.n;
    size_t done = 0;
    for (size_t i = 0; i < m->n_parts && (in_all || done == 0); i++) {
        const struct part *p = m->parts[i];
        if (is_text(p) && !is_open(p) && !in_all)
            break;
        if (!is_open(p) || p->body.p < at || p->body.p > end)
            continue;
        buf_add(&b, slice_of(at, (size_t)(p->body.p - at)));
        buf_add(&b, text);
        at = p->body.p;
        done++;
    }
    buf_add(&b, slice_of(at, (size_t)(end - at)));
    if (done)
        return parse(a, &b);
    buf_fini(&b);
    return NULL;
}

static void put_header(struct buf *b, const struct header *h)
{
    buf_add(b, h->raw);
    buf_chr(b, '\n');
}

/* Where the header section ends: behind its last field, before the empty line. */
static size_t end_of_headers(const struct message *m)
{
    const struct header *last = m->headers.last;
    const char *end = last ? last->raw.p + last->raw.n : m->raw.p;
    const char *stop = m->raw.p + m->raw.n;
    if (end < stop && *end == '\r')
        end++;
    if (end < stop && *end == '\n')
        end++;
    return (size_t)(end - m->raw.p);
}

struct message *attack_add_headers(struct arena *a, const struct message *m,
                                   const struct message *ham)
{
    struct buf b = BUF_INIT(MAIL_MOST);
    size_t end = end_of_headers(m);
    buf_add(&b, slice_head(m->raw, end));
    for (const struct header *h = ham->headers.first; h; h = h->next) {
        if (!in_list(OWN, h->name))
            put_header(&b, h);
    }
    buf_add(&b, slice_from(m->raw, end));
    return parse(a, &b);
}

struct message *attack_forge_headers(struct arena *a, const struct message *m,
                                     const struct message *ham)
{
    struct buf b = BUF_INIT(MAIL_MOST);
    bool is_first_received = true; /* the one that the receiving site wrote cannot be left out */
    for (const struct header *h = m->headers.first; h; h = h->next) {
        bool is_received = slice_ieq(h->name, SLICE("received"));
        if (in_list(KEPT, h->name) || (is_received && is_first_received))
            put_header(&b, h);
        is_first_received &= !is_received;
    }
    for (const struct header *h = ham->headers.first; h; h = h->next) {
        if (!in_list(KEPT, h->name))
            put_header(&b, h);
    }
    buf_add(&b, slice_from(m->raw, end_of_headers(m)));
    return parse(a, &b);
}
