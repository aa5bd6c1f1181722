/* The check of a domain, with answers of any content: it comes to an end, and every item has words.
 * The input is a row of answers: status and flags, length, bytes; after the last, it starts over.
 */
#include "auth/dnscheck.h"
#include "base/json.h"

#include <stdlib.h>

static void give(struct ask *q, const struct dns_question *question, struct slice *rest,
                 struct slice all)
{
    struct slice rdata[2];
    struct dns_answer answer = {.rdata = rdata};
    if (rest->n < 3)
        *rest = all;
    unsigned char head = rest->n > 2 ? (unsigned char)rest->p[0] : 0;
    size_t n = rest->n > 2 ? (unsigned char)rest->p[1] : 0;
    struct slice bytes = slice_head(slice_from(*rest, 2), n);
    *rest = slice_from(*rest, 2 + n);
    answer.status = (enum ask_status)((head & 15) < ASK_STATUSES ? head & 15 : 0);
    answer.is_secure = head & 16;
    if (answer.status == ASK_OK) {
        answer.n = head & 32 ? 2 : 1;
        rdata[0] = bytes;
        rdata[1] = slice_from(bytes, bytes.n / 2);
    }
    ask_answered(q, question->id, &answer);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n)
{
    struct arena *a = arena_new(0);
    struct slice all = slice_of((const char *)data, n), rest = all;
    struct slice selectors[] = {SLICE("s1"), slice_head(all, 20)};
    struct dnscheck d;
    struct dnscheck_in in = {.arena = a,
                             .domain = SLICE("a.example"),
                             .selectors = selectors,
                             .n_selectors = 2,
                             .now = 1700000000};
    in.sts = in.security = (struct dnscheck_page){true, true, NULL, SLICE("text/plain"), all};
    struct ask *q = ask_new(a, NULL);
    for (int round = 0; !dnscheck_run(&in, q, &d); round++) {
        struct dns_question question;
        if (round > 300)
            abort();
        while (ask_next(q, &question))
            give(q, &question, &rest, all);
    }
    dnscheck_sort(&d);
    size_t items = 0;
    for (const struct dnscheck_item *i = d.items; i; i = i->next, items++)
        if (i->text == NULL || dnscheck_topic_name(i->topic)[0] == '\0')
            abort();
    if (items != d.n)
        abort();
    struct buf b = BUF_INIT(4u << 20);
    struct json j = JSON_INIT(&b);
    dnscheck_json(&d, &j);
    buf_fini(&b);
    arena_free(a);
    return 0;
}
