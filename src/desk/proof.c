/* Names and words of proofs. See proof.h. */
#include "desk/proof.h"

#include "ask/ask.h"
#include "desk/code.h"

#define LABEL "_muster-appeal"

static const char *const names[PROOFS] = {"mail", "dns", "web"};

const char *proof_method_name(enum proof_method m)
{
    return m >= 0 && m < PROOFS ? names[m] : "?";
}

bool proof_method_parse(struct slice word, enum proof_method *out)
{
    for (int i = 0; i < PROOFS; i++) {
        if (slice_eq(word, slice_str(names[i]))) {
            *out = (enum proof_method)i;
            return true;
        }
    }
    return false;
}

/* The reverse zone of a network: as many labels of its address's reverse name as its bits fill.
 * Empty: the network ends within a label. */
static struct slice reverse_zone(struct arena *a, const struct net *net)
{
    char text[46];
    unsigned bits = net->ip.is_v4 ? net->bits - 96 : net->bits;
    unsigned width = net->ip.is_v4 ? 8 : 4, labels = net->ip.is_v4 ? 4 : 32;
    struct slice zone = dns_reverse_name(a, slice_of(text, ip_format(&net->ip, text)));
    if (bits == 0 || bits % width)
        return SLICE("");
    for (unsigned drop = labels - bits / width; drop > 0; drop--)
        zone = slice_from(zone, slice_chr(zone, '.') + 1);
    return zone;
}

bool proof_host(enum listed_kind k, struct slice value, struct slice *out)
{
    size_t at = slice_rchr(value, '@'), slash = slice_chr(value, '/');
    switch (k) {
    case LISTED_DOMAIN:
        *out = value;
        return true;
    case LISTED_LINK:
        *out = slash == SIZE_MAX ? value : slice_head(value, slash);
        return true;
    case LISTED_MAILBOX:
        *out = slice_from(value, at + 1);
        return at != SIZE_MAX;
    default:
        return false;
    }
}

bool proof_dns_name(struct arena *a, enum listed_kind k, struct slice value, struct slice *out)
{
    struct net net;
    struct slice zone = SLICE("");
    if ((k == LISTED_ADDRESS || k == LISTED_NETWORK) && net_parse(value, &net))
        zone = reverse_zone(a, &net);
    else
        (void)!proof_host(k, value, &zone);
    if (zone.n == 0)
        return false;
    *out = arena_printf(a, LABEL ".%.*s", SLICE_ARG(zone));
    return dns_name_is_valid(*out);
}

struct slice proof_path(struct arena *a, const unsigned char appeal[16])
{
    char code[CODE_CHARS];
    code_text(appeal, code);
    return arena_printf(a, "/.well-known/muster-appeal/%s", code);
}

struct slice proof_words(struct arena *a, const unsigned char token[16])
{
    char code[CODE_CHARS];
    code_text(token, code);
    return arena_printf(a, "muster-appeal=%s", code);
}

bool proof_says(struct slice text, struct slice words)
{
    struct slice line;
    while (slice_line(&text, &line)) {
        line = slice_trim(line);
        if (line.n >= 2 && line.p[0] == '"' && line.p[line.n - 1] == '"')
            line = slice_head(slice_from(line, 1), line.n - 2);
        if (slice_eq(slice_trim(line), words))
            return true;
    }
    return false;
}
