/* The report as one JSON object, and the counts as bytes for going on after a kill. */
#include "law/preflight_internal.h"

#include "base/json.h"
#include "base/pack.h"

#include <stdlib.h>

#define SHOWN_MOST 128
#define PACK_MAGIC 0x4d504b31u /* "MPK1" */

/* ---- JSON ---- */

static void text_of(struct json *j, const char *name, struct buf *b)
{
    if (b->n)
        jsonw_text(j, name, buf_slice(b));
    else
        jsonw_null(j, name);
    buf_reset(b);
}

static void missing_names(struct json *j, const struct law_set *s)
{
    jsonw_array(j, "missing");
    for (int f = 0; f < LAW_FACTS; f++)
        if (law_set_has(s, (enum law_fact)f))
            jsonw_cstr(j, NULL, law_fact_info((enum law_fact)f)->name);
    jsonw_array_end(j);
}

static void json_finding(const struct preflight *p, const struct shown *s, struct json *j)
{
    struct buf text = BUF_INIT(8192);
    jsonw_object(j, NULL);
    jsonw_cstr(j, "law", law_code_of(s->law));
    jsonw_cstr(j, "rule", law_rule_name(s->law, s->finding->rule));
    jsonw_cstr(j, "answer", law_answer_text((enum law_answer)s->finding->answer));
    jsonw_cstr(j, "force", law_force_text((enum law_force)s->finding->force));
    jsonw_int(j, "rows", (int64_t)s->rows);
    if (s->first_line)
        jsonw_int(j, "first_line", (int64_t)s->first_line);
    else
        jsonw_null(j, "first_line");
    law_clause(s->law, s->finding->rule, &text);
    text_of(j, "clause", &text);
    jsonw_text(j, "source", law_source(s->law, s->finding->rule));
    shown_say(p, s, &text);
    text_of(j, "why", &text);
    law_repair(s->law, s->finding, &text);
    text_of(j, "repair", &text);
    missing_names(j, &s->finding->missing);
    jsonw_object_end(j);
    buf_fini(&text);
}

static void json_counts(struct json *j, const uint64_t rows[3])
{
    jsonw_int(j, "violation_found", (int64_t)rows[LAW_VIOLATION]);
    jsonw_int(j, "cant_tell", (int64_t)rows[LAW_CANT_TELL]);
    jsonw_int(j, "no_violation_found", (int64_t)rows[LAW_NO_VIOLATION]);
}

static void json_law(const struct place_law *l, struct json *j)
{
    char day[16];
    const struct law *law = l->plan.law;
    jsonw_object(j, NULL);
    jsonw_cstr(j, "code", law_code_of(law));
    jsonw_cstr(j, "name", law_name_of(law));
    jsonw_cstr(j, "version", law_version_of(law));
    jsonw_cstr(j, "from", law_from(law) == LAW_UNKNOWN ? NULL : law_date_text(law_from(law), day));
    jsonw_cstr(j, "confidence", law_confidence_text(law_confidence_of(law)));
    jsonw_bool(j, "in_force", law_in_force(law));
    if (l->is_reach_unknown)
        jsonw_null(j, "reaches_mail_sent_abroad");
    jsonw_object_end(j);
}

static void json_place(const struct preflight *p, const struct place *pl, struct json *j)
{
    static struct shown all[SHOWN_MOST];
    size_t n = preflight_shown(p, pl, all, SHOWN_MOST);
    char code[3];
    jsonw_object(j, NULL);
    if (pl->country == LAW_UNKNOWN) {
        jsonw_null(j, "country");
    } else {
        law_code_text(pl->country, code);
        jsonw_cstr(j, "country", code);
    }
    jsonw_int(j, "rows", (int64_t)place_rows(pl));
    json_counts(j, pl->rows);
    jsonw_array(j, "laws");
    for (size_t i = 0; i < pl->n_laws; i++)
        json_law(&pl->laws[i], j);
    jsonw_array_end(j);
    jsonw_array(j, "findings");
    for (size_t i = 0; i < n; i++)
        json_finding(p, &all[i], j);
    jsonw_array_end(j);
    jsonw_object_end(j);
}

