/* Listings and appeals: what is asked and done, under the rules of charter/listing.h.
 *
 * A person of the desk lists; the named sender is told and has time to reply before it counts (live
 * harm: at once, told within a day). Anybody hit may object with a proof of control; people of two
 * classes who had no part decide; the clock lowers and ends what nobody decides. Milder acts are
 * free to anyone of the desk. */
#include "node/keep_desk.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/rand.h"
#include "desk/campaign.h"
#include "desk/letter.h"

#include <sodium.h>
#include <stdlib.h>

#define WORKS       (ACTOR_OPERATOR | ACTOR_REVIEWER | ACTOR_STEWARD)
#define TEXT_MOST   2000u
#define PROOF_CHARS CODE_CHARS

/* ---- listings ---- */

static enum charter_basis basis_of(enum listed_kind k)
{
    switch (k) {
    case LISTED_DOMAIN:
        return CHARTER_BY_DOMAIN;
    case LISTED_LINK:
        return CHARTER_BY_LINK;
    case LISTED_NETWORK:
        return CHARTER_BY_NETWORK;
    default:
        return CHARTER_BY_ADDRESS;
    }
}

/* What stands on public pages: nobody's mailbox. */
static struct slice shown_value(struct arena *a, const struct listing_row *l)
{
    size_t at = slice_rchr(l->value, '@');
    if (l->kind != LISTED_MAILBOX || at == SIZE_MAX)
        return l->value;
    return arena_printf(a, "an address at %.*s", SLICE_ARG(slice_from(l->value, at + 1)));
}

static const char *role_words(unsigned role)
{
    return role & ACTOR_OPERATOR   ? "operator"
           : role & ACTOR_REVIEWER ? "reviewer"
           : role & ACTOR_STEWARD  ? "steward"
                                   : "the node";
}

static void listing_json(struct question *q, struct json *j, const struct listing_row *l,
                         bool sees_all)
{
    int64_t now = clock_now_us();
    desk_code(j, "code", l->id);
    jsonw_cstr(j, "kind", listed_kind_name(l->kind));
    jsonw_text(j, "value", sees_all ? l->value : shown_value(q->arena, l));
    jsonw_cstr(j, "state", listing_state_name(listing_state(l, now)));
    jsonw_cstr(j, "harm", charter_harm_name(l->harm));
    jsonw_cstr(j, "effect", charter_effect_name(l->effect));
    jsonw_text(j, "reason", l->reason);
    jsonw_text(j, "reply", l->reply);
    jsonw_text(j, "last_change", l->why);
    jsonw_cstr(j, "decided_by", role_words(l->role));
    desk_time(j, "time", l->at_us);
    desk_time(j, "from", l->from_us);
    desk_time(j, "ends", l->ends_us);
    desk_time(j, "changed", l->changed_us);
    jsonw_int(j, "sequence", (int64_t)l->seq);
    if (sees_all) {
        desk_code(j, "evidence", l->evidence);
        jsonw_text(j, "contact", l->contact);
        jsonw_bool(j, "is_mine", memcmp(l->lister, q->actor.account, 16) == 0);
    }
}

static json_t *listing_body(const struct listing_row *l)
{
    json_t *b = json_object();
    json_object_set_new(b, "kind", json_integer((int)l->kind));
    json_object_set_new(b, "value", desk_slice(l->value));
    json_object_set_new(b, "harm", json_integer((int)l->harm));
    json_object_set_new(b, "effect", json_integer((int)l->effect));
    json_object_set_new(b, "from", json_integer(l->from_us));
    json_object_set_new(b, "ends", json_integer(l->ends_us));
    return b;
}

int keep_listing_change(struct keep *k, const struct actor *who, const struct listing_row *l,
                        const char *verb, struct slice why, struct slice text, struct err *e)
{
    json_t *b = listing_body(l);
    json_object_set_new(b, "why", desk_slice(why));
    if (text.n)
        json_object_set_new(b, "text", desk_slice(text));
    return keep_desk_add(k, who, l->id, verb, b, e);
}

