/* Facts out of a message. See message_facts.h.
 *
 * One function per group of facts; each sets a value together with the sentence that says by what,
 * so that a report never shows an answer without its ground.
 */
#include "law/message_facts.h"

#include "evidence/phrases.h"
#include "law/postal.h"
#include "mail/html.h"
#include "mail/unicode.h"
#include "mail/url.h"

#define TEXT_MOST  (512u * 1024) /* of the body that is looked at */
#define HEAD_BYTES 600           /* what a reader sees at once */
#define OPENING    160           /* the first sentence or two */

struct look {
    const struct message_facts_in *in;
    struct message_facts *out;
    const struct message *m;
    struct slice text;
    struct word_hits words;      /* of the text */
    struct word_hits head_words; /* of the subject and the first lines */
    struct slice name;           /* of the sender, folded, without its legal form */
    bool has_images;             /* that could hold text */
};

static void set(struct look *r, enum law_fact fact, int32_t value, const char *why,
                struct slice seen)
{
    r->out->of[fact] = (struct message_fact){value, why, seen};
}

static void odd(struct look *r, const char *why, struct slice seen)
{
    struct message_facts *o = r->out;
    if (o->n_odd == sizeof o->odd / sizeof *o->odd)
        return;
    o->odd_why[o->n_odd] = why;
    o->odd[o->n_odd++] = seen;
}

/* ---- who ---- */

/* Words that say what kind of company it is, not which. */
static bool is_legal_form(struct slice w)
{
    static const char *const forms[] = {
        "gmbh", "ag",  "kg",  "ug",   "ohg",     "ev",  "mbh", "ltd", "limited", "inc", "llc",
        "llp",  "plc", "pty", "corp", "company", "co",  "sa",  "sas", "sarl",    "srl", "spa",
        "bv",   "nv",  "oy",  "oyj",  "ab",      "as",  "aps", "asa", "sl",      "slu", "lda",
        "ltda", "doo", "zoo", "sp",   "sro",     "kft", "zrt", "ooo", "pvt",     "pte", "sdn",
        "bhd",  "cc",  "npc", "e",    "v",       "z",   "o",   "s",   "r",       "l",   "a"};
    if (w.n == 1) /* of "S.A.C.", "e.V." */
        return true;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (slice_eq(w, slice_str(forms[i])))
            return true;
    return false;
}

/* "Müller Naturseifen GmbH" to "muller naturseifen". */
static struct slice name_of(struct arena *a, struct slice s)
{
    struct slice rest = phrases_fold(a, s), w;
    struct buf b = BUF_INIT(512);
    while (slice_split(&rest, ' ', &w)) {
        if (w.n == 0 || (is_legal_form(w) && b.n))
            continue;
        if (b.n)
            buf_chr(&b, ' ');
        buf_add(&b, w);
    }
    struct slice out = arena_dup(a, buf_slice(&b));
    buf_fini(&b);
    return out;
}

static bool holds_words(struct slice folded, struct slice words)
{
    for (size_t at = 0; words.n && at < folded.n;) {
        size_t i = slice_find(slice_from(folded, at), words);
        if (i == SIZE_MAX)
            return false;
        size_t from = at + i, end = from + words.n;
        if ((from == 0 || folded.p[from - 1] == ' ') && (end == folded.n || folded.p[end] == ' '))
            return true;
        at = from + 1;
    }
    return false;
}

