/* The verbs of `muster library`. */
#ifndef MUSTER_CLI_LIBRARY_H
#define MUSTER_CLI_LIBRARY_H

#include "cli/actor.h"

#include <jansson.h>

#define LIBRARY_WORDS 64

struct library_job {
    struct actor actor;
    json_t *args; /* what is asked or told */
    const char *verb, *config, *note;
    const char *word[LIBRARY_WORDS];
    int n;
    int64_t limit, from, version, days;
    bool as_json, check, allow_private;
};

/* Each returns an exit code; errors are printed. */
int library_job_search(struct library_job *job);
int library_job_show(struct library_job *job);
int library_job_gaps(struct library_job *job);
int library_job_counts(struct library_job *job);
int library_job_propose(struct library_job *job);
int library_job_review(struct library_job *job);
int library_job_withdraw(struct library_job *job);
int library_job_adopt(struct library_job *job);
int library_job_load(struct library_job *job);
int library_job_export(struct library_job *job);
int library_job_links(struct library_job *job);

/* Asks with job->args; the answer as JSON (to be given up), or NULL after the error was printed
 * (*out_code is the exit code). */
json_t *library_job_ask(struct library_job *job, const char *path, int *out_code);
/* The text of a member for a terminal, at most `most` bytes. */
void library_job_put(const json_t *j, const char *name, size_t most);

#endif
