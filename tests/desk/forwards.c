/* Making forwarded mail. See forwards.h. */
#include "forwards.h"

#include "base/buf.h"
#include "base/hash.h"

#include <sodium.h>
#include <stdio.h>

struct tongue {
    const char *code, *from, *sent, *date, *to, *subject, *forwarded, *original, *begin;
};
#define TONGUE(...) {__VA_ARGS__},
static const struct tongue TONGUES[] = {
#include "words_table.h"
};
#undef TONGUE
#define N_TONGUES (sizeof(TONGUES) / sizeof(*TONGUES))

struct mailing {
    const char *name, *from, *subject, *link, *text;
};
#define MAILING(...) {__VA_ARGS__},
static const struct mailing MAILINGS[] = {
#include "mailings_table.h"
};
#undef MAILING
#define N_MAILINGS (sizeof(MAILINGS) / sizeof(*MAILINGS))

static const struct {
    const char *name, *address;
} PEOPLE[] = {{"Ann Smithson", "ann.smithson@reporter.example"},
              {"Jürgen Großmann", "j.grossmann@firma-nord.example"},
              {"Marie Dubois", "marie.dubois74@gmail.com"},
              {"Carlos Ibáñez", "cibanez@universidad.example"},
              {"Oluwaseun Adeyemi", "oadeyemi@lagos-clinic.example"},
              {"李小龙", "lixiaolong88@mailhost.example"},
              {"Иван Петров", "ipetrov.work@mail.ru"}};
#define N_PEOPLE (sizeof(PEOPLE) / sizeof(*PEOPLE))

/* What one mail is made of. */
struct made {
    struct arena *a;
    const struct tongue *t;
    const struct mailing *m;
    const char *name, *address;
    struct slice text; /* of the mailing, to this person */
    struct slice link; /* with this person's token */
    const char *date;
};

typedef void style_fn(const struct made *m, struct buf *plain, struct buf *html);

static void lines(struct buf *b, const char *labels, const struct made *m, const char *between,
                  bool brackets)
{
    const struct tongue *t = m->t;
    for (const char *l = labels; *l; l++) {
        const char *word = *l == 'F'   ? t->from
                           : *l == 'S' ? t->sent
                           : *l == 'D' ? t->date
                           : *l == 'T' ? t->to
                                       : t->subject;
        buf_printf(b, "%s%s", word, between);
        if (*l == 'F')
            buf_printf(b, brackets ? "%s [mailto:%s]" : "%s <%s>", m->m->name, m->m->from);
        else if (*l == 'T')
            buf_printf(b, brackets ? "%s" : "%s <%s>", m->name, m->address);
        else
            buf_str(b, *l == 'B' ? m->m->subject : m->date);
        buf_str(b, "\n");
    }
}

static void body(struct buf *b, const struct made *m)
{
    buf_printf(b, "\n%.*s\n\n%.*s\n", SLICE_ARG(m->text), SLICE_ARG(m->link));
}

static void escaped(struct buf *b, struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '<')
            buf_str(b, "&lt;");
        else if (s.p[i] == '>')
            buf_str(b, "&gt;");
        else if (s.p[i] == '&')
            buf_str(b, "&amp;");
        else if (s.p[i] == '\n')
            buf_str(b, "<br>\n");
        else
            buf_chr(b, s.p[i]);
    }
}

/* Opening and closing tags around the header lines and around the text. */
static void page(const struct made *m, struct buf *html, const char *labels, const char *before,
                 const char *between, const char *after)
{
    struct buf head = BUF_INIT(8192);
    lines(&head, labels, m, ": ", false);
    buf_str(html, before);
    escaped(html, buf_slice(&head));
    buf_str(html, between);
    escaped(html, m->text);
    buf_printf(html, "<br><a href=\"%.*s\">OK &raquo;</a>%s", SLICE_ARG(m->link), after);
    buf_fini(&head);
}

