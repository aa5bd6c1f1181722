/* Hostile mail as safe text. See mailview.h. */
#include "web/mailview.h"
#include "mail/message.h"

/* ---- defanging ---- */

static bool is_host_byte(char c)
{
    return ascii_is_alnum(c) || c == '-' || c == '.' || c == '_' || (unsigned char)c >= 0x80;
}

/* "evil[.]example": the dots of a host. Returns how many bytes of s that was. */
static size_t add_host(struct slice s, struct buf *out)
{
    size_t n = 0;
    while (n < s.n && is_host_byte(s.p[n])) {
        bool is_inner = s.p[n] == '.' && n + 1 < s.n && is_host_byte(s.p[n + 1]);
        if (is_inner)
            buf_str(out, "[.]");
        else
            buf_chr(out, s.p[n]);
        n++;
    }
    return n;
}

/* Schemes that lead somewhere or run something; browsers need no slashes behind them. */
static size_t scheme_length(struct slice s)
{
    static const char *const names[] = {"http:",   "https:", "javascript:", "data:", "vbscript:",
                                        "mailto:", "tel:",   "file:",       "blob:", "about:"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (slice_istarts(s, slice_str(names[i])))
            return strlen(names[i]) - 1;
    }
    return 0;
}

static void add_scheme(struct slice s, struct buf *out)
{
    bool is_web = slice_istarts(s, SLICE("http"));
    buf_add(out, is_web ? SLICE("hxxp") : s);
    if (is_web)
        buf_add(out, slice_from(s, 4));
}

static bool is_slash(char c)
{
    return c == '/' || c == '\\'; /* browsers take both, and any number of them */
}

/* "host.name/..." or "www.host": what a mail program may turn into a link by itself. */
static bool looks_like_host(struct slice s)
{
    size_t n = 0, dots = 0;
    while (n < s.n && n < 254 && is_host_byte(s.p[n])) {
        dots += s.p[n] == '.' && n > 0 && n + 1 < s.n && ascii_is_alnum(s.p[n + 1]) &&
                ascii_is_alnum(s.p[n - 1]);
        n++;
    }
    if (dots == 0)
        return false;
    return slice_istarts(s, SLICE("www.")) ||
           (n < s.n && (s.p[n] == '/' || s.p[n] == ':' || s.p[n] == '?'));
}

void mailview_defang(struct slice text, struct buf *out)
{
    bool at_word = true;
    size_t i = 0;
    while (i < text.n && !out->full) {
        struct slice rest = slice_from(text, i);
        size_t n = scheme_length(rest);
        bool is_colon = n > 0 || (rest.p[0] == ':' && rest.n > 1 && is_slash(rest.p[1]));
        if (is_colon) {
            add_scheme(slice_head(rest, n), out);
            buf_str(out, "[:]");
            for (i += n + 1; i < text.n && is_slash(text.p[i]); i++)
                buf_chr(out, text.p[i]);
            at_word = true;
            if (scheme_length(slice_from(text, i)) == 0) {
                i += add_host(slice_from(text, i), out);
                at_word = false;
            }
        } else if (at_word && looks_like_host(rest)) {
            i += add_host(rest, out);
            at_word = false;
        } else {
            buf_chr(out, text.p[i]);
            at_word = !is_host_byte(text.p[i]);
            i++;
        }
    }
}

/* ---- pieces ---- */

static void text_defanged(struct page *p, struct slice s, size_t most)
{
    struct buf b = BUF_INIT(4 * most + 64);
    mailview_defang(slice_head(s, most), &b);
    html_text(p->html, buf_slice(&b));
    buf_fini(&b);
}

static void fact(struct page *p, const char *msgid, struct slice value)
{
    if (value.n == 0)
        return;
    page_elem(p, "dt", msgid);
    html_open(p->html, "dd");
    html_open(p->html, "bdi");
    text_defanged(p, value, 1000);
    html_close(p->html);
    html_close(p->html);
}

static struct slice addresses(struct page *p, const struct address *a)
{
    struct buf b = BUF_INIT(2048);
    for (; a && !b.full; a = a->next) {
        if (b.n)
            buf_str(&b, ", ");
        if (a->display.n)
            buf_printf(&b, "\"%.*s\" ", SLICE_ARG(a->display));
        buf_chr(&b, '<');
        buf_add(&b, a->local);
        if (a->domain.n)
            buf_chr(&b, '@');
        buf_add(&b, a->domain);
        buf_chr(&b, '>');
    }
    struct slice s = arena_dup(p->arena, buf_slice(&b));
    buf_fini(&b);
    return s;
}

static void heading(struct page *p, const struct message *m)
{
    html_open(p->html, "dl", "class", "facts");
    fact(p, N_("From"), addresses(p, m->from));
    fact(p, N_("Sender"), addresses(p, m->sender));
    fact(p, N_("Answers go to"), addresses(p, m->reply_to));
    fact(p, N_("To"), addresses(p, m->to));
    fact(p, N_("Copy to"), addresses(p, m->cc));
    fact(p, N_("Subject"), m->subject);
    if (m->date_us > 0) {
        page_elem(p, "dt", N_("Date"));
        html_open(p->html, "dd");
        html_time(p->html, m->date_us);
        html_close(p->html);
    }
    html_close(p->html);
}

