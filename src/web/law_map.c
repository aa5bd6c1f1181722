/* The map of laws, and the same as a table; the front door of the law pages. */
#include "web/law_internal.h"
#include "web/worldmap.h"

#include <stdlib.h>

static const struct {
    const char *class, *words;
} KEY[] = {{"opt-in", N_("consent first (opt-in)")},
           {"opt-out", N_("until refused (opt-out)")},
           {"mixed", N_("mixed")},
           {"none", N_("no rule in force")},
           {"unknown", N_("not known here")}};

static int by_code(const void *key, const void *shape)
{
    return strcmp(key, ((const struct worldmap_shape *)shape)->code);
}

/* Countries that a floor counts as its own and that have no profile. */
static void floor_members(struct page *p, const struct law *law, int32_t day, const char **class,
                          const struct worldmap_shape *shapes, size_t n)
{
    const struct law_library *lib = law_pages_lib(p);
    char code[3];
    for (uint32_t i = 0; i < law->n_members; i++) {
        law_code_text(law->members[i], code);
        const struct worldmap_shape *s = bsearch(code, shapes, n, sizeof *s, by_code);
        if (s && class[s - shapes] == NULL && law_at(lib, slice_str(code), day) == NULL)
            class[s - shapes] = law_pages_model_class(law);
    }
}

static void map(struct page *p, const struct law *const *laws, size_t n, int32_t day)
{
    size_t count;
    const struct worldmap_shape *shapes = worldmap_shapes(&count);
    const char **class = ARENA_ARRAY(p->arena, const char *, count);
    for (size_t i = 0; i < n; i++) {
        const struct worldmap_shape *s = bsearch(law_code_of(laws[i]), shapes, count, sizeof *s,
                                                 by_code);
        if (s)
            class[s - shapes] = law_pages_model_class(laws[i]);
    }
    for (size_t i = 0; i < n; i++)
        floor_members(p, laws[i], day, class, shapes, count);
    worldmap_open(p->html);
    for (size_t i = 0; i < count; i++) {
        const char *name = law_pages_country(p, law_code(slice_str(shapes[i].code)));
        if (class[i] == NULL) {
            if (*shapes[i].path)
                worldmap_draw(p->html, &shapes[i], "land", name);
            continue;
        }
        html_open(p->html, "a", "tabindex", "-1", "href",
                  law_pages_href(p, arena_printf(p->arena, "/law/%s", shapes[i].code).p, day));
        worldmap_draw(p->html, &shapes[i], class[i], name);
        html_close(p->html);
    }
    html_close(p->html);
}

static void key(struct page *p, const struct law *const *laws, size_t n)
{
    html_open(p->html, "ul", "class", "key");
    for (size_t k = 0; k < sizeof KEY / sizeof *KEY; k++) {
        size_t count = 0;
        for (size_t i = 0; i < n; i++)
            count += strcmp(law_pages_model_class(laws[i]), KEY[k].class) == 0;
        html_open(p->html, "li");
        html_elem(p->html, "span", "", "class",
                  arena_printf(p->arena, "swatch %s", KEY[k].class).p);
        page_elem(p, "span", KEY[k].words);
        page_colon(p);
        html_int(p->html, (int64_t)count);
        html_close(p->html);
    }
    html_close(p->html);
}

static void table(struct page *p, const struct law *const *laws, size_t n, int32_t day)
{
    static const char *const titles[] = {N_("Country"), N_("Writing to people"),
                                         N_("A refusal is carried out within"),
                                         N_("In force since"), N_("How well read")};
    html_open(p->html, "table", "class", "stack", "id", "table");
    page_elem(p, "caption", N_("The map as a table"));
    html_raw(p->html, "<thead><tr>");
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        page_elem(p, "th", titles[i], "scope", "col");
    html_raw(p->html, "</tr></thead><tbody>");
    for (size_t i = 0; i < n; i++) {
        html_open(p->html, "tr");
        html_open(p->html, "th", "scope", "row");
        law_pages_link(p, laws[i], day);
        html_close(p->html);
        html_open(p->html, "td");
        html_elem(p->html, "span", "", "class",
                  arena_printf(p->arena, "swatch %s", law_pages_model_class(laws[i])).p);
        html_own(p->html, law_pages_model(p, laws[i]));
        html_close(p->html);
        html_open(p->html, "td");
        html_own(p->html, law_pages_rule(p, laws[i], LAW_RULE_HONOUR));
        html_close(p->html);
        html_open(p->html, "td");
        law_pages_date(p, law_from(laws[i]));
        html_close(p->html);
        html_open(p->html, "td");
        html_own(p->html, law_pages_confidence(p, law_confidence_of(laws[i])));
        html_close(p->html);
        html_close(p->html);
    }
    html_raw(p->html, "</tbody>");
    html_close(p->html);
}

static void terms(struct page *p, int32_t day)
{
    const struct law *laws[LAW_PAGE_LAWS];
    size_t n = law_pages_all(p, day, false, laws);
    if (n == 0)
        return;
    page_elem(p, "h2", N_("Terms of mailbox providers, codes and standards"));
    page_elem(p, "p", N_("No laws: they say what is delivered, not what is allowed."));
    html_open(p->html, "ul");
    for (size_t i = 0; i < n; i++) {
        html_open(p->html, "li");
        law_pages_link(p, laws[i], day);
        html_close(p->html);
    }
    html_close(p->html);
}

static void as_json(struct page *p, const struct law *const *laws, size_t n)
{
    struct json *j = page_json(p);
    char day[16];
    jsonw_object(j, NULL);
    jsonw_array(j, "laws");
    for (size_t i = 0; i < n; i++) {
        jsonw_object(j, NULL);
        jsonw_cstr(j, "code", law_code_of(laws[i]));
        jsonw_cstr(j, "name", law_name_of(laws[i]));
        jsonw_cstr(j, "version", law_version_of(laws[i]));
        jsonw_bool(j, "in_force", law_in_force(laws[i]));
        jsonw_cstr(j, "from",
                   law_from(laws[i]) == LAW_UNKNOWN ? NULL : law_date_text(law_from(laws[i]), day));
        jsonw_cstr(j, "consent", law_pages_model_class(laws[i]));
        jsonw_cstr(j, "confidence", law_confidence_text(law_confidence_of(laws[i])));
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
    jsonw_object_end(j);
}

void law_map_page(struct page *p)
{
    const struct law *laws[LAW_PAGE_LAWS];
    int32_t day = law_pages_day(p);
    if (law_pages_lib(p) == NULL)
        return;
    size_t n = law_pages_all(p, day, true, laws);
    if (p->wants_json) {
        as_json(p, laws, n);
        return;
    }
    page_title(p, page_tr(p, N_("What counts as spam, country by country")));
    page_describe(p, page_tr(p, N_("Laws on commercial e-mail as a map, a table and side by side; "
                                   "check a mailing before it is sent.")));
    page_wide(p);
    law_pages_menu(p, "/law");
    page_elem(p, "p",
              N_("The same message may be welcome here and unlawful there. See what each law asks, "
                 "compare, or check a mailing before you send it."),
              "class", "lead");
    html_open(p->html, "p");
    page_elem(p, "a", N_("Check a mailing"), "href", "/law/check", "class", "button");
    html_close(p->html);
    html_open(p->html, "figure");
    map(p, laws, n, day);
    html_open(p->html, "figcaption");
    key(p, laws, n);
    html_close(p->html);
    html_close(p->html);
    table(p, laws, n, day);
    terms(p, day);
    law_pages_note(p);
}