static void gmail(const struct made *m, struct buf *plain, struct buf *html)
{
    buf_printf(plain, "---------- %s ---------\n", m->t->forwarded);
    lines(plain, "FDBT", m, ": ", false);
    body(plain, m);
    buf_printf(html,
               "<div dir=\"ltr\"><br><div class=\"gmail_quote\"><div dir=\"ltr\" "
               "class=\"gmail_attr\">---------- %s ---------<br>",
               m->t->forwarded);
    page(m, html, "FDBT", "", "</div><br><br>", "</div></div>");
}

static void gmail_app(const struct made *m, struct buf *plain, struct buf *html)
{
    (void)html;
    buf_printf(plain, "---------- %s ----------\n", m->t->forwarded);
    lines(plain, "FDBT", m, ": ", false);
    body(plain, m);
}

static void outlook(const struct made *m, struct buf *plain, struct buf *html)
{
    lines(plain, "FSTB", m, ": ", true);
    body(plain, m);
    page(m, html, "FSTB",
         "<div><div style=\"border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm "
         "0cm\"><p class=\"MsoNormal\">",
         "</p></div></div><p>", "</p>");
}

static void outlook_old(const struct made *m, struct buf *plain, struct buf *html)
{
    (void)html;
    buf_printf(plain, "-----%s-----\n", m->t->original);
    lines(plain, "FSTB", m, ": ", true);
    body(plain, m);
}

static void outlook_web(const struct made *m, struct buf *plain, struct buf *html)
{
    buf_str(plain, "________________________________\n");
    lines(plain, "FSTB", m, ": ", false);
    body(plain, m);
    page(m, html, "FSTB",
         "<hr style=\"display:inline-block;width:98%\"><div id=\"divRplyFwdMsg\" dir=\"ltr\">",
         "</div><div>", "</div>");
}

static void outlook_mobile(const struct made *m, struct buf *plain, struct buf *html)
{
    (void)html;
    buf_str(plain, "Get Outlook for Android\n________________________________\n");
    lines(plain, "FSTB", m, ": ", false);
    body(plain, m);
}

static void apple(const struct made *m, struct buf *plain, struct buf *html)
{
    struct buf b = BUF_INIT(1 << 16);
    struct slice rest, line;
    lines(&b, "FBDT", m, ": ", false);
    body(&b, m);
    rest = buf_slice(&b);
    buf_printf(plain, "%s\n>\n", m->t->begin);
    while (slice_line(&rest, &line))
        buf_printf(plain, "> %.*s\n", SLICE_ARG(line));
    buf_fini(&b);
    buf_printf(html, "<div><br><blockquote type=\"cite\"><div>%s</div><br>", m->t->begin);
    page(m, html, "FBDT", "<div>", "</div><br><div>", "</div></blockquote></div>");
}

static void ios(const struct made *m, struct buf *plain, struct buf *html)
{
    (void)html;
    buf_printf(plain, "Sent from my iPhone\n\n%s\n\n", m->t->begin);
    lines(plain, "FDTB", m, ": ", false);
    body(plain, m);
}

static void thunderbird(const struct made *m, struct buf *plain, struct buf *html)
{
    buf_printf(plain, "-------- %s --------\n", m->t->forwarded);
    lines(plain, "BDFT", m, ": \t", false);
    body(plain, m);
    buf_printf(html,
               "<div class=\"moz-forward-container\"><br>-------- %s --------<table "
               "class=\"moz-email-headers-table\"><tbody>",
               m->t->forwarded);
    buf_printf(html, "<tr><th align=\"RIGHT\">%s: </th><td>%s</td></tr>", m->t->subject,
               m->m->subject);
    buf_printf(html, "<tr><th>%s: </th><td>%s</td></tr>", m->t->date, m->date);
    buf_printf(html, "<tr><th>%s: </th><td>%s <a href=\"mailto:%s\">&lt;%s&gt;</a></td></tr>",
               m->t->from, m->m->name, m->m->from, m->m->from);
    buf_printf(html, "<tr><th>%s: </th><td>%s</td></tr></tbody></table><br><div>", m->t->to,
               m->address);
    escaped(html, m->text);
    buf_printf(html, "<br><a href=\"%.*s\">OK</a></div></div>", SLICE_ARG(m->link));
}

