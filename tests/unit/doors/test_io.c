/* doors: connections on the loop, over a socket pair. */
#include "doors/io.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <event2/event.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

struct peer {
    struct event_base *base;
    struct io *io;
    int far; /* the test's end */
    struct buf got;
    size_t takes; /* bytes taken per call; SIZE_MAX: all */
    bool pauses;  /* pauses at each call */
    bool saw_last, is_ended;
    enum io_end why;
};

static size_t on_bytes(void *arg, struct io *io, struct slice in)
{
    struct peer *p = arg;
    size_t n = in.n < p->takes ? in.n : p->takes;
    buf_add(&p->got, slice_head(in, n));
    if (p->pauses)
        io_pause(io);
    return n;
}

static void on_last(void *arg, struct io *io)
{
    struct peer *p = arg;
    p->saw_last = true;
    io_send(io, SLICE("bye"));
    io_finish(io);
}

static void on_ended(void *arg, enum io_end why)
{
    struct peer *p = arg;
    p->is_ended = true;
    p->why = why;
    p->io = NULL;
}

static const struct io_calls calls = {on_bytes, on_last, on_ended};
static const struct io_limits limits = {
    .in_max = 100, .out_high = 1000, .out_max = 5000000, .idle_seconds = 60, .write_seconds = 60};

static void open_peer(struct peer *p)
{
    int fds[2];
    *p = (struct peer){.base = event_base_new(), .got = BUF_INIT(1 << 20), .takes = SIZE_MAX};
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    p->far = fds[1];
    p->io = io_new(p->base, fds[0], &limits, &calls, p);
}

static void close_peer(struct peer *p)
{
    io_free(p->io);
    close(p->far);
    buf_fini(&p->got);
    event_base_free(p->base);
}

static void turn(struct peer *p)
{
    for (int i = 0; i < 5; i++)
        event_base_loop(p->base, EVLOOP_NONBLOCK);
}

static void say(struct peer *p, const char *text)
{
    assert_int_equal(write(p->far, text, strlen(text)), (ssize_t)strlen(text));
    turn(p);
}

/* What is not taken comes again with more behind it. */
static void leftovers(void **state)
{
    (void)state;
    struct peer p;
    open_peer(&p);
    p.takes = 0;
    say(&p, "abc");
    assert_int_equal(p.got.n, 0);
    p.takes = 2;
    say(&p, "def");
    assert_string_equal(buf_cstr(&p.got), "abcdef");
    close_peer(&p);
}

/* While paused nothing is read; resuming hands over what was kept. */
static void pausing(void **state)
{
    (void)state;
    struct peer p;
    open_peer(&p);
    p.takes = 1;
    p.pauses = true;
    say(&p, "abc");
    assert_string_equal(buf_cstr(&p.got), "a");
    say(&p, "d");
    assert_string_equal(buf_cstr(&p.got), "a");
    io_resume(p.io);
    assert_string_equal(buf_cstr(&p.got), "ab");
    p.pauses = false;
    io_resume(p.io);
    turn(&p);
    assert_string_equal(buf_cstr(&p.got), "abcd");
    close_peer(&p);
}

/* A machine that takes nothing from a full buffer loses its connection. */
static void in_limit(void **state)
{
    (void)state;
    struct peer p;
    char text[150];
    open_peer(&p);
    p.takes = 0;
    memset(text, 'x', sizeof(text));
    text[149] = '\0';
    say(&p, text);
    turn(&p);
    assert_true(p.is_ended);
    assert_int_equal(p.why, IO_END_LIMIT);
    close_peer(&p);
}

/* The last byte is told once all bytes were taken; the answer still goes out. */
static void half_close(void **state)
{
    (void)state;
    struct peer p;
    char back[8] = "";
    open_peer(&p);
    say(&p, "abc");
    shutdown(p.far, SHUT_WR);
    turn(&p);
    assert_true(p.saw_last);
    assert_int_equal(read(p.far, back, sizeof(back)), 3);
    assert_memory_equal(back, "bye", 3);
    assert_int_equal(read(p.far, back, sizeof(back)), 0);
    assert_true(p.is_ended);
    assert_int_equal(p.why, IO_END_OURS);
    close_peer(&p);
}

/* A peer that does not read what we send is not read from either, and then cut off. */
static void back_pressure(void **state)
{
    (void)state;
    struct peer p;
    open_peer(&p);
    char *big = calloc(1, 3000000);
    assert_non_null(big);
    io_send(p.io, slice_of(big, 3000000));
    say(&p, "abc");
    assert_int_equal(p.got.n, 0);
    size_t read_n = 0;
    while (read_n < 3000000) {
        ssize_t n = recv(p.far, big, 3000000, MSG_DONTWAIT);
        read_n += n > 0 ? (size_t)n : 0;
        turn(&p);
    }
    turn(&p);
    assert_string_equal(buf_cstr(&p.got), "abc");
    io_send(p.io, slice_of(big, 3000000));
    io_send(p.io, slice_of(big, 3000000));
    turn(&p);
    assert_true(p.is_ended);
    assert_int_equal(p.why, IO_END_LIMIT);
    free(big);
    close_peer(&p);
}

/* After io_finish the peer may still send: it is thrown away and its close ends it. */
static void lingering(void **state)
{
    (void)state;
    struct peer p;
    char back[8];
    open_peer(&p);
    io_send(p.io, SLICE("end"));
    io_finish(p.io);
    say(&p, "late");
    assert_int_equal(p.got.n, 0);
    assert_false(p.is_ended);
    assert_int_equal(read(p.far, back, sizeof(back)), 3);
    assert_int_equal(read(p.far, back, sizeof(back)), 0);
    shutdown(p.far, SHUT_WR);
    turn(&p);
    assert_true(p.is_ended);
    close_peer(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leftovers),  cmocka_unit_test(pausing),       cmocka_unit_test(in_limit),
        cmocka_unit_test(half_close), cmocka_unit_test(back_pressure), cmocka_unit_test(lingering)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
