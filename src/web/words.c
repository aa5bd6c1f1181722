/* Sentences, links, forms: what pages are written with. See page.h. */
#include "web/run.h"

#include <stdarg.h>
#include <stdio.h>

/* ---- words ---- */

static const char *find(const struct page *p, const char *msgid, bool *out_ours)
{
    const char *text = lang_text(p->lang, msgid);
    *out_ours = p->lang == NULL || text != msgid;
    return text;
}

void page_say(struct page *p, const char *msgid)
{
    bool is_ours;
    const char *text = find(p, msgid, &is_ours);
    if (!is_ours)
        html_open(p->html, "span", "lang", "en", "dir", "ltr");
    html_own(p->html, text);
    if (!is_ours)
        html_close(p->html);
}

void page_comma(struct page *p)
{
    html_str(p->html, page_tr(p, N_(", ")));
}

void page_colon(struct page *p)
{
    html_str(p->html, page_tr(p, N_(": ")));
}

/* A sentence with one %s in two halves, %% undone; false when it has not exactly one. */
static bool halves(struct page *p, const char *text, const char **out_before,
                   const char **out_after)
{
    char *copy = arena_bytes(p->arena, strlen(text) + 2);
    size_t n = 0;
    unsigned found = 0;
    for (const char *c = text; *c; c++) {
        if (c[0] == '%' && c[1] == 's') {
            copy[n++] = '\0';
            found++;
            c++;
        } else {
            copy[n++] = *c;
            c += c[0] == '%' && c[1] == '%';
        }
    }
    copy[n] = '\0';
    *out_before = copy;
    *out_after = copy + strlen(copy) + 1;
    return found == 1;
}

void page_say_with(struct page *p, const char *msgid, const char *words)
{
    bool is_ours;
    const char *before, *after;
    const char *text = find(p, msgid, &is_ours);
    if (!halves(p, text, &before, &after)) {
        is_ours = p->lang == NULL;
        if (!halves(p, msgid, &before, &after))
            BUG("a sentence without its %s");
    }
    if (!is_ours)
        html_open(p->html, "span", "lang", "en", "dir", "ltr");
    html_own(p->html, before);
    html_bdi(p->html, words);
    html_own(p->html, after);
    if (!is_ours)
        html_close(p->html);
}

const char *page_tr(struct page *p, const char *msgid)
{
    return lang_text(p->lang, msgid);
}

const char *page_tr_with(struct page *p, const char *msgid, const char *words)
{
    const char *before, *after;
    if (!halves(p, lang_text(p->lang, msgid), &before, &after) &&
        !halves(p, msgid, &before, &after))
        BUG("a sentence without its %s");
    return arena_printf(p->arena, "%s%s%s", before, words, after).p;
}

void page_elem_list(struct page *p, const char *tag, const char *msgid, ...)
{
    const char *name[12] = {NULL}, *value[12] = {NULL};
    unsigned n = 0;
    bool is_ours;
    va_list ap;
    va_start(ap, msgid);
    const char *text = find(p, msgid, &is_ours);
    while (n < 11 && (name[n] = va_arg(ap, const char *)) != NULL)
        value[n++] = va_arg(ap, const char *);
    va_end(ap);
    name[n] = NULL;
    /* Cells and items keep the direction of their table or list (labels and marks stand where the
     * others have theirs): their words alone are marked. */
    bool is_cell = !is_ours && (strcmp(tag, "td") == 0 || strcmp(tag, "li") == 0);
    bool is_marked = !is_ours && !is_cell;
    /* The names end at the first NULL: those behind it are not read. */
    html_open(p->html, tag, "lang", is_marked ? "en" : NULL, "dir", is_marked ? "ltr" : NULL,
              name[0], value[0], name[1], value[1], name[2], value[2], name[3], value[3], name[4],
              value[4], name[5], value[5], name[6], value[6]);
    if (is_cell)
        page_say(p, msgid);
    else
        html_own(p->html, text);
    html_close(p->html);
}

