/* The schedule of digests, their links, and the verbs behind the links. See keep_digest.h. */
#include "node/keep_digest.h"
#include "base/clock.h"
#include "base/log.h"
#include "node/digest_mail.h"
#include "node/keep_choice.h"
#include "node/keep_verb.h"
#include "node/language.h"
#include "web/site.h"

#include <sodium.h>

#define DAY_US    (INT64_C(86400) * 1000000)
#define LOOK_US   (INT64_C(60) * 1000000)
#define RETRY_US  (INT64_C(600) * 1000000)
#define MAC       10u
#define TOKEN_RAW (16u + MAC)

static const char *const every_words[] = {"never", "day", "week", NULL};
#define DIGEST(field) offsetof(struct conf_digest, field)
const struct conf_item DIGEST_ITEMS[] = {
    {.key = "every",
     .type = CONF_CHOICE,
     .offset = DIGEST(every),
     .def = "never",
     .choices = every_words,
     .doc = "how often people get a list of what is held for them, unless they chose themselves; "
            "needs web.url"},
    {.key = "hour",
     .type = CONF_INT,
     .offset = DIGEST(hour),
     .def = "6",
     .max = 23,
     .unit = "hour, UTC",
     .doc = "when digests go out; weekly ones on Mondays"},
    {.key = "from",
     .type = CONF_TEXT,
     .offset = DIGEST(from),
     .def = "\"\"",
     .doc = "address they and codes come from; empty: postmaster of the first domain"},
    {.key = NULL}};

/* ---- links ---- */

static bool mac_of(struct keep *k, const unsigned char hold[16], const unsigned char person[16],
                   unsigned char out[MAC])
{
    struct err e = {0};
    unsigned char key[32], input[32], sum[16];
    if (store_secret(k->store, "digest link", key, &e) < 0)
        return false;
    memcpy(input, hold, 16);
    memcpy(input + 16, person, 16);
    crypto_generichash(sum, sizeof(sum), input, sizeof(input), key, sizeof(key));
    memcpy(out, sum, MAC);
    sodium_memzero(key, sizeof(key));
    return true;
}

