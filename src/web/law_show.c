/* One profile: what each rule asks, on which text it rests, what a breach costs, where to report.
 */
#include "web/law_internal.h"

#include <stdlib.h>

static void fact(struct page *p, const char *label, const char *value)
{
    page_elem(p, "dt", label);
    html_open(p->html, "dd");
    html_own(p->html, value);
    html_close(p->html);
}

/* A text of the profile, when it has one. */
static void text_fact(struct page *p, const struct law *law, const char *label, enum law_field f)
{
    if (law->v[f] == LAW_UNKNOWN || law->v[f] == LAW_ABSENT)
        return;
    const char *text = law_pages_field(p, law, f);
    if (*text == '\0' || strcmp(text, "\xe2\x80\x93") == 0)
        return;
    page_elem(p, "dt", label);
    law_pages_en(p, "dd", slice_str(text));
}

static void head(struct page *p, const struct law *law)
{
    html_open(p->html, "p", "class", "tags");
    html_elem(p->html, "span", law_pages_model(p, law), "class", "tag");
    html_str(p->html, " ");
    if (law_kind_of(law) > LAW_KIND_FLOOR)
        page_elem(p, "span", N_("no law: it warns and never forbids"), "class", "tag note");
    else if (!law_in_force(law))
        page_elem(p, "span", N_("not in force"), "class", "tag note");
    html_close(p->html);
    if (law->t[LAW_F_SUMMARY].n)
        law_pages_en(p, "p", law->t[LAW_F_SUMMARY]);
    html_open(p->html, "dl", "class", "facts");
    page_elem(p, "dt", N_("In force since"));
    html_open(p->html, "dd");
    law_pages_date(p, law_from(law));
    html_close(p->html);
    if (law_until(law) != LAW_UNKNOWN) {
        page_elem(p, "dt", N_("Until"));
        html_open(p->html, "dd");
        law_pages_date(p, law_until(law));
        html_close(p->html);
    }
    fact(p, N_("How well read"), law_pages_confidence(p, law_confidence_of(law)));
    if (law->t[LAW_F_REGION].n)
        fact(p, N_("Part of the world"), law_pages_region(p, law));
    text_fact(p, law, N_("To whom it applies"), LAW_F_APPLIES_WHEN);
    text_fact(p, law, N_("Status"), LAW_F_STATUS_NOTE);
    html_close(p->html);
}

static void instruments(struct page *p, const struct law *law)
{
    if (law->n_instruments == 0)
        return;
    page_elem(p, "h2", N_("Texts"));
    html_open(p->html, "ul");
    for (uint32_t i = 0; i < law->n_instruments; i++) {
        const struct law_instrument *x = &law->instruments[i];
        html_open(p->html, "li");
        html_open(p->html, "bdi", "dir", "ltr");
        if (x->url.n)
            html_open(p->html, "a", "href", arena_cstr(p->arena, x->url), "rel", "noreferrer");
        law_pages_en(p, "span", x->title);
        if (x->url.n)
            html_close(p->html);
        if (x->citation.n) {
            html_str(p->html, ", ");
            law_pages_en(p, "span", x->citation);
        }
        if (x->regulator.n) {
            html_str(p->html, " \xc2\xb7 ");
            law_pages_en(p, "span", x->regulator);
        }
        html_close(p->html);
        html_close(p->html);
    }
    html_close(p->html);
}

static void stance_cell(struct page *p, const struct law *law, enum law_rule rule)
{
    enum law_stance s = law_stance(law, rule);
    html_open(p->html, "td");
    page_elem(p, "span",
              s == LAW_STANCE_ASKED  ? N_("asked for")
              : s == LAW_STANCE_FREE ? N_("not asked for")
                                     : N_("not known"),
              "class", s == LAW_STANCE_ASKED ? "tag note" : "tag");
    html_close(p->html);
}

static void rule_row(struct page *p, const struct law *law, enum law_rule rule)
{
    html_open(p->html, "tr");
    page_elem(p, "th", law_rule_doc(NULL, rule), "scope", "row");
    stance_cell(p, law, rule);
    html_open(p->html, "td");
    html_own(p->html, law_pages_rule(p, law, rule));
    html_close(p->html);
    html_open(p->html, "td", "class", "soft");
    if (law_stance(law, rule) != LAW_STANCE_UNKNOWN)
        law_pages_clause(p, law, rule);
    html_close(p->html);
    html_close(p->html);
}

