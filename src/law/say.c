/* Findings as sentences: what was found, what repairs it, on which text it rests; and results as
 * JSON. The three answers have three words and no others. */
#include "law/profile.h"
#include "base/json.h"
#include "base/lang.h"

static const struct {
    const char *name, *doc, *repair;
} rules[LAW_RULE_OWN] = {
    [LAW_RULE_CONSENT] = {"consent", N_("whether this recipient may be written to"),
                          N_("Leave the recipient out, or get express consent first.")},
    [LAW_RULE_REFUSAL] = {"refusal", N_("nobody is written to who refused"),
                          N_("Take the recipient off the list now.")},
    [LAW_RULE_PROOF] =
        {"proof", N_("the sender can show the consent"),
         N_("Keep a record of who consented to what, when and how (best confirmed by a "
            "second message), or leave the recipient out.")},
    [LAW_RULE_REGISTER] =
        {"register", N_("the country's register was looked up"),
         N_("Look the address up in the register (and enter consent where the law "
            "asks for it); leave out whoever is listed.")},
    [LAW_RULE_IDENTITY] = {"identity", N_("the message says who sends it"),
                           N_("Say in the message who sends it and for whom.")},
    [LAW_RULE_POSTAL] = {"postal_address", N_("the sender's postal address is given"),
                         N_("Put your postal address into the message.")},
    [LAW_RULE_CONTACT] = {"contact", N_("the sender can be reached"),
                          N_("Give a working e-mail address, telephone number or page.")},
    [LAW_RULE_LABEL] = {"label", N_("the message carries the label"),
                        N_("Put the label where the law wants it, exactly so:")},
    [LAW_RULE_ADVERTISEMENT] = {"advertisement", N_("one sees that it is advertising"),
                                N_("Say in the subject or the first lines that this is "
                                   "advertising.")},
    [LAW_RULE_UNSUBSCRIBE] =
        {"unsubscribe", N_("the text says how to refuse"),
         N_("Put a clear way to refuse into the text of the message; the header "
            "alone is not enough.")},
    [LAW_RULE_UNSUBSCRIBE_FREE] = {"unsubscribe_free", N_("refusing costs nothing"),
                                   N_("Make refusing free of charge.")},
    [LAW_RULE_UNSUBSCRIBE_ELECTRONIC] = {"unsubscribe_electronic",
                                         N_("one can refuse electronically"),
                                         N_("Let people refuse by link, reply or e-mail.")},
    [LAW_RULE_UNSUBSCRIBE_MEDIUM] = {"unsubscribe_medium", N_("one can refuse by the same medium"),
                                     N_("For an e-mail, name an e-mail address for refusing.")},
    [LAW_RULE_UNSUBSCRIBE_DAYS] = {"unsubscribe_days", N_("the way to refuse works long enough"),
                                   N_("Keep the way to refuse working longer.")},
    [LAW_RULE_ONE_CLICK] = {"one_click", N_("refusing takes one action"),
                            N_("Let people refuse in a single action.")},
    [LAW_RULE_HONOUR] = {"honour", N_("refusals are carried out in time"),
                         N_("Carry out refusals faster; best at once.")},
    [LAW_RULE_HEADER] = {"header", N_("sender and origin are true"),
                         N_("Use your own name, domain and routing; disguise nothing.")},
    [LAW_RULE_SUBJECT] =
        {"subject", N_("the subject is true"),
         N_("Write a subject that says what is inside and promises nothing false.")},
    [LAW_RULE_HARVESTING] = {"harvesting", N_("no address was collected by software"),
                             N_("Drop collected addresses.")},
    [LAW_RULE_DICTIONARY] = {"dictionary", N_("no address was generated"),
                             N_("Drop generated addresses.")},
    [LAW_RULE_HOURS] = {"hours", N_("it arrives at a permitted time"),
                        N_("Send within the permitted hours of the recipient's place.")},
    [LAW_RULE_FREQUENCY] = {"frequency", N_("not too many a day"),
                            N_("Send fewer messages a day to one address.")},
};

