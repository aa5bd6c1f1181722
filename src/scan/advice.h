/* What an honest sender can do about a reason that counted against his mail. */
#ifndef MUSTER_SCAN_ADVICE_H
#define MUSTER_SCAN_ADVICE_H

/* A message id, or NULL when nothing sensible can be advised. The same advice is the same
 * pointer. */
const char *advice_for(const char *check);

#endif
