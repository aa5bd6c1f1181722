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
    {"name", CONF_TEXT, DESK(name), "\"\"",
     .doc = "who writes the desk's letters; empty: the first of `domains`"},
    {"from", CONF_TEXT, DESK(from), "\"\"", .unit = "address",
     .doc = "their sender; empty: the first of `mailbox`, else postmaster"},
    {"url", CONF_TEXT, DESK(url), "\"\"",
     .doc = "public address of the pages, for letters: https://desk.example.org"},
    {"language", CONF_TEXT, DESK(language), "\"\"",
     .doc = "of letters to those whose own language is not known, as \"fr\"; empty: English"},
    {"receipts", CONF_BOOL, DESK(receipts), "yes",
     .doc = "answer reports by mail with their code, where DMARC proved the sender"},
    {"receipts_per_day", CONF_INT, DESK(receipts_per_day), "10", .min = 0, .max = 10000,
     .doc = "receipts and outcomes to one address"},
    {"receipts_per_hour", CONF_INT, DESK(receipts_per_hour), "600", .min = 0, .max = 1000000,
     .doc = "receipts and outcomes to all addresses together"},
    {"send_notices", CONF_BOOL, DESK(send_notices), "no",
     .doc = "notices to networks and response teams go out by themselves; no: they wait as drafts "
            "for a person. Those to senders, registrars and authorities always wait"},
    {"public_mail", CONF_LIST, DESK(public_mail),
     "gmail.com, googlemail.com, outlook.com, hotmail.com, live.com, yahoo.com, icloud.com, "
     "proton.me, gmx.net, gmx.de, web.de, t-online.de, orange.fr, laposte.net, libero.it, wp.pl, "
     "seznam.cz, mail.ru, yandex.ru, uol.com.br, qq.com, 163.com, naver.com, rediffmail.com",
     .unit = "domains",
     .doc =
         "mail providers whose users have nothing to do with each other: each of their mailboxes "
         "is a source of its own, as those of `domains` are. All mailboxes of any other domain "
         "are one source, because its owner can make as many as he likes"},
    {"source_cases", CONF_INT, DESK(source_cases), "120", .min = 1, .max = 1000000,
     .doc = "cases of its own that one source (see `public_mail`; where no mailbox is proven, a "
            "/24 or /48) gets in an hour; further reports are counted with the newest of them"},
    {"source_most", CONF_INT, DESK(source_most), "1000", .min = 1, .max = 10000000,
     .doc = "reports of one source in an hour; more are put off"},
    {"own_networks", CONF_LIST, DESK(own_networks), "\"\"", .unit = "networks",
     .doc = "your own, so that reports about your users come to you"},
    {"partners", CONF_LIST, DESK(partners), "\"\"",
     .doc = "nodes whose cases may be taken in, each NAME=KEY, the key as their `muster case key` "
            "prints it"},
    {"proof_networks", CONF_LIST, DESK(proof_networks), "\"\"", .unit = "networks",
     .doc =
         "inner networks from which a proof of control may be fetched, besides public addresses"},
    {"authority", CONF_TEXT, DESK(authority), "\"\"", .unit = "address",
     .doc = "mailbox of the authority that takes spam complaints; empty: none"},
    {"csirt", CONF_TEXT, DESK(csirt), "\"\"", .unit = "address",
     .doc = "mailbox of your response team (CSIRT) for phishing and malware; empty: none"},
    {"registrar", CONF_TEXT, DESK(registrar), "\"\"", .unit = "address",
     .doc = "mailbox for domains that do live harm; empty: a person looks for it"},
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
