/* Verifying a consent receipt: whole and unchanged, signed by whom, about which address. Nothing of
 * it is kept. */
#include "web/law_internal.h"

#include "law/receipt.h"

static void form(struct page *p)
{
    page_form_files(p, "/law/receipt");
    page_input(p, &(struct page_input){.name = "receipt",
                                       .label = N_("The receipt, one line"),
                                       .type = "textarea",
                                       .rows = 5,
                                       .value = page_arg(p, "receipt"),
                                       .max_length = RECEIPT_MOST});
    page_input(p,
               &(struct page_input){.name = "file", .label = N_("or as a file"), .type = "file"});
    page_input(p, &(struct page_input){.name = "address",
                                       .label = N_("Is it about this address? (may be left out)"),
                                       .type = "email",
                                       .value = page_arg(p, "address"),
                                       .max_length = 320});
    page_input(p, &(struct page_input){
                      .name = "key",
                      .label = N_("The signer's public key (may be left out)"),
                      .hint = N_("PEM, from the signer's own site. Without it one sees only "
                                 "that the receipt was not changed."),
                      .type = "textarea",
                      .rows = 3,
                      .value = page_arg(p, "key"),
                      .max_length = 2000});
    page_button(p, N_("Verify"), NULL, NULL);
    html_close(p->html);
}

static void fact(struct page *p, const char *label, struct slice value)
{
    page_elem(p, "dt", label);
    html_open(p->html, "dd");
    html_bdi(p->html, arena_cstr(p->arena, value));
    html_close(p->html);
}

static void shown(struct page *p, const struct receipt *r)
{
    html_open(p->html, "dl", "class", "facts");
    fact(p, N_("Who may write"), r->sender);
    fact(p, N_("What was agreed to"), r->what);
    fact(p, N_("Basis"), r->basis);
    fact(p, N_("When"), r->when);
    fact(p, N_("How"), r->how);
    fact(p, N_("The text that was shown"), r->text);
    fact(p, N_("Signed by the key"), r->key);
    html_close(p->html);
}

static void verdict(struct page *p, struct slice line, const struct receipt *r)
{
    struct receipt_key key;
    struct err e = {0};
    struct slice pem = slice_trim(slice_str(page_arg(p, "key")));
    struct slice address = slice_trim(slice_str(page_arg(p, "address")));
    bool has_key = pem.n > 0;
    if (has_key && receipt_key_read(pem, &e, &key) < 0) {
        page_notice(p, "bad", N_("The key is no Ed25519 key in PEM."));
        return;
    }
    if (!receipt_is_signed(line, r, has_key ? &key : NULL))
        page_notice(p, "bad",
                    has_key ? N_("Not signed by this key, or changed since.")
                            : N_("Changed since it was signed, or not signed."));
    else
        page_notice(p, "good",
                    has_key ? N_("Signed by this key and unchanged.")
                            : N_("Unchanged since the key that it names signed it."));
    if (address.n)
        page_notice(p, receipt_is_about(r, address) ? "good" : "bad",
                    receipt_is_about(r, address) ? N_("It is about this address.")
                                                 : N_("It is not about this address."));
}

void law_receipt_page(struct page *p)
{
    struct slice line = slice_str(page_arg(p, "receipt"));
    struct page_file f;
    struct receipt r;
    struct err e = {0};
    page_title(p, page_tr(p, N_("Verify a consent receipt")));
    page_noindex(p);
    law_pages_menu(p, "/law/receipt");
    page_elem(p, "p",
              N_("A receipt says who agreed to what, when and how, without naming the address. "
                 "Nothing that you enter here is kept."),
              "class", "lead");
    if (page_file(p, "file", &f))
        line = f.bytes;
    line = slice_trim(line);
    if (p->is_post && line.n && receipt_read(p->arena, line, &e, &r) == 0) {
        verdict(p, line, &r);
        shown(p, &r);
    } else if (p->is_post) {
        page_status(p, 400);
        page_notice(p, "bad", N_("This is no receipt as it was written: one line of JSON."));
        if (*e.text)
            law_pages_en(p, "p", slice_str(e.text));
    }
    form(p);
}
