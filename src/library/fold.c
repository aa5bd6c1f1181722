/* EVENT_LIBRARY into rows. A verb that does not fit what is there (an object that is gone, a body
 * that a newer program wrote) is passed over: what was answered once may not stop the fold. */
#include "library/library_internal.h"
#include "charter/review.h"
#include "journal/store.h"

struct step {
    struct library *l;
    const struct event *ev;
    json_t *args; /* the event's body */
    struct arena *arena;
    struct err *e;
    struct slice by; /* JSON of who, when it can be read */
};

static struct slice text(const struct step *s, const char *name)
{
    const char *p = json_string_value(json_object_get(s->args, name));
    return p ? slice_str(p) : SLICE("");
}

static struct slice packed(struct step *s, const json_t *v)
{
    char *p = json_dumps(v, JSON_COMPACT);
    struct slice out = p ? arena_dup(s->arena, slice_str(p)) : SLICE("");
    free(p);
    return out;
}

/* Who did it stands openly (this site), or sealed under a key that may have been destroyed. */
static void read_by(struct step *s, struct store *store)
{
    json_t *open = json_object_get(s->args, "by");
    struct slice hex = text(s, "sealed");
    unsigned char key[KEY_BYTES];
    struct buf raw = BUF_INIT(8192), plain = BUF_INIT(8192);
    s->by = SLICE("");
    if (json_is_object(open)) {
        s->by = packed(s, open);
    } else if (hex.n && store) {
        for (size_t i = 0; i + 1 < hex.n; i += 2)
            buf_chr(&raw, (char)(ascii_hex(hex.p[i]) << 4 | ascii_hex(hex.p[i + 1])));
        keyring_name("library", slice_of((const char *)s->ev->object.object, 16), key);
        if (keyring_unseal(store_keys(store), key, buf_slice(&raw), &plain, NULL) == 0)
            s->by = arena_dup(s->arena, buf_slice(&plain));
    }
    buf_fini(&raw);
    buf_fini(&plain);
}

/* ---- which version is shown ---- */

static int set_version(struct step *s, int64_t row, int number, enum library_state state)
{
    sqlite3_stmt *st = db_prepare(s->l->db, LIB_VERSION_STATE, s->e);
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, row);
    sqlite3_bind_int(st, 2, number);
    sqlite3_bind_int(st, 3, (int)state);
    return db_run(s->l->db, st, "setting a version", s->e);
}

static int save_object(struct step *s, struct object_row *o, bool is_waiting)
{
    sqlite3_stmt *st = db_prepare(s->l->db, LIB_OBJECT_SET, s->e);
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, o->row);
    sqlite3_bind_int(st, 2, (int)o->state);
    sqlite3_bind_int(st, 3, o->shown);
    sqlite3_bind_int(st, 4, o->newest);
    sqlite3_bind_int64(st, 5, s->ev->at_us);
    sqlite3_bind_int(st, 6, is_waiting);
    if (o->reason.n)
        db_bind_text(st, 7, o->reason);
    int rc = db_run(s->l->db, st, "setting an object", s->e);
    rc = rc ? rc : library_index(s->l, o, s->e);
    library_touch(s->l, o->row);
    return rc;
}

static bool is_nobody(const unsigned char actor[16])
{
    static const unsigned char nobody[16];
    return memcmp(actor, nobody, 16) == 0;
}

/* Nothing but a stranger's word stands behind it. */
static bool is_waiting(const struct version_row *v)
{
    return v->state == LIBRARY_PROPOSED && is_nobody(v->actor) && v->roles == 0;
}

static bool may_replace(const struct version_row *older, const struct version_row *newer)
{
    unsigned trusted = ACTOR_REVIEWER | ACTOR_OPERATOR | ACTOR_STEWARD;
    if ((newer->roles & trusted) != 0)
        return true;
    return !is_nobody(newer->actor) && memcmp(older->actor, newer->actor, 16) == 0;
}

