/* The node's configuration. See config.h. */
#include "node/config.h"
#include "auth/settings.h"
#include "auth/signing.h"
#include "charter/actor.h"
#include "desk/settings.h"
#include "library/mail.h"
#include "law/settings.h"
#include "doors/doors.h"
#include "evidence/check.h"
#include "node/keep_digest.h"
#include "node/resolver.h"
#include "web/site.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MOST (1024 * 1024)

const char NODE_CONFIG_PATH[] = "/etc/muster/muster.conf";

static const char *const profiles[] = {"office", "home", "hosting", "gateway", NULL};
static const char *const modes[] = {"act", "shadow", NULL};
static const char *const levels[] = {"error", "warn", "info", "debug", NULL};
static const char *const failures[] = {"accept", "tag", "defer", NULL};
static const char *const automatic[] = {"auto", NULL};

#define MAIN(field) offsetof(struct conf_main, field)
static const struct conf_item main_items[] = {
    {"profile", CONF_CHOICE, MAIN(profile), "office", .choices = profiles,
     .doc = "kind of site; sets defaults"},
    {"mode", CONF_CHOICE, MAIN(mode), "act", .choices = modes,
     .doc = "act, or shadow: scan and explain, never act"},
    {"log", CONF_CHOICE, MAIN(log_level), "info", .choices = levels, .doc = "least level logged"},
    {"domains", CONF_LIST, MAIN(domains), "\"\"", .doc = "domains of this site"},
    {"data", CONF_TEXT, MAIN(data), "/var/lib/muster", .doc = "folder of all that is kept",
     .needs_restart = true},
    {"run", CONF_TEXT, MAIN(run), "/run/muster", .doc = "folder of the control socket",
     .needs_restart = true},
    {"user", CONF_TEXT, MAIN(user), "muster",
     .doc = "account the processes run as when started by root", .needs_restart = true},
    {"hostname", CONF_TEXT, MAIN(hostname), "\"\"",
     .doc = "name in the headers written; empty: this machine's"},
    {"listen milter", CONF_TEXT, MAIN(listen_milter), "127.0.0.1:11335", .unit = "address",
     .doc = "milter door; empty: closed", .needs_restart = true},
    {"listen spamd", CONF_TEXT, MAIN(listen_spamd), "127.0.0.1:783", .unit = "address",
     .doc = "spamd door; empty: closed", .needs_restart = true},
    {"listen http", CONF_TEXT, MAIN(listen_http), "127.0.0.1:11333", .unit = "address",
     .doc = "HTTP scan door; empty: closed", .needs_restart = true},
    {"listen control", CONF_TEXT, MAIN(listen_control), "127.0.0.1:11334", .unit = "address",
     .doc = "HTTP control door; empty: closed", .needs_restart = true},
    {"listen web", CONF_TEXT, MAIN(listen_web), "127.0.0.1:8025", .unit = "address",
     .doc = "pages for people; empty: closed", .needs_restart = true},
    {"resolver", CONF_LIST, MAIN(resolver), "own",
     .doc = "who answers questions to DNS: own (ask the servers of each zone), system (as "
            "resolv.conf says), none, or ADDRESS[@PORT], ..."},
    {"recipient_delimiter", CONF_TEXT, MAIN(recipient_delimiter), "\"+\"",
     .doc = "the character that parts a mailbox from a tag (anna+shop@); empty: none"},
    {"catalogues", CONF_TEXT, MAIN(catalogues), "\"\"",
     .doc = "folder of translations; empty: the shipped one"},
    {"base_model", CONF_TEXT, MAIN(base_model), "\"\"",
     .doc = "day-one model; empty: the shipped one"},
    {0}};

static const struct conf_item mailbox_items[] = {
    {"aliases", CONF_LIST, offsetof(struct conf_mailbox, aliases), "\"\"",
     .doc = "other addresses of this mailbox; under \"@example.org\" whole domains: @example.net"},
    {0}};

