/* Pages of accounts: log-in, one's own account, the second factor, joining. The password goes from
 * the form to the child that makes proofs (web/proof) and nowhere else. */
#include "web/account_words.h"
#include "web/routes.h"
#include "web/run.h"

#define WORD_LEAST 10

/* ---- words that several pages use ---- */

static const struct page_option *stakeholders(struct page *p)
{
    struct page_option *o = ARENA_ARRAY(p->arena, struct page_option, STAKEHOLDERS);
    for (unsigned i = 1; i < STAKEHOLDERS; i++) {
        const char *word = stakeholder_name((enum stakeholder)i);
        o[i - 1] = (struct page_option){word, page_tr(p, account_stakeholder_words(word))};
    }
    return o;
}

static const struct page_input name_input = {.name = "name",
                                             .label = N_("Name"),
                                             .autocomplete = "username",
                                             .is_required = true,
                                             .max_length = 40};

static void password_input(struct page *p, const char *name, const char *label, bool is_new)
{
    page_input(p, &(struct page_input){.name = name,
                                       .label = label,
                                       .type = "password",
                                       .hint = is_new ? N_("At least 10 characters. Several words "
                                                           "are fine; none that you use elsewhere.")
                                                      : NULL,
                                       .autocomplete = is_new ? "new-password" : "current-password",
                                       .is_required = true,
                                       .max_length = 200});
}

static const char *code_sentence(int status)
{
    switch (status) {
    case 401:
        return N_("Name, password or code are not right.");
    case 429:
        return N_("Too many wrong tries. Please wait a few minutes.");
    default:
        return N_("The node is busy or just starting. Please try again in a moment.");
    }
}

/* The proof of a password under the salt that a question gives; NULL: wait, or *out_bad. */
static const char *proof(struct page *p, const char *salt_path, json_t *args, const char *word,
                         const char **out_salt, bool *out_bad)
{
    *out_bad = false;
    const struct page_answer *salt = page_ask(p, salt_path, args);
    if (salt == NULL)
        return NULL;
    *out_salt = page_text(salt->json, "salt");
    const struct page_answer *made = page_ask(
        p, "web/proof",
        json_pack("{s:s, s:s, s:I, s:I}", "password", word, "salt", *out_salt, "ops",
                  (json_int_t)page_int(salt->json, "ops"), "mem",
                  (json_int_t)page_int(salt->json, "mem")));
    if (made == NULL)
        return NULL;
    *out_bad = salt->status != 200 || made->status != 200;
    return page_text(made->json, "proof");
}

/* ---- log-in ---- */

static void login_form(struct page *p, const char *bad)
{
    const char *next = page_arg(p, "next");
    page_title(p, page_tr(p, N_("Log in")));
    page_bind_visitor(p);
    if (bad)
        page_notice(p, "bad", bad);
    page_form(p, "/account/login");
    struct page_input name = name_input;
    name.value = page_arg(p, "name");
    page_input(p, &name);
    password_input(p, "password", N_("Password"), false);
    page_input(p, &(struct page_input){.name = "code",
                                       .label = N_("Code"),
                                       .hint = N_("Only if your account has a second factor: six "
                                                  "digits, or a recovery code."),
                                       .autocomplete = "one-time-code",
                                       .max_length = 20});
    page_input(p, &(struct page_input){.name = "next", .type = "hidden", .value = next});
    page_button(p, N_("Log in"), NULL, NULL);
    html_close(p->html);
    page_elem(p, "p",
              N_("No account is needed to read, to report spam, to follow a case or to object to a "
                 "listing."),
              "class", "soft");
    html_open(p->html, "p");
    page_link(p, "/account/join", N_("Make an account"));
    html_close(p->html);
}

