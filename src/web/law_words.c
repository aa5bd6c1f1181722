/* Words and pieces that all law pages use. See law_internal.h. */
#include "web/law_internal.h"

#include "law/words.h"
#include "mail/unicode.h"

#include <stdlib.h>

static const struct law_library *library;

static const struct {
    const char *code, *region;
} REGIONS[] = {{"af", N_("Sub-Saharan Africa")},
               {"ap", N_("East Asia and Pacific")},
               {"ca", N_("Central Asia")},
               {"eu", N_("Europe")},
               {"la", N_("Latin America and Caribbean")},
               {"me", N_("Middle East and North Africa")},
               {"na", N_("North America")},
               {"sa", N_("South Asia")}};

/* What a word of a profile's grammar means, by field and word. */
static const struct {
    enum law_field field;
    int value;
    const char *words;
} WORDS[] = {{LAW_F_MODEL, LAW_M_OPT_IN, N_("consent first (opt-in)")},
             {LAW_F_MODEL, LAW_M_OPT_OUT, N_("until refused (opt-out)")},
             {LAW_F_MODEL, LAW_M_MIXED, N_("mixed")},
             {LAW_F_MODEL, LAW_M_NONE, N_("no rule")},
             {LAW_F_B2B_MODEL, LAW_M_OPT_IN, N_("consent first (opt-in)")},
             {LAW_F_B2B_MODEL, LAW_M_OPT_OUT, N_("until refused (opt-out)")},
             {LAW_F_B2B_MODEL, LAW_M_MIXED, N_("mixed")},
             {LAW_F_B2B_MODEL, LAW_M_NONE, N_("no rule")},
             {LAW_F_POSTAL, LAW_P_IN, N_("in the message")},
             {LAW_F_POSTAL, LAW_P_IN_OR_LINK, N_("in the message or behind a link")},
             {LAW_F_POSTAL, LAW_P_SITE, N_("on the site")},
             {LAW_F_POSTAL, LAW_P_NOT, N_("not asked for")},
             {LAW_F_STATUS, LAW_ST_ACT, N_("an act on this matter")},
             {LAW_F_STATUS, LAW_ST_PROVISION, N_("a provision in another act")},
             {LAW_F_STATUS, LAW_ST_GENERAL, N_("general law only")},
             {LAW_F_STATUS, LAW_ST_NOT_YET, N_("passed, not in force")},
             {LAW_F_STATUS, LAW_ST_NONE, N_("none")},
             {LAW_F_DOUBLE_OPT_IN, LAW_D_REQUIRED, N_("required")},
             {LAW_F_DOUBLE_OPT_IN, LAW_D_DE_FACTO, N_("in practice needed")},
             {LAW_F_DOUBLE_OPT_IN, LAW_D_RECOMMENDED, N_("recommended")},
             {LAW_F_DOUBLE_OPT_IN, LAW_D_NOT_REQUIRED, N_("not asked for")},
             {LAW_F_BURDEN, 0, N_("the sender")}, /* the only word there is */
             {LAW_F_REGISTER, LAW_RK_NONE, N_("none")},
             {LAW_F_REGISTER, LAW_RK_REFUSALS, N_("of refusals")},
             {LAW_F_REGISTER, LAW_RK_CONSENTS, N_("of consents")}};

void law_pages_open(const struct law_library *lib)
{
    library = lib;
    country_warm();
    words_warm();
    unicode_warm();
}

const struct law_library *law_pages_lib(struct page *p)
{
    if (library == NULL)
        page_fail(p, 503, N_("The law library is not loaded on this node."));
    return library;
}

int32_t law_pages_day(struct page *p)
{
    int32_t day;
    return law_date(slice_str(page_arg(p, "at")), &day) ? day : law_day_of(p->now_us);
}

static bool is_shown(const struct law *law)
{
    return law_kind_of(law) != LAW_KIND_PERSON; /* somebody's own wishes are nobody else's matter */
}

const struct law *law_pages_find(struct page *p, const char *code, int32_t day)
{
    const struct law_library *lib = law_pages_lib(p);
    struct slice s = slice_str(code);
    if (lib == NULL)
        return NULL;
    const struct law *law = law_at(lib, s, day);
    if (law == NULL && law_code(s))
        law = law_for_country(lib, law_code(s), day);
    return law && is_shown(law) ? law : NULL;
}

struct named {
    const char *name;
    const struct law *law;
};

static int by_name(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    int c = strcmp(x->name, y->name);
    return c ? c : strcmp(law_code_of(x->law), law_code_of(y->law));
}

