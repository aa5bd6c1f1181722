/* Feedback reports and XARF: every valid one is taken, every invalid one refused with the field
 * named; what we write ourselves is read again by the same rules. */
#include "base/clock.h"
#include "desk/arf.h"
#include "desk/report.h"
#include "desk/xarf.h"
#include "suite_json.h"

#include <stdio.h>

/* ---- ARF ---- */

static struct slice bare(struct slice s)
{
    s = slice_trim(s);
    if (s.n > 1 && s.p[0] == '<' && s.p[s.n - 1] == '>')
        s = slice_of(s.p + 1, s.n - 2);
    return s;
}

static void same_text(struct suite *s, const json_t *want, const char *name, struct slice got)
{
    const json_t *v = json_object_get(want, name);
    if (!json_is_string(v))
        v = NULL;
    if (v ? !slice_eq(bare(suite_text(v)), bare(got)) : got.n != 0)
        suite_differs(s, "%s: \"%.*s\"", name, SLICE_ARG(got));
}

static void same_list(struct suite *s, const json_t *want, const char *name,
                      const struct slice *got, size_t n)
{
    const json_t *v, *list = json_object_get(want, name);
    size_t i;
    if (json_array_size(list) != n)
        suite_differs(s, "%s: %zu entries", name, n);
    json_array_foreach((json_t *)(uintptr_t)list, i, v)
    {
        if (i < n && slice_cmp(slice_head(slice_trim(suite_text(v)), 12),
                               slice_head(slice_trim(got[i]), 12)) != 0)
            suite_differs(s, "%s[%zu]", name, i);
    }
}

static void check_arf(struct arena *a, struct suite *s, int number)
{
    char path[64];
    struct arf r;
    struct err e = {0};
    snprintf(path, sizeof(path), "arf/mail-auth/%03d.json", number);
    json_t *want = suite_json(a, path);
    snprintf(path, sizeof(path), "arf/mail-auth/%03d.eml", number);
    suite_case(s, path);
    struct slice bytes = suite_load(a, path);
    if (arf_read(a, message_parse(a, bytes, NULL), &e, &r) < 0) {
        suite_differs(s, "refused: %s", e.text);
        json_decref(want);
        return;
    }
    struct slice type = suite_text(json_object_get(want, "feedback_type"));
    if (!slice_eq(r.feedback_type, slice_ieq(type, SLICE("AuthFailure")) ? SLICE("auth-failure")
                                                                         : arena_lower(a, type)))
        suite_differs(s, "type %.*s", SLICE_ARG(r.feedback_type));
    same_text(s, want, "user_agent", r.user_agent);
    same_text(s, want, "source_ip", r.source_ip);
    same_text(s, want, "original_envelope_id", r.envelope_id);
    same_text(s, want, "original_mail_from", r.mail_from);
    same_list(s, want, "reported_domain", r.domain, r.n_domain);
    same_list(s, want, "reported_uri", r.uri, r.n_uri);
    same_list(s, want, "authentication_results", r.results, r.n_results);
    const json_t *at = json_object_get(want, "arrival_date");
    if (json_is_integer(at) && json_integer_value(at) * 1000000 != r.arrival_us)
        suite_differs(s, "arrival");
    if ((uint64_t)json_integer_value(json_object_get(want, "incidents")) != r.incidents)
        suite_differs(s, "incidents");
    if (r.original.n == 0)
        suite_differs(s, "no original");
    json_decref(want);
}

