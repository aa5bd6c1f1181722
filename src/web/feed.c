/* Writing feeds. See feed.h. */
#include "web/feed.h"

#include "base/escape.h"
#include "web/run.h"

/* Text or the value of an attribute. */
static void xml(struct buf *b, const char *s)
{
    escape_add(b, ESCAPE_HTML, slice_str(s), 0);
}

static void element(struct buf *b, const char *name, const char *text)
{
    buf_printf(b, "<%s>", name);
    xml(b, text);
    buf_printf(b, "</%s>\n", name);
}

static void attribute(struct buf *b, const char *before, const char *value, const char *after)
{
    buf_str(b, before);
    xml(b, value);
    buf_str(b, after);
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

static const char *address(struct page *p, const char *path, const char *tail)
{
    return arena_printf(p->arena, "%s%s%s", base_of(p), path, tail).p;
}

static void add_entry(struct page *p, struct buf *b, const struct feed_entry *e)
{
    attribute(b, "<entry xml:lang=\"", *e->lang ? e->lang : p->tongue->code, "\">\n");
    element(b, "title", e->title);
    element(b, "id", address(p, e->path, e->id_tail));
    attribute(b, "<link href=\"", address(p, e->path, ""), "\"/>\n");
    element(b, "updated", e->updated);
    if (*e->summary)
        element(b, "summary", e->summary);
    if (*e->author) {
        buf_str(b, "<author>");
        element(b, "name", e->author);
        buf_str(b, "</author>\n");
    }
    if (*e->category)
        attribute(b, "<category term=\"", e->category, "\"/>\n");
    buf_str(b, "</entry>\n");
}

void feed_send_atom(struct page *p, const struct feed *f)
{
    struct buf b = BUF_INIT(1 << 20);
    buf_printf(&b,
               "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
               "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"%s\">\n",
               p->tongue->code);
    element(&b, "title", f->title);
    element(&b, "id", address(p, f->home, ""));
    element(&b, "updated", f->n ? f->entry[0].updated : "1970-01-01T00:00:00Z");
    attribute(&b, "<author><name>", p->run->site->title, "</name></author>\n");
    attribute(&b, "<link rel=\"self\" href=\"", address(p, f->self, ""), "\"/>\n");
    for (size_t i = 0; i < f->n; i++)
        add_entry(p, &b, &f->entry[i]);
    buf_str(&b, "</feed>\n");
    page_send(p, "application/atom+xml; charset=utf-8", arena_dup(p->arena, buf_slice(&b)), NULL);
    buf_fini(&b);
}

void feed_send_json(struct page *p, const struct feed *f)
{
    struct json *w = page_json(p);
    jsonw_object(w, NULL);
    jsonw_cstr(w, "version", "https://jsonfeed.org/version/1.1");
    jsonw_cstr(w, "title", f->title);
    jsonw_cstr(w, "home_page_url", address(p, f->home, ""));
    jsonw_cstr(w, "language", p->tongue->code);
    jsonw_array(w, "items");
    for (size_t i = 0; i < f->n; i++) {
        const struct feed_entry *e = &f->entry[i];
        jsonw_object(w, NULL);
        jsonw_cstr(w, "id", address(p, e->path, e->id_tail));
        jsonw_cstr(w, "url", address(p, e->path, ""));
        if (*e->external)
            jsonw_cstr(w, "external_url", e->external);
        jsonw_cstr(w, "title", e->title);
        jsonw_cstr(w, "content_text", e->summary);
        jsonw_cstr(w, "date_modified", e->updated);
        if (*e->lang)
            jsonw_cstr(w, "language", e->lang);
        jsonw_object_end(w);
    }
    jsonw_array_end(w);
    jsonw_object_end(w);
}