/* The role mailbox of whom a listing names; empty: none can be told. */
static struct slice contact_of(struct question *q, const struct listing_row *l,
                               const struct net *net)
{
    struct err e;
    struct slice mailbox, source, domain = l->value;
    struct arena *a = q->arena;
    if (l->kind == LISTED_ADDRESS || l->kind == LISTED_NETWORK)
        return book_contact(q->k->book, &net->ip, a, &e, &mailbox, &source) == 0 ? mailbox
                                                                                 : SLICE("");
    if (l->kind == LISTED_MAILBOX)
        domain = slice_from(domain, slice_rchr(domain, '@') + 1);
    else if (l->kind == LISTED_LINK)
        domain = slice_head(domain, slice_chr(domain, '/'));
    return arena_printf(a, "postmaster@%.*s", SLICE_ARG(domain));
}

static int tell_named(struct question *q, const struct listing_row *l, struct err *e)
{
    char code[CODE_CHARS], from[32], ends[32];
    if (!letter_address_ok(l->contact))
        return 0;
    code_text(l->id, code);
    json_t *w = json_object();
    json_object_set_new(w, "code", json_string(code));
    json_object_set_new(w, "value", desk_slice(l->value));
    json_object_set_new(w, "reason", desk_slice(l->reason));
    json_object_set_new(w, "from", json_string(clock_rfc3339(l->from_us, from)));
    json_object_set_new(w, "ends", json_string(clock_rfc3339(l->ends_us, ends)));
    json_object_set_new(w, "is_live", json_boolean(charter_is_live_harm(l->harm)));
    struct keep_letter letter = {
        .kind = LETTER_HEARING, .state = LETTER_OWED, .about = l->id, .to = l->contact};
    return keep_desk_letter(q->k, &letter, w, e);
}

static bool parse_harm(struct slice word, enum charter_harm *out)
{
    for (int i = 0; i < HARMS; i++) {
        if (slice_eq(word, slice_str(charter_harm_name((enum charter_harm)i)))) {
            *out = (enum charter_harm)i;
            return true;
        }
    }
    return false;
}

static enum charter_effect parse_effect(struct slice word)
{
    for (int i = 1; i < EFFECTS; i++)
        if (slice_eq(word, slice_str(charter_effect_name((enum charter_effect)i))))
            return (enum charter_effect)i;
    return EFFECT_TAG;
}

/* Fills a listing from the arguments; false: the question is refused. */
static bool read_listing(struct question *q, struct listing_row *l, struct net *net)
{
    struct err e = {0};
    struct case_row c;
    char *buf = arena_bytes(q->arena, 400);
    int64_t now = clock_now_us(), days = question_int(q, "days", 7);
    *l = (struct listing_row){.reason = question_text(q, "reason"), .role = q->actor.roles};
    if (!listed_kind_parse(question_text(q, "kind"), &l->kind) ||
        !listed_plain(l->kind, question_text(q, "value"), buf, 400, &l->value, net)) {
        question_refuse(q, 400,
                        "say what is listed: kind domain, link, mailbox, address or network, "
                        "and a value of that kind");
        return false;
    }
    if (!parse_harm(question_text(q, "harm"), &l->harm)) {
        question_refuse(q, 400, "say the harm: phishing, malware, fraud, spam or no-opt-out");
        return false;
    }
    if (!code_parse(question_text(q, "evidence"), l->evidence) ||
        book_case(q->k->book, l->evidence, q->arena, &e, &c) < 0) {
        question_refuse(q, 400, "evidence is the code of a case");
        return false;
    }
    if (l->reason.n > TEXT_MOST || days < 0 || days > 365) {
        question_refuse(q, 400, "the reason is too long, or the days are no sensible number");
        return false;
    }
    l->effect = charter_listing_effect(l->harm, basis_of(l->kind),
                                       parse_effect(question_text(q, "effect")));
    l->from_us = charter_listing_from_us(l->harm, now);
    l->ends_us = l->from_us + days * CHARTER_DAY_US;
    return true;
}

