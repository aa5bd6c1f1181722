/* Received fields and the border hop. See received.h.
 *
 * Clients write part of a Received field (the HELO name), so a field that offers two different
 * addresses for its client is not believed at all. */
#include "auth/received.h"

#include "base/bytes16.h"
#include "mail/date.h"

#include <string.h>

struct clause {
    struct received_hop *hop;
    struct slice *to;      /* where the next word goes; NULL: nowhere */
    bool is_from;          /* inside the from clause */
    struct slice literal;  /* "[192.0.2.1]" outside of comments */
    struct ip ip;          /* that was read from a comment */
    bool has_ip, is_twice; /* two addresses that differ */
};

static struct slice unbracket(struct slice s)
{
    if (s.n > 2 && s.p[0] == '[' && s.p[s.n - 1] == ']')
        s = slice_of(s.p + 1, s.n - 2);
    return slice_istarts(s, SLICE("IPv6:")) ? slice_from(s, 5) : s;
}

static void offer_ip(struct clause *c, struct slice word)
{
    struct ip ip;
    word = unbracket(word);
    if (!ip_parse(word, &ip))
        return;
    if (c->has_ip && memcmp(ip.byte, c->ip.byte, sizeof ip.byte) != 0)
        c->is_twice = true;
    c->has_ip = true;
    c->ip = ip;
    c->hop->ip = word;
}

static bool is_name(struct slice s)
{
    return s.n && !slice_ieq(s, SLICE("unknown")) && s.p[0] != '[' &&
           slice_chr(s, '.') != SIZE_MAX && slice_chr(s, '=') == SIZE_MAX;
}

/* "name [ip]", "[ip] helo=x", "HELO x", "ip" behind the client's name. Where the comment names
 * HELO, the word before it was the verified name (Exim, qmail). */
static void take_comment(struct clause *c, struct slice text)
{
    struct slice word;
    bool is_first = true, is_helo = false;
    while (slice_split(&text, ' ', &word)) {
        if (word.n == 0)
            continue;
        struct ip ip;
        if (is_helo || slice_istarts(word, SLICE("helo="))) {
            c->hop->name = is_name(c->hop->helo) ? c->hop->helo : (struct slice){0};
            c->hop->helo = is_helo ? word : slice_from(word, 5);
            is_helo = false;
            if (!c->has_ip && c->literal.n)
                offer_ip(c, c->literal);
        } else if (slice_ieq(word, SLICE("HELO")) || slice_ieq(word, SLICE("EHLO"))) {
            is_helo = true;
        } else if (word.p[0] == '[' || ip_parse(word, &ip)) {
            offer_ip(c, word);
        } else if (is_first && is_name(word)) {
            c->hop->name = word;
        }
        is_first = false;
    }
}

/* Offset behind the comment that begins at `at`; comments nest. */
static size_t comment_end(struct slice s, size_t at)
{
    size_t depth = 0;
    while (at < s.n) {
        struct bytes16 b = bytes16_load(slice_from(s, at));
        size_t first = bytes16_first(bytes16_range(&b, '(', ')') | bytes16_is(&b, '\\'));
        if (first == BYTES16) {
            at += BYTES16;
            continue;
        }
        at += first;
        char sign = s.p[at++];
        if (sign == '\\')
            at++;
        else if (sign == '(')
            depth++;
        else if (--depth == 0)
            return at;
    }
    return s.n;
}

static bool is_clause(struct clause *c, struct slice word)
{
    if (word.n < 2 || word.n > 4) /* most words are none of them */
        return false;
    struct slice *to;
    bool is_from = slice_ieq(word, SLICE("from"));
    if (is_from)
        to = &c->hop->helo;
    else if (slice_ieq(word, SLICE("by")))
        to = &c->hop->by;
    else if (slice_ieq(word, SLICE("with")))
        to = &c->hop->with;
    else if (slice_ieq(word, SLICE("id")))
        to = &c->hop->id;
    else if (slice_ieq(word, SLICE("for")))
        to = &c->hop->rcpt;
    else if (slice_ieq(word, SLICE("via")))
        to = NULL;
    else
        return false;
    if (is_from && c->hop->has_from)
        return false;
    c->to = to && to->n ? NULL : to; /* the first of a kind counts */
    c->is_from = is_from;
    c->hop->has_from |= is_from;
    return true;
}

