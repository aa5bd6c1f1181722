/* Reading files of objects. See file.h. */
#include "library/file.h"

#include <string.h>

/* Members that belong to the object, not to its body. */
static bool is_outer(const char *name)
{
    return strcmp(name, "id") == 0 || strcmp(name, "by") == 0;
}

static void set_default(json_t *body, const json_t *file, const char *name)
{
    json_t *v = json_object_get(file, name);
    if (v && json_object_get(body, name) == NULL)
        json_object_set(body, name, v);
}

static json_t *one_object(const json_t *file, const json_t *o)
{
    const char *kind = json_string_value(json_object_get(file, "kind"));
    json_t *out = json_object(), *body = json_object_get(o, "body"), *v;
    const char *name;
    if (json_is_object(body)) {
        json_object_set(out, "body", body);
        kind = json_string_value(json_object_get(o, "kind"));
    } else {
        body = json_object();
        json_object_foreach((json_t *)o, name, v)
        {
            if (!is_outer(name))
                json_object_set(body, name, v);
        }
        if (kind && strcmp(kind, "translation") == 0) {
            set_default(body, file, "language");
            set_default(body, file, "origin");
        }
        json_object_set_new(out, "body", body);
    }
    json_object_set_new(out, "kind", json_string(kind ? kind : ""));
    if ((v = json_object_get(o, "id")))
        json_object_set(out, "id", v);
    if ((v = json_object_get(o, "by")) || (v = json_object_get(file, "by")))
        json_object_set(out, "by", v);
    return out;
}

int library_file_read(struct slice text, struct err *e, json_t **out)
{
    json_error_t je;
    size_t i;
    json_t *o;
    if (text.n > LIBRARY_FILE_MOST)
        return err_set(e, ERR_LIMIT, "the file is larger than %u MB", LIBRARY_FILE_MOST >> 20);
    json_t *file = json_loadb(text.p ? text.p : "", text.n, JSON_REJECT_DUPLICATES, &je);
    if (file == NULL)
        return err_set(e, ERR_PARSE, "line %d: %s", je.line, je.text);
    json_t *objects = json_object_get(file, "objects"), *list = NULL;
    const char *schema = json_string_value(json_object_get(file, "schema"));
    int rc = 0;
    if (schema == NULL || strcmp(schema, "muster-library/1") != 0)
        rc = err_set(e, ERR_USAGE, "schema: \"muster-library/1\" is expected");
    else if (!json_is_array(objects))
        rc = err_set(e, ERR_USAGE, "objects: a list is expected");
    else
        list = json_array();
    json_array_foreach(objects, i, o)
    {
        if (rc < 0)
            break;
        if (json_is_object(o))
            json_array_append_new(list, one_object(file, o));
        else
            rc = err_set(e, ERR_USAGE, "objects: item %zu is not an object", i + 1);
    }
    json_decref(file);
    if (rc < 0)
        json_decref(list);
    else
        *out = list;
    return rc;
}
