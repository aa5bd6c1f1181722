/* The command line's sandboxed reader. See parser.h. */
#include "node/parser.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/log.h"
#include "law/message_facts.h"
#include "node/desk_intake.h"
#include "learn/trainer.h"
#include "node/ipc.h"
#include "node/parser_sign.h"
#include "node/language.h"
#include "node/process.h"
#include "node/report_intake.h"
#include "node/world.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define ANSWER_MS (10 * 60 * 1000)

struct parser {
    const struct conf *conf;
    enum parser_mode mode;
    const struct envelope *env;
    struct lookup *lookup;
    pid_t pid;
    int fd;
    struct ipc_reader in;
};

static struct parser_orders orders_wanted;

void parser_set_orders(const struct parser_orders *o)
{
    orders_wanted = *o;
}

static struct parser_intake intake_wanted;

void parser_set_intake(const struct parser_intake *i)
{
    intake_wanted = *i;
}

/* ---- the child ---- */

struct child_state {
    const struct parser *p;
    int fd;
    struct scan_world world;
    struct arena *arena;
    struct buf out;
    const struct lang *lang;
    struct parser_sign sign;
    unsigned char redact_key[REDACT_KEY];
};

static void answer_scan(struct child_state *c, struct slice raw)
{
    static const struct envelope none;
    struct envelope env = c->p->env ? *c->p->env : none;
    env.received_us = clock_now_us();
    struct scan *s = scan_begin(c->arena, &c->world, &env, raw);
    while (scan_step(s, &c->world) == SCAN_WAITING)
        lookup_round(c->p->lookup, s->ask, scan_wait_until(s));
    pack_u8(&c->out, (uint8_t)s->verdict.side);
    pack_f64(&c->out, s->verdict.score);
    if (c->p->mode == PARSER_WHY) {
        scan_why(s, &c->world, c->lang, &c->out);
    } else {
        struct json j = JSON_INIT(&c->out);
        scan_json(s, NULL, &j);
    }
}

static void answer_lesson(struct child_state *c, struct slice raw)
{
    struct message *m = message_parse(c->arena, raw, &c->world.limits);
    struct facts none = {0};
    struct lesson l = {.at_us = clock_now_us()};
    features_extract(c->arena, m, &none, FEATURES_ALL, &l.features);
    fingerprint_make(c->arena, m, &l.fingerprint);
    message_digest(m, c->world.digest_key, l.digest);
    buf_add(&c->out, slice_of((const char *)l.digest, 16));
    lesson_pack(&l, &c->out);
}

/* Facts of law; the text that labels are looked for in is cut, so that the answer stays small. */
static void answer_facts(struct child_state *c, struct slice raw)
{
    struct sender_record nobody = {0};
    struct message_facts_in in = {.arena = c->arena,
                                  .m = message_parse(c->arena, raw, &c->world.limits),
                                  .sender = &nobody,
                                  .is_mailing = true};
    struct message_facts shown;
    struct law_facts f;
    struct json j = JSON_INIT(&c->out);
    law_facts_init(&f);
    message_facts_read(&in, &shown);
    message_facts_into(&shown, &f);
    jsonw_object(&j, NULL);
    law_facts_json(&f, &j);
    jsonw_object_end(&j);
}

static void answer_desk(struct child_state *c, struct slice raw)
{
    const struct desk_settings *s = desk_settings(c->p->conf);
    struct intake_from from = {.source = DESK_LOCAL,
                               .is_message = !intake_wanted.is_forward,
                               .is_forward = intake_wanted.is_forward,
                               .category = intake_wanted.category,
                               .reporter.mailbox = intake_wanted.reporter,
                               .said = intake_wanted.said,
                               .desks = s->mailbox.items,
                               .n_desks = s->mailbox.n,
                               .key = c->redact_key,
                               .now_us = clock_now_us()};
    desk_intake_lines(c->arena, raw, &from, &c->out);
}

