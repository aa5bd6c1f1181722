/* The schema of profiles as code: look-ups in the table of fields, values as text, the reference
 * page. */
#include "law/profile.h"

static const char *const sections[LAW_SECTION_MAX] = {"",
                                                      "definition",
                                                      "consent",
                                                      "burden_of_proof",
                                                      "content",
                                                      "label",
                                                      "unsubscribe",
                                                      "truthfulness",
                                                      "harvesting",
                                                      "limits",
                                                      "territorial",
                                                      "penalties",
                                                      "private_right_of_action",
                                                      "reporting",
                                                      "checks",
                                                      NULL};

static const struct law_field_info fields[LAW_FIELDS] = {
#define FIELD(id, f_section, f_key, f_type, f_words, f_use, f_doc) \
    [LAW_F_##id] = {.section = f_section,                          \
                    .key = f_key,                                  \
                    .words = f_words,                              \
                    .doc = f_doc,                                  \
                    .type = LAW_T_##f_type,                        \
                    .use = LAW_USE_##f_use},
#include "law/field_table.h"
#undef FIELD
};

const struct law_field_info *law_field_info(enum law_field f)
{
    return &fields[f];
}

int law_section_find(struct slice name)
{
    for (int i = 0; sections[i]; i++)
        if (slice_eq(name, slice_str(sections[i])))
            return i;
    return -1;
}

const char *law_section_name(int n)
{
    return n >= 0 && n < LAW_SECTION_MAX ? sections[n] : NULL;
}

int law_field_find(struct slice section, struct slice key)
{
    for (int i = 0; i < LAW_FIELDS; i++)
        if (slice_eq(section, slice_str(fields[i].section)) &&
            slice_eq(key, slice_str(fields[i].key)))
            return i;
    return -1;
}

void law_field_name(enum law_field f, struct buf *out)
{
    if (fields[f].section[0])
        buf_printf(out, "%s.", fields[f].section);
    buf_str(out, fields[f].key);
}

struct slice law_word(const char *words, int32_t place)
{
    struct slice rest = slice_str(words), w = {0};
    for (int32_t i = 0; slice_split(&rest, ' ', &w); i++)
        if (i == place)
            return w;
    return SLICE("");
}

static void quoted(struct slice s, struct buf *out)
{
    buf_chr(out, '"');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"' || s.p[i] == '\\')
            buf_chr(out, '\\');
        if (s.p[i] == '\n')
            buf_str(out, "\\n");
        else
            buf_chr(out, s.p[i]);
    }
    buf_chr(out, '"');
}

static void texts(const struct law_texts *l, struct buf *out)
{
    if (l->n == 0)
        buf_str(out, "none");
    for (uint32_t i = 0; i < l->n; i++) {
        buf_str(out, i ? ", " : "");
        quoted(l->items[i], out);
    }
}

static void words(const char *list, int32_t bits, struct buf *out)
{
    const char *comma = "";
    if (bits == 0)
        buf_str(out, "none");
    for (int32_t i = 0; law_word(list, i).n; i++)
        if (bits >> i & 1) {
            buf_str(out, comma);
            buf_add(out, law_word(list, i));
            comma = ", ";
        }
}

void law_field_text(const struct law *law, enum law_field f, struct buf *out)
{
    int32_t v = law->v[f];
    char day[16];
    if (v == LAW_UNKNOWN || v == LAW_ABSENT) {
        buf_str(out, "unknown");
        return;
    }
    switch (fields[f].type) {
    case LAW_T_TRI:
        buf_str(out, v ? "yes" : "no");
        break;
    case LAW_T_WORD:
        buf_add(out, law_word(fields[f].words, v));
        break;
    case LAW_T_WORDS:
        words(fields[f].words, v, out);
        break;
    case LAW_T_NUM:
        buf_printf(out, "%d", v);
        break;
    case LAW_T_DATE:
        buf_str(out, law_date_text(v, day));
        break;
    case LAW_T_CLOCK:
        buf_printf(out, "%02d:%02d", v / 60, v % 60);
        break;
    case LAW_T_TEXT:
        quoted(law->t[f], out);
        break;
    case LAW_T_TEXTS:
        texts(&law->l[f], out);
    }
}

/* ---- printing a profile ---- */

static void member(const char *key, struct slice s, struct buf *out)
{
    buf_printf(out, "        %s = ", key);
    if (s.p)
        quoted(s, out);
    else
        buf_str(out, "unknown");
    buf_chr(out, '\n');
}

