/* One address, strictly: which grammar does it need? See address.h.
 *
 * Every element that a grammar does not know raises the class; what no grammar knows makes it
 * invalid. RFC 5321 4.1.2 and 4.1.3, RFC 5322 3.2, 3.4.1 and 4.4, RFC 6531 3.3. No DNS.
 */
#include "mail/address.h"
#include "base/utf8.h"

struct check {
    struct slice s;
    size_t at;
    bool allow_utf8;
    size_t local_n; /* bytes of the local part without comments */
    struct address_check r;
};

static void need(struct check *c, enum address_class is, const char *why)
{
    if (is > c->r.is)
        c->r = (struct address_check){is, why};
}

static bool is_bad(const struct check *c)
{
    return c->r.is == ADDRESS_INVALID;
}

static void bad(struct check *c, const char *why)
{
    need(c, ADDRESS_INVALID, why);
}

static bool more(const struct check *c)
{
    return !is_bad(c) && c->at < c->s.n;
}

static char peek(const struct check *c)
{
    return c->at < c->s.n ? c->s.p[c->at] : '\0';
}

static bool is_wsp(char ch)
{
    return ch == ' ' || ch == '\t';
}

static bool is_high(const struct check *c, char ch)
{
    return c->allow_utf8 && (unsigned char)ch >= 128;
}

static bool is_atext(const struct check *c, char ch)
{
    return ascii_is_alnum(ch) || (ch && strchr("!#$%&'*+-/=?^_`{|}~", ch)) || is_high(c, ch);
}

/* A control character that only the obsolete grammar takes inside quotes and comments. */
static bool is_control(char ch)
{
    return (ch > 0 && ch < 32 && ch != '\t' && ch != '\n' && ch != '\r') || ch == 127;
}

/* Folding white space at the cursor; true when there was any. */
static bool skip_fws(struct check *c)
{
    size_t start = c->at, folds = 0;
    while (more(c)) {
        if (is_wsp(peek(c))) {
            c->at++;
            continue;
        }
        if (peek(c) != '\r')
            break;
        if (c->at + 1 >= c->s.n || c->s.p[c->at + 1] != '\n') {
            bad(c, "cr_without_lf");
            break;
        }
        c->at += 2;
        folds++;
        if (!is_wsp(peek(c)))
            bad(c, "fold_without_space");
    }
    if (folds > 1)
        need(c, ADDRESS_OBSOLETE, "folded_twice");
    return c->at > start;
}

/* "\x" at the cursor, inside quotes or a comment. */
static void skip_pair(struct check *c)
{
    if (c->at + 1 >= c->s.n) {
        bad(c, "backslash_at_end");
        return;
    }
    char ch = c->s.p[c->at + 1];
    if ((unsigned char)ch >= 128 && !is_high(c, ch))
        bad(c, "pair_not_ascii");
    else if (is_control(ch) || ch == '\0' || ch == '\n' || ch == '\r')
        need(c, ADDRESS_OBSOLETE, "pair_of_control");
    c->at += 2;
}

/* A comment; nesting is counted, not followed. */
static void skip_comment(struct check *c)
{
    size_t depth = 0;
    while (more(c)) {
        char ch = peek(c);
        if (ch == '\\') {
            skip_pair(c);
            continue;
        }
        if (is_wsp(ch) || ch == '\r') {
            skip_fws(c);
            continue;
        }
        c->at++;
        if (ch == '(')
            depth++;
        else if (ch == ')' && --depth == 0)
            return;
        else if (is_control(ch))
            need(c, ADDRESS_OBSOLETE, "control_in_comment");
        else if (ch == '\0' || ch == '\n' || ((unsigned char)ch >= 128 && !is_high(c, ch)))
            bad(c, "bad_byte_in_comment");
    }
    bad(c, "comment_not_closed");
}

/* Comments and folding white space; where they stand says which grammar takes them. */
static bool skip_cfws(struct check *c, enum address_class is, const char *why)
{
    size_t start = c->at;
    while (more(c)) {
        if (peek(c) == '(')
            skip_comment(c);
        else if (!skip_fws(c))
            break;
    }
    if (c->at > start)
        need(c, is, why);
    return c->at > start;
}