/* Ours: one valid report, and each of these done to it makes it invalid. */
static const char ARF_FIELDS[] = "Feedback-Type: abuse\nUser-Agent: X/1\nVersion: 1\n";
static const struct {
    const char *fields, *third, *says;
} ARF_BAD[] = {
    {"User-Agent: X/1\nVersion: 1\n", "message/rfc822", "Feedback-Type"},
    {"Feedback-Type: abuse\nVersion: 1\n", "message/rfc822", "User-Agent"},
    {"Feedback-Type: abuse\nUser-Agent: X/1\n", "message/rfc822", "Version"},
    {"Feedback-Type: abuse\nFeedback-Type: fraud\nUser-Agent: X/1\nVersion: 1\n", "message/rfc822",
     "Feedback-Type"},
    {"Feedback-Type: abuse\nUser-Agent: X/1\nUser-Agent: X/1\nVersion: 1\n", "message/rfc822",
     "User-Agent"},
    {"Feedback-Type: abuse\nUser-Agent: X/1\nVersion: 1\nVersion: 1\n", "message/rfc822",
     "Version"},
    {"Feedback-Type: abuse\nUser-Agent: X/1\nVersion: one\n", "message/rfc822", "Version"},
    {"Feedback-Type: abuse\nUser-Agent: X/1\nVersion: 2\n", "message/rfc822", "Version"},
    {"Feedback-Type:\nUser-Agent: X/1\nVersion: 1\n", "message/rfc822", "Feedback-Type"},
    {"Feedback-Type: abuse\nUser-Agent: X/1\nVersion: 1\nSource-IP: 300.1.1.1\n", "message/rfc822",
     "Source-IP"},
    {"Feedback-Type: abuse\nUser-Agent: X/1\nVersion: 1\nSource-IP: 192.0.2.1\nSource-IP: "
     "192.0.2.2\n",
     "message/rfc822", "Source-IP"},
    {"Feedback-Type: abuse\nUser-Agent: X/1\nVersion: 1\nSource-Port: 99999\n", "message/rfc822",
     "Source-Port"},
    {"Feedback-Type: abuse\nUser-Agent: X/1\nVersion: 1\nIncidents: many\n", "message/rfc822",
     "Incidents"},
    {"Feedback-Type: abuse\nUser-Agent: X/1\nVersion: 1\nArrival-Date: soon\n", "message/rfc822",
     "Arrival-Date"},
    {"Feedback-Type: abuse\nUser-Agent: X/1\nVersion: 1\nReporting-MTA: a\nReporting-MTA: b\n",
     "message/rfc822", "Reporting-MTA"},
    {"Feedback-Type: abuse\nUser-Agent: X/1\nVersion: 1\nOriginal-Mail-From: "
     "<a@b.example>\nOriginal-Mail-From: <c@d.example>\n",
     "message/rfc822", "Original-Mail-From"},
    {ARF_FIELDS, "image/png", "third part"},
    {ARF_FIELDS, "message/disposition-notification", "third part"},
    {NULL, "message/rfc822", "message/feedback-report"},
};

static struct slice arf_of(struct arena *a, const char *fields, const char *third)
{
    return arena_printf(
        a,
        "From: a@b.example\nMIME-Version: 1.0\nContent-Type: multipart/report; "
        "report-type=feedback-report; boundary=x\n\n--x\nContent-Type: text/plain\n\nwords\n"
        "--x\nContent-Type: %s\n\n%s\n--x\nContent-Type: %s\n\nFrom: s@t.example\nSubject: Hi\n\n"
        "Buy\n--x--\n",
        fields ? "message/feedback-report" : "text/plain", fields ? fields : "", third);
}

static void check_arf_bad(struct arena *a, struct suite *s)
{
    struct arf r;
    struct err e = {0};
    suite_case(s, "valid");
    if (arf_read(a, message_parse(a, arf_of(a, ARF_FIELDS, "message/rfc822"), NULL), &e, &r) < 0)
        suite_differs(s, "%s", e.text);
    for (size_t i = 0; i < sizeof(ARF_BAD) / sizeof(*ARF_BAD); i++) {
        suite_case(s, ARF_BAD[i].fields ? ARF_BAD[i].fields : "no fields");
        struct slice mail = arf_of(a, ARF_BAD[i].fields, ARF_BAD[i].third);
        if (arf_read(a, message_parse(a, mail, NULL), &e, &r) == 0)
            suite_differs(s, "taken");
        else if (strstr(e.text, ARF_BAD[i].says) == NULL)
            suite_differs(s, "%s", e.text);
    }
    suite_case(s, "a report on a report");
    struct slice inner = arf_of(a, ARF_FIELDS, "message/rfc822");
    struct slice mail = arena_printf(
        a,
        "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=feedback-report; "
        "boundary=y\n\n--y\nContent-Type: message/feedback-report\n\n%s\n--y\n"
        "Content-Type: message/rfc822\n\n%.*s\n--y--\n",
        ARF_FIELDS, SLICE_ARG(inner));
    if (arf_read(a, message_parse(a, mail, NULL), &e, &r) != ERR_EXISTS)
        suite_differs(s, "%s", e.text);
}

/* ---- XARF ---- */

