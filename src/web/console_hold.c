/* Held mail on pages: rows, one message, what can be done with it. Used by the console and by a
 * person's own page; what is allowed is keeper's to say, and its sentence is shown. */
#include "web/console.h"
#include "web/mailview.h"

#include <sodium.h>

static const char *hold_path(struct page *p, const char *base, const char *hold)
{
    return page_path(p, "%s/%s", base, hold);
}

/* page_path takes foreign pieces for what stands between slashes: the base is ours. */
static const char *place(struct page *p, const char *base, const char *hold)
{
    const char *tail = hold_path(p, "x", hold);
    return arena_printf(p->arena, "%s%s", base, tail + 1).p;
}

/* An auditor changes nothing; everybody acts on his own mail. */
static bool may_act(const struct page *p, const char *base)
{
    return strcmp(base, "/me/held") == 0 || (p->user.roles & (ACTOR_OPERATOR | ACTOR_DOMAIN_ADMIN));
}

static void address(struct page *p, const char *text)
{
    html_open(p->html, "td", "class", "address");
    html_bdi(p->html, text);
    html_close(p->html);
}

static void row(struct page *p, const json_t *h, const char *base)
{
    struct html *out = p->html;
    const char *state = page_text(h, "state"), *subject = page_text(h, "subject");
    const char *path = place(p, base, page_text(h, "hold"));
    html_open(out, "tr");
    console_cell_time(p, page_int(h, "time_us"));
    page_elem(p, "td", console_word(page_text(h, "kind")));
    if (strcmp(base, "/me/held") != 0)
        address(p, page_text(h, "recipient"));
    address(p, page_text(h, "from"));
    html_open(out, "td", "class", "lead-cell");
    html_open(out, "a", "href", path);
    if (*subject)
        html_bdi(out, subject);
    else
        page_say(p, N_("(no subject)"));
    html_close(out);
    html_close(out);
    page_elem(p, "td", console_word(state));
    html_open(out, "td");
    if (may_act(p, base) && (strcmp(state, "held") == 0 || strcmp(state, "refused") == 0))
        page_act(p, path, N_("Release"), "act", "release", "back", base);
    html_close(out);
    html_close(out);
}

void console_holds(struct page *p, const json_t *rows, const char *base)
{
    static const char *const all[] = {N_("Time"),    N_("Held as"), N_("Recipient"), N_("From"),
                                      N_("Subject"), N_("State"),   N_("Act"),       NULL};
    static const char *const own[] = {N_("Time"),  N_("Held as"), N_("From"), N_("Subject"),
                                      N_("State"), N_("Act"),     NULL};
    const json_t *h;
    size_t i;
    if (json_array_size(rows) == 0) {
        page_elem(p, "p", N_("Nothing is held."));
        return;
    }
    page_table(p, N_("Held messages"), strcmp(base, "/me/held") == 0 ? own : all, 0);
    json_array_foreach(rows, i, h) row(p, h, base);
    page_table_end(p);
}

/* ---- one ---- */

static void fact(struct page *p, const char *msgid, const char *value)
{
    if (*value == '\0')
        return;
    page_elem(p, "dt", msgid);
    html_open(p->html, "dd");
    html_bdi(p->html, value);
    html_close(p->html);
}

static void facts(struct page *p, const json_t *h)
{
    html_open(p->html, "dl", "class", "facts");
    page_elem(p, "dt", N_("State"));
    page_elem(p, "dd", console_word(page_text(h, "state")));
    page_elem(p, "dt", N_("Held as"));
    page_elem(p, "dd", console_word(page_text(h, "kind")));
    fact(p, N_("Recipient"), page_text(h, "recipient"));
    fact(p, N_("From"), page_text(h, "from"));
    fact(p, N_("Subject"), page_text(h, "subject"));
    fact(p, N_("Envelope sender"), page_text(h, "mail_from"));
    fact(p, N_("Came from"), page_text(h, "client_ip"));
    page_elem(p, "dt", N_("Since"));
    html_open(p->html, "dd");
    html_time(p->html, page_int(h, "time_us"));
    html_close(p->html);
    page_elem(p, "dt", N_("Kept until"));
    html_open(p->html, "dd");
    html_time(p->html, page_int(h, "expires_us"));
    html_close(p->html);
    html_close(p->html);
}

