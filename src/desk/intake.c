/* From bytes to reports. See intake.h. */
#include "base/ip.h"
#include "base/utf8.h"
#include "desk/arf.h"
#include "desk/intake_internal.h"
#include "desk/xarf.h"
#include "mail/url.h"

#define NOTE_BYTES 200u

struct intake_job {
    struct arena *arena;
    const struct message *outer; /* NULL: there is none */
    const struct intake_from *from;
    intake_fn *fn;
    void *arg;
    size_t given;
};

static void give(struct intake_job *j, const struct desk_report *r)
{
    static const struct err none = {0};
    j->given++;
    j->fn(j->arg, r, &none);
}

static void refuse(struct intake_job *j, const struct err *e)
{
    j->given++;
    j->fn(j->arg, NULL, e);
}

/* ---- who must not be named ---- */

static bool is_desk(const struct intake_from *f, struct slice address)
{
    for (size_t i = 0; i < f->n_desks; i++) {
        if (slice_ieq(f->desks[i], address))
            return true;
    }
    return false;
}

static void add_people(struct intake_job *j, struct redact *r, const struct address *list)
{
    for (; list; list = list->next) {
        struct slice x = arena_printf(j->arena, "%.*s@%.*s", SLICE_ARG(list->local),
                                      SLICE_ARG(list->domain));
        if (list->domain.n && !is_desk(j->from, x))
            redact_add(r, x, list->display);
    }
}

/* Recipients as other fields name them. */
static void add_recipients(struct intake_job *j, struct redact *r, const struct message *m)
{
    static const char *const names[] = {"Delivered-To",    "X-Original-To",  "Envelope-To",
                                        "X-Envelope-To",   "X-Delivered-To", "Apparently-To",
                                        "X-Apparently-To", "X-Rcpt-To",      "Bcc",
                                        "Resent-To",       "X-Forwarded-To", "X-Received-To"};
    add_people(j, r, m->to);
    add_people(j, r, m->cc);
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        const struct header *h = header_find(&m->headers, names[i], NULL);
        struct slice x = h ? forward_address(j->arena, slice_head(h->value, 1024), NULL)
                           : SLICE("");
        if (x.n && !is_desk(j->from, x))
            redact_add(r, x, SLICE(""));
    }
    const struct header *h = NULL;
    for (unsigned n = 0; n < 16 && (h = header_find(&m->headers, "Received", h)); n++) {
        size_t at = slice_ifind(h->value, SLICE(" for <"));
        struct slice rest = at == SIZE_MAX ? SLICE("") : slice_from(h->value, at + 6), x;
        if (slice_split(&rest, '>', &x) && x.n < 320 && !is_desk(j->from, x))
            redact_add(r, x, SLICE(""));
    }
}

static void people(struct intake_job *j, struct redact *r)
{
    redact_init(r, j->arena, j->from->key);
    redact_add(r, j->from->reporter.mailbox, SLICE(""));
    if (j->outer == NULL || !j->from->is_forward)
        return;
    add_people(j, r, j->outer->from);
    add_people(j, r, j->outer->sender);
    add_people(j, r, j->outer->reply_to);
    redact_add(r, j->outer->return_path, SLICE(""));
    add_recipients(j, r, j->outer);
}

/* ---- one message ---- */

static void begin(struct intake_job *j, enum desk_form form, struct desk_report *out)
{
    memset(out, 0, sizeof(*out));
    out->source = j->from->source;
    out->category = j->from->category;
    out->reporter = j->from->reporter;
    out->form = form;
    out->original.date_us = INT64_MIN;
}

static void say(struct redact *r, struct slice words, struct desk_report *out)
{
    out->said = utf8_head(redact_text(r, utf8_clean(r->arena, slice_head(words, 4 * DESK_WORDS))),
                          DESK_WORDS);
}

/* A message as bytes. */
static void take_message(struct intake_job *j, struct slice bytes, enum desk_form form,
                         struct desk_report *out)
{
    struct redact r;
    const struct message *m = message_parse(j->arena, bytes, NULL);
    people(j, &r);
    add_recipients(j, &r, m);
    intake_facts(&r, m, NULL, false, j->from->now_us, out);
    if (out->said.n == 0)
        say(&r, j->from->said, out);
    out->form = form;
}

static void take_bytes(struct intake_job *j, struct slice bytes, enum desk_form form,
                       struct slice said)
{
    struct desk_report *out = ARENA_NEW(j->arena, struct desk_report);
    begin(j, form, out);
    if (said.n) {
        struct redact r;
        people(j, &r);
        add_recipients(j, &r, message_parse(j->arena, bytes, NULL));
        say(&r, said, out);
    }
    take_message(j, bytes, form, out);
    give(j, out);
}

