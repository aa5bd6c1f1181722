/* Text of parts as UTF-8: charset, format=flowed, what HTML shows, files inside text, links;
 * and the names inside TNEF containers. See mime.h. */
#include "mail/mime.h"
#include "mail/decode.h"
#include "mail/flowed.h"
#include "mail/html.h"
#include "mail/link_url.h"
#include "mail/rfc2047.h"
#include "mail/tnef.h"
#include "mail/unicode.h"
#include "mail/url.h"

static void note(struct message *m, struct part *p, enum anomaly_kind kind, struct slice detail)
{
    anomaly_add(&m->anomalies, kind, p->index, detail);
}

/* ---- links ---- */

static bool has_link_room(struct message *m, uint32_t part)
{
    if (m->n_links < m->limits->links)
        return true;
    anomaly_add(&m->anomalies, ANOMALY_limit_links, part, SLICE(""));
    return false;
}

static void add_link(struct message *m, struct link *l)
{
    l->next = NULL;
    if (m->links_last)
        m->links_last->next = l;
    else
        m->links = l;
    m->links_last = l;
    m->n_links++;
}

void text_links(struct message *m, uint32_t part, struct slice text, enum link_from from)
{
    struct url_hit hit;
    for (size_t at = 0; url_find(text, &at, true, &hit);) {
        struct slice raw = slice_of(text.p + hit.start, hit.end - hit.start), input = raw;
        if (raw.n > m->limits->url_bytes) {
            anomaly_add(&m->anomalies, ANOMALY_limit_links, part, raw);
            continue;
        }
        if (!has_link_room(m, part))
            return;
        struct link *l = ARENA_NEW(m->arena, struct link);
        if (hit.is_defanged)
            input = url_refang(m->arena, input);
        if (!hit.has_scheme) {
            const char *scheme = slice_chr(raw, '@') == SIZE_MAX ? "http://" : "mailto:";
            input = arena_join(m->arena, slice_str(scheme), input);
        }
        (void)link_url(m, part, input, NULL, &l->url);
        l->url.raw = raw;
        l->is_defanged = hit.is_defanged;
        l->from = from;
        l->part = part;
        add_link(m, l);
    }
}

static void move_links(struct message *m, struct part *p)
{
    for (struct link *l = p->html->links, *next; l; l = next) {
        next = l->next;
        if (!has_link_room(m, p->index))
            break;
        add_link(m, l);
    }
    p->html->links = p->html->links_last = NULL;
}

/* ---- files inside ---- */

/* Files that stand as uuencode or yEnc in the transfer-decoded text. */
static void inline_files(struct message *m, struct part *p)
{
    struct decode_file f;
    size_t n = 0;
    for (size_t at = 0; decode_find_file(p->decoded, &at, &f);) {
        note(m, p, f.is_yenc ? ANOMALY_inline_yenc : ANOMALY_inline_uuencode, f.name);
        if (++n > m->limits->inline_files) {
            note(m, p, ANOMALY_limit_readings, f.name);
            return;
        }
        struct rfc2047_result seen = {0};
        part_add_name(m, p, rfc2047_decode(m->arena, slice_head(f.name, 1024), 100, &seen));
        body_reading(m, p, f.is_yenc ? ANOMALY_inline_yenc : ANOMALY_inline_uuencode,
                     SLICE("application/octet-stream"),
                     body_bytes(m, p, f.content, f.is_yenc ? ENCODING_YENC : ENCODING_UU, false));
    }
}

static void tnef_names(struct message *m, struct part *p)
{
    struct tnef_file f;
    size_t n = 0;
    note(m, p, ANOMALY_tnef, p->n_names ? p->names[0] : SLICE(""));
    for (size_t at = 0; tnef_next(m->arena, p->decoded, &at, &f);) {
        if (++n > m->limits->inline_files) {
            note(m, p, ANOMALY_limit_readings, f.name);
            return;
        }
        part_add_name(m, p, f.name);
        part_add_name(m, p, f.title);
        if (f.data.n)
            body_reading(m, p, ANOMALY_tnef, SLICE("application/octet-stream"), f.data);
    }
}

/* ---- text ---- */

static void check_charset(struct message *m, struct part *p)
{
    const char *name = charset_name(p->charset);
    if (name == NULL)
        note(m, p, ANOMALY_charset_unknown, p->charset);
    else if (strncmp(name, "utf-16", 6) == 0 || strncmp(name, "utf-32", 6) == 0)
        note(m, p, ANOMALY_charset_utf16, p->charset);
    else if (strcmp(name, "utf-7") == 0) {
        /* Some decode it, some show the bytes: keep both. */
        note(m, p, ANOMALY_charset_utf7, p->charset);
        body_reading(m, p, ANOMALY_charset_utf7, body_type(m, p), p->decoded);
    }
}

static struct slice to_utf8(struct message *m, struct part *p)
{
    struct slice charset = p->charset;
    size_t bad = 0, left = m->limits->text_bytes - m->text_bytes;
    if (p->is_html && charset.n == 0)
        charset = html_charset(p->decoded);
    else if (charset.n)
        check_charset(m, p);
    if (p->decoded.n > left)
        note(m, p, ANOMALY_limit_text, charset);
    struct slice bytes = slice_head(p->decoded, left);
    struct slice text = charset_to_utf8(m->arena, bytes, charset, left, &bad);
    m->text_bytes += text.n < left ? text.n : left;
    if (bad)
        note(m, p, ANOMALY_charset_wrong, charset);
    return text;
}

static void check_types(struct message *m, struct part *p)
{
    if (slice_eq(p->type, SLICE("message"))) {
        if (slice_eq(p->subtype, SLICE("partial")))
            note(m, p, ANOMALY_partial, part_param(p, "id"));
        else if (slice_eq(p->subtype, SLICE("external-body")))
            note(m, p, ANOMALY_external_body, part_param(p, "access-type"));
        return;
    }
    bool is_tnef = part_is(p, "application", "ms-tnef") || part_is(p, "application", "vnd.ms-tnef");
    for (size_t i = 0; i < p->n_names && !is_tnef; i++)
        is_tnef = slice_ieq(p->names[i], SLICE("winmail.dat"));
    if (is_tnef)
        tnef_names(m, p);
}

void text_read(struct message *m, struct part *p)
{
    /* A multipart that can't be cut is shown as text by many programs. */
    bool is_uncut = p->is_multipart && p->child == NULL;
    if (!p->is_text && !p->is_html && !is_uncut) {
        if (!p->is_multipart && !p->is_message)
            check_types(m, p);
        return;
    }
    p->text = to_utf8(m, p);
    if (p->is_html) {
        p->html = html_read(m, p->index, p->text);
        p->text = p->html->text;
        p->hidden = p->html->hidden;
        move_links(m, p);
        return;
    }
    inline_files(m, p);
    if (slice_ieq(part_param(p, "format"), SLICE("flowed")))
        p->text = flowed_join(m->arena, p->text, slice_ieq(part_param(p, "delsp"), SLICE("yes")));
    text_links(m, p->index, p->text, LINK_TEXT);
}
