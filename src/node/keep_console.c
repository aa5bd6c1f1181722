/* Questions of the operator's console: traffic by time, the log of acts, and what a change of the
 * rules would have meant for recent mail. */
#include "base/clock.h"
#include "node/keep_verb.h"
#include "verdict/choice.h"

#include <math.h>

#define MINUTE_US     INT64_C(60000000)
#define HOUR          60 /* slots */
#define SLOTS_MOST    120
#define WHATIF_MOST   500
#define WHATIF_POINTS 50.0
#define EXAMPLES      25

/* ---- traffic ---- */

struct span {
    const char *name;
    int64_t each, slots; /* minutes; how many of them */
};
static const struct span spans[] = {
    {"hour", 1, 60}, {"day", 15, 96}, {"week", 120, 84}, {"month", 720, 60}};

struct traffic {
    uint64_t by_side[3][SLOTS_MOST];
    uint64_t by_class[CLASSES], by_action[ACTIONS];
    uint64_t n, bytes, microseconds;
};

static void add_counts(struct json *j, const char *name, const uint64_t *counts, int n,
                       const char *(*word)(int))
{
    jsonw_object(j, name);
    for (int i = 0; i < n; i++) {
        if (counts[i])
            jsonw_int(j, word(i), (int64_t)counts[i]);
    }
    jsonw_object_end(j);
}

static const char *class_at(int i)
{
    return class_name((enum mail_class)i);
}

static const char *action_at(int i)
{
    return action_name((enum action)i);
}

static void gather(const struct tally_row *rows, size_t n, struct traffic *t)
{
    for (size_t i = 0; i < n; i++) {
        const struct tally_row *r = &rows[i];
        if (r->slot < 0 || r->slot >= SLOTS_MOST)
            continue;
        if (r->side < 3)
            t->by_side[r->side][r->slot] += r->n;
        if (r->mail_class < CLASSES)
            t->by_class[r->mail_class] += r->n;
        if (r->action < ACTIONS)
            t->by_action[r->action] += r->n;
        t->n += r->n;
        t->bytes += r->bytes;
        t->microseconds += r->microseconds;
    }
}

static void answer_traffic(struct question *q, const struct tally_span *at, int64_t slots,
                           const struct traffic *t)
{
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    jsonw_int(&j, "from_us", at->from * MINUTE_US);
    jsonw_int(&j, "each_seconds", at->each * 60);
    for (int side = 0; side < 3; side++) {
        jsonw_array(&j, side_name((enum side)side));
        for (int64_t i = 0; i < slots; i++)
            jsonw_int(&j, NULL, (int64_t)t->by_side[side][i]);
        jsonw_array_end(&j);
    }
    add_counts(&j, "classes", t->by_class, CLASSES, class_at);
    add_counts(&j, "actions", t->by_action, ACTIONS, action_at);
    jsonw_int(&j, "messages", (int64_t)t->n);
    jsonw_int(&j, "bytes", (int64_t)t->bytes);
    jsonw_int(&j, "microseconds", (int64_t)t->microseconds);
    jsonw_object_end(&j);
}

/* console/traffic {"span": "hour", "domain": ...}. Domains are counted by the hour. */
static void traffic(struct question *q)
{
    struct err e = {0};
    const struct span *s = &spans[0];
    struct slice word = question_text(q, "span");
    struct slice domain = arena_lower(q->arena, question_text(q, "domain"));
    for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
        if (slice_eq(word, slice_str(spans[i].name)))
            s = &spans[i];
    }
    size_t n_domains = 1;
    const struct slice *domains = &domain;
    if (domain.n == 0 && !question_sees_all(q)) {
        domains = q->actor.domains;
        n_domains = q->actor.n_domains;
    } else if (domain.n && !question_sees_all(q) && !actor_has_domain(&q->actor, domain)) {
        question_refuse(q, 403, "this is none of your domains");
        return;
    }
    struct span use = *s;
    if (n_domains != 1 || domains[0].n) { /* by the hour */
        use.slots = use.each < HOUR ? 24 : use.slots;
        use.each = use.each < HOUR ? HOUR : use.each;
    }
    static const struct slice hourly[] = {{ARCHIVE_HOURLY, 1}};
    if (n_domains == 1 && domains[0].n == 0 && use.each >= HOUR)
        domains = hourly;
    question_fold(q);
    int64_t now = clock_now_us() / MINUTE_US;
    int64_t end = now / use.each * use.each + use.each;
    struct tally_span at = {end - use.each * use.slots, end, use.each};
    struct traffic *t = ARENA_NEW(q->arena, struct traffic);
    for (size_t i = 0; i < n_domains; i++) {
        struct tally_row *rows;
        size_t n;
        if (archive_tally(store_archive(q->k->store), domains[i], &at, q->arena, &e, &rows, &n) <
            0) {
            question_fail(q, &e);
            return;
        }
        gather(rows, n, t);
    }
    answer_traffic(q, &at, use.slots, t);
}

