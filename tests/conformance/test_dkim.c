/* Suite dkim: the rows of expected.tsv, one case each; the published keys make the zone. */
#include "ask/zone.h"
#include "auth/sign.h"
#include "auth/dkim.h"
#include "base/clock.h"
#include "suite.h"

#include <stdio.h>

static struct suite suite = {.name = "dkim"};

#define GMAIL   "20120113._domainkey.gmail.com"
#define EXAMPLE "brisbane._domainkey.football.example.com"

/* Where the key column points: a file with a record, or with a key in PEM. */
static const struct {
    const char *name, *file;
} KEYS[] = {{GMAIL, "dkim/mimekit/gmail.pub"},
            {"sed._domainkey.test.ex", "dkim/dkimpy/eximtest.dns"},
            {"test._domainkey.example.com", "dkim/dkimpy/test.txt"}};

static struct slice with_crlf(struct arena *a, struct slice s)
{
    char *out = arena_bytes(a, 2 * s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\n' && (i == 0 || s.p[i - 1] != '\r'))
            out[n++] = '\r';
        out[n++] = s.p[i];
    }
    return slice_of(out, n);
}

static void add_file(struct arena *a, struct zone *z, const char *name, const char *file)
{
    struct slice text = suite_load(a, file);
    static const char begin[] = "-----BEGIN PUBLIC KEY-----";
    if (slice_starts(text, slice_str(begin))) {
        struct slice key = slice_from(text, sizeof(begin) - 1);
        key = slice_head(key, slice_find(key, SLICE("-----END")));
        text = arena_printf(a, "v=DKIM1; p=%.*s", SLICE_ARG(tag_squeeze(a, key)));
    }
    zone_add(z, slice_str(name), DNS_TXT, slice_trim(text));
}

/* "name record" lines up to a blank line; returns the message behind it. */
static struct slice add_lines(struct zone *z, struct slice text)
{
    struct slice line;
    while (slice_line(&text, &line) && line.n)
        zone_add(z, slice_head(line, slice_chr(line, ' ')), DNS_TXT,
                 slice_from(line, slice_chr(line, ' ') + 1));
    return text;
}

static void verify(struct arena *a, struct slice raw, const struct zone *z, int64_t now,
                   struct dkim_set *out)
{
    struct signed_mail mail;
    struct ask *q = ask_new(a, NULL);
    *out = (struct dkim_set){0};
    signed_init(&mail, message_parse(a, with_crlf(a, raw), NULL), now * 1000000, false);
    while (!dkim_verify(&mail, NULL, q, out))
        zone_answer(z, q);
}

static void verify_row(struct arena *a, struct slice file, struct slice clock, struct slice want)
{
    struct zone *z = zone_new(a);
    struct slice raw = suite_load(a, arena_cstr(a, arena_printf(a, "dkim/%.*s", SLICE_ARG(file))));
    uint64_t now = (uint64_t)(clock_now_us() / 1000000);
    struct dkim_set set;
    struct slice part;
    size_t i = 0;
    for (size_t k = 0; k < sizeof(KEYS) / sizeof(KEYS[0]); k++)
        add_file(a, z, KEYS[k].name, KEYS[k].file);
    if (slice_starts(file, SLICE("mail-auth/")))
        raw = add_lines(z, raw);
    else
        add_lines(z, suite_load(a, "dkim/mail-auth/001.txt"));
    slice_u64(clock, &now);
    verify(a, raw, z, (int64_t)now, &set);
    while (slice_split(&want, ',', &part)) {
        if (i >= set.n)
            suite_differs(&suite, "signature %zu is missing", i + 1);
        else if (!slice_eq(part, slice_str(dkim_status_name(set.sig[i].status))))
            suite_differs(&suite, "signature %zu: %s (%s), want %.*s", i + 1,
                          dkim_status_name(set.sig[i].status),
                          set.sig[i].reason ? set.sig[i].reason : "", SLICE_ARG(part));
        i++;
    }
    if (set.n != i)
        suite_differs(&suite, "%zu signatures, want %zu", set.n, i);
}

static void key_row(struct arena *a, struct slice file)
{
    struct dkim_key key;
    dkim_key_read(a, suite_load(a, arena_cstr(a, arena_printf(a, "dkim/%.*s", SLICE_ARG(file)))),
                  &key);
    if (key.why == NULL)
        suite_differs(&suite, "the key record is taken");
}

