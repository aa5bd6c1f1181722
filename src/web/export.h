/* The public pages as files: a folder that opens from disk without network, or one HTML file.
 *
 * Begins at the routes that are marked PAGE_EXPORT and follows the links between public pages.
 * Links within the copy become relative; those to what needs a node (forms, searches) lead to the
 * site's public address when it has one, else to a page that says so. Pages are asked as a
 * stranger: what a stranger may not see is not in the copy.
 */
#ifndef MUSTER_WEB_EXPORT_H
#define MUSTER_WEB_EXPORT_H

#include "web/site.h"

#define EXPORT_PAGES 50000u
#define EXPORT_BYTES (50ull * 1024 * 1024) /* of all files together */

struct export_job {
    struct web_site *site;
    const char *lang; /* code of SITE_TONGUE */
    bool is_one_file;
    void *arg;
    /* Answers a question as keeper does: status, and the JSON into *answer (empty before). */
    int (*ask)(void *arg, struct slice path, struct slice json, struct buf *answer);
    /* A file of the copy: "library/x.html". */
    int (*write)(void *arg, const char *name, struct slice bytes, struct err *e);
};

struct export_sum {
    unsigned pages, files, failed; /* failed: links to pages that were not there */
    uint64_t bytes;
};

/* ERR_LIMIT when the copy would be larger than EXPORT_BYTES or EXPORT_PAGES. */
MUST_USE int export_run(const struct export_job *job, struct err *e, struct export_sum *out);

#endif
