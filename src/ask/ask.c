/* The questions of one message. See ask.h.
 *
 * Entries lie in the order of asking, so that sending is a cursor; a small table of chains finds
 * them again. A check that is run again asks everything again, so finding is the common case.
 * Nothing is allotted before the first question: most messages on a node without resolver ask
 * none. */
#include "ask/ask.h"
#include "ask/name.h"
#include "base/hash.h"

#define QUESTIONS   200u
#define RDATA_BYTES 65535u
#define RECORDS     4096u
#define CHAINS      64u

struct entry {
    struct dns_question q;
    uint64_t hash;
    struct entry *chain;
    bool is_sent;
    const struct dns_answer *answer;
};

struct ask {
    struct arena *arena;
    struct ask_limits limits;
    struct entry **all; /* limits.questions pointers, made at the first question */
    struct entry *chains[CHAINS];
    unsigned n, sent, waiting;
    const struct dns_answer *given_up;
};

static const struct dns_answer no_name = {.status = ASK_LIMIT,
                                          .detail = "not a name that DNS can carry"};
static const struct dns_answer too_many = {.status = ASK_LIMIT,
                                           .detail = "more questions than one message may cause"};

struct ask *ask_new(struct arena *a, const struct ask_limits *limits)
{
    struct ask *q = ARENA_NEW(a, struct ask);
    q->arena = a;
    if (limits)
        q->limits = *limits;
    if (q->limits.questions == 0)
        q->limits.questions = QUESTIONS;
    if (q->limits.rdata_bytes == 0)
        q->limits.rdata_bytes = RDATA_BYTES;
    return q;
}

static struct entry *find(struct ask *q, uint64_t hash, struct slice name, enum dns_type type)
{
    struct entry *e = q->chains[hash % CHAINS];
    while (e && (e->hash != hash || e->q.type != type || !slice_eq(e->q.name, name)))
        e = e->chain;
    return e;
}

static struct entry *add(struct ask *q, uint64_t hash, struct slice name, enum dns_type type)
{
    if (q->all == NULL)
        q->all = ARENA_ARRAY(q->arena, struct entry *, q->limits.questions);
    struct entry *e = ARENA_NEW(q->arena, struct entry);
    e->q = (struct dns_question){.id = q->n, .name = arena_dup(q->arena, name), .type = type};
    e->hash = hash;
    e->chain = q->chains[hash % CHAINS];
    q->chains[hash % CHAINS] = e;
    q->all[q->n++] = e;
    return e;
}

/* `most`: how many questions there may be once this one was added. */
static const struct dns_answer *look(struct ask *q, struct slice name, enum dns_type type,
                                     unsigned most)
{
    char room[DNS_NAME_BYTES];
    struct slice folded;
    if (!dns_name_fold(name, room, &folded))
        return &no_name;
    uint64_t hash = hash_bytes(folded, (uint64_t)type);
    struct entry *e = find(q, hash, folded, type);
    if (e)
        return e->answer;
    if (q->given_up)
        return q->given_up;
    if (q->n >= most)
        return &too_many;
    add(q, hash, folded, type);
    return NULL;
}

const struct dns_answer *ask_dns(struct ask *q, struct slice name, enum dns_type type)
{
    return look(q, name, type, q->limits.questions);
}

/* Hints may not use up what real questions need. */
void ask_ahead(struct ask *q, struct slice name, enum dns_type type)
{
    (void)look(q, name, type, q->limits.questions - q->limits.questions / 4);
}

bool ask_next(struct ask *q, struct dns_question *out)
{
    while (q->sent < q->n) {
        struct entry *e = q->all[q->sent++];
        if (e->answer)
            continue;
        e->is_sent = true;
        q->waiting++;
        *out = e->q;
        return true;
    }
    return false;
}

static const struct dns_answer *copy(struct ask *q, const struct dns_answer *from)
{
    struct dns_answer *a = ARENA_NEW(q->arena, struct dns_answer);
    size_t bytes = 0;
    *a = *from;
    if (from->detail)
        a->detail = arena_cstr(q->arena, slice_str(from->detail));
    if (a->status != ASK_OK)
        a->n = 0;
    a->rdata = NULL;
    for (size_t i = 0; i < a->n; i++)
        bytes += from->rdata[i].n;
    if (bytes > q->limits.rdata_bytes || a->n > RECORDS) {
        *a = (struct dns_answer){
            .status = ASK_FAILED, .ttl = from->ttl, .detail = "an answer larger than what is read"};
        return a;
    }
    if (a->status == ASK_OK && a->n == 0)
        a->status = ASK_NODATA;
    a->rdata = ARENA_ARRAY(q->arena, struct slice, a->n);
    for (size_t i = 0; i < a->n; i++)
        a->rdata[i] = arena_dup(q->arena, from->rdata[i]);
    return a;
}

void ask_answered(struct ask *q, unsigned id, const struct dns_answer *a)
{
    struct entry *e = id < q->n ? q->all[id] : NULL;
    if (e == NULL || !e->is_sent || e->answer)
        return;
    e->answer = copy(q, a);
    q->waiting--;
}

void ask_send_again(struct ask *q)
{
    q->sent = 0;
    q->waiting = 0;
}

unsigned ask_waiting(const struct ask *q)
{
    return q->waiting;
}

bool ask_is_pending(const struct ask *q)
{
    return q->waiting > 0 || q->sent < q->n;
}

void ask_give_up(struct ask *q, enum ask_status status, const char *detail)
{
    struct dns_answer *a = ARENA_NEW(q->arena, struct dns_answer);
    a->status = status;
    a->detail = detail ? arena_cstr(q->arena, slice_str(detail)) : NULL;
    q->given_up = a;
    for (unsigned i = 0; i < q->n; i++)
        if (q->all[i]->answer == NULL)
            q->all[i]->answer = a;
    q->waiting = 0;
    q->sent = q->n;
}

unsigned ask_count(const struct ask *q)
{
    return q->n;
}

bool ask_get(const struct ask *q, unsigned index, struct dns_question *out,
             const struct dns_answer **out_answer)
{
    if (index >= q->n)
        return false;
    *out = q->all[index]->q;
    *out_answer = q->all[index]->answer;
    return true;
}

const char *ask_status_name(enum ask_status s)
{
    static const char *const names[ASK_STATUSES] = {"ok",    "nodata",  "nxdomain", "failed",
                                                    "bogus", "timeout", "limit"};
    return s < ASK_STATUSES ? names[s] : "unknown";
}
