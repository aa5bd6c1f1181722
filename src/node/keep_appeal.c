/* Appeals against listings: the proof of control, the votes, the clock (charter/listing.h).
 *
 * Anybody hit may object with a proof of control; people of two classes who had no part decide; the
 * clock lowers and ends what nobody decides. */
#include "base/clock.h"
#include "base/log.h"
#include "base/rand.h"
#include "desk/letter.h"
#include "node/keep_desk.h"

#include <sodium.h>

/* Mails with a proof to one role mailbox: more than one, so that a stranger who objects in its name
 * does not keep its owner from doing so; not many, so that nobody is bothered. */
#define PROOFS_HOUR 3

static void write_votes(struct json *j, const struct appeal_row *p)
{
    jsonw_object(j, "votes");
    for (int v = 0; v < VOTES; v++) {
        jsonw_array(j, charter_vote_name((enum charter_vote)v));
        for (int s = 1; s < STAKEHOLDERS; s++)
            if (p->votes.classes[v] >> s & 1u)
                jsonw_cstr(j, NULL, stakeholder_name((enum stakeholder)s));
        jsonw_array_end(j);
    }
    jsonw_object_end(j);
}

void keep_appeal_json(struct question *q, struct json *j, const struct appeal_row *p, bool sees_all)
{
    bool is_open = p->state == APPEAL_OPEN;
    desk_code(j, "code", p->id);
    desk_code(j, "listing", p->listing);
    jsonw_cstr(j, "state", appeal_state_name(p->state));
    jsonw_text(j, "statement", sees_all ? p->statement : desk_public(q->arena, p->statement));
    desk_time(j, "time", p->at_us);
    desk_time(j, "proven", p->proven_us);
    desk_time(j, "decided", p->decided_us);
    desk_time(j, "prove_until", p->state == APPEAL_PROOF ? p->at_us + CHARTER_PROOF_US : 0);
    desk_time(j, "lowered_at", is_open ? p->proven_us + CHARTER_DECIDE_US : 0);
    desk_time(j, "gone_at", is_open ? p->proven_us + CHARTER_SILENCE_US : 0);
    jsonw_cstr(j, "result", p->state == APPEAL_DECIDED ? charter_vote_name(p->result) : NULL);
    jsonw_text(j, "reason", sees_all ? p->reason : desk_public(q->arena, p->reason));
    write_votes(j, p);
    if (sees_all)
        jsonw_text(j, "contact", p->contact);
}

static void proof_hash(const char *proof, unsigned char out[32])
{
    crypto_generichash(out, 32, (const unsigned char *)proof, strlen(proof), NULL, 0);
}

/* A fresh proof goes to the role mailbox of what is listed; who can read that has control. */
static int send_proof(struct question *q, const struct listing_row *l,
                      const unsigned char appeal[16], const char *proof, struct err *e)
{
    struct slice language = slice_head(question_text(q, "language"), 16);
    char code[CODE_CHARS];
    code_text(appeal, code);
    json_t *w = json_object();
    json_object_set_new(w, "code", json_string(code));
    json_object_set_new(w, "value", desk_slice(l->value));
    json_object_set_new(w, "proof", json_string(proof));
    json_object_set_new(w, "language", desk_slice(language));
    struct keep_letter letter = {
        .kind = LETTER_PROOF, .state = LETTER_OWED, .about = appeal, .to = l->contact};
    return keep_desk_letter(q->k, &letter, w, e);
}