/* What each of the suite's invalid files must be refused for. */
static const struct {
    const char *file, *field;
} XARF_BAD[] = {
    {"harassment_sample_no_description.json", "Report.SourceUrl"},
    {"harassment_sample_no_harasser.json", "Report.SourceUrl"},
    {"invalid_additional_fields.json", "Report.Custom"},
    {"invalid_b64_flag.json", "Report.Samples[0].Base64Encoded"},
    {"invalid_byte_count.json", "Report.ByteCount"},
    {"invalid_date.json", "Report.Date"},
    {"invalid_destination.json", "Report.DestinationIp"},
    {"invalid_destination2.json", "Report.DestinationIp"},
    {"invalid_email_as_identifier_potentially_compromised_account.json", "Report.SourceIp"},
    {"invalid_emails.json", "Report.SmtpMailFromAddress"},
    {"invalid_empty.json", "ReporterInfo"},
    {"invalid_empty_account.json", "Report.Account"},
    {"invalid_exploit_wrong_cve.json", "Report.CVE"},
    {"invalid_exploit_wrong_vector.json", "Report.CVSS.Vector"},
    {"invalid_exploit_wrong_version.json", "Report.CVSS.Version"},
    {"invalid_file_hash.json", "Report.FileHash.HashAlgorithm"},
    {"invalid_file_info.json", "Report.FileSize"},
    {"invalid_first_seen.json", "Report.FirstSeen"},
    {"invalid_host_name.json", "Report.RpzDomain"},
    {"invalid_infringed_props.json", "Report.SourceUrl"},
    {"invalid_internal_processing_wrong_data_type.json",
     "InternalProcessing.SubscriberInformation.ID"},
    {"invalid_ip.json", "Report.SourceIp"},
    {"invalid_ip2.json", "Report.SourceIp"},
    {"invalid_missing_account.json", "Report.Account"},
    {"invalid_missing_report.json", "Report"},
    {"invalid_missing_report_class_report_type.json", "Report.ReportClass"},
    {"invalid_missing_reporter.json", "ReporterInfo"},
    {"invalid_missing_reporter_props.json", "ReporterInfo.ReporterOrg"},
    {"invalid_missing_reporter_props2.json", "ReporterInfo"},
    {"invalid_missing_reporter_props3.json", "ReporterInfo"},
    {"invalid_missing_reporter_props4.json", "ReporterInfo"},
    {"invalid_missing_reporter_props5.json", "ReporterInfo.ReporterOrgEmail"},
    {"invalid_on_behalf_of.json", "OnBehalfOf.ComplainantOrg"},
    {"invalid_openservice.json", "Report.ServiceName"},
    {"invalid_openservice2.json", "Report.TransportProtocol"},
    {"invalid_openservice3.json", "Report.ServiceName"},
    {"invalid_openservice4.json", "Report.ServiceName"},
    {"invalid_openservice_missing_service.json", "Report.ServiceName"},
    {"invalid_ports.json", "Report.SourcePort"},
    {"invalid_report_class_report_type.json", "Report.ReportClass"},
    {"invalid_report_class_report_type2.json", "Report.ReportClass"},
    {"invalid_report_part.json", "Report.Date"},
    {"invalid_reporter_info.json", "ReporterInfo.ReporterOrg"},
    {"invalid_reporter_metadata.json", "Report.ReporterCaseID"},
    {"invalid_reporter_metadata2.json", "Report.ReporterCaseID"},
    {"invalid_sample.json", "Report.Samples"},
    {"invalid_sample_2.json", "Report.Samples[1].ContentType"},
    {"invalid_type.json", "Report.ReportClass"},
    {"invalid_used_ip_in_potentially_compromised_account.json", "Report.Account.AccountIdentifier"},
    {"invalid_used_url_in_potentially_compromised_account.json", "Report.SourceUrl"},
};

static const char *field_of(const char *file)
{
    for (size_t i = 0; i < sizeof(XARF_BAD) / sizeof(*XARF_BAD); i++) {
        if (strcmp(XARF_BAD[i].file, file) == 0)
            return XARF_BAD[i].field;
    }
    return NULL;
}

static void check_xarf(struct arena *a, struct suite *s, const char *folder, bool is_good)
{
    size_t n;
    const char **files = suite_files(a, folder, ".json", &n);
    for (size_t i = 0; i < n; i++) {
        struct err e = {0};
        struct xarf x;
        suite_case(s, files[i]);
        struct slice json = suite_load(a,
                                       arena_cstr(a, arena_printf(a, "%s/%s", folder, files[i])));
        int rc = xarf_read(a, json, &e, &x);
        const char *field = is_good ? NULL : field_of(files[i]);
        if (is_good ? rc != 0 : rc == 0)
            suite_differs(s, "%s", rc ? e.text : "taken");
        else if (!is_good && (field == NULL || strstr(e.text, field) == NULL))
            suite_differs(s, "refused for another field: %s", e.text);
        if (!xarf_is(json) && is_good)
            suite_differs(s, "not known as XARF");
    }
}

