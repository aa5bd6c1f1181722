/* Measures and paths: what is done about a problem step by step, what came of it, who did it. */
#include "web/library_pages.h"

#include <string.h>

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

void library_measure(struct page *p, const json_t *o, const json_t *body)
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
    if (*page_text(body, "ends")) {
        page_elem(p, "dt", N_("What ends it"));
        html_open(h, "dd");
        html_bdi(h, page_text(body, "ends"));
        html_close(h);
    }
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

/* ---- paths ---- */

void library_name_link(struct page *p, const json_t *n)
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
        library_name_link(p, n);
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
