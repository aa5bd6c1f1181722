/* muster law: definitions of spam side by side. list, show, compare, matrix, diff, check. */
#include "base/arena.h"
#include "base/clock.h"
#include "cli/command.h"
#include "cli/law_print.h"
#include "cli/mailjob.h"
#include "law/settings.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MAX_LAWS 512

static const struct option_doc options[] = {
    {'a', "at", "DATE", "the law of that day (default: today)"},
    {'d', "dir", "DIR", "profiles of this folder or file besides those shipped"},
    {'t', "to", "CC,CC", "matrix: these only (default: every law that holds that day)"},
    {'f', "facts", "JSON", "matrix: facts besides those that the message shows"},
    {0, "all", NULL, "list: earlier and later versions too"},
    {0, "text", NULL, "show: the profile in its own language"},
    {'c', "config", "FILE", "configuration (default /etc/muster/muster.conf)"},
    {'j', "json", NULL, "as JSON"},
    {0}};
enum { O_AT, O_DIR, O_TO, O_FACTS, O_ALL, O_TEXT, O_CONFIG, O_JSON };

struct job {
    struct arena *arena;
    struct law_library *lib;
    struct buf out;
    struct law_page page;
    const char *dir, *config, *facts;
    struct slice to;
    bool all, text;
};

#define bad(...) command_error(&cmd_law, EXIT_USAGE, __VA_ARGS__)

static int open_library(struct job *job)
{
    struct buf errors = BUF_INIT(1 << 20);
    struct err e = {0};
    struct conf *conf;
    int rc = node_config_read(job->arena, job->config, &e, &conf);
    if (rc == 0)
        rc = law_library_open_conf(conf, &job->lib, &errors, &e);
    if (rc == 0 && job->dir)
        rc = law_library_add_dir(job->lib, job->dir, &errors, &e);
    if (rc < 0) {
        fwrite(errors.p, 1, errors.n, stderr);
        buf_fini(&errors);
        return command_fail(&cmd_law, &e);
    }
    buf_fini(&errors);
    return 0;
}

/* The law of a code or country on the day; says what is wrong on stderr. */
static const struct law *find(const struct job *job, const char *code, int32_t day)
{
    const struct law *law = law_at(job->lib, slice_str(code), day);
    int32_t country = law_code(slice_str(code));
    char text[16];
    if (!law && country)
        law = law_for_country(job->lib, country, day);
    if (law)
        return law;
    if (law_any(job->lib, slice_str(code)))
        command_error(&cmd_law, EXIT_USAGE, "%s: no version on file for %s", code,
                      law_date_text(day, text));
    else {
        const char *near = law_nearest(job->lib, slice_str(code));
        command_error(&cmd_law, EXIT_USAGE, "%s: no such profile%s%s%s", code,
                      near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
    }
    return NULL;
}

/* ---- matrix ---- */

static int read_text_file(struct job *job, const char *path, struct slice *out)
{
    struct buf b = BUF_INIT(1 << 20);
    struct err e = {0};
    ssize_t got = 1;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        err_errno(&e, "%s", path);
        return command_fail(&cmd_law, &e);
    }
    while (got > 0) {
        size_t room;
        char *to = buf_reserve(&b, 65536, &room);
        got = room ? read(fd, to, room) : 0;
        if (got > 0)
            buf_wrote(&b, (size_t)got);
    }
    close(fd);
    *out = arena_dup(job->arena, buf_slice(&b));
    buf_fini(&b);
    return 0;
}

static int read_facts(struct job *job, struct slice json, struct law_facts *f)
{
    struct err e = {0};
    if (law_facts_read(job->arena, json, f, &e) < 0)
        return command_fail(&cmd_law, &e);
    return 0;
}

struct matrix {
    struct job *job;
    struct law_facts facts;
    size_t messages;
    bool bad;
};

static int one_message(void *arg, const char *name, const struct parsed *p, struct err *e)
{
    struct matrix *m = arg;
    (void)name;
    if (m->messages++)
        return err_set(e, ERR_USAGE, "one message at a time");
    m->bad = read_facts(m->job, p->bytes, &m->facts) != 0;
    return 0;
}