/* Each member that the core demands, taken out or given another type, is named. */
static void check_xarf_broken(struct arena *a, struct suite *s)
{
    static const char *const core[] = {"xarf_version", "report_id",         "timestamp", "reporter",
                                       "sender",       "source_identifier", "category",  "type"};
    size_t n;
    const char **files = suite_files(a, "xarf/v4/samples", ".json", &n);
    for (size_t i = 0; i < n; i++) {
        const char *path = arena_cstr(a, arena_printf(a, "xarf/v4/samples/%s", files[i]));
        for (size_t k = 0; k < 2 * sizeof(core) / sizeof(*core); k++) {
            json_t *root = suite_json(a, path);
            struct err e = {0};
            struct xarf x;
            const char *field = core[k / 2];
            suite_case(s,
                       arena_cstr(a, arena_printf(a, "%s %s %s", files[i],
                                                  k % 2 ? "without" : "with a number as", field)));
            if (k % 2)
                json_object_del(root, field);
            else
                json_object_set_new(root, field, json_integer(7));
            char *text = json_dumps(root, JSON_COMPACT);
            if (xarf_read(a, slice_str(text), &e, &x) == 0 || strstr(e.text, field) == NULL)
                suite_differs(s, "%s", e.text);
            free(text);
            json_decref(root);
        }
    }
}

/* ---- ours, written and read again ---- */

static void check_written(struct arena *a, struct suite *s)
{
    struct desk_report *r = ARENA_NEW(a, struct desk_report);
    struct xarf_sender who = {SLICE("Example desk"), SLICE("abuse@example.org"),
                              SLICE("example.org")};
    r->original = (struct desk_original){.from = SLICE("x@bad.example"),
                                         .from_domain = SLICE("bad.example"),
                                         .subject = SLICE("Win"),
                                         .source_ip = SLICE("192.0.2.7"),
                                         .date_us = 1700000000000000};
    r->headers = SLICE("From: x@bad.example\nSubject: Win\n");
    r->text = SLICE("Click here\n.\n--x\n");
    r->links[0] = (struct desk_link){SLICE("https://bad.example/*"), SLICE("bad.example"),
                                     SLICE("bad.example")};
    r->n_links = 1;
    for (int c = 0; c < DESK_CATEGORIES; c++) {
        struct err e = {0};
        struct xarf x;
        struct arf f;
        struct buf b = BUF_INIT(1 << 20);
        r->category = (enum desk_category)c;
        suite_case(s, arena_cstr(a, arena_printf(a, "xarf %s", desk_category_name(r->category))));
        if (xarf_write(r, &who, "550e8400-e29b-41d4-a716-446655440000", &e, &b) < 0 ||
            xarf_read(a, buf_slice(&b), &e, &x) < 0)
            suite_differs(s, "%s", e.text);
        else if (x.at_us != r->original.date_us ||
                 slice_find(x.message, SLICE("Click here")) == SIZE_MAX)
            suite_differs(s, "something was lost");
        buf_reset(&b);
        suite_case(s, arena_cstr(a, arena_printf(a, "arf %s", desk_category_name(r->category))));
        struct arf_envelope env = {SLICE("desk@example.org"),
                                   SLICE("abuse@bad.example"),
                                   SLICE("Report\r\nBcc: x@y.example"),
                                   SLICE("Words\nfor people"),
                                   SLICE("1@example.org"),
                                   1700000000000000};
        arf_write(r, &env, &b);
        const struct message *m = message_parse(a, buf_slice(&b), NULL);
        if (arf_read(a, m, &e, &f) < 0)
            suite_differs(s, "%s", e.text);
        else if (header_find(&m->headers, "Bcc", NULL) ||
                 !slice_eq(f.source_ip, SLICE("192.0.2.7")) || f.n_uri != 1)
            suite_differs(s, "something was lost or put in");
        buf_fini(&b);
    }
}

int main(void)
{
    struct arena *a = arena_new(0);
    struct suite arf = {.name = "arf"}, own = {.name = "arf_own"}, v3 = {.name = "xarf_v3"},
                 v4 = {.name = "xarf_v4"}, broken = {.name = "xarf_v4_broken"},
                 written = {.name = "desk_written"};
    check_arf_bad(a, &own);
    check_written(a, &written);
    bool ok = suite_end(&own);
    ok &= suite_end(&written);
    if (!suite_exists(a, "arf/mail-auth/001.eml") || !suite_exists(a, "xarf/v4")) {
        printf("skipped: arf xarf\n");
        arena_free(a);
        return ok ? 77 : 1;
    }
    for (int i = 1; i <= 5; i++)
        check_arf(a, &arf, i);
    check_xarf(a, &v4, "xarf/v4/samples", true);
    check_xarf(a, &v3, "xarf/v3/positive", true);
    check_xarf(a, &v3, "xarf/v3/negative", false);
    check_xarf_broken(a, &broken);
    ok &= suite_end(&arf);
    ok &= suite_end(&v4);
    ok &= suite_end(&v3);
    ok &= suite_end(&broken);
    arena_free(a);
    return ok ? 0 : 1;
}