static void appeal_new(struct question *q)
{
    struct err e = {0};
    struct listing_row l;
    struct appeal_row *old;
    size_t n = 0;
    unsigned recent = 0;
    unsigned char id[16], listing[16], raw[16], hash[32];
    char proof[CODE_CHARS], code[CODE_CHARS];
    struct slice statement = question_text(q, "statement"), contact = question_text(q, "contact");
    if (!desk_code_arg(q, 1, listing))
        return;
    int rc = book_listing(q->k->book, listing, q->arena, &e, &l);
    rc = rc ? rc : book_appeals(q->k->book, listing, -1, 100, q->arena, &e, &old, &n);
    if (rc == 0 && listing_state(&l, clock_now_us()) == LISTING_ENDED)
        rc = err_set(&e, ERR_EXISTS, "this listing has ended; there is nothing to object to");
    else if (rc == 0 && (statement.n == 0 || statement.n > DESK_TEXT_MOST))
        rc = err_set(&e, ERR_USAGE, "say in up to 2,000 characters why the listing is wrong");
    else if (rc == 0 && contact.n && !letter_address_ok(contact))
        rc = err_set(&e, ERR_USAGE, "this mail address cannot be written to");
    for (size_t i = 0; rc == 0 && i < n; i++) {
        if (old[i].state == APPEAL_OPEN)
            rc = err_set(&e, ERR_EXISTS, "an appeal is open already");
        recent += old[i].state == APPEAL_PROOF && clock_now_us() - old[i].at_us < CHARTER_HOUR_US;
    }
    if (rc == 0 && recent >= PROOFS_HOUR)
        rc = err_set(&e, ERR_EXISTS,
                     "proofs were sent within the last hour; use one of them, or wait");
    if (rc < 0) {
        question_fail(q, &e);
        return;
    }
    rand_bytes(id, 16);
    rand_bytes(raw, 16);
    code_text(raw, proof);
    proof_hash(proof, hash);
    json_t *b = json_object();
    json_object_set_new(b, "listing", desk_hex(listing, 16));
    json_object_set_new(b, "contact", desk_slice(contact));
    json_object_set_new(b, "statement", desk_slice(statement));
    json_object_set_new(b, "method", json_string("mail"));
    json_object_set_new(b, "language", desk_slice(slice_head(question_text(q, "language"), 16)));
    json_object_set_new(b, "token", desk_hex(hash, 32));
    rc = keep_desk_add(q->k, &q->actor, id, "appeal", b, &e);
    bool can_mail = letter_address_ok(l.contact);
    if (rc == 0 && can_mail)
        rc = send_proof(q, &l, id, proof, &e);
    if (!keep_desk_finish(q, rc, &e))
        return;
    size_t at = slice_rchr(l.contact, '@');
    struct appeal_row p = {.state = APPEAL_PROOF};
    memcpy(p.id, id, 16);
    code_text(id, code);
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    jsonw_cstr(&j, "code", code);
    jsonw_cstr(&j, "state", "proof");
    bool is_role = slice_istarts(l.contact, SLICE("postmaster@")) ||
                   slice_istarts(l.contact, SLICE("abuse@")) ||
                   actor_may(&q->actor, DESK_STAFF | ACTOR_AUDITOR);
    jsonw_text(&j, "proof_sent_to",
               !can_mail ? SLICE("")
               : is_role ? l.contact
                         : desk_public(q->arena, l.contact));
    jsonw_text(&j, "domain", can_mail ? slice_from(l.contact, at + 1) : SLICE(""));
    keep_proof_json(q, &j, &p, &l);
    jsonw_object_end(&j);
}

static void answer_appeal(struct question *q, const unsigned char id[16])
{
    struct err e = {0};
    struct appeal_row p;
    struct listing_row l;
    if (book_appeal(q->k->book, id, q->arena, &e, &p) < 0) {
        question_fail(q, &e);
        return;
    }
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    keep_appeal_json(q, &j, &p, actor_may(&q->actor, DESK_STAFF | ACTOR_AUDITOR));
    if (book_listing(q->k->book, p.listing, q->arena, &e, &l) == 0) {
        keep_proof_json(q, &j, &p, &l);
        jsonw_object(&j, "about");
        keep_listing_json(q, &j, &l, actor_may(&q->actor, DESK_STAFF | ACTOR_AUDITOR));
        jsonw_object_end(&j);
    }
    jsonw_object_end(&j);
}

