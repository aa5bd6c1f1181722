/* The catalogue of the person at the terminal. */
#ifndef MUSTER_NODE_LANGUAGE_H
#define MUSTER_NODE_LANGUAGE_H

#include "base/lang.h"
#include "node/config.h"

/* By LC_ALL, LC_MESSAGES, LANG ("de_AT.UTF-8": de_AT, then de). NULL: English, or none is shipped.
 * Lives until the process ends. */
const struct lang *language_of_user(struct arena *a, const struct conf *conf);
/* By a language's code ("fr"); NULL as above. */
const struct lang *language_open(struct arena *a, const struct conf *conf, struct slice code);

#endif
