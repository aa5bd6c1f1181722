/* What all scans of a process share: each check's points after configuration, phrases, lists of
 * hosts and brands. */
#include "evidence/rules.h"

#include "evidence/data.h"

#include <stdlib.h>

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

static int read_data(struct rules *r, struct err *e)
{
    int err = 0;
    r->phrases = phrases_new();
    r->hosts = hosts_new();
    for (const struct data_file *f = DATA_PHRASES; f->name && !err; f++)
        err = phrases_read(r->phrases, slice_of(f->bytes, f->n), f->name, e);
    for (const struct data_file *f = DATA_HOSTS; f->name && !err; f++)
        err = hosts_read(r->hosts, f->name, slice_of(f->bytes, f->n), e);
    if (!err)
        err = brands_open(slice_of(DATA_BRANDS->bytes, DATA_BRANDS->n), "brands", e, &r->brands);
    return err;
}

static int read_points(struct rules *r, const struct conf *conf, struct err *e)
{
    for (int id = 0; id < CHECKS; id++)
        r->points[id] = check_info((enum check_id)id)->points;
    for (struct conf_block *b = conf ? conf_next(conf, "check", NULL) : NULL; b;
         b = conf_next(conf, "check", b)) {
        enum check_id id = CHECKS;
        int err = find(b->name, e, &id);
        if (err)
            return err;
        r->points[id] = ((struct check_conf *)b->data)->points;
    }
    return 0;
}

int rules_open(const struct conf *conf, struct err *e, struct rules **out)
{
    struct rules *r = calloc(1, sizeof *r);
    if (!r)
        abort();
    int err = read_points(r, conf, e);
    if (!err)
        err = read_data(r, e);
    if (err) {
        rules_close(r);
        return err;
    }
    *out = r;
    return 0;
}

void rules_close(struct rules *r)
{
    if (!r)
        return;
    phrases_free(r->phrases);
    hosts_free(r->hosts);
    brands_close(r->brands);
    free(r);
}

const struct rules *rules_default(void)
{
    static struct rules *shipped; /* one process, no threads; kept until it ends */
    struct err e = {0};
    if (!shipped && rules_open(NULL, &e, &shipped))
        BUG(e.text); /* our own data does not parse: tests would have said so */
    return shipped;
}

double rules_points(const struct rules *r, enum check_id id)
{
    return r->points[id];
}
