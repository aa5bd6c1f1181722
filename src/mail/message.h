/* The message: what `mail` makes of raw bytes. Read-only for every room behind it.
 *
 * It never fails on bad mail: oddities are anomalies, and where mail programs disagree all
 * readings are kept (`struct reading`), so that checks can look at their union. Everything
 * lies in the caller's arena; slices point into it or into the raw bytes, which must outlive
 * the message. Text fields are valid UTF-8 unless their name says raw. RFC 5322, 2045-2049,
 * 2047, 2231, 6532.
 */
#ifndef MUSTER_MAIL_MESSAGE_H
#define MUSTER_MAIL_MESSAGE_H

#include "mail/anomaly.h"
#include "mail/limits.h"

/* ---- header fields ---- */

struct header {
    struct slice name;  /* as written, without colon and trailing space */
    struct slice raw;   /* the whole field with folding, without its last line end */
    struct slice value; /* unfolded, trimmed, as bytes (encoded words not decoded) */
    struct slice text;  /* value with RFC 2047 words decoded, valid UTF-8 */
    struct header *next;
};

struct header_list {
    struct header *first, *last;
    size_t n;
    uint64_t shapes[4]; /* a bit per header_shape of all names */
};

/* A name's length and first letter in eight bits. Most fields that are asked for are not there, and
 * mostly no other of that shape is: then nobody walks the list. */
static inline unsigned header_shape(struct slice name)
{
    unsigned char first = name.n ? (unsigned char)name.p[0] | 0x20 : 0;
    return (first + 37 * (unsigned)name.n) & 255;
}

static inline bool header_has_shape(const struct header_list *list, unsigned shape)
{
    return list->shapes[shape / 64] >> shape % 64 & 1;
}

/* The same for a name given as a slice. */
const struct header *header_find_name(const struct header_list *list, struct slice name,
                                      const struct header *after);

/* First field of that name (any case) after `after` (NULL: from the top), or NULL. */
static inline const struct header *header_find(const struct header_list *list, const char *name,
                                               const struct header *after)
{
    struct slice want = slice_str(name);
    return header_has_shape(list, header_shape(want)) ? header_find_name(list, want, after) : NULL;
}

/* ---- addresses ---- */

struct address {
    struct slice display; /* display name, decoded; may be empty */
    struct slice local;   /* local part, unquoted */
    struct slice domain;  /* lower case, U-labels as written; empty for "<>" or a bare word */
    struct slice group;   /* name of the group it stands in, or empty */
    struct address *next;
};

/* ---- links ---- */

enum link_from { LINK_HREF, LINK_FORM, LINK_IMAGE, LINK_TEXT, LINK_SUBJECT, LINK_OTHER };

struct url {
    struct slice raw;    /* as found */
    struct slice whole;  /* serialised as a browser would (WHATWG URL), empty when it fails */
    struct slice scheme; /* "https" */
    struct slice user;   /* userinfo, undecoded */
    struct slice host;   /* ASCII form: A-labels, IPv4 in dotted form, IPv6 in brackets */
    struct slice uhost;  /* Unicode form */
    struct slice domain; /* organisational domain by the public suffix list; empty for IPs */
    struct slice path, query, fragment; /* query.p is NULL without '?' */
    int port;                           /* -1: the scheme's default */
    bool is_ip;
    bool is_valid;
};

struct link {
    struct url url;
    enum link_from from;
    uint32_t part;
    struct slice shown; /* text a person sees on it; empty for none */
    struct slice
        shown_domain; /* organisational domain when the shown text is itself a URL or host */
    bool is_hidden;   /* stands in hidden content */
    bool is_defanged; /* written so that nobody follows it: "hxxp://", "example[.]com" */
    struct link *next;
};

/* ---- parts ---- */

enum encoding {
    ENCODING_7BIT,
    ENCODING_8BIT,
    ENCODING_BINARY,
    ENCODING_QP,
    ENCODING_BASE64,
    ENCODING_UU,
    ENCODING_YENC,
    ENCODING_UNKNOWN
};

