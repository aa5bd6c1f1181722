/* Headers and paths of HTTP requests. See http_head.h. */
#include "doors/http_head.h"

#include "base/err.h"

#include <stdlib.h>

#define PATH_MAX_ 256

static struct slice bare(struct slice a)
{
    a = slice_trim(a);
    if (a.n >= 2 && a.p[0] == '<' && a.p[a.n - 1] == '>')
        return slice_of(a.p + 1, a.n - 2);
    return a;
}

static void add_rcpt(struct http_head *h, struct slice rcpt)
{
    struct envelope *env = &h->env;
    rcpt = bare(rcpt);
    if (rcpt.n == 0)
        return;
    if (env->n_rcpt >= HTTP_RCPT_MAX) {
        h->is_too_much = true;
        return;
    }
    if (env->n_rcpt == h->rcpt_room) {
        h->rcpt_room = h->rcpt_room ? h->rcpt_room * 2 : 4;
        env->rcpt = realloc(env->rcpt, h->rcpt_room * sizeof(*env->rcpt));
        if (env->rcpt == NULL)
            BUG("out of memory");
    }
    env->rcpt[env->n_rcpt++] = rcpt;
}

/* One address, or several with commas; a comma inside quotes belongs to its address. */
static void add_rcpts(struct http_head *h, struct slice list)
{
    size_t from = 0;
    bool is_quoted = false;
    for (size_t i = 0; i < list.n; i++) {
        if (list.p[i] == '\\')
            i++;
        else if (list.p[i] == '"')
            is_quoted = !is_quoted;
        else if (list.p[i] == ',' && !is_quoted) {
            add_rcpt(h, slice_of(list.p + from, i - from));
            from = i + 1;
        }
    }
    add_rcpt(h, slice_from(list, from));
}

static void set_from(struct http_head *h, struct slice v)
{
    h->env.mail_from = bare(v);
    h->env.has_mail_from = true;
}

static void set_token(struct http_head *h, struct slice v)
{
    h->token = v;
}

static void set_bearer(struct http_head *h, struct slice v)
{
    if (slice_istarts(v, SLICE("Bearer ")))
        h->token = slice_trim(slice_from(v, 7));
}

static void set_length(struct http_head *h, struct slice v)
{
    h->n_lengths++;
    if (!slice_u64(v, &h->length))
        h->is_bad_length = true;
}

static void set_transfer(struct http_head *h, struct slice v)
{
    (void)v;
    h->is_chunked = true;
}

static void set_encoding(struct http_head *h, struct slice v)
{
    if (slice_ieq(v, SLICE("zstd")))
        h->is_zstd = true;
    else if (!slice_ieq(v, SLICE("identity")) && v.n)
        h->is_strange = true;
}

static void set_ip(struct http_head *h, struct slice v)
{
    h->env.client_ip = slice_istarts(v, SLICE("IPv6:")) ? slice_from(v, 5) : v;
}

static void set_name(struct http_head *h, struct slice v)
{
    if (!slice_ieq(v, SLICE("unknown")) && !slice_starts(v, SLICE("[")))
        h->env.client_name = v;
}

/* Fields that only set a slice of the envelope or of the head. */
#define ENV(field)  offsetof(struct http_head, env) + offsetof(struct envelope, field)
#define HEAD(field) offsetof(struct http_head, field)
static const struct {
    const char *name;
    size_t offset;
    void (*set)(struct http_head *h, struct slice v);
} fields[] = {{"ip", 0, set_ip},
              {"helo", ENV(helo), NULL},
              {"hostname", 0, set_name},
              {"from", 0, set_from},
              {"rcpt", 0, add_rcpts},
              {"user", ENV(auth_user), NULL},
              {"deliver-to", ENV(user), NULL},
              {"queue-id", ENV(queue_id), NULL},
              {"tls-version", ENV(tls), NULL},
              {"password", 0, set_token},
              {"authorization", 0, set_bearer},
              {"host", HEAD(host), NULL},
              {"origin", HEAD(origin), NULL},
              {"content-length", 0, set_length},
              {"transfer-encoding", 0, set_transfer},
              {"content-encoding", 0, set_encoding},
              {"compression", 0, set_encoding}};

void http_head_add(struct http_head *h, struct slice name, struct slice value)
{
    value = slice_trim(value);
    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
        if (!slice_ieq(name, slice_str(fields[i].name)))
            continue;
        if (fields[i].set)
            fields[i].set(h, value);
        else
            memcpy((char *)h + fields[i].offset, &value, sizeof(value));
        return;
    }
}

void http_head_done(struct http_head *h)
{
    h->env.user = bare(h->env.user);
    if (h->env.user.n == 0 && h->env.n_rcpt == 1 && h->env.auth_user.n == 0)
        h->env.user = h->env.rcpt[0];
}

void http_head_fini(struct http_head *h)
{
    free(h->env.rcpt);
    *h = (struct http_head){0};
}

/* ---- may it be served? ---- */

static struct slice without_port(struct slice host)
{
    size_t colon = slice_rchr(host, ':');
    bool is_v6 = slice_starts(host, SLICE("["));
    if (colon == SIZE_MAX || (is_v6 && slice_ends(host, SLICE("]"))))
        return host;
    return slice_head(host, colon);
}