static void yahoo(const struct made *m, struct buf *plain, struct buf *html)
{
    buf_printf(plain, "  ----- %s ----- ", m->t->forwarded);
    struct buf b = BUF_INIT(8192);
    lines(&b, "FTSB", m, ": ", false);
    for (size_t i = 0; i < b.n; i++)
        buf_chr(plain, b.p[i] == '\n' && i + 1 < b.n ? ' ' : b.p[i]);
    buf_fini(&b);
    body(plain, m);
    buf_printf(html, "<div id=\"yahoo_quoted_1\" class=\"yahoo_quoted\"><div> ----- %s -----</div>",
               m->t->forwarded);
    page(m, html, "FTSB", "<div>", "</div><div>", "</div></div>");
}

static void k9(const struct made *m, struct buf *plain, struct buf *html)
{
    (void)html;
    buf_printf(plain, "-------- %s --------\n", m->t->original);
    lines(plain, "FSTB", m, ": ", false);
    body(plain, m);
}

static void samsung(const struct made *m, struct buf *plain, struct buf *html)
{
    (void)plain;
    buf_printf(html,
               "<div><br></div><div style=\"font-size:100%%;color:#000000\"><div>-------- %s "
               "--------</div>",
               m->t->original);
    page(m, html, "FDTB", "<div>", "</div><div><br></div></div>", "");
}

static void roundcube(const struct made *m, struct buf *plain, struct buf *html)
{
    (void)html;
    buf_printf(plain, "-------- %s --------\n", m->t->original);
    lines(plain, "BDFT", m, ": ", false);
    body(plain, m);
}

static void zimbra(const struct made *m, struct buf *plain, struct buf *html)
{
    buf_printf(plain, "----- %s -----\n", m->t->forwarded);
    lines(plain, "FTSB", m, ": ", false);
    body(plain, m);
    page(m, html, "FTSB",
         "<hr id=\"zwchr\" data-marker=\"__DIVIDER__\"><div data-marker=\"__HEADERS__\">",
         "</div><div>", "</div>");
}

static void lotus(const struct made *m, struct buf *plain, struct buf *html)
{
    (void)html;
    buf_printf(plain, "----- Forwarded by %s/Org on 11/03/2025 10:11 AM -----\n\n", m->name);
    lines(plain, "FTDB", m, ":\t", false);
    body(plain, m);
}

static void mutt(const struct made *m, struct buf *plain, struct buf *html)
{
    static const struct tongue *en = &TONGUES[0];
    struct made other = *m;
    (void)html;
    other.t = en;
    buf_printf(plain, "----- Forwarded message from %s <%s> -----\n\n", m->m->name, m->m->from);
    lines(plain, "DFTB", &other, ": ", false);
    body(plain, m);
    buf_str(plain, "\n----- End forwarded message -----\n-- \nsignature of the reporter\n");
}

static void gmx(const struct made *m, struct buf *plain, struct buf *html)
{
    (void)plain;
    page(m, html, "SFTB",
         "<div style=\"margin:10px 5px 5px 10px;border-left:2px solid #C3D9E5\"><div "
         "style=\"margin:0 0 10px 0\">",
         "</div><div name=\"quoted-content\">", "</div></div>");
}

static void proton(const struct made *m, struct buf *plain, struct buf *html)
{
    buf_printf(plain, "------- %s -------\n", m->t->forwarded);
    lines(plain, "FDBT", m, ": ", false);
    body(plain, m);
    page(m, html, "FDBT", "<div class=\"protonmail_quote\">------- Forwarded Message -------<br>",
         "<br>", "</div>");
}

static void kmail(const struct made *m, struct buf *plain, struct buf *html)
{
    (void)html;
    buf_printf(plain, "----------  %s  ----------\n\n", m->t->forwarded);
    lines(plain, "BDFT", m, ": ", false);
    body(plain, m);
    buf_str(plain, "\n-------------------------------------------------------\n");
}

