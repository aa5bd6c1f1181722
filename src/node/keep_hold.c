/* Held mail: listing, opening, acting, learning from it. Who sees which: as keep_history.c; who
 * may do what with it: journal/quarantine.h. A message that is opened by anybody but its owner
 * stands in the log of acts. */
#include "node/keep_verb.h"
#include "base/clock.h"
#include "journal/pseudonym.h"
#include "journal/quarantine.h"

#include <sodium.h>
#include <stdlib.h>

#define RAW_MOST ((size_t)2 << 20) /* of a message that is shown */
#define LEARN    (ACTOR_OPERATOR | ACTOR_MEMBER)
#define DOES     (ACTOR_OPERATOR | ACTOR_DOMAIN_ADMIN | ACTOR_MEMBER)
/* Senders are sealed with what names people: a search opens one hold after the other, so many at
 * most; the next page goes on from there. */
#define CHUNK        50u
#define EXAMINE_MOST 2000u

/* A held message and what names people in it; is_open: its key is there. */
struct row {
    struct hold *h;
    struct hold_words w;
    bool is_open;
};

static struct row open_row(struct question *q, struct hold *h)
{
    struct err e = {0};
    struct row r = {.h = h};
    r.is_open = quarantine_open(q->k->store, h, q->arena, &e, &r.w, NULL) == 0;
    return r;
}

static void add_row(struct json *j, const struct row *r)
{
    const struct hold *h = r->h;
    char id[37], when[32];
    event_id_text(h->hold, id);
    jsonw_cstr(j, "hold", id);
    event_id_text(h->id, id);
    jsonw_cstr(j, "id", id);
    jsonw_cstr(j, "kind", hold_kind_name(h->kind));
    jsonw_cstr(j, "state", hold_state_name(h->state));
    jsonw_num(j, "score", h->score, 2);
    jsonw_cstr(j, "time", clock_rfc3339(h->made_us, when));
    jsonw_int(j, "time_us", h->made_us);
    jsonw_cstr(j, "expires", clock_rfc3339(h->expires_us, when));
    jsonw_int(j, "expires_us", h->expires_us);
    jsonw_text(j, "domain", h->domain);
    if (r->is_open) {
        jsonw_text(j, "recipient", r->w.rcpt);
        jsonw_text(j, "from", r->w.from);
        jsonw_text(j, "subject", r->w.subject);
    }
}

static bool is_own(struct question *q, const struct hold *h)
{
    unsigned char person[16];
    if (q->actor.mailbox.n == 0)
        return false;
    keep_person_of(q->k, q->actor.mailbox, person);
    return memcmp(person, h->person, 16) == 0;
}

static bool is_of_domain(const struct question *q, const struct hold *h)
{
    return actor_may(&q->actor, ACTOR_DOMAIN_ADMIN) && h->domain.n &&
           actor_has_domain(&q->actor, h->domain);
}

/* The hold that the path names, if the actor may see it; else refused. */
static bool find_hold(struct question *q, struct hold *out)
{
    struct err e = {0};
    unsigned char raw[16];
    if (!event_id_parse(q->part[1], raw)) {
        question_refuse(q, 400, "this is not the ID of a held message");
        return false;
    }
    int rc = archive_hold(store_archive(q->k->store), raw, q->arena, &e, out);
    if (rc < 0 && e.code != ERR_NOENT) {
        question_fail(q, &e);
        return false;
    }
    if (rc == 0 && (question_sees_all(q) || is_of_domain(q, out) || is_own(q, out)))
        return true;
    question_refuse(q, 404, "the quarantine has no such message");
    return false;
}

/* ---- listing ---- */

/* Where the next page begins: "MICROSECONDS.ID". */
static bool read_cursor(struct slice text, struct holds_query *h)
{
    struct slice us;
    uint64_t n;
    if (text.n == 0)
        return true;
    if (!slice_split(&text, '.', &us) || !slice_u64(us, &n) || n > INT64_MAX ||
        !event_id_parse(text, h->before_hold))
        return false;
    h->before_us = (int64_t)n;
    return true;
}

static bool read_states(struct question *q, struct holds_query *h)
{
    struct slice state = question_text(q, "state"), kind = question_text(q, "kind");
    bool any = question_text(q, "all").n || slice_eq(state, SLICE("all"));
    h->states = 0;
    for (int i = 0; i < HOLD_STATES; i++) {
        if (slice_eq(state, slice_str(hold_state_name((enum hold_state)i))))
            h->states = 1u << i;
    }
    for (int i = 0; i < HOLD_KINDS; i++) {
        if (slice_eq(kind, slice_str(hold_kind_name((enum hold_kind)i))))
            h->kinds = 1u << i;
    }
    if (state.n && !any && h->states == 0)
        return false;
    if (state.n == 0 && !any)
        h->states = 1u << HOLD_HELD;
    struct slice id = question_text(q, "id"); /* of the message, all its copies */
    unsigned char *raw = ARENA_ARRAY(q->arena, unsigned char, 16);
    if (id.n) {
        h->id = raw;
        if (!event_id_parse(id, raw))
            return false;
    }
    return (kind.n == 0 || h->kinds) && read_cursor(question_text(q, "before"), h);
}

