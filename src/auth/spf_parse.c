/* SPF records: terms and their syntax (RFC 7208 sections 4.5, 4.6.1, 5, 6 and 12). */
#include "auth/spf_internal.h"

#define RECORD_TERMS 4096

bool spf_is_record(struct slice txt)
{
    struct slice version = SLICE("v=spf1");
    return slice_istarts(txt, version) && (txt.n == version.n || txt.p[version.n] == ' ');
}

/* "1" to "32" without leading zero; "0" alone. */
static bool read_prefix(struct slice s, unsigned most, unsigned *out)
{
    uint64_t v;
    if (s.n == 0 || s.n > 3 || (s.n > 1 && s.p[0] == '0') || !slice_u64(s, &v) || v > most)
        return false;
    *out = (unsigned)v;
    return true;
}

/* Digits at the end behind `mark`; cuts them off. true also when there are none. */
static bool take_prefix(struct slice *s, struct slice mark, unsigned most, unsigned *out)
{
    size_t at = s->n;
    while (at && ascii_is_digit(s->p[at - 1]))
        at--;
    if (at < mark.n || !slice_ends(slice_head(*s, at), mark))
        return true;
    /* "/24" is no IPv4 length where "//24" stands */
    if (mark.n == 1 && at >= 2 && s->p[at - 2] == '/')
        return false;
    if (!read_prefix(slice_from(*s, at), most, out))
        return false;
    s->n = at - mark.n;
    return true;
}

/* [":" domain-spec] [dual-cidr] of a and mx; rest stands behind the name. */
static const char *read_host_term(struct slice rest, struct spf_term *t)
{
    t->bits4 = 32;
    t->bits6 = 128;
    if (!take_prefix(&rest, SLICE("//"), 128, &t->bits6) ||
        !take_prefix(&rest, SLICE("/"), 32, &t->bits4))
        return N_("a bad prefix length");
    if (rest.n == 0)
        return NULL;
    if (rest.p[0] != ':')
        return N_("something behind the name of a mechanism");
    t->spec = slice_from(rest, 1);
    return spf_macro_ok(t->spec, true, false) ? NULL : N_("a bad domain name");
}

static const char *read_net(struct slice rest, struct spf_term *t)
{
    bool is_4 = t->kind == SPF_IP4;
    struct slice address, length = {0};
    unsigned bits = is_4 ? 32 : 128;
    if (rest.n < 2 || rest.p[0] != ':')
        return N_("no address");
    rest = slice_from(rest, 1);
    size_t slash = slice_chr(rest, '/');
    address = slice_head(rest, slash == SIZE_MAX ? rest.n : slash);
    if (slash != SIZE_MAX) {
        length = slice_from(rest, slash + 1);
        if (!read_prefix(length, bits, &bits))
            return N_("a bad prefix length");
    }
    if ((slice_chr(address, ':') == SIZE_MAX) != is_4 || !ip_parse(address, &t->net.ip))
        return N_("a bad address");
    t->net.bits = is_4 ? bits + 96 : bits;
    return NULL;
}

static const char *read_spec(struct slice rest, bool is_needed, struct spf_term *t)
{
    if (rest.n == 0)
        return is_needed ? N_("no domain name") : NULL;
    if (rest.p[0] != ':')
        return N_("something behind the name of a mechanism");
    t->spec = slice_from(rest, 1);
    return spf_macro_ok(t->spec, true, false) ? NULL : N_("a bad domain name");
}

