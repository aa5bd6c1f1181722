/* Records of keys in the DNS. See dkim_dns.h. */
#include "cli/dkim_dns.h"
#include "auth/tags.h"
#include "base/lang.h"
#include "node/lookup.h"

static const struct {
    const char *name, *words;
} STATES[] = {
    [DKIM_DNS_UNASKED] = {"unasked", N_("the DNS was not asked")},
    [DKIM_DNS_SEEN] = {"seen", N_("the DNS has this record")},
    [DKIM_DNS_MISSING] = {"missing", N_("the DNS has no such record")},
    [DKIM_DNS_OTHER] = {"other", N_("the DNS has the record of another key")},
    [DKIM_DNS_SEVERAL] = {"several", N_("the DNS has several records, so that none counts")},
    [DKIM_DNS_REVOKED] = {"revoked", N_("the DNS says that the key is revoked")},
    [DKIM_DNS_UNKNOWN] = {"unknown", N_("the DNS gave no answer")},
};

const char *dkim_dns_name(enum dkim_dns s)
{
    return STATES[s].name;
}

const char *dkim_dns_words(enum dkim_dns s)
{
    return STATES[s].words;
}

bool dkim_dns_is_bad(enum dkim_dns s)
{
    return s == DKIM_DNS_MISSING || s == DKIM_DNS_OTHER || s == DKIM_DNS_SEVERAL ||
           s == DKIM_DNS_REVOKED;
}

/* The key in a record, without white space. false: the record is none. */
static bool key_of(struct arena *a, struct slice record, struct slice *out)
{
    struct tags tags;
    const char *why;
    if (!tags_parse(record, &tags, &why) || tags_find(&tags, "p") == NULL)
        return false;
    *out = tag_squeeze(a, tags_value(&tags, "p"));
    return true;
}

static enum dkim_dns judge(struct arena *a, const struct dns_answer *got, struct slice record)
{
    struct slice text, ours, theirs;
    if (got->status == ASK_NXDOMAIN || got->status == ASK_NODATA)
        return DKIM_DNS_MISSING;
    if (got->status != ASK_OK || got->n == 0)
        return DKIM_DNS_UNKNOWN;
    if (got->n > 1)
        return DKIM_DNS_SEVERAL;
    if (!dns_txt(a, got->rdata[0], &text) || !key_of(a, text, &theirs) || !key_of(a, record, &ours))
        return DKIM_DNS_OTHER;
    if (theirs.n == 0)
        return DKIM_DNS_REVOKED;
    return slice_eq(ours, theirs) ? DKIM_DNS_SEEN : DKIM_DNS_OTHER;
}

int dkim_dns_look(const struct conf *conf, const char *zone, struct dkim_wanted *list, size_t n,
                  struct err *e)
{
    struct lookup *l = NULL;
    int rc = n ? lookup_open(conf, zone, e, &l) : 0;
    if (rc < 0 || l == NULL)
        return rc;
    struct arena *a = arena_new(0);
    struct ask *q = ask_new(a, NULL);
    for (size_t i = 0; i < n; i++)
        (void)ask_dns(q, list[i].name, DNS_TXT);
    lookup_round(l, q, 0);
    for (size_t i = 0; i < n; i++) {
        const struct dns_answer *got = ask_dns(q, list[i].name, DNS_TXT);
        list[i].state = got ? judge(a, got, list[i].record) : DKIM_DNS_UNKNOWN;
    }
    arena_free(a);
    lookup_close(l);
    return 0;
}