static void take_word(struct clause *c, struct slice word)
{
    if (is_clause(c, word) || !c->to)
        return;
    if (c->to == &c->hop->rcpt && word.n > 1 && word.p[0] == '<')
        word = slice_of(word.p + 1, word.n - 1 - slice_ends(word, SLICE(">")));
    *c->to = word;
    c->to = NULL;
    if (c->is_from && word.p[0] == '[')
        c->literal = word;
}

/* Where the word ends that begins at `at`. */
static size_t word_end(struct slice s, size_t at)
{
    for (; at < s.n; at += BYTES16) {
        struct bytes16 b = bytes16_load(slice_from(s, at));
        unsigned stop = bytes16_space(&b) | bytes16_is(&b, '(');
        if (stop)
            return at + bytes16_first(stop);
    }
    return s.n;
}

void received_parse(struct slice value, struct received_hop *out)
{
    *out = (struct received_hop){.date_us = INT64_MIN};
    struct clause c = {.hop = out};
    size_t semicolon = slice_rchr(value, ';');
    struct date date;
    if (semicolon != SIZE_MAX && date_parse(slice_trim(slice_from(value, semicolon + 1)), &date))
        out->date_us = date.us;
    struct slice s = slice_head(value, semicolon == SIZE_MAX ? value.n : semicolon);
    for (size_t at = 0; at < s.n;) {
        if (ascii_is_space(s.p[at])) {
            at++;
        } else if (s.p[at] == '(') {
            size_t end = comment_end(s, at);
            bool is_closed = end > at + 1 && s.p[end - 1] == ')';
            if (c.is_from)
                take_comment(&c, slice_of(s.p + at + 1, end - at - 1 - is_closed));
            at = end;
        } else {
            size_t end = word_end(s, at);
            take_word(&c, slice_of(s.p + at, end - at));
            at = end;
        }
    }
    if (!c.has_ip && c.literal.n && out->name.n == 0)
        offer_ip(&c, c.literal);
    if (c.is_twice)
        out->ip = (struct slice){0};
}

/* Where the border's client stands: the door knows it, or the field of hop k named it. */
static bool is_ours(const struct auth_settings *s, const struct ip *ip, bool *out_is_forwarder)
{
    *out_is_forwarder = net_any(s->forwarders, s->n_forwarders, ip);
    return *out_is_forwarder || ip_is_loopback(ip) || net_any(s->relays, s->n_relays, ip);
}

static void set(struct received_border *b, struct slice ip, struct slice helo, struct slice name)
{
    b->is_known = true;
    b->ip = ip;
    b->helo = helo;
    b->name = name;
}

void received_border(const struct message *m, const struct envelope *env,
                     const struct auth_settings *s, struct received_border *out)
{
    *out = (struct received_border){0};
    const struct header *field = NULL;
    struct ip ip;
    bool is_forwarder = false;
    if (env->auth_user.n)
        out->is_internal = true;
    if (env->client_ip.n && ip_parse(env->client_ip, &ip)) {
        set(out, env->client_ip, env->helo, env->client_name);
    } else if (s->n_relays + s->n_forwarders == 0) {
        out->missing = "no client address, and trusted_relays names no server to look behind";
        return;
    }
    while (out->hop < RECEIVED_HOPS && (!out->is_known || is_ours(s, &ip, &is_forwarder))) {
        if (is_forwarder && out->is_known)
            out->behind = out->ip;
        field = header_find(&m->headers, "Received", field);
        struct received_hop hop;
        if (!field) {
            /* The chain begins with us. */
            out->is_internal |= out->is_known;
            out->missing = out->is_known ? NULL : "it has no Received field";
            return;
        }
        received_parse(field->value, &hop);
        out->hop++;
        if (!hop.has_from)
            continue; /* handed on inside one machine */
        if (!ip_parse(hop.ip, &ip)) {
            bool is_internal = out->is_internal;
            *out = (struct received_border){
                .hop = out->hop,
                .is_internal = is_internal,
                .missing = "a Received field of a trusted relay names no client address"};
            return;
        }
        set(out, hop.ip, hop.helo, hop.name);
    }
    out->is_internal |= out->is_known && net_any(s->own, s->n_own, &ip);
}
