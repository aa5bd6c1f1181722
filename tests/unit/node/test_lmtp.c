/* The LMTP client against a server that says what a table tells it to. */
#include "base/buf.h"
#include "node/lmtp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define SECOND 1000000

/* A line from the client, byte by byte; false: it is gone. */
static bool hear(int fd, char *line, size_t room)
{
    size_t n = 0;
    while (n + 1 < room && read(fd, line + n, 1) == 1)
        if (line[n++] == '\n')
            break;
    line[n] = '\0';
    return n > 0;
}

/* The server: says `lines` one after the other, the first at once, the others each when it has
 * heard a line (or, behind 354, all lines of data); writes what it heard to `out`. */
static void serve(int fd, const char *const *lines, int out)
{
    char line[4096];
    for (; *lines; lines++) {
        bool in_data = strncmp(*lines, "354", 3) == 0;
        if (**lines == '\0' || write(fd, *lines, strlen(*lines)) < 0)
            break;
        if (lines[1] && lines[1][0] == '\0')
            continue;
        while (hear(fd, line, sizeof line)) {
            if (write(out, line, strlen(line)) < 0 || !in_data || strcmp(line, ".\r\n") == 0)
                break;
        }
    }
    _exit(0);
}

static void answers(void **state)
{
    (void)state;
    static const struct {
        const char *lines[12];
        const char *raw;
        enum mail_outcome want;
        const char *words; /* what the words hold */
        const char *heard; /* what the server was told; NULL: no matter */
    } cases[] = {
        {{"220 hi\r\n", "250-me\r\n250 8BITMIME\r\n", "250 ok\r\n", "250 ok\r\n", "250 ok\r\n",
          "354 go\r\n", "250 one\r\n250 two\r\n"},
         ".a\r\n..b\r\nc",
         MAIL_SENT,
         "",
         "LHLO muster.localhost\r\nMAIL FROM:<f@x>\r\nRCPT TO:<a@y>\r\nRCPT TO:<b@y>\r\nDATA\r\n"
         "..a\r\n...b\r\nc\r\n.\r\n"},
        {{"220 hi\r\n", "250-me\r\n250-SMTPUTF8\r\n250 8BITMIME\r\n", "250 ok\r\n", "250 ok\r\n",
          "250 ok\r\n", "354 go\r\n", "250 one\r\n450 later\r\n"},
         "\xc3\xbc\r\n",
         MAIL_SENT,
         "b@y: 450 later",
         "LHLO muster.localhost\r\nMAIL FROM:<f@x> BODY=8BITMIME\r\nRCPT TO:<a@y>\r\n"
         "RCPT TO:<b@y>\r\nDATA\r\n\xc3\xbc\r\n.\r\n"},
        {{"220 hi\r\n", "250 me\r\n", "250 ok\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n",
          "452 full\r\n550 gone\r\n"},
         "x\r\n",
         MAIL_LATER,
         "a@y: 452 full",
         NULL},
        {{"220 hi\r\n", "250 me\r\n", "250 ok\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n",
          "550 no\r\n552 no\r\n"},
         "x\r\n",
         MAIL_REFUSED,
         "a@y: 550 no",
         NULL},
        {{"220 hi\r\n", "250 me\r\n", "250 ok\r\n", "550 5.1.1 unknown\r\n"},
         "x\r\n",
         MAIL_REFUSED,
         "5.1.1 unknown",
         NULL},
        {{"220 hi\r\n", "250 me\r\n", "250 ok\r\n", "450 busy\r\n"},
         "x\r\n",
         MAIL_LATER,
         "busy",
         NULL},
        {{"421 closing\r\n"}, "x\r\n", MAIL_LATER, "421 closing", NULL},
        {{"220 hi\r\n", "502 this is SMTP\r\n"}, "x\r\n", MAIL_REFUSED, "502", NULL},
        {{"SSH-2.0\r\n"}, "x\r\n", MAIL_LATER, "does not speak LMTP", NULL},
        {{"220 hi\r\n"}, "x\r\n", MAIL_LATER, "closed", NULL},
        {{"220 hi\r\n", "250 me\r\n", "250 ok\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n",
          "250 one\r\n", ""},
         "x\r\n",
         MAIL_SENT,
         "closed",
         NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int fd[2], heard[2];
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
        assert_int_equal(pipe(heard), 0);
        pid_t pid = fork();
        if (pid == 0) {
            close(fd[0]);
            close(heard[0]);
            serve(fd[1], cases[i].lines, heard[1]);
        }
        close(fd[1]);
        close(heard[1]);
        struct arena *a = arena_new(0);
        struct slice rcpt[] = {SLICE("a@y"), SLICE("b@y")};
        struct mail_order o = {
            .from = SLICE("f@x"), .rcpt = rcpt, .n_rcpt = 2, .raw = slice_str(cases[i].raw)};
        struct mail_result r = lmtp_talk(a, fd[0], &o, 60 * SECOND);
        close(fd[0]);
        char got[4096] = "";
        size_t n = 0;
        for (ssize_t k; (k = read(heard[0], got + n, sizeof got - 1 - n)) > 0;)
            n += (size_t)k;
        close(heard[0]);
        waitpid(pid, NULL, 0);
        if (r.outcome != cases[i].want ||
            slice_find(r.words, slice_str(cases[i].words)) == SIZE_MAX)
            fail_msg("case %zu: outcome %d, \"%.*s\"", i, (int)r.outcome, SLICE_ARG(r.words));
        if (cases[i].heard && strncmp(got, cases[i].heard, strlen(cases[i].heard)) != 0)
            fail_msg("case %zu: the server heard \"%s\"", i, got);
        arena_free(a);
    }
}

static void silence(void **state)
{
    (void)state;
    int fd[2];
    struct arena *a = arena_new(0);
    struct slice rcpt = SLICE("a@y");
    struct mail_order o = {.rcpt = &rcpt, .n_rcpt = 1, .raw = SLICE("x\r\n")};
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
    struct mail_result r = lmtp_talk(a, fd[0], &o, 20000); /* nobody ever speaks */
    assert_int_equal(r.outcome, MAIL_LATER);
    assert_true(slice_find(r.words, SLICE("too long")) != SIZE_MAX);
    r = lmtp_deliver(a, SLICE("unix:/nonexistent/lmtp"), &o, SECOND);
    assert_int_equal(r.outcome, MAIL_LATER);
    r = lmtp_deliver(a, SLICE("localhost"), &o, SECOND);
    assert_int_equal(r.outcome, MAIL_LATER);
    assert_true(slice_find(r.words, SLICE("is no address")) != SIZE_MAX);
    close(fd[0]);
    close(fd[1]);
    arena_free(a);
}

static void settings(void **state)
{
    (void)state;
    assert_true(slice_eq(lmtp_address(SLICE("lmtp:unix:/a")), SLICE("unix:/a")));
    assert_true(slice_eq(lmtp_address(SLICE("lmtp:[::1]:24")), SLICE("[::1]:24")));
    assert_int_equal(lmtp_address(SLICE("127.0.0.1:25")).n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(answers), cmocka_unit_test(silence),
                                       cmocka_unit_test(settings)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
