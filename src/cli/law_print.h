/* What `muster law` prints: profiles, comparisons, matrices; as text or as JSON. */
#ifndef MUSTER_CLI_LAW_PRINT_H
#define MUSTER_CLI_LAW_PRINT_H

#include "law/compare.h"

/* Under every page that says what a law asks. */
#define LAW_PRINT_NOTE \
    "Research notes for software, not legal advice. \"unknown\" is never \"not required\".\n"

struct law_page {
    struct buf *out;
    int32_t day;
    bool as_json, colour;
};

void law_print_list(const struct law_page *p, const struct law_library *lib, bool all);
void law_print_one(const struct law_page *p, const struct law *law);
void law_print_compare(const struct law_page *p, const struct law *const *laws, size_t n);
/* One row per law; true when some violation is found. */
bool law_print_matrix(const struct law_page *p, const struct law *const *laws, size_t n,
                      const struct law_facts *facts);
/* Two versions of one law; either may be NULL (no version that day). True when they differ. */
bool law_print_diff(const struct law_page *p, const struct law *a, const struct law *b,
                    int32_t second_day);

/* A field's text, with a mark where its source is weak; out is emptied first. */
void law_print_cell(const struct law *law, enum law_field f, struct buf *out);
void law_print_line_end(const struct law_page *p);

#endif
