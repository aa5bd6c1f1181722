/* Tables of XARF's fields and what checks them. See xarf_check.h. */
#include "desk/xarf_check.h"

#include "base/ip.h"
#include "base/slice.h"

#include <regex.h>
#include <stdio.h>

#define PATH_BYTES 256
#define ITEMS      64u /* of a list that are looked at */

enum kind {
    KIND_ANY,
    KIND_TEXT,
    KIND_ENUM,
    KIND_LIKE,
    KIND_EMAIL,
    KIND_HOST,
    KIND_URI,
    KIND_TIME,
    KIND_DAY,
    KIND_UUID,
    KIND_IP,
    KIND_BASE64,
    KIND_WHOLE,
    KIND_NUMBER,
    KIND_BOOL,
    KIND_LIST,
    KIND_OBJECT,
    KIND_PORTS,          /* a port or a list of them */
    KIND_TEXTS,          /* an object of texts */
    KIND_TEXTS_OR_WHOLES /* an object of texts or whole numbers */
};

/* A field; is_type: the row begins a type, path and arg are its category and type. */
struct field {
    bool is_type;
    const char *path;
    enum kind kind;
    const char *arg;
    double least, most;
    bool is_needed;
};

#define TYPE(category, type) {true, category, KIND_ANY, type, 0, 0, false},
#define FIELD(path, kind, arg, least, most, need) \
    {false, path, KIND_##kind, arg, least, most, need},
static const struct field V4[] = {
#include "desk/xarf_v4_table.h"
    {true, "end", KIND_ANY, "", 0, 0, false},
};
static const struct field V3[] = {
#include "desk/xarf_v3_table.h"
    {true, "end", KIND_ANY, "", 0, 0, false},
};
#undef TYPE
#undef FIELD

/* ---- values ---- */

static bool is_like(const char *s, const char *pattern)
{
    regex_t re;
    if (regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB) != 0)
        return false;
    bool fits = regexec(&re, s, 0, NULL, 0) == 0;
    regfree(&re);
    return fits;
}

static bool is_host(struct slice s)
{
    struct slice label;
    if (s.n == 0 || s.n > 253)
        return false;
    while (slice_split(&s, '.', &label)) {
        if (label.n == 0 || label.n > 63 || label.p[0] == '-' || label.p[label.n - 1] == '-')
            return false;
        for (size_t i = 0; i < label.n; i++) {
            if (!ascii_is_alnum(label.p[i]) && label.p[i] != '-' && label.p[i] != '_')
                return false;
        }
    }
    return true;
}

static bool is_email(struct slice s)
{
    size_t at = slice_rchr(s, '@');
    return at != SIZE_MAX && at > 0 && at <= 64 && slice_chr(s, ' ') == SIZE_MAX &&
           slice_chr(s, '\n') == SIZE_MAX && is_host(slice_from(s, at + 1));
}

static bool is_uri(struct slice s)
{
    size_t colon = slice_chr(s, ':');
    if (colon == SIZE_MAX || colon == 0 || colon + 1 >= s.n || !ascii_is_alpha(s.p[0]))
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if ((unsigned char)s.p[i] <= ' ' || s.p[i] == '<' || s.p[i] == '>' || s.p[i] == '"')
            return false;
        if (i < colon && !ascii_is_alnum(s.p[i]) && s.p[i] != '+' && s.p[i] != '-' && s.p[i] != '.')
            return false;
    }
    return true;
}

/* RFC 3339; with a day alone where is_day. */
static bool is_time(const char *s, bool is_day)
{
    int y, mo, d, h, mi, n = 0;
    if (!is_like(s, is_day
                        ? "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
                        : "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?"
                          "([Zz]|[+-][0-9]{2}:[0-9]{2})$"))
        return false;
    if (sscanf(s, "%d-%d-%d%n", &y, &mo, &d, &n) < 3 || mo < 1 || mo > 12 || d < 1 || d > 31)
        return false;
    return is_day || (sscanf(s + n + 1, "%d:%d", &h, &mi) == 2 && h < 24 && mi < 60);
}

