/* Answers of HTTP scan servers and spamd. See answer.h. */
#include "answer.h"

#include <stdlib.h>

#define NUMBER_ROOM 64

static bool number(struct slice s, double *out)
{
    char text[NUMBER_ROOM], *end;
    s = slice_head(s, sizeof text - 1);
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    *out = strtod(text, &end);
    return end != text;
}

/* The value of "score" at the top level of a JSON object; the lists of findings that both servers
 * send have scores of their own deeper down. */
static bool json_score(struct slice s, double *out)
{
    int depth = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '{' || c == '[')
            depth++;
        if (c == '}' || c == ']')
            depth--;
        if (c != '"')
            continue;
        size_t from = ++i;
        while (i < s.n && s.p[i] != '"')
            i += s.p[i] == '\\' ? 2 : 1;
        struct slice word = slice_of(s.p + from, (i < s.n ? i : s.n) - from);
        if (depth == 1 && slice_eq(word, SLICE("score")) && i + 1 < s.n) {
            struct slice rest = slice_from(s, i + 1);
            size_t colon = slice_chr(rest, ':');
            return colon < 4 && number(slice_from(rest, colon + 1), out);
        }
    }
    return false;
}

/* Value of a header line in a block of them; empty when it is not there. */
static struct slice header(struct slice block, struct slice name)
{
    struct slice line;
    while (slice_line(&block, &line))
        if (slice_istarts(line, name) && line.n > name.n && line.p[name.n] == ':')
            return slice_trim(slice_from(line, name.n + 1));
    return (struct slice){0};
}

static bool split_head(struct slice bytes, struct slice *out_head, struct slice *out_body)
{
    size_t end = slice_find(bytes, SLICE("\r\n\r\n"));
    if (end == SIZE_MAX)
        return false;
    *out_head = slice_head(bytes, end + 2);
    *out_body = slice_from(bytes, end + 4);
    return true;
}

struct answer answer_http(struct slice bytes, bool ended)
{
    struct answer a = {0};
    struct slice head, body;
    if (!split_head(bytes, &head, &body)) {
        a.state = ended ? ANSWER_BAD : ANSWER_MORE;
        return a;
    }
    uint64_t want;
    bool whole = ended;
    if (slice_u64(header(head, SLICE("content-length")), &want))
        whole = body.n >= want;
    else if (slice_ieq(header(head, SLICE("transfer-encoding")), SLICE("chunked")))
        whole = slice_ends(body, SLICE("0\r\n\r\n"));
    if (!whole) {
        a.state = ended ? ANSWER_BAD : ANSWER_MORE;
        return a;
    }
    bool good = slice_istarts(head, SLICE("HTTP/1.")) && head.n > 12 && head.p[9] == '2';
    a.state = good ? ANSWER_GOOD : ANSWER_BAD;
    a.close = ended || slice_ieq(header(head, SLICE("connection")), SLICE("close"));
    a.scored = json_score(body, &a.score);
    return a;
}

struct answer answer_spamd(struct slice bytes, bool ended)
{
    struct answer a = {.close = true};
    struct slice head, body;
    uint64_t want;
    bool whole = split_head(bytes, &head, &body) &&
                 (ended ||
                  (slice_u64(header(head, SLICE("content-length")), &want) && body.n >= want));
    if (!whole) {
        a.state = ended ? ANSWER_BAD : ANSWER_MORE;
        return a;
    }
    struct slice status = slice_head(head, slice_chr(head, '\r'));
    bool good = slice_istarts(status, SLICE("SPAMD/1.")) &&
                slice_find(status, SLICE(" 0 ")) != SIZE_MAX;
    a.state = good ? ANSWER_GOOD : ANSWER_BAD;
    struct slice spam = header(head, SLICE("spam"));
    size_t mark = slice_chr(spam, ';');
    a.scored = mark != SIZE_MAX && number(slice_from(spam, mark + 1), &a.score);
    return a;
}
