/* The spamd machine. See spamd.h. The wording of answers follows what SpamAssassin 4.0 sends, so
 * that clients which look closely see no difference. */
#include "doors/spamd.h"

#include "base/arena.h"
#include "base/err.h"
#include "doors/edits.h"
#include "doors/http_head.h"
#include "doors/say.h"

#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#define HEAD_MAX        8192   /* request line and headers */
#define HEAD_MAX_RSPAMC 131072 /* with recipients among them */
#define USER_MAX        256

enum { EXIT_PROTOCOL = 76 };

struct spamd {
    size_t max_bytes;
    bool has_command, has_head, is_over;
    bool has_length, is_zlib;
    uint64_t length, seen; /* of the body, as announced and as received */
    size_t head_bytes;
    struct buf user, body, plain;
    struct spamd_request request;
    /* RSPAMC: fields in rspamd's words. */
    struct arena *arena;
    struct http_head head;
};

static const char *const commands[SPAMD_COMMANDS] = {
    "CHECK", "SYMBOLS", "REPORT", "REPORT_IFSPAM", "PROCESS", "HEADERS", "TELL", "PING", "SKIP"};

struct spamd *spamd_new(size_t max_bytes)
{
    struct spamd *sd = calloc(1, sizeof(*sd));
    if (sd == NULL)
        BUG("out of memory");
    sd->max_bytes = max_bytes;
    sd->user = BUF_INIT(USER_MAX);
    sd->body = BUF_INIT(max_bytes);
    sd->plain = BUF_INIT(max_bytes);
    sd->request.class = -1;
    return sd;
}

void spamd_free(struct spamd *sd)
{
    if (sd == NULL)
        return;
    buf_fini(&sd->user);
    buf_fini(&sd->body);
    buf_fini(&sd->plain);
    http_head_fini(&sd->head);
    arena_free(sd->arena);
    free(sd);
}

/* ---- reading ---- */

static enum spamd_event refuse(struct spamd *sd, struct buf *out, const char *words,
                               struct slice foreign)
{
    sd->is_over = true;
    buf_printf(out, "SPAMD/1.0 %d Bad header line: %s", EXIT_PROTOCOL, words);
    escape_add(out, ESCAPE_HEADER, foreign, 100);
    buf_str(out, "\r\n");
    return SPAMD_DONE;
}

/* "CHECK SPAMC/1.5" */
static bool request_line(struct spamd *sd, struct slice line)
{
    struct slice rest = line, word;
    uint64_t minor;
    if (!slice_split(&rest, ' ', &word))
        return false;
    sd->request.is_rspamc = slice_starts(rest, SLICE("RSPAMC/"));
    if (!sd->request.is_rspamc && !slice_starts(rest, SLICE("SPAMC/")))
        return false;
    size_t dot = slice_chr(rest, '.');
    if (dot == SIZE_MAX) /* "SPAMC/9": no minor version */
        minor = 0;
    else if (!slice_u64(slice_trim(slice_from(rest, dot + 1)), &minor) || minor > 99)
        return false;
    for (int i = 0; i < SPAMD_COMMANDS; i++) {
        if (slice_eq(word, slice_str(commands[i]))) {
            sd->request.command = (enum spamd_command)i;
            sd->request.minor = (unsigned)minor;
            sd->has_command = true;
            return true;
        }
    }
    return false;
}

static unsigned places(struct slice list)
{
    unsigned set = 0;
    struct slice word;
    while (slice_split(&list, ',', &word)) {
        word = slice_trim(word);
        set |= slice_ieq(word, SLICE("local")) ? SPAMD_LOCAL : 0;
        set |= slice_ieq(word, SLICE("remote")) ? SPAMD_REMOTE : 0;
    }
    return set;
}

