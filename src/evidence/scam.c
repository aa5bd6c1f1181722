/* What is asked for and in which tone, in many languages (rules/phrases). One topic alone says
 * little; topics that belong together, with a way to answer them, say much. Honest mail of
 * banks, shops and parcel services speaks of the same things, so most pairs ask besides for a
 * link that leads away from the sender. */
#include "evidence/families.h"

#include "base/bytemask.h"
#include "evidence/rules.h"

#define LOOK_BYTES 16384
#define COIN_MIN   26 /* characters of the shortest address */

static bool has(const struct evidence *e, enum phrase_topic t)
{
    return e->phrases->n[t] != 0;
}

/* Who warns of fraud, or reports it, quotes it. That he does is easily claimed, so it takes several
 * such phrases, and no link that leads away. */
static bool is_warning(const struct evidence *e)
{
    return e->phrases->n[TOPIC_WARNING] >= 2 && e->n_foreign == 0;
}

static void topic(struct evidence *e, enum phrase_topic t, enum check_id id)
{
    double factor = e->phrases->n[t] > 1 ? 1.0 : 0.6;
    if (has(e, t))
        check_hit_scaled(e, id, e->phrases->first[t], is_warning(e) ? factor * 0.4 : factor, NULL);
}

static bool is_base58(char c)
{
    return ascii_is_alnum(c) && c != '0' && c != 'O' && c != 'I' && c != 'l';
}

/* A word that has the shape of a payment address of Bitcoin, Ethereum or Tron. */
static bool is_coin_address(struct slice w)
{
    size_t digits = 0;
    for (size_t i = 0; i < w.n; i++)
        digits += ascii_is_digit(w.p[i]);
    if (digits < 3 || digits == w.n)
        return false;
    if (slice_starts(w, SLICE("bc1")))
        return w.n >= 39 && w.n <= 62;
    if (slice_starts(w, SLICE("0x")) && w.n == 42) {
        for (size_t i = 2; i < w.n; i++)
            if (ascii_hex(w.p[i]) < 0)
                return false;
        return true;
    }
    bool is_old = (w.p[0] == '1' || w.p[0] == '3') && w.n >= 26 && w.n <= 35;
    if (!is_old && !(w.p[0] == 'T' && w.n == 34))
        return false;
    bool upper = false, lower = false;
    for (size_t i = 0; i < w.n; i++) {
        if (!is_base58(w.p[i]))
            return false;
        upper |= w.p[i] >= 'A' && w.p[i] <= 'Z';
        lower |= w.p[i] >= 'a' && w.p[i] <= 'z';
    }
    return upper && lower;
}

static uint64_t alnum_of(struct slice s)
{
    struct bytes64 b = bytes64_load(s);
    return bytes64_letters(&b) | bytes64_digits(&b);
}

/* Where, at or after i, COIN_MIN letters and digits or more begin in a row; SIZE_MAX: nowhere. */
static size_t next_long_word(struct slice text, size_t i)
{
    size_t open = 0; /* letters and digits right before the block */
    for (; i < text.n; i += BYTES64) {
        uint64_t mask = alnum_of(slice_from(text, i));
        size_t head = mask == UINT64_MAX ? BYTES64 : bitmask_first(~mask);
        if (open + head >= COIN_MIN)
            return i - open;
        uint64_t of16 = mask & mask >> 1; /* where a row of 2 begins, of 4, of 8, of 16 */
        of16 &= of16 >> 2;
        of16 &= of16 >> 4;
        of16 &= of16 >> 8;
        uint64_t rows = of16 & of16 >> (COIN_MIN - 16);
        if (rows)
            return i + bitmask_first(rows);
        open = (unsigned)__builtin_clzll(~mask); /* the block is not full: its head was shorter */
    }
    return SIZE_MAX;
}

static struct slice coin_address(struct slice text)
{
    text = slice_head(text, LOOK_BYTES);
    for (size_t start, i = 0; (start = next_long_word(text, i)) != SIZE_MAX;) {
        for (i = start; i < text.n && ascii_is_alnum(text.p[i]);)
            i++;
        struct slice w = slice_of(text.p + start, i - start);
        if (w.n <= 62 && is_coin_address(w))
            return w;
    }
    return (struct slice){0};
}

