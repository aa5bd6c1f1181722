/* What a request's head says, and which requests get no page. The peer wrote all of it: a length
 * that two programs may read differently, a host that is not ours and fields that hide as others
 * are refused before a body is read. See server_internal.h. */
#include "web/server_internal.h"

#include "base/clock.h"
#include "base/ip.h"

#define COSTLY 10.0

static enum MHD_Result add_field(void *arg, enum MHD_ValueKind kind, const char *name,
                                 const char *value)
{
    struct request *r = arg;
    struct slice v = slice_trim(slice_str(value ? value : "")), n = slice_str(name);
    const struct {
        const char *name;
        struct slice *to;
    } plain[] = {{"cookie", &r->in.cookie},
                 {"accept", &r->in.accept},
                 {"accept-language", &r->in.accept_language},
                 {"content-type", &r->in.content_type},
                 {"origin", &r->in.origin},
                 {"sec-fetch-site", &r->in.fetch_site},
                 {"authorization", &r->in.authorization},
                 {"if-none-match", &r->in.none_match}};
    (void)kind;
    for (size_t i = 0; i < n.n; i++) /* "Content-Length : 5" is no length here and one elsewhere */
        r->is_bad_name |= !ascii_is_alnum(n.p[i]) && !strchr("!#$%&'*+-.^_`|~", n.p[i]);
    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
        if (slice_ieq(n, slice_str(plain[i].name)))
            *plain[i].to = v;
    if (slice_ieq(n, SLICE("host"))) {
        r->in.host = v;
        r->n_hosts++;
    } else if (slice_ieq(n, SLICE("content-length"))) {
        r->n_lengths++;
        r->is_bad_length |= !slice_u64(v, &r->length);
    } else if (slice_ieq(n, SLICE("transfer-encoding"))) {
        r->is_strange |= r->is_chunked || !slice_ieq(v, SLICE("chunked"));
        r->is_chunked = true;
    } else if (slice_ieq(n, SLICE("content-encoding"))) {
        r->is_strange |= !slice_ieq(v, SLICE("identity"));
    } else if (slice_ieq(n, SLICE("accept-encoding"))) {
        r->takes_gzip = slice_ifind(v, SLICE("gzip")) != SIZE_MAX &&
                        slice_ifind(v, SLICE("gzip;q=0")) == SIZE_MAX;
    } else if (slice_ieq(n, SLICE("x-forwarded-for")) && r->on && r->on->is_proxy) {
        size_t comma = slice_rchr(v, ','); /* the last is what our own proxy saw */
        struct ip ip;
        struct slice last = slice_trim(comma == SIZE_MAX ? v : slice_from(v, comma + 1));
        if (ip_parse(last, &ip))
            r->in.client = last;
    }
    return MHD_YES;
}

static int refuse(struct request *r, int status, const char *why)
{
    r->refused = status;
    r->why = why;
    return status;
}

int request_check(struct request *r, const char *method, const char *version)
{
    struct web_server *s = r->server;
    unsigned flags = page_flags(r->in.target);
    size_t max = flags & PAGE_UPLOAD ? (size_t)s->site->conf->max_upload : PAGE_BODY;
    bool is_get = strcmp(method, "GET") == 0 || r->is_head;
    r->body = BUF_INIT(max);
    if (!is_get && !r->in.is_post)
        return refuse(r, 405, "this method is not served\n");
    if (r->is_bad_name || r->in.target.n == 0 || r->in.target.p[0] != '/')
        return refuse(r, 400, "this is no request\n");
    if (r->in.is_post && r->n_lengths == 0 && !r->is_chunked)
        return refuse(r, 411, "the length of the body is missing\n");
    if (r->n_lengths > 1 || r->is_bad_length || (r->is_chunked && r->n_lengths))
        return refuse(r, 400, "the length of the body is not clear\n");
    if (r->is_strange)
        return refuse(r, 415, "this encoding is not known\n");
    if (r->n_hosts > 1 || (r->n_hosts == 0 && strcmp(version, "HTTP/1.0") != 0))
        return refuse(r, 400, "one Host field is needed\n");
    if (r->n_hosts && !site_is_host(s->site, r->in.host))
        return refuse(r, 421, "this host name is not served; see web.hosts\n");
    if (r->length > max)
        return refuse(r, 413, "the body is too long\n");
    if (is_get && (r->length || r->is_chunked))
        return refuse(r, 400, "a body has no meaning here\n");
    double cost = flags & PAGE_COSTLY || (r->in.is_post && !(flags & PAGE_API)) ? COSTLY : 1.0;
    if (!rate_take(&s->rate, r->in.client, cost, clock_mono_us()))
        return refuse(r, 429, "too many requests from your address; try again in a moment\n");
    return 0;
}

void request_read_head(struct request *r)
{
    MHD_get_connection_values(r->conn, MHD_HEADER_KIND, add_field, r);
}
