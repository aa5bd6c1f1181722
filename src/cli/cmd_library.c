/* muster library: the catalogue of resources, measures and paths. */
#include "base/arena.h"
#include "cli/library.h"

#include <stdlib.h>

static const struct option_doc options[] = {
    {0, "object", "WORD", "resource, measure, path or translation only"},
    {0, "topic", "WORD", "regulation, enforcement, industry, technology, education, ..."},
    {0, "audience", "WORD", "\"policy maker\", \"network operator\", \"end user\", ..."},
    {0, "type", "WORD", "law, \"best practice\", training, tool, standard, report"},
    {0, "level", "WORD", "local, national, regional, global"},
    {0, "region", "WORD", "africa, americas, asia, europe, oceania, world"},
    {0, "country", "CC", "of a country"},
    {0, "language", "LL", "to be read in a language"},
    {0, "state", "WORD", "proposed or reviewed"},
    {0, "link", "WORD", "unchecked, works or dead"},
    {'l', "lang", "LL", "titles in this language where there are any"},
    {'n', "limit", "N", "so many at most (default 20)"},
    {0, "from", "N", "leave out the first N"},
    {0, "newest", NULL, "latest changes first"},
    {0, "version", "N", "show, review: this version"},
    {0, "note", "TEXT", "review, withdraw: why"},
    {0, "as", "NAME", "review: in whose name (the administrator records it)"},
    {0, "class", "WORD", "review: user, operator, sender, government, civil-society, research"},
    {0, "check", NULL, "links: fetch them now and record what came"},
    {0, "days", "N", "links: those not checked for N days (default 30)"},
    {0, "allow-private", NULL, "links: also addresses of this machine and of private networks"},
    {'c', "config", "FILE", "configuration (default /etc/muster/muster.conf)"},
    {'j', "json", NULL, "the answer as JSON"},
    {0}};

/* Options that are passed on under their own name. */
enum {
    O_PASSED = 10,
    O_LANG = 10,
    O_LIMIT,
    O_FROM,
    O_NEWEST,
    O_VERSION,
    O_NOTE,
    O_AS,
    O_CLASS,
    O_CHECK,
    O_DAYS,
    O_PRIVATE,
    O_CONFIG,
    O_JSON
};

static int number(const char *text, int64_t most, int64_t *out)
{
    uint64_t n;
    if (!slice_u64(slice_str(text), &n) || n > (uint64_t)most)
        return command_error(&cmd_library, EXIT_USAGE, "'%s' is not a number up to %lld", text,
                             (long long)most);
    *out = (int64_t)n;
    return EXIT_FINE;
}

static int take_option(struct library_job *job, int o, const char *value)
{
    switch (o) {
    case O_LANG:
        json_object_set_new(job->args, "lang", json_string(value));
        return EXIT_FINE;
    case O_LIMIT:
        return number(value, 100, &job->limit);
    case O_FROM:
        return number(value, 1000000, &job->from);
    case O_NEWEST:
        json_object_set_new(job->args, "order", json_string("newest"));
        return EXIT_FINE;
    case O_VERSION:
        return number(value, 1000000, &job->version);
    case O_NOTE:
        job->note = value;
        return EXIT_FINE;
    case O_AS:
    case O_CLASS:
        json_object_set_new(job->args, o == O_AS ? "as" : "class", json_string(value));
        return EXIT_FINE;
    case O_CHECK:
        job->check = true;
        return EXIT_FINE;
    case O_DAYS:
        return number(value, 36500, &job->days);
    case O_PRIVATE:
        job->allow_private = true;
        return EXIT_FINE;
    case O_CONFIG:
        job->config = value;
        return EXIT_FINE;
    case O_JSON:
        job->as_json = true;
        return EXIT_FINE;
    default:
        json_object_set_new(job->args, options[o].name, json_string(value));
        return EXIT_FINE;
    }
}

