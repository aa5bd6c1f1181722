/* muster dmarc: reports about mail in the name of one's domains, read and shown. */
#include "auth/reverse.h"
#include "base/json.h"
#include "base/utf8.h"
#include "cli/actor.h"
#include "cli/dmarc_show.h"
#include "cli/mailjob.h"
#include "node/language.h"
#include "node/lookup.h"

#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

static const struct option_doc options[] = {
    {'c', "config", "FILE", "configuration (default /etc/muster/muster.conf)"},
    {'d', "days", "N", "show, list: reports of the last N days (default 30)"},
    {'n', "dry-run", NULL, "read: keep nothing, print each report whole as JSON"},
    {'j', "json", NULL, "the answer as JSON"},
    {'u', "unproven", NULL, "show: only reports whose mail does not prove who sent it"},
    {0, "zone", "FILE", "show: answers to questions to DNS (JSON), instead of the DNS"},
    {0, "clock", "UNIXTIME", "show, list: as if it were then"},
    {0}};
enum { O_CONFIG, O_DAYS, O_DRY, O_JSON, O_UNPROVEN, O_ZONE, O_CLOCK };

#define NAME_ROUNDS 6
#define CLOCK_MOST  UINT64_C(253402300799)

struct words {
    const char *config, *zone;
    int64_t days, now;
    bool is_dry, as_json, is_unproven;
};

struct read_job {
    const struct words *words;
    struct actor actor;
    const struct lang *lang;
    uint64_t fresh, known, refused;
};

/* ---- read ---- */

static int print_raw(void *arg, const char *name, const struct parsed *p, struct err *e)
{
    struct read_job *job = arg;
    (void)e;
    if (p->bytes.n == 0)
        command_error(&cmd_dmarc, 0, "%s: %s", name, lang_text(job->lang, N_("holds no report")));
    job->refused += slice_find(p->bytes, SLICE("{\"refused\":")) != SIZE_MAX;
    fwrite(p->bytes.p, 1, p->bytes.n, stdout);
    return 0;
}

static int hand_in(struct read_job *job, const struct parsed *p, struct err *e)
{
    struct actor *a = &job->actor;
    long status = 500;
    buf_reset(&a->answer);
    if (a->node)
        return client_ask(a->node, "/v1/dmarc/read", p->bytes, &a->answer, e);
    uint32_t code = 500;
    struct record_caller who = {.is_local_peer = true, .uid = geteuid()};
    keep_report(&a->keep, &who, p->bytes, &code, &a->answer);
    status = code;
    if (status != 200)
        return err_set(e, status == 507 ? ERR_FULL : ERR_IO, "%.*s",
                       SLICE_ARG(slice_head(buf_slice(&a->answer), 300)));
    return 0;
}

static int read_one(void *arg, const char *name, const struct parsed *p, struct err *e)
{
    struct read_job *job = arg;
    int rc = hand_in(job, p, e);
    if (rc < 0)
        return err_prefix(e, "%s: ", name);
    struct slice s = buf_slice(&job->actor.answer);
    json_error_t je;
    json_t *answer = json_loadb(s.p, s.n, 0, &je);
    job->fresh += (uint64_t)json_integer_value(json_object_get(answer, "new"));
    job->known += (uint64_t)json_integer_value(json_object_get(answer, "known"));
    job->refused += json_array_size(json_object_get(answer, "refused"));
    if (job->words->as_json)
        printf("%.*s\n", SLICE_ARG(s));
    else
        dmarc_read_result(name, answer, job->lang);
    json_decref(answer);
    return 0;
}

static int run_read(const struct words *w, char **paths, int n)
{
    struct read_job job = {.words = w};
    int code = actor_open(&cmd_dmarc, w->config, &job.actor);
    if (code != EXIT_FINE)
        return code;
    job.lang = language_of_user(job.actor.arena, job.actor.conf);
    struct mailjob walk = {.command = &cmd_dmarc,
                           .conf = job.actor.conf,
                           .each = w->is_dry ? print_raw : read_one,
                           .arg = &job,
                           .mode = w->is_dry        ? PARSER_REPORT_JSON
                                   : job.actor.node ? PARSER_RAW
                                                    : PARSER_REPORT};
    code = mailjob_run(&walk, paths, n);
    if (!w->is_dry && !w->as_json)
        dmarc_read_sum(job.lang, (long long)job.fresh, (long long)job.known,
                       (long long)job.refused);
    actor_close(&job.actor);
    return code != EXIT_FINE ? code : job.refused ? EXIT_NEGATIVE : EXIT_FINE;
}

/* ---- questions ---- */

/* All that can be had within the patience of `dns.wait` for each round. */
static void find_names(struct lookup *l, struct arena *a, json_t *sources)
{
    struct ask *q = ask_new(a, NULL);
    bool is_done = false;
    for (int round = 0; !is_done && round < NAME_ROUNDS; round++) {
        is_done = true;
        for (size_t i = 0; i < json_array_size(sources) && i < DMARC_SHOWN; i++) {
            json_t *row = json_array_get(sources, i);
            const char *ip = json_string_value(json_object_get(row, "address"));
            struct slice name;
            if (!reverse_name(a, q, slice_str(ip), &name))
                is_done = false;
            else if (name.n && utf8_is_valid(name))
                json_object_set_new(row, "name", json_stringn(name.p, name.n));
        }
        if (!is_done)
            lookup_round(l, q, 0);
    }
}

