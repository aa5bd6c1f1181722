/* A zone from its JSON file. See zone.h for what may stand in it. */
#include "ask/name.h"
#include "ask/zone.h"

#include <jansson.h>
#include <stdio.h>

#define FILE_MOST (64u * 1024 * 1024)
#define TYPE_SPF  99 /* RFC 7208 3.1: no longer asked for */

struct reader {
    struct zone *zone;
    struct arena *arena;
    struct slice name;
    bool has_txt; /* this name has TXT entries, so SPF entries are not served as TXT */
    const char *why;
};

static const struct {
    const char *word;
    enum ask_status status;
} words[] = {{"TIMEOUT", ASK_TIMEOUT}, {"SERVFAIL", ASK_FAILED}, {"NXDOMAIN", ASK_NXDOMAIN},
             {"NONE", ASK_NODATA},     {"NODATA", ASK_NODATA},   {"BOGUS", ASK_BOGUS}};

static bool status_of(struct slice word, enum ask_status *out)
{
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (slice_eq(word, slice_str(words[i].word))) {
            *out = words[i].status;
            return true;
        }
    }
    return false;
}

static struct slice text_of(const json_t *j)
{
    return slice_of(json_string_value(j), json_string_length(j));
}

/* A value as text: strings as they are, numbers printed. */
static struct slice value_of(struct reader *r, const json_t *j)
{
    if (json_is_integer(j))
        return arena_printf(r->arena, "%lld", (long long)json_integer_value(j));
    return json_is_string(j) ? text_of(j) : (struct slice){0};
}

static bool read_strings(struct reader *r, const json_t *list)
{
    size_t n = json_array_size(list);
    struct slice *strings = ARENA_ARRAY(r->arena, struct slice, n);
    for (size_t i = 0; i < n; i++) {
        if (!json_is_string(json_array_get(list, i)))
            return false;
        strings[i] = text_of(json_array_get(list, i));
    }
    return zone_add_txt(r->zone, r->name, strings, n);
}

/* [10, "mail.example"]: the words of one value, one after another. */
static struct slice joined(struct reader *r, const json_t *list)
{
    struct slice all = SLICE("");
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct slice v = value_of(r, json_array_get(list, i));
        all = i ? arena_printf(r->arena, "%.*s %.*s", SLICE_ARG(all), SLICE_ARG(v)) : v;
    }
    return all;
}

static bool type_of(const char *key, enum dns_type *out)
{
    uint64_t number;
    struct slice word = slice_str(key);
    if (dns_type_of(word, out))
        return true;
    if (slice_ieq(word, SLICE("SPF"))) {
        *out = (enum dns_type)TYPE_SPF;
        return true;
    }
    if (!slice_istarts(word, SLICE("TYPE")) || !slice_u64(slice_from(word, 4), &number) ||
        number == 0 || number > UINT16_MAX)
        return false;
    *out = (enum dns_type)number;
    return true;
}

static bool read_record(struct reader *r, const char *key, const json_t *value)
{
    enum dns_type type;
    enum ask_status status;
    if (!type_of(key, &type)) {
        r->why = "an unknown record type";
        return false;
    }
    if ((int)type == TYPE_SPF) {
        if (r->has_txt)
            return true;
        type = DNS_TXT;
    }
    if (json_is_string(value) && status_of(text_of(value), &status))
        return zone_add_status(r->zone, r->name, type, status);
    if (type == DNS_TXT && json_is_array(value))
        return read_strings(r, value);
    return zone_add(r->zone, r->name, type,
                    json_is_array(value) ? joined(r, value) : value_of(r, value));
}

static bool read_item(struct reader *r, json_t *item)
{
    enum ask_status status;
    const char *key;
    json_t *value;
    if (json_is_string(item)) {
        if (status_of(text_of(item), &status))
            return zone_add_status(r->zone, r->name, 0, status);
        return zone_add(r->zone, r->name, DNS_TXT, text_of(item));
    }
    json_object_foreach(item, key, value)
    {
        if (strcmp(key, "secure") == 0 && json_is_boolean(value)) {
            if (json_is_true(value) && !zone_set_secure(r->zone, r->name))
                return false;
        } else if (!read_record(r, key, value)) {
            return false;
        }
    }
    return json_is_object(item);
}

static bool read_name(struct reader *r, const char *name, json_t *entry)
{
    r->name = slice_str(name);
    r->why = "a value that its type cannot hold";
    r->has_txt = false;
    if (!dns_name_is_valid(r->name)) {
        r->why = "not a name that DNS can carry";
        return false;
    }
    if (!json_is_array(entry))
        return read_item(r, entry);
    for (size_t i = 0; i < json_array_size(entry); i++)
        r->has_txt |= json_object_get(json_array_get(entry, i), "TXT") != NULL;
    for (size_t i = 0; i < json_array_size(entry); i++)
        if (!read_item(r, json_array_get(entry, i)))
            return false;
    return true;
}

int zone_parse(struct arena *a, struct slice json, struct err *e, struct zone **out)
{
    json_error_t je;
    struct reader r = {.zone = zone_new(a), .arena = a};
    const char *name;
    json_t *entry;
    int rc = 0;
    if (json.n > FILE_MOST)
        return err_set(e, ERR_LIMIT, "a zone file larger than 64 MiB");
    json_t *all = json_loadb(json.p ? json.p : "", json.n, JSON_ALLOW_NUL, &je);
    if (all == NULL)
        return err_set(e, ERR_PARSE, "line %d: %s", je.line, je.text);
    if (!json_is_object(all))
        rc = err_set(e, ERR_PARSE, "a zone is an object: names to lists of records");
    json_object_foreach(all, name, entry)
    {
        if (rc == 0 && !read_name(&r, name, entry))
            rc = err_set(e, ERR_PARSE, "at \"%.100s\": %s", name, r.why);
    }
    json_decref(all);
    if (rc == 0)
        *out = r.zone;
    return rc;
}