/* The newest reviewed version, else the newest that the author or this site put there. */
static int choose(struct step *s, struct object_row *o, bool *out_waiting)
{
    struct version_row shown = {0}, v;
    int rc = 0;
    for (int i = 1; rc == 0 && i <= o->newest; i++) {
        rc = library_version(s->l, o->row, i, s->arena, s->e, &v);
        if (rc == 0 && (i == 1 || v.state == LIBRARY_REVIEWED ||
                        (shown.state != LIBRARY_REVIEWED && may_replace(&shown, &v))))
            shown = v;
    }
    o->shown = shown.number;
    if (o->state != LIBRARY_WITHDRAWN)
        o->state = shown.state;
    *out_waiting = is_waiting(&shown);
    return rc;
}

static int settle(struct step *s, struct object_row *o)
{
    bool waiting = false;
    int rc = choose(s, o, &waiting);
    rc = rc ? rc : save_object(s, o, waiting);
    if (rc < 0 || o->of == 0)
        return rc;
    sqlite3_stmt *st = db_prepare(s->l->db, LIB_HEAD, s->e); /* the translated is found by it */
    if (st == NULL)
        return ERR_CORRUPT;
    struct object_row parent = {.row = o->of};
    sqlite3_bind_int64(st, 1, o->of);
    rc = db_step(s->l->db, st, "reading what is translated", s->e);
    if (rc == 1) {
        parent.id = db_text(st, 0, s->arena);
        parent.kind = (enum library_kind)sqlite3_column_int(st, 1);
        parent.state = (enum library_state)sqlite3_column_int(st, 2);
        parent.shown = sqlite3_column_int(st, 8);
    }
    sqlite3_reset(st);
    if (rc == 1) {
        rc = library_index(s->l, &parent, s->e);
        library_touch(s->l, parent.row);
    }
    return rc;
}

/* ---- verbs ---- */

static int add_object(struct step *s, struct slice id, enum library_kind kind,
                      struct object_row *out)
{
    json_t *body = json_object_get(s->args, "body");
    struct object_row of = {0};
    struct library_item item;
    library_item_read(kind, body, &item);
    if (kind == LIBRARY_TRANSLATION && library_object_by_id(s->l, item.of, s->arena, s->e, &of) < 0)
        return ERR_NOENT;
    sqlite3_stmt *st = db_prepare(s->l->db, LIB_OBJECT_ADD, s->e);
    if (st == NULL)
        return ERR_CORRUPT;
    db_bind_raw(st, 1, s->ev->object.object, 16);
    db_bind_text(st, 2, id);
    sqlite3_bind_int(st, 3, (int)kind);
    sqlite3_bind_int64(st, 4, of.row);
    sqlite3_bind_int(st, 5, library_value(FACET_LANGUAGE, item.language));
    sqlite3_bind_int64(st, 6, s->ev->at_us);
    int rc = db_run(s->l->db, st, "adding an object", s->e);
    return rc ? rc : library_object_by_name(s->l, s->ev->object.object, s->arena, s->e, out);
}

static int propose(struct step *s)
{
    struct slice id = text(s, "id"), source = text(s, "source");
    enum library_kind kind = library_kind_of(text(s, "kind"));
    json_t *body = json_object_get(s->args, "body");
    struct object_row o = {0};
    if (kind == LIBRARY_KINDS || id.n == 0 || library_item_check(kind, body, NULL) < 0)
        return 0;
    int rc = library_object_by_name(s->l, s->ev->object.object, s->arena, s->e, &o);
    if (rc == ERR_NOENT)
        rc = add_object(s, id, kind, &o);
    if (rc == ERR_NOENT)
        return 0; /* of something that is not there */
    sqlite3_stmt *st = rc ? NULL : db_prepare(s->l->db, LIB_VERSION_ADD, s->e);
    if (st == NULL)
        return rc ? rc : ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, o.row);
    sqlite3_bind_int(st, 2, ++o.newest);
    sqlite3_bind_int64(st, 3, s->ev->at_us);
    db_bind_raw(st, 4, s->ev->object.actor, 16);
    sqlite3_bind_int64(st, 5, s->ev->object.role);
    db_bind_text(st, 6, text(s, "channel"));
    if (source.n)
        db_bind_text(st, 7, source);
    db_bind_text(st, 8, s->by);
    db_bind_text(st, 9, packed(s, body));
    rc = db_run(s->l->db, st, "adding a version", s->e);
    return rc ? rc : settle(s, &o);
}

