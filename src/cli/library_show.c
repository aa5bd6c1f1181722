/* muster library: what is asked and shown. */
#include "base/escape.h"
#include "cli/library.h"

#include <stdio.h>
#include <stdlib.h>

json_t *library_job_ask(struct library_job *job, const char *path, int *out_code)
{
    struct err e = {0};
    json_error_t je;
    char *args = json_dumps(job->args, JSON_COMPACT);
    int rc = actor_ask(&job->actor, path, slice_str(args), &e);
    free(args);
    json_t *j = rc ? NULL : json_loadb(job->actor.answer.p, job->actor.answer.n, 0, &je);
    *out_code = rc          ? command_fail(&cmd_library, &e)
                : j == NULL ? command_error(&cmd_library, EXIT_FAILED, "the answer is no JSON")
                            : EXIT_FINE;
    return j;
}

void library_job_put(const json_t *j, const char *name, size_t most)
{
    const json_t *v = json_object_get(j, name);
    struct buf b = BUF_INIT(65536);
    if (json_is_string(v))
        escape_add(&b, ESCAPE_TERM, slice_str(json_string_value(v)), most);
    else if (json_is_integer(v))
        buf_printf(&b, "%lld", (long long)json_integer_value(v));
    fputs(buf_cstr(&b), stdout);
    buf_fini(&b);
}

static int print_answer(struct library_job *job)
{
    printf("%.*s\n", SLICE_ARG(buf_slice(&job->actor.answer)));
    return EXIT_FINE;
}

static const char *text(const json_t *j, const char *name)
{
    const char *s = json_string_value(json_object_get(j, name));
    return s ? s : "";
}

static void print_item(const json_t *o)
{
    bool waits = json_is_true(json_object_get(o, "is_waiting"));
    library_job_put(o, "title", 200);
    printf("\n    ");
    library_job_put(o, "publisher", 100);
    if (json_object_get(o, "year")) {
        printf(", ");
        library_job_put(o, "year", 10);
    }
    if (json_object_get(o, "evidence"))
        printf("evidence %s, cost %s, openness: %s", text(o, "evidence"), text(o, "cost"),
               text(o, "openness"));
    printf(" [%s%s%s]  ", text(o, "state"), waits ? ", from a stranger" : "",
           strcmp(text(o, "link"), "dead") == 0 ? ", link is dead" : "");
    library_job_put(o, "id", 100);
    printf("\n");
}

int library_job_search(struct library_job *job)
{
    int code;
    size_t i;
    json_t *o;
    struct buf words = BUF_INIT(4096);
    for (int w = 0; w < job->n; w++)
        buf_printf(&words, "%s%s", w ? " " : "", job->word[w]);
    json_object_set_new(job->args, "words", json_string(buf_cstr(&words)));
    buf_fini(&words);
    if (strcmp(job->verb, "measures") == 0)
        json_object_set_new(job->args, "object", json_string("measure"));
    if (strcmp(job->verb, "paths") == 0)
        json_object_set_new(job->args, "object", json_string("path"));
    json_object_set_new(job->args, "most", json_integer(job->limit));
    json_object_set_new(job->args, "from", json_integer(job->from));
    json_object_set_new(job->args, "facets", json_boolean(job->as_json));
    json_t *j = library_job_ask(job, "library/search", &code);
    if (j && job->as_json) {
        json_decref(j);
        return print_answer(job);
    }
    long long total = (long long)json_integer_value(json_object_get(j, "total"));
    json_array_foreach(json_object_get(j, "items"), i, o) print_item(o);
    if (j && total == 0)
        printf("nothing found\n");
    else if (j)
        printf("%lld to %lld of %lld%s%s\n", (long long)job->from + 1,
               (long long)job->from + (long long)json_array_size(json_object_get(j, "items")),
               total, json_is_true(json_object_get(j, "is_bounded")) ? " or more" : "",
               json_is_true(json_object_get(j, "is_loose"))
                   ? "; none has all words, these have some"
                   : "");
    json_decref(j);
    return code == EXIT_FINE && j && total == 0 ? EXIT_NEGATIVE : code;
}

/* ---- one object ---- */

static void line(const json_t *j, const char *label, const char *name)
{
    if (json_object_get(j, name) == NULL)
        return;
    printf("%-14s", label);
    library_job_put(j, name, 2000);
    printf("\n");
}

static void list_line(const json_t *j, const char *label, const char *name)
{
    size_t i;
    json_t *one;
    if (json_array_size(json_object_get(j, name)) == 0)
        return;
    printf("%-14s", label);
    json_array_foreach(json_object_get(j, name), i, one)
    {
        struct buf b = BUF_INIT(4096);
        if (json_is_string(one))
            escape_add(&b, ESCAPE_TERM, slice_str(json_string_value(one)), 300);
        printf("%s%s", i ? ", " : "", buf_cstr(&b));
        buf_fini(&b);
    }
    printf("\n");
}

