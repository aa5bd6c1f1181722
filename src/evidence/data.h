/* Data files of rules/ that are built into the program (tools/embed.c). */
#ifndef MUSTER_EVIDENCE_DATA_H
#define MUSTER_EVIDENCE_DATA_H

#include <stddef.h>

struct data_file {
    const char *name; /* "en" for rules/phrases/en.txt; NULL ends the table */
    const char *bytes;
    size_t n;
};

extern const struct data_file DATA_PHRASES[]; /* rules/phrases/LANGUAGE.txt */
extern const struct data_file DATA_HOSTS[];   /* rules/hosts/KIND.txt */
extern const struct data_file DATA_BRANDS[];  /* rules/brands.txt */

#endif
