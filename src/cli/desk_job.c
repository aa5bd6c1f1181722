/* What muster case, listing and appeal share. See desk_job.h. */
#include "cli/desk_job.h"
#include "base/conf.h"
#include "base/escape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CODE_LEAST 12 /* letters and digits; a shorter word was meant as a word */

void desk_put(const char *label, const char *s)
{
    struct buf b = BUF_INIT(16384);
    if (s == NULL || *s == '\0')
        return;
    escape_add(&b, ESCAPE_TERM, slice_str(s), 0);
    printf("%-12s %s\n", label, buf_cstr(&b));
    buf_fini(&b);
}

void desk_member(const json_t *j, const char *label, const char *name)
{
    const json_t *v = json_object_get(j, name);
    char number[32];
    snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(v));
    desk_put(label, json_is_integer(v) ? number : json_string_value(v));
}

const char *desk_clock(const char *time, char out[static DESK_CLOCK])
{
    const char *t = time ? strchr(time, 'T') : NULL;
    if (t == NULL || t - time != 10 || strlen(t) < 6)
        snprintf(out, DESK_CLOCK, "%s", time ? time : "");
    else
        snprintf(out, DESK_CLOCK, "%.10s %.5s UTC", time, t + 1);
    return out;
}

void desk_moment(const json_t *j, const char *label, const char *name)
{
    char words[DESK_CLOCK];
    desk_put(label, desk_clock(json_string_value(json_object_get(j, name)), words));
}

/* Codes are 26 letters and digits in groups; a word that is far from it was meant as a word. */
int desk_is_code(struct desk_job *job, const char *word, const char *const *words)
{
    size_t n = 0;
    for (const char *p = word; *p; p++)
        n += ascii_is_alnum(*p);
    const char *near = conf_nearest(slice_str(word), words);
    if (n >= CODE_LEAST)
        return -1;
    return near ? command_error(
                      job->command, EXIT_USAGE,
                      "'%s' is neither a word of this command nor a code; did you mean '%s'?", word,
                      near)
                : command_error(job->command, EXIT_USAGE,
                                "'%s' is neither a word of this command nor a code", word);
}

int desk_ask(struct desk_job *job, const char *path, void (*show)(const json_t *answer))
{
    struct err e = {0};
    json_error_t je;
    char *args = json_dumps(job->args, JSON_COMPACT);
    if (args == NULL)
        return command_error(job->command, EXIT_USAGE, "the words are not UTF-8");
    int rc = actor_ask(&job->actor, path, slice_str(args), &e);
    free(args);
    if (rc < 0) {
        command_fail(job->command, &e);
        return e.code == ERR_NOENT ? EXIT_NEGATIVE : e.code == ERR_USAGE ? EXIT_USAGE : EXIT_FAILED;
    }
    struct slice s = buf_slice(&job->actor.answer);
    if (job->as_json || show == NULL) {
        printf("%.*s\n", SLICE_ARG(s));
        return EXIT_FINE;
    }
    json_t *j = json_loadb(s.p, s.n, 0, &je);
    show(j);
    json_decref(j);
    return EXIT_FINE;
}

const char *desk_path(struct desk_job *job, const char *head, const char *code, const char *tail)
{
    char clean[64];
    size_t n = 0;
    for (; *code && n + 1 < sizeof(clean); code++)
        if (ascii_is_alnum(*code) || *code == '-')
            clean[n++] = *code;
    clean[n] = '\0';
    return arena_printf(job->actor.arena, "%s/%s%s", head, n ? clean : "-", tail).p;
}

/* Options are passed on under their own names; numbers as numbers. */
static int read_options(struct desk_job *job, struct option_reader *r)
{
    int o;
    while ((o = option_next(r)) >= 0) {
        const struct option_doc *d = &job->command->options[o];
        if (strcmp(d->name, "config") == 0)
            job->config = r->value;
        else if (strcmp(d->name, "json") == 0)
            job->as_json = true;
        else if (d->arg == NULL)
            json_object_set_new(job->args, d->name, json_true());
        else if (strcmp(d->arg, "N") == 0) {
            uint64_t n;
            if (!slice_u64(slice_str(r->value), &n) || n > INT32_MAX)
                return command_error(job->command, EXIT_USAGE, "--%s takes a number", d->name);
            json_object_set_new(job->args, d->name, json_integer((json_int_t)n));
        } else
            json_object_set_new(job->args, d->name, json_string(r->value));
    }
    return o == OPTION_END ? -1 : o == OPTION_HELP ? EXIT_FINE : EXIT_USAGE;
}

int desk_begin(struct desk_job *job, const struct command *c, struct option_reader *r)
{
    *job = (struct desk_job){.command = c, .args = json_object()};
    int code = read_options(job, r);
    return code >= 0                                              ? code
           : actor_open(c, job->config, &job->actor) == EXIT_FINE ? -1
                                                                  : EXIT_FAILED;
}

int desk_end(struct desk_job *job, int code)
{
    if (job->actor.arena)
        actor_close(&job->actor);
    json_decref(job->args);
    return code;
}

int desk_read_file(struct desk_job *job, const char *path, struct buf *out)
{
    char piece[65536];
    size_t n;
    FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    if (f == NULL)
        return command_error(job->command, EXIT_FAILED, "%s cannot be opened", path);
    while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
        buf_add(out, slice_of(piece, n));
    bool failed = ferror(f) != 0;
    if (f != stdin)
        fclose(f);
    if (failed || out->full)
        return command_error(job->command, EXIT_FAILED,
                             failed ? "%s cannot be read" : "%s is too long", path);
    return EXIT_FINE;
}

int desk_operands(struct desk_job *job, const struct option_reader *r, const char *word, int n)
{
    int got = r->argc - r->at;
    if (got < n)
        return command_error(job->command, EXIT_USAGE, "%s: something is missing; see --help",
                             word);
    if (got > n)
        return command_error(job->command, EXIT_USAGE, "%s: '%s' is too much; see --help", word,
                             r->argv[r->at + n]);
    return -1;
}