static void who(struct look *r)
{
    struct arena *a = r->in->arena;
    const struct address *from = r->m->from;
    struct slice display = from ? name_of(a, from->display) : (struct slice){0};
    struct slice stated = r->in->sender ? name_of(a, r->in->sender->name) : (struct slice){0};
    struct slice text = phrases_fold(a, slice_head(r->text, TEXT_MOST));
    struct slice head = phrases_fold(a, slice_head(r->text, OPENING));
    r->name = stated.n ? stated : display;
    if (stated.n && (holds_words(text, stated) || holds_words(display, stated)))
        set(r, LAW_FACT_SENDER_NAMED, 1, "the name that you stated stands in it: %s",
            r->in->sender->name);
    else if (stated.n)
        set(r, LAW_FACT_SENDER_NAMED, 0,
            "the name that you stated stands neither in From nor in "
            "the text: %s",
            r->in->sender->name);
    else if (display.n > 2 && holds_words(text, display))
        set(r, LAW_FACT_SENDER_NAMED, 1, "From and the text name the same sender: %s",
            from->display);
    else if (display.n == 0 && (from == NULL || from->domain.n == 0))
        set(r, LAW_FACT_SENDER_NAMED, 0, "there is no From with a name or address",
            (struct slice){0});
    else
        set(r, LAW_FACT_SENDER_NAMED, LAW_UNKNOWN,
            "From says \"%s\", but the text does not repeat it", from->display);
    if (r->name.n > 2 && holds_words(text, r->name))
        set(r, LAW_FACT_IDENTITY_FIRST, holds_words(head, r->name),
            "where the sender's name stands in the text", (struct slice){0});
}

static bool is_free_provider(struct slice domain)
{
    static const char *const list[] = {
        "gmail.com",  "googlemail.com", "outlook.com", "hotmail.com", "live.com",  "yahoo.com",
        "icloud.com", "gmx.de",         "gmx.net",     "web.de",      "aol.com",   "mail.ru",
        "yandex.ru",  "qq.com",         "163.com",     "126.com",     "naver.com", "t-online.de",
        "orange.fr",  "free.fr",        "libero.it",   "wp.pl",       "seznam.cz", "proton.me"};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (slice_ieq(domain, slice_str(list[i])))
            return true;
    return false;
}

static void own_domain(struct look *r)
{
    struct slice domain = r->m->from ? r->m->from->domain : (struct slice){0};
    struct slice own = r->in->sender ? r->in->sender->domain : (struct slice){0}, ascii;
    if (domain.n == 0)
        return;
    if (is_free_provider(domain)) {
        set(r, LAW_FACT_OWN_DOMAIN, 0, "From stands at a mailbox provider for everybody: %s",
            domain);
    } else if (own.n && url_host(r->in->arena, domain, true, &ascii)) {
        bool same = slice_ieq(url_org_domain(r->in->arena, ascii),
                              url_org_domain(r->in->arena, arena_lower(r->in->arena, own)));
        set(r, LAW_FACT_OWN_DOMAIN, same, "From stands at %s", domain);
    }
}

/* ---- where ---- */

/* Images larger than a tracking pixel may hold text that no program here reads. */
static bool images_with_text(const struct message *m)
{
    for (size_t i = 0; i < m->n_parts; i++) {
        const struct part *p = m->parts[i];
        if (slice_eq(p->type, SLICE("image")))
            return true;
        if (p->html && p->html->images > p->html->tracking_pixels)
            return true;
    }
    return false;
}

static bool holds_any(struct slice s, const char *const *list)
{
    for (; *list; list++)
        if (slice_ifind(s, slice_str(*list)) != SIZE_MAX)
            return true;
    return false;
}

static bool is_web(const struct link *l)
{
    return slice_eq(l->url.scheme, SLICE("https")) || slice_eq(l->url.scheme, SLICE("http"));
}

static const struct link *legal_page(const struct look *r)
{
    static const char *const paths[] = {
        "impressum",   "imprint",     "legal-notice", "mentions-legales",
        "aviso-legal", "note-legali", "colofon",      "legal",
        "kuenye",      "kunye",       "tokushoho",    "company",
        NULL};
    for (const struct link *l = r->m->links; l; l = l->next) {
        if (!is_web(l) || l->from == LINK_IMAGE)
            continue;
        if (holds_any(l->url.path, paths))
            return l;
        if (l->shown.n) {
            struct word_hits h;
            words_find(r->in->arena, l->shown, 200, &h);
            if (words_count(&h, WORD_IMPRINT))
                return l;
        }
    }
    return NULL;
}

