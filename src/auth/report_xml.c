/* Reading DMARC aggregate reports. One table says which element stands where and which field its
 * text fills; what it does not name is passed over, as extensions are (RFC 9990 section 4). Names
 * count without their name space, because senders use several and none. */
#include "auth/report.h"
#include "base/utf8.h"

#include <expat.h>

enum element {
    EL_NONE, /* outside of a report */
    EL_OTHER,
    EL_FEEDBACK,
    EL_META,
    EL_RANGE,
    EL_POLICY,
    EL_RECORD,
    EL_ROW,
    EL_EVALUATED,
    EL_REASON,
    EL_IDENTIFIERS,
    EL_RESULTS,
    EL_DKIM,
    EL_SPF,
    EL_TEXT /* a leaf; .field says where its text goes */
};

enum base { BASE_REPORT, BASE_ROW, BASE_REASON, BASE_AUTH, BASE_NUMBER };

/* Numbers and flags cannot be slices: they are made from their text by these. */
enum number { NUM_BEGIN, NUM_END, NUM_COUNT, NUM_DKIM, NUM_SPF, NUM_ERROR, NUM_ID, NUM_IP };

#define R(f) offsetof(struct report, f)
#define W(f) offsetof(struct report_row, f)
static const struct rule {
    enum element in;
    const char *name;
    enum element is;
    enum base base;
    size_t field;
    bool is_word; /* of a closed list: lower case */
} RULES[] = {
    {EL_FEEDBACK, "version", EL_TEXT, BASE_REPORT, R(aggregate.version), false},
    {EL_FEEDBACK, "report_metadata", EL_META, 0, 0, false},
    {EL_META, "org_name", EL_TEXT, BASE_REPORT, R(aggregate.org), false},
    {EL_META, "email", EL_TEXT, BASE_REPORT, R(aggregate.email), false},
    {EL_META, "extra_contact_info", EL_TEXT, BASE_REPORT, R(aggregate.contact), false},
    {EL_META, "generator", EL_TEXT, BASE_REPORT, R(aggregate.generator), false},
    {EL_META, "report_id", EL_TEXT, BASE_NUMBER, NUM_ID, false},
    {EL_META, "error", EL_TEXT, BASE_NUMBER, NUM_ERROR, false},
    {EL_META, "date_range", EL_RANGE, 0, 0, false},
    {EL_RANGE, "begin", EL_TEXT, BASE_NUMBER, NUM_BEGIN, false},
    {EL_RANGE, "end", EL_TEXT, BASE_NUMBER, NUM_END, false},
    {EL_FEEDBACK, "policy_published", EL_POLICY, 0, 0, false},
    {EL_POLICY, "domain", EL_TEXT, BASE_REPORT, R(aggregate.policy.domain), true},
    {EL_POLICY, "p", EL_TEXT, BASE_REPORT, R(aggregate.policy.p), true},
    {EL_POLICY, "sp", EL_TEXT, BASE_REPORT, R(aggregate.policy.sp), true},
    {EL_POLICY, "np", EL_TEXT, BASE_REPORT, R(aggregate.policy.np), true},
    {EL_POLICY, "adkim", EL_TEXT, BASE_REPORT, R(aggregate.policy.adkim), true},
    {EL_POLICY, "aspf", EL_TEXT, BASE_REPORT, R(aggregate.policy.aspf), true},
    {EL_POLICY, "fo", EL_TEXT, BASE_REPORT, R(aggregate.policy.fo), true},
    {EL_POLICY, "pct", EL_TEXT, BASE_REPORT, R(aggregate.policy.pct), true},
    {EL_POLICY, "testing", EL_TEXT, BASE_REPORT, R(aggregate.policy.testing), true},
    {EL_POLICY, "t", EL_TEXT, BASE_REPORT, R(aggregate.policy.testing), true},
    {EL_POLICY, "discovery_method", EL_TEXT, BASE_REPORT, R(aggregate.policy.discovery), true},
    {EL_FEEDBACK, "record", EL_RECORD, 0, 0, false},
    {EL_RECORD, "row", EL_ROW, 0, 0, false},
    {EL_ROW, "source_ip", EL_TEXT, BASE_NUMBER, NUM_IP, false},
    {EL_ROW, "count", EL_TEXT, BASE_NUMBER, NUM_COUNT, false},
    {EL_ROW, "policy_evaluated", EL_EVALUATED, 0, 0, false},
    {EL_EVALUATED, "disposition", EL_TEXT, BASE_ROW, W(disposition), true},
    {EL_EVALUATED, "dkim", EL_TEXT, BASE_NUMBER, NUM_DKIM, true},
    {EL_EVALUATED, "spf", EL_TEXT, BASE_NUMBER, NUM_SPF, true},
    {EL_EVALUATED, "reason", EL_REASON, 0, 0, false},
    {EL_REASON, "type", EL_TEXT, BASE_REASON, offsetof(struct report_reason, type), true},
    {EL_REASON, "comment", EL_TEXT, BASE_REASON, offsetof(struct report_reason, comment), false},
    {EL_RECORD, "identifiers", EL_IDENTIFIERS, 0, 0, false},
    {EL_RECORD, "identities", EL_IDENTIFIERS, 0, 0, false}, /* drafts before RFC 7489 */
    {EL_IDENTIFIERS, "header_from", EL_TEXT, BASE_ROW, W(header_from), true},
    {EL_IDENTIFIERS, "envelope_from", EL_TEXT, BASE_ROW, W(envelope_from), true},
    {EL_IDENTIFIERS, "envelope_to", EL_TEXT, BASE_ROW, W(envelope_to), true},
    {EL_RECORD, "auth_results", EL_RESULTS, 0, 0, false},
    {EL_RESULTS, "dkim", EL_DKIM, 0, 0, false},
    {EL_RESULTS, "spf", EL_SPF, 0, 0, false},
};
/* Both kinds of result have these. */
static const struct rule AUTH_RULES[] = {
    {EL_NONE, "domain", EL_TEXT, BASE_AUTH, offsetof(struct report_auth, domain), true},
    {EL_NONE, "selector", EL_TEXT, BASE_AUTH, offsetof(struct report_auth, selector), false},
    {EL_NONE, "scope", EL_TEXT, BASE_AUTH, offsetof(struct report_auth, selector), true},
    {EL_NONE, "result", EL_TEXT, BASE_AUTH, offsetof(struct report_auth, result), true},
    {EL_NONE, "human_result", EL_TEXT, BASE_AUTH, offsetof(struct report_auth, human), false},
};

