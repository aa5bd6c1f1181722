/* muster library: proposals, reviews, files. */
#include "base/escape.h"
#include "cli/library.h"
#include "library/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CHUNK 50 /* objects of a file that go to keeper at once */

static int read_all(const char *path, struct buf *out)
{
    struct err e = {0};
    bool is_stdin = strcmp(path, "-") == 0;
    int fd = is_stdin ? 0 : open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = 1;
    if (fd < 0) {
        err_errno(&e, "%s", path);
        return command_fail(&cmd_library, &e);
    }
    while (got > 0) {
        size_t room;
        char *to = buf_reserve(out, 65536, &room);
        got = room ? read(fd, to, room) : 0;
        if (got > 0)
            buf_wrote(out, (size_t)got);
    }
    if (!is_stdin)
        close(fd);
    if (got == 0 && !out->full)
        return EXIT_FINE;
    return command_error(&cmd_library, EXIT_FAILED, "%s: cannot be read, or is too large", path);
}

/* Puts an act and says what became of it. */
static int act(struct library_job *job, const char *path)
{
    int code;
    json_t *j = library_job_ask(job, path, &code);
    if (j && job->as_json) {
        printf("%.*s\n", SLICE_ARG(buf_slice(&job->actor.answer)));
    } else if (j) {
        library_job_put(j, "id", 200);
        printf(": ");
        library_job_put(j, "done", 60);
        printf("\n");
    }
    json_decref(j);
    return code;
}

static json_t *read_json(const char *path, int *out_code)
{
    struct buf text = BUF_INIT(1u << 20);
    json_error_t je;
    json_t *j = NULL;
    *out_code = read_all(path, &text);
    if (*out_code == EXIT_FINE) {
        j = json_loadb(text.p ? text.p : "", text.n, JSON_REJECT_DUPLICATES, &je);
        if (!json_is_object(j)) {
            *out_code = command_error(&cmd_library, EXIT_USAGE, "%s: line %d: %s", path, je.line,
                                      j ? "an object is expected" : je.text);
            json_decref(j);
            j = NULL;
        }
    }
    buf_fini(&text);
    return j;
}

int library_job_propose(struct library_job *job)
{
    int code;
    json_t *j = read_json(job->word[0], &code);
    if (j == NULL)
        return code;
    json_object_update(job->args, j);
    json_object_set_new(job->args, "channel", json_string("file"));
    json_decref(j);
    return act(job, "library/propose");
}

int library_job_review(struct library_job *job)
{
    char path[200];
    snprintf(path, sizeof(path), "library/review/%.100s", job->word[0]);
    json_object_set_new(job->args, "opinion", json_string(job->word[1]));
    json_object_set_new(job->args, "version", json_integer(job->version));
    if (job->note)
        json_object_set_new(job->args, "note", json_string(job->note));
    return act(job, path);
}

int library_job_withdraw(struct library_job *job)
{
    char path[200];
    snprintf(path, sizeof(path), "library/%s/%.100s", job->verb, job->word[0]);
    if (job->note)
        json_object_set_new(job->args, "reason", json_string(job->note));
    return act(job, path);
}

int library_job_adopt(struct library_job *job)
{
    int code;
    char path[200];
    json_t *j = read_json(job->word[1], &code);
    if (j == NULL)
        return code;
    snprintf(path, sizeof(path), "library/adopt/%.100s", job->word[0]);
    json_object_set_new(job->args, "adopter", j);
    return act(job, path);
}

/* ---- files of many ---- */

struct loaded {
    long long taken, known, refused;
};

static int load_chunk(struct library_job *job, const char *file, json_t *chunk, size_t first,
                      struct loaded *sum)
{
    int code;
    size_t i;
    json_t *one;
    json_object_set(job->args, "objects", chunk);
    json_object_set_new(job->args, "channel", json_string("file"));
    json_t *j = library_job_ask(job, "library/load", &code);
    sum->taken += (long long)json_integer_value(json_object_get(j, "taken"));
    sum->known += (long long)json_integer_value(json_object_get(j, "known"));
    json_array_foreach(json_object_get(j, "refused"), i, one)
    {
        struct buf b = BUF_INIT(4096);
        escape_add(&b, ESCAPE_TERM, slice_str(json_string_value(json_object_get(one, "error"))),
                   500);
        fprintf(stderr, "%s: object %lld: %s\n", file,
                (long long)first + (long long)json_integer_value(json_object_get(one, "item")),
                buf_cstr(&b));
        buf_fini(&b);
        sum->refused++;
    }
    json_decref(j);
    return code;
}

static int load_file(struct library_job *job, const char *path, struct loaded *sum)
{
    struct buf text = BUF_INIT(LIBRARY_FILE_MOST);
    struct err e = {0};
    json_t *list, *chunk;
    int code = read_all(path, &text);
    if (code == EXIT_FINE && library_file_read(buf_slice(&text), &e, &list) < 0) {
        err_prefix(&e, "%s: ", path);
        code = command_fail(&cmd_library, &e);
    } else if (code == EXIT_FINE) {
        for (size_t at = 0; code == EXIT_FINE && at < json_array_size(list); at += CHUNK) {
            chunk = json_array();
            for (size_t i = at; i < at + CHUNK && i < json_array_size(list); i++)
                json_array_append(chunk, json_array_get(list, i));
            code = load_chunk(job, path, chunk, at, sum);
            json_decref(chunk);
        }
        json_decref(list);
    }
    buf_fini(&text);
    return code;
}

int library_job_load(struct library_job *job)
{
    struct loaded sum = {0};
    int code = EXIT_FINE;
    for (int i = 0; code == EXIT_FINE && i < job->n; i++)
        code = load_file(job, job->word[i], &sum);
    if (job->as_json)
        printf("{\"taken\": %lld, \"known\": %lld, \"refused\": %lld}\n", sum.taken, sum.known,
               sum.refused);
    else
        printf("%lld taken, %lld known already, %lld refused\n", sum.taken, sum.known, sum.refused);
    return code == EXIT_FINE && sum.refused ? EXIT_NEGATIVE : code;
}

int library_job_export(struct library_job *job)
{
    FILE *f = job->n && strcmp(job->word[0], "-") != 0 ? fopen(job->word[0], "w") : stdout;
    int64_t next = 0;
    bool any = false;
    int code = EXIT_FINE;
    if (f == NULL)
        return command_error(&cmd_library, EXIT_FAILED, "%s: cannot be written", job->word[0]);
    fprintf(f, "{\"schema\": \"muster-library/1\", \"objects\": [");
    do {
        size_t i;
        json_t *one;
        json_object_set_new(job->args, "from", json_integer(next));
        json_t *j = library_job_ask(job, "library/export", &code);
        json_array_foreach(json_object_get(j, "objects"), i, one)
        {
            char *p = json_dumps(one, JSON_COMPACT);
            fprintf(f, "%s\n%s", any ? "," : "", p);
            free(p);
            any = true;
        }
        next = json_integer_value(json_object_get(j, "next"));
        json_decref(j);
    } while (code == EXIT_FINE && next > 0);
    fprintf(f, "\n]}\n");
    bool bad = ferror(f) != 0;
    if (f != stdout)
        bad = fclose(f) != 0 || bad;
    return bad ? command_error(&cmd_library, EXIT_FAILED, "the file could not be written") : code;
}
