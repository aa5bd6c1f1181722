/* What scanners hand in: a verdict for the history, a message to hold, one that crashed them twice.
 */
#include "base/log.h"
#include "node/keep.h"
#include "node/keep_facts.h"

#define PEOPLE_MOST 100 /* recipients of one message by which it is found */

static enum hold_kind kind_of(unsigned mail_class)
{
    switch (mail_class) {
    case CLASS_MALWARE:
        return HOLD_OF_MALWARE;
    case CLASS_PHISHING:
    case CLASS_SCAM:
        return HOLD_OF_PHISHING;
    case CLASS_BULK:
        return HOLD_OF_BULK;
    default:
        return HOLD_OF_SPAM;
    }
}

void keep_hold(struct keep *k, const struct record_hold *r, uint32_t *status, struct buf *out)
{
    struct err e = {0};
    struct json j = JSON_INIT(out);
    jsonw_object(&j, NULL);
    jsonw_array(&j, "held");
    int rc = 0;
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < r->n_rcpt && rc == 0; i++) {
        unsigned char hold[16];
        char id[37];
        struct hold_new n = {.kind = kind_of(r->scan.mail_class),
                             .owner = mailbox_canonical(a, &k->mailboxes, r->rcpt[i]),
                             .score = r->scan.score,
                             .keep_us = node_keep(k->conf)->quarantine,
                             .raw = r->raw};
        n.words = (struct hold_words){.rcpt = r->rcpt[i],
                                      .mail_from = r->mail_from,
                                      .from = r->scan.from,
                                      .subject = r->scan.subject,
                                      .client_ip = r->scan.client_ip};
        memcpy(n.digest, r->scan.digest, 16);
        if (!event_id_parse(r->scan.id, n.id))
            memset(n.id, 0, sizeof(n.id));
        rc = quarantine_add(k->store, &n, &e, hold);
        if (rc == 0) {
            event_id_text(hold, id);
            jsonw_cstr(&j, NULL, id);
        }
    }
    arena_free(a);
    if (rc < 0) {
        buf_reset(out);
        keep_fail(status, out, &e);
        return;
    }
    jsonw_array_end(&j);
    jsonw_object_end(&j);
    *status = 200;
}

static struct slice domain_of(struct slice address)
{
    size_t at = slice_rchr(address, '@');
    return at == SIZE_MAX ? SLICE("") : slice_from(address, at + 1);
}

/* Pseudonyms and domains of the recipients, for finding a message by who got it. */
static void add_recipients(struct keep *k, struct slice rcpts, struct arena *a,
                           struct event_scanned *out)
{
    struct buf people = BUF_INIT(16 * PEOPLE_MOST), domains = BUF_INIT(2048);
    struct slice rest = rcpts, rcpt;
    unsigned char person[16];
    for (unsigned n = 0; n < PEOPLE_MOST && slice_split(&rest, ',', &rcpt); n++) {
        struct slice domain = arena_lower(a, domain_of(rcpt));
        store_pseudonym(k->store, mailbox_canonical(a, &k->mailboxes, rcpt), person);
        buf_add(&people, slice_of((const char *)person, 16));
        bool is_new = domain.n > 0 && domain.n < 254;
        for (struct slice r = buf_slice(&domains), d; is_new && slice_split(&r, ',', &d);)
            is_new = !slice_eq(d, domain);
        if (is_new && domains.n + domain.n + 1 < domains.max)
            buf_printf(&domains, "%s%.*s", domains.n ? "," : "", SLICE_ARG(domain));
    }
    out->people = arena_dup(a, buf_slice(&people));
    out->to_domains = arena_dup(a, buf_slice(&domains));
    buf_fini(&people);
    buf_fini(&domains);
}

void keep_scanned(struct keep *k, const struct record_scan *r)
{
    struct err e = {0};
    struct event ev = {.kind = EVENT_SCANNED, .at_us = r->at_us};
    if (!event_id_parse(r->id, ev.scanned.id))
        return;
    memcpy(ev.scanned.digest, r->digest, 16);
    ev.scanned.side = r->side;
    ev.scanned.mail_class = r->mail_class;
    ev.scanned.action = r->action;
    ev.scanned.is_shadow = node_main(k->conf)->mode == MODE_SHADOW;
    ev.scanned.score = r->score;
    ev.scanned.probability = r->probability;
    ev.scanned.size_bytes = (uint64_t)r->size;
    ev.scanned.microseconds = (uint64_t)r->microseconds;
    ev.scanned.from_domain = domain_of(r->from);
    ev.scanned.subject = node_keep(k->conf)->subjects ? r->subject : SLICE("");
    ev.scanned.findings = r->json;
    ev.scanned.facts = r->facts;
    k->counts[r->side]++;
    ev.scanned.is_incomplete = r->is_incomplete;
    if (k->scratch == NULL)
        k->scratch = arena_new(0);
    add_recipients(k, r->rcpts, k->scratch, &ev.scanned);
    uint64_t seq = 0;
    int rc = store_append(k->store, &ev, &e, &seq);
    arena_reset(k->scratch);
    if (rc == 0)
        keep_facts_note(k, seq, r->digest, r->facts);
    if (rc < 0 && rc != ERR_FULL)
        log_event(LOG_WARN, "history", "error", LOG_S(e.text), NULL);
}

void keep_set_aside(struct keep *k, struct slice raw)
{
    struct err e = {0};
    unsigned char hold[16];
    struct event ev = {.kind = EVENT_SET_ASIDE};
    struct hold_new n = {
        .kind = HOLD_OF_OTHER, .keep_us = node_keep(k->conf)->quarantine, .raw = raw};
    ev.set_aside.process = SLICE("scanner");
    ev.set_aside.reason = SLICE("crashed twice");
    /* nobody's: for operators alone, and it expires like other held mail */
    int rc = quarantine_add(k->store, &n, &e, hold);
    memcpy(ev.set_aside.digest, hold, 16);
    if (rc == 0)
        rc = keep_act(k, &ev, &e, NULL);
    if (rc < 0)
        log_event(LOG_ERROR, "set_aside", "error", LOG_S(e.text), NULL);
}