static void login(struct page *p)
{
    const char *salt;
    bool is_bad;
    if (!p->is_post) {
        login_form(p, NULL);
        return;
    }
    if (!page_is_bound(p)) {
        login_form(p, N_("Please allow this site's cookie: without it nobody can be logged in."));
        return;
    }
    const char *made = proof(p, "account/salt", json_pack("{s:s}", "name", page_arg(p, "name")),
                             page_arg(p, "password"), &salt, &is_bad);
    if (made == NULL)
        return;
    if (is_bad) {
        login_form(p, code_sentence(503));
        return;
    }
    const struct page_answer *in = page_ask(p, "account/login",
                                            json_pack("{s:s, s:s, s:s}", "name",
                                                      page_arg(p, "name"), "proof", made, "code",
                                                      page_arg(p, "code")));
    if (in == NULL)
        return;
    if (in->status != 200) {
        login_form(p, in->status == 401 && strstr(page_text(in->json, "error"), "six-digit")
                          ? N_("This account needs its code, too. Please type your password again.")
                          : code_sentence(in->status));
        return;
    }
    const char *next = page_arg(p, "next");
    page_redirect(p, *next ? next : "/account", NULL);
    page_cookie(p, "muster", page_text(in->json, "session"), 0);
    page_cookie(p, "muster-form", "", -1);
}

static void logout(struct page *p)
{
    const struct page_answer *a = page_ask(
        p, "account/logout", json_pack("{s:b}", "everywhere", *page_arg(p, "everywhere") ? 1 : 0));
    if (a == NULL)
        return;
    page_redirect(p, "/", N_("You are logged out."));
    page_cookie(p, "muster", "", -1);
}

/* ---- one's own account ---- */

static void role_list(struct page *p, unsigned roles)
{
    bool is_first = true;
    for (unsigned b = 0; b < ACTOR_ROLES; b++) {
        if (!(roles & (1u << b)))
            continue;
        if (!is_first)
            page_comma(p);
        page_say(p, account_role_words(1u << b));
        is_first = false;
    }
}

static void fact(struct page *p, const char *term)
{
    page_elem(p, "dt", term);
    html_open(p->html, "dd");
}

static void acts_table(struct page *p, const json_t *rows)
{
    struct html *h = p->html;
    const json_t *row;
    size_t i;
    html_open(h, "table", "class", "stack");
    page_elem(p, "caption", N_("What was done with this account, newest first"));
    html_open(h, "thead");
    html_open(h, "tr");
    page_elem(p, "th", N_("When"), "scope", "col");
    page_elem(p, "th", N_("What"), "scope", "col");
    page_elem(p, "th", N_("By"), "scope", "col");
    page_elem(p, "th", N_("Reason"), "scope", "col");
    html_close(h);
    html_close(h);
    html_open(h, "tbody");
    json_array_foreach(rows, i, row) account_act_row(p, row, false);
    html_close(h);
    html_close(h);
}

static void facts(struct page *p, const json_t *me)
{
    struct html *h = p->html;
    html_open(h, "dl", "class", "facts");
    fact(p, N_("Name"));
    html_bdi(h, p->user.name);
    html_close(h);
    fact(p, N_("Roles"));
    role_list(p, p->user.roles);
    html_close(h);
    fact(p, N_("Mailbox"));
    html_bdi(h, *p->user.mailbox ? p->user.mailbox : "\xe2\x80\x93");
    html_str(h, " \xc2\xb7 ");
    page_link(p, "/account/mailbox", *p->user.mailbox ? N_("Change") : N_("Prove a mailbox"));
    html_close(h);
    fact(p, N_("Second factor"));
    page_say(p, json_is_true(json_object_get(me, "totp")) ? N_("on") : N_("off"));
    html_str(h, " \xc2\xb7 ");
    page_link(p, "/account/totp", N_("Change"));
    html_close(h);
    fact(p, N_("Log-ins now"));
    html_int(h, page_int(me, "sessions"));
    html_close(h);
    html_close(h);
}

static void own(struct page *p)
{
    const json_t *me = page_get(p, "account/me", NULL);
    const json_t *acts = page_get(p, "account/acts", NULL);
    if (me == NULL || acts == NULL)
        return;
    page_title(p, page_tr(p, N_("Account")));
    if (page_int(me, "withheld"))
        page_notice(p, "bad",
                    N_("This site asks a second factor of your roles: they wait until you switch "
                       "it on here."));
    facts(p, me);
    html_open(p->html, "div");
    page_act(p, "/account/logout", N_("Log out"));
    page_act(p, "/account/logout", N_("Log out everywhere"), "everywhere", "1");
    html_close(p->html);
    if (p->user.roles & (ACTOR_STEWARD | ACTOR_AUDITOR)) {
        html_open(p->html, "p");
        page_link(p, "/account/people", N_("Accounts and roles"));
        html_close(p->html);
    }
    page_elem(p, "h2", N_("Change the password"));
    page_form(p, "/account/password");
    password_input(p, "old", N_("Password now"), false);
    password_input(p, "password", N_("New password"), true);
    page_button(p, N_("Change the password"), NULL, NULL);
    html_close(p->html);
    page_elem(p, "h2", N_("Log"));
    acts_table(p, json_object_get(acts, "acts"));
    html_open(p->html, "details");
    page_elem(p, "summary", N_("Leave"));
    page_elem(p, "p",
              N_("Your name, mailbox and password are erased, in the journal, too. What you wrote "
                 "for everybody stays, with the name you gave for it: have that erased on its own "
                 "page first."));
    page_act(p, "/account/leave", N_("Remove my account"));
    html_close(p->html);
}

