/* Reading a DNS message. See packet.h. */
#include "ask/packet.h"
#include "ask/name.h"
#include "base/buf.h"

#define HEAD         12u
#define ALIASES_MOST 16u
#define RECORDS_MOST 4096u
#define POINTERS     64u
#define NAME_WIRE    255u

struct reader {
    struct slice packet;
    size_t at;
};

struct rr {
    unsigned char owner[NAME_WIRE];
    size_t owner_n;
    unsigned type;
    uint32_t ttl;
    size_t data, data_n; /* offsets of its data */
};

static unsigned u16_at(struct slice p, size_t at)
{
    return (unsigned)(unsigned char)p.p[at] << 8 | (unsigned char)p.p[at + 1];
}

static uint32_t u32_at(struct slice p, size_t at)
{
    return (uint32_t)u16_at(p, at) << 16 | u16_at(p, at + 2);
}

/* The name at *at, uncompressed and in lower case; *at moves behind it. Pointers must point
 * before the place they stand at, so there is no loop. */
static bool read_name(struct slice p, size_t *at, unsigned char out[NAME_WIRE], size_t *out_n)
{
    size_t pos = *at, n = 0, lowest = *at;
    bool jumped = false;
    for (unsigned hops = 0; pos < p.n;) {
        unsigned len = (unsigned char)p.p[pos];
        if (len >= 0xc0) {
            if (pos + 2 > p.n || ++hops > POINTERS)
                return false;
            size_t to = u16_at(p, pos) & 0x3fffu;
            if (!jumped)
                *at = pos + 2;
            jumped = true;
            if (to >= lowest)
                return false;
            lowest = pos = to;
            continue;
        }
        if (len > 63 || pos + 1 + len > p.n || n + 1 + len > NAME_WIRE)
            return false;
        for (unsigned i = 0; i <= len; i++)
            out[n++] = (unsigned char)(i ? ascii_lower(p.p[pos + i]) : p.p[pos]);
        pos += 1 + len;
        if (len == 0) {
            if (!jumped)
                *at = pos;
            *out_n = n;
            return true;
        }
    }
    return false;
}

static bool read_rr(struct reader *r, struct rr *out)
{
    if (!read_name(r->packet, &r->at, out->owner, &out->owner_n) || r->at + 10 > r->packet.n)
        return false;
    out->type = u16_at(r->packet, r->at);
    out->ttl = u32_at(r->packet, r->at + 4);
    if (out->ttl > INT32_MAX)
        out->ttl = 0; /* RFC 2181 8 */
    out->data_n = u16_at(r->packet, r->at + 8);
    out->data = r->at + 10;
    r->at = out->data + out->data_n;
    return r->at <= r->packet.n;
}

/* ---- the data of one record ---- */

static bool add_name(struct reader *r, size_t *at, struct buf *out)
{
    unsigned char name[NAME_WIRE];
    size_t n;
    if (!read_name(r->packet, at, name, &n))
        return false;
    buf_add(out, slice_of((const char *)name, n));
    return true;
}

/* Fixed bytes before, names, fixed bytes behind: the types of RFC 1035 that may be compressed. */
static bool read_data(struct arena *a, struct reader *r, const struct rr *rr, struct slice *out)
{
    static const struct {
        enum dns_type type;
        size_t before;
        unsigned names;
        size_t behind;
    } shapes[] = {{DNS_NS, 0, 1, 0},
                  {DNS_CNAME, 0, 1, 0},
                  {DNS_PTR, 0, 1, 0},
                  {DNS_MX, 2, 1, 0},
                  {DNS_SOA, 0, 2, 20}};
    struct slice plain = slice_head(slice_from(r->packet, rr->data), rr->data_n);
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        if (shapes[i].type != (enum dns_type)rr->type)
            continue;
        struct buf b = BUF_INIT(1024);
        size_t at = rr->data + shapes[i].before, end = rr->data + rr->data_n;
        bool ok = at <= end;
        buf_add(&b, slice_head(plain, shapes[i].before));
        for (unsigned k = 0; ok && k < shapes[i].names; k++)
            ok = add_name(r, &at, &b) && at <= end;
        ok = ok && end - at == shapes[i].behind;
        if (ok)
            buf_add(&b, slice_head(slice_from(r->packet, at), shapes[i].behind));
        *out = arena_dup(a, buf_slice(&b));
        buf_fini(&b);
        return ok;
    }
    *out = arena_dup(a, plain);
    return true;
}

/* ---- the whole ---- */

/* What is looked for, and the name that it stands under by now. */
struct search {
    struct arena *arena;
    enum dns_type type;
    unsigned char name[DNS_NAME_BYTES];
    size_t name_n;
    unsigned answers; /* records in the answer section */
    size_t room;
};

static bool is_owner(const struct rr *rr, const struct search *s)
{
    return rr->owner_n == s->name_n && memcmp(rr->owner, s->name, s->name_n) == 0;
}

