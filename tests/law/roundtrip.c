/* Nothing is lost: every value of the research data (jurisdictions.json) stands in a profile, and
 * nothing in the data goes without a place. Reads $MUSTER_LAW_DATA, by default ../shared/law beside
 * the source tree; skipped (77) where that is absent. */
#include "law/profile.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

struct map {
    char path[96], field[96];
};

struct trip {
    struct map map[200];
    size_t n_map;
    const struct law *law;
    const char *name; /* the profile's code */
    size_t equal, wrong;
};

static void differs(struct trip *t, const char *path, const char *why)
{
    t->wrong++;
    printf("%s %s: %s\n", t->name, path, why);
}

static void read_map(struct trip *t, const char *path)
{
    FILE *in = fopen(path, "r");
    char line[256];
    if (!in) {
        perror(path);
        exit(1);
    }
    while (fgets(line, sizeof line, in) && t->n_map < 200)
        if (line[0] != '#' &&
            sscanf(line, "%95s %95s", t->map[t->n_map].path, t->map[t->n_map].field) == 2)
            t->n_map++;
    fclose(in);
}

static int field_at(const struct trip *t, const char *path)
{
    for (size_t i = 0; i < t->n_map; i++)
        if (strcmp(t->map[i].path, path) == 0) {
            struct slice name = slice_str(t->map[i].field);
            size_t dot = slice_chr(name, '.');
            return dot == SIZE_MAX
                       ? law_field_find(SLICE(""), name)
                       : law_field_find(slice_head(name, dot), slice_from(name, dot + 1));
        }
    return -1;
}

static bool same_text(struct slice s, json_t *v)
{
    return json_is_string(v) && slice_eq(s, slice_of(json_string_value(v), json_string_length(v)));
}

static bool same_list(const struct law_texts *l, json_t *v)
{
    if (json_array_size(v) != l->n)
        return false;
    for (uint32_t i = 0; i < l->n; i++)
        if (!same_text(l->items[i], json_array_get(v, i)))
            return false;
    return true;
}

static bool same_value(const struct law *law, int f, json_t *v)
{
    const struct law_field_info *info = law_field_info((enum law_field)f);
    if (json_is_null(v))
        return law->v[f] == LAW_UNKNOWN;
    switch (info->type) {
    case LAW_T_TEXT:
        return law->v[f] == 0 && same_text(law->t[f], v);
    case LAW_T_TEXTS:
        return law->v[f] == 0 && json_is_array(v) && same_list(&law->l[f], v);
    case LAW_T_TRI:
        return json_is_boolean(v) && law->v[f] == json_is_true(v);
    case LAW_T_NUM:
        return json_is_integer(v) && law->v[f] == json_integer_value(v);
    default:
        return law->v[f] >= 0 && same_text(law_word(info->words, law->v[f]), v);
    }
}

/* An object that is null in the data: each field below it is unknown. */
static void check_null_object(struct trip *t, const char *path)
{
    size_t n = strlen(path), found = 0;
    for (size_t i = 0; i < t->n_map; i++)
        if (strncmp(t->map[i].path, path, n) == 0 && t->map[i].path[n] == '.') {
            found++;
            if (t->law->v[field_at(t, t->map[i].path)] != LAW_UNKNOWN)
                differs(t, t->map[i].path, "should be unknown");
        }
    if (found)
        t->equal++;
    else
        differs(t, path, "has no place in the profile");
}

/* Blocks and the head are compared apart; the window of a bulk threshold is the field itself. */
static bool elsewhere(struct trip *t, const char *path, json_t *v)
{
    static const char *const heads[] = {"code", "instruments",  "sources", "id",
                                        "kind", "requirements", NULL};
    for (int i = 0; heads[i]; i++)
        if (strcmp(path, heads[i]) == 0)
            return true;
    if (strcmp(path, "definition.bulk_threshold.window") != 0)
        return false;
    bool day = json_is_string(v) && strcmp(json_string_value(v), "24 hours") == 0;
    if (day == (t->law->v[LAW_F_BULK_DAY] != LAW_UNKNOWN))
        t->equal++;
    else
        differs(t, path, "is no window of 24 hours");
    return true;
}

static void walk(struct trip *t, const char *path, json_t *v)
{
    const char *key;
    json_t *child;
    int f = field_at(t, path);
    if (*path && elsewhere(t, path, v))
        return;
    if (f >= 0) {
        if (same_value(t->law, f, v))
            t->equal++;
        else
            differs(t, path, "differs");
    } else if (json_is_object(v)) {
        json_object_foreach(v, key, child)
        {
            char below[256];
            snprintf(below, sizeof below, "%s%s%s", path, *path ? "." : "", key);
            walk(t, below, child);
        }
    } else if (json_is_null(v))
        check_null_object(t, path);
    else
        differs(t, path, "has no place in the profile");
}

