/* Desk events into the book. See book.h.
 *
 * Verbs by what the event's object is, with the members of their bodies:
 *
 *   case     report  {report, sealed, person, network, party, key, campaign, marks, weight,
 *                     bulk, host, routes, state, due, origin}
 *            more    {}                      another report counted with it
 *            step    {state, outcome, due, note, take}
 *            looked  {what}                  somebody opened evidence
 *            erased  {}                      the reporter's data are gone
 *   wanted   wanted  {marks}                 mail that is never grouped by its text
 *   letter   letter  {about, person, kind, state, to, words}
 *            posted  {state, result}
 *   contact  contact {net, mailbox, source}
 *   listing  listing {kind, value, harm, effect, evidence, from, ends, reason, contact}
 *            reply confirm lower end   {effect, from, ends, text, why} with kind and value
 *   appeal   appeal  {listing, contact, statement, method, token, language}
 *            check {method} · checked {found}    a published proof was looked for
 *            proven {method} · vote {class, vote, reason} · decided {state, result, reason} ·
 * silence {steps}
 *
 * Raw bytes stand as hexadecimal, sealed ones as base64 (libsodium's). An event of another shape
 * leaves only its line in the history.
 */
#include "desk/book_internal.h"

#include <sodium.h>

struct folding {
    struct book *b;
    const struct event *ev;
    json_t *body;
    struct err *e;
};

static struct slice text(const struct folding *f, const char *name)
{
    const char *s = json_string_value(json_object_get(f->body, name));
    return s ? slice_str(s) : SLICE("");
}

static int64_t number(const struct folding *f, const char *name)
{
    return json_integer_value(json_object_get(f->body, name));
}

static bool truth(const struct folding *f, const char *name)
{
    return json_is_true(json_object_get(f->body, name));
}

/* false: absent or of another length. */
static bool raw(const struct folding *f, const char *name, unsigned char *out, size_t n)
{
    struct slice s = text(f, name);
    size_t got = 0;
    memset(out, 0, n);
    return s.n == 2 * n && sodium_hex2bin(out, n, s.p, s.n, NULL, &got, NULL) == 0 && got == n;
}

static sqlite3_stmt *prepare(const struct folding *f, enum book_sql which)
{
    sqlite3_stmt *st = db_prepare(f->b->db, which, f->e);
    if (st)
        db_bind_raw(st, 1, f->ev->object.object, 16);
    return st;
}

static int run(const struct folding *f, sqlite3_stmt *st)
{
    return st ? db_run(f->b->db, st, "folding", f->e) : ERR_CORRUPT;
}

/* ---- cases ---- */

static int add_marks(const struct folding *f, const unsigned char campaign[16])
{
    json_t *list = json_object_get(f->body, "marks"), *one;
    size_t i;
    int r = 0;
    json_array_foreach(list, i, one)
    {
        sqlite3_stmt *st = db_prepare(f->b->db, BOOK_ADD_MARK, f->e);
        if (st == NULL)
            return ERR_CORRUPT;
        db_bind_text(st, 1, slice_str(json_string_value(one)));
        db_bind_raw(st, 2, campaign, 16);
        db_bind_raw(st, 3, f->ev->object.object, 16);
        r = r ? r : run(f, st);
    }
    return r;
}

static void bind_dump(sqlite3_stmt *st, int at, const json_t *v)
{
    char *s = v ? json_dumps(v, JSON_COMPACT) : NULL;
    if (s)
        sqlite3_bind_text(st, at, s, -1, free);
}

