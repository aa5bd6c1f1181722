/* Where reports hide: in mail of any shape, in gzip and zip, plain, under types and names that are
 * often wrong. What a file is, its first bytes say. */
#include "auth/report.h"
#include "base/inflate.h"
#include "base/zip.h"
#include "mail/message.h"

#define LAYERS 3 /* a zip of a gzip of XML has been seen; more has not */

struct finder {
    struct arena *arena;
    report_fn *fn;
    void *arg;
    size_t found, layers;
    size_t unpacked; /* in all, of one mail */
    unsigned notes;
};

static void give(struct finder *f, const struct report *r, const struct err *e)
{
    f->found++;
    f->fn(f->arg, r, e);
}

static void refuse(struct finder *f, struct err *e)
{
    give(f, NULL, e);
}

static bool is_xml(struct slice s)
{
    struct slice head = slice_head(s, 4096);
    if (head.n > 2 && ((unsigned char)head.p[0] >= 0xFE || head.p[0] == 0 || head.p[1] == 0))
        return true; /* UTF-16: expat will tell */
    if (slice_starts(head, SLICE("\xEF\xBB\xBF")))
        head = slice_from(head, 3);
    head = slice_trim(head);
    return slice_starts(head, SLICE("<?xml")) || slice_starts(head, SLICE("<feedback")) ||
           slice_starts(head, SLICE("<!--")) ||
           (slice_starts(head, SLICE("<")) && slice_find(head, SLICE("feedback")) != SIZE_MAX);
}

static bool is_json(struct slice s)
{
    struct slice head = slice_head(s, 65536);
    if (slice_starts(head, SLICE("\xEF\xBB\xBF")))
        head = slice_from(head, 3);
    return slice_starts(slice_trim(head), SLICE("{")) &&
           (slice_find(head, SLICE("\"policies\"")) != SIZE_MAX ||
            slice_find(head, SLICE("\"report-id\"")) != SIZE_MAX);
}

static bool look(struct finder *f, struct slice s);

/* Unpacks into the arena and looks at what comes out. */
static bool look_packed(struct finder *f, struct slice packed,
                        int unpack(struct slice, struct buf *, struct err *))
{
    struct err e = {0};
    struct buf b = BUF_INIT(REPORT_UNPACKED - f->unpacked);
    int rc = unpack(packed, &b, &e);
    f->unpacked += b.n;
    bool known = false;
    if (rc == 0 || (rc == ERR_CORRUPT && b.n))
        known = look(f, arena_dup(f->arena, buf_slice(&b)));
    else if (rc == ERR_LIMIT) {
        refuse(f, &e);
        known = true;
    }
    buf_fini(&b);
    return known;
}

static int as_it_is(struct slice packed, struct buf *out, struct err *e)
{
    buf_add(out, packed);
    return out->full ? err_set(e, ERR_LIMIT, "it unpacks to more than %zu bytes", out->max) : 0;
}

static bool look_zip(struct finder *f, struct slice s)
{
    struct zip_entry *list = ARENA_ARRAY(f->arena, struct zip_entry, ZIP_ENTRIES);
    size_t n = zip_list(s, list);
    bool known = false;
    for (size_t i = 0; i < n && i < REPORT_LIST; i++) {
        struct zip_entry *z = &list[i];
        bool is_named = slice_iends(z->name, SLICE(".xml")) ||
                        slice_iends(z->name, SLICE(".json")) || slice_iends(z->name, SLICE(".gz"));
        if (z->is_encrypted || (z->method != ZIP_STORED && z->method != ZIP_DEFLATED) ||
            z->bytes.p == NULL) {
            struct err e = {0};
            if (is_named) {
                err_set(&e, ERR_CORRUPT, "an entry of the zip file is %s",
                        z->is_encrypted ? "encrypted" : "packed in a way that is not known");
                refuse(f, &e);
                known = true;
            }
            continue;
        }
        known |= look_packed(f, z->bytes, z->method == ZIP_STORED ? as_it_is : inflate_raw);
    }
    return known;
}

/* True when the bytes look like a report, read or refused. */
static bool look(struct finder *f, struct slice s)
{
    struct err e = {0};
    struct report *r = ARENA_NEW(f->arena, struct report);
    if (s.n < 2)
        return false;
    if (inflate_is_gzip(s) || zip_is(s)) {
        if (f->layers >= LAYERS)
            return false;
        f->layers++;
        bool known = zip_is(s) ? look_zip(f, s) : look_packed(f, s, inflate_gzip);
        f->layers--;
        return known;
    }
    int rc;
    if (is_xml(s))
        rc = report_read_aggregate(f->arena, s, &e, r);
    else if (is_json(s))
        rc = report_read_tls(f->arena, s, &e, r);
    else
        return false;
    if (rc == 0)
        r->notes |= f->notes;
    give(f, rc < 0 ? NULL : r, &e);
    return true;
}

/* Does the part's own type say what it holds? */
static bool is_typed(const struct part *p)
{
    static const char *const subtypes[] = {"gzip", "x-gzip",      "zip",         "x-zip-compressed",
                                           "xml",  "tlsrpt+gzip", "tlsrpt+json", "json"};
    for (size_t i = 0; i < sizeof(subtypes) / sizeof(*subtypes); i++) {
        if (slice_eq(p->subtype, slice_str(subtypes[i])))
            return true;
    }
    return false;
}

size_t report_find_mail(struct arena *a, const struct message *m, report_fn *fn, void *arg)
{
    struct finder f = {.arena = a, .fn = fn, .arg = arg};
    struct err e = {0};
    for (size_t i = 0; i < m->n_parts; i++) {
        const struct part *p = m->parts[i];
        if (p->is_multipart || p->is_message)
            continue;
        f.notes = is_typed(p) ? 0 : NOTE_TYPE;
        bool known = look(&f, p->decoded);
        for (const struct reading *r = p->readings; r && !known; r = r->next)
            known = look(&f, r->decoded);
    }
    if (f.found == 0) {
        struct report r;
        int rc = report_read_failure(a, m, &e, &r);
        if (rc != ERR_NOENT)
            give(&f, rc < 0 ? NULL : &r, &e);
    }
    return f.found;
}

size_t report_find(struct arena *a, struct slice bytes, report_fn *fn, void *arg)
{
    struct finder f = {.arena = a, .fn = fn, .arg = arg};
    if (look(&f, bytes))
        return f.found;
    return report_find_mail(a, message_parse(a, bytes, NULL), fn, arg);
}
