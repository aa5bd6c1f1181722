/* All rules, country by country: the matrix. */
#include "web/law_internal.h"

static const struct {
    enum law_rule rule;
    const char *title;
} COLUMNS[] = {{LAW_RULE_CONSENT, N_("Writing to people")},
               {LAW_RULE_IDENTITY, N_("Name of the sender")},
               {LAW_RULE_POSTAL, N_("Postal address")},
               {LAW_RULE_LABEL, N_("Label")},
               {LAW_RULE_UNSUBSCRIBE, N_("Way to refuse")},
               {LAW_RULE_HONOUR, N_("Carried out within")},
               {LAW_RULE_PROOF, N_("Sender proves consent")},
               {LAW_RULE_REGISTER, N_("Register")},
               {LAW_RULE_HARVESTING, N_("No collected addresses")},
               {LAW_RULE_HOURS, N_("Hours")}};
#define N_COLUMNS (sizeof COLUMNS / sizeof *COLUMNS)

static const char *cell_text(struct page *p, const struct law *law, enum law_rule rule)
{
    if (rule == LAW_RULE_CONSENT)
        return law_pages_model(p, law);
    if (rule == LAW_RULE_PROOF)
        return law->v[LAW_F_BURDEN] == 0 ? page_tr(p, N_("yes"))
                                         : law_pages_field(p, law, LAW_F_BURDEN);
    return law_pages_rule(p, law, rule);
}

static void row(struct page *p, const struct law *law, int32_t day)
{
    html_open(p->html, "tr");
    html_open(p->html, "th", "scope", "row");
    law_pages_link(p, law, day);
    html_close(p->html);
    for (size_t c = 0; c < N_COLUMNS; c++) {
        html_open(p->html, "td");
        if (c == 0)
            html_elem(p->html, "span", "", "class",
                      arena_printf(p->arena, "swatch %s", law_pages_model_class(law)).p);
        html_own(p->html, cell_text(p, law, COLUMNS[c].rule));
        html_close(p->html);
    }
    html_open(p->html, "td");
    html_own(p->html, law_pages_confidence(p, law_confidence_of(law)));
    html_close(p->html);
    html_close(p->html);
}

static bool is_wanted(const struct page *p, const struct law *law)
{
    const char *region = page_arg(p, "region"), *model = page_arg(p, "consent");
    return (*region == '\0' || slice_eq(law->t[LAW_F_REGION], slice_str(region))) &&
           (*model == '\0' || strcmp(law_pages_model_class(law), model) == 0);
}

static void filters(struct page *p, const struct law *const *laws, size_t n)
{
    const struct page_option models[] = {{"", page_tr(p, N_("all"))},
                                         {"opt-in", page_tr(p, N_("consent first (opt-in)"))},
                                         {"opt-out", page_tr(p, N_("until refused (opt-out)"))},
                                         {"mixed", page_tr(p, N_("mixed"))},
                                         {"none", page_tr(p, N_("no rule in force"))},
                                         {"unknown", page_tr(p, N_("not known here"))},
                                         {0}};
    struct page_option *regions = ARENA_ARRAY(p->arena, struct page_option, 34);
    size_t count = 1;
    regions[0] = (struct page_option){"", page_tr(p, N_("all"))};
    for (size_t i = 0; i < n && count < 32; i++) {
        const char *name = arena_cstr(p->arena, laws[i]->t[LAW_F_REGION]);
        size_t k = 0;
        while (k < count && strcmp(regions[k].value, name) != 0)
            k++;
        if (k == count && *name)
            regions[count++] = (struct page_option){name, law_pages_region(p, laws[i])};
    }
    page_form_get(p, "/law/matrix");
    html_open(p->html, "div", "class", "inline");
    page_input(p, &(struct page_input){.name = "region",
                                       .label = N_("Part of the world"),
                                       .type = "select",
                                       .value = page_arg(p, "region"),
                                       .options = regions});
    page_input(p, &(struct page_input){.name = "consent",
                                       .label = N_("Writing to people"),
                                       .type = "select",
                                       .value = page_arg(p, "consent"),
                                       .options = models});
    page_input(p, &(struct page_input){.name = "at",
                                       .label = N_("On the day"),
                                       .type = "date",
                                       .value = page_arg(p, "at")});
    page_button(p, N_("Show"), NULL, NULL);
    html_close(p->html);
    html_close(p->html);
}

void law_matrix_page(struct page *p)
{
    const struct law *laws[LAW_PAGE_LAWS];
    int32_t day = law_pages_day(p);
    if (law_pages_lib(p) == NULL)
        return;
    size_t n = law_pages_all(p, day, true, laws), shown = 0;
    page_title(p, page_tr(p, N_("All rules, country by country")));
    page_wide(p);
    law_pages_menu(p, "/law/matrix");
    filters(p, laws, n);
    html_open(p->html, "div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label",
              page_tr(p, N_("All rules, country by country")));
    html_open(p->html, "table", "class", "stack matrix");
    html_raw(p->html, "<thead><tr>");
    page_elem(p, "th", N_("Country"), "scope", "col");
    for (size_t c = 0; c < N_COLUMNS; c++)
        page_elem(p, "th", COLUMNS[c].title, "scope", "col");
    page_elem(p, "th", N_("How well read"), "scope", "col");
    html_raw(p->html, "</tr></thead><tbody>");
    for (size_t i = 0; i < n; i++)
        if (is_wanted(p, laws[i])) {
            row(p, laws[i], day);
            shown++;
        }
    html_raw(p->html, "</tbody>");
    html_close(p->html);
    html_close(p->html);
    if (shown == 0)
        page_elem(p, "p", N_("No law here is like that."));
    law_pages_note(p);
}
