/* What the files of conf share: the lexer's tokens and reading one value. Not for others. */
#ifndef MUSTER_BASE_CONF_INTERNAL_H
#define MUSTER_BASE_CONF_INTERNAL_H

#include "base/buf.h"
#include "base/conf.h"

#define CONF_TEXT_MAX   (1u << 20)
#define CONF_LINE_MAX   4096u
#define CONF_BLOCKS_MAX 4096u

enum conf_token_kind {
    CONF_TOKEN_END,
    CONF_TOKEN_WORD,
    CONF_TOKEN_QUOTED,
    CONF_TOKEN_EQUALS,
    CONF_TOKEN_COMMA,
    CONF_TOKEN_OPEN,
    CONF_TOKEN_CLOSE
};

struct conf_token {
    enum conf_token_kind kind;
    struct slice text; /* in the arena */
    uint32_t line;
};

struct conf_lexer {
    struct arena *arena;
    struct slice rest;
    uint32_t line;
    const char *file;
    struct err *e;
};

/* Takes the next token. in_value: "=" is part of a word. Returns 0 or ERR_PARSE. */
MUST_USE int conf_lex(struct conf_lexer *x, bool in_value, struct conf_token *out);
/* Checks size, line length and UTF-8 of the whole text; skips a byte order mark. */
MUST_USE int conf_lex_start(struct conf_lexer *x, struct slice text);

/* Reads the words of one value into the item's field of *data. Error text has no place in front.
 * n is at least 1; more than one only makes sense for a list. */
MUST_USE int conf_item_read(struct arena *a, const struct conf_item *item,
                            const struct slice *words, size_t n, void *data, struct err *e);
/* The same from text in the file's grammar (defaults and overrides). */
MUST_USE int conf_item_read_text(struct arena *a, const struct conf_item *item, const char *text,
                                 void *data, struct err *e);
size_t conf_item_count(const struct conf_section *s);
/* Adds ` ("did you mean" ...)` or the list of known words to *e. */
void conf_add_hint(struct err *e, struct slice word, const char *const *words);

#endif