#define ELEMENTS 2500000u /* a report of as many rows as are kept has fewer */

struct reader {
    struct arena *arena;
    size_t elements;
    XML_Parser xml;
    struct report *out;
    enum element stack[REPORT_DEPTH];
    int depth;
    const struct rule *leaf; /* whose text is being gathered */
    struct buf text;
    bool is_closed; /* the report came to its end */
    const char *refused;
    /* The row at hand; lists grow here and are copied when the record ends. */
    struct report_row row;
    struct report_auth dkim[REPORT_LIST], spf[REPORT_LIST];
    struct report_reason reasons[REPORT_LIST];
    struct slice errors[REPORT_LIST];
    struct report_auth *auth; /* being filled, or NULL */
    struct report_reason *reason;
    size_t room; /* of out->aggregate.rows */
};

static void refuse(struct reader *r, const char *why)
{
    if (r->refused == NULL)
        r->refused = why;
    XML_StopParser(r->xml, XML_FALSE);
}

static enum element top(const struct reader *r)
{
    return r->depth ? r->stack[r->depth - 1] : EL_NONE;
}

static const char *without_prefix(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon ? colon + 1 : name;
}

static const struct rule *find_rule(enum element in, const char *name)
{
    const struct rule *rules = RULES;
    size_t n = sizeof(RULES) / sizeof(*RULES);
    if (in == EL_DKIM || in == EL_SPF) {
        rules = AUTH_RULES;
        n = sizeof(AUTH_RULES) / sizeof(*AUTH_RULES);
        in = EL_NONE;
    }
    for (size_t i = 0; i < n; i++) {
        if (rules[i].in == in && strcmp(rules[i].name, name) == 0)
            return &rules[i];
    }
    return NULL;
}

