/* One object of the library, and its versions. */
#include "web/library_pages.h"

#include <stdio.h>
#include <string.h>

static void fact(struct page *p, const char *words, const char *value)
{
    if (value == NULL || *value == '\0')
        return;
    page_elem(p, "dt", words);
    html_open(p->html, "dd");
    html_bdi(p->html, value);
    html_close(p->html);
}

/* Terms of a list, each leading to what else there is of it. */
static void terms(struct page *p, const char *words, const json_t *list, const char *facet)
{
    struct html *h = p->html;
    size_t i;
    json_t *one;
    if (json_array_size(list) == 0)
        return;
    page_elem(p, "dt", words);
    html_open(h, "dd");
    json_array_foreach(list, i, one)
    {
        const char *word = json_string_value(one);
        struct buf b = BUF_INIT(200);
        for (const char *c = word; c && *c; c++)
            buf_chr(&b, *c == ' ' ? '+' : *c);
        if (i)
            page_comma(p);
        html_elem(h, "a", library_term(p, facet, word), "href",
                  arena_printf(p->arena, "/library?%s=%s", facet, buf_cstr(&b)).p);
        buf_fini(&b);
    }
    html_close(h);
}

static const char *speaks(struct page *p, const char *word)
{
    if (strcmp(word, "person") == 0)
        return page_tr(p, N_("a person's own view"));
    if (strcmp(word, "organisation") == 0)
        return page_tr(p, N_("an organisation"));
    if (strcmp(word, "agreed") == 0)
        return page_tr(p, N_("agreed by a process"));
    return "";
}

/* What strangers put in is shown, not linked, until somebody looked at it. */
static void address(struct page *p, const json_t *o)
{
    struct html *h = p->html;
    const char *url = page_text(o, "url");
    if (*url == '\0')
        return;
    page_elem(p, "dt", N_("Address"));
    html_open(h, "dd");
    if (json_is_true(json_object_get(o, "is_waiting")))
        html_elem(h, "code", url);
    else
        html_elem(h, "a", url, "href", url, "rel", "external noopener nofollow");
    const json_t *check = json_object_get(o, "link_check");
    if (check) {
        html_str(h, " ");
        html_open(h, "small");
        page_say_with(p,
                      strcmp(page_text(o, "link"), "dead") == 0 ? N_("Dead when checked on %s.")
                      : strcmp(page_text(o, "link"), "works") == 0
                          ? N_("Checked on %s.")
                          : N_("No answer when checked on %s."),
                      arena_printf(p->arena, "%.10s", page_text(check, "time")).p);
        html_close(h);
    }
    html_close(h);
}

static void credit(struct page *p, const json_t *o)
{
    const json_t *by = json_object_get(o, "by");
    const char *name = page_text(by, "name"), *organisation = page_text(by, "organisation");
    struct slice who = *name && *organisation
                           ? arena_printf(p->arena, "%s (%s)", name, organisation)
                       : *name ? slice_str(name)
                               : slice_str(organisation);
    fact(p, N_("Put in by"),
         who.n ? arena_cstr(p->arena, who) : page_tr(p, N_("somebody who gave no name")));
}

static void facts(struct page *p, const json_t *o, const json_t *body)
{
    struct html *h = p->html;
    char year[16] = "";
    if (page_int(o, "year"))
        snprintf(year, sizeof(year), "%d", (int)page_int(o, "year"));
    html_open(h, "dl", "class", "facts");
    address(p, o);
    fact(p, N_("Published by"), page_text(o, "publisher"));
    fact(p, N_("Who speaks"), speaks(p, page_text(body, "speaks")));
    fact(p, N_("Year"), year);
    terms(p, N_("Subjects"), json_object_get(o, "topics"), "topic");
    terms(p, N_("For whom"), json_object_get(o, "audiences"), "audience");
    terms(p, N_("Countries"), json_object_get(o, "countries"), "country");
    terms(p, N_("Languages"), json_object_get(body, "languages"), "language");
    credit(p, o);
    html_close(h);
}

/* ---- what belongs to it ---- */

static void names(struct page *p, const char *words, const json_t *list)
{
    struct html *h = p->html;
    size_t i;
    json_t *one;
    if (json_array_size(list) == 0)
        return;
    page_elem(p, "h2", words);
    html_open(h, "ul");
    json_array_foreach(list, i, one)
    {
        html_open(h, "li");
        library_name_link(p, one);
        html_close(h);
    }
    html_close(h);
}

static void translations(struct page *p, const json_t *o)
{
    struct html *h = p->html;
    const json_t *list = json_object_get(o, "translations");
    size_t i;
    json_t *one;
    page_elem(p, "h2", N_("Translations"));
    html_open(h, "ul");
    json_array_foreach(list, i, one)
    {
        const json_t *body = json_object_get(one, "body");
        const char *code = page_text(one, "language");
        html_open(h, "li");
        html_str(h, library_language(p, code));
        page_colon(p);
        html_elem(h, "a", page_text(body, "title"), "href",
                  arena_printf(p->arena, "/library/%s", page_text(one, "id")).p, "lang", code,
                  "dir", "auto");
        html_str(h, " ");
        library_tags(p, one);
        if (strcmp(page_text(body, "origin"), "draft") == 0)
            page_elem(p, "span", N_("Draft"), "class", "tag note");
        html_close(h);
    }
    html_close(h);
    html_open(h, "p");
    page_link(p, page_path(p, "/library/%s/translate", page_text(o, "id")),
              N_("Translate title and summary"));
    html_close(h);
}

