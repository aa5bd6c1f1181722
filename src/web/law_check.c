/* The check of a mailing before it is sent: a message (file or paste), its recipients' countries or
 * a list, and what the sender knows. All of it lives in this process' memory until the answer is
 * written; nothing is kept, logged or handed to another process. So that answers can be added
 * without choosing the file again, a message that is not too large travels in the form itself.
 */
#include "web/law_internal.h"

#include "law/csv.h"
#include "law/facts_file.h"
#include "law/preflight.h"
#include "law/recipients.h"
#include "mail/limits.h"

#include <sodium.h>

#define KEPT_MOST  (180u * 1024) /* of a message that travels in the form */
#define ROWS_MOST  50000u
#define TO_MOST    64u
#define REPORT_MAX (4u << 20)

static const char *const FIRST_FACTS[] = {"purpose", "recipient", "consent", "volume_day"};

struct checking {
    struct page *p;
    struct slice mail, list;
    const char *mail_name, *list_name;
    int32_t to[TO_MOST];
    size_t n_to;
    struct law_facts stated, facts;
    struct sender_record sender;
    struct message_facts message;
    struct preflight *check;
    struct columns columns;
    uint64_t rows;
    bool has_columns;
    const char *trouble; /* message id of what is wrong with the form; NULL: nothing */
    const char *detail;  /* the word or name that it is about, or NULL */
};

static bool refuse(struct checking *c, const char *trouble, const char *detail)
{
    c->trouble = trouble;
    c->detail = detail;
    return false;
}

/* ---- what the form says ---- */

