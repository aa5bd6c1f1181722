/* From expanded paragraphs to plain text and HTML.
 *
 * Line marks: "# heading", "* item", ":: cell ;; cell", "=> label ;; url" (button),
 * "> quoted", "-- " (signature below). All layouts are drawn without a look at
 * the label: a preheader, a pixel or a button says nothing by itself. */
#include "gen.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    unsigned layout; /* 0 bare, 1 Outlook-like, 2 Gmail-like, 3 card, 4 full-width table */
    const char *colour, *font;
    char mark; /* kind of the open block: 'p', '*', ':', '>' or 0 */
} look;

static void escape(text *out, const char *s, size_t n)
{
    for (; n; n--, s++)
        switch (*s) {
        case '&':
            text_str(out, "&amp;");
            break;
        case '<':
            text_str(out, "&lt;");
            break;
        case '>':
            text_str(out, "&gt;");
            break;
        default:
            text_char(out, *s);
        }
}

/* Escaped text with its links made clickable. */
static void linked(text *out, const char *s, size_t n)
{
    const char *end = s + n;
    while (s < end) {
        const char *u = strstr(s, "http");
        if (!u || u >= end || (strncmp(u, "http://", 7) != 0 && strncmp(u, "https://", 8) != 0)) {
            escape(out, s, (size_t)(end - s));
            return;
        }
        size_t len = strcspn(u, " \n\t<>)\"");
        if (len > (size_t)(end - u))
            len = (size_t)(end - u);
        escape(out, s, (size_t)(u - s));
        text_str(out, "<a href=\"");
        escape(out, u, len);
        text_str(out, "\">");
        escape(out, u, len);
        text_str(out, "</a>");
        s = u + len;
    }
}

static void close_block(text *out, look *k)
{
    static const struct {
        char mark;
        const char *end;
    } ends[] = {{'p', "</p>\n"}, {'*', "</ul>\n"}, {':', "</table>\n"}, {'>', "</blockquote>\n"}};
    for (size_t i = 0; i < 4; i++)
        if (k->mark == ends[i].mark)
            text_str(out, ends[i].end);
    k->mark = 0;
}

/* True when a new block was opened, false when this line continues one. */
static bool open_block(text *out, look *k, char mark)
{
    if (k->mark == mark)
        return false;
    close_block(out, k);
    k->mark = mark;
    switch (mark) {
    case 'p':
        if (k->layout == 1)
            text_str(out, "<p class=\"MsoNormal\">");
        else if (k->layout >= 3)
            text_fmt(out,
                     "<p style=\"margin:0 0 16px;font-size:15px;line-height:1.5;font-family:%s\">",
                     k->font);
        else
            text_str(out, "<p>");
        break;
    case '*':
        text_str(out, "<ul>\n");
        break;
    case ':':
        text_str(out,
                 "<table width=\"100%\" cellpadding=\"6\" style=\"border-collapse:collapse\">\n");
        break;
    default:
        text_str(
            out,
            "<blockquote style=\"margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex\">");
    }
    return true;
}

static void button(text *out, const look *k, const char *label, size_t n, const char *url)
{
    text_str(out, k->layout >= 3 ? "<div style=\"text-align:center;margin:24px 0\"><a href=\""
                                 : "<p><a href=\"");
    escape(out, url, strlen(url));
    text_str(out, "\"");
    if (k->layout >= 3)
        text_fmt(out,
                 " style=\"background:%s;color:#ffffff;padding:12px "
                 "24px;border-radius:4px;text-decoration:none;display:inline-block\"",
                 k->colour);
    text_str(out, ">");
    escape(out, label, n);
    text_str(out, k->layout >= 3 ? "</a></div>\n" : "</a></p>\n");
}

static void row(text *out, const char *s)
{
    text_str(out, "<tr>");
    for (;;) {
        const char *e = strstr(s, ";;");
        size_t n = e ? (size_t)(e - s) : strlen(s);
        text_str(out, "<td style=\"border-bottom:1px solid #eee\">");
        linked(out, s, n);
        text_str(out, "</td>");
        if (!e)
            break;
        s = e + 2;
    }
    text_str(out, "</tr>\n");
}

static void html_line(text *out, look *k, const char *s)
{
    const char *gap = strstr(s, " ;; ");
    if (!*s) {
        close_block(out, k);
    } else if (strncmp(s, "=> ", 3) == 0 && gap) {
        close_block(out, k);
        button(out, k, s + 3, (size_t)(gap - s) - 3, gap + 4);
    } else if (strncmp(s, ":: ", 3) == 0) {
        open_block(out, k, ':');
        row(out, s + 3);
    } else if (strncmp(s, "# ", 2) == 0) {
        close_block(out, k);
        text_fmt(out, "<h%d style=\"color:%s\">", k->layout >= 3 ? 1 : 3, k->colour);
        linked(out, s + 2, strlen(s + 2));
        text_fmt(out, "</h%d>\n", k->layout >= 3 ? 1 : 3);
    } else if (strncmp(s, "* ", 2) == 0) {
        open_block(out, k, '*');
        text_str(out, "<li>");
        linked(out, s + 2, strlen(s + 2));
        text_str(out, "</li>\n");
    } else {
        bool quoted = s[0] == '>';
        const char *t = quoted ? s + 1 + (s[1] == ' ') : s;
        if (!open_block(out, k, quoted ? '>' : 'p'))
            text_str(out, "<br>\n");
        linked(out, t, strlen(t));
    }
}