static const char *broken_rule(const struct question *q, const struct listing_row *l,
                               const struct net *net, int64_t now)
{
    struct charter_listing c = {.harm = l->harm,
                                .basis = basis_of(l->kind),
                                .decider = q->actor.roles,
                                .is_shared = l->kind == LISTED_DOMAIN &&
                                             campaign_is_shared(l->value),
                                .reason = l->reason,
                                .evidence = SLICE("case"),
                                .appeal = SLICE("/appeal"),
                                .now_us = l->from_us > now ? l->from_us : now,
                                .ends_us = l->ends_us};
    if (l->kind == LISTED_NETWORK) {
        c.is_ipv6 = !net->ip.is_v4;
        c.prefix = (int)(net->ip.is_v4 ? net->bits - 96 : net->bits);
    }
    return charter_listing_broken(&c);
}

static void answer_listing(struct question *q, const unsigned char id[16])
{
    struct err e = {0};
    struct listing_row l;
    if (book_listing(q->k->book, id, q->arena, &e, &l) < 0) {
        question_fail(q, &e);
        return;
    }
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    listing_json(q, &j, &l, true);
    jsonw_object_end(&j);
}

static void add(struct question *q)
{
    struct err e = {0};
    struct listing_row l, old;
    struct net net = {0};
    if (!read_listing(q, &l, &net))
        return;
    const char *broken = broken_rule(q, &l, &net, clock_now_us());
    if (broken) {
        question_refuse(q, 403, broken);
        return;
    }
    if (book_listing_of(q->k->book, l.kind, l.value, clock_now_us(), q->arena, &e, &old) == 0) {
        question_refuse(q, 409, "this is listed already");
        return;
    }
    rand_bytes(l.id, 16);
    l.contact = question_text(q, "contact");
    if (l.contact.n == 0)
        l.contact = contact_of(q, &l, &net);
    json_t *b = listing_body(&l);
    json_object_set_new(b, "evidence", desk_hex(l.evidence, 16));
    json_object_set_new(b, "reason", desk_slice(l.reason));
    json_object_set_new(b, "contact", desk_slice(l.contact));
    int rc = keep_desk_add(q->k, &q->actor, l.id, "listing", b, &e);
    rc = rc ? rc : tell_named(q, &l, &e);
    rc = rc ? rc : keep_desk_done(q->k, &e);
    if (rc < 0)
        question_fail(q, &e);
    else
        answer_listing(q, l.id);
}

/* confirm, lower, end: harsher words need somebody else than the lister. */
static void change(struct question *q)
{
    struct err e = {0};
    struct listing_row l;
    unsigned char id[16];
    int64_t now = clock_now_us();
    struct slice verb = q->part[2], why = question_text(q, "why");
    if (!desk_code_arg(q, 1, id))
        return;
    int rc = book_listing(q->k->book, id, q->arena, &e, &l);
    enum listing_state s = rc ? LISTING_ENDED : listing_state(&l, now);
    const char *name = "end";
    if (rc == 0 && s == LISTING_ENDED)
        rc = err_set(&e, ERR_EXISTS, "this listing has ended");
    else if (rc == 0 && why.n == 0)
        rc = err_set(&e, ERR_USAGE, "say why");
    if (rc == 0 && slice_eq(verb, SLICE("confirm"))) {
        name = "confirm";
        if (s != LISTING_CONTESTED)
            rc = err_set(&e, ERR_EXISTS, "nobody replied to this listing; nothing is to confirm");
        else if (!q->actor.is_known || memcmp(l.lister, q->actor.account, 16) == 0)
            rc = err_set(&e, ERR_DENIED, "who listed it does not confirm it");
    } else if (rc == 0 && slice_eq(verb, SLICE("lower"))) {
        name = "lower";
        if (l.effect <= EFFECT_NOTE)
            rc = err_set(&e, ERR_EXISTS, "it does no more than leave a note already");
        l.effect = l.effect > EFFECT_TAG ? EFFECT_TAG : EFFECT_NOTE;
    }
    rc = rc ? rc : keep_listing_change(q->k, &q->actor, &l, name, why, SLICE(""), &e);
    rc = rc ? rc : keep_desk_done(q->k, &e);
    if (rc < 0)
        question_fail(q, &e);
    else
        answer_listing(q, id);
}

