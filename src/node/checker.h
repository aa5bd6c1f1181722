/* The check of a mailing in a child without rights (muster check): the parent opens files and
 * writes what comes back; the child reads the message, the facts and the list, evaluates, and
 * writes the list of rows to a descriptor that it was given.
 *
 * Every CHECKER_STEP rows it hands over a checkpoint, from which a killed check goes on.
 */
#ifndef MUSTER_NODE_CHECKER_H
#define MUSTER_NODE_CHECKER_H

#include "law/law.h"
#include "law/recipients.h"
#include "node/config.h"
#include "node/lookup.h"

#define CHECKER_STEP   50000u
#define CHECKER_TO_MAX 256

enum checker_want { CHECKER_TEXT = 1, CHECKER_JSON = 2, CHECKER_HTML = 4, CHECKER_QUESTIONS = 8 };

struct checker_job {
    const struct conf *conf;
    const struct law_library *lib;
    int mail_fd, list_fd, rows_fd; /* list_fd, rows_fd: -1 for none */
    struct slice facts, zone;      /* JSON texts; empty: none */
    struct lookup *lookup;         /* asks DNS when there is no zone; NULL: nobody is asked */
    struct slice campaign, list;   /* names for the report */
    struct slice columns;          /* the explicit map */
    int32_t to[CHECKER_TO_MAX];    /* countries, when there is no list */
    size_t n_to;
    int32_t day;
    int64_t send_at; /* INT64_MIN: not known */
    enum date_order order;
    unsigned want; /* of enum checker_want */
    bool colour;
    struct slice resume; /* a checkpoint of an earlier run; empty: from the start */
};

/* What comes back, in order: any number of progress and checkpoints, then reports. */
struct checker_news {
    uint64_t rows, bytes;     /* read so far */
    struct slice checkpoint;  /* when not empty: to be kept once `rows_fd` is on disk */
    uint64_t rows_written;    /* bytes of the list of rows that belong to the checkpoint */
    enum checker_want report; /* when not 0: `text` is this report */
    struct slice text;
};

/* Does it all; calls `news` in the parent. 0 and *out_found, or an error. ERR_USAGE and ERR_PARSE
 * are about the caller's files. */
MUST_USE int checker_run(const struct checker_job *job,
                         int (*news)(void *arg, const struct checker_news *n, struct err *e),
                         void *arg, struct err *e, bool *out_found);
/* How many bytes of the list of rows a checkpoint covers; false: these are not bytes of a
 * checkpoint. */
bool checker_resume_at(struct slice checkpoint, uint64_t *out_rows_written);

#endif
