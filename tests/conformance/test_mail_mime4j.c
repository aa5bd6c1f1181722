/* Suites mime/mime4j-testmsgs (part tree and decoded bodies; NAME_decoded.xml names them) and
 * mime/eai-arnt (RFC 6532: UTF-8 in headers, names and addresses). */
#include "mail/message.h"
#include "suite.h"

#include <stdio.h>

#define FOLDER "mime/mime4j-testmsgs/"

static struct arena *arena;
static struct suite suite;

static const struct suite_exception EXCEPTIONS[] = {
    {"basic-plain-with-bad-header-separator",
     "two lines that are no field: we begin the body there, the other program skips them"},
    {"malformedHeader-noheader",
     "the same bytes as malformedHeaderStartsBody-noheader with another setting; we keep the text"},
    {"malformedHeaderStartsBody-nocrlfcrlf",
     "the same bytes as malformedHeader-nocrlfcrlf, which passes, with another setting"},
    {"malformedHeaderStartsBody-noheader", "the other program loses the last line, we keep it"},
    {NULL, NULL}};

/* One event of a _decoded.xml: '<' opens a message or body part, '>' closes it, 'f' a field, 'b'
 * a body with its file name. Multiparts, preambles and epilogues are left out: what they hold
 * follows from the rest. */
struct event {
    char kind;
    struct slice text;
};

struct events {
    struct event of[400];
    size_t n;
};

static void add(struct events *e, char kind, struct slice text)
{
    if (e->n < sizeof(e->of) / sizeof(e->of[0]))
        e->of[e->n++] = (struct event){kind, text};
}

