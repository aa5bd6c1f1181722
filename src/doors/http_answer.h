/* Bodies of HTTP answers. */
#ifndef MUSTER_DOORS_HTTP_ANSWER_H
#define MUSTER_DOORS_HTTP_ANSWER_H

#include "scan/scan.h"

/* rspamd's /checkv2 answer. edits: header edits, given as its milter block. In shadow mode the
 * action is "no action"; ours always stands in "muster_action". */
void http_answer_check(const struct scan *s, struct slice edits, bool is_shadow, struct buf *out);
/* The same for a message that could not be scanned and passes as configured. */
void http_answer_skipped(struct buf *out);
/* {"error": "..."} */
void http_answer_error(const char *why, struct buf *out);
/* rspamd's word for an action; quarantine, which is ours to do, becomes "add header". */
const char *http_action_name(enum action a);

/* Prometheus' text format out of {"name": {"type": "counter", "help": "...", "value": 1}} or, with
 * labels, {"name": {..., "values": [{"labels": {"verdict": "spam"}, "value": 1}]}}; names and
 * label names that are not Prometheus' are left out. False when it is not such an object. */
bool http_answer_metrics(struct slice json, struct buf *out);

/* Unpacks a zstd body of at most max_bytes; out->full tells that there was more. False when it is
 * damaged. */
bool http_unpack_zstd(struct slice packed, size_t max_bytes, struct buf *out);

#endif