#define SCAN(field) offsetof(struct conf_scan, field)
static const struct conf_item scan_items[] = {
    {"max_size", CONF_SIZE, SCAN(max_size), "50M", .min = 65536, .max = 1073741824, .unit = "bytes",
     .doc = "look at no more than this of a message"},
    {"deadline", CONF_TIME, SCAN(deadline), "8s", .min = 0.1, .max = 300, .unit = "seconds",
     .doc = "time a scan may take; what is missing then is named"},
    {"workers", CONF_INT, SCAN(workers), "auto", .min = 1, .max = 256, .choices = automatic,
     .doc = "scanner processes; auto: one per core", .needs_restart = true},
    {"on_failure", CONF_CHOICE, SCAN(on_failure), "defer", .choices = failures,
     .doc = "what a message gets that could not be scanned"},
    {"spam_headers", CONF_BOOL, SCAN(spam_headers), "no", .doc = "also write X-Spam-* headers"},
    {0}};

#define KEEP(field) offsetof(struct conf_keep, field)
static const struct conf_item keep_items[] = {
    {"history", CONF_TIME, KEEP(history), "30d", .min = 3600, .max = 315360000, .unit = "seconds",
     .doc = "what was decided and why"},
    {"quarantine", CONF_TIME, KEEP(quarantine), "14d", .min = 3600, .max = 315360000,
     .unit = "seconds", .doc = "held mail"},
    {"features", CONF_TIME, KEEP(features), "180d", .min = 86400, .max = 315360000,
     .unit = "seconds", .doc = "hashed features of learned mail"},
    {"cases", CONF_TIME, KEEP(cases), "730d", .min = 86400, .max = 315360000, .unit = "seconds",
     .doc = "reports, cases, listings and appeals"},
    {"subjects", CONF_BOOL, KEEP(subjects), "yes", .doc = "keep subjects in the history"},
    {0}};

#define DMARC(field) offsetof(struct conf_dmarc, field)
static const struct conf_item dmarc_items[] = {
    {"report", CONF_BOOL, DMARC(report), "no",
     .doc = "send each day's aggregate reports to the domains that want them (RFC 9990)"},
    {"failure_reports", CONF_BOOL, DMARC(failure_reports), "no",
     .doc = "tell domains that ask for it (ruf) of single messages that failed, without what names "
            "people (RFC 9991); consider first whether your law and your users allow it"},
    {"failure_most", CONF_INT, DMARC(failure_most), "10", .min = 1, .max = 10000,
     .doc = "failure reports to one domain in an hour"},
    {"org_name", CONF_TEXT, DMARC(org_name), "\"\"",
     .doc = "name of your organisation in these reports; empty: the first of `domains`"},
    {"email", CONF_TEXT, DMARC(email), "\"\"",
     .doc = "their sender and contact; empty: postmaster at the first of `domains`"},
    {"contact", CONF_TEXT, DMARC(contact), "\"\"", .doc = "further contact in them; may be empty"},
    {"submitter", CONF_TEXT, DMARC(submitter), "\"\"",
     .doc = "domain that names you in subject and file name; empty: the domain of `email`"},
    {"bounces", CONF_TEXT, DMARC(bounces), "\"\"",
     .doc = "envelope sender of the reports; empty: <>, so that nothing comes back"},
    {"period", CONF_TIME, DMARC(period), "1d", .min = 10, .max = 86400, .unit = "seconds",
     .doc = "what one report covers, counted from midnight UTC; domains expect a day",
     .needs_restart = true},
    {"never", CONF_LIST, DMARC(never), "\"\"", .doc = "domains that get no report"},
    {"report_mailbox", CONF_LIST, DMARC(report_mailbox), "\"\"",
     .doc = "addresses of yours to which others send reports: they are read as they come"},
    {"keep", CONF_TIME, DMARC(keep), "400d", .min = 86400, .max = 315360000, .unit = "seconds",
     .doc = "how long reports that came are kept"},
    {"most_reports", CONF_INT, DMARC(most_reports), "5000", .min = 1, .max = 1000000,
     .doc = "reports that are sent for one day"},
    {"most_bytes", CONF_SIZE, DMARC(most_bytes), "5M", .min = 65536, .max = 52428800,
     .unit = "bytes", .doc = "a packed report is not larger; it keeps its most frequent rows"},
    {0}};