static void where(struct look *r)
{
    const struct sender_record *s = r->in->sender;
    struct postal_hit hit;
    const struct link *page = legal_page(r);
    postal_find(r->text, TEXT_MOST, &hit);
    if (s && s->address.n && postal_is_in(r->in->arena, s->address, slice_head(r->text, TEXT_MOST)))
        set(r, LAW_FACT_POSTAL_ADDRESS, 1, "the address that you stated stands in it: %s",
            s->address);
    else if (s && s->address.n)
        set(r, LAW_FACT_POSTAL_ADDRESS, 0, "the address that you stated does not stand in it: %s",
            s->address);
    else if (hit.answer == POSTAL_FOUND)
        set(r, LAW_FACT_POSTAL_ADDRESS, 1, "this looks like one: %s", hit.text);
    else if (hit.answer == POSTAL_WEAK)
        set(r, LAW_FACT_POSTAL_ADDRESS, LAW_UNKNOWN, "this may be part of one: %s", hit.text);
    else if (r->has_images)
        set(r, LAW_FACT_POSTAL_ADDRESS, LAW_UNKNOWN, "none in the text; the images were not read",
            (struct slice){0});
    else
        set(r, LAW_FACT_POSTAL_ADDRESS, 0, "nothing in the text looks like one", (struct slice){0});
    if (page)
        set(r, LAW_FACT_POSTAL_LINK, 1, "a link to a page that names the sender: %s",
            page->url.whole);
    else if (r->m->n_links == 0)
        set(r, LAW_FACT_POSTAL_LINK, 0, "there are no links", (struct slice){0});
    if (page || (hit.answer == POSTAL_FOUND && r->out->of[LAW_FACT_SENDER_NAMED].value == 1))
        set(r, LAW_FACT_IMPRINT, 1, "%s", page ? page->url.whole : hit.text);
}

/* ---- contact ---- */

/* A telephone number: a plus or zero and at least eight digits with the usual signs between. */
static struct slice telephone(struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        if ((s.p[i] != '+' && s.p[i] != '0' && s.p[i] != '(') || (i && ascii_is_alnum(s.p[i - 1])))
            continue;
        size_t j = i, digits = 0;
        for (; j < s.n && j < i + 24 && (ascii_is_digit(s.p[j]) || strchr("+-() ./", s.p[j])); j++)
            digits += s.p[j] != '\0' && ascii_is_digit(s.p[j]);
        if (digits >= 8 && digits <= 15)
            return slice_trim(slice_of(s.p + i, j - i));
        i = j > i ? j - 1 : i;
    }
    return (struct slice){0};
}

/* The first "word@host.tld" of a text. */
static struct slice mail_address(struct slice s)
{
    for (size_t at = 0; at < s.n; at++) {
        if (s.p[at] != '@')
            continue;
        size_t from = at, end = at + 1, dots = 0;
        while (from > 0 && (ascii_is_alnum(s.p[from - 1]) || strchr("._+-", s.p[from - 1])))
            from--;
        while (end < s.n && (ascii_is_alnum(s.p[end]) || s.p[end] == '-' || s.p[end] == '.'))
            dots += s.p[end++] == '.';
        if (from < at && end > at + 3 && dots)
            return slice_of(s.p + from, end - from);
    }
    return (struct slice){0};
}

static bool is_noreply(const struct address *a)
{
    static const char *const words[] = {"noreply",      "no-reply",        "no_reply", "donotreply",
                                        "do-not-reply", "nicht-antworten", NULL};
    return a && holds_any(a->local, words);
}

static const struct address *answers_to(const struct message *m)
{
    return m->reply_to ? m->reply_to : m->from;
}

static void contact(struct look *r)
{
    struct slice phone = telephone(r->text), mail = mail_address(r->text);
    const struct address *to = answers_to(r->m);
    if (mail.n)
        set(r, LAW_FACT_CONTACT, 1, "an address in the text: %s", mail);
    else if (phone.n)
        set(r, LAW_FACT_CONTACT, 1, "a telephone number in the text: %s", phone);
    else if (to && to->domain.n && !is_noreply(to))
        set(r, LAW_FACT_CONTACT, 1, "answers go to an address at %s", to->domain);
    else if (legal_page(r))
        set(r, LAW_FACT_CONTACT, 1, "a page to reach the sender: %s", legal_page(r)->url.whole);
    else
        set(r, LAW_FACT_CONTACT, 0, "no address, no telephone, and nobody reads the answers",
            (struct slice){0});
}

/* ---- the way out ---- */

