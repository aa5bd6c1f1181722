/* The operator's words about law: section `law` of the configuration.
 *
 *   law { apply = DE, AT, house  files = /etc/muster/house.law }
 */
#ifndef MUSTER_LAW_SETTINGS_H
#define MUSTER_LAW_SETTINGS_H

#include "base/conf.h"
#include "law/law.h"

struct law_settings {
    struct conf_list apply; /* codes of the profiles that hold for this site's users */
    struct conf_list files; /* further profiles: files or folders */
    double points;          /* that a broken rule adds to a message's score */
};

/* The section's table; ends with name = NULL. */
extern const struct conf_section LAW_SECTIONS[];
/* The section as read; never NULL. */
const struct law_settings *law_settings(const struct conf *c);
/* The shipped profiles and those of `files`; every code of `apply` must be among them. Errors as
 * law_library_open. */
MUST_USE int law_library_open_conf(const struct conf *c, struct law_library **out,
                                   struct buf *errors, struct err *e);

#endif