/* All reviews of a version, oldest first. */
static int count_reviews(struct step *s, const struct object_row *o, int number, bool *out_reviewed)
{
    struct charter_review reviews[64];
    struct version_row v;
    size_t n = 0;
    int rc = library_version(s->l, o->row, number, s->arena, s->e, &v);
    sqlite3_stmt *st = rc ? NULL : db_prepare(s->l->db, LIB_REVIEWS, s->e);
    if (st == NULL)
        return rc ? rc : ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, o->row);
    sqlite3_bind_int(st, 2, number);
    while (n < 64 && (rc = db_step(s->l->db, st, "reading reviews", s->e)) == 1) {
        reviews[n] = (struct charter_review){
            .stakeholder = (enum stakeholder)sqlite3_column_int(st, 3),
            .is_for = sqlite3_column_int(st, 4) != 0};
        db_raw(st, 1, reviews[n++].actor, 16);
    }
    sqlite3_reset(st);
    *out_reviewed = charter_reviewed(reviews, n, v.actor);
    return rc < 0 ? rc : 0;
}

static int review(struct step *s)
{
    struct object_row o;
    int number = (int)json_integer_value(json_object_get(s->args, "version"));
    enum stakeholder as = stakeholder_of(text(s, "class"));
    bool reviewed = false;
    int rc = library_object_by_name(s->l, s->ev->object.object, s->arena, s->e, &o);
    if (rc == ERR_NOENT || number < 1 || (rc == 0 && number > o.newest))
        return 0;
    sqlite3_stmt *st = rc ? NULL : db_prepare(s->l->db, LIB_REVIEW_PUT, s->e);
    if (st == NULL)
        return rc ? rc : ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, o.row);
    sqlite3_bind_int(st, 2, number);
    db_bind_raw(st, 3, s->ev->object.actor, 16);
    sqlite3_bind_int64(st, 4, s->ev->at_us);
    sqlite3_bind_int(st, 5, as < STAKEHOLDERS ? (int)as : 0);
    sqlite3_bind_int(st, 6, json_is_true(json_object_get(s->args, "for")));
    db_bind_text(st, 7, text(s, "note"));
    db_bind_text(st, 8, s->by);
    rc = db_run(s->l->db, st, "adding a review", s->e);
    rc = rc ? rc : count_reviews(s, &o, number, &reviewed);
    rc = rc ? rc : set_version(s, o.row, number, reviewed ? LIBRARY_REVIEWED : LIBRARY_PROPOSED);
    return rc ? rc : settle(s, &o);
}

static int withdraw(struct step *s, bool restore)
{
    struct object_row o;
    int rc = library_object_by_name(s->l, s->ev->object.object, s->arena, s->e, &o);
    if (rc < 0)
        return rc == ERR_NOENT ? 0 : rc;
    o.state = restore ? LIBRARY_PROPOSED : LIBRARY_WITHDRAWN;
    o.reason = restore ? SLICE("") : text(s, "reason");
    return settle(s, &o);
}

/* Names of people; the key they were sealed under is destroyed by who put the act. */
static int erase(struct step *s)
{
    struct object_row o;
    int rc = library_object_by_name(s->l, s->ev->object.object, s->arena, s->e, &o);
    if (rc < 0)
        return rc == ERR_NOENT ? 0 : rc;
    for (size_t i = LIB_ERASE_VERSIONS; rc == 0 && i <= LIB_ERASE_ADOPTERS; i++) {
        sqlite3_stmt *st = db_prepare(s->l->db, i, s->e);
        if (st == NULL)
            return ERR_CORRUPT;
        sqlite3_bind_int64(st, 1, o.row);
        rc = db_run(s->l->db, st, "erasing names", s->e);
    }
    library_touch(s->l, o.row);
    return rc;
}