static void listings(struct question *q)
{
    struct err e = {0};
    struct listing_row *rows;
    size_t n;
    int64_t limit = question_int(q, "limit", 1000), since = question_int(q, "since", 0);
    bool all = question_true(q, "all"), sees_all = actor_may(&q->actor, WORKS | ACTOR_AUDITOR);
    if (book_listings(q->k->book, since > 0 ? (uint64_t)since : 0, !all, clock_now_us(),
                      limit < 1 || limit > 10000 ? 1000 : (size_t)limit, q->arena, &e, &rows,
                      &n) < 0) {
        question_fail(q, &e);
        return;
    }
    struct json j = JSON_INIT(q->out);
    char when[32];
    jsonw_object(&j, NULL);
    jsonw_text(&j, "site",
               node_main(q->k->conf)->domains.n ? node_main(q->k->conf)->domains.items[0]
                                                : SLICE(""));
    jsonw_cstr(&j, "made", clock_rfc3339(clock_now_us(), when));
    jsonw_array(&j, "listings");
    uint64_t last = since > 0 ? (uint64_t)since : 0;
    for (size_t i = 0; i < n; i++) {
        if (rows[i].kind == LISTED_MAILBOX && !sees_all)
            continue; /* no person's address leaves the node */
        jsonw_object(&j, NULL);
        listing_json(q, &j, &rows[i], sees_all);
        jsonw_object_end(&j);
        last = rows[i].seq;
    }
    jsonw_array_end(&j);
    jsonw_int(&j, "sequence", (int64_t)last);
    jsonw_object_end(&j);
}

/* Is this listed? For people who were hit and do not have a code. */
static void find(struct question *q)
{
    struct err e = {0};
    struct listing_row l;
    struct slice value = question_text(q, "value"), plain;
    char buf[400];
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    jsonw_array(&j, "listings");
    for (int k = 0; k < LISTED_KINDS; k++) {
        if (!listed_plain((enum listed_kind)k, value, buf, sizeof(buf), &plain, NULL) ||
            book_listing_of(q->k->book, (enum listed_kind)k, plain, clock_now_us(), q->arena, &e,
                            &l) < 0)
            continue;
        jsonw_object(&j, NULL);
        listing_json(q, &j, &l, actor_may(&q->actor, WORKS | ACTOR_AUDITOR));
        jsonw_object_end(&j);
    }
    jsonw_array_end(&j);
    jsonw_object_end(&j);
}

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

static void appeal_json(struct json *j, const struct appeal_row *p, bool sees_all)
{
    bool is_open = p->state == APPEAL_OPEN;
    desk_code(j, "code", p->id);
    desk_code(j, "listing", p->listing);
    jsonw_cstr(j, "state", appeal_state_name(p->state));
    jsonw_text(j, "statement", p->statement);
    desk_time(j, "time", p->at_us);
    desk_time(j, "proven", p->proven_us);
    desk_time(j, "decided", p->decided_us);
    desk_time(j, "prove_until", p->state == APPEAL_PROOF ? p->at_us + CHARTER_PROOF_US : 0);
    desk_time(j, "lowered_at", is_open ? p->proven_us + CHARTER_DECIDE_US : 0);
    desk_time(j, "gone_at", is_open ? p->proven_us + CHARTER_SILENCE_US : 0);
    jsonw_cstr(j, "result", p->state == APPEAL_DECIDED ? charter_vote_name(p->result) : NULL);
    jsonw_text(j, "reason", p->reason);
    write_votes(j, p);
    if (sees_all)
        jsonw_text(j, "contact", p->contact);
}

