/* A page: a function that answers one request.
 *
 *     static void show(struct page *p)
 *     {
 *         const json_t *j = page_get(p, page_path(p, "measure/get/%s", page_arg(p, "id")), NULL);
 *         if (j == NULL)
 *             return;                          // the answer is not there yet, or it was an error
 *         page_title(p, page_text(j, "title"));
 *         html_elem(p->html, "p", page_text(j, "summary"));
 *     }
 *     const struct route library_routes[] = {{"measure/list", PAGE_GET, 0, show}, {0}};
 *
 * A page never waits: it asks keeper as if the answer were at hand; when it is not, it gets NULL
 * and returns, and is run again from its start when the answers are in (as ask/ask.h). What it
 * wrote is dropped then. One question is sent once per request however often it is asked, so
 * that an act is done once. A page must therefore do the same again with the same answers.
 *
 * The frame (head, menu, foot) is put around what the page writes into p->html. Everything lives
 * in p->arena until the answer is sent. Keeper decides who may do what: `needs` of a route only
 * spares people a page that would say no.
 */
#ifndef MUSTER_WEB_PAGE_H
#define MUSTER_WEB_PAGE_H

#include "base/arena.h"
#include "base/json.h"
#include "base/lang.h"
#include "charter/actor.h"
#include "web/html.h"

#include <jansson.h>

#define PAGE_PARTS 8

struct page;
struct page_run;
typedef void page_fn(struct page *p);

enum page_flag {
    PAGE_GET = 1,
    PAGE_POST = 2,
    PAGE_UPLOAD = 4,   /* its POST takes multipart bodies up to web.max_upload, else 256 KiB */
    PAGE_API = 8,      /* for programs: no cookies, no form token; Authorization: Bearer counts */
    PAGE_EXPORT = 16,  /* public, without parameters: part of the static export */
    PAGE_NOINDEX = 32, /* search engines are asked to leave it alone */
    PAGE_COSTLY = 64   /* counts ten times in the limit per address */
};

struct route {
    const char
        *path;      /* pieces without the first slash, parted by slashes; a piece "*" is any one */
    unsigned flags; /* of enum page_flag */
    unsigned needs; /* any of these roles (charter/actor.h); 0: everybody */
    page_fn *fn;
};

struct tongue {
    const char *code; /* as in HTML's lang */
    const char *name; /* in itself */
    bool is_rtl;
};

struct page_user {
    bool is_known; /* logged in */
    unsigned roles;
    unsigned withheld; /* roles that wait for the account's second factor */
    const char *name;
    const char *mailbox; /* "": none that is verified */
};

struct page {
    struct arena *arena;
    struct html *html;            /* empty at each run */
    const char *path;             /* "/library/x", decoded */
    const char *part[PAGE_PARTS]; /* its pieces, decoded, UTF-8; "" after the end */
    unsigned n_parts;
    bool is_post;
    bool wants_json;         /* the path ends in ".json" (taken off) or Accept asks for JSON */
    const struct lang *lang; /* NULL: English */
    const struct tongue *tongue;
    struct page_user user;
    int64_t now_us;
    const char *client;   /* address of who asks */
    struct page_run *run; /* the engine's own (web/run.h) */
};

/* ---- what the request says ---- */

/* A field of the body or, when it has none of that name, of the query; "" when there is none.
 * Always UTF-8 without NUL. */
const char *page_arg(const struct page *p, const char *name);
/* The i-th value of a field that may stand several times; NULL after the last. */
const char *page_arg_nth(const struct page *p, const char *name, unsigned i);
/* A whole number within min..max, else def. */
int64_t page_arg_int(const struct page *p, const char *name, int64_t def, int64_t min, int64_t max);
/* An uploaded file; false: none of that name. Its bytes are foreign and live as long as p. */
struct page_file {
    const char *name, *type; /* as the browser says; never to be trusted, never a path */
    struct slice bytes;
};
bool page_file(const struct page *p, const char *name, struct page_file *out);
/* The body as it came, for PAGE_API. */
struct slice page_body(const struct page *p);
/* Its Content-Type, lower case, without parameters. */
const char *page_body_type(const struct page *p);

/* ---- asking keeper ---- */

struct page_answer {
    int status;
    const json_t *json; /* an object; empty when keeper's answer was none */
};
/* NULL: not there yet; return. args is taken over (json_decref); NULL: none. */
const struct page_answer *page_ask(struct page *p, const char *path, json_t *args);
/* As page_ask, but any answer but 200 becomes an error page (401: log in) and NULL. */
const json_t *page_get(struct page *p, const char *path, json_t *args);
/* A path whose pieces may be foreign: what is not fit for one becomes "-", and in links (paths
 * that begin with a slash) they are percent-encoded. Only %s and %d. */
