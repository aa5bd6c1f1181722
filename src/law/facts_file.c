/* The file of stated facts. See facts_file.h. */
#include "law/facts_file.h"

#include <jansson.h>
#include <stdlib.h>

#define FILE_MOST (1024u * 1024)

static int take_sender(struct arena *a, json_t *o, struct err *e, struct sender_record *s)
{
    const char *key;
    json_t *v;
    if (!json_is_object(o))
        return err_set(e, ERR_PARSE, "\"sender\" is an object with name, address and domain");
    json_object_foreach(o, key, v)
    {
        struct slice *to = strcmp(key, "name") == 0      ? &s->name
                           : strcmp(key, "address") == 0 ? &s->address
                           : strcmp(key, "domain") == 0  ? &s->domain
                                                         : NULL;
        if (to == NULL && key[0] != '?')
            return err_set(e, ERR_PARSE, "\"sender\" has name, address and domain, not \"%.60s\"",
                           key);
        if (to == NULL || json_is_null(v))
            continue;
        if (!json_is_string(v) || json_string_length(v) > 1000)
            return err_set(e, ERR_PARSE, "\"sender\": \"%.60s\" is a text of at most 1000 bytes",
                           key);
        *to = arena_dup(a, slice_of(json_string_value(v), json_string_length(v)));
    }
    return 0;
}

/* Takes out what is no fact and gives the rest to law_facts_read. */
static int read_object(struct arena *a, json_t *all, struct err *e, struct law_facts *f,
                       struct sender_record *sender)
{
    struct sender_record s = {0};
    const char *key;
    void *next;
    json_t *v;
    json_object_foreach_safe(all, next, key, v)
    {
        bool is_sender = strcmp(key, "sender") == 0;
        int rc = is_sender && !json_is_null(v) ? take_sender(a, v, e, &s) : 0;
        if (rc < 0)
            return rc;
        if (is_sender || key[0] == '?')
            json_object_del(all, key);
    }
    char *rest = json_dumps(all, JSON_COMPACT);
    if (rest == NULL)
        return err_set(e, ERR_PARSE, "the facts are too large");
    int rc = law_facts_read(a, slice_str(rest), f, e);
    free(rest);
    if (rc == 0)
        *sender = s;
    return rc;
}

int facts_file_read(struct arena *a, struct slice json, struct err *e, struct law_facts *f,
                    struct sender_record *sender)
{
    json_error_t je;
    if (json.n > FILE_MOST)
        return err_set(e, ERR_PARSE, "the facts are longer than 1 MiB");
    json_t *all = json_loadb(json.p ? json.p : "", json.n, JSON_REJECT_DUPLICATES, &je);
    if (all == NULL)
        return err_set(e, ERR_PARSE, "line %d: %s", je.line, je.text);
    int rc = json_is_object(all)
                 ? read_object(a, all, e, f, sender)
                 : err_set(e, ERR_PARSE, "the facts are a JSON object: {\"fact\": value}");
    json_decref(all);
    return rc;
}
