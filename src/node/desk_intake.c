/* Reports about mail for keeper. See desk_intake.h. */
#include "node/desk_intake.h"
#include "auth/auth.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/rand.h"

#define LINES_MOST (INTAKE_MOST * (DESK_JSON + 64u))

void desk_intake_key(const struct scan_world *w, unsigned char out[REDACT_KEY])
{
    if (w->person_of == NULL) {
        rand_bytes(out, REDACT_KEY);
        return;
    }
    w->person_of(w->person_arg, SLICE("desk redaction, first half"), out);
    w->person_of(w->person_arg, SLICE("desk redaction, second half"), out + 16);
}

static void on_report(void *arg, const struct desk_report *r, const struct err *e)
{
    struct buf *out = arg;
    if (r) {
        desk_report_json(r, true, out);
    } else {
        struct json j = JSON_INIT(out);
        jsonw_object(&j, NULL);
        jsonw_cstr(&j, "refused", e->text);
        jsonw_object_end(&j);
    }
    buf_chr(out, '\n');
}

size_t desk_intake_lines(struct arena *a, struct slice bytes, const struct intake_from *from,
                         struct buf *out)
{
    return desk_intake(a, bytes, from, on_report, out);
}

bool desk_intake_wants(const struct conf *c, const struct envelope *env)
{
    const struct desk_settings *s = desk_settings(c);
    for (size_t i = 0; i < env->n_rcpt && s->mailbox.n; i++) {
        if (desk_is_mailbox(s, env->rcpt[i]))
            return true;
    }
    return false;
}

/* Programs and lists get no answers (RFC 3834 section 2). */
static bool is_automatic(const struct scan *scan)
{
    const struct header_list *list = &scan->message->headers;
    const struct header *h = header_find(list, "Auto-Submitted", NULL);
    if (h && !slice_ieq(slice_trim(h->value), SLICE("no")))
        return true;
    h = header_find(list, "Precedence", NULL);
    if (h && (slice_ieq(slice_trim(h->value), SLICE("bulk")) ||
              slice_ieq(slice_trim(h->value), SLICE("list")) ||
              slice_ieq(slice_trim(h->value), SLICE("junk"))))
        return true;
    if (header_find(list, "List-Id", NULL) || header_find(list, "List-Unsubscribe", NULL))
        return true;
    return scan->envelope.has_mail_from && scan->envelope.mail_from.n == 0;
}

/* What its author reads, as some programs say (RFC 8255, RFC 3282): the first of the list. */
static struct slice language_of(const struct header_list *list)
{
    const struct header *h = header_find(list, "Accept-Language", NULL);
    h = h ? h : header_find(list, "Content-Language", NULL);
    struct slice s = h ? slice_trim(h->value) : SLICE("");
    size_t n = 0;
    while (n < s.n && n < 15 && (ascii_is_alnum(s.p[n]) || s.p[n] == '-'))
        n++;
    return slice_head(s, n);
}

/* The mailbox that sent it, when that is beyond doubt: one author, the envelope's sender too. */
static void reporter_of(const struct scan *scan, struct desk_reporter *out)
{
    const struct address *from = scan->message->from;
    const struct auth_result *auth = scan->auth;
    if (from && from->domain.n && from->next == NULL)
        out->mailbox = arena_printf(scan->arena, "%.*s@%.*s", SLICE_ARG(from->local),
                                    SLICE_ARG(from->domain));
    out->client_ip = scan->envelope.client_ip;
    out->language = language_of(&scan->message->headers);
    out->is_automatic = is_automatic(scan);
    /* mail of our own users came by a door that knows them */
    out->is_aligned = out->mailbox.n && auth &&
                      (auth->dmarc.value == AUTH_PASS ||
                       (auth->is_skipped && scan->envelope.auth_user.n));
}

static void let_in(const struct desk_settings *s, struct scan *scan)
{
    struct verdict *v = &scan->verdict;
    bool all = v->n_rcpt > 0;
    for (size_t i = 0; i < v->n_rcpt; i++) {
        bool is_ours = desk_is_mailbox(s, v->rcpt[i].rcpt);
        all &= is_ours;
        if (is_ours) {
            v->rcpt[i].action = ACTION_ACCEPT;
            v->rcpt[i].limited_by = NULL;
            v->rcpt[i].rule = SLICE("desk");
        }
    }
    if (all)
        v->action = ACTION_ACCEPT;
}

struct slice desk_intake_scan(const struct conf *c, const struct scan_world *w, struct scan *scan)
{
    const struct desk_settings *s = desk_settings(c);
    unsigned char key[REDACT_KEY];
    struct intake_from from = {.source = DESK_MAIL,
                               .is_forward = true,
                               .desks = s->mailbox.items,
                               .n_desks = s->mailbox.n,
                               .key = key,
                               .now_us = clock_now_us()};
    struct buf out = BUF_INIT(LINES_MOST);
    desk_intake_key(w, key);
    reporter_of(scan, &from.reporter);
    desk_intake_mail(scan->arena, scan->message, &from, on_report, &out);
    let_in(s, scan);
    struct slice lines = arena_dup(scan->arena, buf_slice(&out));
    buf_fini(&out);
    return lines;
}