/* Calls back for every line, without its newline. */
static void each_line(const char *s, void (*fn)(text *, look *, const char *), text *out, look *k)
{
    while (*s) {
        size_t n = strcspn(s, "\n");
        char *line = must_copy(s, n);
        fn(out, k, line);
        free(line);
        s += n + (s[n] == '\n');
    }
}

static void plain_line(text *out, look *k, const char *s)
{
    const char *gap = strstr(s, " ;; ");
    bool marked = strncmp(s, "=> ", 3) == 0 && gap;
    if (marked) {
        text_add(out, s + 3, (size_t)(gap - s) - 3);
        text_str(out, k->layout & 1 ? ": " : "\n");
        text_str(out, gap + 4);
    } else if (strncmp(s, ":: ", 3) == 0) {
        for (s += 3; (gap = strstr(s, " ;; ")); s = gap + 4) {
            text_add(out, s, (size_t)(gap - s));
            text_str(out, k->layout & 1 ? "  " : " | ");
        }
        text_str(out, s);
    } else {
        text_str(out, s);
    }
    text_char(out, '\n');
}

/* Breaks running text at about 72 characters; quoted lines and links stay. */
static void wrap(const char *s, text *out)
{
    size_t col = 0;
    while (*s) {
        size_t n = strcspn(s, " \n");
        if (col && col + n > 72) {
            out->p[out->n - 1] = '\n';
            col = 0;
        }
        text_add(out, s, n + (s[n] != '\0'));
        col = s[n] == '\n' ? 0 : col + n + 1;
        s += n + (s[n] != '\0');
    }
}

static void hidden(ctx *c, text *out, const char *s, size_t n)
{
    static const char *const styles[] = {
        "display:none;max-height:0;overflow:hidden",
        "display:none!important;font-size:1px;color:#ffffff;line-height:1px",
        "font-size:0;line-height:0;mso-hide:all",
        "position:absolute;left:-9999px",
        "color:#ffffff;font-size:1px",
        "opacity:0;height:0;width:0"};
    text_fmt(out, "<div style=\"%s\">", styles[rng_below(c->r, 6)]);
    escape(out, s, n);
    if (rng_chance(c->r, 50))
        for (int i = 0; i < 20; i++)
            text_str(out, "&zwnj;&nbsp;");
    text_str(out, "</div>\n");
}

/* Honest wording for salad: the body of some honest template of the same language. */
static void honest_text(ctx *c, text *out)
{
    const store *s = c->s;
    unsigned start = rng_below(c->r, (unsigned)s->n);
    for (size_t i = 0; i < s->n; i++) {
        const tmpl *t = s->t[(start + i) % s->n];
        if (t->label != LABEL_HAM || strcmp(t->lang, c->t->lang) != 0)
            continue;
        ctx other = *c;
        other.memos = NULL;
        other.nmemos = 0;
        other.t = t;
        expand_piece(&other, &t->body.v[rng_below(c->r, (unsigned)t->body.n)], out);
        ctx_free(&other);
        return;
    }
}

static void image(ctx *c, text *out, bool whole)
{
    const char *host = value(c, rng_chance(c->r, 60) ? "orgurl" : "url");
    unsigned width = whole ? 600 : 120 + 20 * rng_below(c->r, 6);
    const char *alt = rng_chance(c->r, 60) ? value(c, "org") : "";
    text_fmt(out, "<img src=\"%s\" width=\"%u\" alt=\"%s\" style=\"display:block;border:0\">\n",
             host, width, alt);
}

/* Image-only mail: the words are in the picture; one link around it. */
static void image_only(ctx *c, const char *body, text *out)
{
    const char *u = strstr(body, "http");
    size_t n = u ? strcspn(u, " \n\t<>)\"") : 0;
    text_str(out, "<center><a href=\"");
    escape(out, u ? u : "#", u ? n : 1);
    text_str(out, "\">\n");
    image(c, out, true);
    text_str(out, "</a></center>\n");
}

