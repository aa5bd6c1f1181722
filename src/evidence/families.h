/* The families' functions, for the table in check_table.c, and what several families use. */
#ifndef MUSTER_EVIDENCE_FAMILIES_H
#define MUSTER_EVIDENCE_FAMILIES_H

#include "evidence/check.h"

void family_classifier(struct evidence *e);
void family_near(struct evidence *e);
void family_sender(struct evidence *e);
void family_header(struct evidence *e);
void family_forged(struct evidence *e);
void family_relay(struct evidence *e);
void family_subject(struct evidence *e);
void family_link(struct evidence *e);
void family_text(struct evidence *e);
void family_scam(struct evidence *e);
void family_attachment(struct evidence *e);
void family_carried(struct evidence *e);
void family_mime(struct evidence *e);
void family_bulk(struct evidence *e);
void family_auth(struct evidence *e);
void family_own(struct evidence *e);
void family_listed(struct evidence *e);

/* One of the brand's own domains is proven, whoever stands in From. */
bool auth_brand_proven(const struct evidence *e, const struct brand *b);

/* Words that are written so that filters do not read them; reports text_disguised. */
void look_for_disguise(struct evidence *e);
/* A link that a person can follow to the web. */
bool link_is_web(const struct link *l);
/* Counts words of s that mix scripts as honest words do not; *out_first gets the first. */
size_t mixed_words(struct slice s, size_t max_bytes, struct slice *out_first);
/* Counts characters that are not seen: zero-width, bidi controls, fillers. Joiners between
 * letters of scripts that need them and emoji sequences are not counted. */
size_t invisible_characters(struct slice s, size_t max_bytes);

#endif
