/* Section `desk` of the configuration. See settings.h. */
#include "desk/settings.h"

#define DESK(field) offsetof(struct desk_settings, field)
static const struct conf_item desk_items[] = {
    {"mailbox", CONF_LIST, DESK(mailbox), "\"\"", .unit = "addresses",
     .doc = "addresses of yours to which people forward what they report: such mail is never "
            "refused as spam, and taken in as reports"},
    {"api", CONF_BOOL, DESK(api), "yes",
     .doc = "the web door takes reports from programs (POST /v1/report)"},
    {"sms_token", CONF_TEXT, DESK(sms_token), "\"\"",
     .doc = "secret that your gateway for text messages sends along (POST /v1/sms); empty: none "
            "are taken"},
    {"sms_secret", CONF_TEXT, DESK(sms_secret), "token",
     .doc = "the field of the gateway's form that holds the secret"},
    {"sms_from", CONF_TEXT, DESK(sms_from), "from",
     .doc = "the field that holds who sent the message"},
    {"sms_text", CONF_TEXT, DESK(sms_text), "text", .doc = "the field that holds the text"},
    {0}};

const struct conf_section DESK_SECTIONS[] = {
    {"desk", false, desk_items, sizeof(struct desk_settings),
     "reports about mail: where they come in, and what becomes of them"},
    {0}};

const struct desk_settings *desk_settings(const struct conf *c)
{
    return conf_data(c, "desk");
}

bool desk_is_mailbox(const struct desk_settings *s, struct slice address)
{
    for (size_t i = 0; i < s->mailbox.n; i++) {
        if (slice_ieq(s->mailbox.items[i], address))
            return true;
    }
    return false;
}