static void appeal_show(struct question *q)
{
    unsigned char id[16];
    if (desk_code_arg(q, 1, id))
        answer_appeal(q, id);
}

/* A reply before a listing counts takes it out until somebody else confirms it. */
static int contest(struct keep *k, struct arena *a, const struct appeal_row *p, struct err *e)
{
    struct listing_row l;
    int rc = book_listing(k->book, p->listing, a, e, &l);
    if (rc < 0 || listing_state(&l, clock_now_us()) != LISTING_NOTICE)
        return rc;
    return keep_listing_change(k, NULL, &l, "reply", SLICE("the named sender replied"),
                               p->statement, e);
}

int keep_appeal_proven(struct keep *k, struct arena *a, const struct appeal_row *p,
                       enum proof_method method, struct err *e)
{
    json_t *b = json_object();
    json_object_set_new(b, "method", json_string(proof_method_name(method)));
    int rc = keep_desk_add(k, NULL, p->id, "proven", b, e);
    return rc ? rc : contest(k, a, p, e);
}

static void appeal_prove(struct question *q)
{
    struct err e = {0};
    struct appeal_row p;
    enum proof_method method = PROOF_MAIL;
    unsigned char id[16], hash[32], raw[16];
    char proof[CODE_CHARS] = "";
    struct slice word = question_text(q, "method");
    if (!desk_code_arg(q, 1, id))
        return;
    if (word.n && !proof_method_parse(word, &method)) {
        question_refuse(q, 400, "control is proven by mail, dns or web");
        return;
    }
    int rc = book_appeal(q->k->book, id, q->arena, &e, &p);
    if (rc == 0 && p.state != APPEAL_PROOF)
        rc = err_set(&e, ERR_EXISTS, "this appeal is %s already", appeal_state_name(p.state));
    if (code_parse(question_text(q, "proof"), raw))
        code_text(raw, proof);
    proof_hash(proof, hash);
    if (rc == 0 && method == PROOF_MAIL && question_text(q, "proof").n == 0)
        rc = err_set(&e, ERR_USAGE, "say the proof that was sent, or the method: dns or web");
    else if (rc == 0 && method != PROOF_MAIL)
        rc = keep_proof_check(q->k, q->arena, &p, method, &e);
    else if (rc == 0 && sodium_memcmp(hash, p.token, 32) != 0)
        rc = err_set(&e, ERR_DENIED, "this is not the proof that was sent");
    else if (rc == 0)
        rc = keep_appeal_proven(q->k, q->arena, &p, PROOF_MAIL, &e);
    if (keep_desk_finish(q, rc, &e))
        answer_appeal(q, id);
}

/* An appeal's result onto its listing, and to who appealed. */
static int carry_out(struct keep *k, const struct actor *who, const struct appeal_row *p,
                     enum charter_vote result, struct slice reason, struct err *e)
{
    struct listing_row l;
    char code[CODE_CHARS];
    struct arena *a = arena_new(0);
    json_t *b = json_object();
    json_object_set_new(b, "state", json_integer(APPEAL_DECIDED));
    json_object_set_new(b, "result", json_integer((int)result));
    json_object_set_new(b, "reason", desk_slice(reason));
    int rc = keep_desk_add(k, who, p->id, "decided", b, e);
    rc = rc ? rc : book_listing(k->book, p->listing, a, e, &l);
    if (rc == 0 && result == VOTE_END) {
        rc = keep_listing_change(k, who, &l, "end", SLICE("an appeal was upheld"), SLICE(""), e);
    } else if (rc == 0 && result == VOTE_TAG && l.effect > EFFECT_NOTE) {
        l.effect = l.effect > EFFECT_TAG ? EFFECT_TAG : EFFECT_NOTE;
        rc = keep_listing_change(k, who, &l, "lower", SLICE("an appeal was upheld in part"),
                                 SLICE(""), e);
    }
    if (rc == 0 && letter_address_ok(p->contact)) {
        code_text(p->id, code);
        json_t *w = json_object();
        json_object_set_new(w, "code", json_string(code));
        json_object_set_new(w, "result", json_string(charter_vote_name(result)));
        json_object_set_new(w, "language", desk_slice(p->language));
        json_object_set_new(w, "reason", desk_slice(reason));
        struct keep_letter letter = {
            .kind = LETTER_DECISION, .state = LETTER_OWED, .about = p->id, .to = p->contact};
        rc = keep_desk_letter(k, &letter, w, e);
    }
    arena_free(a);
    return rc;
}

