/* Proposals by mail. See mail.h. */
#include "library/mail.h"
#include "base/json.h"
#include "base/utf8.h"
#include "library/item.h"

#include <stdlib.h>

#define SUMMARY_MOST 1000u
#define TITLE_MOST   180u
#define LINES_MOST   200

static const struct conf_item items[] = {
    {"mailbox", CONF_LIST, offsetof(struct library_conf, mailbox), "\"\"",
     .doc = "addresses of yours to which anybody may send proposals for the library"},
    {0}};

const struct conf_section LIBRARY_SECTIONS[] = {
    {"library", false, items, sizeof(struct library_conf), "the library"}, {0}};

bool library_is_mailbox(const struct conf *c, const struct slice *rcpt, size_t n)
{
    const struct library_conf *s = conf_data(c, "library");
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < s->mailbox.n; k++) {
            if (slice_ieq(rcpt[i], s->mailbox.items[k]))
                return true;
        }
    }
    return false;
}

/* The text that a person would read first: plain before HTML. */
static struct slice text_of(const struct message *m)
{
    struct slice html = SLICE("");
    for (size_t i = 0; i < m->n_parts; i++) {
        const struct part *p = m->parts[i];
        if (p->is_attachment || !p->is_text)
            continue;
        if (!p->is_html)
            return p->text;
        if (html.n == 0)
            html = p->text;
    }
    return html;
}

static void set_text(json_t *body, const char *name, struct slice s)
{
    if (s.n)
        json_object_set_new(body, name, json_stringn(s.p, s.n));
}

/* Without controls, which no field may have; white space becomes single spaces. */
static struct slice plain(struct arena *a, struct slice s, size_t most)
{
    struct buf b = BUF_INIT(8192);
    while (s.n) {
        bool ok;
        char one[4];
        uint32_t c = utf8_next(&s, &ok);
        bool is_space = c == ' ' || (c >= '\t' && c <= '\r') || c == 0xA0 || c == 0x2028;
        bool is_control = c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x202A && c <= 0x202E) ||
                          (c >= 0x2066 && c <= 0x2069) || c == 0x2029;
        if (!ok || (is_control && !is_space))
            continue;
        if (is_space) {
            if (b.n && b.p[b.n - 1] != ' ')
                buf_chr(&b, ' ');
        } else {
            buf_add(&b, slice_of(one, utf8_put(one, c)));
        }
    }
    struct slice out = arena_dup(a, slice_trim(utf8_head(buf_slice(&b), most)));
    buf_fini(&b);
    return out;
}

static struct slice take_url(struct arena *a, struct slice line)
{
    size_t at = slice_ifind(line, SLICE("https://"));
    if (at == SIZE_MAX)
        at = slice_ifind(line, SLICE("http://"));
    if (at == SIZE_MAX)
        return SLICE("");
    struct slice s = slice_from(line, at);
    size_t n = 0;
    while (n < s.n && (unsigned char)s.p[n] > ' ' && !strchr("<>\"\\^`{|}", s.p[n]))
        n++;
    while (n && strchr(".,;:)]'", s.p[n - 1]))
        n--;
    return arena_dup(a, slice_head(s, n));
}

static void set_words(json_t *body, const char *name, enum library_facet f, struct slice value)
{
    json_t *list = json_array();
    struct slice one;
    while (slice_split(&value, ',', &one)) {
        one = slice_trim(one);
        if (library_value(f, one) >= 0)
            json_array_append_new(list, json_stringn(one.p, one.n));
    }
    if (json_array_size(list))
        json_object_set_new(body, name, list);
    else
        json_decref(list);
}

/* "country: BR". False when the line is no field: then it belongs to the summary. */
static bool take_field(struct arena *a, json_t *body, struct slice line)
{
    size_t colon = slice_chr(line, ':');
    if (colon == SIZE_MAX || colon > 12)
        return false;
    struct slice name = arena_lower(a, slice_trim(slice_head(line, colon)));
    struct slice value = plain(a, slice_from(line, colon + 1), 200);
    uint64_t year;
    if (slice_eq(name, SLICE("topics")))
        set_words(body, "topics", FACET_TOPIC, arena_lower(a, value));
    else if (slice_eq(name, SLICE("audiences")))
        set_words(body, "audiences", FACET_AUDIENCE, arena_lower(a, value));
    else if (slice_eq(name, SLICE("kind")) && library_value(FACET_TYPE, value) >= 0)
        set_text(body, "kind", value);
    else if (slice_eq(name, SLICE("level")) && library_value(FACET_LEVEL, value) >= 0)
        set_text(body, "level", value);
    else if (slice_eq(name, SLICE("country")) && library_value(FACET_COUNTRY, value) >= 0)
        set_text(body, "country", value);
    else if (slice_eq(name, SLICE("language")) && library_value(FACET_LANGUAGE, value) >= 0)
        set_text(body, "language", value);
    else if (slice_eq(name, SLICE("publisher")))
        set_text(body, "publisher", value);
    else if (slice_eq(name, SLICE("year")) && slice_u64(value, &year) && year <= 2200)
        json_object_set_new(body, "year", json_integer((json_int_t)year));
    else
        return false;
    return true;
}

static void read_lines(struct arena *a, struct slice text, json_t *body)
{
    struct buf rest = BUF_INIT(8192);
    struct slice line, url = SLICE("");
    for (int n = 0; n < LINES_MOST && slice_line(&text, &line); n++) {
        line = slice_trim(line);
        if (slice_eq(line, SLICE("--")))
            break; /* a signature */
        if (take_field(a, body, line))
            continue;
        struct slice found = take_url(a, line);
        if (url.n == 0 && found.n)
            url = found;
        if (found.n && found.n + 8 >= line.n)
            continue; /* nothing but the address */
        buf_add(&rest, line);
        buf_chr(&rest, ' ');
    }
    set_text(body, "url", url);
    set_text(body, "summary", plain(a, buf_slice(&rest), SUMMARY_MOST));
    buf_fini(&rest);
}

bool library_from_mail(const struct message *m, struct slice source, struct arena *a,
                       struct buf *out)
{
    const struct header *subject = header_find(&m->headers, "Subject", NULL);
    struct slice title = subject ? plain(a, subject->text, TITLE_MOST) : SLICE("");
    json_t *body = json_object();
    read_lines(a, text_of(m), body);
    bool has = title.n > 0 && json_object_get(body, "summary");
    if (has) {
        set_text(body, "title", title);
        if (json_object_get(body, "kind") == NULL)
            json_object_set_new(body, "kind", json_string("report"));
        char *packed = json_dumps(body, JSON_COMPACT);
        struct json j = JSON_INIT(out);
        jsonw_object(&j, NULL);
        jsonw_cstr(&j, "kind", "resource");
        jsonw_cstr(&j, "channel", "mail");
        jsonw_text(&j, "source", source);
        jsonw_raw(&j, "body", slice_str(packed));
        jsonw_object_end(&j);
        free(packed);
    }
    json_decref(body);
    return has;
}
