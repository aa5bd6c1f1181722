/* Reviews. See review.h. */
#include "charter/review.h"

/* The last word of each counts, and nobody's word about his own text. */
static bool is_counted(const struct charter_review *r, size_t n, size_t at,
                       const unsigned char proposer[16])
{
    static const unsigned char nobody[16];
    if (memcmp(r[at].actor, nobody, 16) == 0 || memcmp(r[at].actor, proposer, 16) == 0)
        return false;
    for (size_t i = at + 1; i < n; i++) {
        if (memcmp(r[at].actor, r[i].actor, 16) == 0)
            return false;
    }
    return true;
}

bool charter_reviewed(const struct charter_review *reviews, size_t n,
                      const unsigned char proposer[16])
{
    unsigned classes = 0, agreed = 0, against = 0;
    for (size_t i = 0; i < n; i++) {
        enum stakeholder s = reviews[i].stakeholder;
        if (!is_counted(reviews, n, i, proposer))
            continue;
        if (!reviews[i].is_for) {
            against++;
        } else if (s > STAKEHOLDER_NONE && s < STAKEHOLDERS) {
            agreed++;
            classes |= 1u << s;
        }
    }
    return (classes & (classes - 1)) != 0 && agreed >= against + 2;
}

enum charter_speaks charter_speaks_as(enum charter_speaks claimed, bool has_proof,
                                      bool is_by_process)
{
    if (claimed == CHARTER_AGREED && is_by_process)
        return CHARTER_AGREED;
    if (claimed != CHARTER_PERSON && has_proof)
        return CHARTER_ORGANISATION;
    return CHARTER_PERSON;
}
