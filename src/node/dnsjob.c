/* The check of a domain in children. See dnsjob.h. */
#include "node/dnsjob.h"
#include "auth/crypt.h"
#include "base/escape.h"
#include "base/ip.h"
#include "base/json.h"
#include "node/ipc.h"
#include "node/language.h"
#include "node/process.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTPUT_MOST   (4u << 20)
#define ANSWER_MS     (5 * 60 * 1000)
#define FETCH_SECONDS 15
#define ROUNDS_MOST   64

/* ---- words ---- */

static void put(struct buf *b, struct slice s, size_t most)
{
    escape_add(b, ESCAPE_TERM, s, most);
}

/* Lines of a text, each behind `indent`. */
static void put_lines(struct buf *b, const char *indent, struct slice s)
{
    struct slice line;
    bool is_first = true;
    while (slice_line(&s, &line)) {
        buf_str(b, is_first ? "" : indent);
        put(b, line, 1000);
        buf_chr(b, '\n');
        is_first = false;
    }
}

/* "      LABEL: ", as wide as the longest in English. */
static void put_label(struct buf *b, const struct lang *lang, const char *msgid)
{
    const char *text = lang_text(lang, msgid);
    int gap = 8;
    for (const char *s = text; *s; s++)
        gap -= ((unsigned char)*s & 0xC0) != 0x80;
    buf_printf(b, "      %s:%*s", text, gap > 0 ? gap : 1, "");
}

static void put_item(struct buf *b, const struct lang *lang, const struct dnscheck_item *i)
{
    struct buf filling = BUF_INIT(2048);
    put(&filling, i->filling, 500);
    buf_printf(b, "  [%s] %s: ", lang_text(lang, dnscheck_state_name(i->state)),
               lang_text(lang, dnscheck_topic_name(i->topic)));
    lang_fill(lang, i->text, buf_slice(&filling), b);
    buf_chr(b, '\n');
    if (i->seen.n && i->state != DNSCHECK_NOTE) {
        put_label(b, lang, N_("now"));
        put_lines(b, "               ", i->seen);
    }
    if (i->advice) {
        put_label(b, lang, N_("do"));
        buf_printf(b, "%s\n", lang_text(lang, i->advice));
    }
    if (i->publish.n) {
        put_label(b, lang, N_("publish"));
        put(b, i->publish_name, 500);
        buf_str(b, slice_chr(i->publish, '\n') == SIZE_MAX ? "  " : "\n               ");
        put_lines(b, "               ", i->publish);
    }
    buf_fini(&filling);
}

static void put_spf_tree(struct buf *b, const struct lang *lang, const struct spf_result *r)
{
    buf_printf(b, "\n%s (%u/%d)\n", lang_text(lang, N_("SPF, as servers follow it")), r->lookups,
               SPF_LOOKUPS);
    for (const struct spf_step *s = r->steps; s; s = s->next) {
        buf_printf(b, "  %*s", (int)(s->depth < 12 ? s->depth : 12) * 4 + (s->term.n ? 2 : 0), "");
        if (s->term.n) {
            put(b, s->term, 200);
        } else {
            put(b, s->domain, 255);
            buf_str(b, ": ");
            put(b, s->target, 300);
        }
        if (s->note)
            buf_printf(b, "  (%s)", lang_text(lang, s->note));
        buf_chr(b, '\n');
    }
}

static void put_walk(struct buf *b, const struct lang *lang, const struct dmarc_walk *w)
{
    buf_printf(b, "\n%s (%zu/%d)\n", lang_text(lang, N_("DMARC, as servers look for it")), w->n,
               DMARC_QUERIES);
    for (size_t i = 0; i < w->n; i++) {
        const struct dmarc_step *s = &w->step[i];
        buf_str(b, "  _dmarc.");
        put(b, s->domain, 255);
        buf_str(b, ": ");
        if (s->found == DMARC_FOUND_RECORD)
            put(b, s->record.text, 300);
        else
            buf_str(b, lang_text(lang, dnscheck_found_words(s->found)));
        if (s == w->policy)
            buf_printf(b, "  (%s)", lang_text(lang, N_("this one counts")));
        buf_chr(b, '\n');
    }
    if (w->is_incomplete)
        return;
    struct buf org = BUF_INIT(2048);
    put(&org, w->org, 255);
    buf_str(b, "  ");
    lang_fill(lang, N_("organisation: %s"), buf_slice(&org), b);
    buf_chr(b, '\n');
    buf_fini(&org);
}