static int on_report(const struct folding *f)
{
    unsigned char campaign[16], person[16], network[16], party[16], key[16], sealed[4096];
    size_t n_sealed = 0;
    const json_t *report = json_object_get(f->body, "report");
    const json_t *original = json_object_get(report, "original");
    const char *domain = json_string_value(json_object_get(original, "from_domain"));
    const char *category = json_string_value(json_object_get(report, "category"));
    const char *source = json_string_value(json_object_get(report, "source"));
    enum desk_category c = DESK_OTHER;
    enum desk_source s = DESK_LOCAL;
    sqlite3_stmt *st = prepare(f, BOOK_ADD_CASE);
    if (st == NULL)
        return ERR_CORRUPT;
    struct slice b64 = text(f, "sealed");
    if (sodium_base642bin(sealed, sizeof(sealed), b64.p, b64.n, NULL, &n_sealed, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0)
        n_sealed = 0;
    (void)!desk_category_parse(slice_str(category), &c);
    (void)!desk_source_parse(slice_str(source), &s);
    (void)!raw(f, "campaign", campaign, 16);
    (void)!raw(f, "network", network, 16);
    if (!raw(f, "party", party, 16)) /* written before parties were */
        memcpy(party, network, 16);
    (void)!raw(f, "key", key, 16);
    bool has_person = raw(f, "person", person, 16);
    sqlite3_bind_int64(st, 2, f->ev->at_us);
    sqlite3_bind_int64(st, 3, number(f, "due"));
    sqlite3_bind_int64(st, 4, number(f, "state"));
    sqlite3_bind_int(st, 5, (int)c);
    sqlite3_bind_int(st, 6, (int)s);
    sqlite3_bind_double(st, 7, json_number_value(json_object_get(f->body, "weight")));
    db_bind_raw(st, 8, campaign, 16);
    if (has_person)
        db_bind_raw(st, 9, person, 16);
    db_bind_raw(st, 10, network, 16);
    db_bind_raw(st, 11, key, 16);
    db_bind_text(st, 12, slice_str(domain ? domain : ""));
    db_bind_text(st, 13, text(f, "host"));
    sqlite3_bind_int(st, 14, truth(f, "bulk"));
    bind_dump(st, 15, report);
    bind_dump(st, 16, json_object_get(f->body, "routes"));
    if (n_sealed)
        db_bind_raw(st, 17, sealed, n_sealed);
    bind_dump(st, 18, json_object_get(f->body, "origin"));
    db_bind_raw(st, 19, party, 16);
    int r = run(f, st);
    return r ? r : add_marks(f, campaign);
}

/* Under the event's own id, which is no campaign: that they are there is all that counts. */
static int on_wanted(const struct folding *f)
{
    return add_marks(f, f->ev->object.object);
}

static int on_more(const struct folding *f)
{
    return run(f, prepare(f, BOOK_MORE));
}

static int on_step(const struct folding *f)
{
    sqlite3_stmt *st = prepare(f, BOOK_STEP);
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 2, number(f, "state"));
    sqlite3_bind_int64(st, 3, number(f, "outcome"));
    sqlite3_bind_int64(st, 4, number(f, "due"));
    sqlite3_bind_int64(st, 5, f->ev->at_us);
    if (truth(f, "take"))
        db_bind_raw(st, 6, f->ev->object.actor, 16);
    db_bind_text(st, 7, text(f, "note"));
    return run(f, st);
}

static int on_erased(const struct folding *f)
{
    return run(f, prepare(f, BOOK_ERASE));
}

static int nothing(const struct folding *f)
{
    (void)f;
    return 0;
}

/* ---- letters and contacts ---- */

static int on_letter(const struct folding *f)
{
    unsigned char about[16], person[16];
    sqlite3_stmt *st = prepare(f, BOOK_ADD_LETTER);
    if (st == NULL)
        return ERR_CORRUPT;
    (void)!raw(f, "about", about, 16);
    sqlite3_bind_int64(st, 2, (sqlite3_int64)f->ev->seq);
    db_bind_raw(st, 3, about, 16);
    if (raw(f, "person", person, 16))
        db_bind_raw(st, 4, person, 16);
    sqlite3_bind_int64(st, 5, number(f, "kind"));
    sqlite3_bind_int64(st, 6, number(f, "state"));
    sqlite3_bind_int64(st, 7, f->ev->at_us);
    db_bind_text(st, 8, text(f, "to"));
    bind_dump(st, 9, json_object_get(f->body, "words"));
    return run(f, st);
}

static int on_posted(const struct folding *f)
{
    sqlite3_stmt *st = prepare(f, BOOK_SET_LETTER);
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 2, number(f, "state"));
    sqlite3_bind_int64(st, 3, f->ev->at_us);
    db_bind_text(st, 4, text(f, "result"));
    return run(f, st);
}

static int on_contact(const struct folding *f)
{
    struct net net;
    if (!net_parse(text(f, "net"), &net))
        return 0;
    sqlite3_stmt *st = db_prepare(f->b->db, BOOK_ADD_CONTACT, f->e);
    if (st == NULL)
        return ERR_CORRUPT;
    for (unsigned bit = net.bits; bit < 128; bit++)
        net.ip.byte[bit / 8] &= (unsigned char)~(0x80u >> bit % 8);
    db_bind_raw(st, 1, net.ip.byte, 16);
    sqlite3_bind_int64(st, 2, net.bits);
    db_bind_text(st, 3, text(f, "mailbox"));
    db_bind_text(st, 4, text(f, "source"));
    sqlite3_bind_int64(st, 5, (sqlite3_int64)f->ev->seq);
    return run(f, st);
}

/* ---- listings and appeals ---- */