static int answer_file(struct child_state *c, int mail, enum mail_kind kind)
{
    struct err e = {0};
    struct mail_item item;
    struct mail_reader *r = mail_reader_new(mail, kind, c->world.limits.message_bytes);
    int rc;
    while ((rc = mail_reader_next(r, &e, &item)) == 1) {
        buf_reset(&c->out);
        pack_u64(&c->out, item.number);
        pack_u8(&c->out, item.is_cut);
        if (c->p->mode == PARSER_RAW)
            buf_add(&c->out, item.raw);
        else if (c->p->mode == PARSER_REPORT)
            report_intake(c->arena, item.raw, &c->out);
        else if (c->p->mode == PARSER_REPORT_JSON)
            report_intake_json(c->arena, item.raw, &c->out);
        else if (c->p->mode == PARSER_DESK)
            answer_desk(c, item.raw);
        else if (c->p->mode == PARSER_FACTS)
            answer_facts(c, item.raw);
        else if (c->p->mode == PARSER_LESSON)
            answer_lesson(c, item.raw);
        else if (c->p->mode == PARSER_ORDERS)
            parser_sign_orders(&c->sign, item.raw, item.is_cut, &c->out);
        else if (c->p->mode == PARSER_SIGNATURES)
            parser_sign_verify(&c->sign, item.raw, item.is_cut, &c->out);
        else
            answer_scan(c, item.raw);
        if (ipc_write(c->fd, IPC_PARSED, 1, buf_slice(&c->out), &e) < 0)
            break;
        arena_reset(c->arena);
    }
    mail_reader_free(r);
    close(mail);
    return ipc_write(c->fd, IPC_PARSED, rc < 0 ? 2 : 0, slice_str(e.text), &e);
}

/* Takes one file after the other from the channel until it ends. */
static int receive_files(struct child_state *c)
{
    for (;;) {
        char kind;
        char control[CMSG_SPACE(sizeof(int))];
        struct iovec iov = {&kind, 1};
        struct msghdr h = {.msg_iov = &iov,
                           .msg_iovlen = 1,
                           .msg_control = control,
                           .msg_controllen = sizeof(control)};
        ssize_t n = recvmsg(c->fd, &h, MSG_CMSG_CLOEXEC);
        if (n < 0 && errno == EINTR)
            continue;
        struct cmsghdr *m = n == 1 ? CMSG_FIRSTHDR(&h) : NULL;
        if (m == NULL || m->cmsg_type != SCM_RIGHTS)
            return 0;
        int mail;
        memcpy(&mail, CMSG_DATA(m), sizeof(mail));
        if (answer_file(c, mail, (enum mail_kind)kind) < 0)
            return 0;
    }
}

static _Noreturn void child(struct parser *p, int fd)
{
    static struct child_state c;
    struct err e = {0};
    struct child_start s = {.role = ROLE_PARSER,
                            .conf = p->conf,
                            .master_fd = fd,
                            .base_fd = -1,
                            .lookup_fd = lookup_fd(p->lookup),
                            .doors = {-1, -1, -1, -1, -1}};
    c.p = p;
    c.fd = fd;
    c.arena = arena_new(0);
    c.out = BUF_INIT(IPC_MOST);
    struct arena *keep = arena_new(0);
    process_begin(&s);
    signal(SIGINT, SIG_DFL);
    if (p->mode == PARSER_WHY)
        c.lang = language_of_user(keep, p->conf);
    int rc = world_open(keep, p->conf, &c.world, &e);
    c.world.has_dns = p->lookup != NULL;
    c.sign = (struct parser_sign){.arena = c.arena,
                                  .lookup = p->lookup,
                                  .wanted = &orders_wanted,
                                  .limits = &c.world.limits,
                                  .settings = c.world.auth};
    desk_intake_key(&c.world, c.redact_key);
    if (rc == 0)
        rc = signing_compile(p->conf, &e, &c.sign.signing);
    if (rc == 0)
        rc = sandbox_drop("nobody", &e);
    if (rc == 0)
        rc = sandbox_enter(ROLE_PARSER, NULL, &e);
    if (rc < 0) {
        rc = ipc_write(fd, IPC_PARSED, 3, slice_str(e.text), &e);
        _exit(rc < 0 ? 3 : 0);
    }
    _exit(receive_files(&c));
}