static void rules(struct page *p, const struct law *law)
{
    static const char *const titles[] = {N_("Rule"), N_("Stance"), N_("In detail"), N_("Rests on")};
    page_elem(p, "h2", N_("What it asks"));
    html_open(p->html, "table", "class", "stack rules");
    html_raw(p->html, "<thead><tr>");
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        page_elem(p, "th", titles[i], "scope", "col");
    html_raw(p->html, "</tr></thead><tbody>");
    for (unsigned rule = 0; rule < LAW_RULE_OWN; rule++)
        if (rule != LAW_RULE_REFUSAL) /* the same field as the way to refuse */
            rule_row(p, law, (enum law_rule)rule);
    html_raw(p->html, "</tbody>");
    html_close(p->html);
    if (law->n_own == 0)
        return;
    page_elem(p, "h3", N_("Rules of its own"));
    html_open(p->html, "ul");
    for (uint32_t i = 0; i < law->n_own; i++)
        law_pages_en(p, "li", law->own[i].text);
    html_close(p->html);
}

static void more(struct page *p, const struct law *law)
{
    static const struct {
        enum law_field field;
        const char *label;
    } items[] = {{LAW_F_SOFT_CONDITIONS, N_("Customers without consent")},
                 {LAW_F_IMPLIED, N_("What else counts as consent")},
                 {LAW_F_EXPIRY, N_("When consent lapses")},
                 {LAW_F_B2B_RULE, N_("Companies")},
                 {LAW_F_EX_OTHER, N_("Exempt")},
                 {LAW_F_BULK_NOTE, N_("Numbers")},
                 {LAW_F_CONTACT, N_("Contact details")},
                 {LAW_F_CONTENT_OTHER, N_("Other texts asked for")},
                 {LAW_F_REGISTER_CHECK, N_("Register")},
                 {LAW_F_EMAIL_WINDOW, N_("Hours")},
                 {LAW_F_LINK_NOTE, N_("Whom it reaches")},
                 {LAW_F_RECORDS, N_("Records to keep")},
                 {LAW_F_TRANSITION, N_("What changed")}};
    page_elem(p, "h2", N_("In words"));
    html_open(p->html, "dl", "class", "facts");
    for (size_t i = 0; i < sizeof items / sizeof *items; i++)
        text_fact(p, law, items[i].label, items[i].field);
    html_close(p->html);
}

static void breach(struct page *p, const struct law *law)
{
    int32_t fine = law->v[LAW_F_FINE];
    page_elem(p, "h2", N_("When it is broken"));
    html_open(p->html, "dl", "class", "facts");
    if (fine != LAW_UNKNOWN && fine != LAW_ABSENT)
        fact(p, N_("Highest fine"),
             arena_printf(p->arena, "%d %.*s%.*s", fine, SLICE_ARG(law->t[LAW_F_FINE_CURRENCY]),
                          SLICE_ARG(law->t[LAW_F_FINE_UNIT]))
                 .p);
    text_fact(p, law, N_("For each"), LAW_F_FINE_PER);
    text_fact(p, law, N_("More on penalties"), LAW_F_PENALTY_NOTE);
    fact(p, N_("May the harmed sue?"), law_pages_field(p, law, LAW_F_ACTION));
    text_fact(p, law, N_("Who, and for what"), LAW_F_ACTION_NOTE);
    fact(p, N_("Criminal liability"), law_pages_field(p, law, LAW_F_CRIMINAL));
    text_fact(p, law, N_("Where to report"), LAW_F_REPORT_BODY);
    text_fact(p, law, N_("Report by mail"), LAW_F_REPORT_MAILBOX);
    text_fact(p, law, N_("Report by text message"), LAW_F_REPORT_SMS);
    if (law->t[LAW_F_REPORT_URL].n) {
        const char *url = arena_cstr(p->arena, law->t[LAW_F_REPORT_URL]);
        page_elem(p, "dt", N_("Report on the web"));
        html_open(p->html, "dd");
        html_elem(p->html, "a", url, "href", url, "rel", "noreferrer");
        html_close(p->html);
    }
    html_close(p->html);
}

