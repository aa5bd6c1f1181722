/* Orders to sign: the half that reads mail. See sign.h. */
#include "auth/sign.h"

#define ORDER_BYTES (2u << 20) /* canonical fields of one order */

/* RFC 6376 5.4.1 and RFC 8058; what lists put on themselves is signed where we wrote it. */
const char *const SIGN_NAMES[] = {"Sender",           "Resent-From",
                                  "Resent-To",        "Resent-Cc",
                                  "Resent-Date",      "Resent-Message-ID",
                                  "List-Id",          "List-Help",
                                  "List-Subscribe",   "List-Unsubscribe",
                                  "List-Post",        "List-Owner",
                                  "List-Archive",     "List-Unsubscribe-Post",
                                  "Auto-Submitted",   "Content-Disposition",
                                  "Content-Language", "Content-ID",
                                  "Feedback-ID",      NULL};
const char *const SIGN_OVERSIGN[] = {
    "From",       "Subject",      "Date",         "To",
    "Cc",         "Reply-To",     "Message-ID",   "In-Reply-To",
    "References", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
    NULL};

/* ---- what the MTA makes of long lines ---- */

static bool has_long_line(struct slice s, size_t limit)
{
    while (s.n > limit) {
        size_t lf = slice_chr(s, '\n');
        if (lf == SIZE_MAX || lf > limit + 1)
            return true;
        s = slice_from(s, lf + 1);
    }
    return false;
}

/* Lines over the limit broken: the first piece has `limit` bytes, the others a blank and one byte
 * less, as Postfix's smtp client sends them. */
static struct slice break_lines(struct arena *a, struct slice s, size_t limit)
{
    if (limit < 2 || !has_long_line(s, limit))
        return s;
    char *out = arena_bytes(a, s.n + s.n / (limit - 1) * 3 + 3);
    size_t n = 0;
    while (s.n) {
        size_t lf = slice_chr(s, '\n'), end = lf == SIZE_MAX ? s.n : lf, room = limit;
        if (lf != SIZE_MAX && end && s.p[end - 1] == '\r')
            end--;
        size_t whole = lf == SIZE_MAX ? s.n : lf + 1, at = 0;
        while (end - at > room) {
            memcpy(out + n, s.p + at, room);
            n += room;
            memcpy(out + n, "\r\n ", 3);
            n += 3;
            at += room;
            room = limit - 1;
        }
        memcpy(out + n, s.p + at, whole - at);
        n += whole - at;
        s = slice_from(s, whole);
    }
    return slice_of(out, n);
}

/* ---- fields ---- */

static bool survives(const struct header *h)
{
    struct slice raw = h->raw;
    if (slice_chr(raw, '\0') != SIZE_MAX)
        return false;
    for (size_t at; (at = slice_chr(raw, '\r')) != SIZE_MAX; raw = slice_from(raw, at + 1)) {
        if (at + 1 == raw.n || raw.p[at + 1] != '\n')
            return false;
    }
    return true;
}

static size_t count(const struct header_list *list, const char *name, bool *out_survives)
{
    size_t n = 0;
    *out_survives = true;
    for (const struct header *h = NULL; (h = header_find(list, name, h)); n++)
        *out_survives = *out_survives && survives(h);
    return n;
}

struct making {
    struct signed_mail *s;
    const struct sign_spec *spec;
    struct buf names, fields;
    struct canon_out to;
};

static void to_buf(void *arg, const char *p, size_t n)
{
    buf_add(arg, slice_of(p, n));
}

/* Lists the name as often as it is there, and `more` times; takes those fields from the bottom. */
static void sign_name(struct making *m, const char *name, unsigned more)
{
    bool all_survive;
    size_t n = count(m->s->headers, name, &all_survive);
    if (n && !all_survive)
        return;
    for (size_t i = 0; i < n + more; i++) {
        const struct header *h = signed_take(m->s, slice_str(name), NULL);
        if (m->names.n)
            buf_chr(&m->names, ':');
        buf_str(&m->names, name);
        if (h)
            canon_field(&m->to, m->spec->header_canon,
                        break_lines(m->s->arena, h->raw, m->spec->line_limit), true);
    }
}