static const char *const LEAVE_PATHS[] = {
    "unsub",     "optout",    "opt-out",     "opt_out",    "abmeld",      "abbestell",
    "austragen", "desinscri", "desabonn",    "desuscri",   "cancelar",    "baja",
    "disiscriv", "cancella",  "afmeld",      "uitschrijv", "avregistrer", "avmeld",
    "wypisz",    "odhlas",    "leiratkoz",   "dezabon",    "odjav",       "preferences",
    "otpis",     "remove",    "list-manage", "signoff",    NULL};

static bool leads_out(struct look *r, const struct link *l)
{
    if (l->from == LINK_IMAGE || l->is_hidden)
        return false;
    if (holds_any(l->url.path, LEAVE_PATHS) || holds_any(l->url.query, LEAVE_PATHS) ||
        slice_istarts(l->url.host, SLICE("unsub")))
        return true;
    struct word_hits h;
    if (l->shown.n == 0)
        return false;
    words_find(r->in->arena, l->shown, 300, &h);
    return words_count(&h, WORD_LEAVE) > 0;
}

static const struct link *way_out(struct look *r)
{
    for (const struct link *l = r->m->links; l; l = l->next)
        if ((is_web(l) || slice_eq(l->url.scheme, SLICE("mailto"))) && leads_out(r, l))
            return l;
    return NULL;
}

static bool knows_language(const struct look *r)
{
    return r->out->language.language >= 0 || r->out->language.second >= 0;
}

static void leave(struct look *r)
{
    const struct link *l = way_out(r);
    bool has_words = words_count(&r->words, WORD_LEAVE) > 0;
    struct slice mail = mail_address(r->text);
    const struct address *to = answers_to(r->m);
    bool by_answer = has_words && (mail.n || (to && to->domain.n && !is_noreply(to)));
    r->out->leave_language = has_words ? (int)r->words.first_language[WORD_LEAVE] : -1;
    if (l)
        set(r, LAW_FACT_UNSUBSCRIBE, 1, "a link leads out: %s",
            l->url.whole.n ? l->url.whole : l->url.raw);
    else if (by_answer)
        set(r, LAW_FACT_UNSUBSCRIBE, 1, "the text says how: %s", r->words.first[WORD_LEAVE]);
    else if (has_words)
        set(r, LAW_FACT_UNSUBSCRIBE, LAW_UNKNOWN,
            "the words are there, but no link and no address: %s", r->words.first[WORD_LEAVE]);
    else if (!knows_language(r) || (r->has_images && r->text.n < 200))
        set(r, LAW_FACT_UNSUBSCRIBE, LAW_UNKNOWN,
            "none was seen, but the text is too short or its language not known",
            (struct slice){0});
    else
        set(r, LAW_FACT_UNSUBSCRIBE, 0, "neither link nor words for it in the text",
            (struct slice){0});
    if (!l && !by_answer)
        return;
    set(r, LAW_FACT_UNSUBSCRIBE_FREE, 1, "a link or a mail costs no more than sending it",
        (struct slice){0});
    set(r, LAW_FACT_UNSUBSCRIBE_ELECTRONIC, 1, "by %s", l ? SLICE("link") : SLICE("mail"));
    if (by_answer || (l && slice_eq(l->url.scheme, SLICE("mailto"))))
        set(r, LAW_FACT_UNSUBSCRIBE_SAME_MEDIUM, 1, "by mail", (struct slice){0});
}

/* ---- header fields for machines (RFC 2369, RFC 8058) ---- */

