/* For tests of the desk in keeper: a node's store in a folder of its own, people of each role, and
 * questions to the desk's verbs as keep_ask puts them. */
#ifndef MUSTER_TESTS_NODE_DESK_SITE_H
#define MUSTER_TESTS_NODE_DESK_SITE_H

#include "../journal/helpers.h"
#include "base/clock.h"
#include "node/keep_desk.h"

#define NOW 1700000000
#define DAY 86400

struct site {
    struct arena *arena;
    struct conf *conf;
    struct keep keep;
    struct buf out;
    json_t *answer;
};

UNUSED static const struct actor stranger = {0},
                                 root = {.is_known = true, .is_local = true, .roles = ACTOR_ALL},
                                 lister = {.is_known = true,
                                           .roles = ACTOR_OPERATOR,
                                           .stakeholder = STAKEHOLDER_OPERATOR,
                                           .account = {1}},
                                 civil = {.is_known = true,
                                          .roles = ACTOR_REVIEWER,
                                          .stakeholder = STAKEHOLDER_CIVIL,
                                          .account = {2}},
                                 user = {.is_known = true,
                                         .roles = ACTOR_REVIEWER,
                                         .stakeholder = STAKEHOLDER_USER,
                                         .account = {3}};

static inline void open_site(struct site *s, const char *dir, const char *more)
{
    *s = (struct site){.arena = arena_new(0), .out = BUF_INIT(8 << 20)};
    struct slice text = arena_printf(
        s->arena,
        "data = \"%s/data\"\nbase_model = \"/none\"\ndomains = desk.example\n"
        "desk { source_cases = 5  source_most = 20 }\n%s",
        dir, more);
    OK(conf_parse(s->arena, node_tables(), text, "test", NULL, &test_err, &s->conf));
    OK(keep_open(s->arena, s->conf, false, &test_err, &s->keep));
}

static inline void close_site(struct site *s)
{
    json_decref(s->answer);
    keep_close(&s->keep);
    buf_fini(&s->out);
    arena_free(s->arena);
}

static inline const struct keep_verb *find(const struct slice *part)
{
    const struct keep_verb *tables[] = {
        keep_bundle_verbs,   keep_handover_verbs, keep_case_take_verbs, keep_case_verbs,
        keep_case_act_verbs, keep_listing_verbs,  keep_appeal_verbs};
    for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
        for (const struct keep_verb *v = tables[t]; v->fn; v++) {
            struct slice rest = slice_str(v->path), piece;
            size_t i = 0;
            bool fits = true;
            while (fits && slice_split(&rest, '/', &piece)) {
                fits = slice_eq(piece, part[i]) || (piece.p[0] == '*' && part[i].n);
                i++;
            }
            if (fits && part[i].n == 0)
                return v;
        }
    }
    fail_msg("no such verb");
    return NULL;
}

static inline uint32_t ask(struct site *s, const struct actor *who, const char *path,
                           const char *args)
{
    uint32_t status = 200;
    struct record_ask r = {.path = slice_str(path), .json = slice_str(args)};
    struct question q = {
        .k = &s->keep, .ask = &r, .actor = *who, .status = &status, .out = &s->out};
    struct slice rest = r.path;
    for (int i = 0; i < QUESTION_PARTS && slice_split(&rest, '/', &q.part[i]); i++)
        continue;
    const struct keep_verb *v = find(q.part);
    q.args = json_loads(args, 0, NULL);
    assert_non_null(q.args);
    q.arena = s->arena;
    buf_reset(&s->out);
    json_decref(s->answer);
    if (actor_may(who, v->needs))
        v->fn(&q);
    else
        status = 403;
    json_decref(q.args);
    s->answer = s->out.n ? json_loadb(s->out.p, s->out.n, 0, NULL) : NULL;
    return status;
}

static inline const char *text(struct site *s, const char *name)
{
    const char *t = json_string_value(json_object_get(s->answer, name));
    return t ? arena_cstr(s->arena, slice_str(t)) : "";
}

static inline const char *with(struct site *s, const char *head, const char *code, const char *tail)
{
    return arena_printf(s->arena, "%s/%s%s", head, code, tail).p;
}

