/* Which headers are never features, and which are traces of the way. Verdicts of other filters
 * leak the label in every public corpus, and a spammer can write them; what the local system
 * adds differs between the moment of scanning and the moment of learning. */
#include "learn/features_internal.h"

/* "x-foo" is the whole name, "x-foo*" a beginning; lower case. */
static const char *const SKIP[] = {
    /* verdicts of other filters */
    "x-spam*", "x-old-spam*", "x-barracuda*", "x-ironport*", "x-perlmx*", "x-nai-spam*",
    "x-rc-spam*", "x-rc-virus*", "x-virus*", "x-ms-*", "x-eop*", "x-sid*", "x-incoming*",
    "x-sender-ip", "x-microsoft-antispam*", "x-message-*", "x-forefront*", "x-rspamd*",
    "x-bogosity", "x-crm114*", "x-dspam*", "x-spamprobe*", "x-spambayes*", "x-spamd-*", "x-amavis*",
    "x-cmae*", "x-proofpoint*", "x-mimecast*", "x-sophos*", "x-clx*", "x-brightmail*", "x-junk*",
    "x-scanned*", "x-antivirus*", "x-antispam*", "x-av-*", "x-clamav*", "x-dcc*", "x-greylist*",
    "x-milter*", "x-exchange-antispam*", "x-cloudmark*", "x-ham*", "x-policyd*", "x-scl", "x-bcl",
    "x-quarantine*", "x-suspected*", "x-filter*", "x-tm-as*", "x-tmase*", "x-fuhafi*",
    "x-kaspersky*", "x-klms*", "x-drweb*", "x-spf*", "x-ovh-spam*", "x-gmx-anti*", "x-ui-filter*",
    "x-yahoofilter*", "x-ymailisg", "x-apparently-*", "x-pmx*", "x-mailscanner*", "x-whitelist*",
    "x-blacklist*", "x-uuid", "x-trec*", "x-habeas*",
    /* what the place of delivery adds */
    "x-muster*", "delivered-to", "envelope-to", "x-original-to", "x-envelope-to", "x-delivered-to",
    "status", "x-status", "x-uid", "x-uidl", "x-keywords", "x-label*", "x-gmail-labels",
    "x-mozilla-*", "x-evolution*", "x-imapbase", "x-imap", "x-folder", "x-evolution-source",
    "content-length", "lines", "x-gm-*", "x-getmail*", "x-fetchmail*", "x-sieve*", "x-dovecot*",
    "authentication-results", "received-spf", "x-received-spf", "x-authentication*", NULL};

static const char *const SENDER[] = {"from", "to",           "cc",        "bcc",
                                     "date", "mime-version", "content-*", NULL};

static const char *const RELAY[] = {"received", "return-path", NULL};

static const char *const TRACE[] = {"x-received",
                                    "old-return-path",
                                    "x-return-path",
                                    "resent-*",
                                    "arc-*",
                                    "dkim-*",
                                    "domainkey-*",
                                    "x-originating*",
                                    "x-google*",
                                    "x-forwarded*",
                                    "x-source*",
                                    "x-client*",
                                    "x-authenticated*",
                                    "x-auth-*",
                                    "x-antiabuse",
                                    "x-sender*",
                                    "x-rcpt*",
                                    "x-env-*",
                                    "x-loop",
                                    "x-been*",
                                    "errors-to",
                                    "sender",
                                    "x-ip",
                                    "x-remote*",
                                    "x-nj*",
                                    "x-beenthere",
                                    "x-mail-from",
                                    "x-smtp*",
                                    "x-queue*",
                                    "x-relay*",
                                    "x-host*",
                                    NULL};

/* All words have four letters or more; most names differ from most of them in the third. */
static bool in_list(const char *const *list, struct slice name)
{
    char third = name.n > 2 ? ascii_lower(name.p[2]) : '\0';
    for (; *list; list++) {
        if ((*list)[2] != third)
            continue;
        struct slice word = slice_str(*list);
        bool is_start = word.p[word.n - 1] == '*';
        word.n -= is_start;
        if (is_start ? slice_istarts(name, word) : slice_ieq(name, word))
            return true;
    }
    return false;
}

static bool is_foreign(struct slice name)
{
    if (in_list(SKIP, name))
        return true;
    /* X-Vendor-Spam-..., X-Vendor-MailScanner ... */
    return slice_istarts(name, SLICE("x-")) &&
           (slice_ifind(name, SLICE("spam")) != SIZE_MAX ||
            slice_ifind(name, SLICE("virus")) != SIZE_MAX ||
            slice_ifind(name, SLICE("mailscanner")) != SIZE_MAX);
}

/* What was found out about a name, for the next message: mail has few different ones. */
#define KNOWN_SLOTS 256
#define KNOWN_NAME  40

static struct known {
    unsigned char n; /* 0: free */
    unsigned char class;
    char name[KNOWN_NAME];
} known[KNOWN_SLOTS];

static enum header_class class_of(struct slice name)
{
    if (is_foreign(name))
        return HEADER_SKIPPED;
    if (slice_ieq(name, SLICE("subject")))
        return HEADER_SUBJECT;
    if (in_list(SENDER, name))
        return HEADER_SENDER;
    if (in_list(RELAY, name))
        return HEADER_TRACE;
    return in_list(TRACE, name) ? HEADER_OTHER_TRACE : HEADER_OTHER;
}

static struct known find_out(struct slice name)
{
    return (struct known){.n = (unsigned char)(name.n <= KNOWN_NAME ? name.n : 0),
                          .class = (unsigned char)class_of(name)};
}

static struct known look_up(struct slice name)
{
    if (name.n == 0 || name.n > KNOWN_NAME)
        return find_out(name);
    struct known *k = &known[hash_bytes(name, 0) % KNOWN_SLOTS];
    if (k->n != name.n || memcmp(k->name, name.p, name.n) != 0) {
        *k = find_out(name);
        memcpy(k->name, name.p, name.n);
    }
    return *k;
}

enum header_class features_header_class(struct slice name)
{
    return (enum header_class)look_up(name).class;
}
