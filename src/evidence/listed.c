/* The site's listings (desk): decided by people, with an end and an appeal. A listing marks mail;
 * only one of live harm holds it. See listed.h. */
#include "evidence/families.h"
#include "evidence/listed.h"

#include "charter/listing.h"
#include "mail/url.h"

#include <stdio.h>

/* One hit per place: the harshest. */
static void keep(struct listed_hits *out, enum listed_place place, const struct listed *l,
                 struct slice what)
{
    for (size_t i = 0; i < out->n; i++) {
        if (out->hit[i].place != place)
            continue;
        if (l->effect > out->hit[i].listing.effect)
            out->hit[i] = (struct listed_hit){place, *l, what};
        return;
    }
    if (out->n < LISTED_HITS)
        out->hit[out->n++] = (struct listed_hit){place, *l, what};
}

static void look_at_sender(struct views *v, struct arena *a, const struct address *from,
                           int64_t now_us, struct listed_hits *out)
{
    struct listed l;
    struct slice host, top, plain;
    char buf[400];
    if (!url_host(a, from->domain, true, &host))
        return;
    top = url_org_domain(a, host);
    if (listed_find_domain(v, host, top.n ? top : host, now_us, &l))
        keep(out, LISTED_SENDER, &l, host);
    struct slice whole = arena_printf(a, "%.*s@%.*s", SLICE_ARG(from->local), SLICE_ARG(host));
    if (listed_plain(LISTED_MAILBOX, whole, buf, sizeof(buf), &plain, NULL) &&
        listed_find(v, LISTED_MAILBOX, plain, now_us, &l))
        keep(out, LISTED_SENDER, &l, whole);
}

static void look_at_link(struct views *v, struct arena *a, const struct url *u, int64_t now_us,
                         struct listed_hits *out)
{
    struct listed l;
    struct slice plain;
    char buf[400];
    if (listed_find_domain(v, u->host, u->domain.n ? u->domain : u->host, now_us, &l))
        keep(out, LISTED_IN_LINK, &l, u->host);
    if (u->path.n < 2 || u->host.n + u->path.n >= sizeof(buf))
        return;
    struct slice whole = arena_printf(a, "%.*s%.*s", SLICE_ARG(u->host), SLICE_ARG(u->path));
    if (listed_plain(LISTED_LINK, whole, buf, sizeof(buf), &plain, NULL) &&
        listed_find(v, LISTED_LINK, plain, now_us, &l))
        keep(out, LISTED_IN_LINK, &l, whole);
}

void listed_gather(struct views *v, struct arena *a, const struct message *m,
                   const struct envelope *env, int64_t now_us, struct listed_hits *out)
{
    struct listed l;
    struct ip ip;
    size_t n = 0;
    *out = (struct listed_hits){0};
    for (const struct address *f = m->from; f && n++ < 4; f = f->next)
        if (f->domain.n)
            look_at_sender(v, a, f, now_us, out);
    n = 0;
    for (const struct link *k = m->links; k && n < LISTED_LINKS; k = k->next) {
        if (!link_is_web(k) || k->url.host.n == 0)
            continue;
        look_at_link(v, a, &k->url, now_us, out);
        n++;
    }
    if (ip_parse(env->client_ip, &ip) && listed_find_ip(v, &ip, now_us, &l))
        keep(out, LISTED_SOURCE, &l, env->client_ip);
}

/* The table's points are for a mark; a note is a fraction, holding is more. */
static double factor_of(const struct listed *l)
{
    switch (l->effect) {
    case EFFECT_NOTE:
        return 0.25;
    case EFFECT_HOLD:
        return 1.6;
    default:
        return l->effect == EFFECT_TAG ? 1.0 : 0.0;
    }
}

void family_listed(struct evidence *e)
{
    static const enum check_id ids[] = {CHECK_listed_sender, CHECK_listed_link,
                                        CHECK_listed_source};
    /* What is listed by several names counts once, by its harshest. */
    const struct listed_hit *most = NULL;
    for (size_t i = 0; e->listed && i < e->listed->n; i++) {
        const struct listed_hit *h = &e->listed->hit[i];
        if (most == NULL || h->listing.effect > most->listing.effect)
            most = h;
    }
    if (most)
        check_hit_scaled(e, ids[most->place], most->what, factor_of(&most->listing), NULL);
}