static const char *const dnssec_modes[] = {"auto", "require", "offered", "off", NULL};

#define DNS(field) offsetof(struct conf_dns, field)
static const struct conf_item dns_items[] = {
    {"wait", CONF_TIME, DNS(wait), "5s", .min = 0.1, .max = 60, .unit = "seconds",
     .doc = "for the answers that one message needs; then it goes on without"},
    {"cache", CONF_SIZE, DNS(cache), "32M", .min = 1048576, .max = 4294967296, .unit = "bytes",
     .doc = "answers kept, shared by all scanners"},
    {"stale", CONF_TIME, DNS(stale), "1d", .min = 0, .max = 604800, .unit = "seconds",
     .doc = "answers past their time are served so long while a zone's servers are silent"},
    {"silence", CONF_TIME, DNS(silence), "4s", .min = 0.2, .max = 60, .unit = "seconds",
     .doc = "a zone without any answer for so long is asked by probes alone"},
    {"lookups", CONF_INT, DNS(lookups), "1000", .min = 10, .max = 10000,
     .doc = "questions under way at once; more are refused"},
    {"dnssec", CONF_CHOICE, DNS(dnssec), "auto", .choices = dnssec_modes,
     .doc = "require, offered (when the servers asked give signatures) or off; auto: require when "
            "resolver = own, else offered"},
    {"trust_anchor", CONF_TEXT, DNS(trust_anchor), "\"\"",
     .doc = "file of DS or DNSKEY records instead of the root's"},
    {0}};

#define MAILER(field) offsetof(struct conf_mailer, field)
static const struct conf_item mailer_items[] = {
    {"relay", CONF_TEXT, MAILER(relay), "127.0.0.1:10026", .unit = "address",
     .doc = "server that takes released mail: SMTP, or \"lmtp:unix:/PATH\", \"lmtp:ADDRESS:PORT\"",
     .needs_restart = true},
    {"from", CONF_TEXT, MAILER(from), "\"\"",
     .doc = "sender of notices; empty: postmaster at this host", .needs_restart = true},
    {"timeout", CONF_TIME, MAILER(timeout), "60s", .min = 1, .max = 600, .unit = "seconds",
     .doc = "for one delivery", .needs_restart = true},
    {0}};

static const struct conf_section own[] = {
    {"", false, main_items, sizeof(struct conf_main), "the node"},
    {"mailbox", true, mailbox_items, sizeof(struct conf_mailbox),
     "addresses that are one person's, for the personal layer and quarantine"},
    {"scan", false, scan_items, sizeof(struct conf_scan), "scanning"},
    {"keep", false, keep_items, sizeof(struct conf_keep), "how long things are kept"},
    {"dmarc", false, dmarc_items, sizeof(struct conf_dmarc), "DMARC reports, sent and read"},
    {"dns", false, dns_items, sizeof(struct conf_dns), "questions to DNS"},
    {"mailer", false, mailer_items, sizeof(struct conf_mailer), "mail that the node sends"},
    {"digest", false, DIGEST_ITEMS, sizeof(struct conf_digest), "lists of held mail for people"},
};

/* Defaults of the other profiles; office is what the tables say. */
static const char *const home[][2] = {{"scan.workers", "1"}, {"keep.history", "90d"}, {NULL, NULL}};
static const char *const hosting[][2] = {
    {"scan.deadline", "5s"}, {"keep.subjects", "no"}, {NULL, NULL}};
static const char *const gateway[][2] = {
    {"scan.deadline", "5s"}, {"keep.subjects", "no"}, {"keep.features", "90d"}, {NULL, NULL}};

const struct conf_section *node_tables(void)
{
    static struct conf_section all[40];
    size_t n = 0;
    if (all[0].name == NULL) {
        for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
            all[n++] = own[i];
        const struct conf_section *const others[] = {
            AUTH_SECTIONS, SIGNING_SECTIONS, POLICY_SECTIONS, CHECK_SECTIONS,  DOORS_SECTIONS,
            LAW_SECTIONS,  WEB_SECTIONS,     DESK_SECTIONS,   LIBRARY_SECTIONS};
        for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
            for (const struct conf_section *s = others[i]; s->name; s++) {
                if (n + 1 == sizeof(all) / sizeof(all[0]))
                    BUG("more sections than there is room for");
                all[n++] = *s;
            }
        }
    }
    return all;
}