/* "10,500,000", "USD 4.5 Million": digits in groups of three, twice or more. */
static bool has_big_amount(struct slice text)
{
    text = slice_head(text, LOOK_BYTES);
    for (size_t i = 0; i + 8 < text.n; i++) {
        size_t groups = 0, k = i;
        if (!ascii_is_digit(text.p[i]) || (i && ascii_is_alnum(text.p[i - 1])))
            continue;
        while (k < text.n && ascii_is_digit(text.p[k]))
            k++;
        size_t head = k - i;
        while (head <= 3 && k + 3 < text.n && (text.p[k] == ',' || text.p[k] == '.') &&
               ascii_is_digit(text.p[k + 1]) && ascii_is_digit(text.p[k + 2]) &&
               ascii_is_digit(text.p[k + 3])) {
            groups++;
            k += 4;
        }
        if (groups >= 2 && !(k < text.n && ascii_is_digit(text.p[k])))
            return true;
        i = k;
    }
    return false;
}

static void single_topics(struct evidence *e)
{
    topic(e, TOPIC_URGENCY, CHECK_says_urgent);
    topic(e, TOPIC_ACCOUNT, CHECK_says_account);
    topic(e, TOPIC_CREDENTIALS, CHECK_says_credentials);
    topic(e, TOPIC_PARCEL, CHECK_says_parcel);
    topic(e, TOPIC_SEED, CHECK_says_seed);
    topic(e, TOPIC_GIFT_CARD, CHECK_says_gift_card);
    topic(e, TOPIC_BANK_CHANGE, CHECK_says_bank_change);
    topic(e, TOPIC_LOTTERY, CHECK_says_won);
    topic(e, TOPIC_CRYPTO, CHECK_says_coins);
    topic(e, TOPIC_STORAGE, CHECK_says_full);
    topic(e, TOPIC_DOCUMENT, CHECK_says_document);
    topic(e, TOPIC_DATING, CHECK_says_dating);
    topic(e, TOPIC_MIRACLE, CHECK_says_miracle);
    topic(e, TOPIC_LOAN, CHECK_says_loan);
    topic(e, TOPIC_SHARES, CHECK_says_shares);
    topic(e, TOPIC_CASINO, CHECK_says_casino);
    topic(e, TOPIC_COPIES, CHECK_says_copies);
    topic(e, TOPIC_OUTREACH, CHECK_says_outreach);
}

/* Topics that together want a click, and the link for it. Whoever rents a domain for his lure links
 * to himself, as honest mail does: that counts less, and once. */
static void with_link(struct evidence *e, enum check_id id, enum phrase_topic shown, bool *presses)
{
    if (!e->n_web || e->is_list || is_warning(e))
        return;
    if (e->n_foreign)
        check_hit(e, id, e->phrases->first[shown]);
    else if (!*presses)
        check_hit(e, CHECK_scam_click, e->phrases->first[shown]);
    *presses = true;
}

static void pairs_with_links(struct evidence *e)
{
    const struct phrase_hits *p = e->phrases;
    bool presses = false;
    if (has(e, TOPIC_ACCOUNT) && (has(e, TOPIC_URGENCY) || has(e, TOPIC_CREDENTIALS)))
        with_link(e, CHECK_scam_account, TOPIC_ACCOUNT, &presses);
    if (has(e, TOPIC_PARCEL) && has(e, TOPIC_FEE))
        with_link(e, CHECK_scam_parcel_fee, TOPIC_FEE, &presses);
    if (has(e, TOPIC_STORAGE) && (has(e, TOPIC_URGENCY) || has(e, TOPIC_ACCOUNT)))
        with_link(e, CHECK_scam_storage, TOPIC_STORAGE, &presses);
    if (has(e, TOPIC_LOTTERY) && (has(e, TOPIC_URGENCY) || p->n[TOPIC_LOTTERY] >= 3))
        with_link(e, CHECK_scam_prize, TOPIC_LOTTERY, &presses);
    if (has(e, TOPIC_DOCUMENT) && has(e, TOPIC_CREDENTIALS))
        with_link(e, CHECK_scam_click, TOPIC_DOCUMENT, &presses);
    bool is_lure = has(e, TOPIC_ACCOUNT) || has(e, TOPIC_URGENCY) || has(e, TOPIC_LOTTERY);
    if (e->from_brand && !brand_owns(e->from_brand, e->from_domain) && e->n_foreign &&
        !e->is_list && is_lure)
        check_hit(e, CHECK_scam_brand, e->from_brand->name);
}

