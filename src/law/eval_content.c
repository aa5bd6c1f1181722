/* Rules of what the message holds: identity, address, label, a way to refuse, truth; and of how
 * the addresses came and when it arrives. */
#include "law/eval_internal.h"

static void unknown_law(struct law_ctx *c, int field)
{
    law_answer(c, LAW_CANT_TELL, LAW_WHY_LAW_UNKNOWN, field, -1);
}

static void by_fact(struct law_ctx *c, bool met, int field, int fact)
{
    law_answer(c, met ? LAW_NO_VIOLATION : LAW_VIOLATION, met ? LAW_WHY_MET : LAW_WHY_BROKEN, field,
               fact);
}

/* A duty that the law asks for (yes), does not ask for (no) or that is not known. */
static void duty(struct law_ctx *c, enum law_field field, enum law_fact fact)
{
    int32_t asked = law_main(c, field), v;
    if (asked == LAW_UNKNOWN)
        unknown_law(c, (int)field);
    else if (asked == 0)
        law_answer(c, LAW_NO_VIOLATION, LAW_WHY_NOT_ASKED, (int)field, -1);
    else if ((v = law_ask(c, fact)) == LAW_UNKNOWN)
        law_answer_missing(c);
    else
        by_fact(c, v == 1, (int)field, (int)fact);
}

static void postal(struct law_ctx *c)
{
    int32_t where = law_main(c, LAW_F_POSTAL), in, link;
    if (where == LAW_UNKNOWN || where == LAW_P_NOT) {
        if (where == LAW_UNKNOWN)
            unknown_law(c, LAW_F_POSTAL);
        else
            law_answer(c, LAW_NO_VIOLATION, LAW_WHY_NOT_ASKED, LAW_F_POSTAL, -1);
        return;
    }
    in = law_ask(c, LAW_FACT_POSTAL_ADDRESS);
    if (in == 1 || (where == LAW_P_IN && in == 0)) {
        by_fact(c, in == 1, LAW_F_POSTAL, LAW_FACT_POSTAL_ADDRESS);
        return;
    }
    link = where == LAW_P_IN ? LAW_UNKNOWN : law_ask(c, LAW_FACT_POSTAL_LINK);
    if (link == 1)
        by_fact(c, true, LAW_F_POSTAL, LAW_FACT_POSTAL_LINK);
    else if (in == LAW_UNKNOWN || link == LAW_UNKNOWN)
        law_answer_missing(c);
    else if (where == LAW_P_SITE) /* the duty is the site's: the message cannot show it */
        law_answer(c, LAW_CANT_TELL, LAW_WHY_MIXED, LAW_F_POSTAL, LAW_FACT_POSTAL_LINK);
    else
        by_fact(c, false, LAW_F_POSTAL, LAW_FACT_POSTAL_ADDRESS);
}

/* ---- the label ---- */

static bool word_byte(char b)
{
    return ascii_is_alnum(b) || (unsigned char)b >= 0x80;
}

/* The token at this place: Latin letters in either case, and not as part of a longer word. */
static bool token_at(struct slice text, size_t at, struct slice token)
{
    struct slice rest = slice_from(text, at);
    bool latin = token.n && ascii_is_alnum(token.p[token.n - 1]);
    if (!slice_istarts(rest, token))
        return false;
    return !(latin && rest.n > token.n && word_byte(rest.p[token.n]));
}

static bool token_in(struct slice text, struct slice token)
{
    bool latin = token.n && ascii_is_alnum(token.p[0]);
    for (size_t i = 0; i + token.n <= text.n; i++)
        if (token_at(text, i, token) && !(latin && i && word_byte(text.p[i - 1])))
            return true;
    return false;
}

static struct slice skip_space(struct slice s)
{
    while (s.n && ascii_is_space(*s.p))
        s = slice_from(s, 1);
    return s;
}

enum law_label law_label_state(const struct law *law, const struct law_facts *f)
{
    const struct law_texts *tokens = &law->l[LAW_F_LABEL_TOKENS];
    int32_t where = law->v[LAW_F_LABEL_POSITION];
    struct slice subject = skip_space(f->subject), body = skip_space(f->body);
    bool place = false;
    if (!f->subject.p || tokens->n == 0)
        return LAW_LABEL_UNREAD;
    if (where == LAW_POS_START && subject.n == 0 && f->body.p)
        subject = body; /* a message without a subject carries it at the start of its text */
    for (uint32_t i = 0; i < tokens->n; i++) {
        struct slice t = tokens->items[i];
        bool in_subject = token_in(subject, t);
        bool in_body = f->body.p && token_in(body, t);
        bool good = where == LAW_POS_START  ? token_at(subject, 0, t)
                    : where == LAW_POS_BODY ? token_at(body, 0, t)
                    : where == LAW_POS_ANY  ? in_subject || in_body
                                            : in_subject;
        if (good)
            return LAW_LABEL_GOOD;
        place |= in_subject || in_body || token_in(subject, slice_trim(t));
    }
    if ((where == LAW_POS_BODY || where == LAW_POS_ANY) && !f->body.p)
        return LAW_LABEL_UNREAD;
    return place ? LAW_LABEL_PLACE : LAW_LABEL_NONE;
}