/* Unknown headers are passed over. Returns what is wrong, or NULL. */
static const char *header_line(struct spamd *sd, struct slice line)
{
    size_t colon = slice_chr(line, ':');
    if (colon == SIZE_MAX)
        return NULL;
    struct slice name = slice_head(line, colon), value = slice_trim(slice_from(line, colon + 1));
    uint64_t n;
    if (slice_ieq(name, SLICE("Content-length"))) {
        if (!slice_u64(value, &n))
            return "(Content-Length contains non-numeric bytes)";
        if (sd->has_length && n != sd->length)
            return "(Content-Length given twice)";
        sd->has_length = true;
        sd->length = n;
    } else if (sd->request.is_rspamc) {
        if (sd->arena == NULL)
            sd->arena = arena_new(0);
        http_head_add(&sd->head, name, arena_dup(sd->arena, value));
    } else if (slice_ieq(name, SLICE("User"))) {
        buf_reset(&sd->user);
        buf_add(&sd->user, value);
    } else if (slice_ieq(name, SLICE("Compress"))) {
        if (!slice_ieq(value, SLICE("zlib")))
            return "(Compress is not zlib)";
        sd->is_zlib = true;
    } else if (slice_ieq(name, SLICE("Message-class"))) {
        sd->request.class = slice_ieq(value, SLICE("spam"))  ? 1
                            : slice_ieq(value, SLICE("ham")) ? 0
                                                             : -1;
    } else if (slice_ieq(name, SLICE("Set"))) {
        sd->request.set = places(value);
    } else if (slice_ieq(name, SLICE("Remove"))) {
        sd->request.remove = places(value);
    }
    return NULL;
}

/* Unpacks as much as the limit allows; false when the data is damaged. */
static bool unpack(struct spamd *sd)
{
    z_stream z = {.next_in = (unsigned char *)sd->body.p, .avail_in = (unsigned)sd->body.n};
    if (inflateInit(&z) != Z_OK)
        BUG("zlib cannot start");
    unsigned char more;
    size_t room;
    int rc;
    do {
        char *to = buf_reserve(&sd->plain, 65536, &room);
        z.next_out = room ? (unsigned char *)to : &more;
        z.avail_out = room ? (unsigned)room : 1;
        rc = inflate(&z, Z_NO_FLUSH);
        if (room)
            buf_wrote(&sd->plain, room - z.avail_out);
        else
            sd->plain.full = z.avail_out == 0; /* a byte more than fits */
    } while (rc == Z_OK && !sd->plain.full);
    inflateEnd(&z);
    return rc == Z_STREAM_END || sd->plain.full || sd->body.full;
}

/* The body is whole. */
static enum spamd_event whole(struct spamd *sd, struct buf *out)
{
    sd->is_over = true;
    sd->request.user = buf_slice(&sd->user);
    http_head_done(&sd->head);
    sd->request.env = sd->head.env;
    if (sd->is_zlib && !unpack(sd))
        return refuse(sd, out, "(Compress: zlib data is damaged)", SLICE(""));
    const struct buf *raw = sd->is_zlib ? &sd->plain : &sd->body;
    sd->request.raw = buf_slice(raw);
    sd->request.is_cut = raw->full || sd->body.full;
    return SPAMD_REQUEST;
}

static enum spamd_event mismatch(struct spamd *sd, struct buf *out)
{
    char words[128];
    snprintf(words, sizeof(words), "(Content-Length mismatch: Expected %llu bytes, got %llu bytes)",
             (unsigned long long)sd->length, (unsigned long long)sd->seen);
    return refuse(sd, out, words, SLICE(""));
}

static enum spamd_event head_done(struct spamd *sd, struct buf *out)
{
    sd->has_head = true;
    if (sd->request.command == SPAMD_PING)
        buf_str(out, "SPAMD/1.5 0 PONG\r\n");
    if (sd->request.command == SPAMD_PING || sd->request.command == SPAMD_SKIP) {
        sd->is_over = true;
        return SPAMD_DONE;
    }
    if (sd->has_length && sd->length == 0)
        return whole(sd, out);
    return SPAMD_MORE;
}

