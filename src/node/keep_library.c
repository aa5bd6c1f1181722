/* The library's acts, over all doors: who does what to which object. Questions are in
 * keep_library_ask.c, what is shipped in keep_library_ship.c. */
#include "node/keep_library.h"
#include "base/clock.h"
#include "base/log.h"
#include "charter/review.h"
#include "journal/pseudonym.h"
#include "library/library.h"
#include "node/keep_verb.h"

#include <stdlib.h>

/* ---- who ---- */

struct slice keep_library_text(const json_t *by, const char *name)
{
    const char *s = json_string_value(json_object_get(by, name));
    struct slice t = s ? slice_trim(slice_str(s)) : SLICE("");
    return slice_head(t, 120);
}

/* On this machine the administrator may record what others said: "as" and "class" name them. */
static void local_names(struct question *q, struct library_by *by)
{
    struct slice as = question_text(q, "as"), stakeholder = question_text(q, "class");
    if (!q->actor.is_local || as.n == 0)
        return;
    struct slice name = arena_printf(q->arena, "local:%.*s", SLICE_ARG(as));
    library_object_of(name, by->actor);
    by->name = slice_head(as, 120);
    if (stakeholder_of(stakeholder) < STAKEHOLDERS)
        by->stakeholder = stakeholder_of(stakeholder);
}

static struct slice source_of(struct question *q)
{
    unsigned char h[16];
    struct slice from = question_text(q, "source");
    if (from.n == 0)
        return from;
    store_pseudonym(q->k->store, arena_printf(q->arena, "source:%.*s", SLICE_ARG(from)), h);
    return arena_printf(q->arena, "%02x%02x%02x%02x%02x%02x", h[0], h[1], h[2], h[3], h[4], h[5]);
}

void keep_library_who(struct question *q, struct library_by *out)
{
    const json_t *by = json_object_get(q->args, "by");
    struct slice speaks = keep_library_text(by, "speaks");
    enum charter_speaks claimed = slice_eq(speaks, SLICE("agreed"))         ? CHARTER_AGREED
                                  : slice_eq(speaks, SLICE("organisation")) ? CHARTER_ORGANISATION
                                                                            : CHARTER_PERSON;
    *out = (struct library_by){.roles = q->actor.roles,
                               .stakeholder = q->actor.stakeholder,
                               .name = keep_library_text(by, "name"),
                               .organisation = keep_library_text(by, "organisation"),
                               .channel = question_text(q, "channel"),
                               .source = source_of(q),
                               .is_local = q->actor.is_local};
    memcpy(out->actor, q->actor.account, 16);
    if (out->name.n == 0 && q->actor.name.n)
        out->name = q->actor.name;
    if (out->channel.n == 0 || out->channel.n > 20)
        out->channel = SLICE("command");
    /* A mailbox of its own domain that was verified is the proof that an account has. */
    bool has_proof = q->actor.is_local || (q->actor.is_known && q->actor.n_domains > 0);
    bool is_by_process = (q->actor.roles & ACTOR_STEWARD) != 0;
    out->speaks = (int)charter_speaks_as(claimed, has_proof, is_by_process);
    if (out->speaks == CHARTER_PERSON && !has_proof)
        out->organisation = SLICE(""); /* a text that nobody signed shows no organisation */
    local_names(q, out);
}

/* Who a person is stands in the journal under a key of the object, so that it can be erased. */
static int seal(struct question *q, struct slice id, struct library_by *by, struct err *e)
{
    static const char *const speaks[] = {"person", "organisation", "agreed"};
    unsigned char object[16], key[KEY_BYTES];
    struct buf plain = BUF_INIT(4096), sealed = BUF_INIT(8192), hex = BUF_INIT(16384);
    struct json j = JSON_INIT(&plain);
    if (by->name.n == 0 && by->organisation.n == 0)
        return 0;
    jsonw_object(&j, NULL);
    if (by->name.n)
        jsonw_text(&j, "name", by->name);
    if (by->organisation.n)
        jsonw_text(&j, "organisation", by->organisation);
    jsonw_cstr(&j, "speaks", speaks[by->speaks]);
    jsonw_object_end(&j);
    library_object_of(id, object);
    keyring_name("library", slice_of((const char *)object, 16), key);
    int rc = keyring_seal(store_keys(q->k->store), key, buf_slice(&plain), &sealed, e);
    rc = rc ? rc : keyring_sync(store_keys(q->k->store), e);
    for (size_t i = 0; i < sealed.n; i++)
        buf_printf(&hex, "%02x", (unsigned char)sealed.p[i]);
    by->sealed = arena_dup(q->arena, buf_slice(&hex));
    buf_fini(&plain);
    buf_fini(&sealed);
    buf_fini(&hex);
    return rc;
}

