/* The store and the trainer together. See keep.h; the folding of lessons is in keep_fold.c, the
 * questions in keep_ask.c, tokens in keep_token.c.
 */
#include "node/keep.h"
#include "node/account.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "journal/pseudonym.h"
#include "node/keep_desk.h"
#include "node/keep_facts.h"
#include "node/keep_library.h"
#include "node/world.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#define PEOPLE_MOST        100 /* recipients of one message by which it is found */
#define SYNC_AFTER_LESSONS 2000
#define SYNC_AFTER_US      60000000

static void fill_keep(const struct conf *conf, int64_t keep[KEEP_CLASSES])
{
    const struct conf_keep *c = node_keep(conf);
    keep[KEEP_HISTORY] = c->history;
    keep[KEEP_QUARANTINE] = c->quarantine;
    keep[KEEP_FEATURES] = c->features;
    keep[KEEP_ACTS] = -1;
    keep[KEEP_NODE] = c->history;
    keep[KEEP_REPORTS] = node_dmarc(conf)->keep;
    keep[KEEP_OBJECTS] = -1;
    keep[KEEP_CASES] = c->cases;
}

/* Root must not leave files of its own in the folder of another account: the node could not open
 * them any more. (Root cannot just become that account: it reads other people's mailboxes here.) */
static int check_owner(const char *dir, const struct conf_main *main, struct arena *a,
                       struct err *e)
{
    struct stat st;
    bool is_there = stat(dir, &st) == 0;
    const struct passwd *pw = NULL;
    if (geteuid() != 0 || (is_there && st.st_uid == 0))
        return 0;
    if (is_there)
        pw = getpwuid(st.st_uid);
    else if (main->user.n)
        pw = getpwnam(arena_cstr(a, main->user));
    if (!is_there && (pw == NULL || pw->pw_uid == 0))
        return 0;
    const char *name = pw ? pw->pw_name : "its owner";
    return err_set(e, ERR_DENIED,
                   "no node is running, and %s is %s's: start the node, or call this as %s "
                   "(runuser -u %s -- ...)",
                   dir, name, name, name);
}

/* The site's model is only a fold of the journal: a damaged file goes aside and is made anew
 * (*rebuild). A damaged base model is the installation's, not ours to mend. */
static int open_trainer(struct keep *k, const char *base, const char *site, bool *rebuild,
                        struct err *e)
{
    struct err first = {0};
    int rc = trainer_open(base, site, TRAINER_SLOTS, &first, &k->trainer);
    if (rc != ERR_CORRUPT || !slice_starts(slice_str(first.text), slice_str(site))) {
        if (rc < 0)
            *e = first;
        return rc;
    }
    const char *aside = arena_printf(k->arena, "%s.damaged", site).p;
    log_event(LOG_WARN, "model", "error", LOG_S(first.text), "kept_as", LOG_S(aside), "now",
              LOG_S("made anew from the journal"), NULL);
    if (rename(site, aside) < 0)
        return err_errno(e, "%s", aside);
    unlink(arena_printf(k->arena, "%s.live", site).p);
    *rebuild = true;
    return trainer_open(base, site, TRAINER_SLOTS, e, &k->trainer);
}

int keep_open(struct arena *a, const struct conf *conf, bool rebuild, struct err *e,
              struct keep *out)
{
    struct keep *k = out;
    *k = (struct keep){.arena = a, .conf = conf, .started_us = clock_now_us()};
    const struct conf_main *main = node_main(conf);
    const char *dir = arena_cstr(a, main->data);
    int rc = check_owner(dir, main, a, e);
    if (rc < 0)
        return rc;
    if (mkdir(dir, 0750) < 0 && errno != EEXIST)
        return err_errno(e, "making %s", dir);
    if ((rc = node_mailboxes(a, conf, e, &k->mailboxes)) < 0)
        return rc;
    if ((rc = policy_compile(conf, e, &k->policy)) < 0)
        return rc;
    rc = store_probe(dir, e); /* before the trainer, which cannot say by whom */
    if (rc < 0)
        return rc;
    const char *base = node_base_model(a, conf);
    rc = open_trainer(k, access(base, R_OK) == 0 ? base : NULL,
                      node_path(a, main->data, WORLD_SITE_MODEL), &rebuild, e);
    if (rc < 0)
        return rc;
    if (rebuild)
        trainer_reset(k->trainer);
    k->model_upto = k->synced_upto = rebuild ? 0 : trainer_upto(k->trainer);
    keep_library_open(k);
    k->book = book_new();
    k->accounts = accounts_new();
    struct store_options o = {.dir = dir, .folders = keep_folders(k), .rebuild = rebuild};
    fill_keep(conf, o.keep_us);
    unsigned char digest[32], person[32];
    rc = store_open(&o, e, &k->store);
    if (rc == 0 && ((rc = store_secret(k->store, "digest", digest, e)) < 0 ||
                    (rc = store_secret(k->store, "person", person, e)) < 0 ||
                    (rc = world_write_keys(a, conf, digest, person, e)) < 0))
        store_close(k->store);
    if (rc < 0) {
        keep_library_close(k);
        book_free(k->book);
        trainer_close(k->trainer);
        accounts_free(k->accounts);
        *k = (struct keep){0};
        return rc;
    }
    accounts_open(k->accounts, k->store, dir);
    k->synced_us = clock_mono_us();
    return 0;
}

