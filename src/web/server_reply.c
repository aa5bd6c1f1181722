/* Answers on the wire: fields that every page has, caching, packing. See server_internal.h. */
#include "web/server_internal.h"

#include <zlib.h>

static void add_fixed(const struct web_server *s, struct MHD_Response *m)
{
    static const char *const fixed[][2] = {
        {"Content-Security-Policy",
         "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
         "frame-ancestors 'none'; base-uri 'none'"},
        {"X-Content-Type-Options", "nosniff"},
        {"X-Frame-Options", "DENY"},
        {"Referrer-Policy", "same-origin"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Permissions-Policy", "camera=(), geolocation=(), microphone=(), browsing-topics=()"},
    };
    for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
        MHD_add_response_header(m, fixed[i][0], fixed[i][1]);
    if (s->site->is_secure)
        MHD_add_response_header(m, "Strict-Transport-Security", "max-age=31536000");
    if (s->is_draining)
        MHD_add_response_header(m, "Connection", "close");
}

static struct slice packed(struct arena *a, struct slice s)
{
    z_stream z = {0};
    if (s.n < 1000 || deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return s;
    size_t room = deflateBound(&z, s.n);
    unsigned char *out = arena_alloc(a, room);
    z.next_in = (unsigned char *)(uintptr_t)s.p;
    z.avail_in = (uInt)s.n;
    z.next_out = out;
    z.avail_out = (uInt)room;
    bool ok = deflate(&z, Z_FINISH) == Z_STREAM_END;
    deflateEnd(&z);
    return ok ? slice_of((char *)out, z.total_out) : s;
}

enum MHD_Result request_reply(struct request *r)
{
    const struct web_reply *w = &r->page->run->reply;
    struct slice body = buf_slice(&w->body), plain = body;
    const char *etag = NULL;
    bool has_cache = false;
    if (w->asset)
        body = r->takes_gzip && w->asset->packed.n ? w->asset->packed : w->asset->bytes;
    else if (r->takes_gzip && !w->is_private)
        body = packed(r->page->arena, body);
    bool is_packed = w->asset ? body.p != w->asset->bytes.p : body.p != plain.p;
    int status = w->status;
    for (unsigned i = 0; i < w->n_headers; i++)
        if (strcmp(w->header[i].name, "ETag") == 0)
            etag = w->header[i].value;
    if (etag && slice_find(r->in.none_match, slice_str(etag)) != SIZE_MAX) {
        status = 304;
        body = SLICE("");
    }
    struct MHD_Response *m = MHD_create_response_from_buffer(
        body.n, (void *)(uintptr_t)(body.p ? body.p : ""), MHD_RESPMEM_MUST_COPY);
    if (m == NULL)
        return MHD_NO;
    MHD_add_response_header(m, "Content-Type", w->type);
    for (unsigned i = 0; i < w->n_headers; i++) {
        MHD_add_response_header(m, w->header[i].name, w->header[i].value);
        has_cache |= strcmp(w->header[i].name, "Cache-Control") == 0;
    }
    if (!has_cache)
        MHD_add_response_header(m, "Cache-Control", w->is_private ? "no-store" : "no-cache");
    MHD_add_response_header(m, "Vary", "Accept-Encoding, Accept-Language, Cookie");
    if (is_packed && status != 304)
        MHD_add_response_header(m, "Content-Encoding", "gzip");
    if (status == 405)
        MHD_add_response_header(m, "Allow", "GET, HEAD, POST");
    add_fixed(r->server, m);
    enum MHD_Result rc = MHD_queue_response(r->conn, (unsigned)status, m);
    MHD_destroy_response(m);
    web_conn_phase(r->on, CONN_WRITING);
    return rc;
}

enum MHD_Result request_refuse(struct request *r)
{
    struct MHD_Response *m = MHD_create_response_from_buffer(
        strlen(r->why), (void *)(uintptr_t)r->why, MHD_RESPMEM_PERSISTENT);
    if (m == NULL)
        return MHD_NO;
    MHD_add_response_header(m, "Content-Type", "text/plain; charset=utf-8");
    MHD_add_response_header(m, "Cache-Control", "no-store");
    MHD_add_response_header(m, "Connection", "close");
    if (r->refused == 405)
        MHD_add_response_header(m, "Allow", "GET, HEAD, POST");
    if (r->refused == 429)
        MHD_add_response_header(m, "Retry-After", "10");
    add_fixed(r->server, m);
    enum MHD_Result rc = MHD_queue_response(r->conn, (unsigned)r->refused, m);
    MHD_destroy_response(m);
    web_conn_phase(r->on, CONN_WRITING);
    return rc;
}
