/* The table of commands, and those that only speak of the table: help, completion, man. */
#include "cli/command.h"
#include "base/buf.h"
#include "base/conf.h"
#include "node/config.h"

#include <stdio.h>

/* One a line, so that two people can add one. */
/* clang-format off */
const struct command *const COMMANDS[] = {
    &cmd_scan,
    &cmd_why,
    &cmd_learn,
    &cmd_unlearn,
    &cmd_serve,
    &cmd_status,
    &cmd_config,
    &cmd_history,
    &cmd_quarantine,
    &cmd_traffic,
    &cmd_acts,
    &cmd_choice,
    &cmd_lists,
    &cmd_whatif,
    &cmd_token,
    &cmd_dmarc,
    &cmd_dns,
    &cmd_check,
    &cmd_receipt,
    &cmd_law,
    &cmd_library,
    &cmd_rules,
    &cmd_journal,
    &cmd_backup,
    &cmd_restore,
    &cmd_eval,
    &cmd_dkim,
    &cmd_train,
    &cmd_man,
    &cmd_completion,
    &cmd_help,
    &cmd_report,
    &cmd_case,
    &cmd_listing,
    &cmd_appeal,
    &cmd_account,
    &cmd_export,
    NULL};
/* clang-format on */

static const struct command *find(const char *name)
{
    for (size_t i = 0; COMMANDS[i]; i++) {
        if (strcmp(COMMANDS[i]->name, name) == 0)
            return COMMANDS[i];
    }
    return NULL;
}

static void list_commands(FILE *f)
{
    fprintf(f,
            "muster %s: stops spam, says why, and learns from what you tell it\n\n"
            "Usage: muster COMMAND [options]\n\nCommands:\n",
            MUSTER_VERSION);
    for (size_t i = 0; COMMANDS[i]; i++)
        fprintf(f, "  %-12s %s\n", COMMANDS[i]->name, COMMANDS[i]->summary);
    fprintf(f, "\n'muster COMMAND --help' says more. Exit codes: 0 fine, 1 negative answer "
               "(spam), 2 wrong use, 3 could not do it.\n");
}

static int unknown_command(const char *word)
{
    const char *words[64];
    size_t n = 0;
    while (COMMANDS[n] && n < 63) {
        words[n] = COMMANDS[n]->name;
        n++;
    }
    words[n] = NULL;
    const char *near = conf_nearest(slice_str(word), words);
    return command_error(NULL, EXIT_USAGE,
                         near ? "unknown command '%s'; did you mean '%s'?"
                              : "unknown command '%s'; see 'muster help'",
                         word, near);
}

int command_run(int argc, char **argv)
{
    if (argc < 2) {
        list_commands(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        list_commands(stdout);
        return EXIT_FINE;
    }
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        printf("muster %s\n", MUSTER_VERSION);
        return EXIT_FINE;
    }
    const struct command *c = find(argv[1]);
    return c ? c->run(argc - 1, argv + 1) : unknown_command(argv[1]);
}

/* ---- help ---- */

static int run_help(int argc, char **argv)
{
    if (argc < 2) {
        list_commands(stdout);
        return EXIT_FINE;
    }
    const struct command *c = find(argv[1]);
    if (c == NULL)
        return unknown_command(argv[1]);
    command_help(c);
    return EXIT_FINE;
}

const struct command cmd_help = {.name = "help",
                                 .args = "[COMMAND]",
                                 .summary = "list the commands, or explain one",
                                 .run = run_help};

/* ---- completion ---- */

/* The words that a command takes as they are: what is in small letters in its line of use. */
static void bash_verbs(const char *args)
{
    struct slice rest = slice_str(args ? args : ""), word;
    while (slice_split(&rest, ' ', &word)) {
        if (word.n && word.p[0] == '-')
            continue;
        for (size_t i = 0, from = 0; i <= word.n; i++) {
            if (i < word.n && ascii_is_alpha(word.p[i]) && ascii_lower(word.p[i]) == word.p[i])
                continue;
            bool is_whole = i == word.n || strchr("[]|", word.p[i]);
            if (i > from && is_whole)
                printf(" %.*s", (int)(i - from), word.p + from);
            while (i < word.n && strchr("[]|", word.p[i]) == NULL)
                i++; /* the rest of a word in capitals */
            from = i + 1;
        }
    }
}

static void bash_words(const struct command *c)
{
    printf("    %s) verbs=\"", c->name);
    bash_verbs(c->args);
    printf("\" words=\"--help");
    for (const struct option_doc *o = c->options; o && o->name; o++)
        printf(" --%s", o->name);
    printf("\" ;;\n");
}

