/* What the scanner orders from the signer: DKIM for own mail, ARC for mail that is handed on. */
#include "node/scanner.h"

#include "auth/authres.h"
#include "auth/signatures.h"
#include "base/clock.h"
#include "base/log.h"
#include "node/signer.h"

#define ORDERS_BYTES  (8u << 20)
#define RESULTS_BYTES 8192

/* Only mail that goes on is signed: to somebody it is accepted, or we only watch. */
static bool goes_on(const struct scanner *s, const struct scan *scan)
{
    if (node_main(s->start->conf)->mode == MODE_SHADOW)
        return true;
    if (scan->verdict.n_rcpt == 0)
        return scan->verdict.action <= ACTION_TAG;
    for (size_t i = 0; i < scan->verdict.n_rcpt; i++) {
        if (scan->verdict.rcpt[i].action <= ACTION_TAG)
            return true;
    }
    return false;
}

static void fail(struct scanner *s, struct scan *scan, const char *why)
{
    log_event(LOG_WARN, "sign", "id", LOG_S(scan->id), "error", LOG_S(why), NULL);
    if (s->signing->on_failure == SIGN_FAILURE_SEND)
        return;
    scan->verdict.action = ACTION_DEFER;
    for (size_t i = 0; i < scan->verdict.n_rcpt; i++)
        scan->verdict.rcpt[i].action = ACTION_DEFER;
}

static struct slice pack(struct scan *scan, const struct sign_order *orders, size_t n)
{
    struct buf b = BUF_INIT(ORDERS_BYTES);
    signer_ask_pack(&b, orders, n);
    struct slice packed = b.full ? (struct slice){0} : arena_dup(scan->arena, buf_slice(&b));
    buf_fini(&b);
    return packed;
}

static struct slice order_dkim(struct scanner *s, struct scan *scan)
{
    struct sign_plan plan;
    struct err e = {0};
    if (signing_plan(s->signing, scan->message, scan->envelope.is_cut, clock_now_us() / 1000000, &e,
                     &plan) < 0) {
        /* Waiting would not make this message better: it goes as it is. */
        log_event(LOG_WARN, "sign", "id", LOG_S(scan->id), "unsigned", LOG_S(e.text), NULL);
        return (struct slice){0};
    }
    return plan.n ? pack(scan, plan.order, plan.n) : (struct slice){0};
}

static struct slice order_seal(struct scanner *s, struct scan *scan)
{
    const struct sign_domain *d = s->signing->seal;
    struct sign_spec spec = {.domain = d->domain,
                             .selector = d->selector.items[0],
                             .header_canon = CANON_RELAXED,
                             .body_canon = CANON_RELAXED,
                             .now = clock_now_us() / 1000000,
                             .line_limit = (unsigned)s->signing->line_limit};
    struct signed_mail *mail;
    const struct arc_chain *chain = scan->auth && scan->auth->is_done
                                        ? signatures_chain(&scan->auth->dkim, &mail)
                                        : NULL;
    struct sign_order order;
    struct err e = {0};
    if (chain == NULL)
        return (struct slice){0};
    struct buf b = BUF_INIT(RESULTS_BYTES);
    authres_write(scan->auth, s->world.auth->authserv_id, &b);
    struct slice results = arena_dup(scan->arena, buf_slice(&b));
    buf_fini(&b);
    if (sign_order_arc(mail, &spec, chain, results, &e, &order) < 0) {
        log_event(LOG_INFO, "seal", "id", LOG_S(scan->id), "unsealed", LOG_S(e.text), NULL);
        return (struct slice){0};
    }
    return pack(scan, &order, 1);
}

struct slice scanner_orders(struct scanner *s, struct scan *scan)
{
    if (s->signing->n == 0 || !scan->envelope.wants_signature || !goes_on(s, scan))
        return (struct slice){0};
    if (signing_is_ours(scan->message, &scan->envelope, s->world.auth))
        return order_dkim(s, scan);
    if (signing_seals(s->signing, &scan->envelope, &s->world.auth->domains))
        return order_seal(s, scan);
    return (struct slice){0};
}

void scanner_take_signatures(struct scanner *s, struct scan *scan, const struct slice *answer)
{
    struct sign_answer *got = ARENA_NEW(scan->arena, struct sign_answer);
    if (answer == NULL) {
        fail(s, scan, "the signer does not answer");
    } else if (!signer_answer_unpack(scan->arena, *answer, got)) {
        fail(s, scan, "the signer's answer is not well formed");
    } else if (!got->ok) {
        fail(s, scan, arena_cstr(scan->arena, got->why));
    } else {
        scan->made = got->field;
        scan->n_signed = got->n;
    }
}
