/* The inside of struct rules, for this folder. */
#ifndef MUSTER_EVIDENCE_RULES_H
#define MUSTER_EVIDENCE_RULES_H

#include "evidence/check.h"
#include "evidence/lists.h"
#include "evidence/phrases.h"

struct rules {
    double points[CHECKS];
    struct phrases *phrases;
    struct hosts *hosts;
    struct brands *brands;
};

#endif
