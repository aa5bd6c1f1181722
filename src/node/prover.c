/* Looking at proofs of control. See prover.h. */
#include "node/prover.h"

#include "ask/batch.h"
#include "base/ip.h"
#include "base/lang.h"
#include "base/log.h"
#include "desk/settings.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <event2/event.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <unistd.h>

#define WAIT_MS    20000 /* for DNS */
#define FETCH_MS   4000L /* for one of the two ports */
#define FETCH_MOST 4096u
#define CERTS      "/etc/ssl/certs/ca-certificates.crt"
#define CERTS_MOST (4u << 20)
#define NETS_MOST  16u

struct look {
    struct prover *prover;
    struct look *next;
    struct arena *arena;
    struct prove_order order;
    struct ask *ask;
    struct event *timer;
    uint64_t tag;
};

struct prover {
    struct event_base *base;
    struct ipc *resolver;
    struct look *looks;
    prover_told *told;
    void *arg;
    struct buf certs; /* empty: no fetch by TLS */
    struct net nets[NETS_MOST];
    size_t n_nets; /* of the operator's own that may be reached, too */
};

void prove_pack(struct buf *b, const struct prove_order *o)
{
    pack_u8(b, (uint8_t)o->method);
    pack_bytes(b, o->name);
    pack_bytes(b, o->path);
    pack_bytes(b, o->words);
}

bool prove_unpack(struct slice bytes, struct prove_order *out)
{
    struct unpack u = {.rest = bytes};
    uint8_t method = unpack_u8(&u);
    *out = (struct prove_order){.method = (enum proof_method)method};
    out->name = unpack_bytes(&u);
    out->path = unpack_bytes(&u);
    out->words = unpack_bytes(&u);
    return unpack_done(&u) && (method == PROOF_DNS || method == PROOF_WEB) && out->words.n;
}

static void read_certs(struct buf *out)
{
    char piece[16384];
    ssize_t n = 0;
    int fd = open(CERTS, O_RDONLY | O_CLOEXEC);
    *out = BUF_INIT(CERTS_MOST);
    while (fd >= 0 && (n = read(fd, piece, sizeof(piece))) > 0)
        buf_add(out, slice_of(piece, (size_t)n));
    if (fd >= 0)
        close(fd);
    if (n < 0 || out->full)
        buf_fini(out);
}

struct prover *prover_new(struct event_base *base, const struct conf *c, prover_told *told,
                          void *arg)
{
    struct prover *p = calloc(1, sizeof(*p));
    const struct conf_list *own = &desk_settings(c)->proof_networks;
    if (p == NULL)
        BUG("out of memory");
    p->base = base;
    p->told = told;
    p->arg = arg;
    for (size_t i = 0; i < own->n && p->n_nets < NETS_MOST; i++)
        p->n_nets += net_parse(own->items[i], &p->nets[p->n_nets]);
    read_certs(&p->certs);
    return p;
}

/* ---- the end of a look ---- */

static void forget(struct look *l)
{
    struct look **at = &l->prover->looks;
    while (*at && *at != l)
        at = &(*at)->next;
    if (*at)
        *at = l->next;
    event_free(l->timer);
    arena_free(l->arena);
    free(l);
}

/* NULL: the words are there. */
static void settle(struct look *l, const char *trouble)
{
    struct mail_result r = {trouble ? MAIL_REFUSED : MAIL_SENT, slice_str(trouble ? trouble : "")};
    struct prover *p = l->prover;
    uint64_t tag = l->tag;
    forget(l);
    p->told(p->arg, tag, &r);
}

/* ---- the web ---- */

static bool may_reach(const struct prover *p, const struct ip *ip)
{
    return ip_is_public(ip) || net_any(p->nets, p->n_nets, ip);
}

static size_t take(char *bytes, size_t size, size_t n, void *arg)
{
    struct buf *b = arg;
    buf_add(b, slice_of(bytes, size * n));
    return b->full ? 0 : size * n;
}

/* Whatever the library made of the address: a socket is opened only to one that may be reached. */
static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct ip ip = {0};
    if (to->family == AF_INET) {
        static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
        const struct sockaddr_in *v4 = (const void *)&to->addr;
        memcpy(ip.byte, mapped, sizeof(mapped));
        memcpy(ip.byte + 12, &v4->sin_addr, 4);
        ip.is_v4 = true;
    } else if (to->family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const void *)&to->addr;
        memcpy(ip.byte, &v6->sin6_addr, 16);
    }
    if (purpose != CURLSOCKTYPE_IPCXN || !may_reach(arg, &ip))
        return CURL_SOCKET_BAD;
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