/* For everyone hit: reason, evidence, end, who decided, how to object. */
static void why(struct question *q)
{
    struct err e = {0};
    struct listing_row l;
    struct appeal_row *appeals;
    struct log_row *log;
    struct case_row c;
    struct charter_claim claim;
    size_t n_appeals, n;
    unsigned char id[16];
    if (!desk_code_arg(q, 1, id))
        return;
    if (book_listing(q->k->book, id, q->arena, &e, &l) < 0 ||
        book_appeals(q->k->book, id, -1, 20, q->arena, &e, &appeals, &n_appeals) < 0 ||
        book_log(q->k->book, id, q->arena, &e, &log, &n) < 0) {
        question_fail(q, &e);
        return;
    }
    bool sees_all = actor_may(&q->actor, WORKS | ACTOR_AUDITOR);
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    listing_json(q, &j, &l, sees_all);
    if (book_case(q->k->book, l.evidence, q->arena, &e, &c) == 0 &&
        book_claim(q->k->book, c.campaign, &e, &claim) == 0) {
        jsonw_object(&j, "grounds");
        jsonw_int(&j, "reporters", claim.reporters);
        jsonw_int(&j, "networks", claim.networks);
        jsonw_cstr(&j, "category", desk_category_name(c.category));
        desk_time(&j, "first", c.at_us);
        jsonw_object_end(&j);
    }
    jsonw_array(&j, "appeals");
    for (size_t i = 0; i < n_appeals; i++) {
        jsonw_object(&j, NULL);
        appeal_json(&j, &appeals[i], sees_all);
        jsonw_object_end(&j);
    }
    jsonw_array_end(&j);
    jsonw_array(&j, "history");
    for (size_t i = 0; i < n; i++) {
        jsonw_object(&j, NULL);
        desk_time(&j, "time", log[i].at_us);
        jsonw_text(&j, "what", log[i].verb);
        jsonw_cstr(&j, "by", role_words(log[i].role));
        jsonw_object_end(&j);
    }
    jsonw_array_end(&j);
    jsonw_object_end(&j);
}

/* ---- appeals ---- */

static void proof_hash(const char *proof, unsigned char out[32])
{
    crypto_generichash(out, 32, (const unsigned char *)proof, strlen(proof), NULL, 0);
}