static bool parse_vote(struct slice word, enum charter_vote *out)
{
    for (int i = 0; i < VOTES; i++) {
        if (slice_eq(word, slice_str(charter_vote_name((enum charter_vote)i)))) {
            *out = (enum charter_vote)i;
            return true;
        }
    }
    return false;
}

/* Had a part in the listing: made it, changed it harsher, or worked on the case behind it. */
static bool had_part(struct question *q, const struct listing_row *l)
{
    struct err e;
    struct log_row *log;
    size_t n = 0;
    const unsigned char *me = q->actor.account;
    if (memcmp(l->lister, me, 16) == 0)
        return true;
    const unsigned char *objects[] = {l->id, l->evidence};
    for (int o = 0; o < 2; o++) {
        if (book_log(q->k->book, objects[o], q->arena, &e, &log, &n) < 0)
            return true;
        for (size_t i = 0; i < n; i++)
            if (log[i].role && memcmp(log[i].actor, me, 16) == 0 &&
                !slice_eq(log[i].verb, SLICE("looked")) && !slice_eq(log[i].verb, SLICE("report")))
                return true;
    }
    return false;
}

static const char *may_vote(struct question *q, const struct appeal_row *p,
                            const struct listing_row *l)
{
    struct charter_voter v = {.is_lister = had_part(q, l),
                              .is_appellant = q->actor.mailbox.n &&
                                              slice_ieq(q->actor.mailbox, p->contact),
                              .has_voted = book_has_voted(q->k->book, p->id, q->actor.account),
                              .roles = q->actor.roles,
                              .stakeholder = q->actor.stakeholder};
    return charter_vote_broken(&v);
}

static void appeal_vote(struct question *q)
{
    struct err e = {0};
    struct appeal_row p;
    struct listing_row l;
    enum charter_vote vote, result;
    unsigned char id[16];
    struct slice reason = question_text(q, "reason");
    if (!desk_code_arg(q, 1, id))
        return;
    if (!parse_vote(question_text(q, "vote"), &vote) || reason.n == 0 ||
        reason.n > DESK_TEXT_MOST) {
        question_refuse(q, 400, "vote end, tag or keep, and give a reason");
        return;
    }
    int rc = book_appeal(q->k->book, id, q->arena, &e, &p);
    rc = rc ? rc : book_listing(q->k->book, p.listing, q->arena, &e, &l);
    if (rc == 0 && p.state == APPEAL_PROOF)
        rc = err_set(&e, ERR_EXISTS, "this appeal waits for the proof of control");
    else if (rc == 0 && p.state != APPEAL_OPEN)
        rc = err_set(&e, ERR_EXISTS, "this appeal is %s already", appeal_state_name(p.state));
    const char *broken = rc ? NULL : may_vote(q, &p, &l);
    if (broken) {
        question_refuse(q, 403, broken);
        return;
    }
    json_t *b = json_object();
    json_object_set_new(b, "class", json_integer((int)q->actor.stakeholder));
    json_object_set_new(b, "vote", json_integer((int)vote));
    json_object_set_new(b, "reason", desk_slice(reason));
    if (rc == 0)
        rc = keep_desk_add(q->k, &q->actor, id, "vote", b, &e);
    else
        json_decref(b);
    p.votes.classes[vote] |= 1u << q->actor.stakeholder;
    if (rc == 0 && charter_votes_decide(&p.votes, &result))
        rc = carry_out(q->k, &q->actor, &p, result, reason, &e);
    if (keep_desk_finish(q, rc, &e))
        answer_appeal(q, id);
}