/* Whether this message must carry the label. */
static enum law_tri label_needed(struct law_ctx *c, int32_t required)
{
    int32_t scope = law_side(c, LAW_F_LABEL_SCOPE), consent, adult = 1;
    if (scope == LAW_SC_ADULT)
        adult = law_ask(c, LAW_FACT_ADULT);
    else if (required != 1)
        return LAW_T_NO;
    if (scope == LAW_SC_ALWAYS || scope == LAW_UNKNOWN)
        return LAW_T_YES;
    consent = law_ask(c, LAW_FACT_CONSENT);
    if (adult == 0 || consent == LAW_BASIS_EXPRESS)
        return LAW_T_NO;
    if (adult == LAW_UNKNOWN || consent == LAW_UNKNOWN)
        return LAW_T_MISSING;
    return consent == LAW_BASIS_NONE || consent >= LAW_BASIS_PUBLISHED ? LAW_T_YES : LAW_T_LAW;
}

static void label(struct law_ctx *c)
{
    int32_t required = law_main(c, LAW_F_LABEL);
    enum law_label state = c->label;
    if (required == LAW_UNKNOWN) {
        unknown_law(c, LAW_F_LABEL);
        return;
    }
    enum law_tri needed = label_needed(c, required);
    if (needed == LAW_T_NO) {
        law_answer(c, LAW_NO_VIOLATION, required ? LAW_WHY_EXCEPTION : LAW_WHY_NOT_ASKED,
                   LAW_F_LABEL, -1);
        return;
    }
    law_side(c, LAW_F_LABEL_POSITION);
    law_side(c, LAW_F_LABEL_TOKENS);
    if (state == LAW_LABEL_UNREAD) {
        int32_t seen = law_ask(c, LAW_FACT_LABEL_SEEN);
        law_set_add(&c->missing, LAW_FACT_LABEL_SEEN); /* "yes" does not say where and how */
        if (seen == 0)
            state = LAW_LABEL_NONE;
    }
    if (state == LAW_LABEL_GOOD)
        law_answer(c, LAW_NO_VIOLATION, LAW_WHY_MET, LAW_F_LABEL_TOKENS, -1);
    else if (needed == LAW_T_MISSING || state == LAW_LABEL_UNREAD)
        law_answer_missing(c);
    else if (needed == LAW_T_LAW)
        law_answer(c, LAW_CANT_TELL, LAW_WHY_MIXED, LAW_F_LABEL_SCOPE, LAW_FACT_CONSENT);
    else
        law_answer(c, LAW_VIOLATION, state == LAW_LABEL_PLACE ? LAW_WHY_PLACE : LAW_WHY_BROKEN,
                   LAW_F_LABEL_TOKENS, -1);
}

/* ---- numbers, sources, hours ---- */

static void works_for(struct law_ctx *c)
{
    int32_t days = law_main(c, LAW_F_UNSUB_DAYS), v;
    if (days == LAW_UNKNOWN)
        unknown_law(c, LAW_F_UNSUB_DAYS);
    else if ((v = law_ask(c, LAW_FACT_UNSUBSCRIBE_DAYS)) == LAW_UNKNOWN)
        law_answer_missing(c);
    else
        by_fact(c, v >= days, LAW_F_UNSUB_DAYS, LAW_FACT_UNSUBSCRIBE_DAYS);
}

static void source_banned(struct law_ctx *c, enum law_field field, int32_t banned)
{
    int32_t asked = law_main(c, field), source;
    if (asked == LAW_UNKNOWN)
        unknown_law(c, (int)field);
    else if (asked == 0)
        law_answer(c, LAW_NO_VIOLATION, LAW_WHY_NOT_ASKED, (int)field, -1);
    else if ((source = law_ask(c, LAW_FACT_ADDRESS_SOURCE)) == LAW_UNKNOWN)
        law_answer_missing(c);
    else
        by_fact(c, source != banned, (int)field, LAW_FACT_ADDRESS_SOURCE);
}

/* Kleene: inside the window of the day; 2 when a fact is missing. */
static int in_window(struct law_ctx *c, int32_t weekday, int *field)
{
    bool saturday = weekday == 5;
    if (weekday == 6) {
        *field = LAW_F_SUNDAY;
        return law_side(c, LAW_F_SUNDAY) != 0;
    }
    *field = saturday ? LAW_F_SATURDAY_FROM : LAW_F_WEEKDAY_FROM;
    int32_t from = law_side(c, saturday ? LAW_F_SATURDAY_FROM : LAW_F_WEEKDAY_FROM);
    int32_t to = law_side(c, saturday ? LAW_F_SATURDAY_TO : LAW_F_WEEKDAY_TO);
    int32_t time = law_ask(c, LAW_FACT_TIME);
    if (time == LAW_UNKNOWN)
        return 2;
    return (from == LAW_UNKNOWN || time >= from) && (to == LAW_UNKNOWN || time <= to);
}

