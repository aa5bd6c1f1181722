/* Proposing, reviewing, translating: forms of the library. */
#include "web/library_pages.h"

#include <string.h>

/* ---- what forms have in common ---- */

static void text(json_t *o, const char *name, const char *value)
{
    if (*value)
        json_object_set_new(o, name, json_string(value));
}

/* Ticked values of a field as a list. */
static void list(struct page *p, json_t *o, const char *name)
{
    json_t *a = json_array();
    const char *v;
    for (unsigned i = 0; (v = page_arg_nth(p, name, i)); i++) {
        if (*v)
            json_array_append_new(a, json_string(v));
    }
    if (json_array_size(a))
        json_object_set_new(o, name, a);
    else
        json_decref(a);
}

static const struct page_option *options_of(struct page *p, enum library_facet f, size_t most,
                                            bool with_none)
{
    const char *const *words = library_words(f);
    struct page_option *o = ARENA_ARRAY(p->arena, struct page_option, most + 2);
    size_t n = 0;
    if (with_none)
        o[n++] = (struct page_option){"", "\xe2\x80\x94"};
    for (size_t i = 0; words[i] && i < most; i++)
        o[n++] = (struct page_option){words[i], page_tr(p, library_labels(f)[i])};
    return o;
}

static const struct page_option *languages(struct page *p)
{
    static const char *const codes[] = {"en", "fr", "es", "pt", "ar", "sw", "id", "zh",
                                        "de", "ru", "ja", "ko", "hi", "nl", "it", "tr"};
    size_t n = sizeof(codes) / sizeof(codes[0]);
    struct page_option *o = ARENA_ARRAY(p->arena, struct page_option, n + 1);
    for (size_t i = 0; i < n; i++)
        o[i] = (struct page_option){codes[i], library_language(p, codes[i])};
    return o;
}

static void ticks(struct page *p, const char *name, const char *legend, enum library_facet f)
{
    struct html *h = p->html;
    html_open(h, "fieldset");
    page_elem(p, "legend", legend);
    for (size_t i = 0; library_words(f)[i]; i++) {
        bool on = false;
        const char *v;
        for (unsigned k = 0; (v = page_arg_nth(p, name, k)); k++)
            on = on || strcmp(v, library_words(f)[i]) == 0;
        page_input(p, &(struct page_input){.name = name,
                                           .label = library_labels(f)[i],
                                           .type = "checkbox",
                                           .value = library_words(f)[i],
                                           .is_on = on});
    }
    html_close(h);
}

/* Keeper's refusal, in its own words: "url: must begin ...". */
static void refused(struct page *p, const struct page_answer *a)
{
    struct html *h = p->html;
    page_status(p, a->status);
    html_open(h, "div", "class", "notice bad", "role", "alert");
    html_elem(h, "p", page_text(a->json, "error"), "lang", "en");
    if (*page_text(a->json, "id")) {
        html_open(h, "p");
        html_elem(h, "a", page_text(a->json, "id"), "href",
                  arena_printf(p->arena, "/library/%s", page_text(a->json, "id")).p);
        html_close(h);
    }
    html_close(h);
}

static json_t *act(struct page *p)
{
    json_t *args = json_object(), *by = json_object();
    json_object_set_new(args, "channel", json_string("web"));
    json_object_set_new(args, "source", json_string(p->client));
    text(by, "name", page_arg(p, "your_name"));
    text(by, "organisation", page_arg(p, "your_organisation"));
    text(by, "speaks", page_arg(p, "you_speak"));
    json_object_set_new(args, "by", by);
    return args;
}

static void credit_fields(struct page *p)
{
    page_input(p, &(struct page_input){
                      .name = "your_name",
                      .label = N_("Your name, for credit (may stay empty)"),
                      .hint = N_("It is shown with what you propose and can be erased later."),
                      .value = page_arg(p, "your_name"),
                      .autocomplete = "name",
                      .max_length = 120});
}

/* ---- proposing ---- */

