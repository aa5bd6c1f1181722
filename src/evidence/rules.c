/* What all scans of a process share: each check's points after configuration. */
#include "evidence/check.h"

#include <stdlib.h>

struct rules {
    double points[CHECKS];
};

struct check_conf {
    double points;
};

static const struct conf_item CHECK_ITEMS[] = {
    {.key = "points",
     .type = CONF_NUM,
     .offset = offsetof(struct check_conf, points),
     .def = "0",
     .min = -20,
     .max = 20,
     .unit = "log-odds",
     .doc = "points of this check, 0 switches it off; see the list of checks for the defaults"},
    {.key = NULL},
};

const struct conf_section CHECK_SECTIONS[] = {
    {.name = "check",
     .named = true,
     .items = CHECK_ITEMS,
     .size = sizeof(struct check_conf),
     .doc = "Sets the points of one check."},
    {.name = NULL},
};

static int find(struct slice name, struct err *e, enum check_id *out)
{
    const char *names[CHECKS + 1] = {0};
    for (int id = 0; id < CHECKS; id++) {
        names[id] = check_info((enum check_id)id)->name;
        if (slice_eq(name, slice_str(names[id]))) {
            *out = (enum check_id)id;
            return 0;
        }
    }
    const char *near = conf_nearest(name, names);
    return err_set(e, ERR_PARSE, "no check is called \"%.*s\"%s%s%s", SLICE_ARG(name),
                   near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

int rules_open(const struct conf *conf, struct err *e, struct rules **out)
{
    struct rules *r = calloc(1, sizeof *r);
    if (!r)
        abort();
    for (int id = 0; id < CHECKS; id++)
        r->points[id] = check_info((enum check_id)id)->points;
    for (struct conf_block *b = conf ? conf_next(conf, "check", NULL) : NULL; b;
         b = conf_next(conf, "check", b)) {
        enum check_id id = CHECKS;
        int err = find(b->name, e, &id);
        if (err) {
            rules_close(r);
            return err;
        }
        r->points[id] = ((struct check_conf *)b->data)->points;
    }
    *out = r;
    return 0;
}

void rules_close(struct rules *r)
{
    free(r);
}

double rules_points(const struct rules *r, enum check_id id)
{
    return r ? r->points[id] : check_info(id)->points;
}
