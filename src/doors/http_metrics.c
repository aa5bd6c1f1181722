/* Prometheus' text exposition format 0.0.4 out of the node's JSON. See http_answer.h. */
#include "doors/http_answer.h"

#include <jansson.h>
#include <math.h>

static bool is_name(const char *s, bool colon)
{
    if (*s == '\0' || ascii_is_digit(*s))
        return false;
    for (; *s; s++)
        if (!ascii_is_alnum(*s) && *s != '_' && !(colon && *s == ':'))
            return false;
    return true;
}

/* Backslash and LF, inside label values the quote, too, are escaped. */
static void add_text(const char *s, bool is_label, struct buf *out)
{
    for (; s && *s; s++) {
        if (*s == '\\' || (*s == '"' && is_label))
            buf_chr(out, '\\');
        if (*s == '\n')
            buf_str(out, "\\n");
        else
            buf_chr(out, *s);
    }
}

static void add_number(const json_t *v, struct buf *out)
{
    double d = json_number_value(v);
    if (json_is_integer(v))
        buf_printf(out, " %lld\n", (long long)json_integer_value(v));
    else if (isfinite(d))
        buf_printf(out, " %.9g\n", d);
    else
        buf_str(out, " NaN\n");
}

static void add_sample(const char *name, json_t *sample, struct buf *out)
{
    const char *label, *before = "{";
    json_t *value, *labels = json_object_get(sample, "labels");
    const char *suffix = json_string_value(json_object_get(sample, "suffix"));
    if (!json_is_number(json_object_get(sample, "value")) || (suffix && !is_name(suffix, false)))
        return;
    buf_printf(out, "%s%s", name, suffix ? suffix : "");
    json_object_foreach(labels, label, value)
    {
        if (!is_name(label, false) || !json_is_string(value))
            continue;
        buf_printf(out, "%s%s=\"", before, label);
        add_text(json_string_value(value), true, out);
        buf_chr(out, '"');
        before = ",";
    }
    if (*before == ',')
        buf_chr(out, '}');
    add_number(json_object_get(sample, "value"), out);
}

static void add_family(const char *name, json_t *family, struct buf *out)
{
    const char *type = json_string_value(json_object_get(family, "type"));
    const char *help = json_string_value(json_object_get(family, "help"));
    json_t *values = json_object_get(family, "values"), *sample;
    size_t i;
    if (help) {
        buf_printf(out, "# HELP %s ", name);
        add_text(help, false, out);
        buf_chr(out, '\n');
    }
    buf_printf(out, "# TYPE %s %s\n", name, type && is_name(type, false) ? type : "untyped");
    if (values == NULL)
        add_sample(name, family, out);
    json_array_foreach(values, i, sample) add_sample(name, sample, out);
}

bool http_answer_metrics(struct slice text, struct buf *out)
{
    json_error_t e;
    json_t *all = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, &e), *family;
    const char *name;
    if (!json_is_object(all)) {
        json_decref(all);
        return false;
    }
    json_object_foreach(all, name, family)
    {
        if (is_name(name, true) && json_is_object(family))
            add_family(name, family, out);
    }
    json_decref(all);
    return true;
}
