/* The answers about DMARC and TLS reports in words that a domain's owner understands, in his
 * language (l; NULL: English). */
#ifndef MUSTER_CLI_DMARC_SHOW_H
#define MUSTER_CLI_DMARC_SHOW_H

#include "base/lang.h"

#include <jansson.h>

#define DMARC_SHOWN 40 /* sources in the table */

/* "dmarc/DOMAIN": who sends in its name, and what to do next. A source
 * may have a "name". */
void dmarc_show(const json_t *answer, const struct lang *l);
/* "dmarc": the domains that reports tell about. */
void dmarc_list_domains(const json_t *answer, const struct lang *l);
/* What was read of one file. */
void dmarc_read_result(const char *name, const json_t *answer, const struct lang *l);
/* What was read of all of them. */
void dmarc_read_sum(const struct lang *l, long long fresh, long long known, long long refused);
/* "sent-reports". */
void dmarc_sent(const json_t *answer, const struct lang *l);

#endif
