/* Whole messages under small limits: every part, reading and name is in bounds and every text is
 * valid UTF-8. */
#include "base/utf8.h"
#include "mail/message.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t sum; /* so that the reads are not optimised away */

static void touch(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        sum += (unsigned char)s.p[i];
}

static void text(struct slice s)
{
    if (!utf8_is_valid(s))
        abort();
    touch(s);
}

static void check_part(const struct part *p)
{
    touch(p->raw);
    touch(p->decoded);
    text(p->text);
    text(p->hidden);
    for (size_t i = 0; i < p->n_names; i++)
        text(p->names[i]);
    for (const struct reading *r = p->readings; r; r = r->next)
        touch(r->decoded);
    for (const struct header *h = p->headers.first; h; h = h->next)
        text(h->text);
    for (const struct param *q = p->params; q; q = q->next)
        text(q->value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mail_limits limits = MAIL_LIMITS;
    if (size > 65536)
        return 0;
    if (size && data[0] == '!') { /* seeds that begin so run into the limits */
        limits = (struct mail_limits){.message_bytes = 4096,
                                      .header_bytes = 512,
                                      .header_fields = 8,
                                      .field_bytes = 128,
                                      .parts = 6,
                                      .depth = 4,
                                      .params = 4,
                                      .addresses = 3,
                                      .encoded_words = 3,
                                      .readings = 2,
                                      .names = 2,
                                      .decoded_bytes = 512,
                                      .text_bytes = 256,
                                      .html_bytes = 256,
                                      .html_depth = 8,
                                      .links = 2,
                                      .url_bytes = 64,
                                      .inline_files = 2};
        data++;
        size--;
    }
    struct arena *a = arena_new(0);
    struct message *m = message_parse(a, slice_of((const char *)data, size), &limits);
    for (size_t i = 0; i < m->n_parts; i++)
        check_part(m->parts[i]);
    if (m->n_parts > limits.parts || m->decoded_bytes > limits.decoded_bytes)
        abort();
    text(m->text);
    text(m->hidden);
    text(m->subject);
    for (const struct address *one = m->from; one; one = one->next)
        text(one->display);
    arena_free(a);
    return 0;
}