static void sign_names(struct making *m, const struct slice *list, size_t n,
                       const char *const *defaults, unsigned more)
{
    for (size_t i = 0; list && i < n; i++)
        sign_name(m, arena_cstr(m->s->arena, list[i]), more);
    for (size_t i = 0; !list && defaults[i]; i++)
        sign_name(m, defaults[i], more);
}

static int gather(struct signed_mail *s, const struct sign_spec *spec, struct err *e,
                  struct sign_order *out)
{
    struct making m = {s, spec, BUF_INIT(SIGN_FIELD_BYTES / 2), BUF_INIT(ORDER_BYTES), {0}};
    uint64_t total;
    canon_out_init(&m.to, to_buf, &m.fields);
    signed_walk(s);
    sign_names(&m, spec->oversign, spec->n_oversign, SIGN_OVERSIGN, 1);
    sign_names(&m, spec->names, spec->n_names, SIGN_NAMES, 0);
    canon_flush(&m.to);
    bool full = m.names.full || m.fields.full;
    out->names = arena_dup(s->arena, buf_slice(&m.names));
    out->fields = arena_dup(s->arena, buf_slice(&m.fields));
    buf_fini(&m.names);
    buf_fini(&m.fields);
    if (full)
        return err_set(e, ERR_LIMIT, "there are more header fields than can be signed");
    struct slice sent = break_lines(s->arena, s->body, spec->line_limit);
    for (int c = 0; sent.p != s->body.p && c < CANONS; c++)
        s->hash[c].is_made = false; /* what was hashed is not what will be sent */
    s->body = sent;
    memcpy(out->body, signed_body(s, spec->body_canon, &total), CRYPT_SHA256);
    return 0;
}

static void take_spec(const struct sign_spec *spec, struct sign_order *out)
{
    out->domain = spec->domain;
    out->selector = spec->selector;
    out->header_canon = spec->header_canon;
    out->body_canon = spec->body_canon;
    out->now = spec->now;
    out->expires = spec->expires;
}

int sign_order_dkim(struct signed_mail *s, const struct sign_spec *spec, struct err *e,
                    struct sign_order *out)
{
    struct sign_order o = {.purpose = SIGN_DKIM};
    bool all_survive;
    size_t n = count(s->headers, "From", &all_survive);
    if (n != 1)
        return err_set(e, ERR_PARSE, n ? "there is more than one From field" : "there is no From");
    if (!all_survive)
        return err_set(e, ERR_PARSE, "From holds a control character that mail servers change");
    if (s->is_cut)
        return err_set(e, ERR_LIMIT, "only a part of the message was read");
    take_spec(spec, &o);
    int rc = gather(s, spec, e, &o);
    if (rc == 0)
        *out = o;
    return rc;
}

/* The sets before, canonical and in order: what a seal covers besides its own set. */
static struct slice sets_of(struct signed_mail *s, const struct arc_chain *chain)
{
    struct buf b = BUF_INIT(ORDER_BYTES);
    struct canon_out to;
    canon_out_init(&to, to_buf, &b);
    for (size_t i = 0; i < chain->n; i++) {
        canon_field(&to, CANON_RELAXED, chain->set[i].aar->raw, true);
        canon_field(&to, CANON_RELAXED, chain->set[i].ams->raw, true);
        canon_field(&to, CANON_RELAXED, chain->set[i].seal->raw, true);
    }
    canon_flush(&to);
    struct slice sets = b.full ? (struct slice){0} : arena_dup(s->arena, buf_slice(&b));
    buf_fini(&b);
    return sets;
}

