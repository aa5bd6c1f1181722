/* Listings: what is asked and done, under the rules of charter/listing.h.
 *
 * A person of the desk lists; the named sender is told and has time to reply before it counts (live
 * harm: at once, told within a day). Milder acts are free to anyone of the desk. Appeals:
 * keep_appeal.c. */
#include "node/keep_desk.h"
#include "base/clock.h"
#include "base/rand.h"
#include "desk/campaign.h"
#include "desk/letter.h"

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

void keep_listing_json(struct question *q, struct json *j, const struct listing_row *l,
                       bool sees_all)
{
    int64_t now = clock_now_us();
    desk_code(j, "code", l->id);
    jsonw_cstr(j, "kind", listed_kind_name(l->kind));
    jsonw_text(j, "value", sees_all ? l->value : shown_value(q->arena, l));
    jsonw_cstr(j, "state", listing_state_name(listing_state(l, now)));
    jsonw_cstr(j, "harm", charter_harm_name(l->harm));
    jsonw_cstr(j, "effect", charter_effect_name(l->effect));
    jsonw_text(j, "reason", sees_all ? l->reason : desk_public(q->arena, l->reason));
    jsonw_text(j, "reply", sees_all ? l->reply : desk_public(q->arena, l->reply));
    jsonw_text(j, "last_change", sees_all ? l->why : desk_public(q->arena, l->why));
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

/* The mailbox of whom a listing names, a role's but for a listed mailbox; empty: none can be told.
 */
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
        return l->value; /* its owner; the domain may be a stranger to him */
    if (l->kind == LISTED_LINK)
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
    if (l->reason.n > DESK_TEXT_MOST || days < 0 || days > 365) {
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
    keep_listing_json(q, &j, &l, true);
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
    if (keep_desk_finish(q, rc, &e))
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
    if (keep_desk_finish(q, rc, &e))
        answer_listing(q, id);
}

static void listings(struct question *q)
{
    struct err e = {0};
    struct listing_row *rows;
    size_t n;
    int64_t limit = question_int(q, "limit", 1000), since = question_int(q, "since", 0);
    bool all = question_true(q, "all"), sees_all = actor_may(&q->actor, DESK_STAFF | ACTOR_AUDITOR);
    size_t most = limit < 1 || limit > 10000 ? 1000 : (size_t)limit;
    int rc = question_true(q, "newest")
                 ? book_listings_newest(q->k->book, most, q->arena, &e, &rows, &n)
                 : book_listings(q->k->book, since > 0 ? (uint64_t)since : 0, !all, clock_now_us(),
                                 most, q->arena, &e, &rows, &n);
    if (rc < 0) {
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
        last = rows[i].seq > last ? rows[i].seq : last;
        if (rows[i].kind == LISTED_MAILBOX && !sees_all)
            continue; /* no person's address leaves the node */
        jsonw_object(&j, NULL);
        keep_listing_json(q, &j, &rows[i], sees_all);
        jsonw_object_end(&j);
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
        keep_listing_json(q, &j, &l, actor_may(&q->actor, DESK_STAFF | ACTOR_AUDITOR));
        jsonw_object_end(&j);
    }
    jsonw_array_end(&j);
    jsonw_object_end(&j);
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
    bool sees_all = actor_may(&q->actor, DESK_STAFF | ACTOR_AUDITOR);
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    keep_listing_json(q, &j, &l, sees_all);
    if (book_case(q->k->book, l.evidence, q->arena, &e, &c) == 0 &&
        book_claim(q->k->book, c.campaign, &e, &claim) == 0) {
        jsonw_object(&j, "grounds");
        jsonw_int(&j, "reporters", claim.reporters);
        jsonw_int(&j, "sources", claim.sources);
        jsonw_cstr(&j, "category", desk_category_name(c.category));
        desk_time(&j, "first", c.at_us);
        jsonw_object_end(&j);
    }
    jsonw_array(&j, "appeals");
    for (size_t i = 0; i < n_appeals; i++) {
        jsonw_object(&j, NULL);
        keep_appeal_json(q, &j, &appeals[i], sees_all);
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

const struct keep_verb keep_listing_verbs[] = {{"listing/add", DESK_STAFF, add},
                                               {"listing/*/confirm", DESK_STAFF, change},
                                               {"listing/*/lower", DESK_STAFF, change},
                                               {"listing/*/end", DESK_STAFF, change},
                                               {"listing/find", 0, find},
                                               {"listings", 0, listings},
                                               {"listing/*", 0, why},
                                               {0}};
