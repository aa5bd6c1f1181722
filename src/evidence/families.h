/* The families' functions, for the table in check_table.c alone. */
#ifndef MUSTER_EVIDENCE_FAMILIES_H
#define MUSTER_EVIDENCE_FAMILIES_H

#include "evidence/check.h"

void family_classifier(struct evidence *e);
void family_sender(struct evidence *e);
void family_bulk(struct evidence *e);

#endif
