/* JSON suites: reading them as WebIDL strings, and cases with one yes-or-no result. */
#ifndef MUSTER_TESTS_SUITE_JSON_H
#define MUSTER_TESTS_SUITE_JSON_H

#include "suite.h"

#include <jansson.h>

/* A JSON file; lone surrogates in it become U+FFFD, as WebIDL's USVString does. NULL: none. */
json_t *suite_json(struct arena *a, const char *tail);
struct slice suite_text(const json_t *string);
/* A whole case; `detail` is shown, escaped, when it failed. */
void suite_check(struct suite *s, const char *label, bool ok, struct slice detail);

#endif