size_t law_pages_all(struct page *p, int32_t day, bool of_places, const struct law **out)
{
    struct named *all = ARENA_ARRAY(p->arena, struct named, LAW_PAGE_LAWS);
    size_t n = 0;
    for (size_t i = 0; i < law_count(library) && n < LAW_PAGE_LAWS; i++) {
        const struct law *law = law_get(library, i);
        if ((law_kind_of(law) <= LAW_KIND_FLOOR) != of_places || !is_shown(law) ||
            law_at(library, slice_str(law_code_of(law)), day) != law)
            continue;
        all[n++] = (struct named){law_pages_name(p, law), law};
    }
    qsort(all, n, sizeof *all, by_name);
    for (size_t i = 0; i < n; i++)
        out[i] = all[i].law;
    return n;
}

/* ---- names ---- */

const char *law_pages_country(struct page *p, int32_t code)
{
    struct buf b = BUF_INIT(512);
    country_name_in(code, p->tongue ? p->tongue->code : "en", &b);
    const char *name = arena_cstr(p->arena, buf_slice(&b));
    buf_fini(&b);
    return name;
}

const char *law_pages_name(struct page *p, const struct law *law)
{
    if (strcmp(law_code_of(law), "EU") == 0)
        return page_tr(p, N_("European Union"));
    return law->country ? law_pages_country(p, law->country) : law_name_of(law);
}

void law_pages_en(struct page *p, const char *tag, struct slice text)
{
    bool is_other = p->tongue && strcmp(p->tongue->code, "en") != 0;
    unsigned outside = p->html->depth;
    bool is_item = is_other &&
                   strcmp(tag, "li") == 0; /* its mark stands where the others have theirs */
    if (is_item)
        html_open(p->html, tag);
    html_open(p->html, is_item ? "span" : tag, "lang", is_other ? "en" : NULL, "dir",
              is_other ? "ltr" : NULL);
    html_text(p->html, text);
    html_close_to(p->html, outside);
}

const char *law_pages_region(struct page *p, const struct law *law)
{
    for (size_t i = 0; i < sizeof REGIONS / sizeof *REGIONS; i++)
        if (slice_eq(law->t[LAW_F_REGION], slice_str(REGIONS[i].region)))
            return page_tr(p, REGIONS[i].region);
    return arena_cstr(p->arena, law->t[LAW_F_REGION]);
}

const char *law_pages_field(struct page *p, const struct law *law, enum law_field f)
{
    const struct law_field_info *info = law_field_info(f);
    int32_t v = law->v[f];
    if (v == LAW_UNKNOWN || v == LAW_ABSENT)
        return "\xe2\x80\x93";
    if (info->type == LAW_T_TRI)
        return page_tr(p, v ? N_("yes") : N_("no"));
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (WORDS[i].field == f && WORDS[i].value == v)
            return page_tr(p, WORDS[i].words);
    if (info->type == LAW_T_TEXT)
        return arena_cstr(p->arena, law->t[f]);
    struct buf b = BUF_INIT(16384);
    if (info->type == LAW_T_TEXTS)
        for (uint32_t i = 0; i < law->l[f].n; i++) {
            buf_str(&b, i ? "; " : "");
            buf_add(&b, law->l[f].items[i]);
        }
    else
        law_field_text(law, f, &b);
    const char *text = arena_cstr(p->arena, buf_slice(&b));
    buf_fini(&b);
    for (char *c = (char *)(uintptr_t)text; info->type == LAW_T_WORDS && *c; c++)
        *c = *c == '_' ? ' ' : *c;
    return text;
}

static const char *honour(struct page *p, const struct law *law)
{
    const char *days = law_pages_field(p, law, LAW_F_HONOUR);
    if (law->v[LAW_F_HONOUR_UNIT] == LAW_U_IMMEDIATE)
        return page_tr(p, N_("at once"));
    if (law->v[LAW_F_HONOUR] == LAW_UNKNOWN)
        return days;
    return page_tr_with(
        p, law->v[LAW_F_HONOUR_UNIT] == LAW_U_BUSINESS ? N_("%s business days") : N_("%s days"),
        days);
}

static const char *hours(struct page *p, const struct law *law)
{
    int32_t from = law->v[LAW_F_WEEKDAY_FROM], to = law->v[LAW_F_WEEKDAY_TO];
    if (from == LAW_UNKNOWN || from == LAW_ABSENT || to == LAW_UNKNOWN || to == LAW_ABSENT)
        return law_pages_field(p, law, LAW_F_WEEKDAY_FROM);
    return arena_printf(p->arena, "%02d:%02d\xe2\x80\x93%02d:%02d", from / 60, from % 60, to / 60,
                        to % 60)
        .p;
}

const char *law_pages_rule(struct page *p, const struct law *law, enum law_rule rule)
{
    enum law_field f = (enum law_field)law_rule_field(rule);
    switch (rule) {
    case LAW_RULE_HONOUR:
        return honour(p, law);
    case LAW_RULE_HOURS:
        return hours(p, law);
    case LAW_RULE_LABEL:
        return law_pages_field(p, law, law->v[f] == 1 ? LAW_F_LABEL_TOKENS : f);
    case LAW_RULE_UNSUBSCRIBE_DAYS:
        if (law->v[f] > 0)
            return page_tr_with(p, N_("%s days"), law_pages_field(p, law, f));
        break;
    default:
        break;
    }
    return law_pages_field(p, law, f);
}