int sign_order_arc(struct signed_mail *s, const struct sign_spec *spec,
                   const struct arc_chain *chain, struct slice results, struct err *e,
                   struct sign_order *out)
{
    struct sign_order o = {.purpose = SIGN_ARC, .results = results};
    if (chain->ended || chain->n >= ARC_SETS)
        return err_set(e, ERR_EXISTS,
                       chain->ended ? "the chain was sealed as failed before"
                                    : "the chain has 50 sets");
    for (size_t i = 0; i < chain->n; i++) {
        const struct arc_set *set = &chain->set[i];
        if (!set->aar || !set->ams || !set->seal)
            return err_set(e, ERR_EXISTS, "the chain is not whole");
    }
    if (chain->status != DKIM_NONE && chain->status != DKIM_PASS && chain->status != DKIM_FAIL)
        return err_set(e, ERR_EXISTS, "the chain could not be judged");
    if (chain->status == DKIM_FAIL && chain->n == 0)
        return err_set(e, ERR_EXISTS, "the chain is not whole");
    if (s->is_cut)
        return err_set(e, ERR_LIMIT, "only a part of the message was read");
    take_spec(spec, &o);
    o.instance = (unsigned)chain->n + 1;
    o.cv = chain->status == DKIM_NONE   ? SLICE("none")
           : chain->status == DKIM_PASS ? SLICE("pass")
                                        : SLICE("fail");
    if (chain->status == DKIM_PASS)
        o.sets = sets_of(s, chain); /* RFC 8617 5.1.2: a failed chain is sealed alone */
    if (chain->status == DKIM_PASS && o.sets.n == 0)
        return err_set(e, ERR_LIMIT, "the chain is longer than can be sealed");
    int rc = gather(s, spec, e, &o);
    if (rc == 0)
        *out = o;
    return rc;
}

/* ---- our own results ---- */

struct slice sign_results_of(struct arena *a, const struct header_list *headers,
                             struct slice authserv_id)
{
    struct buf b = BUF_INIT(SIGN_FIELD_BYTES / 2);
    for (const struct header *h = NULL; (h = header_find(headers, "Authentication-Results", h));) {
        size_t semi = slice_chr(h->value, ';');
        struct slice id = slice_trim(slice_head(h->value, semi));
        if (semi == SIZE_MAX || !slice_ieq(slice_head(id, slice_chr(id, ' ')), authserv_id))
            continue;
        if (b.n == 0)
            buf_add(&b, authserv_id);
        buf_str(&b, "; ");
        buf_add(&b, slice_trim(slice_from(h->value, semi + 1)));
    }
    struct slice out = b.full ? (struct slice){0} : arena_dup(a, buf_slice(&b));
    buf_fini(&b);
    return out;
}

/* ---- between processes ---- */

void sign_order_pack(struct buf *b, const struct sign_order *o)
{
    pack_u8(b, (uint8_t)o->purpose);
    pack_u8(b, (uint8_t)o->header_canon);
    pack_u8(b, (uint8_t)o->body_canon);
    pack_u8(b, (uint8_t)o->instance);
    pack_i64(b, o->now);
    pack_i64(b, o->expires);
    pack_bytes(b, o->domain);
    pack_bytes(b, o->selector);
    pack_bytes(b, o->names);
    pack_bytes(b, o->fields);
    pack_bytes(b, slice_of((const char *)o->body, sizeof(o->body)));
    pack_bytes(b, o->cv);
    pack_bytes(b, o->results);
    pack_bytes(b, o->sets);
}

bool sign_order_unpack(struct unpack *u, struct sign_order *out)
{
    uint8_t purpose = unpack_u8(u), header = unpack_u8(u), body = unpack_u8(u);
    out->instance = unpack_u8(u);
    out->now = unpack_i64(u);
    out->expires = unpack_i64(u);
    out->domain = unpack_bytes(u);
    out->selector = unpack_bytes(u);
    out->names = unpack_bytes(u);
    out->fields = unpack_bytes(u);
    struct slice hash = unpack_bytes(u);
    out->cv = unpack_bytes(u);
    out->results = unpack_bytes(u);
    out->sets = unpack_bytes(u);
    if (u->bad || (purpose != SIGN_DKIM && purpose != SIGN_ARC) || header >= CANONS ||
        body >= CANONS || hash.n != CRYPT_SHA256)
        return false;
    out->purpose = (enum sign_purpose)purpose;
    out->header_canon = (enum canon)header;
    out->body_canon = (enum canon)body;
    memcpy(out->body, hash.p, CRYPT_SHA256);
    return true;
}
