/* node/ipc: framing, order, descriptors, a peer that breaks the framing, the blocking reader. */
#include "node/ipc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <event2/event.h>
#include <sys/socket.h>
#include <unistd.h>

struct seen {
    struct event_base *base;
    int messages, gone, fd;
    uint64_t tags[8];
    size_t bytes;
    bool free_at_first;
};

static void on_message(void *arg, struct ipc *ch, const struct ipc_message *m)
{
    struct seen *s = arg;
    if (m == NULL) {
        s->gone++;
        event_base_loopbreak(s->base);
        return;
    }
    s->tags[s->messages++ & 7] = m->tag;
    s->bytes += m->payload.n;
    if (m->fd >= 0)
        s->fd = m->fd;
    if (s->free_at_first) {
        ipc_free(ch);
        event_base_loopbreak(s->base);
    }
}

static void turn(struct event_base *base)
{
    for (int i = 0; i < 200; i++)
        event_base_loop(base, EVLOOP_NONBLOCK);
}

static void pair_of(int out[2])
{
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, out), 0);
}

static void on_numbered(void *arg, struct ipc *ch, const struct ipc_message *m)
{
    struct seen *s = arg;
    (void)ch;
    if (m == NULL)
        return;
    char want = (char)('a' + m->tag), c = 0;
    s->messages++;
    assert_int_equal(m->fd >= 0, m->tag % 2 == 0);
    if (m->fd < 0)
        return;
    assert_int_equal(read(m->fd, &c, 1), 1);
    assert_int_equal(c, want);
    close(m->fd);
}

/* Several wait at once: one read brings the end of one message and the head of the next. */
static void each_descriptor_stays_with_its_message(void **state)
{
    (void)state;
    int fds[2];
    struct seen a = {.base = event_base_new(), .fd = -1}, b = {.base = a.base, .fd = -1};
    pair_of(fds);
    struct ipc *x = ipc_new(a.base, fds[0], on_message, &a);
    for (uint64_t i = 0; i < 12; i++) {
        int pipe_fds[2] = {-1, -1};
        if (i % 2 == 0) {
            char c = (char)('a' + i);
            assert_int_equal(pipe(pipe_fds), 0);
            assert_int_equal(write(pipe_fds[1], &c, 1), 1);
            close(pipe_fds[1]);
        }
        ipc_send_fd(x, IPC_CHANNEL, i, SLICE("payload"), pipe_fds[0]);
    }
    struct ipc *y = ipc_new(a.base, fds[1], on_numbered, &b);
    turn(a.base);
    assert_int_equal(b.messages, 12);
    ipc_free(x);
    ipc_free(y);
    event_base_free(a.base);
}

static void carries_messages_and_descriptors(void **state)
{
    (void)state;
    int fds[2], pipe_fds[2];
    struct seen a = {.base = event_base_new(), .fd = -1}, b = {.base = a.base, .fd = -1};
    pair_of(fds);
    assert_int_equal(pipe(pipe_fds), 0);
    struct ipc *x = ipc_new(a.base, fds[0], on_message, &a);
    struct ipc *y = ipc_new(a.base, fds[1], on_message, &b);
    struct buf big = BUF_INIT(5 * 1024 * 1024);
    for (int i = 0; i < 3 * 1024 * 1024; i++)
        buf_chr(&big, (char)i);
    ipc_send(x, IPC_LEARN, 1, SLICE("one"));
    ipc_send(x, IPC_LEARN, 2, buf_slice(&big));
    ipc_send_fd(x, IPC_CHANNEL, 3, SLICE("fd"), pipe_fds[1]);
    ipc_send(x, IPC_LEARN, 4, SLICE(""));
    turn(a.base);
    assert_int_equal(b.messages, 4);
    for (uint64_t i = 0; i < 4; i++)
        assert_int_equal(b.tags[i], i + 1);
    assert_int_equal(b.bytes, 3 + big.n + 2);
    assert_true(b.fd >= 0);
    assert_int_equal(write(b.fd, "z", 1), 1); /* the pipe's end came over */
    char c = 0;
    assert_int_equal(read(pipe_fds[0], &c, 1), 1);
    assert_int_equal(c, 'z');
    assert_int_equal(ipc_queued(x), 0);
    ipc_free(y);
    turn(a.base);
    assert_int_equal(a.gone, 1);
    ipc_free(x);
    close(b.fd);
    close(pipe_fds[0]);
    buf_fini(&big);
    event_base_free(a.base);
}

static void cuts_off_a_broken_peer(void **state)
{
    (void)state;
    static const char *const broken[] = {
        "\xff\xff\xff\xff\x01\x00\x01\x00........", /* longer than the maximum */
        "\x00\x00\x00\x00\x02\x00\x01\x00........", /* another version */
    };
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        int fds[2];
        struct seen s = {.base = event_base_new(), .fd = -1};
        pair_of(fds);
        struct ipc *ch = ipc_new(s.base, fds[0], on_message, &s);
        assert_int_equal(write(fds[1], broken[i], 16), 16);
        turn(s.base);
        assert_int_equal(s.gone, 1);
        assert_int_equal(s.messages, 0);
        ipc_free(ch);
        close(fds[1]);
        event_base_free(s.base);
    }
}

static void may_be_freed_in_its_handler(void **state)
{
    (void)state;
    int fds[2];
    struct seen s = {.base = event_base_new(), .fd = -1, .free_at_first = true};
    pair_of(fds);
    ipc_new(s.base, fds[0], on_message, &s);
    struct err e;
    assert_int_equal(ipc_write(fds[1], IPC_ASK, 1, SLICE("x"), &e), 0);
    assert_int_equal(ipc_write(fds[1], IPC_ASK, 2, SLICE("y"), &e), 0);
    turn(s.base);
    assert_int_equal(s.messages, 1);
    close(fds[1]);
    event_base_free(s.base);
}

static void the_blocking_reader_keeps_what_it_read_ahead(void **state)
{
    (void)state;
    int fds[2];
    struct err e = {0};
    struct ipc_message m;
    struct ipc_reader r = {BUF_INIT(1024 * 1024), 0};
    pair_of(fds);
    for (uint64_t i = 0; i < 5; i++)
        assert_int_equal(ipc_write(fds[1], IPC_PARSED, i, SLICE("abc"), &e), 0);
    for (uint64_t i = 0; i < 5; i++) {
        assert_int_equal(ipc_read(fds[0], &r, &m, 1000, &e), 0);
        assert_int_equal(m.tag, i);
        assert_true(slice_eq(m.payload, SLICE("abc")));
    }
    assert_int_equal(ipc_read(fds[0], &r, &m, 10, &e), ERR_TIMEOUT);
    close(fds[1]);
    assert_int_equal(ipc_read(fds[0], &r, &m, 1000, &e), ERR_CLOSED);
    close(fds[0]);
    buf_fini(&r.in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(carries_messages_and_descriptors),
        cmocka_unit_test(each_descriptor_stays_with_its_message),
        cmocka_unit_test(cuts_off_a_broken_peer),
        cmocka_unit_test(may_be_freed_in_its_handler),
        cmocka_unit_test(the_blocking_reader_keeps_what_it_read_ahead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