PRINTF_LIKE(2, 3) const char *page_path(struct page *p, const char *fmt, ...);
/* Members of an object, never NULL; "" and 0 when absent or of another type. */
const char *page_text(const json_t *j, const char *name);
int64_t page_int(const json_t *j, const char *name);

/* ---- words ---- */

/* Our sentence in the reader's language; marked as English where no translation is there. */
void page_say(struct page *p, const char *msgid);
/* With its one %s replaced by foreign words (isolated in <bdi>). */
void page_say_with(struct page *p, const char *msgid, const char *words);
/* page_elem(p, tag, msgid, name, value, ...): <tag ...>sentence</tag>, with lang="en" on the
 * element where it is not translated. */
#define page_elem(p, ...) page_elem_list((p), __VA_ARGS__, (const char *)NULL)
void page_elem_list(struct page *p, const char *tag, const char *msgid, ...)
    __attribute__((sentinel));
/* Between two entries of a list, and after what introduces something, as the reader's language
 * writes them (", " is another sign in Arabic and in Chinese). */
void page_comma(struct page *p);
void page_colon(struct page *p);
/* A link with our words. */
void page_link(struct page *p, const char *href, const char *msgid);
/* For attributes, titles and other plain text; in the arena. */
const char *page_tr(struct page *p, const char *msgid);
const char *page_tr_with(struct page *p, const char *msgid, const char *words);

/* ---- the answer ---- */

/* Title and <h1>: any text (translate it first). page_heading "" leaves the <h1> to the page. */
void page_title(struct page *p, const char *title);
void page_heading(struct page *p, const char *heading);
void page_status(struct page *p, int status);
/* For search engines and previews. */
void page_describe(struct page *p, const char *text);
/* The browser loads it again after so many seconds, without script. */
void page_refresh(struct page *p, unsigned seconds);
void page_noindex(struct page *p);
/* <link rel="alternate" type=... href=... title=...>. */
void page_feed(struct page *p, const char *type, const char *href, const char *title);
/* Wider than text: tables and maps. */
void page_wide(struct page *p);
/* 303 to a path of this site: after each POST that did something. A short sentence (message id)
 * is shown at the top of the next page; NULL: none. */
void page_redirect(struct page *p, const char *path, const char *done_msgid);
/* An error page: 404 and the like, with a sentence (message id). */
void page_fail(struct page *p, int status, const char *msgid);
/* The whole answer is this instead of a page; file (may be NULL): offered for saving by that
 * name. Active types (HTML, SVG) are refused: BUG. */
void page_send(struct page *p, const char *type, struct slice body, const char *file);
/* The answer is JSON: write one value into it. */
struct json *page_json(struct page *p);
/* The answer as JSON from keeper, as it is. */
void page_send_json(struct page *p, const json_t *j);

/* ---- forms ---- */

/* <form method="post"> with the token against forged requests; html_close ends it. */
void page_form(struct page *p, const char *action);
/* The same with files. */
void page_form_files(struct page *p, const char *action);
/* A search or filter: <form method="get">. */
void page_form_get(struct page *p, const char *action);

struct page_option {
    const char *value;
    const char *words; /* any text */
};
struct page_input {
    const char *name;
    const char *label; /* message id */
    const char *hint;  /* message id, or NULL */
    const char *type;  /* "text" (NULL), "password", "email", "date", "search", "file", "textarea",
                          "select", "checkbox", "hidden", "number", "url", "radio" */
    const char *value; /* any text; checkbox: what is sent when it is on */
    const char *error; /* message id shown at the field, or NULL */
    const char *autocomplete, *pattern, *accept, *inputmode;
    const struct page_option *options; /* of select and radio; ends with value NULL */
    bool is_required, is_on, is_multiple;
    unsigned rows, max_length;
};
/* Label, control, hint and error, tied together for screen readers. */
void page_input(struct page *p, const struct page_input *in);
/* A submit button; name and value may be NULL. */
void page_button(struct page *p, const char *msgid, const char *name, const char *value);
/* page_act(p, action, msgid, name, value, ...): a form of one button that does something, with
 * further hidden fields. */
#define page_act(p, ...) page_act_list((p), __VA_ARGS__, (const char *)NULL)
void page_act_list(struct page *p, const char *action, const char *msgid, ...)
    __attribute__((sentinel));
/* A table in a box of its own that scrolls, with a name for screen readers; page_table_end closes
 * all. Name and heads are message ids, heads end with NULL; bit i of `numbers`: column i holds
 * numbers. On a phone its rows are stacked. */
void page_table(struct page *p, const char *name, const char *const *heads, unsigned numbers);
void page_table_end(struct page *p);
/* A box that says what happened: kind "good", "bad", "note". */
void page_notice(struct page *p, const char *kind, const char *msgid);
/* Links to other pages of a list; next or before NULL: none. The addresses are the page's own. */
void page_pager(struct page *p, const char *before, const char *next);

#endif