void page_link(struct page *p, const char *href, const char *msgid)
{
    page_elem(p, "a", msgid, "href", href);
}

/* ---- forms ---- */

static void form(struct page *p, const char *action, const char *method, const char *enctype)
{
    if (p->run->request->export) { /* nothing would answer it */
        page_elem(p, "p", N_("This part works on the site itself, not in a copy."), "class",
                  "soft");
        html_open(p->html, "div", "hidden", "");
        return;
    }
    html_open(p->html, "form", "method", method, "action", action, "enctype", enctype,
              "accept-charset", "utf-8");
    if (strcmp(method, "post") == 0)
        html_open(p->html, "input", "type", "hidden", "name", "_form", "value", page_form_token(p));
}

void page_form(struct page *p, const char *action)
{
    form(p, action, "post", NULL);
}

void page_form_files(struct page *p, const char *action)
{
    form(p, action, "post", "multipart/form-data");
}

void page_form_get(struct page *p, const char *action)
{
    form(p, action, "get", NULL);
}

static const char *number(struct page *p, unsigned n)
{
    return n ? arena_printf(p->arena, "%u", n).p : NULL;
}

struct control {
    const struct page_input *in;
    const char *id, *described; /* described: ids of hint and error, or NULL */
};

static void options(struct page *p, const struct control *c)
{
    const struct page_input *in = c->in;
    html_open(p->html, "select", "id", c->id, "name", in->name, "required",
              in->is_required ? "" : NULL, "multiple", in->is_multiple ? "" : NULL,
              "aria-describedby", c->described);
    for (const struct page_option *o = in->options; o && o->value; o++)
        html_elem(p->html, "option", o->words, "value", o->value, "selected",
                  in->value && strcmp(in->value, o->value) == 0 ? "" : NULL);
    html_close(p->html);
}

static void area(struct page *p, const struct control *c)
{
    const struct page_input *in = c->in;
    html_open(p->html, "textarea", "id", c->id, "name", in->name, "rows",
              number(p, in->rows ? in->rows : 5), "maxlength", number(p, in->max_length),
              "required", in->is_required ? "" : NULL, "aria-describedby", c->described, "dir",
              "auto", "aria-invalid", in->error ? "true" : NULL);
    html_raw(p->html, "\n"); /* the first line end is not part of the text */
    html_str(p->html, in->value);
    html_close(p->html);
}

static void control(struct page *p, const struct control *c)
{
    const struct page_input *in = c->in;
    const char *type = in->type ? in->type : "text";
    bool is_tick = strcmp(type, "checkbox") == 0;
    if (strcmp(type, "select") == 0)
        options(p, c);
    else if (strcmp(type, "textarea") == 0)
        area(p, c);
    else
        html_open(p->html, "input", "type", type, "id", c->id, "name", in->name, "value",
                  is_tick && in->value == NULL ? "1" : in->value, "checked",
                  is_tick && in->is_on ? "" : NULL, "required", in->is_required ? "" : NULL,
                  "multiple", in->is_multiple ? "" : NULL, "autocomplete", in->autocomplete,
                  "pattern", in->pattern, "accept", in->accept, "inputmode", in->inputmode,
                  "maxlength", number(p, in->max_length), "aria-describedby", c->described,
                  "aria-invalid", in->error ? "true" : NULL, "dir",
                  strcmp(type, "text") == 0 || strcmp(type, "search") == 0 ? "auto" : NULL);
}

static void radios(struct page *p, const struct page_input *in)
{
    html_open(p->html, "fieldset", "class", "field");
    page_elem(p, "legend", in->label);
    for (const struct page_option *o = in->options; o && o->value; o++) {
        html_open(p->html, "label", "class", "tick");
        html_open(p->html, "input", "type", "radio", "name", in->name, "value", o->value, "checked",
                  in->value && strcmp(in->value, o->value) == 0 ? "" : NULL, "required",
                  in->is_required ? "" : NULL);
        html_raw(p->html, " ");
        html_str(p->html, o->words);
        html_close(p->html);
    }
    if (in->hint)
        page_elem(p, "small", in->hint);
    html_close(p->html);
}

