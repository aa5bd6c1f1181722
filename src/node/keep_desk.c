/* What the desk's verbs share: events, letters, clocks of cases. See keep_desk.h. */
#include "node/keep_desk.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/rand.h"

#include <sodium.h>
#include <stdlib.h>

#define DUE_MOST 200u

json_t *desk_hex(const unsigned char *p, size_t n)
{
    char text[129];
    if (n > 64)
        BUG("too long for one identifier");
    sodium_bin2hex(text, sizeof(text), p, n);
    return json_string(text);
}

json_t *desk_slice(struct slice s)
{
    json_t *v = json_stringn(s.n ? s.p : "", s.n);
    return v ? v : json_string("?"); /* not UTF-8 */
}

void desk_code(struct json *j, const char *name, const unsigned char id[16])
{
    char text[CODE_CHARS];
    code_text(id, text);
    jsonw_cstr(j, name, text);
}

void desk_time(struct json *j, const char *name, int64_t us)
{
    char text[32];
    jsonw_cstr(j, name, us > 0 ? clock_rfc3339(us, text) : NULL);
}

static bool is_local_char(char c)
{
    return ascii_is_alnum(c) || (c && strchr("._%+-='*", c) != NULL) || (unsigned char)c >= 0x80;
}

struct slice desk_public(struct arena *a, struct slice s)
{
    struct buf out = BUF_INIT(4 * DESK_TEXT_MOST);
    size_t from = 0;
    for (size_t i = 1; i + 1 < s.n; i++) {
        size_t begin = i;
        while (begin > from && is_local_char(s.p[begin - 1]))
            begin--;
        if (s.p[i] != '@' || begin == i || !(ascii_is_alnum(s.p[i + 1]) || s.p[i + 1] == '['))
            continue;
        buf_add(&out, slice_of(s.p + from, begin - from));
        buf_str(&out, "\xe2\x80\xa6"); /* an ellipsis */
        from = i;
    }
    buf_add(&out, slice_from(s, from));
    struct slice clean = arena_dup(a, buf_slice(&out));
    buf_fini(&out);
    return clean;
}

bool desk_code_arg(struct question *q, unsigned part, unsigned char out[16])
{
    if (code_parse(q->part[part], out))
        return true;
    question_refuse(q, 400, "this is no code; look whether a character is wrong");
    return false;
}

int keep_desk_add(struct keep *k, const struct actor *who, const unsigned char object[16],
                  const char *verb, json_t *body, struct err *e)
{
    struct event ev = {.kind = EVENT_DESK, .at_us = clock_now_us()};
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    json_decref(body);
    if (text == NULL)
        return err_set(e, ERR_USAGE, "the words are not well-formed UTF-8");
    memcpy(ev.object.object, object, 16);
    if (who) {
        memcpy(ev.object.actor, who->account, 16);
        ev.object.role = who->roles;
    }
    ev.object.verb = slice_str(verb);
    ev.object.body = slice_str(text);
    int rc = store_append(k->store, &ev, e, NULL);
    free(text);
    return rc;
}

int keep_desk_done(struct keep *k, struct err *e)
{
    return store_commit(k->store, true, e);
}

bool keep_desk_finish(struct question *q, int rc, struct err *e)
{
    rc = rc ? rc : keep_desk_done(q->k, e);
    if (rc < 0)
        question_fail(q, e);
    return rc == 0;
}

int keep_desk_letter(struct keep *k, const struct keep_letter *l, json_t *words, struct err *e)
{
    unsigned char id[16];
    json_t *body = json_object();
    rand_bytes(id, sizeof(id));
    json_object_set_new(body, "about", desk_hex(l->about, 16));
    if (l->person)
        json_object_set_new(body, "person", desk_hex(l->person, 16));
    json_object_set_new(body, "kind", json_integer((int)l->kind));
    json_object_set_new(body, "state", json_integer((int)l->state));
    json_object_set_new(body, "to", desk_slice(l->to));
    json_object_set_new(body, "words", words);
    return keep_desk_add(k, NULL, id, "letter", body, e);
}

