/* muster account: who may log in on the pages, with which roles. The first steward is made here; a
 * password is read from the terminal (or the first line of standard input) and leaves this process
 * as a proof alone (node/hasher.h). */
#include "cli/actor.h"
#include "base/escape.h"
#include "base/json.h"
#include "node/hasher.h"

#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#define WORD_LEAST 10

static const struct option_doc options[] = {
    {'c', "config", "FILE", "configuration (default /etc/muster/muster.conf)"},
    {'j', "json", NULL, "the answer as JSON"},
    {0, "roles", "LIST", "member, reviewer, operator, domain-admin, auditor, steward"},
    {0, "stakeholder", "WORD", "user, operator, sender, government, civil-society or research"},
    {0, "mailbox", "ADDRESS", "whose held mail the account sees"},
    {0, "domains", "LIST", "what a domain-admin administers"},
    {0, "reason", "TEXT", "why; stands in the log"},
    {0}};
enum { O_CONFIG, O_JSON, O_ROLES, O_STAKEHOLDER, O_MAILBOX, O_DOMAINS, O_REASON, O_COUNT };

static const char *const verbs[] = {"list",   "add",    "reset", "change",
                                    "remove", "invite", "log",   NULL};

struct words {
    const char *value[O_COUNT];
    bool as_json;
    const char *verb, *name;
};

static int read_words(int argc, char **argv, struct words *out)
{
    struct option_reader r = {.command = &cmd_account, .argc = argc, .argv = argv};
    int n = 0;
    *out = (struct words){.verb = "list"};
    for (;;) {
        int o = option_next(&r);
        if (o == OPTION_HELP)
            return -1;
        if (o == OPTION_BAD)
            return EXIT_USAGE;
        if (o == O_JSON)
            out->as_json = true;
        else if (o >= 0)
            out->value[o] = r.value;
        if (o != OPTION_END)
            continue;
        if (r.at >= argc)
            return EXIT_FINE;
        if (n == 2)
            return command_error(&cmd_account, EXIT_USAGE, "'%s' is not expected here", argv[r.at]);
        *(n++ ? &out->name : &out->verb) = argv[r.at++];
    }
}

/* Without echo on a terminal. false: none came. */
static bool read_password(char *out, size_t room)
{
    struct termios old, quiet;
    bool is_terminal = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &old) == 0;
    if (is_terminal) {
        fprintf(stderr, "Password: ");
        quiet = old;
        quiet.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    bool ok = fgets(out, (int)room, stdin) != NULL;
    if (is_terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
        fputc('\n', stderr);
    }
    if (ok)
        out[strcspn(out, "\r\n")] = '\0';
    return ok;
}

/* Salt and proof into the arguments. */
static int add_password(struct json *j, struct err *e)
{
    char word[HASHER_WORD + 2], hex[2 * HASHER_PROOF + 1];
    unsigned char salt[HASHER_SALT], proof[HASHER_PROOF];
    if (sodium_init() < 0)
        return err_set(e, ERR_IO, "libsodium does not start");
    if (!read_password(word, sizeof(word)) || strlen(word) < WORD_LEAST)
        return err_set(e, ERR_USAGE, "a password has at least %d characters", WORD_LEAST);
    randombytes_buf(salt, sizeof(salt));
    int rc = hasher_proof(slice_str(word), salt, HASHER_OPS, HASHER_MEM_KIB, e, proof);
    sodium_memzero(word, sizeof(word));
    if (rc < 0)
        return rc;
    sodium_bin2hex(hex, sizeof(hex), salt, sizeof(salt));
    jsonw_cstr(j, "salt", hex);
    sodium_bin2hex(hex, sizeof(hex), proof, sizeof(proof));
    jsonw_cstr(j, "proof", hex);
    return 0;
}

static int arguments(const struct words *w, bool with_password, struct buf *out, struct err *e)
{
    static const struct {
        int option;
        const char *name;
    } members[] = {{O_ROLES, "roles"},
                   {O_STAKEHOLDER, "stakeholder"},
                   {O_MAILBOX, "mailbox"},
                   {O_DOMAINS, "domains"},
                   {O_REASON, "reason"}};
    struct json j = JSON_INIT(out);
    int rc = 0;
    jsonw_object(&j, NULL);
    if (w->name)
        jsonw_cstr(&j, "name", w->name);
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
        if (w->value[members[i].option])
            jsonw_cstr(&j, members[i].name, w->value[members[i].option]);
    if (strcmp(w->verb, "log") == 0)
        jsonw_bool(&j, "all", true);
    if (with_password)
        rc = add_password(&j, e);
    jsonw_object_end(&j);
    return rc;
}

