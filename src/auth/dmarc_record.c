/* DMARC policy records: tags and their defaults (RFC 9989 section 4.7). */
#include "auth/dmarc.h"

enum tag {
    TAG_P,
    TAG_SP,
    TAG_NP,
    TAG_ADKIM,
    TAG_ASPF,
    TAG_T,
    TAG_PSD,
    TAG_RUA,
    TAG_RUF,
    TAG_FO,
    TAGS
};

/* Takes the next "name = value" from the front; false at the end. */
static bool next_tag(struct slice *rest, struct slice *out_name, struct slice *out_value)
{
    struct slice one;
    while (slice_split(rest, ';', &one)) {
        one = slice_trim(one);
        size_t equals = slice_chr(one, '=');
        if (equals == SIZE_MAX || equals == 0)
            continue; /* no tag: left out */
        *out_name = slice_trim(slice_head(one, equals));
        *out_value = slice_trim(slice_from(one, equals + 1));
        return true;
    }
    return false;
}

bool dmarc_is_record(struct slice txt)
{
    struct slice rest = txt, one = {0};
    slice_split(&rest, ';', &one);
    size_t equals = slice_chr(one, '=');
    if (equals == SIZE_MAX || !slice_ieq(slice_trim(slice_head(one, equals)), SLICE("v")))
        return false;
    /* nothing may stand before the v */
    return !ascii_is_space(one.p[0]) &&
           slice_eq(slice_trim(slice_from(one, equals + 1)), SLICE("DMARC1"));
}

static bool read_policy(struct slice v, enum dmarc_policy *out)
{
    for (int p = DMARC_NONE; p <= DMARC_REJECT; p++) {
        if (slice_ieq(v, slice_str(dmarc_policy_name((enum dmarc_policy)p)))) {
            *out = (enum dmarc_policy)p;
            return true;
        }
    }
    return false;
}

/* "scheme:something" anywhere in the list. */
static bool has_uri(struct slice list)
{
    struct slice one;
    while (slice_split(&list, ',', &one)) {
        one = slice_trim(one);
        size_t colon = slice_chr(one, ':');
        bool ok = colon != SIZE_MAX && colon > 0 && colon + 1 < one.n && ascii_is_alpha(one.p[0]);
        for (size_t i = 0; ok && i < colon; i++)
            ok = ascii_is_alnum(one.p[i]) || memchr("+.-", one.p[i], 3);
        for (size_t i = colon; ok && i < one.n; i++)
            ok = one.p[i] > ' ' && one.p[i] < 127;
        if (ok)
            return true;
    }
    return false;
}

static void read_tag(enum tag tag, struct slice v, struct dmarc_record *r)
{
    switch (tag) {
    case TAG_P:
        r->has_p = read_policy(v, &r->p);
        break;
    case TAG_SP:
        r->has_sp = read_policy(v, &r->sp);
        break;
    case TAG_NP:
        r->has_np = read_policy(v, &r->np);
        break;
    case TAG_ADKIM:
        r->strict_dkim = slice_ieq(v, SLICE("s"));
        break;
    case TAG_ASPF:
        r->strict_spf = slice_ieq(v, SLICE("s"));
        break;
    case TAG_T:
        r->is_test = slice_ieq(v, SLICE("y"));
        break;
    case TAG_PSD:
        if (v.n == 1 && memchr("yn", ascii_lower(v.p[0]), 2))
            r->psd = ascii_lower(v.p[0]);
        break;
    case TAG_RUA:
        r->rua = v;
        break;
    case TAG_RUF:
        r->ruf = v;
        break;
    default:
        if (v.n)
            r->fo = v;
    }
}

bool dmarc_record_parse(struct slice txt, struct dmarc_record *out)
{
    static const char *const names[TAGS] = {"p", "sp",  "np",  "adkim", "aspf",
                                            "t", "psd", "rua", "ruf",   "fo"};
    bool seen[TAGS] = {false};
    struct slice rest = txt, name, value;
    *out = (struct dmarc_record){.text = txt, .psd = 'u', .fo = SLICE("0")};
    if (!dmarc_is_record(txt) || !next_tag(&rest, &name, &value))
        return false;
    while (next_tag(&rest, &name, &value)) {
        if (slice_ieq(name, SLICE("v")))
            return false;
        for (int i = 0; i < TAGS; i++) {
            if (!slice_ieq(name, slice_str(names[i])))
                continue;
            if (seen[i])
                return false;
            seen[i] = true;
            read_tag((enum tag)i, value, out);
        }
    }
    if (!out->has_p) {
        /* Counts as p=none where somebody waits for reports, else there is no policy at all. */
        out->p = DMARC_NONE;
        out->has_p = has_uri(out->rua);
        if (out->has_p)
            out->has_sp = out->has_np = false;
    }
    if (!out->has_sp)
        out->sp = out->p;
    if (!out->has_np)
        out->np = out->sp;
    return true;
}
