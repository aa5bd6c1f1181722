/* Addresses of the law pages. */
#include "web/law_internal.h"

const struct route law_routes[] = {
    {"law", PAGE_GET | PAGE_EXPORT, 0, law_map_page},
    {"law/matrix", PAGE_GET | PAGE_EXPORT, 0, law_matrix_page},
    {"law/compare", PAGE_GET | PAGE_COSTLY, 0, law_compare_page},
    {"law/diff", PAGE_GET, 0, law_diff_page},
    {"law/between", PAGE_GET, 0, law_between_page},
    {"law/check", PAGE_GET | PAGE_POST | PAGE_UPLOAD | PAGE_COSTLY, 0, law_check_page},
    {"law/receipt", PAGE_GET | PAGE_POST | PAGE_UPLOAD, 0, law_receipt_page},
    {"law/*", PAGE_GET, 0, law_show_page},
    {0}};
