/* All checks with their explanation, family by family: a finding of "why" leads here. Public, as
 * the rules are: who is judged may know by what. See checks.h. */
#include "web/checks.h"

#include "base/utf8.h"
#include "evidence/check.h"
#include "web/routes.h"

#define DETAIL_BYTES 200u /* as in the answer of a scan (scan/answer.c) */

/* Findings that are no checks: lists, the law, questions without an answer. */
static const struct {
    const char *name, *doc;
} others[] = {
    {"operator_allow",
     N_("The operator put the sender on the list of those to let through. It counts in full only "
        "when the sender is proven.")},
    {"operator_block", N_("The operator put the sender on the list of those to keep out, with a "
                          "reason and an end.")},
    {"user_allow", N_("The recipient put the sender on a list of his own to let through.")},
    {"user_block", N_("The recipient put the sender on a list of his own to keep out.")},
    {"law", N_("The mail breaks a rule of a law that the operator chose to apply to his users.")},
    {"dns", N_("A question to DNS had no answer in time. It counts nothing.")},
    {"views", N_("What was reported before could not be looked up. It counts nothing.")},
};

#define OTHERS (sizeof(others) / sizeof(others[0]))

/* Reasons of those; which one it was is told by how it begins. */
static const char *const reasons[] = {
    N_("its sender is on the list of those to let through: %s"),
    N_("its sender, not proven, is on the list of those to let through: %s"),
    N_("its sender is on the list of those to keep out: %s"),
    N_("it breaks a rule that holds for the users here: %s"),
    N_("questions to DNS without an answer: %s"),
    N_("what was reported before could not be looked up"),
};

static const struct {
    const char *kind, *words;
} kinds[] = {
    {"auth", N_("who sent it")},        {"network", N_("network")},
    {"content", N_("content")},         {"link", N_("link")},
    {"attachment", N_("attachment")},   {"list", N_("list")},
    {"reputation", N_("known before")}, {"user", N_("recipient")},
    {"partner", N_("partner")},         {"operator", N_("operator")},
};

static const struct check *find(const char *name)
{
    for (int i = 0; i < CHECKS; i++) {
        if (strcmp(check_info((enum check_id)i)->name, name) == 0)
            return check_info((enum check_id)i);
    }
    return NULL;
}

const char *checks_kind(const char *kind)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(kinds[i].kind, kind) == 0)
            return kinds[i].words;
    }
    return kind;
}

/* The message id behind a reason that was written in English; NULL: none of ours. */
static const char *message_of(const char *name, const char *reason)
{
    const struct check *c = find(name);
    if (c)
        return c->reason;
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        size_t n = slice_find(slice_str(reasons[i]), SLICE("%s"));
        if (slice_starts(slice_str(reason), slice_head(slice_str(reasons[i]), n)))
            return reasons[i];
    }
    return NULL;
}

void checks_say(struct page *p, const json_t *finding)
{
    const char *reason = page_text(finding, "reason"), *detail = page_text(finding, "detail");
    const char *msgid = message_of(page_text(finding, "name"), reason);
    if (msgid == NULL) {
        html_elem(p->html, "span", reason, "lang", "en", "dir", "auto");
        return;
    }
    if (strstr(msgid, "%s"))
        page_say_with(p, msgid, arena_cstr(p->arena, utf8_head(slice_str(detail), DETAIL_BYTES)));
    else
        page_say(p, msgid);
}

void checks_link(struct page *p, const char *name)
{
    bool is_known = find(name) != NULL;
    for (size_t i = 0; i < OTHERS && !is_known; i++)
        is_known = strcmp(others[i].name, name) == 0;
    if (is_known)
        html_elem(p->html, "a", name, "href", arena_printf(p->arena, "/checks#%s", name).p, "dir",
                  "ltr");
    else
        html_bdi(p->html, name);
}

/* ---- the page ---- */

static void entry(struct page *p, const char *name, const char *kind)
{
    struct html *h = p->html;
    html_open(h, "dt", "id", name);
    html_elem(h, "code", name, "dir", "ltr");
    if (kind) {
        html_str(h, " ");
        page_elem(p, "span", checks_kind(kind), "class", "tag");
    }
    html_close(h);
}

static void one(struct page *p, const struct check *c)
{
    struct html *h = p->html;
    entry(p, c->name, finding_kind_name(c->kind));
    html_open(h, "dd");
    if (strstr(c->reason, "%s"))
        page_say_with(p, c->reason, "\xe2\x80\xa6");
    else
        page_say(p, c->reason);
    html_open(h, "br");
    page_elem(p, "small", c->doc);
    html_close(h);
}

static void page(struct page *p)
{
    struct html *h = p->html;
    page_title(p, page_tr(p, N_("What the filter looks at")));
    page_describe(p, page_tr(p, N_("Every check of the filter, in words.")));
    page_elem(
        p, "p",
        N_("Each reason that the filter gives has a name; here is what it means. Reasons have "
           "points for or against a message, and the points add up to its score. Nothing "
           "else is counted."),
        "class", "lead");
    for (size_t i = 0; i < CHECK_N_FAMILIES; i++) {
        const struct check_family *f = &CHECK_FAMILIES[i];
        page_elem(p, "h2", f->doc);
        html_open(h, "dl", "class", "checks");
        for (int id = (int)f->first; id <= (int)f->last; id++)
            one(p, check_info((enum check_id)id));
        html_close(h);
    }
    page_elem(p, "h2", N_("Lists, laws, and what could not be asked"));
    html_open(h, "dl", "class", "checks");
    for (size_t i = 0; i < OTHERS; i++) {
        entry(p, others[i].name, NULL);
        page_elem(p, "dd", others[i].doc);
    }
    html_close(h);
}

const struct route checks_routes[] = {{"checks", PAGE_GET | PAGE_EXPORT, 0, page}, {0}};