static void print_grounds(const struct law_grounds *g, struct buf *out)
{
    if (g->clause.p)
        member("clause", g->clause, out);
    if (g->source != LAW_UNKNOWN)
        buf_printf(out, "        source = %d\n", g->source);
    if (g->confidence != LAW_UNKNOWN)
        buf_printf(out, "        confidence = %s\n",
                   law_confidence_text((enum law_confidence)g->confidence));
}

static void print_section(const struct law *law, int section, struct buf *out)
{
    const char *name = sections[section], *indent = section ? "        " : "    ";
    bool open = section == 0;
    for (int f = 0; f < LAW_FIELDS; f++) {
        if (strcmp(fields[f].section, name) != 0 || law->v[f] == LAW_ABSENT)
            continue;
        if (!open)
            buf_printf(out, "    %s {\n", name);
        open = true;
        buf_printf(out, "%s%s = ", indent, fields[f].key);
        law_field_text(law, (enum law_field)f, out);
        buf_str(out, law->low[f] ? " [low]\n" : "\n");
    }
    if (section && open) {
        print_grounds(&law->grounds[section], out);
        buf_str(out, "    }\n");
    }
}

static void print_conds(const char *key, const struct law_conds *c, struct buf *out)
{
    if (c->n == 0)
        return;
    buf_printf(out, "        %s = ", key);
    for (uint32_t i = 0; i < c->n; i++) {
        buf_str(out, i ? ", \"" : "\"");
        law_cond_text(&c->items[i], out);
        buf_chr(out, '"');
    }
    buf_chr(out, '\n');
}

static void print_own(const struct law_own *o, struct buf *out)
{
    buf_str(out, "    rule ");
    quoted(o->name, out);
    buf_str(out, " {\n");
    member("text", o->text, out);
    if (o->from.p)
        member("from", o->from, out);
    print_conds("when", &o->when, out);
    print_conds("need", &o->need, out);
    print_conds("any", &o->any, out);
    if (o->repair.p)
        member("repair", o->repair, out);
    if (o->since.p)
        member("since", o->since, out);
    print_grounds(&(struct law_grounds){o->clause, o->source, o->confidence}, out);
    buf_str(out, "    }\n");
}

void law_print(const struct law *law, struct buf *out)
{
    buf_str(out, "law ");
    quoted(slice_str(law->code), out);
    buf_chr(out, ' ');
    quoted(slice_str(law->version), out);
    buf_str(out, " {\n");
    for (int s = 0; sections[s]; s++)
        print_section(law, s, out);
    for (uint32_t i = 0; i < law->n_instruments; i++) {
        const struct law_instrument *x = &law->instruments[i];
        buf_printf(out, "    instrument %u {\n", i + 1);
        member("title", x->title, out);
        if (x->year == LAW_UNKNOWN)
            buf_str(out, "        year = unknown\n");
        else
            buf_printf(out, "        year = %d\n", x->year);
        member("citation", x->citation, out);
        member("regulator", x->regulator, out);
        member("url", x->url, out);
        buf_str(out, "    }\n");
    }
    for (uint32_t i = 0; i < law->n_sources; i++) {
        const struct law_source_entry *x = &law->sources[i];
        buf_printf(out, "    source %u {\n", i + 1);
        member("kind", x->kind, out);
        member("title", x->title, out);
        member("url", x->url, out);
        member("date", x->date, out);
        buf_str(out, "    }\n");
    }
    for (uint32_t i = 0; i < law->n_own; i++)
        print_own(&law->own[i], out);
    buf_str(out, "}\n");
}

/* ---- the reference ---- */

static const char *type_text(enum law_type t)
{
    static const char *const names[] = {"yes, no", "one word", "list of words", "number",
                                        "day",     "time",     "text",          "list of texts"};
    return names[t];
}

void law_reference(struct buf *out)
{
    for (int s = 0; sections[s]; s++) {
        buf_printf(out, "\n### %s\n\n| field | value | what it says |\n| --- | --- | --- |\n",
                   s ? sections[s] : "at the top");
        for (int f = 0; f < LAW_FIELDS; f++) {
            if (strcmp(fields[f].section, sections[s]) != 0)
                continue;
            buf_printf(out, "| `%s` | %s | %s%s |\n", fields[f].key,
                       fields[f].words[0] ? fields[f].words : type_text(fields[f].type),
                       fields[f].doc, fields[f].use == LAW_USE_EVAL ? "" : " (for people)");
        }
    }
}
