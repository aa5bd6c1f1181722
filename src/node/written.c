/* Whom our people write to. See written.h. */
#include "node/written.h"
#include "base/log.h"
#include "scan/known_mark.h"

/* The recipient as the message shows him, with his name; as the envelope has him when it does not
 * show him. */
static struct address shown(struct arena *a, const struct message *m, struct slice rcpt)
{
    size_t at = slice_rchr(rcpt, '@');
    struct address x = {.local = slice_head(rcpt, at == SIZE_MAX ? rcpt.n : at),
                        .domain = at == SIZE_MAX ? SLICE("")
                                                 : arena_lower(a, slice_from(rcpt, at + 1))};
    const struct address *lists[] = {m->to, m->cc};
    for (int i = 0; i < 2; i++) {
        for (const struct address *k = lists[i]; k; k = k->next) {
            if (slice_ieq(k->local, x.local) && slice_ieq(k->domain, x.domain))
                x.display = k->display;
        }
    }
    return x;
}

bool written_pack(const struct scan *s, const struct scan_world *w, struct buf *out)
{
    const struct envelope *env = &s->envelope;
    unsigned char person[16];
    /* A login may be a bare name; then the envelope's sender is the mailbox. */
    struct slice mailbox = slice_chr(env->auth_user, '@') != SIZE_MAX ? env->auth_user
                                                                      : env->mail_from;
    if (env->auth_user.n == 0 || mailbox.n == 0 || env->n_rcpt == 0 ||
        env->n_rcpt > KNOWN_RECIPIENTS || w->person_of == NULL || s->verdict.side == SIDE_SPAM)
        return false;
    w->person_of(w->person_arg, mailbox, person);
    buf_add(out, slice_of((const char *)person, sizeof(person)));
    for (size_t i = 0; i < env->n_rcpt; i++) {
        struct known_mark m;
        struct address x = shown(s->arena, s->message, env->rcpt[i]);
        if (x.domain.n == 0)
            continue;
        known_mark(s->arena, &x, w->digest_key, &m);
        known_pack(out, &m);
    }
    return out->n > sizeof(person);
}

void written_take(struct keep *k, struct slice packed)
{
    struct err e = {0};
    struct event ev = {.kind = EVENT_WRITTEN_TO};
    if (packed.n <= sizeof(ev.written_to.person))
        return;
    memcpy(ev.written_to.person, packed.p, sizeof(ev.written_to.person));
    ev.written_to.marks = slice_from(packed, sizeof(ev.written_to.person));
    int rc = store_append(k->store, &ev, &e, NULL);
    if (rc < 0 && rc != ERR_FULL)
        log_event(LOG_WARN, "written_to", "error", LOG_S(e.text), NULL);
}