static int matrix_facts(struct job *job, char *path, struct law_facts *out)
{
    struct matrix m = {.job = job};
    struct slice text;
    struct err e = {0};
    struct conf *conf;
    law_facts_init(&m.facts);
    if (slice_iends(slice_str(path), SLICE(".json"))) {
        if (read_text_file(job, path, &text) || read_facts(job, text, &m.facts))
            return EXIT_USAGE;
    } else {
        if (node_config_read(job->arena, job->config, &e, &conf) < 0)
            return command_fail(&cmd_law, &e);
        struct mailjob mj = {.command = &cmd_law,
                             .conf = conf,
                             .mode = PARSER_FACTS,
                             .each = one_message,
                             .arg = &m};
        int rc = mailjob_run(&mj, &path, 1);
        if (rc != EXIT_FINE || m.bad)
            return EXIT_FAILED;
    }
    if (job->facts && (read_text_file(job, job->facts, &text) || read_facts(job, text, &m.facts)))
        return EXIT_USAGE;
    *out = m.facts;
    return 0;
}

static int run_matrix(struct job *job, char **names, int n)
{
    const struct law *laws[MAX_LAWS];
    struct law_facts facts;
    size_t count = 0;
    struct slice rest = job->to, one;
    if (n != 1)
        return bad("say: law matrix FILE (%s)", "a message, or facts as .json");
    while (slice_split(&rest, ',', &one) && count < MAX_LAWS) {
        laws[count] = find(job, arena_cstr(job->arena, slice_trim(one)), job->page.day);
        if (!laws[count++])
            return EXIT_USAGE;
    }
    for (size_t i = 0; job->to.n == 0 && i < law_count(job->lib) && count < MAX_LAWS; i++) {
        const struct law *law = law_get(job->lib, i);
        if (law_at(job->lib, slice_str(law_code_of(law)), job->page.day) == law)
            laws[count++] = law;
    }
    int rc = matrix_facts(job, names[0], &facts);
    if (rc)
        return rc;
    return law_print_matrix(&job->page, laws, count, &facts) ? EXIT_NEGATIVE : EXIT_FINE;
}

/* ---- the others ---- */

static int run_show(struct job *job, char **codes, int n)
{
    if (n < 1)
        return bad("say: law show %s", "CC");
    for (int i = 0; i < n; i++) {
        const struct law *law = find(job, codes[i], job->page.day);
        if (!law)
            return EXIT_USAGE;
        if (job->text)
            law_print(law, &job->out);
        else
            law_print_one(&job->page, law);
    }
    return EXIT_FINE;
}

static int run_compare(struct job *job, char **codes, int n)
{
    const struct law *laws[MAX_LAWS];
    if (n < 2 || n > 40)
        return bad("say: law compare %s", "CC CC... (2 to 40)");
    for (int i = 0; i < n; i++) {
        laws[i] = find(job, codes[i], job->page.day);
        if (!laws[i])
            return EXIT_USAGE;
    }
    law_print_compare(&job->page, laws, (size_t)n);
    return EXIT_FINE;
}

static int run_diff(struct job *job, char **words, int n)
{
    int32_t second;
    if (n != 2 || !law_date(slice_str(words[1]), &second))
        return bad("say: law diff %s", "CC --at DATE DATE");
    struct slice code = slice_str(words[0]);
    if (!law_any(job->lib, code))
        return find(job, words[0], second) ? EXIT_FINE : EXIT_USAGE;
    return law_print_diff(&job->page, law_at(job->lib, code, job->page.day),
                          law_at(job->lib, code, second), second)
               ? EXIT_NEGATIVE
               : EXIT_FINE;
}

/* For authors: everything that is wrong, then what is odd. The shipped profiles are not loaded, so
 * a draft of one may be checked beside them. */