/* ---- forwards in the text ---- */

static void note_repairs(struct desk_report *out, unsigned repairs)
{
    static const char *const words[] = {
        "header was quoted",        "header was wrapped again",
        "header ran into one line", "text had been read in a wrong character set",
        "text was still encoded",   "no header, only who wrote it",
        "text held HTML escapes"};
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        if (repairs >> i & 1)
            intake_note(out, slice_str(words[i]));
    }
}

static void header_line(struct buf *b, const char *name, struct slice v)
{
    if (v.n == 0)
        return;
    buf_str(b, name);
    buf_str(b, ": ");
    for (size_t i = 0; i < v.n; i++)
        buf_chr(b, (unsigned char)v.p[i] < ' ' ? ' ' : v.p[i]);
    buf_chr(b, '\n');
}

/* The message that the forward shows, put together again: what follows reads it as any other. */
static const struct message *rebuilt(struct arena *a, const struct forward *f)
{
    struct buf b = BUF_INIT(4 * FORWARD_BYTES);
    struct slice name, from = forward_address(a, f->value[LABEL_FROM], &name);
    if (from.n == 0)
        name = f->value[LABEL_FROM];
    if (name.n) {
        buf_str(&b, "From: \"");
        for (size_t i = 0; i < name.n; i++)
            buf_chr(&b,
                    strchr("\"\\", name.p[i]) || (unsigned char)name.p[i] < ' ' ? ' ' : name.p[i]);
        buf_str(&b, "\" <");
        buf_add(&b, from);
        buf_str(&b, ">\n");
    } else {
        header_line(&b, "From", from);
    }
    header_line(&b, "Reply-To", forward_address(a, f->value[LABEL_REPLY], NULL));
    header_line(&b, "Subject", f->value[LABEL_SUBJECT]);
    header_line(&b, "Date", f->value[LABEL_DATE]);
    buf_str(&b, f->html.n ? "Content-Type: text/html; charset=utf-8\n"
                          : "Content-Type: text/plain; charset=utf-8\n");
    buf_str(&b, "Content-Transfer-Encoding: 8bit\n\n");
    buf_add(&b, f->html.n ? f->html : f->text);
    struct slice bytes = arena_dup(a, buf_slice(&b));
    buf_fini(&b);
    return message_parse(a, bytes, NULL);
}

static void add_shown(struct redact *r, struct arena *a, const struct intake_from *from,
                      struct slice value)
{
    struct slice piece;
    for (unsigned n = 0; n < 16 && slice_split(&value, ',', &piece); n++) {
        struct slice name, x = forward_address(a, piece, &name);
        if (x.n && !is_desk(from, x))
            redact_add(r, x, name);
    }
}

static void take_forward(struct intake_job *j, const struct forward *f)
{
    struct desk_report *out = ARENA_NEW(j->arena, struct desk_report);
    struct redact r;
    if (f->is_source) {
        take_bytes(j, f->source, FORM_SOURCE, f->said);
        return;
    }
    begin(j, FORM_INLINE, out);
    people(j, &r);
    add_shown(&r, j->arena, j->from, f->value[LABEL_TO]);
    add_shown(&r, j->arena, j->from, f->value[LABEL_CC]);
    const struct message *m = rebuilt(j->arena, f);
    intake_facts(&r, m, &f->text, true, j->from->now_us, out);
    out->style = f->style;
    out->language = f->language;
    say(&r, f->said, out);
    note_repairs(out, f->repairs);
    give(j, out);
}

/* Files that were forwarded along with the text belong to what was forwarded. */
static void take_outer_files(struct intake_job *j, struct desk_report *out)
{
    struct desk_report all = {0};
    struct redact r;
    people(j, &r);
    intake_facts(&r, j->outer, NULL, true, j->from->now_us, &all);
    memcpy(out->files, all.files, sizeof(all.files));
    out->n_files = all.n_files;
}

/* ---- parts that are messages ---- */

static bool is_eml(const struct part *p)
{
    for (size_t i = 0; i < p->n_names; i++) {
        if (slice_iends(p->names[i], SLICE(".eml")))
            return true;
    }
    return false;
}

static bool is_msg(const struct part *p)
{
    return part_is(p, "application", "vnd.ms-outlook") ||
           slice_starts(p->decoded, SLICE("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"));
}

