/* Facts from and to JSON. Reading is jansson's work with its depth and our size capped; the
 * object is flat: a name, a value. */
#include "law/fact.h"
#include "base/arena.h"
#include "base/json.h"

#include <jansson.h>
#include <stdio.h>

#define MAX_JSON (1 << 20)
#define MAX_BODY 65536

/* What the JSON value says in the words of law_fact_set; a number that is no whole one gives
 * false. */
static bool value_text(json_t *v, char tmp[32], struct slice *out)
{
    switch (json_typeof(v)) {
    case JSON_STRING:
        *out = slice_of(json_string_value(v), json_string_length(v));
        return true;
    case JSON_INTEGER:
        snprintf(tmp, 32, "%lld", (long long)json_integer_value(v));
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        snprintf(tmp, 32, "%s", json_is_true(v) ? "yes" : "no");
        break;
    case JSON_NULL:
        snprintf(tmp, 32, "unknown");
        break;
    default:
        return false;
    }
    *out = slice_str(tmp);
    return true;
}

static int read_members(struct arena *a, json_t *root, struct law_facts *f, struct err *e)
{
    const char *name;
    json_t *v;
    json_object_foreach(root, name, v)
    {
        char tmp[32];
        struct slice value;
        if (!value_text(v, tmp, &value))
            return err_set(e, ERR_PARSE, "facts: %.40s: a list or a broken number is no fact",
                           name);
        bool text = strcmp(name, "subject") == 0 || strcmp(name, "body") == 0;
        if (text && json_is_null(v))
            continue; /* not known: nothing to set */
        if (text && !json_is_string(v))
            return err_set(e, ERR_PARSE, "facts: %s: a text is wanted", name);
        if (law_fact_set(f, slice_str(name), text ? arena_dup(a, value) : value, e) < 0)
            return err_prefix(e, "facts: ");
    }
    return 0;
}

int law_facts_read(struct arena *a, struct slice json, struct law_facts *f, struct err *e)
{
    json_error_t je;
    if (json.n > MAX_JSON)
        return err_set(e, ERR_LIMIT, "facts: more than 1 MiB");
    json_t *root = json_loadb(json.n ? json.p : "", json.n, JSON_REJECT_DUPLICATES, &je);
    if (!root)
        return err_set(e, ERR_PARSE, "facts: line %d: %s", je.line, je.text);
    struct law_facts got = *f;
    int rc = json_is_object(root)
                 ? read_members(a, root, &got, e)
                 : err_set(e, ERR_PARSE, "facts: an object {\"name\": value, ...} is wanted");
    json_decref(root);
    if (rc == 0)
        *f = got;
    return rc;
}

void law_facts_json(const struct law_facts *f, struct json *j)
{
    for (int i = 0; i < LAW_FACTS; i++) {
        const struct law_fact_info *info = law_fact_info((enum law_fact)i);
        if (f->v[i] == LAW_UNKNOWN)
            continue;
        if (info->type == LAW_TRI)
            jsonw_bool(j, info->name, f->v[i] != 0);
        else if (info->type == LAW_INT)
            jsonw_int(j, info->name, f->v[i]);
        else {
            struct buf b = BUF_INIT(64);
            law_fact_text((enum law_fact)i, f->v[i], &b);
            jsonw_text(j, info->name, buf_slice(&b));
            buf_fini(&b);
        }
    }
    if (f->subject.p)
        jsonw_text(j, "subject", f->subject);
    if (f->body.p) { /* labels stand at the start: the rest need not travel */
        size_t n = f->body.n < MAX_BODY ? f->body.n : MAX_BODY;
        while (n < f->body.n && n && ((unsigned char)f->body.p[n] & 0xc0) == 0x80)
            n--;
        jsonw_text(j, "body", slice_head(f->body, n));
    }
}
