/* All doors of one process. See doors.h. */
#include "doors/doors.h"

#include "doors/http_door.h"
#include "doors/milter_door.h"
#include "doors/spamd_door.h"

#include <stdlib.h>

static const struct conf_item items[] = {
    {.key = "hold",
     .type = CONF_BOOL,
     .offset = offsetof(struct doors_conf, hold),
     .def = "no",
     .doc = "milter: quarantine by the MTA's hold queue when all recipients agree"},
    {.key = "shadow_headers",
     .type = CONF_BOOL,
     .offset = offsetof(struct doors_conf, shadow_headers),
     .def = "no",
     .doc = "milter: add header lines in shadow mode too"},
    {.key = "max_connections",
     .type = CONF_INT,
     .offset = offsetof(struct doors_conf, max_conns),
     .def = "500",
     .min = 1,
     .max = 10000,
     .doc = "connections per door and worker; further ones wait in the listen queue"},
    {.key = "idle",
     .type = CONF_TIME,
     .offset = offsetof(struct doors_conf, idle_us),
     .def = "2h",
     .min = 10,
     .max = 86400,
     .doc = "milter: silence after which an MTA's connection is closed"},
    {.key = "spamd_tell",
     .type = CONF_BOOL,
     .offset = offsetof(struct doors_conf, spamd_tell),
     .def = "no",
     .doc = "spamd: anybody who reaches the TCP port may teach (spamc sends no token)"},
    {.key = "hosts",
     .type = CONF_LIST,
     .offset = offsetof(struct doors_conf, hosts),
     .def = "",
     .doc = "control HTTP: names allowed in Host besides localhost and addresses"},
    {.key = NULL}};

const struct conf_section DOORS_SECTIONS[] = {{.name = "doors",
                                               .items = items,
                                               .size = sizeof(struct doors_conf),
                                               .doc = "what mail programs connect to"},
                                              {.name = NULL}};

static const struct doors_conf defaults = {.max_conns = 500, .idle_us = 7200000000};

static const struct doors_conf *conf_of(const struct doors_config *config)
{
    return config->conf ? config->conf : &defaults;
}

enum { HTTP_SCAN_PORT, HTTP_CONTROL_PORT, HTTP_CONTROL_SOCKET, HTTP_DOORS };

struct doors {
    struct http_door *http[HTTP_DOORS];
    struct milter_door *milter;
    struct spamd_door *spamd;
};

static int open_http(struct doors *d, struct event_base *base, const struct door_ops *ops,
                     const struct doors_config *config, struct err *e)
{
    const int fds[HTTP_DOORS] = {config->http_fd, config->control_fd, config->socket_fd};
    for (int i = 0; i < HTTP_DOORS; i++) {
        struct http_setup setup = {.is_control = i != HTTP_SCAN_PORT,
                                   .is_shadow = config->is_shadow,
                                   .accepts_on_failure = config->accept_on_failure,
                                   .max_size = config->max_size,
                                   .max_conns = (unsigned)conf_of(config)->max_conns,
                                   .hosts = &conf_of(config)->hosts};
        if (fds[i] < 0)
            continue;
        int rc = http_door_new(base, fds[i], ops, &setup, e, &d->http[i]);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static void open_mail(struct doors *d, struct event_base *base, const struct door_ops *ops,
                      const struct doors_config *config)
{
    const struct doors_conf *conf = conf_of(config);
    struct milter_setup milter = {.max_size = config->max_size,
                                  .is_shadow = config->is_shadow,
                                  .accepts_on_failure = config->accept_on_failure,
                                  .holds = conf->hold,
                                  .shadow_headers = conf->shadow_headers,
                                  .max_conns = (unsigned)conf->max_conns,
                                  .idle_seconds = (int)(conf->idle_us / 1000000)};
    struct spamd_setup spamd = {.max_size = config->max_size,
                                .is_shadow = config->is_shadow,
                                .max_conns = (unsigned)conf->max_conns,
                                .tell_over_tcp = conf->spamd_tell};
    if (config->milter_fd >= 0)
        d->milter = milter_door_new(base, config->milter_fd, ops, &milter);
    if (config->spamd_fd >= 0)
        d->spamd = spamd_door_new(base, config->spamd_fd, ops, &spamd);
}

int doors_open(struct event_base *base, const struct door_ops *ops,
               const struct doors_config *config, struct err *e, struct doors **out)
{
    struct doors *d = calloc(1, sizeof(*d));
    if (d == NULL)
        BUG("out of memory");
    int rc = open_http(d, base, ops, config, e);
    if (rc < 0) {
        doors_free(d);
        return rc;
    }
    open_mail(d, base, ops, config);
    *out = d;
    return 0;
}

void doors_stop(struct doors *d)
{
    if (d->milter)
        milter_door_drain(d->milter);
    if (d->spamd)
        spamd_door_drain(d->spamd);
    for (int i = 0; i < HTTP_DOORS; i++)
        if (d->http[i])
            http_door_drain(d->http[i]);
}

unsigned doors_busy(const struct doors *d)
{
    unsigned n = (d->milter ? milter_door_conns(d->milter) : 0) +
                 (d->spamd ? spamd_door_conns(d->spamd) : 0);
    for (int i = 0; i < HTTP_DOORS; i++)
        n += d->http[i] ? http_door_busy(d->http[i]) : 0;
    return n;
}

void doors_free(struct doors *d)
{
    if (d == NULL)
        return;
    milter_door_free(d->milter);
    spamd_door_free(d->spamd);
    for (int i = 0; i < HTTP_DOORS; i++)
        http_door_free(d->http[i]);
    free(d);
}