/* Nine digits or more with the marks of a telephone number between them. */
static bool has_phone(struct slice text)
{
    size_t digits = 0, gap = 0;
    text = slice_head(text, LOOK_BYTES / 4);
    for (size_t i = 0; i < text.n && digits < 9; i++) {
        bool is_mark = slice_chr(SLICE(" -().+"), text.p[i]) != SIZE_MAX;
        if (ascii_is_digit(text.p[i])) {
            digits++;
            gap = 0;
        } else if (!is_mark || ++gap > 3) {
            digits = 0;
        }
    }
    return digits >= 9;
}

static void pairs_without_links(struct evidence *e)
{
    struct slice none = {0};
    const struct phrase_hits *p = e->phrases;
    bool is_talk = e->is_list || e->is_answer; /* people talk about scams, too */
    uint32_t advance = is_talk ? 0 : p->n[TOPIC_ADVANCE];
    if (advance >= 5 || (advance >= 3 && has_big_amount(e->m->text)))
        check_hit_scaled(e, CHECK_scam_advance, p->first[TOPIC_ADVANCE], advance >= 6 ? 1.0 : 0.7,
                         NULL);
    if (!is_talk && p->n[TOPIC_SEXTORTION] >= 3)
        check_hit(e, CHECK_scam_sextortion, p->first[TOPIC_SEXTORTION]);
    struct slice coin = is_talk ? none : coin_address(e->m->text);
    if (coin.n)
        check_hit(e, CHECK_scam_coin_address, coin);
    bool promises = has(e, TOPIC_LOTTERY) || has(e, TOPIC_LOAN) || has(e, TOPIC_CRYPTO) ||
                    has(e, TOPIC_SHARES) || has(e, TOPIC_ADVANCE) || has(e, TOPIC_DATING);
    if (!is_talk && !is_warning(e) && promises && has(e, TOPIC_FEE))
        check_hit(e, CHECK_scam_fee_first, p->first[TOPIC_FEE]);
    if (!is_talk && p->n[TOPIC_CALLBACK] >= 2 && e->n_web <= 1 && !is_warning(e) &&
        has_phone(e->m->text))
        check_hit(e, CHECK_scam_callback, p->first[TOPIC_CALLBACK]);
}

static bool holds_code(struct slice text)
{
    size_t run = 0;
    text = slice_head(text, 2048);
    for (size_t i = 0; i <= text.n; i++) {
        bool is_digit = i < text.n && ascii_is_digit(text.p[i]);
        if (!is_digit && run >= 4 && run <= 8)
            return true;
        run = is_digit ? run + 1 : 0;
    }
    return false;
}

/* Mail that people wait for: a short text with a code of 4 to 8 digits and little else. */
static void looks_like_code(struct evidence *e)
{
    bool is_calm = !has(e, TOPIC_CREDENTIALS) && !has(e, TOPIC_LOTTERY) && !e->from_brand;
    if (has(e, TOPIC_CODE) && e->m->text.n < 2500 && is_calm && e->n_web <= 3 &&
        holds_code(e->m->text))
        check_hit(e, CHECK_transaction_code, e->phrases->first[TOPIC_CODE]);
    else if (has(e, TOPIC_ORDER) && is_calm && !has(e, TOPIC_URGENCY))
        check_hit(e, CHECK_transaction_order, e->phrases->first[TOPIC_ORDER]);
}

void family_scam(struct evidence *e)
{
    single_topics(e);
    pairs_with_links(e);
    pairs_without_links(e);
    looks_like_code(e);
}
