/* muster report: hands a message in to the desk, as a person, a mailbox or a partner would. */
#include "base/json.h"
#include "cli/actor.h"
#include "cli/mailjob.h"
#include "node/desk_intake.h"

#include <jansson.h>
#include <stdio.h>

static const struct option_doc options[] = {
    {'c', "config", "FILE", "configuration (default /etc/muster/muster.conf)"},
    {'k', "category", "WORD", "spam (default), phishing, malware, fraud, not-spam, opt-out, other"},
    {'f', "forwarded", NULL,
     "PATH is a mail that somebody sent to the desk, with the message inside"},
    {'r', "reporter", "ADDRESS", "who reports; kept sealed, taken out of everything else"},
    {'s', "say", "WORDS", "what the reporter says about it"},
    {'w', "wanted", NULL, "this mail is wanted by many: reports of it are not grouped by its text"},
    {'n', "dry-run", NULL, "hand nothing in, print what would be"},
    {'j', "json", NULL, "answers as JSON, one a line"},
    {0}};
enum { O_CONFIG, O_CATEGORY, O_FORWARDED, O_REPORTER, O_SAY, O_WANTED, O_DRY, O_JSON };

struct words {
    const char *config;
    struct parser_intake intake;
    bool is_wanted, is_dry, as_json;
};

struct job {
    const struct words *words;
    struct actor actor;
    unsigned taken, refused;
};

static void show_dry(const char *name, const json_t *r)
{
    const json_t *o = json_object_get(r, "original"), *l;
    const char *from = json_string_value(json_object_get(o, "from"));
    const char *subject = json_string_value(json_object_get(o, "subject"));
    const char *style = json_string_value(json_object_get(r, "style"));
    size_t i;
    printf("%s: %s%s%s, from %s, \"%s\"\n", name, json_string_value(json_object_get(r, "form")),
           style ? " as by " : "", style ? style : "", from ? from : "nobody who is named",
           subject ? subject : "");
    json_array_foreach(json_object_get(r, "links"), i, l)
        printf("  link %s\n", json_string_value(json_object_get(l, "url")));
    json_array_foreach(json_object_get(r, "notes"), i, l)
        printf("  note: %s\n", json_string_value(l));
}

static void show_taken(const char *name, const json_t *answer, bool is_wanted)
{
    if (is_wanted) {
        printf("%s: known as wanted mail\n", name);
        return;
    }
    const char *code = json_string_value(json_object_get(answer, "code"));
    printf("%s: taken in%s%s\n", name, code ? ", code " : "", code ? code : "");
}

/* One line of what the child read. */
static int take_line(struct job *job, const char *name, struct slice line, struct err *e)
{
    json_error_t je;
    json_t *r = json_loadb(line.p, line.n, 0, &je);
    const char *refused = json_string_value(json_object_get(r, "refused"));
    int rc = 0;
    job->refused += refused != NULL;
    job->taken += refused == NULL;
    if (refused && !job->words->as_json) {
        command_error(&cmd_report, 0, "%s: %s", name, refused);
    } else if (refused || job->words->is_dry) {
        if (job->words->as_json)
            printf("%.*s\n", SLICE_ARG(line));
        else
            show_dry(name, r);
    } else {
        rc = actor_ask(&job->actor, job->words->is_wanted ? DESK_VERB "/wanted" : DESK_VERB, line,
                       e);
        struct slice s = buf_slice(&job->actor.answer);
        json_t *answer = rc == 0 ? json_loadb(s.p, s.n, 0, &je) : NULL;
        if (rc == 0 && job->words->as_json)
            printf("%.*s\n", SLICE_ARG(s));
        else if (rc == 0)
            show_taken(name, answer, job->words->is_wanted);
        json_decref(answer);
    }
    json_decref(r);
    return rc;
}

static int on_message(void *arg, const char *name, const struct parsed *p, struct err *e)
{
    struct job *job = arg;
    struct slice rest = p->bytes, line;
    int rc = 0;
    while (rc == 0 && slice_line(&rest, &line)) {
        if (line.n)
            rc = take_line(job, name, line, e);
    }
    return rc;
}

static int read_options(struct option_reader *r, struct words *w)
{
    int o;
    while ((o = option_next(r)) >= 0) {
        if (o == O_CONFIG)
            w->config = r->value;
        else if (o == O_FORWARDED)
            w->intake.is_forward = true;
        else if (o == O_REPORTER)
            w->intake.reporter = slice_str(r->value);
        else if (o == O_SAY)
            w->intake.said = slice_str(r->value);
        else if (o == O_WANTED)
            w->is_wanted = true;
        else if (o == O_DRY)
            w->is_dry = true;
        else if (o == O_JSON)
            w->as_json = true;
        else if (!desk_category_parse(slice_str(r->value), &w->intake.category))
            return command_error(&cmd_report, EXIT_USAGE, "'%s' is no category", r->value);
    }
    return o == OPTION_END ? -1 : o == OPTION_HELP ? EXIT_FINE : EXIT_USAGE;
}

static int run(int argc, char **argv)
{
    struct option_reader r = {.command = &cmd_report, .argc = argc, .argv = argv};
    struct words w = {.intake.category = DESK_SPAM};
    struct job job = {.words = &w};
    int code = read_options(&r, &w);
    if (code >= 0)
        return code;
    if (r.at == argc)
        return command_error(&cmd_report, EXIT_USAGE, "say which file, or - for standard input");
    code = actor_open(&cmd_report, w.config, &job.actor);
    if (code != EXIT_FINE)
        return code;
    parser_set_intake(&w.intake);
    struct mailjob walk = {.command = &cmd_report,
                           .conf = job.actor.conf,
                           .each = on_message,
                           .arg = &job,
                           .mode = PARSER_DESK};
    code = mailjob_run(&walk, argv + r.at, argc - r.at);
    actor_close(&job.actor);
    return code != EXIT_FINE ? code : job.refused ? EXIT_NEGATIVE : EXIT_FINE;
}

const struct command cmd_report = {
    .name = "report",
    .args = "PATH...|-",
    .summary = "hand an unwanted message in to the desk",
    .about = "Takes messages from files, mailboxes, Maildirs or standard input, also feedback "
             "reports (ARF) and XARF, and with --forwarded mails in which somebody forwards a "
             "message, as attachment or in the text. They are read in a process without rights; "
             "what names the reporter or a recipient is taken out before anything is kept. Each "
             "report gets a case with a code; muster case CODE says what becomes of it. Exit 1 "
             "when something was refused.",
    .options = options,
    .run = run};
