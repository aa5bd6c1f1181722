/* Writing letters. See letter.h. */
#include "desk/letter.h"

#include "base/clock.h"
#include "base/escape.h"

#define VALUE_MOST 300u

bool letter_address_ok(struct slice s)
{
    size_t at = slice_rchr(s, '@');
    if (s.n < 3 || s.n > 254 || at == SIZE_MAX || at == 0 || at + 1 == s.n)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool is_odd = c <= ' ' || c >= 0x7f || memchr("<>()[]\\,;:\"@", c, 12) != NULL;
        if (is_odd && i != at)
            return false;
    }
    return true;
}

static void line(struct buf *out, const struct letter *l, const char *msgid)
{
    buf_str(out, lang_text(l->lang, msgid));
    buf_str(out, "\r\n");
}

/* Foreign words behind a label: controls and line ends made visible, cut. */
static void value(struct buf *out, const struct letter *l, const char *label, struct slice s)
{
    if (s.n == 0)
        return;
    buf_str(out, "  ");
    buf_str(out, lang_text(l->lang, label));
    buf_str(out, ": ");
    escape_add(out, ESCAPE_TERM, s, VALUE_MOST);
    buf_str(out, "\r\n");
}

static struct slice member(const json_t *o, const char *name)
{
    const char *s = json_string_value(json_object_get(o, name));
    return s ? slice_str(s) : SLICE("");
}

/* A word of ours as a sentence in the reader's language; others stay as they are. */
static void word(struct buf *out, const struct letter *l, const char *label, struct slice s)
{
    static const struct {
        const char *word, *words;
    } all[] = {{"spam", N_("unwanted advertising or other spam")},
               {"phishing", N_("phishing: it wants passwords or card numbers")},
               {"malware", N_("malware: it brings a harmful file or link")},
               {"fraud", N_("fraud: it wants money by a lie")},
               {"not-spam", N_("no spam: it was judged wrongly")},
               {"opt-out", N_("the sender goes on after I unsubscribed")},
               {"other", N_("something else")},
               {"end", N_("the listing ends")},
               {"tag", N_("it does less")},
               {"keep", N_("the listing stays")}};
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (slice_eq(s, slice_str(all[i].word))) {
            value(out, l, label, slice_str(lang_text(l->lang, all[i].words)));
            return;
        }
    }
    value(out, l, label, s);
}

static void values(struct buf *out, const struct letter *l, const char *label, const json_t *list)
{
    size_t i;
    const json_t *one;
    json_array_foreach(list, i, one)
    {
        const char *s = json_string_value(one);
        value(out, l, label, slice_str(s ? s : ""));
    }
}

static void page(struct buf *out, const struct letter *l, const char *label, const char *path,
                 struct slice code)
{
    if (l->url.n == 0 || code.n == 0)
        return;
    struct buf b = BUF_INIT(600);
    buf_add(&b, l->url);
    buf_str(&b, path);
    buf_add(&b, code);
    value(out, l, label, buf_slice(&b));
    buf_fini(&b);
}

/* ---- bodies ---- */

static void receipt(struct buf *out, const struct letter *l)
{
    line(out, l, N_("Thank you for your report. It was taken in, and this is its code:"));
    line(out, l, "");
    value(out, l, N_("Code"), member(l->words, "code"));
    page(out, l, N_("State"), "/case/", member(l->words, "code"));
    line(out, l, "");
    line(out, l,
         N_("With the code anyone can see the state of the case; nobody can see from it who "
            "reported. Your address is kept sealed and given to nobody."));
    line(out, l,
         N_("If you did not report anything, ignore this message: nothing more will come."));
}

static void outcome(struct buf *out, const struct letter *l)
{
    line(out, l, N_("The case of your report was closed."));
    line(out, l, "");
    value(out, l, N_("Code"), member(l->words, "code"));
    enum case_outcome o = OUTCOME_NONE;
    if (case_outcome_parse(member(l->words, "outcome"), &o))
        value(out, l, N_("Outcome"), slice_str(lang_text(l->lang, case_outcome_words(o))));
    value(out, l, N_("Note"), member(l->words, "note"));
    page(out, l, N_("State"), "/case/", member(l->words, "code"));
}

static void notice(struct buf *out, const struct letter *l)
{
    const json_t *f = json_object_get(l->words, "facts");
    bool asks = slice_eq(member(l->words, "to"), SLICE("sender"));
    line(out, l,
         asks ? N_("Recipients reported mail that names you as its sender. If they agreed to "
                   "it, please show how: a record of when and where is enough.")
              : N_("Recipients reported the following mail. Please look into it and tell us "
                   "what you found."));
    line(out, l, "");
    word(out, l, N_("Reported as"), member(f, "category"));
    value(out, l, N_("Sent from"), member(f, "source_ip"));
    value(out, l, N_("About (hour, UTC)"), member(f, "about"));
    value(out, l, N_("Author's domain"), member(f, "from_domain"));
    value(out, l, N_("Return domain"), member(f, "return_domain"));
    value(out, l, N_("Signed by"), member(f, "signed_by"));
    values(out, l, N_("Link"), json_object_get(f, "links"));
    values(out, l, N_("File (SHA-256)"), json_object_get(f, "files"));
    line(out, l, "");
    char code[CODE_CHARS];
    code_text(l->id, code); /* the letter's own: a case's would let its reader withdraw it */
    value(out, l, N_("Reference"), slice_str(code));
    line(out, l,
         N_("These are claims of recipients, with the facts of the messages; who reported is "
            "not told. Answers to this address reach the desk; please keep the reference."));
}

