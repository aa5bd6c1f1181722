/* Reads the template folder.
 *
 * LABEL-FAMILY.LANG.txt is a template, every other .txt holds shared lists
 * ("let NAME = TEXT"). Files are read in name order: directory order differs
 * between machines and would change what a seed produces. */
#include "gen.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECTION_HEAD, SECTION_SUBJECT, SECTION_BODY };

typedef struct {
    const char *path;
    unsigned line;
    int section;
    tmpl *t; /* NULL in a list file */
} reader;

_Noreturn static void bad(const reader *r, const char *what, const char *word)
{
    die(EXIT_FAILED, "%s:%u: %s '%s'", r->path, r->line, what, word);
}

static void add_piece(pieces *p, const char *s, size_t n, unsigned line)
{
    p->v = must_alloc(p->v, (p->n + 1) * sizeof *p->v);
    p->v[p->n++] = (piece){must_copy(s, n), line};
}

static void add_let(store *s, const reader *r, const char *line)
{
    const char *eq = strstr(line, " =");
    if (!eq || eq == line)
        bad(r, "expected 'let NAME = TEXT', found", line);
    const char *v = eq + 2;
    while (*v == ' ')
        v++;
    s->lets = must_alloc(s->lets, (s->nlets + 1) * sizeof *s->lets);
    s->lets[s->nlets++] = (let){.name = must_copy(line, (size_t)(eq - line)),
                                .value = must_copy(v, strlen(v)),
                                .owner = r->t,
                                .path = r->path,
                                .line = r->line};
}

/* The position of the word in a NULL-ended list; an unknown word is an error that names the
 * choices. */
static int one_of(const reader *r, const char *word, const char *const *words)
{
    text all = {0};
    for (int i = 0; words[i]; i++) {
        if (strcmp(word, words[i]) == 0) {
            text_free(&all);
            return i;
        }
        text_fmt(&all, " %s", words[i]);
    }
    die(EXIT_FAILED, "%s:%u: unknown word '%s', expected one of:%s", r->path, r->line, word,
        text_c(&all));
}

static void head_line(store *s, const reader *r, char *line)
{
    static const char *const keys[] = {"let",    "class", "skin",   "trick",
                                       "weight", "from",  "attach", NULL};
    static const char *const skins[] = {"personal", "notice", "bulk", "plain", NULL};
    static const char *const tricks[] = {"none", "split", "homoglyph", "salad", "image", NULL};
    /* the classes of design.md section 1 */
    static const char *const classes[] = {"malware",     "phishing", "scam",
                                          "unsolicited", "bulk",     "transactional",
                                          "personal",    "other",    NULL};
    char *arg = strchr(line, ' ');
    if (!arg)
        bad(r, "expected 'KEY VALUE', found", line);
    *arg++ = '\0';
    tmpl *t = r->t;
    switch (one_of(r, line, keys)) {
    case 0:
        add_let(s, r, arg);
        break;
    case 1:
        (void)one_of(r, arg, classes);
        t->class_name = must_copy(arg, strlen(arg));
        break;
    case 2:
        t->skin = (skin_kind)one_of(r, arg, skins);
        break;
    case 3:
        t->trick = (trick_kind)one_of(r, arg, tricks);
        break;
    case 4:
        t->weight = (unsigned)strtoul(arg, NULL, 10);
        if (t->weight < 1 || t->weight > 100)
            bad(r, "weight must be 1 to 100, found", arg);
        break;
    case 5:
        add_piece(&t->from, arg, strlen(arg), r->line);
        break;
    default:
        add_piece(&t->attach, arg, strlen(arg), r->line);
        break;
    }
}

static void section_line(reader *r, const char *name)
{
    if (strcmp(name, "subject") == 0)
        r->section = SECTION_SUBJECT;
    else if (strcmp(name, "body") == 0)
        add_piece(&r->t->body, "", 0, r->line + 1), r->section = SECTION_BODY;
    else
        bad(r, "sections are 'subject' and 'body', found", name);
}

static void body_line(const reader *r, const char *line)
{
    piece *b = &r->t->body.v[r->t->body.n - 1];
    size_t have = strlen(b->s), n = strlen(line);
    b->s = must_alloc(b->s, have + n + 2);
    memcpy(b->s + have, line, n);
    memcpy(b->s + have + n, "\n", 2);
}