static bool is_one_of(struct slice s, const char *words)
{
    struct slice rest = slice_str(words), word;
    while (slice_split(&rest, '|', &word)) {
        if (slice_eq(word, s))
            return true;
    }
    return false;
}

/* What is wrong with a text; NULL: nothing. */
static const char *text_fault(const json_t *v, const struct field *f)
{
    struct ip ip;
    const char *p = json_string_value(v);
    if (p == NULL)
        return "is not a text";
    struct slice s = slice_of(p, json_string_length(v));
    switch (f->kind) {
    case KIND_ENUM:
        return is_one_of(s, f->arg) ? NULL : "is none of the words that may stand there";
    case KIND_LIKE:
        return is_like(p, f->arg) ? NULL : "is not well formed";
    case KIND_EMAIL:
        return is_email(s) ? NULL : "is no mail address";
    case KIND_HOST:
        return is_host(s) ? NULL : "is no host name";
    case KIND_URI:
        return is_uri(s) ? NULL : "is no URI";
    case KIND_TIME:
        return is_time(p, false) ? NULL : "is no date and time of RFC 3339";
    case KIND_DAY:
        return is_time(p, true) ? NULL : "is no date";
    case KIND_UUID:
        return is_like(p, "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$") ? NULL
                                                                                  : "is no UUID";
    case KIND_IP:
        return ip_parse(s, &ip) ? NULL : "is no IP address";
    default:
        if (f->most > 0 &&
            (double)s.n > 4 * f->most) /* in characters; a byte count is no more than 4 */
            return "is too long";
        return (double)s.n < f->least ? "is too short" : NULL;
    }
}

static bool in_range(const json_t *v, const struct field *f)
{
    double n = json_number_value(v);
    return n >= f->least && n <= f->most;
}

static const char *ports_fault(const json_t *v, const struct field *f)
{
    const json_t *item;
    size_t i;
    if (json_is_integer(v))
        return in_range(v, f) ? NULL : "is out of range";
    if (!json_is_array(v))
        return "is no port";
    json_array_foreach((json_t *)(uintptr_t)v, i, item)
    {
        if (!json_is_integer(item) || !in_range(item, f))
            return "holds what is no port";
    }
    return NULL;
}

static const char *texts_fault(const json_t *v, bool or_wholes)
{
    const char *name;
    const json_t *item;
    if (!json_is_object(v))
        return "is not an object";
    json_object_foreach((json_t *)(uintptr_t)v, name, item)
    {
        if (!json_is_string(item) && !(or_wholes && json_is_integer(item)))
            return "holds what is no text";
    }
    return NULL;
}

static const char *fault_of(const json_t *v, const struct field *f)
{
    switch (f->kind) {
    case KIND_ANY:
        return NULL;
    case KIND_WHOLE:
        if (!json_is_integer(v))
            return "is not a whole number";
        return in_range(v, f) ? NULL : "is out of range";
    case KIND_NUMBER:
        if (!json_is_number(v))
            return "is not a number";
        return in_range(v, f) ? NULL : "is out of range";
    case KIND_BOOL:
        return json_is_boolean(v) ? NULL : "is neither true nor false";
    case KIND_LIST:
        if (!json_is_array(v))
            return "is not a list";
        if (f->most > 0 && (double)json_array_size(v) > f->most)
            return "has too many entries";
        return (double)json_array_size(v) < f->least ? "has too few entries" : NULL;
    case KIND_OBJECT:
        if (!json_is_object(v))
            return "is not an object";
        return (double)json_object_size(v) < f->least ? "is empty" : NULL;
    case KIND_PORTS:
        return ports_fault(v, f);
    case KIND_TEXTS:
        return texts_fault(v, false);
    case KIND_TEXTS_OR_WHOLES:
        return texts_fault(v, true);
    default:
        return text_fault(v, f);
    }
}

/* ---- paths ---- */