/* The message itself, as it came. */
static void source(const struct made *m, struct buf *out)
{
    buf_printf(
        out,
        "Return-Path: <bounce-%s@out.example>\nReceived: from out.example (out.example "
        "[203.0.113.%u])\n"
        "\tby mx.reporter.example with ESMTP id 4XyZ\n\tfor <%s>; Mon, 3 Nov 2025 10:15:00 +0000\n",
        "77", (unsigned)(m->m - MAILINGS) + 1, m->address);
    buf_printf(out,
               "From: %s <%s>\nTo: %s\nSubject: %s\nDate: Mon, 3 Nov 2025 10:15:00 "
               "+0000\nMessage-ID: <%u.1@out.example>\n"
               "MIME-Version: 1.0\nContent-Type: text/plain; "
               "charset=utf-8\nContent-Transfer-Encoding: 8bit\n",
               m->m->name, m->m->from, m->address, m->m->subject, (unsigned)m->text.n);
    body(out, m);
}

static void pasted(const struct made *m, struct buf *plain, struct buf *html)
{
    (void)html;
    source(m, plain);
}

static void answered(const struct made *m, struct buf *plain, struct buf *html)
{
    struct buf b = BUF_INIT(1 << 16);
    struct slice rest, line;
    (void)html;
    body(&b, m);
    rest = buf_slice(&b);
    buf_printf(plain, "On Mon, Nov 3, 2025 at 10:15, %s\n<%s> wrote:\n\n", m->m->name, m->m->from);
    while (slice_line(&rest, &line))
        buf_printf(plain, "> %.*s\n", SLICE_ARG(line));
    buf_fini(&b);
}

enum how { HOW_TEXT, HOW_ATTACHED, HOW_EML, HOW_SOURCE, HOW_REPLY };
static const struct style {
    const char *program;
    style_fn *make;
    enum how how;
} STYLES[] = {{"Gmail", gmail, HOW_TEXT},
              {"Gmail app", gmail_app, HOW_TEXT},
              {"Outlook", outlook, HOW_TEXT},
              {"Outlook 2003", outlook_old, HOW_TEXT},
              {"Outlook on the web", outlook_web, HOW_TEXT},
              {"Outlook mobile", outlook_mobile, HOW_TEXT},
              {"Apple Mail", apple, HOW_TEXT},
              {"iOS Mail", ios, HOW_TEXT},
              {"Thunderbird", thunderbird, HOW_TEXT},
              {"Thunderbird attached", NULL, HOW_ATTACHED},
              {"Yahoo", yahoo, HOW_TEXT},
              {"K-9", k9, HOW_TEXT},
              {"Samsung", samsung, HOW_TEXT},
              {"Roundcube", roundcube, HOW_TEXT},
              {"Zimbra", zimbra, HOW_TEXT},
              {"Lotus Notes", lotus, HOW_TEXT},
              {"mutt", mutt, HOW_TEXT},
              {"GMX", gmx, HOW_TEXT},
              {"Proton", proton, HOW_TEXT},
              {"KMail", kmail, HOW_TEXT},
              {"Outlook attached", NULL, HOW_EML},
              {"pasted source", pasted, HOW_SOURCE},
              {"answered", answered, HOW_REPLY}};
#define N_STYLES (sizeof(STYLES) / sizeof(*STYLES))

/* ---- breaking ---- */

/* Wraps lines again at a width, as relays and old clients do; never inside a character. */
static void wrap(struct buf *b, size_t width)
{
    struct buf out = BUF_INIT(1 << 20);
    size_t column = 0;
    for (size_t i = 0; i < b->n; i++) {
        bool is_space = b->p[i] == ' ' && column >= width;
        buf_chr(&out, is_space ? '\n' : b->p[i]);
        column = is_space || b->p[i] == '\n' ? 0 : column + 1;
    }
    buf_reset(b);
    buf_add(b, buf_slice(&out));
    buf_fini(&out);
}

static void quote(struct buf *b)
{
    struct buf out = BUF_INIT(1 << 20);
    struct slice rest = buf_slice(b), line;
    while (slice_line(&rest, &line))
        buf_printf(&out, "> %.*s\n", SLICE_ARG(line));
    buf_reset(b);
    buf_add(b, buf_slice(&out));
    buf_fini(&out);
}