/* The sources' names, as far as DNS can be asked here. */
static void add_names(const struct words *w, const struct actor *actor, json_t *answer)
{
    struct err e = {0};
    struct lookup *l = NULL;
    struct arena *a = arena_new(0);
    json_t *sources = json_object_get(answer, "sources");
    if (json_array_size(sources) && lookup_open(actor->conf, w->zone, &e, &l) < 0)
        command_error(&cmd_dmarc, 0, "no names of addresses: %s", e.text);
    if (l)
        find_names(l, a, sources);
    lookup_close(l);
    arena_free(a);
}

static int ask(const struct words *w, const char *path,
               void (*print)(const json_t *, const struct lang *))
{
    struct err e = {0};
    struct actor a;
    struct buf args = BUF_INIT(256);
    struct json j = JSON_INIT(&args);
    int code = actor_open(&cmd_dmarc, w->config, &a);
    if (code != EXIT_FINE)
        return code;
    jsonw_object(&j, NULL);
    jsonw_int(&j, "days", w->days);
    jsonw_bool(&j, "unproven", w->is_unproven);
    if (w->now)
        jsonw_int(&j, "now", w->now);
    jsonw_object_end(&j);
    int rc = actor_ask(&a, path, buf_slice(&args), &e);
    if (rc == ERR_NOENT) {
        code = command_error(&cmd_dmarc, EXIT_NEGATIVE, "%s", e.text);
    } else if (rc < 0) {
        code = command_fail(&cmd_dmarc, &e);
    } else if (w->as_json) {
        printf("%.*s\n", SLICE_ARG(buf_slice(&a.answer)));
    } else {
        json_error_t je;
        json_t *answer = json_loadb(a.answer.p, a.answer.n, 0, &je);
        if (print == dmarc_show)
            add_names(w, &a, answer);
        print(answer, language_of_user(a.arena, a.conf));
        json_decref(answer);
    }
    buf_fini(&args);
    actor_close(&a);
    return code;
}

static int run_show(const struct words *w, const char *domain)
{
    char path[300];
    struct slice d = slice_str(domain);
    while (d.n && d.p[d.n - 1] == '.')
        d.n--;
    for (size_t i = 0; i < d.n; i++) {
        if (!ascii_is_alnum(d.p[i]) && d.p[i] != '-' && d.p[i] != '.' && d.p[i] != '_')
            return command_error(&cmd_dmarc, EXIT_USAGE, "'%s' is no domain", domain);
    }
    if (d.n == 0 || d.n > 253)
        return command_error(&cmd_dmarc, EXIT_USAGE, "say which domain");
    snprintf(path, sizeof(path), "dmarc/%.*s", SLICE_ARG(d));
    return ask(w, path, dmarc_show);
}

static int read_options(struct option_reader *r, struct words *w)
{
    int o;
    while ((o = option_next(r)) >= 0) {
        uint64_t n;
        if (o == O_CONFIG)
            w->config = r->value;
        else if (o == O_DRY)
            w->is_dry = true;
        else if (o == O_JSON)
            w->as_json = true;
        else if (o == O_UNPROVEN)
            w->is_unproven = true;
        else if (o == O_ZONE)
            w->zone = r->value;
        else if (!slice_u64(slice_str(r->value), &n) || (o == O_DAYS && (n < 1 || n > 3650)) ||
                 n > CLOCK_MOST)
            return command_error(&cmd_dmarc, EXIT_USAGE,
                                 o == O_DAYS ? "--days takes 1 to 3650"
                                             : "--clock takes seconds since 1970");
        else
            *(o == O_DAYS ? &w->days : &w->now) = (int64_t)n;
    }
    return o == OPTION_END ? -1 : o == OPTION_HELP ? EXIT_FINE : EXIT_USAGE;
}

static int run(int argc, char **argv)
{
    struct option_reader r = {.command = &cmd_dmarc, .argc = argc, .argv = argv};
    struct words w = {0};
    int code = read_options(&r, &w);
    if (code >= 0)
        return code;
    const char *verb = r.at < argc ? argv[r.at++] : "";
    int n = argc - r.at;
    if (strcmp(verb, "read") == 0 && n > 0)
        return run_read(&w, argv + r.at, n);
    if (strcmp(verb, "show") == 0 && n == 1)
        return run_show(&w, argv[r.at]);
    if (strcmp(verb, "list") == 0 && n == 0)
        return ask(&w, "dmarc", dmarc_list_domains);
    if (strcmp(verb, "sent") == 0 && n == 0)
        return ask(&w, "sent-reports", dmarc_sent);
    return command_error(&cmd_dmarc, EXIT_USAGE,
                         "say what: read PATH..., show DOMAIN, list or sent");
}

const struct command cmd_dmarc = {
    .name = "dmarc",
    .args = "read PATH... | show DOMAIN | list | sent",
    .summary = "reports about mail in your domains' names: read them, see who sends",
    .about =
        "read takes DMARC aggregate and failure reports and TLS reports from files (XML, "
        "JSON, gzip, zip), mails, mailboxes and Maildirs. The same report twice counts once; "
        "what is refused is named with its reason. show says who sends in a domain's name, "
        "what of it proves itself, and what to do next. Reports in mail to `report_mailbox` count "
        "only when that mail proves to "
        "come from who reports; the others stand apart (--unproven). list names the domains "
        "that reports tell about. sent lists the reports that this node owed to other domains.",
    .options = options,
    .run = run};