static void check_member(struct trip *t, json_t *o, const char *key, struct slice have,
                         const char *where)
{
    json_t *v = json_object_get(o, key);
    if (json_is_null(v) ? have.p == NULL : same_text(have, v))
        t->equal++;
    else
        differs(t, where, key);
}

static void check_blocks(struct trip *t, json_t *o)
{
    json_t *list = json_object_get(o, "instruments"), *x;
    size_t i;
    if (list && json_array_size(list) != t->law->n_instruments)
        differs(t, "instruments", "number");
    json_array_foreach(list, i, x)
    {
        const struct law_instrument *have = &t->law->instruments[i];
        json_t *year = json_object_get(x, "year");
        check_member(t, x, "title", have->title, "instruments");
        check_member(t, x, "citation", have->citation, "instruments");
        check_member(t, x, "regulator", have->regulator, "instruments");
        check_member(t, x, "url", have->url, "instruments");
        if (json_is_null(year) ? have->year == LAW_UNKNOWN : have->year == json_integer_value(year))
            t->equal++;
        else
            differs(t, "instruments", "year");
        if (json_object_size(x) != 5)
            differs(t, "instruments", "has other members");
    }
    list = json_object_get(o, "sources");
    if (json_array_size(list) != t->law->n_sources)
        differs(t, "sources", "number");
    json_array_foreach(list, i, x)
    {
        const struct law_source_entry *have = &t->law->sources[i];
        check_member(t, x, "kind", have->kind, "sources");
        check_member(t, x, "title", have->title, "sources");
        check_member(t, x, "url", have->url, "sources");
        check_member(t, x, "date", have->date, "sources");
        if (json_object_size(x) != 4)
            differs(t, "sources", "has other members");
    }
    list = json_object_get(o, "requirements");
    if (list && json_array_size(list) != t->law->n_own)
        differs(t, "requirements", "number");
    json_array_foreach(list, i, x)
    {
        const struct law_own *have = &t->law->own[i];
        check_member(t, x, "id", have->name, "requirements");
        check_member(t, x, "text", have->text, "requirements");
        check_member(t, x, "checkable_from", have->from, "requirements");
        if (json_object_size(x) != 3)
            differs(t, "requirements", "has other members");
    }
}

static void check_kind(struct trip *t, json_t *kind)
{
    static const struct {
        const char *data;
        enum law_kind kind;
        const char *version;
    } kinds[] = {{"mailbox_provider", LAW_KIND_PROVIDER, "terms"},
                 {"technical_standard", LAW_KIND_STANDARD, "terms"},
                 {"certification", LAW_KIND_CERTIFICATION, "terms"},
                 {"industry_bcp", LAW_KIND_CODE, "best-practice"},
                 {"self_regulation", LAW_KIND_CODE, "self-regulation"}};
    for (size_t i = 0; kind && i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(json_string_value(kind), kinds[i].data) == 0 &&
            law_kind_of(t->law) == kinds[i].kind &&
            strcmp(law_version_of(t->law), kinds[i].version) == 0) {
            t->equal++;
            return;
        }
    if (kind)
        differs(t, "kind", "differs");
}

static void check_all(struct trip *t, const struct law_library *lib, json_t *list, const char *id,
                      int32_t day)
{
    size_t i;
    json_t *o;
    json_array_foreach(list, i, o)
    {
        t->name = json_string_value(json_object_get(o, id));
        t->law = law_at(lib, slice_str(t->name), day);
        if (!t->law || strcmp(law_code_of(t->law), t->name) != 0) {
            differs(t, "", "has no profile");
            continue;
        }
        t->equal++;
        walk(t, "", o);
        check_blocks(t, o);
        check_kind(t, json_object_get(o, "kind"));
    }
}

int main(void)
{
    const char *source = getenv("MUSTER_SOURCE"), *data = getenv("MUSTER_LAW_DATA");
    char path[4096];
    struct law_library *lib;
    struct err e = {0};
    json_error_t je;
    int32_t day;
    struct trip *t = calloc(1, sizeof *t);
    source = source ? source : ".";
    snprintf(path, sizeof path, "%s%s/jurisdictions.json", data ? data : source,
             data ? "" : "/../shared/law");
    json_t *root = json_load_file(path, 0, &je);
    if (!root || !t) {
        printf("skipped: law round trip\n");
        free(t);
        return 77;
    }
    if (law_library_open(&lib, NULL, &e) < 0) {
        fprintf(stderr, "%s\n", e.text);
        return 1;
    }
    snprintf(path, sizeof path, "%s/tools/law/fields.txt", source);
    read_map(t, path);
    law_date(SLICE("2026-11-21"), &day); /* the day the data was compiled */
    check_all(t, lib, json_object_get(root, "jurisdictions"), "code", day);
    check_all(t, lib, json_object_get(root, "non_legal_profiles"), "id", day);
    printf("law round trip: %zu passed, %zu failed, 0 skipped\n", t->equal, t->wrong);
    size_t wrong = t->wrong, equal = t->equal;
    json_decref(root);
    law_library_free(lib);
    free(t);
    return wrong || equal < 5000;
}
