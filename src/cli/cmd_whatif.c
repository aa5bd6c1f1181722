/* muster whatif: recent mail judged anew from its findings, under other thresholds, points or
 * lists; nothing is changed. */
#include "base/clock.h"
#include "cli/inquiry.h"

#include <stdio.h>
#include <stdlib.h>

static const struct option_doc options[] = {
    INQUIRY_OPTIONS,
    {0, "tag", "N", "spam from this score on"},
    {0, "unsure", "N", "unsure above this score"},
    {0, "rule", "NAME=N", "this check gives so many points; may be given often"},
    {0, "block", "DOMAIN", "as if the site kept it out"},
    {0, "allow", "DOMAIN", "as if the site let it through"},
    {'n', "limit", "N", "the newest so many messages (default and most: 500)"},
    {0, "before", "N", "go on where an answer says \"next\""},
    {0}};
static const struct inquiry_member members[] = {INQUIRY_MEMBERS,         {INQUIRY_NUM, "tag"},
                                                {INQUIRY_NUM, "unsure"}, {INQUIRY_OWN, "rules"},
                                                {INQUIRY_TEXT, "block"}, {INQUIRY_TEXT, "allow"},
                                                {INQUIRY_INT, "limit"},  {INQUIRY_INT, "before"}};

/* "NAME=N" ... become an object; false: an error was printed. */
static bool read_rules(struct inquiry *q)
{
    json_t *given = json_object_get(q->args, "rules"), *rules = json_object(), *v;
    size_t i;
    bool ok = true;
    json_array_foreach(given, i, v)
    {
        const char *text = json_string_value(v), *eq = strchr(text, '=');
        char name[100], *end = NULL;
        double points = eq ? strtod(eq + 1, &end) : 0;
        ok = eq && eq > text && eq - text < (int)sizeof(name) && eq[1] && *end == '\0';
        if (!ok) {
            command_error(q->command, EXIT_USAGE, "--rule takes NAME=POINTS, not '%s'", text);
            break;
        }
        snprintf(name, sizeof(name), "%.*s", (int)(eq - text), text);
        json_object_set_new(rules, name, json_real(points));
    }
    json_object_set_new(q->args, "rules", rules);
    return ok;
}

static void print_example(const json_t *row)
{
    inquiry_put_head(row, "time", 19);
    inquiry_put(row, "from", 6);
    printf("-> ");
    inquiry_put(row, "to", 6);
    inquiry_put_score(row, "score");
    printf("-> ");
    inquiry_put_score(row, "new_score");
    inquiry_put(row, "from_domain", 24);
    inquiry_put(row, "id", 36);
    inquiry_put(row, "subject", 0);
    putchar('\n');
}

static void print_moves(const json_t *answer)
{
    static const char *const sides[] = {"ham", "unsure", "spam"};
    const json_t *moves = json_object_get(answer, "moves"), *row;
    size_t i;
    printf("%lld messages looked at, %lld judged otherwise (spam from %.1f)\n",
           (long long)json_integer_value(json_object_get(answer, "looked")),
           (long long)json_integer_value(json_object_get(answer, "changed")),
           json_number_value(json_object_get(answer, "tag")));
    for (int from = 0; from < 3; from++) {
        for (int to = 0; to < 3; to++) {
            long long n = json_integer_value(
                json_object_get(json_object_get(moves, sides[from]), sides[to]));
            if (from != to && n)
                printf("  %-6s -> %-6s %lld\n", sides[from], sides[to], n);
        }
    }
    json_array_foreach(json_object_get(answer, "examples"), i, row) print_example(row);
}

static int run(int argc, char **argv)
{
    struct inquiry q;
    bool is_over;
    json_t *answer = NULL;
    int code = inquiry_read(&cmd_whatif, members, argc, argv, &q, &is_over);
    if (code == EXIT_FINE && !is_over) {
        if (q.n)
            code = command_error(&cmd_whatif, EXIT_USAGE, "'%s' is not expected here", q.word[0]);
        else if (!read_rules(&q))
            code = EXIT_USAGE;
        else
            code = inquiry_ask(&q, "console/whatif", &answer);
        if (answer && q.as_json)
            inquiry_print(&q, answer, NULL, NULL);
        else if (answer)
            print_moves(answer);
        json_decref(answer);
    }
    inquiry_end(&q);
    return code;
}

const struct command cmd_whatif = {
    .name = "whatif",
    .args = "",
    .summary = "recent mail judged anew under other thresholds, points or lists",
    .about = "Nothing is changed: muster whatif --tag 4.5 --rule link_text_differs=1.0",
    .options = options,
    .run = run};