int keep_sync_model(struct keep *k, struct err *e)
{
    if (k->model_upto == k->synced_upto)
        return 0;
    int rc = trainer_sync(k->trainer, k->model_upto, e);
    if (rc == 0) {
        k->synced_upto = k->model_upto;
        k->unsynced = 0;
    }
    k->synced_us = clock_mono_us();
    return rc;
}

void keep_close(struct keep *k)
{
    struct err e = {0};
    if (k->store == NULL)
        return;
    store_close(k->store);
    keep_library_close(k);
    book_free(k->book);
    if (keep_sync_model(k, &e) < 0) /* the journal has it all; the next start folds again */
        log_event(LOG_WARN, "model", "error", LOG_S(e.text), NULL);
    trainer_close(k->trainer);
    accounts_free(k->accounts);
    k->accounts = NULL;
    free(k->proofs); /* codes that wait die with us */
    k->proofs = NULL;
    arena_free(k->scratch);
    buf_fini(&k->study.raw);
    k->scratch = NULL;
    k->store = NULL;
}

static void stuck(void *arg, int64_t pid, int64_t held_us)
{
    (void)arg;
    log_event(LOG_WARN, "stuck_reader", "pid", LOG_I(pid), "seconds", LOG_I(held_us / 1000000),
              NULL);
}

void keep_tick(struct keep *k)
{
    struct err e = {0};
    static int64_t said_us;
    int rc = store_tick(k->store, clock_now_us(), stuck, k, &e);
    if (rc == 0 &&
        (k->unsynced >= SYNC_AFTER_LESSONS || clock_mono_us() - k->synced_us > SYNC_AFTER_US))
        rc = keep_sync_model(k, &e);
    if (rc == 0)
        keep_desk_tick(k, clock_now_us());
    if (rc < 0 && clock_mono_us() - said_us > 10000000) {
        said_us = clock_mono_us();
        log_event(LOG_ERROR, "store", "error", LOG_S(e.text), NULL);
    }
}

int keep_configure(struct keep *k, const struct conf *conf, struct err *e)
{
    int64_t keep[KEEP_CLASSES];
    struct mailboxes map;
    struct policy *policy;
    int rc = node_mailboxes(conf->arena, conf, e, &map);
    rc = rc ? rc : policy_compile(conf, e, &policy);
    if (rc < 0)
        return rc;
    k->conf = conf;
    k->mailboxes = map;
    k->policy = policy;
    fill_keep(conf, keep);
    store_set_keep(k->store, keep);
    return 0;
}

/* ---- answers ---- */

void keep_error(struct buf *out, const char *words)
{
    struct json j = JSON_INIT(out);
    jsonw_object(&j, NULL);
    jsonw_cstr(&j, "error", words);
    jsonw_object_end(&j);
}

uint32_t keep_status_of(int code)
{
    switch (code) {
    case 0:
        return 200;
    case ERR_NOENT:
        return 404;
    case ERR_DENIED:
        return 403;
    case ERR_EXISTS:
        return 409;
    case ERR_FULL:
        return 507;
    case ERR_LIMIT:
        return 413;
    case ERR_USAGE:
    case ERR_PARSE:
        return 400;
    default:
        return 500;
    }
}

static void fail(uint32_t *status, struct buf *out, const struct err *e)
{
    *status = keep_status_of(e->code);
    keep_error(out, e->text);
}

/* Appends and commits durably; then the act is done and may be told. */
static int act(struct keep *k, const struct event *ev, struct err *e, uint64_t *out_seq)
{
    int rc = store_append(k->store, ev, e, out_seq);
    return rc < 0 ? rc : store_commit(k->store, true, e);
}

/* ---- learning ---- */

void keep_redact_key(struct keep *k, unsigned char out[32])
{
    keep_person_of(k, SLICE("desk redaction, first half"), out);
    keep_person_of(k, SLICE("desk redaction, second half"), out + 16);
}

void keep_person_of(struct keep *k, struct slice address, unsigned char out[16])
{
    struct arena *a = arena_new(0);
    store_pseudonym(k->store, mailbox_canonical(a, &k->mailboxes, address), out);
    arena_free(a);
}

/* The lesson as it was taught. The copy that is handed in to take it back may have other fields
 * than the one that was learned (a mailbox adds some), and another lesson takes other weights. */