static bool is_address(struct slice host)
{
    if (host.n == 0)
        return false;
    bool is_v6 = host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']';
    for (size_t i = is_v6; i < host.n - is_v6; i++) {
        bool ok = is_v6 ? ascii_hex(host.p[i]) >= 0 || host.p[i] == ':' || host.p[i] == '.'
                        : ascii_is_digit(host.p[i]) || host.p[i] == '.';
        if (!ok)
            return false;
    }
    return true;
}

static bool is_our_host(struct slice host, const struct conf_list *names)
{
    host = without_port(host);
    if (slice_ieq(host, SLICE("localhost")) || is_address(host))
        return true;
    for (size_t i = 0; names && i < names->n; i++)
        if (slice_ieq(host, names->items[i]))
            return true;
    return false;
}

/* "http://host:port" */
static bool is_same_origin(struct slice origin, struct slice host)
{
    size_t at = slice_find(origin, SLICE("://"));
    return at != SIZE_MAX && slice_ieq(slice_from(origin, at + 3), host);
}

int http_head_refusal(const struct http_head *h, uint64_t body_max, const struct conf_list *names,
                      const char **out_why)
{
    *out_why = NULL;
    if (h->n_lengths > 1 || h->is_bad_length || (h->is_chunked && h->n_lengths)) {
        *out_why = "the length of the body is not clear";
        return 400;
    }
    if (h->is_too_much) {
        *out_why = "too many recipients";
        return 413;
    }
    if (h->length > body_max) {
        *out_why = "the body is too long";
        return 413;
    }
    if (h->is_strange) {
        *out_why = "this encoding is not known; plain or zstd";
        return 415;
    }
    /* HTTP/1.0 has no Host; browsers always send one. */
    if (h->host.n && !is_our_host(h->host, names)) {
        *out_why = "this host name is not served; see doors.hosts";
        return 403;
    }
    if (h->origin.n && !is_same_origin(h->origin, h->host)) {
        *out_why = "requests from other sites' pages are refused";
        return 403;
    }
    return 0;
}

/* ---- paths ---- */

static const struct {
    const char *path;
    enum http_route route;
    int label;
    bool is_public; /* on the scan port, too */
    const char *ask;
} paths[] = {{"/ping", HTTP_PING, 0, true, NULL},
             {"/v1/scan", HTTP_SCAN, 0, true, NULL},
             {"/checkv2", HTTP_CHECK, 0, true, NULL},
             {"/check", HTTP_CHECK, 0, true, NULL},
             {"/symbols", HTTP_CHECK, 0, true, NULL},
             {"/scan", HTTP_CHECK, 0, true, NULL},
             {"/learnspam", HTTP_LEARN, 1, false, NULL},
             {"/learnham", HTTP_LEARN, 0, false, NULL},
             {"/v1/learn/spam", HTTP_LEARN, 1, false, NULL},
             {"/v1/learn/ham", HTTP_LEARN, 0, false, NULL},
             {"/v1/learn/forget", HTTP_LEARN, -1, false, NULL},
             {"/v1/unlearn", HTTP_LEARN, -1, false, NULL},
             {"/v1/dmarc/read", HTTP_REPORT, 0, false, NULL},
             {"/fuzzyadd", HTTP_FUZZY, 0, false, NULL},
             {"/fuzzydel", HTTP_FUZZY, 0, false, NULL},
             {"/fuzzydelhash", HTTP_FUZZY, 0, false, NULL},
             {"/metrics", HTTP_METRICS, 0, false, "metrics"},
             {"/stat", HTTP_ASK, 0, false, "stat"},
             {"/auth", HTTP_ASK, 0, false, "stat"},
             {"/healthz", HTTP_ASK, 0, false, "healthz"}};

static bool is_plain_path(struct slice s)
{
    if (s.n == 0 || s.n > PATH_MAX_ || slice_find(s, SLICE("..")) != SIZE_MAX)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!ascii_is_alnum(s.p[i]) && memchr("/-_.@+=~", s.p[i], 8) == NULL)
            return false;
    return true;
}

enum http_route http_route(struct slice path, bool control, int *out_label, struct slice *out_rest)
{
    for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
        if (!slice_eq(path, slice_str(paths[i].path)))
            continue;
        if (!control && !paths[i].is_public)
            return HTTP_NONE;
        *out_label = paths[i].label;
        *out_rest = slice_str(paths[i].ask);
        return paths[i].route;
    }
    struct slice rest = slice_from(path, 4);
    if (!control || !slice_starts(path, SLICE("/v1/")) || !is_plain_path(rest))
        return HTTP_NONE;
    *out_rest = rest;
    return HTTP_ASK;
}

bool http_needs_post(enum http_route route, struct slice rest)
{
    static const char *const readable[] = {"status",     "stat",     "healthz", "history",
                                           "quarantine", "partners", "dmarc",   "sent-reports"};
    if (route == HTTP_PING || route == HTTP_METRICS)
        return false;
    if (route != HTTP_ASK)
        return true;
    for (size_t i = 0; i < sizeof(readable) / sizeof(*readable); i++)
        if (slice_eq(rest, slice_str(readable[i])))
            return false;
    return !slice_starts(rest, SLICE("why/")) && !slice_starts(rest, SLICE("dmarc/"));
}
