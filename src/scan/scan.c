/* The way of one message through the rooms: read, classify, look for evidence, judge. */
#include "scan/scan.h"
#include "scan/answer_law.h"
#include "scan/facts.h"
#include "scan/known_mark.h"

#include "auth/auth.h"
#include "base/clock.h"
#include "base/lang.h"
#include "base/rand.h"
#include "evidence/check.h"
#include "journal/views.h"

struct scan *scan_begin(struct arena *a, const struct scan_world *w, const struct envelope *env,
                        struct slice raw)
{
    struct scan *s = ARENA_NEW(a, struct scan);
    s->arena = a;
    s->raw = raw;
    s->envelope = *env;
    s->begun_us = clock_mono_us();
    s->deadline_us = w->deadline_us > 0 ? s->begun_us + w->deadline_us : 0;
    rand_uuid7(s->id);
    s->findings.arena = a;
    return s;
}

/* Everybody the message says it is from, and what authentication has proven of it. */
static void sender_of(struct scan *s)
{
    struct policy_sender *out = &s->sender;
    size_t n = 1;
    for (const struct address *x = s->message->from; x; x = x->next)
        n++;
    for (const struct address *x = s->message->sender; x; x = x->next)
        n++;
    out->addresses = ARENA_ARRAY(s->arena, struct slice, n);
    if (s->envelope.mail_from.n)
        out->addresses[out->n++] = s->envelope.mail_from;
    const struct address *lists[] = {s->message->from, s->message->sender};
    for (size_t i = 0; i < 2; i++)
        for (const struct address *x = lists[i]; x; x = x->next)
            out->addresses[out->n++] = arena_printf(s->arena, "%.*s@%.*s", SLICE_ARG(x->local),
                                                    SLICE_ARG(x->domain));
    out->client_ip = s->envelope.client_ip;
    if (!s->auth || !s->auth->is_done || s->auth->is_skipped)
        return;
    out->proven = s->auth->proven;
    out->n_proven = s->auth->n_proven;
    out->is_refuted = s->auth->dmarc.value == AUTH_FAIL &&
                      s->auth->dmarc.override == DMARC_OVERRIDE_NONE;
    if (s->auth->border.is_known)
        out->client_ip = s->auth->border.ip;
}

static void read_message(struct scan *s, const struct scan_world *w)
{
    const struct mail_limits *limits = w->limits.message_bytes ? &w->limits : NULL;
    s->message = message_parse(s->arena, s->raw, limits);
    message_digest(s->message, w->digest_key, s->digest);
    fingerprint_make(s->arena, s->message, &s->fingerprint);
    features_extract(s->arena, s->message, NULL, FEATURES_ALL, &s->features);
    s->own = message_own(s->arena, s->message);
    if (w->classifier)
        classifier_score(w->classifier, &s->features, NULL, &s->classified);
    if (s->own) { /* what is learned and remembered stays the whole */
        s->whole_classified = s->classified;
        features_extract(s->arena, s->own, NULL, FEATURES_ALL, &s->features);
        if (w->classifier)
            classifier_score(w->classifier, &s->features, NULL, &s->classified);
    }
}

static bool view_get(void *arg, struct slice key, struct slice *out)
{
    return views_get(arg, VIEW_BAND, key, out) == 0;
}

/* Whose layer applies: the mailbox named by the door, or the only recipient. */
static struct slice mailbox_of(const struct scan *s)
{
    if (s->envelope.user.n)
        return s->envelope.user;
    return s->envelope.n_rcpt == 1 ? s->envelope.rcpt[0] : (struct slice){0};
}

/* What the site's console and each recipient chose; within views_begin and views_end. */
static const struct choice *choice_of(struct scan *s, const struct scan_world *w,
                                      const unsigned char person[16])
{
    struct slice bytes;
    struct choice *c = ARENA_NEW(s->arena, struct choice);
    if (views_get(w->views, VIEW_CHOICE, slice_of((const char *)person, 16), &bytes) < 0 ||
        !choice_unpack(s->arena, arena_dup(s->arena, bytes), c))
        return NULL;
    return c;
}

