/* A report about a message, as the desk takes it in: what was found, already redacted.
 *
 * A process without rights makes it out of foreign bytes (desk/intake.h); keeper gets it as JSON
 * and never sees the bytes. Everything that can name the reporter or a recipient stands in
 * `reporter`, which keeper seals under a key of the case; all other fields are free of them
 * (desk/redact.h). Texts are valid UTF-8. Limits below are kept by both ends.
 */
#ifndef MUSTER_DESK_REPORT_H
#define MUSTER_DESK_REPORT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "desk/fingerprint.h"

#define DESK_LINKS   32u
#define DESK_FILES   16u
#define DESK_NOTES   16u
#define DESK_TEXT    (16u << 10) /* bytes of the message's text */
#define DESK_HEADERS (8u << 10)  /* bytes of its header */
#define DESK_WORDS   1000u       /* bytes of any other text */
#define DESK_JSON    (60u << 10) /* bytes of a whole report as JSON */

/* The door it came through. */
enum desk_source {
    DESK_MAIL,
    DESK_WEB,
    DESK_API,
    DESK_SMS,
    DESK_LOCAL,
    DESK_PARTNER,
    DESK_SOURCES
};

/* What the reporter handed in. */
enum desk_form {
    FORM_MESSAGE,  /* the message itself, as a file */
    FORM_ATTACHED, /* forwarded as attachment */
    FORM_INLINE,   /* forwarded in the text */
    FORM_SOURCE,   /* its source pasted into a text */
    FORM_ARF,
    FORM_XARF,
    FORM_WORDS, /* only words about it (web form, text message) */
    DESK_FORMS
};

enum desk_category {
    DESK_SPAM,
    DESK_PHISHING,
    DESK_MALWARE,
    DESK_FRAUD,
    DESK_NOT_SPAM, /* "this was no spam": against an earlier judgment */
    DESK_OPT_OUT,  /* the sender goes on after an unsubscribe */
    DESK_OTHER,
    DESK_CATEGORIES
};

/* Personal: sealed by keeper, given to nobody. */
struct desk_reporter {
    struct slice mailbox;   /* where a receipt goes; empty: none */
    struct slice language;  /* "de"; empty: not known */
    struct slice client_ip; /* network that it came from, for fairness between sources */
    bool is_aligned;        /* DMARC passed for mailbox: mail to it hits nobody else */
    bool is_automatic;      /* list, autoresponder, bounce: never answered (RFC 3834) */
};

/* The message that is reported. Addresses here are its sender's, not the reporter's. */
struct desk_original {
    struct slice from, from_name, from_domain; /* author's address, name, domain */
    struct slice reply_to, return_domain;      /* domain of the envelope sender */
    struct slice subject;
    struct slice source_ip; /* that handed it to the recipient's side; empty: not known */
    struct slice dkim;      /* domains whose signatures it carries, by spaces */
    struct slice list_id;
    int64_t date_us;       /* INT64_MIN: not known */
    bool has_unsubscribe;  /* it offers List-Unsubscribe */
    bool has_header;       /* its real header was there, not only what a forward shows */
    unsigned char key[16]; /* keyed digest of what the reporter handed in: the same twice */
};

struct desk_link {
    struct slice url; /* canonical, without anything that names a person */
    struct slice host, domain;
};

struct desk_file {
    struct slice name; /* only its extension when the name could tell of a person */
    struct slice type;
    unsigned char sha256[32];
    uint64_t bytes;
};

struct desk_report {
    enum desk_source source;
    enum desk_form form;
    enum desk_category category;
    struct slice style;    /* "gmail", "outlook"...: whose forward it is */
    struct slice language; /* of the forward's labels; empty: not known */
    struct slice said;     /* what the reporter wrote, redacted */
    struct desk_reporter reporter;
    struct desk_original original;
    struct desk_link links[DESK_LINKS];
    size_t n_links;
    struct desk_file files[DESK_FILES];
    size_t n_files;
    struct desk_print print;
    struct slice text, headers; /* redacted */
    struct slice notes[DESK_NOTES];
    size_t n_notes;
};

const char *desk_source_name(enum desk_source s);
const char *desk_form_name(enum desk_form f);
const char *desk_category_name(enum desk_category c);
/* false: no such word. */
bool desk_source_parse(struct slice word, enum desk_source *out);
bool desk_form_parse(struct slice word, enum desk_form *out);
bool desk_category_parse(struct slice word, enum desk_category *out);

/* One JSON object, at most DESK_JSON bytes: text is cut first, then the header, when it would be
 * more. with_reporter: false leaves out all that is personal. */
void desk_report_json(const struct desk_report *r, bool with_reporter, struct buf *out);
/* Reads it back; texts lie in the arena. ERR_PARSE names the field that is missing or not well
 * formed, ERR_LIMIT the one that is too long. */
MUST_USE int desk_report_read(struct arena *a, struct slice json, struct err *e,
                              struct desk_report *out);

#endif
