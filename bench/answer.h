/* Reading a server's answer: whole or not yet, good or bad, and the score in it. */
#ifndef MUSTER_BENCH_ANSWER_H
#define MUSTER_BENCH_ANSWER_H

#include "base/slice.h"

enum answer_state { ANSWER_MORE, ANSWER_GOOD, ANSWER_BAD };

struct answer {
    enum answer_state state;
    bool close;  /* the server will close the connection */
    bool scored; /* `score` holds the server's score */
    double score;
};

/* bytes: all that came so far; ended: the server closed its side. HTTP/1.x with Content-Length,
 * chunks or end by closing; any 2xx is good. */
struct answer answer_http(struct slice bytes, bool ended);
/* spamd: good when the status is 0; the answer ends with the connection or with Content-length. */
struct answer answer_spamd(struct slice bytes, bool ended);

#endif
