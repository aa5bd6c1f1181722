/* Checking JSON against tables of fields; for xarf.c. */
#ifndef MUSTER_DESK_XARF_CHECK_H
#define MUSTER_DESK_XARF_CHECK_H

#include "base/err.h"

#include <jansson.h>

/* The fields of one type hold; the error names the first that does not. ERR_NOENT: no such type. */
MUST_USE int xarf_check(int version, const char *category, const char *type, const json_t *root,
                        struct err *e);

#endif