static int on_listing(const struct folding *f)
{
    unsigned char evidence[16];
    sqlite3_stmt *st = prepare(f, BOOK_ADD_LISTING);
    if (st == NULL)
        return ERR_CORRUPT;
    (void)!raw(f, "evidence", evidence, 16);
    sqlite3_bind_int64(st, 2, (sqlite3_int64)f->ev->seq);
    sqlite3_bind_int64(st, 3, f->ev->at_us);
    sqlite3_bind_int64(st, 4, number(f, "kind"));
    db_bind_text(st, 5, text(f, "value"));
    sqlite3_bind_int64(st, 6, number(f, "harm"));
    sqlite3_bind_int64(st, 7, number(f, "effect"));
    sqlite3_bind_int64(st, 8, f->ev->object.role);
    db_bind_raw(st, 9, f->ev->object.actor, 16);
    db_bind_raw(st, 10, evidence, 16);
    sqlite3_bind_int64(st, 11, number(f, "from"));
    sqlite3_bind_int64(st, 12, number(f, "ends"));
    db_bind_text(st, 13, text(f, "reason"));
    db_bind_text(st, 14, text(f, "contact"));
    return run(f, st);
}

static int on_listing_change(const struct folding *f)
{
    struct slice verb = f->ev->object.verb;
    bool is_reply = slice_eq(verb, SLICE("reply"));
    sqlite3_stmt *st = prepare(f, BOOK_SET_LISTING);
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 2, (sqlite3_int64)f->ev->seq);
    sqlite3_bind_int64(st, 3, f->ev->at_us);
    sqlite3_bind_int64(st, 4, number(f, "effect"));
    sqlite3_bind_int64(st, 5, number(f, "from"));
    sqlite3_bind_int64(st, 6, number(f, "ends"));
    sqlite3_bind_int(st, 7, is_reply);
    sqlite3_bind_int(st, 8, slice_eq(verb, SLICE("confirm")));
    sqlite3_bind_int(st, 9, slice_eq(verb, SLICE("end")));
    db_bind_text(st, 10, is_reply ? text(f, "text") : SLICE(""));
    db_bind_text(st, 11, text(f, "why"));
    return run(f, st);
}

static int on_appeal(const struct folding *f)
{
    unsigned char listing[16], token[32];
    sqlite3_stmt *st = prepare(f, BOOK_ADD_APPEAL);
    if (st == NULL)
        return ERR_CORRUPT;
    (void)!raw(f, "listing", listing, 16);
    (void)!raw(f, "token", token, 32);
    db_bind_raw(st, 2, listing, 16);
    sqlite3_bind_int64(st, 3, f->ev->at_us);
    db_bind_text(st, 4, text(f, "contact"));
    db_bind_text(st, 5, text(f, "statement"));
    db_bind_text(st, 6, text(f, "method"));
    db_bind_raw(st, 7, token, 32);
    db_bind_text(st, 8, text(f, "language"));
    return run(f, st);
}

static int on_proven(const struct folding *f)
{
    sqlite3_stmt *st = prepare(f, BOOK_PROVE);
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 2, f->ev->at_us);
    db_bind_text(st, 3, text(f, "method"));
    return run(f, st);
}

static int on_check(const struct folding *f)
{
    enum proof_method m = PROOF_MAIL;
    sqlite3_stmt *st = prepare(f, BOOK_CHECK);
    if (st == NULL)
        return ERR_CORRUPT;
    (void)!proof_method_parse(text(f, "method"), &m);
    sqlite3_bind_int(st, 2, (int)m);
    sqlite3_bind_int64(st, 3, f->ev->at_us);
    return run(f, st);
}

static int on_checked(const struct folding *f)
{
    sqlite3_stmt *st = prepare(f, BOOK_CHECKED);
    if (st)
        db_bind_text(st, 2, text(f, "found"));
    return run(f, st);
}

static int on_vote(const struct folding *f)
{
    sqlite3_stmt *st = prepare(f, BOOK_VOTE);
    if (st == NULL)
        return ERR_CORRUPT;
    db_bind_raw(st, 2, f->ev->object.actor, 16);
    sqlite3_bind_int64(st, 3, number(f, "class"));
    sqlite3_bind_int64(st, 4, number(f, "vote"));
    db_bind_text(st, 5, text(f, "reason"));
    sqlite3_bind_int64(st, 6, f->ev->at_us);
    return run(f, st);
}

