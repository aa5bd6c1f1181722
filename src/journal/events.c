/* The table of event kinds, and packing made from it. See events.h. */
#include "journal/events.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/pack.h"
#include "base/utf8.h"

#define FACTS_MOST 128 /* bytes of verified facts */

#define AT(member) offsetof(struct event, member)
#define U8(n, m)                 \
    {                            \
        n, FIELD_U8, AT(m), 0, 1 \
    }
#define U32(n, m)                 \
    {                             \
        n, FIELD_U32, AT(m), 0, 1 \
    }
#define U64(n, m)                 \
    {                             \
        n, FIELD_U64, AT(m), 0, 1 \
    }
#define I64(n, m)                 \
    {                             \
        n, FIELD_I64, AT(m), 0, 1 \
    }
#define F64(n, m)                 \
    {                             \
        n, FIELD_F64, AT(m), 0, 1 \
    }
#define RAW(n, m, len)              \
    {                               \
        n, FIELD_RAW, AT(m), len, 1 \
    }
#define TEXT(n, m, most)              \
    {                                 \
        n, FIELD_TEXT, AT(m), most, 1 \
    }
#define U8_SINCE(n, m, since)        \
    {                                \
        n, FIELD_U8, AT(m), 0, since \
    }
#define TEXT_SINCE(n, m, most, since)     \
    {                                     \
        n, FIELD_TEXT, AT(m), most, since \
    }
#define BYTES(n, m, most)              \
    {                                  \
        n, FIELD_BYTES, AT(m), most, 1 \
    }
#define BYTES_SINCE(n, m, most, since)     \
    {                                      \
        n, FIELD_BYTES, AT(m), most, since \
    }
#define TEXT2(n, m, most)             \
    {                                 \
        n, FIELD_TEXT, AT(m), most, 2 \
    }
#define END                     \
    {                           \
        NULL, FIELD_U8, 0, 0, 0 \
    }

static const struct event_field node_fields[] = {U32("pid", node_state.pid),
                                                 TEXT("version", node_state.version, 64),
                                                 TEXT("reason", node_state.reason, 500), END};
static const struct event_field config_fields[] = {RAW("digest", config.digest, 16),
                                                   TEXT("file", config.file, 1024), END};
static const struct event_field recovered_fields[] = {TEXT("what", recovered.what, 64),
                                                      TEXT("detail", recovered.detail, 1000),
                                                      U64("position", recovered.position), END};
static const struct event_field scanned_fields[] = {
    RAW("id", scanned.id, 16),
    RAW("digest", scanned.digest, 16),
    U8("side", scanned.side),
    U8("class", scanned.mail_class),
    U8("action", scanned.action),
    U8("door", scanned.door),
    U8("incomplete", scanned.is_incomplete),
    U8("shadow", scanned.is_shadow),
    F64("score", scanned.score),
    F64("probability", scanned.probability),
    U64("size", scanned.size_bytes),
    U64("microseconds", scanned.microseconds),
    TEXT("from_domain", scanned.from_domain, 255),
    TEXT("subject", scanned.subject, 998),
    BYTES("people", scanned.people, 16 * 1000),
    BYTES("findings", scanned.findings, 256 * 1024),
    TEXT2("to_domains", scanned.to_domains, 2100),
    BYTES_SINCE("facts", scanned.facts, FACTS_MOST, 3),
    END};
static const struct event_field set_aside_fields[] = {
    RAW("digest", set_aside.digest, 16),    RAW("object", set_aside.object, 32),
    TEXT("process", set_aside.process, 64), TEXT("reason", set_aside.reason, 500),
    U32("signal", set_aside.signal),        END};
static const struct event_field learned_fields[] = {
    RAW("digest", learned.digest, 16),
    RAW("id", learned.id, 16),
    RAW("person", learned.person, 16),
    U8("label", learned.label),
    U8("trust", learned.trust),
    U8("source", learned.source),
    BYTES("lesson", learned.lesson, 960 * 1024),
    BYTES_SINCE("facts", learned.facts, FACTS_MOST, 2),
    END};
static const struct event_field unlearned_fields[] = {
    RAW("digest", unlearned.digest, 16), RAW("person", unlearned.person, 16),
    U64("learned_seq", unlearned.learned_seq), BYTES("lesson", unlearned.lesson, 960 * 1024), END};
