/* Configuration files of any shape: parse, show, and what is shown parses again. */
#include "base/buf.h"
#include "base/conf.h"

#include <stdlib.h>

struct all {
    bool yes;
    int64_t count, size, time;
    double num;
    struct slice text;
    int choice;
    struct conf_list list;
};

static const char *const words[] = {"auto", "never", NULL};

#define ITEM(k, t, f, d)                                                       \
    {                                                                          \
        .key = (k), .type = (t), .offset = offsetof(struct all, f), .def = (d) \
    }
static const struct conf_item items[] = {ITEM("yes", CONF_BOOL, yes, "no"),
                                         ITEM("count", CONF_INT, count, "1"),
                                         {.key = "size",
                                          .type = CONF_SIZE,
                                          .offset = offsetof(struct all, size),
                                          .def = "auto",
                                          .min = 1,
                                          .max = 1e9,
                                          .choices = words},
                                         {.key = "time",
                                          .type = CONF_TIME,
                                          .offset = offsetof(struct all, time),
                                          .def = "8s",
                                          .min = 1,
                                          .max = 1e6},
                                         {.key = "num",
                                          .type = CONF_NUM,
                                          .offset = offsetof(struct all, num),
                                          .def = "0.5",
                                          .min = -9,
                                          .max = 99},
                                         ITEM("text", CONF_TEXT, text, "x"),
                                         {.key = "choice",
                                          .type = CONF_CHOICE,
                                          .offset = offsetof(struct all, choice),
                                          .def = "auto",
                                          .choices = words},
                                         ITEM("listen milter", CONF_LIST, list, "a, b"),
                                         {0}};
static const struct conf_section tables[] = {{"", false, items, sizeof(struct all), "top"},
                                             {"scan", false, items, sizeof(struct all), "scan"},
                                             {"list", true, items, sizeof(struct all), "list"},
                                             {0}};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 65536)
        return 0;
    struct arena *a = arena_new(0);
    struct err e = {0};
    struct conf *c = NULL, *again = NULL;
    struct buf shown = BUF_INIT(16u << 20);
    if (conf_parse(a, tables, slice_of((const char *)data, size), "f", NULL, &e, &c) == 0) {
        conf_show(c, &shown, true);
        /* A value may grow past the longest line when it is quoted; else showing is exact. */
        if (!shown.full && conf_parse(a, tables, buf_slice(&shown), "f", NULL, &e, &again) < 0 &&
            slice_find(slice_str(e.text), SLICE("longer than")) == SIZE_MAX)
            abort();
        buf_reset(&shown);
        if (conf_why(c, arena_cstr(a, slice_of((const char *)data, size)), &shown, &e) == 0)
            buf_reset(&shown);
    }
    buf_fini(&shown);
    arena_free(a);
    return 0;
}