static void list_fields(struct look *r)
{
    const struct header *h = header_find(&r->m->headers, "List-Unsubscribe", NULL);
    const struct header *post = header_find(&r->m->headers, "List-Unsubscribe-Post", NULL);
    bool has_https = h && slice_ifind(h->value, SLICE("<https://")) != SIZE_MAX;
    bool has_mail = h && slice_ifind(h->value, SLICE("<mailto:")) != SIZE_MAX;
    bool is_post = post && slice_ieq(slice_trim(post->value), SLICE("List-Unsubscribe=One-Click"));
    set(r, LAW_FACT_LIST_UNSUBSCRIBE, has_https,
        has_https ? "%s"
        : h       ? "without an https address: %s"
                  : "the field List-Unsubscribe is missing",
        h ? h->value : (struct slice){0});
    set(r, LAW_FACT_LIST_UNSUBSCRIBE_POST, is_post,
        post ? "%s" : "the field List-Unsubscribe-Post is missing",
        post ? post->value : (struct slice){0});
    if (has_https && is_post)
        set(r, LAW_FACT_ONE_CLICK, 1, "both fields of RFC 8058 are there", (struct slice){0});
    if (has_mail && r->out->of[LAW_FACT_UNSUBSCRIBE_SAME_MEDIUM].value != 1 &&
        r->out->of[LAW_FACT_UNSUBSCRIBE].value == 1)
        set(r, LAW_FACT_UNSUBSCRIBE_SAME_MEDIUM, 1, "by mail, as List-Unsubscribe says",
            (struct slice){0});
}

/* ---- truth ---- */

static bool is_answer(const struct message *m)
{
    return header_find(&m->headers, "In-Reply-To", NULL) ||
           header_find(&m->headers, "References", NULL);
}

static void truth(struct look *r)
{
    static const char *const marks[] = {
        "re:",  "aw:", "sv:", "vs:", "ref:", "antw:", "odp:", "ynt:",
        "fwd:", "fw:", "wg:", "tr:", "rv:",  "vb:",   "vl:",  NULL};
    struct slice s = slice_trim(r->m->subject);
    const struct address *from = r->m->from, *to = r->m->reply_to;
    for (size_t i = 0; marks[i]; i++) {
        if (!slice_istarts(s, slice_str(marks[i])) || is_answer(r->m))
            continue;
        odd(r, "the subject pretends to be an answer or forwarded: %s", s);
        if (r->in->is_mailing)
            set(r, LAW_FACT_SUBJECT_TRUE, 0, "it pretends to be an answer or forwarded: %s", s);
        break;
    }
    if (s.n == 0)
        odd(r, "the subject is empty", s);
    if (from == NULL || from->domain.n == 0 || slice_chr(from->domain, '.') == SIZE_MAX)
        set(r, LAW_FACT_HEADER_TRUE, 0, "From holds no address that can exist: %s",
            from ? from->domain : (struct slice){0});
    if (from && to && from->domain.n && to->domain.n &&
        !slice_ieq(url_org_domain(r->in->arena, from->domain),
                   url_org_domain(r->in->arena, to->domain)))
        odd(r, "answers go to another organisation than From: %s", to->domain);
}

/* ---- authentication ---- */

static bool covers(struct slice list, const char *name)
{
    struct slice one;
    while (slice_split(&list, ':', &one))
        if (slice_ieq(slice_trim(one), slice_str(name)))
            return true;
    return false;
}

static void authentication(struct look *r)
{
    static const char unsigned_yet[] =
        "the file carries no signature; your mail server may add one";
    const struct auth_result *a = r->in->auth;
    if (header_find(&r->m->headers, "DKIM-Signature", NULL) == NULL)
        set(r, LAW_FACT_DKIM, LAW_UNKNOWN, unsigned_yet, (struct slice){0});
    if (a == NULL || !a->is_done)
        return;
    bool passed = false, covered = false, open = false;
    for (const struct dkim_result *d = a->dkim.first; d; d = d->next) {
        open |= d->is_incomplete;
        if (d->value != AUTH_PASS)
            continue;
        passed = true;
        covered |= covers(d->headers, "List-Unsubscribe") &&
                   covers(d->headers, "List-Unsubscribe-Post");
        set(r, LAW_FACT_DKIM, 1, "signed by %s", d->domain);
    }
    if (!passed && !open && a->dkim.first)
        set(r, LAW_FACT_DKIM, 0, "no signature verifies; the first is by %s",
            a->dkim.first->domain);
    if (passed || (a->dkim.first && !open))
        set(r, LAW_FACT_DKIM_COVERS_UNSUBSCRIBE, covered, "by the list of signed fields",
            (struct slice){0});
    if (a->has_spf && a->spf_mail_from.value != AUTH_TEMPERROR)
        set(r, LAW_FACT_SPF, a->spf_mail_from.value == AUTH_PASS, "SPF says %s",
            slice_str(auth_value_name(a->spf_mail_from.value)));
    if (a->dmarc.value == AUTH_PASS) {
        set(r, LAW_FACT_DMARC, 1, "aligned with %s", a->dmarc.domains->from);
        if (r->out->of[LAW_FACT_HEADER_TRUE].value != 0)
            set(r, LAW_FACT_HEADER_TRUE, 1, "DMARC proves the From domain %s",
                a->dmarc.domains->from);
    } else if (a->dmarc.value == AUTH_FAIL && a->dkim.first && !a->is_incomplete) {
        set(r, LAW_FACT_DMARC, 0, "%s", slice_str(a->dmarc.reason ? a->dmarc.reason : "it fails"));
    }
}

