/* Reports through the web: what a visitor or a program hands in is read here, in this process
 * without rights, and goes to keeper as reports without people (desk/intake.h). Also the addresses
 * for programs: POST /v1/report and, for a gateway of text messages, POST /v1/sms.
 */
#ifndef MUSTER_WEB_DESK_INTAKE_H
#define MUSTER_WEB_DESK_INTAKE_H

#include "desk/intake.h"
#include "desk/settings.h"
#include "web/page.h"

/* Hands over the settings and loads ICU's and the suffix list's tables; before the walls close.
 * NULL: /v1/report and /v1/sms are shut. */
void desk_intake_open(const struct desk_settings *s);
/* From keeper: the key under which people are taken out, the same in all processes. */
void desk_intake_set_key(struct slice key);

/* What somebody hands in: a message as bytes (a file, its source, ARF, XARF), or words about it. */
struct web_report {
    enum desk_source source;
    enum desk_category category;
    struct slice message;  /* bytes; else empty, and: */
    struct slice words;    /* in UTF-8: the text of a message, or what the reporter knows of it */
    struct slice sender;   /* whom it came from, as the reporter says; may be empty */
    struct slice said;     /* what the reporter says about it */
    struct slice reporter; /* his mailbox; may be empty. Never proven: nothing is mailed to it */
    bool is_forward;       /* message is a mail in which it was forwarded */
};

/* What came of each report found in it. */
struct web_reported {
    int status;          /* keeper's; 422: it could not be read */
    const char *refused; /* why not, for people; else NULL, and: */
    const json_t *json;  /* keeper's answer: {"code": ...} */
};

/* Reads it and asks keeper. false: the answers are not there yet; return. */
bool web_hand_in(struct page *p, const struct web_report *in, struct web_reported *out,
                 size_t *out_n);

extern const struct route desk_api_routes[];

#endif
