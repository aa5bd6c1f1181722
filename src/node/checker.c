/* The sandboxed check of a mailing. See checker.h. */
#include "node/checker.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/pack.h"
#include "doors/mailbox.h"
#include "law/facts_file.h"
#include "law/preflight.h"
#include "mail/unicode.h"
#include "node/checker_dns.h"
#include "node/ipc.h"
#include "node/process.h"
#include "node/world.h"
#include "scan/scan.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAGIC      0x4d434b32u /* "MCK2" */
#define ANSWER_MS  (60 * 60 * 1000)
#define ROWS_BUF   (256u * 1024)
#define PROGRESS   20000u
#define REPORT_MAX (64u * 1024 * 1024)

enum tag { TAG_PROGRESS, TAG_CHECKPOINT, TAG_REPORT, TAG_DONE, TAG_ERROR };

/* ---- the child ---- */

struct child {
    const struct checker_job *job;
    int fd, mail, list, rows;
    struct arena *arena;
    struct scan_world world;
    struct law_facts stated, facts;
    struct sender_record sender;
    struct message_facts message;
    const struct preflight_arrival *arrival;
    struct preflight *check;
    struct columns columns;
    bool has_columns;
    struct buf rows_buf;
    uint64_t rows_written, key;
};

static int tell(struct child *c, enum tag tag, struct slice payload, struct err *e)
{
    return ipc_write(c->fd, IPC_PARSED, tag, payload, e);
}

