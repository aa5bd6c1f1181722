/* muster case: the desk's work on reports from the command line. */
#include "base/escape.h"
#include "cli/desk_job.h"

#include <stdio.h>
#include <string.h>

static void show_case(const json_t *j)
{
    desk_member(j, "code", "code");
    desk_member(j, "state", "state_words");
    desk_member(j, "outcome", "outcome_words");
    desk_member(j, "owner", "owner");
    desk_member(j, "next", "next");
    desk_member(j, "until", "due");
    desk_member(j, "reported as", "category");
    desk_member(j, "since", "time");
    desk_member(j, "note", "note");
    desk_member(j, "from domain", "from_domain");
    desk_member(j, "link", "host");
    const json_t *c = json_object_get(j, "campaign"), *letter;
    desk_member(c, "campaign", "code");
    desk_member(c, "reporters", "reporters");
    desk_member(c, "networks", "networks");
    desk_member(c, "suggests", "suggests");
    size_t i;
    json_array_foreach(json_object_get(j, "letters"), i, letter)
    {
        printf(
            "%-12s %s %s %s %s\n", "letter", json_string_value(json_object_get(letter, "kind")),
            json_string_value(json_object_get(letter, "state")),
            json_object_get(letter, "to") ? json_string_value(json_object_get(letter, "to")) : "",
            json_object_get(letter, "letter") ? json_string_value(json_object_get(letter, "letter"))
                                              : "");
    }
}

static void show_work(const json_t *j)
{
    const json_t *w;
    size_t i;
    json_array_foreach(json_object_get(j, "work"), i, w)
    {
        struct buf b = BUF_INIT(1024);
        escape_add(&b, ESCAPE_TERM, slice_str(json_string_value(json_object_get(w, "from_domain"))),
                   100);
        printf("%s  %-9s %4lld reports of %lld networks  %s\n",
               json_string_value(json_object_get(w, "code")),
               json_string_value(json_object_get(w, "category")),
               (long long)json_integer_value(json_object_get(w, "cases")),
               (long long)json_integer_value(json_object_get(w, "networks")), buf_cstr(&b));
        buf_fini(&b);
    }
    printf("%lld reports, %lld listings, %lld open appeals, %lld letters to send\n",
           (long long)json_integer_value(json_object_get(j, "reports")),
           (long long)json_integer_value(json_object_get(j, "listings")),
           (long long)json_integer_value(json_object_get(j, "appeals_open")),
           (long long)json_integer_value(json_object_get(j, "letters_owed")));
}

static void show_cases(const json_t *j)
{
    const json_t *c;
    size_t i;
    json_array_foreach(json_object_get(j, "cases"), i, c)
        printf("%s  %-9s %-9s %s\n", json_string_value(json_object_get(c, "code")),
               json_string_value(json_object_get(c, "state")),
               json_string_value(json_object_get(c, "category")),
               json_string_value(json_object_get(c, "time")));
}

static void show_bundle(const json_t *j)
{
    desk_member(j, "from", "from");
    desk_member(j, "made", "made");
    desk_member(j, "reference", "reference");
    desk_member(j, "reported as", "category");
    desk_member(j, "from domain", "about");
    desk_member(j, "terms", "terms");
    desk_member(j, "code", "code");
    if (!json_is_true(json_object_get(j, "accepted")))
        printf("Nothing was taken in yet: --accept takes it in on these terms.\n");
}

/* A case that another node handed over. */
static int import(struct desk_job *job, const char *path)
{
    struct buf text = BUF_INIT(512 * 1024);
    int code = desk_read_file(job, path, &text);
    if (code == EXIT_FINE) {
        json_t *s = json_stringn(text.p ? text.p : "", text.n);
        if (s)
            json_object_set_new(job->args, "bundle", s);
        code = s ? desk_ask(job, "bundle/import", show_bundle)
                 : command_error(job->command, EXIT_USAGE, "%s is no bundle of a case", path);
    }
    buf_fini(&text);
    return code;
}