/* UTF-8 taken for Latin-1 and made UTF-8 again. */
static void mojibake(struct buf *b)
{
    struct buf out = BUF_INIT(1 << 20);
    for (size_t i = 0; i < b->n; i++) {
        unsigned char c = (unsigned char)b->p[i];
        if (c >= 0x80)
            buf_chr(&out, (char)(0xC0 | c >> 6));
        buf_chr(&out, c < 0x80 ? (char)c : (char)(0x80 | (c & 63)));
    }
    buf_reset(b);
    buf_add(b, buf_slice(&out));
    buf_fini(&out);
}

static void quoted_printable(struct buf *b, bool is_left)
{
    struct buf out = BUF_INIT(1 << 20);
    size_t column = 0;
    for (size_t i = 0; i < b->n; i++) {
        unsigned char c = (unsigned char)b->p[i];
        if (c == '\n') {
            buf_str(&out, is_left ? "=20\n" : "\n");
            column = 0;
            continue;
        }
        if (column > 70) {
            buf_str(&out, "=\n");
            column = 0;
        }
        if (c >= 0x80 || c == '=') {
            buf_printf(&out, "=%02X", c);
            column += 3;
        } else {
            buf_chr(&out, (char)c);
            column++;
        }
    }
    buf_reset(b);
    buf_add(b, buf_slice(&out));
    buf_fini(&out);
}

static void to_base64(struct buf *b)
{
    struct buf out = BUF_INIT(1 << 20);
    for (size_t i = 0; i < b->n; i += 57) {
        char line[80];
        size_t n = b->n - i < 57 ? b->n - i : 57;
        sodium_bin2base64(line, sizeof(line), (const unsigned char *)b->p + i, n,
                          sodium_base64_VARIANT_ORIGINAL);
        buf_printf(&out, "%s\n", line);
    }
    buf_reset(b);
    buf_add(b, buf_slice(&out));
    buf_fini(&out);
}

static const char *const BROKEN[] = {
    "", "", "wrapped", "quoted", "mojibake", "encoding left", "", "html only"};
#define N_BROKEN (sizeof(BROKEN) / sizeof(*BROKEN))

/* ---- the mail ---- */

static void text_part(struct buf *out, struct buf *text, const char *type, unsigned encoding)
{
    static const char *const names[] = {"8bit", "quoted-printable", "base64"};
    if (encoding == 1)
        quoted_printable(text, false);
    else if (encoding == 2)
        to_base64(text);
    buf_printf(out, "Content-Type: %s; charset=utf-8\nContent-Transfer-Encoding: %s\n\n", type,
               names[encoding]);
    buf_add(out, buf_slice(text));
    buf_str(out, "\n");
}

static void attach(const struct made *m, enum how how, struct buf *out)
{
    struct buf eml = BUF_INIT(1 << 18), words = BUF_INIT(4096);
    source(m, &eml);
    buf_str(&words, "Please look at this one.\n");
    buf_str(out, "Content-Type: multipart/mixed; boundary=b1\n\n--b1\n");
    text_part(out, &words, "text/plain", 0);
    if (how == HOW_ATTACHED) {
        buf_str(out, "--b1\nContent-Type: message/rfc822; name=\"mail.eml\"\nContent-Disposition: "
                     "attachment\n\n");
    } else {
        to_base64(&eml);
        buf_str(out, "--b1\nContent-Type: application/octet-stream; "
                     "name=\"mail.eml\"\nContent-Disposition: attachment; "
                     "filename=\"mail.eml\"\nContent-Transfer-Encoding: base64\n\n");
    }
    buf_add(out, buf_slice(&eml));
    buf_str(out, "\n--b1--\n");
    buf_fini(&eml);
    buf_fini(&words);
}

