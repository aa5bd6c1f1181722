/* Suites dmarc/parsedmarc, dmarc/mail-dmarc-fixtures and tlsrpt/parsedmarc: each report is read or
 * refused with a reason. EXPECTED says which, with records and messages as another program counts
 * them in the file. SUITE_VERBOSE prints each report as JSON. */
#include "auth/report_make.h"
#include "base/json.h"
#include "suite.h"

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

struct expected {
    const char *file;
    enum report_kind kind;
    size_t rows;         /* records, or policies; failure: 0 */
    uint64_t messages;   /* or sessions */
    unsigned notes;      /* that must be there */
    const char *refused; /* words of the refusal, else NULL */
};

static const struct expected EXPECTED[] = {
    {"/!example.com!1538204542!1538463818.xml", REPORT_AGGREGATE, 1, 1, NOTE_MISSING, NULL},
    {"/!large-example.com!1711897200!1711983600.xml", REPORT_AGGREGATE, 2286, 2286, NOTE_MISSING,
     NULL},
    {"/Report_domain-_borschow.com_Submitter-_google.com_Report-ID-_949348866075514174.eml",
     REPORT_AGGREGATE, 1, 1, 0, NULL},
    {"/addisonfoods.com!example.com!1536105600!1536191999.xml", REPORT_AGGREGATE, 1, 1,
     NOTE_MISSING, NULL},
    {"/empty_reason.xml", REPORT_AGGREGATE, 1, 2, 0, NULL},
    {"/estadocuenta1.infonacot.gob.mx!example.com!1536853302!1536939702!2940.xml.zip",
     REPORT_AGGREGATE, 1, 1, NOTE_MISSING, NULL},
    {"/example.net!example.com!1529366400!1529452799.xml", REPORT_AGGREGATE, 1, 1,
     NOTE_MISSING | NOTE_JUNK, NULL},
    {"/fastmail.com!example.com!1516060800!1516147199!102675056.xml.gz", REPORT_AGGREGATE, 1, 1, 0,
     NULL},
    {"/ikea.com!example.de!1538690400!1538776800.xml", REPORT_AGGREGATE, 1, 1,
     NOTE_WRAPPED | NOTE_CUT, NULL},
    {"/invalid_utf_8.xml", REPORT_AGGREGATE, 1, 1, NOTE_BAD_UTF8 | NOTE_MISSING, NULL},
    {"/invalid_xml.xml", REPORT_AGGREGATE, 0, 0, 0, "line 5: not well-formed (invalid token)"},
    {"/mimecast-weird-gzip.eml", REPORT_AGGREGATE, 1, 1, 0, NULL},
    {"/old_draft_from_wiki.xml", REPORT_AGGREGATE, 1, 2, 0, NULL},
    {"/protection.outlook.com!example.com!1711756800!1711843200.xml", REPORT_AGGREGATE, 1, 1, 0,
     NULL},
    {"/rfc9990-example.net!example.com!1700000000!1700086399.xml", REPORT_AGGREGATE, 2, 7, 0, NULL},
    {"/rfc9990-sample.xml", REPORT_AGGREGATE, 1, 123, 0, NULL},
    {"/twilight.eml", REPORT_AGGREGATE, 1, 1, 0, NULL},
    {"/usssa.com!example.com!1538784000!1538870399.xml", REPORT_AGGREGATE, 2, 2, NOTE_MISSING,
     NULL},
    {"/veeam.com!example.com!1530133200!1530219600.xml", REPORT_AGGREGATE, 1, 1, 0, NULL},
    {"/report_with_upper_cased_pass.xml", REPORT_AGGREGATE, 1, 1, NOTE_UPPER_CASE, NULL},
    {"/changed-input.xml", REPORT_AGGREGATE, 20, 3047, 0, NULL},
    {"/nice-input.xml", REPORT_AGGREGATE, 20, 3047, 0, NULL},
    {"/nice-input.xml.gz", REPORT_AGGREGATE, 20, 3047, 0, NULL},
    {"/nice-input.xml.zip", REPORT_AGGREGATE, 20, 3047, 0, NULL},
    {"/DMARC_Failure_Report_for_domain.de__mail-from=sharepoint@domain.de,_ip=10.10.10.10_.eml",
     REPORT_FAILURE, 0, 0, 0, NULL},
    {"/_Netease_DMARC_Failure_Report__Rent_Reminder.eml", REPORT_FAILURE, 0, 0, NOTE_MISSING, NULL},
    {"/dmarc_ruf_report_linkedin.crlf.eml", REPORT_FAILURE, 0, 0, 0, NULL},
    {"/dmarc_ruf_report_linkedin.eml", REPORT_FAILURE, 0, 0, 0, NULL},
    {"/exim_plain_text_only_no_arf_part.eml", REPORT_FAILURE, 0, 0, NOTE_NO_ARF, NULL},
    {"/test_dmarc.xml", REPORT_AGGREGATE, 1, 1, 0, NULL},
    {"/test_dmarc.xml.gz", REPORT_AGGREGATE, 1, 1, 0, NULL},
    {"/test_dmarc.xml.zip", REPORT_AGGREGATE, 1, 1, 0, NULL},
    {"/google.com_smtp_tls_report.eml", REPORT_TLS, 1, 48, 0, NULL},
    {"/mail.ru.json", REPORT_TLS, 1, 1, 0, NULL},
    {"/rfc8460.json", REPORT_TLS, 1, 5629, 0, NULL},
    {"/smtp_tls.json", REPORT_TLS, 1, 3, 0, NULL},
};