static bool add_record(struct search *s, struct reader *r, const struct rr *rr,
                       struct dns_answer *out)
{
    if (out->n == RECORDS_MOST)
        return false;
    if (out->n == s->room) {
        size_t room = s->room ? s->room * 2 : 8;
        out->rdata = arena_grow(s->arena, out->rdata, out->n, room, sizeof(*out->rdata));
        s->room = room;
    }
    return read_data(s->arena, r, rr, &out->rdata[out->n++]);
}

/* One way through the answer section: records of the name (0), or the alias that it is (1). */
static int walk(struct search *s, struct reader r, struct dns_answer *out)
{
    struct rr rr;
    unsigned char target[NAME_WIRE];
    size_t target_n = 0;
    for (unsigned i = 0; i < s->answers; i++) {
        if (!read_rr(&r, &rr))
            return -1;
        if (!is_owner(&rr, s))
            continue;
        if (rr.type == (unsigned)s->type) {
            if (!add_record(s, &r, &rr, out))
                return -1;
        } else if (rr.type == DNS_CNAME && target_n == 0) {
            size_t at = rr.data;
            if (!read_name(r.packet, &at, target, &target_n) || at != rr.data + rr.data_n)
                return -1;
        } else {
            continue;
        }
        if (rr.ttl < out->ttl)
            out->ttl = rr.ttl;
    }
    if (out->n || target_n == 0)
        return 0;
    memcpy(s->name, target, target_n);
    s->name_n = target_n;
    return 1;
}

/* The time that "there is nothing" holds: RFC 2308 section 5. false: the authority section points
 * to other servers instead, so nobody has said anything of the name. */
static bool negative_ttl(struct reader r, unsigned answers, unsigned authority, uint32_t *out)
{
    struct rr rr;
    bool is_referral = false;
    *out = 0;
    for (unsigned i = 0; i < answers + authority && read_rr(&r, &rr); i++) {
        if (i < answers)
            continue;
        is_referral |= rr.type == DNS_NS;
        if (rr.type != DNS_SOA || rr.data_n < 22)
            continue;
        uint32_t minimum = u32_at(r.packet, rr.data + rr.data_n - 4);
        *out = minimum < rr.ttl ? minimum : rr.ttl;
        return true;
    }
    return !is_referral;
}

static bool read_sections(struct arena *a, struct reader *r, struct slice name, enum dns_type type,
                          struct dns_answer *out)
{
    struct search s = {.arena = a, .type = type, .answers = u16_at(r->packet, 6)};
    unsigned questions = u16_at(r->packet, 4);
    s.name_n = dns_name_wire(name, s.name);
    for (unsigned i = 0; i < questions; i++) {
        unsigned char skipped[NAME_WIRE];
        size_t skipped_n;
        if (!read_name(r->packet, &r->at, skipped, &skipped_n) || r->at + 4 > r->packet.n)
            return false;
        r->at += 4;
    }
    out->ttl = UINT32_MAX;
    int more = 1;
    for (unsigned i = 0; more == 1 && i < ALIASES_MOST; i++)
        more = walk(&s, *r, out);
    if (more == 1)
        out->detail = "aliases without an end";
    if (more != 0)
        return false;
    uint32_t ttl;
    if (out->n)
        return true;
    if (!negative_ttl(*r, s.answers, u16_at(r->packet, 8), &ttl)) {
        out->detail = "a referral instead of an answer";
        return false;
    }
    out->ttl = ttl < out->ttl ? ttl : out->ttl;
    return true;
}

enum ask_status packet_rcode(unsigned rcode, const char **out_detail)
{
    static const char *const words[] = {
        NULL, "FORMERR from the zone's servers", "no usable answer from the zone's servers",
        NULL, "NOTIMP from the zone's servers",  "REFUSED by the zone's servers"};
    *out_detail = NULL;
    if (rcode == 0)
        return ASK_OK;
    if (rcode == 3)
        return ASK_NXDOMAIN;
    *out_detail = rcode < sizeof(words) / sizeof(words[0]) ? words[rcode]
                                                           : "an error of the zone's servers";
    return ASK_FAILED;
}

void packet_read(struct arena *a, struct slice packet, struct slice name, enum dns_type type,
                 struct dns_answer *out)
{
    struct reader r = {packet, HEAD};
    *out = (struct dns_answer){.status = ASK_FAILED};
    if (packet.n < HEAD) {
        out->detail = "an answer that is not well formed";
        return;
    }
    enum ask_status status = packet_rcode((unsigned char)packet.p[3] & 15u, &out->detail);
    if (status == ASK_FAILED)
        return;
    if (!read_sections(a, &r, name, type, out)) {
        const char *why = out->detail ? out->detail : "an answer that is not well formed";
        *out = (struct dns_answer){.status = ASK_FAILED, .detail = why};
        return;
    }
    if (status == ASK_NXDOMAIN)
        out->n = 0; /* records of an alias whose target does not exist cannot be */
    out->status = status == ASK_NXDOMAIN ? status : out->n ? ASK_OK : ASK_NODATA;
}
