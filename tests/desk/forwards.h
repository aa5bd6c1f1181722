/* The project's own set of forwarded mail: the styles of mail programs in several languages, whole
 * and broken, made from a few mailings by a seed. The same number gives the same mail. */
#ifndef MUSTER_TESTS_DESK_FORWARDS_H
#define MUSTER_TESTS_DESK_FORWARDS_H

#include "base/arena.h"

#define FORWARDS 240

struct forward_case {
    const char *program, *tongue;
    const char *broken;                          /* what was done to it, "" nothing */
    unsigned mailing;                            /* which text: reports of one belong together */
    bool is_attached, is_source, has_labels;     /* has_labels: subject is shown */
    struct slice bytes;                          /* the mail to the desk */
    struct slice reporter, reporter_name, other; /* must not be found in the report */
    const char *from, *subject, *link;
};

void forward_make(struct arena *a, unsigned number, struct forward_case *out);

#endif