static void put_group(struct buf *b, const struct lang *lang, const struct dnscheck *d,
                      const char *title, int from, int to)
{
    bool is_first = true;
    for (const struct dnscheck_item *i = d->items; i; i = i->next) {
        if (i->rank < from || i->rank > to)
            continue;
        if (is_first)
            buf_printf(b, "\n%s\n", lang_text(lang, title));
        is_first = false;
        put_item(b, lang, i);
    }
}

static void put_all(struct buf *b, const struct lang *lang, const struct dnscheck *d)
{
    const char *gap = ": ";
    put(b, d->domain, 255);
    for (int s = DNSCHECK_STATES - 1; s >= 0; s--) {
        if (d->counts[s])
            buf_printf(b, "%s%zu %s", gap, d->counts[s],
                       lang_text(lang, dnscheck_state_name((enum dnscheck_state)s)));
        gap = d->counts[s] ? ", " : gap;
    }
    buf_chr(b, '\n');
    put_group(b, lang, d, N_("Do this first"), 1, 3);
    put_group(b, lang, d, N_("Then this"), 4, 9);
    put_group(b, lang, d, N_("Good, or only to know"), 0, 0);
    if (d->spf.steps)
        put_spf_tree(b, lang, &d->spf);
    if (d->walk.n)
        put_walk(b, lang, &d->walk);
}

/* ---- the child that asks ---- */

static int work(int fd, struct lookup *lookup, const struct dnscheck_in *in, bool as_json,
                const struct lang *lang)
{
    struct err e = {0};
    struct dnscheck d;
    struct buf b = BUF_INIT(OUTPUT_MOST);
    struct ask_limits limits = {.questions = 1000};
    struct ask *q = ask_new(in->arena, &limits);
    for (int round = 0; !dnscheck_run(in, q, &d); round++) {
        if (round == ROUNDS_MOST)
            ask_give_up(q, ASK_LIMIT, "too many rounds");
        else
            lookup_round(lookup, q, 0);
    }
    dnscheck_sort(&d);
    pack_u8(&b, dnscheck_is_bad(&d));
    pack_u8(&b, d.has_sts);
    if (as_json) {
        struct json j = JSON_INIT(&b);
        dnscheck_json(&d, &j);
        buf_chr(&b, '\n');
    } else {
        put_all(&b, lang, &d);
    }
    return ipc_write(fd, IPC_PARSED, 1, buf_slice(&b), &e) < 0 ? 3 : 0;
}

static _Noreturn void asker(int fd, const struct conf *conf, struct lookup *lookup,
                            const struct dnscheck_in *in, bool as_json)
{
    struct err e = {0};
    struct child_start s = {.role = ROLE_PARSER,
                            .conf = conf,
                            .master_fd = fd,
                            .base_fd = -1,
                            .lookup_fd = lookup_fd(lookup),
                            .doors = {-1, -1, -1, -1, -1}};
    process_begin(&s);
    signal(SIGINT, SIG_DFL);
    const struct lang *lang = as_json ? NULL : language_of_user(in->arena, conf);
    int rc = crypt_warm(&e);
    if (rc == 0)
        rc = sandbox_drop("nobody", &e);
    if (rc == 0)
        rc = sandbox_enter(ROLE_PARSER, NULL, &e);
    if (rc < 0)
        _exit(ipc_write(fd, IPC_PARSED, 3, slice_str(e.text), &e) < 0 ? 3 : 0);
    _exit(work(fd, lookup, in, as_json, lang));
}

int dnsjob_run(const struct conf *conf, struct lookup *lookup, const struct dnscheck_in *in,
               bool as_json, struct err *e, struct dnsjob_result *out)
{
    int pair[2], status;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return err_errno(e, "starting the check");
    pid_t pid = fork();
    if (pid == 0) {
        close(pair[0]);
        asker(pair[1], conf, lookup, in, as_json);
    }
    close(pair[1]);
    struct ipc_reader r = {BUF_INIT(OUTPUT_MOST + 65536), 0};
    struct ipc_message m;
    int rc = pid < 0 ? err_errno(e, "starting the check") : ipc_read(pair[0], &r, &m, ANSWER_MS, e);
    if (rc >= 0 && m.tag != 1)
        rc = err_set(e, ERR_IO, "%.*s", SLICE_ARG(m.payload));
    if (rc >= 0) {
        struct unpack u = {.rest = m.payload};
        out->is_bad = unpack_u8(&u) != 0;
        out->has_sts = unpack_u8(&u) != 0;
        out->output = arena_dup(in->arena, u.rest);
        rc = 0;
    }
    close(pair[0]);
    if (pid > 0)
        waitpid(pid, &status, 0);
    buf_fini(&r.in);
    return rc;
}

