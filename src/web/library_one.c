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

/* ---- measures ---- */

static const char *grade_words(struct page *p, const char *g)
{
    switch (*g) {
    case 'A':
        return page_tr(p, N_("A: measured against a comparison, more than once"));
    case 'B':
        return page_tr(p, N_("B: measured before and after, or compared once"));
    case 'C':
        return page_tr(p, N_("C: figures of those who did it"));
    default:
        return page_tr(p, N_("D: experience and reasons, no figures"));
    }
}

static const char *cost_words(struct page *p, const char *c)
{
    return *c == 'l'   ? page_tr(p, N_("low: days of one person"))
           : *c == 'm' ? page_tr(p, N_("medium: weeks, or a small team"))
                       : page_tr(p, N_("high: staff, law or equipment over years"));
}

static const char *openness_words(struct page *p, const char *o)
{
    return *o == 's'   ? page_tr(p, N_("strengthens an open Internet"))
           : *o == 'n' ? page_tr(p, N_("neutral"))
           : *o == 'w' ? page_tr(p, N_("to be watched"))
                       : page_tr(p, N_("puts openness at risk"));
}

static void grade(struct page *p, const char *label, const char *value, const char *why)
{
    struct html *h = p->html;
    page_elem(p, "dt", label);
    html_open(h, "dd");
    html_elem(h, "strong", value);
    html_open(h, "br");
    html_bdi(h, why);
    html_close(h);
}

static void adopters(struct page *p, const json_t *list, const char *inner)
{
    struct html *h = p->html;
    size_t i;
    json_t *one;
    json_array_foreach(list, i, one)
    {
        const json_t *a = inner ? json_object_get(one, inner) : one;
        html_open(h, "tr");
        html_open(h, "td");
        html_bdi(h, page_text(a, "who"));
        html_close(h);
        html_elem(h, "td",
                  *page_text(a, "country") ? library_country(p, page_text(a, "country"))
                                           : "\xe2\x80\x94");
        html_open(h, "td");
        if (page_int(a, "since"))
            html_int(h, page_int(a, "since"));
        html_close(h);
        html_open(h, "td");
        html_bdi(h, page_text(a, "result"));
        html_close(h);
        html_close(h);
    }
}

/* A text in the reader's language when somebody translated it, else as it is. */
static void step_text(struct page *p, const char *tag, const json_t *o, const json_t *translated,
                      const json_t *original, const char *name)
{
    bool is_there = *page_text(translated, name) != '\0';
    library_text(p, tag, page_text(is_there ? translated : original, name),
                 page_text(json_object_get(o, is_there ? "translated" : "body"), "language"));
}

static void steps_of_measure(struct page *p, const json_t *o, const json_t *body)
{
    struct html *h = p->html;
    const json_t *in = json_object_get(o, "translated");
    size_t i;
    json_t *one;
    page_elem(p, "h2", N_("How it is done"));
    html_open(h, "ol");
    json_array_foreach(json_object_get(body, "steps"), i, one)
    {
        const char *text = page_text(json_array_get(json_object_get(in, "steps"), i), "do");
        library_text(p, "li", *text ? text : json_string_value(one),
                     page_text(*text ? in : body, "language"));
    }
    html_close(h);
}

