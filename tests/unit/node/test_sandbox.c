/* The walls of each process: in a forked child, behind sandbox_enter, forbidden calls are tried and
 * must be stopped, and what the role needs must work.
 */
#include "node/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

static char dir[64];
static int spare[2]; /* a socket pair from before the walls */

/* Each returns 0 when the call worked, else errno. */
static int try_open(void)
{
    return open("/etc/passwd", O_RDONLY) >= 0 ? 0 : errno;
}

static int try_create(void)
{
    return open("/tmp/muster-test-must-not-be", O_WRONLY | O_CREAT, 0600) >= 0 ? 0 : errno;
}

static int try_socket(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) >= 0 ? 0 : errno;
}

static int try_connect(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(9)};
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return connect(spare[0], (struct sockaddr *)&at, sizeof(at)) == 0 ? 0 : errno;
}

static int try_exec(void)
{
    char *argv[] = {(char *)(uintptr_t) "true", NULL};
    execv("/bin/true", argv);
    return errno;
}

static int try_fork(void)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    return pid > 0 ? 0 : errno;
}

static int try_ptrace(void)
{
    return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0 ? 0 : errno;
}

static int try_root(void)
{
    return setuid(0) == 0 ? 0 : errno;
}

static int try_kill(void)
{
    return kill(getppid(), 0) == 0 ? 0 : errno;
}

static int try_executable_memory(void)
{
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                   0);
    return p != MAP_FAILED ? 0 : errno;
}

static int try_memory(void)
{
    char *p = malloc(8u << 20);
    if (p == NULL)
        return ENOMEM;
    memset(p, 1, 8u << 20);
    free(p);
    return 0;
}

static int try_talk(void)
{
    char got[4];
    return send(spare[0], "hey", 4, 0) == 4 && recv(spare[1], got, 4, 0) == 4 ? 0 : EIO;
}

/* Writing, syncing and moving between folders below the role's own. */
static int try_own_files(void)
{
    char from[100], to[100];
    snprintf(from, sizeof(from), "%s/a/file", dir);
    snprintf(to, sizeof(to), "%s/b/file", dir);
    int fd = open(from, O_WRONLY | O_CREAT, 0600);
    if (fd < 0 || write(fd, "x", 1) != 1 || fsync(fd) < 0 || close(fd) < 0)
        return errno;
    return rename(from, to) == 0 && unlink(to) == 0 ? 0 : errno;
}

struct attempt {
    const char *what;
    int (*fn)(void);
    bool works_sanitized; /* the sanitizers' own needs open this call in test builds */
};

static const struct attempt OPEN = {"open a file", try_open, false};
static const struct attempt CREATE = {"create a file", try_create, false};
static const struct attempt SOCKET = {"make a socket", try_socket, false};
static const struct attempt CONNECT = {"connect", try_connect, false};
static const struct attempt EXEC = {"run a program", try_exec, false};
static const struct attempt FORK = {"fork", try_fork, true};
static const struct attempt PTRACE = {"trace a process", try_ptrace, false};
static const struct attempt ROOT = {"become root", try_root, false};
static const struct attempt KILL = {"signal a process", try_kill, false};
static const struct attempt EXECUTABLE = {"make memory executable", try_executable_memory, true};
static const struct attempt MEMORY = {"take memory", try_memory, false};
static const struct attempt TALK = {"talk over a socket it has", try_talk, false};
static const struct attempt OWN = {"write and move files of its own", try_own_files, false};

enum outcome { WORKED, REFUSED, KILLED };

static enum outcome attempt(enum role role, const struct attempt *a)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct err e = {0};
        const char *dirs[] = {dir, NULL};
        struct rlimit none = {0, 0};
        setrlimit(RLIMIT_CORE, &none);
        if (sandbox_enter(role, role == ROLE_KEEPER ? dirs : NULL, &e) < 0)
            _exit(99);
        int no = a->fn();
        _exit(no == 0 ? 0 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFSIGNALED(status)) {
        assert_int_equal(WTERMSIG(status), SIGSYS);
        return KILLED;
    }
    assert_int_not_equal(WEXITSTATUS(status), 99);
    return WEXITSTATUS(status) == 0 ? WORKED : REFUSED;
}

static void is_stopped(enum role role, const struct attempt *a)
{
    if (SANITIZED && a->works_sanitized) {
        print_message("skipped in a sanitized build: %s, %s\n", role_name(role), a->what);
        return;
    }
    enum outcome o = attempt(role, a);
    if (o == WORKED)
        fail_msg("%s could %s", role_name(role), a->what);
}

