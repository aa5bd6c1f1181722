/* Selectors that this site knows of. See selectors.h. */
#include "cli/selectors.h"
#include "auth/signing.h"
#include "base/json.h"
#include "cli/client.h"
#include "node/keep.h"

#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

#define DAYS        90
#define ANSWER_MOST (1u << 20)

void selectors_own(const struct conf *conf, struct slice domain, struct selectors *s)
{
    struct err e = {0};
    struct signing *signing;
    if (signing_compile(conf, &e, &signing) < 0)
        return; /* whoever starts a node is told */
    for (size_t i = 0; i < signing->n; i++) {
        const struct sign_domain *d = signing->domain[i];
        for (size_t k = 0; k < d->selector.n && slice_ieq(d->domain, domain); k++) {
            bool is_new = s->n_named < DNSCHECK_SELECTORS;
            for (size_t m = 0; m < s->n_named; m++)
                is_new = is_new && !slice_ieq(s->named[m], d->selector.items[k]);
            if (is_new)
                s->named[s->n_named++] = d->selector.items[k];
        }
    }
}

static void take(struct arena *a, const struct buf *answer, struct selectors *s)
{
    json_error_t je;
    json_t *j = json_loadb(answer->p, answer->n, 0, &je), *row;
    size_t i;
    json_array_foreach(json_object_get(j, "selectors"), i, row)
    {
        const json_t *name = json_object_get(row, "selector");
        if (!json_is_string(name) || s->n_seen == DNSCHECK_SELECTORS)
            break;
        struct slice text = slice_of(json_string_value(name), json_string_length(name));
        s->seen[s->n_seen++] = (struct dnscheck_seen){
            .selector = arena_dup(a, text),
            .passed = (uint64_t)json_integer_value(json_object_get(row, "passed")),
            .failed = (uint64_t)json_integer_value(json_object_get(row, "failed")),
            .newest_s = json_integer_value(json_object_get(row, "newest"))};
    }
    json_decref(j);
}

/* The store opened here, when no node has it. */
static bool ask_store(const struct conf *conf, struct arena *a, struct slice domain,
                      struct buf *answer)
{
    struct keep keep;
    struct err e = {0};
    uint32_t status = 500;
    const char *path = arena_printf(a, "%.*s/archive.db", SLICE_ARG(node_main(conf)->data)).p;
    if (access(path, R_OK | W_OK) < 0 || keep_open(a, conf, false, &e, &keep) < 0)
        return false;
    struct keep_dmarc_question q = {.domain = domain, .days = DAYS};
    keep_selectors(&keep, a, &q, &status, answer);
    keep_close(&keep);
    return status == 200;
}

void selectors_seen(const struct conf *conf, struct arena *a, struct slice domain,
                    struct selectors *s)
{
    struct err e = {0};
    struct client *node;
    struct buf answer = BUF_INIT(ANSWER_MOST);
    char path[300], args[32];
    snprintf(path, sizeof(path), "/v1/selectors/%.*s", SLICE_ARG(domain));
    snprintf(args, sizeof(args), "{\"days\":%d}", DAYS);
    int rc = client_open(conf, &e, &node);
    if (rc == 0) {
        rc = client_ask(node, path, slice_str(args), &answer, &e);
        client_close(node);
    } else if (rc == ERR_NOENT && ask_store(conf, a, domain, &answer)) {
        rc = 0;
    }
    if (rc == 0)
        take(a, &answer, s);
    buf_fini(&answer);
}