const char *law_answer_text(enum law_answer a)
{
    return a == LAW_VIOLATION      ? "violation found"
           : a == LAW_NO_VIOLATION ? "no violation found"
                                   : "can't tell";
}

const char *law_force_text(enum law_force f)
{
    return f == LAW_FAIL ? "fails" : f == LAW_WARN ? "warns" : "informs";
}

const char *law_confidence_text(enum law_confidence c)
{
    return c == LAW_HIGH ? "high" : c == LAW_MEDIUM ? "medium" : "low";
}

const char *law_link_text(enum law_link l)
{
    switch (l) {
    case LAW_LINK_UNKNOWN:
        return "not known whether the law reaches this message";
    case LAW_LINK_NONE:
        return "the law does not reach this message";
    case LAW_LINK_RECIPIENT:
        return "the recipient is in the country";
    case LAW_LINK_PRESUMED:
        return "the recipient is in the country; that the law reaches this is usual, its text was "
               "not read";
    case LAW_LINK_SENDER:
        return "it is sent from the country";
    case LAW_LINK_ACCESS:
        return "it is opened in the country";
    default:
        return "whoever picks these terms";
    }
}

const char *law_rule_name(const struct law *law, unsigned rule)
{
    if (rule < LAW_RULE_OWN)
        return rules[rule].name;
    rule -= LAW_RULE_OWN;
    return law && rule < law->n_own && law->own[rule].name.p ? law->own[rule].name.p : "";
}

const char *law_rule_doc(const struct law *law, unsigned rule)
{
    if (rule < LAW_RULE_OWN)
        return rules[rule].doc;
    rule -= LAW_RULE_OWN;
    return law && rule < law->n_own && law->own[rule].text.p ? law->own[rule].text.p : "";
}

/* ---- grounds ---- */

static const struct law_grounds *grounds(const struct law *law, unsigned rule)
{
    const char *section = law_field_info((enum law_field)law_rule_field(rule))->section;
    return &law->grounds[law_section_find(slice_str(section))];
}

void law_clause(const struct law *law, unsigned rule, struct buf *out)
{
    struct slice own = rule >= LAW_RULE_OWN ? law->own[rule - LAW_RULE_OWN].clause
                                            : grounds(law, rule)->clause;
    if (law->n_instruments) {
        const struct law_instrument *x = &law->instruments[0];
        buf_add(out, x->title);
        if (own.p)
            buf_printf(out, ", %.*s", SLICE_ARG(own));
        else if (x->citation.p)
            buf_printf(out, ", %.*s", SLICE_ARG(x->citation));
        else
            buf_str(out, " (no citation on file)");
        return;
    }
    buf_str(out, law_name_of(law));
    if (law_kind_of(law) <= LAW_KIND_FLOOR && !own.p)
        buf_str(out, " (no text on file)");
    if (own.p || rule >= LAW_RULE_OWN)
        buf_printf(out, ", %.*s", SLICE_ARG(own.p ? own : law->own[rule - LAW_RULE_OWN].name));
}

struct slice law_source(const struct law *law, unsigned rule)
{
    int32_t n = rule >= LAW_RULE_OWN ? law->own[rule - LAW_RULE_OWN].source
                                     : grounds(law, rule)->source;
    if (n > 0 && (uint32_t)n <= law->n_sources)
        return law->sources[n - 1].url;
    for (uint32_t i = 0; i < law->n_instruments; i++)
        if (law->instruments[i].url.p)
            return law->instruments[i].url;
    return law->n_sources ? law->sources[0].url : SLICE("");
}

/* ---- sentences ---- */

static void add_list(const struct law_set *set, struct buf *out)
{
    const char *comma = "";
    for (int i = 0; i < LAW_FACTS; i++)
        if (law_set_has(set, (enum law_fact)i)) {
            buf_printf(out, "%s%s", comma, law_fact_info((enum law_fact)i)->name);
            comma = ", ";
        }
}

