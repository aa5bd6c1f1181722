/* The class of a message, from what its findings hint at. */
#include "verdict/verdict.h"

/* Points that the hints of a class must gather before spam is called by that name. */
#define CLASS_POINTS 1.0

/* The sum of points against the message under a hint, or -1 when no finding gives that hint. */
static double hinted(const struct findings *all, unsigned hint)
{
    double sum = -1.0;
    for (const struct finding *f = all->first; f; f = f->next) {
        if (!(f->hints & hint) || f->state != FINDING_DONE)
            continue;
        if (sum < 0)
            sum = 0;
        if (f->points > 0)
            sum += f->points;
    }
    return sum;
}

enum mail_class verdict_class(const struct findings *all, enum side side)
{
    double malware = hinted(all, HINT_MALWARE);
    if (side != SIDE_HAM && malware >= CLASS_POINTS)
        return CLASS_MALWARE;
    if (side == SIDE_SPAM) {
        double phishing = hinted(all, HINT_PHISHING), scam = hinted(all, HINT_SCAM);
        if (phishing >= CLASS_POINTS && phishing >= scam)
            return CLASS_PHISHING;
        return scam >= CLASS_POINTS ? CLASS_SCAM : CLASS_UNSOLICITED;
    }
    if (hinted(all, HINT_TRANSACTIONAL) >= 0)
        return CLASS_TRANSACTIONAL;
    if (hinted(all, HINT_BULK) >= 0)
        return CLASS_BULK;
    return hinted(all, HINT_PERSONAL) >= 0 ? CLASS_PERSONAL : CLASS_OTHER;
}