static int flush_rows(struct child *c, struct err *e)
{
    struct slice s = buf_slice(&c->rows_buf);
    while (s.n && c->rows >= 0) {
        ssize_t n = write(c->rows, s.p, s.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return err_errno(e, "writing the list of rows");
        s = slice_from(s, (size_t)n);
        c->rows_written += (uint64_t)n;
    }
    buf_reset(&c->rows_buf);
    return 0;
}

/* What the message shows, and whether it would arrive. The laws' facts take authentication from a
 * fixed zone alone: what the network answers today must not change what a law says. */
static int ask_dns_of(struct child *c, struct message_facts_in *in, struct err *e)
{
    struct auth_result *auth;
    struct message_facts proven;
    struct checker_dns dns = {.arena = c->arena,
                              .zone = c->job->zone,
                              .lookup = c->job->lookup,
                              .settings = c->world.auth,
                              .m = in->m,
                              .now = clock_now_us() / 1000000};
    int rc = checker_authenticate(&dns, e, &auth);
    if (rc < 0)
        return rc;
    in->auth = dns.zone.n ? auth : NULL;
    message_facts_read(in, &c->message);
    in->auth = auth;
    message_facts_read(in, &proven);
    return checker_arrival(&dns, auth, &proven, e, &c->arrival);
}

static int read_message(struct child *c, struct err *e)
{
    struct mail_item item;
    struct envelope env = {.received_us = clock_now_us()};
    struct mail_reader *r = mail_reader_new(c->mail, MAIL_AUTO, c->world.limits.message_bytes);
    int rc = mail_reader_next(r, e, &item);
    if (rc <= 0) {
        mail_reader_free(r);
        return rc < 0 ? rc : err_set(e, ERR_PARSE, "there is no message in the campaign's file");
    }
    c->key = hash_bytes(item.raw, c->key);
    struct slice raw = arena_dup(c->arena, item.raw);
    struct scan *s = scan_begin(c->arena, &c->world, &env, raw);
    while (scan_step(s, &c->world) == SCAN_WAITING)
        continue;
    mail_reader_free(r);
    struct message_facts_in in = {.arena = c->arena,
                                  .m = s->message,
                                  .sender = &c->sender,
                                  .mail_class = c->world.classifier ? class_name(s->verdict.class)
                                                                    : NULL,
                                  .probability = s->verdict.probability,
                                  .is_mailing = c->job->list_fd >= 0 || c->job->n_to > 0};
    return ask_dns_of(c, &in, e);
}

static int prepare(struct child *c, struct err *e)
{
    const struct checker_job *job = c->job;
    law_facts_init(&c->stated);
    if (job->facts.n && facts_file_read(c->arena, job->facts, e, &c->stated, &c->sender) < 0)
        return err_prefix(e, "facts: ");
    c->key = hash_bytes(job->facts, 1);
    c->key = hash_bytes(job->columns,
                        c->key ^ (uint64_t)job->day ^ (uint64_t)job->send_at ^ job->order);
    int rc = read_message(c, e);
    if (rc < 0)
        return rc;
    c->facts = c->stated;
    message_facts_into(&c->message, &c->facts);
    struct preflight_in in = {.arena = c->arena,
                              .lib = job->lib,
                              .day = job->day,
                              .facts = &c->facts,
                              .stated = &c->stated,
                              .message = &c->message,
                              .campaign = job->campaign,
                              .list = job->list,
                              .arrival = c->arrival};
    c->check = preflight_new(&in);
    return 0;
}

static long read_list(void *arg, char *p, size_t n)
{
    struct child *c = arg;
    ssize_t got;
    do
        got = read(c->list, p, n);
    while (got < 0 && errno == EINTR);
    return got;
}

/* ---- checkpoints ---- */

static int checkpoint(struct child *c, struct csv *csv, uint64_t end, struct err *e)
{
    struct buf out = BUF_INIT(REPORT_MAX), counts = BUF_INIT(REPORT_MAX);
    int rc = flush_rows(c, e);
    if (rc < 0)
        return rc;
    pack_u32(&out, MAGIC);
    pack_u64(&out, c->rows_written);
    pack_u64(&out, c->key);
    pack_u64(&out, end);
    pack_u64(&out, csv_line(csv));
    pack_u32(&out, csv_crc(csv));
    pack_u32(&out, (uint32_t)c->columns.n);
    for (size_t i = 0; i < c->columns.n; i++) {
        const struct column *col = &c->columns.of[i];
        pack_u64(&out, col->bad);
        pack_u64(&out, col->bad_line);
        pack_u64(&out, col->twofold);
        pack_bytes(&out, col->example);
    }
    preflight_pack(c->check, &counts);
    pack_bytes(&out, buf_slice(&counts));
    rc = tell(c, TAG_CHECKPOINT, buf_slice(&out), e);
    buf_fini(&out);
    buf_fini(&counts);
    return rc;
}

bool checker_resume_at(struct slice checkpoint, uint64_t *out_rows_written)
{
    struct unpack u = {.rest = checkpoint};
    bool is_ours = unpack_u32(&u) == MAGIC;
    *out_rows_written = unpack_u64(&u);
    return is_ours && !u.bad;
}

static int not_the_same(struct err *e)
{
    return err_set(e, ERR_USAGE,
                   "the earlier check that was stopped had another message, list or other "
                   "facts; start anew without --resume");
}

static int go_on(struct child *c, struct csv *csv, struct err *e)
{
    struct unpack u = {.rest = c->job->resume};
    uint32_t crc = 0;
    (void)unpack_u32(&u);
    c->rows_written = unpack_u64(&u);
    uint64_t key = unpack_u64(&u), end = unpack_u64(&u), line = unpack_u64(&u);
    uint32_t want = unpack_u32(&u), n = unpack_u32(&u);
    if (u.bad || key != c->key || n != c->columns.n || !csv_skip(csv, end, line, &crc) ||
        crc != want)
        return not_the_same(e);
    for (uint32_t i = 0; i < n; i++) {
        struct column *col = &c->columns.of[i];
        col->bad = unpack_u64(&u);
        col->bad_line = unpack_u64(&u);
        col->twofold = unpack_u64(&u);
        col->example = arena_dup(c->arena, unpack_bytes(&u));
    }
    if (!preflight_unpack(c->check, unpack_bytes(&u)) || !unpack_done(&u))
        return not_the_same(e);
    return 0;
}

/* ---- the list ---- */

static int progress(struct child *c, uint64_t bytes, struct err *e)
{
    struct buf out = BUF_INIT(64);
    pack_u64(&out, preflight_rows(c->check));
    pack_u64(&out, bytes);
    int rc = tell(c, TAG_PROGRESS, buf_slice(&out), e);
    buf_fini(&out);
    return rc;
}

static int one_row(struct child *c, const struct csv_row *row, struct err *e)
{
    struct recipient r;
    struct buf *rows = c->rows >= 0 ? &c->rows_buf : NULL;
    const char *broken = columns_read(&c->columns, row, &c->facts, &r);
    if (broken)
        preflight_broken(c->check, row->line, broken, row->raw, rows);
    else
        preflight_row(c->check, &r, row->line, rows);
    return c->rows_buf.n > ROWS_BUF / 2 ? flush_rows(c, e) : 0;
}

static int walk_list(struct child *c, struct csv *csv, struct err *e)
{
    struct csv_row row;
    int rc = 0;
    for (uint64_t n = 1; rc == 0 && csv_next(csv, &row); n++) {
        rc = one_row(c, &row, e);
        if (rc == 0 && n % PROGRESS == 0)
            rc = progress(c, row.end, e);
        if (rc == 0 && n % CHECKER_STEP == 0)
            rc = checkpoint(c, csv, row.end, e);
    }
    if (rc == 0 && csv_failed(csv))
        rc = err_set(e, ERR_IO, "reading the list of recipients failed");
    return rc < 0 ? rc : flush_rows(c, e);
}

static int read_titles(struct child *c, struct csv *csv, struct err *e)
{
    struct csv_row row;
    if (!csv_next(csv, &row))
        return err_set(e, ERR_PARSE, "the list of recipients is empty");
    if (row.broken)
        return err_set(e, ERR_PARSE, "the first line of the list can't be read: %s", row.broken);
    int rc = columns_map(c->arena, &row, c->job->columns, e, &c->columns);
    if (rc < 0)
        return rc;
    c->columns.order = c->job->order;
    c->columns.send_at = c->job->send_at;
    c->has_columns = true;
    if (c->job->resume.n)
        return go_on(c, csv, e);
    preflight_rows_title(&c->rows_buf);
    return c->columns.has_titles ? 0 : one_row(c, &row, e);
}

static int check_list(struct child *c, struct err *e)
{
    struct csv *csv = csv_new(read_list, c);
    int rc = read_titles(c, csv, e);
    if (rc == 0)
        rc = walk_list(c, csv, e);
    csv_free(csv);
    return rc;
}

static void check_countries(struct child *c)
{
    for (size_t i = 0; i < c->job->n_to; i++) {
        struct recipient r = {.facts = c->facts};
        struct zone_range z;
        r.facts.v[LAW_FACT_COUNTRY] = c->job->to[i];
        if (c->job->send_at != INT64_MIN && r.facts.v[LAW_FACT_TIME] == LAW_UNKNOWN &&
            zone_of_country(c->job->to[i], c->job->send_at, &z) && z.low == z.high) {
            int64_t local = c->job->send_at + z.low * 60;
            r.facts.v[LAW_FACT_TIME] = (int32_t)(local % 86400 / 60);
            r.facts.v[LAW_FACT_WEEKDAY] = law_weekday((int32_t)(local / 86400));
        }
        preflight_row(c->check, &r, i + 1, NULL);
    }
}

/* ---- reports ---- */

static void make_report(struct child *c, enum checker_want want, struct buf *out)
{
    struct json j = JSON_INIT(out);
    switch (want) {
    case CHECKER_TEXT:
        preflight_text(c->check, c->job->colour, out);
        break;
    case CHECKER_JSON:
        preflight_json(c->check, &j);
        break;
    case CHECKER_HTML:
        preflight_html(c->check, out);
        break;
    case CHECKER_QUESTIONS:
        preflight_questions(c->check, out);
        break;
    }
}

static int work(struct child *c, struct err *e)
{
    int rc = prepare(c, e);
    if (rc < 0)
        return rc;
    if (c->job->list_fd >= 0)
        rc = check_list(c, e);
    else
        check_countries(c);
    if (rc < 0)
        return rc;
    preflight_columns(c->check, c->has_columns ? &c->columns : NULL);
    for (unsigned want = 1; rc == 0 && want <= CHECKER_QUESTIONS; want <<= 1) {
        if (!(c->job->want & want))
            continue;
        struct buf out = BUF_INIT(REPORT_MAX);
        pack_u8(&out, (uint8_t)want);
        make_report(c, (enum checker_want)want, &out);
        rc = tell(c, TAG_REPORT, buf_slice(&out), e);
        buf_fini(&out);
    }
    return rc < 0 ? rc : tell(c, TAG_DONE, preflight_found(c->check) ? SLICE("1") : SLICE("0"), e);
}

static _Noreturn void child(const struct checker_job *job, int fd)
{
    static struct child c;
    struct err e = {0};
    /* The files stand in the places of doors: these are what process_begin leaves open. */
    struct child_start s = {.role = ROLE_PARSER,
                            .conf = job->conf,
                            .master_fd = fd,
                            .base_fd = -1,
                            .lookup_fd = lookup_fd(job->lookup),
                            .doors = {job->mail_fd, job->list_fd, job->rows_fd, -1, -1}};
    c = (struct child){.job = job,
                       .fd = fd,
                       .mail = job->mail_fd,
                       .list = job->list_fd,
                       .rows = job->rows_fd,
                       .arena = arena_new(0),
                       .rows_buf = BUF_INIT(2 * ROWS_BUF)};
    process_begin(&s);
    signal(SIGINT, SIG_DFL);
    int rc = world_open(arena_new(0), job->conf, &c.world, &e);
    country_warm();
    words_warm();
    unicode_warm();
    if (rc == 0)
        rc = sandbox_drop("nobody", &e);
    if (rc == 0)
        rc = sandbox_enter(ROLE_PARSER, NULL, &e);
    if (rc == 0)
        rc = work(&c, &e);
    if (rc < 0) {
        struct buf out = BUF_INIT(1024);
        pack_i64(&out, e.code);
        buf_str(&out, e.text);
        rc = tell(&c, TAG_ERROR, buf_slice(&out), &e);
    }
    _exit(rc < 0 ? 3 : 0);
}

/* ---- the parent ---- */

static int take(const struct ipc_message *m,
                int (*news)(void *, const struct checker_news *, struct err *), void *arg,
                struct err *e)
{
    struct unpack u = {.rest = m->payload};
    struct checker_news n = {0};
    switch ((enum tag)m->tag) {
    case TAG_PROGRESS:
        n.rows = unpack_u64(&u);
        n.bytes = unpack_u64(&u);
        break;
    case TAG_CHECKPOINT:
        n.checkpoint = m->payload;
        if (!checker_resume_at(m->payload, &n.rows_written))
            return err_set(e, ERR_CORRUPT, "the checker's checkpoint is not well formed");
        break;
    case TAG_REPORT:
        n.report = (enum checker_want)unpack_u8(&u);
        n.text = u.rest;
        break;
    case TAG_ERROR:
        e->code = (int)unpack_i64(&u);
        return err_set(e, e->code < 0 ? e->code : ERR_IO, "%.*s", SLICE_ARG(u.rest));
    case TAG_DONE:
        return 0;
    }
    return u.bad ? err_set(e, ERR_CORRUPT, "the checker's answer is not well formed")
                 : news(arg, &n, e);
}

static int listen_to(int fd, int (*news)(void *, const struct checker_news *, struct err *),
                     void *arg, struct err *e, bool *out_found)
{
    struct ipc_reader in = {BUF_INIT(IPC_MOST + 64 * 1024), 0};
    struct ipc_message m;
    int rc;
    do {
        rc = ipc_read(fd, &in, &m, ANSWER_MS, e);
        if (rc == ERR_CLOSED)
            rc = err_set(e, ERR_CLOSED, "the checker crashed on this input");
        if (rc >= 0)
            rc = take(&m, news, arg, e);
    } while (rc >= 0 && m.tag != TAG_DONE);
    if (rc >= 0)
        *out_found = slice_eq(m.payload, SLICE("1"));
    buf_fini(&in.in);
    return rc < 0 ? rc : 0;
}

int checker_run(const struct checker_job *job,
                int (*news)(void *arg, const struct checker_news *n, struct err *e), void *arg,
                struct err *e, bool *out_found)
{
    int pair[2], status;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return err_errno(e, "starting the check");
    pid_t pid = fork();
    if (pid == 0) {
        close(pair[0]);
        child(job, pair[1]);
    }
    close(pair[1]);
    if (pid < 0) {
        close(pair[0]);
        return err_errno(e, "starting the check");
    }
    int rc = listen_to(pair[0], news, arg, e, out_found);
    close(pair[0]);
    waitpid(pid, &status, 0);
    return rc;
}
