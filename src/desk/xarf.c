/* Reading XARF. See xarf.h. */
#include "desk/xarf.h"

#include "base/clock.h"
#include "base/ip.h"
#include "base/json.h"
#include "desk/xarf_check.h"
#include "mail/decode.h"

#include <stdio.h>

bool xarf_is(struct slice bytes)
{
    struct slice head = slice_trim(slice_head(bytes, 4096));
    if (slice_starts(head, SLICE("\xEF\xBB\xBF")))
        head = slice_trim(slice_from(head, 3));
    return slice_starts(head, SLICE("{")) &&
           (slice_find(head, SLICE("\"xarf_version\"")) != SIZE_MAX ||
            slice_find(head, SLICE("\"ReporterInfo\"")) != SIZE_MAX ||
            (slice_find(head, SLICE("\"Version\"")) != SIZE_MAX &&
             slice_find(head, SLICE("\"3\"")) != SIZE_MAX));
}

static const char *text_of(const json_t *o, const char *name)
{
    const char *s = json_string_value(json_object_get(o, name));
    return s ? s : "";
}

static struct slice copy_of(struct arena *a, const json_t *o, const char *name)
{
    return arena_dup(a, slice_str(text_of(o, name)));
}

static int64_t time_of(const json_t *o, const char *name)
{
    const char *s = text_of(o, name);
    int y, mo, d, h, mi, sec, n = 0, zh = 0, zm = 0;
    if (sscanf(s, "%4d-%2d-%2d%*1[Tt ]%2d:%2d:%2d%n", &y, &mo, &d, &h, &mi, &sec, &n) < 6)
        return INT64_MIN;
    while (s[n] == '.' || ascii_is_digit(s[n]))
        n++;
    if (s[n] == '+' || s[n] == '-')
        sscanf(s + n + 1, "%2d:%2d", &zh, &zm);
    int zone = (zh * 60 + zm) * (s[n] == '-' ? -1 : 1);
    /* days from the civil calendar (Howard Hinnant's well known arithmetic) */
    int64_t yy = y - (mo <= 2);
    int64_t era = (yy >= 0 ? yy : yy - 399) / 400, yoe = yy - era * 400;
    int64_t doy = (153 * (mo + (mo > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    int64_t days = era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
    return ((days * 24 + h) * 3600 + mi * 60 + sec - zone * 60) * 1000000;
}

static void add_url(struct arena *a, struct xarf *x, const char *url)
{
    if (*url && x->n_urls < XARF_URLS)
        x->urls[x->n_urls++] = arena_dup(a, slice_str(url));
}

static struct slice payload(struct arena *a, const char *text, bool is_base64)
{
    struct slice s = slice_str(text);
    struct decode_result r = {0};
    if (!is_base64)
        return arena_dup(a, s);
    char *p = arena_bytes(a, s.n + 4);
    return slice_of(p, decode_base64(s, p, s.n + 3, &r));
}

static bool is_mail_type(const char *type)
{
    struct slice s = slice_str(type);
    return slice_ieq(s, SLICE("message/rfc822")) || slice_ieq(s, SLICE("text/email")) ||
           slice_ieq(s, SLICE("text/rfc822")) || slice_ieq(s, SLICE("text/rfc822-headers"));
}

static void take_samples(struct arena *a, const json_t *list, bool is_v4, struct xarf *out)
{
    const json_t *v;
    size_t i;
    json_array_foreach((json_t *)(uintptr_t)list, i, v)
    {
        const char *type = text_of(v, is_v4 ? "content_type" : "ContentType");
        if (!is_mail_type(type) || out->message.n)
            continue;
        bool is_base64 = is_v4 || json_is_true(json_object_get(v, "Base64Encoded"));
        out->message = payload(a, text_of(v, is_v4 ? "payload" : "Payload"), is_base64);
        out->is_header_only = slice_ifind(slice_str(type), SLICE("headers")) != SIZE_MAX;
    }
}

/* ---- version 4 ---- */

static int needs(const json_t *root, const char *name, const char *because, struct err *e)
{
    return json_object_get(root, name)
               ? 0
               : err_set(e, ERR_PARSE, "XARF: \"%s\" is missing (%s)", name, because);
}

/* What depends on another field. */
static int check_v4_pairs(const json_t *root, struct err *e)
{
    const char *category = text_of(root, "category"), *type = text_of(root, "type");
    struct ip ip;
    int rc = 0;
    if (strcmp(category, "messaging") == 0 && strcmp(text_of(root, "protocol"), "smtp") == 0) {
        rc = needs(root, "smtp_from", "the protocol is smtp", e);
        if (rc == 0)
            rc = needs(root, "source_port", "the protocol is smtp", e);
    }
    bool wants_port = strcmp(type, "ddos") == 0 || strcmp(type, "login_attack") == 0 ||
                      strcmp(type, "port_scan") == 0;
    if (rc == 0 && wants_port && ip_parse(slice_str(text_of(root, "source_identifier")), &ip))
        rc = needs(root, "source_port", "the source is an address", e);
    const json_t *swarm = json_object_get(root, "swarm_info");
    if (rc == 0 && strcmp(type, "p2p") == 0 && !json_object_get(swarm, "info_hash"))
        rc = json_object_get(swarm, "magnet_uri")
                 ? 0
                 : err_set(e, ERR_PARSE, "XARF: \"swarm_info\" lacks info_hash and magnet_uri");
    if (rc == 0 && strcmp(type, "usenet") == 0 &&
        !json_object_get(json_object_get(root, "message_info"), "message_id"))
        rc = err_set(e, ERR_PARSE, "XARF: \"message_info.message_id\" is missing");
    return rc;
}

static int read_v4(struct arena *a, const json_t *root, struct err *e, struct xarf *out)
{
    int rc = xarf_check(4, text_of(root, "category"), text_of(root, "type"), root, e);
    if (rc == 0)
        rc = check_v4_pairs(root, e);
    if (rc < 0)
        return rc;
    const json_t *who = json_object_get(root, "reporter");
    out->version = 4;
    out->category = copy_of(a, root, "category");
    out->type = copy_of(a, root, "type");
    out->id = copy_of(a, root, "report_id");
    out->reporter_org = copy_of(a, who, "org");
    out->reporter_mail = copy_of(a, who, "contact");
    out->reporter_domain = copy_of(a, who, "domain");
    out->source = copy_of(a, root, "source_identifier");
    out->source_port = (uint16_t)json_integer_value(json_object_get(root, "source_port"));
    out->at_us = time_of(root, "timestamp");
    out->mail_from = copy_of(a, root, "smtp_from");
    out->subject = copy_of(a, root, "subject");
    out->description = copy_of(a, root, "description");
    add_url(a, out, text_of(root, "url"));
    const json_t *list = json_object_get(json_object_get(root, "spam_indicators"),
                                         "suspicious_links");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *s = json_string_value(json_array_get(list, i));
        add_url(a, out, s ? s : "");
    }
    take_samples(a, json_object_get(root, "evidence"), true, out);
    return 0;
}

/* ---- version 3 ---- */

/* An organisation says who it is; a person need not. */
static int check_org(const json_t *root, const char *member, const char *prefix, struct err *e)
{
    static const char *const fields[] = {"Org", "OrgDomain", "OrgEmail"};
    const json_t *o = json_object_get(root, member);
    char name[64];
    snprintf(name, sizeof(name), "%sType", prefix);
    if (o == NULL || strcmp(text_of(o, name), "Person") == 0)
        return 0;
    for (int i = 0; i < 3; i++) {
        snprintf(name, sizeof(name), "%s%s", prefix, fields[i]);
        if (!json_object_get(o, name))
            return err_set(e, ERR_PARSE, "XARF: \"%s.%s\" is missing", member, name);
    }
    return 0;
}

static int check_samples(const json_t *list, struct err *e)
{
    const json_t *v;
    size_t i;
    json_array_foreach((json_t *)(uintptr_t)list, i, v)
    {
        if (json_object_get(v, "FileName"))
            continue;
        const char *lacks = !json_object_get(v, "ContentType") ? "ContentType"
                            : !json_object_get(v, "Payload")   ? "Payload"
                                                               : NULL;
        if (lacks)
            return err_set(e, ERR_PARSE, "XARF: \"Report.Samples[%zu].%s\" is missing", i, lacks);
    }
    return 0;
}

/* The first letters of a vector tell its version; the rest is pairs. */
static int check_cvss(const json_t *cvss, struct err *e)
{
    if (cvss == NULL)
        return 0;
    struct slice s = slice_str(text_of(cvss, "Vector"));
    bool is_2 = strcmp(text_of(cvss, "Version"), "2") == 0;
    bool fits = is_2 ? slice_starts(s, SLICE("AV:")) || slice_starts(s, SLICE("(AV:"))
                     : slice_starts(s, SLICE("CVSS:3.0/AV:")) ||
                           slice_starts(s, SLICE("CVSS:3.1/AV:"));
    return fits ? 0 : err_set(e, ERR_PARSE, "XARF: \"Report.CVSS.Vector\" is not of its Version");
}

static int check_v3_pairs(const json_t *root, struct err *e)
{
    const json_t *report = json_object_get(root, "Report");
    const json_t *account = json_object_get(report, "Account");
    bool has_source = json_object_get(report, "SourceIp") || json_object_get(report, "SourceUrl");
    bool is_account = strcmp(text_of(report, "ReportType"), "PotentiallyCompromisedAccount") == 0;
    int rc = check_org(root, "OnBehalfOf", "Complainant", e);
    if (rc == 0)
        rc = check_samples(json_object_get(report, "Samples"), e);
    if (rc == 0)
        rc = check_cvss(json_object_get(report, "CVSS"), e);
    if (rc < 0)
        return rc;
    if (is_account && has_source)
        return err_set(e, ERR_PARSE,
                       "XARF: \"Report.%s\" may not stand in a report about an account",
                       json_object_get(report, "SourceIp") ? "SourceIp" : "SourceUrl");
    if (!is_account && !has_source)
        return err_set(e, ERR_PARSE,
                       "XARF: \"Report.SourceIp\" and \"Report.SourceUrl\" are missing");
    if (slice_chr(slice_str(text_of(account, "AccountIdentifier")), '@') != SIZE_MAX)
        return err_set(
            e, ERR_PARSE,
            "XARF: \"Report.Account.AccountIdentifier\" is a mail address, which belongs "
            "into AccountEmail");
    return 0;
}

static int read_v3(struct arena *a, const json_t *root, struct err *e, struct xarf *out)
{
    const json_t *report = json_object_get(root, "Report"),
                 *who = json_object_get(root, "ReporterInfo");
    const char *type = text_of(report, "ReportType");
    int rc = json_is_object(who) ? check_org(root, "ReporterInfo", "Reporter", e) : 0;
    if (rc == 0)
        rc = xarf_check(3, text_of(report, "ReportClass"), type, root, e);
    if (rc == 0)
        rc = check_v3_pairs(root, e);
    if (rc < 0)
        return rc;
    bool is_spam = strcmp(type, "Spam") == 0,
         is_content = strcmp(text_of(report, "ReportClass"), "Content") == 0;
    const char *org = text_of(who, "ReporterOrgEmail");
    out->version = 3;
    out->category = is_spam      ? SLICE("messaging")
                    : is_content ? SLICE("content")
                                 : SLICE("connection");
    out->type = arena_lower(a, slice_str(type));
    out->id = copy_of(a, report, "ReporterCaseID");
    out->reporter_org = copy_of(a, who, "ReporterOrg");
    out->reporter_mail = arena_dup(a, slice_str(*org ? org : text_of(who, "ReporterContactEmail")));
    out->reporter_domain = copy_of(a, who, "ReporterOrgDomain");
    out->source = copy_of(a, report, "SourceIp");
    out->source_port = (uint16_t)json_integer_value(json_object_get(report, "SourcePort"));
    out->at_us = time_of(report, "Date");
    out->mail_from = copy_of(a, report, "SmtpMailFromAddress");
    out->description = copy_of(a, report, "ReporterNotes");
    add_url(a, out, text_of(report, "SourceUrl"));
    take_samples(a, json_object_get(report, "Samples"), false, out);
    return 0;
}

int xarf_read(struct arena *a, struct slice json, struct err *e, struct xarf *out)
{
    struct xarf x = {.at_us = INT64_MIN};
    json_error_t je;
    if (json.n > XARF_BYTES)
        return err_set(e, ERR_LIMIT, "XARF: the report is longer than %u bytes", XARF_BYTES);
    if (json_depth(json) > XARF_DEPTH)
        return err_set(e, ERR_LIMIT, "XARF: the report is nested deeper than %d", XARF_DEPTH);
    if (slice_starts(json, SLICE("\xEF\xBB\xBF")))
        json = slice_from(json, 3);
    json_t *root = json_loadb(json.p, json.n, JSON_REJECT_DUPLICATES, &je);
    if (root == NULL)
        return err_set(e, ERR_PARSE, "XARF: line %d is no JSON: %s", je.line, je.text);
    int rc;
    if (json_object_get(root, "xarf_version"))
        rc = read_v4(a, root, e, &x);
    else if (json_object_get(root, "Version"))
        rc = read_v3(a, root, e, &x);
    else
        rc = err_set(e, ERR_PARSE, "XARF: \"xarf_version\" is missing");
    json_decref(root);
    if (rc == 0)
        *out = x;
    return rc;
}
