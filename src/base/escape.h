/* The one escaper: foreign bytes on their way to a log, a terminal, a header, an SMTP reply,
 * HTML or XML pass through here and nowhere else.
 *
 * Removed or made visible: C0 and C1 controls, DEL, CR, LF, bidi controls and isolates,
 * zero-width and other invisible format characters, and bytes that are not UTF-8.
 */
#ifndef MUSTER_BASE_ESCAPE_H
#define MUSTER_BASE_ESCAPE_H

#include "base/buf.h"

enum escape_for {
    ESCAPE_LOG,    /* one line; \xNN and \u{N}; backslash and quote are escaped */
    ESCAPE_TERM,   /* for people: the same, backslash and quote stay */
    ESCAPE_HEADER, /* one line; ASCII only: other characters become "?" */
    ESCAPE_SMTP,   /* as header; besides cut to 400 bytes */
    ESCAPE_HTML,   /* < > & " ' as entities; LF and tab stay */
    ESCAPE_JSON    /* RFC 8259 string content without the quotes; bad bytes become U+FFFD */
};

/* Adds at most max_bytes of output for s (0: no limit but the buffer's own); "..." ends a cut
 * text. */
void escape_add(struct buf *b, enum escape_for use, struct slice s, size_t max_bytes);
/* True for characters that change how text around them is shown: bidi controls, zero-width
 * characters, soft hyphen, variation selectors, tags, fillers. */
bool escape_is_invisible(uint32_t c);
/* True for the bidi embedding, override and isolate controls alone. */
bool escape_is_bidi(uint32_t c);

#endif
