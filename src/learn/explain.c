/* Which words of a message made its score. Every weight is looked up again with the message in
 * hand: a 4-gram's share goes to its four bytes in equal parts, bytes are summed to words, tags
 * to header lines, links and structure. All shares together are the score, so what is listed is
 * exact and the rest has a number too. */
#include "learn/classifier_internal.h"
#include "learn/features_internal.h"

#include <math.h>
#include <stdlib.h>

#define TOKENS_MOST 2048

/* Collects tokens; the same token twice is one. */
struct listing {
    struct arena *arena;
    struct token_why *of;
    size_t n;
};

struct explainer {
    const struct classifier *c;
    struct overlay_view user;
    struct fusion fusion;
    const struct message *m;
    struct features features;
    double unit[CHANNELS];      /* points of a weight of 1 of the site or base */
    double user_unit[CHANNELS]; /* and of the user's layer */
    double network_share;       /* what the network's bound left of it, 0 to 1 */
    struct listing out;
};

static bool same_token(const struct token_why *t, struct slice where, struct slice words)
{
    return t->words.n == words.n && slice_ieq(t->words, words) && slice_eq(t->where, where);
}

static void list_add(struct listing *l, struct slice where, struct slice words, double points)
{
    if (points == 0.0 || words.n == 0)
        return;
    for (size_t i = 0; i < l->n; i++) {
        if (same_token(&l->of[i], where, words)) {
            l->of[i].points += points;
            return;
        }
    }
    if (l->n < TOKENS_MOST)
        l->of[l->n++] = (struct token_why){.where = where, .words = words, .points = points};
}

/* A feature's share of the score. `group`: 0 the channel's first group, 1 the second. */
static double share(const struct explainer *x, enum channel ch, uint32_t feature, int group)
{
    const struct model *site = &x->c->site;
    double w = 0.0;
    if (site->head)
        w = model_weight(site, model_slot(site, ch, feature)) * classifier_site_share(site, ch);
    if (group == 0 || ch == CHANNEL_TEXT)
        w += base_model_weight(&x->c->base, ch, feature);
    double points = w * x->unit[ch];
    if (x->c->site.head && (ch == CHANNEL_TAGS || (ch == CHANNEL_TEXT && group == 0)))
        points += overlay_weight(&x->user, &x->c->site, ch, feature) * x->user_unit[ch];
    return points;
}

/* ---- 4-grams and words over running text ---- */

/* A hash set of features already counted, as extraction counts each once. */
struct once {
    uint32_t *keys; /* 0: free */
    uint32_t mask;
};

static struct once once_new(struct arena *a, size_t most)
{
    uint32_t n = 16;
    while (n < 2 * most)
        n *= 2;
    return (struct once){ARENA_ARRAY(a, uint32_t, n), n - 1};
}

static bool once_first(struct once *o, uint32_t h)
{
    uint32_t key = h ? h : 1;
    for (uint32_t at = key & o->mask;; at = (at + 1) & o->mask) {
        if (o->keys[at] == key)
            return false;
        if (o->keys[at] == 0) {
            o->keys[at] = key;
            return true;
        }
    }
}

/* Splits each gram's share over all places where it stands. */
static void spread_grams(const struct explainer *x, enum channel ch, enum feature_kind kind,
                         struct slice text, size_t n_first, double *bytes)
{
    struct place {
        uint32_t key, count;
        int group;
    };
    size_t n = text.n < 4 ? 0 : text.n - 3, mask = 15;
    while (mask + 1 < 2 * n)
        mask = 2 * mask + 1;
    struct place *places = ARENA_ARRAY(x->out.arena, struct place, mask + 1);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < n; i++) {
            uint32_t h = feature_gram(kind, text.p + i), key = h ? h : 1;
            size_t at = key & mask;
            while (places[at].key && places[at].key != key)
                at = (at + 1) & mask;
            struct place *p = &places[at];
            if (p->key == 0)
                *p = (struct place){key, 0, i + 4 <= n_first ? 0 : 1};
            if (pass == 0) {
                p->count++;
                continue;
            }
            double points = share(x, ch, h, p->group) / (4.0 * p->count);
            for (size_t k = 0; k < 4; k++)
                bytes[i + k] += points;
        }
    }
}

static bool is_word_byte(char c)
{
    return ascii_is_alnum(c) || (unsigned char)c >= 0x80 || c == '$' || c == '\'' || c == '-' ||
           c == '.' || c == '@';
}