/* Puts a DKIM signature on top; the reason why not in e. */
static int sign(struct arena *a, struct slice raw, enum canon header, enum canon body,
                struct err *e, struct slice *out)
{
    struct crypt_private *key;
    struct signed_mail mail;
    struct sign_spec spec = {.domain = SLICE("example.com"),
                             .selector = SLICE("test"),
                             .header_canon = header,
                             .body_canon = body,
                             .now = clock_now_us() / 1000000};
    struct slice received = SLICE("Received");
    spec.names = &received; /* it stands there several times */
    spec.n_names = 1;
    struct sign_order order;
    struct sign_field field[3];
    size_t n;
    raw = with_crlf(a, raw);
    signed_init(&mail, message_parse(a, raw, NULL), clock_now_us(), false);
    int rc = sign_order_dkim(&mail, &spec, e, &order);
    if (rc < 0 || (rc = crypt_private_read(suite_load(a, "dkim/dkimpy/test.private"), e, &key)) < 0)
        return rc;
    rc = sign_make(a, &order, key, e, field, &n);
    crypt_private_free(key);
    if (rc == 0)
        *out = arena_printf(a, "%s: %.*s\r\n%.*s", field[0].name,
                            SLICE_ARG(with_crlf(a, field[0].value)), SLICE_ARG(raw));
    return rc;
}

static void round_trip(struct arena *a, struct slice file)
{
    struct slice raw = suite_load(a, arena_cstr(a, arena_printf(a, "dkim/%.*s", SLICE_ARG(file))));
    struct zone *z = zone_new(a);
    add_file(a, z, "test._domainkey.example.com", "dkim/dkimpy/test.txt");
    for (int i = 0; i < 4; i++) {
        struct err e = {0};
        struct slice out;
        struct dkim_set set;
        /* The author there is of another domain, which we refuse to sign for. */
        struct slice at = slice_from(raw, slice_find(raw, SLICE("\nFrom:")) + 1);
        struct slice before = slice_head(raw, raw.n - at.n);
        slice_line(&at, &out);
        struct slice ours = arena_printf(a, "%.*sFrom: x@example.com\n%.*s", SLICE_ARG(before),
                                         SLICE_ARG(at));
        if (sign(a, ours, (enum canon)(i & 1), (enum canon)(i >> 1), &e, &out) < 0) {
            suite_differs(&suite, "%s", e.text);
            continue;
        }
        verify(a, out, z, clock_now_us() / 1000000, &set);
        if (set.n == 0 || set.sig[0].status != DKIM_PASS)
            suite_differs(&suite, "c=%s/%s: %s", canon_name((enum canon)(i & 1)),
                          canon_name((enum canon)(i >> 1)),
                          set.n && set.sig[0].reason ? set.sig[0].reason : "no signature");
    }
}

static void refused(struct arena *a, struct slice file)
{
    struct err e = {0};
    struct slice out;
    if (sign(a, suite_load(a, arena_cstr(a, arena_printf(a, "dkim/%.*s", SLICE_ARG(file)))),
             CANON_RELAXED, CANON_RELAXED, &e, &out) >= 0)
        suite_differs(&suite, "it was signed");
}

static void row(struct slice line)
{
    struct slice column[6] = {0};
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < 6 && slice_split(&line, '\t', &column[i]); i++)
        continue;
    suite_case(&suite, arena_cstr(a, column[0]));
    if (slice_eq(column[2], SLICE("key record alone")))
        key_row(a, column[0]);
    else if (slice_eq(column[4], SLICE("round trip")))
        round_trip(a, column[0]);
    else if (slice_eq(column[4], SLICE("signing refused")))
        refused(a, column[0]);
    else
        verify_row(a, column[0], column[3], column[4]);
    arena_free(a);
}

int main(void)
{
    struct arena *a = arena_new(0);
    if (!suite_unpack(a, "dkim.tar.zst")) {
        printf("skipped: dkim\n");
        arena_free(a);
        return 77;
    }
    struct slice rest = suite_load(a, "dkim/expected.tsv"), line;
    slice_line(&rest, &line);
    while (slice_line(&rest, &line))
        row(line);
    bool ok = suite_end(&suite);
    suite_pack_away();
    dkim_key_forget();
    arena_free(a);
    return ok ? 0 : 1;
}
