/* muster case, appeal, listing: the desk's work from the command line. */
#include "base/escape.h"
#include "cli/actor.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

struct job {
    const struct command *command;
    struct actor actor;
    json_t *args;
    const char *config;
    bool as_json;
};

static void put(const char *label, const char *s)
{
    struct buf b = BUF_INIT(16384);
    if (s == NULL || *s == '\0')
        return;
    escape_add(&b, ESCAPE_TERM, slice_str(s), 0);
    printf("%-12s %s\n", label, buf_cstr(&b));
    buf_fini(&b);
}

static void member(const json_t *j, const char *label, const char *name)
{
    const json_t *v = json_object_get(j, name);
    char number[32];
    snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(v));
    put(label, json_is_integer(v) ? number : json_string_value(v));
}

/* Asks; prints the answer as JSON or by `show`. */
static int ask(struct job *job, const char *path, void (*show)(const json_t *answer))
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

/* A path with a code of somebody: what is not fit for a path is left out. */
static const char *path_of(struct job *job, const char *head, const char *code, const char *tail)
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
static int read_options(struct job *job, struct option_reader *r)
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
        else if (strcmp(d->arg, "N") == 0)
            json_object_set_new(job->args, d->name, json_integer(strtoll(r->value, NULL, 10)));
        else
            json_object_set_new(job->args, d->name, json_string(r->value));
    }
    return o == OPTION_END ? -1 : o == OPTION_HELP ? EXIT_FINE : EXIT_USAGE;
}

static int begin(struct job *job, const struct command *c, struct option_reader *r)
{
    *job = (struct job){.command = c, .args = json_object()};
    int code = read_options(job, r);
    return code >= 0                                              ? code
           : actor_open(c, job->config, &job->actor) == EXIT_FINE ? -1
                                                                  : EXIT_FAILED;
}

static int end(struct job *job, int code)
{
    if (job->actor.arena)
        actor_close(&job->actor);
    json_decref(job->args);
    return code;
}

/* ---- case ---- */