const char *law_pages_model(struct page *p, const struct law *law)
{
    int32_t v = law->v[LAW_F_MODEL];
    if (!law_in_force(law))
        return page_tr(p, N_("no rule in force"));
    return v == LAW_UNKNOWN || v == LAW_ABSENT ? page_tr(p, N_("not known"))
                                               : law_pages_field(p, law, LAW_F_MODEL);
}

const char *law_pages_model_class(const struct law *law)
{
    switch (law_in_force(law) ? law->v[LAW_F_MODEL] : LAW_M_NONE) {
    case LAW_M_OPT_IN:
        return "opt-in";
    case LAW_M_OPT_OUT:
        return "opt-out";
    case LAW_M_MIXED:
        return "mixed";
    case LAW_M_NONE:
        return "none";
    default:
        return "unknown";
    }
}

const char *law_pages_confidence(struct page *p, enum law_confidence c)
{
    return page_tr(p, c == LAW_HIGH ? N_("high") : c == LAW_MEDIUM ? N_("medium") : N_("low"));
}

/* ---- pieces ---- */

const char *law_pages_href(struct page *p, const char *path, int32_t day)
{
    char text[16];
    if (day == law_day_of(p->now_us))
        return path;
    return arena_printf(p->arena, "%s%sat=%s", path, strchr(path, '?') ? "&" : "?",
                        law_date_text(day, text))
        .p;
}

void law_pages_link(struct page *p, const struct law *law, int32_t day)
{
    const char *path = arena_printf(p->arena, "/law/%s", law_code_of(law)).p;
    html_open(p->html, "a", "href", law_pages_href(p, path, day));
    html_own(p->html, law_pages_name(p, law));
    html_close(p->html);
}

void law_pages_select(struct page *p, const char *name, const char *label, const char *value,
                      bool with_terms)
{
    const struct law *laws[LAW_PAGE_LAWS];
    struct page_option *o = ARENA_ARRAY(p->arena, struct page_option, 2 * LAW_PAGE_LAWS + 2);
    size_t n = 0, count;
    o[n++] = (struct page_option){"", "\xe2\x80\x93"};
    for (int of_places = 1; of_places >= !with_terms; of_places--) {
        count = law_pages_all(p, law_day_of(p->now_us), of_places, laws);
        for (size_t i = 0; i < count; i++)
            o[n++] = (struct page_option){law_code_of(laws[i]), law_pages_name(p, laws[i])};
    }
    o[n] = (struct page_option){0};
    page_input(p,
               &(struct page_input){
                   .name = name, .label = label, .type = "select", .value = value, .options = o});
}

void law_pages_menu(struct page *p, const char *here)
{
    static const struct {
        const char *href, *words;
    } items[] = {{"/law", N_("Map")},
                 {"/law/check", N_("Check a mailing")},
                 {"/law/matrix", N_("All rules")},
                 {"/law/compare", N_("Side by side")},
                 {"/law/between", N_("From here to there")},
                 {"/law/diff", N_("By date")},
                 {"/law/receipt", N_("Consent receipt")}};
    html_open(p->html, "nav", "class", "sub", "aria-label", page_tr(p, N_("Law pages")));
    html_open(p->html, "ul");
    for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
        html_open(p->html, "li");
        page_elem(p, "a", items[i].words, "href", items[i].href, "aria-current",
                  strcmp(items[i].href, here) == 0 ? "page" : NULL);
        html_close(p->html);
    }
    html_close(p->html);
    html_close(p->html);
}

void law_pages_note(struct page *p)
{
    page_elem(p, "p",
              N_("Research notes for software, not legal advice. A dash means that we do not know, "
                 "never that nothing is asked for."),
              "class", "soft");
}

void law_pages_date(struct page *p, int32_t day)
{
    char text[16];
    if (day == LAW_UNKNOWN)
        html_own(p->html, "\xe2\x80\x93");
    else
        html_elem(p->html, "time", law_date_text(day, text), "datetime", text, "dir", "ltr");
}

void law_pages_clause(struct page *p, const struct law *law, unsigned rule)
{
    struct buf b = BUF_INIT(4096);
    struct slice url = law_source(law, rule);
    law_clause(law, rule, &b);
    if (b.n) {
        html_open(p->html, "bdi"); /* in one piece also where the page runs right to left */
        law_pages_en(p, "span", buf_slice(&b));
        html_close(p->html);
    }
    buf_fini(&b);
    if (url.n == 0)
        return;
    html_str(p->html, " ");
    page_elem(p, "a", N_("source"), "href", arena_cstr(p->arena, url), "rel", "noreferrer");
}
