/* libunbound. See unbound.h.
 *
 * Its settings go in as one text through a memory file: some of them (local zones) have no other
 * way in. Caching, stale answers and deadlines are resolve.c's; here it keeps what it needs to
 * find its way. */
#include "ask/unbound.h"
#include "ask/name.h"
#include "ask/packet.h"
#include "base/buf.h"
#include "base/clock.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unbound.h>
#include <unbound-event.h>
#include <unistd.h>

#define CLASS_IN      1
#define SETTINGS_MOST (64u * 1024)
#define FILE_MOST     (64u * 1024)
#define ARENA_MOST    (16u * 1024 * 1024)

struct unbound {
    struct ub_ctx *ctx;
    struct resolver *answers;
    struct arena *arena; /* of the answer at hand */
};

/* What is under way at libunbound. */
struct pending {
    struct unbound *unbound;
    void *cookie;
    enum dns_type type;
    size_t n;
    char name[DNS_NAME_BYTES];
};

/* ---- settings ---- */

static enum dnssec_mode mode_of(const struct unbound_conf *c)
{
    if (c->dnssec != DNSSEC_AUTO)
        return c->dnssec;
    return c->n_forwarders ? DNSSEC_OFFERED : DNSSEC_REQUIRE;
}

static void write_settings(const struct unbound_conf *c, struct buf *b)
{
    enum dnssec_mode mode = mode_of(c);
    buf_str(b, "server:\n use-syslog: no\n verbosity: 0\n edns-buffer-size: 1232\n"
               " qname-minimisation: yes\n aggressive-nsec: yes\n minimal-responses: yes\n"
               " harden-below-nxdomain: yes\n harden-glue: yes\n"
               " cache-max-ttl: 86400\n cache-max-negative-ttl: 3600\n"
               " infra-host-ttl: 60\n infra-keep-probing: yes\n infra-cache-max-rtt: 4000\n"
               " outgoing-range: 512\n num-queries-per-thread: 1024\n"
               " outgoing-num-tcp: 32\n val-bogus-ttl: 5\n");
    buf_printf(b, " module-config: \"%siterator\"\n harden-dnssec-stripped: %s\n",
               mode == DNSSEC_OFF ? "" : "validator ", mode == DNSSEC_REQUIRE ? "yes" : "no");
    buf_printf(b, " msg-cache-size: %zu\n rrset-cache-size: %zu\n key-cache-size: %zu\n",
               c->cache_bytes / 4, c->cache_bytes / 2, c->cache_bytes / 8);
    if (c->hints)
        buf_printf(b, " root-hints: \"%s\"\n", c->hints);
    if (c->n_forwarders == 0)
        return;
    /* Whoever is asked knows best about private addresses and names. */
    buf_str(b, " unknown-server-time-limit: 1000\n do-not-query-localhost: no\n unblock-lan-zones: "
               "yes\n insecure-lan-zones: yes\n"
               " local-zone: \"test.\" nodefault\n local-zone: \"invalid.\" nodefault\n"
               "forward-zone:\n name: \".\"\n");
    for (size_t i = 0; i < c->n_forwarders; i++)
        buf_printf(b, " forward-addr: %.*s\n", SLICE_ARG(c->forwarders[i]));
}

/* An address with an optional port, and nothing that could end the line it is written to. */
bool unbound_is_address(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (ascii_hex(s.p[i]) < 0 && s.p[i] != '.' && s.p[i] != ':' && s.p[i] != '@')
            return false;
    return s.n > 0 && s.n < 64;
}

static int apply_settings(struct ub_ctx *ctx, struct slice text, struct err *e)
{
    char path[64];
    int fd = memfd_create("unbound", MFD_CLOEXEC);
    if (fd < 0)
        return err_errno(e, "resolver settings");
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    int rc = 0;
    if (write(fd, text.p, text.n) != (ssize_t)text.n)
        rc = err_errno(e, "resolver settings");
    else if ((rc = ub_ctx_config(ctx, path)) != 0)
        rc = err_set(e, ERR_IO, "libunbound refuses its settings: %s", ub_strerror(rc));
    close(fd);
    return rc;
}

static int add_anchors(struct ub_ctx *ctx, struct slice text, struct err *e)
{
    struct slice line;
    while (slice_line(&text, &line)) {
        char record[2048];
        line = slice_trim(slice_head(line, slice_chr(line, ';')));
        if (line.n == 0)
            continue;
        if (line.n >= sizeof(record))
            return err_set(e, ERR_PARSE, "trust_anchor: a line is too long");
        memcpy(record, line.p, line.n);
        record[line.n] = '\0';
        if (ub_ctx_add_ta(ctx, record) != 0)
            return err_set(e, ERR_PARSE, "trust_anchor: not a DS or DNSKEY record: %.60s", record);
    }
    return 0;
}