static const char *read_mechanism(struct slice s, struct spf_term *t)
{
    static const struct {
        const char *name;
        enum spf_kind kind;
    } names[] = {{"all", SPF_ALL}, {"include", SPF_INCLUDE}, {"a", SPF_A},
                 {"mx", SPF_MX},   {"ptr", SPF_PTR},         {"ip4", SPF_IP4},
                 {"ip6", SPF_IP6}, {"exists", SPF_EXISTS}};
    size_t end = 0, i = 0;
    while (end < s.n && s.p[end] != ':' && s.p[end] != '/')
        end++;
    struct slice name = slice_head(s, end), rest = slice_from(s, end);
    while (i < sizeof names / sizeof *names && !slice_ieq(name, slice_str(names[i].name)))
        i++;
    if (i == sizeof names / sizeof *names)
        return N_("an unknown mechanism");
    t->kind = names[i].kind;
    switch (t->kind) {
    case SPF_ALL:
        return rest.n ? N_("something behind \"all\"") : NULL;
    case SPF_A:
    case SPF_MX:
        return read_host_term(rest, t);
    case SPF_IP4:
    case SPF_IP6:
        return read_net(rest, t);
    default:
        return read_spec(rest, t->kind != SPF_PTR, t);
    }
}

static bool is_modifier_name(struct slice s)
{
    if (s.n == 0 || !ascii_is_alpha(s.p[0]))
        return false;
    for (size_t i = 1; i < s.n; i++)
        if (!ascii_is_alnum(s.p[i]) && s.p[i] != '-' && s.p[i] != '_' && s.p[i] != '.')
            return false;
    return true;
}

static const char *read_modifier(struct slice s, size_t equals, struct spf_term *t)
{
    struct slice name = slice_head(s, equals);
    t->spec = slice_from(s, equals + 1);
    if (!is_modifier_name(name))
        return N_("a bad name of a modifier");
    bool is_redirect = slice_ieq(name, SLICE("redirect")), is_exp = slice_ieq(name, SLICE("exp"));
    t->kind = is_redirect ? SPF_REDIRECT : is_exp ? SPF_EXP : SPF_UNKNOWN;
    if (t->kind == SPF_UNKNOWN)
        return spf_macro_ok(t->spec, false, false) ? NULL : N_("a bad value of a modifier");
    return spf_macro_ok(t->spec, true, false) ? NULL : N_("a bad domain name");
}

static const char *read_term(struct slice s, struct spf_term *t)
{
    static const char marks[] = "+-~?";
    static const enum auth_value results[] = {AUTH_PASS, AUTH_FAIL, AUTH_SOFTFAIL, AUTH_NEUTRAL};
    *t = (struct spf_term){.text = s, .result = AUTH_PASS};
    size_t at = 0;
    while (at < s.n && s.p[at] != '=' && s.p[at] != ':' && s.p[at] != '/')
        at++;
    if (at < s.n && s.p[at] == '=')
        return read_modifier(s, at, t);
    for (size_t i = 0; i < 4; i++)
        if (s.p[0] == marks[i]) {
            t->result = results[i];
            s = slice_from(s, 1);
            break;
        }
    return read_mechanism(s, t);
}

const char *spf_parse(struct arena *a, struct slice text, struct spf_record *out,
                      struct slice *out_bad)
{
    struct slice word;
    size_t room = 1;
    *out = (struct spf_record){0};
    for (size_t i = 0; i < text.n; i++) {
        room += text.p[i] == ' ';
        if ((unsigned char)text.p[i] < 0x20 || (unsigned char)text.p[i] > 0x7e) {
            *out_bad = slice_of(text.p + i, 1);
            return N_("a byte that is not printable ASCII");
        }
    }
    out->terms = ARENA_ARRAY(a, struct spf_term, room < RECORD_TERMS ? room : RECORD_TERMS);
    while (slice_split(&text, ' ', &word)) {
        if (word.n == 0)
            continue;
        *out_bad = word;
        if (out->n == RECORD_TERMS)
            return N_("too many terms");
        struct spf_term *t = &out->terms[out->n];
        const char *why = read_term(word, t);
        if (why)
            return why;
        if (t->kind == SPF_REDIRECT || t->kind == SPF_EXP) {
            const struct spf_term **to = t->kind == SPF_EXP ? &out->exp : &out->redirect;
            if (*to)
                return N_("a modifier that stands twice");
            *to = t;
        }
        out->n++;
    }
    return NULL;
}