static void take_attached(struct intake_job *j)
{
    const struct message *m = j->outer;
    uint32_t inside = 0; /* parts of a message that was taken already lie deeper than it */
    bool in_taken = false;
    struct slice said = SLICE("");
    for (size_t i = 0; i < m->n_parts && j->given < INTAKE_MOST; i++) {
        const struct part *p = m->parts[i];
        if (in_taken && p->depth > inside)
            continue;
        in_taken = false;
        bool is_mail = (p->is_message && p->inner) || part_is(p, "text", "rfc822-headers") ||
                       is_eml(p);
        if (p->is_text && !p->is_attachment && !is_mail && said.n == 0)
            said = p->text;
        if (!is_mail)
            continue;
        take_bytes(j, p->decoded.n ? p->decoded : p->body, FORM_ATTACHED, said);
        in_taken = true;
        inside = p->depth;
    }
}

/* ---- formats ---- */

static void take_arf(struct intake_job *j)
{
    struct err e = {0};
    struct arf arf;
    if (arf_read(j->arena, j->outer, &e, &arf) < 0) {
        refuse(j, &e);
        return;
    }
    static const struct {
        const char *type;
        enum desk_category category;
    } types[] = {{"fraud", DESK_FRAUD},
                 {"virus", DESK_MALWARE},
                 {"not-spam", DESK_NOT_SPAM},
                 {"opt-out", DESK_OPT_OUT},
                 {"abuse", DESK_SPAM}};
    struct desk_report *out = ARENA_NEW(j->arena, struct desk_report);
    struct redact r;
    begin(j, FORM_ARF, out);
    out->category = DESK_OTHER;
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
        if (slice_eq(arf.feedback_type, slice_str(types[i].type)))
            out->category = types[i].category;
    }
    const struct message *m = message_parse(j->arena, arf.original, NULL);
    people(j, &r);
    add_recipients(j, &r, m);
    for (size_t i = 0; i < arf.n_rcpt; i++)
        redact_add(&r, forward_address(j->arena, arf.rcpt[i], NULL), SLICE(""));
    intake_facts(&r, m, NULL, false, j->from->now_us, out);
    if (arf.source_ip.n)
        out->original.source_ip = arf.source_ip;
    if (out->original.date_us == INT64_MIN)
        out->original.date_us = arf.arrival_us;
    intake_note(out,
                arena_printf(j->arena, "feedback report of type %.*s",
                             SLICE_ARG(utf8_head(utf8_clean(j->arena, arf.feedback_type), 40))));
    give(j, out);
}

static enum desk_category xarf_category(const struct xarf *x)
{
    static const struct {
        const char *type;
        enum desk_category category;
    } types[] = {{"phishing", DESK_PHISHING},
                 {"malware", DESK_MALWARE},
                 {"fraud", DESK_FRAUD},
                 {"spam", DESK_SPAM},
                 {"bulk_messaging", DESK_SPAM}};
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
        if (slice_eq(x->type, slice_str(types[i].type)))
            return types[i].category;
    }
    return DESK_OTHER;
}

static void xarf_link(struct redact *r, struct slice text, struct desk_report *out)
{
    struct link l = {0};
    if (text.n < 4096 && url_parse(r->arena, text, NULL, &l.url))
        intake_links(r, &l, out);
}

static void take_xarf(struct intake_job *j, struct slice bytes)
{
    struct err e = {0};
    struct xarf x;
    if (xarf_read(j->arena, bytes, &e, &x) < 0) {
        refuse(j, &e);
        return;
    }
    struct desk_report *out = ARENA_NEW(j->arena, struct desk_report);
    struct redact r;
    struct ip ip;
    begin(j, FORM_XARF, out);
    out->category = xarf_category(&x);
    people(j, &r);
    if (x.message.n) {
        const struct message *m = message_parse(j->arena, x.message, NULL);
        add_recipients(j, &r, m);
        intake_facts(&r, m, NULL, false, j->from->now_us, out);
    }
    for (size_t i = 0; i < x.n_urls; i++)
        xarf_link(&r, x.urls[i], out);
    if (ip_parse(x.source, &ip))
        out->original.source_ip = x.source;
    else if (out->original.from_domain.n == 0)
        out->original.from_domain = utf8_head(x.source, 255);
    if (out->original.from.n == 0)
        out->original.from = utf8_head(x.mail_from, 320);
    if (out->original.subject.n == 0)
        out->original.subject = utf8_head(redact_text(&r, x.subject), DESK_WORDS);
    if (out->original.date_us == INT64_MIN)
        out->original.date_us = x.at_us;
    say(&r, x.description, out);
    intake_note(out, arena_printf(j->arena, "XARF %d: %.*s/%.*s", x.version, SLICE_ARG(x.category),
                                  SLICE_ARG(utf8_head(x.type, 60))));
    give(j, out);
}