/* With the reader's words where somebody translated them. */
static void print_steps(const json_t *body, const json_t *translated)
{
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(body, "steps"), i, one)
    {
        const json_t *in = json_array_get(json_object_get(translated, "steps"), i);
        printf("%3zu. ", i + 1);
        if (in == NULL && json_is_string(one)) {
            struct buf b = BUF_INIT(8192);
            escape_add(&b, ESCAPE_TERM, slice_str(json_string_value(one)), 2000);
            printf("%s\n", buf_cstr(&b));
            buf_fini(&b);
            continue;
        }
        library_job_put(in ? in : one, "do", 2000);
        printf("\n");
        line(json_object_get(in, "why") ? in : one, "     why", "why");
        line(one, "     page", "page");
        line(one, "     command", "command");
        list_line(one, "     sources", "sources");
        list_line(one, "     measures", "measures");
    }
}

static void print_adopters(const json_t *list, const char *inner)
{
    size_t i;
    json_t *one;
    json_array_foreach(list, i, one)
    {
        const json_t *a = inner ? json_object_get(one, inner) : one;
        printf("adopted by    ");
        library_job_put(a, "who", 200);
        if (json_object_get(a, "since")) {
            printf(", since ");
            library_job_put(a, "since", 10);
        }
        if (json_object_get(a, "result")) {
            printf(": ");
            library_job_put(a, "result", 600);
        }
        printf("\n");
    }
}

static void print_reviews(const json_t *j)
{
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(j, "reviews"), i, one)
    {
        printf("review        version ");
        library_job_put(one, "version", 10);
        printf(" %s, %s: ", json_is_true(json_object_get(one, "for")) ? "for" : "against",
               text(one, "class"));
        library_job_put(one, "note", 1000);
        printf("\n");
    }
}

static void print_object(const json_t *j)
{
    const json_t *body = json_object_get(j, "body"), *by = json_object_get(j, "by");
    line(j, "title", "title");
    line(j, "state", "state");
    line(j, "reason", "reason");
    line(j, "version", "shown");
    line(by, "put in by", "name");
    line(by, "put in by", "organisation");
    line(j, "publisher", "publisher");
    line(j, "speaks as", "speaks");
    line(j, "year", "year");
    line(j, "url", "url");
    line(j, "link", "link");
    list_line(j, "topics", "topics");
    list_line(j, "audiences", "audiences");
    list_line(j, "countries", "countries");
    list_line(j, "languages", "languages");
    line(j, "summary", "summary");
    const json_t *in = json_object_get(j, "translated");
    line(json_object_get(in, "problem") ? in : body, "problem", "problem");
    print_steps(body, in);
    line(body, "evidence", "evidence");
    line(body, "", "evidence_why");
    line(body, "cost", "cost");
    line(body, "", "cost_why");
    line(body, "openness", "openness");
    line(body, "", "openness_why");
    line(body, "effect", "effect");
    list_line(body, "sources", "sources");
    print_adopters(json_object_get(body, "adopters"), NULL);
    print_adopters(json_object_get(j, "adopted_since"), "adopter");
    print_reviews(j);
}

int library_job_show(struct library_job *job)
{
    int code;
    char path[200];
    snprintf(path, sizeof(path), "library/show/%.100s", job->word[0]);
    json_object_set_new(job->args, "version", json_integer(job->version));
    json_t *j = library_job_ask(job, path, &code);
    if (j && job->as_json)
        print_answer(job);
    else if (j)
        print_object(j);
    json_decref(j);
    return code;
}

/* ---- overviews ---- */

int library_job_gaps(struct library_job *job)
{
    int code;
    size_t i, k;
    json_t *row, *n;
    json_t *j = library_job_ask(job, "library/gaps", &code);
    if (j && job->as_json) {
        json_decref(j);
        return print_answer(job);
    }
    printf("%-16s", "");
    json_array_foreach(json_object_get(j, "languages"), k, n) printf("%5s", json_string_value(n));
    printf("\n");
    json_array_foreach(json_object_get(j, "topics"), i, row)
    {
        printf("%-16s", text(row, "topic"));
        json_array_foreach(json_object_get(row, "n"), k, n)
            printf("%5lld", (long long)json_integer_value(n));
        printf("\n");
    }
    printf("\nleast is there of:\n");
    json_array_foreach(json_object_get(j, "emptiest"), i, row)
        printf("  %s in %s: %lld\n", text(row, "topic"), text(row, "region"),
               (long long)json_integer_value(json_object_get(row, "n")));
    json_decref(j);
    return code;
}

int library_job_counts(struct library_job *job)
{
    int code;
    const char *kind, *state;
    json_t *row, *n;
    json_t *j = library_job_ask(job, "library/counts", &code);
    if (j && job->as_json) {
        json_decref(j);
        return print_answer(job);
    }
    json_object_foreach(j, kind, row)
    {
        printf("%-12s", kind);
        json_object_foreach(row, state, n)
            printf("  %s %lld", state, (long long)json_integer_value(n));
        printf("\n");
    }
    json_decref(j);
    return code;
}