static void show_key(const json_t *j)
{
    desk_member(j, "node", "node");
    desk_member(j, "key", "key");
}

static const struct option_doc case_options[] = {
    {0, "state", "WORD", "step: acting, waiting, routed or closed; list: of this state"},
    {0, "outcome", "WORD", "step: stopped, listed, referred, consent, not-shown, counted"},
    {0, "note", "TEXT", "step: for the reporter"},
    {0, "terms", "TEXT", "bundle: on which terms it is handed over"},
    {0, "key", "KEY", "import: the sending node's, as its `muster case key` prints it"},
    {0, "accept", NULL, "import: take it in, on the terms that are shown without"},
    {'n', "limit", "N", "so many at most"},
    {'c', "config", "FILE", "configuration (default /etc/muster/muster.conf)"},
    {'j', "json", NULL, "the answer as JSON"},
    {0}};

static int run_case(int argc, char **argv)
{
    struct desk_job job;
    struct option_reader r = {.command = &cmd_case, .argc = argc, .argv = argv};
    int code = desk_begin(&job, &cmd_case, &r);
    if (code >= 0)
        return desk_end(&job, code);
    const char *first = r.at < argc ? argv[r.at] : "work";
    const char *second = r.at + 1 < argc ? argv[r.at + 1] : NULL;
    const char *third = r.at + 2 < argc ? argv[r.at + 2] : NULL;
    if (strcmp(first, "work") == 0)
        code = desk_ask(&job, "work", show_work);
    else if (strcmp(first, "list") == 0)
        code = desk_ask(&job, "cases", show_cases);
    else if (strcmp(first, "contacts") == 0 && second)
        code = case_contacts(&job, second);
    else if (strcmp(first, "import") == 0 && second)
        code = import(&job, second);
    else if (strcmp(first, "key") == 0)
        code = desk_ask(&job, "bundle/key", show_key);
    else if (strcmp(first, "letter") == 0 && second && third &&
             (strcmp(third, "send") == 0 || strcmp(third, "drop") == 0))
        code = desk_ask(
            &job, desk_path(&job, "letter", second, strcmp(third, "send") ? "/drop" : "/send"),
            NULL);
    else if (second == NULL)
        code = desk_ask(&job, desk_path(&job, "case", first, ""), show_case);
    else if (strcmp(second, "step") == 0)
        code = desk_ask(&job, desk_path(&job, "case", first, "/step"), show_case);
    else if (strcmp(second, "evidence") == 0)
        code = desk_ask(&job, desk_path(&job, "case", first, "/evidence"), NULL);
    else if (strcmp(second, "bundle") == 0)
        code = desk_ask(&job, desk_path(&job, "case", first, "/bundle"), NULL);
    else if (strcmp(second, "withdraw") == 0)
        code = desk_ask(&job, desk_path(&job, "case", first, "/withdraw"), show_case);
    else
        code = command_error(&cmd_case, EXIT_USAGE, "'%s' is nothing to do with a case", second);
    return desk_end(&job, code);
}

const struct command cmd_case = {
    .name = "case",
    .args = "[work|list|CODE [step|evidence|bundle|withdraw]|letter CODE send|drop|contacts FILE|"
            "import FILE|key]",
    .summary = "see and work on reports",
    .about = "Each report has a case with a code, a state, an owner, a next step and a clock. "
             "'work' (the default) lists what is to be done, by campaign: live harm first, then by "
             "how many independent networks reported it. 'step' moves a case on. 'evidence' shows "
             "the redacted report and notes that it was looked at; 'bundle' packs it for another "
             "node and signs it; 'import' shows such a bundle and its terms, and takes it in with "
             "--accept; 'key' prints this node's key, for others to compare. 'letter' sends or "
             "drops a drafted notice. 'contacts' loads abuse contacts of "
             "networks: lines 'NETWORK MAILBOX', or RDAP answers as JSON.",
    .options = case_options,
    .run = run_case};
