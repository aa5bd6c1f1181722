/* The keeper process: the only writer. Scanners send what happened and what people ask; each act
 * is on disk before it is answered. Released mail goes out through the mailer.
 */
#include "base/clock.h"
#include "base/log.h"
#include "node/keeper_internal.h"
#include "node/written.h"

#include <event2/event.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- answers ---- */

static void send_answer(struct keeper *k, struct ipc *to, uint64_t tag, uint32_t status)
{
    struct record_answer a = {status, buf_slice(&k->answer)};
    buf_reset(&k->packed);
    record_pack_answer(&k->packed, &a);
    ipc_send(to, IPC_ANSWER, tag, buf_slice(&k->packed));
}

static void broken(struct keeper *k, uint32_t *status)
{
    *status = 400;
    keep_error(&k->answer, "the message to keeper is not well formed");
}

static void on_lesson(struct keeper *k, struct ipc *ch, const struct ipc_message *m)
{
    struct record_lesson r;
    uint32_t status = 500;
    buf_reset(&k->answer);
    if (!record_unpack_lesson(m->payload, &r))
        broken(k, &status);
    else if (m->type == IPC_LEARN && r.label >= 0)
        keep_learn(&k->keep, &r, &status, &k->answer);
    else
        keep_unlearn(&k->keep, &r, &status, &k->answer);
    send_answer(k, ch, m->tag, status);
}

static void on_hold(struct keeper *k, struct ipc *ch, const struct ipc_message *m)
{
    struct record_hold r;
    uint32_t status = 500;
    struct arena *a = arena_new(0);
    buf_reset(&k->answer);
    if (record_unpack_hold(a, m->payload, &r))
        keep_hold(&k->keep, &r, &status, &k->answer);
    else
        broken(k, &status);
    send_answer(k, ch, m->tag, status);
    arena_free(a);
}

static void on_report(struct keeper *k, struct ipc *ch, const struct ipc_message *m)
{
    struct record_caller who;
    struct slice intake;
    uint32_t status = 500;
    buf_reset(&k->answer);
    if (record_unpack_report(m->payload, &who, &intake))
        keep_report(&k->keep, m->tag ? &who : NULL, intake, &status, &k->answer);
    else
        broken(k, &status);
    if (m->tag)
        send_answer(k, ch, m->tag, status);
}

static bool is_web(const struct keeper *k, const struct ipc *ch)
{
    for (size_t i = 0; i < k->n; i++)
        if (k->peer[i].ch == ch)
            return k->peer[i].role == ROLE_WEB;
    return false;
}

/* ---- learning from held mail ---- */

struct ipc *keeper_peer(struct keeper *k, enum role role)
{
    for (size_t i = 0; i < k->n; i++) {
        if (k->peer[i].role == role)
            return k->peer[i].ch;
    }
    return NULL;
}

/* Hands the message to a scanner; false: there is none, or enough is under way. */
static bool begin_study(struct keeper *k, struct ipc *asker, uint64_t asker_tag)
{
    struct keep_study *s = &k->keep.study;
    struct ipc *scanner = keeper_peer(k, ROLE_SCANNER);
    s->is_wanted = false;
    if (scanner == NULL || k->n_study == STUDY_MOST || s->raw.full)
        return false;
    struct study *t = &k->study[k->n_study++];
    *t = (struct study){scanner, asker, ++k->next_tag, asker_tag, *s};
    t->of.raw = (struct buf){0};
    buf_reset(&k->packed);
    pack_u8(&k->packed, (uint8_t)s->label);
    buf_add(&k->packed, buf_slice(&s->raw));
    ipc_send(scanner, IPC_STUDY, t->tag, buf_slice(&k->packed));
    buf_fini(&s->raw);
    return true;
}

static void end_study(struct keeper *k, struct study *t, struct slice studied)
{
    struct unpack u = {.rest = studied};
    struct study done = *t;
    struct record_lesson r = {.label = done.of.label, .user = slice_str(done.of.user)};
    uint32_t status = 503;
    struct slice digest = unpack_fixed(&u, 16);
    r.lesson = unpack_bytes(&u);
    *t = k->study[--k->n_study];
    buf_reset(&k->answer);
    if (unpack_done(&u)) {
        memcpy(r.digest, digest.p, 16);
        keep_learn_allowed(&k->keep, &r, done.of.is_admin, &status, &k->answer);
    } else {
        keep_error(&k->answer, "the message could not be read");
    }
    if (done.asker)
        send_answer(k, done.asker, done.asker_tag, status);
}