static const struct {
    const char *word;
    int (*run)(struct library_job *job);
    int least, most; /* words behind it */
    const char *usage;
} verbs[] = {
    {"list", library_job_search, 0, 0, "list"},
    {"search", library_job_search, 1, LIBRARY_WORDS, "search WORDS"},
    {"show", library_job_show, 1, 1, "show ID"},
    {"measures", library_job_search, 0, 0, "measures"},
    {"paths", library_job_search, 0, 0, "paths"},
    {"gaps", library_job_gaps, 0, 0, "gaps"},
    {"counts", library_job_counts, 0, 0, "counts"},
    {"propose", library_job_propose, 1, 1, "propose FILE|-"},
    {"review", library_job_review, 2, 2, "review ID for|against"},
    {"withdraw", library_job_withdraw, 1, 1, "withdraw ID --note WHY"},
    {"restore", library_job_withdraw, 1, 1, "restore ID"},
    {"erase", library_job_withdraw, 1, 1, "erase ID"},
    {"adopt", library_job_adopt, 2, 2, "adopt ID FILE|-"},
    {"load", library_job_load, 1, LIBRARY_WORDS, "load FILE..."},
    {"import", library_job_load, 1, LIBRARY_WORDS, "import FILE..."},
    {"export", library_job_export, 0, 1, "export [FILE|-]"},
    {"links", library_job_links, 0, LIBRARY_WORDS, "links [--check] [ID...]"},
};

static int run_verb(struct library_job *job)
{
    const char *words[sizeof(verbs) / sizeof(verbs[0]) + 1] = {NULL};
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        words[i] = verbs[i].word;
        if (strcmp(job->verb, verbs[i].word) != 0)
            continue;
        if (job->n < verbs[i].least || job->n > verbs[i].most)
            return command_error(&cmd_library, EXIT_USAGE, "say: muster library %s",
                                 verbs[i].usage);
        int code = actor_open(&cmd_library, job->config, &job->actor);
        if (code != EXIT_FINE)
            return code;
        code = verbs[i].run(job);
        actor_close(&job->actor);
        return code;
    }
    const char *near = conf_nearest(slice_str(job->verb), words);
    return command_error(&cmd_library, EXIT_USAGE, "unknown word '%s'%s%s", job->verb,
                         near ? "; did you mean " : "", near ? near : "");
}

static int run_library(int argc, char **argv)
{
    struct option_reader r = {.command = &cmd_library, .argc = argc, .argv = argv};
    struct library_job job = {.args = json_object(), .limit = 20, .days = 30};
    int code = EXIT_FINE, o;
    while (code == EXIT_FINE && (o = option_next(&r)) != OPTION_END) {
        if (o == OPTION_HELP || o == OPTION_BAD) {
            json_decref(job.args);
            return o == OPTION_HELP ? EXIT_FINE : EXIT_USAGE;
        }
        code = take_option(&job, o, r.value);
    }
    job.verb = r.at < argc ? argv[r.at++] : "list";
    for (; code == EXIT_FINE && r.at < argc; r.at++) {
        if (job.n == LIBRARY_WORDS)
            code = command_error(&cmd_library, EXIT_USAGE, "too many words");
        else
            job.word[job.n++] = argv[r.at];
    }
    if (code == EXIT_FINE)
        code = run_verb(&job);
    json_decref(job.args);
    return code;
}

const struct command cmd_library = {
    .name = "library",
    .args = "[list] | search WORDS | show ID | measures | paths | gaps | counts | propose FILE|- | "
            "review ID for|against | withdraw|restore|erase ID | adopt ID FILE|- | load|import "
            "FILE... | "
            "export [FILE] | links [--check] [ID...]",
    .summary = "resources and measures against spam: find, propose, review",
    .about =
        "Anyone may propose; a version counts as reviewed after two reviews of different "
        "stakeholder classes.\n"
        "FILE is JSON (docs/library.md): one object, or a file of many for load. 'links --check' "
        "fetches each\n"
        "address once, from this command and nowhere else; a timer may call it.",
    .options = options,
    .run = run_library};
