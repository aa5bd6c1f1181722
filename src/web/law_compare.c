/* Laws side by side, and one law by date. */
#include "web/law_internal.h"

#define SIDES 4u

/* ---- side by side ---- */

static const char *zone_of(const struct law *const *laws, size_t n, enum law_rule rule)
{
    size_t count[3] = {0};
    for (size_t i = 0; i < n; i++)
        count[law_stance(laws[i], rule)]++;
    if (count[LAW_STANCE_ASKED] == n)
        return N_("all ask for it");
    if (count[LAW_STANCE_ASKED] && count[LAW_STANCE_FREE])
        return N_("disputed");
    if (count[LAW_STANCE_FREE] == n)
        return N_("nobody asks for it");
    return N_("open");
}

static void side_titles(struct page *p, const struct law *const *laws, size_t n, int32_t day)
{
    html_raw(p->html, "<thead><tr>");
    page_elem(p, "th", N_("Rule"), "scope", "col");
    for (size_t i = 0; i < n; i++) {
        html_open(p->html, "th", "scope", "col");
        law_pages_link(p, laws[i], day);
        html_close(p->html);
    }
    page_elem(p, "th", N_("Together"), "scope", "col");
    html_raw(p->html, "</tr></thead>");
}

static void side_rows(struct page *p, const struct law *const *laws, size_t n)
{
    for (unsigned rule = 0; rule < LAW_RULE_OWN; rule++) {
        if (rule == LAW_RULE_REFUSAL) /* the same field as the way to refuse */
            continue;
        html_open(p->html, "tr");
        page_elem(p, "th", law_rule_doc(NULL, rule), "scope", "row");
        for (size_t i = 0; i < n; i++) {
            html_open(p->html, "td");
            html_own(p->html, law_pages_rule(p, laws[i], (enum law_rule)rule));
            html_close(p->html);
        }
        html_open(p->html, "td");
        page_elem(p, "span", zone_of(laws, n, (enum law_rule)rule), "class", "tag");
        html_close(p->html);
        html_close(p->html);
    }
}

#define KEPT 1024u

/* Counting over the space takes tens of milliseconds: what was counted is kept. */
static const struct law_overlap *counted(const struct law *const *laws, size_t n, int32_t day)
{
    static struct {
        const struct law *laws[SIDES];
        int32_t day;
        struct law_overlap overlap;
    } kept[KEPT];
    const struct law *key[SIDES] = {NULL};
    uintptr_t h = (uintptr_t)day;
    for (size_t i = 0; i < n; i++) {
        key[i] = laws[i];
        h = h * 31 + (uintptr_t)laws[i] / 64;
    }
    size_t at = h % KEPT;
    if (kept[at].day != day || memcmp(kept[at].laws, key, sizeof key) != 0) {
        law_overlap(laws, n, day, &kept[at].overlap);
        memcpy(kept[at].laws, key, sizeof key);
        kept[at].day = day;
    }
    return &kept[at].overlap;
}

static void overlap(struct page *p, const struct law *const *laws, size_t n, int32_t day)
{
    static const struct {
        const char *class, *words;
    } zones[] = {{"bad", N_("a violation under all of them: the common core")},
                 {"note", N_("a violation under some, none under others: disputed")},
                 {"good", N_("no violation under any")},
                 {"", N_("somebody can't tell")}};
    const struct law_overlap o = *counted(laws, n, day);
    const size_t counts[] = {o.all_violate, o.disputed, o.none, o.open};
    page_elem(p, "h2", N_("What they have in common"));
    html_open(p->html, "p");
    page_say_with(p, N_("Of %s situations that laws tell apart:"),
                  arena_printf(p->arena, "%zu", o.situations).p);
    html_close(p->html);
    html_open(p->html, "ul");
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        html_open(p->html, "li");
        html_open(p->html, "strong");
        html_int(p->html, (int64_t)counts[i]);
        html_close(p->html);
        html_str(p->html, " ");
        page_say(p, zones[i].words);
        html_close(p->html);
    }
    html_close(p->html);
    if (o.disputed) {
        struct buf b = BUF_INIT(1024);
        law_space_text(o.example, &b);
        html_open(p->html, "p");
        page_say(p, N_("Disputed, for one:"));
        html_str(p->html, " ");
        law_pages_en(p, "span", buf_slice(&b));
        html_close(p->html);
        buf_fini(&b);
    }
}

static void clashes(struct page *p, const struct law *const *laws, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++)
            if (law_labels_clash(laws[i], laws[k]))
                page_notice(p, "note",
                            N_("No subject can begin with the labels of all of them: split the "
                               "mailing."));
}

static void side_form(struct page *p)
{
    page_form_get(p, "/law/compare");
    html_open(p->html, "div", "class", "inline");
    for (unsigned i = 0; i < SIDES; i++) {
        static const char *const labels[SIDES] = {N_("Law"), N_("beside"), N_("and"), N_("and")};
        const char *value = page_arg_nth(p, "law", i);
        law_pages_select(p, "law", labels[i], value ? value : "", true);
    }
    page_button(p, N_("Compare"), NULL, NULL);
    html_close(p->html);
    html_close(p->html);
}

