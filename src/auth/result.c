/* Names of what authentication says. See result.h. */
#include "auth/result.h"

const char *auth_value_name(enum auth_value v)
{
    static const char *const names[AUTH_VALUES] = {"none",    "pass",   "fail",      "softfail",
                                                   "neutral", "policy", "temperror", "permerror"};
    return v < AUTH_VALUES ? names[v] : "none";
}

const char *dmarc_policy_name(enum dmarc_policy p)
{
    static const char *const names[] = {"none", "quarantine", "reject"};
    return p <= DMARC_REJECT ? names[p] : "none";
}

const char *dmarc_override_name(enum dmarc_override o)
{
    static const char *const names[] = {"none",         "trusted_forwarder", "mailing_list",
                                        "local_policy", "policy_test_mode",  "other"};
    return o <= DMARC_OVERRIDE_OTHER ? names[o] : "other";
}