/* ---- what for ---- */

static bool is_price_sign(struct slice s)
{
    static const char *const signs[] = {
        "€",   "$",   "£",   "¥",   "₽", "₹",   "₩",  "₺",  "₪",   "₫",   "฿",   "₦",   "EUR",
        "USD", "CHF", "ZAR", "PLN", "zł",  "Kč",  "kr", "R$", "GBP", "CAD", "AUD", "KES", "KSh",
        "руб", "грн", "円",  "元",  "원",  "บาท", "R ", "Rp", "RM",  "%",   "% "};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (slice_starts(s, slice_str(signs[i])) || slice_ends(s, slice_str(signs[i])))
            return true;
    return false;
}

/* Numbers with a sign of money or a percent sign in front or behind. */
static unsigned count_prices(struct slice s)
{
    unsigned n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (!ascii_is_digit(s.p[i]))
            continue;
        size_t from = i;
        while (i < s.n && (ascii_is_digit(s.p[i]) || s.p[i] == '.' || s.p[i] == ','))
            i++;
        size_t before = from && s.p[from - 1] == ' ' ? from - 1 : from;
        struct slice head = slice_head(s, before), tail = slice_from(s, i);
        if (tail.n && tail.p[0] == ' ')
            tail = slice_from(tail, 1);
        struct slice last = slice_from(head, head.n > 4 ? head.n - 4 : 0);
        n += is_price_sign(slice_head(tail, 4)) || (last.n && is_price_sign(last));
    }
    return n;
}

static void purpose(struct look *r)
{
    struct message_facts *o = r->out;
    int en = words_language_of(SLICE("en")),
        own = o->language.language >= 0 ? o->language.language : o->language.second;
    o->sell_words = r->words.n[WORD_SELL][en];
    if (own >= 0 && own != en)
        o->sell_words += r->words.n[WORD_SELL][own];
    o->prices = count_prices(slice_head(r->text, TEXT_MOST)) + count_prices(r->m->subject);
    bool is_marked = words_count(&r->head_words, WORD_ADVERT) > 0;
    if (is_marked && own >= 0 &&
        (r->head_words.n[WORD_ADVERT][own] || r->head_words.n[WORD_ADVERT][en]))
        set(r, LAW_FACT_ADVERT_MARKED, 1, "it says so at the start: %s",
            r->head_words.first[WORD_ADVERT]);
    else if (own >= 0 && (r->words.n[WORD_ADVERT][own] || r->words.n[WORD_ADVERT][en]))
        set(r, LAW_FACT_ADVERT_MARKED, LAW_UNKNOWN, "it says so, but not at the start: %s",
            r->words.first[WORD_ADVERT]);
    if (own >= 0 && (r->words.n[WORD_ADVERT][own] || r->words.n[WORD_ADVERT][en]))
        set(r, LAW_FACT_MARKETING_STATED, 1, "%s", r->words.first[WORD_ADVERT]);
    if (o->sell_words + o->prices >= 3 || (o->sell_words && o->prices))
        set(r, LAW_FACT_PURPOSE, LAW_COMMERCIAL, "it sells: words like \"%s\", prices, discounts",
            r->words.first[WORD_SELL]);
}