/* Room for one more in a list of the row, or NULL with a note. */
static void *one_more(struct reader *r, void *list, size_t *n, size_t size)
{
    if (*n >= REPORT_LIST) {
        r->out->notes |= NOTE_ROWS;
        return NULL;
    }
    void *at = (char *)list + *n * size;
    memset(at, 0, size);
    ++*n;
    return at;
}

static void begin_group(struct reader *r, enum element is)
{
    if (is == EL_RECORD)
        r->row = (struct report_row){0};
    else if (is == EL_DKIM)
        r->auth = one_more(r, r->dkim, &r->row.n_dkim, sizeof(*r->dkim));
    else if (is == EL_SPF)
        r->auth = one_more(r, r->spf, &r->row.n_spf, sizeof(*r->spf));
    else if (is == EL_REASON)
        r->reason = one_more(r, r->reasons, &r->row.n_reasons, sizeof(*r->reasons));
}

static void note_root(struct reader *r, const XML_Char **attributes)
{
    for (size_t i = 0; attributes[i] && attributes[i + 1]; i += 2) {
        if (strcmp(attributes[i], "xmlns") == 0 || strncmp(attributes[i], "xmlns:", 6) == 0) {
            struct slice ns = slice_str(attributes[i + 1]);
            if (slice_ifind(ns, SLICE("dmarc")) != SIZE_MAX)
                r->out->aggregate.ns = report_text(r->arena, ns);
        }
    }
    if (r->depth)
        r->out->notes |= NOTE_WRAPPED;
}

static void XMLCALL on_start(void *arg, const XML_Char *name, const XML_Char **attributes)
{
    struct reader *r = arg;
    enum element in = top(r), is = EL_OTHER;
    name = without_prefix(name);
    if (r->depth >= REPORT_DEPTH) {
        refuse(r, "elements are nested too deep");
        return;
    }
    if (++r->elements > ELEMENTS) {
        refuse(r, "it has too many elements");
        return;
    }
    r->leaf = NULL;
    buf_reset(&r->text);
    if (strcmp(name, "feedback") == 0 && (in == EL_NONE || in == EL_OTHER) && !r->is_closed) {
        is = EL_FEEDBACK;
        note_root(r, attributes);
    } else {
        const struct rule *rule = find_rule(in, name);
        is = rule ? rule->is : EL_OTHER;
        if (is == EL_TEXT)
            r->leaf = rule;
        begin_group(r, is);
    }
    r->stack[r->depth++] = is;
}

static void XMLCALL on_text(void *arg, const XML_Char *p, int n)
{
    struct reader *r = arg;
    if (r->leaf)
        buf_add(&r->text, slice_of(p, (size_t)n));
    else if (top(r) >= EL_FEEDBACK && slice_trim(slice_of(p, (size_t)n)).n)
        r->out->notes |= NOTE_JUNK;
}

static uint64_t number(struct reader *r, struct slice s)
{
    uint64_t n = 0;
    size_t dot = slice_chr(s, '.'); /* "1538413632.0" is sent, too */
    if (!slice_u64(slice_head(s, dot == SIZE_MAX ? s.n : dot), &n))
        r->out->notes |= NOTE_VALUES;
    return n < (uint64_t)INT64_MAX ? n : (uint64_t)INT64_MAX;
}

static bool is_pass(struct reader *r, struct slice s)
{
    bool pass = slice_eq(s, SLICE("pass"));
    if (!pass && !slice_eq(s, SLICE("fail")))
        r->out->notes |= NOTE_VALUES;
    return pass;
}

