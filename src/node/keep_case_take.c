/* Reports into cases.
 *
 * A report is answered with its code when it is on disk. Its source gets a case per report up to a
 * number an hour; beyond, reports are counted with the newest case of that source, and far beyond
 * they are put off: a flood costs its sender time and nobody else anything. However many come, they
 * never list anything (charter/listing.h). */
#include "base/clock.h"
#include "base/rand.h"
#include "desk/campaign.h"
#include "desk/letter.h"
#include "desk/party.h"
#include "desk/route.h"
#include "node/keep_desk.h"

#include <sodium.h>
#include <stdlib.h>

#define HOUR_US  INT64_C(3600000000)
#define COUNTERS 4096u

/* ---- how much a source has handed in this hour ---- */

struct counter {
    uint64_t key;
    int64_t hour;
    uint32_t n;
};

static uint32_t count_source(const unsigned char source[16], int64_t now_us)
{
    static struct counter table[COUNTERS];
    uint64_t key;
    memcpy(&key, source, sizeof(key));
    struct counter *c = &table[key % COUNTERS];
    int64_t hour = now_us / HOUR_US;
    if (c->key != key ||
        c->hour != hour) { /* two sources in one place: the later one begins anew */
        if (c->hour == hour && c->n > 1 && c->key != key) {
            c->n--;
            return 1;
        }
        *c = (struct counter){key, hour, 0};
    }
    return ++c->n;
}

/* ---- a new report ---- */

struct taking {
    struct question *q;
    struct desk_report r;
    unsigned char id[16], campaign[16], person[16], network[16];
    unsigned char party[16]; /* what counts as one source (desk/party.h) */
    bool has_person, is_new_campaign;
    json_t *origin; /* of another node's: whose, and on which terms; borrowed */
    double weight;
    struct route_of routes[ROUTES_MOST];
    size_t n_routes;
};

/* What the report says about its own reporter is believed as far as its bearer is. */
static void believe(struct taking *t)
{
    const struct actor *who = &t->q->actor;
    struct desk_reporter *p = &t->r.reporter;
    if (who->is_local || who->is_token)
        return;
    p->is_aligned = false;
    if (t->r.source != DESK_WEB && t->r.source != DESK_API && t->r.source != DESK_SMS)
        t->r.source = DESK_API;
    if (who->is_known && who->mailbox.n) {
        p->mailbox = who->mailbox;
        p->is_aligned = true;
    }
}

/* Who is one source: the organisation behind a proven mailbox, or its one owner; else the network.
 */
static void find_party(struct taking *t)
{
    struct keep *k = t->q->k;
    struct arena *a = t->q->arena;
    struct party party = {.kind = PARTY_NONE};
    if (t->has_person && t->r.reporter.is_aligned)
        party = desk_party(a, desk_settings(k->conf), &node_main(k->conf)->domains,
                           t->r.reporter.mailbox);
    if (party.kind == PARTY_NONE)
        memcpy(t->party, t->network, 16);
    else if (party.kind == PARTY_OWN)
        memcpy(t->party, t->person, 16);
    else
        store_pseudonym(k->store, arena_printf(a, "party %.*s", SLICE_ARG(party.name)), t->party);
}

/* Who and from where, as keyed words. A mailbox that nobody vouches for names its network only: it
 * may be anybody's. */
static void identify(struct taking *t)
{
    struct keep *k = t->q->k;
    struct ip ip;
    struct net net;
    char text[46];
    struct slice place = SLICE("this machine");
    if (ip_parse(t->r.reporter.client_ip, &ip)) {
        net = (struct net){ip, ip.is_v4 ? 120 : 48};
        for (unsigned bit = net.bits; bit < 128; bit++)
            net.ip.byte[bit / 8] &= (unsigned char)~(0x80u >> bit % 8);
        place = slice_of(text, ip_format(&net.ip, text));
    }
    struct arena *a = t->q->arena;
    store_pseudonym(k->store, arena_printf(a, "network %.*s", SLICE_ARG(place)), t->network);
    t->has_person = t->r.reporter.mailbox.n > 0;
    if (t->has_person && t->r.reporter.is_aligned)
        keep_person_of(k, t->r.reporter.mailbox, t->person);
    else if (t->has_person)
        store_pseudonym(k->store,
                        arena_printf(a, "claimed %.*s %.*s", SLICE_ARG(place),
                                     SLICE_ARG(t->r.reporter.mailbox)),
                        t->person);
    else
        memcpy(t->person, t->network, 16);
    find_party(t);
}