static const struct event_field written_to_fields[] = {RAW("person", written_to.person, 16),
                                                       BYTES("marks", written_to.marks, 640), END};
static const struct event_field quarantined_fields[] = {
    RAW("hold", quarantined.hold, 16),
    RAW("id", quarantined.id, 16),
    RAW("digest", quarantined.digest, 16),
    RAW("person", quarantined.person, 16),
    RAW("object", quarantined.object, 32),
    U8("kind", quarantined.kind),
    F64("score", quarantined.score),
    I64("expires", quarantined.expires_us),
    BYTES("sealed", quarantined.sealed, 64 * 1024),
    TEXT2("domain", quarantined.domain, 255),
    END};
static const struct event_field hold_fields[] = {RAW("hold", hold.hold, 16),
                                                 RAW("digest", hold.digest, 16),
                                                 RAW("person", hold.person, 16),
                                                 RAW("actor", hold.actor, 16),
                                                 U8("role", hold.role),
                                                 I64("allow_until", hold.allow_until_us),
                                                 TEXT("reason", hold.reason, 1000),
                                                 END};
static const struct event_field acted_fields[] = {
    RAW("actor", acted.actor, 16),      U8("role", acted.role),
    TEXT("verb", acted.verb, 64),       TEXT("target", acted.target, 500),
    TEXT("detail", acted.detail, 4000), END};
static const struct event_field erased_fields[] = {RAW("key", erased.key, 32),
                                                   TEXT("reason", erased.reason, 200), END};
static const struct event_field counted_fields[] = {TEXT("name", counted.name, 128),
                                                    I64("add", counted.add), END};
static const struct event_field report_fields[] = {U8("kind", report.kind),
                                                   U32("part", report.part),
                                                   TEXT("org", report.org, 1024),
                                                   TEXT("id", report.id, 1024),
                                                   TEXT("domain", report.domain, 255),
                                                   I64("begin", report.begin_s),
                                                   I64("end", report.end_s),
                                                   BYTES("packed", report.packed, 960 * 1024),
                                                   U8_SINCE("origin", report.origin, 2),
                                                   TEXT_SINCE("from", report.from, 255, 2),
                                                   END};
static const struct event_field dmarc_seen_fields[] = {I64("begin", dmarc_seen.begin_s),
                                                       U32("seconds", dmarc_seen.seconds),
                                                       TEXT("domain", dmarc_seen.domain, 255),
                                                       TEXT("rua", dmarc_seen.rua, 2048),
                                                       BYTES("policy", dmarc_seen.policy, 16384),
                                                       BYTES("row", dmarc_seen.row, 65536),
                                                       END};
static const struct event_field report_sent_fields[] = {
    I64("begin", report_sent.begin_s),     TEXT("domain", report_sent.domain, 255),
    TEXT("to", report_sent.to, 2048),      TEXT("outcome", report_sent.outcome, 500),
    U64("messages", report_sent.messages), END};

static const struct event_field object_fields[] = {RAW("object", object.object, 16),
                                                   RAW("actor", object.actor, 16),
                                                   U32("role", object.role),
                                                   TEXT("verb", object.verb, 64),
                                                   BYTES("body", object.body, 960 * 1024),
                                                   END};

