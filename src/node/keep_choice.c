/* What people chose for their own mail, and what operators put on the site's lists from console or
 * command line: events, their fold into the views that scanners read, and the verbs.
 *
 * The event holds the whole choice, sealed under a key of the mailbox: whom somebody wants to hear
 * is his own affair. An entry of the site has a reason and an end (charter), and stands in the log
 * of acts. */
#include "node/keep_choice.h"
#include "base/clock.h"
#include "base/log.h"
#include "node/keep_verb.h"

#define VERB      SLICE("choice")
#define VERB_SENT SLICE("digest")
#define DAY_US    (INT64_C(86400) * 1000000)
#define DAYS      90
#define DAYS_MOST 365
#define OWN       (ACTOR_MEMBER | ACTOR_OPERATOR)
#define SEES_OWN  (OWN | ACTOR_AUDITOR)

static void key_of(const unsigned char person[16], unsigned char out[KEY_BYTES])
{
    keyring_name("choice", slice_of((const char *)person, 16), out);
}

/* ---- events and fold ---- */

int keep_fold_choice(void *arg, struct fold_target *t, const struct event *ev, struct err *e)
{
    (void)arg;
    const struct event_object *o = &ev->object;
    struct slice key = slice_of((const char *)o->object, 16);
    unsigned char name[KEY_BYTES];
    if (slice_eq(o->verb, VERB_SENT) && o->body.n == 8)
        return views_put(t->views, VIEW_SENT, key, o->body, e);
    if (!slice_eq(o->verb, VERB))
        return 0;
    struct buf plain = BUF_INIT(1u << 20);
    key_of(o->object, name);
    int rc = keyring_unseal(store_keys(t->store), name, o->body, &plain, e);
    if (rc == 0)
        rc = views_put(t->views, VIEW_CHOICE, key, buf_slice(&plain), e);
    else if (rc == ERR_NOENT || rc == ERR_CORRUPT) /* erased since */
        rc = views_del(t->views, VIEW_CHOICE, key, e);
    buf_fini(&plain);
    return rc;
}

void keep_choice_read(struct keep *k, const unsigned char person[16], struct arena *a,
                      struct choice *out)
{
    struct slice bytes;
    *out = (struct choice){0};
    if (views_get(store_views(k->store), VIEW_CHOICE, slice_of((const char *)person, 16), &bytes) ==
            0 &&
        !choice_unpack(a, arena_dup(a, bytes), out))
        *out = (struct choice){0};
}

static int write_choice(struct question *q, const unsigned char person[16], const struct choice *c,
                        struct err *e)
{
    struct event ev = {.kind = EVENT_ACCOUNT};
    struct buf plain = BUF_INIT(1u << 19), sealed = BUF_INIT((1u << 19) + SEAL_EXTRA);
    unsigned char name[KEY_BYTES];
    key_of(person, name);
    choice_pack(c, &plain);
    struct keyring *keys = store_keys(q->k->store);
    int rc = plain.full ? err_set(e, ERR_LIMIT, "the lists are full")
                        : keyring_seal(keys, name, buf_slice(&plain), &sealed, e);
    rc = rc ? rc : keyring_sync(keys, e);
    memcpy(ev.object.object, person, 16);
    memcpy(ev.object.actor, q->actor.account, 16);
    ev.object.role = q->actor.roles;
    ev.object.verb = VERB;
    ev.object.body = buf_slice(&sealed);
    rc = rc ? rc : store_append(q->k->store, &ev, e, NULL);
    rc = rc ? rc : store_commit(q->k->store, true, e);
    buf_fini(&plain);
    buf_fini(&sealed);
    return rc;
}

/* ---- answers ---- */

static const char *const digests[] = {"site", "none", "day", "week", NULL};