static json_t *proposal(struct page *p)
{
    json_t *args = act(p), *body = json_object();
    text(body, "title", page_arg(p, "title"));
    text(body, "summary", page_arg(p, "summary"));
    text(body, "url", page_arg(p, "url"));
    text(body, "publisher", page_arg(p, "publisher"));
    text(body, "kind", page_arg(p, "kind"));
    text(body, "level", page_arg(p, "level"));
    text(body, "country", page_arg(p, "country"));
    text(body, "language", page_arg(p, "language"));
    int64_t year = page_arg_int(p, "year", 0, 1900, 2200);
    if (year)
        json_object_set_new(body, "year", json_integer(year));
    if (*page_arg(p, "language")) {
        json_t *in = json_array();
        json_array_append_new(in, json_string(page_arg(p, "language")));
        json_object_set_new(body, "languages", in);
    }
    list(p, body, "topics");
    list(p, body, "audiences");
    json_object_set_new(args, "kind", json_string("resource"));
    json_object_set_new(args, "body", body);
    return args;
}

static void proposal_form(struct page *p)
{
    page_form(p, "/library/propose");
    /* A field that people do not see and machines fill in. */
    html_open(p->html, "div", "hidden", "");
    page_input(p, &(struct page_input){.name = "website", .label = N_("Leave this empty")});
    html_close(p->html);
    page_input(p, &(struct page_input){.name = "title",
                                       .label = N_("Title"),
                                       .value = page_arg(p, "title"),
                                       .is_required = true,
                                       .max_length = 200});
    page_input(p, &(struct page_input){.name = "url",
                                       .label = N_("Address on the web"),
                                       .type = "url",
                                       .value = page_arg(p, "url"),
                                       .max_length = 1000});
    page_input(p, &(struct page_input){.name = "summary",
                                       .label = N_("What is in it, in two sentences of your own"),
                                       .type = "textarea",
                                       .value = page_arg(p, "summary"),
                                       .rows = 4,
                                       .is_required = true,
                                       .max_length = 1000});
    page_input(p, &(struct page_input){.name = "publisher",
                                       .label = N_("Who published it"),
                                       .value = page_arg(p, "publisher"),
                                       .max_length = 200});
    html_open(p->html, "div", "class", "inline");
    page_input(p, &(struct page_input){.name = "kind",
                                       .label = N_("Kind"),
                                       .type = "select",
                                       .value = page_arg(p, "kind"),
                                       .options = options_of(p, FACET_TYPE, 6, false)});
    page_input(p, &(struct page_input){.name = "level",
                                       .label = N_("Level"),
                                       .type = "select",
                                       .value = page_arg(p, "level"),
                                       .options = options_of(p, FACET_LEVEL, 4, true)});
    page_input(p, &(struct page_input){.name = "year",
                                       .label = N_("Year"),
                                       .value = page_arg(p, "year"),
                                       .inputmode = "numeric",
                                       .max_length = 4});
    page_input(p, &(struct page_input){.name = "country",
                                       .label = N_("Country (two letters)"),
                                       .value = page_arg(p, "country"),
                                       .max_length = 2});
    page_input(p, &(struct page_input){.name = "language",
                                       .label = N_("Language"),
                                       .type = "select",
                                       .value = page_arg(p, "language"),
                                       .options = languages(p)});
    html_close(p->html);
    ticks(p, "topics", N_("Subjects (at least one)"), FACET_TOPIC);
    ticks(p, "audiences", N_("For whom"), FACET_AUDIENCE);
    credit_fields(p);
    page_button(p, N_("Propose"), NULL, NULL);
    html_close(p->html);
}

void library_propose_page(struct page *p)
{
    const struct page_answer *a = NULL;
    bool is_machine = p->is_post && *page_arg(p, "website");
    if (p->is_post && !is_machine) {
        a = page_ask(p, "library/propose", proposal(p));
        if (a == NULL)
            return;
        if (a->status == 200) {
            page_redirect(p, page_path(p, "/library/%s", page_text(a->json, "id")),
                          N_("Thank you. It is in the library as proposed, and is reviewed when "
                             "two people of different groups have looked at it."));
            return;
        }
    }
    page_title(p, page_tr(p, N_("Propose something")));
    if (a)
        refused(p, a);
    if (is_machine)
        page_notice(p, "bad", N_("One field must stay empty; please leave it so."));
    page_elem(p, "p",
              N_("A law, a guide, a tool, a study, a course: anything that helps against spam. "
                 "No account is needed. It is shown at once, marked as proposed."));
    proposal_form(p);
}

