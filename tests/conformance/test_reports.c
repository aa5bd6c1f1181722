/* Suites dmarc/parsedmarc, dmarc/mail-dmarc-fixtures and tlsrpt/parsedmarc: each report is read or
 * refused with a reason. EXPECTED says which, with records and messages as another program counts
 * them in the file. SUITE_VERBOSE prints each report as JSON. */
#include "auth/report.h"
#include "base/json.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>

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
        printf("skipped: dmarc/parsedmarc\nskipped: tlsrpt/parsedmarc\n");
        return 77;
    }
    for (size_t i = 0; i < sizeof(dmarc) / sizeof(*dmarc); i++)
        run(&s, dmarc[i]);
    run(&tls, "tlsrpt/parsedmarc");
    bool ok = suite_end(&s);
    return suite_end(&tls) && ok ? 0 : 1;
}
