/* For tests of the store as a whole: opening it, events to put into it. */
#ifndef MUSTER_TESTS_JOURNAL_STORE_SITE_H
#define MUSTER_TESTS_JOURNAL_STORE_SITE_H

#include "helpers.h"
#include "base/hash.h"
#include "journal/store.h"

#define DAY (INT64_C(86400) * 1000000)

UNUSED static struct store *open_with(const char *dir, bool rebuild)
{
    struct store_options o = {.dir = dir, .segment_bytes = 20000, .rebuild = rebuild};
    struct store *s = NULL;
    OK(store_open(&o, &test_err, &s));
    assert_false(store_is_behind(s));
    return s;
}

UNUSED static void append(struct store *s, const struct event *ev)
{
    OK(store_append(s, ev, &test_err, NULL));
}

UNUSED static struct event scanned(unsigned n)
{
    static unsigned char people[32];
    struct event ev = {.kind = EVENT_SCANNED};
    ev.scanned.id[0] = (unsigned char)n;
    ev.scanned.id[1] = (unsigned char)(n >> 8);
    ev.scanned.digest[0] = (unsigned char)(n / 2);
    ev.scanned.side = (uint8_t)(n % 3);
    ev.scanned.score = n;
    ev.scanned.from_domain = n % 2 ? SLICE("news.example") : SLICE("mail.test");
    ev.scanned.subject = n % 5 ? SLICE("Hello \"world\"") : SLICE("Rechnung Nr. 5");
    people[0] = (unsigned char)(n % 4);
    people[16] = 9;
    ev.scanned.people = slice_of((const char *)people, 32);
    ev.scanned.findings = SLICE("[{\"name\":\"x\"}]");
    return ev;
}

UNUSED static struct event learned(unsigned n, uint8_t label)
{
    struct event ev = {.kind = EVENT_LEARNED};
    ev.learned.digest[0] = (unsigned char)n;
    ev.learned.label = label;
    ev.learned.lesson = SLICE("opaque");
    return ev;
}

UNUSED static struct hold_new message_for(const char *rcpt, const char *raw, enum hold_kind kind)
{
    struct hold_new n = {.kind = kind, .score = 9.5, .keep_us = 14 * DAY, .raw = slice_str(raw)};
    uint64_t hash = hash_bytes(n.raw, 1);
    memcpy(n.digest, &hash, sizeof hash);
    n.words.rcpt = n.owner = slice_str(rcpt);
    n.words.mail_from = SLICE("sender@example.net");
    n.words.subject = SLICE("Win now");
    return n;
}

UNUSED static int act(struct store *s, const unsigned char hold[16], enum hold_act what,
                      enum hold_role role, const char *who, struct arena *a, struct hold *out)
{
    struct quarantine_act q = {
        .act = what, .who.role = role, .allow_once = true, .reason = SLICE("asked for")};
    memcpy(q.hold, hold, 16);
    store_pseudonym(s, slice_str(who), q.who.person);
    return quarantine_do(s, &q, a, &test_err, out);
}

#endif