static int read_file(struct arena *a, const char *path, struct err *e, struct slice *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_errno(e, "%s", path);
    char *text = arena_bytes(a, FILE_MOST);
    size_t n = 0;
    ssize_t got;
    while (n < FILE_MOST && (got = read(fd, text + n, FILE_MOST - n)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            close(fd);
            return err_errno(e, "%s", path);
        }
        n += (size_t)got;
    }
    close(fd);
    if (n == FILE_MOST)
        return err_set(e, ERR_LIMIT, "%s: longer than 1 MiB", path);
    *out = slice_of(text, n);
    return 0;
}

static int check_roles(const struct conf *c, struct err *e)
{
    const struct conf_list *l = &((const struct web_conf *)conf_data(c, "web"))->second_factor;
    for (size_t i = 0; i < l->n; i++) {
        unsigned role = actor_role_of(l->items[i]);
        if (role == 0 || role == ACTOR_MEMBER)
            return err_set(e, ERR_PARSE,
                           "web.second_factor: \"%.*s\" is none of reviewer, operator, "
                           "domain-admin, auditor, steward",
                           SLICE_ARG(l->items[i]));
    }
    return 0;
}

/* The file's words under the tables, with its profile's defaults, and all that can be said about
 * them without opening anything else. */
static int parse(struct arena *a, struct slice text, const char *name, struct err *e,
                 struct conf **out)
{
    static const char *const(*const sets[])[2] = {NULL, home, hosting, gateway};
    struct conf *c;
    int rc = conf_parse(a, node_tables(), text, name, NULL, e, &c);
    if (rc == 0 && node_main(c)->profile != 0) /* again, with that profile's defaults */
        rc = conf_parse(a, node_tables(), text, name, sets[node_main(c)->profile], e, &c);
    struct policy *policy;
    if (rc == 0)
        rc = policy_compile(c, e, &policy);
    struct auth_settings *auth;
    if (rc == 0)
        rc = auth_settings_compile(c, SLICE(""), &node_main(c)->domains, e, &auth);
    struct signing *signing;
    if (rc == 0)
        rc = signing_compile(c, e, &signing);
    struct mailboxes map;
    if (rc == 0 && (rc = node_mailboxes(a, c, e, &map)) < 0)
        return err_prefix(e, "%s: ", name);
    if (rc == 0)
        rc = resolver_conf_check(c, e);
    if (rc == 0)
        rc = check_roles(c, e);
    if (rc < 0)
        return rc;
    struct conf_main *m = conf_data(c, "");
    m->file = arena_dup(a, slice_str(name));
    m->text = text;
    *out = c;
    return 0;
}

int node_config_read(struct arena *a, const char *path, struct err *e, struct conf **out)
{
    struct slice text = SLICE("");
    const char *name = path ? path : NODE_CONFIG_PATH;
    if (path || access(NODE_CONFIG_PATH, F_OK) == 0) {
        int rc = read_file(a, name, e, &text);
        if (rc < 0)
            return rc;
    } else {
        name = "defaults";
    }
    return parse(a, text, name, e, out);
}

void node_config_pack(const struct conf *c, struct buf *out)
{
    pack_bytes(out, node_main(c)->file);
    pack_bytes(out, node_main(c)->text);
}

int node_config_unpack(struct arena *a, const struct conf *old, struct slice bytes, struct err *e,
                       struct conf **out)
{
    struct unpack u = {.rest = bytes};
    struct slice file = unpack_bytes(&u), text = unpack_bytes(&u);
    struct conf *c;
    if (!unpack_done(&u))
        return err_set(e, ERR_PARSE, "the settings came broken");
    int rc = parse(a, arena_dup(a, text), arena_cstr(a, file), e, &c);
    if (rc < 0)
        return rc;
    conf_carry(old, c);
    ((struct conf_main *)conf_data(c, ""))->base_opened = arena_dup(a, node_main(old)->base_opened);
    *out = c;
    return 0;
}