/* ---- showing ---- */

static void put(const json_t *j, const char *key, int width)
{
    struct buf b = BUF_INIT(4096);
    const json_t *v = json_object_get(j, key), *one;
    size_t i;
    if (json_is_string(v))
        escape_add(&b, ESCAPE_TERM, slice_str(json_string_value(v)), 200);
    json_array_foreach(v, i, one) buf_printf(&b, "%s%s", i ? "," : "", json_string_value(one));
    printf("%-*s  ", width, buf_cstr(&b));
    buf_fini(&b);
}

static void show(const struct words *w, const json_t *j)
{
    const json_t *row;
    size_t i;
    json_array_foreach(json_object_get(j, "accounts"), i, row)
    {
        put(row, "name", 20);
        put(row, "roles", 30);
        put(row, "stakeholder", 12);
        put(row, "mailbox", 0);
        putchar('\n');
    }
    json_array_foreach(json_object_get(j, "acts"), i, row)
    {
        put(row, "account", 20);
        put(row, "verb", 18);
        put(row, "actor", 20);
        put(row, "detail", 0);
        putchar('\n');
    }
    if (json_object_get(j, "code"))
        printf("/account/join?code=%s\n", json_string_value(json_object_get(j, "code")));
    if (strcmp(w->verb, "list") == 0 && json_array_size(json_object_get(j, "accounts")) == 0)
        printf("none; make the first with: muster account add NAME --roles steward,operator\n");
}

static int ask(const struct words *w, struct slice args)
{
    struct actor a;
    struct err e = {0};
    char path[64];
    snprintf(path, sizeof(path), "account/%s", strcmp(w->verb, "log") == 0 ? "acts" : w->verb);
    int code = actor_open(&cmd_account, w->value[O_CONFIG], &a);
    if (code != EXIT_FINE)
        return code;
    if (actor_ask(&a, path, args, &e) < 0) {
        code = command_fail(&cmd_account, &e);
    } else if (w->as_json) {
        printf("%.*s\n", SLICE_ARG(buf_slice(&a.answer)));
    } else {
        json_t *j = json_loadb(a.answer.p, a.answer.n, 0, NULL);
        show(w, j);
        json_decref(j);
    }
    actor_close(&a);
    return code;
}

static int run(int argc, char **argv)
{
    struct words w;
    struct err e = {0};
    int code = read_words(argc, argv, &w);
    if (code != EXIT_FINE)
        return code < 0 ? EXIT_FINE : code;
    const char *near = conf_nearest(slice_str(w.verb), verbs);
    if (near == NULL || strcmp(near, w.verb) != 0)
        return command_error(&cmd_account, EXIT_USAGE, "unknown word '%s'; %s%s", w.verb,
                             near ? "did you mean "
                                  : "say list, add, reset, change, remove, invite or log",
                             near ? near : "");
    bool needs_name = strcmp(w.verb, "list") != 0 && strcmp(w.verb, "log") != 0 &&
                      strcmp(w.verb, "invite") != 0;
    if (needs_name != (w.name != NULL))
        return command_error(
            &cmd_account, EXIT_USAGE,
            needs_name ? "say whose: muster account %s NAME" : "'%s' takes no name", w.verb);
    bool with_password = strcmp(w.verb, "add") == 0 || strcmp(w.verb, "reset") == 0;
    struct buf args = BUF_INIT(65536);
    if (arguments(&w, with_password, &args, &e) < 0)
        code = command_fail(&cmd_account, &e);
    else
        code = ask(&w, buf_slice(&args));
    buf_fini(&args);
    return code;
}

const struct command cmd_account = {
    .name = "account",
    .args = "[list] | log | add|reset|change|remove NAME | invite",
    .summary = "who may log in on the pages, with which roles",
    .about =
        "There is no account and no password to start with: make the first steward with\n"
        "'muster account add NAME --roles steward,operator'. The password is read from the "
        "terminal\n"
        "or from the first line of standard input. 'reset' sets a new one and takes the second "
        "factor off.\nChanges, removals and invitations need a --reason; the log keeps it.",
    .options = options,
    .run = run};