static void fill_number(struct reader *r, size_t which, struct slice s)
{
    struct report_aggregate *g = &r->out->aggregate;
    switch ((enum number)which) {
    case NUM_BEGIN:
        r->out->begin_s = (int64_t)number(r, s);
        break;
    case NUM_END:
        r->out->end_s = (int64_t)number(r, s);
        break;
    case NUM_COUNT:
        r->row.count = number(r, s);
        break;
    case NUM_DKIM:
        r->row.dkim_aligned = is_pass(r, s);
        break;
    case NUM_SPF:
        r->row.spf_aligned = is_pass(r, s);
        break;
    case NUM_ERROR:
        if (g->n_errors < REPORT_LIST)
            r->errors[g->n_errors++] = s;
        break;
    case NUM_ID:
        r->out->id = s;
        break;
    case NUM_IP:
        r->row.ip = report_ip(r->arena, s);
        if (r->row.ip.n == 0)
            r->out->notes |= NOTE_VALUES;
        break;
    }
}

static void fill(struct reader *r, const struct rule *rule)
{
    struct slice s = report_text(r->arena, buf_slice(&r->text));
    if (rule->is_word) {
        struct slice low = arena_lower(r->arena, s);
        if (!slice_eq(low, s))
            r->out->notes |= NOTE_UPPER_CASE;
        s = low;
    }
    char *at = NULL;
    if (rule->base == BASE_NUMBER)
        fill_number(r, rule->field, s);
    else if (rule->base == BASE_REPORT)
        at = (char *)r->out;
    else if (rule->base == BASE_ROW)
        at = (char *)&r->row;
    else if (rule->base == BASE_AUTH)
        at = (char *)r->auth;
    else
        at = (char *)r->reason;
    if (at)
        memcpy(at + rule->field, &s, sizeof(s));
}

static void *keep(struct reader *r, const void *list, size_t n, size_t size)
{
    void *copy = arena_array(r->arena, n, size);
    if (n)
        memcpy(copy, list, n * size);
    return copy;
}

static void end_record(struct reader *r)
{
    struct report_aggregate *g = &r->out->aggregate;
    if (g->n_rows >= REPORT_ROWS) {
        r->out->notes |= NOTE_ROWS;
        return;
    }
    if (g->n_rows == r->room) {
        size_t room = r->room ? r->room * 2 : 16;
        g->rows = arena_grow(r->arena, g->rows, r->room, room, sizeof(*g->rows));
        r->room = room;
    }
    struct report_row *row = &g->rows[g->n_rows++];
    *row = r->row;
    row->dkim = keep(r, r->dkim, row->n_dkim, sizeof(*row->dkim));
    row->spf = keep(r, r->spf, row->n_spf, sizeof(*row->spf));
    row->reasons = keep(r, r->reasons, row->n_reasons, sizeof(*row->reasons));
    g->messages += row->count < UINT32_MAX ? row->count : UINT32_MAX;
}

static void XMLCALL on_end(void *arg, const XML_Char *name)
{
    struct reader *r = arg;
    (void)name;
    if (r->depth == 0)
        return;
    enum element is = r->stack[--r->depth];
    if (is == EL_TEXT && r->leaf)
        fill(r, r->leaf);
    r->leaf = NULL;
    if (is == EL_DKIM || is == EL_SPF)
        r->auth = NULL;
    else if (is == EL_REASON)
        r->reason = NULL;
    else if (is == EL_RECORD)
        end_record(r);
    else if (is == EL_FEEDBACK)
        r->is_closed = true;
}

/* No report needs a document type; entities of one's own are how XML is used to attack readers. */
static void XMLCALL on_doctype(void *arg, const XML_Char *name, const XML_Char *sysid,
                               const XML_Char *pubid, int has_subset)
{
    (void)name, (void)sysid, (void)pubid, (void)has_subset;
    refuse(arg, "it declares a document type (DTD), which no report may");
}