static int run_check(struct job *job, char **paths, int n)
{
    struct law_library *lib = law_library_new();
    struct buf errors = BUF_INIT(1 << 20);
    struct err e = {0};
    int rc = 0, worst = EXIT_FINE;
    for (int i = 0; i < n && worst != EXIT_FAILED; i++) {
        rc = law_library_add_dir(lib, paths[i], &errors, &e);
        if (rc < 0)
            worst = rc == ERR_PARSE ? EXIT_NEGATIVE : command_fail(&cmd_law, &e);
    }
    buf_add(&job->out, buf_slice(&errors));
    for (size_t i = 0; i < law_count(lib); i++) {
        const struct law *law = law_get(lib, i);
        int32_t day = law_from(law) != LAW_UNKNOWN && law_from(law) > job->page.day ? law_from(law)
                                                                                    : job->page.day;
        size_t odd = law_lint(law, day, &job->out);
        buf_printf(&job->out, "%s %s: read, %zu remark%s\n", law_code_of(law), law_version_of(law),
                   odd, odd == 1 ? "" : "s");
    }
    buf_fini(&errors);
    law_library_free(lib);
    return n ? worst : bad("say: law check %s", "FILE...");
}

static int act(struct job *job, const char *word, char **rest, int n)
{
    if (strcmp(word, "check") == 0)
        return run_check(job, rest, n);
    if (strcmp(word, "reference") == 0) {
        law_reference(&job->out);
        return EXIT_FINE;
    }
    int rc = open_library(job);
    if (rc)
        return rc;
    if (strcmp(word, "list") == 0) {
        law_print_list(&job->page, job->lib, job->all);
        return EXIT_FINE;
    }
    if (strcmp(word, "show") == 0)
        return run_show(job, rest, n);
    if (strcmp(word, "compare") == 0)
        return run_compare(job, rest, n);
    if (strcmp(word, "matrix") == 0)
        return run_matrix(job, rest, n);
    if (strcmp(word, "diff") == 0)
        return run_diff(job, rest, n);
    return bad("\"%s\" is none of: list show compare matrix diff check reference", word);
}

static int set_option(struct job *job, int o, const char *value)
{
    switch (o) {
    case O_AT:
        if (!law_date(slice_str(value), &job->page.day))
            return bad("--at takes a day as 2026-11-21, not \"%s\"", value);
        break;
    case O_DIR:
        job->dir = value;
        break;
    case O_TO:
        job->to = slice_str(value);
        break;
    case O_FACTS:
        job->facts = value;
        break;
    case O_ALL:
        job->all = true;
        break;
    case O_TEXT:
        job->text = true;
        break;
    case O_CONFIG:
        job->config = value;
        break;
    default:
        job->page.as_json = true;
    }
    return 0;
}

static int run(int argc, char **argv)
{
    struct option_reader r = {.command = &cmd_law, .argc = argc, .argv = argv};
    struct job job = {.out = BUF_INIT(64u << 20)};
    int o, rc = 0;
    job.page = (struct law_page){
        .out = &job.out, .day = law_day_of(clock_now_us()), .colour = command_colour(1)};
    while (rc == 0 && (o = option_next(&r)) >= 0)
        rc = set_option(&job, o, r.value);
    if (rc == 0 && o != OPTION_END)
        return o == OPTION_HELP ? EXIT_FINE : EXIT_USAGE;
    if (rc == 0 && r.at >= argc)
        rc = bad("say: law %s", "list|show|compare|matrix|diff|check|reference");
    job.arena = arena_new(0);
    if (rc == 0)
        rc = act(&job, argv[r.at], argv + r.at + 1, argc - r.at - 1);
    fwrite(job.out.p ? job.out.p : "", 1, job.out.n, stdout);
    buf_fini(&job.out);
    law_library_free(job.lib);
    arena_free(job.arena);
    return rc;
}

const struct command cmd_law = {
    .name = "law",
    .args = "list | show CC... | compare CC CC... | matrix FILE | diff CC --at DATE DATE | check "
            "FILE... | reference",
    .summary = "definitions of spam side by side: laws, terms of mailbox providers, your own",
    .about =
        "list: every profile that holds on the day. show: one, with its sources. compare: what "
        "each "
        "asks, what all ask (core), what is disputed, and for two of them the smallest change that "
        "makes one answer as the other. matrix: one message, or facts as .json, under many laws. "
        "diff: two versions by date. check: errors of a profile and clauses that can never be met, "
        "never be broken or change no answer. reference: the language of profiles.\n"
        "Answers are violation found, no violation found, can't tell. Research notes, not legal "
        "advice. Exit: 0 fine, 1 a violation, a difference or an error in a profile, 2 usage, 3 "
        "could not do it.",
    .options = options,
    .run = run};
