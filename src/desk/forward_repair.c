/* Marks, styles and repairs of forwarded text. See forward.h. */
#include "base/utf8.h"
#include "desk/forward_internal.h"
#include "mail/unicode.h"

/* ---- lines that announce a forward ---- */

static const char *const OPENERS[] = {
    "begin forwarded message",
    "anfang der weitergeleiteten nachricht",
    "weitergeleitete nachricht",
    "d\xc3\xa9"
    "but du message r\xc3\xa9"
    "exp\xc3\xa9"
    "di\xc3\xa9",
    "d\xc3\xa9"
    "but du message transf\xc3\xa9r\xc3\xa9",
    "inicio del mensaje reenviado",
    "in\xc3\xad"
    "cio da mensagem reencaminhada",
    "in\xc3\xad"
    "cio da mensagem encaminhada",
    "inizio messaggio inoltrato",
    "begin doorgestuurd bericht",
    "vidarebefordrat brev",
    "videresendt meddelelse",
    "\xd0\xbd\xd0\xb0\xd1\x87\xd0\xb0\xd0\xbb\xd0\xbe \xd0\xbf\xd0\xb5\xd1\x80\xd0\xb5\xd0\xb0\xd0"
    "\xb4\xd1\x80\xd0\xb5\xd1\x81\xd0\xbe\xd0\xb2\xd0\xb0\xd0\xbd\xd0\xbd\xd0\xbe\xd0\xb3\xd0\xbe",
    "\xe4\xbb\xa5\xe4\xb8\x8b\xe6\x98\xaf\xe8\xbd\xac\xe5\x8f\x91\xe7\x9a\x84\xe9\x82\xae\xe4\xbb"
    "\xb6",
    "\xe4\xbb\xa5\xe4\xb8\x8b\xe6\x98\xaf\xe8\xbd\x89\xe5\xaf\x84\xe7\x9a\x84\xe9\x83\xb5\xe4\xbb"
    "\xb6",
};

static size_t run(struct slice s, bool at_end, size_t *out_marks)
{
    size_t n = 0, marks = 0;
    while (n < s.n) {
        char c = s.p[at_end ? s.n - 1 - n : n];
        if (c != '-' && c != '_' && c != '=' && c != '*' && c != ' ')
            break;
        marks += c != ' ';
        n++;
    }
    *out_marks = marks;
    return n;
}

bool forward_is_marker(struct slice bare)
{
    size_t left, right, front = run(bare, false, &left);
    if (front == bare.n)
        return left >= 16; /* a rule */
    if (bare.n > 300)
        return false;
    run(bare, true, &right);
    if (left >= 3 && (right >= 3 || left >= 5))
        return true;
    for (size_t i = 0; i < sizeof(OPENERS) / sizeof(*OPENERS); i++) {
        size_t n = strlen(OPENERS[i]);
        if (slice_istarts(bare, slice_of(OPENERS[i], n)))
            return true;
    }
    return false;
}

/* ---- whose forward it is ---- */

struct style {
    const char *name;
    int left;          /* dashes before the words; -1: any, 0: none */
    const char *words; /* that the marker holds; "" any */
    const char *order; /* of labels, as forward_block; "" any */
    const char *html;  /* that the HTML holds; "" any */
};

/* Shapes that programs leave whatever their language; the first that fits. */
static const struct style STYLES[] = {
    {"gmail", -1, "", "", "gmail_quote"},
    {"outlook-web", -1, "", "", "divRplyFwdMsg"},
    {"thunderbird", -1, "", "", "moz-forward-container"},
    {"yahoo", -1, "", "", "yahoo_quoted"},
    {"proton", -1, "", "", "protonmail_quote"},
    {"zimbra", -1, "", "", "zwchr"},
    {"mutt", 5, "from ", "", ""},
    {"lotus", 5, " by ", "", ""},
    {"kmail", 10, "Forwarded Message", "SDFT", ""},
    {"gmail", 10, "", "FDST", ""},
    {"gmail", 10, "", "FDS", ""},
    {"proton", 7, "", "FDST", ""},
    {"thunderbird", 8, "", "SDFT", ""},
    {"roundcube", 8, "", "SDFT", ""},
    {"k9", 8, "", "FDTS", ""},
    {"samsung", 8, "", "FDTS", ""},
    {"yahoo", 5, "", "FTDS", ""},
    {"zimbra", 5, "", "FTDS", ""},
    {"outlook", 5, "", "FDTS", ""},
    {"apple", 0, "", "FSDT", ""},
    {"gmx", -1, "", "DFTS", ""},
    {"outlook-mobile", 16, "", "FDTS", ""},
    {"outlook", -1, "", "FDTS", ""},
};

static size_t dashes(struct slice s)
{
    size_t n = 0;
    while (n < s.n && (s.p[n] == '-' || s.p[n] == '_'))
        n++;
    return n > 16 ? 16 : n;
}

static bool order_fits(const char *want, const struct forward_block *b)
{
    char core[FORWARD_LABELS + 1];
    size_t n = 0;
    for (size_t i = 0; i < b->n_order; i++) {
        if (strchr("FTDS", b->order[i]))
            core[n++] = b->order[i];
    }
    core[n] = 0;
    return *want == 0 || strcmp(want, core) == 0;
}

struct slice forward_style(struct slice marker, const struct forward_block *b, struct slice html)
{
    for (size_t i = 0; i < sizeof(STYLES) / sizeof(*STYLES); i++) {
        const struct style *s = &STYLES[i];
        if (s->left >= 0 && (size_t)s->left != dashes(marker))
            continue;
        if (*s->words && slice_ifind(marker, slice_str(s->words)) == SIZE_MAX)
            continue;
        if (*s->html && slice_find(html, slice_str(s->html)) == SIZE_MAX)
            continue;
        if (order_fits(s->order, b))
            return slice_str(s->name);
    }
    return SLICE("other");
}

/* ---- repairs ---- */

/* The byte that windows-1252 shows as this character; -1: none. */
static int cp1252_byte(uint32_t c)
{
    static const uint16_t high[32] = {
        0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
        0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};
    if (c <= 0xFF) /* also as ISO 8859-1 has it, with controls where windows-1252 has signs */
        return (int)c;
    for (int i = 0; i < 32; i++) {
        if (high[i] == c)
            return 0x80 + i;
    }
    return -1;
}

static bool undo_line(struct slice line, char *out, size_t *out_n)
{
    size_t n = 0;
    bool has_high = false;
    while (line.n) {
        int byte = cp1252_byte(utf8_next(&line, NULL));
        if (byte < 0)
            return false;
        has_high |= byte >= 0x80;
        out[n++] = (char)byte;
    }
    *out_n = n;
    return has_high && utf8_is_valid(slice_of(out, n));
}

struct slice forward_unmojibake(struct arena *a, struct slice text)
{
    char *out = arena_bytes(a, text.n + 1);
    size_t n = 0, fixed = 0;
    struct slice rest = text;
    while (rest.n) {
        size_t end = slice_chr(rest, '\n');
        struct slice line = slice_head(rest, end == SIZE_MAX ? rest.n : end + 1);
        size_t got;
        if (undo_line(line, out + n, &got)) {
            n += got;
            fixed++;
        } else {
            memcpy(out + n, line.p, line.n);
            n += line.n;
        }
        rest = slice_from(rest, line.n);
    }
    return fixed ? slice_of(out, n) : text;
}
