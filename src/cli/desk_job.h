/* One act of muster case, listing or appeal: its options become the question's arguments under
 * their own names, keeper answers, the answer is printed. */
#ifndef MUSTER_CLI_DESK_JOB_H
#define MUSTER_CLI_DESK_JOB_H

#include "cli/actor.h"

#include <jansson.h>

struct desk_job {
    const struct command *command;
    struct actor actor;
    json_t *args;
    const char *config;
    bool as_json;
};

/* Reads the options and opens the node; -1: go on, else the exit code. */
int desk_begin(struct desk_job *job, const struct command *c, struct option_reader *r);
/* Checks that just n operands are there, the first being `word`; -1: so it is. */
int desk_operands(struct desk_job *job, const struct option_reader *r, const char *word, int n);
/* Closes; returns `code`. */
int desk_end(struct desk_job *job, int code);
/* Asks; prints the answer as JSON or by `show` (NULL: always JSON). Returns the exit code. */
int desk_ask(struct desk_job *job, const char *path, void (*show)(const json_t *answer));
/* HEAD/CODE TAIL: what of a foreign code is not fit for a path is left out. */
const char *desk_path(struct desk_job *job, const char *head, const char *code, const char *tail);

/* A line "label  words", foreign words made visible; nothing for NULL and "". */
void desk_put(const char *label, const char *s);
/* The same of a member of an object, text or number. */
void desk_member(const json_t *j, const char *label, const char *name);
/* The same of a member that is a time (RFC 3339), to the minute. */
void desk_moment(const json_t *j, const char *label, const char *name);
#define DESK_CLOCK 40
/* The words of such a time, in `out`, which is returned. */
const char *desk_clock(const char *time, char out[static DESK_CLOCK]);
/* -1 when the word may be a code; else an error that names the nearest of the NULL-terminated
 * words, and its exit code. */
int desk_is_code(struct desk_job *job, const char *word, const char *const *words);

/* A whole file ("-": standard input) behind what is in *out; printed and an exit code when it
 * cannot be read, or is longer than there is room. */
int desk_read_file(struct desk_job *job, const char *path, struct buf *out);

/* Abuse contacts of networks from a file ("-": standard input) to the desk (case_contacts.c). */
int case_contacts(struct desk_job *job, const char *path);

#endif