/* ---- the child that fetches ---- */

struct page {
    struct buf body;
};

static size_t on_body(char *p, size_t size, size_t n, void *arg)
{
    struct page *page = arg;
    buf_add(&page->body, slice_of(p, size * n));
    return page->body.full ? 0 : size * n;
}

/* The domain names the server: it must not be one of our own network. */
static curl_socket_t on_socket(void *arg, curlsocktype what, struct curl_sockaddr *to)
{
    char text[46];
    struct ip ip;
    struct net net;
    static const char *const inside[] = {"10.0.0.0/8",    "172.16.0.0/12", "192.168.0.0/16",
                                         "100.64.0.0/10", "127.0.0.0/8",   "169.254.0.0/16",
                                         "0.0.0.0/8",     "::/127",        "fc00::/7",
                                         "fe80::/10",     "224.0.0.0/3"};
    (void)arg;
    (void)what;
    const void *from =
        to->family == AF_INET
            ? (const void *)&((const struct sockaddr_in *)(const void *)&to->addr)->sin_addr
            : (const void *)&((const struct sockaddr_in6 *)(const void *)&to->addr)->sin6_addr;
    if (inet_ntop(to->family, from, text, sizeof(text)) == NULL || !ip_parse(slice_str(text), &ip))
        return CURL_SOCKET_BAD;
    for (size_t i = 0; i < sizeof(inside) / sizeof(*inside); i++) {
        if (net_parse(slice_str(inside[i]), &net) && net_has(&net, &ip))
            return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static CURLcode get(const char *url, struct page *page, long *out_code, struct buf *type,
                    char words[CURL_ERROR_SIZE])
{
    const char *said = NULL;
    CURL *c = curl_easy_init();
    if (c == NULL)
        BUG("out of memory");
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https");
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)FETCH_SECONDS);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_USERAGENT, "muster/" MUSTER_VERSION);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, on_socket);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, page);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, words);
    CURLcode rc = curl_easy_perform(c);
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, out_code);
    curl_easy_getinfo(c, CURLINFO_CONTENT_TYPE, &said);
    buf_str(type, said ? said : "");
    curl_easy_cleanup(c);
    return rc;
}

static _Noreturn void fetcher(int fd, const char *url)
{
    struct err e = {0};
    struct page page = {BUF_INIT(DNSJOB_PAGE)};
    struct buf b = BUF_INIT(DNSJOB_PAGE + 4096), type = BUF_INIT(256);
    struct rlimit small = {512u << 20, 512u << 20};
    char words[CURL_ERROR_SIZE] = "";
    long code = 0;
    setrlimit(RLIMIT_AS, &small);
    if (sandbox_drop("nobody", &e) < 0)
        _exit(3);
    CURLcode rc = get(url, &page, &code, &type, words);
    struct buf why = BUF_INIT(512);
    if (rc != CURLE_OK)
        buf_str(&why, words[0] ? words : curl_easy_strerror(rc));
    else if (code != 200)
        buf_printf(&why, "the server answers %ld", code);
    pack_bytes(&b, buf_slice(&why));
    pack_bytes(&b, buf_slice(&type));
    pack_bytes(&b, buf_slice(&page.body));
    _exit(ipc_write(fd, IPC_PARSED, 1, buf_slice(&b), &e) < 0 ? 3 : 0);
}

void dnsjob_fetch(struct arena *a, const char *url, struct dnscheck_page *out)
{
    int pair[2], status;
    struct err e = {0};
    *out = (struct dnscheck_page){.was_tried = true, .error = "the page could not be fetched"};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return;
    pid_t pid = fork();
    if (pid == 0) {
        close(pair[0]);
        fetcher(pair[1], url);
    }
    close(pair[1]);
    struct ipc_reader r = {BUF_INIT(DNSJOB_PAGE + 65536), 0};
    struct ipc_message m;
    if (pid > 0 && ipc_read(pair[0], &r, &m, 2 * FETCH_SECONDS * 1000, &e) >= 0) {
        struct unpack u = {.rest = m.payload};
        struct slice why = unpack_bytes(&u);
        out->type = arena_dup(a, unpack_bytes(&u));
        out->body = arena_dup(a, unpack_bytes(&u));
        out->is_there = !u.bad && why.n == 0;
        out->error = arena_cstr(a, why);
    }
    close(pair[0]);
    if (pid > 0)
        waitpid(pid, &status, 0);
    buf_fini(&r.in);
}