static bool find_mark(void *arg, struct slice mark, unsigned char out[16])
{
    struct err e;
    return book_campaign(arg, mark, &e, out) == 0;
}

/* The print of a campaign is that of its oldest case. */
static bool find_print(void *arg, const unsigned char campaign[16], struct desk_print *out)
{
    struct err e = {0};
    struct case_row *rows;
    struct desk_report r;
    size_t n;
    struct arena *a = arena_new(0);
    struct case_query q = {.campaign = campaign, .oldest_first = true, .limit = 1};
    bool ok = book_cases(arg, &q, a, &e, &rows, &n) == 0 && n == 1 &&
              desk_report_read(a, rows[0].report, &e, &r) == 0 && r.print.tokens > 0;
    if (ok)
        *out = r.print;
    arena_free(a);
    return ok;
}

static void group(struct taking *t)
{
    struct campaign_store s = {t->q->k->book, find_mark, find_print};
    t->is_new_campaign = campaign_find(t->q->arena, &t->r, &s, t->campaign) == CAMPAIGN_NONE;
    if (t->is_new_campaign)
        rand_bytes(t->campaign, 16);
}

static void find_routes(struct taking *t)
{
    struct err e;
    struct ip ip;
    struct keep *k = t->q->k;
    const struct desk_settings *s = desk_settings(k->conf);
    struct net *nets = ARENA_ARRAY(t->q->arena, struct net, s->own_networks.n);
    struct route_book b = {.domains = node_main(k->conf)->domains.items,
                           .n_domains = node_main(k->conf)->domains.n,
                           .networks = nets,
                           .authority = s->authority,
                           .csirt = s->csirt,
                           .registrar = s->registrar};
    for (size_t i = 0; i < s->own_networks.n; i++)
        b.n_networks += net_parse(s->own_networks.items[i], &nets[b.n_networks]);
    if (ip_parse(t->r.original.source_ip, &ip) &&
        book_contact(k->book, &ip, t->q->arena, &e, &b.abuse, &b.abuse_source) < 0)
        b.abuse = SLICE("");
    t->n_routes = desk_route_find(&t->r, &b, t->q->arena, t->routes);
}

static json_t *seal_reporter(struct taking *t, struct err *e)
{
    struct keep *k = t->q->k;
    unsigned char key[KEY_BYTES];
    struct buf sealed = BUF_INIT(8192);
    json_t *o = json_object();
    json_object_set_new(o, "mailbox", desk_slice(t->r.reporter.mailbox));
    json_object_set_new(o, "language", desk_slice(t->r.reporter.language));
    json_object_set_new(o, "client_ip", desk_slice(t->r.reporter.client_ip));
    char *plain = json_dumps(o, JSON_COMPACT), text[4096];
    json_decref(o);
    keyring_name("case", slice_of((const char *)t->id, 16), key);
    int rc = plain ? keyring_seal(store_keys(k->store), key, slice_str(plain), &sealed, e)
                   : err_set(e, ERR_USAGE, "the reporter's words are not UTF-8");
    rc = rc ? rc : keyring_sync(store_keys(k->store), e);
    if (plain)
        sodium_memzero(plain, strlen(plain));
    free(plain);
    json_t *out = NULL;
    if (rc == 0 && sealed.n < 3000)
        out = json_string(sodium_bin2base64(text, sizeof(text), (unsigned char *)sealed.p, sealed.n,
                                            sodium_base64_VARIANT_ORIGINAL));
    else if (rc == 0)
        (void)err_set(e, ERR_LIMIT, "the reporter's address is too long");
    buf_fini(&sealed);
    return out;
}

static json_t *routes_json(const struct taking *t)
{
    json_t *list = json_array();
    for (size_t i = 0; i < t->n_routes; i++) {
        json_t *one = json_object();
        json_object_set_new(one, "to", json_string(desk_route_name(t->routes[i].to)));
        json_object_set_new(one, "mailbox", desk_slice(t->routes[i].mailbox));
        json_object_set_new(one, "source", desk_slice(t->routes[i].source));
        json_array_append_new(list, one);
    }
    return list;
}

