/* The identity of a message: a keyed digest over what the sender made and no server changes on
 * the way, so that the same message found in a mailbox later is known again.
 *
 * Made as Carter and Wegman do (JCSS 22, 1981): a polynomial over the message under a secret key,
 * in 128 bits, then a keyed hash of that value. Without the key no two messages can be made that
 * collide, but by a chance of 2^-80 for 25 megabytes; and it costs a quarter of hashing it all.
 */
#include "learn/fingerprint.h"

#include <sodium.h>

static const char *const FIELDS[] = {"from", "to",         "cc",       "subject",
                                     "date", "message-id", "reply-to", NULL};

/* Lines are short and many: gathered, they cost libsodium a call for every four kilobytes. */
struct gather {
    crypto_onetimeauth_state state;
    unsigned char bytes[4096];
    size_t n;
};

static void flush(struct gather *g)
{
    crypto_onetimeauth_update(&g->state, g->bytes, g->n);
    g->n = 0;
}

static void add_bytes(struct gather *g, const void *p, size_t n)
{
    if (n > sizeof g->bytes - g->n)
        flush(g);
    if (n > sizeof g->bytes) {
        crypto_onetimeauth_update(&g->state, p, n);
        return;
    }
    if (n)
        memcpy(g->bytes + g->n, p, n);
    g->n += n;
}

static void add(struct gather *g, char kind, struct slice s)
{
    char head[9] = {kind};
    uint64_t n = s.n;
    memcpy(head + 1, &n, sizeof n); /* lengths keep fields apart */
    add_bytes(g, head, sizeof head);
    add_bytes(g, s.p, s.n);
}

/* Line ends and trailing white space change on the way. */
static struct slice trimmed(struct slice s)
{
    while (s.n && ascii_is_space(s.p[s.n - 1]))
        s.n--;
    return s;
}

/* No line holds a line end, and none ends in white space: what stands behind the last one cannot be
 * a line, so the text needs no lengths (of mail with empty lines, lengths were most of the work).
 */
static void add_lines(struct gather *g, struct slice text)
{
    struct slice line;
    const char *run; /* from here on nothing had to be left out */
    text = trimmed(text);
    run = text.p;
    add_bytes(g, "t", 1);
    while (slice_split(&text, '\n', &line)) {
        struct slice kept = trimmed(line);
        if (text.n && kept.n == line.n)
            continue;
        add_bytes(g, run, (size_t)(kept.p + kept.n - run));
        add_bytes(g, "\n", 1);
        run = text.p;
    }
    add_bytes(g, "\r\n", 2);
}

void message_digest(const struct message *m, const unsigned char key[16], unsigned char out[16])
{
    struct gather g;
    unsigned char point[crypto_onetimeauth_KEYBYTES], value[crypto_onetimeauth_BYTES];
    static const unsigned char use[] = "message digest";
    g.n = 0;
    crypto_generichash(point, sizeof point, use, sizeof use, key, 16);
    crypto_onetimeauth_init(&g.state, point);
    for (int i = 0; FIELDS[i]; i++) {
        const struct header *h = header_find(&m->headers, FIELDS[i], NULL);
        add(&g, 'h', h ? trimmed(h->value) : SLICE(""));
    }
    for (size_t i = 0; i < m->n_parts; i++) {
        const struct part *p = m->parts[i];
        if (p->is_multipart)
            continue;
        add(&g, 'p', p->type);
        if (p->is_text)
            add_lines(&g, p->decoded);
        else
            add(&g, 'b', p->decoded);
    }
    flush(&g);
    crypto_onetimeauth_final(&g.state, value);
    crypto_generichash(out, 16, value, sizeof value, key, 16);
}