static void tracking(struct look *r)
{
    unsigned pixels = 0;
    for (size_t i = 0; i < r->m->n_parts; i++)
        if (r->m->parts[i]->html)
            pixels += r->m->parts[i]->html->tracking_pixels;
    set(r, LAW_FACT_TRACKING, pixels > 0,
        pixels ? "an image of at most 2x2 pixels is fetched when it is opened" : "none was seen",
        (struct slice){0});
}

void message_facts_read(const struct message_facts_in *in, struct message_facts *out)
{
    struct look r = {.in = in, .out = out, .m = in->m, .text = slice_head(in->m->text, TEXT_MOST)};
    *out = (struct message_facts){
        .mail_class = in->mail_class, .probability = in->probability, .leave_language = -1};
    for (int i = 0; i < LAW_FACTS; i++)
        out->of[i].value = LAW_UNKNOWN;
    out->subject = unicode_nfc(in->arena, in->m->subject);
    out->body = unicode_nfc(in->arena, r.text);
    words_find(in->arena, r.text, TEXT_MOST, &r.words);
    struct slice head = arena_printf(in->arena, "%.*s\n%.*s", SLICE_ARG(in->m->subject),
                                     SLICE_ARG(slice_head(r.text, HEAD_BYTES)));
    words_find(in->arena, head, head.n, &r.head_words);
    words_guess(r.text, &r.words, &out->language);
    r.has_images = images_with_text(in->m);
    set(&r, LAW_FACT_MEDIUM, LAW_EMAIL, "it is a mail", (struct slice){0});
    if (out->language.language >= 0) {
        struct slice code = slice_str(words_language((unsigned)out->language.language));
        set(&r, LAW_FACT_LANGUAGE, law_code(code), "by its words and script: %s", code);
    }
    who(&r);
    own_domain(&r);
    where(&r);
    contact(&r);
    leave(&r);
    list_fields(&r);
    truth(&r);
    authentication(&r);
    purpose(&r);
    tracking(&r);
}

void message_facts_into(const struct message_facts *mf, struct law_facts *f)
{
    for (int i = 0; i < LAW_FACTS; i++)
        if (f->v[i] == LAW_UNKNOWN)
            f->v[i] = mf->of[i].value;
    f->subject = mf->subject;
    f->body = mf->body;
    if (f->subject.p == NULL)
        f->subject.p = "";
    if (f->body.p == NULL)
        f->body.p = "";
}

const char *country_languages(struct slice country)
{
    static const char *const rows[] = {
        "AE ar en", "AR es",    "AT de",          "AU en",    "BD bn",       "BE nl fr de",
        "BG bg",    "BR pt",    "BW en",          "CA en fr", "CH de fr it", "CI fr",
        "CL es",    "CN zh",    "CO es",          "CR es",    "CY el",       "CZ cs",
        "DE de",    "DK da",    "DO es",          "DZ ar fr", "EC es",       "EE et",
        "EG ar",    "ES es",    "ET am",          "FI fi sv", "FR fr",       "GB en",
        "GE ka",    "GH en",    "GR el",          "HK zh en", "HR hr",       "HU hu",
        "ID id",    "IE en",    "IL he",          "IN hi en", "IS is",       "IT it",
        "JM en",    "JP ja",    "KE sw en",       "KR ko",    "KZ kk ru",    "LK si ta en",
        "LT lt",    "LU fr de", "LV lv",          "MA ar fr", "MT en",       "MU fr en",
        "MW en",    "MX es",    "MY ms en",       "NG en",    "NL nl",       "NO nb",
        "NZ en",    "PE es",    "PG en",          "PH tl en", "PK ur en",    "PL pl",
        "PT pt",    "QA ar",    "RO ro",          "RS sr",    "RU ru",       "RW en fr sw",
        "SA ar",    "SE sv",    "SG en zh ms ta", "SI sl",    "SK sk",       "SN fr",
        "TH th",    "TN ar fr", "TR tr",          "TT en",    "TW zh",       "TZ sw en",
        "UA uk",    "UG en sw", "US en es",       "VN vi",    "ZA en af zu", "ZM en"};
    for (size_t i = 0; country.n == 2 && i < sizeof rows / sizeof *rows; i++)
        if (slice_istarts(slice_str(rows[i]), country))
            return rows[i] + 3;
    return "";
}