/* ---- acts ---- */

static void acts(struct question *q)
{
    struct err e = {0};
    struct act_row *rows;
    size_t n;
    int64_t limit = question_int(q, "limit", 50);
    question_fold(q);
    if (archive_acts(store_archive(q->k->store), (uint64_t)question_int(q, "before", 0),
                     limit < 1 || limit > 1000 ? 50 : (size_t)limit, q->arena, &e, &rows, &n) < 0) {
        question_fail(q, &e);
        return;
    }
    static const char *const roles[] = {"user", "operator", "node"};
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    jsonw_array(&j, "acts");
    for (size_t i = 0; i < n; i++) {
        char when[32];
        jsonw_object(&j, NULL);
        jsonw_cstr(&j, "time", clock_rfc3339(rows[i].at_us, when));
        jsonw_int(&j, "time_us", rows[i].at_us);
        jsonw_text(&j, "kind", rows[i].kind);
        jsonw_cstr(&j, "role", rows[i].role >= 0 && rows[i].role < 3 ? roles[rows[i].role] : "");
        jsonw_text(&j, "verb", rows[i].verb);
        jsonw_text(&j, "target", rows[i].target);
        jsonw_text(&j, "detail", rows[i].detail);
        jsonw_object_end(&j);
    }
    jsonw_array_end(&j);
    jsonw_int(&j, "next", n ? (int64_t)rows[n - 1].seq : 0);
    jsonw_object_end(&j);
}

/* ---- what if ---- */

struct whatif {
    double unsure, tag;
    json_t *rules;      /* name -> points */
    struct slice block; /* a domain, as if it stood on the site's list */
    struct slice allow;
    uint64_t looked, changed, moves[3][3];
};

static bool is_within(struct slice host, struct slice domain)
{
    return domain.n &&
           (slice_ieq(host, domain) || (host.n > domain.n && slice_iends(host, domain) &&
                                        host.p[host.n - domain.n - 1] == '.'));
}

/* The score that the message would have had; its findings are our own words. */
static double new_score(const struct whatif *w, const struct scan_row *row)
{
    json_error_t je;
    json_t *j = json_loadb(row->findings.p, row->findings.n, 0, &je), *f;
    double score = row->score;
    size_t i;
    json_array_foreach(json_object_get(j, "findings"), i, f)
    {
        const char *name = json_string_value(json_object_get(f, "name"));
        json_t *points = name ? json_object_get(w->rules, name) : NULL;
        double old = json_number_value(json_object_get(f, "points"));
        if (json_is_number(points) && fabs(old) > 0)
            score += json_number_value(points) - old;
    }
    json_decref(j);
    if (is_within(row->from_domain, w->allow))
        score -= 20; /* as lists.c does for a sender that is proven */
    else if (is_within(row->from_domain, w->block))
        score += 20;
    return score;
}

static void example(struct json *j, const struct scan_row *r, double score, int to)
{
    char id[37], when[32];
    event_id_text(r->id, id);
    jsonw_object(j, NULL);
    jsonw_cstr(j, "id", id);
    jsonw_cstr(j, "time", clock_rfc3339(r->at_us, when));
    jsonw_int(j, "time_us", r->at_us);
    jsonw_text(j, "from_domain", r->from_domain);
    jsonw_text(j, "subject", r->subject);
    jsonw_num(j, "score", r->score, 2);
    jsonw_num(j, "new_score", score, 2);
    jsonw_cstr(j, "from", side_name((enum side)r->side));
    jsonw_cstr(j, "to", side_name((enum side)to));
    jsonw_object_end(j);
}

