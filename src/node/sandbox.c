/* seccomp and Landlock. See sandbox.h. */
#include "node/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/landlock.h>
#include <pwd.h>
#include <seccomp.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

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

/* Linux 6.1's headers (Debian 12) know these; older kernels answer with fewer rights. */
#define FS_WRITE                                                                                  \
    (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |                              \
     LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | \
     LANDLOCK_ACCESS_FS_MAKE_SOCK)
#define FS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define FS_ALL  (FS_WRITE | FS_READ | LANDLOCK_ACCESS_FS_EXECUTE)

/* Adds a rule for each name; a call that this machine's architecture lacks is passed over. */
static int add_rules(scmp_filter_ctx ctx, uint32_t action, const char *const *names)
{
    for (; names && *names; names++) {
        int nr = seccomp_syscall_resolve_name(*names);
        if (nr == __NR_SCMP_ERROR)
            return -EINVAL;
        int rc = seccomp_rule_add(ctx, action, nr, 0);
        if (rc < 0 && rc != -EEXIST && rc != -EDOM && rc != -EACCES)
            return rc;
    }
    return 0;
}

/* mmap and mprotect may not make memory executable. */
static int add_memory(scmp_filter_ctx ctx)
{
    int rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
                              SCMP_A2(SCMP_CMP_MASKED_EQ, 4 /* PROT_EXEC */, 0));
    if (rc == 0)
        rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                              SCMP_A2(SCMP_CMP_MASKED_EQ, 4, 0));
    if (rc == 0)
        rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(mmap), 1,
                              SCMP_A2(SCMP_CMP_MASKED_EQ, 4, 4));
    return rc;
}

static const char *const everyone[] = {"read",
                                       "write",
                                       "readv",
                                       "writev",
                                       "pread64",
                                       "pwrite64",
                                       "recvmsg",
                                       "sendmsg",
                                       "recvfrom",
                                       "sendto",
                                       "close",
                                       "munmap",
                                       "mremap",
                                       "brk",
                                       "madvise",
                                       "futex",
                                       "clock_gettime",
                                       "clock_nanosleep",
                                       "nanosleep",
                                       "gettimeofday",
                                       "getpid",
                                       "gettid",
                                       "getuid",
                                       "geteuid",
                                       "getrandom",
                                       "exit",
                                       "exit_group",
                                       "rt_sigreturn",
                                       "rt_sigaction",
                                       "rt_sigprocmask",
                                       "sigaltstack",
                                       "epoll_wait",
                                       "epoll_pwait",
                                       "epoll_ctl",
                                       "epoll_create1",
                                       "poll",
                                       "ppoll",
                                       "fcntl",
                                       "fstat",
                                       "newfstatat",
                                       "lseek",
                                       "getsockopt",
                                       "setsockopt",
                                       "shutdown",
                                       "eventfd2",
                                       "getrusage",
                                       "prlimit64",
                                       "restart_syscall",
                                       "tgkill",
                                       "sched_yield",
                                       "ioctl",
                                       "timerfd_create",
                                       "timerfd_settime",
                                       "timerfd_gettime",
                                       "rseq",
                                       "membarrier",
                                       "time",
                                       NULL};

/* The sanitizers' own needs: a wider table in test builds only. */
static const char *const sanitizer[] = {
    "prctl", "readlink",          "openat",          "open",  "getcwd",     "process_vm_readv",
    "wait4", "sched_getaffinity", "set_robust_list", "clone", "arch_prctl", "stat",
    NULL};

static int seccomp_enter(enum role role, struct err *e)
{
    const struct sandbox_role *r = sandbox_role(role);
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (ctx == NULL)
        return err_set(e, ERR_IO, "seccomp is not available");
    int rc = add_rules(ctx, SCMP_ACT_ALLOW, everyone);
    if (rc == 0)
        rc = add_rules(ctx, SCMP_ACT_ALLOW, r->allow);
    if (rc == 0 && SANITIZED) {
        static const char *const memory[] = {"mmap", "mprotect", NULL};
        rc = add_rules(ctx, SCMP_ACT_ALLOW, memory);
        if (rc == 0 && role != ROLE_SCANNER && role != ROLE_PARSER && role != ROLE_RESOLVER &&
            role != ROLE_WEB)
            rc = add_rules(ctx, SCMP_ACT_ALLOW, sanitizer);
    } else if (rc == 0) {
        rc = add_memory(ctx);
    }
    if (rc == 0)
        rc = add_rules(ctx, SCMP_ACT_ERRNO(EACCES), r->deny);
    if (rc == 0)
        rc = seccomp_load(ctx);
    seccomp_release(ctx);
    if (rc < 0) {
        errno = -rc;
        return err_errno(e, "closing the %s's system calls", role_name(role));
    }
    return 0;
}

static int allow_dir(int rules, const char *dir)
{
    struct landlock_path_beneath_attr below = {.allowed_access = FS_READ | FS_WRITE |
                                                                 LANDLOCK_ACCESS_FS_REFER};
    below.parent_fd = open(dir, O_PATH | O_CLOEXEC);
    if (below.parent_fd < 0)
        return -1;
    long rc = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &below, 0);
    close(below.parent_fd);
    return (int)rc;
}

/* A kernel without Landlock is no error: seccomp stands alone then. */
static int landlock_enter(enum role role, const char *const *dirs, struct err *e)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1 || (version < 2 && sandbox_role(role)->may_open_files))
        return 0; /* the first version forbids moving a file to another folder, always */
    struct landlock_ruleset_attr attr = {
        .handled_access_fs = FS_ALL | (version >= 2 ? LANDLOCK_ACCESS_FS_REFER : 0)};
    int rules = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
    if (rules < 0)
        return 0;
    int rc = 0;
    if (sandbox_role(role)->may_open_files) {
        for (; rc == 0 && dirs && *dirs; dirs++)
            rc = allow_dir(rules, *dirs);
    }
    if (rc == 0)
        rc = (int)syscall(SYS_landlock_restrict_self, rules, 0);
    int no = errno;
    close(rules);
    errno = no;
    return rc < 0 ? err_errno(e, "closing the %s's files", role_name(role)) : 0;
}

int sandbox_enter(enum role role, const char *const *dirs, struct err *e)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
        return err_errno(e, "giving up privileges");
    int rc = landlock_enter(role, dirs, e);
    return rc < 0 ? rc : seccomp_enter(role, e);
}

int sandbox_drop(const char *user, struct err *e)
{
    if (user == NULL || *user == '\0' || geteuid() != 0)
        return 0;
    const struct passwd *pw = getpwnam(user);
    if (pw == NULL)
        return err_set(e, ERR_NOENT, "there is no user '%s' on this machine", user);
    if (pw->pw_uid == 0)
        return 0;
    if (setgroups(0, NULL) < 0 || setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) < 0 ||
        setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid) < 0)
        return err_errno(e, "becoming user '%s'", user);
    if (setuid(0) == 0)
        return err_set(e, ERR_DENIED, "user '%s' could become root again", user);
    return 0;
}