/* The message that travelled in the form. */
static struct slice kept(struct page *p)
{
    const char *text = page_arg(p, "kept");
    size_t n = strlen(text), got = 0;
    char *out = arena_bytes(p->arena, n / 4 * 3 + 4);
    if (n == 0 || sodium_base642bin((unsigned char *)out, n / 4 * 3 + 3, text, n, NULL, &got, NULL,
                                    sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
        return SLICE("");
    return slice_of(out, got);
}

static bool read_mail(struct checking *c)
{
    struct page *p = c->p;
    struct page_file f;
    c->mail_name = page_arg(p, "kept_name");
    if (page_file(p, "mail", &f)) {
        c->mail = f.bytes;
        c->mail_name = f.name;
    } else if (*page_arg(p, "paste")) {
        c->mail = slice_str(page_arg(p, "paste"));
        c->mail_name = "";
    } else {
        c->mail = kept(p);
    }
    if (*c->mail_name == '\0')
        c->mail_name = page_tr(p, N_("your mailing"));
    return c->mail.n ? true : refuse(c, N_("Choose the message's file, or paste it."), NULL);
}

static bool read_to(struct checking *c)
{
    struct slice rest = slice_str(page_arg(c->p, "to")), one;
    struct page_file f;
    if (page_file(c->p, "list", &f)) {
        c->list = f.bytes;
        c->list_name = f.name;
        return true;
    }
    for (size_t i = 0; i < rest.n; i++)
        if (rest.p[i] == ';' || rest.p[i] == '\n')
            ((char *)(uintptr_t)rest.p)[i] = ',';
    while (slice_split(&rest, ',', &one)) {
        one = slice_trim(one);
        if (one.n == 0)
            continue;
        int32_t code = country_find(one);
        if (code == 0)
            return refuse(c, N_("This is no country that is known here: %s"),
                          arena_cstr(c->p->arena, one));
        if (c->n_to == TO_MOST)
            return refuse(c, N_("At most 64 countries at a time."), NULL);
        c->to[c->n_to++] = code;
    }
    return c->n_to ? true : refuse(c, N_("Name the countries of the recipients."), NULL);
}

static bool read_facts(struct checking *c)
{
    struct err e = {0};
    law_facts_init(&c->stated);
    for (int f = 0; f < LAW_FACTS; f++) {
        const struct law_fact_info *info = law_fact_info((enum law_fact)f);
        const char *name = arena_printf(c->p->arena, "f_%s", info->name).p;
        struct slice value = slice_trim(slice_str(page_arg(c->p, name)));
        if (value.n == 0)
            continue;
        if (law_fact_set(&c->stated, slice_str(info->name), value, &e) < 0)
            return refuse(c, N_("This answer is not understood: %s"), info->question);
    }
    c->sender = (struct sender_record){.name = slice_str(page_arg(c->p, "sender_name")),
                                       .address = slice_str(page_arg(c->p, "sender_address"))};
    return true;
}

/* ---- checking ---- */

static void read_message(struct checking *c)
{
    struct arena *a = c->p->arena;
    struct message_facts_in in = {.arena = a,
                                  .m = message_parse(a, c->mail, &MAIL_LIMITS),
                                  .sender = &c->sender,
                                  .is_mailing = true};
    message_facts_read(&in, &c->message);
    c->facts = c->stated;
    message_facts_into(&c->message, &c->facts);
}

static long give(void *arg, char *p, size_t n)
{
    struct slice *rest = arg;
    n = n < rest->n ? n : rest->n;
    if (n)
        memcpy(p, rest->p, n);
    *rest = slice_from(*rest, n);
    return (long)n;
}

static void one_row(struct checking *c, const struct csv_row *row)
{
    struct recipient r;
    const char *broken = columns_read(&c->columns, row, &c->facts, &r);
    if (broken)
        preflight_broken(c->check, row->line, broken, row->raw, NULL);
    else
        preflight_row(c->check, &r, row->line, NULL);
    c->rows++;
}

static bool check_list(struct checking *c)
{
    struct slice rest = c->list;
    struct csv *csv = csv_new(give, &rest);
    struct csv_row row;
    struct err e = {0};
    bool ok = csv_next(csv, &row) && row.broken == NULL &&
              columns_map(c->p->arena, &row, SLICE(""), &e, &c->columns) == 0;
    if (ok) {
        c->columns.send_at = INT64_MIN;
        c->has_columns = true;
        if (!c->columns.has_titles)
            one_row(c, &row);
        while (c->rows < ROWS_MOST && csv_next(csv, &row))
            one_row(c, &row);
    }
    csv_free(csv);
    return ok ? true
              : refuse(c,
                       N_("The list can't be read: a table (CSV) with a column for the country "
                          "is needed."),
                       NULL);
}

static bool check(struct checking *c)
{
    struct page *p = c->p;
    read_message(c);
    struct preflight_in *in = ARENA_NEW(p->arena, struct preflight_in);
    *in = (struct preflight_in){.arena = p->arena,
                                .lib = law_pages_lib(p),
                                .day = law_pages_day(p),
                                .facts = &c->facts,
                                .stated = &c->stated,
                                .message = &c->message,
                                .campaign = slice_str(c->mail_name),
                                .list = slice_str(c->list_name),
                                .is_page = true};
    c->check = preflight_new(in);
    if (c->list.n) {
        if (!check_list(c))
            return false;
    } else {
        for (size_t i = 0; i < c->n_to; i++) {
            struct recipient r = {.facts = c->facts};
            r.facts.v[LAW_FACT_COUNTRY] = c->to[i];
            preflight_row(c->check, &r, i + 1, NULL);
        }
    }
    preflight_columns(c->check, c->has_columns ? &c->columns : NULL);
    return true;
}

/* ---- the forms ---- */

static const char *words_option(struct page *p, struct slice word)
{
    char *text = arena_cstr(p->arena, word);
    for (char *c = text; *c; c++)
        *c = *c == '_' ? ' ' : *c;
    return text;
}

static void choices(struct page *p, const struct law_fact_info *info, struct page_input *in)
{
    struct page_option *o = ARENA_ARRAY(p->arena, struct page_option, 16);
    struct slice rest = slice_str(info->words), word;
    size_t n = 0;
    o[n++] = (struct page_option){"", page_tr(p, N_("don't know"))};
    if (info->type == LAW_TRI) {
        o[n++] = (struct page_option){"yes", page_tr(p, N_("yes"))};
        o[n++] = (struct page_option){"no", page_tr(p, N_("no"))};
    }
    while (info->type == LAW_WORD && n < 15 && slice_split(&rest, ' ', &word))
        o[n++] = (struct page_option){arena_cstr(p->arena, word), words_option(p, word)};
    in->type = "select";
    in->options = o;
}

static void fact_input(struct page *p, const struct law_fact_info *info)
{
    const char *name = arena_printf(p->arena, "f_%s", info->name).p;
    struct page_input in = {
        .name = name, .label = info->question, .value = page_arg(p, name), .max_length = 40};
    if (info->type == LAW_TRI || info->type == LAW_WORD) {
        in.max_length = 0;
        choices(p, info, &in);
    } else if (info->type == LAW_DATE) {
        in.type = "date";
        in.max_length = 0;
    } else if (info->type == LAW_INT) {
        in.inputmode = "numeric";
    } else if (info->type == LAW_CODE) {
        in.hint = N_("Two letters: CA, DE, FR");
    }
    page_input(p, &in);
}

static void fact_by_name(struct page *p, const char *name)
{
    int f = law_fact_find(slice_str(name));
    if (f >= 0)
        fact_input(p, law_fact_info((enum law_fact)f));
}

static void whereto(struct page *p)
{
    page_input(p, &(struct page_input){.name = "to",
                                       .label = N_("Countries of the recipients"),
                                       .hint = N_("Names or codes, parted by commas: Canada, DE, "
                                                  "Brasil"),
                                       .value = page_arg(p, "to"),
                                       .max_length = 2000});
    page_input(p, &(struct page_input){.name = "list",
                                       .label = N_("or a list of recipients (CSV)"),
                                       .hint = N_("A table with a column for the country; columns "
                                                  "on consent, purchase, refusal are read, too."),
                                       .type = "file",
                                       .accept = ".csv,text/csv,text/plain"});
}

static void first_form(struct page *p)
{
    page_form_files(p, "/law/check");
    html_open(p->html, "fieldset");
    page_elem(p, "legend", N_("The message"));
    page_input(p, &(struct page_input){.name = "mail",
                                       .label = N_("The message as a file (.eml)"),
                                       .type = "file",
                                       .accept = ".eml,message/rfc822"});
    page_input(p, &(struct page_input){.name = "paste",
                                       .label = N_("or pasted, with its header lines"),
                                       .type = "textarea",
                                       .value = page_arg(p, "paste"),
                                       .rows = 6,
                                       .max_length = KEPT_MOST});
    html_close(p->html);
    html_open(p->html, "fieldset");
    page_elem(p, "legend", N_("Who gets it"));
    whereto(p);
    html_close(p->html);
    html_open(p->html, "fieldset");
    page_elem(p, "legend", N_("What you know (may be left out)"));
    law_pages_select(p, "f_sender_country", N_("From which country is it sent?"),
                     page_arg(p, "f_sender_country"), false);
    for (size_t i = 0; i < sizeof FIRST_FACTS / sizeof *FIRST_FACTS; i++)
        fact_by_name(p, FIRST_FACTS[i]);
    page_input(p, &(struct page_input){.name = "sender_name",
                                       .label = N_("Your name or firm's name"),
                                       .value = page_arg(p, "sender_name"),
                                       .max_length = 200});
    page_input(p, &(struct page_input){.name = "sender_address",
                                       .label = N_("Your postal address"),
                                       .value = page_arg(p, "sender_address"),
                                       .max_length = 400});
    html_close(p->html);
    page_button(p, N_("Check"), NULL, NULL);
    html_close(p->html);
}

/* Carries the message and what was answered on to the next round. */
static void carry(struct checking *c, const enum law_fact *asked, size_t n)
{
    struct page *p = c->p;
    size_t room = sodium_base64_encoded_len(c->mail.n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    struct page_input in = {.type = "hidden"};
    if (c->mail.n <= KEPT_MOST) {
        char *text = arena_bytes(p->arena, room);
        sodium_bin2base64(text, room, (const unsigned char *)c->mail.p, c->mail.n,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING);
        in.name = "kept";
        in.value = text;
        page_input(p, &in);
        in.name = "kept_name";
        in.value = c->mail_name;
        page_input(p, &in);
    } else {
        page_input(p, &(struct page_input){.name = "mail",
                                           .label = N_("The message again (it is not kept)"),
                                           .type = "file",
                                           .is_required = true});
    }
    static const char *const same[] = {"sender_name", "sender_address", "at"};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        in.name = same[i];
        in.value = page_arg(p, same[i]);
        if (*in.value)
            page_input(p, &in);
    }
    for (int f = 0; f < LAW_FACTS; f++) {
        bool is_asked = false;
        for (size_t i = 0; i < n; i++)
            is_asked |= asked[i] == (enum law_fact)f;
        in.name = arena_printf(p->arena, "f_%s", law_fact_info((enum law_fact)f)->name).p;
        in.value = page_arg(p, in.name);
        if (!is_asked && *in.value)
            page_input(p, &in);
    }
}

static void questions(struct checking *c)
{
    struct page *p = c->p;
    enum law_fact asked[LAW_FACTS];
    size_t n = preflight_asked(c->check, asked);
    page_elem(p, "h2", n ? N_("Questions whose answers would settle more") : N_("Check again"));
    page_form_files(p, "/law/check");
    carry(c, asked, n);
    for (size_t i = 0; i < n; i++)
        if (asked[i] != LAW_FACT_COUNTRY)
            fact_input(p, law_fact_info(asked[i]));
    whereto(p);
    page_button(p, N_("Check again"), NULL, NULL);
    html_close(p->html);
}

/* The law room's own HTML: escaped there. */
static void report(struct page *p, const struct preflight *check,
                   void (*part)(const struct preflight *, struct buf *))
{
    struct buf b = BUF_INIT(REPORT_MAX);
    part(check, &b);
    html_open(p->html, "div", "class", "check", "lang", "en", "dir", "ltr");
    buf_add(p->html->out, buf_slice(&b));
    html_close(p->html);
    buf_fini(&b);
}

static void answer(struct checking *c)
{
    struct page *p = c->p;
    report(p, c->check, preflight_html_first);
    if (c->rows == ROWS_MOST)
        page_notice(p, "note",
                    N_("The list is longer than this page reads: the rest of it was "
                       "not checked. The command \"muster check\" reads any length."));
    questions(c);
    report(p, c->check, preflight_html_rest);
    html_open(p->html, "p");
    page_link(p, "/law/check", N_("Check another mailing"));
    html_close(p->html);
}

static void introduction(struct page *p)
{
    page_elem(p, "p",
              N_("Before you send: what the laws of your recipients' countries ask, what is "
                 "missing, and what repairs it."),
              "class", "lead");
    page_elem(p, "p",
              N_("The message, the list and your answers are read in memory and forgotten with the "
                 "answer: nothing is stored, nothing is logged."),
              "class", "notice good");
}

void law_check_page(struct page *p)
{
    struct checking c = {.p = p, .mail_name = "", .list_name = ""};
    if (law_pages_lib(p) == NULL)
        return;
    page_title(p, page_tr(p, N_("Check a mailing")));
    page_noindex(p);
    law_pages_menu(p, "/law/check");
    if (p->is_post && read_mail(&c) && read_to(&c) && read_facts(&c) && check(&c)) {
        answer(&c);
    } else {
        introduction(p);
        if (c.trouble) {
            page_status(p, 400);
            html_open(p->html, "div", "class", "notice bad", "role", "alert");
            html_open(p->html, "p");
            if (c.detail)
                page_say_with(p, c.trouble, c.detail);
            else
                page_say(p, c.trouble);
            html_close(p->html);
            html_close(p->html);
        }
        first_form(p);
    }
    preflight_free(c.check);
    law_pages_note(p);
}