/* A fresh proof goes to the role mailbox of what is listed; who can read that has control. */
static int send_proof(struct question *q, const struct listing_row *l,
                      const unsigned char appeal[16], const char *proof, struct err *e)
{
    char code[CODE_CHARS];
    code_text(appeal, code);
    json_t *w = json_object();
    json_object_set_new(w, "code", json_string(code));
    json_object_set_new(w, "value", desk_slice(l->value));
    json_object_set_new(w, "proof", json_string(proof));
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
    unsigned char id[16], listing[16], raw[16], hash[32];
    char proof[PROOF_CHARS], code[CODE_CHARS];
    struct slice statement = question_text(q, "statement"), contact = question_text(q, "contact");
    if (!desk_code_arg(q, 1, listing))
        return;
    int rc = book_listing(q->k->book, listing, q->arena, &e, &l);
    rc = rc ? rc : book_appeals(q->k->book, listing, -1, 100, q->arena, &e, &old, &n);
    if (rc == 0 && listing_state(&l, clock_now_us()) == LISTING_ENDED)
        rc = err_set(&e, ERR_EXISTS, "this listing has ended; there is nothing to object to");
    else if (rc == 0 && (statement.n == 0 || statement.n > TEXT_MOST))
        rc = err_set(&e, ERR_USAGE, "say in up to 2,000 characters why the listing is wrong");
    else if (rc == 0 && contact.n && !letter_address_ok(contact))
        rc = err_set(&e, ERR_USAGE, "this mail address cannot be written to");
    for (size_t i = 0; rc == 0 && i < n; i++) {
        if (old[i].state == APPEAL_OPEN)
            rc = err_set(&e, ERR_EXISTS, "an appeal is open already");
        else if (old[i].state == APPEAL_PROOF && clock_now_us() - old[i].at_us < CHARTER_HOUR_US)
            rc = err_set(&e, ERR_EXISTS,
                         "a proof was sent within the last hour; use that, or wait");
    }
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
    json_object_set_new(b, "token", desk_hex(hash, 32));
    rc = keep_desk_add(q->k, &q->actor, id, "appeal", b, &e);
    bool can_mail = letter_address_ok(l.contact);
    if (rc == 0 && can_mail)
        rc = send_proof(q, &l, id, proof, &e);
    rc = rc ? rc : keep_desk_done(q->k, &e);
    if (rc < 0) {
        question_fail(q, &e);
        return;
    }
    size_t at = slice_rchr(l.contact, '@');
    code_text(id, code);
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    jsonw_cstr(&j, "code", code);
    jsonw_cstr(&j, "state", "proof");
    jsonw_text(&j, "proof_sent_to", can_mail ? l.contact : SLICE(""));
    jsonw_text(&j, "domain", can_mail ? slice_from(l.contact, at + 1) : SLICE(""));
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
    appeal_json(&j, &p, actor_may(&q->actor, WORKS | ACTOR_AUDITOR));
    if (book_listing(q->k->book, p.listing, q->arena, &e, &l) == 0) {
        jsonw_object(&j, "about");
        listing_json(q, &j, &l, actor_may(&q->actor, WORKS | ACTOR_AUDITOR));
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
static int contest(struct question *q, const struct appeal_row *p, struct err *e)
{
    struct listing_row l;
    int rc = book_listing(q->k->book, p->listing, q->arena, e, &l);
    if (rc < 0 || listing_state(&l, clock_now_us()) != LISTING_NOTICE)
        return rc;
    return keep_listing_change(q->k, NULL, &l, "reply", SLICE("the named sender replied"),
                               p->statement, e);
}

static void appeal_prove(struct question *q)
{
    struct err e = {0};
    struct appeal_row p;
    unsigned char id[16], hash[32], raw[16];
    char proof[CODE_CHARS] = "";
    if (!desk_code_arg(q, 1, id))
        return;
    int rc = book_appeal(q->k->book, id, q->arena, &e, &p);
    if (rc == 0 && p.state != APPEAL_PROOF)
        rc = err_set(&e, ERR_EXISTS, "this appeal is %s already", appeal_state_name(p.state));
    if (code_parse(question_text(q, "proof"), raw))
        code_text(raw, proof);
    proof_hash(proof, hash);
    if (rc == 0 && sodium_memcmp(hash, p.token, 32) != 0)
        rc = err_set(&e, ERR_DENIED, "this is not the proof that was sent");
    rc = rc ? rc : keep_desk_add(q->k, NULL, id, "proven", json_object(), &e);
    rc = rc ? rc : contest(q, &p, &e);
    rc = rc ? rc : keep_desk_done(q->k, &e);
    if (rc < 0)
        question_fail(q, &e);
    else
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
    if (!parse_vote(question_text(q, "vote"), &vote) || reason.n == 0 || reason.n > TEXT_MOST) {
        question_refuse(q, 400, "vote end, tag or keep, and give a reason");
        return;
    }
    int rc = book_appeal(q->k->book, id, q->arena, &e, &p);
    rc = rc ? rc : book_listing(q->k->book, p.listing, q->arena, &e, &l);
    if (rc == 0 && p.state != APPEAL_OPEN)
        rc = err_set(&e, ERR_EXISTS, "this appeal is %s", appeal_state_name(p.state));
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
    rc = rc ? rc : keep_desk_done(q->k, &e);
    if (rc < 0)
        question_fail(q, &e);
    else
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
        appeal_json(&j, &rows[i], true);
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

const struct keep_verb keep_listing_verbs[] = {{"listing/add", WORKS, add},
                                               {"listing/*/confirm", WORKS, change},
                                               {"listing/*/lower", WORKS, change},
                                               {"listing/*/end", WORKS, change},
                                               {"listing/find", 0, find},
                                               {"listings", 0, listings},
                                               {"listing/*", 0, why},
                                               {"listing/*/appeal", 0, appeal_new},
                                               {"appeal/*", 0, appeal_show},
                                               {"appeal/*/prove", 0, appeal_prove},
                                               {"appeal/*/vote", WORKS, appeal_vote},
                                               {"appeals", WORKS | ACTOR_AUDITOR, appeals},
                                               {0}};