static void appeals(struct question *q)
{
    struct err e = {0};
    struct appeal_row *rows;
    size_t n;
    if (book_appeals(q->k->book, NULL, question_true(q, "all") ? -1 : APPEAL_OPEN, 200, q->arena,
                     &e, &rows, &n) < 0) {
        question_fail(q, &e);
        return;
    }
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    jsonw_array(&j, "appeals");
    for (size_t i = 0; i < n; i++) {
        jsonw_object(&j, NULL);
        keep_appeal_json(q, &j, &rows[i], true);
        jsonw_object_end(&j);
    }
    jsonw_array_end(&j);
    jsonw_object_end(&j);
}

/* ---- the clock ---- */

static int silence(struct keep *k, const struct appeal_row *p, unsigned step, struct arena *a,
                   struct err *e)
{
    struct listing_row l;
    int rc = book_listing(k->book, p->listing, a, e, &l);
    if (rc < 0)
        return rc;
    json_t *b = json_object();
    json_object_set_new(b, "steps", json_integer(step));
    rc = keep_desk_add(k, NULL, p->id, "silence", b, e);
    if (step == 2) {
        rc = rc ? rc
                : carry_out(k, NULL, p, VOTE_END,
                            SLICE("nobody decided within 14 days: the listing ended by itself"), e);
    } else if (l.effect > EFFECT_TAG) {
        l.effect = EFFECT_TAG;
        rc = rc ? rc
                : keep_listing_change(k, NULL, &l, "lower",
                                      SLICE("an appeal was not decided within 72 hours"), SLICE(""),
                                      e);
    }
    return rc;
}

void keep_listing_tick(struct keep *k, int64_t now_us)
{
    struct err e = {0};
    struct appeal_row *rows;
    size_t n = 0, done = 0;
    struct arena *a = arena_new(0);
    int rc = book_appeals(k->book, NULL, APPEAL_OPEN, 200, a, &e, &rows, &n);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        enum charter_overdue o = charter_appeal_overdue(rows[i].proven_us, now_us);
        if (o == OVERDUE_NO || rows[i].steps >= (unsigned)o)
            continue;
        rc = silence(k, &rows[i], (unsigned)o, a, &e);
        done++;
    }
    if (rc == 0)
        rc = book_appeals(k->book, NULL, APPEAL_PROOF, 200, a, &e, &rows, &n);
    for (size_t i = 0; rc == 0 && i < n; i++) { /* never proven: dropped */
        if (now_us - rows[i].at_us < CHARTER_PROOF_US)
            continue;
        json_t *b = json_object();
        json_object_set_new(b, "state", json_integer(APPEAL_DROPPED));
        json_object_set_new(b, "reason", json_string("control was not proven in time"));
        rc = keep_desk_add(k, NULL, rows[i].id, "decided", b, &e);
        done++;
    }
    if (rc == 0 && done)
        rc = keep_desk_done(k, &e);
    if (rc < 0)
        log_event(LOG_WARN, "listing", "error", LOG_S(e.text), NULL);
    arena_free(a);
}

const struct keep_verb keep_appeal_verbs[] = {{"listing/*/appeal", 0, appeal_new},
                                              {"appeal/*", 0, appeal_show},
                                              {"appeal/*/prove", 0, appeal_prove},
                                              {"appeal/*/vote", DESK_STAFF, appeal_vote},
                                              {"appeals", DESK_STAFF | ACTOR_AUDITOR, appeals},
                                              {0}};
