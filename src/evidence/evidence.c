/* Runs the families of checks over one message. */
#include "evidence/check.h"

#include "mail/url.h"

static struct slice org_domain(struct evidence *e, struct slice host)
{
    struct slice ascii = {0};
    if (slice_is_empty(host) || !url_host(e->arena, host, true, &ascii))
        return (struct slice){0};
    struct slice org = url_org_domain(e->arena, ascii);
    return slice_is_empty(org) ? ascii : org;
}

static bool says_bulk(const struct message *m)
{
    static const char *const fields[] = {"List-Id", "List-Unsubscribe", "List-Post",
                                         "Mailing-List"};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (header_find(&m->headers, fields[i], NULL))
            return true;
    return false;
}

void evidence_run(struct evidence *e)
{
    const struct message *m = e->m;
    if (m->from)
        e->from_host = m->from->domain;
    e->from_domain = org_domain(e, e->from_host);
    if (m->reply_to)
        e->reply_domain = org_domain(e, m->reply_to->domain);
    e->is_list = says_bulk(m);
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
