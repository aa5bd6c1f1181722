/* Commands that put one question to the node and print the answer: options become members of the
 * question by a table that stands beside the command's options, so that a command is its tables and
 * the way a row is printed. */
#ifndef MUSTER_CLI_INQUIRY_H
#define MUSTER_CLI_INQUIRY_H

#include "cli/actor.h"

#include <jansson.h>

#define INQUIRY_WORDS 64

/* What becomes of an option's value. */
enum inquiry_kind {
    INQUIRY_CONFIG, /* the configuration's path */
    INQUIRY_JSON,   /* the answer as JSON */
    INQUIRY_TEXT,
    INQUIRY_INT,
    INQUIRY_NUM,
    INQUIRY_TRUE,
    INQUIRY_SINCE, /* a span back from now, or a day: seconds since 1970 of its beginning */
    INQUIRY_UNTIL, /* the same; of a day its end */
    INQUIRY_OWN    /* the command's own: kept as text in `args` and taken out by it */
};

/* One for each option of the command, in their order. */
struct inquiry_member {
    enum inquiry_kind kind;
    const char *name;
};

/* The first two options of every such command. */
/* clang-format off */
#define INQUIRY_OPTIONS \
    {'c', "config", "FILE", "configuration (default /etc/muster/muster.conf)"}, \
    {'j', "json", NULL, "the answer as JSON"}
#define INQUIRY_MEMBERS \
    {INQUIRY_CONFIG, NULL}, \
    {INQUIRY_JSON, NULL}
/* clang-format on */

struct inquiry {
    const struct command *command;
    const char *config;
    bool as_json;
    const char *word[INQUIRY_WORDS];
    int n;
    json_t *args;
};

/* Reads options and words. EXIT_FINE, or an exit code; *out_is_over: help was printed, the command
 * is done. The caller ends it with inquiry_end either way. */
int inquiry_read(const struct command *c, const struct inquiry_member *members, int argc,
                 char **argv, struct inquiry *out, bool *out_is_over);
void inquiry_end(struct inquiry *q);
/* The words from the n-th on, parted by spaces, as the question's member. */
void inquiry_rest(struct inquiry *q, int n, const char *member);
/* True when the word is one of the NULL-terminated list; else an error that names the nearest was
 * printed. */
bool inquiry_is_verb(const struct inquiry *q, const char *word, const char *const *verbs);

/* Asks q->args at the path. *out_answer: the caller's, NULL after an error, which was printed. */
int inquiry_ask(const struct inquiry *q, const char *path, json_t **out_answer);
/* Prints an answer: as JSON when that was asked for; else rows NULL: as a tree, or the array of
 * that name, each by `row`, "none" when it is empty. */
void inquiry_print(const struct inquiry *q, const json_t *answer, const char *rows,
                   void (*row)(const json_t *));
/* Asks and prints. */
int inquiry_run(const struct inquiry *q, const char *path, const char *rows,
                void (*row)(const json_t *));

/* A member's value fit for a terminal, at least `width` columns, and two spaces. */
void inquiry_put(const json_t *j, const char *key, int width);
/* The same of the key's first `most` bytes: times without their fractions. */
void inquiry_put_head(const json_t *j, const char *key, int most);
/* A score, with one digit behind the point. */
void inquiry_put_score(const json_t *j, const char *key);
/* Objects as indented "name: value" lines. */
void inquiry_tree(const json_t *j, int depth);

/* Seconds since 1970: "45m", "3h", "2d", "1w" back from now, or a day "2026-11-22" in UTC (at its
 * end when is_end). false: none of them. */
bool inquiry_when(const char *text, int64_t now_s, bool is_end, int64_t *out_s);

#endif