struct outcome {
    struct arena *arena;
    size_t n;
    struct report last;
    struct err why; /* of the last one that was refused */
};

static void on_report(void *arg, const struct report *r, const struct err *e)
{
    struct outcome *o = arg;
    o->n++;
    if (r)
        o->last = *r;
    else
        o->why = *e;
    if (getenv("SUITE_VERBOSE") && r) {
        struct buf b = BUF_INIT(64 << 20);
        struct json j = JSON_INIT(&b);
        report_json(r, &j);
        printf("%.4000s\n", buf_cstr(&b));
        buf_fini(&b);
    }
}

static uint64_t sessions(const struct report_tls *t)
{
    uint64_t n = 0;
    for (size_t i = 0; i < t->n_policies; i++)
        n += t->policies[i].good + t->policies[i].failed;
    return n;
}

/* Packed and unpacked again it is the same, told by its JSON. */
static void check_pack(struct suite *s, struct arena *a, const struct report *r)
{
    struct buf packed = BUF_INIT(64 << 20), was = BUF_INIT(64 << 20), is = BUF_INIT(64 << 20);
    struct json j1 = JSON_INIT(&was), j2 = JSON_INIT(&is);
    struct report back, copy = *r;
    struct err e = {0};
    size_t at = 0;
    report_pack(r, 64 << 20, &at, &packed);
    if (copy.kind == REPORT_AGGREGATE) /* these are not kept */
        copy.aggregate.ns = copy.aggregate.version = copy.aggregate.contact =
            copy.aggregate.generator = SLICE("");
    report_json(&copy, &j1);
    if (report_unpack(a, buf_slice(&packed), &e, &back) < 0) {
        suite_differs(s, "%s", e.text);
    } else {
        report_json(&back, &j2);
        if (!slice_eq(buf_slice(&was), buf_slice(&is)))
            suite_differs(s, "unpacked it is another report");
    }
    buf_fini(&packed);
    buf_fini(&was);
    buf_fini(&is);
}

static void check(struct suite *s, struct arena *a, const struct expected *x,
                  const struct outcome *o)
{
    if (x == NULL) {
        suite_differs(s, "the driver's table lacks this file");
        return;
    }
    if (o->n != 1)
        suite_differs(s, "%zu reports instead of one", o->n);
    if (x->refused) {
        if (strstr(o->why.text, x->refused) == NULL)
            suite_differs(s, "refused by \"%s\" instead of \"%s\"", o->why.text, x->refused);
        return;
    }
    if (o->why.code) {
        suite_differs(s, "refused: %s", o->why.text);
        return;
    }
    const struct report *r = &o->last;
    size_t rows = 0;
    uint64_t messages = 0;
    if (r->kind == REPORT_AGGREGATE) {
        rows = r->aggregate.n_rows;
        messages = r->aggregate.messages;
    } else if (r->kind == REPORT_TLS) {
        rows = r->tls.n_policies;
        messages = sessions(&r->tls);
    }
    if (r->kind != x->kind || rows != x->rows || messages != x->messages)
        suite_differs(s, "kind %d, %zu rows, %llu messages", r->kind, rows,
                      (unsigned long long)messages);
    if (r->notes != x->notes)
        suite_differs(s, "notes 0x%x instead of 0x%x", r->notes, x->notes);
    if (r->domain.n == 0)
        suite_differs(s, "no domain");
    check_pack(s, a, r);
}

