/* The library's catalogue: search, facets, list; and the words that its pages share. */
#include "web/library_pages.h"
#include "web/routes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uloc.h>
#include <unicode/ustring.h>

#define PER_PAGE 20

/* ---- words ---- */

/* Without script subtags ICU names in the reader's language; the code itself when it has none. */
static const char *display(struct page *p, const char *code, bool is_country)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar name[80];
    char locale[8], out[240];
    int32_t n = 0;
    if (strlen(code) != 2)
        return code;
    snprintf(locale, sizeof(locale), "%s%s", is_country ? "und_" : "", code);
    if (is_country)
        uloc_getDisplayCountry(locale, p->tongue->code, name, 80, &status);
    else
        uloc_getDisplayLanguage(locale, p->tongue->code, name, 80, &status);
    if (U_FAILURE(status))
        return code;
    u_strToUTF8(out, sizeof(out), &n, name, -1, &status);
    return U_FAILURE(status) || n == 0 ? code : arena_cstr(p->arena, slice_of(out, (size_t)n));
}

const char *library_country(struct page *p, const char *code)
{
    return display(p, code, true);
}

const char *library_language(struct page *p, const char *code)
{
    return display(p, code, false);
}

const char *library_term(struct page *p, const char *facet, const char *word)
{
    enum library_facet f = library_facet_of(slice_str(facet));
    if (f == FACETS || word == NULL)
        return "";
    if (f == FACET_COUNTRY)
        return library_country(p, word);
    if (f == FACET_LANGUAGE)
        return library_language(p, word);
    int n = library_value(f, slice_str(word));
    return n < 0 ? word : page_tr(p, library_labels(f)[n]);
}

void library_text(struct page *p, const char *tag, const char *text, const char *language)
{
    unsigned outside = p->html->depth;
    bool is_item = strcmp(tag, "li") == 0; /* its number stands where the list has them */
    if (is_item)
        html_open(p->html, tag);
    html_elem(p->html, is_item ? "span" : tag, text, "lang", *language ? language : NULL, "dir",
              "auto");
    html_close_to(p->html, outside);
}

json_t *library_args(struct page *p)
{
    json_t *args = json_object();
    json_object_set_new(args, "lang", json_string(p->tongue->code));
    return args;
}

static void tag(struct page *p, const char *kind, const char *words)
{
    html_elem(p->html, "span", words, "class", arena_printf(p->arena, "tag %s", kind).p);
    html_raw(p->html, " ");
}

void library_tags(struct page *p, const json_t *o)
{
    const char *state = page_text(o, "state"), *type = page_text(o, "kind");
    bool is_resource = strcmp(page_text(o, "object"), "resource") == 0;
    if (*page_text(o, "object"))
        tag(p, "", library_term(p, "type", is_resource ? type : page_text(o, "object")));
    if (json_is_true(json_object_get(o, "is_waiting")))
        tag(p, "note", page_tr(p, N_("Proposed by a visitor, not yet looked at")));
    else
        tag(p, strcmp(state, "reviewed") == 0 ? "good" : "", library_term(p, "state", state));
    if (strcmp(page_text(o, "link"), "dead") == 0)
        tag(p, "bad", page_tr(p, N_("Link is dead")));
    if (*page_text(o, "evidence"))
        tag(p, "", page_tr_with(p, N_("Evidence: %s"), page_text(o, "evidence")));
}

void library_draft_note(struct page *p, const json_t *o)
{
    if (!json_is_true(json_object_get(o, "is_draft")))
        return;
    page_elem(p, "p",
              N_("The translation is a draft: nobody who speaks the language has checked it."),
              "class", "soft");
}

void library_nav(struct page *p)
{
    struct html *h = p->html;
    html_open(h, "ul", "class", "tongues");
    static const struct {
        const char *href, *words;
    } links[] = {{"/library", N_("All of the library")},
                 {"/paths", N_("Paths by role")},
                 {"/measures", N_("Measures")},
                 {"/gaps", N_("What is missing")},
                 {"/library/propose", N_("Propose something")}};
    for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
        if (strcmp(p->path, links[i].href) == 0)
            continue;
        html_open(h, "li");
        page_link(p, links[i].href, links[i].words);
        html_close(h);
    }
    html_close(h);
}

/* ---- one of a list ---- */

static void facts_line(struct page *p, const json_t *o)
{
    struct html *h = p->html;
    const json_t *countries = json_object_get(o, "countries");
    const char *publisher = page_text(o, "publisher"), *dot = "";
    int64_t year = page_int(o, "year");
    size_t i;
    json_t *one;
    if (*publisher == '\0' && year == 0 && json_array_size(countries) == 0)
        return;
    html_open(h, "p", "class", "soft");
    if (*publisher) {
        html_bdi(h, publisher);
        dot = " \xc2\xb7 ";
    }
    if (year) {
        html_str(h, dot);
        html_int(h, year);
        dot = " \xc2\xb7 ";
    }
    json_array_foreach(countries, i, one)
    {
        if (i)
            page_comma(p);
        else
            html_str(h, dot);
        html_str(h, library_country(p, json_string_value(one)));
    }
    html_close(h);
}