static void reviews(struct page *p, const json_t *o)
{
    struct html *h = p->html;
    size_t i;
    json_t *one;
    page_elem(p, "h2", N_("Reviews"));
    if (json_array_size(json_object_get(o, "reviews")) == 0)
        page_elem(p, "p",
                  N_("Nobody has reviewed this yet. It counts as reviewed after two reviews of "
                     "different groups: users, operators, senders, governments, civil society, "
                     "research."));
    html_open(h, "ul");
    json_array_foreach(json_object_get(o, "reviews"), i, one)
    {
        bool is_for = json_is_true(json_object_get(one, "for"));
        html_open(h, "li");
        page_elem(p, "span", is_for ? N_("For") : N_("Against"), "class",
                  is_for ? "tag good" : "tag bad");
        html_str(h, " ");
        html_str(h, page_text(one, "class"));
        page_comma(p);
        page_say_with(p, N_("version %s"),
                      arena_printf(p->arena, "%d", (int)page_int(one, "version")).p);
        page_colon(p);
        html_bdi(h, page_text(one, "note"));
        html_close(h);
    }
    html_close(h);
    html_open(h, "p");
    if (p->user.roles & (ACTOR_REVIEWER | ACTOR_STEWARD)) {
        page_link(p, page_path(p, "/library/%s/review", page_text(o, "id")), N_("Review"));
        html_str(h, " \xc2\xb7 ");
        page_link(p, page_path(p, "/library/%s/withdraw", page_text(o, "id")), N_("Withdraw"));
        html_str(h, " \xc2\xb7 ");
    }
    page_link(p, page_path(p, "/library/%s/versions", page_text(o, "id")), N_("Versions"));
    if (json_is_true(json_object_get(o, "may_erase"))) {
        html_str(h, " \xc2\xb7 ");
        page_link(p, page_path(p, "/library/%s/erase", page_text(o, "id")),
                  N_("Erase people's names"));
    }
    html_close(h);
}

static const json_t *get(struct page *p)
{
    json_t *args = library_args(p);
    json_object_set_new(args, "version", json_integer(page_arg_int(p, "version", 0, 0, 100000)));
    return page_get(p, page_path(p, "library/show/%s", p->part[1]), args);
}

void library_one(struct page *p)
{
    struct html *h = p->html;
    const json_t *o = get(p), *body = json_object_get(o, "body");
    if (o == NULL)
        return;
    if (p->wants_json) {
        page_send_json(p, o);
        return;
    }
    const char *kind = page_text(o, "object"), *language = page_text(o, "text_language");
    page_title(p, page_text(o, "title"));
    page_describe(p, page_text(o, "summary"));
    if (json_is_true(json_object_get(o, "is_waiting")))
        page_noindex(p);
    html_open(h, "p");
    library_tags(p, o);
    html_close(h);
    if (strcmp(page_text(o, "state"), "withdrawn") == 0) {
        page_notice(p, "bad", N_("This was withdrawn."));
        html_elem(h, "p", page_text(o, "reason"), "dir", "auto");
    }
    library_text(p, "p", page_text(o, "summary"), language);
    library_draft_note(p, o);
    if (*page_text(o, "original_title")) {
        html_open(h, "p", "class", "soft");
        page_say_with(p, N_("Original title: %s"), page_text(o, "original_title"));
        html_close(h);
    }
    if (strcmp(kind, "path") == 0)
        library_path_steps(p, o);
    else if (strcmp(kind, "measure") == 0)
        library_measure(p, o, body);
    facts(p, o, body);
    if (strcmp(kind, "measure") == 0)
        names(p, N_("Sources"), json_object_get(o, "names"));
    names(p, N_("Used in"), json_object_get(o, "referred_by"));
    if (strcmp(kind, "translation") != 0)
        translations(p, o);
    reviews(p, o);
    library_nav(p);
}

void library_versions(struct page *p)
{
    struct html *h = p->html;
    const json_t *o = get(p);
    size_t i;
    json_t *one;
    if (o == NULL)
        return;
    page_title(p, page_tr_with(p, N_("Versions of: %s"), page_text(o, "title")));
    html_open(h, "table", "class", "stack");
    html_open(h, "thead");
    html_open(h, "tr");
    static const char *const heads[] = {N_("Version"), N_("Time"), N_("State"), N_("By"),
                                        N_("Came by")};
    for (size_t k = 0; k < sizeof(heads) / sizeof(heads[0]); k++)
        page_elem(p, "th", heads[k], "scope", "col");
    html_close(h);
    html_close(h);
    html_open(h, "tbody");
    json_array_foreach(json_object_get(o, "versions"), i, one)
    {
        const json_t *by = json_object_get(one, "by");
        html_open(h, "tr");
        html_open(h, "td");
        html_elem(h, "a", arena_printf(p->arena, "%d", (int)page_int(one, "version")).p, "href",
                  arena_printf(p->arena, "/library/%s?version=%d", page_text(o, "id"),
                               (int)page_int(one, "version"))
                      .p);
        html_close(h);
        html_elem(h, "td", arena_printf(p->arena, "%.16s", page_text(one, "time")).p);
        html_elem(h, "td", library_term(p, "state", page_text(one, "state")));
        html_open(h, "td");
        html_bdi(h, *page_text(by, "name") ? page_text(by, "name") : page_text(by, "organisation"));
        html_close(h);
        html_elem(h, "td", page_text(one, "channel"));
        html_close(h);
    }
    html_close(h);
    html_close(h);
    html_open(h, "p");
    page_link(p, page_path(p, "/library/%s", page_text(o, "id")), N_("Back"));
    html_close(h);
}
