/* What a child process is given when master forks it, and how it begins. */
#ifndef MUSTER_NODE_PROCESS_H
#define MUSTER_NODE_PROCESS_H

#include "node/config.h"
#include "node/ipc.h"
#include "node/sandbox.h"
#include "node/walls.h"

enum door_kind { DOOR_MILTER, DOOR_SPAMD, DOOR_HTTP, DOOR_CONTROL, DOOR_SOCKET, DOOR_WEB, DOORS };

struct child_start {
    enum role role;
    unsigned index; /* of its role */
    const struct conf *conf;
    const char *conf_path; /* as named on the command line, or NULL */
    int master_fd;         /* channel to master */
    int base_fd;           /* the day-one model, opened by master; -1: none */
    int lookup_fd;         /* the command line's own resolver; 0: none */
    int doors[DOORS];      /* listening sockets, -1: closed; for scanners, and web */
    struct walls *walls;
};

/* The main functions of the roles; the return value is the exit status. */
int scanner_main(const struct child_start *s);
int keeper_main(const struct child_start *s);
int mailer_main(const struct child_start *s);
int resolver_main(const struct child_start *s);
int signer_main(const struct child_start *s);
int web_main(const struct child_start *s);

/* First steps of every child: name, signals, no descriptors but its own, log. */
void process_begin(const struct child_start *s);
/* Last step before work: gives up root, closes the walls, tells master it is ready. */
MUST_USE int process_close_walls(const struct child_start *s, const char *const *dirs,
                                 struct ipc *master, struct err *e);

/* The master: opens sockets, forks, watches, reloads. Comes back when all stopped. path may be
 * NULL. */
int master_run(const char *path, struct err *e);

#endif
