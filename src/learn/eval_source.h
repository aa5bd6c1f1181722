/* Features of the messages of an index: read when first asked for, kept until dropped. */
#ifndef MUSTER_LEARN_EVAL_SOURCE_H
#define MUSTER_LEARN_EVAL_SOURCE_H

#include "learn/eval.h"

struct source {
    const struct index_file *index;
    const struct eval_options *options;
    struct features **kept; /* by line, NULL: not read or dropped */
    struct arena *arena;    /* for one message */
    int64_t read_us;        /* CPU spent */
    size_t reads;
};

void source_open(struct source *s, const struct index_file *index, const struct eval_options *o);
void source_close(struct source *s);
/* Error: ERR_... with "INDEX:LINE: ...". */
MUST_USE int source_get(struct source *s, size_t i, struct err *e, const struct features **out);
void source_drop(struct source *s, size_t i);

#endif
