/* Writing the digest. See digest_mail.h. */
#include "node/digest_mail.h"
#include "base/clock.h"
#include "base/escape.h"
#include "base/utf8.h"
#include "node/own_mail.h"
#include "web/mailview.h"

#define FROM_BYTES    32
#define SUBJECT_BYTES 60
#define BODY_MOST     ((size_t)64 * 1024)

/* Foreign words on one line, without anything a mail program would make a link of. */
static void add_foreign(struct buf *out, struct slice s, size_t most)
{
    struct buf safe = BUF_INIT(2048), clean = BUF_INIT(2048);
    mailview_defang(utf8_head(s, most), &safe);
    for (size_t i = 0; i < safe.n; i++) /* an address alone becomes one, too */
        if (safe.p[i] == '@')
            safe.p[i] = ' ';
    escape_add(&clean, ESCAPE_TERM, buf_slice(&safe), 4 * most);
    buf_add(out, buf_slice(&clean));
    if (s.n > most)
        buf_str(out, "...");
    buf_fini(&safe);
    buf_fini(&clean);
}

static void add_time(struct buf *out, int64_t us)
{
    char when[32];
    clock_rfc3339(us, when);
    when[10] = ' ';
    buf_add(out, slice_of(when + 5, 11));
}

static void add_line(const struct digest_mail *d, const struct digest_line *l, struct buf *out)
{
    add_time(out, l->at_us);
    if (l->kind) {
        buf_str(out, "  ");
        lang_fill(d->lang, l->kind, (struct slice){"", 0}, out);
    }
    buf_str(out, "\n");
    add_foreign(out, l->from, FROM_BYTES);
    buf_str(out, "\n");
    add_foreign(out, l->subject, SUBJECT_BYTES);
    buf_str(out, "\n");
    if (l->token.n)
        buf_printf(out, "%.*s/held/%.*s\n", SLICE_ARG(d->url), SLICE_ARG(l->token));
    else {
        lang_fill(d->lang, N_("Only an operator can release this one."), (struct slice){"", 0},
                  out);
        buf_str(out, "\n");
    }
    buf_str(out, "\n");
}

static void add_body(const struct digest_mail *d, struct buf *out)
{
    struct slice none = {"", 0};
    lang_fill(d->lang, N_("The filter held back mail for you. Times are UTC."), none, out);
    buf_str(out, "\n");
    lang_fill(d->lang, N_("A link opens a page where you decide; opening it changes nothing."),
              none, out);
    buf_str(out, "\n\n");
    for (size_t i = 0; i < d->n && i < DIGEST_LINES; i++)
        add_line(d, &d->lines[i], out);
    if (d->is_more) {
        lang_fill(d->lang, N_("There are more: see the page of your mail."), none, out);
        buf_str(out, "\n");
    }
    buf_str(out, "-- \n");
    lang_fill(d->lang, N_("Change how often this comes, or how strict the filter is for you:"),
              none, out);
    buf_printf(out, "\n%.*s/me\n", SLICE_ARG(d->url));
}

bool digest_write(const struct digest_mail *d, struct buf *out)
{
    struct buf body = BUF_INIT(BODY_MOST), subject = BUF_INIT(1024), id = BUF_INIT(256);
    char count[24];
    int n = snprintf(count, sizeof(count), d->is_more ? "%zu+" : "%zu", d->n);
    lang_fill(d->lang, N_("Mail held back for you: %s"), slice_of(count, (size_t)n), &subject);
    add_body(d, &body);
    buf_printf(&id, "digest.%.*s", SLICE_ARG(d->id));
    struct own_mail m = {.from = d->from,
                         .to = d->to,
                         .subject = buf_slice(&subject),
                         .body = buf_slice(&body),
                         .id = buf_slice(&id),
                         .code = d->code,
                         .now_us = d->now_us,
                         .is_bulk = true};
    bool fits = !body.full && !id.full && own_mail_write(&m, out);
    buf_fini(&body);
    buf_fini(&subject);
    buf_fini(&id);
    return fits;
}