/* The report as an event; NULL: e says why. */
static json_t *report_body(struct taking *t, struct err *e)
{
    json_error_t je;
    struct slice marks[CAMPAIGN_MARKS];
    struct buf text = BUF_INIT(2 * DESK_JSON);
    desk_report_json(&t->r, false, &text);
    json_t *report = json_loadb(text.p, text.n, 0, &je);
    buf_fini(&text);
    json_t *sealed = seal_reporter(t, e), *list = json_array(), *body = json_object();
    if (report == NULL || sealed == NULL) {
        if (sealed)
            (void)err_set(e, ERR_PARSE, "the report is not well formed");
        json_decref(report);
        json_decref(sealed);
        json_decref(list);
        json_decref(body);
        return NULL;
    }
    size_t n = campaign_marks(t->q->arena, &t->r, marks);
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, desk_slice(marks[i]));
    json_object_set_new(body, "report", report);
    json_object_set_new(body, "sealed", sealed);
    json_object_set_new(body, "person", desk_hex(t->person, 16));
    json_object_set_new(body, "network", desk_hex(t->network, 16));
    json_object_set_new(body, "party", desk_hex(t->party, 16));
    json_object_set_new(body, "key", desk_hex(t->r.original.key, 16));
    json_object_set_new(body, "campaign", desk_hex(t->campaign, 16));
    json_object_set_new(body, "marks", list);
    json_object_set_new(body, "weight", json_real(t->weight));
    json_object_set_new(body, "bulk", json_boolean(desk_route_is_lawful_bulk(&t->r)));
    json_object_set_new(body, "host", desk_slice(t->r.n_links ? t->r.links[0].host : SLICE("")));
    json_object_set_new(body, "routes", routes_json(t));
    if (t->origin)
        json_object_set(body, "origin", t->origin);
    json_object_set_new(body, "state", json_integer(CASE_ROUTED));
    json_object_set_new(body, "due", json_integer(clock_now_us() + case_clock(CASE_ROUTED)->us));
    return body;
}

/* To the reporter at once, where that cannot be turned on anybody: mail that proved its sender, no
 * program's, a few a day to one address and so many an hour in all. */
static int add_receipt(struct taking *t, struct err *e)
{
    struct keep *k = t->q->k;
    const struct desk_settings *s = desk_settings(k->conf);
    const struct desk_reporter *p = &t->r.reporter;
    uint64_t to_him = 0, in_all = 0;
    int64_t now = clock_now_us();
    char code[CODE_CHARS];
    if (!s->receipts || t->r.source != DESK_MAIL || !p->is_aligned || p->is_automatic ||
        !letter_address_ok(p->mailbox) || desk_is_mailbox(s, p->mailbox))
        return 0;
    int rc = book_letters_since(k->book, t->person, now - 24 * HOUR_US, e, &to_him);
    rc = rc ? rc : book_letters_since(k->book, NULL, now - HOUR_US, e, &in_all);
    if (rc < 0 || (int64_t)to_him >= s->receipts_per_day || (int64_t)in_all >= s->receipts_per_hour)
        return rc;
    code_text(t->id, code);
    json_t *words = json_object();
    json_object_set_new(words, "code", json_string(code));
    struct keep_letter l = {
        .kind = LETTER_RECEIPT, .state = LETTER_OWED, .about = t->id, .person = t->person};
    return keep_desk_letter(k, &l, words, e);
}

/* One notice per campaign and recipient; they go out by themselves only where the operator says so,
 * and never to the sender or the authority. */
static int add_notices(struct taking *t, struct err *e)
{
    struct keep *k = t->q->k;
    const struct desk_settings *s = desk_settings(k->conf);
    int rc = 0;
    for (size_t i = 0; t->is_new_campaign && rc == 0 && i < t->n_routes; i++) {
        const struct route_of *r = &t->routes[i];
        bool by_itself = r->to == ROUTE_NETWORK || r->to == ROUTE_CSIRT || r->to == ROUTE_OWN_USER;
        if (r->mailbox.n == 0 || r->to == ROUTE_PARTNERS)
            continue;
        json_t *words = json_object();
        json_object_set_new(words, "to", json_string(desk_route_name(r->to)));
        json_object_set_new(words, "facts", desk_route_facts(&t->r));
        if (r->to != ROUTE_OWN_USER && r->to != ROUTE_AUTHORITY && r->to != ROUTE_CSIRT)
            json_object_set_new(words, "language", json_string("en")); /* anywhere in the world */
        struct keep_letter l = {.kind = LETTER_NOTICE,
                                .state = s->send_notices && by_itself ? LETTER_OWED : LETTER_DRAFT,
                                .about = t->id,
                                .to = r->mailbox};
        rc = keep_desk_letter(k, &l, words, e);
    }
    return rc;
}