static void ask_choices(struct scan *s, const struct scan_world *w)
{
    static const unsigned char site[16];
    unsigned char person[16];
    s->site_choice = choice_of(s, w, site);
    if (w->person_of == NULL)
        return;
    const struct choice **all = ARENA_ARRAY(s->arena, const struct choice *,
                                            s->envelope.n_rcpt + 1);
    for (size_t i = 0; i < s->envelope.n_rcpt; i++) {
        w->person_of(w->person_arg, s->envelope.rcpt[i], person);
        all[i] = choice_of(s, w, person);
    }
    s->choices = all;
}

/* Does the recipient know the author, or somebody whom the author looks like? Our own people's
 * mail is not asked about: their login says who they are. */
static void ask_known(struct scan *s, const struct scan_world *w, const unsigned char person[16])
{
    struct known_mark m;
    const struct address *from = s->message->from;
    if (s->envelope.auth_user.n || from == NULL || from->next || from->domain.n == 0 ||
        !known_any(w->views, person))
        return;
    known_mark(s->arena, from, w->digest_key, &m);
    known_find(w->views, person, &m, &s->known);
}

/* What was learned before: near-duplicates and the personal layer. Views that cannot be read now
 * count as empty, and the answer says so. */
static void ask_views(struct scan *s, const struct scan_world *w)
{
    struct err e = {0};
    if (!w->views)
        return;
    if (views_begin(w->views, &e) < 0) {
        finding_add(
            &s->findings,
            &(struct finding){.name = "views",
                              .kind = FINDING_REPUTATION,
                              .reason = N_("what was reported before could not be looked up"),
                              .source = "muster",
                              .state = FINDING_INCOMPLETE});
        return;
    }
    unsigned char id[16];
    struct slice person = {0}, mailbox = mailbox_of(s), layer = {0};
    if (mailbox.n && w->person_of) {
        w->person_of(w->person_arg, mailbox, id);
        person = slice_of((const char *)id, sizeof id);
        ask_known(s, w, id);
    }
    struct near_store store = {.arg = w->views, .get = view_get};
    near_find(&store, &s->fingerprint, person, &s->near);
    if (person.n && w->classifier && views_get(w->views, VIEW_USER, person, &layer) == 0) {
        struct class_score own = {0};
        struct overlay overlay = {layer};
        classifier_score(w->classifier, &s->features, &overlay, &own);
        s->user_points = (own.logit - s->classified.logit) * s->classified.experience;
    }
    const struct message *own = s->own ? s->own : s->message;
    listed_gather(w->views, s->arena, own, &s->envelope, clock_now_us(), &s->listed);
    if (s->own)
        listed_gather(w->views, s->arena, s->message, &s->envelope, clock_now_us(),
                      &s->whole_listed);
    ask_choices(s, w);
    views_end(w->views);
}

/* The last channel of the classifier; the others were scored while DNS was asked. */
static void add_facts(struct scan *s, const struct scan_world *w)
{
    scan_facts(s);
    facts_features(s->arena, &s->facts, &s->features);
    if (!w->classifier || s->facts.n == 0)
        return;
    classifier_add_facts(w->classifier, &s->features, &s->classified);
    if (s->own)
        classifier_add_facts(w->classifier, &s->features, &s->whole_classified);
}

static void judge(struct scan *s, const struct scan_world *w)
{
    struct evidence_carried whole = {s->message, w->classifier ? &s->whole_classified : NULL,
                                     &s->whole_listed};
    /* Else nobody asks for their names. */
    bool facts_speak = s->classified.points[CHANNEL_FACTS] != 0.0;
    struct evidence e = {.arena = s->arena,
                         .rules = w->rules,
                         .m = s->own ? s->own : s->message,
                         .carried = s->own ? &whole : NULL,
                         .env = &s->envelope,
                         .classified = w->classifier ? &s->classified : NULL,
                         .user_points = s->user_points,
                         .facts = facts_speak ? scan_facts_words(s) : SLICE(""),
                         .near = s->near.likeness > 0 ? &s->near : NULL,
                         .auth = s->auth && s->auth->is_done ? s->auth : NULL,
                         .site = w->auth,
                         .own = w->own,
                         .known = &s->known,
                         .listed = &s->listed,
                         .all = &s->findings};
    evidence_run(&e);
    scan_ask_law(s, w);
    sender_of(s);
    policy_lists(w->policy, (struct slice){0}, &s->sender, &s->findings);
    struct verdict_people people = {&s->sender, s->choices, clock_now_us()};
    choice_lists(s->site_choice, true, &s->sender, people.now_us, &s->findings);
    verdict_make(&s->findings, &s->envelope, w->policy, &people, &s->verdict);
}

