/* What people do to the library: checked against what is there, and made into events. */
#include "library/library_internal.h"
#include "base/clock.h"
#include "charter/review.h"
#include "library/words.h"

#include <stdlib.h>

#define DAY_US 86400000000LL

static struct slice text_of(const json_t *args, const char *name)
{
    const char *s = json_string_value(json_object_get(args, name));
    return s ? slice_str(s) : SLICE("");
}

static void write_by(struct json *j, const struct library_by *by)
{
    static const char *const speaks[] = {"person", "organisation", "agreed"};
    if (by->name.n == 0 && by->organisation.n == 0)
        return;
    jsonw_object(j, "by");
    if (by->name.n)
        jsonw_text(j, "name", by->name);
    if (by->organisation.n)
        jsonw_text(j, "organisation", by->organisation);
    jsonw_cstr(j, "speaks", speaks[by->speaks]);
    jsonw_object_end(j);
}

/* Fills the event; the open object in `body` gets who it is and is closed. */
static int finish(struct arena *a, struct json *j, struct buf *body, struct slice id,
                  const char *verb, const struct library_by *by, struct event *out)
{
    if (by->sealed.n)
        jsonw_text(j, "sealed", by->sealed);
    else
        write_by(j, by);
    jsonw_text(j, "channel", by->channel);
    if (by->source.n)
        jsonw_text(j, "source", by->source);
    jsonw_object_end(j);
    *out = (struct event){.kind = EVENT_LIBRARY};
    out->object.role = by->roles;
    out->object.verb = slice_str(verb);
    out->object.body = arena_dup(a, buf_slice(body));
    memcpy(out->object.actor, by->actor, 16);
    library_object_of(id, out->object.object);
    buf_fini(body);
    return 0;
}

static bool is_stranger(const struct library_by *by)
{
    static const unsigned char nobody[16];
    return !by->is_shipped && by->roles == 0 && memcmp(by->actor, nobody, 16) == 0;
}

/* ---- proposals ---- */

static int count_of(struct library *l, sqlite3_stmt *st, struct err *e, int64_t *out)
{
    if (st == NULL)
        return ERR_CORRUPT;
    int rc = db_step(l->db, st, "counting", e);
    *out = rc == 1 ? sqlite3_column_int64(st, 0) : 0;
    sqlite3_reset(st);
    return rc < 0 ? rc : 0;
}

/* Strangers may propose, but not flood: so many a day from one network, so many that wait. */
static int check_flood(struct library *l, const struct library_by *by, struct err *e)
{
    int64_t waiting = 0, today = 0;
    if (!is_stranger(by))
        return 0;
    int rc = count_of(l, db_prepare(l->db, LIB_WAITING, e), e, &waiting);
    if (rc == 0 && by->source.n) {
        sqlite3_stmt *st = db_prepare(l->db, LIB_WAITING_OF, e);
        if (st) {
            db_bind_text(st, 1, by->source);
            sqlite3_bind_int64(st, 2, clock_now_us() - DAY_US);
        }
        rc = count_of(l, st, e, &today);
    }
    if (rc < 0)
        return rc;
    if (today >= LIBRARY_PER_SOURCE)
        return err_set(e, ERR_LIMIT,
                       "%d proposals came from your network today; try again tomorrow, or log in",
                       LIBRARY_PER_SOURCE);
    if (waiting >= LIBRARY_STRANGERS)
        return err_set(e, ERR_LIMIT, "too many proposals wait to be looked at; log in to propose");
    return 0;
}

/* An address that the catalogue has: who proposes it anew is told where. */
static int check_url(struct library *l, struct slice own_id, struct slice url, struct arena *a,
                     struct err *e, struct slice *out_id)
{
    sqlite3_stmt *st = url.n ? db_prepare(l->db, LIB_OBJECT_BY_URL, e) : NULL;
    if (st == NULL)
        return url.n ? ERR_CORRUPT : 0;
    db_bind_text(st, 1, library_plain_url(a, url));
    int rc = db_step(l->db, st, "looking for the link", e);
    struct slice there = rc == 1 ? db_text(st, 1, a) : SLICE("");
    sqlite3_reset(st);
    if (rc < 0)
        return rc;
    if (there.n == 0 || slice_eq(there, own_id))
        return 0;
    *out_id = there;
    return err_set(e, ERR_EXISTS, "url: the library has this link already, as %.*s",
                   SLICE_ARG(there));
}

