/* Proofs of control that are published: what to publish where, and the queue of looks. The book
 * holds which appeal waits for a look, so none is lost; prover.c looks. */
#include "base/clock.h"
#include "base/log.h"
#include "node/keep_desk.h"
#include "node/prover.h"

#include <sodium.h>

#define AGAIN_US INT64_C(60000000) /* between two looks of one appeal */
#define TRIES    3                 /* when the mailer dies over it */

/* What stands for the appeal in public. Keyed, so that nobody else can tell it beforehand. */
static int token_of(struct keep *k, const unsigned char appeal[16], unsigned char out[16],
                    struct err *e)
{
    unsigned char key[KEY_BYTES];
    int rc = store_secret(k->store, "appeal proof", key, e);
    if (rc == 0)
        crypto_generichash(out, 16, appeal, 16, key, sizeof(key));
    return rc;
}

void keep_proof_json(struct question *q, struct json *j, const struct appeal_row *p,
                     const struct listing_row *l)
{
    struct err e = {0};
    struct slice name, host;
    unsigned char token[16];
    if (p->state != APPEAL_PROOF || token_of(q->k, p->id, token, &e) < 0)
        return;
    jsonw_text(j, "proof_words", proof_words(q->arena, token));
    if (proof_dns_name(q->arena, l->kind, l->value, &name))
        jsonw_text(j, "proof_dns", name);
    if (proof_host(l->kind, l->value, &host))
        jsonw_text(j, "proof_web",
                   arena_printf(q->arena, "https://%.*s%.*s", SLICE_ARG(host),
                                SLICE_ARG(proof_path(q->arena, p->id))));
    jsonw_bool(j, "checking", p->checking != PROOF_MAIL);
    desk_time(j, "checked", p->checked_us);
    jsonw_text(j, "found", p->found);
}

/* Fills the order of a look; false: that way shows nothing about such a thing. */
static bool order_of(struct keep *k, struct arena *a, const struct appeal_row *p,
                     enum proof_method method, struct prove_order *out)
{
    struct err e = {0};
    struct listing_row l;
    unsigned char token[16];
    *out = (struct prove_order){.method = method, .path = proof_path(a, p->id)};
    if (book_listing(k->book, p->listing, a, &e, &l) < 0 || token_of(k, p->id, token, &e) < 0)
        return false;
    out->words = proof_words(a, token);
    return method == PROOF_DNS ? proof_dns_name(a, l.kind, l.value, &out->name)
                               : proof_host(l.kind, l.value, &out->name);
}

int keep_proof_check(struct keep *k, struct arena *a, const struct appeal_row *p,
                     enum proof_method method, struct err *e)
{
    struct prove_order o;
    if (p->checking != PROOF_MAIL)
        return 0; /* a look is owed already */
    if (clock_now_us() - p->checked_us < AGAIN_US)
        return err_set(e, ERR_EXISTS, "it was looked for a moment ago; try again in a minute");
    if (!order_of(k, a, p, method, &o))
        return err_set(e, ERR_USAGE, "control over this cannot be shown that way");
    json_t *b = json_object();
    json_object_set_new(b, "method", json_string(proof_method_name(method)));
    return keep_desk_add(k, NULL, p->id, "check", b, e);
}

/* ---- the queue ---- */

static struct proof_look *find(struct proof_queue *pq, const unsigned char id[16])
{
    for (size_t i = 0; i < pq->n; i++)
        if (memcmp(pq->look[i].id, id, 16) == 0)
            return &pq->look[i];
    return NULL;
}

static void settle(struct keep *k, const struct appeal_row *p, enum proof_method method,
                   const char *trouble)
{
    struct err e = {0};
    struct arena *a = arena_new(0);
    int rc;
    if (trouble) {
        json_t *b = json_object();
        json_object_set_new(b, "found", json_string(trouble));
        rc = keep_desk_add(k, NULL, p->id, "checked", b, &e);
    } else {
        rc = keep_appeal_proven(k, a, p, method, &e);
    }
    rc = rc ? rc : keep_desk_done(k, &e);
    if (rc < 0)
        log_event(LOG_ERROR, "proof", "error", LOG_S(e.text), NULL);
    arena_free(a);
}

/* Fetches take the mailer's time: so many a minute, whoever asks. */
static bool is_too_soon(struct proof_queue *pq, enum proof_method method)
{
    int64_t now = clock_mono_us();
    unsigned slots = sizeof(pq->web_us) / sizeof(pq->web_us[0]);
    int64_t *oldest = &pq->web_us[pq->web_next % slots];
    if (method != PROOF_WEB)
        return false;
    if (*oldest && now - *oldest < AGAIN_US)
        return true;
    *oldest = now;
    pq->web_next++;
    return false;
}

/* Packs the look; 0: it waits, or is settled without. */
static uint64_t begin(struct proof_queue *pq, struct keep *k, struct arena *a,
                      const struct appeal_row *p, struct buf *packed)
{
    struct prove_order o;
    struct proof_look *l = find(pq, p->id);
    if ((l && l->tag) || (l == NULL && pq->n == sizeof(pq->look) / sizeof(pq->look[0])) ||
        is_too_soon(pq, p->checking))
        return 0;
    if (l == NULL) {
        l = &pq->look[pq->n++];
        *l = (struct proof_look){.tries = 0};
        memcpy(l->id, p->id, 16);
    }
    if (l->tries++ == TRIES || !order_of(k, a, p, p->checking, &o)) {
        *l = pq->look[--pq->n];
        settle(k, p, p->checking, "the look failed");
        return 0;
    }
    buf_reset(packed);
    prove_pack(packed, &o);
    return l->tag = PROOF_TAG | ++pq->next_tag;
}

uint64_t proofs_next(struct proof_queue *pq, struct keep *k, struct buf *packed)
{
    struct err e = {0};
    struct appeal_row *rows;
    size_t n = 0;
    uint64_t tag = 0;
    struct arena *a = arena_new(0);
    if (book_checks(k->book, 50, a, &e, &rows, &n) < 0)
        log_event(LOG_ERROR, "proof", "error", LOG_S(e.text), NULL);
    for (size_t i = 0; i < n && tag == 0; i++)
        tag = begin(pq, k, a, &rows[i], packed);
    arena_free(a);
    return tag;
}

void proofs_done(struct proof_queue *pq, struct keep *k, uint64_t tag, const struct mail_result *r)
{
    struct err e = {0};
    struct appeal_row p;
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < pq->n; i++) {
        struct proof_look l = pq->look[i];
        if (l.tag != tag)
            continue;
        pq->look[i] = pq->look[--pq->n];
        if (book_appeal(k->book, l.id, a, &e, &p) == 0 && p.state == APPEAL_PROOF)
            settle(k, &p, p.checking,
                   r->outcome == MAIL_SENT ? NULL : arena_cstr(a, slice_head(r->words, 200)));
        break;
    }
    arena_free(a);
}

void proofs_forget(struct proof_queue *pq)
{
    for (size_t i = 0; i < pq->n; i++)
        pq->look[i].tag = 0;
}