/* Narrows to what the actor sees; false: refused. */
static bool narrow(struct question *q, struct holds_query *h, unsigned char person[16],
                   struct slice *domain)
{
    struct slice user = question_text(q, "user");
    *domain = arena_lower(q->arena, question_text(q, "domain"));
    if (!question_sees_all(q)) {
        if (actor_may(&q->actor, ACTOR_DOMAIN_ADMIN) && q->actor.n_domains) {
            h->domains = q->actor.domains;
            h->n_domains = q->actor.n_domains;
        } else if (q->actor.mailbox.n) {
            user = q->actor.mailbox;
        } else {
            question_refuse(q, 403, "there is no mailbox or domain of yours");
            return false;
        }
    }
    if (domain->n && h->domains && !actor_has_domain(&q->actor, *domain)) {
        question_refuse(q, 403, "this is none of your domains");
        return false;
    }
    if (domain->n) {
        h->domains = domain;
        h->n_domains = 1;
    }
    if (user.n) {
        keep_person_of(q->k, user, person);
        h->person = person;
    }
    return true;
}

static bool is_from(const struct row *r, struct slice part)
{
    return part.n == 0 || (r->is_open && (slice_ifind(r->w.from, part) != SIZE_MAX ||
                                          slice_ifind(r->w.mail_from, part) != SIZE_MAX));
}

/* Rows of the query whose sender has `from` in name or address, at most `want`. h then says where
 * the next page begins. 1: there may be more; 0: these are all. */
static int find_rows(struct question *q, struct holds_query *h, struct slice from, struct row *out,
                     size_t *out_n, struct err *e)
{
    size_t want = h->limit, examined = 0, n, i;
    struct hold *found;
    *out_n = 0;
    h->limit = from.n ? CHUNK : want;
    do {
        int rc = archive_holds(store_archive(q->k->store), h, q->arena, e, &found, &n);
        if (rc < 0)
            return rc;
        for (i = 0; i < n && *out_n < want; i++) {
            h->before_us = found[i].made_us;
            memcpy(h->before_hold, found[i].hold, 16);
            out[*out_n] = open_row(q, &found[i]);
            *out_n += is_from(&out[*out_n], from);
        }
        if (n < h->limit && i == n)
            return 0;
        examined += n;
    } while (*out_n < want && examined < EXAMINE_MOST);
    return 1;
}

static void holds(struct question *q)
{
    struct err e = {0};
    size_t n;
    unsigned char person[16];
    struct slice domain;
    int64_t limit = question_int(q, "limit", 200);
    struct holds_query h = {.newest_first = true,
                            .limit = limit < 1 || limit > 1000 ? 200 : (size_t)limit};
    if (!read_states(q, &h)) {
        question_refuse(q, 400, "there is no such state, kind or page");
        return;
    }
    if (!narrow(q, &h, person, &domain))
        return;
    struct row *rows = ARENA_ARRAY(q->arena, struct row, h.limit);
    int more = find_rows(q, &h, slice_trim(question_text(q, "from")), rows, &n, &e);
    if (more < 0) {
        question_fail(q, &e);
        return;
    }
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    jsonw_array(&j, "holds");
    for (size_t i = 0; i < n; i++) {
        jsonw_object(&j, NULL);
        add_row(&j, &rows[i]);
        jsonw_object_end(&j);
    }
    jsonw_array_end(&j);
    if (more) {
        char id[37];
        event_id_text(h.before_hold, id);
        jsonw_text(&j, "next", arena_printf(q->arena, "%lld.%s", (long long)h.before_us, id));
    }
    jsonw_object_end(&j);
}

/* ---- opening ---- */

static int note(struct question *q, const char *verb, const struct hold *h, struct slice detail,
                struct err *e)
{
    char id[37];
    struct event ev = {.kind = EVENT_ACTED};
    event_id_text(h->hold, id);
    memcpy(ev.acted.actor, q->actor.account, 16);
    ev.acted.role = HOLD_BY_OPERATOR;
    ev.acted.verb = slice_str(verb);
    ev.acted.target = slice_str(id);
    ev.acted.detail = detail;
    int rc = store_append(q->k->store, &ev, e, NULL);
    return rc < 0 ? rc : store_commit(q->k->store, true, e);
}

static void add_base64(struct json *j, struct slice bytes)
{
    size_t room = sodium_base64_ENCODED_LEN(bytes.n, sodium_base64_VARIANT_ORIGINAL);
    char *text = malloc(room);
    if (text == NULL)
        BUG("out of memory");
    sodium_bin2base64(text, room, (const unsigned char *)bytes.p, bytes.n,
                      sodium_base64_VARIANT_ORIGINAL);
    jsonw_cstr(j, "raw", text);
    free(text);
}

