/* Text as it is shown: white space collapsed, block ends as line ends, invisible characters
 * inside words taken out and counted. */
#ifndef MUSTER_MAIL_HTML_TEXT_H
#define MUSTER_MAIL_HTML_TEXT_H

#include "base/buf.h"

enum html_gap { GAP_NONE, GAP_SPACE, GAP_LINE };

struct html_text {
    struct buf out;
    enum html_gap gap; /* waits for the next visible character */
    uint32_t loose;    /* bytes of invisible characters since the last visible one */
    uint32_t loose_chars;
    uint32_t zero_width; /* invisible characters inside words */
    uint32_t zero_bytes; /* their bytes */
};

void html_text_gap(struct html_text *t, enum html_gap gap);
/* Adds characters; returns how many bytes went into the text. `preserves`: line ends stay. */
size_t html_text_add(struct html_text *t, struct slice s, bool preserves);

#endif