/* ---- questions ---- */

#define WAIT_US 5000000 /* when nobody set a time */

static void begin_asking(struct scan *s, const struct scan_world *w)
{
    s->ask = ask_new(s->arena, NULL);
    s->auth = ARENA_NEW(s->arena, struct auth_result);
    s->wait_until_us = s->begun_us + (w->dns_wait_us > 0 ? w->dns_wait_us : WAIT_US);
    if (s->deadline_us > 0 && s->deadline_us < s->wait_until_us)
        s->wait_until_us = s->deadline_us;
}

int64_t scan_wait_until(const struct scan *s)
{
    return s->wait_until_us;
}

void scan_give_up(struct scan *s, const char *why)
{
    if (s->ask)
        ask_give_up(s->ask, ASK_TIMEOUT, why);
}

/* true: done, or nothing more will come. */
static bool authenticate(struct scan *s, const struct scan_world *w)
{
    struct auth_in in = {.arena = s->arena,
                         .m = s->message,
                         .env = &s->envelope,
                         .settings = w->auth,
                         .now = clock_now_us() / 1000000};
    if (s->ask == NULL)
        begin_asking(s, w);
    if (clock_mono_us() >= s->wait_until_us)
        scan_give_up(s, "no answer in time");
    else if (s->round >= SCAN_ROUNDS)
        scan_give_up(s, "the answers led to too many further questions");
    return auth_check(&in, s->ask, s->auth) || !ask_is_pending(s->ask);
}

/* What was not answered, in one finding without points: a missing answer is no reason. */
static void unanswered(struct scan *s)
{
    struct dns_question q;
    const struct dns_answer *a;
    struct buf names = BUF_INIT(400);
    unsigned n = 0;
    for (unsigned i = 0; ask_get(s->ask, i, &q, &a); i++) {
        if (a && a->status != ASK_TIMEOUT && a->status != ASK_FAILED && a->status != ASK_LIMIT)
            continue;
        if (++n <= 4)
            buf_printf(&names, "%s%s %.*s (%s)", n > 1 ? ", " : "", dns_type_name(q.type),
                       SLICE_ARG(q.name), a && a->detail ? a->detail : "no answer in time");
    }
    if (n > 4)
        buf_printf(&names, " +%u", n - 4);
    if (n)
        finding_add(&s->findings,
                    &(struct finding){.name = "dns",
                                      .kind = FINDING_NETWORK,
                                      .reason = N_("questions to DNS without an answer: %s"),
                                      .detail = arena_dup(s->arena, buf_slice(&names)),
                                      .source = "muster",
                                      .state = FINDING_INCOMPLETE});
    buf_fini(&names);
}

enum scan_state scan_step(struct scan *s, const struct scan_world *w)
{
    while (s->stage != STAGE_DONE) {
        switch (s->stage) {
        case STAGE_READ:
            read_message(s, w);
            ask_views(s, w);
            s->stage = w->has_dns ? STAGE_AUTH : STAGE_JUDGE;
            break;
        case STAGE_AUTH:
            if (!authenticate(s, w)) {
                s->round++;
                return SCAN_WAITING;
            }
            unanswered(s);
            add_facts(s, w);
            s->stage = STAGE_JUDGE;
            break;
        case STAGE_JUDGE:
            judge(s, w);
            s->stage = STAGE_DONE;
            break;
        case STAGE_DONE:
            break;
        }
    }
    s->microseconds = clock_mono_us() - s->begun_us;
    return SCAN_DONE;
}
