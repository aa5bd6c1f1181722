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
    desk_moment(j, "until", "due");
    desk_member(j, "reported as", "category");
    desk_moment(j, "since", "time");
    desk_member(j, "note", "note");
    desk_member(j, "from domain", "from_domain");
    desk_member(j, "link", "host");
    const json_t *c = json_object_get(j, "campaign"), *letter;
    const json_t *origin = json_object_get(j, "origin");
    desk_member(origin, "handed by", "from");
    desk_member(origin, "terms", "terms");
    desk_member(c, "campaign", "code");
    desk_member(c, "reporters", "reporters");
    desk_member(c, "sources", "sources");
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
        printf("%s  %-9s reports: %-4lld sources: %-3lld %s\n",
               json_string_value(json_object_get(w, "code")),
               json_string_value(json_object_get(w, "category")),
               (long long)json_integer_value(json_object_get(w, "cases")),
               (long long)json_integer_value(json_object_get(w, "sources")), buf_cstr(&b));
        buf_fini(&b);
    }
    printf("reports: %lld, listings: %lld, open appeals: %lld, letters to send: %lld\n",
           (long long)json_integer_value(json_object_get(j, "reports")),
           (long long)json_integer_value(json_object_get(j, "listings")),
           (long long)json_integer_value(json_object_get(j, "appeals_open")),
           (long long)json_integer_value(json_object_get(j, "letters_owed")));
}

static void show_cases(const json_t *j)
{
    const json_t *c;
    size_t i;
    if (json_array_size(json_object_get(j, "cases")) == 0)
        printf("no case\n");
    json_array_foreach(json_object_get(j, "cases"), i, c)
    {
        char since[DESK_CLOCK];
        printf("%s  %-9s %-9s %s\n", json_string_value(json_object_get(c, "code")),
               json_string_value(json_object_get(c, "state")),
               json_string_value(json_object_get(c, "category")),
               desk_clock(json_string_value(json_object_get(c, "time")), since));
    }
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
    {0, "format", "WORD", "export: arf or xarf"},
    {0, "to", "MAILBOX", "export: who gets it; default the sending network's abuse contact"},
    {0, "terms", "TEXT", "bundle: on which terms it is handed over"},
    {0, "key", "KEY", "import: the sending node's, as its `muster case key` prints it"},
    {0, "accept", NULL, "import: take it in, on the terms that are shown without"},
    {'n', "limit", "N", "so many at most"},
    {'c', "config", "FILE", "configuration (default /etc/muster/muster.conf)"},
    {'j', "json", NULL, "the answer as JSON"},
    {0}};

static void show_text(const json_t *j)
{
    const json_t *text = json_object_get(j, "text");
    fwrite(json_string_value(text), 1, json_string_length(text), stdout);
}

/* How many operands go with a word, the word counted; a code stands alone or with an act. */
static int operands_of(const char *word, int got)
{
    static const struct {
        const char *word;
        int n;
    } all[] = {{"work", 1}, {"list", 1}, {"key", 1}, {"contacts", 2}, {"import", 2}, {"letter", 3}};
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        if (strcmp(word, all[i].word) == 0)
            return all[i].n;
    return got == 1 ? 1 : 2;
}

static int act_on(struct desk_job *job, const char *code, const char *act)
{
    static const char *const acts[] = {"step", "evidence", "bundle", "withdraw", "export"};
    for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
        if (strcmp(act, acts[i]) == 0) {
            const char *tail = arena_printf(job->actor.arena, "/%s", act).p;
            return desk_ask(job, desk_path(job, "case", code, tail),
                            i == 0 || i == 3 ? show_case
                            : i == 4         ? show_text
                                             : NULL);
        }
    }
    return command_error(job->command, EXIT_USAGE, "'%s' is nothing to do with a case", act);
}

/* word and what stands behind it, as many as operands_of says. */
static int act(struct desk_job *job, const char *word, char **more, int n)
{
    if (strcmp(word, "work") == 0)
        return desk_ask(job, "work", show_work);
    if (strcmp(word, "list") == 0)
        return desk_ask(job, "cases", show_cases);
    if (strcmp(word, "contacts") == 0)
        return case_contacts(job, more[0]);
    if (strcmp(word, "import") == 0)
        return import(job, more[0]);
    if (strcmp(word, "key") == 0)
        return desk_ask(job, "bundle/key", show_key);
    if (strcmp(word, "letter") == 0) {
        if (strcmp(more[1], "send") != 0 && strcmp(more[1], "drop") != 0)
            return command_error(job->command, EXIT_USAGE, "a letter is sent or dropped");
        return desk_ask(
            job,
            desk_path(job, "letter", more[0], strcmp(more[1], "send") == 0 ? "/send" : "/drop"),
            NULL);
    }
    static const char *const words[] = {"work",     "list",   "show",   "key",
                                        "contacts", "import", "letter", NULL};
    int code = desk_is_code(job, word, words);
    if (code >= 0)
        return code;
    return n ? act_on(job, word, more[0])
             : desk_ask(job, desk_path(job, "case", word, ""), show_case);
}

static int run_case(int argc, char **argv)
{
    struct desk_job job;
    struct option_reader r = {.command = &cmd_case, .argc = argc, .argv = argv};
    int code = desk_begin(&job, &cmd_case, &r);
    if (code >= 0)
        return desk_end(&job, code);
    r.at += r.at + 1 < argc && strcmp(argv[r.at], "show") == 0;
    const char *first = r.at < argc ? argv[r.at] : "work";
    code = desk_operands(&job, &r, first, r.at < argc ? operands_of(first, argc - r.at) : 0);
    return desk_end(&job, code >= 0 ? code : act(&job, first, argv + r.at + 1, argc - r.at - 1));
}

const struct command cmd_case = {
    .name = "case",
    .args = "[work|list|[show] CODE [step|evidence|export|bundle|withdraw]|letter CODE "
            "send|drop|contacts "
            "FILE|"
            "import FILE|key]",
    .summary = "see and work on reports",
    .about = "Each report has a case with a code, a state, an owner, a next step and a clock. "
             "'work' (the default) lists what is to be done, by campaign: live harm first, then by "
             "how many independent sources reported it. 'step' moves a case on. 'evidence' shows "
             "the redacted report and notes that it was looked at; 'export' writes it as a "
             "feedback report or XARF; 'bundle' packs it for another "
             "node and signs it; 'import' shows such a bundle and its terms, and takes it in with "
             "--accept; 'key' prints this node's key, for others to compare. 'letter' sends or "
             "drops a drafted notice. 'contacts' loads abuse contacts of "
             "networks: lines 'NETWORK MAILBOX', or RDAP answers as JSON.",
    .options = case_options,
    .run = run_case};
