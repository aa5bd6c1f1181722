/* Lines of a text in which a forward is looked for, and the header blocks in them. Between the
 * files of forward alone. */
#ifndef MUSTER_DESK_FORWARD_INTERNAL_H
#define MUSTER_DESK_FORWARD_INTERNAL_H

#include "desk/forward.h"

struct forward_line {
    struct slice bare;  /* without quote marks and white space at the ends */
    struct slice whole; /* without quote marks, as it stands */
    uint32_t quotes;    /* how many marks stood before it */
    bool is_known;      /* label was looked for */
    int label;          /* enum forward_label, -1: none */
    uint64_t languages; /* in which the label is one */
    struct slice value;
};

struct forward_lines {
    struct arena *arena;
    struct forward_line *line;
    size_t n;
    unsigned inlines; /* lines in which many labels were looked for: bounded */
};

struct forward_block {
    size_t first, end; /* lines */
    struct slice value[FORWARD_LABELS];
    unsigned kinds;                 /* bits of labels */
    char order[FORWARD_LABELS + 1]; /* "FDST", as they came */
    size_t n_order;
    uint8_t votes[64]; /* labels by language */
    unsigned repairs;
};

/* Cuts a text into lines; bounded. */
void forward_cut(struct arena *a, struct slice text, struct forward_lines *out);
/* Is there a label at the front of s? -1: no. *out_value points behind the colon. */
int forward_label_of(struct arena *a, struct slice s, uint64_t *out_languages,
                     struct slice *out_value);
/* Tag of the language that most labels of a block are in; empty when all could be of several. */
struct slice forward_language(const struct forward_block *b);
/* The label of line i. */
const struct forward_line *forward_line_at(struct forward_lines *l, size_t i);
/* A header block that begins at line i with a label. has_marker lowers what is asked of it. */
bool forward_block_at(struct forward_lines *l, size_t i, bool has_marker,
                      struct forward_block *out);
/* True for a line that announces a forwarded message or is a rule above one. */
bool forward_is_marker(struct slice bare);
/* Undoes UTF-8 read as windows-1252, line by line; the text itself when nothing was to do. */
struct slice forward_unmojibake(struct arena *a, struct slice text);
/* Whose forward it looks like. */
struct slice forward_style(struct slice marker, const struct forward_block *b, struct slice html);

#endif
