/* The laws that an operator picks. See local.h. */
#include "law/local.h"

#include "base/arena.h"
#include "law/settings.h"

struct law_local {
    struct law_library *lib;
    struct slice codes[LAW_LOCAL_MOST];
    size_t n;
    double points;
};

int law_local_open(struct arena *a, const struct conf *conf, struct err *e, struct law_local **out)
{
    const struct law_settings *from = conf ? law_settings(conf) : NULL;
    struct buf errors = BUF_INIT(8192);
    *out = NULL;
    if (from == NULL || from->apply.n == 0 || (from->apply.n == 1 && from->apply.items[0].n == 0))
        return 0;
    struct law_local *l = ARENA_NEW(a, struct law_local);
    l->points = from->points;
    int rc = law_library_open_conf(conf, &l->lib, &errors, e);
    if (rc < 0 && errors.n) { /* the first line says where and what */
        size_t end = slice_chr(buf_slice(&errors), '\n');
        rc = err_set(e, rc, "%.*s", SLICE_ARG(slice_head(buf_slice(&errors), end)));
    }
    buf_fini(&errors);
    for (size_t i = 0; rc == 0 && i < from->apply.n; i++) {
        if (l->n == LAW_LOCAL_MOST)
            return err_set(e, ERR_PARSE, "law.apply takes at most %d profiles", LAW_LOCAL_MOST);
        l->codes[l->n++] = from->apply.items[i];
    }
    *out = rc == 0 ? l : NULL;
    return rc;
}

double law_local_points(const struct law_local *l)
{
    return l ? l->points : 0;
}

void law_local_ask(const struct law_local *l, struct arena *a, const struct message *m,
                   const struct auth_result *auth, const char *mail_class, int64_t now_us,
                   struct law_local_results *out)
{
    struct message_facts *read = ARENA_NEW(a, struct message_facts);
    struct message_facts_in in = {.arena = a, .m = m, .auth = auth, .mail_class = mail_class};
    int32_t day = law_day_of(now_us);
    memset(out, 0, sizeof *out);
    law_facts_init(&out->facts);
    message_facts_read(&in, read);
    message_facts_into(read, &out->facts);
    for (size_t i = 0; i < l->n; i++) {
        const struct law *law = law_at(l->lib, l->codes[i], day);
        bool is_country = l->codes[i].n == 2 && (law == NULL || law_kind_of(law) == LAW_KIND_LAW);
        if (law == NULL && is_country) /* the floor that counts it as a member */
            law = law_for_country(l->lib, law_code(l->codes[i]), day);
        if (law == NULL)
            continue;
        struct law_facts f = out->facts;
        if (is_country) /* the users here are in the countries that the operator names */
            f.v[LAW_FACT_COUNTRY] = law_code(l->codes[i]);
        out->of[out->n].law = law;
        out->of[out->n].result = ARENA_NEW(a, struct law_result);
        law_eval(law, &f, day, out->of[out->n++].result);
    }
}

const struct law_finding *law_worst(const struct law_result *r)
{
    const struct law_finding *worst = NULL;
    for (uint32_t i = 0; i < r->n; i++) {
        const struct law_finding *f = &r->findings[i];
        if (f->answer == LAW_VIOLATION && f->force != LAW_INFORM &&
            (worst == NULL || f->force > worst->force))
            worst = f;
    }
    return worst;
}