/* An id of its own for what came without: of the title, else of the whole body. */
static int new_id(struct library *l, const json_t *args, enum library_kind kind, struct arena *a,
                  struct err *e, struct slice *out)
{
    json_t *body = json_object_get(args, "body");
    struct slice stem = words_slug(a, text_of(body, "title"), 60);
    struct object_row o;
    if (kind == LIBRARY_TRANSLATION) {
        *out = arena_printf(a, "%.*s~%.*s", SLICE_ARG(text_of(body, "of")),
                            SLICE_ARG(arena_lower(a, text_of(body, "language"))));
        return 0;
    }
    if (stem.n < 3) {
        char *packed = json_dumps(body, JSON_COMPACT | JSON_SORT_KEYS);
        unsigned char h[16];
        library_object_of(slice_str(packed), h);
        stem = arena_printf(a, "%s-%02x%02x%02x%02x", library_kind_name(kind), h[0], h[1], h[2],
                            h[3]);
        free(packed);
    }
    *out = stem;
    for (int i = 2; i < 1000; i++) {
        int rc = library_object_by_id(l, *out, a, e, &o);
        if (rc == ERR_NOENT)
            return 0;
        if (rc < 0)
            return rc;
        *out = arena_printf(a, "%.*s-%d", SLICE_ARG(stem), i);
    }
    return err_set(e, ERR_LIMIT, "title: there are too many objects of this title");
}

/* What it is about and whether it may be said here; fills *id. */
static int check_proposal(struct library *l, const json_t *args, enum library_kind kind,
                          const struct library_by *by, struct arena *a, struct err *e,
                          struct slice *id)
{
    json_t *body = json_object_get(args, "body");
    struct object_row o;
    struct library_item item;
    struct err quiet = {0};
    int rc = library_item_check(kind, body, e);
    rc = rc ? rc : check_flood(l, by, e);
    if (rc < 0)
        return rc;
    if (id->n == 0 && (rc = new_id(l, args, kind, a, e, id)) < 0)
        return rc;
    library_item_read(kind, body, &item);
    if (!library_id_ok(*id) || (kind == LIBRARY_TRANSLATION) != (slice_chr(*id, '~') != SIZE_MAX))
        return err_set(e, ERR_USAGE, "id: use a-z, 0-9 and single dashes, at most %d",
                       LIBRARY_ID_MOST);
    if (kind == LIBRARY_TRANSLATION &&
        (rc = library_object_by_id(l, item.of, a, &quiet, &o)) == ERR_NOENT)
        return err_set(e, ERR_NOENT, "of: there is nothing of this name in the library");
    rc = library_object_by_id(l, *id, a, &quiet, &o);
    if (rc == 0 && o.kind != kind)
        return err_set(e, ERR_USAGE, "kind: %.*s is a %s", SLICE_ARG(*id),
                       library_kind_name(o.kind));
    if (rc == 0 && o.state == LIBRARY_WITHDRAWN && !by->is_shipped)
        return err_set(e, ERR_DENIED, "%.*s was withdrawn: %.*s", SLICE_ARG(*id),
                       SLICE_ARG(o.reason));
    if (rc < 0 && rc != ERR_NOENT)
        return err_set(e, rc, "%s", quiet.text);
    return 0;
}