static void on_studied(struct keeper *k, struct ipc *ch, const struct ipc_message *m)
{
    for (size_t i = 0; i < k->n_study; i++) {
        if (k->study[i].tag == m->tag && k->study[i].scanner == ch) {
            end_study(k, &k->study[i], m->payload);
            return;
        }
    }
}

/* A scanner that went away reads nothing any more; an asker that did is not answered. */
static void forget_studies(struct keeper *k, const struct ipc *ch)
{
    for (size_t i = k->n_study; i > 0; i--) {
        if (k->study[i - 1].asker == ch)
            k->study[i - 1].asker = NULL;
        if (k->study[i - 1].scanner == ch)
            end_study(k, &k->study[i - 1], (struct slice){0});
    }
}

static void on_ask(struct keeper *k, struct ipc *ch, const struct ipc_message *m)
{
    struct record_ask r;
    uint32_t status = 500;
    buf_reset(&k->answer);
    if (!record_unpack_ask(m->payload, &r)) {
        broken(k, &status);
    } else {
        if (is_web(k, ch)) /* people's rights come with their capability alone */
            r.who.is_local_peer = false;
        keep_ask(&k->keep, &r, &status, &k->answer);
        if (k->keep.study.is_wanted && begin_study(k, ch, m->tag))
            return;
        if (status == 200 && slice_eq(r.path, SLICE("status")) && k->status_to == NULL) {
            k->status_to = ch; /* the processes' memory comes from master */
            k->status_tag = m->tag;
            ipc_send(k->master, IPC_CHILDREN, 0, SLICE(""));
            return;
        }
    }
    send_answer(k, ch, m->tag, status);
}

/* Master's list goes into the status object as its last member. */
static void on_children(struct keeper *k, struct slice list)
{
    uint32_t status = 200;
    struct record_ask r = {.who = {.is_local_peer = true}, .path = SLICE("status")};
    if (k->status_to == NULL)
        return;
    buf_reset(&k->answer);
    keep_ask(&k->keep, &r, &status, &k->answer);
    if (k->answer.n && k->answer.p[k->answer.n - 1] == '}') {
        k->answer.n--;
        buf_str(&k->answer, ",\"processes\":");
        buf_add(&k->answer, list);
        buf_chr(&k->answer, '}');
    }
    send_answer(k, k->status_to, k->status_tag, status);
    k->status_to = NULL;
}

/* ---- channels ---- */

static void on_peer(void *arg, struct ipc *ch, const struct ipc_message *m)
{
    struct keeper *k = arg;
    struct record_scan scan;
    if (m == NULL) {
        for (size_t i = 0; i < k->n; i++) {
            if (k->peer[i].ch == ch) {
                if (k->peer[i].role == ROLE_MAILER)
                    keeper_mailer_died(k);
                k->peer[i] = k->peer[--k->n];
                break;
            }
        }
        if (k->status_to == ch)
            k->status_to = NULL;
        forget_studies(k, ch);
        ipc_free(ch);
        if (k->is_draining && k->n == 0)
            event_base_loopbreak(k->base);
        return;
    }
    if (is_web(k, ch) && m->type != IPC_ASK) { /* it reads what strangers send */
        log_event(LOG_ERROR, "web", "sent", LOG_I(m->type), NULL);
        if (m->fd >= 0)
            close(m->fd);
        return;
    }
    switch (m->type) {
    case IPC_SCANNED:
        if (record_unpack_scan(m->payload, &scan))
            keep_scanned(&k->keep, &scan);
        break;
    case IPC_LEARN:
    case IPC_UNLEARN:
        on_lesson(k, ch, m);
        break;
    case IPC_QUARANTINE:
        on_hold(k, ch, m);
        break;
    case IPC_DMARC_SEEN:
        owed_take(&k->keep, m->payload);
        break;
    case IPC_WRITTEN_TO:
        written_take(&k->keep, m->payload);
        break;
    case IPC_DMARC_FAILED:
        keeper_send_failures(k, m->payload);
        break;
    case IPC_REPORT:
        on_report(k, ch, m);
        break;
    case IPC_SET_ASIDE:
        keep_set_aside(&k->keep, m->payload);
        break;
    case IPC_ASK:
        on_ask(k, ch, m);
        break;
    case IPC_STUDIED:
        on_studied(k, ch, m);
        break;
    case IPC_MAILED:
        keeper_mailed(k, m);
        break;
    case IPC_FIGURES:
        k->keep.has_dns |= figures_unpack(m->payload, &k->keep.dns);
        break;
    default:
        break;
    }
    if (m->fd >= 0)
        event_base_loopbreak(k->base); /* nobody sends descriptors here */
}

