/* Advice by the beginning of a check's name; the first row that fits wins. */
#include "scan/advice.h"

#include "base/lang.h"
#include "base/slice.h"

static const struct advice {
    const char *prefix;
    const char *words;
} ADVICE[] = {
    {"from_name", N_("Write your own name and no other address or brand into the sender's name.")},
    {"from_domain",
     N_("Send from your own domain, under a name that is not mistaken for another.")},
    {"from_", N_("Name exactly one sender in From, with an address that can be answered.")},
    {"reply_to", N_("Let answers go to an address of your own domain.")},
    {"message_id", N_("Let your mail program write a Message-ID and a date.")},
    {"date_", N_("Let your mail program write a Message-ID and a date.")},
    {"to_", N_("Write the recipient's address into To.")},
    {"mime_", N_("Send mail that follows the MIME rules; your mail library is out of date.")},
    {"subject_", N_("Write a plain subject, without decoration and borrowed names.")},
    {"link_s", N_("Let links show where they lead, and lead there without detours.")},
    {"link_", N_("Link to pages under your own domain.")},
    {"form_", N_("Put forms on your own site and link to them.")},
    {"text_h", N_("Leave out hidden text, and send plain text beside HTML.")},
    {"text_image", N_("Write the message as text; pictures may go with it.")},
    {"text_", N_("Write words in the letters of one script, without invisible characters.")},
    {"attachment_",
     N_("Put programs, archives and pages on your own site instead of attaching them.")},
    {"auth_spf", N_("Publish an SPF record that names every server you send from.")},
    {"auth_helo", N_("Let your server greet with its own name, for which DNS gives its address.")},
    {"auth_",
     N_("Sign your mail with DKIM for the domain of From, and send it from servers that SPF "
        "names.")},
    {"own_", N_("Send from your own domain, under a name that is not mistaken for another.")},
    {"near_", N_("Ask the recipients whether they want this mail; somebody reported the same.")},
};

const char *advice_for(const char *check)
{
    for (size_t i = 0; i < sizeof ADVICE / sizeof *ADVICE; i++)
        if (slice_starts(slice_str(check), slice_str(ADVICE[i].prefix)))
            return ADVICE[i].words;
    return NULL;
}