/* ---- cases ---- */

static bool is_zero(const unsigned char id[16])
{
    static const unsigned char zeros[16];
    return memcmp(id, zeros, 16) == 0;
}

/* Only who got a receipt proved his address; others may be anybody, and are not written to. */
static bool had_receipt(struct keep *k, const struct case_row *c)
{
    struct err e;
    struct letter_row *rows;
    size_t n = 0;
    bool had = false;
    struct arena *a = arena_new(0);
    if (book_letters(k->book, -1, c->id, 20, a, &e, &rows, &n) < 0)
        n = 0;
    for (size_t i = 0; i < n; i++)
        had |= rows[i].kind == LETTER_RECEIPT &&
               (rows[i].state == LETTER_SENT || rows[i].state == LETTER_OWED);
    arena_free(a);
    return had;
}

/* Reporters are told how it ended, by mail when they came by mail. */
static int tell_outcome(struct keep *k, const struct case_row *c, const struct case_step *s,
                        struct err *e)
{
    char code[CODE_CHARS];
    const struct desk_settings *set = desk_settings(k->conf);
    if (!set->receipts || c->source != DESK_MAIL || c->sealed.n == 0 || is_zero(c->person) ||
        s->outcome == OUTCOME_WITHDRAWN || s->outcome == OUTCOME_NONE || !had_receipt(k, c))
        return 0;
    code_text(c->id, code);
    json_t *words = json_object();
    json_object_set_new(words, "code", json_string(code));
    json_object_set_new(words, "outcome", json_string(case_outcome_name(s->outcome)));
    json_object_set_new(words, "note", desk_slice(s->note));
    struct keep_letter l = {
        .kind = LETTER_OUTCOME, .state = LETTER_OWED, .about = c->id, .person = c->person};
    return keep_desk_letter(k, &l, words, e);
}

int keep_case_step(struct keep *k, const struct actor *who, const struct case_row *c,
                   const struct case_step *s, struct err *e)
{
    if (!case_may_go(c->state, s->state))
        return err_set(e, ERR_EXISTS, "the case is %s; it cannot become %s from there",
                       case_state_name(c->state), case_state_name(s->state));
    const struct case_clock *clock = case_clock(s->state);
    json_t *body = json_object();
    json_object_set_new(body, "state", json_integer((int)s->state));
    json_object_set_new(body, "outcome", json_integer((int)s->outcome));
    json_object_set_new(body, "due", json_integer(clock->us ? clock_now_us() + clock->us : 0));
    if (s->note.n)
        json_object_set_new(body, "note", desk_slice(s->note));
    if (s->takes)
        json_object_set_new(body, "take", json_true());
    int rc = keep_desk_add(k, who, c->id, "step", body, e);
    if (rc == 0 && s->state == CASE_CLOSED)
        rc = tell_outcome(k, c, s, e);
    return rc;
}

static void run_out(struct keep *k, int64_t now_us)
{
    struct err e = {0};
    struct case_row *due;
    size_t n;
    struct case_query q = {.due_us = now_us, .limit = DUE_MOST};
    struct arena *a = arena_new(0);
    int rc = book_cases(k->book, &q, a, &e, &due, &n);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        struct case_step s = {.state = case_clock(due[i].state)->to};
        if (s.state == CASE_CLOSED)
            s.outcome = due[i].state == CASE_WAITING ? OUTCOME_NO_ANSWER : OUTCOME_COUNTED;
        rc = keep_case_step(k, NULL, &due[i], &s, &e);
    }
    if (rc == 0 && n)
        rc = keep_desk_done(k, &e);
    if (rc < 0)
        log_event(LOG_WARN, "desk", "error", LOG_S(e.text), NULL);
    arena_free(a);
}

void keep_desk_tick(struct keep *k, int64_t now_us)
{
    static int64_t last_us;
    int64_t mono = clock_mono_us();
    if (last_us && mono - last_us < INT64_C(10000000))
        return;
    last_us = mono;
    run_out(k, now_us);
    keep_listing_tick(k, now_us);
}