unsigned node_second_factor(const struct conf *c)
{
    const struct conf_list *l = &((const struct web_conf *)conf_data(c, "web"))->second_factor;
    unsigned roles = 0;
    for (size_t i = 0; i < l->n; i++)
        roles |= actor_role_of(l->items[i]);
    return roles & ~(unsigned)ACTOR_MEMBER;
}

static struct slice lowered(struct arena *a, struct slice s)
{
    return arena_lower(a, slice_trim(s));
}

int node_mailboxes(struct arena *a, const struct conf *c, struct err *e, struct mailboxes *out)
{
    struct slice delimiter = node_main(c)->recipient_delimiter;
    struct mailboxes map = {.delimiter = delimiter.n ? delimiter.p[0] : '\0'};
    size_t most = 0;
    if (delimiter.n > 1 || map.delimiter == '@')
        return err_set(e, ERR_PARSE, "recipient_delimiter: \"%.*s\" is not one character, or is @",
                       SLICE_ARG(delimiter));
    for (struct conf_block *b = conf_next(c, "mailbox", NULL); b; b = conf_next(c, "mailbox", b))
        most += ((const struct conf_mailbox *)b->data)->aliases.n;
    map.aliases = ARENA_ARRAY(a, struct mailbox_alias, most);
    for (struct conf_block *b = conf_next(c, "mailbox", NULL); b; b = conf_next(c, "mailbox", b)) {
        const struct conf_list *l = &((const struct conf_mailbox *)b->data)->aliases;
        for (size_t i = 0; i < l->n; i++)
            map.aliases[map.n++] = (struct mailbox_alias){lowered(a, l->items[i]),
                                                          lowered(a, b->name)};
    }
    int rc = mailboxes_sort(&map, e);
    if (rc == 0)
        *out = map;
    return rc;
}

struct slice node_hostname(struct arena *a, const struct conf *c)
{
    char name[256] = "";
    struct slice set = node_main(c)->hostname;
    if (set.n)
        return set;
    if (gethostname(name, sizeof(name) - 1) < 0 || name[0] == '\0')
        return SLICE("localhost");
    return arena_lower(a, slice_str(name));
}

const struct conf_main *node_main(const struct conf *c)
{
    return conf_data(c, "");
}

const struct conf_scan *node_scan(const struct conf *c)
{
    return conf_data(c, "scan");
}

const struct conf_keep *node_keep(const struct conf *c)
{
    return conf_data(c, "keep");
}

const struct conf_dns *node_dns(const struct conf *c)
{
    return conf_data(c, "dns");
}

const struct conf_mailer *node_mailer(const struct conf *c)
{
    return conf_data(c, "mailer");
}

const struct conf_dmarc *node_dmarc(const struct conf *c)
{
    return conf_data(c, "dmarc");
}

const char *node_path(struct arena *a, struct slice dir, const char *name)
{
    return arena_printf(a, "%.*s/%s", SLICE_ARG(dir), name).p;
}

const char *node_base_model(struct arena *a, const struct conf *c)
{
    const struct conf_main *m = node_main(c);
    return m->base_opened.n ? arena_cstr(a, m->base_opened)
                            : node_shipped(a, m->base_model, "models/base.muster");
}

const char *node_shipped(struct arena *a, struct slice setting, const char *name)
{
    if (setting.n)
        return arena_cstr(a, setting);
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    struct slice dir = slice_of(self, n > 0 ? (size_t)n : 0);
    size_t slash = slice_rchr(dir, '/');
    dir = slice_head(dir, slash == SIZE_MAX ? 0 : slash);
    static const char *const places[] = {"..", ".", "../share/muster", "../../share/muster"};
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        const char *path = arena_printf(a, "%.*s/%s/%s", SLICE_ARG(dir), places[i], name).p;
        if (access(path, R_OK) == 0)
            return path;
    }
    return arena_printf(a, "%s/%s", MUSTER_SHARE, name).p;
}