/* quarantine/ID; with "raw": the message too, at most RAW_MOST of it. */
static void show(struct question *q)
{
    struct err e = {0};
    struct hold h;
    struct hold_words w;
    struct buf raw = BUF_INIT((size_t)96 << 20);
    if (!find_hold(q, &h))
        return;
    bool with_raw = question_true(q, "raw");
    if (with_raw && !is_own(q, &h) && note(q, "message opened", &h, SLICE("console"), &e) < 0) {
        question_fail(q, &e);
        return;
    }
    if (with_raw && quarantine_open(q->k->store, &h, q->arena, &e, &w, &raw) < 0) {
        question_fail(q, &e);
        buf_fini(&raw);
        return;
    }
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    struct row r = open_row(q, &h);
    add_row(&j, &r);
    if (with_raw) {
        jsonw_text(&j, "client_ip", w.client_ip);
        jsonw_text(&j, "mail_from", w.mail_from);
        jsonw_int(&j, "raw_bytes", (int64_t)raw.n);
        jsonw_bool(&j, "raw_is_cut", raw.n > RAW_MOST);
        add_base64(&j, slice_head(buf_slice(&raw), RAW_MOST));
    }
    jsonw_object_end(&j);
    buf_fini(&raw);
}

/* ---- acting ---- */

/* As whom the actor acts on it: an operator, or the recipient. Who was asked to act for a user
 * has that user's rights only. */
static void act_as(struct question *q, const struct hold *h, struct hold_actor *out)
{
    struct slice user = question_text(q, "user");
    bool runs = actor_may(&q->actor, ACTOR_OPERATOR) || is_of_domain(q, h);
    if (runs && user.n == 0) {
        out->role = HOLD_BY_OPERATOR;
        memcpy(out->person, q->actor.account, 16);
        return;
    }
    out->role = HOLD_BY_USER;
    keep_person_of(q->k, runs ? user : q->actor.mailbox, out->person);
}

/* quarantine/ID/release|refuse|delete */
static void act(struct question *q)
{
    static const struct {
        const char *word;
        enum hold_act act;
    } verbs[] = {{"release", HOLD_RELEASE}, {"refuse", HOLD_REFUSE}, {"delete", HOLD_DELETE}};
    struct err e = {0};
    struct hold h;
    struct quarantine_act a = {.act = HOLD_ACTS,
                               .reason = question_text(q, "reason"),
                               .allow_once = question_true(q, "allow_once")};
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        if (slice_eq(q->part[2], slice_str(verbs[i].word)))
            a.act = verbs[i].act;
    }
    if (a.act == HOLD_ACTS) {
        question_refuse(q, 400, "say release, refuse or delete");
        return;
    }
    if (!find_hold(q, &h))
        return;
    memcpy(a.hold, h.hold, 16);
    act_as(q, &h, &a.who);
    if (quarantine_do(q->k->store, &a, q->arena, &e, &h) < 0) {
        question_fail(q, &e);
        return;
    }
    struct json j = JSON_INIT(q->out);
    struct row r = open_row(q, &h);
    jsonw_object(&j, NULL);
    add_row(&j, &r);
    jsonw_object_end(&j);
}

/* quarantine/ID/learn: what it teaches is read off by a scanner (keeper parses no mail), for the
 * site by an operator, for the recipient alone by himself. */
static void learn(struct question *q)
{
    struct err e = {0};
    struct hold h;
    struct hold_words w;
    struct slice label = question_text(q, "label");
    struct keep_study *s = &q->k->study;
    if (!slice_eq(label, SLICE("spam")) && !slice_eq(label, SLICE("ham"))) {
        question_refuse(q, 400, "say what it is: spam or ham");
        return;
    }
    if (!find_hold(q, &h))
        return;
    bool for_site = actor_may(&q->actor, ACTOR_OPERATOR);
    if (!for_site && !is_own(q, &h)) {
        question_refuse(q, 403, "only its recipient or an operator may teach with this message");
        return;
    }
    buf_reset(&s->raw);
    s->raw.max = (size_t)96 << 20;
    if (quarantine_open(q->k->store, &h, q->arena, &e, &w, &s->raw) < 0 ||
        (for_site && note(q, "learned from quarantine", &h, label, &e) < 0)) {
        question_fail(q, &e);
        return;
    }
    s->is_wanted = true;
    s->label = slice_eq(label, SLICE("spam"));
    s->is_admin = for_site;
    struct slice user = slice_head(for_site ? SLICE("") : q->actor.mailbox, sizeof(s->user) - 1);
    memset(s->user, 0, sizeof(s->user));
    if (user.n)
        memcpy(s->user, user.p, user.n);
    *q->status = 503; /* unless a scanner reads it */
    keep_error(q->out, "no scanner is there to read the message; start the node");
}

const struct keep_verb keep_hold_verbs[] = {{"quarantine", SEES, holds},
                                            {"quarantine/*", SEES, show},
                                            {"quarantine/*/learn", LEARN, learn},
                                            {"quarantine/*/*", DOES, act},
                                            {NULL, 0, NULL}};