int unbound_new(struct event_base *base, const struct unbound_conf *conf, struct err *e,
                struct unbound **out)
{
    for (size_t i = 0; i < conf->n_forwarders; i++)
        if (!unbound_is_address(conf->forwarders[i]))
            return err_set(e, ERR_USAGE, "resolver: '%.*s' is not ADDRESS or ADDRESS@PORT",
                           SLICE_ARG(conf->forwarders[i]));
    /* No openssl.cnf: it lies outside the walls. */
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    struct unbound *u = calloc(1, sizeof(*u));
    struct buf b = BUF_INIT(SETTINGS_MOST);
    if (u == NULL)
        BUG("out of memory");
    u->ctx = ub_ctx_create_event(base);
    u->arena = arena_new(ARENA_MOST);
    int rc = u->ctx ? 0 : err_set(e, ERR_IO, "libunbound does not start");
    if (rc == 0) {
        ub_ctx_debugout(u->ctx, NULL);
        write_settings(conf, &b);
        rc = apply_settings(u->ctx, buf_slice(&b), e);
    }
    if (rc == 0 && mode_of(conf) != DNSSEC_OFF)
        rc = add_anchors(u->ctx, conf->anchors, e);
    buf_fini(&b);
    if (rc < 0)
        unbound_free(u);
    else
        *out = u;
    return rc;
}

void unbound_free(struct unbound *u)
{
    if (u == NULL)
        return;
    if (u->ctx)
        ub_ctx_delete(u->ctx);
    arena_free(u->arena);
    free(u);
}

/* ---- look-ups ---- */

static void came(void *arg, int rcode, void *packet, int packet_n, int sec, char *why_bogus,
                 int was_limited)
{
    struct pending *p = arg;
    struct unbound *u = p->unbound;
    struct dns_answer a = {0};
    (void)was_limited;
    arena_reset(u->arena);
    /* With an error there is no packet, whatever the pointer says. */
    if (rcode == 0 && packet && packet_n > 0)
        packet_read(u->arena, slice_of(packet, (size_t)packet_n), slice_of(p->name, p->n), p->type,
                    &a);
    else
        a.status = packet_rcode((unsigned)rcode, &a.detail);
    if (a.status == ASK_OK && a.n == 0)
        a.status = ASK_FAILED;
    bool is_answer = a.status != ASK_FAILED;
    if (sec == 1) {
        is_answer = true;
        a = (struct dns_answer){.status = ASK_BOGUS,
                                .detail = why_bogus ? why_bogus : "DNSSEC validation failed"};
    }
    a.is_secure = sec == 2 && is_answer;
    void *cookie = p->cookie;
    free(p);
    if (u->answers)
        resolver_came(u->answers, cookie, &a, is_answer, clock_mono_us());
}

/* A folded name as libunbound reads it: every odd byte as \DDD. */
static void name_text(struct slice name, char out[4 * DNS_NAME_BYTES + 2])
{
    static const char plain[] = "-_.*/=+";
    size_t n = 0;
    for (size_t i = 0; i < name.n; i++) {
        unsigned char c = (unsigned char)name.p[i];
        if (ascii_is_alnum((char)c) || (c && strchr(plain, c)))
            out[n++] = (char)c;
        else
            n += (size_t)snprintf(out + n, 5, "\\%03u", c);
    }
    out[n++] = '.';
    out[n] = '\0';
}

bool unbound_start(void *arg, struct slice name, enum dns_type type, void *cookie)
{
    struct unbound *u = arg;
    char text[4 * DNS_NAME_BYTES + 2];
    struct pending *p = calloc(1, sizeof(*p));
    if (p == NULL || name.n > sizeof(p->name))
        BUG("out of memory");
    *p = (struct pending){.unbound = u, .cookie = cookie, .type = type, .n = name.n};
    if (name.n)
        memcpy(p->name, name.p, name.n);
    name_text(name, text);
    if (ub_resolve_event(u->ctx, text, (int)type, CLASS_IN, p, came, NULL) == 0)
        return true;
    free(p);
    return false;
}

static void warmed(void *arg, int rcode, void *packet, int packet_n, int sec, char *why_bogus,
                   int was_limited)
{
    (void)rcode;
    (void)packet;
    (void)packet_n;
    (void)sec;
    (void)why_bogus;
    (void)was_limited;
    *(bool *)arg = true;
}

/* The first look-up makes libunbound load all it reads; "localhost" it answers by itself. */
int unbound_open(struct unbound *u, struct resolver *answers, struct err *e)
{
    bool is_warm = false;
    int rc = ub_resolve_event(u->ctx, "localhost.", DNS_A, CLASS_IN, &is_warm, warmed, NULL);
    if (rc != 0)
        return err_set(e, ERR_IO, "libunbound does not start: %s", ub_strerror(rc));
    if (!is_warm)
        return err_set(e, ERR_IO, "libunbound does not answer for localhost");
    u->answers = answers;
    return 0;
}

size_t unbound_system(struct arena *a, const char *path, struct slice **out)
{
    char *text = arena_bytes(a, FILE_MOST);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd >= 0 ? read(fd, text, FILE_MOST) : -1;
    struct slice rest = slice_of(text, got > 0 ? (size_t)got : 0), line;
    size_t n = 0;
    if (fd >= 0)
        close(fd);
    *out = ARENA_ARRAY(a, struct slice, 8);
    while (n < 8 && slice_line(&rest, &line)) {
        if (!slice_starts(line, SLICE("nameserver")))
            continue;
        struct slice address = slice_trim(slice_from(line, 10));
        address = slice_head(address, slice_chr(address, ' '));
        if (unbound_is_address(address))
            (*out)[n++] = address;
    }
    return n;
}