/* So that a form outlives a restart of the web process. */
static void send_web_key(struct keeper *k, struct ipc *ch)
{
    struct err e = {0};
    unsigned char key[64]; /* behind it the one under which the desk takes people out of reports */
    keep_redact_key(&k->keep, key + 32);
    bool is_there = store_secret(k->keep.store, "web", key, &e) == 0;
    if (!is_there)
        log_event(LOG_WARN, "web", "error", LOG_S(e.text), NULL);
    ipc_send(ch, IPC_WEB_KEY, 0, slice_of((char *)key, is_there ? sizeof(key) : 0));
}

/* After a reload: master has read and tried these settings before it sent them. */
static void configure(struct keeper *k, struct slice packed)
{
    struct err e = {0};
    struct arena *fresh = arena_new(0);
    struct conf *conf;
    int rc = node_config_unpack(fresh, k->keep.conf, packed, &e, &conf);
    rc = rc ? rc : keep_configure(&k->keep, conf, &e);
    if (rc < 0) {
        log_event(LOG_ERROR, "reload", "kept", LOG_S("old configuration"), "error", LOG_S(e.text),
                  NULL);
        arena_free(fresh);
        return;
    }
    log_init("keeper", (enum log_level)node_main(conf)->log_level, STDERR_FILENO);
    arena_free(k->settings);
    k->settings = fresh;
    k->digests.look_us = 0; /* they may be due to others now */
    k->digests.said_no_url = false;
    k->keep.refused[0] = '\0';
}

static void on_master(void *arg, struct ipc *ch, const struct ipc_message *m)
{
    struct keeper *k = arg;
    (void)ch;
    if (m == NULL) {
        event_base_loopbreak(k->base);
    } else if (m->type == IPC_DRAIN) { /* scanners finish first; their channels then end */
        k->is_draining = true;
        for (size_t i = k->n; i > 0; i--) {
            if (k->peer[i - 1].role == ROLE_MAILER) {
                ipc_free(k->peer[i - 1].ch);
                k->peer[i - 1] = k->peer[--k->n];
            }
        }
        if (k->n == 0)
            event_base_loopbreak(k->base);
    } else if (m->type == IPC_CHANNEL && m->fd >= 0 && k->n < PEERS_MOST) {
        struct unpack u = {.rest = m->payload};
        enum role role = (enum role)unpack_u32(&u);
        k->peer[k->n++] = (struct peer){ipc_new(k->base, m->fd, on_peer, k), role};
        if (role == ROLE_WEB)
            send_web_key(k, k->peer[k->n - 1].ch);
    } else if (m->type == IPC_CHILDREN) {
        on_children(k, m->payload);
    } else if (m->type == IPC_CONFIG) {
        configure(k, m->payload);
    } else if (m->type == IPC_REFUSED) {
        snprintf(k->keep.refused, sizeof(k->keep.refused), "%.*s", SLICE_ARG(m->payload));
        k->keep.refused_us = clock_now_us();
    }
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct keeper *k = arg;
    keep_tick(&k->keep);
    keeper_deliver(k);
    keeper_send_owed(k);
    keeper_send_letters(k);
    if (k->keep.backup) {
        struct timeval now = {0, 0};
        event_add(k->backup, &now);
    }
}

/* A piece of the backup, then whatever else waits, then the next piece. */
static void on_backup(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct keeper *k = arg;
    struct timeval now = {0, 0};
    if (keep_backup_step(&k->keep))
        event_add(k->backup, &now);
}

int keeper_main(const struct child_start *s)
{
    static struct keeper k;
    struct err e = {0};
    struct timeval second = {1, 0};
    struct arena *a = arena_new(0);
    const struct conf_main *main = node_main(s->conf);
    k.start = s;
    k.base = event_base_new();
    if (k.base == NULL)
        BUG("no event loop");
    k.packed = BUF_INIT(IPC_MOST);
    k.answer = BUF_INIT(IPC_MOST / 2);
    k.master = ipc_new(k.base, s->master_fd, on_master, &k);
    const char *dirs[] = {arena_cstr(a, main->data), NULL};
    if (sandbox_drop(arena_cstr(a, main->user), &e) < 0 ||
        keep_open(a, s->conf, false, &e, &k.keep) < 0 ||
        (keep_digest_open(&k.keep, a, s->conf), process_close_walls(s, dirs, k.master, &e) < 0)) {
        log_event(LOG_ERROR, "start", "error", LOG_S(e.text), NULL);
        return 3;
    }
    k.tick = event_new(k.base, -1, EV_PERSIST, on_tick, &k);
    event_add(k.tick, &second);
    k.backup = event_new(k.base, -1, 0, on_backup, &k);
    event_base_dispatch(k.base);
    keep_close(&k.keep);
    return 0;
}