static int run_completion(int argc, char **argv)
{
    if (argc != 2 || strcmp(argv[1], "bash") != 0)
        return command_error(&cmd_completion, EXIT_USAGE, "say which shell: bash");
    printf("# bash completion for muster; made by 'muster completion bash'\n"
           "_muster() {\n  local cur=${COMP_WORDS[COMP_CWORD]} words verbs\n  if [ $COMP_CWORD -eq "
           "1 ]; "
           "then\n    words=\"");
    for (size_t i = 0; COMMANDS[i]; i++)
        printf("%s%s", i ? " " : "", COMMANDS[i]->name);
    printf("\"\n  else\n    case ${COMP_WORDS[1]} in\n");
    for (size_t i = 0; COMMANDS[i]; i++)
        bash_words(COMMANDS[i]);
    printf("    *) words= ;;\n    esac\n    case $cur in -*) ;; *) COMPREPLY=($(compgen -f "
           "-W \"$verbs\" -- \"$cur\")); return ;; esac\n"
           "  fi\n  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\ncomplete -o filenames -F "
           "_muster muster\n");
    return EXIT_FINE;
}

const struct command cmd_completion = {.name = "completion",
                                       .args = "bash",
                                       .summary = "print shell completion",
                                       .run = run_completion};

/* ---- man ---- */

/* roff takes a leading dot or quote as a request, and a backslash as an escape. */
static void roff_text(const char *s)
{
    bool at_start = true;
    for (; *s; s++) {
        if (at_start && (*s == '.' || *s == '\''))
            fputs("\\&", stdout);
        if (*s == '\\')
            fputs("\\e", stdout);
        else if (*s == '-')
            fputs("\\-", stdout);
        else
            fputc(*s, stdout);
        at_start = *s == '\n';
    }
}

static void man_command(const struct command *c)
{
    printf(".SS \"muster %s%s%s%s\"\n", c->name, c->options ? " [options]" : "",
           c->args && *c->args ? " " : "", c->args ? c->args : "");
    roff_text(c->summary);
    printf(".\n");
    if (c->about) {
        printf(".PP\n");
        roff_text(c->about);
        printf("\n");
    }
    for (const struct option_doc *o = c->options; o && o->name; o++) {
        printf(".TP\n");
        if (o->letter)
            printf(".BR \\-%c , \" \\-\\-%s\" %s%s%s\n", o->letter, o->name, o->arg ? "\" " : "",
                   o->arg ? o->arg : "", o->arg ? "\"" : "");
        else
            printf(".B \\-\\-%s %s\n", o->name, o->arg ? o->arg : "");
        roff_text(o->doc);
        printf("\n");
    }
}

static int run_man(int argc, char **argv)
{
    bool is_conf = argc == 2 && strcmp(argv[1], "muster.conf") == 0;
    if (argc > 2 || (argc == 2 && !is_conf && strcmp(argv[1], "muster") != 0))
        return command_error(&cmd_man, EXIT_USAGE, "the pages are: muster, muster.conf");
    if (is_conf) {
        struct buf b = BUF_INIT(1024 * 1024);
        conf_reference(node_tables(), &b, true);
        printf(".TH MUSTER.CONF 5 \"\" \"muster %s\"\n.SH NAME\nmuster.conf \\- settings of a "
               "muster node\n"
               ".SH SETTINGS\n%s",
               MUSTER_VERSION, buf_cstr(&b));
        buf_fini(&b);
        return EXIT_FINE;
    }
    printf(
        ".TH MUSTER 1 \"\" \"muster %s\"\n.SH NAME\nmuster \\- stops spam, says why, and learns\n"
        ".SH SYNOPSIS\n.B muster\n.I COMMAND\n[options]\n.SH COMMANDS\n",
        MUSTER_VERSION);
    for (size_t i = 0; COMMANDS[i]; i++)
        man_command(COMMANDS[i]);
    printf(".SH EXIT STATUS\n0 fine, 1 negative answer (spam, violation, failing), 2 wrong use, "
           "3 could not do it.\n.SH FILES\n.I %s\n.SH SEE ALSO\n.BR muster.conf (5)\n",
           NODE_CONFIG_PATH);
    return EXIT_FINE;
}

const struct command cmd_man = {.name = "man",
                                .args = "[muster|muster.conf]",
                                .summary = "print a manual page (roff)",
                                .run = run_man};