/* ---- acts ---- */

/* On disk and folded; then the answer. */
static void done(struct question *q, const struct event *ev, struct slice id)
{
    struct err e = {0};
    struct json j = JSON_INIT(q->out);
    if (store_append(q->k->store, ev, &e, NULL) < 0 || store_commit(q->k->store, true, &e) < 0) {
        question_fail(q, &e);
        return;
    }
    jsonw_object(&j, NULL);
    jsonw_text(&j, "id", id);
    jsonw_text(&j, "done", ev->object.verb);
    jsonw_object_end(&j);
}

static void propose(struct question *q)
{
    struct err e = {0};
    struct library_by by;
    struct event ev;
    struct slice id = SLICE("");
    keep_library_ready(q);
    keep_library_who(q, &by);
    int rc = library_propose(q->k->library, q->args, &by, q->arena, &e, &ev, &id);
    if (rc == ERR_EXISTS) {
        struct json j = JSON_INIT(q->out);
        *q->status = 409;
        jsonw_object(&j, NULL);
        jsonw_cstr(&j, "error", e.text);
        jsonw_text(&j, "id", id);
        jsonw_object_end(&j);
        return;
    }
    if (rc == 0 && by.name.n + by.organisation.n > 0) {
        rc = seal(q, id, &by, &e);
        rc = rc ? rc : library_propose(q->k->library, q->args, &by, q->arena, &e, &ev, &id);
    }
    if (rc < 0)
        question_fail(q, &e);
    else
        done(q, &ev, id);
}

static void review(struct question *q)
{
    struct err e = {0};
    struct library_by by;
    struct event ev;
    struct slice word = question_text(q, "opinion");
    bool is_for = slice_eq(word, SLICE("for"));
    keep_library_ready(q);
    keep_library_who(q, &by);
    if (!is_for && !slice_eq(word, SLICE("against"))) {
        question_refuse(q, 400, "opinion: say for or against");
        return;
    }
    int rc = seal(q, q->part[2], &by, &e);
    rc = rc ? rc
            : library_review(q->k->library, q->part[2], (int)question_int(q, "version", 0), is_for,
                             question_text(q, "note"), &by, q->arena, &e, &ev);
    if (rc < 0)
        question_fail(q, &e);
    else
        done(q, &ev, q->part[2]);
}

static void withdraw(struct question *q)
{
    struct err e = {0};
    struct library_by by;
    struct event ev;
    keep_library_ready(q);
    keep_library_who(q, &by);
    by.name = by.organisation = SLICE(""); /* the account is in the event, its name not needed */
    if (library_withdraw(q->k->library, q->part[2], slice_eq(q->part[1], SLICE("restore")),
                         question_text(q, "reason"), &by, q->arena, &e, &ev) < 0)
        question_fail(q, &e);
    else
        done(q, &ev, q->part[2]);
}

/* The key first: when that is done, no copy of the journal gives the names any more. */
static void erase(struct question *q)
{
    struct err e = {0};
    struct library_by by;
    struct event ev;
    unsigned char object[16], key[KEY_BYTES];
    keep_library_ready(q);
    keep_library_who(q, &by);
    by.name = by.organisation = SLICE("");
    int rc = library_erase(q->k->library, q->part[2], &by, q->arena, &e, &ev);
    library_object_of(q->part[2], object);
    keyring_name("library", slice_of((const char *)object, 16), key);
    rc = rc ? rc : keyring_destroy(store_keys(q->k->store), key, NULL, &e);
    if (rc < 0)
        question_fail(q, &e);
    else
        done(q, &ev, q->part[2]);
    if (rc == 0 && db_sweep(library_db(q->k->library), &e) < 0)
        log_event(LOG_WARN, "library", "error", LOG_S(e.text), NULL);
}