void page_input(struct page *p, const struct page_input *in)
{
    struct control c = {.in = in};
    const char *type = in->type ? in->type : "text";
    if (strcmp(type, "hidden") == 0) {
        html_open(p->html, "input", "type", "hidden", "name", in->name, "value",
                  in->value ? in->value : "");
        return;
    }
    if (strcmp(type, "radio") == 0) {
        radios(p, in);
        return;
    }
    unsigned id = ++p->run->next_id;
    bool is_tick = strcmp(type, "checkbox") == 0;
    c.id = arena_printf(p->arena, "f%u", id).p;
    const char *hint = arena_printf(p->arena, "h%u", id).p;
    const char *error = arena_printf(p->arena, "e%u", id).p;
    if (in->hint || in->error)
        c.described = arena_printf(p->arena, "%s%s%s", in->error ? error : "",
                                   in->hint && in->error ? " " : "", in->hint ? hint : "")
                          .p;
    html_open(p->html, "p", "class", is_tick ? "field tick" : "field");
    if (is_tick)
        control(p, &c);
    html_raw(p->html, " ");
    page_elem(p, "label", in->label, "for", c.id);
    if (in->error)
        page_elem(p, "strong", in->error, "class", "error", "id", error);
    if (!is_tick)
        control(p, &c);
    if (in->hint)
        page_elem(p, "small", in->hint, "id", hint);
    html_close(p->html);
}

void page_button(struct page *p, const char *msgid, const char *name, const char *value)
{
    page_elem(p, "button", msgid, "type", "submit", "name", name ? name : "_do", "value", value);
}

void page_act_list(struct page *p, const char *action, const char *msgid, ...)
{
    const char *name;
    va_list ap;
    if (p->run->request->export)
        return;
    va_start(ap, msgid);
    html_open(p->html, "form", "method", "post", "action", action, "class", "act");
    html_open(p->html, "input", "type", "hidden", "name", "_form", "value", page_form_token(p));
    while ((name = va_arg(ap, const char *)) != NULL) {
        const char *value = va_arg(ap, const char *);
        html_open(p->html, "input", "type", "hidden", "name", name, "value", value ? value : "");
    }
    va_end(ap);
    page_button(p, msgid, NULL, NULL);
    html_close(p->html);
}

void page_notice(struct page *p, const char *kind, const char *msgid)
{
    html_open(p->html, "div", "class", arena_printf(p->arena, "notice %s", kind).p, "role",
              strcmp(kind, "bad") == 0 ? "alert" : "status");
    page_elem(p, "p", msgid);
    html_close(p->html);
}

void page_pager(struct page *p, const char *before, const char *next)
{
    if (before == NULL && next == NULL)
        return;
    html_open(p->html, "nav", "class", "pager", "aria-label", page_tr(p, N_("Pages")));
    if (before)
        page_elem(p, "a", N_("Back"), "href", before, "rel", "prev");
    if (next)
        page_elem(p, "a", N_("More"), "href", next, "rel", "next");
    html_close(p->html);
}

/* ---- tables ---- */

void page_table(struct page *p, const char *name, const char *const *heads, unsigned numbers)
{
    struct html *h = p->html;
    html_open(h, "div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label",
              page_tr(p, name));
    html_open(h, "table", "class", "stack");
    html_open(h, "thead");
    html_open(h, "tr");
    for (; *heads; heads++, numbers >>= 1)
        page_elem(p, "th", *heads, "scope", "col", numbers & 1 ? "class" : NULL, "num");
    html_close(h);
    html_close(h);
    html_open(h, "tbody");
}

void page_table_end(struct page *p)
{
    html_close_to(p->html, p->html->depth - 3);
}
