/* What is in a reported message. See intake.h. */
#include "base/hash.h"
#include "base/ip.h"
#include "base/utf8.h"
#include "desk/intake_internal.h"
#include "mail/html.h"

#include <sodium.h>

void intake_note(struct desk_report *out, struct slice words)
{
    if (out->n_notes < DESK_NOTES)
        out->notes[out->n_notes++] = utf8_head(words, 200);
}

/* ---- header ---- */

static struct slice joined(struct arena *a, const struct address *x)
{
    if (x == NULL || x->domain.n == 0)
        return SLICE("");
    return utf8_head(arena_printf(a, "%.*s@%.*s", SLICE_ARG(x->local), SLICE_ARG(x->domain)), 320);
}

/* The address that handed the message to the recipient's side: the first Received field from the
 * top that names a public one. Fields below may be forged. */
static struct slice source_ip(struct arena *a, const struct message *m)
{
    static const char *const inner[] = {"10.0.0.0/8",  "172.16.0.0/12",  "192.168.0.0/16",
                                        "127.0.0.0/8", "169.254.0.0/16", "100.64.0.0/10",
                                        "fc00::/7",    "fe80::/10",      "::1/128"};
    const struct header *h = NULL;
    for (unsigned n = 0; n < 8 && (h = header_find(&m->headers, "Received", h)); n++) {
        struct slice v = slice_head(h->value, 1024), word;
        size_t by = slice_ifind(v, SLICE(" by "));
        v = slice_head(v, by == SIZE_MAX ? v.n : by);
        for (size_t i = 0; i < v.n; i++) {
            size_t start = i, end;
            if (v.p[i] != '[' && v.p[i] != '(')
                continue;
            start++;
            if (slice_istarts(slice_from(v, start), SLICE("IPv6:")))
                start += 5;
            for (end = start;
                 end < v.n && (ascii_hex(v.p[end]) >= 0 || v.p[end] == '.' || v.p[end] == ':');
                 end++)
                continue;
            word = slice_of(v.p + start, end - start);
            struct ip ip;
            struct net net;
            char text[46];
            bool is_inner = false;
            if (!ip_parse(word, &ip))
                continue;
            for (size_t k = 0; k < sizeof(inner) / sizeof(*inner); k++)
                is_inner |= net_parse(slice_str(inner[k]), &net) && net_has(&net, &ip);
            if (!is_inner)
                return arena_dup(a, slice_of(text, ip_format(&ip, text)));
        }
    }
    return SLICE("");
}

static struct slice signers(struct arena *a, const struct message *m)
{
    struct slice all = SLICE("");
    const struct header *h = NULL;
    for (unsigned n = 0; n < 8 && (h = header_find(&m->headers, "DKIM-Signature", h)); n++) {
        struct slice tag, rest = slice_head(h->value, 8192);
        while (slice_split(&rest, ';', &tag)) {
            tag = slice_trim(tag);
            if (!slice_starts(tag, SLICE("d=")) || tag.n > 255)
                continue;
            struct slice d = arena_lower(a, utf8_clean(a, slice_trim(slice_from(tag, 2))));
            all = all.n ? arena_printf(a, "%.*s %.*s", SLICE_ARG(all), SLICE_ARG(d)) : d;
        }
    }
    return utf8_head(all, DESK_WORDS);
}

static void original(struct redact *r, const struct message *m, bool is_rebuilt,
                     struct desk_original *o)
{
    struct arena *a = r->arena;
    struct slice from = joined(a, m->from);
    o->from = from.n ? redact_address_of(r, from) : SLICE("");
    o->from_name = m->from
                       ? utf8_head(redact_text(r, slice_head(m->from->display, 500)), DESK_WORDS)
                       : SLICE("");
    o->from_domain = m->from ? utf8_head(m->from->domain, 255) : SLICE("");
    struct slice reply = joined(a, m->reply_to);
    o->reply_to = reply.n ? redact_address_of(r, reply) : SLICE("");
    size_t at = slice_rchr(m->return_path, '@');
    o->return_domain = at == SIZE_MAX
                           ? SLICE("")
                           : utf8_head(arena_lower(a, slice_from(m->return_path, at + 1)), 255);
    o->subject = utf8_head(redact_text(r, slice_head(m->subject, DESK_WORDS)), DESK_WORDS);
    o->date_us = m->date_us;
    if (is_rebuilt)
        return;
    o->source_ip = source_ip(a, m);
    o->dkim = signers(a, m);
    const struct header *h = header_find(&m->headers, "List-Id", NULL);
    o->list_id = h ? utf8_head(redact_text(r, slice_head(h->text, 255)), 255) : SLICE("");
    o->has_unsubscribe = header_find(&m->headers, "List-Unsubscribe", NULL) != NULL;
    o->has_header = true;
}