int library_propose(struct library *l, const json_t *args, const struct library_by *by,
                    struct arena *a, struct err *e, struct event *out, struct slice *out_id)
{
    enum library_kind kind = library_kind_of(text_of(args, "kind"));
    struct slice id = text_of(args, "id");
    json_t *body = json_object_get(args, "body");
    if (kind == LIBRARY_KINDS)
        return err_set(e, ERR_USAGE, "kind: say resource, measure, path or translation");
    int rc = check_proposal(l, args, kind, by, a, e, &id);
    if (rc == 0 && !by->is_shipped && kind == LIBRARY_RESOURCE)
        rc = check_url(l, id, text_of(body, "url"), a, e, out_id);
    char *packed = rc ? NULL : json_dumps(body, JSON_COMPACT);
    if (rc < 0 || packed == NULL)
        return rc ? rc : err_set(e, ERR_USAGE, "body: cannot be written as JSON");
    if (strlen(packed) > LIBRARY_BODY_MOST) {
        free(packed);
        return err_set(e, ERR_USAGE, "body: is longer than %d bytes", LIBRARY_BODY_MOST);
    }
    struct buf text = BUF_INIT(2 * LIBRARY_BODY_MOST);
    struct json j = JSON_INIT(&text);
    jsonw_object(&j, NULL);
    jsonw_text(&j, "id", id);
    jsonw_cstr(&j, "kind", library_kind_name(kind));
    jsonw_raw(&j, "body", slice_str(packed));
    free(packed);
    *out_id = arena_dup(a, id);
    return finish(a, &j, &text, id, "propose", by, out);
}

bool library_has(struct library *l, struct slice id, const json_t *body)
{
    struct arena *a = arena_new(0);
    struct err e = {0};
    struct object_row o;
    struct version_row v;
    bool has = false;
    if (library_object_by_id(l, id, a, &e, &o) == 0) {
        for (int i = o.newest; i > 0 && !has; i--) {
            if (library_version(l, o.row, i, a, &e, &v) < 0)
                break;
            json_t *there = json_loadb(v.body.p, v.body.n, 0, NULL);
            has = json_equal(there, (json_t *)body) == 1;
            json_decref(there);
        }
    }
    arena_free(a);
    return has;
}

/* ---- other acts ---- */

static int find(struct library *l, struct slice id, struct arena *a, struct err *e,
                struct object_row *out)
{
    int rc = library_object_by_id(l, id, a, e, out);
    return rc == ERR_NOENT ? err_set(e, ERR_NOENT, "there is nothing of this name in the library")
                           : rc;
}

static int check_note(const char *name, struct slice note, bool is_needed, struct err *e)
{
    if (is_needed && slice_trim(note).n < 3)
        return err_set(e, ERR_USAGE, "%s: say why, in a sentence", name);
    if (note.n > 1000)
        return err_set(e, ERR_USAGE, "%s: is longer than 1000 bytes", name);
    return 0;
}

int library_review(struct library *l, struct slice id, int version, bool is_for, struct slice note,
                   const struct library_by *by, struct arena *a, struct err *e, struct event *out)
{
    struct object_row o;
    struct version_row v;
    int rc = find(l, id, a, e, &o);
    if (rc == 0 && version == 0)
        version = o.state == LIBRARY_REVIEWED ? o.newest : o.shown;
    rc = rc ? rc : library_version(l, o.row, version, a, e, &v);
    rc = rc ? rc : check_note("note", note, !is_for, e);
    if (rc < 0)
        return rc;
    if (by->stakeholder == STAKEHOLDER_NONE && is_for)
        return err_set(e, ERR_DENIED,
                       "your account names no stakeholder class, and a review counts by class");
    if (memcmp(v.actor, by->actor, 16) == 0 && !is_stranger(by))
        return err_set(e, ERR_DENIED, "nobody reviews a text of his own");
    struct buf text = BUF_INIT(16384);
    struct json j = JSON_INIT(&text);
    jsonw_object(&j, NULL);
    jsonw_text(&j, "id", id);
    jsonw_int(&j, "version", version);
    jsonw_cstr(&j, "class", stakeholder_name(by->stakeholder));
    jsonw_bool(&j, "for", is_for);
    jsonw_text(&j, "note", note);
    return finish(a, &j, &text, id, "review", by, out);
}

