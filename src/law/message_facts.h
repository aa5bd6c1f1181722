/* What a message shows of the facts that laws ask for, each with what it was seen by.
 *
 * A fact is yes, no, or can't tell. "No" is said only where the message would have to show it (a
 * missing header field, a text without any way out in a language whose words are known). What no
 * program can tell stays open and is asked (law_fact_info()->question). Texts in `seen` are
 * foreign bytes of the message. RFC 2369, 8058; docs/check.md lists the rules for people.
 */
#ifndef MUSTER_LAW_MESSAGE_FACTS_H
#define MUSTER_LAW_MESSAGE_FACTS_H

#include "auth/auth.h"
#include "law/fact.h"
#include "law/words.h"
#include "mail/message.h"

/* Who the sender says it is: compared with what the message shows. All may be empty. */
struct sender_record {
    struct slice name, address, domain;
};

struct message_facts_in {
    struct arena *arena;
    const struct message *m;
    const struct auth_result *auth; /* NULL: nobody asked DNS */
    const struct sender_record *sender;
    const char *mail_class; /* the filter's class ("bulk"), or NULL */
    double probability;     /* its probability of being unwanted */
    bool is_mailing;        /* goes to many: an answer it is not */
};

struct message_fact {
    int32_t value;     /* as in struct law_facts; LAW_UNKNOWN: can't tell */
    const char *why;   /* by what, one line, may hold one %s; NULL: nothing was looked for */
    struct slice seen; /* fills the %s */
};

struct message_facts {
    struct message_fact of[LAW_FACTS]; /* those of group M that can be read; others unknown */
    struct slice subject, body;        /* NFC */
    struct language_guess language;
    int leave_language; /* of the words of the way out, -1: none */
    unsigned sell_words, prices;
    const char *mail_class;
    double probability;
    struct slice odd[4]; /* patterns that a person should look at: "Re:" in front of no answer */
    const char *odd_why[4];
    unsigned n_odd;
};

/* Reads them. Everything lies in the arena. */
void message_facts_read(const struct message_facts_in *in, struct message_facts *out);
/* Puts what was read into *f where nothing is stated there, and the texts. */
void message_facts_into(const struct message_facts *mf, struct law_facts *f);
/* The languages that mail programs' users in a country mostly read, by code, parted by space; ""
 * when not known. For advice alone, never for a violation. */
const char *country_languages(struct slice country);

#endif
