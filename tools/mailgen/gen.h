/* mailgen: writes training mail from templates. Shared types of its parts.
 *
 * text.c      growable text and the random number generator
 * template.c  reads the template folder, reports errors with file and line
 * expand.c    the grammar: choices, optional parts, references
 * words.c     generators: numbers, dates, money, domains, addresses, links
 * disguise.c  the spammers' disguises: split words, foreign letters, hidden text
 * render.c    paragraphs to plain text and HTML
 * mime.c      headers, encodings, the finished message
 * main.c      options, choice of families, index
 *
 * The grammar is described in models/base/README.md. */
#ifndef MAILGEN_GEN_H
#define MAILGEN_GEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    char *p;
    size_t n, cap;
} text;

void text_add(text *t, const char *s, size_t n);
void text_str(text *t, const char *s);
void text_char(text *t, char c);
void text_fmt(text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
const char *text_c(text *t); /* NUL terminated, never NULL */
void text_free(text *t);
void *must_alloc(void *old, size_t n); /* ends the program when memory is short */
char *must_copy(const char *s, size_t n);
_Noreturn void die(int code, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* splitmix64: the same seed gives the same mail on every machine */
typedef struct {
    uint64_t s;
} rng;
uint64_t rng_next(rng *r);
unsigned rng_below(rng *r, unsigned n); /* 0 when n is 0 */
bool rng_chance(rng *r, unsigned percent);

enum { LABEL_HAM, LABEL_SPAM };
enum { EXIT_USAGE = 2, EXIT_FAILED = 3 };

typedef struct {
    char *s;
    unsigned line; /* where it starts in the file */
} piece;

typedef struct {
    piece *v;
    size_t n;
} pieces;

typedef enum { SKIN_PERSONAL, SKIN_NOTICE, SKIN_BULK, SKIN_PLAIN } skin_kind;
typedef enum { TRICK_NONE, TRICK_SPLIT, TRICK_HOMOGLYPH, TRICK_SALAD, TRICK_IMAGE } trick_kind;

typedef struct {
    char *path, *family, *lang, *class_name;
    int label;
    skin_kind skin;
    trick_kind trick;
    unsigned weight;
    pieces from, attach, subject, body;
} tmpl;

typedef struct {
    char *name, *value;
    const tmpl *owner; /* NULL: visible to all templates */
    const char *path;
    unsigned line;
} let;

typedef struct {
    tmpl **t;
    size_t n;
    let *lets;
    size_t nlets;
} store;

void store_load(store *s, const char *dir);
const let *store_let(const store *s, const char *name, const char *lang, const tmpl *owner);

/* One message in the making. References are remembered, so that the brand in
 * the subject is the brand in the text. */
typedef struct {
    char *key, *value;
} memo;

typedef struct {
    rng *r;
    const store *s;
    const tmpl *t;
    int64_t now; /* date of the message, Unix time */
    memo *memos;
    size_t nmemos;
    unsigned suffix, fresh, depth;
    const char *path; /* for errors */
    unsigned line;
} ctx;

void ctx_free(ctx *c);
void expand(ctx *c, const char *s, size_t n, text *out);
void expand_piece(ctx *c, const piece *p, text *out);
/* value of $name as the templates see it; valid until ctx_free */
const char *value(ctx *c, const char *name);
_Noreturn void template_error(const ctx *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* words.c: true when a generator of that name exists */
bool generate(ctx *c, const char *name, const char *args, text *out);

void disguise(rng *r, trick_kind k, const char *s, text *out);

typedef struct {
    text subject, plain, html, from_name, from_addr;
    bool has_html, has_plain;
} letter;
void render(ctx *c, letter *l);
void letter_free(letter *l);

void mime_message(ctx *c, letter *l, text *out);

#endif
