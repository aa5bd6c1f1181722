/* muster learn, muster unlearn: tell the node what a message was, or take that back. */
#include "cli/actor.h"
#include "cli/mailjob.h"
#include "base/progress.h"

#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

static const struct option_doc options[] = {
    {'c', "config", "FILE", "configuration (default /etc/muster/muster.conf)"},
    {'u', "user", "U",
     "a report of that mailbox: moves its personal layer, and the site's a little"},
    {'j', "json", NULL, "a JSON object at the end"},
    {0}};
static const struct option_doc rebuild_options[] = {
    {'c', "config", "FILE", "configuration (default /etc/muster/muster.conf)"},
    {'u', "user", "U",
     "a report of that mailbox: moves its personal layer, and the site's a little"},
    {'j', "json", NULL, "a JSON object at the end"},
    {0, "rebuild", NULL, "fold everything learned anew from the journal (no node may run)"},
    {0}};
enum { O_CONFIG, O_USER, O_JSON, O_REBUILD };

struct learn_job {
    const struct command *command;
    struct actor actor;
    int label;
    struct slice user;
    struct buf packed;
    struct progress bar;
    unsigned long done, known;
};

static int through_node(struct learn_job *job, const struct parsed *p, struct err *e)
{
    static const char *const paths[] = {"/v1/learn/forget", "/v1/learn/ham", "/v1/learn/spam"};
    long status = 0;
    char user[300];
    const char *headers[2] = {NULL, NULL};
    if (job->user.n) {
        snprintf(user, sizeof(user), "Deliver-To: %.*s", SLICE_ARG(job->user));
        headers[0] = user;
    }
    int rc = client_call(job->actor.node, paths[job->label + 1], headers, p->bytes,
                         &job->actor.answer, &status, e);
    if (rc < 0)
        return rc;
    if (status != 200)
        return err_set(e, status == 404 ? ERR_NOENT : ERR_IO, "%.*s",
                       SLICE_ARG(slice_head(buf_slice(&job->actor.answer), 300)));
    return 0;
}

static int privately(struct learn_job *job, const struct parsed *p, struct err *e)
{
    uint32_t status = 500;
    if (p->bytes.n < 16)
        return err_set(e, ERR_PARSE, "the mail reader's answer is not well formed");
    struct record_lesson r = {.who = {.is_local_peer = true, .uid = geteuid()},
                              .label = job->label,
                              .user = job->user,
                              .lesson = slice_from(p->bytes, 16)};
    memcpy(r.digest, p->bytes.p, 16);
    buf_reset(&job->actor.answer);
    if (job->label < 0)
        keep_unlearn(&job->actor.keep, &r, &status, &job->actor.answer);
    else
        keep_learn(&job->actor.keep, &r, &status, &job->actor.answer);
    if (status != 200)
        return err_set(e,
                       status == 404   ? ERR_NOENT
                       : status == 507 ? ERR_FULL
                                       : ERR_IO,
                       "%.*s", SLICE_ARG(slice_head(buf_slice(&job->actor.answer), 300)));
    return 0;
}

static int each(void *arg, const char *name, const struct parsed *p, struct err *e)
{
    struct learn_job *job = arg;
    int rc = job->actor.node ? through_node(job, p, e) : privately(job, p, e);
    if (rc == ERR_NOENT && job->label < 0) {
        command_error(job->command, 0, "%s: was not learned", name);
        job->known++;
        return 0;
    }
    if (rc < 0)
        return err_prefix(e, "%s: ", name);
    if (slice_find(buf_slice(&job->actor.answer), SLICE("known already")) != SIZE_MAX)
        job->known++;
    else
        job->done++;
    progress_at(&job->bar, job->done + job->known);
    return 0;
}