bool digest_token(struct keep *k, const struct hold *h, char out[DIGEST_TOKEN])
{
    unsigned char raw[TOKEN_RAW];
    memcpy(raw, h->hold, 16);
    if (!mac_of(k, h->hold, h->person, raw + 16))
        return false;
    sodium_bin2base64(out, DIGEST_TOKEN, raw, sizeof(raw),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return true;
}

/* The hold that a link names; else refused, in the same words for every cause. */
static bool find_hold(struct question *q, struct hold *out)
{
    struct err e = {0};
    unsigned char raw[TOKEN_RAW], mac[MAC];
    size_t n = 0;
    struct slice token = q->part[1];
    if (token.n < DIGEST_TOKEN &&
        sodium_base642bin(raw, sizeof(raw), token.p, token.n, NULL, &n, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
        n == sizeof(raw) && archive_hold(store_archive(q->k->store), raw, q->arena, &e, out) == 0 &&
        mac_of(q->k, out->hold, out->person, mac) && sodium_memcmp(mac, raw + 16, MAC) == 0)
        return true;
    question_refuse(q, 404, "this link leads to nothing, or not any more");
    return false;
}

static void answer(struct question *q, const struct hold *h)
{
    struct err e = {0};
    struct hold_words w;
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    jsonw_cstr(&j, "kind", hold_kind_name(h->kind));
    jsonw_cstr(&j, "state", hold_state_name(h->state));
    jsonw_int(&j, "time_us", h->made_us);
    jsonw_int(&j, "expires_us", h->expires_us);
    if (quarantine_open(q->k->store, h, q->arena, &e, &w, NULL) == 0) {
        jsonw_text(&j, "from", w.from);
        jsonw_text(&j, "subject", w.subject);
    }
    jsonw_object_end(&j);
}

static void show(struct question *q)
{
    struct hold h;
    if (find_hold(q, &h))
        answer(q, &h);
}

/* digest/TOKEN/release|delete, as its recipient. */
static void act(struct question *q)
{
    struct err e = {0};
    struct hold h;
    struct quarantine_act a = {.who = {.role = HOLD_BY_USER}, .reason = SLICE("digest")};
    bool releases = slice_eq(q->part[2], SLICE("release"));
    if (!releases && !slice_eq(q->part[2], SLICE("delete"))) {
        question_refuse(q, 400, "say release or delete");
        return;
    }
    if (!find_hold(q, &h))
        return;
    a.act = releases ? HOLD_RELEASE : HOLD_DELETE;
    memcpy(a.hold, h.hold, 16);
    memcpy(a.who.person, h.person, 16);
    if (quarantine_do(q->k->store, &a, q->arena, &e, &h) < 0)
        question_fail(q, &e);
    else
        answer(q, &h);
}

const struct keep_verb keep_digest_verbs[] = {
    {"digest/*", 0, show}, {"digest/*/*", 0, act}, {NULL, 0, NULL}};

/* ---- making one ---- */

void keep_digest_open(struct keep *k, struct arena *a, const struct conf *conf)
{
    for (unsigned i = 0; i < SITE_TONGUES; i++)
        k->lang[i] = language_open(a, conf, slice_str(SITE_TONGUE[i].code));
}

const struct lang *keep_lang(const struct keep *k, struct slice code, const char **out_code)
{
    size_t cut = slice_chr(code, '-') == SIZE_MAX ? slice_chr(code, '_') : slice_chr(code, '-');
    struct slice bare = cut == SIZE_MAX ? code : slice_head(code, cut);
    for (unsigned i = 0; i < SITE_TONGUES; i++) {
        if (k->lang[i] && slice_ieq(slice_str(SITE_TONGUE[i].code), bare)) {
            *out_code = SITE_TONGUE[i].code;
            return k->lang[i];
        }
    }
    *out_code = "en";
    return NULL;
}

struct slice keep_digest_from(const struct keep *k, struct arena *a)
{
    const struct conf_digest *c = conf_data(k->conf, "digest");
    const struct conf_main *m = node_main(k->conf);
    return c->from.n ? c->from
                     : arena_printf(a, "postmaster@%.*s",
                                    SLICE_ARG(m->domains.n ? m->domains.items[0]
                                                           : node_hostname(a, k->conf)));
}

static const char *kind_words(enum hold_kind kind)
{
    static const char *const words[HOLD_KINDS] = {[HOLD_OF_BULK] = N_("bulk mail"),
                                                  [HOLD_OF_PHISHING] = N_("phishing"),
                                                  [HOLD_OF_MALWARE] = N_("malware"),
                                                  [HOLD_OF_OTHER] = N_("other mail")};
    return words[kind];
}

/* Lines for the newest holds; *out_to: the mailbox. */
static size_t gather(struct keep *k, struct arena *a, const struct hold *holds, size_t n,
                     struct digest_line *lines, struct slice *out_to)
{
    size_t kept = 0;
    for (size_t i = 0; i < n && kept < DIGEST_LINES; i++) {
        struct err e = {0};
        struct hold_words w;
        char token[DIGEST_TOKEN];
        if (quarantine_open(k->store, &holds[i], a, &e, &w, NULL) < 0)
            continue;
        bool may = holds[i].kind == HOLD_OF_SPAM || holds[i].kind == HOLD_OF_BULK;
        lines[kept++] = (struct digest_line){.from = w.from,
                                             .subject = w.subject,
                                             .kind = kind_words(holds[i].kind),
                                             .token = may && digest_token(k, &holds[i], token)
                                                          ? arena_dup(a, slice_str(token))
                                                          : SLICE(""),
                                             .at_us = holds[i].made_us,
                                             .until_us = holds[i].expires_us};
        if (out_to->n == 0)
            *out_to = w.rcpt;
    }
    return kept;
}

/* Packs the digest's order; false: there is nothing to tell, or nobody to tell it to. */
static bool make(struct keep *k, struct arena *a, const unsigned char person[16],
                 struct buf *packed)
{
    struct err e = {0};
    struct hold *holds;
    size_t n;
    struct choice c;
    const struct web_conf *web = conf_data(k->conf, "web");
    struct holds_query q = {.states = 1u << HOLD_HELD,
                            .person = person,
                            .newest_first = true,
                            .limit = DIGEST_LINES + 1};
    if (archive_holds(store_archive(k->store), &q, a, &e, &holds, &n) < 0 || n == 0)
        return false;
    keep_choice_read(k, person, a, &c);
    struct digest_line *lines = ARENA_ARRAY(a, struct digest_line, DIGEST_LINES);
    struct slice to = c.mailbox;
    struct digest_mail m = {.from = keep_digest_from(k, a),
                            .url = web->url,
                            .now_us = clock_now_us(),
                            .lines = lines,
                            .is_more = n > DIGEST_LINES};
    while (m.url.n && m.url.p[m.url.n - 1] == '/')
        m.url.n--;
    m.lang = keep_lang(k, c.lang, &m.code);
    m.n = gather(k, a, holds, n, lines, &to);
    m.to = to;
    m.id = arena_printf(a, "%lld.%02x%02x%02x%02x", (long long)(m.now_us / 1000000), person[0],
                        person[1], person[2], person[3]);
    struct buf raw = BUF_INIT((size_t)128 * 1024);
    bool fits = m.n > 0 && digest_write(&m, &raw);
    struct mail_order o = {.rcpt = &to, .n_rcpt = 1, .raw = buf_slice(&raw)};
    buf_reset(packed);
    if (fits)
        mail_pack(packed, &o);
    buf_fini(&raw);
    return fits;
}

/* ---- the schedule ---- */

int64_t digest_due_at(int64_t now_us, int64_t hour, bool weekly)
{
    int64_t day = now_us / DAY_US, at = hour * INT64_C(3600000000);
    if (day * DAY_US + at > now_us)
        day--;
    if (weekly) /* 1970 began on a Thursday: Mondays are days 4, 11 ... */
        day -= (day + 3) % 7;
    return day * DAY_US + at;
}

/* Is a digest due to this person, and up to when was the last? */
static bool is_due(struct keep *k, struct arena *a, const struct archive_holder *h, int64_t now_us)
{
    const struct conf_digest *conf = conf_data(k->conf, "digest");
    struct choice c;
    int64_t sent = keep_digest_sent(k, h->person);
    if (h->newest_us <= sent)
        return false;
    keep_choice_read(k, h->person, a, &c);
    bool weekly = c.digest == CHOICE_DIGEST_WEEK ||
                  (c.digest == CHOICE_DIGEST_SITE && conf->every == DIGEST_WEEKLY);
    bool never = c.digest == CHOICE_DIGEST_NONE ||
                 (c.digest == CHOICE_DIGEST_SITE && conf->every == DIGEST_NEVER);
    return !never && sent < digest_due_at(now_us, conf->hour, weekly);
}

static void look(struct digests *d, struct keep *k, struct arena *a)
{
    struct err e = {0};
    struct archive_holder *all;
    size_t n;
    int64_t now = clock_now_us();
    d->look_us = clock_mono_us() + LOOK_US;
    if (archive_holders(store_archive(k->store), a, &e, &all, &n) < 0) {
        log_event(LOG_ERROR, "digest", "error", LOG_S(e.text), NULL);
        return;
    }
    for (size_t i = 0; i < n && d->n_queue < DIGEST_QUEUE; i++) {
        if (is_due(k, a, &all[i], now))
            memcpy(d->queue[d->n_queue++], all[i].person, 16);
    }
}

static struct digest_order *order_of(struct digests *d, const unsigned char person[16])
{
    for (size_t i = 0; i < d->n; i++) {
        if (memcmp(d->order[i].person, person, 16) == 0)
            return &d->order[i];
    }
    return NULL;
}

static bool has_url(struct digests *d, struct keep *k)
{
    const struct web_conf *web = conf_data(k->conf, "web");
    if (web->url.n)
        return true;
    const struct conf_digest *c = conf_data(k->conf, "digest");
    if (!d->said_no_url && c->every != DIGEST_NEVER)
        log_event(LOG_WARN, "digest", "error", LOG_S("web.url is not set: no digests are sent"),
                  NULL);
    d->said_no_url = true;
    return false;
}

static void done(struct keep *k, const unsigned char person[16], int64_t upto_us)
{
    struct err e = {0};
    if (keep_digest_mark(k, person, upto_us, &e) < 0)
        log_event(LOG_ERROR, "digest", "error", LOG_S(e.text), NULL);
}

uint64_t digests_next(struct digests *d, struct keep *k, struct buf *packed)
{
    uint64_t tag = 0;
    if (!has_url(d, k))
        return 0;
    struct arena *a = arena_new(0);
    if (d->n_queue == 0 && clock_mono_us() >= d->look_us)
        look(d, k, a);
    while (tag == 0 && d->n_queue > 0 && d->n < DIGEST_AT_ONCE) {
        unsigned char person[16];
        memcpy(person, d->queue[--d->n_queue], 16);
        if (order_of(d, person))
            continue;
        int64_t now = clock_now_us();
        if (!make(k, a, person, packed)) {
            done(k, person, now); /* nothing to tell; not looked at again before the next time */
            continue;
        }
        struct digest_order *o = &d->order[d->n++];
        *o = (struct digest_order){.upto_us = now};
        memcpy(o->person, person, 16);
        tag = o->tag = DIGEST_TAG | ++d->next_tag;
    }
    arena_free(a);
    return tag;
}

void digests_mailed(struct digests *d, struct keep *k, uint64_t tag, const struct mail_result *r)
{
    for (size_t i = 0; i < d->n; i++) {
        struct digest_order o = d->order[i];
        if (o.tag != tag)
            continue;
        d->order[i] = d->order[--d->n];
        if (r->outcome == MAIL_LATER) /* due still: found again at a later look */
            d->look_us = clock_mono_us() + RETRY_US;
        else
            done(k, o.person, o.upto_us);
        if (r->outcome != MAIL_SENT)
            log_event(LOG_WARN, "digest", "outcome", LOG_T(r->words), NULL);
        return;
    }
}

void digests_forget(struct digests *d)
{
    d->n = 0;
    d->n_queue = 0;
}
