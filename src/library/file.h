/* Files of objects: those that are shipped, exports, and what people write by hand.
 *
 *   {"schema": "muster-library/1", "kind": "resource", "by": {...}, "objects": [{"id", fields}]}
 *
 * An object has a body of its own ({"kind", "id", "by", "body"}, as exports do) or its fields
 * beside its id, with kind, language and origin of the file for all of them.
 */
#ifndef MUSTER_LIBRARY_FILE_H
#define MUSTER_LIBRARY_FILE_H

#include "base/err.h"
#include "base/slice.h"

#include <jansson.h>

#define LIBRARY_FILE_MOST (64u << 20)

/* The objects as an array of {"kind", "id", "by", "body"}; the caller gives it up (json_decref).
 * ERR_PARSE names the line, ERR_USAGE the place. Bodies are not checked. */
MUST_USE int library_file_read(struct slice text, struct err *e, json_t **out);

#endif
