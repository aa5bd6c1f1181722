/* Feeds of what is new in the library: Atom (RFC 4287) and JSON Feed. */
#include "web/library_pages.h"

#include "web/run.h"

#include <string.h>

static json_t *newest(struct page *p)
{
    json_t *args = library_args(p);
    json_object_set_new(args, "order", json_string("newest"));
    json_object_set_new(args, "most", json_integer(40));
    json_object_set_new(args, "settled", json_true()); /* strangers' links reach no reader's feed */
    return args;
}

static void xml(struct buf *b, const char *s)
{
    for (; *s; s++) {
        switch (*s) {
        case '<':
            buf_str(b, "&lt;");
            break;
        case '>':
            buf_str(b, "&gt;");
            break;
        case '&':
            buf_str(b, "&amp;");
            break;
        case '"':
            buf_str(b, "&quot;");
            break;
        default:
            if ((unsigned char)*s >= ' ')
                buf_chr(b, *s);
        }
    }
}

static void element(struct buf *b, const char *name, const char *text)
{
    buf_printf(b, "<%s>", name);
    xml(b, text);
    buf_printf(b, "</%s>\n", name);
}

/* Where this site is: as the settings say, else as it was asked for (the host was checked). */
static const char *base_of(struct page *p)
{
    const struct web_site *site = p->run->site;
    if (site->conf && site->conf->url.n)
        return arena_cstr(p->arena, site->conf->url);
    return arena_printf(p->arena, "%s://%.*s", site->is_secure ? "https" : "http",
                        SLICE_ARG(p->run->request->host))
        .p;
}

static void entry(struct page *p, struct buf *b, const json_t *o)
{
    const char *base = base_of(p), *id = page_text(o, "id");
    buf_printf(b, "<entry xml:lang=\"%s\">\n", page_text(o, "text_language"));
    element(b, "title", page_text(o, "title"));
    element(b, "id", arena_printf(p->arena, "%s/library/%s", base, id).p);
    buf_str(b, "<link href=\"");
    xml(b, arena_printf(p->arena, "%s/library/%s", base, id).p);
    buf_str(b, "\"/>\n");
    element(b, "updated", page_text(o, "changed"));
    element(b, "summary", page_text(o, "summary"));
    if (*page_text(o, "publisher")) {
        buf_str(b, "<author>");
        element(b, "name", page_text(o, "publisher"));
        buf_str(b, "</author>\n");
    }
    buf_printf(b, "<category term=\"%s\"/>\n</entry>\n", page_text(o, "object"));
}

void library_atom(struct page *p)
{
    const json_t *j = page_get(p, "library/search", newest(p));
    struct buf b = BUF_INIT(1 << 20);
    size_t i;
    json_t *o;
    if (j == NULL)
        return;
    const json_t *first = json_array_get(json_object_get(j, "items"), 0);
    buf_printf(&b,
               "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
               "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"%s\">\n",
               p->tongue->code);
    element(&b, "title", page_tr(p, N_("New in the library")));
    element(&b, "id", arena_printf(p->arena, "%s/library", base_of(p)).p);
    element(&b, "updated", first ? page_text(first, "changed") : "1970-01-01T00:00:00Z");
    buf_str(&b, "<author><name>");
    xml(&b, p->run->site->title);
    buf_str(&b, "</name></author>\n<link rel=\"self\" href=\"");
    xml(&b, arena_printf(p->arena, "%s/library/atom", base_of(p)).p);
    buf_str(&b, "\"/>\n");
    json_array_foreach(json_object_get(j, "items"), i, o) entry(p, &b, o);
    buf_str(&b, "</feed>\n");
    page_send(p, "application/atom+xml; charset=utf-8", arena_dup(p->arena, buf_slice(&b)), NULL);
    buf_fini(&b);
}

void library_json_feed(struct page *p)
{
    const json_t *j = page_get(p, "library/search", newest(p));
    size_t i;
    json_t *o;
    if (j == NULL)
        return;
    struct json *w = page_json(p);
    jsonw_object(w, NULL);
    jsonw_cstr(w, "version", "https://jsonfeed.org/version/1.1");
    jsonw_cstr(w, "title", page_tr(p, N_("New in the library")));
    jsonw_cstr(w, "home_page_url", arena_printf(p->arena, "%s/library", base_of(p)).p);
    jsonw_cstr(w, "language", p->tongue->code);
    jsonw_array(w, "items");
    json_array_foreach(json_object_get(j, "items"), i, o)
    {
        const char *url = arena_printf(p->arena, "%s/library/%s", base_of(p), page_text(o, "id")).p;
        jsonw_object(w, NULL);
        jsonw_cstr(w, "id", url);
        jsonw_cstr(w, "url", url);
        if (*page_text(o, "url"))
            jsonw_cstr(w, "external_url", page_text(o, "url"));
        jsonw_cstr(w, "title", page_text(o, "title"));
        jsonw_cstr(w, "content_text", page_text(o, "summary"));
        jsonw_cstr(w, "date_modified", page_text(o, "changed"));
        jsonw_cstr(w, "language", page_text(o, "text_language"));
        jsonw_object_end(w);
    }
    jsonw_array_end(w);
    jsonw_object_end(w);
}