static void body(struct page *p, const struct message *m)
{
    page_elem(p, "h3", N_("What it shows"));
    if (slice_trim(m->text).n == 0)
        page_elem(p, "p", N_("It shows no text."));
    else {
        html_open(p->html, "pre", "class", "mail", "dir", "auto", "tabindex", "0");
        text_defanged(p, m->text, MAILVIEW_TEXT);
        html_close(p->html);
    }
    if (m->text.n > MAILVIEW_TEXT)
        page_elem(p, "p", N_("The text is longer; this is its beginning."), "class", "soft");
    if (slice_trim(m->hidden).n == 0)
        return;
    html_open(p->html, "details");
    page_elem(p, "summary", N_("Text that it hides from readers"));
    html_open(p->html, "pre", "class", "mail", "dir", "auto", "tabindex", "0");
    text_defanged(p, m->hidden, MAILVIEW_TEXT / 4);
    html_close(p->html);
    html_close(p->html);
}

/* A box that scrolls, reachable by keyboard and named. */
static void scroll(struct page *p, const char *msgid)
{
    html_open(p->html, "div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label",
              page_tr(p, msgid));
}

static void table_head(struct page *p, const char *first, const char *second, const char *third)
{
    const char *names[] = {first, second, third};
    html_open(p->html, "thead");
    html_open(p->html, "tr");
    for (size_t i = 0; i < 3 && names[i]; i++)
        page_elem(p, "th", names[i], "scope", "col");
    html_close(p->html);
    html_close(p->html);
}

static void cell(struct page *p, struct slice s, size_t most)
{
    html_open(p->html, "td");
    html_open(p->html, "bdi");
    text_defanged(p, s, most);
    html_close(p->html);
    html_close(p->html);
}

static void links(struct page *p, const struct message *m)
{
    unsigned n = 0;
    if (m->n_links == 0)
        return;
    page_elem(p, "h3", N_("Where its links lead"));
    scroll(p, N_("Where its links lead"));
    html_open(p->html, "table", "class", "stack");
    table_head(p, N_("Shown as"), N_("Leads to"), N_("Host"));
    html_open(p->html, "tbody");
    for (const struct link *l = m->links; l && n < MAILVIEW_ROWS; l = l->next, n++) {
        html_open(p->html, "tr");
        cell(p, l->shown, 200);
        cell(p, l->url.whole.n ? l->url.whole : l->url.raw, 300);
        html_open(p->html, "td");
        struct buf b = BUF_INIT(2048);
        add_host(l->url.host, &b);
        html_text(p->html, buf_slice(&b));
        buf_fini(&b);
        html_close(p->html);
        html_close(p->html);
    }
    html_close_to(p->html, p->html->depth - 3);
    if (m->n_links > n)
        page_elem(p, "p", N_("There are more links than are listed."), "class", "soft");
}

static void parts(struct page *p, const struct message *m)
{
    if (m->n_parts < 2)
        return;
    page_elem(p, "h3", N_("Its parts"));
    scroll(p, N_("Its parts"));
    html_open(p->html, "table", "class", "stack");
    table_head(p, N_("Kind"), N_("Name"), N_("Bytes"));
    html_open(p->html, "tbody");
    for (size_t i = 0; i < m->n_parts && i < MAILVIEW_ROWS; i++) {
        const struct part *part = m->parts[i];
        html_open(p->html, "tr");
        cell(p,
             arena_printf(p->arena, "%.*s/%.*s", SLICE_ARG(part->type), SLICE_ARG(part->subtype)),
             120);
        cell(p, part->n_names ? part->names[0] : SLICE(""), 200);
        html_open(p->html, "td", "class", "num");
        html_int(p->html, (int64_t)(part->is_multipart ? part->body.n : part->decoded.n));
        html_close(p->html);
        html_close(p->html);
    }
    html_close_to(p->html, p->html->depth - 3);
}

static void oddities(struct page *p, const struct message *m)
{
    unsigned n = 0;
    for (int k = 0; k < ANOMALY_KINDS; k++) {
        const struct anomaly_info *info = anomaly_info((enum anomaly_kind)k);
        if (!anomaly_has(&m->anomalies, (enum anomaly_kind)k) || info->weight == ANOMALY_NOTE)
            continue;
        if (n++ == 0) {
            page_elem(p, "h3", N_("What is odd about it"));
            html_open(p->html, "ul");
        }
        page_elem(p, "li", info->words);
    }
    if (n)
        html_close(p->html);
}

static void header_fields(struct page *p, const struct message *m)
{
    unsigned n = 0;
    html_open(p->html, "details");
    page_elem(p, "summary", N_("All header fields"));
    html_open(p->html, "pre", "class", "mail", "dir", "ltr", "tabindex", "0");
    for (const struct header *f = m->headers.first; f && n < MAILVIEW_ROWS; f = f->next, n++) {
        html_text(p->html, slice_head(f->name, 100));
        html_str(p->html, ": ");
        text_defanged(p, f->value, 2000);
        html_str(p->html, "\n");
    }
    html_close(p->html);
    html_close(p->html);
}

void mailview_show(struct page *p, struct slice raw, bool is_cut)
{
    struct html *h = p->html;
    struct message *m = message_parse(p->arena, raw, NULL);
    html_open(h, "section", "class", "card");
    if (is_cut)
        page_notice(p, "note", N_("The message is longer than what is shown here."));
    heading(p, m);
    body(p, m);
    links(p, m);
    parts(p, m);
    oddities(p, m);
    header_fields(p, m);
    page_elem(p, "p",
              N_("Nothing of the message is run or loaded here, and its links are written so that "
                 "they lead nowhere."),
              "class", "soft");
    html_close(h);
}