static void hours(struct law_ctx *c)
{
    int field = LAW_F_WEEKDAY_FROM, open = 2;
    int32_t weekday, holiday = 0;
    if (law_main(c, LAW_F_WEEKDAY_FROM) == LAW_UNKNOWN) {
        unknown_law(c, LAW_F_WEEKDAY_FROM);
        return;
    }
    if (c->facts->v[LAW_FACT_MEDIUM] != LAW_EMAIL) { /* other media have hours in words only */
        unknown_law(c, LAW_F_OTHER_WINDOW);
        return;
    }
    weekday = law_ask(c, LAW_FACT_WEEKDAY);
    if (weekday != LAW_UNKNOWN)
        open = in_window(c, weekday, &field);
    else
        law_ask(c, LAW_FACT_TIME);
    if (law_side(c, LAW_F_HOLIDAYS) == 0)
        holiday = law_ask(c, LAW_FACT_HOLIDAY);
    if (open == 0)
        by_fact(c, false, field, LAW_FACT_TIME);
    else if (holiday == 1)
        by_fact(c, false, LAW_F_HOLIDAYS, LAW_FACT_HOLIDAY);
    else if (open == 2 || holiday == LAW_UNKNOWN)
        law_answer_missing(c);
    else
        by_fact(c, true, field, LAW_FACT_TIME);
}

static void frequency(struct law_ctx *c)
{
    int32_t most = law_main(c, LAW_F_PER_DAY), n;
    if (most == LAW_UNKNOWN)
        unknown_law(c, LAW_F_PER_DAY);
    else if ((n = law_ask(c, LAW_FACT_SENDS_TODAY)) == LAW_UNKNOWN)
        law_answer_missing(c);
    else
        by_fact(c, n <= most, LAW_F_PER_DAY, LAW_FACT_SENDS_TODAY);
}

void law_rule_content(struct law_ctx *c, enum law_rule rule)
{
    static const struct {
        int16_t field, fact;
    } duties[LAW_RULE_OWN] = {
        [LAW_RULE_IDENTITY] = {LAW_F_IDENTITY, LAW_FACT_SENDER_NAMED},
        [LAW_RULE_CONTACT] = {LAW_F_CONTACT_REQUIRED, LAW_FACT_CONTACT},
        [LAW_RULE_ADVERTISEMENT] = {LAW_F_ADVERTISEMENT, LAW_FACT_ADVERT_MARKED},
        [LAW_RULE_UNSUBSCRIBE] = {LAW_F_UNSUB, LAW_FACT_UNSUBSCRIBE},
        [LAW_RULE_UNSUBSCRIBE_FREE] = {LAW_F_UNSUB_FREE, LAW_FACT_UNSUBSCRIBE_FREE},
        [LAW_RULE_UNSUBSCRIBE_ELECTRONIC] = {LAW_F_UNSUB_ELECTRONIC,
                                             LAW_FACT_UNSUBSCRIBE_ELECTRONIC},
        [LAW_RULE_UNSUBSCRIBE_MEDIUM] = {LAW_F_UNSUB_MEDIUM, LAW_FACT_UNSUBSCRIBE_SAME_MEDIUM},
        [LAW_RULE_ONE_CLICK] = {LAW_F_ONE_CLICK, LAW_FACT_ONE_CLICK},
        [LAW_RULE_HEADER] = {LAW_F_HEADER, LAW_FACT_HEADER_TRUE},
        [LAW_RULE_SUBJECT] = {LAW_F_SUBJECT, LAW_FACT_SUBJECT_TRUE},
    };
    switch (rule) {
    case LAW_RULE_POSTAL:
        postal(c);
        break;
    case LAW_RULE_LABEL:
        label(c);
        break;
    case LAW_RULE_UNSUBSCRIBE_DAYS:
        works_for(c);
        break;
    case LAW_RULE_HARVESTING:
        source_banned(c, LAW_F_HARVESTED, LAW_SRC_HARVESTED);
        break;
    case LAW_RULE_DICTIONARY:
        source_banned(c, LAW_F_DICTIONARY, LAW_SRC_GENERATED);
        break;
    case LAW_RULE_HOURS:
        hours(c);
        break;
    case LAW_RULE_FREQUENCY:
        frequency(c);
        break;
    default:
        duty(c, (enum law_field)duties[rule].field, (enum law_fact)duties[rule].fact);
    }
}
