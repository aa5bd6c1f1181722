/* The check of a mailing before it is sent: one message, many recipients, many laws.
 *
 * Rows are evaluated one by one under the law of the recipient's country and that of the sender's,
 * and counted by what was found. Memory does not grow with the rows: for each country the kinds of
 * findings are kept with their count and the first line. What depends on the message alone is
 * said once per country; what depends on a row goes into the list of rows to drop or to ask.
 *
 * Results are: violation found, no violation found, can't tell. Deterministic: the same input
 * gives the same bytes.
 */
#ifndef MUSTER_LAW_PREFLIGHT_H
#define MUSTER_LAW_PREFLIGHT_H

#include "auth/dnscheck.h"
#include "law/law.h"
#include "law/message_facts.h"
#include "law/recipients.h"

#define PREFLIGHT_NOTES 32 /* broken rows that are named one by one */

/* Will it arrive? Worked out by the caller; no law's answer depends on it. */
struct preflight_arrival {
    const char *asked;                  /* "zone", "dns" */
    struct slice domain;                /* of From, folded; empty: none */
    struct dnscheck message, published; /* published: of the domain */
};

struct preflight_in {
    struct arena *arena; /* lives as long as the check */
    const struct law_library *lib;
    int32_t day;                    /* whose law is asked for */
    const struct law_facts *facts;  /* stated, over what the message shows; defaults of all rows */
    const struct law_facts *stated; /* stated alone, to show where it differs from what was read */
    const struct message_facts *message;
    struct slice campaign, list;             /* names for the report; list may be empty */
    const struct preflight_arrival *arrival; /* NULL: DNS was not asked */
    bool is_page; /* the report is shown on the site: no words about the command line */
};

struct preflight;

struct preflight *preflight_new(const struct preflight_in *in);
void preflight_free(struct preflight *p);
/* One recipient. Adds a line to `rows` (may be NULL) when it is to be dropped or asked. */
void preflight_row(struct preflight *p, struct recipient *r, uint64_t line, struct buf *rows);
/* A row that can't be read. raw: the line as it stands. */
void preflight_broken(struct preflight *p, uint64_t line, const char *why, struct slice raw,
                      struct buf *rows);
/* The titles of the list of rows. */
void preflight_rows_title(struct buf *rows);
/* After the last row; columns may be NULL (--to). */
void preflight_columns(struct preflight *p, const struct columns *c);
uint64_t preflight_rows(const struct preflight *p);
/* True when a violation that warns or fails was found for any row. */
bool preflight_found(const struct preflight *p);

/* Adds the item on one-click unsubscribing (RFC 8058) to what dnscheck_message found. facts: read
 * with the message's authentication. */
void preflight_one_click(struct arena *a, const struct message_facts *facts, struct dnscheck *out);

/* All counts as bytes, and back into a new check of the same input; false: not these bytes. */
void preflight_pack(const struct preflight *p, struct buf *out);
bool preflight_unpack(struct preflight *p, struct slice bytes);

/* Reports. text: for a terminal, at most `width` columns, with colours when asked. */
void preflight_text(const struct preflight *p, bool colour, struct buf *out);
struct json;
void preflight_json(const struct preflight *p, struct json *j);
/* One page without script and without anything from outside, for screen and paper. */
void preflight_html(const struct preflight *p, struct buf *out);
/* The report within a page of the site (headings from <h2>), in two parts: counts and what to do;
 * then country by country and what was read. Questions are left to the page. */
void preflight_html_first(const struct preflight *p, struct buf *out);
void preflight_html_rest(const struct preflight *p, struct buf *out);
/* Facts that would settle rows, those that help most rows first; out holds LAW_FACTS. Returns how
 * many. */
size_t preflight_asked(const struct preflight *p, enum law_fact *out);
/* A file of facts to fill in: every question that would settle a row, as "?fact" above "fact":
 * null. */
void preflight_questions(const struct preflight *p, struct buf *out);

#endif
