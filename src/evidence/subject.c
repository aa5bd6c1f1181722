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
    if (has_emoji(s))
        check_hit(e, CHECK_subject_emoji, none);
    if (is_shouting(s))
        check_hit(e, CHECK_subject_shouts, none);
    if (slice_find(s, SLICE("!!")) != SIZE_MAX || slice_find(s, SLICE("$$")) != SIZE_MAX)
        check_hit(e, CHECK_subject_exclaims, none);
    if (names_recipient(e))
        check_hit(e, CHECK_subject_names_recipient, none);
    if (is_fake_answer(e))
        check_hit(e, CHECK_subject_fake_answer, none);
    const struct brand *b = brands_named(e->rules->brands, e->subject);
    if (b && b != e->from_brand && !e->is_list && !brand_owns(b, e->from_domain))
        check_hit(e, CHECK_subject_brand, b->name);
}