static void html(ctx *c, look *k, const char *body, text *out)
{
    text_fmt(out, "<%s>\n",
             k->layout == 1 ? "html xmlns:o=\"urn:schemas-microsoft-com:office:office\"" : "html");
    text_str(out, "<head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\">");
    if (k->layout >= 3)
        text_str(out, "<meta name=\"viewport\" content=\"width=device-width, "
                      "initial-scale=1\">\n<style>a{color:inherit}@media(max-width:600px){.c{width:"
                      "100%!important}}</style>");
    text_str(out, "</head>\n<body>\n");
    if (k->layout >= 3 && rng_chance(c->r, 60))
        hidden(c, out, body, strcspn(body, "\n"));
    if (k->layout == 2)
        text_str(out, "<div dir=\"ltr\">\n");
    if (k->layout >= 3)
        text_fmt(out,
                 "<table role=\"presentation\" width=\"100%%\" bgcolor=\"#f4f4f4\"><tr><td "
                 "align=\"center\">\n<table class=\"c\" width=\"%u\" "
                 "style=\"background:#ffffff;border-top:%upx solid %s\"><tr><td "
                 "style=\"padding:24px\">\n",
                 k->layout == 3 ? 480u : 600u, rng_below(c->r, 6), k->colour);
    if (k->layout >= 3 && rng_chance(c->r, 50))
        image(c, out, false);
    if (c->t->trick == TRICK_IMAGE)
        image_only(c, body, out);
    else
        each_line(body, html_line, out, k);
    close_block(out, k);
    if (k->layout >= 3)
        text_str(out, "</td></tr></table>\n</td></tr></table>\n");
    if (k->layout == 2)
        text_str(out, "</div>\n");
    if (c->t->trick == TRICK_SALAD) {
        text honest = {0}, salad = {0};
        honest_text(c, &honest);
        each_line(text_c(&honest), plain_line, &salad, k);
        text_free(&honest);
        hidden(c, out, text_c(&salad), salad.n);
        text_free(&salad);
    }
    if (k->layout >= 3 && rng_chance(c->r, 50))
        text_fmt(out, "<img src=\"https://%s.gif\" width=\"1\" height=\"1\" alt=\"\">\n",
                 value(c, "pixel"));
    text_str(out, "</body></html>\n");
}

static void choose_form(ctx *c, letter *l)
{
    /* percent plain only and HTML only, by skin; the rest carries both */
    static const unsigned form[4][2] = {{40, 10}, {20, 30}, {10, 30}, {100, 0}};
    unsigned roll = rng_below(c->r, 100), plain = form[c->t->skin][0], only = form[c->t->skin][1];
    bool picture = c->t->trick == TRICK_IMAGE || c->t->trick == TRICK_SALAD;
    l->has_plain = picture ? rng_chance(c->r, 20) : roll < plain || roll >= plain + only;
    l->has_html = picture || roll >= plain;
}

void letter_free(letter *l)
{
    text *all[] = {&l->subject, &l->plain, &l->html, &l->from_name, &l->from_addr};
    for (size_t i = 0; i < 5; i++)
        text_free(all[i]);
}

static void from_line(ctx *c, letter *l)
{
    text both = {0};
    const tmpl *t = c->t;
    if (t->from.n)
        expand_piece(c, &t->from.v[rng_below(c->r, (unsigned)t->from.n)], &both);
    else
        text_fmt(&both, "%s",
                 value(c, t->skin == SKIN_PERSONAL || t->skin == SKIN_PLAIN ? "frompersonal"
                                                                            : "fromorg"));
    const char *s = text_c(&both), *gap = strstr(s, " ;; ");
    if (!gap)
        template_error(c, "'from' needs 'NAME ;; ADDRESS', found '%s'", s);
    text_add(&l->from_name, s, (size_t)(gap - s));
    text_str(&l->from_addr, gap + 4);
    text_free(&both);
}

void render(ctx *c, letter *l)
{
    static const char *const colours[] = {"#1a73e8", "#0b5cab", "#e50914", "#222222",
                                          "#2e7d32", "#ff6600", "#6b4fbb", "#0067b8"};
    static const char *const fonts[] = {"Arial,sans-serif", "'Segoe UI',Helvetica,sans-serif",
                                        "Georgia,serif", "-apple-system,Roboto,sans-serif"};
    const tmpl *t = c->t;
    text body = {0}, worn = {0};
    from_line(c, l);
    expand_piece(c, &t->subject.v[rng_below(c->r, (unsigned)t->subject.n)], &l->subject);
    expand_piece(c, &t->body.v[rng_below(c->r, (unsigned)t->body.n)], &body);
    if (t->skin == SKIN_BULK)
        text_fmt(&body, "\n%s\n", value(c, "bulkfoot"));
    else if (t->skin == SKIN_NOTICE)
        text_fmt(&body, "\n%s\n", value(c, "noticefoot"));
    disguise(c->r, t->trick, text_c(&body), &worn);
    choose_form(c, l);
    unsigned wide = rng_chance(c->r, 20) ? 0 : 3 + rng_below(c->r, 2);
    look k = {.layout = t->skin == SKIN_PERSONAL ? rng_below(c->r, 3) : wide};
    k.colour = colours[rng_below(c->r, 8)];
    k.font = fonts[rng_below(c->r, 4)];
    if (l->has_plain) {
        text lines = {0};
        if (t->skin == SKIN_PLAIN)
            text_str(&lines, text_c(&worn));
        else
            each_line(text_c(&worn), plain_line, &lines, &k);
        if (t->skin != SKIN_PLAIN && rng_chance(c->r, 50))
            wrap(text_c(&lines), &l->plain);
        else
            text_str(&l->plain, text_c(&lines));
        text_free(&lines);
    }
    if (l->has_html)
        html(c, &k, text_c(&worn), &l->html);
    text_free(&body);
    text_free(&worn);
}
