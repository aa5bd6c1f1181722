/* Small messages for the tests of learn. */
#ifndef MUSTER_TESTS_LEARN_MAIL_H
#define MUSTER_TESTS_LEARN_MAIL_H

#include "base/rand.h"
#include "learn/trainer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char *const SPAM_WORDS[] = {"winner",  "casino", "pills",   "cheap",    "replica",
                                         "watches", "credit", "urgent",  "transfer", "million",
                                         "claim",   "prize",  "enlarge", "discount", "guarantee"};
static const char *const HAM_WORDS[] = {"meeting", "minutes", "patch",    "compiler", "lunch",
                                        "report",  "budget",  "thursday", "kernel",   "review",
                                        "garden",  "school",  "invoice",  "holiday",  "tickets"};
static const char *const COMMON_WORDS[] = {"the",  "and", "you",  "please", "with", "for",
                                           "this", "our", "your", "have",   "will", "more"};

/* A message of its class, the nth of a repeatable sequence. */
static inline struct message *make_mail(struct arena *a, bool is_spam, uint64_t nth)
{
    struct buf b = BUF_INIT(1u << 16);
    uint64_t r = nth * 2 + is_spam;
    const char *const *words = is_spam ? SPAM_WORDS : HAM_WORDS;
    /* Drawn one after the other: the order of arguments is the compiler's choice. */
    unsigned relay = (unsigned)(rand_next(&r) % 9);
    const char *first = words[rand_next(&r) % 15], *second = words[rand_next(&r) % 15];
    buf_printf(&b,
               "Received: from mx%u.example by here; Mon, 1 Jan 2024 10:00:00 +0000\r\n"
               "From: \"Person %u\" <p%u@%s.example>\r\nTo: someone@here.example\r\n"
               "Subject: %s %s\r\nDate: Mon, 1 Jan 2024 10:00:00 +0000\r\n"
               "Message-ID: <%llu@%s.example>\r\n\r\n",
               relay, (unsigned)(nth % 7), (unsigned)(nth % 7), is_spam ? "offers" : "friends",
               first, second, (unsigned long long)nth, is_spam ? "offers" : "friends");
    for (int i = 0; i < 60; i++) {
        bool is_common = rand_next(&r) % 3 != 0;
        const char *w = is_common ? COMMON_WORDS[rand_next(&r) % 12] : words[rand_next(&r) % 15];
        buf_printf(&b, "%s%s", w, i % 10 == 9 ? ".\r\n" : " ");
    }
    if (is_spam)
        buf_printf(&b, "http://www.offers%u.example/buy?id=%u\r\n", (unsigned)(nth % 3),
                   (unsigned)nth);
    struct message *m = message_parse(a, arena_dup(a, buf_slice(&b)), NULL);
    buf_fini(&b);
    return m;
}

static inline struct lesson make_lesson(struct arena *a, const struct message *m, enum label label,
                                        enum trust trust)
{
    static const unsigned char key[16] = {7};
    struct lesson l = {.label = label, .trust = trust, .at_us = 1700000000000000};
    message_digest(m, key, l.digest);
    fingerprint_make(a, m, &l.fingerprint);
    features_extract(a, m, NULL, FEATURES_ALL, &l.features);
    return l;
}

static inline double logit_of(const struct trainer *t, const struct features *f)
{
    struct class_score s;
    classifier_score(trainer_classifier(t), f, NULL, &s);
    return s.logit;
}

static inline struct trainer *open_trainer(void)
{
    struct err e = {0};
    struct trainer *t = NULL;
    assert_int_equal(trainer_open(NULL, NULL, 1u << 16, &e, &t), 0);
    return t;
}

/* Teaches `n` messages of each class. */
static inline void teach(struct trainer *t, struct arena *a, uint64_t n, enum trust trust)
{
    for (uint64_t i = 0; i < n; i++) {
        struct lesson ham = make_lesson(a, make_mail(a, false, i), LABEL_HAM, trust);
        struct lesson spam = make_lesson(a, make_mail(a, true, i), LABEL_SPAM, trust);
        trainer_learn(t, &ham, NULL, NULL);
        trainer_learn(t, &spam, NULL, NULL);
    }
}

#endif