void law_compare_page(struct page *p)
{
    const struct law *laws[SIDES];
    size_t n = 0;
    int32_t day = law_pages_day(p);
    const char *code;
    if (law_pages_lib(p) == NULL)
        return;
    for (unsigned i = 0; i < SIDES && (code = page_arg_nth(p, "law", i)) != NULL; i++) {
        const struct law *law = *code ? law_pages_find(p, code, day) : NULL;
        for (size_t k = 0; k < n && law; k++)
            law = laws[k] == law ? NULL : law;
        if (law)
            laws[n++] = law;
    }
    page_title(p, page_tr(p, N_("Laws side by side")));
    page_wide(p);
    law_pages_menu(p, "/law/compare");
    side_form(p);
    if (n < 2) {
        page_elem(p, "p", N_("Choose two laws or more."));
        return;
    }
    html_open(p->html, "table", "class", "stack rules");
    side_titles(p, laws, n, day);
    html_raw(p->html, "<tbody>");
    side_rows(p, laws, n);
    html_raw(p->html, "</tbody>");
    html_close(p->html);
    clashes(p, laws, n);
    overlap(p, laws, n, law_day_of(p->now_us)); /* ages of consent count from today */
    law_pages_note(p);
}

/* ---- by date ---- */

static void diff_form(struct page *p)
{
    page_form_get(p, "/law/diff");
    html_open(p->html, "div", "class", "inline");
    law_pages_select(p, "law", N_("Law"), page_arg(p, "law"), true);
    page_input(p, &(struct page_input){.name = "from",
                                       .label = N_("On the day"),
                                       .type = "date",
                                       .value = page_arg(p, "from")});
    page_input(
        p, &(struct page_input){
               .name = "to", .label = N_("and on"), .type = "date", .value = page_arg(p, "to")});
    page_button(p, N_("Compare"), NULL, NULL);
    html_close(p->html);
    html_close(p->html);
}

static void diff_head(struct page *p, const struct law *law, int32_t day)
{
    char text[16];
    html_open(p->html, "th", "scope", "col");
    html_str(p->html, law_date_text(day, text));
    html_str(p->html, " ");
    if (law)
        law_pages_en(p, "small", slice_str(law_version_of(law)));
    else
        page_elem(p, "small", N_("no version on file"));
    html_close(p->html);
}

static void diff_table(struct page *p, const struct law *a, const struct law *b,
                       const int32_t days[2])
{
    enum law_field list[LAW_FIELDS];
    size_t n = a && b && a != b ? law_differences(a, b, list) : 0;
    if (a && a == b) {
        page_elem(p, "p", N_("The same text holds on both days."));
        return;
    }
    html_open(p->html, "table", "class", "stack rules");
    html_raw(p->html, "<thead><tr>");
    page_elem(p, "th", N_("What differs"), "scope", "col");
    diff_head(p, a, days[0]);
    diff_head(p, b, days[1]);
    html_raw(p->html, "</tr></thead><tbody>");
    for (size_t i = 0; i < n; i++) {
        html_open(p->html, "tr");
        html_open(p->html, "th", "scope", "row");
        law_pages_en(p, "span", slice_str(law_field_info(list[i])->doc));
        html_close(p->html);
        html_open(p->html, "td");
        html_own(p->html, law_pages_field(p, a, list[i]));
        html_close(p->html);
        html_open(p->html, "td");
        html_own(p->html, law_pages_field(p, b, list[i]));
        html_close(p->html);
        html_close(p->html);
    }
    html_raw(p->html, "</tbody>");
    html_close(p->html);
}

/* Laws of which there are several versions on file: where a look is worth it. */
static void dated(struct page *p, const struct law_library *lib)
{
    char from[16], to[16];
    page_elem(p, "h2", N_("Laws that changed"));
    html_open(p->html, "ul");
    for (size_t i = 1; i < law_count(lib); i++) {
        const struct law *old = law_get(lib, i - 1), *new = law_get(lib, i);
        if (strcmp(law_code_of(old), law_code_of(new)) != 0 || law_from(new) == LAW_UNKNOWN ||
            law_kind_of(new) == LAW_KIND_PERSON)
            continue;
        html_open(p->html, "li");
        html_open(p->html, "a", "href",
                  arena_printf(p->arena, "/law/diff?law=%s&from=%s&to=%s", law_code_of(new),
                               law_date_text(law_from(new) - 1, from),
                               law_date_text(law_from(new), to))
                      .p);
        html_own(p->html, law_pages_name(p, new));
        html_close(p->html);
        html_str(p->html, " ");
        law_pages_date(p, law_from(new));
        html_close(p->html);
    }
    html_close(p->html);
}

void law_diff_page(struct page *p)
{
    int32_t days[2] = {law_day_of(p->now_us), law_day_of(p->now_us)};
    const struct law_library *lib = law_pages_lib(p);
    struct slice code = slice_str(page_arg(p, "law"));
    if (lib == NULL)
        return;
    page_title(p, page_tr(p, N_("One law, two days")));
    page_wide(p);
    law_pages_menu(p, "/law/diff");
    diff_form(p);
    const struct law *any = code.n ? law_any(lib, code) : NULL;
    bool has_days = law_date(slice_str(page_arg(p, "from")), &days[0]);
    (void)law_date(slice_str(page_arg(p, "to")), &days[1]);
    if (any && law_kind_of(any) != LAW_KIND_PERSON && has_days) {
        html_open(p->html, "h2");
        html_own(p->html, law_pages_name(p, any));
        html_close(p->html);
        diff_table(p, law_at(lib, code, days[0]), law_at(lib, code, days[1]), days);
    } else if (code.n) {
        page_notice(p, "note", N_("Choose a law and two days."));
    }
    dated(p, lib);
    law_pages_note(p);
}