/* "consent_date is 2023-01-05" */
static void add_fact(const struct law_finding *f, const struct law_facts *facts, struct buf *out)
{
    if (f->fact < 0 || facts->v[f->fact] == LAW_UNKNOWN)
        return;
    buf_printf(out, "%s is ", law_fact_info((enum law_fact)f->fact)->name);
    law_fact_text((enum law_fact)f->fact, facts->v[f->fact], out);
}

static void add_field(const struct law *law, const struct law_finding *f, struct buf *out)
{
    if (f->detail < 0)
        return;
    law_field_name((enum law_field)f->detail, out);
    buf_str(out, " is ");
    law_field_text(law, (enum law_field)f->detail, out);
    if (f->detail == LAW_F_HONOUR && law->v[LAW_F_HONOUR_UNIT] >= 0) {
        buf_chr(out, ' ');
        law_field_text(law, LAW_F_HONOUR_UNIT, out);
    }
}

static void add_label(const struct law *law, struct buf *out)
{
    for (uint32_t i = 0; i < law->l[LAW_F_LABEL_TOKENS].n; i++)
        buf_printf(out, "%s\"%.*s\"", i ? " or " : "",
                   SLICE_ARG(law->l[LAW_F_LABEL_TOKENS].items[i]));
    buf_str(out, " at ");
    law_field_text(law, LAW_F_LABEL_POSITION, out);
}

static const char *const why_words[LAW_WHYS] = {
    [LAW_WHY_MET] = "met",
    [LAW_WHY_BROKEN] = "not met",
    [LAW_WHY_MISSING] = "facts are missing",
    [LAW_WHY_LAW_UNKNOWN] = "what the law asks here is not known to this profile",
    [LAW_WHY_NOT_ASKED] = "the law does not ask for it",
    [LAW_WHY_OUTSIDE] = "outside what the rule reaches",
    [LAW_WHY_LAPSED] = "what the mailing rests on is too old",
    [LAW_WHY_NOT_YET] = "what the mailing rests on is dated after the mailing",
    [LAW_WHY_NO_BASIS] = "what the mailing rests on is no ground under this law",
    [LAW_WHY_CONDITION] = "a condition of the exception for customers is not met",
    [LAW_WHY_FIRST_FREE] = "may be sent until it is refused",
    [LAW_WHY_EXCEPTION] = "an exception or another ground holds",
    [LAW_WHY_WITHIN] = "the time for carrying out the refusal is not over",
    [LAW_WHY_LATE] = "the time for carrying out a refusal is over",
    [LAW_WHY_LISTED] = "the address stands in the register",
    [LAW_WHY_PLACE] = "the label is there, but not in the place or form asked for",
    [LAW_WHY_MIXED] = "the law weighs circumstances; a person must look",
};

void law_say(const struct law *law, const struct law_finding *f, const struct law_facts *facts,
             int32_t day, struct buf *out)
{
    char text[16];
    size_t before;
    buf_printf(out, "%s: %s", law_rule_doc(law, f->rule), why_words[f->why]);
    if (f->why == LAW_WHY_MISSING) {
        buf_str(out, " (");
        add_list(&f->missing, out);
        buf_chr(out, ')');
        return;
    }
    buf_str(out, " (");
    before = out->n;
    add_fact(f, facts, out);
    if (f->detail >= 0 && f->detail != LAW_F_LABEL_TOKENS) {
        buf_str(out, out->n > before ? "; " : "");
        add_field(law, f, out);
    }
    if (f->why == LAW_WHY_LAPSED || f->why == LAW_WHY_LATE || f->why == LAW_WHY_WITHIN)
        buf_printf(out, "; mailing of %s", law_date_text(day, text));
    if (f->rule == LAW_RULE_LABEL && f->answer == LAW_VIOLATION) {
        buf_str(out, out->n > before ? "; asked for: " : "asked for: ");
        add_label(law, out);
    }
    if (out->n == before)
        out->n -= 2; /* nothing to show in brackets */
    else
        buf_chr(out, ')');
}

