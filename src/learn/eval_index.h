/* An index of labelled mail, as the TREC spam track has it: "spam PATH" or "ham PATH" a line, in
 * the order to feed it; paths are relative to the index's folder. */
#ifndef MUSTER_LEARN_EVAL_INDEX_H
#define MUSTER_LEARN_EVAL_INDEX_H

#include "base/arena.h"
#include "base/err.h"

struct index_line {
    const char *path; /* as to be opened */
    uint32_t line;    /* in the index, from 1 */
    bool is_spam;
};

struct index_file {
    const char *name;
    struct index_line *lines;
    size_t n;
};

/* ERR_PARSE with "FILE:LINE: ..." on a wrong line, ERR_NOENT, ERR_IO. Blank lines and lines that
 * begin with # are passed over. */
MUST_USE int index_read(struct arena *a, const char *path, struct err *e, struct index_file *out);
/* A whole file into the arena; at most `most` bytes of it. */
MUST_USE int index_slurp(struct arena *a, const char *path, size_t most, struct err *e,
                         struct slice *out);

#endif
