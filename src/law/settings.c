/* Section `law` of the configuration. See settings.h. */
#include "law/settings.h"

#define LAW(field) offsetof(struct law_settings, field)
static const struct conf_item law_items[] = {
    {"apply", CONF_LIST, LAW(apply), "\"\"", .unit = "codes",
     .doc = "profiles that hold for this site's users: DE, AT, gmail, or of one's own"},
    {"files", CONF_LIST, LAW(files), "\"\"", .unit = "files, folders",
     .doc = "further profiles: a network's acceptable use, a person's wishes, a draft"},
    {"points", CONF_NUM, LAW(points), "0", .min = 0, .max = 5,
     .doc = "points that a message gets for a broken rule; 0: it is told and counts nothing"},
    {0}};

const struct conf_section LAW_SECTIONS[] = {
    {"law", false, law_items, sizeof(struct law_settings),
     "definitions of spam that are looked at beside the filter's own judgement"},
    {0}};

const struct law_settings *law_settings(const struct conf *c)
{
    return conf_data(c, "law");
}

static int open_all(const struct law_settings *s, struct law_library *lib, struct buf *errors,
                    struct err *e)
{
    for (size_t i = 0; i < s->files.n; i++) {
        struct arena *a = arena_new(1 << 20);
        int rc = law_library_add_dir(lib, arena_cstr(a, s->files.items[i]), errors, e);
        arena_free(a);
        if (rc < 0)
            return err_prefix(e, "law.files: ");
    }
    for (size_t i = 0; i < s->apply.n; i++) {
        struct slice code = s->apply.items[i];
        if (law_any(lib, code) || law_for_country(lib, law_code(code), INT32_MAX - 1))
            continue;
        const char *near = law_nearest(lib, code);
        return err_set(e, ERR_PARSE, "law.apply: there is no profile \"%.*s\"%s%s%s",
                       (int)(code.n > 40 ? 40 : code.n), code.p, near ? "; did you mean \"" : "",
                       near ? near : "", near ? "\"?" : "");
    }
    return 0;
}

int law_library_open_conf(const struct conf *c, struct law_library **out, struct buf *errors,
                          struct err *e)
{
    struct law_library *lib;
    int rc = law_library_open(&lib, errors, e);
    if (rc < 0)
        return rc;
    rc = open_all(law_settings(c), lib, errors, e);
    if (rc < 0)
        law_library_free(lib);
    else
        *out = lib;
    return rc;
}