/* XARF inside a mail: an attached JSON file. */
static bool take_xarf_parts(struct intake_job *j)
{
    size_t before = j->given;
    for (size_t i = 0; i < j->outer->n_parts && j->given < INTAKE_MOST; i++) {
        const struct part *p = j->outer->parts[i];
        bool is_json = part_is(p, "application", "json") || part_is(p, "application", "xarf+json");
        for (size_t k = 0; k < p->n_names; k++)
            is_json |= slice_iends(p->names[k], SLICE(".json"));
        if (is_json && xarf_is(p->decoded))
            take_xarf(j, p->decoded);
    }
    return j->given > before;
}

/* ---- which of them ---- */

static void on_forward(void *arg, const struct desk_report *r, const struct err *e)
{
    struct intake_job *outer = arg;
    struct desk_report *copy = ARENA_NEW(outer->arena, struct desk_report);
    (void)e;
    if (r) {
        *copy = *r;
        if (copy->n_files == 0)
            take_outer_files(outer, copy);
        give(outer, copy);
    }
}

static bool take_inline(struct intake_job *j)
{
    struct forward f;
    if (!forward_find(j->arena, j->outer, &f))
        return false;
    struct intake_job inner = *j;
    inner.fn = on_forward;
    inner.arg = j;
    take_forward(&inner, &f);
    return true;
}

static void refuse_mail(struct intake_job *j)
{
    struct err e = {0};
    for (size_t i = 0; i < j->outer->n_parts; i++) {
        if (is_msg(j->outer->parts[i])) {
            err_set(&e, ERR_PARSE,
                    "the attached message is an Outlook item (.msg), which is not read; "
                    "forward it as attachment in the form .eml, or in the text");
            refuse(j, &e);
            return;
        }
    }
    err_set(&e, ERR_NOENT, "no forwarded message was found in this mail; forward it as attachment");
    refuse(j, &e);
}

static bool has_attached(const struct message *m)
{
    for (size_t i = 0; i < m->n_parts; i++) {
        const struct part *p = m->parts[i];
        if ((p->is_message && p->inner) || part_is(p, "text", "rfc822-headers") || is_eml(p))
            return true;
    }
    return false;
}

size_t desk_intake_mail(struct arena *a, const struct message *m, const struct intake_from *from,
                        intake_fn *fn, void *arg)
{
    struct intake_job j = {a, m, from, fn, arg, 0};
    if (arf_is(m))
        take_arf(&j);
    else if (take_xarf_parts(&j))
        return j.given;
    else if (from->is_message)
        take_bytes(&j, m->raw, FORM_MESSAGE, SLICE(""));
    else if (has_attached(m))
        take_attached(&j);
    else if (!take_inline(&j))
        refuse_mail(&j);
    return j.given;
}

size_t desk_intake(struct arena *a, struct slice bytes, const struct intake_from *from,
                   intake_fn *fn, void *arg)
{
    if (xarf_is(bytes)) {
        struct intake_job j = {a, NULL, from, fn, arg, 0};
        take_xarf(&j, bytes);
        return j.given;
    }
    return desk_intake_mail(a, message_parse(a, bytes, NULL), from, fn, arg);
}

void desk_intake_words(struct arena *a, struct slice words, struct slice sender,
                       const struct intake_from *from, intake_fn *fn, void *arg)
{
    struct intake_job j = {a, NULL, from, fn, arg, 0};
    struct desk_report *out = ARENA_NEW(a, struct desk_report);
    struct redact r;
    struct forward f;
    words = utf8_clean(a, slice_head(words, FORWARD_BYTES));
    if (forward_find_text(a, words, &f)) {
        take_forward(&j, &f);
        return;
    }
    begin(&j, FORM_WORDS, out);
    people(&j, &r);
    struct slice address = forward_address(a, sender, NULL);
    struct buf b = BUF_INIT(2 * FORWARD_BYTES);
    header_line(&b, "From", address);
    buf_str(&b, "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n");
    buf_add(&b, words);
    const struct message *m = message_parse(a, arena_dup(a, buf_slice(&b)), NULL);
    buf_fini(&b);
    intake_facts(&r, m, NULL, true, from->now_us, out);
    if (address.n == 0 && sender.n) /* a telephone number, a name */
        out->original.from_name = utf8_head(redact_text(&r, utf8_clean(a, slice_head(sender, 200))),
                                            DESK_WORDS);
    say(&r, from->said, out);
    give(&j, out);
}