static void password(struct page *p)
{
    const char *old_salt, *salt, *word = page_arg(p, "password");
    bool bad_old, bad_new;
    if (strlen(word) < WORD_LEAST) {
        page_fail(p, 400, N_("The new password is too short: 10 characters at least."));
        return;
    }
    const char *old = proof(p, "account/salt", json_pack("{s:s}", "name", p->user.name),
                            page_arg(p, "old"), &old_salt, &bad_old);
    const char *made = proof(p, "account/fresh-salt", NULL, word, &salt, &bad_new);
    if (old == NULL || made == NULL)
        return;
    if (bad_old || bad_new) {
        page_fail(p, 503, code_sentence(503));
        return;
    }
    const struct page_answer *a = page_ask(
        p, "account/password",
        json_pack("{s:s, s:s, s:s}", "old", old, "salt", salt, "proof", made));
    if (a == NULL)
        return;
    if (a->status == 200)
        page_redirect(p, "/account", N_("The password is changed; other log-ins have ended."));
    else
        page_fail(p, a->status,
                  a->status == 403 ? N_("The old password is not right.")
                                   : code_sentence(a->status));
}

static void leave(struct page *p)
{
    const struct page_answer *a = page_ask(p, "account/remove",
                                           json_pack("{s:s}", "name", p->user.name));
    if (a == NULL)
        return;
    if (a->status == 200)
        page_redirect(p, "/", N_("Your account is removed."));
    else
        page_fail(p, a->status, N_("This is the last steward's account; give that role first."));
}

/* ---- second factor ---- */

static void codes_page(struct page *p, const json_t *codes)
{
    const json_t *code;
    size_t i;
    page_title(p, page_tr(p, N_("Second factor is on")));
    page_elem(p, "p",
              N_("Write these recovery codes down and keep them apart from your phone. Each works "
                 "once, and they are shown only now."));
    html_open(p->html, "ul", "class", "code");
    json_array_foreach(codes, i, code) html_elem(p->html, "li", json_string_value(code));
    html_close(p->html);
    page_link(p, "/account", N_("Account"));
}

static void totp_form(struct page *p, const char *bad)
{
    const json_t *t = page_get(p, "account/totp/begin", NULL);
    if (t == NULL)
        return;
    page_title(p, page_tr(p, N_("Second factor")));
    if (bad)
        page_notice(p, "bad", bad);
    page_elem(p, "p",
              N_("Add this key to a code program on your phone (as key, time-based), then type the "
                 "six digits that it shows."));
    html_elem(p->html, "p", page_text(t, "secret"), "class", "code", "dir", "ltr");
    html_open(p->html, "details");
    page_elem(p, "summary", N_("As an address, for programs that take one"));
    html_elem(p->html, "pre", page_text(t, "uri"), "dir", "ltr");
    html_close(p->html);
    page_form(p, "/account/totp");
    page_input(p, &(struct page_input){.name = "code",
                                       .label = N_("Code"),
                                       .inputmode = "numeric",
                                       .autocomplete = "one-time-code",
                                       .is_required = true,
                                       .max_length = 6});
    page_button(p, N_("Switch on"), NULL, NULL);
    html_close(p->html);
}