static enum spamd_event head_line(struct spamd *sd, struct slice line, struct buf *out)
{
    if (slice_ends(line, SLICE("\r")))
        line.n--;
    if (!sd->has_command) {
        if (!request_line(sd, line))
            return refuse(sd, out, "", line);
        /* SKIP, and PING before 1.5, have no headers. */
        bool is_bare = sd->request.command == SPAMD_SKIP ||
                       (sd->request.command == SPAMD_PING && sd->request.minor < 5);
        return is_bare ? head_done(sd, out) : SPAMD_MORE;
    }
    if (line.n == 0)
        return head_done(sd, out);
    const char *wrong = header_line(sd, line);
    return wrong ? refuse(sd, out, wrong, SLICE("")) : SPAMD_MORE;
}

static enum spamd_event body(struct spamd *sd, struct slice in, struct buf *out)
{
    sd->seen += in.n;
    buf_add(&sd->body, in);
    if (!sd->has_length || sd->seen < sd->length)
        return SPAMD_MORE;
    return sd->seen > sd->length ? mismatch(sd, out) : whole(sd, out);
}

enum spamd_event spamd_feed(struct spamd *sd, struct slice in, size_t *out_used, struct buf *out)
{
    size_t at = 0;
    enum spamd_event event = SPAMD_MORE;
    *out_used = in.n;
    while (event == SPAMD_MORE && !sd->is_over && at < in.n) {
        struct slice rest = slice_from(in, at);
        if (sd->has_head)
            return body(sd, rest, out);
        size_t lf = slice_chr(rest, '\n');
        size_t n = lf == SIZE_MAX ? rest.n : lf + 1;
        if (sd->head_bytes + n > (sd->request.is_rspamc ? HEAD_MAX_RSPAMC : HEAD_MAX))
            return refuse(sd, out, "(too long)", SLICE(""));
        if (lf == SIZE_MAX)
            break;
        sd->head_bytes += n;
        at += n;
        event = head_line(sd, slice_head(rest, lf), out);
    }
    if (event == SPAMD_MORE && !sd->is_over)
        *out_used = at;
    return event;
}

enum spamd_event spamd_last(struct spamd *sd, struct buf *out)
{
    if (sd->is_over)
        return SPAMD_DONE;
    if (sd->has_command && sd->request.command == SPAMD_PING)
        return head_done(sd, out);
    if (!sd->has_head)
        return sd->has_command ? refuse(sd, out, "(EOF during headers)", SLICE("")) : SPAMD_DONE;
    return sd->has_length && sd->seen != sd->length ? mismatch(sd, out) : whole(sd, out);
}

const struct spamd_request *spamd_request(const struct spamd *sd)
{
    return &sd->request;
}

/* ---- answering ---- */

static void add_symbols(const struct findings *all, struct buf *out)
{
    bool is_first = true;
    for (const struct finding *f = all->first; f; f = f->next) {
        if (f->state != FINDING_DONE)
            continue;
        if (!is_first)
            buf_chr(out, ',');
        say_symbol(f, out);
        is_first = false;
    }
}

static void add_report(const struct spamd_result *r, struct buf *out)
{
    buf_printf(out, "Content analysis details:   (%.1f points, %.1f required)\n\n", r->score,
               r->threshold);
    buf_str(out, " pts name                   description\n"
                 "---- ---------------------- "
                 "--------------------------------------------------\n");
    for (const struct finding *f = r->findings->first; f; f = f->next) {
        struct buf name = BUF_INIT(128);
        say_symbol(f, &name);
        buf_printf(out, "%4.1f %-22s ", f->points, buf_cstr(&name));
        buf_fini(&name);
        say_finding(f, ESCAPE_TERM, out);
        buf_str(out, f->state == FINDING_DONE ? "\n" : " (no answer)\n");
    }
    buf_chr(out, '\n');
}

static const char *eol_of(struct slice raw)
{
    size_t lf = slice_chr(raw, '\n');
    return lf != SIZE_MAX && lf > 0 && raw.p[lf - 1] == '\r' ? "\r\n" : "\n";
}