static void sources(struct page *p, const struct law *law)
{
    if (law->n_sources == 0)
        return;
    page_elem(p, "h2", N_("Sources"));
    html_open(p->html, "ul");
    for (uint32_t i = 0; i < law->n_sources; i++) {
        html_open(p->html, "li");
        html_open(p->html, "a", "href", arena_cstr(p->arena, law->sources[i].url), "rel",
                  "noreferrer");
        law_pages_en(p, "span", law->sources[i].title);
        html_close(p->html);
        html_close(p->html);
    }
    html_close(p->html);
}

static void versions(struct page *p, const struct law *law, const struct law_library *lib)
{
    size_t n = 0;
    for (size_t i = 0; i < law_count(lib); i++) {
        const struct law *x = law_get(lib, i);
        if (strcmp(law_code_of(x), law_code_of(law)) != 0 || x == law || law_from(x) == LAW_UNKNOWN)
            continue;
        if (n++ == 0) {
            page_elem(p, "h2", N_("Other versions"));
            html_open(p->html, "ul");
        }
        char day[16];
        html_open(p->html, "li");
        html_elem(
            p->html, "a", law_version_of(x), "href",
            arena_printf(p->arena, "/law/%s?at=%s", law_code_of(x), law_date_text(law_from(x), day))
                .p);
        html_str(p->html, " ");
        law_pages_date(p, law_from(x));
        html_close(p->html);
    }
    if (n)
        html_close(p->html);
}

static void as_json(struct page *p, const struct law *law)
{
    struct json *j = page_json(p);
    struct buf b = BUF_INIT(65536), name = BUF_INIT(256);
    jsonw_object(j, NULL);
    jsonw_cstr(j, "code", law_code_of(law));
    jsonw_cstr(j, "name", law_name_of(law));
    jsonw_cstr(j, "version", law_version_of(law));
    jsonw_bool(j, "in_force", law_in_force(law));
    jsonw_object(j, "fields");
    for (int f = 0; f < LAW_FIELDS; f++) {
        if (law->v[f] == LAW_ABSENT)
            continue;
        buf_reset(&b);
        buf_reset(&name);
        law_field_name((enum law_field)f, &name);
        law_field_text(law, (enum law_field)f, &b);
        jsonw_text(j, buf_cstr(&name), buf_slice(&b));
    }
    jsonw_object_end(j);
    jsonw_object_end(j);
    buf_fini(&b);
    buf_fini(&name);
}

/* A country without a profile: say so, and what can be done. */
static void nothing(struct page *p, const char *code)
{
    int32_t country = law_code(slice_str(code));
    if (country == 0 || strcmp(law_pages_country(p, country), code) == 0) {
        page_fail(p, 404, N_("There is no such profile."));
        return;
    }
    page_status(p, 404);
    page_title(p, law_pages_country(p, country));
    law_pages_menu(p, "");
    page_elem(p, "p",
              N_("Nobody has written down this country's law here yet, or none held on that day. "
                 "That does not mean that there is none."));
}

void law_show_page(struct page *p)
{
    int32_t day = law_pages_day(p);
    const struct law_library *lib = law_pages_lib(p);
    if (lib == NULL)
        return;
    const char *code = p->part[1];
    const struct law *law = law_pages_find(p, code, day);
    if (law == NULL) {
        nothing(p, code);
        return;
    }
    if (p->wants_json) {
        as_json(p, law);
        return;
    }
    page_title(p, law_pages_name(p, law));
    page_wide(p);
    law_pages_menu(p, "");
    if (law_code(slice_str(code)) && strcasecmp(code, law_code_of(law)) != 0)
        page_elem(p, "p",
                  N_("This country has no profile of its own here; shown is what binds it and its "
                     "neighbours together."),
                  "class", "notice note");
    head(p, law);
    instruments(p, law);
    rules(p, law);
    more(p, law);
    breach(p, law);
    versions(p, law, lib);
    sources(p, law);
    law_pages_note(p);
}
