/* Pages of stewards and auditors: accounts, roles, invitations, the log of all acts. */
#include "web/account_words.h"
#include "web/routes.h"
#include "web/run.h"

static void role_ticks(struct page *p, const json_t *has)
{
    html_open(p->html, "fieldset");
    page_elem(p, "legend", N_("Roles"));
    for (unsigned b = 1; b < ACTOR_ROLES; b++) {
        const char *name = actor_role_name((enum actor_role)(1u << b));
        const json_t *one;
        size_t i;
        bool is_on = false;
        json_array_foreach(has, i, one) is_on |= strcmp(json_string_value(one), name) == 0;
        page_input(p, &(struct page_input){.name = "role",
                                           .label = account_role_words(1u << b),
                                           .type = "checkbox",
                                           .value = name,
                                           .is_on = is_on});
    }
    html_close(p->html);
}

/* The ticked roles by commas. */
static const char *ticked(struct page *p)
{
    struct buf b = BUF_INIT(200);
    const char *one;
    buf_str(&b, "member");
    for (unsigned i = 0; (one = page_arg_nth(p, "role", i)) != NULL; i++)
        buf_printf(&b, ",%s", one);
    const char *out = arena_cstr(p->arena, buf_slice(&b));
    buf_fini(&b);
    return out;
}

static void person_fields(struct page *p, const json_t *row)
{
    role_ticks(p, row ? json_object_get(row, "roles") : NULL);
    page_input(p, &(struct page_input){.name = "mailbox",
                                       .label = N_("Mailbox"),
                                       .type = "email",
                                       .hint = N_("Shows its held mail to this account. Enter only "
                                                  "what you have checked."),
                                       .value = row ? page_text(row, "mailbox") : NULL});
    page_input(p, &(struct page_input){.name = "domains",
                                       .label = N_("Domains, for a domain administrator"),
                                       .hint = N_("Parted by commas."),
                                       .value = row ? page_text(row, "domains") : NULL});
    page_input(p, &(struct page_input){.name = "reason",
                                       .label = N_("Reason"),
                                       .hint = N_("It stands in the log."),
                                       .is_required = true,
                                       .max_length = 300});
}

static const json_t *find(const json_t *list, const char *name)
{
    const json_t *row;
    size_t i;
    json_array_foreach(list, i, row) if (strcmp(page_text(row, "name"), name) == 0) return row;
    return NULL;
}

static void people_table(struct page *p, const json_t *rows)
{
    static const char *const heads[] = {N_("Name"), N_("Roles"), N_("Speaks for"), N_("Mailbox"),
                                        N_("Second factor")};
    struct html *h = p->html;
    const json_t *row, *one;
    size_t i, k;
    html_open(h, "table", "class", "stack");
    html_open(h, "thead");
    html_open(h, "tr");
    for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
        page_elem(p, "th", heads[i], "scope", "col");
    html_close(h);
    html_close(h);
    html_open(h, "tbody");
    json_array_foreach(rows, i, row)
    {
        html_open(h, "tr");
        html_open(h, "td");
        html_elem(h, "a", page_text(row, "name"), "href",
                  page_path(p, "/account/people/%s", page_text(row, "name")), "dir", "auto");
        html_close(h);
        html_open(h, "td");
        json_array_foreach(json_object_get(row, "roles"), k, one)
        {
            for (unsigned b = 0; b < ACTOR_ROLES; b++)
                if (strcmp(json_string_value(one), actor_role_name((enum actor_role)(1u << b))) ==
                    0)
                    page_elem(p, "span", account_role_words(1u << b), "class", "tag");
            html_str(h, " ");
        }
        html_close(h);
        page_elem(p, "td", account_stakeholder_words(page_text(row, "stakeholder")));
        html_open(h, "td");
        if (*page_text(row, "mailbox"))
            html_bdi(h, page_text(row, "mailbox"));
        html_close(h);
        html_open(h, "td");
        page_say(p, json_is_true(json_object_get(row, "totp")) ? N_("on") : N_("off"));
        html_close(h);
        html_close(h);
    }
    html_close(h);
    html_close(h);
}