static void works(enum role role, const struct attempt *a)
{
    enum outcome o = attempt(role, a);
    if (o != WORKED)
        fail_msg("%s could not %s (%s)", role_name(role), a->what,
                 o == KILLED ? "killed" : "refused");
}

static void reads_mail(enum role role)
{
    static const struct attempt *const forbidden[] = {
        &OPEN, &CREATE, &SOCKET, &CONNECT, &EXEC, &FORK, &PTRACE, &ROOT, &KILL, &EXECUTABLE};
    for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++)
        is_stopped(role, forbidden[i]);
    works(role, &MEMORY);
    works(role, &TALK);
}

static void the_scanner_has_no_files_and_no_network(void **state)
{
    (void)state;
    reads_mail(ROLE_SCANNER);
}

static void the_parser_has_no_files_and_no_network(void **state)
{
    (void)state;
    reads_mail(ROLE_PARSER);
}

static void the_signer_has_no_files_and_no_network(void **state)
{
    (void)state;
    reads_mail(ROLE_SIGNER);
}

static void the_web_has_no_files_and_no_network(void **state)
{
    (void)state;
    reads_mail(ROLE_WEB);
}

static void the_keeper_has_its_folder_alone(void **state)
{
    static const struct attempt *const forbidden[] = {&OPEN, &CREATE, &SOCKET, &CONNECT,   &EXEC,
                                                      &FORK, &PTRACE, &ROOT,   &EXECUTABLE};
    (void)state;
    for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++)
        is_stopped(ROLE_KEEPER, forbidden[i]);
    works(ROLE_KEEPER, &MEMORY);
    works(ROLE_KEEPER, &TALK);
    works(ROLE_KEEPER, &OWN);
}

static void the_mailer_has_the_network_alone(void **state)
{
    static const struct attempt *const forbidden[] = {&OPEN,   &CREATE, &OWN, &EXEC,
                                                      &PTRACE, &ROOT,   &KILL};
    (void)state;
    for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++)
        is_stopped(ROLE_MAILER, forbidden[i]);
    works(ROLE_MAILER, &MEMORY);
    works(ROLE_MAILER, &SOCKET);
}

static void the_resolver_has_the_network_alone(void **state)
{
    static const struct attempt *const forbidden[] = {&OPEN,   &CREATE, &OWN,  &EXEC,      &FORK,
                                                      &PTRACE, &ROOT,   &KILL, &EXECUTABLE};
    (void)state;
    for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++)
        is_stopped(ROLE_RESOLVER, forbidden[i]);
    works(ROLE_RESOLVER, &MEMORY);
    works(ROLE_RESOLVER, &TALK);
    works(ROLE_RESOLVER, &SOCKET);
}

/* Without the walls each attempt works, or fails for a reason of its own: the test can fail. */
static void the_attempts_work_without_walls(void **state)
{
    (void)state;
    assert_int_equal(try_open(), 0);
    assert_int_equal(try_socket(), 0);
    assert_int_equal(try_fork(), 0);
    assert_int_equal(try_kill(), 0);
    assert_int_equal(try_executable_memory(), 0);
    assert_int_equal(try_own_files(), 0);
}

static int make_folder(void **state)
{
    char sub[100];
    (void)state;
    snprintf(dir, sizeof(dir), "/tmp/muster-sandbox-XXXXXX");
    if (mkdtemp(dir) == NULL || socketpair(AF_UNIX, SOCK_STREAM, 0, spare) < 0)
        return -1;
    for (const char *name = "ab"; *name; name++) {
        snprintf(sub, sizeof(sub), "%s/%c", dir, *name);
        if (mkdir(sub, 0700) < 0)
            return -1;
    }
    return 0;
}

static int remove_folder(void **state)
{
    char sub[100];
    (void)state;
    for (const char *name = "ab"; *name; name++) {
        snprintf(sub, sizeof(sub), "%s/%c", dir, *name);
        rmdir(sub);
    }
    return rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_attempts_work_without_walls),
        cmocka_unit_test(the_scanner_has_no_files_and_no_network),
        cmocka_unit_test(the_parser_has_no_files_and_no_network),
        cmocka_unit_test(the_signer_has_no_files_and_no_network),
        cmocka_unit_test(the_web_has_no_files_and_no_network),
        cmocka_unit_test(the_keeper_has_its_folder_alone),
        cmocka_unit_test(the_mailer_has_the_network_alone),
        cmocka_unit_test(the_resolver_has_the_network_alone),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