static void add_entries(struct json *j, const struct choice *c, int64_t now_us)
{
    char when[32];
    jsonw_array(j, "entries");
    for (size_t i = 0; i < c->n; i++) {
        const struct choice_entry *x = &c->entries[i];
        if (x->until_us && x->until_us <= now_us)
            continue;
        jsonw_object(j, NULL);
        jsonw_cstr(j, "list", x->list == CHOICE_ALLOW ? "allow" : "block");
        jsonw_text(j, "word", x->word);
        jsonw_text(j, "reason", x->reason);
        jsonw_cstr(j, "time", clock_rfc3339(x->made_us, when));
        jsonw_int(j, "time_us", x->made_us);
        jsonw_int(j, "until_us", x->until_us);
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
}

static void answer_choice(struct question *q, const struct choice *c)
{
    struct json j = JSON_INIT(q->out);
    struct policy_view v;
    policy_view(q->k->policy, q->arena, c->mailbox, &v);
    jsonw_object(&j, NULL);
    jsonw_text(&j, "mailbox", c->mailbox);
    jsonw_int(&j, "strength", c->strength);
    jsonw_cstr(&j, "digest", digests[c->digest]);
    jsonw_text(&j, "lang", c->lang);
    add_entries(&j, c, clock_now_us());
    jsonw_object(&j, "bounds");
    jsonw_num(&j, "points", v.own_points, 2);
    jsonw_bool(&j, "lists", v.own_lists);
    jsonw_num(&j, "tag", v.tag, 2);
    choice_move(c, &v);
    jsonw_num(&j, "own_tag", v.tag, 2);
    jsonw_object_end(&j);
    jsonw_object_end(&j);
}

/* ---- a person's own ---- */

/* Whose choice the question is about: the actor's own mailbox, or for who may see everybody's
 * mail any ("user"). Fills the mailbox in. false: refused. */
static bool whose(struct question *q, bool changes, unsigned char person[16], struct choice *out)
{
    struct slice user = question_text(q, "user");
    bool may_other = changes ? actor_may(&q->actor, ACTOR_OPERATOR) : question_sees_all(q);
    if (user.n && !may_other && !slice_ieq(user, q->actor.mailbox)) {
        question_refuse(q, 403, "only an operator may do this for others");
        return false;
    }
    struct slice mailbox = mailbox_canonical(q->arena, &q->k->mailboxes,
                                             user.n ? user : q->actor.mailbox);
    if (mailbox.n == 0) {
        question_refuse(q, 400, "there is no mailbox; say whose with \"user\"");
        return false;
    }
    keep_person_of(q->k, mailbox, person);
    keep_choice_read(q->k, person, q->arena, out);
    out->mailbox = mailbox;
    return true;
}

static void show(struct question *q)
{
    unsigned char person[16];
    struct choice c;
    if (whose(q, false, person, &c))
        answer_choice(q, &c);
}

static void finish(struct question *q, const unsigned char person[16], const struct choice *c)
{
    struct err e = {0};
    if (write_choice(q, person, c, &e) < 0)
        question_fail(q, &e);
    else
        answer_choice(q, c);
}

static void set(struct question *q)
{
    unsigned char person[16];
    struct choice c;
    if (!whose(q, true, person, &c))
        return;
    int64_t strength = question_int(q, "strength", c.strength);
    struct slice digest = question_text(q, "digest"), lang = question_text(q, "lang");
    bool known = digest.n == 0;
    for (int i = 0; digests[i]; i++) {
        if (slice_eq(digest, slice_str(digests[i]))) {
            c.digest = (enum choice_digest)i;
            known = true;
        }
    }
    if (strength < -CHOICE_STRENGTH || strength > CHOICE_STRENGTH || !known || lang.n > 16) {
        question_refuse(q, 400, "strength is -2 to 2, digest site, none, day or week");
        return;
    }
    c.strength = (int)strength;
    if (json_object_get(q->args, "lang"))
        c.lang = lang;
    finish(q, person, &c);
}

/* Takes the entry named out, wherever it stands; true when it was there. */
static bool drop(struct choice *c, struct slice word)
{
    size_t kept = 0, n = c->n;
    for (size_t i = 0; i < n; i++) {
        if (!slice_ieq(c->entries[i].word, word))
            c->entries[kept++] = c->entries[i];
    }
    c->n = kept;
    return kept < n;
}

/* Entries that have ended make room. */
static void drop_ended(struct choice *c, int64_t now_us)
{
    size_t kept = 0;
    for (size_t i = 0; i < c->n; i++) {
        if (c->entries[i].until_us == 0 || c->entries[i].until_us > now_us)
            c->entries[kept++] = c->entries[i];
    }
    c->n = kept;
}

/* Puts the entry that the question names into c. false: refused. */
static bool add_entry(struct question *q, struct choice *c, int64_t days)
{
    struct err e = {0};
    struct slice list = question_text(q, "list");
    struct slice word = arena_lower(q->arena, slice_trim(question_text(q, "word")));
    int64_t now = clock_now_us();
    if (!slice_eq(list, SLICE("allow")) && !slice_eq(list, SLICE("block"))) {
        question_refuse(q, 400, "say on which list: allow or block");
        return false;
    }
    if (choice_check_word(word, &e) < 0) {
        question_fail(q, &e);
        return false;
    }
    drop(c, word);
    drop_ended(c, now);
    if (c->n >= CHOICE_ENTRIES) {
        question_refuse(q, 413, "the lists hold 500 entries at most");
        return false;
    }
    struct choice_entry *all = ARENA_ARRAY(q->arena, struct choice_entry, c->n + 1);
    for (size_t i = 0; i < c->n; i++)
        all[i] = c->entries[i];
    all[c->n++] = (struct choice_entry){
        .list = slice_eq(list, SLICE("block")) ? CHOICE_BLOCK : CHOICE_ALLOW,
        .word = word,
        .reason = slice_head(question_text(q, "reason"), CHOICE_REASON),
        .made_us = now,
        .until_us = days > 0 ? now + days * DAY_US : 0};
    c->entries = all;
    return true;
}

static void add(struct question *q)
{
    unsigned char person[16];
    struct choice c;
    int64_t days = question_int(q, "days", 0);
    if (days < 0 || days > 36500) {
        question_refuse(q, 400, "days: 0 for no end, or how long it holds");
        return;
    }
    if (whose(q, true, person, &c) && add_entry(q, &c, days))
        finish(q, person, &c);
}

static void take_out(struct question *q)
{
    unsigned char person[16];
    struct choice c;
    if (!whose(q, true, person, &c))
        return;
    if (drop(&c, slice_trim(question_text(q, "word"))))
        finish(q, person, &c);
    else
        question_refuse(q, 404, "no list has this entry");
}

/* ---- the site's ---- */

static const unsigned char site[16];

static void answer_lists(struct question *q, const struct choice *c)
{
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    add_entries(&j, c, clock_now_us());
    jsonw_object_end(&j);
}

static void lists(struct question *q)
{
    struct choice c;
    keep_choice_read(q->k, site, q->arena, &c);
    answer_lists(q, &c);
}

static void lists_done(struct question *q, const struct choice *c, const char *verb)
{
    struct err e = {0};
    struct event ev = {.kind = EVENT_ACTED};
    memcpy(ev.acted.actor, q->actor.account, 16);
    ev.acted.role = HOLD_BY_OPERATOR;
    ev.acted.verb = slice_str(verb);
    ev.acted.target = slice_trim(question_text(q, "word"));
    ev.acted.detail = question_text(q, "reason");
    int rc = store_append(q->k->store, &ev, &e, NULL);
    if (rc < 0 || write_choice(q, site, c, &e) < 0)
        question_fail(q, &e);
    else
        answer_lists(q, c);
}

static void lists_add(struct question *q)
{
    struct choice c;
    int64_t days = question_int(q, "days", DAYS);
    if (slice_trim(question_text(q, "reason")).n == 0) {
        question_refuse(q, 400, "say why: an entry of the site needs a reason");
        return;
    }
    if (days < 1 || days > DAYS_MOST) {
        question_refuse(q, 400, "an entry of the site ends: say 1 to 365 days");
        return;
    }
    keep_choice_read(q->k, site, q->arena, &c);
    if (add_entry(q, &c, days))
        lists_done(q, &c,
                   slice_eq(question_text(q, "list"), SLICE("block")) ? "list block"
                                                                      : "list allow");
}

static void lists_remove(struct question *q)
{
    struct choice c;
    keep_choice_read(q->k, site, q->arena, &c);
    if (drop(&c, slice_trim(question_text(q, "word"))))
        lists_done(q, &c, "list remove");
    else
        question_refuse(q, 404, "no list has this entry");
}

/* ---- digests ---- */

int64_t keep_digest_sent(struct keep *k, const unsigned char person[16])
{
    struct slice bytes;
    int64_t at = 0;
    if (views_get(store_views(k->store), VIEW_SENT, slice_of((const char *)person, 16), &bytes) ==
            0 &&
        bytes.n == 8)
        memcpy(&at, bytes.p, 8);
    return at;
}

int keep_digest_mark(struct keep *k, const unsigned char person[16], int64_t at_us, struct err *e)
{
    struct event ev = {.kind = EVENT_ACCOUNT};
    memcpy(ev.object.object, person, 16);
    ev.object.verb = VERB_SENT;
    ev.object.body = slice_of((const char *)&at_us, 8);
    int rc = store_append(k->store, &ev, e, NULL);
    return rc < 0 ? rc : store_commit(k->store, true, e);
}

const struct keep_verb keep_choice_verbs[] = {
    {"choice", SEES_OWN, show},           {"choice/set", OWN, set}, {"choice/add", OWN, add},
    {"choice/remove", OWN, take_out},     {"lists", READS, lists},  {"lists/add", ACTS, lists_add},
    {"lists/remove", ACTS, lists_remove}, {NULL, 0, NULL}};
