/* Attacks on a trained classifier (research/classifier.md 6): it learns the first 70 % of an
 * index and is frozen; the threshold is set on the ham of the rest; then spam of the rest is
 * changed as a spammer who knows the weights would change it.
 *
 * Good words: of the ham words that separate best, the 200 that lower the score most, as one
 * line at the start of the first text part (base64 parts are left out). Mimicry: the headers of
 * a random learned ham that a sender controls, behind the spam's own. Forged: the same in place of
 * the spam's own, with From and the ham's Received lines too (words then in every text part).
 * Messages that options leave unscored do not set the threshold.
 */
#ifndef MUSTER_LEARN_EVAL_ATTACK_H
#define MUSTER_LEARN_EVAL_ATTACK_H

#include "learn/eval.h"

struct attack_options {
    struct eval_options eval;
    double ham_share; /* of ham that the threshold blocks: 0.001 */
    uint32_t words;   /* 200 */
};

enum attack_kind {
    ATTACK_NONE,
    ATTACK_WORDS,
    ATTACK_HEADERS,
    ATTACK_BOTH,
    ATTACK_FORGED,
    ATTACK_FORGED_WORDS,
    ATTACK_KINDS
};

struct attack_result {
    double threshold;
    size_t learned, spam[ATTACK_KINDS]; /* tried; words leave base64 mail out */
    double missed_percent[ATTACK_KINDS];
};

MUST_USE int attack_run(const struct index_file *index, const struct attack_options *o,
                        struct err *e, struct attack_result *out);

#endif
