/* HTML tokenizer in the terms of WHATWG HTML 13.2.5: one token per call, no tree.
 *
 * Its results are those of the standard, parse errors are not reported. Text comes in chunks (a
 * run of text may take several calls). Line ends are left as they are (the standard turns CRLF
 * into LF first; for text that is collapsed it makes no difference), CR counts as white space.
 * Linear: every byte is looked at a bounded number of times; `work` counts the looks.
 */
#ifndef MUSTER_MAIL_HTML_TOKEN_H
#define MUSTER_MAIL_HTML_TOKEN_H

#include "base/arena.h"

enum html_kind {
    HTML_END_OF_FILE,
    HTML_TEXT,
    HTML_START,
    HTML_END,
    HTML_COMMENT,
    HTML_DOCTYPE,
    HTML_NOTHING /* never returned */
};

enum html_mode {
    HTML_MODE_DATA,
    HTML_MODE_RCDATA,  /* title, textarea: character references, no tags */
    HTML_MODE_RAWTEXT, /* style, xmp, iframe, noembed, noframes */
    HTML_MODE_SCRIPT,
    HTML_MODE_PLAINTEXT,
    HTML_MODE_CDATA
};

/* Attributes kept of one tag; more set html_lexer.cut. */
#define HTML_ATTRS 64

struct html_attr {
    struct slice name;  /* lower case */
    struct slice value; /* character references resolved */
};

struct html_lexer {
    /* Set by html_lexer_init; mode and last_start may be set between calls. */
    struct arena *a;
    struct slice in;
    size_t at;
    enum html_mode mode;
    struct slice last_start; /* name of the last start tag: its end tag ends RCDATA and so on */
    uint64_t work;
    bool cut; /* a tag had more attributes than are kept */
    /* The token. */
    struct slice name; /* tag or DOCTYPE name, lower case */
    struct slice text; /* text, comment; valid until the next call */
    struct html_attr attrs[HTML_ATTRS];
    size_t n_attrs;
    bool is_self_closing;
    bool has_name, has_public, has_system, is_quirky; /* DOCTYPE */
    struct slice public_id, system_id;
    char small[8]; /* a resolved character reference */
};

void html_lexer_init(struct html_lexer *l, struct arena *a, struct slice in);
enum html_kind html_next(struct html_lexer *l);

/* Resolves the character reference behind '&' at the front of s: how many bytes it takes (0: it
 * is none, '&' stands for itself) and 1 to 8 bytes of UTF-8 in out. */
size_t html_reference(struct slice s, bool in_attribute, char out[8], size_t *out_n);
/* Text with all its references resolved; s itself when it holds none. */
struct slice html_unescape(struct arena *a, struct slice s, bool in_attribute);

#endif
