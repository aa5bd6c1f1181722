/* Lessons: a message is learned, learned the other way, or no more. Each is an event, durable
 * before the answer; keep_fold.c gives it to the trainer. */
#include "base/json.h"
#include "node/keep.h"
#include "node/keep_facts.h"

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
    int rc = keep_act(k, &ev, e, NULL);
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
        rc = keep_act(k, &ev, &e, NULL);
    }
    buf_fini(&facts);
    if (rc < 0) {
        keep_fail(status, out, &e);
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
        keep_fail(status, out, &e);
        return;
    }
    *status = 200;
    learn_answer(out, "unlearned", -1);
}
