/* The web process: pages for people on one side, keeper on the other. It opens our own files and
 * catalogues, closes its walls, and then holds nothing of anybody's: what a page may show is what
 * keeper answers to the capability that came with the request.
 */
#include "base/json.h"
#include "base/log.h"
#include "law/settings.h"
#include "evidence/check.h"
#include "mail/unicode.h"
#include "node/hasher.h"
#include "node/process.h"
#include "node/records.h"
#include "web/desk_intake.h"
#include "web/law_pages.h"
#include "web/server.h"

#include <event2/event.h>
#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>

#define DRAIN_SECONDS 30
#define WAITING_MOST  4096
#define PLACES        256u

/* A question that is out. */
struct waiting {
    uint64_t tag;
    web_answer *done;
    void *arg;
    struct waiting *next;
};

struct webber {
    const struct child_start *start;
    struct event_base *base;
    struct ipc *master, *keeper;
    struct web_site site;
    struct web_ops ops;
    struct web_server *server;
    struct hasher *hasher;
    struct buf packed;
    struct waiting *waiting[PLACES];
    unsigned n_waiting;
    uint64_t next_tag;
    bool is_draining;
};

/* ---- questions ---- */

/* ---- proofs of passwords: made by a child, not by keeper ---- */

struct proof_job {
    web_answer *done;
    void *arg;
};

static void on_proof(void *arg, const unsigned char proof[HASHER_PROOF])
{
    struct proof_job *job = arg;
    struct buf b = BUF_INIT(256);
    struct json j = JSON_INIT(&b);
    char hex[2 * HASHER_PROOF + 1];
    if (proof) {
        sodium_bin2hex(hex, sizeof(hex), proof, HASHER_PROOF);
        jsonw_object(&j, NULL);
        jsonw_cstr(&j, "proof", hex);
        jsonw_object_end(&j);
        sodium_memzero(hex, sizeof(hex));
    }
    job->done(job->arg, proof ? 200 : 503, proof ? buf_slice(&b) : SLICE("{}"));
    buf_fini(&b);
    free(job);
}

/* The question "web/proof": {password, salt, ops, mem}. */
static void make_proof(struct webber *w, struct slice json, web_answer *done, void *arg)
{
    json_t *j = json_loadb(json.p, json.n, 0, NULL);
    const char *word = json_string_value(json_object_get(j, "password"));
    const char *hex = json_string_value(json_object_get(j, "salt"));
    unsigned char salt[HASHER_SALT];
    size_t n = 0;
    if (word == NULL || hex == NULL ||
        sodium_hex2bin(salt, sizeof(salt), hex, strlen(hex), NULL, &n, NULL) < 0 ||
        n != sizeof(salt)) {
        done(arg, 400, SLICE("{}"));
    } else {
        struct proof_job *job = malloc(sizeof(*job));
        if (job == NULL)
            BUG("out of memory");
        *job = (struct proof_job){done, arg};
        hasher_ask(w->hasher, slice_str(word), salt,
                   (unsigned)json_integer_value(json_object_get(j, "ops")),
                   (unsigned)json_integer_value(json_object_get(j, "mem")), on_proof, job);
    }
    json_decref(j);
}

static void ask(void *node, const struct web_caller *who, struct slice path, struct slice json,
                web_answer *done, void *arg)
{
    struct webber *w = node;
    if (slice_eq(path, SLICE("web/proof"))) {
        make_proof(w, json, done, arg);
        return;
    }
    if (w->keeper == NULL || w->n_waiting == WAITING_MOST) {
        done(arg, 0, SLICE("{}"));
        return;
    }
    struct waiting *q = malloc(sizeof(*q));
    if (q == NULL)
        BUG("out of memory");
    uint64_t tag = ++w->next_tag;
    *q = (struct waiting){tag, done, arg, w->waiting[tag % PLACES]};
    w->waiting[tag % PLACES] = q;
    w->n_waiting++;
    struct record_ask r = {
        {.session = who->session, .token = who->token, .client = who->client}, path, json};
    buf_reset(&w->packed);
    record_pack_ask(&w->packed, &r);
    ipc_send(w->keeper, IPC_ASK, tag, buf_slice(&w->packed));
}

static void answered(struct webber *w, const struct ipc_message *m)
{
    struct record_answer a;
    struct waiting **at = &w->waiting[m->tag % PLACES];
    while (*at && (*at)->tag != m->tag)
        at = &(*at)->next;
    struct waiting *q = *at;
    if (q == NULL)
        return;
    *at = q->next;
    w->n_waiting--;
    if (record_unpack_answer(m->payload, &a))
        q->done(q->arg, (int)a.status, a.json);
    else
        q->done(q->arg, 0, SLICE("{}"));
    free(q);
}