static void totp(struct page *p)
{
    const json_t *me = page_get(p, "account/me", NULL);
    if (me == NULL)
        return;
    bool is_on = json_is_true(json_object_get(me, "totp"));
    if (!p->is_post && !is_on) {
        totp_form(p, NULL);
    } else if (!p->is_post) {
        page_title(p, page_tr(p, N_("Second factor")));
        page_form(p, "/account/totp");
        page_input(p, &(struct page_input){.name = "code",
                                           .label = N_("Code"),
                                           .is_required = true,
                                           .autocomplete = "one-time-code",
                                           .max_length = 20});
        page_button(p, N_("Switch off"), "off", "1");
        html_close(p->html);
    } else if (*page_arg(p, "off")) {
        const struct page_answer *a = page_ask(p, "account/totp/off",
                                               json_pack("{s:s}", "code", page_arg(p, "code")));
        if (a && a->status == 200)
            page_redirect(p, "/account", N_("The second factor is off."));
        else if (a)
            page_fail(p, a->status, N_("This code is not right."));
    } else {
        const struct page_answer *a = page_ask(p, "account/totp/confirm",
                                               json_pack("{s:s}", "code", page_arg(p, "code")));
        if (a && a->status == 200)
            codes_page(p, json_object_get(a->json, "codes"));
        else if (a)
            totp_form(p, N_("This code is not right. Is the clock of your phone set?"));
    }
}

/* ---- joining ---- */

static void join_form(struct page *p, const json_t *door, const char *bad)
{
    bool is_invited = json_is_true(json_object_get(door, "invited"));
    page_title(p, page_tr(p, N_("Make an account")));
    if (bad)
        page_notice(p, "bad", bad);
    if (!is_invited && !json_is_true(json_object_get(door, "open"))) {
        page_elem(p, "p",
                  N_("Accounts here are made by invitation: ask a steward of this site. Without an "
                     "account you can read everything, report, propose, follow and object."));
        return;
    }
    page_form(p, "/account/join");
    page_input(
        p, &(struct page_input){.name = "code", .type = "hidden", .value = page_arg(p, "code")});
    struct page_input name = name_input;
    name.value = page_arg(p, "name");
    name.hint = N_("Others see it. It need not be your real name: letters, digits and - _ . @");
    page_input(p, &name);
    password_input(p, "password", N_("Password"), true);
    page_input(p, &(struct page_input){.name = "stakeholder",
                                       .label = N_("Whom do you speak for?"),
                                       .type = "select",
                                       .value = page_arg(p, "stakeholder"),
                                       .options = stakeholders(p)});
    page_button(p, N_("Make an account"), NULL, NULL);
    html_close(p->html);
}

static void join(struct page *p)
{
    const char *word = page_arg(p, "password"), *salt;
    bool is_bad;
    const json_t *door = page_get(p, "account/door",
                                  json_pack("{s:s}", "code", page_arg(p, "code")));
    if (door == NULL)
        return;
    if (!p->is_post || strlen(word) < WORD_LEAST) {
        join_form(p, door,
                  p->is_post ? N_("The password is too short: 10 characters at least.") : NULL);
        return;
    }
    const char *made = proof(p, "account/fresh-salt", NULL, word, &salt, &is_bad);
    if (made == NULL)
        return;
    const struct page_answer *a = page_ask(
        p, "account/join",
        json_pack("{s:s, s:s, s:s, s:s, s:s}", "code", page_arg(p, "code"), "name",
                  page_arg(p, "name"), "stakeholder", page_arg(p, "stakeholder"), "salt", salt,
                  "proof", made));
    if (a == NULL)
        return;
    if (a->status == 200)
        page_redirect(p, "/account/login", N_("Your account is made. Please log in."));
    else if (a->status == 409)
        join_form(p, door, N_("This name is taken. Please choose another."));
    else
        join_form(p, door, N_("This name does not work: 2 to 40 letters, digits and - _ . @"));
}

const struct route account_routes[] = {
    {"account", PAGE_GET | PAGE_NOINDEX, ACTOR_MEMBER, own},
    {"account/login", PAGE_GET | PAGE_POST | PAGE_NOINDEX, 0, login},
    {"account/logout", PAGE_POST, 0, logout},
    {"account/password", PAGE_POST, ACTOR_MEMBER, password},
    {"account/totp", PAGE_GET | PAGE_POST | PAGE_NOINDEX, ACTOR_MEMBER, totp},
    {"account/leave", PAGE_POST, ACTOR_MEMBER, leave},
    {"account/join", PAGE_GET | PAGE_POST | PAGE_NOINDEX | PAGE_COSTLY, 0, join},
    {0}};
