/* A zone in memory: nodes by name, records in the order they came. See zone.h. */
#include "ask/zone.h"
#include "ask/name.h"
#include "base/buf.h"
#include "base/hash.h"

#include <arpa/inet.h>

#define CHAINS     1024u
#define CHAIN_MOST 12u /* CNAMEs followed */
#define TTL        300u
#define STRING     255u

struct record {
    enum dns_type type;
    enum ask_status status; /* ASK_OK: rdata holds data */
    struct slice rdata;
    struct record *next;
};

struct node {
    struct slice name;
    uint64_t hash;
    struct node *chain;
    struct record *first, *last;
    enum ask_status otherwise; /* ASK_OK: nothing is said of types without entry */
    bool is_secure;
};

struct zone {
    struct arena *arena;
    struct node *chains[CHAINS];
};

struct zone *zone_new(struct arena *a)
{
    struct zone *z = ARENA_NEW(a, struct zone);
    z->arena = a;
    return z;
}

static struct node *find(const struct zone *z, struct slice folded)
{
    uint64_t hash = hash_bytes(folded, 0);
    struct node *n = z->chains[hash % CHAINS];
    while (n && (n->hash != hash || !slice_eq(n->name, folded)))
        n = n->chain;
    return n;
}

static struct slice parent_of(struct slice name)
{
    size_t dot = slice_chr(name, '.');
    return dot == SIZE_MAX ? slice_of(name.p, 0) : slice_from(name, dot + 1);
}

/* The node of a name; its parents come into being with it, as empty non-terminals. */
static struct node *make(struct zone *z, struct slice folded)
{
    struct node *leaf = NULL;
    for (struct slice at = folded;; at = parent_of(at)) {
        struct node *n = find(z, at);
        if (n)
            return leaf ? leaf : n;
        n = ARENA_NEW(z->arena, struct node);
        n->name = arena_dup(z->arena, at);
        n->hash = hash_bytes(at, 0);
        n->chain = z->chains[n->hash % CHAINS];
        z->chains[n->hash % CHAINS] = n;
        if (leaf == NULL)
            leaf = n;
        if (at.n == 0)
            return leaf;
    }
}

static struct node *node_of(struct zone *z, struct slice name)
{
    char room[DNS_NAME_BYTES];
    struct slice folded;
    return dns_name_fold(name, room, &folded) ? make(z, folded) : NULL;
}

static bool add(struct zone *z, struct slice name, enum dns_type type, enum ask_status status,
                struct slice rdata)
{
    struct node *n = node_of(z, name);
    if (n == NULL || rdata.n > UINT16_MAX)
        return false;
    struct record *r = ARENA_NEW(z->arena, struct record);
    *r = (struct record){.type = type, .status = status, .rdata = arena_dup(z->arena, rdata)};
    if (n->last)
        n->last->next = r;
    else
        n->first = r;
    n->last = r;
    return true;
}

/* ---- values in text ---- */

static bool add_address(struct zone *z, struct slice name, enum dns_type type, struct slice value)
{
    unsigned char raw[16];
    if (slice_chr(value, '\0') != SIZE_MAX ||
        inet_pton(type == DNS_A ? AF_INET : AF_INET6, arena_cstr(z->arena, value), raw) != 1)
        return false;
    return add(z, name, type, ASK_OK, slice_of((char *)raw, type == DNS_A ? 4 : 16));
}

/* A name, for MX behind its preference. */
static bool add_name(struct zone *z, struct slice name, enum dns_type type, struct slice value)
{
    unsigned char wire[2 + DNS_NAME_BYTES];
    char room[DNS_NAME_BYTES];
    struct slice target = value, number;
    uint64_t preference = 0;
    size_t n = 0;
    if (type == DNS_MX) {
        if (!slice_split(&target, ' ', &number) || !slice_u64(number, &preference) ||
            preference > UINT16_MAX)
            return false;
        wire[n++] = (unsigned char)(preference >> 8);
        wire[n++] = (unsigned char)(preference & 0xff);
    }
    if (!dns_name_fold(slice_trim(target), room, &target))
        return false;
    n += dns_name_wire(target, wire + n);
    return add(z, name, type, ASK_OK, slice_of((char *)wire, n));
}

static bool unhex(struct slice text, struct buf *out)
{
    int high = -1;
    for (size_t i = 0; i < text.n; i++) {
        int digit = ascii_hex(text.p[i]);
        if (digit < 0 && text.p[i] == ' ')
            continue;
        if (digit < 0)
            return false;
        if (high < 0) {
            high = digit;
        } else {
            buf_chr(out, (char)(high << 4 | digit));
            high = -1;
        }
    }
    return high < 0 && !out->full;
}

/* "\# 4 01020304", or the three numbers of TLSA before its bytes. */
static bool add_bytes(struct zone *z, struct slice name, enum dns_type type, struct slice value)
{
    struct buf raw = BUF_INIT(UINT16_MAX);
    struct slice word;
    uint64_t number, length = UINT64_MAX;
    bool ok = true;
    if (slice_starts(value, SLICE("\\# "))) {
        value = slice_from(value, 3);
        ok = slice_split(&value, ' ', &word) && slice_u64(word, &length);
    } else if (type == DNS_TLSA) {
        for (int i = 0; i < 3 && ok; i++) {
            ok = slice_split(&value, ' ', &word) && slice_u64(word, &number) && number < 256;
            if (ok)
                buf_chr(&raw, (char)number);
        }
    } else {
        ok = false;
    }
    ok = ok && unhex(value, &raw) && (length == UINT64_MAX || length == raw.n) &&
         add(z, name, type, ASK_OK, buf_slice(&raw));
    buf_fini(&raw);
    return ok;
}

