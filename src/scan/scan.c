/* The way of one message through the rooms: read, classify, look for evidence, judge. */
#include "scan/scan.h"

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
    s->facts.envelope = &s->envelope;
    return s;
}

/* Everybody the message says it is from; what authentication has proven comes with auth. */
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
}

static void read_message(struct scan *s, const struct scan_world *w)
{
    const struct mail_limits *limits = w->limits.message_bytes ? &w->limits : NULL;
    s->message = message_parse(s->arena, s->raw, limits);
    message_digest(s->message, w->digest_key, s->digest);
    fingerprint_make(s->arena, s->message, &s->fingerprint);
    features_extract(s->arena, s->message, &s->facts, FEATURES_ALL, &s->features);
    if (w->classifier)
        classifier_score(w->classifier, &s->features, NULL, &s->classified);
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
    }
    struct near_store store = {.arg = w->views, .get = view_get};
    near_find(&store, &s->fingerprint, person, &s->near);
    if (person.n && w->classifier && views_get(w->views, VIEW_USER, person, &layer) == 0) {
        struct class_score own = {0};
        struct overlay overlay = {layer};
        classifier_score(w->classifier, &s->features, &overlay, &own);
        s->user_points = (own.logit - s->classified.logit) * s->classified.experience;
    }
    views_end(w->views);
}

static void judge(struct scan *s, const struct scan_world *w)
{
    struct evidence e = {.arena = s->arena,
                         .rules = w->rules,
                         .m = s->message,
                         .env = &s->envelope,
                         .classified = w->classifier ? &s->classified : NULL,
                         .user_points = s->user_points,
                         .near = s->near.likeness > 0 ? &s->near : NULL,
                         .all = &s->findings};
    evidence_run(&e);
    sender_of(s);
    policy_lists(w->policy, (struct slice){0}, &s->sender, &s->findings);
    verdict_make(&s->findings, &s->envelope, w->policy, &s->sender, &s->verdict);
}

enum scan_state scan_step(struct scan *s, const struct scan_world *w)
{
    for (; s->round < SCAN_ROUNDS && s->stage != STAGE_DONE; s->round++) {
        switch (s->stage) {
        case STAGE_READ:
            read_message(s, w);
            ask_views(s, w);
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
