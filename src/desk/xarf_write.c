/* Writing XARF version 4. See xarf.h. */
#include "base/clock.h"
#include "base/json.h"
#include "desk/report.h"
#include "desk/xarf.h"
#include "base/utf8.h"

#include <sodium.h>
#include <stdio.h>

static void contact(struct json *j, const char *name, const struct xarf_sender *who)
{
    jsonw_object(j, name);
    jsonw_text(j, "org", utf8_head(who->org, 200));
    jsonw_text(j, "contact", who->contact);
    jsonw_text(j, "domain", who->domain);
    jsonw_object_end(j);
}

/* The redacted header and text as one message. */
static void evidence(struct json *j, const struct desk_report *r)
{
    struct buf mail = BUF_INIT(DESK_TEXT + DESK_HEADERS + 64);
    unsigned char hash[32];
    char hex[65], sum[80];
    buf_add(&mail, r->headers);
    buf_chr(&mail, '\n');
    buf_add(&mail, r->text);
    size_t room = sodium_base64_encoded_len(mail.n, sodium_base64_VARIANT_ORIGINAL);
    struct buf text = BUF_INIT(2 * (DESK_TEXT + DESK_HEADERS));
    char *p = buf_reserve(&text, room, &room);
    sodium_bin2base64(p, room, (const unsigned char *)buf_cstr(&mail), mail.n,
                      sodium_base64_VARIANT_ORIGINAL);
    crypto_hash_sha256(hash, (const unsigned char *)buf_cstr(&mail), mail.n);
    sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
    snprintf(sum, sizeof(sum), "sha256:%s", hex);
    jsonw_array(j, "evidence");
    jsonw_object(j, NULL);
    jsonw_cstr(j, "content_type", "message/rfc822");
    jsonw_cstr(j, "description", "the message, people taken out (RFC 6590)");
    jsonw_text(j, "payload", slice_of(p, strlen(p)));
    jsonw_cstr(j, "hash", sum);
    jsonw_int(j, "size", (int64_t)mail.n);
    jsonw_object_end(j);
    jsonw_array_end(j);
    buf_fini(&mail);
    buf_fini(&text);
}

static void messaging(struct json *j, const struct desk_report *r)
{
    bool by_mail = r->original.from.n != 0 && r->original.source_ip.n != 0;
    jsonw_cstr(j, "protocol", r->source == DESK_SMS ? "sms" : by_mail ? "smtp" : "other");
    if (by_mail) {
        jsonw_text(j, "smtp_from", r->original.from);
        jsonw_int(j, "source_port", 25);
    }
    if (r->original.subject.n)
        jsonw_text(j, "subject", utf8_head(r->original.subject, 500));
    if (r->original.from_name.n)
        jsonw_text(j, "sender_name", utf8_head(r->original.from_name, 200));
    if (r->n_links) {
        jsonw_object(j, "spam_indicators");
        jsonw_array(j, "suspicious_links");
        for (size_t i = 0; i < r->n_links; i++)
            jsonw_text(j, NULL, r->links[i].url);
        jsonw_array_end(j);
        jsonw_object_end(j);
    }
}

/* Content is at an address; without one it is the message that is reported. */
static const char *content_type(const struct desk_report *r)
{
    if (r->n_links == 0)
        return NULL;
    switch (r->category) {
    case DESK_PHISHING:
        return "phishing";
    case DESK_MALWARE:
        return "malware";
    default:
        return NULL;
    }
}

int xarf_write(const struct desk_report *r, const struct xarf_sender *who, const char *id,
               struct err *e, struct buf *out)
{
    const char *content = content_type(r);
    struct slice source = content ? r->links[0].host : r->original.source_ip;
    char when[32];
    if (source.n == 0)
        source = r->original.from_domain;
    if (source.n == 0)
        return err_set(e, ERR_NOENT,
                       "the report says neither an address nor a domain that it is about");
    int64_t at = r->original.date_us != INT64_MIN ? r->original.date_us : clock_now_us();
    struct json j = JSON_INIT(out);
    jsonw_object(&j, NULL);
    jsonw_cstr(&j, "xarf_version", "4.2.0");
    jsonw_cstr(&j, "report_id", id);
    jsonw_cstr(&j, "timestamp", clock_rfc3339(at, when));
    contact(&j, "reporter", who);
    contact(&j, "sender", who);
    jsonw_text(&j, "source_identifier", source);
    jsonw_cstr(&j, "category", content ? "content" : "messaging");
    jsonw_cstr(&j, "type", content ? content : "spam");
    jsonw_cstr(&j, "evidence_source", content ? "user_report" : "user_complaint");
    if (content) {
        jsonw_text(&j, "url", r->links[0].url);
        jsonw_cstr(&j, "verification_method", "user_report");
    } else {
        messaging(&j, r);
    }
    evidence(&j, r);
    jsonw_object_end(&j);
    return 0;
}
