/* The identity of a message: a keyed digest over what the sender made and no server changes on
 * the way, so that the same message found in a mailbox later is known again. */
#include "learn/fingerprint.h"

#include <sodium.h>

static const char *const FIELDS[] = {"from", "to",         "cc",       "subject",
                                     "date", "message-id", "reply-to", NULL};

static void add(crypto_generichash_state *d, char kind, struct slice s)
{
    unsigned char head[9] = {(unsigned char)kind};
    uint64_t n = s.n;
    memcpy(head + 1, &n, sizeof n); /* lengths keep fields apart */
    crypto_generichash_update(d, head, sizeof head);
    crypto_generichash_update(d, (const unsigned char *)s.p, s.n);
}

/* Line ends and trailing white space change on the way. */
static struct slice trimmed(struct slice s)
{
    while (s.n && ascii_is_space(s.p[s.n - 1]))
        s.n--;
    return s;
}

static void add_lines(crypto_generichash_state *d, struct slice text)
{
    struct slice line;
    text = trimmed(text);
    while (slice_line(&text, &line))
        add(d, 'l', trimmed(line));
}

void message_digest(const struct message *m, const unsigned char key[16], unsigned char out[16])
{
    crypto_generichash_state d;
    crypto_generichash_init(&d, key, 16, 16);
    for (int i = 0; FIELDS[i]; i++) {
        const struct header *h = header_find(&m->headers, FIELDS[i], NULL);
        add(&d, 'h', h ? trimmed(h->value) : SLICE(""));
    }
    for (size_t i = 0; i < m->n_parts; i++) {
        const struct part *p = m->parts[i];
        if (p->is_multipart)
            continue;
        add(&d, 'p', p->type);
        if (p->is_text)
            add_lines(&d, p->decoded);
        else
            add(&d, 'b', p->decoded);
    }
    crypto_generichash_final(&d, out, 16);
}
