/* The families of checks in the order in which they run, and the table of checks. */
#include "evidence/families.h"

#include "base/buf.h"

#define CHECK(name, kind, points, hints, reason, doc) \
    [CHECK_##name] = {#name, FINDING_##kind, points, hints, reason, doc},
static const struct check CHECK_TABLE[CHECKS] = {
#include "evidence/check_table.h"
};
#undef CHECK

const struct check_family CHECK_FAMILIES[] = {
    {"classifier", family_classifier, CHECK_classifier_prior, CHECK_classifier_user,
     "What the node has learned, one finding per channel of evidence."},
    {"sender", family_sender, CHECK_from_missing, CHECK_reply_to_other,
     "Who the message says it is from, and where answers go."},
    {"bulk", family_bulk, CHECK_bulk_list, CHECK_bulk_unsubscribe,
     "Lists, newsletters and other bulk sendings that say what they are."},
};
const size_t CHECK_N_FAMILIES = sizeof CHECK_FAMILIES / sizeof *CHECK_FAMILIES;

const struct check *check_info(enum check_id id)
{
    return &CHECK_TABLE[id];
}

void check_reference(struct buf *out)
{
    buf_str(out, "| check | kind | points | what it looks at |\n|--|--|--|--|\n");
    for (size_t i = 0; i < CHECK_N_FAMILIES; i++) {
        const struct check_family *f = &CHECK_FAMILIES[i];
        buf_printf(out, "| **%s** | | | %s |\n", f->name, f->doc);
        for (int id = (int)f->first; id <= (int)f->last; id++) {
            const struct check *c = &CHECK_TABLE[id];
            buf_printf(out, "| `%s` | %s | %+.1f | %s |\n", c->name, finding_kind_name(c->kind),
                       c->points, c->doc);
        }
    }
}