static void skip_quoted(struct check *c)
{
    c->at++;
    while (more(c)) {
        char ch = peek(c);
        if (ch == '"') {
            c->at++;
            return;
        }
        if (ch == '\\') {
            skip_pair(c);
        } else if (ch == '\r') {
            skip_fws(c);
            need(c, ADDRESS_CFWS, "folded");
        } else {
            if (is_control(ch))
                need(c, ADDRESS_OBSOLETE, "control_in_quotes");
            else if (ch == '\0' || ch == '\n' || ((unsigned char)ch >= 128 && !is_high(c, ch)))
                bad(c, "bad_byte_in_quotes");
            c->at++;
        }
    }
    bad(c, "quotes_not_closed");
}

static void skip_atom(struct check *c)
{
    while (more(c) && is_atext(c, peek(c)))
        c->at++;
}

/* local-part, and the "@" behind it. */
static void check_local(struct check *c)
{
    size_t words = 0, quoted = 0, length = 0;
    skip_cfws(c, ADDRESS_CFWS, "comment_or_space");
    for (;;) {
        size_t start = c->at;
        if (peek(c) == '"' && c->at < c->s.n) {
            skip_quoted(c);
            quoted++;
        } else {
            skip_atom(c);
        }
        if (is_bad(c))
            return;
        if (c->at == start) {
            bad(c, words ? "dot_at_end" : "local_empty");
            return;
        }
        words++;
        length += c->at - start;
        bool spaced = skip_cfws(c, ADDRESS_OBSOLETE, "comment_or_space_in_local");
        if (peek(c) != '.' || c->at >= c->s.n) {
            (void)spaced;
            break;
        }
        c->at++;
        length++;
        skip_cfws(c, ADDRESS_OBSOLETE, "comment_or_space_in_local");
    }
    if (is_bad(c))
        return;
    if (c->at >= c->s.n)
        bad(c, "domain_missing");
    else if (peek(c) != '@')
        bad(c, "bad_byte_in_local");
    c->at++;
    if (quoted && words > 1)
        need(c, ADDRESS_OBSOLETE, "quotes_among_words");
    else if (quoted)
        need(c, ADDRESS_UNUSUAL, "quoted_local");
    c->local_n = length;
    if (length > 64)
        need(c, ADDRESS_MESSAGE, "local_too_long");
}

/* ---- address literals (RFC 5321 4.1.3) ---- */

static bool is_ipv4(struct slice s)
{
    size_t fields = 0;
    struct slice part;
    if (s.n == 0 || s.p[s.n - 1] == '.')
        return false;
    while (slice_split(&s, '.', &part)) {
        uint64_t v;
        if (part.n > 3 || !slice_u64(part, &v) || v > 255)
            return false;
        fields++;
    }
    return fields == 4;
}

/* The text behind "IPv6:". */
static void check_ipv6(struct check *c, struct slice s)
{
    size_t gap = slice_find(s, SLICE("::"));
    bool has_gap = gap != SIZE_MAX;
    size_t groups = 0, most = has_gap ? 6 : 8;
    if (has_gap && slice_find(slice_from(s, gap + 1), SLICE("::")) != SIZE_MAX) {
        need(c, ADDRESS_MESSAGE, "ipv6_two_gaps");
        return;
    }
    if ((s.n && s.p[0] == ':' && gap != 0) || (s.n && s.p[s.n - 1] == ':' && gap + 2 != s.n)) {
        need(c, ADDRESS_MESSAGE, "ipv6_colon_at_edge");
        return;
    }
    struct slice rest = s, group;
    while (slice_split(&rest, ':', &group)) {
        if (group.n == 0)
            continue; /* part of the gap */
        if (rest.p == NULL && slice_chr(group, '.') != SIZE_MAX) {
            if (!is_ipv4(group))
                need(c, ADDRESS_MESSAGE, "ipv6_bad_ipv4");
            groups += 2;
            continue;
        }
        for (size_t i = 0; i < group.n; i++) {
            if (ascii_hex(group.p[i]) < 0 || group.n > 4)
                need(c, ADDRESS_MESSAGE, "ipv6_bad_group");
        }
        groups++;
    }
    if (has_gap && groups == 7)
        need(c, ADDRESS_OBSOLETE, "ipv6_gap_of_one");
    else if (has_gap ? groups > most : groups != most)
        need(c, ADDRESS_MESSAGE, "ipv6_group_count");
}

