/* Structs of reports that are nothing but texts, as arrays: how many, and their JSON names. */
#ifndef MUSTER_AUTH_REPORT_INTERNAL_H
#define MUSTER_AUTH_REPORT_INTERNAL_H

#include "auth/report.h"

#define REPORT_AUTH_TEXTS        4
#define REPORT_REASON_TEXTS      2
#define REPORT_POLICY_TEXTS      10
#define REPORT_FAILURE_TEXTS     15
#define REPORT_TLS_FAILURE_TEXTS 7

#define REPORT_IS_TEXTS(type, n) \
    _Static_assert(sizeof(type) == (n) * sizeof(struct slice), #type " holds texts alone")
REPORT_IS_TEXTS(struct report_auth, REPORT_AUTH_TEXTS);
REPORT_IS_TEXTS(struct report_reason, REPORT_REASON_TEXTS);
REPORT_IS_TEXTS(struct report_policy, REPORT_POLICY_TEXTS);

#endif
