/* The identity of a message: a keyed digest over what the sender made and no server changes on
 * the way, so that the same message found in a mailbox later is known again. */
#include "learn/fingerprint.h"

#include "base/hash.h"

static const char *const FIELDS[] = {"from", "to",         "cc",       "subject",
                                     "date", "message-id", "reply-to", NULL};

/* Two independent 64-bit halves under one key. */
struct digester {
    unsigned char keys[2][16];
    uint64_t h[2];
};

static void add(struct digester *d, char kind, struct slice s)
{
    for (int k = 0; k < 2; k++) {
        uint64_t mixed[3] = {d->h[k], (uint64_t)kind, hash_sip(s, d->keys[k])};
        d->h[k] = hash_sip(slice_of((const char *)mixed, sizeof mixed), d->keys[k]);
    }
}

/* Line ends and trailing white space change on the way. */
static struct slice trimmed(struct slice s)
{
    while (s.n && ascii_is_space(s.p[s.n - 1]))
        s.n--;
    return s;
}

static void add_lines(struct digester *d, struct slice text)
{
    struct slice line;
    text = trimmed(text);
    while (slice_line(&text, &line))
        add(d, 'l', trimmed(line));
}

void message_digest(const struct message *m, const unsigned char key[16], unsigned char out[16])
{
    struct digester d = {0};
    for (int k = 0; k < 2; k++) {
        memcpy(d.keys[k], key, 16);
        d.keys[k][0] = (unsigned char)(d.keys[k][0] ^ (k + 1));
    }
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
    memcpy(out, d.h, 16);
}