/* ---- the parent ---- */

static int start_child(struct parser *p, struct err *e)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return err_errno(e, "starting the mail reader");
    p->pid = fork();
    if (p->pid == 0) {
        close(pair[0]);
        child(p, pair[1]);
    }
    close(pair[1]);
    if (p->pid < 0) {
        close(pair[0]);
        return err_errno(e, "starting the mail reader");
    }
    p->fd = pair[0];
    return 0;
}

static void end_child(struct parser *p)
{
    int status;
    if (p->fd >= 0)
        close(p->fd);
    if (p->pid > 0)
        waitpid(p->pid, &status, 0);
    p->fd = -1;
    p->pid = -1;
    buf_reset(&p->in.in);
    p->in.used = 0;
}

int parser_start(const struct conf *conf, enum parser_mode mode, const struct envelope *env,
                 struct err *e, struct parser **out)
{
    return parser_start_with(conf, mode, env, NULL, e, out);
}

int parser_start_with(const struct conf *conf, enum parser_mode mode, const struct envelope *env,
                      struct lookup *l, struct err *e, struct parser **out)
{
    struct parser *p = calloc(1, sizeof(*p));
    if (p == NULL)
        BUG("out of memory");
    *p = (struct parser){.conf = conf,
                         .mode = mode,
                         .env = env,
                         .lookup = l,
                         .fd = -1,
                         .pid = -1,
                         .in = {BUF_INIT(IPC_MOST + 64 * 1024), 0}};
    int rc = start_child(p, e);
    if (rc < 0) {
        free(p);
        return rc;
    }
    *out = p;
    return 0;
}

int parser_file(struct parser *p, const struct mail_file *file, struct err *e)
{
    int rc = p->fd < 0 ? start_child(p, e) : 0;
    if (rc < 0)
        return rc;
    char kind = (char)file->kind;
    char control[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec iov = {&kind, 1};
    struct msghdr h = {.msg_iov = &iov,
                       .msg_iovlen = 1,
                       .msg_control = control,
                       .msg_controllen = sizeof(control)};
    struct cmsghdr *c = CMSG_FIRSTHDR(&h);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(c), &file->fd, sizeof(int));
    if (sendmsg(p->fd, &h, MSG_NOSIGNAL) != 1)
        return err_errno(e, "asking the mail reader");
    return 0;
}

int parser_next(struct parser *p, struct err *e, struct parsed *out)
{
    struct ipc_message m;
    int rc = ipc_read(p->fd, &p->in, &m, ANSWER_MS, e);
    if (rc < 0) {
        end_child(p);
        return rc == ERR_CLOSED ? err_set(e, ERR_CLOSED, "the mail reader crashed on this message")
                                : rc;
    }
    if (m.tag == 0)
        return 0;
    if (m.tag != 1) {
        if (m.tag == 3)
            end_child(p);
        return err_set(e, m.tag == 3 ? ERR_CORRUPT : ERR_IO, "%.*s", SLICE_ARG(m.payload));
    }
    struct unpack u = {.rest = m.payload};
    *out = (struct parsed){.number = unpack_u64(&u), .is_cut = unpack_u8(&u) != 0};
    if (p->mode == PARSER_SCAN || p->mode == PARSER_WHY) {
        out->side = (enum side)unpack_u8(&u);
        out->score = unpack_f64(&u);
    }
    out->bytes = u.rest;
    return u.bad ? err_set(e, ERR_PARSE, "the mail reader's answer is not well formed") : 1;
}

void parser_stop(struct parser *p)
{
    if (p == NULL)
        return;
    end_child(p);
    buf_fini(&p->in.in);
    free(p);
}
