/* JSON writer (RFC 8259) into a buffer: commas and escaping are its business. Its functions begin
 * with jsonw_ because json_ is jansson's.
 *
 * Names inside an object are C strings of ours; values may be foreign bytes. Reading JSON is
 * jansson's work, with depth and size capped by the caller.
 */
#ifndef MUSTER_BASE_JSON_H
#define MUSTER_BASE_JSON_H

#include "base/buf.h"

#define JSON_DEPTH 32

struct json {
    struct buf *out;
    int depth;
    bool has_item[JSON_DEPTH];
};

#define JSON_INIT(buffer) ((struct json){.out = (buffer)})

/* name is NULL inside an array and at the top. */
void jsonw_object(struct json *j, const char *name);
void jsonw_object_end(struct json *j);
void jsonw_array(struct json *j, const char *name);
void jsonw_array_end(struct json *j);
void jsonw_text(struct json *j, const char *name, struct slice value);
void jsonw_cstr(struct json *j, const char *name, const char *value); /* NULL gives null */
void jsonw_int(struct json *j, const char *name, int64_t value);
/* At most `digits` digits behind the point, trailing zeros cut; NaN and Inf give null. */
void jsonw_num(struct json *j, const char *name, double value, int digits);
void jsonw_bool(struct json *j, const char *name, bool value);
void jsonw_null(struct json *j, const char *name);
/* A value that is JSON text already. */
void jsonw_raw(struct json *j, const char *name, struct slice value);

/* How deep foreign JSON nests: brackets outside of its texts, counted without building a tree, so
 * that a reader can refuse it first. Linear; text that is not well formed gives some number. */
int json_depth(struct slice text);

#endif