/* Keeper went away: what waits for it is told so; whether an act was done is not known. */
static void lost(struct webber *w)
{
    for (unsigned i = 0; i < PLACES; i++) {
        struct waiting *q = w->waiting[i];
        w->waiting[i] = NULL;
        while (q) {
            struct waiting *next = q->next;
            w->n_waiting--;
            q->done(q->arg, 0, SLICE("{}"));
            free(q);
            q = next;
        }
    }
}

/* ---- channels ---- */

static void on_keeper(void *arg, struct ipc *ch, const struct ipc_message *m)
{
    struct webber *w = arg;
    if (m == NULL) {
        if (w->keeper == ch)
            w->keeper = NULL;
        ipc_free(ch);
        lost(w);
    } else if (m->type == IPC_ANSWER) {
        answered(w, m);
    } else if (m->type == IPC_WEB_KEY) {
        site_key(&w->site, slice_head(m->payload, 32));
        desk_intake_set_key(slice_from(m->payload, 32));
        /* A form that was shown under another key would be refused. */
        web_server_open(w->server);
    }
}

static void leave(evutil_socket_t fd, short what, void *arg)
{
    struct webber *w = arg;
    (void)fd;
    (void)what;
    if (web_server_busy(w->server) == 0)
        event_base_loopbreak(w->base);
}

static void give_up(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    event_base_loopbreak(((struct webber *)arg)->base);
}

static void drain(struct webber *w)
{
    static const struct timeval soon = {0, 50000}, late = {DRAIN_SECONDS, 0};
    if (w->is_draining)
        return;
    w->is_draining = true;
    web_server_drain(w->server);
    event_add(event_new(w->base, -1, EV_PERSIST, leave, w), &soon);
    event_add(event_new(w->base, -1, 0, give_up, w), &late);
}

static void on_master(void *arg, struct ipc *ch, const struct ipc_message *m)
{
    struct webber *w = arg;
    (void)ch;
    if (m == NULL) {
        event_base_loopbreak(w->base);
    } else if (m->type == IPC_DRAIN) {
        drain(w);
    } else if (m->type == IPC_CHANNEL && m->fd >= 0) {
        if (w->keeper) {
            ipc_free(w->keeper);
            lost(w);
        }
        w->keeper = ipc_new(w->base, m->fd, on_keeper, w);
    }
}

/* The folder of a shipped file. */
static const char *folder(struct arena *a, struct slice setting, const char *name)
{
    if (setting.n)
        return arena_cstr(a, setting);
    struct slice path = slice_str(node_shipped(a, SLICE(""), name));
    return arena_cstr(a, slice_head(path, slice_rchr(path, '/')));
}

/* The profiles of laws, for the pages on them; without them the other pages are there still. */
static void open_laws(const struct conf *conf)
{
    struct buf errors = BUF_INIT(1 << 20);
    struct law_library *lib;
    struct err e = {0};
    if (law_library_open_conf(conf, &lib, &errors, &e) == 0)
        law_pages_open(lib);
    else
        log_event(LOG_WARN, "laws", "error", LOG_S(e.text), NULL);
    buf_fini(&errors);
}

/* Without its child no password can be checked: master starts this process anew. */
static void on_hasher_gone(void *arg)
{
    event_base_loopbreak(((struct webber *)arg)->base);
}

/* Everything that opens files, before the walls close. */
static int open_all(struct webber *w, struct arena *a, struct err *e)
{
    const struct conf *conf = w->start->conf;
    json_object_seed(0);
    if (sodium_init() < 0)
        return err_set(e, ERR_IO, "libsodium does not start");
    open_laws(conf);
    int rc = hasher_start(w->base, on_hasher_gone, w, e, &w->hasher);
    if (rc < 0)
        return rc;
    site_open(&w->site, a, conf_data(conf, "web"), folder(a, SLICE(""), "web/style.css"),
              folder(a, node_main(conf)->catalogues, "lang/fr.mo"));
    struct rules *rules;
    unicode_warm(); /* the console reads mail: what ICU opens it opens now */
    rc = rules_open(conf, e, &rules);
    if (rc < 0)
        return rc;
    w->site.all = conf;
    w->site.rules = rules;
    desk_intake_open(desk_settings(conf));
    w->packed = BUF_INIT(IPC_MOST);
    w->ops = (struct web_ops){.node = w, .ask = ask};
    return web_server_new(w->base, w->start->doors[DOOR_WEB], &w->site, &w->ops, e, &w->server);
}

int web_main(const struct child_start *start)
{
    static struct webber w;
    struct err e = {0};
    struct arena *a = arena_new(0);
    w.start = start;
    w.base = event_base_new();
    if (w.base == NULL)
        BUG("no event loop");
    w.master = ipc_new(w.base, start->master_fd, on_master, &w);
    if (sandbox_drop(arena_cstr(a, node_main(start->conf)->user), &e) < 0 ||
        open_all(&w, a, &e) < 0 || process_close_walls(start, NULL, w.master, &e) < 0) {
        log_event(LOG_ERROR, "start", "error", LOG_S(e.text), NULL);
        return 3;
    }
    event_base_dispatch(w.base);
    return 0;
}