/* What repairs a broken condition of the customer exception depends on the condition. */
static const char *consent_repair(const struct law_finding *f)
{
    if (f->why == LAW_WHY_LAPSED)
        return "The basis has lapsed: leave the recipient out, or get express consent first.";
    if (f->why != LAW_WHY_CONDITION)
        return rules[LAW_RULE_CONSENT].repair;
    switch (f->fact) {
    case LAW_FACT_UNSUBSCRIBE:
        return "Put a clear, free way to refuse into the message.";
    case LAW_FACT_OWN_SIMILAR:
        return "Offer only your own products like those the customer bought, or get express "
               "consent.";
    default:
        return "The exception for customers does not hold: leave the recipient out, or get express "
               "consent first.";
    }
}

void law_repair(const struct law *law, const struct law_finding *f, struct buf *out)
{
    if (f->answer != LAW_VIOLATION)
        return;
    if (f->rule >= LAW_RULE_OWN) {
        const struct law_own *own = &law->own[f->rule - LAW_RULE_OWN];
        struct slice words = own->repair.p ? own->repair : own->text;
        buf_add(out, words);
    } else if (f->rule == LAW_RULE_CONSENT)
        buf_str(out, consent_repair(f));
    else {
        buf_str(out, rules[f->rule].repair);
        if (f->rule == LAW_RULE_LABEL) {
            buf_chr(out, ' ');
            add_label(law, out);
            buf_chr(out, '.');
        }
        if (f->rule == LAW_RULE_POSTAL && law->v[LAW_F_POSTAL] == LAW_P_IN_OR_LINK)
            buf_str(out, " A link to a page that holds it is enough.");
    }
}

static void finding_json(const struct law *law, const struct law_finding *f,
                         const struct law_result *r, const struct law_facts *facts, struct json *j)
{
    struct buf b = BUF_INIT(4096);
    jsonw_object(j, NULL);
    jsonw_cstr(j, "rule", law_rule_name(law, f->rule));
    jsonw_cstr(j, "result", law_answer_text((enum law_answer)f->answer));
    jsonw_cstr(j, "force", law_force_text((enum law_force)f->force));
    law_clause(law, f->rule, &b);
    jsonw_text(j, "clause", buf_slice(&b));
    if (law_source(law, f->rule).n)
        jsonw_text(j, "source", law_source(law, f->rule));
    jsonw_cstr(j, "confidence", law_confidence_text(law_rule_confidence(law, f->rule)));
    buf_reset(&b);
    law_say(law, f, facts, r->day, &b);
    jsonw_text(j, "evidence", buf_slice(&b));
    buf_reset(&b);
    law_repair(law, f, &b);
    if (b.n)
        jsonw_text(j, "repair", buf_slice(&b));
    if (f->answer == LAW_CANT_TELL && !law_set_empty(&f->missing)) {
        jsonw_array(j, "missing");
        for (int i = 0; i < LAW_FACTS; i++)
            if (law_set_has(&f->missing, (enum law_fact)i))
                jsonw_cstr(j, NULL, law_fact_info((enum law_fact)i)->name);
        jsonw_array_end(j);
    }
    jsonw_object_end(j);
    buf_fini(&b);
}

void law_result_json(const struct law *law, const struct law_result *r,
                     const struct law_facts *facts, const char *name, struct json *j)
{
    char text[16];
    jsonw_object(j, name);
    jsonw_cstr(j, "law", law->code);
    jsonw_cstr(j, "name", law_name_of(law));
    jsonw_cstr(j, "version", law->version);
    jsonw_cstr(j, "at", law_date_text(r->day, text));
    jsonw_cstr(j, "result", law_answer_text(r->answer));
    if (r->answer == LAW_VIOLATION)
        jsonw_cstr(j, "force", law_force_text(r->force));
    jsonw_cstr(j, "reach", law_link_text(r->link));
    jsonw_cstr(j, "confidence", law_confidence_text(law_confidence_of(law)));
    jsonw_array(j, "rules");
    for (uint32_t i = 0; i < r->n; i++)
        finding_json(law, &r->findings[i], r, facts, j);
    jsonw_array_end(j);
    jsonw_object_end(j);
}
