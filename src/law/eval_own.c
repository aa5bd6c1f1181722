/* A profile's own rules: conditions over facts in Kleene's logic. */
#include "law/eval_internal.h"

static enum law_tri holds(struct law_ctx *c, const struct law_cond *cond)
{
    int32_t v = law_ask(c, (enum law_fact)cond->fact);
    bool r;
    if (v == LAW_UNKNOWN)
        return LAW_T_MISSING;
    switch (cond->op) {
    case LAW_OP_EQ:
        r = v == cond->value;
        break;
    case LAW_OP_NE:
        r = v != cond->value;
        break;
    case LAW_OP_LT:
        r = v < cond->value;
        break;
    case LAW_OP_LE:
        r = v <= cond->value;
        break;
    case LAW_OP_GT:
        r = v > cond->value;
        break;
    default:
        r = v >= cond->value;
    }
    return r ? LAW_T_YES : LAW_T_NO;
}

/* All of them, or with `one` any of them. *out_fact is the fact that decided. */
static enum law_tri all(struct law_ctx *c, const struct law_conds *conds, bool one, int *out_fact)
{
    enum law_tri settles = one ? LAW_T_YES : LAW_T_NO, r = one ? LAW_T_NO : LAW_T_YES;
    for (uint32_t i = 0; i < conds->n; i++) {
        enum law_tri t = holds(c, &conds->items[i]);
        if (t == settles || t == LAW_T_MISSING) {
            *out_fact = conds->items[i].fact;
            r = t;
        } else if (one)
            *out_fact = conds->items[i].fact;
        if (t == settles)
            return t;
    }
    return r;
}

void law_rule_own(struct law_ctx *c, const struct law_own *own)
{
    int fact = -1, other = -1;
    enum law_tri when = all(c, &own->when, false, &fact);
    if (when == LAW_T_NO) {
        law_answer(c, LAW_NO_VIOLATION, LAW_WHY_OUTSIDE, -1, fact);
        return;
    }
    if (own->need.n == 0 && own->any.n == 0) { /* a question to a person */
        law_answer(c, LAW_CANT_TELL, LAW_WHY_MIXED, -1, -1);
        return;
    }
    enum law_tri need = all(c, &own->need, false, &fact);
    enum law_tri any = own->any.n ? all(c, &own->any, true, &other) : LAW_T_YES;
    if (need == LAW_T_YES && any == LAW_T_YES)
        law_answer(c, LAW_NO_VIOLATION, LAW_WHY_MET, -1, fact >= 0 ? fact : other);
    else if (when == LAW_T_YES && (need == LAW_T_NO || any == LAW_T_NO))
        law_answer(c, LAW_VIOLATION, LAW_WHY_BROKEN, -1, need == LAW_T_NO ? fact : other);
    else
        law_answer_missing(c);
}