/* One GET to that address; true: the words came. */
static bool fetch(struct look *l, const char *scheme, const struct ip *ip)
{
    char text[46], where[60];
    struct buf body = BUF_INIT(FETCH_MOST);
    long code = 0;
    CURL *c = curl_easy_init();
    if (c == NULL)
        BUG("out of memory");
    ip_format(ip, text);
    snprintf(where, sizeof(where), ip->is_v4 ? "::%s:" : "::[%s]:", text);
    struct curl_slist *to = curl_slist_append(NULL, where);
    struct curl_blob certs = {l->prover->certs.p, l->prover->certs.n, CURL_BLOB_NOCOPY};
    const char *url = arena_printf(l->arena, "%s://%.*s%.*s", scheme, SLICE_ARG(l->order.name),
                                   SLICE_ARG(l->order.path))
                          .p;
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, scheme);
    curl_easy_setopt(c, CURLOPT_CONNECT_TO, to);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, l->prover);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, &body);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, FETCH_MS);
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
    curl_easy_setopt(c, CURLOPT_CAINFO_BLOB, &certs);
    curl_easy_setopt(c, CURLOPT_USERAGENT, "muster");
    CURLcode rc = curl_easy_perform(c);
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &code);
    curl_easy_cleanup(c);
    curl_slist_free_all(to);
    bool is = rc == CURLE_OK && code == 200 && proof_says(buf_slice(&body), l->order.words);
    buf_fini(&body);
    return is;
}

/* The first address of one kind that may be reached. */
static bool address_of(const struct look *l, const struct dns_answer *a, struct ip *out)
{
    char text[INET6_ADDRSTRLEN];
    for (size_t i = 0; a->status == ASK_OK && i < a->n; i++) {
        int family = a->rdata[i].n == 4 ? AF_INET : a->rdata[i].n == 16 ? AF_INET6 : 0;
        if (family && inet_ntop(family, a->rdata[i].p, text, sizeof(text)) &&
            ip_parse(slice_str(text), out) && may_reach(l->prover, out))
            return true;
    }
    return false;
}

static void look_at_web(struct look *l)
{
    struct ip ip;
    const struct dns_answer *v4 = ask_dns(l->ask, l->order.name, DNS_A);
    const struct dns_answer *v6 = ask_dns(l->ask, l->order.name, DNS_AAAA);
    if (v4 == NULL || v6 == NULL)
        return;
    if (!address_of(l, v4, &ip) && !address_of(l, v6, &ip))
        settle(l, N_("The name has no public address."));
    else if ((l->prover->certs.n && fetch(l, "https", &ip)) || fetch(l, "http", &ip))
        settle(l, NULL);
    else
        settle(l, N_("The file is not there, or says something else."));
}

/* ---- DNS ---- */

static void look_at_dns(struct look *l)
{
    struct slice text;
    const struct dns_answer *a = ask_dns(l->ask, l->order.name, DNS_TXT);
    if (a == NULL)
        return;
    for (size_t i = 0; a->status == ASK_OK && i < a->n; i++) {
        if (dns_txt(l->arena, a->rdata[i], &text) && proof_says(text, l->order.words)) {
            settle(l, NULL);
            return;
        }
    }
    settle(l, a->status == ASK_OK ? N_("The record is there, but says something else.")
              : a->status == ASK_NODATA || a->status == ASK_NXDOMAIN
                  ? N_("There is no such record yet. DNS may remember that for an hour.")
                  : N_("DNS gave no answer that can be trusted; try again later."));
}

static void send_questions(struct look *l)
{
    struct buf b = BUF_INIT(65536);
    while (l->prover->resolver && batch_pack(&b, l->ask, WAIT_MS) > 0) {
        ipc_send(l->prover->resolver, IPC_RESOLVE, l->tag, buf_slice(&b));
        buf_reset(&b);
    }
    buf_fini(&b);
}

static void go_on(struct look *l)
{
    if (l->order.method == PROOF_DNS)
        look_at_dns(l);
    else
        look_at_web(l);
}

static struct look *find(struct prover *p, uint64_t tag)
{
    struct look *l = p->looks;
    while (l && l->tag != tag)
        l = l->next;
    return l;
}

/* Goes on; what is still there then waits for answers. */
static void step(struct prover *p, uint64_t tag)
{
    struct look *l = find(p, tag);
    if (l)
        go_on(l);
    if ((l = find(p, tag)) != NULL)
        send_questions(l);
}

static void on_deadline(evutil_socket_t fd, short what, void *arg)
{
    struct look *l = arg;
    (void)fd;
    (void)what;
    ask_give_up(l->ask, ASK_TIMEOUT, "no answer in time");
    go_on(l);
}

void prover_begin(struct prover *p, uint64_t tag, struct slice order)
{
    static const struct timeval patience = {2 * WAIT_MS / 1000, 0};
    struct look *l = calloc(1, sizeof(*l));
    if (l == NULL)
        BUG("out of memory");
    *l = (struct look){.prover = p, .tag = tag, .arena = arena_new(0), .next = p->looks};
    l->timer = event_new(p->base, -1, 0, on_deadline, l);
    if (l->timer == NULL)
        BUG("out of memory");
    p->looks = l;
    event_add(l->timer, &patience);
    l->ask = ask_new(l->arena, NULL);
    if (prove_unpack(arena_dup(l->arena, order), &l->order))
        step(p, tag);
    else
        settle(l, "the order is not well formed");
}

bool prover_answered(struct prover *p, uint64_t tag, struct slice answers)
{
    struct look *l = find(p, tag);
    if (l == NULL)
        return false;
    if (batch_take(l->ask, answers) < 0)
        log_event(LOG_ERROR, "dns_answers", "error", LOG_S("not well formed"), NULL);
    step(p, tag);
    return true;
}

void prover_meet(struct prover *p, struct ipc *resolver)
{
    p->resolver = resolver;
    for (struct look *l = p->looks; resolver && l; l = l->next) {
        ask_send_again(l->ask);
        send_questions(l);
    }
}
