/* Will it arrive? What DNS says of the From domain and of this message, in the three reports. It
 * stands beside the laws and changes none of their answers. */
#include "law/preflight_internal.h"

#include "base/arena.h"
#include "base/escape.h"
#include "base/json.h"
#include "base/lang.h"

const char PREFLIGHT_NOT_ASKED[] =
    "DNS was not asked: --dns asks it for SPF, DKIM, DMARC, MX and reverse names (--zone FILE "
    "takes fixed answers).";

/* ---- one-click (RFC 8058) ---- */

void preflight_one_click(struct arena *a, const struct message_facts *f, struct dnscheck *out)
{
    int32_t covers = f->of[LAW_FACT_DKIM_COVERS_UNSUBSCRIBE].value;
    struct dnscheck_item *i = ARENA_NEW(a, struct dnscheck_item);
    *i = (struct dnscheck_item){.topic = DNSCHECK_ONE_CLICK};
    if (f->of[LAW_FACT_LIST_UNSUBSCRIBE].value != 1 ||
        f->of[LAW_FACT_LIST_UNSUBSCRIBE_POST].value != 1) {
        i->state = DNSCHECK_WARNING;
        i->rank = 2;
        i->text = "the fields of one-click unsubscribing are not both there";
        i->advice = "Add \"List-Unsubscribe: <https://...>\" and \"List-Unsubscribe-Post: "
                    "List-Unsubscribe=One-Click\", and sign both: large receivers want it for "
                    "bulk mail.";
    } else if (covers == 1) {
        i->state = DNSCHECK_OK;
        i->text = "both fields stand under a passing DKIM signature";
    } else if (covers == 0) {
        i->state = DNSCHECK_PROBLEM;
        i->rank = 2;
        i->text = "no passing DKIM signature covers both fields, so that they do not count";
        i->advice = "Let your server sign List-Unsubscribe and List-Unsubscribe-Post, too (h= of "
                    "the signature).";
    } else {
        i->state = DNSCHECK_UNKNOWN;
        i->text = "both fields are there; whether a passing signature covers them can't be told";
        i->advice = "Check a copy of the message that your server has signed.";
    }
    *out->tail = i;
    out->tail = &i->next;
    out->n++;
    out->counts[i->state]++;
}

/* ---- what the reports share ---- */

static void words_of(const struct dnscheck_item *i, struct buf *out)
{
    struct buf safe = BUF_INIT(2048);
    escape_add(&safe, ESCAPE_TERM, i->filling, 500);
    lang_fill(NULL, i->text, buf_slice(&safe), out);
    buf_fini(&safe);
}

static const char *label(const struct dnscheck_item *i)
{
    return i->topic == DNSCHECK_MESSAGE ? "this message" : dnscheck_topic_name(i->topic);
}

/* ---- text ---- */

static void put_lines(struct buf *out, struct slice s)
{
    struct slice line;
    while (slice_line(&s, &line)) {
        buf_printf(out, "%*s", ARRIVE_RECORD, "");
        escape_add(out, ESCAPE_TERM, line, 1000);
        buf_chr(out, '\n');
    }
}

static void item_text(const struct dnscheck_item *i, struct buf *out)
{
    buf_printf(out, "  [%s] %s: ", dnscheck_state_name(i->state), label(i));
    words_of(i, out);
    buf_chr(out, '\n');
    if (i->advice)
        buf_printf(out, "      Do: %s\n", i->advice);
    if (i->publish.n) {
        buf_str(out, "      Publish at ");
        escape_add(out, ESCAPE_TERM, i->publish_name, 300);
        buf_str(out, ":\n");
        put_lines(out, i->publish);
    }
}

void preflight_arrive_text(const struct preflight *p, struct buf *out)
{
    const struct preflight_arrival *a = p->in.arrival;
    if (a == NULL) {
        buf_printf(out, "  %s\n", PREFLIGHT_NOT_ASKED);
        return;
    }
    for (const struct dnscheck_item *i = a->message.items; i; i = i->next)
        item_text(i, out);
    if (a->domain.n == 0) {
        buf_str(out, "  From names no domain, so that none was looked at.\n");
        return;
    }
    buf_str(out, "  The domain ");
    escape_add(out, ESCAPE_TERM, a->domain, 255);
    buf_str(out, ":\n");
    for (const struct dnscheck_item *i = a->published.items; i; i = i->next)
        item_text(i, out);
}

/* ---- JSON ---- */

static void items_json(const char *name, const struct dnscheck *d, struct json *j)
{
    jsonw_array(j, name);
    for (const struct dnscheck_item *i = d->items; i; i = i->next)
        dnscheck_item_json(i, j);
    jsonw_array_end(j);
}

void preflight_arrive_json(const struct preflight *p, struct json *j)
{
    const struct preflight_arrival *a = p->in.arrival;
    jsonw_object(j, "arrival");
    jsonw_cstr(j, "asked", a ? a->asked : NULL);
    if (a == NULL) {
        jsonw_cstr(j, "note", PREFLIGHT_NOT_ASKED);
    } else {
        jsonw_text(j, "domain", a->domain);
        items_json("message", &a->message, j);
        items_json("published", &a->published, j);
    }
    jsonw_object_end(j);
}

/* ---- HTML ---- */

/* Foreign bytes: no control characters, no markup, no turning of what stands around. */
static void foreign(struct buf *out, struct slice s)
{
    struct buf safe = BUF_INIT(16384);
    escape_add(&safe, ESCAPE_TERM, s, 4000);
    buf_str(out, "<bdi>");
    escape_add(out, ESCAPE_HTML, buf_slice(&safe), 0);
    buf_str(out, "</bdi>");
    buf_fini(&safe);
}

static void item_html(const struct dnscheck_item *i, struct buf *out)
{
    struct buf text = BUF_INIT(8192);
    struct slice rest = i->publish, line;
    words_of(i, &text);
    buf_printf(out, "<tr><td>%s</td><td>%s</td><td><bdi>", dnscheck_state_name(i->state), label(i));
    escape_add(out, ESCAPE_HTML, buf_slice(&text), 0);
    buf_str(out, "</bdi>");
    if (i->advice) {
        buf_str(out, "<br><b>Do:</b> ");
        escape_add(out, ESCAPE_HTML, slice_str(i->advice), 0);
    }
    if (i->publish.n) {
        buf_str(out, "<br><b>Publish</b> at ");
        foreign(out, i->publish_name);
        buf_chr(out, ':');
    }
    while (i->publish.n && slice_line(&rest, &line)) {
        buf_str(out, "<br><code>");
        foreign(out, line);
        buf_str(out, "</code>");
    }
    buf_str(out, "</td></tr>\n");
    buf_fini(&text);
}

void preflight_arrive_html(const struct preflight *p, struct buf *out)
{
    const struct preflight_arrival *a = p->in.arrival;
    buf_str(out, "<h2>Will it arrive?</h2>\n");
    if (a == NULL) {
        buf_printf(out, "<p>%s</p>\n", PREFLIGHT_NOT_ASKED);
        return;
    }
    buf_str(out, "<p>This message, and what the domain ");
    foreign(out, a->domain);
    buf_str(out, " publishes.</p>\n<table><thead><tr><th>State</th><th>Of</th><th>What was found, "
                 "what to do</th></tr></thead><tbody>\n");
    for (const struct dnscheck_item *i = a->message.items; i; i = i->next)
        item_html(i, out);
    for (const struct dnscheck_item *i = a->published.items; i; i = i->next)
        item_html(i, out);
    buf_str(out, "</tbody></table>\n");
}
