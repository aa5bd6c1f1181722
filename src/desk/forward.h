/* Finding the message inside a mail that somebody forwarded in its text.
 *
 * Mail programs put a few labelled lines ("From:", "Gesendet:", "主题：") above what they forward,
 * in the program's language, with or without a line that announces it. They are found by what they
 * are, not by which program wrote them: three labels of a header near each other, one of them the
 * author's. Forwards that were wrapped again, quoted, run together into one line, read in the wrong
 * character set or left with quoted-printable in them are repaired as far as can be. Everything is
 * foreign; nothing fails; linear, bounded by FORWARD_BYTES and FORWARD_LINES.
 */
#ifndef MUSTER_DESK_FORWARD_H
#define MUSTER_DESK_FORWARD_H

#include "mail/message.h"

#define FORWARD_BYTES (512u << 10)
#define FORWARD_LINES 16384u

enum forward_label {
    LABEL_FROM,
    LABEL_TO,
    LABEL_CC,
    LABEL_DATE,
    LABEL_SUBJECT,
    LABEL_REPLY,
    LABEL_OTHER,
    FORWARD_LABELS
};

/* What had to be repaired; bits. */
enum forward_repair {
    REPAIR_QUOTED = 1 << 0,    /* the header stood behind quote marks */
    REPAIR_WRAPPED = 1 << 1,   /* values went on in further lines */
    REPAIR_ONE_LINE = 1 << 2,  /* the header was run together into one line */
    REPAIR_MOJIBAKE = 1 << 3,  /* UTF-8 had been read as windows-1252 */
    REPAIR_ENCODED = 1 << 4,   /* quoted-printable had been left in the text */
    REPAIR_NO_LABELS = 1 << 5, /* only an attribution ("X wrote:") */
    REPAIR_ESCAPED = 1 << 6    /* HTML escapes had been left in the text */
};

struct forward {
    bool is_source;        /* a whole message was pasted: `source`, nothing else but said */
    struct slice source;   /* as bytes, quote marks taken off */
    struct slice style;    /* "gmail", "outlook", ... or "other" */
    struct slice language; /* "de"; empty when only common words were there */
    struct slice value[FORWARD_LABELS]; /* as text in UTF-8 */
    struct slice text;                  /* what was forwarded, without the header */
    struct slice html; /* its HTML in UTF-8 where there is one, about from the header on */
    struct slice said; /* what the reporter wrote above it */
    unsigned repairs;  /* of enum forward_repair */
    bool had_marker;   /* a line announced the forward */
};

/* Looks through the text parts of a mail. false: it forwards nothing in its text. */
bool forward_find(struct arena *a, const struct message *m, struct forward *out);
/* The same in one text. */
bool forward_find_text(struct arena *a, struct slice text, struct forward *out);

/* The address in a label's value, lower case in its domain ("X [mailto:a@b]", "a@B (X)"), the
 * last when there are several; and the name beside it. Empty when there is none. */
struct slice forward_address(struct arena *a, struct slice value, struct slice *out_name);

#endif