void library_card_html(struct page *p, const json_t *o)
{
    struct html *h = p->html;
    const char *language = page_text(o, "text_language");
    html_open(h, "li", "class", "item");
    html_open(h, "h2");
    html_open(h, "a", "href", arena_printf(p->arena, "/library/%s", page_text(o, "id")).p, "lang",
              language, "dir", "auto");
    html_str(h, page_text(o, "title"));
    html_close(h);
    html_close(h);
    facts_line(p, o);
    library_text(p, "p", page_text(o, "summary"), language);
    html_open(h, "p");
    library_tags(p, o);
    html_close(h);
    html_close(h);
}

/* ---- filters ---- */

/* The address of this list with one parameter set (value NULL: taken out). */
static const char *with(struct page *p, const char *name, const char *value)
{
    struct buf b = BUF_INIT(4096);
    buf_str(&b, p->path);
    char between = '?';
    for (int i = -2; i < FACETS; i++) {
        const char *one = i == -2   ? "q"
                          : i == -1 ? "order"
                                    : library_facet_name((enum library_facet)i);
        const char *v = strcmp(one, name) == 0 ? value : page_arg(p, one);
        if (v == NULL || *v == '\0')
            continue;
        buf_printf(&b, "%c%s=", between, one);
        for (const char *c = v; *c; c++) {
            if (ascii_is_alnum(*c) || *c == '-')
                buf_chr(&b, *c);
            else
                buf_printf(&b, "%%%02X", (unsigned char)*c);
        }
        between = '&';
    }
    const char *out = arena_cstr(p->arena, buf_slice(&b));
    buf_fini(&b);
    return out;
}

static const struct {
    enum library_facet facet;
    const char *words;
} shown[] = {{FACET_TOPIC, N_("Subject")},     {FACET_AUDIENCE, N_("For whom")},
             {FACET_TYPE, N_("Kind")},         {FACET_LEVEL, N_("Level")},
             {FACET_REGION, N_("Region")},     {FACET_COUNTRY, N_("Country")},
             {FACET_LANGUAGE, N_("Language")}, {FACET_STATE, N_("State")},
             {FACET_LINK, N_("Link")}};

static void chosen(struct page *p)
{
    struct html *h = p->html;
    bool any = false;
    for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
        const char *name = library_facet_name(shown[i].facet), *value = page_arg(p, name);
        if (*value == '\0')
            continue;
        if (!any)
            html_open(h, "ul", "class", "tongues");
        any = true;
        html_open(h, "li");
        html_open(h, "a", "href", with(p, name, NULL), "class", "tag", "aria-label",
                  page_tr_with(p, N_("Without: %s"), library_term(p, name, value)));
        html_str(h, library_term(p, name, value));
        html_str(h, " \xc3\x97");
        html_close(h);
        html_close(h);
    }
    if (any)
        html_close(h);
}

static void facet(struct page *p, const json_t *facets, size_t i)
{
    struct html *h = p->html;
    const char *name = library_facet_name(shown[i].facet);
    const json_t *list = json_object_get(facets, name);
    size_t k;
    json_t *one;
    if (*page_arg(p, name) || json_array_size(list) < 2)
        return;
    page_elem(p, "h3", shown[i].words);
    html_open(h, "ul", "class", "tongues");
    json_array_foreach(list, k, one)
    {
        const char *word = page_text(one, "word");
        html_open(h, "li");
        html_elem(h, "a", library_term(p, name, word), "href", with(p, name, word));
        html_str(h, " ");
        html_open(h, "small");
        html_int(h, page_int(one, "n"));
        html_close(h);
        html_close(h);
    }
    html_close(h);
}

static void search_form(struct page *p, const json_t *answer)
{
    struct html *h = p->html;
    page_form_get(p, p->path);
    html_open(h, "div", "class", "inline");
    page_input(p, &(struct page_input){.name = "q",
                                       .label = N_("Words"),
                                       .type = "search",
                                       .value = page_arg(p, "q"),
                                       .max_length = 200});
    page_button(p, N_("Search"), NULL, NULL);
    html_close(h);
    for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
        const char *name = library_facet_name(shown[i].facet);
        if (*page_arg(p, name))
            html_open(h, "input", "type", "hidden", "name", name, "value", page_arg(p, name));
    }
    html_close(h);
    chosen(p);
    html_open(h, "details");
    page_elem(p, "summary", N_("Narrow down"));
    for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
        facet(p, json_object_get(answer, "facets"), i);
    html_close(h);
}