static void hearing(struct buf *out, const struct letter *l)
{
    line(out, l,
         json_is_true(json_object_get(l->words, "is_live"))
             ? N_("Something of yours was listed here because of live harm. This is the "
                  "notice, and your right to reply.")
             : N_("Something of yours is about to be listed here. Before it counts, you may "
                  "reply."));
    line(out, l, "");
    value(out, l, N_("Listed"), member(l->words, "value"));
    value(out, l, N_("Reason"), member(l->words, "reason"));
    value(out, l, N_("Counts from"), member(l->words, "from"));
    value(out, l, N_("Ends"), member(l->words, "ends"));
    value(out, l, N_("Code"), member(l->words, "code"));
    page(out, l, N_("Why"), "/why/", member(l->words, "code"));
    page(out, l, N_("Reply or object"), "/appeal/", member(l->words, "code"));
    line(out, l, "");
    line(out, l,
         N_("Objecting is free. It is decided within 72 hours by people who had no part in "
            "the listing; when they are late, the listing is lowered by itself."));
}

static void proof(struct buf *out, const struct letter *l)
{
    line(out, l,
         N_("Somebody objected to a listing of something of yours, and asked for this proof "
            "of control. If it was you, enter it on the page of the appeal."));
    line(out, l, "");
    value(out, l, N_("Listed"), member(l->words, "value"));
    value(out, l, N_("Appeal"), member(l->words, "code"));
    value(out, l, N_("Proof"), member(l->words, "proof"));
    page(out, l, N_("Page"), "/appeal/", member(l->words, "code"));
    line(out, l, "");
    line(out, l, N_("If it was not you, do nothing."));
}

static void decision(struct buf *out, const struct letter *l)
{
    line(out, l, N_("Your appeal was decided."));
    line(out, l, "");
    value(out, l, N_("Appeal"), member(l->words, "code"));
    word(out, l, N_("Result"), member(l->words, "result"));
    value(out, l, N_("Reason"), member(l->words, "reason"));
}

static const struct {
    const char *subject;
    void (*write)(struct buf *out, const struct letter *l);
} kinds[LETTERS] = {
    [LETTER_RECEIPT] = {N_("Your report was received"), receipt},
    [LETTER_OUTCOME] = {N_("What became of your report"), outcome},
    [LETTER_NOTICE] = {N_("Report of abuse"), notice},
    [LETTER_HEARING] = {N_("Notice of a listing and right of reply"), hearing},
    [LETTER_PROOF] = {N_("Proof of control for an appeal"), proof},
    [LETTER_DECISION] = {N_("Decision on an appeal"), decision},
};

/* RFC 2047 in base64, in words of at most 75 characters. */
static void subject(struct buf *out, const char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    struct slice rest = slice_str(text);
    bool is_plain = true;
    for (size_t i = 0; i < rest.n; i++)
        is_plain &= rest.p[i] >= ' ' && rest.p[i] < 0x7f;
    if (is_plain) {
        buf_add(out, rest);
        return;
    }
    for (bool first = true; rest.n; first = false) {
        size_t n = rest.n < 42 ? rest.n : 42; /* 56 characters in base64 */
        while (n < rest.n && ((unsigned char)rest.p[n] & 0xc0) == 0x80)
            n--; /* a character is not cut */
        buf_str(out, first ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?");
        for (size_t i = 0; i < n; i += 3) {
            unsigned v = 0;
            for (size_t j = 0; j < 3; j++)
                v = v << 8 | (i + j < n ? (unsigned char)rest.p[i + j] : 0u);
            for (int j = 0; j < 4; j++)
                buf_chr(out, i + (size_t)j > n ? '=' : digits[v >> (18 - 6 * j) & 63]);
        }
        buf_str(out, "?=");
        rest = slice_from(rest, n);
    }
}

bool letter_write(const struct letter *l, struct buf *out)
{
    char when[40], code[CODE_CHARS];
    if (!letter_address_ok(l->to) || !letter_address_ok(l->from) || l->kind >= LETTERS)
        return false;
    size_t at = slice_rchr(l->from, '@');
    code_text(l->id, code);
    buf_str(out, "From: ");
    buf_add(out, l->from);
    buf_str(out, "\r\nTo: ");
    buf_add(out, l->to);
    buf_str(out, "\r\nSubject: ");
    subject(out, lang_text(l->lang, kinds[l->kind].subject));
    buf_printf(out, "\r\nDate: %s\r\nMessage-ID: <%s@%.*s>\r\n", clock_rfc5322(l->now_us, when),
               code, SLICE_ARG(slice_from(l->from, at + 1)));
    buf_str(out, l->kind == LETTER_RECEIPT ? "Auto-Submitted: auto-replied\r\n"
                                           : "Auto-Submitted: auto-generated\r\n");
    buf_str(out, "X-Auto-Response-Suppress: All\r\nMIME-Version: 1.0\r\n"
                 "Content-Type: text/plain; charset=utf-8\r\n"
                 "Content-Transfer-Encoding: 8bit\r\n");
    buf_printf(out, "Content-Language: %s\r\n\r\n", l->code ? l->code : "en");
    kinds[l->kind].write(out, l);
    buf_str(out, "\r\n-- \r\n");
    escape_add(out, ESCAPE_TERM, l->site, VALUE_MOST);
    buf_str(out, "\r\n");
    return !out->full;
}