static void answer_code(struct question *q, const unsigned char id[16], const char *how)
{
    const struct desk_settings *s = desk_settings(q->k->conf);
    struct json j = JSON_INIT(q->out);
    char code[CODE_CHARS];
    code_text(id, code);
    jsonw_object(&j, NULL);
    jsonw_cstr(&j, "code", code);
    jsonw_cstr(&j, "taken", how); /* "new", "known" before, or "counted" with others */
    if (s->url.n)
        jsonw_text(&j, "page", arena_printf(q->arena, "%.*s/case/%s", SLICE_ARG(s->url), code));
    jsonw_object_end(&j);
}

/* More than its share: counted with the newest case of that source. 1: done. */
static int count_with(struct taking *t, struct err *e)
{
    unsigned char id[16];
    int rc = book_case_of_party(t->q->k->book, t->party, clock_now_us() - 2 * HOUR_US, e, id);
    if (rc == ERR_NOENT)
        return 0;
    rc = rc ? rc : keep_desk_add(t->q->k, NULL, id, "more", json_object(), e);
    rc = rc ? rc : keep_desk_done(t->q->k, e);
    if (rc < 0)
        return rc;
    answer_code(t->q, id, "counted");
    return 1;
}

static int take_new(struct taking *t, struct err *e)
{
    struct keep *k = t->q->k;
    unsigned confirmed, overturned;
    rand_bytes(t->id, 16);
    int rc = book_standing(k->book, t->person, e, &confirmed, &overturned);
    if (rc < 0)
        return rc;
    t->weight = charter_reporter_weight(confirmed, overturned);
    group(t);
    find_routes(t);
    json_t *body = report_body(t, e);
    rc = body ? keep_desk_add(k, &t->q->actor, t->id, "report", body, e) : e->code;
    rc = rc ? rc : add_receipt(t, e);
    rc = rc ? rc : add_notices(t, e);
    return rc ? rc : keep_desk_done(k, e);
}

static void report(struct question *q)
{
    struct err e = {0};
    struct taking t = {.q = q};
    const struct desk_settings *s = desk_settings(q->k->conf);
    unsigned char known[16];
    int rc = desk_report_read(q->arena, q->ask->json, &e, &t.r);
    if (rc < 0) {
        question_fail(q, &e);
        return;
    }
    believe(&t);
    identify(&t);
    if (book_case_again(q->k->book, t.person, t.r.original.key, &e, known) == 0) {
        answer_code(q, known, "known");
        return;
    }
    uint32_t n = count_source(t.party, clock_now_us());
    if (q->actor.is_local && t.r.source == DESK_LOCAL)
        n = 0; /* the operator's own files are no flood */
    if (n > (uint32_t)s->source_most) {
        question_refuse(q, 503, "too many reports from this source just now; send it again later");
        return;
    }
    if (n > (uint32_t)s->source_cases && (rc = count_with(&t, &e)) != 0) {
        if (rc < 0)
            question_fail(q, &e);
        return;
    }
    if (take_new(&t, &e) < 0)
        question_fail(q, &e);
    else
        answer_code(q, t.id, "new");
}

int keep_case_take_partner(struct question *q, const struct desk_report *r, struct slice node,
                           json_t *origin, struct err *e, unsigned char out_id[16],
                           const char **out_how)
{
    struct taking t = {.q = q, .r = *r, .has_person = true, .origin = origin};
    struct keep *k = q->k;
    t.r.source = DESK_PARTNER;
    t.r.reporter = (struct desk_reporter){0};
    store_pseudonym(k->store, arena_printf(q->arena, "node %.*s", SLICE_ARG(node)), t.person);
    memcpy(t.network, t.person, 16);
    memcpy(t.party, t.person, 16);
    *out_how = "known";
    if (book_case_again(k->book, t.person, t.r.original.key, e, out_id) == 0)
        return 0;
    if (count_source(t.party, clock_now_us()) > (uint32_t)desk_settings(k->conf)->source_cases)
        return err_set(e, ERR_LIMIT, "too many cases of this node in an hour; try again later");
    int rc = take_new(&t, e);
    if (rc == 0) {
        memcpy(out_id, t.id, 16);
        *out_how = "new";
    }
    return rc;
}

const struct keep_verb keep_case_take_verbs[] = {{"report", 0, report}, {0}};
