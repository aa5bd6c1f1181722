/* Questions as a stranger. See export_ask.h. */
#include "cli/export_ask.h"

#include "cli/actor.h"

#include <jansson.h>
#include <stdlib.h>

struct export_ask {
    struct actor actor;
};

int export_ask_open(const struct command *c, const char *config, struct export_ask **out)
{
    struct export_ask *x = calloc(1, sizeof(*x));
    if (x == NULL)
        BUG("out of memory");
    int code = actor_open(c, config, &x->actor);
    if (code != EXIT_FINE) {
        free(x);
        return code;
    }
    *out = x;
    return EXIT_FINE;
}

const struct conf *export_ask_conf(const struct export_ask *x)
{
    return x->actor.conf;
}

int export_ask(struct export_ask *x, struct slice path, struct slice json, struct buf *answer)
{
    struct err e = {0};
    struct buf words = BUF_INIT(1024);
    json_t *j = json_loadb(json.p, json.n, 0, NULL);
    if (j == NULL)
        j = json_object();
    json_object_set_new(j, "_as_stranger", json_true());
    char *text = json_dumps(j, JSON_COMPACT);
    buf_add(&words, path);
    int rc = actor_ask(&x->actor, buf_cstr(&words), slice_str(text), &e);
    buf_add(answer, rc == 0 ? buf_slice(&x->actor.answer) : SLICE("{}"));
    buf_fini(&words);
    free(text);
    json_decref(j);
    return rc == 0 ? 200 : rc == ERR_NOENT ? 404 : 500;
}

void export_ask_close(struct export_ask *x)
{
    actor_close(&x->actor);
    free(x);
}