static void look_at(struct question *q, struct whatif *w, const struct scan_row *bare,
                    struct json *j)
{
    struct err e = {0};
    struct scan_row row;
    if (archive_scan(store_archive(q->k->store), bare->id, q->arena, &e, &row) < 0 ||
        row.side < 0 || row.side > 2)
        return;
    double score = new_score(w, &row);
    int to = score >= w->tag ? SIDE_SPAM : score > w->unsure ? SIDE_UNSURE : SIDE_HAM;
    w->looked++;
    w->moves[row.side][to]++;
    if (to != row.side && w->changed++ < EXAMPLES)
        example(j, &row, score, to);
}

/* false: refused. */
static bool read_whatif(struct question *q, struct whatif *w)
{
    struct policy_view v;
    const char *name;
    json_t *points;
    policy_view(q->k->policy, q->arena, SLICE(""), &v);
    json_t *tag = json_object_get(q->args, "tag"), *unsure = json_object_get(q->args, "unsure");
    *w = (struct whatif){.tag = json_is_number(tag) ? json_number_value(tag) : v.tag,
                         .unsure = json_is_number(unsure) ? json_number_value(unsure) : v.unsure,
                         .rules = json_object_get(q->args, "rules"),
                         .block = question_text(q, "block"),
                         .allow = question_text(q, "allow")};
    if (w->unsure > w->tag) {
        question_refuse(q, 400, "unsure lies below tag");
        return false;
    }
    json_object_foreach(w->rules, name, points)
    {
        if (!json_is_number(points) || fabs(json_number_value(points)) > WHATIF_POINTS) {
            question_refuse(q, 400, "a rule's points are a number, -50 to 50");
            return false;
        }
    }
    return true;
}

/* console/whatif {"tag": 4.5, "rules": {"NAME": 1.0}, "block": DOMAIN, "before": SEQ, "limit": N}:
 * the newest messages judged anew from their findings. */
static void whatif(struct question *q)
{
    struct err e = {0};
    struct whatif w;
    struct scan_row *rows;
    size_t n;
    uint64_t next;
    int64_t limit = question_int(q, "limit", WHATIF_MOST);
    struct history_query h = {.side = -1,
                              .mail_class = -1,
                              .action = -1,
                              .before_seq = (uint64_t)question_int(q, "before", 0),
                              .limit = limit < 1 || limit > WHATIF_MOST ? WHATIF_MOST
                                                                        : (size_t)limit};
    if (!read_whatif(q, &w))
        return;
    question_fold(q);
    if (archive_history(store_archive(q->k->store), &h, q->arena, &e, &rows, &n, &next) < 0) {
        question_fail(q, &e);
        return;
    }
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    jsonw_array(&j, "examples");
    for (size_t i = 0; i < n; i++)
        look_at(q, &w, &rows[i], &j);
    jsonw_array_end(&j);
    jsonw_int(&j, "looked", (int64_t)w.looked);
    jsonw_int(&j, "changed", (int64_t)w.changed);
    jsonw_object(&j, "moves");
    for (int from = 0; from < 3; from++) {
        jsonw_object(&j, side_name((enum side)from));
        for (int to = 0; to < 3; to++)
            jsonw_int(&j, side_name((enum side)to), (int64_t)w.moves[from][to]);
        jsonw_object_end(&j);
    }
    jsonw_object_end(&j);
    jsonw_num(&j, "tag", w.tag, 2);
    jsonw_num(&j, "unsure", w.unsure, 2);
    if (n)
        jsonw_int(&j, "since_us", rows[n - 1].at_us);
    jsonw_int(&j, "next", (int64_t)next);
    jsonw_object_end(&j);
}

const struct keep_verb keep_console_verbs[] = {
    {"console/traffic", READS | ACTOR_DOMAIN_ADMIN, traffic},
    {"console/acts", READS, acts},
    {"console/whatif", READS, whatif},
    {NULL, 0, NULL}};