static void add_taught(struct keep *k, const struct event_unlearned *wanted, struct buf *out)
{
    struct err e = {0};
    struct event ev;
    struct journal_reader *r;
    if (journal_read(store_journal(k->store), wanted->learned_seq, &e, &r) < 0)
        return;
    if (journal_next(r, &ev, &e) == 1 && ev.seq == wanted->learned_seq &&
        ev.kind == EVENT_LEARNED && memcmp(ev.learned.digest, wanted->digest, 16) == 0)
        buf_add(out, ev.learned.lesson);
    journal_reader_free(r);
}

/* given: used when the journal has the lesson no more. */
static int take_back(struct keep *k, const unsigned char digest[16], const unsigned char person[16],
                     uint64_t seq, struct slice given, struct err *e)
{
    struct event ev = {.kind = EVENT_UNLEARNED};
    struct buf taught = BUF_INIT(EVENT_MOST);
    memcpy(ev.unlearned.digest, digest, 16);
    memcpy(ev.unlearned.person, person, 16);
    ev.unlearned.learned_seq = seq;
    add_taught(k, &ev.unlearned, &taught);
    ev.unlearned.lesson = taught.n ? buf_slice(&taught) : given;
    int rc = act(k, &ev, e, NULL);
    buf_fini(&taught);
    return rc;
}

static void learn_answer(struct buf *out, const char *what, int label)
{
    struct json j = JSON_INIT(out);
    jsonw_object(&j, NULL);
    jsonw_bool(&j, "success", true);
    jsonw_cstr(&j, "result", what);
    if (label >= 0)
        jsonw_cstr(&j, "label", label ? "spam" : "ham");
    jsonw_object_end(&j);
}

void keep_learn(struct keep *k, const struct record_lesson *r, uint32_t *status, struct buf *out)
{
    if (!keep_may(k, &r->who, ACT_LEARN)) {
        *status = r->who.token.n ? 403 : 401;
        keep_error(out, "learning needs a token with the scope \"learn\", or the control socket");
        return;
    }
    keep_learn_allowed(k, r, keep_is_admin(&r->who) && r->user.n == 0, status, out);
}

void keep_learn_allowed(struct keep *k, const struct record_lesson *r, bool is_admin,
                        uint32_t *status, struct buf *out)
{
    struct err e = {0};
    struct learned_mark mark;
    unsigned char person[16];
    keep_person_of(k, r->user, person);
    int rc = fold_learned(store_views(k->store), r->digest, person, &mark);
    if (rc == 0 && mark.label == (uint8_t)r->label) {
        *status = 200;
        learn_answer(out, "known already", r->label);
        return;
    }
    if (rc == 0) /* the other side before: that lesson goes first */
        rc = take_back(k, r->digest, person, mark.seq, r->lesson, &e);
    else if (rc == ERR_NOENT)
        rc = 0;
    struct event ev = {.kind = EVENT_LEARNED};
    memcpy(ev.learned.digest, r->digest, 16);
    memcpy(ev.learned.person, person, 16);
    ev.learned.label = (uint8_t)r->label;
    ev.learned.trust = is_admin ? TRUST_ADMIN : TRUST_USER;
    ev.learned.lesson = r->lesson;
    struct buf facts = BUF_INIT(FACTS_BYTES);
    if (rc == 0) {
        keep_facts_of(k, r->digest, &facts);
        ev.learned.facts = buf_slice(&facts);
        rc = act(k, &ev, &e, NULL);
    }
    buf_fini(&facts);
    if (rc < 0) {
        fail(status, out, &e);
        return;
    }
    *status = 200;
    learn_answer(out, "learned", r->label);
}

void keep_unlearn(struct keep *k, const struct record_lesson *r, uint32_t *status, struct buf *out)
{
    struct err e = {0};
    struct learned_mark mark;
    unsigned char person[16];
    if (!keep_may(k, &r->who, ACT_LEARN)) {
        *status = r->who.token.n ? 403 : 401;
        keep_error(out, "unlearning needs a token with the scope \"learn\", or the control socket");
        return;
    }
    keep_person_of(k, r->user, person);
    int rc = fold_learned(store_views(k->store), r->digest, person, &mark);
    if (rc == ERR_NOENT)
        rc = err_set(&e, ERR_NOENT, "this message was not learned");
    else if (rc == 0)
        rc = take_back(k, r->digest, person, mark.seq, r->lesson, &e);
    if (rc < 0) {
        fail(status, out, &e);
        return;
    }
    *status = 200;
    learn_answer(out, "unlearned", -1);
}

/* ---- scans and holds ---- */

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
        fail(status, out, &e);
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
    int rc = store_append(k->store, &ev, &e, NULL);
    arena_reset(k->scratch);
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
        rc = act(k, &ev, &e, NULL);
    if (rc < 0)
        log_event(LOG_ERROR, "set_aside", "error", LOG_S(e.text), NULL);
}
