/* muster rules list: every check with its kind, its points and what it looks at. */
#include "cli/command.h"
#include "base/json.h"
#include "evidence/check.h"
#include "node/config.h"

#include <stdio.h>

static const struct option_doc options[] = {
    {'c', "config", "FILE", "configuration (default /etc/muster/muster.conf)"},
    {'j', "json", NULL, "one JSON object per check"},
    {0}};

static void print_check(const struct rules *rules, enum check_id id, bool as_json)
{
    const struct check *c = check_info(id);
    if (!as_json) {
        printf("%-26s %-10s %+5.1f  %s\n", c->name, finding_kind_name(c->kind),
               rules_points(rules, id), c->doc);
        return;
    }
    struct buf b = BUF_INIT(16384);
    struct json j = JSON_INIT(&b);
    jsonw_object(&j, NULL);
    jsonw_cstr(&j, "name", c->name);
    jsonw_cstr(&j, "kind", finding_kind_name(c->kind));
    jsonw_num(&j, "points", rules_points(rules, id), 3);
    jsonw_num(&j, "default", c->points, 3);
    jsonw_cstr(&j, "reason", c->reason);
    jsonw_cstr(&j, "doc", c->doc);
    jsonw_object_end(&j);
    printf("%s\n", buf_cstr(&b));
    buf_fini(&b);
}

static int run(int argc, char **argv)
{
    struct option_reader r = {.command = &cmd_rules, .argc = argc, .argv = argv};
    const char *config = NULL;
    bool as_json = false;
    struct err e = {0};
    struct conf *conf;
    struct rules *rules;
    int o;
    while ((o = option_next(&r)) >= 0) {
        if (o == 0)
            config = r.value;
        else
            as_json = true;
    }
    if (o != OPTION_END)
        return o == OPTION_HELP ? EXIT_FINE : EXIT_USAGE;
    if (r.at + 1 != argc || strcmp(argv[r.at], "list") != 0)
        return command_error(&cmd_rules, EXIT_USAGE, "say: rules list");
    struct arena *a = arena_new(0);
    if (node_config_read(a, config, &e, &conf) < 0 || rules_open(conf, &e, &rules) < 0) {
        arena_free(a);
        return command_fail(&cmd_rules, &e);
    }
    for (int id = 0; id < CHECKS; id++)
        print_check(rules, (enum check_id)id, as_json);
    rules_close(rules);
    arena_free(a);
    return EXIT_FINE;
}

const struct command cmd_rules = {
    .name = "rules",
    .args = "list",
    .summary = "the checks, with their points and what they look at",
    .about = "Points are natural log-odds. To change one, write into the configuration:\n"
             "check \"link_shows_other\" { points = 1.0 }",
    .options = options,
    .run = run};
