/* Bodies of HTTP answers. See http_answer.h. */
#include "doors/http_answer.h"

#include "base/err.h"
#include "doors/edits.h"
#include "doors/say.h"

#include <stdlib.h>
#include <zstd.h>

#define WINDOW_LOG_MAX 25 /* 32 MiB: what a sender can make the decoder allot */

const char *http_action_name(enum action a)
{
    switch (a) {
    case ACTION_TAG:
    case ACTION_QUARANTINE: /* few clients know "quarantine", and they would let it through */
        return "add header";
    case ACTION_GREYLIST:
        return "greylist";
    case ACTION_DEFER:
        return "soft reject";
    case ACTION_REJECT:
        return "reject";
    case ACTION_DISCARD:
        return "discard";
    default:
        return "no action";
    }
}

static bool has_come_before(const struct scan *s, const struct finding *f)
{
    for (const struct finding *g = s->findings.first; g != f; g = g->next)
        if (strcmp(g->name, f->name) == 0)
            return true;
    return false;
}

/* Findings of one name become one symbol: its score their sum, its options their details. */
static void add_symbol(struct json *j, const struct finding *f)
{
    struct buf text = BUF_INIT(1024);
    double points = 0.0;
    for (const struct finding *g = f; g; g = g->next)
        points += strcmp(g->name, f->name) == 0 ? g->points : 0.0;
    say_symbol(f, &text);
    jsonw_object(j, buf_cstr(&text));
    jsonw_text(j, "name", buf_slice(&text));
    jsonw_num(j, "score", points, 3);
    jsonw_num(j, "metric_score", points, 3);
    buf_reset(&text);
    say_finding(f, ESCAPE_TERM, &text);
    jsonw_text(j, "description", buf_slice(&text));
    jsonw_array(j, "options");
    for (const struct finding *g = f; g; g = g->next)
        if (g->detail.n && strcmp(g->name, f->name) == 0)
            jsonw_text(j, NULL, g->detail);
    jsonw_array_end(j);
    jsonw_object_end(j);
    buf_fini(&text);
}

static void add_symbols(struct json *j, const struct scan *s)
{
    jsonw_object(j, "symbols");
    for (const struct finding *f = s->findings.first; f; f = f->next)
        if (f->state == FINDING_DONE && !has_come_before(s, f))
            add_symbol(j, f);
    jsonw_object_end(j);
}

static const char *name_of(struct slice name, char room[128])
{
    struct slice s = slice_head(name, 127);
    memcpy(room, s.p, s.n);
    room[s.n] = '\0';
    return room;
}

static void add_edits(struct json *j, struct slice edits)
{
    struct slice rest = edits;
    struct edit e;
    char name[128];
    jsonw_object(j, "milter");
    jsonw_object(j, "remove_headers");
    while (edit_next(&rest, &e))
        if (!e.is_add && e.value.n == 0) /* 0: all of that name */
            jsonw_int(j, name_of(e.name, name), 0);
    jsonw_object_end(j);
    jsonw_object(j, "add_headers");
    rest = edits;
    while (edit_next(&rest, &e)) {
        if (!e.is_add)
            continue;
        jsonw_object(j, name_of(e.name, name));
        jsonw_text(j, "value", e.value);
        jsonw_int(j, "order", 0);
        jsonw_object_end(j);
    }
    jsonw_object_end(j);
    jsonw_object_end(j);
}

void http_answer_check(const struct scan *s, struct slice edits, bool is_shadow, struct buf *out)
{
    const struct verdict *v = &s->verdict;
    struct json j = JSON_INIT(out);
    jsonw_object(&j, NULL);
    jsonw_bool(&j, "is_skipped", false);
    jsonw_num(&j, "score", v->score, 3);
    jsonw_num(&j, "required_score", v->reject, 3);
    jsonw_cstr(&j, "action", is_shadow ? "no action" : http_action_name(v->action));
    jsonw_cstr(&j, "muster_action", action_name(v->action));
    jsonw_object(&j, "thresholds");
    jsonw_num(&j, "reject", v->reject, 3);
    jsonw_num(&j, "add header", v->tag, 3);
    jsonw_object_end(&j);
    add_symbols(&j, s);
    jsonw_object(&j, "messages");
    jsonw_object_end(&j);
    jsonw_text(&j, "message-id",
               s->message->message_id.n ? s->message->message_id : SLICE("undef"));
    jsonw_num(&j, "time_real", (double)s->microseconds / 1e6, 6);
    jsonw_cstr(&j, "muster_id", s->id);
    if (edits.n && !is_shadow)
        add_edits(&j, edits);
    jsonw_object_end(&j);
}

void http_answer_skipped(struct buf *out)
{
    buf_str(out, "{\"is_skipped\":true,\"score\":0.0,\"required_score\":0.0,"
                 "\"action\":\"no action\",\"symbols\":{},\"messages\":{},"
                 "\"message-id\":\"undef\"}");
}

void http_answer_error(const char *why, struct buf *out)
{
    struct json j = JSON_INIT(out);
    jsonw_object(&j, NULL);
    jsonw_cstr(&j, "error", why);
    jsonw_object_end(&j);
}

bool http_unpack_zstd(struct slice packed, size_t max_bytes, struct buf *out)
{
    ZSTD_DStream *z = ZSTD_createDStream();
    if (z == NULL)
        BUG("out of memory");
    ZSTD_DCtx_setParameter(z, ZSTD_d_windowLogMax, WINDOW_LOG_MAX);
    ZSTD_inBuffer in = {packed.p, packed.n, 0};
    size_t rc = 1;
    bool is_stuck = false;
    *out = BUF_INIT(max_bytes);
    while (rc != 0 && !ZSTD_isError(rc) && !out->full && !is_stuck) {
        size_t room;
        char more, *to = buf_reserve(out, 65536, &room);
        ZSTD_outBuffer to_buf = {room ? to : &more, room ? room : 1, 0};
        size_t before = in.pos;
        rc = ZSTD_decompressStream(z, &to_buf, &in);
        if (room)
            buf_wrote(out, to_buf.pos);
        else
            out->full = to_buf.pos > 0; /* a byte more than fits */
        is_stuck = to_buf.pos == 0 && in.pos == before;
    }
    ZSTD_freeDStream(z);
    return rc == 0 || (out->full && !ZSTD_isError(rc));
}
