/* What the console's pages share: its menu, words of verdicts, tables of mail. */
#ifndef MUSTER_WEB_CONSOLE_H
#define MUSTER_WEB_CONSOLE_H

#include "web/page.h"

/* Title, noindex, width, and the console's menu with `here` marked. */
void console_begin(struct page *p, const char *title, const char *here);
/* Message ids of our words for keeper's ("unsolicited bulk", "quarantine" ...); the word itself
 * when it is none. */
const char *console_word(const char *word);
/* <span class="tag bad">Spam</span>. */
void console_verdict(struct page *p, const char *side);
/* Cells. */
void console_cell(struct page *p, const char *text);
void console_cell_number(struct page *p, double n, int digits);
void console_cell_time(struct page *p, int64_t us);
/* Rows of keeper's "messages". */
void console_messages(struct page *p, const json_t *rows);
/* The findings of a message, strongest first as keeper gives them. */
void console_why(struct page *p, const json_t *why);
/* A number member that may be whole. */
double console_number(const json_t *j, const char *name);
/* "12.3 MB". */
const char *console_bytes(struct page *p, double n);

/* Rows of keeper's "holds", with a button for release; base: "/console/quarantine" or "/me/held".
 */
void console_holds(struct page *p, const json_t *rows, const char *base);
/* One held message with what can be done with it; for console and own page alike. */
void console_hold(struct page *p, const json_t *hold, const char *base);
/* Its acts: POST with "act" release, refuse, delete, spam or ham; answers the request. */
void console_hold_act(struct page *p, const char *base);
/* Lists of choices: a table with buttons that take an entry out by POST to `action`. */
void console_entries(struct page *p, const json_t *entries, const char *action);

#endif