/* ---- what is done to one object ---- */

static const json_t *object(struct page *p)
{
    return page_get(p, page_path(p, "library/show/%s", p->part[1]), library_args(p));
}

static void back_link(struct page *p)
{
    html_open(p->html, "p");
    page_link(p, page_path(p, "/library/%s", p->part[1]), N_("Back"));
    html_close(p->html);
}

/* Puts the act of a POST; true when the page is done with. */
static bool did(struct page *p, const char *path, json_t *args, const char *done,
                const struct page_answer **out)
{
    *out = page_ask(p, path, args);
    if (*out == NULL)
        return true;
    if ((*out)->status != 200)
        return false;
    page_redirect(p, page_path(p, "/library/%s", p->part[1]), done);
    return true;
}

void library_review_page(struct page *p)
{
    const struct page_answer *a = NULL;
    static const struct {
        const char *value, *words;
    } opinions[] = {{"for", N_("It is right and useful")}, {"against", N_("It is not")}};
    struct page_option options[3] = {{NULL, NULL}, {NULL, NULL}, {NULL, NULL}};
    if (p->is_post) {
        json_t *args = act(p);
        text(args, "opinion", page_arg(p, "opinion"));
        text(args, "note", page_arg(p, "note"));
        json_object_set_new(args, "version",
                            json_integer(page_arg_int(p, "version", 0, 0, 100000)));
        if (did(p, page_path(p, "library/review/%s", p->part[1]), args,
                N_("Thank you, your review counts."), &a))
            return;
    }
    const json_t *o = object(p);
    if (o == NULL)
        return;
    page_title(p, page_tr_with(p, N_("Review: %s"), page_text(o, "title")));
    if (a)
        refused(p, a);
    library_text(p, "p", page_text(o, "summary"), page_text(o, "text_language"));
    for (size_t i = 0; i < 2; i++)
        options[i] = (struct page_option){opinions[i].value, page_tr(p, opinions[i].words)};
    page_form(p, page_path(p, "/library/%s/review", p->part[1]));
    html_open(p->html, "input", "type", "hidden", "name", "version", "value",
              arena_printf(p->arena, "%d", (int)page_int(o, "newest")).p);
    page_input(p, &(struct page_input){.name = "opinion",
                                       .label = N_("Your opinion"),
                                       .type = "radio",
                                       .options = options,
                                       .is_required = true});
    page_input(p, &(struct page_input){.name = "note",
                                       .label = N_("Why"),
                                       .hint = N_("Needed when you are against it; shown to all."),
                                       .type = "textarea",
                                       .rows = 4,
                                       .max_length = 1000});
    page_button(p, N_("Review"), NULL, NULL);
    html_close(p->html);
    back_link(p);
}

void library_translate_page(struct page *p)
{
    const struct page_answer *a = NULL;
    if (p->is_post) {
        json_t *args = act(p), *body = json_object();
        text(body, "of", p->part[1]);
        text(body, "language", page_arg(p, "language"));
        text(body, "title", page_arg(p, "title"));
        text(body, "summary", page_arg(p, "summary"));
        text(body, "origin", "person");
        json_object_set_new(args, "kind", json_string("translation"));
        json_object_set_new(args, "body", body);
        if (did(p, "library/propose", args,
                N_("Thank you. Your translation is shown when it was reviewed."), &a))
            return;
    }
    const json_t *o = object(p);
    if (o == NULL)
        return;
    page_title(p, page_tr_with(p, N_("Translate: %s"), page_text(o, "title")));
    if (a)
        refused(p, a);
    library_text(p, "p", page_text(o, "summary"), page_text(o, "text_language"));
    page_form(p, page_path(p, "/library/%s/translate", p->part[1]));
    page_input(p, &(struct page_input){.name = "language",
                                       .label = N_("Into"),
                                       .type = "select",
                                       .value = p->tongue->code,
                                       .options = languages(p)});
    page_input(p, &(struct page_input){.name = "title",
                                       .label = N_("Title"),
                                       .value = page_arg(p, "title"),
                                       .is_required = true,
                                       .max_length = 200});
    page_input(p, &(struct page_input){.name = "summary",
                                       .label = N_("Summary"),
                                       .type = "textarea",
                                       .value = page_arg(p, "summary"),
                                       .rows = 4,
                                       .is_required = true,
                                       .max_length = 1000});
    credit_fields(p);
    page_button(p, N_("Propose"), NULL, NULL);
    html_close(p->html);
    back_link(p);
}