static void check_literal(struct check *c)
{
    size_t start = ++c->at;
    bool obsolete = false;
    while (more(c) && peek(c) != ']') {
        char ch = peek(c);
        if (ch == '\\') {
            obsolete = true;
            skip_pair(c);
        } else if (ch == '\r') {
            skip_fws(c);
        } else if (ch == '[' || ch == '\0' || ch == '\n' || (unsigned char)ch >= 128) {
            bad(c, "bad_byte_in_literal");
        } else {
            obsolete |= is_control(ch);
            c->at++;
        }
    }
    if (is_bad(c))
        return;
    if (c->at >= c->s.n) {
        bad(c, "literal_not_closed");
        return;
    }
    struct slice content = slice_of(c->s.p + start, c->at - start);
    c->at++;
    if (obsolete)
        need(c, ADDRESS_MESSAGE, "literal_obsolete");
    else if (slice_istarts(content, SLICE("IPv6:")))
        check_ipv6(c, slice_from(content, 5));
    else if (!is_ipv4(content))
        need(c, ADDRESS_MESSAGE, "literal_unknown");
    need(c, ADDRESS_UNUSUAL, "address_literal");
}

/* One label of a domain name at the cursor. */
static void check_label(struct check *c, bool *out_is_numeric)
{
    size_t start = c->at;
    bool odd = false;
    *out_is_numeric = true;
    for (; more(c) && is_atext(c, peek(c)); c->at++) {
        char ch = peek(c);
        odd |= !ascii_is_alnum(ch) && ch != '-' && !is_high(c, ch);
        *out_is_numeric &= ascii_is_digit(ch);
    }
    size_t n = c->at - start;
    if (n == 0) {
        bad(c, "label_empty");
        return;
    }
    if (c->s.p[start] == '-' || c->s.p[c->at - 1] == '-')
        bad(c, "hyphen_at_edge");
    if (n > 63)
        need(c, ADDRESS_MESSAGE, "label_too_long");
    if (odd)
        need(c, ADDRESS_MESSAGE, "domain_not_a_host");
}

static void check_domain(struct check *c)
{
    skip_cfws(c, ADDRESS_OBSOLETE, "comment_or_space_at_at");
    if (c->at >= c->s.n)
        bad(c, "domain_missing");
    if (is_bad(c))
        return;
    if (peek(c) == '[') {
        check_literal(c);
        skip_cfws(c, ADDRESS_CFWS, "comment_or_space");
        if (more(c))
            bad(c, "text_behind_literal");
        return;
    }
    size_t labels = 0, length = 0;
    bool is_numeric = false;
    for (;;) {
        size_t start = c->at;
        check_label(c, &is_numeric);
        if (is_bad(c))
            return;
        labels++;
        length += c->at - start;
        size_t before = c->at;
        struct address_check kept = c->r;
        bool spaced = skip_cfws(c, ADDRESS_CFWS, "comment_or_space");
        if (!more(c))
            break;
        if (peek(c) != '.') {
            bad(c, c->at > before ? "text_behind_space" : "bad_byte_in_domain");
            return;
        }
        if (spaced) {
            c->r = c->r.is > ADDRESS_CFWS ? c->r : kept;
            need(c, ADDRESS_OBSOLETE, "comment_or_space_in_domain");
        }
        c->at++;
        length++;
        skip_cfws(c, ADDRESS_OBSOLETE, "comment_or_space_in_domain");
    }
    if (labels == 1)
        need(c, ADDRESS_UNUSUAL, "top_level_alone");
    else if (is_numeric)
        need(c, ADDRESS_UNUSUAL, "top_level_numeric");
    if (length > 255)
        need(c, ADDRESS_MESSAGE, "domain_too_long");
    else if (c->local_n + length > 253) /* 254 with the "@" (RFC 5321 4.5.3.1.3) */
        need(c, ADDRESS_MESSAGE, "address_too_long");
}

struct address_check address_check(struct slice address, bool allow_utf8)
{
    struct check c = {.s = address, .allow_utf8 = allow_utf8, .r = {ADDRESS_SMTP, "ok"}};
    if (allow_utf8 && !utf8_is_valid(address))
        bad(&c, "bad_utf8");
    if (!is_bad(&c))
        check_local(&c);
    if (!is_bad(&c))
        check_domain(&c);
    return c.r;
}