static void run(struct suite *s, const char *folder)
{
    struct arena *names = arena_new(0);
    size_t n;
    const char **files = suite_files(names, folder, "", &n);
    for (size_t i = 0; i < n; i++) {
        if (strstr(files[i], "LICENSE"))
            continue;
        struct arena *a = arena_new(0);
        struct outcome o = {.arena = a};
        struct slice path = arena_printf(a, "%s/%s", folder, files[i]);
        const struct expected *x = NULL;
        for (size_t k = 0; k < sizeof(EXPECTED) / sizeof(*EXPECTED); k++) {
            if (slice_ends(path, slice_str(EXPECTED[k].file)))
                x = &EXPECTED[k];
        }
        suite_case(s, files[i]);
        report_find(a, suite_load(a, arena_cstr(a, path)), on_report, &o);
        check(s, a, x, &o);
        arena_free(a);
    }
    arena_free(names);
}

/* ---- own reports against the schema ---- */

extern char **environ;

static void write_file(const char *path, struct slice s)
{
    FILE *f = fopen(path, "w");
    if (f == NULL || fwrite(s.p, 1, s.n, f) != s.n || fclose(f) != 0)
        abort();
}

/* The suite's schema does not load as it stands: it has a target name space, but names its own
 * types without one. RFC 9990's own begins so: */
static bool write_schema(struct arena *a, const char *path)
{
    static const char was[] = "targetNamespace=\"urn:ietf:params:xml:ns:dmarc-2.0\"";
    struct slice xsd = suite_load(a, "dmarc/schema/rua-schema-dmarc-2.0.xsd");
    size_t at = slice_find(xsd, slice_str(was));
    if (at == SIZE_MAX)
        return false;
    write_file(path, arena_printf(a,
                                  "%.*s xmlns=\"urn:ietf:params:xml:ns:dmarc-2.0\" "
                                  "elementFormDefault=\"qualified\" %.*s",
                                  SLICE_ARG(slice_head(xsd, at)), SLICE_ARG(slice_from(xsd, at))));
    return true;
}

static int lint(const char *schema, const char *file)
{
    char *argv[] = {"xmllint",
                    "--noout",
                    "--nonet",
                    "--schema",
                    (char *)(uintptr_t)schema,
                    (char *)(uintptr_t)file,
                    NULL};
    pid_t pid;
    int status = -1;
    if (posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ) != 0)
        return -1;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* A report with every word that a result, disposition or reason may be. */