static json_t *question(struct page *p, int64_t from)
{
    json_t *args = library_args(p);
    for (int f = 0; f < FACETS; f++) {
        const char *name = library_facet_name((enum library_facet)f), *v = page_arg(p, name);
        if (*v && library_value((enum library_facet)f, slice_str(v)) >= 0)
            json_object_set_new(args, name, json_string(v));
    }
    json_object_set_new(args, "words", json_string(page_arg(p, "q")));
    json_object_set_new(args, "order", json_string(page_arg(p, "order")));
    json_object_set_new(args, "from", json_integer(from));
    json_object_set_new(args, "most", json_integer(PER_PAGE));
    json_object_set_new(args, "facets", json_true());
    return args;
}

static void pager(struct page *p, const json_t *j, int64_t from)
{
    int64_t total = page_int(j, "total");
    const char *base = with(p, "", NULL), *before = NULL, *next = NULL;
    char sep = strchr(base, '?') ? '&' : '?';
    if (from > 0)
        before = arena_printf(p->arena, "%s%cfrom=%lld", base, sep,
                              (long long)(from > PER_PAGE ? from - PER_PAGE : 0))
                     .p;
    if (from + PER_PAGE < total && from + PER_PAGE < 10000)
        next = arena_printf(p->arena, "%s%cfrom=%lld", base, sep, (long long)(from + PER_PAGE)).p;
    page_pager(p, before, next);
}

void library_list(struct page *p)
{
    struct html *h = p->html;
    int64_t from = page_arg_int(p, "from", 0, 0, 10000);
    const json_t *j = page_get(p, "library/search", question(p, from));
    size_t i;
    json_t *o;
    if (j == NULL)
        return;
    if (p->wants_json) {
        page_send_json(p, j);
        return;
    }
    page_title(p, page_tr(p, N_("Library")));
    page_describe(p, page_tr(p, N_("Laws, standards, tools, training and measures against spam, "
                                   "in many languages.")));
    page_feed(p, "application/atom+xml", "/library/atom", page_tr(p, N_("New in the library")));
    search_form(p, j);
    int64_t total = page_int(j, "total");
    html_open(h, "p", "role", "status");
    if (total == 0)
        page_say(p, N_("Nothing was found. Fewer words or filters find more."));
    else
        page_say_with(p, N_("Found: %s"),
                      arena_printf(p->arena, "%lld%s", (long long)total,
                                   json_is_true(json_object_get(j, "is_bounded")) ? "+" : "")
                          .p);
    if (json_is_true(json_object_get(j, "is_loose"))) {
        html_str(h, " ");
        page_say(p, N_("Nothing has all of the words; these have some of them."));
    }
    html_close(h);
    html_open(h, "ol", "class", "list");
    json_array_foreach(json_object_get(j, "items"), i, o) library_card_html(p, o);
    html_close(h);
    pager(p, j, from);
    library_nav(p);
    html_open(h, "p", "class", "soft");
    page_say(p, N_("New in the library"));
    page_colon(p);
    html_elem(h, "a", "Atom", "href", "/library/atom");
    page_comma(p);
    html_elem(h, "a", "JSON Feed", "href", "/library/feed");
    html_close(h);
}

const struct route library_routes[] = {
    {"library", PAGE_GET | PAGE_EXPORT, 0, library_list},
    {"library/atom", PAGE_GET, 0, library_atom},
    {"library/feed", PAGE_GET, 0, library_json_feed},
    {"library/feed.json", PAGE_GET, 0, library_json_feed},
    {"library/propose", PAGE_GET | PAGE_POST | PAGE_NOINDEX, 0, library_propose_page},
    {"library/*", PAGE_GET, 0, library_one},
    {"library/*/versions", PAGE_GET, 0, library_versions},
    {"library/*/review", PAGE_GET | PAGE_POST | PAGE_NOINDEX, ACTOR_REVIEWER | ACTOR_STEWARD,
     library_review_page},
    {"library/*/translate", PAGE_GET | PAGE_POST | PAGE_NOINDEX, 0, library_translate_page},
    {"library/*/withdraw", PAGE_GET | PAGE_POST | PAGE_NOINDEX, ACTOR_MEMBER | ACTOR_REVIEWER,
     library_withdraw_page},
    {"library/*/erase", PAGE_GET | PAGE_POST | PAGE_NOINDEX, ACTOR_MEMBER | ACTOR_OPERATOR,
     library_erase_page},
    {"library/*/adopt", PAGE_GET | PAGE_POST | PAGE_NOINDEX, ACTOR_MEMBER, library_adopt_page},
    {"measures", PAGE_GET | PAGE_EXPORT, 0, library_measures},
    {"paths", PAGE_GET | PAGE_EXPORT, 0, library_paths},
    {"paths/*", PAGE_GET, 0, library_path_role},
    {"gaps", PAGE_GET | PAGE_EXPORT, 0, library_gaps_page},
    {0}};