static int on_decided(const struct folding *f)
{
    sqlite3_stmt *st = prepare(f, BOOK_DECIDE);
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 2, number(f, "state"));
    sqlite3_bind_int64(st, 3, f->ev->at_us);
    sqlite3_bind_int64(st, 4, number(f, "result"));
    db_bind_text(st, 5, text(f, "reason"));
    return run(f, st);
}

static int on_silence(const struct folding *f)
{
    sqlite3_stmt *st = prepare(f, BOOK_APPEAL_STEP);
    if (st)
        sqlite3_bind_int64(st, 2, number(f, "steps"));
    return run(f, st);
}

static const struct {
    const char *verb;
    int (*fn)(const struct folding *f);
    enum { LOG_NOT, LOG_LINE, LOG_BODY } log; /* a report's body is in its case already */
} verbs[] = {
    {"report", on_report, LOG_LINE},
    {"more", on_more, LOG_LINE},
    {"wanted", on_wanted, LOG_NOT},
    {"step", on_step, LOG_BODY},
    {"looked", nothing, LOG_BODY},
    {"erased", on_erased, LOG_BODY},
    {"letter", on_letter, LOG_LINE},
    {"posted", on_posted, LOG_NOT},
    {"contact", on_contact, LOG_NOT},
    {"listing", on_listing, LOG_BODY},
    {"reply", on_listing_change, LOG_BODY},
    {"confirm", on_listing_change, LOG_BODY},
    {"lower", on_listing_change, LOG_BODY},
    {"end", on_listing_change, LOG_BODY},
    {"appeal", on_appeal, LOG_LINE},
    {"proven", on_proven, LOG_BODY},
    {"check", on_check, LOG_NOT},
    {"checked", on_checked, LOG_NOT},
    {"vote", on_vote, LOG_BODY},
    {"decided", on_decided, LOG_BODY},
    {"silence", on_silence, LOG_BODY},
};

static int add_log(const struct folding *f, bool with_body)
{
    const struct event_object *o = &f->ev->object;
    sqlite3_stmt *st = db_prepare(f->b->db, BOOK_LOG, f->e);
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, (sqlite3_int64)f->ev->seq);
    db_bind_raw(st, 2, o->object, 16);
    sqlite3_bind_int64(st, 3, f->ev->at_us);
    db_bind_text(st, 4, o->verb);
    db_bind_text(st, 5, with_body ? o->body : SLICE("{}"));
    db_bind_raw(st, 6, o->actor, 16);
    sqlite3_bind_int64(st, 7, o->role);
    return run(f, st);
}

int book_fold(void *arg, struct fold_target *t, const struct event *ev, struct err *e)
{
    (void)t;
    json_error_t je;
    struct folding f = {.b = arg, .ev = ev, .e = e};
    f.body = json_loadb(ev->object.body.p, ev->object.body.n, 0, &je);
    int r = db_need_batch(f.b->db, e);
    int log = LOG_BODY;
    for (size_t i = 0; r == 0 && f.body && i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        if (!slice_eq(ev->object.verb, slice_str(verbs[i].verb)))
            continue;
        r = verbs[i].fn(&f);
        log = (int)verbs[i].log;
    }
    if (r == 0 && log != LOG_NOT)
        r = add_log(&f, log == LOG_BODY);
    json_decref(f.body);
    return r;
}

/* What is listed, for scanners. A reply before the listing counts takes it out until somebody else
 * confirms it. */
int book_fold_view(void *arg, struct fold_target *t, const struct event *ev, struct err *e)
{
    struct slice verb = ev->object.verb;
    bool is_on = slice_eq(verb, SLICE("listing")) || slice_eq(verb, SLICE("confirm")) ||
                 slice_eq(verb, SLICE("lower"));
    if (!is_on && !slice_eq(verb, SLICE("end")) && !slice_eq(verb, SLICE("reply")))
        return 0;
    json_error_t je;
    struct folding f = {.b = arg, .ev = ev, .e = e};
    f.body = json_loadb(ev->object.body.p, ev->object.body.n, 0, &je);
    struct listed l = {.effect = (uint8_t)number(&f, "effect"),
                       .harm = (uint8_t)number(&f, "harm"),
                       .from_us = number(&f, "from"),
                       .ends_us = number(&f, "ends")};
    enum listed_kind kind = (enum listed_kind)number(&f, "kind");
    int r = 0;
    memcpy(l.listing, ev->object.object, 16);
    if (text(&f, "value").n && is_on)
        r = listed_put(t->views, kind, text(&f, "value"), &l, e);
    else if (text(&f, "value").n && (!slice_eq(verb, SLICE("reply")) || l.from_us > ev->at_us))
        r = listed_del(t->views, kind, text(&f, "value"), e);
    json_decref(f.body);
    return r;
}