/* ---- links and files ---- */

void intake_links(struct redact *r, const struct link *links, struct desk_report *out)
{
    for (const struct link *l = links; l && out->n_links < DESK_LINKS; l = l->next) {
        struct slice url = redact_url(r, &l->url);
        bool is_known = url.n == 0 || url.n > 900;
        for (size_t i = 0; i < out->n_links && !is_known; i++)
            is_known = slice_eq(out->links[i].url, url);
        if (is_known)
            continue;
        struct slice rest = slice_from(url, slice_find(url, SLICE("://")) + 3), host;
        slice_split(&rest, '/', &host);
        out->links[out->n_links++] = (struct desk_link){
            .url = url, .host = utf8_head(host, 255), .domain = utf8_head(l->url.domain, 255)};
    }
}

/* A name may be the recipient's own; its extension tells what matters. */
static struct slice file_name(struct redact *r, struct slice name)
{
    struct slice clean = redact_text(r, slice_head(name, 255));
    size_t dot = slice_rchr(name, '.');
    if (slice_eq(clean, name) && slice_chr(name, '@') == SIZE_MAX)
        return utf8_head(name, 255);
    return dot == SIZE_MAX || name.n - dot > 12
               ? SLICE("*")
               : arena_printf(r->arena, "*%.*s", SLICE_ARG(slice_from(name, dot)));
}

static void files(struct redact *r, const struct message *m, struct desk_report *out)
{
    for (size_t i = 0; i < m->n_parts && out->n_files < DESK_FILES; i++) {
        const struct part *p = m->parts[i];
        bool is_file = !p->is_multipart && !p->is_message && p->decoded.n &&
                       (p->is_attachment || p->n_names || !p->is_text);
        if (!is_file)
            continue;
        struct desk_file *f = &out->files[out->n_files++];
        f->name = p->n_names ? file_name(r, utf8_clean(r->arena, p->names[0])) : SLICE("");
        f->type = utf8_head(
            arena_printf(r->arena, "%.*s/%.*s", SLICE_ARG(p->type), SLICE_ARG(p->subtype)), 127);
        f->type = utf8_head(utf8_clean(r->arena, f->type), 127);
        f->bytes = p->decoded.n;
        crypto_hash_sha256(f->sha256, (const unsigned char *)p->decoded.p, p->decoded.n);
    }
}

/* ---- all ---- */

/* The same message handed in twice has the same key, whoever handed it in. */
static void make_key(const struct redact *r, const struct desk_report *out, unsigned char key[16])
{
    struct slice texts[] = {out->original.from_domain, out->original.subject, out->text};
    uint64_t h[2] = {0, 0};
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        h[0] = hash_mix(h[0] ^ hash_sip(texts[i], r->key));
        h[1] = hash_mix(h[1] ^ hash_sip(texts[i], r->key + 16));
    }
    memcpy(key, h, 16);
}

void intake_facts(struct redact *r, const struct message *m, const struct slice *text,
                  bool is_rebuilt, int64_t now_us, struct desk_report *out)
{
    struct slice body = text ? *text : m->text;
    if (m->from && m->from->domain.n && !redact_has(r, joined(r->arena, m->from)))
        r->sender = arena_lower(r->arena, joined(r->arena, m->from));
    original(r, m, is_rebuilt, &out->original);
    intake_links(r, m->links, out);
    files(r, m, out);
    desk_print_make(r->arena, body, desk_epoch(now_us), &out->print, NULL);
    out->text = utf8_head(redact_text(r, utf8_clean(r->arena, slice_head(body, 4 * DESK_TEXT))),
                          DESK_TEXT);
    if (!is_rebuilt)
        out->headers = utf8_head(redact_header(r, &m->headers, DESK_HEADERS), DESK_HEADERS);
    make_key(r, out, out->original.key);
}