static void acts(struct page *p, const json_t *h, const char *base, const char *path)
{
    const char *state = page_text(h, "state");
    bool is_own = strcmp(base, "/me/held") == 0;
    bool is_kept = strcmp(state, "held") == 0 || strcmp(state, "refused") == 0;
    if (!may_act(p, base))
        return;
    if (is_kept) {
        page_form(p, path);
        html_open(p->html, "fieldset");
        page_elem(p, "legend", N_("Release"));
        if (!is_own)
            page_input(p, &(struct page_input){.name = "reason",
                                               .label = N_("Reason"),
                                               .hint = N_("Stands in the log."),
                                               .max_length = 300});
        page_input(p, &(struct page_input){
                          .name = "allow_once",
                          .label = N_("Let the same message through once more within a day"),
                          .type = "checkbox",
                          .value = "1"});
        page_button(p, N_("Release"), "act", "release");
        html_close(p->html);
        html_close(p->html);
        if (!is_own)
            page_act(p, path, N_("Keep it back for good"), "act", "refuse");
        page_act(p, path, N_("Delete"), "act", "delete");
    }
    if (is_own || (p->user.roles & ACTOR_OPERATOR)) {
        page_act(p, path, N_("Learn: this is spam"), "act", "spam");
        page_act(p, path, N_("Learn: this is not spam"), "act", "ham");
    }
}

static void show_raw(struct page *p, const json_t *h)
{
    const char *text = page_text(h, "raw");
    size_t room = strlen(text) / 4 * 3 + 3, n = 0;
    char *raw = arena_bytes(p->arena, room);
    if (sodium_base642bin((unsigned char *)raw, room, text, strlen(text), NULL, &n, NULL,
                          sodium_base64_VARIANT_ORIGINAL) == 0)
        mailview_show(p, slice_of(raw, n), json_is_true(json_object_get(h, "raw_is_cut")));
}

void console_hold(struct page *p, const json_t *h, const char *base)
{
    const char *path = place(p, base, page_text(h, "hold"));
    facts(p, h);
    acts(p, h, base, path);
    if (strcmp(base, "/me/held") != 0 && *page_text(h, "id")) {
        html_open(p->html, "p");
        page_link(p, page_path(p, "/console/message/%s", page_text(h, "id")),
                  N_("Why it was judged so"));
        html_close(p->html);
    }
    page_elem(p, "h2", N_("The message"));
    if (*page_text(h, "raw")) {
        show_raw(p, h);
    } else {
        if (strcmp(base, "/me/held") != 0)
            page_elem(p, "p", N_("Opening somebody's message is noted in the log."), "class",
                      "soft");
        page_form_get(p, path);
        page_button(p, N_("Show it as safe text"), "open", "1");
        html_close(p->html);
    }
}

/* ---- acting ---- */

static const struct {
    const char *act, *verb, *label, *done;
} verbs[] = {{"release", "release", NULL, N_("Released: it is on its way.")},
             {"refuse", "refuse", NULL, N_("It stays where it is.")},
             {"delete", "delete", NULL, N_("Deleted.")},
             {"spam", "learn", "spam", N_("Learned as spam.")},
             {"ham", "learn", "ham", N_("Learned as not spam.")}};

void console_hold_act(struct page *p, const char *base)
{
    const char *act = page_arg(p, "act"), *back = page_arg(p, "back");
    const char *hold = p->part[2];
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        if (strcmp(verbs[i].act, act) != 0)
            continue;
        json_t *args = json_pack("{s:s,s:b}", "reason", page_arg(p, "reason"), "allow_once",
                                 *page_arg(p, "allow_once") != '\0');
        if (verbs[i].label)
            json_object_set_new(args, "label", json_string(verbs[i].label));
        /* one's own mail is acted on with one's own rights, whatever roles one has besides */
        if (strcmp(base, "/me/held") == 0 && verbs[i].label == NULL)
            json_object_set_new(args, "user", json_string(p->user.mailbox));
        const json_t *j = page_get(p, page_path(p, "quarantine/%s/%s", hold, verbs[i].verb), args);
        if (j)
            page_redirect(p, strcmp(back, base) == 0 ? base : place(p, base, hold), verbs[i].done);
        return;
    }
    page_fail(p, 400, N_("There is no such act."));
}
