/* Acts by the node or privately. See actor.h. */
#include "cli/actor.h"

#include <jansson.h>
#include <unistd.h>

int actor_open(const struct command *c, const char *config, struct actor *out)
{
    struct err e = {0};
    *out = (struct actor){.arena = arena_new(0), .answer = BUF_INIT(64 * 1024 * 1024)};
    if (node_config_read(out->arena, config, &e, &out->conf) < 0)
        return command_fail(c, &e);
    int rc = client_open(out->conf, &e, &out->node);
    if (rc == ERR_NOENT)
        rc = keep_open(out->arena, out->conf, false, &e, &out->keep);
    return rc < 0 ? command_fail(c, &e) : EXIT_FINE;
}

void actor_close(struct actor *a)
{
    client_close(a->node);
    if (a->node == NULL)
        keep_close(&a->keep);
    buf_fini(&a->answer);
    arena_free(a->arena);
}

/* As client_ask turns a node's refusal into an error. */
static int refused(uint32_t status, struct slice json, struct err *e)
{
    json_error_t je;
    json_t *j = json_loadb(json.p, json.n, 0, &je);
    const char *why = json_string_value(json_object_get(j, "error"));
    int rc = err_set(e,
                     status == 404   ? ERR_NOENT
                     : status == 400 ? ERR_USAGE
                     : status == 507 ? ERR_FULL
                                     : ERR_IO,
                     "%s", why ? why : "refused without a reason");
    json_decref(j);
    return rc;
}

int actor_ask(struct actor *a, const char *path, struct slice args, struct err *e)
{
    buf_reset(&a->answer);
    if (a->node) {
        char full[300];
        snprintf(full, sizeof(full), "/v1/%s", path);
        return client_ask(a->node, full, args, &a->answer, e);
    }
    uint32_t status = 500;
    struct record_ask ask = {
        .who = {.is_local_peer = true, .uid = geteuid()}, .path = slice_str(path), .json = args};
    keep_ask(&a->keep, &ask, &status, &a->answer);
    return status == 200 ? 0 : refused(status, buf_slice(&a->answer), e);
}