/* Takes white space and marks from *at on; gives their sum. */
static double take_gap(struct slice text, const double *bytes, size_t *at)
{
    double sum = 0.0;
    while (*at < text.n && !is_word_byte(text.p[*at]))
        sum += bytes[(*at)++];
    return sum;
}

/* Sums bytes to words; what stands between two words goes half to each. */
static void list_words(struct listing *l, struct slice where, struct slice text,
                       const double *bytes)
{
    size_t i = 0;
    double carry = take_gap(text, bytes, &i);
    while (i < text.n) {
        size_t start = i;
        double sum = carry;
        while (i < text.n && is_word_byte(text.p[i]))
            sum += bytes[i++];
        size_t end = i;
        double gap = take_gap(text, bytes, &i);
        carry = i < text.n ? gap / 2 : 0.0;
        list_add(l, where, slice_of(text.p + start, end - start), sum + gap - carry);
    }
}

/* ---- the channels ---- */

static void explain_text(struct explainer *x)
{
    struct slice text = slice_head(x->m->text, TEXT_GRAM_BYTES);
    double *bytes = ARENA_ARRAY(x->out.arena, double, text.n + 1);
    spread_grams(x, CHANNEL_TEXT, KIND_GRAM_TEXT, text, 0, bytes);
    list_words(&x->out, SLICE("text"), text, bytes);

    struct slice rest[2] = {slice_head(x->m->text, 20000), slice_head(x->m->hidden, 5000)};
    enum feature_kind kinds[2] = {KIND_WORD, KIND_HIDDEN_WORD};
    int most[2] = {TEXT_WORDS, HIDDEN_WORDS};
    struct slice where[2] = {SLICE("text"), SLICE("hidden text")};
    for (int k = 0; k < 2; k++) {
        struct once o = once_new(x->out.arena, (size_t)most[k]);
        struct slice word;
        while (most[k] > 0 && feature_next_word(&rest[k], &word)) {
            if (word.n < WORD_MIN)
                continue;
            most[k]--;
            uint32_t h = feature_word(kinds[k], word);
            if (once_first(&o, h))
                list_add(&x->out, where[k], word, share(x, CHANNEL_TEXT, h, 0));
        }
    }
}

static void explain_headers(struct explainer *x)
{
    char *lines = arena_bytes(x->out.arena, HEADER_GRAM_BYTES);
    size_t n_subject, n = feature_header_lines(x->m, FEATURES_ALL, lines, &n_subject);
    double *bytes = ARENA_ARRAY(x->out.arena, double, n + 1);
    spread_grams(x, CHANNEL_HEADERS, KIND_GRAM_HEADER, slice_of(lines, n), n_subject, bytes);
    struct slice rest = slice_of(lines, n), line;
    size_t at = 0;
    while (slice_line(&rest, &line)) {
        size_t colon = slice_find(line, SLICE(": "));
        if (colon != SIZE_MAX) {
            double name = at + line.n < n ? bytes[at + line.n] : 0.0; /* the line's end */
            for (size_t i = 0; i < colon + 2; i++)
                name += bytes[at + i];
            struct slice head = slice_head(line, colon);
            struct slice where = slice_ieq(head, SLICE("subject"))
                                     ? SLICE("Subject")
                                     : arena_printf(x->out.arena, "header %.*s", SLICE_ARG(head));
            struct slice value = slice_from(line, colon + 2);
            list_add(&x->out, where, value.n ? head : line, name);
            list_words(&x->out, where, value, bytes + at + colon + 2);
        }
        at += line.n + 1;
    }
}

/* The share of what one header, link or part adds, by extracting it alone. */
static double share_of_sink(const struct explainer *x, const struct feature_sink *s, int group,
                            struct once *o)
{
    double sum = 0.0;
    for (uint32_t i = 0; i < s->n; i++) {
        if (once_first(o, s->out[i]))
            sum += share(x, CHANNEL_TAGS, s->out[i], group);
    }
    return sum;
}