static void show_case(const json_t *j)
{
    member(j, "code", "code");
    member(j, "state", "state_words");
    member(j, "outcome", "outcome_words");
    member(j, "owner", "owner");
    member(j, "next", "next");
    member(j, "until", "due");
    member(j, "reported as", "category");
    member(j, "since", "time");
    member(j, "note", "note");
    member(j, "from domain", "from_domain");
    member(j, "link", "host");
    const json_t *c = json_object_get(j, "campaign"), *letter;
    member(c, "campaign", "code");
    member(c, "reporters", "reporters");
    member(c, "networks", "networks");
    member(c, "suggests", "suggests");
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

/* ---- contacts: "NETWORK MAILBOX" lines, or RDAP answers (RFC 9083) ---- */

static json_t *contact(const char *net, const char *mailbox, const char *source)
{
    json_t *o = json_object();
    json_object_set_new(o, "net", json_string(net));
    json_object_set_new(o, "mailbox", json_string(mailbox));
    json_object_set_new(o, "source", json_string(source));
    return o;
}

/* The mail address in an entity's jCard (RFC 7095): ["email", {}, "text", "abuse@..."]. */
static const char *card_mail(const json_t *entity)
{
    const json_t *card = json_array_get(json_object_get(entity, "vcardArray"), 1), *property;
    size_t i;
    json_array_foreach(card, i, property)
    {
        const char *name = json_string_value(json_array_get(property, 0));
        if (name && strcmp(name, "email") == 0)
            return json_string_value(json_array_get(property, 3));
    }
    return NULL;
}

static const char *abuse_mail(const json_t *entities, int depth)
{
    const json_t *entity, *role;
    size_t i, k;
    json_array_foreach(entities, i, entity)
    {
        bool is_abuse = false;
        json_array_foreach(json_object_get(entity, "roles"), k, role)
        {
            const char *s = json_string_value(role);
            is_abuse = is_abuse || (s && strcmp(s, "abuse") == 0);
        }
        const char *mail = is_abuse ? card_mail(entity) : NULL;
        if (mail == NULL && depth < 4)
            mail = abuse_mail(json_object_get(entity, "entities"), depth + 1);
        if (mail)
            return mail;
    }
    return NULL;
}

static void add_rdap(json_t *list, const json_t *network)
{
    const char *mail = abuse_mail(json_object_get(network, "entities"), 0);
    const json_t *cidr;
    size_t i;
    char net[80];
    json_array_foreach(json_object_get(network, "cidr0_cidrs"), i, cidr)
    {
        const char *v4 = json_string_value(json_object_get(cidr, "v4prefix"));
        const char *v6 = json_string_value(json_object_get(cidr, "v6prefix"));
        snprintf(net, sizeof(net), "%s/%lld",
                 v4   ? v4
                 : v6 ? v6
                      : "-",
                 (long long)json_integer_value(json_object_get(cidr, "length")));
        if (mail && (v4 || v6))
            json_array_append_new(list, contact(net, mail, "RDAP"));
    }
}

static void add_lines(json_t *list, struct slice text)
{
    struct slice line;
    while (slice_line(&text, &line)) {
        char net[64], mailbox[256];
        char row[400];
        snprintf(row, sizeof(row), "%.*s", SLICE_ARG(slice_head(line, sizeof(row) - 1)));
        if (row[0] != '#' && sscanf(row, "%63[^ \t,;]%*[ \t,;]%255[^ \t,;]", net, mailbox) == 2)
            json_array_append_new(list, contact(net, mailbox, "local table"));
    }
}

static int load_contacts(struct job *job, const char *path)
{
    struct buf text = BUF_INIT(64 * 1024 * 1024);
    char piece[65536];
    size_t n;
    json_error_t je;
    FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    if (f == NULL)
        return command_error(job->command, EXIT_FAILED, "%s cannot be opened", path);
    while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
        buf_add(&text, slice_of(piece, n));
    if (f != stdin)
        fclose(f);
    json_t *list = json_array(), *j = json_loadb(text.p, text.n, 0, &je), *one;
    size_t i;
    if (json_is_object(j))
        add_rdap(list, j);
    json_array_foreach(j, i, one) add_rdap(list, one);
    if (j == NULL)
        add_lines(list, buf_slice(&text));
    json_decref(j);
    buf_fini(&text);
    json_object_set_new(job->args, "contacts", list);
    return ask(job, "contacts", NULL);
}

static const struct option_doc case_options[] = {
    {0, "state", "WORD", "step: acting, waiting, routed or closed; list: of this state"},
    {0, "outcome", "WORD", "step: stopped, listed, referred, consent, not-shown, counted"},
    {0, "note", "TEXT", "step: for the reporter"},
    {0, "terms", "TEXT", "bundle: on which terms it is handed over"},
    {'n', "limit", "N", "so many at most"},
    {'c', "config", "FILE", "configuration (default /etc/muster/muster.conf)"},
    {'j', "json", NULL, "the answer as JSON"},
    {0}};

static int run_case(int argc, char **argv)
{
    struct job job;
    struct option_reader r = {.command = &cmd_case, .argc = argc, .argv = argv};
    int code = begin(&job, &cmd_case, &r);
    if (code >= 0)
        return end(&job, code);
    const char *first = r.at < argc ? argv[r.at] : "work";
    const char *second = r.at + 1 < argc ? argv[r.at + 1] : NULL;
    const char *third = r.at + 2 < argc ? argv[r.at + 2] : NULL;
    if (strcmp(first, "work") == 0)
        code = ask(&job, "work", show_work);
    else if (strcmp(first, "list") == 0)
        code = ask(&job, "cases", show_cases);
    else if (strcmp(first, "contacts") == 0 && second)
        code = load_contacts(&job, second);
    else if (strcmp(first, "letter") == 0 && second && third &&
             (strcmp(third, "send") == 0 || strcmp(third, "drop") == 0))
        code = ask(&job, path_of(&job, "letter", second, strcmp(third, "send") ? "/drop" : "/send"),
                   NULL);
    else if (second == NULL)
        code = ask(&job, path_of(&job, "case", first, ""), show_case);
    else if (strcmp(second, "step") == 0)
        code = ask(&job, path_of(&job, "case", first, "/step"), show_case);
    else if (strcmp(second, "evidence") == 0)
        code = ask(&job, path_of(&job, "case", first, "/evidence"), NULL);
    else if (strcmp(second, "bundle") == 0)
        code = ask(&job, path_of(&job, "case", first, "/bundle"), NULL);
    else if (strcmp(second, "withdraw") == 0)
        code = ask(&job, path_of(&job, "case", first, "/withdraw"), show_case);
    else
        code = command_error(&cmd_case, EXIT_USAGE, "'%s' is nothing to do with a case", second);
    return end(&job, code);
}

const struct command cmd_case = {
    .name = "case",
    .args = "[work|list|CODE [step|evidence|bundle|withdraw]|letter CODE send|drop|contacts FILE]",
    .summary = "see and work on reports",
    .about = "Each report has a case with a code, a state, an owner, a next step and a clock. "
             "'work' (the default) lists what is to be done, by campaign: live harm first, then by "
             "how many independent networks reported it. 'step' moves a case on. 'evidence' shows "
             "the redacted report and notes that it was looked at; 'bundle' packs it for another "
             "node. 'letter' sends or drops a drafted notice. 'contacts' loads abuse contacts of "
             "networks: lines 'NETWORK MAILBOX', or RDAP answers as JSON.",
    .options = case_options,
    .run = run_case};

/* ---- listing ---- */

static void show_listing(const json_t *j)
{
    member(j, "code", "code");
    member(j, "what", "kind");
    member(j, "", "value");
    member(j, "state", "state");
    member(j, "harm", "harm");
    member(j, "effect", "effect");
    member(j, "reason", "reason");
    member(j, "decided by", "decided_by");
    member(j, "counts from", "from");
    member(j, "ends", "ends");
    member(j, "reply", "reply");
}

static void show_listings(const json_t *j)
{
    const json_t *l;
    size_t i;
    json_array_foreach(json_object_get(j, "listings"), i, l)
    {
        struct buf b = BUF_INIT(2048);
        escape_add(&b, ESCAPE_TERM, slice_str(json_string_value(json_object_get(l, "value"))), 200);
        printf("%s  %-9s %-8s %s\n", json_string_value(json_object_get(l, "code")),
               json_string_value(json_object_get(l, "state")),
               json_string_value(json_object_get(l, "kind")), buf_cstr(&b));
        buf_fini(&b);
    }
}

/* A copy that was exported earlier is brought up to date: what was corrected since is changed or
 * taken out, what is new is added. */
static int refresh(struct job *job, const char *path)
{
    json_error_t je;
    struct err e = {0};
    json_t *copy = json_load_file(path, 0, &je), *one, *old;
    json_t *rows = json_object_get(copy, "listings"), *kept = json_array();
    char args[128];
    size_t i, k;
    if (!json_is_array(rows)) {
        json_decref(copy);
        json_decref(kept);
        return command_error(job->command, EXIT_USAGE, "%s is no export of listings", path);
    }
    snprintf(args, sizeof(args), "{\"all\":true,\"limit\":10000,\"since\":%lld}",
             (long long)json_integer_value(json_object_get(copy, "sequence")));
    if (actor_ask(&job->actor, "listings", slice_str(args), &e) < 0) {
        json_decref(copy);
        json_decref(kept);
        return command_fail(job->command, &e);
    }
    struct slice s = buf_slice(&job->actor.answer);
    json_t *fresh = json_loadb(s.p, s.n, 0, &je), *changes = json_object_get(fresh, "listings");
    json_array_foreach(rows, i, old)
    {
        bool is_changed = false;
        json_array_foreach(changes, k, one)
            is_changed = is_changed ||
                         json_equal(json_object_get(one, "code"), json_object_get(old, "code"));
        if (!is_changed)
            json_array_append(kept, old);
    }
    json_array_foreach(changes, k, one)
    {
        const char *state = json_string_value(json_object_get(one, "state"));
        if (state && strcmp(state, "ended") != 0)
            json_array_append(kept, one);
    }
    printf("%zu changes\n", json_array_size(changes));
    json_object_set_new(copy, "listings", kept);
    json_object_set(copy, "sequence", json_object_get(fresh, "sequence"));
    json_object_set(copy, "made", json_object_get(fresh, "made"));
    int failed = json_dump_file(copy, path, JSON_INDENT(1));
    json_decref(copy);
    json_decref(fresh);
    return failed ? command_error(job->command, EXIT_FAILED, "%s cannot be written", path)
                  : EXIT_FINE;
}

static const struct option_doc listing_options[] = {
    {0, "kind", "WORD", "add: domain, link, mailbox, address or network"},
    {0, "harm", "WORD", "add: phishing, malware, fraud, spam or no-opt-out"},
    {0, "effect", "WORD", "add: note, tag or hold (live harm alone)"},
    {0, "reason", "TEXT", "add: for the person hit"},
    {0, "evidence", "CODE", "add: the case that shows it"},
    {0, "contact", "MAILBOX", "add: who is told; default postmaster of the domain"},
    {0, "days", "N", "add: how long (default 7)"},
    {0, "why", "TEXT", "confirm, lower, end: the reason"},
    {0, "all", NULL, "list: also what has ended"},
    {0, "since", "N", "list: changes behind this sequence"},
    {'n', "limit", "N", "so many at most"},
    {'c', "config", "FILE", "configuration (default /etc/muster/muster.conf)"},
    {'j', "json", NULL, "the answer as JSON"},
    {0}};

static int run_listing(int argc, char **argv)
{
    struct job job;
    struct option_reader r = {.command = &cmd_listing, .argc = argc, .argv = argv};
    int code = begin(&job, &cmd_listing, &r);
    if (code >= 0)
        return end(&job, code);
    const char *first = r.at < argc ? argv[r.at] : "list";
    const char *second = r.at + 1 < argc ? argv[r.at + 1] : NULL;
    bool is_change = second && (strcmp(second, "confirm") == 0 || strcmp(second, "lower") == 0 ||
                                strcmp(second, "end") == 0);
    if (second && (strcmp(first, "add") == 0 || strcmp(first, "find") == 0))
        json_object_set_new(job.args, "value", json_string(second));
    if (strcmp(first, "list") == 0)
        code = ask(&job, "listings", show_listings);
    else if (strcmp(first, "export") == 0) {
        job.as_json = true;
        code = ask(&job, "listings", NULL);
    } else if (strcmp(first, "refresh") == 0 && second)
        code = refresh(&job, second);
    else if (strcmp(first, "add") == 0 && second)
        code = ask(&job, "listing/add", show_listing);
    else if (strcmp(first, "find") == 0 && second)
        code = ask(&job, "listing/find", show_listings);
    else if (is_change)
        code = ask(
            &job,
            arena_printf(job.actor.arena, "%s/%s", path_of(&job, "listing", first, ""), second).p,
            show_listing);
    else if (second == NULL)
        code = ask(&job, path_of(&job, "listing", first, ""), show_listing);
    else
        code = command_error(&cmd_listing, EXIT_USAGE, "'%s' is nothing to do with a listing",
                             second);
    return end(&job, code);
}

const struct command cmd_listing = {
    .name = "listing",
    .args = "[list|export|refresh FILE|find VALUE|add VALUE|CODE [confirm|lower|end]]",
    .summary = "see and decide what is listed, and correct it",
    .about =
        "A listing marks mail of a domain, link, address or narrow network. It is decided by a "
        "person on the evidence of a case, has an end, and is told to the named sender, who "
        "has 72 hours to reply before it counts (phishing and malware count at once). "
        "'refresh' brings a copy that was exported earlier up to date: corrections reach "
        "it.",
    .options = listing_options,
    .run = run_listing};

/* ---- appeal ---- */

static void show_appeal(const json_t *j)
{
    member(j, "code", "code");
    member(j, "state", "state");
    member(j, "sent to", "proof_sent_to");
    member(j, "statement", "statement");
    member(j, "prove until", "prove_until");
    member(j, "lowered at", "lowered_at");
    member(j, "gone at", "gone_at");
    member(j, "result", "result");
    member(j, "reason", "reason");
}

static void show_appeals(const json_t *j)
{
    const json_t *a;
    size_t i;
    json_array_foreach(json_object_get(j, "appeals"), i, a)
        printf("%s  %-8s %s\n", json_string_value(json_object_get(a, "code")),
               json_string_value(json_object_get(a, "state")),
               json_string_value(json_object_get(a, "time")));
}

static const struct option_doc appeal_options[] = {
    {0, "statement", "TEXT", "new: why the listing is wrong"},
    {0, "contact", "MAILBOX", "new: where the decision is sent"},
    {0, "proof", "CODE", "prove: what was sent to the mailbox of what is listed"},
    {0, "vote", "WORD", "vote: end, tag or keep"},
    {0, "reason", "TEXT", "vote: why"},
    {0, "all", NULL, "list: also those that are decided or not proven"},
    {'c', "config", "FILE", "configuration (default /etc/muster/muster.conf)"},
    {'j', "json", NULL, "the answer as JSON"},
    {0}};

static int run_appeal(int argc, char **argv)
{
    struct job job;
    struct option_reader r = {.command = &cmd_appeal, .argc = argc, .argv = argv};
    int code = begin(&job, &cmd_appeal, &r);
    if (code >= 0)
        return end(&job, code);
    const char *first = r.at < argc ? argv[r.at] : "list";
    const char *second = r.at + 1 < argc ? argv[r.at + 1] : NULL;
    if (strcmp(first, "list") == 0)
        code = ask(&job, "appeals", show_appeals);
    else if (strcmp(first, "new") == 0 && second)
        code = ask(&job, path_of(&job, "listing", second, "/appeal"), show_appeal);
    else if (second && strcmp(second, "prove") == 0)
        code = ask(&job, path_of(&job, "appeal", first, "/prove"), show_appeal);
    else if (second && strcmp(second, "vote") == 0)
        code = ask(&job, path_of(&job, "appeal", first, "/vote"), show_appeal);
    else if (second == NULL)
        code = ask(&job, path_of(&job, "appeal", first, ""), show_appeal);
    else
        code = command_error(&cmd_appeal, EXIT_USAGE, "'%s' is nothing to do with an appeal",
                             second);
    return end(&job, code);
}

const struct command cmd_appeal = {
    .name = "appeal",
    .args = "[list|new LISTING|CODE [prove|vote]]",
    .summary = "object to a listing, and decide about it",
    .about =
        "Objecting is free and needs no account. Control is proven with a code that is sent to "
        "the role mailbox of what is listed. People of two classes who had no part in the "
        "listing decide within 72 hours; after that it falls to a mark, after 14 days it is "
        "gone.",
    .options = appeal_options,
    .run = run_appeal};
