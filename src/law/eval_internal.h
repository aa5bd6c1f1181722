/* Between the files of the evaluator: the context of one question and the small steps that every
 * rule is made of. */
#ifndef MUSTER_LAW_EVAL_INTERNAL_H
#define MUSTER_LAW_EVAL_INTERNAL_H

#include "law/profile.h"

/* Whether something holds; LAW_T_LAW: the profile does not say. */
enum law_tri { LAW_T_NO, LAW_T_YES, LAW_T_MISSING, LAW_T_LAW };

/* How the label stands in the message. */
enum law_label { LAW_LABEL_UNREAD, LAW_LABEL_NONE, LAW_LABEL_PLACE, LAW_LABEL_GOOD };

/* Whether the law reaches the message, with what would have to be known. */
struct law_gate {
    enum law_tri holds;
    struct law_set missing;
    bool side_low; /* a field that rests on general knowledge was asked */
    int16_t field, fact;
};

struct law_ctx {
    const struct law *law;
    const struct law_facts *facts;
    int32_t day;
    enum law_label label;
    struct law_finding *f;    /* of the rule being answered */
    struct law_set missing;   /* noted by the rule */
    bool main_low, side_low;  /* fields of general knowledge it looked at */
    struct law_gate content;  /* duties of the sender of this message */
    struct law_gate anything; /* what is banned for any message */
    enum law_link link;
};

/* A fact's value; when it is not known it is noted as missing. */
int32_t law_ask(struct law_ctx *c, enum law_fact f);
/* A field's value, as something beside the rule's main field; LAW_UNKNOWN when unknown or absent.
 */
int32_t law_side(struct law_ctx *c, enum law_field f);
/* The main field's. */
int32_t law_main(struct law_ctx *c, enum law_field f);
void law_answer(struct law_ctx *c, enum law_answer a, enum law_why why, int field, int fact);
/* Can't tell, for the facts noted as missing. */
void law_answer_missing(struct law_ctx *c);
/* Consent model for this recipient; LAW_T_LAW or LAW_T_MISSING in *out_known when there is none. */
int32_t law_model_for(struct law_ctx *c, enum law_tri *out_known);
/* Recipient is written to as a company (its own law's view); LAW_T_LAW when that is not known. */
enum law_tri law_is_company(struct law_ctx *c);

void law_rule_consent(struct law_ctx *c);
void law_rule_refusal(struct law_ctx *c);
void law_rule_proof(struct law_ctx *c);
void law_rule_register(struct law_ctx *c);
void law_rule_honour(struct law_ctx *c);
void law_rule_content(struct law_ctx *c, enum law_rule rule);
void law_rule_own(struct law_ctx *c, const struct law_own *own);
enum law_label law_label_state(const struct law *law, const struct law_facts *facts);

#endif
