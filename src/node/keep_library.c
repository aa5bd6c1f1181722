/* The library's verbs: what is asked and done over all doors, and the objects that are shipped. */
#include "node/keep_library.h"
#include "base/clock.h"
#include "base/log.h"
#include "charter/review.h"
#include "journal/pseudonym.h"
#include "library/file.h"
#include "library/library.h"
#include "node/keep_verb.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- who ---- */

static struct slice by_text(const json_t *by, const char *name)
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

static void who(struct question *q, struct library_by *out)
{
    const json_t *by = json_object_get(q->args, "by");
    struct slice speaks = by_text(by, "speaks");
    enum charter_speaks claimed = slice_eq(speaks, SLICE("agreed"))         ? CHARTER_AGREED
                                  : slice_eq(speaks, SLICE("organisation")) ? CHARTER_ORGANISATION
                                                                            : CHARTER_PERSON;
    *out = (struct library_by){.roles = q->actor.roles,
                               .stakeholder = q->actor.stakeholder,
                               .name = by_text(by, "name"),
                               .organisation = by_text(by, "organisation"),
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

/* ---- what is shipped ---- */

static int ship_one(struct keep *k, const json_t *o, struct arena *a, struct err *e)
{
    const char *id = json_string_value(json_object_get(o, "id"));
    const json_t *by = json_object_get(o, "by");
    struct library_by site = {.is_shipped = true,
                              .roles = ACTOR_OPERATOR,
                              .channel = SLICE("shipped"),
                              .organisation = by_text(by, "organisation"),
                              .name = by_text(by, "name"),
                              .speaks = CHARTER_ORGANISATION};
    struct event ev;
    struct slice made;
    json_t *body = json_object_get(o, "body");
    if (id && library_has(k->library, slice_str(id), body))
        return 0;
    int rc = library_propose(k->library, o, &site, a, e, &ev, &made);
    if (rc == 0 && id == NULL && library_has(k->library, made, body))
        return 0;
    return rc ? rc : store_append(k->store, &ev, e, NULL);
}

static int ship_file(struct keep *k, struct slice text, struct err *e)
{
    struct arena *a = arena_new(0);
    json_t *list, *o;
    size_t i;
    int rc = library_file_read(text, e, &list);
    if (rc == 0) {
        json_array_foreach(list, i, o)
        {
            struct err one = {0};
            if ((rc = ship_one(k, o, a, &one)) < 0) {
                const char *id = json_string_value(json_object_get(o, "id"));
                *e = one;
                err_prefix(e, "%s: ", id ? id : "object");
                log_event(LOG_WARN, "library_shipped", "error", LOG_S(e->text), NULL);
                rc = 0; /* the others are good */
            }
        }
        json_decref(list);
        rc = store_commit(k->store, true, e);
    }
    arena_free(a);
    return rc;
}

/* Once per start, at the first question: what this program brought and the library has not. Not
 * at the start itself, since most acts of a command line never ask the library. */
static void ready(struct question *q)
{
    struct keep *k = q->k;
    struct err e = {0};
    if (!k->library_ready) {
        k->library_ready = true;
        for (size_t i = 0; i < k->n_shipped; i++) {
            if (k->shipped[i].n && ship_file(k, k->shipped[i], &e) < 0)
                log_event(LOG_WARN, "library_shipped", "error", LOG_S(e.text), NULL);
        }
    }
    question_fold(q);
}

/* ---- questions ---- */

static int read_filters(struct question *q, struct library_ask *ask, struct err *e)
{
    for (int f = 0; f < FACETS; f++) {
        const char *name = library_facet_name((enum library_facet)f);
        struct slice word = question_text(q, name);
        ask->value[f] = word.n ? library_value((enum library_facet)f, word) : -1;
        if (word.n && ask->value[f] < 0)
            return err_set(e, ERR_USAGE, "%s: there is no \"%.*s\"", name,
                           SLICE_ARG(slice_head(word, 40)));
    }
    return 0;
}

static void search(struct question *q)
{
    struct err e = {0};
    struct slice kind = question_text(q, "object"), order = question_text(q, "order");
    int64_t from = question_int(q, "from", 0), most = question_int(q, "most", 20);
    struct library_ask ask = {.words = question_text(q, "words"),
                              .has_kind = kind.n > 0,
                              .kind = library_kind_of(kind),
                              .language = question_text(q, "lang"),
                              .with_waiting = !question_true(q, "settled"),
                              .with_facets = question_true(q, "facets"),
                              .from = from > 0 ? (size_t)from : 0,
                              .most = most > 0 ? (size_t)most : 0};
    struct json j = JSON_INIT(q->out);
    ready(q);
    ask.order = slice_eq(order, SLICE("newest")) ? LIBRARY_BY_NEWEST
                : slice_eq(order, SLICE("year")) ? LIBRARY_BY_YEAR
                                                 : LIBRARY_BY_RANK;
    int rc = read_filters(q, &ask, &e);
    if (rc == 0 && ask.has_kind && ask.kind == LIBRARY_KINDS)
        rc = err_set(&e, ERR_USAGE, "object: say resource, measure, path or translation");
    jsonw_object(&j, NULL);
    rc = rc ? rc : library_search(q->k->library, &ask, q->arena, &j, &e);
    jsonw_object_end(&j);
    if (rc < 0)
        question_fail(q, &e);
}

static void show(struct question *q)
{
    struct err e = {0};
    struct json j = JSON_INIT(q->out);
    ready(q);
    jsonw_object(&j, NULL);
    int rc = library_show(q->k->library, q->part[2], (int)question_int(q, "version", 0),
                          question_text(q, "lang"), q->arena, &j, &e);
    if (rc == 0 && q->actor.is_known) { /* what an erasure would say, were it asked for */
        struct library_by by;
        struct event ev;
        who(q, &by);
        jsonw_bool(&j, "may_erase",
                   library_erase(q->k->library, q->part[2], &by, q->arena, &e, &ev) == 0);
    }
    jsonw_object_end(&j);
    if (rc < 0)
        question_fail(q, &e);
}

static void gaps(struct question *q)
{
    struct err e = {0};
    struct json j = JSON_INIT(q->out);
    struct slice languages = question_text(q, "languages");
    ready(q);
    jsonw_object(&j, NULL);
    int rc = library_gaps(q->k->library, languages.n ? languages : SLICE("en fr es pt ar sw id zh"),
                          &j, &e);
    jsonw_object_end(&j);
    if (rc < 0)
        question_fail(q, &e);
}

static void counts(struct question *q)
{
    struct err e = {0};
    struct json j = JSON_INIT(q->out);
    ready(q);
    jsonw_object(&j, NULL);
    int rc = library_counts(q->k->library, &j, &e);
    jsonw_object_end(&j);
    if (rc < 0)
        question_fail(q, &e);
}

static void links(struct question *q)
{
    struct err e = {0};
    struct json j = JSON_INIT(q->out);
    int64_t days = question_int(q, "days", 0), most = question_int(q, "most", 100);
    ready(q);
    jsonw_object(&j, NULL);
    int rc = library_links(q->k->library, clock_now_us() - days * 86400000000LL + 1,
                           most > 0 && most < 1000 ? (size_t)most : 1000, q->arena, &j, &e);
    jsonw_object_end(&j);
    if (rc < 0)
        question_fail(q, &e);
}

static void export_objects(struct question *q)
{
    struct err e = {0};
    struct json j = JSON_INIT(q->out);
    int64_t next = 0;
    ready(q);
    jsonw_object(&j, NULL);
    jsonw_cstr(&j, "schema", "muster-library/1");
    int rc = library_export(q->k->library, question_int(q, "from", 0), 100, q->arena, &j, &e,
                            &next);
    jsonw_int(&j, "next", next);
    jsonw_object_end(&j);
    if (rc < 0)
        question_fail(q, &e);
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
    ready(q);
    who(q, &by);
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
    ready(q);
    who(q, &by);
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
    ready(q);
    who(q, &by);
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
    ready(q);
    who(q, &by);
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
    ready(q);
    who(q, &by);
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
    ready(q);
    who(q, &by);
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
    ready(q);
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
        who(q, &by);
        by.name = by_text(credit, "name");
        by.organisation = by_text(credit, "organisation");
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

const struct keep_verb keep_library_verbs[] = {{"library/search", 0, search},
                                               {"library/show/*", 0, show},
                                               {"library/gaps", 0, gaps},
                                               {"library/counts", 0, counts},
                                               {"library/export", 0, export_objects},
                                               {"library/propose", 0, propose},
                                               {"library/review/*", REVIEWS, review},
                                               {"library/withdraw/*", MEMBERS, withdraw},
                                               {"library/restore/*", REVIEWS | ACTS, withdraw},
                                               {"library/adopt/*", MEMBERS, adopt},
                                               {"library/erase/*", MEMBERS, erase},
                                               {"library/links", READS, links},
                                               {"library/checked/*", ACTS, checked},
                                               {"library/load", ACTS, load},
                                               {NULL, 0, NULL}};

/* ---- opening ---- */

static struct slice map_file(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    void *p = MAP_FAILED;
    if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0 && st.st_size < LIBRARY_FILE_MOST)
        p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (fd >= 0)
        close(fd);
    return p == MAP_FAILED ? SLICE("") : slice_of(p, (size_t)st.st_size);
}

static int is_json(const struct dirent *d)
{
    return d->d_name[0] != '.' && slice_ends(slice_str(d->d_name), SLICE(".json"));
}

void keep_library_open(struct keep *k)
{
    struct slice first = slice_str(node_shipped(k->arena, SLICE(""), "library/10-resources.json"));
    const char *dir = arena_cstr(k->arena, slice_head(first, slice_rchr(first, '/')));
    struct dirent **names;
    int n = scandir(dir, &names, is_json, alphasort);
    k->library = library_new();
    k->shipped = ARENA_ARRAY(k->arena, struct slice, n > 0 ? (size_t)n : 1);
    for (int i = 0; i < n; i++) {
        struct slice text = map_file(arena_printf(k->arena, "%s/%s", dir, names[i]->d_name).p);
        if (text.n)
            k->shipped[k->n_shipped++] = text;
        free(names[i]);
    }
    if (n >= 0)
        free(names);
}

void keep_library_close(struct keep *k)
{
    for (size_t i = 0; i < k->n_shipped; i++)
        munmap((void *)(uintptr_t)k->shipped[i].p, k->shipped[i].n);
    library_free(k->library);
    k->library = NULL;
    k->n_shipped = 0;
}
