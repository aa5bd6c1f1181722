/* Handing a report in by a form; what is handed in is read in desk_intake.c. */
#include "web/desk.h"
#include "web/desk_intake.h"

#include <string.h>

static const char *const categories[] = {"spam",    "phishing", "malware", "fraud",
                                         "opt-out", "not-spam", "other"};

static void report_form(struct page *p, const char *trouble)
{
    struct page_option *o = ARENA_ARRAY(p->arena, struct page_option, 8);
    for (size_t i = 0; i < 7; i++)
        o[i] = (struct page_option){categories[i], page_tr(p, desk_word(categories[i]))};
    page_title(p, page_tr(p, N_("Report a message")));
    page_elem(
        p, "p",
        N_("Hand in a message that you did not want. You get a code at once and can see with it "
           "what becomes of your report. Your name and address are taken out."),
        "class", "lead");
    if (trouble)
        page_notice(p, "bad", trouble);
    page_form_files(p, "/report");
    page_input(p, &(struct page_input){.name = "category",
                                       .label = N_("What is it?"),
                                       .type = "select",
                                       .value = *page_arg(p, "category") ? page_arg(p, "category")
                                                                         : "spam",
                                       .options = o});
    page_input(p,
               &(struct page_input){.name = "message",
                                    .label = N_("The message as a file"),
                                    .hint = N_("In most mail programs: save as, or download. The "
                                               "ending is .eml."),
                                    .type = "file",
                                    .accept = ".eml,message/rfc822"});
    page_input(p, &(struct page_input){.name = "words",
                                       .label = N_("Or its text or source, pasted"),
                                       .hint = N_("Also for text messages and chats."),
                                       .type = "textarea",
                                       .value = page_arg(p, "words"),
                                       .rows = 8,
                                       .max_length = 200000});
    page_input(p, &(struct page_input){.name = "sender",
                                       .label = N_("Whom it came from, as it says"),
                                       .value = page_arg(p, "sender"),
                                       .max_length = 320});
    page_input(p, &(struct page_input){.name = "said",
                                       .label = N_("What you want to add"),
                                       .type = "textarea",
                                       .value = page_arg(p, "said"),
                                       .rows = 2,
                                       .max_length = 1000});
    page_button(p, N_("Report"), NULL, NULL);
    html_close(p->html);
    page_elem(p, "p", N_("A code already? See the state of a case:"));
    page_form_get(p, "/case");
    page_input(p, &(struct page_input){.name = "code", .label = N_("Code"), .max_length = 60});
    page_button(p, N_("Show"), NULL, NULL);
    html_close(p->html);
}

static void show_codes(struct page *p, const struct web_reported *r, size_t n)
{
    page_title(p, page_tr(p, N_("Thank you")));
    page_elem(p, "p", N_("Several messages were found in it. Each has a code:"));
    html_open(p->html, "ul");
    for (size_t i = 0; i < n; i++) {
        html_open(p->html, "li");
        if (r[i].status == 200)
            html_elem(p->html, "a", page_text(r[i].json, "code"), "href",
                      page_path(p, "/case/%s", page_text(r[i].json, "code")));
        else
            html_bdi(p->html, r[i].refused ? r[i].refused : "-");
        html_close(p->html);
    }
    html_close(p->html);
}

static void report(struct page *p)
{
    struct web_reported *r = ARENA_ARRAY(p->arena, struct web_reported, INTAKE_MOST);
    struct page_file file;
    size_t n = 0;
    struct web_report in = {.source = DESK_WEB,
                            .category = DESK_SPAM,
                            .words = slice_str(page_arg(p, "words")),
                            .sender = slice_str(page_arg(p, "sender")),
                            .said = slice_str(page_arg(p, "said")),
                            .reporter = slice_str(p->user.mailbox)};
    if (!p->is_post) {
        report_form(p, NULL);
        return;
    }
    (void)!desk_category_parse(slice_str(page_arg(p, "category")), &in.category);
    if (page_file(p, "message", &file) && file.bytes.n)
        in.message = file.bytes;
    if (in.message.n == 0 && slice_trim(in.words).n == 0) {
        page_status(p, 422);
        report_form(p, N_("Choose a file, or paste the text of the message."));
        return;
    }
    if (!web_hand_in(p, &in, r, &n))
        return;
    if (n == 1 && r[0].status == 200)
        page_redirect(p, page_path(p, "/case/%s", page_text(r[0].json, "code")),
                      N_("Thank you: your report was taken in. Keep the code of this page."));
    else if (n > 1)
        show_codes(p, r, n);
    else if (n == 1 && r[0].status == 503)
        page_fail(p, 503,
                  N_("Too many reports came from your network just now. Please try again "
                     "in an hour."));
    else {
        page_status(p, 422);
        report_form(p, N_("This could not be read as a message. Try to save it as a file, or paste "
                          "its text."));
    }
}

const struct route desk_report_routes[] = {
    {"report", PAGE_GET | PAGE_POST | PAGE_UPLOAD, 0, report}, {0}};
