/* Choosing a catalogue. See language.h. */
#include "node/language.h"

#include <stdlib.h>
#include <unistd.h>

const struct lang *language_open(struct arena *a, const struct conf *conf, struct slice name)
{
    struct err e;
    struct lang *l = NULL;
    struct slice dir = node_main(conf)->catalogues;
    const char *file = arena_printf(a, "%.*s.mo", SLICE_ARG(name)).p;
    const char *path = dir.n ? node_path(a, dir, file)
                             : node_shipped(a, SLICE(""), arena_printf(a, "lang/%s", file).p);
    return access(path, R_OK) == 0 && lang_open(path, &e, &l) == 0 ? l : NULL;
}

const struct lang *language_of_user(struct arena *a, const struct conf *conf)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    struct slice want = SLICE("");
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && want.n == 0; i++) {
        const char *value = getenv(names[i]);
        want = value ? slice_str(value) : SLICE("");
    }
    size_t dot = 0;
    while (dot < want.n && (ascii_is_alpha(want.p[dot]) || want.p[dot] == '_'))
        dot++;
    want.n = dot; /* without ".UTF-8" and "@euro"; letters only, it becomes a file name */
    if (want.n < 2)
        return NULL;
    const struct lang *l = language_open(a, conf, want);
    return l ? l : language_open(a, conf, slice_head(want, 2));
}
