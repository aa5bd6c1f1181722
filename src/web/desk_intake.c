/* Reports through the web. See desk_intake.h. */
#include "web/desk_intake.h"
#include "base/rand.h"
#include "mail/unicode.h"
#include "mail/url.h"

#include <sodium.h>
#include <string.h>

#define DESK_VERB  "report" /* keeper's */
#define FIELD_MOST 200u

static const struct desk_settings *settings;
static unsigned char key[REDACT_KEY];

void desk_intake_open(const struct desk_settings *s)
{
    settings = s;
    rand_bytes(key, sizeof(key)); /* until keeper's comes */
    unicode_warm();
    url_warm();
}

void desk_intake_set_key(struct slice bytes)
{
    if (bytes.n == sizeof(key))
        memcpy(key, bytes.p, sizeof(key));
}

/* ---- reading and asking ---- */

struct handing {
    struct page *p;
    struct web_reported *out;
    size_t n;
    bool is_waiting;
};

static void on_report(void *arg, const struct desk_report *r, const struct err *e)
{
    struct handing *h = arg;
    if (h->n == INTAKE_MOST)
        return;
    struct web_reported *one = &h->out[h->n++];
    *one = (struct web_reported){.status = 422};
    if (r == NULL) {
        one->refused = arena_cstr(h->p->arena, slice_str(e->text));
        return;
    }
    struct buf text = BUF_INIT(DESK_JSON + 4096);
    json_error_t je;
    desk_report_json(r, true, &text);
    json_t *args = json_loadb(text.p, text.n, 0, &je);
    buf_fini(&text);
    const struct page_answer *a = page_ask(h->p, DESK_VERB, args);
    if (a == NULL) {
        h->is_waiting = true;
        return;
    }
    one->status = a->status;
    one->json = a->json;
    if (a->status != 200)
        one->refused = *page_text(a->json, "error") ? page_text(a->json, "error")
                                                    : "the desk is away just now; try again";
}

bool web_hand_in(struct page *p, const struct web_report *in, struct web_reported *out,
                 size_t *out_n)
{
    struct handing h = {.p = p, .out = out};
    struct intake_from from = {
        .source = in->source,
        .is_message = !in->is_forward,
        .is_forward = in->is_forward,
        .category = in->category,
        .reporter = {.mailbox = slice_head(in->reporter, 320),
                     .client_ip = slice_str(p->client),
                     .language = slice_str(p->tongue ? p->tongue->code : "")},
        .said = in->said,
        .key = key,
        .now_us = p->now_us};
    if (settings) {
        from.desks = settings->mailbox.items;
        from.n_desks = settings->mailbox.n;
    }
    if (in->message.n)
        desk_intake(p->arena, in->message, &from, on_report, &h);
    else
        desk_intake_words(p->arena, in->words, in->sender, &from, on_report, &h);
    *out_n = h.n;
    return !h.is_waiting;
}

/* ---- for programs ---- */

static struct slice arg(const struct page *p, const char *name)
{
    return slice_str(page_arg(p, name));
}

/* Members of a JSON body that is not XARF: message or text, from, category, reporter, said. */
static bool read_json(struct page *p, struct web_report *in)
{
    static const char *const known[] = {"message",  "text", "from", "category",
                                        "reporter", "said", NULL};
    struct slice body = page_body(p);
    json_error_t je;
    json_t *root = json_loadb(body.p, body.n, JSON_REJECT_DUPLICATES, &je);
    const char *name, *bad = json_is_object(root) ? NULL : "the body";
    json_t *v;
    json_object_foreach(root, name, v)
    {
        size_t i = 0;
        while (known[i] && strcmp(known[i], name) != 0)
            i++;
        if (known[i] == NULL || !json_is_string(v))
            bad = arena_cstr(p->arena, slice_head(slice_str(name), FIELD_MOST));
    }
    if (bad == NULL) {
        struct slice *const into[] = {&in->message, &in->words,    &in->sender,
                                      NULL,         &in->reporter, &in->said};
        for (size_t i = 0; known[i]; i++) {
            if (into[i])
                *into[i] = arena_dup(p->arena, slice_str(page_text(root, known[i])));
        }
        const char *category = page_text(root, "category");
        if (*category && !desk_category_parse(slice_str(category), &in->category))
            bad = "category";
    }
    json_decref(root);
    if (bad) {
        struct json *j = page_json(p);
        page_status(p, 400);
        jsonw_object(j, NULL);
        jsonw_cstr(j, "error", "not well formed, or no field that is known");
        jsonw_cstr(j, "field", bad);
        jsonw_object_end(j);
    }
    return bad == NULL;
}

static bool read_fields(struct page *p, struct web_report *in)
{
    struct page_file f;
    struct slice category = arg(p, "category");
    in->message = page_file(p, "message", &f) ? f.bytes : arg(p, "message");
    in->words = arg(p, "text");
    in->sender = arg(p, "from");
    in->reporter = arg(p, "reporter");
    in->said = arg(p, "said");
    in->is_forward = *page_arg(p, "forwarded") != '\0';
    if (category.n == 0 || desk_category_parse(category, &in->category))
        return true;
    struct json *j = page_json(p);
    page_status(p, 400);
    jsonw_object(j, NULL);
    jsonw_cstr(j, "error", "not a category that is known");
    jsonw_cstr(j, "field", "category");
    jsonw_object_end(j);
    return false;
}