static void texts(const struct made *m, const struct style *s, const char *broken,
                  unsigned encoding, struct buf *out)
{
    struct buf plain = BUF_INIT(1 << 20), html = BUF_INIT(1 << 20);
    s->make(m, &plain, &html);
    if (strcmp(broken, "wrapped") == 0)
        wrap(&plain, 64);
    else if (strcmp(broken, "quoted") == 0)
        quote(&plain);
    else if (strcmp(broken, "mojibake") == 0)
        mojibake(&plain);
    else if (strcmp(broken, "encoding left") == 0)
        quoted_printable(&plain, true);
    /* A broken text stands alone: it is what came of a mail that had no HTML. */
    bool with_html = html.n && (plain.n == 0 || *broken == 0 || strcmp(broken, "html only") == 0);
    bool with_plain = plain.n && !(with_html && strcmp(broken, "html only") == 0);
    struct buf said = BUF_INIT(1 << 20);
    buf_str(&said, s->how == HOW_SOURCE ? "Here it is:\n\n"
                                        : "This came today, I never asked for it.\n\n");
    if (with_plain && with_html) {
        buf_str(out, "Content-Type: multipart/alternative; boundary=b2\n\n--b2\n");
        buf_add(&said, buf_slice(&plain));
        text_part(out, &said, "text/plain", encoding);
        buf_reset(&said);
        buf_add(&said, buf_slice(&html));
        buf_str(out, "--b2\n");
        text_part(out, &said, "text/html", encoding);
        buf_str(out, "--b2--\n");
    } else {
        buf_add(&said, buf_slice(with_html ? &html : &plain));
        text_part(out, &said, with_html ? "text/html" : "text/plain", encoding);
    }
    buf_fini(&said);
    buf_fini(&plain);
    buf_fini(&html);
}

void forward_make(struct arena *a, unsigned number, struct forward_case *out)
{
    const struct style *s = &STYLES[number % N_STYLES];
    unsigned turn = number / N_STYLES, who = (number + turn) % N_PEOPLE;
    struct made m = {.a = a,
                     .t = &TONGUES[(number * 5 + turn * 7) % N_TONGUES],
                     .m = &MAILINGS[(number * 3 + turn) % N_MAILINGS],
                     .name = PEOPLE[who].name,
                     .address = PEOPLE[who].address,
                     .date = "Mon, 3 Nov 2025 10:15:00 +0000"};
    const char *broken = s->how == HOW_TEXT ? BROKEN[(number + turn * 3) % N_BROKEN] : "";
    if (strcmp(broken, "encoding left") == 0 &&
        (s->make == apple || s->make == samsung || s->make == gmx))
        broken = "";
    char token[64], *text = arena_bytes(a, 4096);
    snprintf(token, sizeof(token), "%016llx%08x", (unsigned long long)hash_mix(number + 1),
             number * 2654435761u);
    snprintf(text, 4096, m.m->text, m.name); /* NOLINT: the formats are ours */
    m.text = slice_str(text);
    m.link = arena_printf(a, "%s/%s?u=%s", m.m->link, token, m.address);
    struct buf mail = BUF_INIT(1 << 20);
    buf_printf(&mail,
               "Return-Path: <%s>\nFrom: %s <%s>\nTo: spam@desk.example\nSubject: Fwd: %s\n"
               "Date: Mon, 3 Nov 2025 12:00:00 +0000\nMessage-ID: "
               "<%u@reporter.example>\nMIME-Version: 1.0\n",
               m.address, m.name, m.address, m.m->subject, number);
    if (s->how == HOW_ATTACHED || s->how == HOW_EML)
        attach(&m, s->how, &mail);
    else
        texts(&m, s, broken, number % 3, &mail);
    *out = (struct forward_case){.program = s->program,
                                 .tongue = m.t->code,
                                 .broken = broken,
                                 .mailing = (unsigned)(m.m - MAILINGS),
                                 .is_attached = s->how == HOW_ATTACHED || s->how == HOW_EML,
                                 .is_source = s->how == HOW_SOURCE,
                                 .has_labels = s->how != HOW_REPLY,
                                 .bytes = arena_dup(a, buf_slice(&mail)),
                                 .reporter = slice_str(m.address),
                                 .reporter_name = slice_str(m.name),
                                 .from = m.m->from,
                                 .subject = m.m->subject,
                                 .link = m.m->link};
    buf_fini(&mail);
}
