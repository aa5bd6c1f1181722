/* Reports as JSON and back. See report.h. */
#include "desk/report.h"

#include "base/json.h"
#include "base/utf8.h"

#include <jansson.h>

/* ---- writing ---- */

static void hex_add(struct json *j, const char *name, const unsigned char *p, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    char hex[2 * DESK_F1];
    for (size_t i = 0; i < n && i < DESK_F1; i++) {
        hex[2 * i] = digits[p[i] >> 4];
        hex[2 * i + 1] = digits[p[i] & 15];
    }
    jsonw_text(j, name, slice_of(hex, 2 * n));
}

/* Controls become blanks (a NUL would make the whole JSON one that nobody reads), bytes that are
 * not UTF-8 question marks: no text grows past its limit on the way. */
static void text_add(struct json *j, const char *name, struct slice s, size_t most)
{
    struct buf clean = BUF_INIT(most + 1);
    s = utf8_head(s, most);
    while (s.n) {
        bool ok;
        struct slice before = s;
        uint32_t c = utf8_next(&s, &ok);
        if (!ok || (c < ' ' && c != '\n' && c != '\t'))
            buf_chr(&clean, ok ? ' ' : '?');
        else
            buf_add(&clean, slice_head(before, before.n - s.n));
    }
    if (clean.n)
        jsonw_text(j, name, buf_slice(&clean));
    buf_fini(&clean);
}

static void reporter_add(struct json *j, const struct desk_reporter *r)
{
    jsonw_object(j, "reporter");
    text_add(j, "mailbox", r->mailbox, 320);
    text_add(j, "language", r->language, 16);
    text_add(j, "ip", r->client_ip, 46);
    jsonw_bool(j, "aligned", r->is_aligned);
    jsonw_bool(j, "automatic", r->is_automatic);
    jsonw_object_end(j);
}

static void original_add(struct json *j, const struct desk_original *o)
{
    jsonw_object(j, "original");
    text_add(j, "from", o->from, 320);
    text_add(j, "from_name", o->from_name, DESK_WORDS);
    text_add(j, "from_domain", o->from_domain, 255);
    text_add(j, "reply_to", o->reply_to, 320);
    text_add(j, "return_domain", o->return_domain, 255);
    text_add(j, "subject", o->subject, DESK_WORDS);
    text_add(j, "source_ip", o->source_ip, 46);
    text_add(j, "dkim", o->dkim, DESK_WORDS);
    text_add(j, "list_id", o->list_id, 255);
    if (o->date_us != INT64_MIN)
        jsonw_int(j, "date", o->date_us / 1000000);
    jsonw_bool(j, "unsubscribe", o->has_unsubscribe);
    jsonw_bool(j, "header", o->has_header);
    hex_add(j, "key", o->key, sizeof(o->key));
    jsonw_object_end(j);
}