static const struct event_info table[] = {
    {EVENT_NODE_STARTED, "node started", 1, KEEP_NODE, false, node_fields},
    {EVENT_NODE_STOPPED, "node stopped", 1, KEEP_NODE, false, node_fields},
    {EVENT_CONFIG_LOADED, "config loaded", 1, KEEP_NODE, false, config_fields},
    {EVENT_RECOVERED, "recovered", 1, KEEP_NODE, false, recovered_fields},
    {EVENT_SCANNED, "scanned", 3, KEEP_HISTORY, false, scanned_fields},
    {EVENT_SET_ASIDE, "set aside", 1, KEEP_QUARANTINE, true, set_aside_fields},
    {EVENT_LEARNED, "learned", 2, KEEP_FEATURES, true, learned_fields},
    {EVENT_UNLEARNED, "unlearned", 1, KEEP_FEATURES, true, unlearned_fields},
    {EVENT_WRITTEN_TO, "written to", 1, KEEP_FEATURES, false, written_to_fields},
    {EVENT_QUARANTINED, "quarantined", 2, KEEP_QUARANTINE, true, quarantined_fields},
    {EVENT_RELEASED, "released", 1, KEEP_QUARANTINE, true, hold_fields},
    {EVENT_RELEASE_REFUSED, "release refused", 1, KEEP_QUARANTINE, false, hold_fields},
    {EVENT_HOLD_REFUSED, "hold refused", 1, KEEP_QUARANTINE, true, hold_fields},
    {EVENT_HOLD_DELETED, "hold deleted", 1, KEEP_QUARANTINE, true, hold_fields},
    {EVENT_HOLD_EXPIRED, "hold expired", 1, KEEP_QUARANTINE, true, hold_fields},
    {EVENT_DELIVERED, "delivered", 1, KEEP_QUARANTINE, true, hold_fields},
    {EVENT_DELIVERY_FAILED, "delivery failed", 1, KEEP_QUARANTINE, false, hold_fields},
    {EVENT_ALLOW_USED, "allow used", 1, KEEP_QUARANTINE, false, hold_fields},
    {EVENT_ACTED, "acted", 1, KEEP_ACTS, true, acted_fields},
    {EVENT_ERASED, "erased", 1, KEEP_ACTS, true, erased_fields},
    {EVENT_COUNTED, "counted", 1, KEEP_HISTORY, false, counted_fields},
    {EVENT_REPORT_READ, "report read", 2, KEEP_REPORTS, true, report_fields},
    {EVENT_DMARC_SEEN, "dmarc seen", 1, KEEP_HISTORY, false, dmarc_seen_fields},
    {EVENT_REPORT_SENT, "report sent", 1, KEEP_REPORTS, true, report_sent_fields},
    {EVENT_LIBRARY, "library", 1, KEEP_OBJECTS, true, object_fields},
    {EVENT_DESK, "desk", 1, KEEP_CASES, true, object_fields},
    {EVENT_ACCOUNT, "account", 1, KEEP_OBJECTS, true, object_fields},
    {0}};

const struct event_info *event_table(void)
{
    return table;
}

const struct event_info *event_info(unsigned kind)
{
    for (const struct event_info *i = table; i->name; i++)
        if ((unsigned)i->kind == kind)
            return i;
    return NULL;
}

const char *event_keep_name(enum event_keep keep)
{
    static const char *const names[] = {"history", "quarantine", "features", "acts",
                                        "node",    "reports",    "objects",  "cases"};
    return names[keep];
}

static void pack_field(const struct event_field *f, const void *from, struct buf *out)
{
    struct slice s;
    switch (f->type) {
    case FIELD_U8:
        pack_u8(out, *(const uint8_t *)from);
        break;
    case FIELD_U32:
        pack_u32(out, *(const uint32_t *)from);
        break;
    case FIELD_U64:
        pack_u64(out, *(const uint64_t *)from);
        break;
    case FIELD_I64:
        pack_i64(out, *(const int64_t *)from);
        break;
    case FIELD_F64:
        pack_f64(out, *(const double *)from);
        break;
    case FIELD_RAW:
        buf_add(out, slice_of(from, f->most));
        break;
    case FIELD_TEXT:
        s = *(const struct slice *)from;
        pack_bytes(out, utf8_head(s, f->most));
        break;
    case FIELD_BYTES:
        s = *(const struct slice *)from;
        pack_bytes(out, s);
        break;
    }
}

int event_pack(const struct event *ev, struct buf *out, struct err *e)
{
    const struct event_info *info = event_info(ev->kind);
    if (info == NULL)
        return err_set(e, ERR_NOENT, "no kind of event has the number %u", (unsigned)ev->kind);
    size_t start = out->n;
    for (const struct event_field *f = info->fields; f->name; f++) {
        const void *from = (const char *)ev + f->offset;
        if (f->type == FIELD_BYTES && ((const struct slice *)from)->n > f->most)
            return err_set(e, ERR_LIMIT, "event \"%s\": %s is longer than %zu bytes", info->name,
                           f->name, f->most);
        pack_field(f, from, out);
    }
    if (out->full || out->n - start > EVENT_MOST)
        return err_set(e, ERR_LIMIT, "event \"%s\" is longer than %u bytes", info->name,
                       EVENT_MOST);
    return 0;
}

