/* Words for the enums of report.h, as they stand in JSON, in addresses of pages and in settings. */
#include "desk/report.h"

static const char *const SOURCES[DESK_SOURCES] = {"mail", "web", "api", "sms", "local", "partner"};
static const char *const FORMS[DESK_FORMS] = {"message", "attached", "inline", "source",
                                              "arf",     "xarf",     "words"};
static const char *const CATEGORIES[DESK_CATEGORIES] = {"spam",     "phishing", "malware", "fraud",
                                                        "not-spam", "opt-out",  "other"};

static bool find(const char *const *words, int n, struct slice word, int *out)
{
    for (int i = 0; i < n; i++) {
        if (slice_ieq(word, slice_str(words[i]))) {
            *out = i;
            return true;
        }
    }
    return false;
}

const char *desk_source_name(enum desk_source s)
{
    return (unsigned)s < DESK_SOURCES ? SOURCES[s] : "?";
}

const char *desk_form_name(enum desk_form f)
{
    return (unsigned)f < DESK_FORMS ? FORMS[f] : "?";
}

const char *desk_category_name(enum desk_category c)
{
    return (unsigned)c < DESK_CATEGORIES ? CATEGORIES[c] : "?";
}

bool desk_source_parse(struct slice word, enum desk_source *out)
{
    int i;
    bool known = find(SOURCES, DESK_SOURCES, word, &i);
    if (known)
        *out = (enum desk_source)i;
    return known;
}

bool desk_form_parse(struct slice word, enum desk_form *out)
{
    int i;
    bool known = find(FORMS, DESK_FORMS, word, &i);
    if (known)
        *out = (enum desk_form)i;
    return known;
}

bool desk_category_parse(struct slice word, enum desk_category *out)
{
    int i;
    bool known = find(CATEGORIES, DESK_CATEGORIES, word, &i);
    if (known)
        *out = (enum desk_category)i;
    return known;
}