/* One status for all: that of the worst trouble of ours, else the best that came of them. */
static int status_of(const struct web_reported *r, size_t n)
{
    int best = 0;
    for (size_t i = 0; i < n; i++) {
        if (r[i].status >= 500 || r[i].status == 0)
            return 503;
        if (best == 0 || r[i].status < best)
            best = r[i].status;
    }
    return best;
}

static void answer(struct page *p, const struct web_reported *r, size_t n)
{
    page_status(p, status_of(r, n));
    struct json *j = page_json(p);
    jsonw_object(j, NULL);
    jsonw_array(j, "reports");
    for (size_t i = 0; i < n; i++) {
        jsonw_object(j, NULL);
        if (r[i].refused)
            jsonw_cstr(j, "refused", r[i].refused);
        else
            jsonw_cstr(j, "code", page_text(r[i].json, "code"));
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
    jsonw_object_end(j);
}

static void api(struct page *p)
{
    struct web_report in = {.source = DESK_API};
    struct web_reported out[INTAKE_MOST];
    size_t n;
    const char *type = page_body_type(p);
    if (settings == NULL || !settings->api) {
        page_fail(p, 404, N_("This node takes no reports from programs."));
        return;
    }
    bool is_json = strcmp(type, "application/json") == 0 ||
                   strcmp(type, "application/xarf+json") == 0;
    bool is_form = strcmp(type, "multipart/form-data") == 0 ||
                   strcmp(type, "application/x-www-form-urlencoded") == 0;
    struct slice body = page_body(p);
    if (is_form ? !read_fields(p, &in) : false)
        return;
    if (is_json && slice_find(slice_head(body, 4096), SLICE("\"xarf_version\"")) == SIZE_MAX &&
        slice_find(slice_head(body, 4096), SLICE("\"ReporterInfo\"")) == SIZE_MAX) {
        if (!read_json(p, &in))
            return;
    } else if (!is_form) {
        in.message = body; /* the message itself, ARF or XARF */
    }
    if (in.message.n == 0 && in.words.n == 0) {
        page_fail(p, 400, N_("There is no message in the request."));
        return;
    }
    if (web_hand_in(p, &in, out, &n))
        answer(p, out, n);
}

/* ---- text messages ---- */

static const char *field(const struct page *p, struct slice name)
{
    return page_arg(p, arena_cstr(p->arena, slice_head(name, FIELD_MOST)));
}

static bool is_gateway(const struct page *p)
{
    unsigned char want[32], got[32];
    const char *said = field(p, settings->sms_secret);
    if (settings->sms_token.n == 0)
        return false;
    /* compared by hashes, so that the time says nothing of how much was right */
    crypto_generichash(want, sizeof(want), (const unsigned char *)settings->sms_token.p,
                       settings->sms_token.n, NULL, 0);
    crypto_generichash(got, sizeof(got), (const unsigned char *)said, strlen(said), NULL, 0);
    return sodium_memcmp(want, got, sizeof(want)) == 0;
}

/* The answer is the text that the gateway sends back: the same channel. */
static void sms(struct page *p)
{
    struct web_report in = {.source = DESK_SMS};
    struct web_reported out[INTAKE_MOST];
    size_t n;
    if (settings == NULL || !is_gateway(p)) {
        page_fail(p, 403, N_("This address is for the node's own gateway."));
        return;
    }
    const char *number = field(p, settings->sms_from);
    in.words = slice_str(field(p, settings->sms_text));
    char digits[40];
    size_t k = 0;
    for (const char *c = number; *c && k < sizeof(digits) - 1; c++)
        if (*c == '+' || (*c >= '0' && *c <= '9'))
            digits[k++] = *c;
    if (k)
        in.reporter = arena_printf(p->arena, "%.*s@sms.invalid", (int)k, digits);
    if (in.words.n == 0) {
        page_fail(p, 400, N_("The text message is empty."));
        return;
    }
    if (!web_hand_in(p, &in, out, &n))
        return;
    int status = status_of(out, n);
    page_status(p, status);
    if (status == 200)
        page_send(p, "text/plain; charset=utf-8",
                  slice_str(page_tr_with(p, N_("Thank you. Your report's code: %s"),
                                         page_text(out[0].json, "code"))),
                  NULL);
    else
        page_send(p, "text/plain; charset=utf-8",
                  slice_str(page_tr(p, N_("Your report could not be taken now."))), NULL);
}

const struct route desk_api_routes[] = {
    {"v1/report", PAGE_POST | PAGE_API | PAGE_UPLOAD | PAGE_COSTLY | PAGE_NOINDEX, 0, api},
    {"api/report", PAGE_POST | PAGE_API | PAGE_UPLOAD | PAGE_COSTLY | PAGE_NOINDEX, 0, api},
    {"v1/sms", PAGE_POST | PAGE_API | PAGE_NOINDEX, 0, sms},
    {0}};