static void links_add(struct json *j, const struct desk_report *r)
{
    jsonw_array(j, "links");
    for (size_t i = 0; i < r->n_links; i++) {
        jsonw_object(j, NULL);
        text_add(j, "url", r->links[i].url, DESK_WORDS);
        text_add(j, "host", r->links[i].host, 255);
        text_add(j, "domain", r->links[i].domain, 255);
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
    jsonw_array(j, "files");
    for (size_t i = 0; i < r->n_files; i++) {
        jsonw_object(j, NULL);
        text_add(j, "name", r->files[i].name, 255);
        text_add(j, "type", r->files[i].type, 127);
        hex_add(j, "sha256", r->files[i].sha256, 32);
        jsonw_int(j, "bytes", (int64_t)r->files[i].bytes);
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
}

static void print_add(struct json *j, const struct desk_print *p)
{
    unsigned char exact[8], f2[4 * DESK_F2];
    if (p->exact == 0 && p->tokens == 0)
        return;
    jsonw_object(j, "print");
    jsonw_int(j, "epoch", p->epoch);
    for (int i = 0; i < 8; i++)
        exact[i] = (unsigned char)(p->exact >> (56 - 8 * i));
    hex_add(j, "exact", exact, sizeof(exact));
    if (p->tokens) {
        jsonw_int(j, "tokens", p->tokens);
        hex_add(j, "f1", p->f1, DESK_F1);
        for (uint32_t i = 0; i < p->n_f2; i++) { /* 24 bits each */
            for (int k = 0; k < 3; k++)
                f2[3 * i + (uint32_t)k] = (unsigned char)(p->f2[i] >> (16 - 8 * k));
        }
        hex_add(j, "f2a", f2, 48); /* in two, since one name takes 64 bytes */
        hex_add(j, "f2b", f2 + 48, 48);
    }
    jsonw_object_end(j);
}

static void report_add(const struct desk_report *r, bool with_reporter, size_t text, size_t headers,
                       struct buf *out)
{
    struct json j = JSON_INIT(out);
    jsonw_object(&j, NULL);
    jsonw_cstr(&j, "source", desk_source_name(r->source));
    jsonw_cstr(&j, "form", desk_form_name(r->form));
    jsonw_cstr(&j, "category", desk_category_name(r->category));
    text_add(&j, "style", r->style, 32);
    text_add(&j, "language", r->language, 16);
    text_add(&j, "said", r->said, DESK_WORDS);
    if (with_reporter)
        reporter_add(&j, &r->reporter);
    original_add(&j, &r->original);
    links_add(&j, r);
    print_add(&j, &r->print);
    text_add(&j, "text", r->text, text);
    text_add(&j, "headers", r->headers, headers);
    jsonw_array(&j, "notes");
    for (size_t i = 0; i < r->n_notes; i++)
        text_add(&j, NULL, r->notes[i], 200);
    jsonw_array_end(&j);
    jsonw_object_end(&j);
}

void desk_report_json(const struct desk_report *r, bool with_reporter, struct buf *out)
{
    size_t text = DESK_TEXT, headers = DESK_HEADERS;
    size_t start = out->n;
    for (int i = 0; i < 12; i++) {
        out->n = start;
        report_add(r, with_reporter, text, headers, out);
        if (out->n - start <= DESK_JSON)
            return;
        if (text)
            text = text > 512 ? text / 2 : 0;
        else
            headers = headers > 512 ? headers / 2 : 0;
    }
}

/* ---- reading ---- */

struct reader {
    struct arena *arena;
    struct err *e;
    int rc;
};

static void bad(struct reader *r, int code, const char *what, const char *name)
{
    if (r->rc == 0)
        r->rc = err_set(r->e, code, "the report's field \"%s\" %s", name, what);
}

static struct slice text(struct reader *r, const json_t *o, const char *name, size_t most)
{
    const json_t *v = json_object_get(o, name);
    if (v == NULL || json_is_null(v))
        return SLICE("");
    if (!json_is_string(v)) {
        bad(r, ERR_PARSE, "is not a text", name);
        return SLICE("");
    }
    struct slice s = slice_of(json_string_value(v), json_string_length(v));
    if (s.n > most)
        bad(r, ERR_LIMIT, "is too long", name);
    return arena_dup(r->arena, s);
}

static int64_t number(struct reader *r, const json_t *o, const char *name, int64_t missing)
{
    const json_t *v = json_object_get(o, name);
    if (v == NULL)
        return missing;
    if (!json_is_integer(v))
        bad(r, ERR_PARSE, "is not a number", name);
    return (int64_t)json_integer_value(v);
}

static bool flag(const json_t *o, const char *name)
{
    return json_is_true(json_object_get(o, name));
}

static void hex(struct reader *r, const json_t *o, const char *name, unsigned char *out, size_t n)
{
    struct slice s = text(r, o, name, 2 * n);
    if (s.n != 2 * n) {
        bad(r, ERR_PARSE, "has the wrong length", name);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        int hi = ascii_hex(s.p[2 * i]), lo = ascii_hex(s.p[2 * i + 1]);
        if (hi < 0 || lo < 0) {
            bad(r, ERR_PARSE, "is not hexadecimal", name);
            return;
        }
        out[i] = (unsigned char)(hi << 4 | lo);
    }
}

static const json_t *member(struct reader *r, const json_t *o, const char *name, bool is_array)
{
    const json_t *v = json_object_get(o, name);
    if (v && !(is_array ? json_is_array(v) : json_is_object(v)))
        bad(r, ERR_PARSE, is_array ? "is not a list" : "is not an object", name);
    return r->rc == 0 ? v : NULL;
}

static void read_reporter(struct reader *r, const json_t *o, struct desk_reporter *out)
{
    out->mailbox = text(r, o, "mailbox", 320);
    out->language = text(r, o, "language", 16);
    out->client_ip = text(r, o, "ip", 46);
    out->is_aligned = flag(o, "aligned");
    out->is_automatic = flag(o, "automatic");
}

static void read_original(struct reader *r, const json_t *o, struct desk_original *out)
{
    out->from = text(r, o, "from", 320);
    out->from_name = text(r, o, "from_name", DESK_WORDS);
    out->from_domain = text(r, o, "from_domain", 255);
    out->reply_to = text(r, o, "reply_to", 320);
    out->return_domain = text(r, o, "return_domain", 255);
    out->subject = text(r, o, "subject", DESK_WORDS);
    out->source_ip = text(r, o, "source_ip", 46);
    out->dkim = text(r, o, "dkim", DESK_WORDS);
    out->list_id = text(r, o, "list_id", 255);
    int64_t s = number(r, o, "date", INT64_MIN);
    out->date_us = s > -62135596800 && s < 253402300800 ? s * 1000000 : INT64_MIN;
    out->has_unsubscribe = flag(o, "unsubscribe");
    out->has_header = flag(o, "header");
    if (json_object_get(o, "key"))
        hex(r, o, "key", out->key, sizeof(out->key));
}

static void read_lists(struct reader *r, const json_t *root, struct desk_report *out)
{
    const json_t *v, *list = member(r, root, "links", true);
    size_t i;
    json_array_foreach(list, i, v)
    {
        if (i >= DESK_LINKS) {
            bad(r, ERR_LIMIT, "has too many entries", "links");
            break;
        }
        struct desk_link *l = &out->links[out->n_links++];
        l->url = text(r, v, "url", DESK_WORDS);
        l->host = text(r, v, "host", 255);
        l->domain = text(r, v, "domain", 255);
    }
    list = member(r, root, "files", true);
    json_array_foreach(list, i, v)
    {
        if (i >= DESK_FILES) {
            bad(r, ERR_LIMIT, "has too many entries", "files");
            break;
        }
        struct desk_file *f = &out->files[out->n_files++];
        f->name = text(r, v, "name", 255);
        f->type = text(r, v, "type", 127);
        hex(r, v, "sha256", f->sha256, sizeof(f->sha256));
        int64_t bytes = number(r, v, "bytes", 0);
        f->bytes = bytes < 0 ? 0 : (uint64_t)bytes;
    }
    list = member(r, root, "notes", true);
    json_array_foreach(list, i, v)
    {
        if (json_is_string(v) && out->n_notes < DESK_NOTES)
            out->notes[out->n_notes++] = arena_dup(
                r->arena, slice_of(json_string_value(v), json_string_length(v)));
    }
}

static void read_print(struct reader *r, const json_t *o, struct desk_print *out)
{
    unsigned char exact[8], f2[96];
    int64_t epoch = number(r, o, "epoch", 0), tokens = number(r, o, "tokens", 0);
    if (epoch < 0 || epoch > UINT32_MAX || tokens < 0 || tokens > UINT32_MAX) {
        bad(r, ERR_PARSE, "is out of range", "print");
        return;
    }
    out->epoch = (uint32_t)epoch;
    hex(r, o, "exact", exact, sizeof(exact));
    for (int i = 0; r->rc == 0 && i < 8; i++)
        out->exact = out->exact << 8 | exact[i];
    if (tokens == 0 || r->rc)
        return;
    hex(r, o, "f1", out->f1, DESK_F1);
    hex(r, o, "f2a", f2, 48);
    hex(r, o, "f2b", f2 + 48, 48);
    if (r->rc)
        return;
    out->tokens = (uint32_t)tokens;
    out->n_f2 = DESK_F2;
    for (uint32_t i = 0; i < DESK_F2; i++) {
        out->f2[i] = (uint32_t)f2[3 * i] << 16 | (uint32_t)f2[3 * i + 1] << 8 | f2[3 * i + 2];
        if (i && out->f2[i] <= out->f2[i - 1])
            bad(r, ERR_PARSE, "is not in order", "f2a");
    }
}

static void read_words(struct reader *r, const json_t *root, struct desk_report *out)
{
    if (!desk_source_parse(text(r, root, "source", 32), &out->source))
        bad(r, ERR_PARSE, "is missing or no known word", "source");
    if (!desk_form_parse(text(r, root, "form", 32), &out->form))
        bad(r, ERR_PARSE, "is missing or no known word", "form");
    if (!desk_category_parse(text(r, root, "category", 32), &out->category))
        bad(r, ERR_PARSE, "is missing or no known word", "category");
    out->style = text(r, root, "style", 32);
    out->language = text(r, root, "language", 16);
    out->said = text(r, root, "said", DESK_WORDS);
    out->text = text(r, root, "text", DESK_TEXT);
    out->headers = text(r, root, "headers", DESK_HEADERS);
}

int desk_report_read(struct arena *a, struct slice json, struct err *e, struct desk_report *out)
{
    struct reader r = {a, e, 0};
    struct desk_report *d = ARENA_NEW(a, struct desk_report);
    json_error_t je;
    d->original.date_us = INT64_MIN;
    if (json.n > DESK_JSON + 4096)
        return err_set(e, ERR_LIMIT, "the report is longer than %u bytes", DESK_JSON + 4096);
    json_t *root = json_loadb(json.p, json.n, JSON_REJECT_DUPLICATES, &je);
    if (!json_is_object(root)) {
        json_decref(root);
        return err_set(e, ERR_PARSE, "the report is not a JSON object");
    }
    read_words(&r, root, d);
    const json_t *o;
    if ((o = member(&r, root, "reporter", false)))
        read_reporter(&r, o, &d->reporter);
    if ((o = member(&r, root, "original", false)))
        read_original(&r, o, &d->original);
    read_lists(&r, root, d);
    if ((o = member(&r, root, "print", false)))
        read_print(&r, o, &d->print);
    json_decref(root);
    if (r.rc == 0)
        *out = *d;
    return r.rc;
}
