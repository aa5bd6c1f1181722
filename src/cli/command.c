/* Options, help and errors of all commands. See command.h. */
#include "cli/command.h"
#include "base/buf.h"
#include "base/conf.h"
#include "base/escape.h"

#include <stdarg.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define OPTIONS_MOST 40

static void print_escaped(FILE *f, struct slice s)
{
    struct buf b = BUF_INIT(4096);
    escape_add(&b, ESCAPE_TERM, s, 1000);
    fwrite(b.p, 1, b.n, f);
    buf_fini(&b);
}

int command_error(const struct command *c, int code, const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    fprintf(stderr, "muster%s%s: ", c ? " " : "", c ? c->name : "");
    print_escaped(stderr, slice_str(text));
    fputc('\n', stderr);
    return code;
}

int command_fail(const struct command *c, const struct err *e)
{
    return command_error(c, e->code == ERR_USAGE || e->code == ERR_PARSE ? EXIT_USAGE : EXIT_FAILED,
                         "%s", e->text);
}

bool command_colour(int fd)
{
    const char *term = getenv("TERM");
    const char *no = getenv("NO_COLOR");
    return isatty(fd) && !(no && *no) && term && strcmp(term, "dumb") != 0;
}

void command_help(const struct command *c)
{
    printf("Usage: muster %s%s%s%s\n\n%s\n", c->name, c->options ? " [options]" : "",
           c->args && *c->args ? " " : "", c->args ? c->args : "", c->summary);
    if (c->about)
        printf("\n%s\n", c->about);
    printf("\nOptions:\n");
    for (const struct option_doc *o = c->options; o && o->name; o++) {
        char left[64];
        snprintf(left, sizeof(left), "%c%c%s--%s%s%s", o->letter ? '-' : ' ',
                 o->letter ? o->letter : ' ', o->letter ? ", " : "  ", o->name, o->arg ? " " : "",
                 o->arg ? o->arg : "");
        printf("  %-30s %s\n", left, o->doc);
    }
    printf("  %-30s %s\n", "-h, --help", "this help");
}

static int unknown(const struct option_reader *r, const char *word)
{
    const char *words[OPTIONS_MOST + 2];
    size_t n = 0;
    for (const struct option_doc *o = r->command->options; o && o->name && n < OPTIONS_MOST; o++)
        words[n++] = o->name;
    words[n++] = "help";
    words[n] = NULL;
    const char *near = conf_nearest(slice_str(word), words);
    command_error(r->command, EXIT_USAGE,
                  near ? "unknown option '%s%s'; did you mean '--%s'?"
                       : "unknown option '%s%s'; see 'muster help'",
                  word[1] ? "--" : "-", word, near);
    return OPTION_BAD;
}

static int take_value(struct option_reader *r, const struct option_doc *o, const char *joined)
{
    int index = (int)(o - r->command->options);
    r->value = joined;
    if (o->arg == NULL) {
        if (joined == NULL)
            return index;
        command_error(r->command, EXIT_USAGE, "option '--%s' takes no value", o->name);
        return OPTION_BAD;
    }
    if (joined == NULL) {
        if (r->at + r->operands >= r->argc) {
            command_error(r->command, EXIT_USAGE, "option '--%s' needs %s", o->name, o->arg);
            return OPTION_BAD;
        }
        r->value = r->argv[r->at++];
    }
    return index;
}

static int long_option(struct option_reader *r, const char *word)
{
    struct slice name = slice_str(word);
    size_t eq = slice_chr(name, '=');
    const char *joined = NULL;
    if (eq != SIZE_MAX) {
        joined = word + eq + 1;
        name.n = eq;
    }
    if (slice_eq(name, SLICE("help"))) {
        command_help(r->command);
        return OPTION_HELP;
    }
    for (const struct option_doc *o = r->command->options; o && o->name; o++) {
        if (slice_eq(name, slice_str(o->name)))
            return take_value(r, o, joined);
    }
    char cut[64];
    snprintf(cut, sizeof(cut), "%.*s", SLICE_ARG(name));
    return unknown(r, cut);
}

static int short_option(struct option_reader *r)
{
    char letter = *r->bundle++;
    const char *rest = *r->bundle ? r->bundle : NULL;
    if (letter == 'h') {
        command_help(r->command);
        return OPTION_HELP;
    }
    for (const struct option_doc *o = r->command->options; o && o->name; o++) {
        if (o->letter != letter)
            continue;
        if (o->arg) {
            r->bundle = NULL;
            return take_value(r, o, rest);
        }
        if (rest == NULL)
            r->bundle = NULL;
        return (int)(o - r->command->options);
    }
    char word[2] = {letter, '\0'};
    return unknown(r, word);
}

/* Options may stand behind operands: an operand that is met goes to the end, in order, so that
 * argv[at] on are the operands once OPTION_END comes. */
int option_next(struct option_reader *r)
{
    r->value = NULL;
    if (r->bundle)
        return short_option(r);
    if (r->at == 0)
        r->at = 1;
    while (r->at + r->operands < r->argc &&
           (r->argv[r->at][0] != '-' || r->argv[r->at][1] == '\0')) {
        char *word = r->argv[r->at];
        memmove(&r->argv[r->at], &r->argv[r->at + 1], (size_t)(r->argc - r->at - 1) * sizeof(word));
        r->argv[r->argc - 1] = word;
        r->operands++;
    }
    if (r->at + r->operands >= r->argc)
        return OPTION_END;
    const char *word = r->argv[r->at++];
    if (word[1] != '-') {
        r->bundle = word + 1;
        return short_option(r);
    }
    if (word[2] != '\0')
        return long_option(r, word + 2);
    /* "--": what follows are operands; those met before come first again */
    int rest = r->argc - r->at - r->operands;
    for (int i = 0; i < rest; i++) {
        char *first = r->argv[r->at];
        memmove(&r->argv[r->at], &r->argv[r->at + 1],
                (size_t)(r->argc - r->at - 1) * sizeof(first));
        r->argv[r->argc - 1] = first;
    }
    r->operands += rest;
    return OPTION_END;
}

int command_write(int fd, struct slice s)
{
    while (s.n) {
        ssize_t n = write(fd, s.p, s.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return -1;
        s = slice_from(s, (size_t)n);
    }
    return 0;
}