static int adopt(struct step *s)
{
    struct object_row o;
    int rc = library_object_by_name(s->l, s->ev->object.object, s->arena, s->e, &o);
    if (rc < 0)
        return rc == ERR_NOENT ? 0 : rc;
    sqlite3_stmt *st = db_prepare(s->l->db, LIB_ADOPT_ADD, s->e);
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, o.row);
    sqlite3_bind_int64(st, 2, s->ev->at_us);
    db_bind_raw(st, 3, s->ev->object.actor, 16);
    db_bind_text(st, 4, packed(s, json_object_get(s->args, "adopter")));
    db_bind_text(st, 5, s->by);
    rc = db_run(s->l->db, st, "adding an adopter", s->e);
    return rc ? rc : settle(s, &o);
}

/* One failure may be the network's; the second in a row says that the link is dead. An answer
 * "gone" or "not found" says so at once. */
static int checked(struct step *s)
{
    struct object_row o;
    int status = (int)json_integer_value(json_object_get(s->args, "status"));
    bool works = status >= 200 && status < 400;
    /* who asks for a log-in or for less haste is there */
    works = works || status == 401 || status == 403 || status == 405 || status == 429;
    int64_t failures = 0;
    int rc = library_object_by_name(s->l, s->ev->object.object, s->arena, s->e, &o);
    if (rc < 0)
        return rc == ERR_NOENT ? 0 : rc;
    sqlite3_stmt *st = db_prepare(s->l->db, LIB_LINK_PUT, s->e);
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, o.row);
    db_bind_text(st, 2, text(s, "url"));
    sqlite3_bind_int64(st, 3, s->ev->at_us);
    sqlite3_bind_int(st, 4, status);
    db_bind_text(st, 5, text(s, "detail"));
    sqlite3_bind_int(st, 6, works ? 0 : 1);
    rc = db_run(s->l->db, st, "adding a check", s->e);
    st = rc ? NULL : db_prepare(s->l->db, LIB_LINK_GET, s->e);
    if (st == NULL)
        return rc ? rc : ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, o.row);
    rc = db_step(s->l->db, st, "reading a check", s->e);
    if (rc == 1)
        failures = sqlite3_column_int64(st, 4);
    sqlite3_reset(st);
    st = rc < 0 ? NULL : db_prepare(s->l->db, LIB_OBJECT_LINK, s->e);
    if (st == NULL)
        return rc < 0 ? rc : ERR_CORRUPT;
    bool dead = !works && (status == 404 || status == 410 || failures > 1);
    sqlite3_bind_int64(st, 1, o.row);
    sqlite3_bind_int(st, 2, works ? 1 : dead ? 2 : 0);
    rc = db_run(s->l->db, st, "setting a link", s->e);
    return rc ? rc : settle(s, &o);
}

int library_fold(void *arg, struct fold_target *t, const struct event *ev, struct err *e)
{
    struct step s = {.l = arg, .ev = ev, .e = e, .arena = arena_new(0)};
    struct slice verb = ev->object.verb;
    int rc = db_need_batch(s.l->db, e);
    s.args = rc ? NULL : json_loadb(ev->object.body.p, ev->object.body.n, 0, NULL);
    if (s.args) {
        read_by(&s, t ? t->store : NULL);
        if (slice_eq(verb, SLICE("propose")))
            rc = propose(&s);
        else if (slice_eq(verb, SLICE("review")))
            rc = review(&s);
        else if (slice_eq(verb, SLICE("withdraw")) || slice_eq(verb, SLICE("restore")))
            rc = withdraw(&s, slice_eq(verb, SLICE("restore")));
        else if (slice_eq(verb, SLICE("erase")))
            rc = erase(&s);
        else if (slice_eq(verb, SLICE("adopt")))
            rc = adopt(&s);
        else if (slice_eq(verb, SLICE("link")))
            rc = checked(&s);
    }
    json_decref(s.args);
    arena_free(s.arena);
    return rc;
}