static void explain_content_tags(struct explainer *x, struct feature_sink *s, struct once *o)
{
    sink_start(s);
    if (x->m->subject.n)
        feature_header_tokens(s, SLICE("Subject"), x->m->subject);
    list_add(&x->out, SLICE("Subject"), x->m->subject, share_of_sink(x, s, 0, o));
    size_t n = 0;
    for (const struct link *l = x->m->links; l && n < 64; l = l->next, n++) {
        sink_start(s);
        feature_link(s, l);
        struct slice shown = l->url.host.n ? l->url.host : l->url.raw;
        list_add(&x->out, SLICE("link"), slice_head(shown, 80), share_of_sink(x, s, 0, o));
    }
    sink_start(s);
    feature_links(s, x->m);
    feature_structure(s, x->m);
    list_add(&x->out, SLICE("structure"), SLICE("parts, sizes and oddities"),
             share_of_sink(x, s, 0, o));
}

static void explain_tags(struct explainer *x)
{
    struct feature_sink *s = ARENA_NEW(x->out.arena, struct feature_sink);
    struct once o = once_new(x->out.arena, FEATURES_MAX);
    explain_content_tags(x, s, &o);
    for (const struct header *h = x->m->headers.first; h; h = h->next) {
        if (!feature_is_tagged(h->name, FEATURES_ALL))
            continue;
        sink_start(s);
        feature_header_tokens(s, h->name, h->text);
        struct slice where = arena_printf(x->out.arena, "header %.*s",
                                          SLICE_ARG(slice_head(h->name, 60)));
        struct slice value = slice_head(h->text, 80);
        list_add(&x->out, where, value.n ? value : h->name, share_of_sink(x, s, 1, &o));
    }
}

/* Author and signer of one domain are one reason for a person. */
static void explain_facts(struct explainer *x, const struct facts *facts)
{
    static const char *const where[] = {[FACT_NETWORK] = "network of the client",
                                        [FACT_PROVEN] = "proven sender",
                                        [FACT_AUTHOR] = "proven sender"};
    size_t first = x->out.n;
    for (size_t i = 0; facts && i < facts->n; i++) {
        const struct fact *f = &facts->of[i];
        double points = share(x, CHANNEL_FACTS, facts_hash(f), 1);
        if (f->kind == FACT_NETWORK)
            points *= x->network_share;
        list_add(&x->out, slice_str(where[f->kind]), f->words, points);
    }
    for (size_t i = first; i < x->out.n; i++)
        x->out.of[i].is_fact = true;
}

/* Points of a weight of 1: the fusion's factor, less what floor and clip take away. */
static void set_units(struct explainer *x)
{
    struct layer_sums sums;
    classifier_sums(x->c, &x->features, &x->user, &sums);
    double network = sums.network_cut + (sums.network_cut > 0 ? FUSION_NETWORK : -FUSION_NETWORK);
    x->network_share = sums.network_cut != 0.0 ? 1.0 - sums.network_cut / network : 1.0;
    for (int k = 0; k < CHANNELS; k++) {
        double z = sums.z[k], e = fusion_evidence((enum channel)k, z, NULL);
        double cut = z != 0.0 ? e / z : 1.0;
        uint32_t n = x->features.n[k], n_user = overlay_n((enum channel)k, &x->features);
        x->unit[k] = n ? x->fusion.a[k] * cut / sqrt(n) : 0.0;
        x->user_unit[k] = n_user ? x->fusion.a[k] * cut / sqrt(n_user) : 0.0;
    }
}

static int compare_points(const void *a, const void *b)
{
    double x = fabs(((const struct token_why *)a)->points);
    double y = fabs(((const struct token_why *)b)->points);
    return (x < y) - (x > y);
}

size_t classifier_explain(const struct classifier *c, const struct message *m,
                          const struct facts *facts, const struct overlay *user, struct arena *a,
                          struct token_why *out, size_t max)
{
    struct explainer x = {.c = c, .m = m, .user = overlay_read(user ? user->bytes : SLICE(""))};
    x.out = (struct listing){a, ARENA_ARRAY(a, struct token_why, TOKENS_MOST), 0};
    features_extract(a, m, facts, FEATURES_ALL, &x.features);
    classifier_fusion(c, &x.fusion);
    set_units(&x);
    explain_facts(&x, facts); /* the others may fill the list */
    explain_text(&x);
    explain_headers(&x);
    explain_tags(&x);
    qsort(x.out.of, x.out.n, sizeof x.out.of[0], compare_points);
    size_t n = x.out.n < max ? x.out.n : max;
    memcpy(out, x.out.of, n * sizeof *out);
    return n;
}