static void unpack_field(struct unpack *u, const struct event_field *f, void *to)
{
    struct slice s;
    switch (f->type) {
    case FIELD_U8:
        *(uint8_t *)to = unpack_u8(u);
        break;
    case FIELD_U32:
        *(uint32_t *)to = unpack_u32(u);
        break;
    case FIELD_U64:
        *(uint64_t *)to = unpack_u64(u);
        break;
    case FIELD_I64:
        *(int64_t *)to = unpack_i64(u);
        break;
    case FIELD_F64:
        *(double *)to = unpack_f64(u);
        break;
    case FIELD_RAW:
        s = unpack_fixed(u, f->most);
        if (!u->bad)
            memcpy(to, s.p, f->most);
        break;
    case FIELD_TEXT:
    case FIELD_BYTES:
        s = unpack_bytes(u);
        if (s.n > f->most)
            u->bad = true;
        else
            *(struct slice *)to = s;
        break;
    }
}

int event_unpack(struct slice payload, struct event *out, struct err *e)
{
    const struct event_info *info = event_info(out->kind);
    if (info == NULL)
        return err_set(e, ERR_NOENT, "no kind of event has the number %u", (unsigned)out->kind);
    struct unpack u = {.rest = payload};
    for (const struct event_field *f = info->fields; f->name; f++) {
        void *to = (char *)out + f->offset;
        if (f->since > out->version)
            break;
        unpack_field(&u, f, to);
    }
    if (u.bad || (!unpack_done(&u) && out->version <= info->version))
        return err_set(e, ERR_CORRUPT, "event \"%s\" is not well formed", info->name);
    return 0;
}

static void put_hex(struct json *j, const char *name, const unsigned char *p, size_t n)
{
    char text[65];
    for (size_t i = 0; i < n && i < 32; i++) {
        text[2 * i] = "0123456789abcdef"[p[i] >> 4];
        text[2 * i + 1] = "0123456789abcdef"[p[i] & 15];
    }
    jsonw_text(j, name, slice_of(text, 2 * (n < 32 ? n : 32)));
}

void event_json(const struct event *ev, struct json *j)
{
    const struct event_info *info = event_info(ev->kind);
    char at[32];
    jsonw_object(j, NULL);
    jsonw_int(j, "seq", (int64_t)ev->seq);
    jsonw_cstr(j, "at", clock_rfc3339(ev->at_us, at));
    jsonw_cstr(j, "kind", info ? info->name : "unknown");
    for (const struct event_field *f = info ? info->fields : NULL; f && f->name; f++) {
        const void *from = (const char *)ev + f->offset;
        switch (f->type) {
        case FIELD_U8:
            jsonw_int(j, f->name, *(const uint8_t *)from);
            break;
        case FIELD_U32:
            jsonw_int(j, f->name, *(const uint32_t *)from);
            break;
        case FIELD_U64:
            jsonw_int(j, f->name, (int64_t) * (const uint64_t *)from);
            break;
        case FIELD_I64:
            jsonw_int(j, f->name, *(const int64_t *)from);
            break;
        case FIELD_F64:
            jsonw_num(j, f->name, *(const double *)from, 6);
            break;
        case FIELD_RAW:
            put_hex(j, f->name, from, f->most);
            break;
        case FIELD_TEXT:
            jsonw_text(j, f->name, *(const struct slice *)from);
            break;
        case FIELD_BYTES:
            jsonw_int(j, f->name, (int64_t)((const struct slice *)from)->n);
            break;
        }
    }
    jsonw_object_end(j);
}

bool event_id_parse(struct slice text, unsigned char out[16])
{
    unsigned char id[16];
    size_t n = 0;
    if (text.n != 36)
        return false;
    for (size_t i = 0; i < 36;) {
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (text.p[i++] != '-')
                return false;
            continue;
        }
        int high = ascii_hex(text.p[i]), low = ascii_hex(text.p[i + 1]);
        if (high < 0 || low < 0)
            return false;
        id[n++] = (unsigned char)(high << 4 | low);
        i += 2;
    }
    memcpy(out, id, 16);
    return true;
}

void event_id_text(const unsigned char id[16], char out[37])
{
    size_t k = 0;
    for (size_t i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            out[k++] = '-';
        out[k++] = "0123456789abcdef"[id[i] >> 4];
        out[k++] = "0123456789abcdef"[id[i] & 15];
    }
    out[k] = '\0';
}