static int rebuild(const struct command *c, const char *config)
{
    struct err e = {0};
    struct conf *conf;
    struct client *node;
    struct keep keep;
    struct arena *a = arena_new(0);
    if (node_config_read(a, config, &e, &conf) < 0)
        return command_fail(c, &e);
    if (client_open(conf, &e, &node) == 0)
        return command_error(c, EXIT_FAILED, "a node is running; stop it first");
    if (keep_open(a, conf, true, &e, &keep) < 0)
        return command_fail(c, &e);
    printf("rebuilt up to event %llu; model %016llx\n", (unsigned long long)keep.model_upto,
           (unsigned long long)trainer_hash(keep.trainer));
    keep_close(&keep);
    arena_free(a);
    return EXIT_FINE;
}

static void report(const struct learn_job *job, bool as_json)
{
    const char *what = job->label < 0 ? "unlearned"
                       : job->label   ? "learned as spam"
                                      : "learned as ham";
    if (as_json)
        printf("{\"%s\":%lu,\"%s\":%lu}\n", job->label < 0 ? "unlearned" : "learned", job->done,
               job->label < 0 ? "not_learned" : "known", job->known);
    else
        printf("%lu %s, %lu %s\n", job->done, what, job->known,
               job->label < 0 ? "not learned before" : "known already");
}

static int learn(const struct command *c, int label, const char *config, struct slice user,
                 bool as_json, char **paths, int n)
{
    struct learn_job job = {
        .command = c, .label = label, .user = user, .packed = BUF_INIT(1024 * 1024)};
    int code = actor_open(c, config, &job.actor);
    if (code != EXIT_FINE)
        return code;
    struct mailjob walk = {.command = c,
                           .conf = job.actor.conf,
                           .each = each,
                           .arg = &job,
                           .mode = job.actor.node ? PARSER_RAW : PARSER_LESSON};
    progress_start(&job.bar, label < 0 ? "unlearning" : "learning", 0);
    code = mailjob_run(&walk, paths, n);
    progress_end(&job.bar);
    report(&job, as_json);
    actor_close(&job.actor);
    buf_fini(&job.packed);
    return code != EXIT_FINE ? code : label < 0 && job.known ? EXIT_NEGATIVE : EXIT_FINE;
}

static int run(const struct command *c, int argc, char **argv, bool takes_label)
{
    struct option_reader r = {.command = c, .argc = argc, .argv = argv};
    const char *config = NULL;
    struct slice user = SLICE("");
    bool as_json = false, do_rebuild = false;
    int o, label = -1;
    while ((o = option_next(&r)) >= 0) {
        if (o == O_CONFIG)
            config = r.value;
        else if (o == O_USER)
            user = slice_str(r.value);
        else if (o == O_JSON)
            as_json = true;
        else
            do_rebuild = true;
    }
    if (o != OPTION_END)
        return o == OPTION_HELP ? EXIT_FINE : EXIT_USAGE;
    if (do_rebuild)
        return rebuild(c, config);
    if (takes_label) {
        const char *word = r.at < argc ? argv[r.at++] : "";
        if (strcmp(word, "spam") != 0 && strcmp(word, "ham") != 0)
            return command_error(c, EXIT_USAGE, "say what it was: spam or ham, not '%s'", word);
        label = strcmp(word, "spam") == 0;
    }
    if (r.at >= argc)
        return command_error(c, EXIT_USAGE, "say which mail: a file, mbox, Maildir, folder or -");
    return learn(c, label, config, user, as_json, argv + r.at, argc - r.at);
}

static int run_learn(int argc, char **argv)
{
    return run(&cmd_learn, argc, argv, true);
}

static int run_unlearn(int argc, char **argv)
{
    return run(&cmd_unlearn, argc, argv, false);
}

const struct command cmd_learn = {.name = "learn",
                                  .args = "spam|ham PATH...",
                                  .summary = "tell the node what mail was",
                                  .options = rebuild_options,
                                  .run = run_learn};
const struct command cmd_unlearn = {.name = "unlearn",
                                    .args = "PATH...",
                                    .summary = "take back what was told of mail",
                                    .options = options,
                                    .run = run_unlearn};
