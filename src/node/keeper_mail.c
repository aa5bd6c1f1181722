/* Mail that keeper hands to the mailer: released messages, and what the node itself writes. */
#include "base/clock.h"
#include "base/log.h"
#include "node/keeper_internal.h"

static struct ipc *mailer(struct keeper *k)
{
    return keeper_peer(k, ROLE_MAILER);
}

static struct delivery *find_delivery(struct keeper *k, const unsigned char hold[16])
{
    for (size_t i = 0; i < k->n_delivery; i++) {
        if (memcmp(k->delivery[i].hold, hold, 16) == 0)
            return &k->delivery[i];
    }
    return NULL;
}

static void send_released(struct keeper *k, const struct hold *h, struct arena *a)
{
    struct err e = {0};
    struct hold_words w;
    struct buf raw = BUF_INIT(IPC_MOST);
    struct delivery *d = find_delivery(k, h->hold);
    if (d && (d->again_us == 0 || d->again_us > clock_mono_us()))
        return;
    if (d == NULL && k->n_delivery == DELIVER_MOST)
        return;
    if (quarantine_open(k->keep.store, h, a, &e, &w, &raw) == 0) {
        if (d == NULL)
            d = &k->delivery[k->n_delivery++];
        *d = (struct delivery){.tag = ++k->next_tag};
        memcpy(d->hold, h->hold, 16);
        struct mail_order o = {
            .from = w.mail_from, .rcpt = &w.rcpt, .n_rcpt = 1, .raw = buf_slice(&raw)};
        buf_reset(&k->packed);
        mail_pack(&k->packed, &o);
        ipc_send(mailer(k), IPC_MAIL, d->tag, buf_slice(&k->packed));
    } else {
        log_event(LOG_ERROR, "release", "error", LOG_S(e.text), NULL);
    }
    buf_fini(&raw);
}

/* The queue is the archive's own state: released and not yet delivered. */
void keeper_deliver(struct keeper *k)
{
    struct err e = {0};
    struct hold *rows;
    size_t n;
    if (mailer(k) == NULL || k->is_draining)
        return;
    struct arena *a = arena_new(0);
    struct holds_query q = {.states = 1u << HOLD_RELEASED, .limit = DELIVER_MOST};
    if (archive_holds(store_archive(k->keep.store), &q, a, &e, &rows, &n) == 0) {
        for (size_t i = 0; i < n; i++)
            send_released(k, &rows[i], a);
    }
    arena_free(a);
}

void keeper_mailed(struct keeper *k, const struct ipc_message *m)
{
    struct err e = {0};
    struct mail_result r;
    struct delivery *d = NULL;
    for (size_t i = 0; i < k->n_delivery && d == NULL; i++) {
        if (k->delivery[i].tag == m->tag)
            d = &k->delivery[i];
    }
    if (!mail_result_unpack(m->payload, &r))
        return;
    if (m->tag & FAILURES_TAG)
        failures_mailed(m->tag, &r);
    else if (m->tag & OWED_TAG)
        owed_mailed(&k->owed, &k->keep, m->tag, &r);
    if (m->tag & LETTER_TAG)
        letters_mailed(&k->letters, &k->keep, m->tag, &r);
    if (m->tag & PROOF_TAG)
        proofs_done(&k->proofs, &k->keep, m->tag, &r);
    if (m->tag & DIGEST_TAG)
        digests_mailed(&k->digests, &k->keep, m->tag, &r);
    if (m->tag & MAILBOX_TAG)
        keep_mailbox_mailed(&k->keep, m->tag, &r);
    if (d == NULL)
        return;
    if (r.outcome == MAIL_LATER) {
        d->again_us = clock_mono_us() + DELIVER_WAIT_US;
        log_event(LOG_WARN, "release", "later", LOG_T(r.words), NULL);
        return;
    }
    struct arena *a = arena_new(0);
    struct quarantine_act act = {.act = r.outcome == MAIL_SENT ? HOLD_DELIVER : HOLD_FAIL,
                                 .who = {.role = HOLD_BY_NODE},
                                 .reason = r.words};
    memcpy(act.hold, d->hold, 16);
    if (quarantine_do(k->keep.store, &act, a, &e, NULL) < 0)
        log_event(LOG_ERROR, "release", "error", LOG_S(e.text), NULL);
    if (r.outcome == MAIL_REFUSED)
        log_event(LOG_WARN, "release", "refused", LOG_T(r.words), NULL);
    arena_free(a);
    *d = k->delivery[--k->n_delivery];
}

void keeper_mailer_died(struct keeper *k)
{
    k->n_delivery = 0;
    owed_forget(&k->owed);
    letters_forget(&k->letters);
    proofs_forget(&k->proofs);
    digests_forget(&k->digests);
    keep_mailbox_forget(&k->keep);
}

void keeper_send_owed(struct keeper *k)
{
    uint64_t tag;
    while (mailer(k) && !k->is_draining && (tag = owed_next(&k->owed, &k->keep, &k->packed)) != 0)
        ipc_send(mailer(k), IPC_MAIL, tag, buf_slice(&k->packed));
    while (mailer(k) && !k->is_draining &&
           (tag = digests_next(&k->digests, &k->keep, &k->packed)) != 0)
        ipc_send(mailer(k), IPC_MAIL, tag, buf_slice(&k->packed));
    while (mailer(k) && !k->is_draining && (tag = keep_mailbox_next(&k->keep, &k->packed)) != 0)
        ipc_send(mailer(k), IPC_MAIL, tag, buf_slice(&k->packed));
}

void keeper_send_letters(struct keeper *k)
{
    uint64_t tag;
    while (mailer(k) && !k->is_draining &&
           (tag = letters_next(&k->letters, &k->keep, &k->packed)) != 0)
        ipc_send(mailer(k), IPC_MAIL, tag, buf_slice(&k->packed));
    while (mailer(k) && !k->is_draining &&
           (tag = proofs_next(&k->proofs, &k->keep, &k->packed)) != 0)
        ipc_send(mailer(k), IPC_PROVE, tag, buf_slice(&k->packed));
}

void keeper_send_failures(struct keeper *k, struct slice reports)
{
    uint64_t tag;
    while (mailer(k) && !k->is_draining &&
           (tag = failures_next(&k->failures, &reports, clock_mono_us(), &k->packed)) != 0)
        ipc_send(mailer(k), IPC_MAIL, tag, buf_slice(&k->packed));
}