static void measure(struct page *p, const json_t *o, const json_t *body)
{
    struct html *h = p->html;
    page_elem(p, "h2", N_("The problem"));
    step_text(p, "p", o, json_object_get(o, "translated"), body, "problem");
    steps_of_measure(p, o, body);
    page_elem(p, "h2", N_("What came of it"));
    library_text(p, "p", page_text(body, "effect"), page_text(body, "language"));
    html_open(h, "dl", "class", "facts");
    grade(p, N_("Evidence"), grade_words(p, page_text(body, "evidence")),
          page_text(body, "evidence_why"));
    grade(p, N_("Cost"), cost_words(p, page_text(body, "cost")), page_text(body, "cost_why"));
    grade(p, N_("Openness"), openness_words(p, page_text(body, "openness")),
          page_text(body, "openness_why"));
    if (*page_text(body, "ends"))
        fact(p, N_("What ends it"), page_text(body, "ends"));
    html_close(h);
    page_elem(p, "h2", N_("Who adopted it"));
    html_open(h, "div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label",
              page_tr(p, N_("Who adopted it")));
    html_open(h, "table", "class", "stack");
    html_open(h, "thead");
    html_open(h, "tr");
    static const char *const heads[] = {N_("Who"), N_("Country"), N_("Since"), N_("Result")};
    for (size_t i = 0; i < 4; i++)
        page_elem(p, "th", heads[i], "scope", "col");
    html_close(h);
    html_close(h);
    html_open(h, "tbody");
    adopters(p, json_object_get(body, "adopters"), NULL);
    adopters(p, json_object_get(o, "adopted_since"), "adopter");
    html_close(h);
    html_close(h);
    html_close(h);
    if (p->user.is_known) {
        html_open(h, "p");
        page_link(p, page_path(p, "/library/%s/adopt", page_text(o, "id")), N_("We did this, too"));
        html_close(h);
    }
}

/* ---- what belongs to it ---- */

static void name_link(struct page *p, const json_t *n)
{
    html_elem(p->html, "a", page_text(n, "title"), "href",
              arena_printf(p->arena, "/library/%s", page_text(n, "id")).p, "lang",
              page_text(n, "text_language"), "dir", "auto");
    if (*page_text(n, "publisher")) {
        html_str(p->html, " ");
        html_open(p->html, "small");
        html_bdi(p->html, page_text(n, "publisher"));
        html_close(p->html);
    }
}

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
        name_link(p, one);
        html_close(h);
    }
    html_close(h);
}

static const json_t *name_of(const json_t *o, const char *id)
{
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(o, "names"), i, one)
    {
        if (strcmp(page_text(one, "id"), id) == 0)
            return one;
    }
    return NULL;
}

static void step_names(struct page *p, const json_t *o, const json_t *list)
{
    size_t i;
    json_t *one;
    if (json_array_size(list) == 0)
        return;
    html_open(p->html, "ul");
    json_array_foreach(list, i, one)
    {
        const json_t *n = name_of(o, json_string_value(one));
        if (n == NULL)
            continue;
        html_open(p->html, "li");
        name_link(p, n);
        html_close(p->html);
    }
    html_close(p->html);
}

void library_path_steps(struct page *p, const json_t *o)
{
    struct html *h = p->html;
    const json_t *body = json_object_get(o, "body"), *in = json_object_get(o, "translated");
    size_t i;
    json_t *one;
    html_open(h, "ol", "class", "steps");
    json_array_foreach(json_object_get(body, "steps"), i, one)
    {
        const json_t *t = json_array_get(json_object_get(in, "steps"), i);
        html_open(h, "li");
        step_text(p, "strong", o, t, one, "do");
        if (*page_text(one, "why"))
            step_text(p, "p", o, t, one, "why");
        if (*page_text(one, "page")) {
            html_open(h, "p");
            html_elem(h, "a", page_text(one, "page"), "href", page_text(one, "page"), "dir", "ltr");
            html_close(h);
        }
        if (*page_text(one, "command")) {
            html_open(h, "p");
            html_elem(h, "code", page_text(one, "command"), "dir", "ltr");
            html_close(h);
        }
        step_names(p, o, json_object_get(one, "measures"));
        step_names(p, o, json_object_get(one, "sources"));
        html_close(h);
    }
    html_close(h);
    if (*page_text(body, "done")) {
        html_open(h, "p");
        page_elem(p, "strong", N_("It is done when:"));
        html_str(h, " ");
        step_text(p, "span", o, in, body, "done");
        html_close(h);
    }
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
        measure(p, o, body);
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
