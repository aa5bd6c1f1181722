/* Works out what all families ask for, then runs them over one message. */
#include "evidence/families.h"
#include "evidence/rules.h"

#include "base/utf8.h"
#include "mail/url.h"

/* Text looked at for phrases. What spam has to say stands early; the limit keeps the cost of a
 * long message bounded. */
#define PHRASE_BYTES 8192

static struct slice org_domain(struct evidence *e, struct slice host)
{
    struct slice ascii = {0};
    if (slice_is_empty(host) || !url_host(e->arena, host, true, &ascii))
        return (struct slice){0};
    struct slice org = url_org_domain(e->arena, ascii);
    return slice_is_empty(org) ? ascii : org;
}

static bool has_field(const struct message *m, const char *name)
{
    return header_find(&m->headers, name, NULL) != NULL;
}

static void look_at_parts(struct evidence *e)
{
    for (size_t i = 0; i < e->m->n_parts; i++) {
        const struct part *p = e->m->parts[i];
        if (p->is_attachment)
            continue;
        e->has_html |= p->is_html;
        e->has_plain |= p->is_text && !p->is_html;
    }
}

/* "kb.zip" in running text is a file's name to the writer, though such a domain may exist. */
static bool is_file_name(const struct link *l)
{
    struct slice raw = l->shown.n ? l->shown : l->url.raw; /* as it stands in the text */
    return l->from == LINK_TEXT && slice_chr(raw, '/') == SIZE_MAX &&
           !slice_istarts(raw, SLICE("www.")) &&
           (slice_iends(raw, SLICE(".zip")) || slice_iends(raw, SLICE(".mov")));
}

/* Who cuts a link up does not want it followed: reports of abuse and warnings do, and a reader who
 * cannot click is not led anywhere. */
bool link_is_web(const struct link *l)
{
    bool is_place = l->from == LINK_HREF || l->from == LINK_FORM || l->from == LINK_TEXT ||
                    l->from == LINK_SUBJECT;
    return is_place && !l->is_defanged && l->url.is_valid &&
           slice_starts(l->url.scheme, SLICE("http")) && !is_file_name(l);
}

static void count_links(struct evidence *e)
{
    for (const struct link *l = e->m->links; l; l = l->next) {
        if (!link_is_web(l))
            continue;
        e->n_web++;
        e->n_foreign += !slice_eq(l->url.domain, e->from_domain);
    }
}

/* The recipient: the envelope's when there is one, else the only address in To. */
static struct slice recipient(const struct evidence *e)
{
    if (e->env->n_rcpt)
        return e->env->rcpt[0];
    const struct address *to = e->m->to;
    if (!to || to->next || slice_is_empty(to->domain))
        return (struct slice){0};
    return arena_printf(e->arena, "%.*s@%.*s", SLICE_ARG(to->local), SLICE_ARG(to->domain));
}

/* The first author with an address. `Bank ,_<x@y.example>` is two mailboxes by the grammar, the
 * first without an address; mail programs show what stands first, so the names are taken
 * together. */
static void look_at_author(struct evidence *e)
{
    const struct address *from = e->m->from;
    struct slice shown = {0};
    for (; from; from = from->next) {
        struct slice name = from->display.n  ? from->display
                            : from->domain.n ? (struct slice){0}
                                             : from->local;
        if (name.n)
            shown = arena_printf(e->arena, "%.*s%s%.*s", SLICE_ARG(shown), shown.n ? " " : "",
                                 SLICE_ARG(utf8_head(name, 256)));
        if (from->domain.n || shown.n > 1024)
            break;
        e->is_from_malformed = true;
    }
    e->from = from;
    e->shown_name = shown;
    if (from)
        e->from_host = from->domain;
    e->name = phrases_fold(e->arena, slice_head(shown, 512));
}

void evidence_run(struct evidence *e)
{
    const struct message *m = e->m;
    if (!e->rules)
        e->rules = rules_default();
    e->phrases = ARENA_NEW(e->arena, struct phrase_hits);
    look_at_author(e);
    e->from_domain = org_domain(e, e->from_host);
    if (m->reply_to)
        e->reply_domain = org_domain(e, m->reply_to->domain);
    e->subject = phrases_fold(e->arena, slice_head(m->subject, 1024));
    e->from_brand = brands_named(e->rules->brands, e->name);
    e->rcpt = recipient(e);
    e->is_list = has_field(m, "List-Id") || has_field(m, "List-Post") ||
                 has_field(m, "Mailing-List");
    e->is_answer = has_field(m, "In-Reply-To") || has_field(m, "References");
    look_at_parts(e);
    count_links(e);
    phrases_find(e->rules->phrases, e->arena, slice_head(m->subject, 1024), 1024, e->phrases);
    phrases_find(e->rules->phrases, e->arena, m->text, PHRASE_BYTES, e->phrases);
    for (size_t i = 0; i < CHECK_N_FAMILIES; i++)
        CHECK_FAMILIES[i].run(e);
}

void check_hit_scaled(struct evidence *e, enum check_id id, struct slice detail, double factor,
                      double *budget)
{
    const struct check *c = check_info(id);
    struct finding f = {.name = c->name,
                        .kind = c->kind,
                        .points = rules_points(e->rules, id) * factor,
                        .reason = c->reason,
                        .detail = detail,
                        .source = "muster",
                        .hints = c->hints};
    if (budget && f.points > 0) {
        if (f.points > *budget)
            f.points = *budget;
        *budget -= f.points;
    }
    finding_add(e->all, &f);
}

void check_hit(struct evidence *e, enum check_id id, struct slice detail)
{
    check_hit_scaled(e, id, detail, 1.0, NULL);
}
