/* Tricks with the subject. */
#include "evidence/families.h"

#include "base/utf8.h"
#include "evidence/rules.h"

static bool has_emoji(struct slice s)
{
    while (s.n) {
        if ((unsigned char)s.p[0] < 0xE2) {
            s = slice_from(s, 1);
            continue;
        }
        uint32_t c = utf8_next(&s, NULL);
        if (c >= 0x1F300 && c <= 0x1FAFF)
            return true;
    }
    return false;
}

static bool is_shouting(struct slice s)
{
    size_t upper = 0, lower = 0;
    for (size_t i = 0; i < s.n; i++) {
        upper += s.p[i] >= 'A' && s.p[i] <= 'Z';
        lower += s.p[i] >= 'a' && s.p[i] <= 'z';
    }
    return upper >= 10 && lower * 10 < upper;
}

/* The recipient's address, or its local part when that is no everyday word. */
static bool names_recipient(const struct evidence *e)
{
    if (e->rcpt.n < 6)
        return false;
    return slice_ifind(e->m->subject, e->rcpt) != SIZE_MAX;
}

static bool is_word_at(struct slice s, size_t at, size_t n)
{
    bool begins = at == 0 || !ascii_is_alnum(s.p[at - 1]);
    bool ends = at + n == s.n || (!ascii_is_alnum(s.p[at + n]) && s.p[at + n] != '@');
    return begins && ends;
}

static bool is_role(struct slice local)
{
    static const char *const roles[] = {"info",   "sales",   "support", "office", "admin",
                                        "news",   "contact", "mail",    "test",   "hello",
                                        "orders", "jobs",    "service", "invoice"};
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (slice_ieq(local, slice_str(roles[i])))
            return true;
    return false;
}

static bool is_letters(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!ascii_is_alpha(s.p[i]))
            return false;
    return true;
}

/* "Hey hjk12, 80 % off": who knows nobody's name takes the mailbox's. */
static struct slice mailbox_named(const struct evidence *e)
{
    struct slice none = {0}, s = e->m->subject;
    size_t at = slice_chr(e->rcpt, '@');
    struct slice local = slice_head(e->rcpt, at == SIZE_MAX ? 0 : at);
    if (local.n < 4 || e->is_list || e->is_answer || is_role(local))
        return none;
    for (const struct address *to = e->m->to; to; to = to->next)
        if (slice_ifind(to->display, local) != SIZE_MAX)
            return none;
    at = slice_ifind(s, local);
    return at != SIZE_MAX && is_word_at(s, at, local.n) ? local : none;
}

/* Letters of mathematics and in circles or squares: to people letters, to filters none. */
static bool is_fancy(struct slice s)
{
    size_t n = 0;
    while (s.n) {
        if ((unsigned char)s.p[0] < 0xE2) {
            s = slice_from(s, 1);
            continue;
        }
        uint32_t c = utf8_next(&s, NULL);
        n += (c >= 0x1D400 && c <= 0x1D7FF) || (c >= 0x24B6 && c <= 0x24E9) ||
             (c >= 0x1F110 && c <= 0x1F189);
    }
    return n >= 5;
}

static bool is_fake_answer(const struct evidence *e)
{
    static const char *const marks[] = {"re:", "fw:", "fwd:", "aw:", "wg:", "sv:", "rv:"};
    if (e->is_answer || e->is_list)
        return false;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (slice_istarts(e->m->subject, slice_str(marks[i])))
            return true;
    return false;
}

void family_subject(struct evidence *e)
{
    struct slice s = e->m->subject, none = {0}, first = {0};
    if (s.n == 0) {
        if (!header_find(&e->m->headers, "Subject", NULL))
            check_hit(e, CHECK_subject_missing, none);
        return;
    }
    if (mixed_words(s, 1024, &first))
        check_hit(e, CHECK_subject_mixed, first);
    else if (invisible_characters(s, 1024))
        check_hit(e, CHECK_subject_invisible, none);
    bool is_ascii = utf8_is_ascii(s);
    if ((!is_ascii && is_fancy(s)) || is_fancy(e->shown_name))
        check_hit(e, CHECK_subject_fancy, none);
    if (!is_ascii && has_emoji(s))
        check_hit(e, CHECK_subject_emoji, none);
    if (is_shouting(s))
        check_hit(e, CHECK_subject_shouts, none);
    if (slice_find(s, SLICE("!!")) != SIZE_MAX || slice_find(s, SLICE("$$")) != SIZE_MAX)
        check_hit(e, CHECK_subject_exclaims, none);
    if (names_recipient(e))
        check_hit(e, CHECK_subject_names_recipient, none);
    else if ((first = mailbox_named(e)).n)
        check_hit_scaled(e, CHECK_subject_names_mailbox, first, is_letters(first) ? 0.6 : 1.0,
                         NULL);
    if (is_fake_answer(e))
        check_hit(e, CHECK_subject_fake_answer, none);
    const struct brand *b = brands_named(e->rules->brands, e->subject);
    if (b && b != e->from_brand && !e->is_list && !brand_owns(b, e->from_domain))
        check_hit(e, CHECK_subject_brand, b->name);
}