/* What a report must say, and that it says it sensibly. */
static int check(struct reader *r, struct err *e)
{
    struct report *out = r->out;
    struct report_aggregate *g = &out->aggregate;
    out->domain = g->policy.domain;
    for (size_t i = 0; i < g->n_rows && out->domain.n == 0; i++)
        out->domain = g->rows[i].header_from;
    while (out->domain.n && out->domain.p[out->domain.n - 1] == '.')
        out->domain.n--;
    if (out->domain.n == 0) /* nobody could look it up */
        return err_set(e, ERR_CORRUPT, "the report names no domain");
    g->errors = keep(r, r->errors, g->n_errors, sizeof(*g->errors));
    bool misses = g->org.n == 0 || g->email.n == 0 || out->id.n == 0 || out->begin_s == 0 ||
                  g->policy.domain.n == 0 || g->policy.p.n == 0 || g->n_rows == 0;
    for (size_t i = 0; i < g->n_rows && !misses; i++)
        misses = g->rows[i].header_from.n == 0 || g->rows[i].n_spf == 0;
    if (misses)
        out->notes |= NOTE_MISSING;
    out->org = g->org.n ? g->org : g->email;
    return 0;
}

static int parse(struct reader *r, struct slice xml, struct err *e)
{
    XML_SetUserData(r->xml, r);
    XML_SetElementHandler(r->xml, on_start, on_end);
    XML_SetCharacterDataHandler(r->xml, on_text);
    XML_SetStartDoctypeDeclHandler(r->xml, on_doctype);
    enum XML_Status ok = XML_Parse(r->xml, xml.p, (int)xml.n, 1);
    unsigned long line = XML_GetCurrentLineNumber(r->xml);
    if (r->refused)
        return err_set(e, ERR_CORRUPT, "line %lu: %s", line, r->refused);
    if (ok == XML_STATUS_ERROR && r->is_closed)
        r->out->notes |= NOTE_CUT; /* what is broken lies behind the report */
    else if (ok == XML_STATUS_ERROR)
        return err_set(e, ERR_CORRUPT, "line %lu: %s", line,
                       XML_ErrorString(XML_GetErrorCode(r->xml)));
    if (!r->is_closed)
        return err_set(e, ERR_CORRUPT, "this XML is no DMARC report: it has no <feedback>");
    return 0;
}

int report_read_aggregate(struct arena *a, struct slice xml, struct err *e, struct report *out)
{
    if (xml.n > REPORT_UNPACKED)
        return err_set(e, ERR_LIMIT, "the report is larger than %u bytes", REPORT_UNPACKED);
    *out = (struct report){.kind = REPORT_AGGREGATE};
    while (xml.n && ascii_is_space(*xml.p))
        xml = slice_from(xml, 1); /* XML wants its declaration at the very start */
    bool is_utf16 = xml.n > 1 &&
                    ((unsigned char)xml.p[0] >= 0xFE || xml.p[0] == 0 || xml.p[1] == 0);
    bool says_utf8 = slice_ifind(slice_head(xml, 100), SLICE("encoding")) == SIZE_MAX ||
                     slice_ifind(slice_head(xml, 100), SLICE("utf-8")) != SIZE_MAX;
    if (!is_utf16 && says_utf8 && !utf8_is_valid(xml)) {
        out->notes |= NOTE_BAD_UTF8;
        xml = utf8_clean(a, xml);
    }
    struct reader *r = ARENA_NEW(a, struct reader);
    *r = (struct reader){.arena = a, .out = out, .text = BUF_INIT(4 * REPORT_TEXT)};
    r->xml = XML_ParserCreate(NULL);
    if (r->xml == NULL)
        BUG("out of memory");
    int rc = parse(r, xml, e);
    XML_ParserFree(r->xml);
    buf_fini(&r->text);
    return rc < 0 ? rc : check(r, e);
}