/* A report by mail; ip and who: where and whose. */
static inline struct desk_report sample(unsigned n, const char *ip, const char *who)
{
    struct desk_report r = {.source = DESK_MAIL, .form = FORM_MESSAGE, .category = DESK_SPAM};
    r.reporter = (struct desk_reporter){
        .mailbox = slice_str(who), .client_ip = slice_str(ip), .is_aligned = true};
    r.original = (struct desk_original){.from = SLICE("offer@shop.example"),
                                        .from_domain = SLICE("shop.example"),
                                        .subject = SLICE("Cheap things"),
                                        .source_ip = SLICE("198.51.100.7"),
                                        .date_us = INT64_MIN,
                                        .has_header = true};
    memcpy(r.original.key, &n, sizeof(n));
    r.links[0] = (struct desk_link){SLICE("http://shop.example/offer"), SLICE("shop.example"),
                                    SLICE("shop.example")};
    r.n_links = 1;
    r.text = SLICE("Buy now, cheap cheap");
    return r;
}

static inline uint32_t hand_in(struct site *s, const struct actor *who, const struct desk_report *r)
{
    struct buf b = BUF_INIT(DESK_JSON + 4096);
    desk_report_json(r, true, &b);
    uint32_t status = ask(s, who, "report", buf_cstr(&b));
    buf_fini(&b);
    return status;
}

static inline const char *new_case(struct site *s, unsigned n, const char *ip, const char *who)
{
    struct desk_report r = sample(n, ip, who);
    uint32_t status = hand_in(s, &root, &r);
    if (status != 200)
        fail_msg("%u %s", status, buf_cstr(&s->out));
    return text(s, "code");
}

static inline size_t letters(struct site *s, const char *code, const char *kind, const char *state)
{
    const json_t *l;
    size_t i, n = 0;
    assert_int_equal(ask(s, &root, with(s, "case", code, ""), "{}"), 200);
    json_array_foreach(json_object_get(s->answer, "letters"), i, l)
        n += strcmp(json_string_value(json_object_get(l, "kind")), kind) == 0 &&
             strcmp(json_string_value(json_object_get(l, "state")), state) == 0;
    return n;
}

static inline bool is_listed(struct site *s, const char *domain, struct listed *out)
{
    return listed_find(store_views(s->keep.store), LISTED_DOMAIN, slice_str(domain), clock_now_us(),
                       out);
}

static inline const char *list(struct site *s, const char *harm, const char *effect,
                               const char *value)
{
    const char *evidence = new_case(s, 77, "192.0.2.1", "ann@home.example");
    const char *args = arena_printf(s->arena,
                                    "{\"kind\":\"domain\",\"value\":\"%s\",\"harm\":\"%s\","
                                    "\"effect\":\"%s\",\"reason\":\"nobody asked for it\","
                                    "\"evidence\":\"%s\",\"days\":14}",
                                    value, harm, effect, evidence)
                           .p;
    uint32_t status = ask(s, &lister, "listing/add", args);
    if (status != 200)
        fail_msg("%u %s", status, buf_cstr(&s->out));
    return text(s, "code");
}

/* The proof that went to the role mailbox. */
static inline const char *proof_of(struct site *s, const char *appeal)
{
    unsigned char id[16];
    struct letter_row *rows;
    size_t n;
    json_error_t je;
    assert_true(code_parse(slice_str(appeal), id));
    OK(book_letters(s->keep.book, -1, id, 10, s->arena, &test_err, &rows, &n));
    assert_int_equal(n, 1);
    assert_int_equal(rows[0].kind, LETTER_PROOF);
    json_t *w = json_loadb(rows[0].words.p, rows[0].words.n, 0, &je);
    const char *proof = arena_cstr(s->arena,
                                   slice_str(json_string_value(json_object_get(w, "proof"))));
    json_decref(w);
    return proof;
}

static inline const char *proven_appeal(struct site *s, const char *listing)
{
    assert_int_equal(ask(s, &stranger, with(s, "listing", listing, "/appeal"),
                         "{\"statement\":\"they all agreed\",\"contact\":\"me@shop.example\"}"),
                     200);
    const char *appeal = text(s, "code");
    assert_int_equal(ask(s, &stranger, with(s, "appeal", appeal, "/prove"),
                         "{\"proof\":\"0000-0000-0000-0000-0000-0000-000\"}"),
                     403);
    const char *args = arena_printf(s->arena, "{\"proof\":\"%s\"}", proof_of(s, appeal)).p;
    assert_int_equal(ask(s, &stranger, with(s, "appeal", appeal, "/prove"), args), 200);
    assert_string_equal(text(s, "state"), "open");
    return appeal;
}

#endif
