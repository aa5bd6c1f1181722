/* What each role may do beyond reading, writing and waiting on descriptors it already has. */
#include "node/sandbox.h"

static const char *const files_closed[] = {"open",       "openat",
                                           "openat2",    "creat",
                                           "unlink",     "unlinkat",
                                           "rename",     "renameat",
                                           "renameat2",  "mkdir",
                                           "mkdirat",    "access",
                                           "faccessat",  "faccessat2",
                                           "stat",       "lstat",
                                           "statx",      "statfs",
                                           "readlink",   "readlinkat",
                                           "getcwd",     "sched_getaffinity",
                                           "sysinfo",    "uname",
                                           "getdents64", NULL};

/* Accepting on sockets that master opened; never making one. */
static const char *const scanner_allow[] = {"accept",      "accept4", "getsockname",
                                            "getpeername", "msync",   NULL};

static const char *const keeper_allow[] = {"open",        "openat",      "unlink",
                                           "unlinkat",    "rename",      "renameat",
                                           "renameat2",   "mkdir",       "mkdirat",
                                           "access",      "faccessat",   "faccessat2",
                                           "stat",        "lstat",       "statx",
                                           "statfs",      "fstatfs",     "readlink",
                                           "readlinkat",  "getcwd",      "getdents64",
                                           "fsync",       "fdatasync",   "sync_file_range",
                                           "ftruncate",   "fallocate",   "flock",
                                           "msync",       "chmod",       "fchmod",
                                           "fchmodat",    "link",        "linkat",
                                           "rmdir",       "umask",       "utimensat",
                                           "fadvise64",   "getppid",     "geteuid",
                                           "getgid",      "getegid",     "sysinfo",
                                           "uname",       "accept",      "accept4",
                                           "getsockname", "getpeername", "fchown",
                                           "dup",         "kill",        "sched_getaffinity",
                                           NULL};

static const char *const mailer_allow[] = {
    "socket",    "socketpair",      "connect",  "getsockname", "getpeername", "bind",
    "open",      "openat",          "stat",     "lstat",       "statx",       "access",
    "faccessat", "faccessat2",      "readlink", "getcwd",      "uname",       "clone",
    "clone3",    "set_robust_list", "sendmmsg", "recvmmsg",    "sysinfo",     "sched_getaffinity",
    "pipe2",     "getdents64",      NULL};

/* Sockets to name servers; no files. */
static const char *const resolver_allow[] = {"socket",      "connect",  "bind",     "getsockname",
                                             "getpeername", "sendmmsg", "recvmmsg", NULL};

static const struct sandbox_role roles[ROLES] = {
    [ROLE_SCANNER] = {.allow = scanner_allow, .deny = files_closed},
    [ROLE_KEEPER] = {.allow = keeper_allow, .may_open_files = true},
    [ROLE_MAILER] = {.allow = mailer_allow, .may_open_sockets = true},
    [ROLE_RESOLVER] = {.allow = resolver_allow, .deny = files_closed, .may_open_sockets = true},
    [ROLE_SIGNER] = {.deny = files_closed},
    [ROLE_WEB] = {.allow = scanner_allow, .deny = files_closed},
    [ROLE_PARSER] = {.deny = files_closed},
};

const struct sandbox_role *sandbox_role(enum role role)
{
    return &roles[role];
}

const char *role_name(enum role role)
{
    static const char *const names[ROLES] = {"master",   "scanner", "keeper", "mailer",
                                             "resolver", "signer",  "web",    "parser"};
    return names[role];
}