static void adopt(struct question *q)
{
    struct err e = {0};
    struct library_by by;
    struct event ev;
    keep_library_ready(q);
    keep_library_who(q, &by);
    int rc = seal(q, q->part[2], &by, &e);
    rc = rc ? rc
            : library_adopt(q->k->library, q->part[2], json_object_get(q->args, "adopter"), &by,
                            q->arena, &e, &ev);
    if (rc < 0)
        question_fail(q, &e);
    else
        done(q, &ev, q->part[2]);
}

static void checked(struct question *q)
{
    struct err e = {0};
    struct library_by by;
    struct event ev;
    keep_library_ready(q);
    keep_library_who(q, &by);
    by.name = by.organisation = SLICE("");
    if (library_checked(q->k->library, q->part[2], (int)question_int(q, "status", 0),
                        question_text(q, "url"), question_text(q, "detail"), &by, q->arena, &e,
                        &ev) < 0)
        question_fail(q, &e);
    else
        done(q, &ev, q->part[2]);
}

/* Many objects of a file; each that is refused is named, the others are taken. */
static void load(struct question *q)
{
    json_t *objects = json_object_get(q->args, "objects"), *o;
    struct err e = {0};
    struct json j = JSON_INIT(q->out);
    int64_t taken = 0, known = 0;
    size_t i;
    int rc = 0;
    keep_library_ready(q);
    jsonw_object(&j, NULL);
    jsonw_array(&j, "refused");
    json_array_foreach(objects, i, o)
    {
        struct library_by by;
        struct event ev;
        struct slice id = SLICE("");
        struct err one = {0};
        const char *given = json_string_value(json_object_get(o, "id"));
        const json_t *credit = json_object_get(o, "by");
        keep_library_who(q, &by);
        by.name = keep_library_text(credit, "name");
        by.organisation = keep_library_text(credit, "organisation");
        by.speaks = by.organisation.n ? CHARTER_ORGANISATION : CHARTER_PERSON;
        if (given && library_has(q->k->library, slice_str(given), json_object_get(o, "body"))) {
            known++;
            continue;
        }
        if (given == NULL)
            question_fold(q); /* its id must differ from those before it */
        rc = library_propose(q->k->library, o, &by, q->arena, &one, &ev, &id);
        if (rc == ERR_NOENT) { /* perhaps a translation of one of this file */
            question_fold(q);
            rc = library_propose(q->k->library, o, &by, q->arena, &one, &ev, &id);
        }
        rc = rc ? rc : store_append(q->k->store, &ev, &one, NULL);
        if (rc == 0) {
            taken++;
            continue;
        }
        jsonw_object(&j, NULL);
        jsonw_cstr(&j, "id", given);
        jsonw_int(&j, "item", (int64_t)i + 1);
        jsonw_cstr(&j, "error", one.text);
        jsonw_object_end(&j);
    }
    jsonw_array_end(&j);
    jsonw_int(&j, "taken", taken);
    jsonw_int(&j, "known", known);
    jsonw_object_end(&j);
    if (store_commit(q->k->store, true, &e) < 0)
        question_fail(q, &e);
}

#define REVIEWS (ACTOR_REVIEWER | ACTOR_STEWARD)
#define MEMBERS (ACTOR_MEMBER | ACTOR_REVIEWER | ACTOR_OPERATOR | ACTOR_STEWARD)

const struct keep_verb keep_library_verbs[] = {{"library/propose", 0, propose},
                                               {"library/review/*", REVIEWS, review},
                                               {"library/withdraw/*", MEMBERS, withdraw},
                                               {"library/restore/*", REVIEWS | ACTS, withdraw},
                                               {"library/adopt/*", MEMBERS, adopt},
                                               {"library/erase/*", MEMBERS, erase},
                                               {"library/checked/*", ACTS, checked},
                                               {"library/load", ACTS, load},
                                               {NULL, 0, NULL}};