struct param {
    struct slice name;  /* lower case */
    struct slice value; /* UTF-8 */
    struct param *next;
};

/* Another way to read a part's bytes, with the anomaly that is its cause. */
struct reading {
    enum anomaly_kind cause;
    struct slice type;    /* "text/html" */
    struct slice decoded; /* bytes under that reading */
    struct reading *next;
};

/* What HTML shows and hides; see mail/html.h. */
struct html_view;

struct part {
    uint32_t index; /* in message.parts */
    uint32_t depth;
    struct part *parent, *child, *next; /* first child, next sibling */
    struct part *last_child;
    struct header_list headers;
    struct slice raw;         /* the whole part: header section and body */
    struct slice body;        /* raw body as transferred */
    struct slice type;        /* "text", lower case; defaults applied (RFC 2045 5.2) */
    struct slice subtype;     /* "plain" */
    struct param *params;     /* of Content-Type */
    struct slice charset;     /* declared, lower case; may be empty */
    struct slice disposition; /* "attachment", "inline" or empty */
    enum encoding encoding;
    struct slice content_id;
    struct slice *names; /* candidate file names, the likeliest first; union of all readings */
    size_t n_names;
    struct slice decoded;     /* after transfer decoding (in the arena or in the raw bytes) */
    struct slice text;        /* text parts: UTF-8; HTML parts: the visible text */
    struct slice hidden;      /* HTML parts: text that is not shown */
    struct html_view *html;   /* HTML parts, else NULL */
    struct reading *readings; /* other readings, or NULL */
    bool is_multipart, is_message, is_text, is_html, is_attachment;
    struct message *inner; /* message/rfc822: its own headers (parts are in the outer list) */
};

/* ---- the whole ---- */

struct message {
    struct arena *arena;
    const struct mail_limits *limits;
    struct slice raw;
    struct slice body; /* behind the header section */
    struct header_list headers;
    struct part *root;
    struct part **parts; /* all parts, depth first, root included */
    size_t n_parts;
    struct link *links, *links_last; /* of all parts, in order */
    size_t n_links;
    struct anomalies anomalies;
    /* Decoded once because everybody asks. */
    struct slice subject;
    struct slice message_id; /* without angle brackets; an index only */
    struct address *from, *sender, *reply_to, *to, *cc;
    struct slice return_path; /* address of the first Return-Path, may be empty */
    int64_t date_us;          /* Date as microseconds UTC; INT64_MIN when missing or bad */
    struct slice text;        /* visible text of all inline text parts, joined by LF */
    struct slice hidden;      /* hidden text, joined by LF */
    size_t decoded_bytes;     /* spent from limits->decoded_bytes */
    size_t text_bytes;        /* spent from limits->text_bytes */
    struct slice wide_host;   /* the last host outside ASCII (link_url) */
    size_t wide_hosts;        /* such hosts so far, the same one in a row once */
    size_t rescanned;         /* bytes read again for other readings, at most 4 times raw.n */
};

/* Reads raw bytes. Never fails. `limits` NULL means MAIL_LIMITS. Linear in raw.n. */
struct message *message_parse(struct arena *a, struct slice raw, const struct mail_limits *limits);
/* The message without what stands in messages attached to it: what its sender says himself. Parts,
 * links and texts of attached messages are left out; the attached part itself stays, without
 * children of its own in the list. Shares everything else with m; anomalies are those of the whole.
 * NULL when nothing is attached, or when it says nothing besides (then that is the message). */
struct message *message_own(struct arena *a, const struct message *m);
/* The visible or the hidden text of all parts that are no attachment, a line feed between them. */
struct slice message_join(const struct message *m, bool hidden);
/* True when a type/subtype pair matches, as in part_is(p, "text", "html"). subtype NULL: any. */
bool part_is(const struct part *p, const char *type, const char *subtype);
struct slice part_param(const struct part *p, const char *name);

#endif