static bool add_text(struct zone *z, struct slice name, struct slice value)
{
    size_t n = value.n ? (value.n + STRING - 1) / STRING : 1;
    struct slice *strings = ARENA_ARRAY(z->arena, struct slice, n);
    for (size_t i = 0; i < n; i++)
        strings[i] = slice_head(slice_from(value, i * STRING), STRING);
    return zone_add_txt(z, name, strings, n);
}

bool zone_add(struct zone *z, struct slice name, enum dns_type type, struct slice value)
{
    if (type == DNS_TXT)
        return add_text(z, name, value);
    if (slice_starts(value, SLICE("\\# ")))
        return add_bytes(z, name, type, value);
    switch (type) {
    case DNS_A:
    case DNS_AAAA:
        return add_address(z, name, type, value);
    case DNS_MX:
    case DNS_PTR:
    case DNS_NS:
    case DNS_CNAME:
        return add_name(z, name, type, value);
    default:
        return add_bytes(z, name, type, value);
    }
}

bool zone_add_txt(struct zone *z, struct slice name, const struct slice *strings, size_t n)
{
    struct buf wire = BUF_INIT(UINT16_MAX);
    bool ok = n > 0;
    for (size_t i = 0; i < n && ok; i++) {
        ok = strings[i].n <= STRING;
        buf_chr(&wire, (char)(strings[i].n & 0xff));
        buf_add(&wire, strings[i]);
    }
    ok = ok && !wire.full && add(z, name, DNS_TXT, ASK_OK, buf_slice(&wire));
    buf_fini(&wire);
    return ok;
}

bool zone_add_rdata(struct zone *z, struct slice name, enum dns_type type, struct slice rdata)
{
    return add(z, name, type, ASK_OK, rdata);
}

bool zone_add_status(struct zone *z, struct slice name, enum dns_type type, enum ask_status status)
{
    if (type != 0)
        return add(z, name, type, status, SLICE(""));
    struct node *n = node_of(z, name);
    if (n)
        n->otherwise = status;
    return n != NULL;
}

bool zone_set_secure(struct zone *z, struct slice name)
{
    struct node *n = node_of(z, name);
    if (n)
        n->is_secure = true;
    return n != NULL;
}

/* ---- looking up ---- */

/* RFC 4592: the wildcard below the closest name that exists. */
static const struct node *find_or_wildcard(const struct zone *z, struct slice name)
{
    char star[DNS_NAME_BYTES + 2] = {'*', '.'};
    const struct node *n = find(z, name);
    for (struct slice up = name; n == NULL && up.n;) {
        up = parent_of(up);
        if (find(z, up) == NULL)
            continue;
        if (up.n)
            memcpy(star + 2, up.p, up.n);
        return find(z, slice_of(star, up.n ? up.n + 2 : 1));
    }
    return n;
}

static const char *words_of(enum ask_status status)
{
    switch (status) {
    case ASK_FAILED:
        return "the zone says SERVFAIL";
    case ASK_BOGUS:
        return "the zone says bogus";
    case ASK_TIMEOUT:
        return "the zone says no answer";
    default:
        return NULL;
    }
}

/* What one node says of one type; false: it is an alias, *out_target says of what. */
static bool read_node(const struct node *n, struct arena *a, enum dns_type type,
                      struct dns_answer *out, struct slice *out_target)
{
    size_t count = 0;
    const struct record *said = NULL, *alias = NULL;
    for (const struct record *r = n->first; r; r = r->next) {
        if (r->type == type && r->status == ASK_OK)
            count++;
        else if (r->type == type)
            said = r;
        if (r->type == DNS_CNAME && r->status == ASK_OK)
            alias = r;
    }
    if (count == 0 && said == NULL && alias) {
        *out_target = alias->rdata;
        return false;
    }
    if (count == 0) {
        out->status = said ? said->status : n->otherwise != ASK_OK ? n->otherwise : ASK_NODATA;
        out->detail = words_of(out->status);
        return true;
    }
    out->status = ASK_OK;
    out->rdata = ARENA_ARRAY(a, struct slice, count);
    for (const struct record *r = n->first; r; r = r->next)
        if (r->type == type && r->status == ASK_OK)
            out->rdata[out->n++] = r->rdata;
    return true;
}

void zone_look(const struct zone *z, struct arena *a, struct slice name, enum dns_type type,
               struct dns_answer *out)
{
    char room[DNS_NAME_BYTES];
    bool is_secure = true;
    *out = (struct dns_answer){.status = ASK_NXDOMAIN, .ttl = TTL};
    for (unsigned i = 0; i < CHAIN_MOST; i++) {
        struct slice target;
        size_t used;
        const struct node *n = find_or_wildcard(z, name);
        if (n == NULL) {
            out->is_secure = is_secure && i > 0;
            return;
        }
        is_secure &= n->is_secure;
        if (read_node(n, a, type, out, &target)) {
            out->is_secure = is_secure;
            return;
        }
        if (!dns_name_read(target, room, &name, &used))
            break;
    }
    out->status = ASK_FAILED;
    out->detail = "aliases without an end";
}

unsigned zone_answer(const struct zone *z, struct ask *q)
{
    struct arena *a = arena_new(0);
    struct dns_question question;
    unsigned n = 0;
    for (; ask_next(q, &question); n++) {
        struct dns_answer answer;
        arena_reset(a);
        zone_look(z, a, question.name, question.type, &answer);
        ask_answered(q, question.id, &answer);
    }
    arena_free(a);
    return n;
}