static void json_message(const struct preflight *p, struct json *j)
{
    struct buf text = BUF_INIT(4096);
    jsonw_array(j, "message");
    for (int f = 0; f < LAW_FACTS; f++) {
        const struct message_fact *m = &p->in.message->of[f];
        if (m->why == NULL)
            continue;
        jsonw_object(j, NULL);
        jsonw_cstr(j, "fact", law_fact_info((enum law_fact)f)->name);
        fact_word((enum law_fact)f, m->value, &text);
        text_of(j, "value", &text);
        fact_seen(m, &text);
        text_of(j, "why", &text);
        if (p->in.stated->v[f] != LAW_UNKNOWN) {
            fact_word((enum law_fact)f, p->in.stated->v[f], &text);
            text_of(j, "stated", &text);
        }
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
    jsonw_array(j, "look_at");
    for (unsigned i = 0; i < p->in.message->n_odd; i++) {
        struct message_fact odd = {0, p->in.message->odd_why[i], p->in.message->odd[i]};
        fact_seen(&odd, &text);
        jsonw_text(j, NULL, buf_slice(&text));
        buf_reset(&text);
    }
    jsonw_array_end(j);
    jsonw_cstr(j, "class", p->in.message->mail_class);
    if (p->in.message->mail_class)
        jsonw_num(j, "probability", p->in.message->probability, 4);
    buf_fini(&text);
}

static void json_todo(const struct preflight *p, struct json *j)
{
    static struct todo all[TODO_MOST];
    size_t n = preflight_todo(p, all, TODO_MOST);
    jsonw_array(j, "repairs");
    for (size_t i = 0; i < n; i++) {
        jsonw_object(j, NULL);
        jsonw_cstr(j, "in", all[i].is_message ? "message" : "recipients");
        jsonw_cstr(j, "repair", all[i].text);
        jsonw_int(j, "rows", (int64_t)all[i].rows);
        jsonw_array(j, "laws");
        for (size_t c = 0; c < all[i].n_codes; c++)
            jsonw_cstr(j, NULL, all[i].codes[c]);
        jsonw_array_end(j);
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
}

static void json_questions(const struct preflight *p, struct json *j)
{
    enum law_fact facts[LAW_FACTS];
    size_t n = preflight_asked(p, facts);
    jsonw_array(j, "questions");
    for (size_t i = 0; i < n; i++) {
        jsonw_object(j, NULL);
        jsonw_cstr(j, "fact", law_fact_info(facts[i])->name);
        jsonw_cstr(j, "question", law_fact_info(facts[i])->question);
        jsonw_int(j, "rows", (int64_t)p->missing[facts[i]]);
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
}

static void json_terms(const struct preflight *p, struct json *j)
{
    static struct law_result r;
    const struct law *laws[32];
    size_t n = preflight_terms(p, laws, 32);
    jsonw_array(j, "terms");
    for (size_t i = 0; i < n; i++) {
        law_eval(laws[i], p->in.facts, p->in.day, &r);
        law_result_json(laws[i], &r, p->in.facts, NULL, j);
    }
    jsonw_array_end(j);
}

static void json_list(const struct preflight *p, struct json *j)
{
    if (p->columns == NULL)
        return;
    jsonw_array(j, "columns");
    for (size_t i = 0; i < p->columns->n; i++) {
        const struct column *c = &p->columns->of[i];
        jsonw_object(j, NULL);
        jsonw_text(j, "title", c->title);
        jsonw_cstr(j, "use", c->use == COLUMN_NONE ? NULL : column_use_name(c));
        jsonw_int(j, "not_understood", (int64_t)c->bad);
        jsonw_int(j, "ambiguous_dates", (int64_t)c->twofold);
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
    jsonw_array(j, "broken_lines");
    for (size_t i = 0; i < p->n_notes; i++) {
        jsonw_object(j, NULL);
        jsonw_int(j, "line", (int64_t)p->notes[i].line);
        jsonw_cstr(j, "why", p->notes[i].why);
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
}

void preflight_json(const struct preflight *p, struct json *j)
{
    char day[16];
    size_t at = 0;
    const struct place *pl;
    jsonw_object(j, NULL);
    jsonw_text(j, "campaign", p->in.campaign);
    jsonw_cstr(j, "day", law_date_text(p->in.day, day));
    jsonw_int(j, "rows", (int64_t)preflight_rows(p));
    json_counts(j, p->rows);
    jsonw_int(j, "broken", (int64_t)p->broken);
    jsonw_int(j, "drop", (int64_t)p->dropped);
    jsonw_int(j, "ask", (int64_t)p->asked);
    jsonw_array(j, "countries");
    while ((pl = preflight_place(p, &at)) != NULL)
        json_place(p, pl, j);
    jsonw_array_end(j);
    json_todo(p, j);
    json_questions(p, j);
    json_terms(p, j);
    preflight_arrive_json(p, j);
    json_message(p, j);
    json_list(p, j);
    jsonw_cstr(j, "zones", PREFLIGHT_ZONES);
    jsonw_cstr(j, "note", PREFLIGHT_NO_ADVICE);
    jsonw_object_end(j);
}

/* ---- bytes ---- */

static void pack_kind(const struct kind *k, struct buf *out)
{
    pack_bytes(out, slice_of((const char *)&k->finding, sizeof k->finding));
    pack_u64(out, k->rows);
    pack_u64(out, k->first_line);
    pack_bytes(out, slice_of((const char *)k->sample.v, sizeof k->sample.v));
}

void preflight_pack(const struct preflight *p, struct buf *out)
{
    size_t at = 0;
    const struct place *pl;
    pack_u32(out, PACK_MAGIC);
    for (int i = 0; i < 3; i++)
        pack_u64(out, p->rows[i]);
    pack_u64(out, p->broken);
    pack_u64(out, p->dropped);
    pack_u64(out, p->asked);
    for (int f = 0; f < LAW_FACTS; f++)
        pack_u64(out, p->missing[f]);
    pack_u32(out, (uint32_t)p->n_notes);
    for (size_t i = 0; i < p->n_notes; i++) {
        pack_u64(out, p->notes[i].line);
        pack_bytes(out, slice_str(p->notes[i].why));
    }
    while ((pl = preflight_place(p, &at)) != NULL) {
        pack_u8(out, 1);
        pack_i64(out, pl->country);
        for (int i = 0; i < 3; i++)
            pack_u64(out, pl->rows[i]);
        for (size_t l = 0; l < pl->n_laws; l++) {
            for (int i = 0; i < 3; i++)
                pack_u64(out, pl->laws[l].rows[i]);
            pack_u8(out, pl->laws[l].is_reach_unknown);
            pack_u32(out, (uint32_t)pl->laws[l].n_kinds);
            for (size_t i = 0; i < pl->laws[l].n_kinds; i++)
                pack_kind(&pl->laws[l].kinds[i], out);
        }
    }
    pack_u8(out, 0);
}

static bool unpack_kinds(struct unpack *u, struct place_law *l)
{
    for (int i = 0; i < 3; i++)
        l->rows[i] = unpack_u64(u);
    l->is_reach_unknown = unpack_u8(u) != 0;
    uint32_t n = unpack_u32(u);
    if (u->bad || n > KINDS_MOST)
        return false;
    l->kinds = calloc(n ? n : 1, sizeof *l->kinds);
    if (l->kinds == NULL)
        BUG("out of memory");
    l->room = n ? n : 1;
    l->n_kinds = n;
    for (uint32_t i = 0; i < n; i++) {
        struct slice f = unpack_bytes(u);
        struct kind *k = &l->kinds[i];
        k->rows = unpack_u64(u);
        k->first_line = unpack_u64(u);
        struct slice v = unpack_bytes(u);
        if (u->bad || f.n != sizeof k->finding || v.n != sizeof k->sample.v)
            return false;
        memcpy(&k->finding, f.p, f.n);
        memcpy(k->sample.v, v.p, v.n);
    }
    return true;
}

bool preflight_unpack(struct preflight *p, struct slice bytes)
{
    struct unpack u = {.rest = bytes};
    if (unpack_u32(&u) != PACK_MAGIC)
        return false;
    for (int i = 0; i < 3; i++)
        p->rows[i] = unpack_u64(&u);
    p->broken = unpack_u64(&u);
    p->dropped = unpack_u64(&u);
    p->asked = unpack_u64(&u);
    for (int f = 0; f < LAW_FACTS; f++)
        p->missing[f] = unpack_u64(&u);
    uint32_t n = unpack_u32(&u);
    if (u.bad || n > PREFLIGHT_NOTES)
        return false;
    p->n_notes = n;
    for (uint32_t i = 0; i < n; i++) {
        p->notes[i].line = unpack_u64(&u);
        struct slice why = unpack_bytes(&u);
        if (why.n >= NOTE_BYTES)
            return false;
        memcpy(p->notes[i].why, why.p, why.n);
    }
    while (unpack_u8(&u) == 1) {
        struct place *pl = preflight_place_of(p, (int32_t)unpack_i64(&u));
        for (int i = 0; i < 3; i++)
            pl->rows[i] = unpack_u64(&u);
        for (size_t l = 0; l < pl->n_laws; l++)
            if (!unpack_kinds(&u, &pl->laws[l]))
                return false;
    }
    return unpack_done(&u);
}
