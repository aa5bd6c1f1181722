/* Sentences for people at the terminal, on stdout: each is a message id of the catalogues
 * (base/lang.h) with at most one %s. What fills it may be foreign and passes the escaper. */
#ifndef MUSTER_CLI_SAY_H
#define MUSTER_CLI_SAY_H

#include "base/lang.h"

void say(const struct lang *l, const char *msgid);
void say_of(const struct lang *l, const char *msgid, struct slice filling);
void say_number(const struct lang *l, const char *msgid, long long n);
/* A column's title, flush right in `width` cells of the terminal; the cells it took, at least
 * `width`: the numbers below are printed as wide. */
int say_title(const struct lang *l, const char *msgid, int width);

#endif
