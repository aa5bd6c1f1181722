/* The families of checks in the order in which they run, and the table of checks. */
#include "evidence/families.h"

#include "base/buf.h"
#include "base/lang.h"

#define CHECK(name, kind, points, hints, reason, doc) \
    [CHECK_##name] = {#name, FINDING_##kind, points, hints, reason, doc},
static const struct check CHECK_TABLE[CHECKS] = {
#include "evidence/check_table.h"
};
#undef CHECK

const struct check_family CHECK_FAMILIES[] = {
    {"classifier", family_classifier, CHECK_classifier_prior, CHECK_classifier_user,
     N_("What the node has learned, one finding per channel of evidence.")},
    {"sender", family_sender, CHECK_from_missing, CHECK_reply_to_nowhere,
     N_("Who the message says it is from, and where answers go.")},
    {"header", family_header, CHECK_message_id_missing, CHECK_priority_high,
     N_("Fields that every mail program writes.")},
    {"forged", family_forged, CHECK_stamp_id, CHECK_mailer_other,
     N_("What mail programs write, compared with itself.")},
    {"relay", family_relay, CHECK_helo_odd, CHECK_date_future,
     N_("The machine that handed the message over, and the way before it.")},
    {"subject", family_subject, CHECK_subject_missing, CHECK_subject_brand,
     N_("Tricks with the subject.")},
    {"link", family_link, CHECK_link_shows_other, CHECK_link_script,
     N_("Where links lead, against what they say.")},
    {"text", family_text, CHECK_text_hidden, CHECK_text_iframe,
     N_("Text that is not seen, letters that are not what they seem, pictures.")},
    {"scam", family_scam, CHECK_says_urgent, CHECK_transaction_order,
     N_("What is asked for and in which tone, in many languages.")},
    {"attachment", family_attachment, CHECK_attachment_is_message, CHECK_attachment_zip_program,
     N_("What is attached, by bytes and by name.")},
    {"mime", family_mime, CHECK_mime_hides_name, CHECK_mime_limit,
     N_("Mail that programs read in different ways.")},
    {"bulk", family_bulk, CHECK_bulk_list, CHECK_personal_answer,
     N_("Bulk sendings that say what they are, and answers.")},
    {"auth", family_auth, CHECK_auth_dmarc_pass, CHECK_auth_brand_forged,
     N_("What SPF, DKIM, ARC and DMARC prove about the sender.")},
    {"own", family_own, CHECK_own_domain_like, CHECK_reply_to_like_from,
     N_("Impostors of the site's own domains, and answers that are led astray.")},
    {"listed", family_listed, CHECK_listed_sender, CHECK_listed_source,
     N_("What this site's desk lists: decided by people, with an end and an appeal.")},
    /* last: they look at the sum of the others */
    {"carried", family_carried, CHECK_carried_spam, CHECK_carried_spam,
     N_("Messages that are attached to it, which its sender need not stand for.")},
    {"near", family_near, CHECK_near_spam, CHECK_near_reported,
     N_("Messages that were reported before and are nearly the same.")},
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