/* New fields, the old ones without forged ones, for PROCESS the body, too. */
static void add_message(const struct spamd *sd, const struct spamd_result *r, struct buf *out)
{
    struct slice raw = sd->request.raw;
    edits_write_added(r->edits, eol_of(raw), out);
    size_t head = edits_copy_head(r->edits, raw, out);
    if (sd->request.command == SPAMD_PROCESS)
        buf_add(out, slice_from(raw, head));
    else
        buf_str(out, eol_of(raw));
}

static void add_content(const struct spamd *sd, const struct spamd_result *r, struct buf *out)
{
    switch (sd->request.command) {
    case SPAMD_SYMBOLS:
        add_symbols(r->findings, out);
        if (sd->request.minor < 3)
            buf_str(out, "\r\n");
        break;
    case SPAMD_REPORT_IFSPAM:
        if (r->is_spam)
            add_report(r, out);
        break;
    case SPAMD_REPORT:
        add_report(r, out);
        break;
    case SPAMD_PROCESS:
    case SPAMD_HEADERS:
        add_message(sd, r, out);
        break;
    default:
        break;
    }
}

static void answer_rspamc(const struct spamd_result *r, struct buf *out)
{
    buf_printf(out, "RSPAMD/1.3 0 EX_OK\r\nMetric: default; %s; %.2f / %.2f / 0.0\r\n",
               r->is_spam ? "True" : "False", r->score, r->reject);
    buf_printf(out, "Action: %s\r\n", r->action);
    for (const struct finding *f = r->findings->first; f; f = f->next) {
        if (f->state != FINDING_DONE)
            continue;
        buf_str(out, "Symbol: ");
        say_symbol(f, out);
        buf_printf(out, "(%.2f)\r\n", f->points);
    }
}

void spamd_answer(const struct spamd *sd, const struct spamd_result *r, struct buf *out)
{
    enum spamd_command c = sd->request.command;
    if (sd->request.is_rspamc) {
        answer_rspamc(r, out);
        return;
    }
    if (c == SPAMD_PROCESS && sd->request.is_cut) { /* half a message must not replace it */
        spamd_answer_error(98, "EX_TOOBIG", out);
        return;
    }
    struct buf content = BUF_INIT(sd->max_bytes + 1024u * 1024);
    add_content(sd, r, &content);
    buf_str(out, "SPAMD/1.1 0 EX_OK\r\n");
    /* Before 1.3 only messages were announced with their length; CHECK has no content. */
    if (c == SPAMD_PROCESS || c == SPAMD_HEADERS || (c != SPAMD_CHECK && sd->request.minor >= 3))
        buf_printf(out, "Content-length: %zu\r\n", content.n);
    buf_printf(out, "Spam: %s ; %.1f / %.1f\r\n\r\n", r->is_spam ? "True" : "False", r->score,
               r->threshold);
    buf_add(out, buf_slice(&content));
    buf_fini(&content);
}

static void add_places(const char *name, unsigned places_, struct buf *out)
{
    if (places_)
        buf_printf(out, "%s: %s%s%s\r\n", name, places_ & SPAMD_LOCAL ? "local" : "",
                   places_ == (SPAMD_LOCAL | SPAMD_REMOTE) ? ", " : "",
                   places_ & SPAMD_REMOTE ? "remote" : "");
}

void spamd_answer_tell(const struct spamd *sd, unsigned did_set, unsigned did_remove,
                       struct buf *out)
{
    (void)sd;
    buf_str(out, "SPAMD/1.1 0 EX_OK\r\n");
    add_places("DidSet", did_set, out);
    add_places("DidRemove", did_remove, out);
    buf_str(out, "Content-length: 2\r\n\r\n\r\n");
}

void spamd_answer_error(int code, const char *words, struct buf *out)
{
    buf_printf(out, "SPAMD/1.0 %d %s\r\n", code, words);
}
