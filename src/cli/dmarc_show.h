/* The answers about DMARC and TLS reports in words that a domain's owner understands. */
#ifndef MUSTER_CLI_DMARC_SHOW_H
#define MUSTER_CLI_DMARC_SHOW_H

#include <jansson.h>

#define DMARC_SHOWN 40 /* sources in the table */

/* "dmarc/DOMAIN": who sends in its name, and what to do next. A source
 * may have a "name". */
void dmarc_show(const json_t *answer);
/* "dmarc": the domains that reports tell about. */
void dmarc_list_domains(const json_t *answer);
/* What was read of one file. */
void dmarc_read_result(const char *name, const json_t *answer);
/* "sent-reports". */
void dmarc_sent(const json_t *answer);

#endif