static void full_report(struct arena *a, struct report *r)
{
    static const char *const dkim[] = {"none",    "pass",      "fail",     "policy",
                                       "neutral", "temperror", "permerror"};
    static const char *const spf[] = {"none",     "neutral",   "pass",     "fail",
                                      "softfail", "temperror", "permerror"};
    static const char *const why[] = {"trusted_forwarder", "mailing_list", "local_policy",
                                      "policy_test_mode", "other"};
    static const char *const done[] = {"none", "quarantine", "reject"};
    static const char *const ips[] = {"192.0.2.1", "2001:db8::1", "::1"};
    enum { ROWS = 21 };
    struct report_row *rows = ARENA_ARRAY(a, struct report_row, ROWS);
    *r = (struct report){.id = SLICE("1.2@us.example"),
                         .domain = SLICE("them.example"),
                         .begin_s = 1,
                         .end_s = 86399};
    for (size_t i = 0; i < ROWS; i++) {
        struct report_row *row = &rows[i];
        *row = (struct report_row){.ip = slice_str(ips[i % 3]),
                                   .count = i + 1,
                                   .disposition = slice_str(done[i % 3]),
                                   .spf_aligned = i % 2,
                                   .header_from = SLICE("them.example")};
        row->dkim = ARENA_ARRAY(a, struct report_auth, 1);
        row->spf = ARENA_ARRAY(a, struct report_auth, 1);
        row->reasons = ARENA_ARRAY(a, struct report_reason, 1);
        row->n_dkim = i % 4 != 0;
        row->n_spf = 1;
        row->n_reasons = i % 3 == 0;
        row->dkim[0] = (struct report_auth){SLICE("d.example"), SLICE("s"), slice_str(dkim[i % 7]),
                                            i % 2 ? SLICE("<&>\"'\x01\xFF]]>") : SLICE("")};
        row->spf[0] = (struct report_auth){SLICE("m.example"), SLICE("mfrom"),
                                           slice_str(spf[i % 7]), SLICE("")};
        row->reasons[0] = (struct report_reason){slice_str(why[i % 5]), SLICE("r & d")};
    }
    r->aggregate = (struct report_aggregate){.org = SLICE("\xC3\xA4 & <o>"),
                                             .email = SLICE("a@us.example"),
                                             .contact = SLICE("https://us.example/?a=1&b=2"),
                                             .rows = rows,
                                             .n_rows = ROWS};
    r->aggregate.policy = (struct report_policy){.domain = SLICE("them.example"),
                                                 .p = SLICE("none"),
                                                 .sp = SLICE("quarantine"),
                                                 .np = SLICE("reject"),
                                                 .adkim = SLICE("s"),
                                                 .aspf = SLICE("r"),
                                                 .fo = SLICE("1:d:s"),
                                                 .discovery = SLICE("treewalk")};
}

static bool own_reports(void)
{
    struct suite s = {.name = "dmarc/schema"};
    struct arena *a = arena_new(0);
    struct report r;
    char dir[] = "/tmp/muster-schema-XXXXXX";
    if (mkdtemp(dir) == NULL)
        abort();
    const char *xsd = arena_cstr(a, arena_printf(a, "%s/rua.xsd", dir));
    const char *xml = arena_cstr(a, arena_printf(a, "%s/rua.xml", dir));
    struct buf b = BUF_INIT(1 << 20);
    bool has_schema = write_schema(a, xsd);
    full_report(a, &r);
    for (int turn = 0; turn < 3; turn++) {
        static const char *const names[] = {"every word", "least that there may be",
                                            "a broken one is refused"};
        buf_reset(&b);
        if (turn == 1) {
            r.aggregate.n_rows = 1;
            r.aggregate.contact = r.aggregate.policy.sp = r.aggregate.policy.np =
                r.aggregate.policy.discovery = SLICE("");
        } else if (turn == 2) {
            r.aggregate.policy.p = SLICE("perhaps");
        }
        report_write_xml(&r, &b);
        write_file(xml, buf_slice(&b));
        int rc = has_schema ? lint(xsd, xml) : -1;
        if (rc < 0 || rc == 127) {
            suite_skip(&s, names[turn], "xmllint or the schema is not there");
            continue;
        }
        suite_case(&s, names[turn]);
        if ((rc == 0) != (turn < 2))
            suite_differs(&s, "xmllint says %d", rc);
    }
    unlink(xsd);
    unlink(xml);
    rmdir(dir);
    buf_fini(&b);
    arena_free(a);
    return suite_end(&s);
}

int main(void)
{
    static const char *const dmarc[] = {
        "dmarc/parsedmarc/aggregate", "dmarc/parsedmarc/aggregate_invalid",
        "dmarc/parsedmarc/extract_report", "dmarc/parsedmarc/failure", "dmarc/mail-dmarc-fixtures"};
    struct suite s = {.name = "dmarc/parsedmarc"}, tls = {.name = "tlsrpt/parsedmarc"};
    struct arena *a = arena_new(0);
    bool exists = suite_exists(a, "dmarc/parsedmarc");
    arena_free(a);
    if (!exists) {
        printf("skipped: dmarc/parsedmarc\nskipped: tlsrpt/parsedmarc\nskipped: dmarc/schema\n");
        return 77;
    }
    for (size_t i = 0; i < sizeof(dmarc) / sizeof(*dmarc); i++)
        run(&s, dmarc[i]);
    run(&tls, "tlsrpt/parsedmarc");
    bool ok = suite_end(&s);
    ok = suite_end(&tls) && ok;
    return own_reports() && ok ? 0 : 1;
}