static void people(struct page *p)
{
    const json_t *j = page_get(p, "account/list", NULL);
    if (j == NULL)
        return;
    page_title(p, page_tr(p, N_("Accounts and roles")));
    page_wide(p);
    people_table(p, json_object_get(j, "accounts"));
    html_open(p->html, "p");
    page_link(p, "/account/log", N_("The log of all acts"));
    html_close(p->html);
    if (!(p->user.roles & ACTOR_STEWARD))
        return;
    page_elem(p, "h2", N_("Invite somebody"));
    page_form(p, "/account/invite");
    person_fields(p, NULL);
    page_button(p, N_("Make an invitation"), NULL, NULL);
    html_close(p->html);
}

static void invite(struct page *p)
{
    const json_t *j = page_get(p, "account/invite",
                               json_pack("{s:s, s:s, s:s, s:s}", "roles", ticked(p), "mailbox",
                                         page_arg(p, "mailbox"), "domains", page_arg(p, "domains"),
                                         "reason", page_arg(p, "reason")));
    if (j == NULL)
        return;
    page_title(p, page_tr(p, N_("The invitation")));
    page_elem(p, "p",
              N_("Give this address to the person. It works once, within seven days, and is shown "
                 "only now."));
    html_elem(p->html, "p", page_path(p, "/account/join?code=%s", page_text(j, "code")), "class",
              "code", "dir", "ltr");
}

static void person(struct page *p)
{
    const json_t *j = page_get(p, "account/list", NULL);
    if (j == NULL)
        return;
    const json_t *row = find(json_object_get(j, "accounts"), p->part[2]);
    if (row == NULL) {
        page_fail(p, 404, N_("There is nothing here, or not any more."));
        return;
    }
    page_title(p, page_text(row, "name"));
    page_form(p, page_path(p, "/account/people/%s", p->part[2]));
    person_fields(p, row);
    page_button(p, N_("Change"), "do", "change");
    page_button(p, N_("Remove the account"), "do", "remove");
    html_close(p->html);
}

static void person_post(struct page *p)
{
    bool is_removal = strcmp(page_arg(p, "do"), "remove") == 0;
    json_t *args = is_removal ? json_pack("{s:s, s:s}", "name", p->part[2], "reason",
                                          page_arg(p, "reason"))
                              : json_pack("{s:s, s:s, s:s, s:s, s:s}", "name", p->part[2], "roles",
                                          ticked(p), "mailbox", page_arg(p, "mailbox"), "domains",
                                          page_arg(p, "domains"), "reason", page_arg(p, "reason"));
    if (page_get(p, is_removal ? "account/remove" : "account/change", args))
        page_redirect(p, "/account/people", N_("Done; the log has it."));
}

static void person_both(struct page *p)
{
    if (p->is_post)
        person_post(p);
    else
        person(p);
}

static void acts(struct page *p)
{
    const json_t *j = page_get(p, "account/acts", json_pack("{s:b}", "all", 1)), *row;
    struct html *h = p->html;
    size_t i;
    if (j == NULL)
        return;
    page_title(p, page_tr(p, N_("The log of all acts")));
    page_wide(p);
    html_open(h, "table", "class", "stack");
    html_open(h, "thead");
    html_open(h, "tr");
    page_elem(p, "th", N_("When"), "scope", "col");
    page_elem(p, "th", N_("Account"), "scope", "col");
    page_elem(p, "th", N_("What"), "scope", "col");
    page_elem(p, "th", N_("By"), "scope", "col");
    page_elem(p, "th", N_("Reason"), "scope", "col");
    html_close(h);
    html_close(h);
    html_open(h, "tbody");
    json_array_foreach(json_object_get(j, "acts"), i, row) account_act_row(p, row, true);
    html_close(h);
    html_close(h);
}

const struct route people_routes[] = {
    {"account/people", PAGE_GET | PAGE_NOINDEX, ACTOR_STEWARD | ACTOR_AUDITOR, people},
    {"account/people/*", PAGE_GET | PAGE_POST | PAGE_NOINDEX, ACTOR_STEWARD, person_both},
    {"account/invite", PAGE_POST, ACTOR_STEWARD, invite},
    {"account/log", PAGE_GET | PAGE_NOINDEX, ACTOR_STEWARD | ACTOR_AUDITOR, acts},
    {0}};