static struct slice unescape(struct slice s)
{
    static const char *const NAMES[][2] = {
        {"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}};
    char *out = arena_bytes(arena, s.n + 1);
    size_t n = 0;
    while (s.n) {
        size_t used = 1;
        out[n] = s.p[0];
        for (size_t i = 0; i < 4; i++) {
            if (slice_starts(s, slice_str(NAMES[i][0]))) {
                out[n] = NAMES[i][1][0];
                used = strlen(NAMES[i][0]);
            }
        }
        n++;
        s = slice_from(s, used);
    }
    return slice_of(out, n);
}

/* Bytes of an XML file in ISO-8859-1 or UTF-8 and of a field compare without CR and 8-bit. */
static struct slice plain(struct slice s)
{
    char *out = arena_bytes(arena, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != '\r' && (unsigned char)s.p[i] < 128)
            out[n++] = s.p[i];
    }
    return slice_trim(slice_of(out, n));
}

static void read_xml(struct slice xml, struct events *e)
{
    while (xml.n) {
        size_t at = slice_chr(xml, '<');
        if (at == SIZE_MAX)
            return;
        xml = slice_from(xml, at);
        size_t end = slice_chr(xml, '>');
        if (end == SIZE_MAX)
            return;
        struct slice tag = slice_of(xml.p + 1, end - 1);
        xml = slice_from(xml, end + 1);
        if (slice_eq(tag, SLICE("message")) || slice_eq(tag, SLICE("body-part"))) {
            add(e, '<', tag);
        } else if (slice_eq(tag, SLICE("/message")) || slice_eq(tag, SLICE("/body-part"))) {
            add(e, '>', tag);
        } else if (slice_eq(tag, SLICE("field"))) {
            size_t close = slice_find(xml, SLICE("</field>"));
            add(e, 'f', plain(unescape(slice_head(xml, close))));
        } else if (slice_starts(tag, SLICE("text-body")) ||
                   slice_starts(tag, SLICE("binary-body"))) {
            struct slice name = slice_from(tag, slice_find(tag, SLICE("name=\"")) + 6);
            add(e, 'b', slice_head(name, slice_chr(name, '"')));
        }
    }
}

static void walk(const struct part *p, struct events *e)
{
    bool is_inner = p->parent && p->parent->is_message;
    add(e, '<', p->parent == NULL || is_inner ? SLICE("message") : SLICE("body-part"));
    for (const struct header *h = p->headers.first; h; h = h->next)
        add(e, 'f', plain(h->raw));
    if (p->child == NULL && !p->is_multipart)
        add(e, 'b', p->decoded);
    for (const struct part *c = p->child; c; c = c->next)
        walk(c, e);
    add(e, '>', SLICE(""));
}

static void compare(const struct events *got, const struct events *want)
{
    for (size_t i = 0; i < got->n || i < want->n; i++) {
        char g = i < got->n ? got->of[i].kind : '-', w = i < want->n ? want->of[i].kind : '-';
        struct slice gt = i < got->n ? got->of[i].text : SLICE("");
        struct slice wt = i < want->n ? want->of[i].text : SLICE("");
        if (g == 'b' && w == 'b') {
            const char *path = arena_cstr(arena, arena_printf(arena, FOLDER "%.*s", SLICE_ARG(wt)));
            wt = plain(suite_load(arena, path));
            gt = plain(gt);
        }
        if (g != w || (g != '>' && !slice_eq(gt, wt))) {
            suite_differs(&suite, "event %zu: got %c \"%.*s\", want %c \"%.*s\"", i, g,
                          SLICE_ARG(slice_head(gt, 200)), w, SLICE_ARG(slice_head(wt, 200)));
            return;
        }
    }
}

static void run_mime4j(const char *name)
{
    struct slice base = slice_head(slice_str(name), strlen(name) - 4);
    const char *xml = arena_cstr(arena,
                                 arena_printf(arena, FOLDER "%.*s_decoded.xml", SLICE_ARG(base)));
    const char *msg = arena_cstr(arena, arena_printf(arena, FOLDER "%s", name));
    suite_case(&suite, arena_cstr(arena, base));
    static struct events got, want;
    got.n = want.n = 0;
    read_xml(suite_load(arena, xml), &want);
    struct message *m = message_parse(arena, suite_load(arena, msg), NULL);
    walk(m->root, &got);
    compare(&got, &want);
}

struct eai {
    const char *file;
    const char *display, *local, *domain; /* of From */
    const char *name;                     /* of an attachment, or NULL */
};

/* What the messages say of themselves. */
static const struct eai EAI[] = {
    {"addresses", "J\xc3\xb8ran \xc3\x98yg\xc3\xa5rdv\xc3\xa6r", "j\xc3\xb8ran", "example.com",
     NULL},
    {"attachment", "Arnt Gulbrandsen", "arnt", "example.com",
     "bl\xc3\xa5"
     "b\xc3\xa6rsyltet\xc3\xb8y"},
    {"from", "J\xc3\xb8ran \xc3\x98yg\xc3\xa5rdv\xc3\xa6r", "j\xc3\xb8ran", "example.com", NULL},
    {"mimefield", "Arnt Gulbrandsen", "arnt", "example.com",
     "bl\xc3\xa5"
     "b\xc3\xa6rsyltet\xc3\xb8y"},
    {"not-emoji", "", "xn--ls8ha", "outlook.com", NULL},
    {"punycode", "D\xc3\xb8mi", "info", "xn--dmi-0na.fo", NULL}};

static void run_eai(const struct eai *e)
{
    const char *path = arena_cstr(arena, arena_printf(arena, "mime/eai-arnt/%s", e->file));
    struct message *m = message_parse(arena, suite_load(arena, path), NULL);
    suite_case(&suite, e->file);
    if (m->from == NULL || !slice_eq(m->from->display, slice_str(e->display)) ||
        !slice_eq(m->from->local, slice_str(e->local)) ||
        !slice_eq(m->from->domain, slice_str(e->domain)))
        suite_differs(&suite, "From is not %s <%s@%s>", e->display, e->local, e->domain);
    bool found = e->name == NULL;
    for (size_t i = 0; i < m->n_parts; i++) {
        for (size_t k = 0; k < m->parts[i]->n_names; k++)
            found |= slice_eq(m->parts[i]->names[k], slice_str(e->name));
    }
    if (!found)
        suite_differs(&suite, "no attachment named %s", e->name);
    for (size_t k = 0; k < ANOMALY_KINDS; k++) {
        const struct anomaly_info *info = anomaly_info((enum anomaly_kind)k);
        if (m->anomalies.of[k].count && info->weight == ANOMALY_AMBIGUOUS)
            suite_differs(&suite, "marked as ambiguous: %s", info->name);
    }
}

int main(void)
{
    arena = arena_new(0);
    size_t n;
    const char **files = suite_files(arena, FOLDER, ".msg", &n);
    if (n == 0) {
        printf("skipped: mime/mime4j-testmsgs\nskipped: mime/eai-arnt\n");
        return 77;
    }
    suite = (struct suite){.name = "mime/mime4j-testmsgs", .exceptions = EXCEPTIONS};
    for (size_t i = 0; i < n; i++)
        run_mime4j(files[i]);
    bool ok = suite_end(&suite);
    suite = (struct suite){.name = "mime/eai-arnt"};
    for (size_t i = 0; i < sizeof(EAI) / sizeof(EAI[0]); i++)
        run_eai(&EAI[i]);
    ok &= suite_end(&suite);
    arena_free(arena);
    return ok ? 0 : 1;
}