static void template_line(store *s, reader *r, char *line)
{
    if (strncmp(line, "== ", 3) == 0)
        section_line(r, line + 3);
    else if (r->section == SECTION_BODY)
        body_line(r, line);
    else if (line[0] == '\0' || line[0] == '#')
        return;
    else if (r->section == SECTION_SUBJECT)
        add_piece(&r->t->subject, line, strlen(line), r->line);
    else
        head_line(s, r, line);
}

static void list_line(store *s, const reader *r, char *line)
{
    if (line[0] == '\0' || line[0] == '#')
        return;
    if (strncmp(line, "let ", 4) != 0)
        bad(r, "a list file holds only 'let NAME = TEXT' lines, found", line);
    add_let(s, r, line + 4);
}

/* spam-parcel-fee.de.txt: label, family and language; NULL for a list file. */
static tmpl *from_name(const char *path, const char *name)
{
    int label = strncmp(name, "spam-", 5) == 0  ? LABEL_SPAM
                : strncmp(name, "ham-", 4) == 0 ? LABEL_HAM
                                                : -1;
    if (label < 0)
        return NULL;
    const char *family = strchr(name, '-') + 1;
    const char *dot = strchr(family, '.');
    size_t lang = dot ? strcspn(dot + 1, ".") : 0;
    if (!dot || dot == family || lang < 2 || strcmp(dot + 1 + lang, ".txt") != 0)
        die(EXIT_FAILED, "%s: name must be LABEL-FAMILY.LANG.txt", path);
    tmpl *t = must_alloc(NULL, sizeof *t);
    *t = (tmpl){.path = must_copy(path, strlen(path)),
                .label = label,
                .weight = 1,
                .family = must_copy(family, (size_t)(dot - family)),
                .lang = must_copy(dot + 1, lang)};
    return t;
}

static void check(const tmpl *t)
{
    if (!t->class_name)
        die(EXIT_FAILED, "%s: no 'class' line", t->path);
    if (!t->subject.n)
        die(EXIT_FAILED, "%s: no subject", t->path);
    if (!t->body.n)
        die(EXIT_FAILED, "%s: no body", t->path);
}

static void load_file(store *s, const char *path, const char *name)
{
    FILE *f = fopen(path, "r");
    if (!f)
        die(EXIT_FAILED, "%s: %s", path, strerror(errno));
    tmpl *t = from_name(path, name);
    reader r = {.path = t ? t->path : must_copy(path, strlen(path)), .t = t};
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    while ((n = getline(&line, &cap, f)) >= 0) {
        r.line++;
        while (n > 0 && isspace((unsigned char)line[n - 1]))
            line[--n] = '\0';
        if (t)
            template_line(s, &r, line);
        else
            list_line(s, &r, line);
    }
    free(line);
    if (ferror(f))
        die(EXIT_FAILED, "%s: %s", path, strerror(errno));
    fclose(f);
    if (!t)
        return;
    check(t);
    s->t = must_alloc(s->t, (s->n + 1) * sizeof *s->t);
    s->t[s->n++] = t;
}

static int is_text_file(const struct dirent *d)
{
    size_t n = strlen(d->d_name);
    return n > 4 && strcmp(d->d_name + n - 4, ".txt") == 0;
}

/* Not alphasort: it follows the locale. */
static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

void store_load(store *s, const char *dir)
{
    struct dirent **names = NULL;
    int n = scandir(dir, &names, is_text_file, by_bytes);
    if (n < 0)
        die(EXIT_FAILED, "%s: %s", dir, strerror(errno));
    for (int i = 0; i < n; i++) {
        text path = {0};
        text_fmt(&path, "%s/%s", dir, names[i]->d_name);
        load_file(s, text_c(&path), names[i]->d_name);
        text_free(&path);
        free(names[i]);
    }
    free(names);
    if (!s->n)
        die(EXIT_FAILED, "%s: no templates (LABEL-FAMILY.LANG.txt) in this folder", dir);
}

/* NAME.LANG before NAME, and a template's own before the shared one. */
const let *store_let(const store *s, const char *name, const char *lang, const tmpl *owner)
{
    const let *best = NULL;
    int best_rank = 0;
    size_t n = strlen(name);
    for (size_t i = 0; i < s->nlets; i++) {
        const let *l = &s->lets[i];
        if (strncmp(l->name, name, n) != 0 || (l->owner && l->owner != owner))
            continue;
        bool plain = l->name[n] == '\0';
        if (!plain && (l->name[n] != '.' || strcmp(l->name + n + 1, lang) != 0))
            continue;
        int rank = (l->owner ? 2 : 0) + (plain ? 1 : 2);
        if (rank > best_rank)
            best = l, best_rank = rank;
    }
    return best;
}