void library_erase_page(struct page *p)
{
    const struct page_answer *a = NULL;
    if (p->is_post && did(p, page_path(p, "library/erase/%s", p->part[1]), NULL,
                          N_("The names of people are erased here, in the journal, too."), &a))
        return;
    const json_t *o = object(p);
    if (o == NULL)
        return;
    page_title(p, page_tr_with(p, N_("Erase people's names: %s"), page_text(o, "title")));
    if (a)
        refused(p, a);
    page_elem(p, "p",
              N_("The names of those who wrote, reviewed or adopted this are erased, in every copy "
                 "of the journal, too. The text stays. This cannot be taken back."));
    page_act(p, page_path(p, "/library/%s/erase", p->part[1]), N_("Erase the names"));
    back_link(p);
}

void library_withdraw_page(struct page *p)
{
    const struct page_answer *a = NULL;
    if (p->is_post) {
        json_t *args = act(p);
        text(args, "reason", page_arg(p, "reason"));
        if (did(p, page_path(p, "library/withdraw/%s", p->part[1]), args,
                N_("It was withdrawn. The reason is shown in its place."), &a))
            return;
    }
    const json_t *o = object(p);
    if (o == NULL)
        return;
    page_title(p, page_tr_with(p, N_("Withdraw: %s"), page_text(o, "title")));
    if (a)
        refused(p, a);
    page_form(p, page_path(p, "/library/%s/withdraw", p->part[1]));
    page_input(p, &(struct page_input){.name = "reason",
                                       .label = N_("Reason, shown to everybody"),
                                       .type = "textarea",
                                       .rows = 3,
                                       .is_required = true,
                                       .max_length = 1000});
    page_button(p, N_("Withdraw"), NULL, NULL);
    html_close(p->html);
    back_link(p);
}

void library_adopt_page(struct page *p)
{
    const struct page_answer *a = NULL;
    if (p->is_post) {
        json_t *args = act(p), *adopter = json_object();
        text(adopter, "who", page_arg(p, "who"));
        text(adopter, "country", page_arg(p, "country"));
        text(adopter, "result", page_arg(p, "result"));
        int64_t since = page_arg_int(p, "since", 0, 1900, 2200);
        if (since)
            json_object_set_new(adopter, "since", json_integer(since));
        json_object_set_new(args, "adopter", adopter);
        if (did(p, page_path(p, "library/adopt/%s", p->part[1]), args,
                N_("Thank you. You stand among those who adopted it."), &a))
            return;
    }
    const json_t *o = object(p);
    if (o == NULL)
        return;
    page_title(p, page_tr_with(p, N_("We did this, too: %s"), page_text(o, "title")));
    if (a)
        refused(p, a);
    page_form(p, page_path(p, "/library/%s/adopt", p->part[1]));
    page_input(p, &(struct page_input){.name = "who",
                                       .label = N_("Who"),
                                       .value = page_arg(p, "who"),
                                       .is_required = true,
                                       .max_length = 200});
    page_input(p, &(struct page_input){.name = "country",
                                       .label = N_("Country (two letters)"),
                                       .value = page_arg(p, "country"),
                                       .max_length = 2});
    page_input(p, &(struct page_input){.name = "since",
                                       .label = N_("Since (year)"),
                                       .value = page_arg(p, "since"),
                                       .inputmode = "numeric",
                                       .max_length = 4});
    page_input(
        p, &(struct page_input){.name = "result",
                                .label = N_("What came of it, with figures where you have them"),
                                .type = "textarea",
                                .value = page_arg(p, "result"),
                                .rows = 3,
                                .max_length = 600});
    page_button(p, N_("Send"), NULL, NULL);
    html_close(p->html);
    back_link(p);
}
