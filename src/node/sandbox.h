/* The walls of each process: which system calls it may make once its files are open.
 *
 * One table per role (sandbox_table.c). Opening a file gives EACCES; exec, new sockets,
 * connecting and tracing kill the process; Landlock closes the file system besides, where the
 * kernel has it. Applied after everything is opened and libraries are warmed up.
 */
#ifndef MUSTER_NODE_SANDBOX_H
#define MUSTER_NODE_SANDBOX_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

enum role {
    ROLE_MASTER,
    ROLE_SCANNER,
    ROLE_KEEPER,
    ROLE_MAILER,
    ROLE_RESOLVER,
    ROLE_SIGNER,
    ROLE_WEB,
    ROLE_PARSER,
    ROLES
};

const char *role_name(enum role role);

/* One row of a table: a system call by name. */
struct sandbox_role {
    const char *const *allow; /* NULL at the end; besides what every role may */
    const char *const *deny;  /* these give EACCES instead of killing */
    bool may_open_files;      /* below `dirs` given to sandbox_enter alone (Landlock) */
    bool may_open_sockets;
};

const struct sandbox_role *sandbox_role(enum role role);

/* Closes the walls for good. dirs: folders that stay writable for a role that may open files
 * (NULL-terminated; may be NULL). Error: the kernel lacks seccomp. */
MUST_USE int sandbox_enter(enum role role, const char *const *dirs, struct err *e);
/* Gives up root: supplementary groups, group, user; refuses to come back. user NULL or not root:
 * nothing. */
MUST_USE int sandbox_drop(const char *user, struct err *e);

#endif