int library_withdraw(struct library *l, struct slice id, bool restore, struct slice reason,
                     const struct library_by *by, struct arena *a, struct err *e, struct event *out)
{
    struct object_row o;
    struct version_row v;
    int rc = find(l, id, a, e, &o);
    rc = rc ? rc : check_note("reason", reason, !restore, e);
    rc = rc ? rc : library_version(l, o.row, 1, a, e, &v);
    if (rc < 0)
        return rc;
    unsigned may = ACTOR_REVIEWER | ACTOR_OPERATOR | ACTOR_STEWARD;
    bool is_own = !is_stranger(by) && memcmp(v.actor, by->actor, 16) == 0;
    if (!(by->roles & may) && (restore || !is_own))
        return err_set(e, ERR_DENIED, "this needs its author, a reviewer or an operator");
    if ((o.state == LIBRARY_WITHDRAWN) != restore)
        return err_set(e, ERR_EXISTS, restore ? "it is not withdrawn" : "it is withdrawn already");
    struct buf text = BUF_INIT(16384);
    struct json j = JSON_INIT(&text);
    jsonw_object(&j, NULL);
    jsonw_text(&j, "id", id);
    jsonw_text(&j, "reason", reason);
    return finish(a, &j, &text, id, restore ? "restore" : "withdraw", by, out);
}

int library_erase(struct library *l, struct slice id, const struct library_by *by, struct arena *a,
                  struct err *e, struct event *out)
{
    struct object_row o;
    struct version_row v;
    int rc = find(l, id, a, e, &o);
    rc = rc ? rc : library_version(l, o.row, 1, a, e, &v);
    if (rc < 0)
        return rc;
    bool is_own = !is_stranger(by) && memcmp(v.actor, by->actor, 16) == 0;
    if (!is_own && !(by->roles & (ACTOR_OPERATOR | ACTOR_STEWARD)))
        return err_set(e, ERR_DENIED, "this needs its author or an operator");
    struct buf text = BUF_INIT(4096);
    struct json j = JSON_INIT(&text);
    jsonw_object(&j, NULL);
    jsonw_text(&j, "id", id);
    return finish(a, &j, &text, id, "erase", by, out);
}

int library_adopt(struct library *l, struct slice id, const json_t *adopter,
                  const struct library_by *by, struct arena *a, struct err *e, struct event *out)
{
    struct object_row o;
    int rc = find(l, id, a, e, &o);
    rc = rc ? rc : library_adopter_check(adopter, e);
    if (rc == 0 && o.kind != LIBRARY_MEASURE)
        rc = err_set(e, ERR_USAGE, "id: only measures are adopted");
    if (rc < 0)
        return rc;
    char *packed = json_dumps(adopter, JSON_COMPACT);
    struct buf text = BUF_INIT(65536);
    struct json j = JSON_INIT(&text);
    jsonw_object(&j, NULL);
    jsonw_text(&j, "id", id);
    jsonw_raw(&j, "adopter", slice_str(packed));
    free(packed);
    return finish(a, &j, &text, id, "adopt", by, out);
}

int library_checked(struct library *l, struct slice id, int status, struct slice url,
                    struct slice detail, const struct library_by *by, struct arena *a,
                    struct err *e, struct event *out)
{
    struct object_row o;
    int rc = find(l, id, a, e, &o);
    if (rc == 0 && (status < 0 || status > 999))
        rc = err_set(e, ERR_USAGE, "status: is not a status of HTTP");
    if (rc == 0 && !slice_eq(url, o.url))
        rc = err_set(e, ERR_USAGE, "url: the object has another link by now");
    rc = rc ? rc : check_note("detail", detail, false, e);
    if (rc < 0)
        return rc;
    struct buf text = BUF_INIT(16384);
    struct json j = JSON_INIT(&text);
    jsonw_object(&j, NULL);
    jsonw_text(&j, "id", id);
    jsonw_int(&j, "status", status);
    jsonw_text(&j, "url", url);
    jsonw_text(&j, "detail", detail);
    return finish(a, &j, &text, id, "link", by, out);
}