struct walk {
    const struct field *type; /* row of the type whose fields are being checked */
    const struct field *field;
    struct err *e;
    char path[PATH_BYTES]; /* with numbers of items, for the words */
};

static int say(struct walk *w, const char *path, const char *what)
{
    return err_set(w->e, ERR_PARSE, "XARF: \"%s\" %s", path, what);
}

/* Members that a closed object may not have. */
static int check_closed(struct walk *w, const json_t *object)
{
    const char *name;
    const json_t *v;
    json_object_foreach((json_t *)(uintptr_t)object, name, v)
    {
        bool is_known = false;
        for (const struct field *f = w->type + 1; !f->is_type && !is_known; f++) {
            size_t n = strlen(w->field->path);
            is_known = strncmp(f->path, w->field->path, n) == 0 && f->path[n] == '.' &&
                       strcmp(f->path + n + 1, name) == 0;
        }
        if (!is_known) {
            char path[2 * PATH_BYTES];
            snprintf(path, sizeof(path), "%s.%.100s", w->path, name);
            return say(w, path, "may not stand there");
        }
    }
    return 0;
}

static int check_value(struct walk *w, const json_t *v)
{
    const char *fault = fault_of(v, w->field);
    if (fault)
        return say(w, w->path, fault);
    if (w->field->kind == KIND_OBJECT && strcmp(w->field->arg, "CLOSED") == 0)
        return check_closed(w, v);
    return 0;
}

/* Follows `rest` of the field's path below v. */
static int follow(struct walk *w, const json_t *v, const char *rest)
{
    size_t used = strlen(w->path);
    size_t n = strcspn(rest, ".[");
    if (*rest == 0)
        return check_value(w, v);
    if (*rest == '.')
        return follow(w, v, rest + 1);
    if (*rest == '[') {
        for (size_t i = 0; i < json_array_size(v) && i < ITEMS; i++) {
            snprintf(w->path + used, sizeof(w->path) - used, "[%zu]", i);
            int rc = follow(w, json_array_get(v, i), rest + 2);
            if (rc < 0)
                return rc;
            w->path[used] = 0;
        }
        return 0;
    }
    if (!json_is_object(v))
        return 0; /* its own row said so */
    char name[64];
    snprintf(name, sizeof(name), "%.*s", (int)n, rest);
    snprintf(w->path + used, sizeof(w->path) - used, "%s%s", used ? "." : "", name);
    const json_t *member = json_object_get(v, name);
    int rc = 0;
    if (member)
        rc = follow(w, member, rest + n);
    else if (rest[n] == 0 && w->field->is_needed)
        rc = say(w, w->path, "is missing");
    if (rc == 0)
        w->path[used] = 0;
    return rc;
}

static int check_type(const struct field *type, const json_t *root, struct err *e)
{
    struct walk w = {.type = type, .e = e};
    for (w.field = type + 1; !w.field->is_type; w.field++) {
        w.path[0] = 0;
        int rc = follow(&w, root, w.field->path);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static const struct field *find_type(const struct field *t, const char *category, const char *type)
{
    for (; !(t->is_type && strcmp(t->path, "end") == 0); t++) {
        if (t->is_type && strcmp(t->path, category) == 0 && strcmp(t->arg, type) == 0)
            return t;
    }
    return NULL;
}

int xarf_check(int version, const char *category, const char *type, const json_t *root,
               struct err *e)
{
    const struct field *table = version == 4 ? V4 : V3;
    int rc = check_type(table, root, e);
    if (rc < 0)
        return rc;
    const struct field *shared = *category ? find_type(table, category, "") : NULL;
    if (shared && (rc = check_type(shared, root, e)) < 0)
        return rc;
    const struct field *t = *type ? find_type(table, category, type) : NULL;
    if (t == NULL)
        return err_set(e, ERR_PARSE, "XARF: \"%s\" is no type of \"%.60s\" that is known",
                       version == 4 ? "type" : "ReportType", category);
    return check_type(t, root, e);
}
